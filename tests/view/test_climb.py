"""The ladder of a link on paper and screens: its rungs with their marks, and the one where it stops."""

from __future__ import annotations

import pytest

from bringup.model.cause import Ladder, Rung
from bringup.model.verdict import Verdict
from bringup.view.climb import ladder_rows
from bringup.view.mark import Tier
from bringup.view.summary import cause_rows, plain, summary_rows
from tests.diagnosis.record import C1, C3, Record, healthy, light

RUNGS = (
    Rung("power", Verdict.PASS, "answers", "booted"),
    Rung("presence"),
    Rung("light", None, "sends -1.0 dBm", "sends -1.0 dBm"),
    Rung("lane", Verdict.FAIL, "lane 2 receives nothing", ""),
    Rung("cabling", Verdict.PASS, "leads to b/2", ""),
)
LADDER = Ladder(
    near="a/1",
    far="b/1",
    label="C-1",
    title="a lane is dark",
    link="link down",
    stops_at="lane",
    next_test="inspect",
    remedy="inspect-fibre-lane",
    rungs=RUNGS,
)


def told(ladder: Ladder, width: int = 80, tier: Tier = "unicode") -> list[str]:
    return [plain(row) for row in ladder_rows(ladder, width, tier)]


def test_it_is_climbed_to_its_first_cause_and_no_further() -> None:
    assert told(LADDER) == [
        "  ladder  C-1: a/1 to b/1, link down",
        "          ✓ power         answers | booted",
        "          · light         sends -1.0 dBm (both ends)",
        "          ✗ lane          lane 2 receives nothing | nothing read: here it stops",
    ]


def test_a_rung_where_it_stops_is_told_though_nothing_was_read_on_it() -> None:
    bare = Ladder(
        near="a/1", far="", label="", title="", link="link not looked at", stops_at="presence",
        next_test="", remedy="", rungs=RUNGS[1:2],
    )  # fmt: skip
    assert told(bare) == [
        "  ladder  a/1, link not looked at",
        "          · presence      nothing read: here it stops",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 132])
@pytest.mark.parametrize("tier", ["unicode", "cp437", "ascii"])
def test_no_row_is_wider_than_its_page_and_ascii_is_ascii(width: int, tier: Tier) -> None:
    rows = told(LADDER, max(width, 46), tier)
    assert max(len(row) for row in rows) <= max(width, 46)
    assert tier != "ascii" or all(row.isascii() for row in rows)


def test_what_a_device_says_can_not_drive_the_terminal() -> None:
    hostile = Rung("cabling", Verdict.FAIL, "leads to \x1b[2Jleaf", "")
    ladder = Ladder(
        near="a/1", far="", label="", title="", link="link up", stops_at="cabling", next_test="", remedy="",
        rungs=(hostile,),
    )  # fmt: skip
    assert "\x1b" not in "".join(told(ladder))


def two_dirty() -> Record:
    record = Record()
    healthy(record, but=[C1, C3])
    for near, _ in (C1, C3):
        record.step("optics", "levels", near, light(near, rx=(-1.4, -6.3, -1.5, -1.6)))
    return record


def test_a_summary_climbs_the_first_link_of_a_cause_and_counts_the_others() -> None:
    record = two_dirty()
    page = "\n".join(plain(row) for row in summary_rows(record.state, record.causes))
    assert page.count("here it stops") == 1
    assert "and 1 more link, rung by rung" in page


def test_a_cause_alone_climbs_each_of_its_links() -> None:
    cause = two_dirty().only_cause
    page = "\n".join(plain(row) for row in cause_rows(cause, ladders=len(cause.ladders)))
    assert page.count("here it stops") == 2
    assert "more link" not in page
