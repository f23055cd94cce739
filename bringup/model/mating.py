"""When a plug was last seen to come out of a port: what an inspection of its end face is older or newer than.

Pure, and one for the engine and for readers: `Mating` after one more event.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

import msgspec

from bringup.model.event import CablePut, Event, Measured, Watched
from bringup.model.putting import PutState
from bringup.model.verdict import Reading
from bringup.model.watch import Phase

LINK, MODULE = "oper_up", "optic_present"
_IN = frozenset({Phase.HANDS_OFF, Phase.GOOD, Phase.NOT_GOOD, Phase.NOT_MEASURED})
_PUT_IN = frozenset({PutState.IN_PLACE, PutState.PROVEN, PutState.STATED})


class Mating(msgspec.Struct, frozen=True):
    """`out`: the plug was seen out, and not in since; `out_seq` is the event that first saw it out, the last
    time that it came out, -1 where it never did. `module`: it is the whole module that was out.
    """

    out: bool = False
    out_seq: int = -1
    module: bool = False


NEVER = Mating()


def note_mating(known: MutableMapping[str, Mating], event: Event, seq: int) -> None:
    """Take in one event: a link that merely went down is no plug that came out."""
    found = _seen(event)
    if found is None:
        return
    port, out, module = found
    before = known.get(port, NEVER)
    if out and not before.out:
        known[port] = Mating(True, seq, module)
    elif not out and before.out and (before.module or not module):
        known[port] = msgspec.structs.replace(before, out=False)


def _seen(event: Event) -> tuple[str, bool, bool] | None:
    """(port, whether a plug is out of it, whether that is about a module) of an event that tells it."""
    if isinstance(event, Measured):
        if event.reading is not Reading.VALUE or not isinstance(event.value, bool):
            return None
        if event.quantity == MODULE:
            return event.subject, not event.value, True
        return (event.subject, False, False) if event.quantity == LINK and event.value else None
    if isinstance(event, Watched):
        if event.live.phase is Phase.UNPLUGGED:
            return event.subject, True, False
        return (event.subject, False, False) if event.live.phase in _IN else None
    if isinstance(event, CablePut):
        if event.state is PutState.WAITING:
            return event.subject, True, False
        return (event.subject, False, False) if event.state in _PUT_IN else None
    return None


def out_since(known: Mapping[str, Mating], port: str, seq: int) -> bool:
    """Whether the plug of a port came out after the event `seq`."""
    return known.get(port, NEVER).out_seq > seq
