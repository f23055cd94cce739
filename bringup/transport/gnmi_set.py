"""Changes over gNMI that leave nothing half done: read before, one transaction, read back, undone where it
does not read back as asked.

What a path held before is read as configuration (Get CONFIG). A change whose undo can't be built from it is
not made at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bringup.model.errors import DeviceError, Refused
from bringup.transport.base import GnmiChange, GnmiUpdate
from bringup.transport.failure import Peer
from bringup.transport.gnmi_path import Element, format_path, parse_path


class Configures(Protocol):
    """The wire: `GnmiSession`."""

    async def configuration(self, path: str, *, deadline_s: float) -> tuple[GnmiUpdate, ...]: ...

    async def send(self, changes: Sequence[GnmiChange], *, deadline_s: float) -> None: ...


async def change_configuration(
    peer: Peer, wire: Configures, changes: Sequence[GnmiChange], deadline_s: float
) -> tuple[GnmiChange, ...]:
    """What undoes `changes`, to be set later if need be.

    Raises:
        Refused: the target would not; or it did something else, and what was there before is there again.
        TimedOut: no answer to the Set: whether it took effect, the caller has to find out.
        DeviceError: the transport's own. What was asked stays asked where the undo fails, too: it says so.
    """
    undo = tuple([await _undo_of(peer, wire, change, deadline_s) for change in reversed(changes)])
    await wire.send(changes, deadline_s=deadline_s)
    try:
        wrong = await _wrong(peer, wire, changes, deadline_s)
    except DeviceError as error:
        wrong = f"it could not be read back ({error.message})"
    if wrong is None:
        return undo
    try:
        await wire.send(undo, deadline_s=deadline_s)
    except DeviceError as error:
        raise Refused(
            f"{peer} took the change, but {wrong}; and putting it back failed: {error.message}",
            "Its configuration is not as it was: compare it by hand before anything else is changed",
        ) from None
    raise Refused(
        f"{peer} took the change, but {wrong}; what was there before was put back",
        "Does its software have this model? See its log",
    )


async def _undo_of(peer: Peer, wire: Configures, change: GnmiChange, deadline_s: float) -> GnmiChange:
    before = await wire.configuration(change.path, deadline_s=deadline_s)
    if not before:
        return GnmiChange(kind="delete", path=change.path)
    return GnmiChange(kind="replace", path=change.path, value=_held(peer, change.path, before))


async def _wrong(
    peer: Peer, wire: Configures, changes: Sequence[GnmiChange], deadline_s: float
) -> str | None:
    """In words, which change is not there; None when all are."""
    for change in changes:
        found = await wire.configuration(change.path, deadline_s=deadline_s)
        if change.kind == "delete":
            if found and _held(peer, change.path, found) not in (None, {}, []):
                return f"{change.path} is still there"
        elif not found:
            return f"{change.path} is not there"
        elif not _fits(change.value, _held(peer, change.path, found), whole=change.kind == "replace"):
            return f"{change.path} does not read back as it was set"
    return None


def _held(peer: Peer, path: str, updates: Sequence[GnmiUpdate]) -> object:
    """One JSON value of what a path holds, from leaves or from subtrees. Raises `Refused`."""
    _, wanted = parse_path(path)
    tree: dict[str, object] = {}
    for update in updates:
        elements = _below(wanted, parse_path(update.path)[1])
        if elements == []:
            return update.value
        if elements is None or any(keys for _, keys in elements):
            raise Refused(
                f"{peer}: what {path} holds can't be put back as one value, so it was not changed",
                "Change what is below it, entry by entry",
            )
        place = tree
        for name, _ in elements[:-1]:
            inner = place.setdefault(name, {})
            place = inner if isinstance(inner, dict) else {}
        place[elements[-1][0]] = update.value
    return tree


def _below(wanted: Sequence[Element], found: Sequence[Element]) -> list[Element] | None:
    """The elements of `found` below `wanted`; None where it is elsewhere. Names are compared without the
    module that a target may put before them.
    """
    if len(found) < len(wanted):
        return None
    plain = [(_plain(name), dict(keys)) for name, keys in found]
    asked = [(_plain(name), dict(keys)) for name, keys in wanted]
    if format_path(plain[: len(asked)]) != format_path(asked):
        return None
    return list(found[len(wanted) :])


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _fits(asked: object, found: object, *, whole: bool) -> bool:
    """Whether `found` says what was asked. JSON_IETF writes 64-bit numbers as text and may put modules before
    names and identities. What else is there may be a default of the target's.
    """
    if isinstance(asked, dict):
        if not isinstance(found, dict):
            return False
        told = {_plain(str(name)): value for name, value in found.items()}
        wanted = {_plain(str(name)): value for name, value in asked.items()}
        return all(name in told and _fits(value, told[name], whole=whole) for name, value in wanted.items())
    if isinstance(asked, list):
        if not isinstance(found, list) or (whole and len(asked) != len(found)):
            return False
        return all(any(_fits(one, other, whole=whole) for other in found) for one in asked)
    if isinstance(asked, bool) or isinstance(found, bool):
        return asked is found
    return asked == found or _plain(str(asked)) == _plain(str(found))
