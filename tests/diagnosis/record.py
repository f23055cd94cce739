"""A small rack and a record of it: readings go through the real judge and fold, as a run's would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from bringup.diagnosis import diagnose
from bringup.judge import RECEIVED_LIGHT, judge, judge_group, judge_missing, overall
from bringup.model import event as ev
from bringup.model.cause import Cause
from bringup.model.envelope import Limit
from bringup.model.fold import fold_events
from bringup.model.inventory import Cable, Device, Expect, Feed, Inventory, Port, Snmp
from bringup.model.judgement import Judgement
from bringup.model.measurement import ABSENT, Measurement, Read, Scalar, measured
from bringup.model.state import RunState
from bringup.model.subject import ends, link
from bringup.model.units import unit_of
from bringup.model.verdict import Standing, Verdict

RX = {"min": -5.9, "max": 4.0, "marginal": 1.0}
TX = {"min": -2.9, "max": 4.0}
POLL_S = 10.0
LIMITS: Mapping[str, dict[str, Any]] = {
    "rx_power_dbm": RX,
    "tx_power_dbm": TX,
    "rx_power_spread_db": {"max": 3.0},
    "oper_up": {"equals": True},
    "admin_up": {"equals": True},
    "port_present": {"equals": True},
    "optic_present": {"equals": True},
    "optic_medium": {"equals": "400GBASE-DR4"},
    "fec_mode": {"equals": "rs544"},
    "speed_gbps": {"equals": 400},
    "pre_fec_ber_upper": {"max": 1e-6, "marginal_factor": 10},
    "uncorrectable_codewords": {"max": 0},
    "outlet_state": {"equals": "on"},
    "supply_present": {"equals": True},
    "supply_ok": {"equals": True},
    "power_state": {"equals": "On"},
    "outcome": {"equals": "done"},
    "reachable": {"equals": True},
    "temperature_c": {"max": 70.0},
    "fan_ok": {"equals": True},
    "pcie_width_lanes": {"equals": 16},
    "clock_offset_s": {"min": -5.0, "max": 5.0},
    "leak_state": {"equals": "OK"},
}


def inventory() -> Inventory:
    """One PDU, two leaves, a node with its BMC, four cables, in a rack."""

    def device(name: str, role: str, platform: str, unit: int, **more: Any) -> Device:
        return Device(
            name=name, rack="r07", unit=unit, role=role, platform=platform, address="192.0.2.1", **more
        )

    def fed(first: int) -> tuple[Feed, Feed]:
        return (
            Feed(pdu="pdu-1", outlet=first, supply="psu-1"),
            Feed(pdu="pdu-1", outlet=first + 1, supply="psu-2"),
        )

    both = Expect(supplies=("psu-1", "psu-2"))
    devices = (
        device("pdu-1", "pdu", "apc-pdu", 1, side="rear", snmp=Snmp()),
        device("leaf-1", "leaf", "sonic", 40, feed=fed(1), expect=both),
        device("leaf-2", "leaf", "eos", 41, feed=fed(3), expect=both),
        device("node-01", "node", "linux", 10, feed=fed(5), bmc="bmc-01"),
        device("bmc-01", "bmc", "redfish-bmc", 10),
    )
    pairs = (
        ("C-001", "leaf-1", "Ethernet0", "node-01", "enp65s0np0"),
        ("C-002", "leaf-2", "Ethernet1/1", "node-01", "enp193s0np0"),
        ("C-003", "leaf-1", "Ethernet8", "leaf-2", "Ethernet2/1"),
        ("C-004", "leaf-1", "Ethernet16", "leaf-2", "Ethernet3/1"),
    )
    cables = tuple(
        Cable(a_device=a, a_port=ap, b_device=b, b_port=bp, medium="400GBASE-DR4", label=label)
        for label, a, ap, b, bp in pairs
    )
    ports = tuple(
        Port(device=device, name=port, speed_gbps=400, optic="400GBASE-DR4")
        for _, a, ap, b, bp in pairs
        for device, port in ((a, ap), (b, bp))
    )
    return Inventory(device=devices, port=ports, cable=cables)


C1 = ("leaf-1/Ethernet0", "node-01/enp65s0np0")
C2 = ("leaf-2/Ethernet1/1", "node-01/enp193s0np0")
C3 = ("leaf-1/Ethernet8", "leaf-2/Ethernet2/1")
C4 = ("leaf-1/Ethernet16", "leaf-2/Ethernet3/1")
CABLES = (C1, C2, C3, C4)
Told = tuple[str, str, "Read | Scalar"]


class Record:
    """Collects events; `causes` folds and diagnoses them."""

    def __init__(self) -> None:
        self.inventory = inventory()
        self._events: list[Any] = []
        self._planned: list[tuple[str, str, str]] = []

    def step(
        self, stage: str, step: str, subject: str, told: Iterable[Told], *, lit: bool | None = True
    ) -> int:
        """One subject is read and judged; returns the seq of its end. A `Read` may be any kind of nothing."""
        where = {"stage": stage, "step": step, "attempt": 1}
        self._open(stage, step, subject)
        judgements: list[Judgement] = []
        for at, quantity, read in told:
            if read is ABSENT:
                judgements.append(judge_missing(at, quantity, self._limits(at, quantity)))
                continue
            one = measured(at, quantity, read)
            self._events.append(_measured(where, one))
            far = lit if quantity in RECEIVED_LIGHT else None
            judgements += judge(
                one, self._limits(at, quantity), required=False, far_end_lit=far, poll_period_s=POLL_S
            )
        self._events += [_judged(where, each) for each in judgements]
        verdict, reason = overall(judgements)
        return self._end(where, subject, verdict, reason=str(reason) if reason else None)

    def cleared(self, stage: str, step: str, subject: str, end: str, told: Iterable[Told]) -> int:
        """The counters of one end of a link were cleared: of it only that is told."""
        absent: list[Told] = [
            (end, quantity, ABSENT) for quantity in ("uncorrectable_codewords", "pre_fec_ber_upper")
        ]
        return self.step(stage, step, subject, [(end, "counters_cleared", True), *absent, *told])

    def alone(self, stage: str, step: str, subject: str, quantity: str, told: Scalar) -> int:
        """A member of a group of two whose other member was not measured."""
        self._open(stage, step, subject)
        where = {"stage": stage, "step": step, "attempt": 1}
        one = measured(subject, quantity, told)
        limit = Limit(measure=quantity, same_across="role", source="a datasheet", standing=Standing.SITE)
        self._events.append(_measured(where, one))
        judgements = judge_group([one], limit, expected=2)
        self._events += [_judged(where, each) for each in judgements]
        verdict, reason = overall(judgements)
        return self._end(where, subject, verdict, reason=str(reason))

    def broken(
        self,
        stage: str,
        step: str,
        subject: str,
        reason: str | None,
        message: str,
        cause: str | None,
        advice: str = "",
        verdict: Verdict = Verdict.UNKNOWN,
    ) -> int:
        """The read itself failed, or an action was not begun."""
        self._open(stage, step, subject)
        where = {"stage": stage, "step": step, "attempt": 1}
        return self._end(
            where, subject, verdict, reason=reason, message=message, cause=cause, advice=advice or None
        )

    def blocked(self, stage: str, step: str, subject: str, because: int | None, cause: str) -> int:
        self._planned.append((stage, step, subject))
        where = {"stage": stage, "step": step, "attempt": 1}
        return self._end(
            where, subject, Verdict.UNKNOWN, reason="blocked", because=because, cause=cause, message="m"
        )

    @property
    def events(self) -> list[Any]:
        return list(self._events)

    @property
    def state(self) -> RunState:
        plan = ev.PlanFixed(files={}, planned=tuple(self._planned))
        return fold_events(
            msgspec.structs.replace(one, seq=seq) for seq, one in enumerate([plan, *self._events])
        )

    @property
    def causes(self) -> tuple[Cause, ...]:
        return diagnose(self.state, self.inventory)

    @property
    def only_cause(self) -> Cause:
        (cause,) = self.causes
        return cause

    def _open(self, stage: str, step: str, subject: str) -> None:
        self._planned.append((stage, step, subject))
        self._events.append(
            ev.StepStarted(stage=stage, step=step, subject=subject, attempt=1, does=f"{stage}.{step}")
        )

    def _end(self, where: dict[str, Any], subject: str, verdict: Verdict, **more: Any) -> int:
        self._events.append(ev.StepEnded(subject=subject, verdict=verdict, **where, **more))
        return len(self._events)

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        bounds = dict(LIMITS.get(quantity, {}))
        if quantity == "neighbor":
            bounds = {"equals": self.inventory.far_ends[subject]}
        if quantity == "serial":
            bounds = {"equals": f"SN-{subject}"}
        if not bounds:
            return ()
        return (Limit(measure=quantity, source="a datasheet", standing=Standing.STANDARD, **bounds),)


def _measured(where: dict[str, Any], one: Measurement) -> ev.Measured:
    return ev.Measured(
        subject=one.subject,
        quantity=one.quantity,
        unit=unit_of(one.quantity),
        value=one.value,
        reading=one.reading,
        **where,
    )


def _judged(where: dict[str, Any], one: Judgement) -> ev.Judged:
    return ev.Judged(
        subject=one.subject,
        quantity=one.quantity,
        unit=one.unit,
        value=one.value,
        reading=one.reading,
        limit=one.limit,
        source=one.source,
        standing=one.standing,
        verdict=one.verdict,
        reason=one.reason,
        within_accuracy=one.within_accuracy,
        note=one.note,
        **where,
    )


def lanes(port: str, quantity: str, *values: Read | Scalar) -> list[Told]:
    return [(f"{port}#lane-{lane}", quantity, value) for lane, value in enumerate(values, 1)]


def light(port: str, rx: Iterable[Read | Scalar] = (), tx: Iterable[Read | Scalar] = ()) -> list[Told]:
    """Healthy light where nothing else is said."""
    sent, received = tuple(tx) or (-0.9, -1.0, -0.8, -1.1), tuple(rx) or (-1.4, -1.5, -1.3, -1.6)
    return [*lanes(port, "tx_power_dbm", *sent), *lanes(port, "rx_power_dbm", *received)]


def up(port: str, **other: Read | Scalar) -> list[Told]:
    told: dict[str, Read | Scalar] = {"oper_up": True, "speed_gbps": 400, "fec_mode": "rs544"} | other
    return [(port, quantity, value) for quantity, value in told.items()]


def errors(port: str, ber: float = 1e-8, lost: int = 0) -> list[Told]:
    return [(port, "pre_fec_ber_upper", ber), (port, "uncorrectable_codewords", lost)]


def healthy(record: Record, *, but: Iterable[tuple[str, ...]] = ()) -> None:
    """Levels, state, errors and neighbours of every cable, except those in `but`."""
    for a, b in CABLES:
        if (a, b) in tuple(but):
            continue
        for end in (a, b):
            record.step("optics", "levels", end, light(end))
        cable = link(a, b)
        record.step("links", "state", cable, [*up(a), *up(b)])
        record.step("links", "errors", cable, [*errors(a), *errors(b)])
        record.step("links", "neighbors", cable, [(a, "neighbor", b), (b, "neighbor", a)])


def assert_ends(cause: Cause, *expected: str) -> None:
    assert {end for subject in cause.subjects for end in ends(subject)} == set(expected)
