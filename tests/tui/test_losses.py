"""What the console shows and does not send when the runner, a device or the record's integrity is lost."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bringup.model.errors import InputError
from bringup.model.event import Answered
from bringup.tui.effect import Send
from bringup.tui.outbox import held_back
from bringup.tui.outside import NotSent, Verified
from bringup.tui.scan import Scan
from bringup.view.frame import Size
from bringup.view.mark import STALE, WAITING, Tier
from bringup.view.scene import Scene
from tests.tui.records import World, app, folder_of, shown
from tests.tui.scenes import asked, console, dirty, keys, scene, text
from tests.tui.test_app import SIZE, opened, until

QUESTION = "sign-off/walk@run"
DEVICES = ("leaf-1", "leaf-2", "node-01", "bmc-01", "pdu-1")


def lost(shown: Scene) -> Scene:
    return msgspec.structs.replace(shown, live="LOST 00:41")


def evidence(shown: str) -> list[str]:
    """The rows of readings at the right of the run's screen."""
    rows = [row[20:] for row in shown.splitlines()]
    at = next(number for number, row in enumerate(rows) if "EVIDENCE" in row)
    return [row for row in rows[at + 1 : 21] if "dBm" in row or "BER" in row or "_" in row]


def test_without_a_runner_every_reading_is_stale() -> None:
    live = scene()
    one, _ = console(lost(live))
    shown = text(one)
    assert "LOST 00:41" in shown.splitlines()[0]
    assert evidence(shown)
    assert all(row.split()[1] == "~" for row in evidence(shown))
    assert not any(row.split()[1] == "~" for row in evidence(text(console(live)[0])))
    keys(one, "m")
    matrix = text(one)
    assert "~" in matrix and "✓" not in matrix.split("─")[0]
    read = [name for name in DEVICES if live.device_mark(name)[0] is not WAITING]
    assert read and all(lost(live).device_mark(name)[0] is STALE for name in read)


def test_a_run_that_is_live_again_has_its_readings_back() -> None:
    live = scene()
    one, _ = console(lost(live))
    before = text(one)
    one.show(live)
    assert text(one) != before
    assert not any(row.split()[1] == "~" for row in evidence(text(one)))


def test_of_a_device_that_stopped_answering_only_its_own_readings_are_stale() -> None:
    record = dirty()
    record.broken("links", "counters", "leaf-2", "timeout", "no answer", "leaf-2")
    shown = scene(record)
    assert set(shown.silent) == {"leaf-2"}
    assert shown.device_mark("leaf-2")[0] is STALE
    assert [name for name in DEVICES if shown.device_mark(name)[0] is STALE] == ["leaf-2"]
    assert shown.stale("leaf-2/Ethernet1/1#lane-1", 5)
    assert not shown.stale("leaf-1/Ethernet0#lane-1", 5)
    assert shown.stale("leaf-1/Ethernet8<->leaf-2/Ethernet2/1", 5), "one end of it is silent"


def test_a_device_that_answers_again_is_not_stale() -> None:
    record = dirty()
    record.broken("links", "counters", "leaf-2", "unreachable", "no answer", "leaf-2")
    record.step("links", "again", "leaf-2", [("leaf-2", "reachable", True)])
    shown = scene(record)
    assert shown.silent == {}
    assert not shown.stale("leaf-2/Ethernet1/1#lane-1", 5)


def test_what_waits_for_a_silent_device_does_not_make_it_answer() -> None:
    record = dirty()
    seq = record.broken("links", "counters", "leaf-2", "timeout", "no answer", "leaf-2")
    record.blocked("links", "later", "leaf-2", seq, "leaf-2")
    assert set(scene(record).silent) == {"leaf-2"}


def test_without_a_runner_text_is_taken_and_not_sent_and_offered_again_once_there_is_one() -> None:
    live = scene(None, asked())
    one, _ = console(lost(live))
    keys(one, "space", "y", "e", "s")
    (effect,) = keys(one, "enter")
    assert isinstance(effect, Send)
    assert "what you typed is kept" in held_back(one.scene, effect)
    one.keep_unsent(QUESTION)
    keys(one, "escape")
    assert "not sent: Space" not in text(one), "nothing can be done about it yet"
    assert one.show(live) == [], "nothing is sent by itself"
    assert "1 answer not sent: Space opens it again for review" in text(one)
    keys(one, "space")
    assert one.look.typed == "yes"
    (again,) = keys(one, "enter")
    assert isinstance(again, Send)
    assert held_back(one.scene, again) == ""
    assert again.arguments["value"] == effect.arguments["value"]


def test_what_was_not_sent_is_opened_before_other_questions() -> None:
    first, second = asked(question="a", text="First?"), asked(question="b", step="b", text="Second?")
    one, _ = console(scene(None, first, second))
    one.keep_unsent("b")
    keys(one, "space")
    assert one.look.about == "b"


def test_an_answer_that_somebody_else_gave_meanwhile_is_offered_no_more() -> None:
    live = scene(None, asked())
    one, _ = console(lost(live))
    one.keep_unsent(QUESTION)
    answered = Answered(
        stage="sign-off", step="walk", subject="run", attempt=1, question=QUESTION, value="yes", by="other"
    )
    one.show(scene(None, asked(), answered))
    assert one.unsent == frozenset()
    assert "not sent" not in text(one)


@pytest.mark.parametrize("screen", ["run", "f", "m", "J", "s", "h", "question_mark", "colon", "w", "A"])
@pytest.mark.parametrize("tier", ["unicode", "cp437", "ascii"])
def test_a_record_that_does_not_verify_has_a_bar_on_every_screen(screen: str, tier: Tier) -> None:
    words = "RECORD DOES NOT VERIFY: checkpoints/30.txt said 83fe10c2, found 10c283fe"
    broken = scene(None, alarm=words, tier=tier)
    one, _ = console(broken)
    keys(one, *([] if screen == "run" else [screen]))
    for size in (Size(80, 24), Size(60, 20), Size(200, 60)):
        bar = one.rows(size)[-3]
        assert {role for _, role in bar} == {"bad"}
        told = "".join(words for words, _ in bar)
        assert told.startswith("## " if tier == "ascii" else "██ ")
        assert "RECORD DOES NOT VERIFY: checkpoints/30.txt said" in told
        assert len(told) == size.width


def test_both_digests_stand_in_full_on_the_journal_and_where_it_is_signed() -> None:
    said, found = "83" * 32, "10" * 32
    one, _ = console(scene(None, alarm="RECORD DOES NOT VERIFY", digests=(said, found)))
    for key in ("J", "s"):
        keys(one, key)
        assert said in text(one) and found in text(one)
    assert "NOTHING IS SIGNED" in text(one)


@pytest.mark.parametrize(("form", "held"), [("attest", True), ("approve", True), ("confirm", False)])
def test_with_a_record_that_does_not_verify_nothing_is_signed(form: str, held: bool) -> None:
    shown = scene(None, asked(form=form), alarm="RECORD DOES NOT VERIFY")
    command = Send("answer", {"question": QUESTION, "value": "approve"})
    assert bool(held_back(shown, command)) is held
    assert held_back(shown, Send("waive", {"step": "a/b"}, "spare"))
    assert not held_back(shown, Send("note", {"text": "x"}))
    assert not held_back(msgspec.structs.replace(shown, alarm=""), command)


async def test_an_answer_without_a_runner_is_not_sent_even_when_it_comes_back(tmp_path: Path) -> None:
    world = World(lives=False)
    one = app(folder_of(tmp_path, None, asked(form="scan")), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "LOST 00:0")
        await pilot.press("space")
        await opened(pilot, one, "S C A N")
        one.console_view.scanned(Scan("R07", True, 0))
        one.console_view._opened_s = one.console_view._typed_s = -1.0
        await pilot.press("enter")
        await opened(pilot, one, "not sent: nobody does the run now")
        world.lives = True
        await pilot.press("escape")
        await opened(pilot, one, "LIVE", "1 answer not sent")
        assert world.sent == []
        await pilot.press("space")
        await opened(pilot, one, "> R07_")
        one.console_view._opened_s = -1.0
        await pilot.press("enter")
        await until(pilot, lambda: world.sent)
    assert [arguments["value"] for _, arguments, _ in world.sent] == ["R07"]


@pytest.mark.parametrize("kept", [True, False])
async def test_what_never_reached_the_runner_is_kept_and_what_it_refused_is_not(
    tmp_path: Path, kept: bool
) -> None:
    class Deaf(World):
        async def send(self, verb: str, arguments: dict[str, str], why: str | None) -> str:
            raise NotSent("no runner listens") if kept else InputError("somebody was first")

    one = app(folder_of(tmp_path, None, asked()), Deaf())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await one._carry_out([Send("answer", {"question": QUESTION, "value": "yes"})])
        await opened(pilot, one, "not sent: no runner listens" if kept else "somebody was first")
        assert one.console_view.unsent == (frozenset({QUESTION}) if kept else frozenset())


async def test_the_record_is_verified_by_itself_and_what_contradicts_stands_on_the_bar(
    tmp_path: Path,
) -> None:
    world = World()
    world.verified = Verified(
        "THE RECORD CONTRADICTS ITSELF", "checkpoints/30.txt", said="83" * 32, found="10" * 32
    )
    one = app(folder_of(tmp_path), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "RECORD DOES NOT VERIFY: checkpoints/30.txt said 83838383, found 10101010")
        world.verified = Verified("intact")
        await pilot.press("v")
        await until(pilot, lambda: one.console_view.scene.alarm == "")


async def test_a_gap_stands_in_row_one_and_on_the_bar_and_goes_when_it_is_filled(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    whole = folder.segment(1).read_bytes()
    lines = whole.splitlines(keepends=True)
    folder.segment(1).write_bytes(b"".join([*lines[:30], *lines[35:]]))
    one = app(folder, World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "GAP 30-34", "events 30 to 34 are missing", "EVIDENCE")
        folder.segment(1).write_bytes(whole)
        await opened(pilot, one, "LIVE")
        assert "missing" not in shown(one)
