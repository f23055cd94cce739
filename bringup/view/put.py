"""What is told of a cable that a person puts to its port: where it goes, and what the run has seen of it."""

from __future__ import annotations

from bringup.model.event import CablePut
from bringup.model.inventory import Inventory
from bringup.model.label import LabelEnd, connector_of
from bringup.model.putting import PutState
from bringup.view.mark import Role, Row
from bringup.view.place import device_of
from bringup.view.text import visible

BIG = {
    PutState.READING: "wait",
    PutState.WAITING: "plug in",
    PutState.TAKEN: "stop",
    PutState.IN_PLACE: "in place",
    PutState.PROVEN: "proven",
    PutState.WRONG_PORT: "wrong port",
    PutState.WRONG_CABLE: "wrong cable",
    PutState.UNCLEAR: "stop",
    PutState.STATED: "stated",
    PutState.ENDED: "let go",
}
ROLES: dict[PutState, Role] = {
    PutState.READING: "dim",
    PutState.WAITING: "ask",
    PutState.TAKEN: "warn",
    PutState.IN_PLACE: "good",
    PutState.PROVEN: "good",
    PutState.WRONG_PORT: "bad",
    PutState.WRONG_CABLE: "bad",
    PutState.UNCLEAR: "bad",
    PutState.STATED: "warn",
    PutState.ENDED: "dim",
}
SEEN_BY = {
    "oper_up": "its link",
    "rx_power_dbm": "its light",
    "optic_present": "its module",
    "neighbor": "its far end's name",
}


def where(inventory: Inventory, port: str) -> str:
    """As eyes find it: rack, unit, side, slot, cage and the connector in it."""
    device, known, connector = (
        device_of(inventory, port),
        inventory.ports.get(port),
        connector_of(inventory, port),
    )
    told = []
    if device is not None:
        told = [
            f"rack {device.rack}" if device.rack else "",
            f"U{device.unit}" if device.unit is not None else "",
            device.side or "",
            f"slot {device.slot}" if device.slot else "",
        ]
    told.append(f"cage {known.cage}" if known is not None and known.cage else "")
    told.append(f"connector {connector[0]} of {connector[1]}" if connector is not None else "")
    return visible(", ".join(filter(None, told)) or "its place is not in the inventory", 200)


def part_of(end: LabelEnd) -> str:
    """What should be in the hand: part, medium, length, polarity."""
    cable = end.cable
    length = f"{cable.length_m:g} m" if cable.length_m is not None else ""
    polarity = f"polarity {cable.polarity}" if cable.polarity else ""
    told = ", ".join(filter(None, (cable.part, cable.medium, length, polarity)))
    return visible(told or "nothing is known of the cable itself", 200)


def seen(put: CablePut, inventory: Inventory | None = None) -> str:
    """What was read, in one sentence; with an inventory also where a plug is to go back to."""
    port, far = visible(put.subject, 80), visible(put.far_end, 80)
    other = visible(put.observed or "", 80)
    match put.state:
        case PutState.READING:
            return f"{port} is not read yet: do not plug in before it is"
        case PutState.WAITING if put.observed == put.far_end and put.observed:
            return f"the other end went into {far}, where it belongs; nothing went into {port}"
        case PutState.WAITING:
            return "nothing went in anywhere yet"
        case PutState.TAKEN:
            return f"{port} holds a plug that works: look whose it is, before anything is pulled"
        case PutState.IN_PLACE:
            return f"a plug went into {port}, seen by {_by(put)}; {far} has not named itself yet"
        case PutState.PROVEN:
            return f"{far} names itself at the far end of {port}"
        case PutState.WRONG_PORT:
            back = visible(put.belongs, 80)
            if inventory is not None:
                back += f" ({where(inventory, put.belongs)})"
            return f"a plug went into {other}, seen by {_by(put)}. It belongs into {back}"
        case PutState.WRONG_CABLE:
            return (
                f"{visible(put.named, 80)} names itself at the far end of {port}, not {far}: another cable, "
                "or its other end is in a wrong port"
            )
        case PutState.UNCLEAR:
            return (
                f"more ports came up than a hand has plugs, {other} first: which one is yours can't be told"
            )
        case PutState.STATED:
            return f"{visible(put.by, 40)} says that it is in {port}; no reading has shown it"
    return "nobody looks for it any more, and its far end was not proven"


def _by(put: CablePut) -> str:
    within = f", at most {put.within_s:.0f} s after" if put.within_s is not None else ""
    return SEEN_BY.get(put.witness, "a reading") + within


def line_of(put: CablePut) -> Row:
    """One change in one line."""
    word = BIG[put.state].upper()
    blind = f"; not read: {visible(', '.join(put.blind), 60)}" if put.blind else ""
    words = f"{visible(put.label or put.scan, 40)} {word} {visible(put.subject, 80)}: {seen(put)}{blind}"
    return ((words, ROLES[put.state]),)
