"""Profiles: healthy racks, built by rule and seed, each a table in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bringup.lab.blueprint import PASSWORD, USER
from bringup.lab.profile_fabric import fabric_800g
from bringup.lab.profile_first_light import first_light
from bringup.lab.profile_hgx import hgx_h100
from bringup.lab.profile_mini import mini
from bringup.lab.profile_nvl72 import nvl72_fabric
from bringup.lab.profile_oci import oci_optical
from bringup.lab.state import Plant

__all__ = ["PASSWORD", "PROFILES", "USER", "mini"]

PROFILES: Mapping[str, Callable[[int, float, float], Plant]] = MappingProxyType(
    {
        "mini": mini,
        "hgx-h100": hgx_h100,
        "first-light": first_light,
        "fabric-800g": fabric_800g,
        "nvl72-fabric": nvl72_fabric,
        "oci-optical": oci_optical,
    }
)
"""Name -> the plant of a seed, a speed and an origin (world time, seconds since 1970)."""
