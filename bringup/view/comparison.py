"""What differs between two runs: verdicts, then numbers, and what else was different that may explain it.

Pure: two folded records in, differences out. Only what both runs have measured is compared; where one of them
has nothing to say, that is told, and never counted as better or worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

from bringup.model.judgement import Judgement
from bringup.model.measurement import Scalar
from bringup.model.progress import Key, StepState
from bringup.model.state import RunState
from bringup.model.verdict import Reading, Verdict

LOGARITHMIC = frozenset({"dBm", "dB", "°C"})
"""Units in which a share of the value means nothing: the difference is told."""
NOTABLE_SHARE, NOTABLE_UNITS = 0.05, 1.0
"""A number whose verdict is the same is told when it moved by a twentieth, or by one dB or degree."""
NO_CONFOUNDER = frozenset({"boot_id", "neighbor"})
"""Other at each boot, or judged already."""
SOFTWARE = ("os_version", "firmware", "nic_firmware")


class Kind(StrEnum):
    WORSE = "worse"
    BETTER = "better"
    NUMBER = "number"
    NOT_COMPARABLE = "not comparable"


class Told(msgspec.Struct, frozen=True):
    """What one run says of it. `verdict` None: it did not come to it."""

    verdict: Verdict | None = None
    reason: str | None = None
    value: Scalar | None = None
    reading: Reading | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs. `quantity` is that of the judgement that decided, empty where none did; `size`
    orders differences of one kind, `change` says it in words.
    """

    kind: Kind
    stage: str
    step: str
    subject: str
    quantity: str = ""
    unit: str = ""
    a: Told
    b: Told
    change: str = ""
    size: float = 0.0


class Confounder(msgspec.Struct, frozen=True):
    """What else was different: a part, a release, a file of the plan, the run itself."""

    what: str
    a: str
    b: str
    software: bool = False


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two runs. `verified` is what the verifier said of its record."""

    run_id: str
    rack: str
    playbook: str
    verdict: Verdict
    exit_code: int
    closed: bool
    simulated: bool
    verified: str = "not verified"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """`same` counts verdicts that are equal and whose numbers did not move; `unknown` those that neither run
    can speak of.
    """

    a: Side
    b: Side
    differences: tuple[Difference, ...]
    confounders: tuple[Confounder, ...]
    same: int
    unknown: int

    @property
    def same_plan(self) -> bool:
        """The same steps and the same limits; an inventory names other addresses in each lab."""
        return not {"plan: playbook.json", "plan: limits.json"} & {each.what for each in self.confounders}

    @property
    def software_differs(self) -> bool:
        return any(each.software for each in self.confounders)

    def of(self, *kinds: Kind) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if each.kind in kinds)


def compare(
    a: RunState, b: RunState, *, verified: tuple[str, str] = ("not verified", "not verified")
) -> Comparison:
    """What changed from `a` to `b`: `worse` means that b is."""
    found: list[Difference] = []
    same = unknown = 0
    for key in dict.fromkeys((*a.steps, *b.steps)):
        one, other = a.steps.get(key), b.steps.get(key)
        if not _speaks(one) and not _speaks(other):
            unknown += 1
            continue
        differences = tuple(_of_step(key, one, other))
        found += differences
        same += not differences
    order = {kind: place for place, kind in enumerate(Kind)}
    return Comparison(
        a=_side(a, verified[0]),
        b=_side(b, verified[1]),
        differences=tuple(sorted(found, key=lambda each: (order[each.kind], -each.size))),
        confounders=tuple(_confounders(a, b)),
        same=same,
        unknown=unknown,
    )


def _side(state: RunState, verified: str) -> Side:
    run = state.run
    return Side(
        run_id=run.run if run is not None else "?",
        rack=(run.rack or "") if run is not None else "",
        playbook=run.playbook if run is not None else "?",
        verdict=state.verdict,
        exit_code=state.exit_code,
        closed=state.closed is not None,
        simulated=run is not None and run.simulated,
        verified=verified,
    )


def _speaks(step: StepState | None) -> bool:
    """Whether it was measured, and came to a verdict on what it measured."""
    return step is not None and step.verdict is not None and step.verdict is not Verdict.UNKNOWN


def _of_step(key: Key, one: StepState | None, other: StepState | None) -> Iterator[Difference]:
    if not _speaks(one) or not _speaks(other) or one is None or other is None:
        yield Difference(
            kind=Kind.NOT_COMPARABLE,
            stage=key.stage,
            step=key.step,
            subject=key.subject,
            a=_told(one),
            b=_told(other),
            change=Kind.NOT_COMPARABLE.value,
        )
        return
    before, after = _judged(one), _judged(other)
    if one.counts_as is not other.counts_as:
        yield _other_verdict(key, one, other, before, after)
        return
    for place in before:
        moved = _number(key, before[place], after.get(place))
        if moved is not None:
            yield moved


def _told(step: StepState | None) -> Told:
    if step is None:
        return Told(reason="not planned")
    return Told(step.verdict, step.reason)


def _judged(step: StepState) -> Mapping[tuple[str, str], Judgement]:
    """The worst judgement of each number of a step."""
    found: dict[tuple[str, str], Judgement] = {}
    for each in step.judgements:
        known = found.get((each.subject, each.quantity))
        if known is None or each.verdict.severity > known.verdict.severity:
            found[each.subject, each.quantity] = each
    return found


def _other_verdict(
    key: Key,
    one: StepState,
    other: StepState,
    before: Mapping[tuple[str, str], Judgement],
    after: Mapping[tuple[str, str], Judgement],
) -> Difference:
    """Told by the reading that decided the worse of the two verdicts."""
    worse = other.counts_as.severity > one.counts_as.severity
    deciding = max(
        (after if worse else before).values(), key=lambda each: each.verdict.severity, default=None
    )
    a, b, change, unit = Told(one.verdict, one.reason), Told(other.verdict, other.reason), "", ""
    if deciding is not None:
        place = (deciding.subject, deciding.quantity)
        a, b = (_reading(step, held.get(place)) for step, held in ((one, before), (other, after)))
        unit = deciding.unit
        change = _change(a.value, b.value, unit)[0]
    return Difference(
        kind=Kind.WORSE if worse else Kind.BETTER,
        stage=key.stage,
        step=key.step,
        subject=deciding.subject if deciding is not None else key.subject,
        quantity=deciding.quantity if deciding is not None else "",
        unit=unit,
        a=a,
        b=b,
        change=change or ("worse" if worse else "better"),
        size=abs(other.counts_as.severity - one.counts_as.severity),
    )


def _reading(step: StepState, judgement: Judgement | None) -> Told:
    """The verdict of a step, with the reading that is told beside it."""
    if judgement is None:
        return Told(step.verdict, step.reason)
    return Told(step.verdict, step.reason, judgement.value, judgement.reading)


def _number(key: Key, one: Judgement, other: Judgement | None) -> Difference | None:
    """A number that moved notably while its verdict stayed."""
    if other is None:
        return None
    change, size = _change(one.value, other.value, one.unit)
    if size < 1.0:
        return None
    return Difference(
        kind=Kind.NUMBER,
        stage=key.stage,
        step=key.step,
        subject=one.subject,
        quantity=one.quantity,
        unit=one.unit,
        a=Told(one.verdict, one.reason, one.value, one.reading),
        b=Told(other.verdict, other.reason, other.value, other.reading),
        change=change,
        size=size,
    )


def _change(a: Scalar | None, b: Scalar | None, unit: str) -> tuple[str, float]:
    """The change in words, and how often notable it is; none between what are no numbers."""
    before, after = _numeric(a), _numeric(b)
    if before is None or after is None or before == after:
        return "", 0.0
    by = after - before
    if unit in LOGARITHMIC:
        return f"{by:+.2g} {unit.removesuffix('m') if unit == 'dBm' else unit}", abs(by) / NOTABLE_UNITS
    if not before:
        return "from 0", abs(by) / NOTABLE_UNITS
    share = by / abs(before)
    return f"{share * 100:+.3g} %", abs(share) / NOTABLE_SHARE


def _numeric(value: Scalar | None) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _confounders(a: RunState, b: RunState) -> Iterator[Confounder]:
    for name in dict.fromkeys((*a.plan_files, *b.plan_files)):
        if name.startswith("written."):
            continue  # a path or an address of a lab in it differs in each run; what was planned is beside it
        one, other = a.plan_files.get(name), b.plan_files.get(name)
        if one != other:
            yield Confounder(f"plan: {name}", (one or "not there")[:12], (other or "not there")[:12])
    yield from _of_runs(a, b)
    for key in dict.fromkeys((*a.identities, *b.identities)):
        quantity, _, subject = key.partition("@")
        seen, now = a.identities.get(key), b.identities.get(key)
        if quantity in NO_CONFOUNDER or seen is None or now is None or seen.value == now.value:
            continue
        named = any(quantity.startswith(each) for each in SOFTWARE)
        yield Confounder(f"{subject} {quantity}", seen.value, now.value, software=named)


def _of_runs(a: RunState, b: RunState) -> Iterator[Confounder]:
    one, other = a.run, b.run
    if one is None or other is None:
        return
    for name in ("rack", "playbook", "program", "simulated", "speed", "only", "read_only", "inject"):
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            yield Confounder(f"run: {name}", _word(before), _word(after))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
