"""Actions: what changes a device. Each says what it will change, how to undo it, and how to find out
afterwards.
"""
