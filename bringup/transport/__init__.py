"""Ways to talk to a device: SSH, SNMP, HTTP, gNMI. Deadlines, caps, errors with advice, transcripts."""
