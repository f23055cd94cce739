"""The engine: runs a plan against devices and is the only writer of the record."""
