"""The shapes that every Redfish resource is made of."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def link(path: str) -> Json:
    """A reference to another resource."""
    return {"@odata.id": path}


def collection(kind: str, title: str, members: list[str]) -> Json:
    """A collection resource."""
    return {
        "@odata.type": f"#{kind}Collection.{kind}Collection",
        "Name": f"{title} Collection",
        "Members@odata.count": len(members),
        "Members": [link(member) for member in members],
    }


def condition(fitted: bool, ok: bool) -> Json:
    """The Status of a part: `Absent` has no health."""
    if not fitted:
        return {"State": "Absent"}
    return {"State": "Enabled", "Health": "OK"} if ok else {"State": "Enabled", "Health": "Critical"}
