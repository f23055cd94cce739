"""Finds the driver of a platform: the module in `platform/` that bears its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

import msgspec

from bringup.driver import platform as platforms
from bringup.model.errors import InputError
from bringup.model.inventory import Device
from bringup.transport.base import Links


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform's module declares as `PLATFORM`. `open` makes the driver; it does no I/O itself.

    `samples_s`: reading -> how often the platform itself looks, in seconds, where it is known: to ask more
    often only costs the device (field rule 29).
    """

    name: str
    title: str
    transports: tuple[str, ...]
    open: Callable[[Device, Links], object]
    samples_s: Mapping[str, float] = MappingProxyType({})


def platform_names() -> tuple[str, ...]:
    """All platforms, sorted; imports none of them."""
    return tuple(
        sorted(
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(platforms.__path__)
            if not module.name.startswith("_")
        )
    )


def find_platform(name: str) -> Platform:
    """The platform called `name`.

    Raises:
        InputError: there is none, with the nearest name.
    """
    names = platform_names()
    if name not in names:
        near = get_close_matches(name, names, 1)
        raise InputError(
            f"no platform is called {name!r}",
            f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names)}.",
        )
    module = importlib.import_module(f"{platforms.__name__}.{name.replace('-', '_')}")
    found = module.PLATFORM
    assert isinstance(found, Platform)
    return found
