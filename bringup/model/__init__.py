"""Frozen data and pure functions over it: no I/O, no clock, no device."""
