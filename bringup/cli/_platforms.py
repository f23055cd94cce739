"""The page of what each platform's driver can do, made from the drivers themselves: `make man` writes it to
docs/platforms.md.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping

from bringup.driver import capability
from bringup.driver.registry import find_platform, platform_names
from bringup.model.inventory import Device

MARK = "●"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Switches and fabrics": ("HasPorts", "SeesAttached"),
    "Hosts, management and power": (),
}
"""The first group takes the platforms with any of its capabilities and no host's, the last one all others."""
HOST = "HasProcessor"
HEAD = """# What each platform can do

Made from the drivers by `make man`; do not edit. A mark says that the driver can do it; whether one device
tells it depends on its release, its rights and its transports: `bringup probe DEVICE` shows.
"""


def capabilities() -> dict[str, type]:
    """Every protocol of `bringup.driver.capability`, in its order."""
    return {
        name: held
        for name, held in vars(capability).items()
        if inspect.isclass(held) and held.__module__ == capability.__name__
    }


def words(name: str) -> str:
    """`CountsFec` in words: counts fec."""
    return " ".join(part.lower() for part in re.findall(r"[A-Z][a-z]*", name))


def able() -> dict[str, set[str]]:
    """Platform -> the capabilities that its driver has."""
    known = capabilities()
    found: dict[str, set[str]] = {}
    for platform in platform_names():
        written = {"name": "it", "role": "any", "platform": platform, "address": "192.0.2.1"}
        driver = find_platform(platform).open(Device.model_validate(written), _NoLinks())  # type: ignore[arg-type]
        found[platform] = {name for name, held in known.items() if isinstance(driver, held)}
    return found


class _NoLinks:
    """No driver makes a connection until it is asked for something."""


def page() -> str:
    told = able()
    switches = [
        name for name, can in told.items() if can & set(GROUPS["Switches and fabrics"]) and HOST not in can
    ]
    groups = (switches, [name for name in told if name not in switches])
    parts = [HEAD]
    for title, platforms in zip(GROUPS, groups, strict=True):
        rows = [name for name in capabilities() if any(name in told[platform] for platform in platforms)]
        parts.append(f"\n## {title}\n")
        parts.append(_row(["", *(f"`{platform}`" for platform in platforms)]))
        parts.append(_row(["---", *(":-:" for _ in platforms)]))
        parts += [
            _row([words(name), *(MARK if name in told[each] else "" for each in platforms)]) for name in rows
        ]
    return "\n".join(parts) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
