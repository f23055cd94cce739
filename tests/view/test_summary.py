"""The last page, and the lines of a headless run."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bringup.model import event as ev
from bringup.model.fold import fold_events
from bringup.model.measurement import DARK
from bringup.model.subject import link
from bringup.model.verdict import Reason, Verdict
from bringup.view.mark import Row, Tier, mark_of
from bringup.view.progress import Progress
from bringup.view.summary import plain, stage_row, summary_rows
from tests.diagnosis.record import C1, C3, C4, Record, healthy, light


def dirty() -> Record:
    record = Record()
    healthy(record, but=[C1])
    low = record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, -6.3, -1.5, -1.6)))
    record.step("optics", "levels", C1[1], light(C1[1]))
    record.blocked("links", "state", link(*C1), low, C1[0])
    record.blocked("links", "errors", link(*C1), low, C1[0])
    return record


def page(record: Record, width: int = 80, tier: Tier = "unicode") -> str:
    rows = summary_rows(record.state, record.causes, width=width, tier=tier)
    return "\n".join(plain(row) for row in rows)


def test_a_cause_is_told_with_value_limit_source_standing_likely_next_and_remedy() -> None:
    text = page(dirty())
    for expected in (
        "rx_power_dbm -6.3 dBm",
        ">= -5.9 and <= 4  (standard: a datasheet)",
        "1. a dirty or scratched end face",
        "next    take the fibre out",
        "[clean-both-ends]",
        "stands for 3 verdicts, 2 of them blocked by it",
        "rack r07, U40, leaf-1, port Ethernet0",
        "3 verdicts from 1 cause",
    ):
        assert expected in text


def test_what_is_blocked_is_not_told_again() -> None:
    assert page(dirty()).count("✗ FAIL  leaf-1/Ethernet0") == 1
    assert "blocked)" not in page(dirty())


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_row_is_wider_than_the_screen(width: int) -> None:
    record = dirty()
    record.broken("management", "reach", "leaf-2", "timeout", "leaf-2: " + "no answer " * 40, "leaf-2")
    for row in summary_rows(record.state, record.causes, width=width):
        assert len(plain(row)) <= width, plain(row)


def test_the_ascii_tier_is_ascii() -> None:
    assert page(dirty(), tier="ascii").isascii()


def test_hostile_device_text_is_written_out() -> None:
    record = Record()
    record.step("management", "identity", "leaf-1", [("leaf-1", "serial", "\x1b[2J\u202e")])
    text = page(record)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J\\u202e" in text


def test_a_good_run_has_no_block_of_causes() -> None:
    record = Record()
    healthy(record)
    text = page(record)
    assert "remedy" not in text
    assert text.endswith("✓ PASS  the whole run")


def test_margins_waivers_and_what_is_open_are_listed() -> None:
    record = Record()
    healthy(record, but=[C3])
    record.step("optics", "levels", C3[0], light(C3[0], rx=(-5.2, -5.1, -5.3, -5.0)))
    state = record.state
    more = [
        ev.Waived(stage="a", step="b", subject="c", by="ann", why="spare ordered"),
        ev.AlteredState(subject="leaf-1/Ethernet0", what="laser off", undo="laser on"),
        ev.StepStarted(stage="links", step="state", subject="x/y", attempt=1, does="link.state"),
    ]
    first = (state.last_seq or 0) + 1
    state = fold_events(
        (msgspec.structs.replace(one, seq=first + place) for place, one in enumerate(more)), state
    )
    text = "\n".join(plain(row) for row in summary_rows(state, ()))
    assert "marginal: 1\n  optics/levels leaf-1/Ethernet8" in text
    assert "waived: 1\n  a/b c: spare ordered" in text
    assert "left altered: 1" in text


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        ({}, ""),
        ({"inject": "slow"}, "  INJECTED: slow"),
        ({"only": ("optics",), "simulated": True}, "  PARTIAL: judged on what was selected  SIMULATED"),
    ],
)
def test_what_was_injected_partial_or_simulated_is_marked_beside_the_verdict(
    said: dict[str, Any], marks: str
) -> None:
    began = ev.RunStarted(
        seq=0,
        run="20260101-120000-abcd",
        path="p",
        playbook="mini",
        inventory="i",
        program="0",
        host="h",
        user="u",
        run_json="",
        **said,
    )
    last = plain(summary_rows(fold_events([began]), ())[-1])
    assert last.partition("the whole run")[2] == marks


def test_a_stage_shows_its_counts() -> None:
    state = dirty().state
    assert plain(stage_row(state, "optics")).split() == ["✗", "FAIL", "optics", "1", "FAIL,", "7", "PASS"]


@pytest.mark.parametrize(
    ("verdict", "reason", "word"),
    [
        (Verdict.PASS, None, "PASS"),
        (Verdict.UNKNOWN, Reason.STALE, "STALE"),
        (Verdict.UNKNOWN, Reason.SKIPPED, "SKIP"),
        (Verdict.UNKNOWN, Reason.UNREACHABLE, "UNKN"),
        (None, None, "WAIT"),
    ],
)
def test_a_state_is_always_glyph_word_and_role(
    verdict: Verdict | None, reason: str | None, word: str
) -> None:
    mark = mark_of(verdict, reason)
    assert mark.word == word
    assert mark.role
    assert mark.glyph("ascii").isascii()


def test_only_pass_looks_like_pass() -> None:
    marks = {mark_of(each).word: mark_of(each) for each in Verdict}
    assert len({mark.glyph(tier) for mark in marks.values() for tier in ("ascii",)}) == len(marks)
    assert [word for word, mark in marks.items() if mark.role == "good"] == ["PASS"]


# --- progress -----------------------------------------------------------------------------------------------


def shown(record: Record) -> list[str]:
    progress = Progress()
    rows: list[Row] = []
    for event in [ev.PlanFixed(files={}, planned=tuple(record.state.steps)), *record.events]:
        rows += progress.rows(event)
    return [plain(row) for row in rows]


def test_a_finished_step_is_one_line_with_its_bad_subjects_below() -> None:
    lines = shown(dirty())
    at = lines.index("✗ FAIL  optics/levels  7 of 8")
    assert lines[at + 1] == "    ✗ FAIL  leaf-1/Ethernet0  rx_power_dbm -6.3 dBm (limit >= -5.9 and <= 4)"
    assert "ø UNKN  links/state  3 of 4, 1 blocked" in lines


def test_a_step_that_is_not_finished_has_no_line() -> None:
    progress = Progress()
    assert progress.rows(ev.PlanFixed(files={}, planned=(("a", "b", "c"), ("a", "b", "d")))) == ()
    end = ev.StepEnded(stage="a", step="b", subject="c", attempt=1, verdict=Verdict.PASS)
    assert progress.rows(end) == ()
    (row,) = progress.rows(msgspec.structs.replace(end, subject="d"))
    assert plain(row) == "✓ PASS  a/b  2 of 2"


def test_many_bad_subjects_are_counted() -> None:
    record = Record()
    for pair in (C1, C3, C4):
        for end in pair:
            record.step("optics", "levels", end, light(end, rx=(DARK,) * 4))
    assert "         and 1 more" in shown(record)


def test_a_retest_tells_its_own_line() -> None:
    progress = Progress()
    progress.rows(ev.PlanFixed(files={}, planned=(("a", "b", "c"),)))
    end = ev.StepEnded(stage="a", step="b", subject="c", attempt=1, verdict=Verdict.FAIL)
    progress.rows(end)
    (row,) = progress.rows(msgspec.structs.replace(end, attempt=2, verdict=Verdict.PASS))
    assert plain(row) == "    ✓ PASS  c"


def test_hostile_messages_are_written_out() -> None:
    progress = Progress()
    progress.rows(ev.PlanFixed(files={}, planned=(("a", "b", "c"),)))
    end = ev.StepEnded(
        stage="a", step="b", subject="c", attempt=1, verdict=Verdict.UNKNOWN, message="\x1b[31m"
    )
    assert "\x1b" not in "".join(plain(row) for row in progress.rows(end))
