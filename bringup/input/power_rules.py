"""What must hold of power groups and pairs in an inventory, beyond the types of single fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bringup.input.document import Document
from bringup.input.problem import Problem, nearest

_OUTLET = re.compile(r"([^/]+)/outlet-[1-9][0-9]{0,3}")


def power_group_faults(document: Document) -> Iterator[Problem]:
    """Every PDU that a group names is a device, each name is of one group, and a pair has a second device."""
    names = [device.get("name") for _, device in document.tables("device")]
    known = [name for name in names if isinstance(name, str)]
    seen: set[str] = set()
    for path, group in document.tables("power_group"):
        name = group.get("name")
        if isinstance(name, str) and name in seen:
            wrong = f"another power group is called {name!r}"
            yield document.problem((*path, "name"), wrong, "each group has a name of its own")
        seen.add(str(name))
        outlets = group.get("outlets")
        for outlet in outlets if isinstance(outlets, list) else []:
            found = _OUTLET.fullmatch(outlet) if isinstance(outlet, str) else None
            pdu = found[1] if found is not None else outlet
            if isinstance(pdu, str) and pdu not in known:
                wrong = f"no PDU is called {pdu!r}"
                right = nearest(pdu, known, "write PDU/outlet-N, or the PDU's name for all of it")
                yield document.problem((*path, "outlets"), wrong, right)
    pairs = [device.get("pair") for _, device in document.tables("device")]
    for path, device in document.tables("device"):
        pair = device.get("pair")
        if isinstance(pair, str) and pairs.count(pair) < 2:
            wrong = f"{pair!r} has no other device"
            yield document.problem((*path, "pair"), wrong, "give each device of a pair the same name")
