"""What a verdict depends on (field rule 22): rules as data, and what every part was last seen to be.

An identity is written `QUANTITY@SUBJECT`: `optic_serial@leaf-1/Ethernet0`, `boot_id@node-01`,
`cable@leaf-1/Ethernet0<->node-01/eth0` (its label). It changes by observation (a later reading) or by
declaration (`PartReplaced`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

from bringup.model.subject import LINK, ancestors, ends, parse_subject

CABLE = "cable"
IDENTITIES = frozenset(
    {
        "serial",
        "os_version",
        "firmware_version",
        "nic_firmware",
        "boot_id",
        "neighbor",
        "speed_gbps",
        "fec_mode",
    }
)
"""Quantities that say what was measured, beside every `…_serial`: firmware, boot, port, configuration."""
BY_HAND = frozenset({"scan"})
"""What a person typed is judged, but says nothing of which part is there until a device is asked."""
HOST_ROLES = frozenset({"node", "tray"})
LONGEST_VALUE = 200


WORKER = ("serial", "os_version", "boot_id")
GPU = ("gpu_serial",)
"""What the work of a host, or of one of its accelerators, depends on."""


class Rule(NamedTuple):
    """Verdicts of checks called like `does` depend on: `own`, identities of the subject itself (both ends of
    a link) and its parts; `far`, of the port at the other end; `device`, of the devices that it is a part of.
    Where a subject is the run as a whole, these are all hosts.
    """

    does: str
    own: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    device: tuple[str, ...] = ()


RULES = (
    Rule("optic.levels", ("optic_serial", CABLE, "neighbor"), ("optic_serial",), ("serial",)),
    Rule("optic.*", ("optic_serial",), (), ("serial",)),
    Rule(
        "link.errors",
        ("optic_serial", CABLE, "neighbor", "nic_firmware", "speed_gbps", "fec_mode"),
        (),
        ("serial", "os_version", "boot_id"),
    ),
    Rule(
        "link.*", ("optic_serial", CABLE, "neighbor", "nic_firmware"), (), ("serial", "os_version", "boot_id")
    ),
    Rule("nic.*", ("nic_firmware",), (), ("serial", "boot_id")),
    Rule("management.firmware", (), (), ("serial", "os_version", "firmware_version")),
    Rule("management.*", (), (), ("serial",)),
    Rule("host.*", (), (), ("serial", "boot_id")),
    Rule("switch.*", (), (), ("serial",)),
    Rule("power.supplies", (), (), ("serial",)),
    Rule("power.outlets", (), (), ("serial",)),
    Rule("accelerator*", GPU, (), WORKER),
    Rule("nvlink*", GPU, (), WORKER),
    Rule("compute.*", GPU, (), WORKER),
    Rule("burnin.*", GPU, (), WORKER),
    Rule("collective*", GPU, (), WORKER),
    Rule("soak*", GPU, (), WORKER),
    Rule("scan", (), (), ("serial",)),
    Rule("*.*", (), (), ("serial", "boot_id")),
)
"""The first that fits. A person's word on the whole rack fits none: it depends on nothing."""


class Scope(NamedTuple):
    """Identities whose quantity is like `quantity`, of `subject` or a part of it."""

    quantity: str
    subject: str

    def holds(self, key: str) -> bool:
        """Whether it names that identity."""
        quantity, _, subject = key.partition("@")
        return _written(self.subject) in _chain(subject) and fnmatchcase(quantity, self.quantity)


class Seen(msgspec.Struct, frozen=True):
    """A part as it was last seen or declared. `since` is the event that said so where it was something else
    before, else -1. `step` is the STAGE/STEP that read it first.
    """

    value: str
    since: int = -1
    step: str = ""


def is_identity(quantity: str) -> bool:
    return quantity in IDENTITIES or quantity.endswith("_serial")


def is_serial(key: str) -> bool:
    """Whether an identity names a part: a serial, or a cable's label."""
    quantity = key.partition("@")[0]
    return quantity.endswith("serial") or quantity == CABLE


def identity(quantity: str, subject: str) -> str:
    """Its key, which stands as a key in events: what is not ASCII in a device's own words is written out."""
    return f"{quantity}@{_written(subject)}"


def _written(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode("ascii")


def _short(value: str) -> str:
    """What a part is, in few enough words to stand in every verdict on it."""
    if len(value) <= LONGEST_VALUE:
        return value
    return f"{value[:LONGEST_VALUE]} (sha256 {hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()})"


def scopes_of(
    does: str, subject: str, far_ends: Mapping[str, str], hosts: Iterable[str] = ()
) -> tuple[Scope, ...]:
    """What a verdict of the check `does` on `subject` depends on.

    Args:
        far_ends: port subject -> the port at the other end of its cable.
        hosts: the devices behind a subject that is the run as a whole.
    """
    rule = next((each for each in RULES if fnmatchcase(does, each.does)), None)
    if rule is None:
        return ()
    found: dict[Scope, None] = {}
    for end in _measured(subject, hosts):
        device = parse_subject(end).device
        found |= {Scope(quantity, end): None for quantity in rule.own}
        found |= {Scope(quantity, far_ends[end]): None for quantity in rule.far if end in far_ends}
        found |= {Scope(quantity, device): None for quantity in rule.device}
    return tuple(found)


def _measured(subject: str, hosts: Iterable[str]) -> Iterator[str]:
    """The ends of a link, or the subject; for what is no single device or port, every host."""
    everywhere = tuple(hosts)
    if everywhere and LINK not in subject and "/" not in subject and subject not in everywhere:
        yield from everywhere
    yield from ends(subject)


class Identities:
    """What every part was last seen to be. Mutable; `known` is by `QUANTITY@SUBJECT`."""

    def __init__(self, known: Mapping[str, Seen] | None = None) -> None:
        self.known: dict[str, Seen] = {}
        self._within: dict[str, list[tuple[str, str]]] = {}
        for key, seen in (known or {}).items():
            self._put(key, seen)

    def see(self, quantity: str, subject: str, value: str, seq: int, step: str = "") -> bool:
        """Take in one reading or declaration; whether it says something else than the one before."""
        key, value = identity(quantity, subject), _short(value)
        before = self.known.get(key)
        if before is None:
            self._put(key, Seen(value, -1, step))
            return False
        if before.value == value:
            if not before.step and step:
                self.known[key] = msgspec.structs.replace(before, step=step)
            return False
        self.known[key] = Seen(value, seq, before.step or step)
        return True

    def _put(self, key: str, seen: Seen) -> None:
        quantity, _, subject = key.partition("@")
        if key not in self.known:
            for outer in _chain(subject):
                self._within.setdefault(outer, []).append((quantity, key))
        self.known[key] = seen

    def of(self, scopes: Iterable[Scope]) -> dict[str, Seen]:
        """What is known of all that the scopes name."""
        return {
            key: self.known[key]
            for scope in scopes
            for quantity, key in self._within.get(_written(scope.subject), ())
            if quantity == scope.quantity or ("*" in scope.quantity and fnmatchcase(quantity, scope.quantity))
        }

    def outdated(self, scopes: Iterable[Scope], depends: Mapping[str, str], ended_seq: int) -> str | None:
        """The first identity that is another now than when a verdict ended at `ended_seq`, else None.

        What was not read by then and has changed since was another too.
        """
        for key, seen in self.of(scopes).items():
            before = depends.get(key)
            if seen.since > ended_seq if before is None else before != seen.value:
                return key
        return None


def _chain(subject: str) -> tuple[str, ...]:
    try:
        return ancestors(subject)
    except ValueError:
        return (subject,)
