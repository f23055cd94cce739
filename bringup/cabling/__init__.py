"""Cable lists: what should be connected, what is, and the fewest moves from one to the other. Pure."""
