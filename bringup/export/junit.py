"""JUnit XML, as build servers read it: a suite for each stage, a case for each subject of each step.

failure  judged, and bad (FAIL)
error    could not be judged (UNKNOWN, with its reason), or planned and never ended
Properties of a case name what was measured, the limit, its source and standing. WAIVED is neither failure nor
error; its property says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from bringup.export.format import Export, Source
from bringup.model.judgement import Judgement
from bringup.model.progress import StepState
from bringup.model.state import RunState
from bringup.model.verdict import Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say (section 2.2), not even escaped."""


def _pieces(source: Source) -> Iterator[bytes]:
    for line in _lines(source.state()):
        yield f"{line}\n".encode()


def _lines(state: RunState) -> Iterator[str]:
    steps = list(state.steps.values())
    name = f"bringup {state.run.playbook}" if state.run is not None else "bringup"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites {_attributes(name=name, **_counts(steps))}>"
    for stage, of_stage in state.by_stage.items():
        yield from _suite(state, stage, of_stage)
    yield "</testsuites>"


def _suite(state: RunState, stage: str, steps: Iterable[StepState]) -> Iterator[str]:
    steps = list(steps)
    yield f"  <testsuite {_attributes(name=stage, **_counts(steps), skipped='0')}>"
    if state.run is not None:
        run = state.run
        about = {"run": run.run, "rack": run.rack or "", "program": run.program}
        about |= {"simulated": str(run.simulated).lower(), "partial": str(state.partial).lower()}
        yield from _properties(about.items(), "    ")
    for step in steps:
        yield from _case(step)
    yield "  </testsuite>"


def _case(step: StepState) -> Iterator[str]:
    key = step.key
    names = _attributes(classname=f"{key.stage}.{key.step}", name=key.subject, time=f"{_seconds(step):.3f}")
    yield f"    <testcase {names}>"
    yield from _properties(_about(step), "      ")
    verdict = step.counts_as
    if verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        tag = "failure" if verdict is Verdict.FAIL else "error"
        message, reason = _why(step)
        detail = _text("\n".join(_bad(step.judgements)))
        yield f"      <{tag} {_attributes(message=message, type=reason)}>{detail}</{tag}>"
    yield "    </testcase>"


def _why(step: StepState) -> tuple[str, str]:
    """Message and type of a failure or an error."""
    latest = step.latest
    if latest is None:
        return "planned, and never started", "not_reached"
    if step.verdict is None:
        return "started, and never ended", "unfinished"
    first_bad = next(iter(_bad(step.judgements)), None)
    if step.verdict is Verdict.FAIL:
        return first_bad or latest.message or "judged bad", Verdict.FAIL.value
    reason = step.reason or "unknown"
    return step.superseded or latest.message or first_bad or reason, reason


def _about(step: StepState) -> Iterator[tuple[str, str]]:
    yield "verdict", step.counts_as.value
    if step.waiver is not None:
        yield "waived", f"by {step.waiver.by}: {step.waiver.why}"
    for judgement in step.judgements:
        what = f"{judgement.quantity} {judgement.subject}"
        yield what, _value(judgement)
        if judgement.limit is not None:
            yield f"{what} limit", judgement.limit
            yield f"{what} source", f"{judgement.standing}: {judgement.source}"


def _bad(judgements: Iterable[Judgement]) -> Iterator[str]:
    for judgement in judgements:
        if judgement.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
            limit = f"; limit {judgement.limit} ({judgement.source})" if judgement.limit else ""
            reason = f" {judgement.reason}" if judgement.reason else ""
            yield (
                f"{judgement.subject}: {judgement.quantity} {_value(judgement)}: "
                f"{judgement.verdict.value}{reason}{limit}"
            )


def _value(judgement: Judgement) -> str:
    if judgement.value is None:
        return judgement.reading.value
    if isinstance(judgement.value, bool):
        return "true" if judgement.value else "false"
    return f"{judgement.value} {judgement.unit}".strip()


def _seconds(step: StepState) -> float:
    """How long the latest attempt took; zero where that can't be told (another boot)."""
    latest = step.latest
    if latest is None or latest.started_ns is None or latest.ended_ns is None:
        return 0.0
    return max(0.0, (latest.ended_ns - latest.started_ns) / 1e9)


def _counts(steps: Iterable[StepState]) -> dict[str, str]:
    found = [step.counts_as for step in steps]
    seconds = sum(_seconds(step) for step in steps)
    return {
        "tests": str(len(found)),
        "failures": str(found.count(Verdict.FAIL)),
        "errors": str(found.count(Verdict.UNKNOWN)),
        "time": f"{seconds:.3f}",
    }


def _properties(pairs: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    yield f"{indent}<properties>"
    for name, value in pairs:
        yield f"{indent}  <property {_attributes(name=name, value=value)}/>"
    yield f"{indent}</properties>"


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(text: str) -> str:
    return quoteattr(_visible(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_visible(text))


def _visible(text: str) -> str:
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape", "backslashreplace").decode(), text)


EXPORT = Export(name="junit", about="JUnit XML for build servers", pieces=_pieces)
