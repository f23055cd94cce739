"""`ip -j -d link`: bonds of a Linux, and which of their members carry traffic.

A member names its bond as `master`, and tells its own part in `linkinfo`: `state` ACTIVE or BACKUP, and
whether its link is up. Source: iproute2, `ip -d link` of a bond's slave.
"""

from __future__ import annotations

from bringup.decode.json_field import as_object, object_in, text_in
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of
from bringup.model.facts import Bundle


def _parse(data: bytes) -> Found:
    if data.lstrip()[:1] != b"[":
        refuse_error_text(text_of(data)[0])
    entries = json_of(data)
    if not isinstance(entries, list) or not entries:
        raise Nothing("there is no interface") if entries == [] else Damaged("the JSON is no list")
    members: dict[str, list[str]] = {}
    active: dict[str, list[str]] = {}
    for held in entries:
        entry = as_object(held, "an entry")
        name = text_in(entry, "ifname")
        if name is None:
            raise Damaged("an interface has no name")
        info = object_in(entry, "linkinfo")
        if text_in(info, "info_kind") == "bond":
            members.setdefault(name, [])
        if text_in(info, "info_slave_kind") != "bond":
            continue
        bond, own = text_in(entry, "master"), object_in(info, "info_slave_data")
        state, link = text_in(own, "state"), text_in(own, "mii_status")
        if bond is None or state not in ("ACTIVE", "BACKUP") or link is None:
            raise Damaged(f"{name[:40]} is a member of a bond, and does not tell of which, or its state")
        members.setdefault(bond, []).append(name)
        if state == "ACTIVE" and link == "UP":
            active.setdefault(bond, []).append(name)
    bundles = tuple(
        Bundle(name=bond, members=tuple(names), active=tuple(active.get(bond, ())))
        for bond, names in members.items()
    )
    return Found(facts={"bundles": bundles})


BONDS = Format(
    name="linux.bonds",
    title="Linux: ip -j -d link, bonds",
    sniff=lambda head: 0,
    parse=_parse,
    facts={"bundles": tuple[Bundle, ...]},
)
"""For drivers: what is pasted is told apart as `linux.ip-link`."""
