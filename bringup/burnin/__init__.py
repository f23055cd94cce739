"""Load with known answers: the agent that runs on a host, and what launches it."""
