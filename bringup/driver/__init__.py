"""Drivers: what a device can tell and do, whatever its make. One file per platform in `platform/`."""
