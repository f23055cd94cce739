"""The record of a run in formats that others read: one file per format, found by looking."""
