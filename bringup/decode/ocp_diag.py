"""OCP diagnostics: the numbered JSON lines of a test run, its steps, diagnoses and measurements.

Source: OCP test and validation core specification (and samples of its validator). A run that has no end has
no result. Its own result is told as it stands, beside what contradicts it: a failed diagnosis, an error, a
step that did not complete, numbers that are missing or come twice.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from bringup.decode.json_field import Json, as_object, text_in
from bringup.decode.json_lines import first_object, objects_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found

_RUN, _STEP = "testRunArtifact", "testStepArtifact"


class _Run:
    """What has been read of a run so far."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.diagnoses: Counter[str] = Counter()
        self.numbers: list[int] = []
        self.open_steps: set[str] = set()
        self.failures: list[object] = []
        self.start: Json = {}
        self.end: Json = {}

    def take(self, line: Json, number: int) -> None:
        sequence = line.get("sequenceNumber")
        if isinstance(sequence, bool) or not isinstance(sequence, int) or sequence < 0:
            raise Damaged(f"line {number} has no sequence number")
        self.numbers.append(sequence)
        held = [key for key in (_RUN, _STEP, "schemaVersion") if key in line]
        if len(held) != 1:
            raise Damaged(f"line {number} is no artifact of a run, or several")
        if held[0] == "schemaVersion":
            return
        artifact = as_object(line[held[0]], held[0])
        self.kinds[held[0]] += 1
        names = [key for key in artifact if key != "testStepId"]
        if len(names) != 1:
            raise Damaged(f"line {number} holds {len(names)} artifacts")
        self._artifact(names[0], artifact, number)

    def _artifact(self, name: str, artifact: Json, number: int) -> None:
        held = as_object(artifact[name], name)
        self.kinds[name] += 1
        step = text_in(artifact, "testStepId") or ""
        match name:
            case "testRunStart":
                if self.start:
                    raise Damaged(f"line {number}: the run starts twice")
                self.start = held
            case "testRunEnd":
                if self.end:
                    raise Damaged(f"line {number}: the run ends twice")
                self.end = held
            case "testStepStart":
                self.open_steps.add(step)
            case "testStepEnd":
                self.open_steps.discard(step)
                self.steps[text_in(held, "status") or "none"] += 1
            case "diagnosis":
                kind = text_in(held, "type") or "none"
                self.diagnoses[kind] += 1
                if kind != "PASS":
                    self.failures.append(
                        {
                            "step": step,
                            "type": kind,
                            "symptom": text_in(held, "symptom") or text_in(held, "verdict"),
                        }
                    )
            case "error":
                self.failures.append({"step": step, "type": "error", "symptom": text_in(held, "symptom")})
            case "log":
                self.severities[text_in(held, "severity") or "none"] += 1
            case _:
                pass


def _parse(data: bytes) -> Found:
    lines, warnings = objects_of(data, last_may_lack_end=True)
    run = _Run()
    for number, line in enumerate(lines, 1):
        run.take(line, number)
    if not run.start:
        raise Damaged("the run's start is missing")
    if not run.end:
        raise Damaged("the run has no end: it did not end, or the text was cut")
    numbers = run.numbers
    return Found(
        facts={
            "run": {key: text_in(run.start, key) for key in ("name", "version")},
            "end": {key: text_in(run.end, key) for key in ("name", "status", "result")},
            "lines": len(lines),
            "steps": dict(run.steps),
            "diagnoses": dict(run.diagnoses),
            "failures": run.failures,
            "artifacts": dict(run.kinds),
            "log_severities": dict(run.severities),
            "sequence": {
                "first": numbers[0],
                "contiguous": sorted(set(numbers)) == list(range(min(numbers), min(numbers) + len(numbers))),
                "duplicates": len(numbers) - len(set(numbers)),
                "out_of_order": sum(new < old for old, new in pairwise(numbers)),
            },
        },
        warnings=(*warnings, *_doubts(run)),
    )


def _doubts(run: _Run) -> tuple[str, ...]:
    """What speaks against the result that the run gives itself."""
    numbers = run.numbers
    missing = max(numbers) - min(numbers) + 1 - len(set(numbers))
    doubts = {
        f"{missing} numbers are missing": missing > 0,
        "a number occurs twice": len(set(numbers)) != len(numbers),
        f"{len(run.open_steps)} steps have no end": bool(run.open_steps),
        "a step did not complete": any(status != "COMPLETE" for status in run.steps),
        f"{len(run.failures)} diagnoses or errors speak against the device": bool(run.failures),
        "neither a diagnosis nor a measurement was made": not run.kinds["diagnosis"]
        and not run.kinds["measurement"],
        f"{run.severities['ERROR'] + run.severities['FATAL']} errors were logged": bool(
            run.severities["ERROR"] + run.severities["FATAL"]
        ),
    }
    return tuple(words for words, holds in doubts.items() if holds)


def _sniff(head: bytes) -> int:
    first = first_object(head)
    return (
        90
        if "sequenceNumber" in first and (_RUN in first or _STEP in first or "schemaVersion" in first)
        else 0
    )


FORMATS = (
    Format(
        name="ocp.diag",
        title="OCP diagnostics: JSON lines of a test run",
        sniff=_sniff,
        parse=_parse,
        facts={
            "run": dict[str, str | None],
            "end": dict[str, str | None],
            "lines": int,
            "steps": dict[str, int],
            "diagnoses": dict[str, int],
            "failures": list[dict[str, object]],
            "artifacts": dict[str, int],
            "log_severities": dict[str, int],
            "sequence": dict[str, int | bool],
        },
    ),
)
