"""A table for spreadsheets (RFC 4180): a row for each judgement of each step, and one for the step's verdict.

The latest attempt counts, as in every summary. What was planned and never ended stands there as UNKNOWN.
A text that a spreadsheet would run as a formula gets a `'` in front: device text is somebody else's.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from bringup.export.format import Export, Source
from bringup.model.progress import StepState
from bringup.model.state import RunState

COLUMNS = (
    "run",
    "row",
    "stage",
    "step",
    "subject",
    "attempt",
    "quantity",
    "value",
    "unit",
    "reading",
    "limit",
    "source",
    "standing",
    "verdict",
    "reason",
    "message",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def _pieces(source: Source) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for row in rows(source.state()):
        yield _line([row.get(column) for column in COLUMNS])


def rows(state: RunState) -> Iterator[dict[str, object]]:
    """Column -> cell, in the order of the plan; `row` is `judged` or `step`."""
    run = state.run.run if state.run is not None else ""
    for step in state.steps.values():
        yield from ({"run": run, **row} for row in _step_rows(step))


def _step_rows(step: StepState) -> Iterator[dict[str, object]]:
    latest = step.latest
    place = {
        "stage": step.key.stage,
        "step": step.key.step,
        "attempt": latest.number if latest is not None else None,
    }
    for judgement in step.judgements:
        yield {
            **place,
            "row": "judged",
            "subject": judgement.subject,
            "quantity": judgement.quantity,
            "value": judgement.value,
            "unit": judgement.unit,
            "reading": judgement.reading,
            "limit": judgement.limit,
            "source": judgement.source,
            "standing": judgement.standing,
            "verdict": judgement.verdict,
            "reason": judgement.reason,
            "message": judgement.note,
        }
    ended = step.verdict is not None
    yield {
        **place,
        "row": "step",
        "subject": step.key.subject,
        "verdict": step.counts_as,
        "reason": step.reason if ended else "not_reached" if latest is None else "unfinished",
        "message": latest.message if latest is not None else None,
    }


def cell(value: object) -> str:
    """A value as a spreadsheet may be shown it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _line(cells: object) -> bytes:
    assert isinstance(cells, list | tuple)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([cell(each) for each in cells])
    return out.getvalue().encode("utf-8", "backslashreplace")


EXPORT = Export(name="csv", about="a table of judgements and verdicts for spreadsheets", pieces=_pieces)
