"""Prometheus text format, version 0.0.4: one snapshot, as the textfile collector of a node exporter takes it.

No timestamps: the collector refuses them. A series stands once: of several limits on one reading the worst
verdict is its label. Texts are no samples; booleans are 1 and 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from bringup.export.format import Export, Source
from bringup.model.state import RunState
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Verdict, worst

Labels = dict[str, str]
Sample = tuple[Labels, float]


def _pieces(source: Source) -> Iterator[bytes]:
    for line in _lines(source.state()):
        yield f"{line}\n".encode("utf-8", "backslashreplace")


def _lines(state: RunState) -> Iterator[str]:
    run = state.run
    common = {
        "run": run.run if run is not None else "",
        "rack": (run.rack if run is not None else None) or "",
    }
    about = dict(common)
    if run is not None:
        about |= {"playbook": run.playbook, "program": run.program}
        about |= {"simulated": str(run.simulated).lower(), "partial": str(state.partial).lower()}
    yield from _family("bringup_run_info", "Which run this is of; always 1.", [(about, 1)])
    verdicts = [({**common, "verdict": each.value}, float(each is state.verdict)) for each in Verdict]
    yield from _family("bringup_run_verdict", "1 for the verdict of the run as far as it has gone.", verdicts)
    yield from _family(
        "bringup_run_closed", "Whether the run was closed.", [(common, float(state.closed is not None))]
    )
    yield from _family(
        "bringup_run_exit_code", "The exit code that the run amounts to.", [(common, float(state.exit_code))]
    )
    yield from _family(
        "bringup_steps", "Steps by stage and verdict; unfinished ones are UNKNOWN.", _steps(state, common)
    )
    yield from _family("bringup_step_verdict", "The verdict that stands; always 1.", _verdicts(state, common))
    yield from _family(
        "bringup_measured",
        "The last reading of each quantity, in the unit of its label.",
        _measured(state, common),
    )


def _steps(state: RunState, common: Labels) -> Iterator[Sample]:
    for stage, steps in state.by_stage.items():
        counts = Counter(step.counts_as for step in steps)
        for verdict in Verdict:
            yield {**common, "stage": stage, "verdict": verdict.value}, float(counts[verdict])


def _verdicts(state: RunState, common: Labels) -> Iterator[Sample]:
    for key, step in state.steps.items():
        place = {**common, "stage": key.stage, "step": key.step, "subject": key.subject}
        reason = step.reason or ("" if step.verdict is not None else "not_reached")
        yield {**place, "verdict": step.counts_as.value, "reason": reason}, 1.0


def _measured(state: RunState, common: Labels) -> Iterator[Sample]:
    for key, step in state.steps.items():
        verdicts: dict[tuple[str, str], list[Verdict]] = {}
        for judgement in step.judgements:
            verdicts.setdefault((judgement.subject, judgement.quantity), []).append(judgement.verdict)
        for measured in step.measurements:
            number = _number(measured.value)
            if number is None:
                continue
            judged = verdicts.get((measured.subject, measured.quantity))
            yield (
                {
                    **common,
                    "stage": key.stage,
                    "step": key.step,
                    "subject": measured.subject,
                    "quantity": measured.quantity,
                    "unit": _unit(measured.quantity),
                    "verdict": worst(judged).value if judged else "",
                },
                number,
            )


def _unit(quantity: str) -> str:
    """Empty for a quantity that a newer version wrote."""
    known = QUANTITIES.get(quantity)
    return known.unit if known is not None else ""


def _number(value: object) -> float | None:
    if isinstance(value, bool | int | float):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def _family(name: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    seen: set[str] = set()
    for labels, number in samples:
        pairs = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        series = f"{name}{{{pairs}}}"
        if series not in seen:
            seen.add(series)
            yield f"{series} {_shown(number)}"


def _shown(number: float) -> str:
    number = float(number)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


EXPORT = Export(name="prometheus", about="Prometheus text format, one snapshot", pieces=_pieces)
