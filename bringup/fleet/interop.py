"""Which combinations of adapter, switch, optics and cable have worked together, and by which record. Pure.

A link is one combination: at each end the device's kind, model and release, and the module's part number
and firmware; between them the medium and a class of length. What a run did not read of it is empty: such a
combination is kept, and proves nothing of one that is fully known. A link has proven its combination where
its errors were measured over a window and found good, and no other test of it was bad.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from bringup.model.inventory import Cable, Inventory
from bringup.model.measurement import Scalar
from bringup.model.progress import StepState
from bringup.model.state import RunState
from bringup.model.subject import parse_subject
from bringup.model.verdict import Verdict

SCHEMA = "bringup.interop/1"
PROVES = "link.errors"
TESTS = frozenset({PROVES, "link.state", "link.neighbors", "link.bring_up", "link.relock"})
_BOARD = re.compile(r"(\S{1,40}) \(([A-Z][A-Z0-9_]{5,40})\)")
LENGTHS_M = (3.0, 30.0, 100.0, 500.0, 2000.0)
"""Upper ends of classes of length: within a rack, a row, a hall of multimode, DR, FR."""


class End(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One end of a link. `kind` is `nic` or `switch`; empty text for what no run has read."""

    kind: str
    model: str = ""
    release: str = ""
    optic: str = ""
    optic_firmware: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it is known. A module may have no firmware of its own to tell."""
        return bool(self.model and self.release and self.optic)


class Combination(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """`a` and `b` are in order, so that a link is the same from either end."""

    a: End
    b: End
    medium: str = ""
    length: str = ""

    @property
    def whole(self) -> bool:
        return self.a.whole and self.b.whole and bool(self.medium)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one run says of one combination. `root` is that of its tree of `size` events, in base64; `events`
    are the numbers of those that end a test, each of which `bringup log prove` proves; `evidence` the SHA-256
    of what devices answered. Figures are one for each link or end that was measured.
    """

    run: str
    combination: Combination
    size: int
    root: str
    simulated: bool
    links: int
    good: int
    failed: int
    unknown: int
    flaps: int = 0
    link_up_s: tuple[float, ...] = ()
    pre_fec_ber_upper: tuple[float, ...] = ()
    relock_ber_factor: tuple[float, ...] = ()
    failures: tuple[str, ...] = ()
    events: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def proves(self) -> bool:
        """Whether the record stands for it: under a checkpoint, of real devices, all of it known."""
        return self.good > 0 and bool(self.root) and not self.simulated and self.combination.whole


def results(state: RunState, inventory: Inventory) -> tuple[Result, ...]:
    """All combinations that a run has tried, in order."""
    if state.run is None:
        return ()
    by_end = _by_port(state)
    found: dict[Combination, list[tuple[Cable, list[StepState]]]] = {}
    for cable in inventory.cable:
        steps = list({step.key: step for end in (cable.a, cable.b) for step in by_end.get(end, ())}.values())
        if steps:
            found.setdefault(combination_of(state, inventory, cable), []).append((cable, steps))
    return tuple(_result(state, each, links) for each, links in sorted(found.items()))


def combination_of(state: RunState, inventory: Inventory, cable: Cable) -> Combination:
    read = _identities(state)
    ends = sorted(_end(inventory, read, end) for end in (cable.a, cable.b))
    port = inventory.ports.get(cable.a)
    medium = (port.optic if port is not None else None) or cable.medium or ""
    return Combination(a=ends[0], b=ends[1], medium=medium, length=length_class(cable.length_m))


def length_class(length_m: float | None) -> str:
    if length_m is None or length_m <= 0:
        return ""
    upper = next((upper for upper in LENGTHS_M if length_m <= upper), None)
    return f"to {upper:g} m" if upper is not None else f"over {LENGTHS_M[-1]:g} m"


def merged(books: Iterable[Iterable[Result]]) -> tuple[Result, ...]:
    """All results of all books, each run's once: of one that has grown, what it says last."""
    newest: dict[str, int] = {}
    every = [result for book in books for result in book]
    for result in every:
        newest[result.run] = max(newest.get(result.run, -1), result.size)
    found = {
        (result.run, result.combination): result for result in every if result.size == newest[result.run]
    }
    return tuple(found[key] for key in sorted(found))


def matrix(book: Iterable[Result]) -> Mapping[Combination, tuple[Result, ...]]:
    """Every combination with all that is known of it."""
    found: dict[Combination, list[Result]] = {}
    for result in book:
        found.setdefault(result.combination, []).append(result)
    return {each: tuple(found[each]) for each in sorted(found)}


def _end(inventory: Inventory, read: Mapping[tuple[str, str], Scalar], port: str) -> End:
    device = parse_subject(port).device
    adapter = _adapter(read, port)
    host = any(adapter) or inventory.devices[device].role in ("node", "tray")
    system = _word(read, device, "model"), _word(read, device, "os_version")
    model, release = adapter if host else system
    return End(
        kind="nic" if host else "switch",
        model=model,
        release=release,
        optic=_word(read, port, "optic_part_number"),
        optic_firmware=_word(read, port, "optic_firmware"),
    )


def _adapter(read: Mapping[tuple[str, str], Scalar], port: str) -> tuple[str, str]:
    """Model and firmware. Where the host names no model, the firmware's own board id says which it is, as
    with ConnectX (`28.42.1000 (MT_0000000838)`): of one board id there is one make of card.
    """
    model, firmware = _word(read, port, "nic_model"), _word(read, port, "nic_firmware")
    board = _BOARD.fullmatch(firmware)
    if board is None:
        return model, firmware
    driver = _word(read, port, "driver_name")
    return model or " ".join(filter(None, (driver, board[2]))), board[1]


def _identities(state: RunState) -> dict[tuple[str, str], Scalar]:
    """What was last read of each part; a value that was judged another's is what it is all the same."""
    return {
        (each.subject, each.quantity): each.value
        for step in state.steps.values()
        for each in step.measurements
        if each.value is not None
    }


def _word(read: Mapping[tuple[str, str], Scalar], subject: str, quantity: str) -> str:
    told = read.get((subject, quantity))
    return told.strip() if isinstance(told, str) else ""


def _by_port(state: RunState) -> dict[str, list[StepState]]:
    """The tests of links by the ports that they are about."""
    found: dict[str, list[StepState]] = {}
    for step in state.steps.values():
        if step.does in TESTS and step.planned:
            for port in step.key.subject.split("<->"):
                found.setdefault(port, []).append(step)
    return found


def _result(state: RunState, combination: Combination, links: list[tuple[Cable, list[StepState]]]) -> Result:
    assert state.run is not None
    verdicts = [_verdict(steps) for _, steps in links]
    every = list({step.key: step for _, steps in links for step in steps}.values())
    return Result(
        run=state.run.run,
        combination=combination,
        size=state.checkpoint_size or 0,
        root=state.checkpoint_root,
        simulated=state.run.simulated,
        links=len(links),
        good=verdicts.count("good"),
        failed=verdicts.count("failed"),
        unknown=verdicts.count("unknown"),
        flaps=int(sum(_numbers(every, "unasked_flaps", "flap_count"))),
        link_up_s=tuple(sorted(_numbers(every, "link_up_s", "relock_up_s"))),
        pre_fec_ber_upper=tuple(sorted(_numbers(every, "pre_fec_ber_upper"))),
        relock_ber_factor=tuple(sorted(_numbers(every, "relock_ber_factor", "relock_far_ber_factor"))),
        failures=tuple(sorted(set(_failures(every)))),
        events=tuple(sorted(_ends(every))),
        evidence=tuple(sorted({kept.sha256 for step in every for kept in step.evidence})),
    )


def _verdict(steps: list[StepState]) -> str:
    """Of one link: good only where its errors were measured, and nothing of it is bad or unknown."""
    told = [step.counts_as for step in steps]
    if Verdict.FAIL in told:
        return "failed"
    proven = any(step.does == PROVES for step in steps)
    return "good" if proven and all(one in (Verdict.PASS, Verdict.MARGINAL) for one in told) else "unknown"


def _numbers(steps: list[StepState], *quantities: str) -> Iterator[float]:
    for step in steps:
        for each in step.measurements:
            number = each.value
            if each.quantity in quantities and isinstance(number, int | float) and number is not True:
                yield float(number)


def _failures(steps: list[StepState]) -> Iterator[str]:
    for step in steps:
        if step.counts_as is Verdict.FAIL:
            bad = [each.quantity for each in step.judgements if each.verdict is Verdict.FAIL]
            yield f"{step.does} {', '.join(sorted(set(bad))) or 'failed'}"


def _ends(steps: list[StepState]) -> Iterator[int]:
    for step in steps:
        latest = step.latest
        if latest is not None and latest.ended_seq is not None:
            yield latest.ended_seq
