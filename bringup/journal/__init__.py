"""The record of a run: an append-only, durable, signed log in a folder. Knows nothing of racks."""
