"""Takes a rack from bolted-in to accepted, and keeps the proof."""

__version__ = "0.1.0"
