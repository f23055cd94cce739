"""Application descriptors of CMIS: lower memory 86 to 117 and page 01h 176 to 250."""

from __future__ import annotations

import msgspec

from bringup.decode.medium_name import medium_of_application
from bringup.decode.module import codes
from bringup.decode.module.facts import Application, ModuleLane
from bringup.decode.module.memory import Ledger
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

END = 0xFF
FIRST_PAGE = 8
MOST_LANES = 8


class Advertised(msgspec.Struct, frozen=True, kw_only=True):
    """The descriptors. `complete` is whether all that there can be were seen."""

    applications: tuple[Application, ...]
    complete: bool
    single_mode: bool
    named: bool


def advertised(lower: bytes, known: bytes | None, ledger: Ledger) -> Advertised:
    """The applications in order. A host code of 0xFF ends the list; what can't be is left out."""
    media = codes.MEDIA_INTERFACES.get(lower[85])
    named = {} if media is None else media
    found: list[Application] = []
    ended = False
    for select in range(1, FIRST_PAGE + 1):
        at = 86 + 4 * (select - 1)
        if lower[at] in (END, 0):
            ended = True
            break
        _add(found, select, lower[at : at + 4], named, known, ledger)
    if not ended and known is not None:
        for select in range(FIRST_PAGE + 1, 16):
            at = 95 + 4 * (select - FIRST_PAGE - 1)
            if known[at] in (END, 0):
                break
            _add(found, select, known[at : at + 4], named, known, ledger)
    return Advertised(
        applications=tuple(found),
        complete=ended or known is not None,
        single_mode=lower[85] == codes.SINGLE_MODE,
        named=media is not None,
    )


def _add(
    found: list[Application],
    select: int,
    held: bytes,
    named: object,
    known: bytes | None,
    ledger: Ledger,
) -> None:
    host_code, media_code, lanes, host_assignment = held
    host_lanes, media_lanes = lanes >> 4, lanes & 15
    if not 0 < host_lanes <= MOST_LANES or not media_lanes <= MOST_LANES:
        ledger.impossible(f"application {select}", f"{host_lanes} host lanes and {media_lanes} media lanes")
        return
    assert hasattr(named, "get")
    found.append(
        Application(
            select=select,
            host_code=host_code,
            host=codes.HOST_INTERFACES.get(host_code),
            media_code=media_code,
            media=named.get(media_code),
            host_lanes=host_lanes,
            media_lanes=media_lanes,
            host_assignment=host_assignment,
            media_assignment=known[48 + select - 1] if known is not None else None,
        )
    )


def cable_medium(told: Advertised, technology: int | None) -> str | None:
    """The medium of a cable assembly, whose media interface names none: by its first application's host
    interface and by its technology (00h:212). None for what is no cable.
    """
    if technology is None or not told.applications:
        return None
    first = told.applications[0]
    words = codes.TECHNOLOGIES.get(technology, "")
    return medium_of_application(first.host or "", first.media or "", words)


def medium_of(told: Advertised, lanes: tuple[ModuleLane, ...]) -> Read:
    """The medium of the application that is active on the lanes; absent where none is or two differ.

    What is only advertised is no medium: a module for 800G may run as two of 400G.
    """
    by_select = {each.select: each for each in told.applications}
    active = {lane.active_application.value for lane in lanes} - {None, 0}
    if not active:
        return ABSENT
    media = {by_select[each].media for each in active if isinstance(each, int) and each in by_select}
    if len(media) != 1:
        return NOT_AVAILABLE
    name = media.pop()
    return value(name) if name is not None else NOT_AVAILABLE
