"""One module per platform, named as in an inventory with `-` as `_`; each has a `PLATFORM`."""
