"""Captured bytes to facts. One module per format; each declares `FORMATS`. Pure: no I/O, no clock, never
raises.
"""
