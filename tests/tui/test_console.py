"""The console's screens and keys: what is shown; nothing is sent but by Enter on a visible choice."""

from __future__ import annotations

import pytest

from bringup.model.event import Answered, Asked
from bringup.tui.console import Console
from bringup.tui.effect import Bell, Copy, Hand, Leave, Send, Verify
from bringup.tui.scan import Key, Scan
from bringup.view.frame import Size
from bringup.view.mark import Tier
from tests.tui.scenes import CRASH_CART, ESC, HOSTILE, asked, console, dirty, good, keys, scene, sent, text

PORT = "leaf-1/Ethernet0"
SCREENS = {
    "run": (),
    "work": ("A",),
    "failures": ("f",),
    "failure": ("f", "enter"),
    "done": ("f", "enter", "enter"),
    "watch": ("w",),
    "matrix": ("m",),
    "journal": ("J",),
    "filter": ("J", "slash"),
    "sign": ("s",),
    "handover": ("h",),
    "help": ("question_mark",),
    "palette": ("colon",),
    "ask": ("space",),
    "cannot": ("space", "tab"),
    "copy": ("f", "y"),
    "evidence": ("e",),
    "raw": ("e", "enter"),
    "waive": ("f", "W"),
    "photo": ("p",),
    "leave": ("Q",),
}
SIZES = [Size(80, 24), Size(60, 20), Size(120, 40), Size(200, 60), Size(59, 19), Size(20, 5), Size(1, 1)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_fills_every_size_exactly(name: str, size: Size) -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, *SCREENS[name])
    rows = one.rows(size)
    assert len(rows) == size.height
    for row in rows:
        assert sum(len(words) for words, _ in row) == size.width


@pytest.mark.parametrize("name", SCREENS)
def test_device_text_on_no_screen_moves_a_cursor(name: str) -> None:
    record = dirty()
    record.step("management", "identity", "leaf-1", [("leaf-1", "serial", HOSTILE)])
    record.broken("management", "reach", "leaf-2", "timeout", HOSTILE, "leaf-2")
    one, _ = console(scene(record, asked(HOSTILE)))
    keys(one, *SCREENS[name])
    for size in (CRASH_CART, Size(200, 60), Size(40, 10)):
        shown = text(one, size)
        for bad in (ESC, "\x07", "\x9b", "\u202e", "\u200b", "\ud800", "漢", "\u0301"):
            assert bad not in shown


@pytest.mark.parametrize("name", SCREENS)
def test_the_ascii_tier_is_ascii_on_every_screen(name: str) -> None:
    one, _ = console(scene(dirty(), asked(), tier="ascii"))
    keys(one, *SCREENS[name])
    assert text(one).isascii()


def test_the_run_screen_says_what_to_do_now() -> None:
    one, _ = console(scene(dirty(), asked("Is the blank fitted?")))
    shown = text(one)
    assert "1 question is waiting: Space answers; f shows 1 cause of failure: Is the" in shown
    assert "leaf-1/Ethernet0" in shown
    assert "✗ 1" in shown


def test_a_good_run_says_that_nothing_failed() -> None:
    one, _ = console(scene(good()))
    keys(one, "f")
    assert "Nothing is failing now" in text(one)


def test_a_failure_shows_value_limit_source_likely_and_remedy() -> None:
    one, _ = console()
    keys(one, "f", "enter")
    shown = text(one, Size(100, 60))
    for words in (
        "rx_power_dbm -6.3 dBm",
        ">= -5.9",
        "a datasheet",
        "dirty or scratched",
        "[clean-both-ends]",
    ):
        assert words in shown


def test_what_was_done_is_measured_again_by_a_number_and_enter() -> None:
    one, _ = console()
    assert keys(one, "f", "enter", "enter", "1") == []
    assert keys(one, "enter") == [Send("retest", {"step": "optics/levels", "subject": "leaf-1/Ethernet0"})]


def test_only_a_demo_lends_a_hand() -> None:
    one, _ = console(scene(simulated=True))
    effects = keys(one, "f", "enter", "enter", "3", "enter")
    assert isinstance(effects[0], Hand)
    assert effects[0].cause == one.scene.causes[0]
    real, _ = console(scene(simulated=False))
    assert keys(real, "f", "enter", "enter", "3", "enter") == []
    assert "simulated technician" not in text(real)


def test_an_answer_is_sent_once_it_is_typed_and_entered() -> None:
    one, _ = console(scene(dirty(), asked()))
    assert sent(keys(one, "space", "y", "e", "s", "enter")) == [
        Send("answer", {"question": "sign-off/walk@run", "value": "yes"})
    ]


def test_after_ones_own_answer_the_screen_goes_back_by_itself() -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, "space", "y", "e", "s", "enter")
    assert one.look.screen == "ask"
    one.show(scene(dirty(), asked(), answered("yes", "somebody")))
    assert one.look.screen == "run"


def test_an_empty_answer_is_not_sent() -> None:
    one, _ = console(scene(dirty(), asked()))
    assert keys(one, "space", "enter") == []
    assert "type or scan the answer first" in text(one)


def test_a_new_question_is_deaf_to_an_enter_that_was_meant_for_what_stood_before() -> None:
    one, clock = console(scene(dirty(), asked()))
    keys(one, "space", "y", "e", "s", "escape")
    one.press(Key("space", " "))  # the draft stands there again
    clock.s += 0.3
    assert one.press(Key("enter", "\r")) == []
    clock.s += 0.4
    assert one.press(Key("enter", "\r")) != []


def test_an_enter_right_behind_a_character_ends_the_field_and_confirms_nothing() -> None:
    one, clock = console(scene(dirty(), asked()))
    keys(one, "space", "y")
    clock.s += 0.05
    assert one.press(Key("enter", "\r")) == []
    clock.s += 0.5
    assert sent(one.press(Key("enter", "\r"))) == [
        Send("answer", {"question": "sign-off/walk@run", "value": "y"})
    ]


def test_a_choice_is_sent_by_its_number() -> None:
    one, _ = console(scene(dirty(), asked(form="choose", choices=("APC", "UPC"))))
    effects = keys(one, "space", "2", "enter")
    assert sent(effects) == [Send("answer", {"question": "sign-off/walk@run", "value": "UPC"})]


@pytest.mark.parametrize(
    ("form", "number", "value"),
    [("confirm", "1", "yes"), ("confirm", "2", "no"), ("confirm", "3", "3"), ("instruct", "1", "done")],
)
def test_with_gloves_a_question_is_answered_by_its_number(form: str, number: str, value: str) -> None:
    one, _ = console(scene(dirty(), asked(form=form)))
    keys(one, "space")
    assert "   1  " in text(one)
    keys(one, number)
    assert keys(one, "enter") == [answer_of(value)]


@pytest.mark.parametrize("form", ["scan", "measure", "attest"])
def test_a_number_stands_for_itself_where_no_answers_are_offered(form: str) -> None:
    one, _ = console(scene(dirty(), asked(form=form)))
    assert keys(one, "space", "1", "enter") == [answer_of("1")]


def answer_of(value: str) -> Send:
    (ask,) = scene(dirty(), asked()).state.asks
    return Send("answer", {"question": ask.question, "value": value, "asked": str(ask.seq)})


def test_what_changes_a_device_is_approved_by_its_name_typed_in_full() -> None:
    change = asked("Outlet off. Do it?", "approve", subject="pdu-1/outlet-5", changes=("drops node-01",))
    one, _ = console(scene(dirty(), change))
    keys(one, "space")
    assert "changes: drops node-01" in text(one)
    typed(one, "yes")
    assert keys(one, "enter") == []
    assert "type pdu-1 in full" in text(one)
    keys(one, "ctrl+u")
    typed(one, "pdu-1")
    assert sent(keys(one, "enter")) == [Send("answer", {"question": "sign-off/walk@run", "value": "approve"})]
    keys(one, "ctrl+u")
    typed(one, "no")
    assert sent(keys(one, "enter")) == [Send("answer", {"question": "sign-off/walk@run", "value": "refuse"})]


def test_a_step_on_many_devices_is_approved_once_by_the_racks_name_and_only_that_step() -> None:
    def change(outlet: int, step: str = "outlet_on") -> Asked:
        more = {"stage": "power", "step": step, "subject": f"pdu-1/outlet-{outlet}"}
        return asked("Do it?", "approve", question=f"power/{step}@{outlet}", **more)

    one, _ = console(scene(dirty(), change(1)))
    keys(one, "space")
    typed(one, "all r07")
    assert sent(keys(one, "enter")) == [Send("answer", {"question": "power/outlet_on@1", "value": "approve"})]
    effects = one.show(scene(dirty(), change(1), change(2)))
    assert sent(effects) == [Send("answer", {"question": "power/outlet_on@2", "value": "approve"})]
    assert one.show(scene(dirty(), change(1), change(2), change(3, "outlet_off"))) == [Bell()]


def test_a_scan_fills_the_field_and_a_separate_enter_confirms() -> None:
    one, _ = console(scene(dirty(), asked(form="scan")))
    keys(one, "space")
    assert one.scanned(Scan("R07-C0117-B", True, 0)) == []
    assert "R07-C0117-B" in text(one)
    assert sent(keys(one, "enter")) == [
        Send("answer", {"question": "sign-off/walk@run", "value": "R07-C0117-B"})
    ]


def test_a_scan_that_nothing_asks_for_does_nothing() -> None:
    one, _ = console()
    assert one.scanned(Scan("fJmQ", True, 0)) == []
    assert one.look.screen == "run"
    assert "scanned fJmQ, nothing is asking for it" in text(one)


@pytest.mark.parametrize(
    ("scan", "words"), [(Scan("R07", False, 0), "without an end"), (Scan("R07", True, 2), "2")]
)
def test_a_scan_that_is_not_whole_fills_no_field(scan: Scan, words: str) -> None:
    one, _ = console(scene(dirty(), asked(form="scan")))
    keys(one, "space")
    one.scanned(scan)
    assert one.look.typed == ""
    assert words in text(one)


def test_what_was_typed_is_kept_until_the_question_is_answered() -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, "space", "y", "e", "escape", "f", "escape", "space")
    assert one.look.typed == "ye"


def test_a_question_that_comes_takes_neither_screen_nor_text_and_rings_once() -> None:
    one, _ = console(scene(dirty()))
    keys(one, "colon", "n", "o")
    assert one.show(scene(dirty(), asked())) == [Bell()]
    assert one.show(scene(dirty(), asked())) == []
    assert (one.look.screen, one.look.typed) == ("palette", "no")


def test_an_answer_by_somebody_else_is_told_by_whom() -> None:

    given = Answered(
        stage="sign-off",
        step="walk",
        subject="run",
        attempt=1,
        question="sign-off/walk@run",
        value="no",
        by="eng-2",
    )
    one, _ = console(scene(dirty(), asked()))
    keys(one, "space", "y")
    one.show(scene(dirty(), asked(), given))
    assert "eng-2 answered no" in text(one)
    assert keys(one, "enter") == []


def test_what_can_not_be_done_is_skipped_with_a_reason_or_help_is_called() -> None:
    one, _ = console(scene(dirty(), asked()))
    assert keys(one, "space", "tab", "1", "enter") == []
    assert "takes a reason" in text(one)
    for letter in " no scope":
        one.press(Key("space" if letter == " " else letter, letter))
    skip = Send("skip", {"step": "sign-off/walk", "subject": "run"}, "no scope")
    assert keys(one, "enter") == [skip]
    (note,) = keys(one, "space", "tab", "2", "enter")
    assert isinstance(note, Send)
    assert note.verb == "note"


def answered(value: str, by: str) -> Answered:
    where = {"stage": "sign-off", "step": "walk", "subject": "run", "attempt": 1}
    return Answered(**where, question="sign-off/walk@run", value=value, by=by)  # type: ignore[arg-type]


def typed(one: Console, words: str) -> None:
    for letter in words:
        one.press(Key("space" if letter == " " else letter, letter))


def test_a_run_ends_only_by_the_racks_name_typed_in_full() -> None:
    one, _ = console()
    keys(one, "colon")
    typed(one, "abort it burns")
    assert keys(one, "enter") == []
    assert "it burns" in text(one)
    typed(one, "r0")
    assert keys(one, "enter") == []
    assert "that is not r07" in text(one)
    typed(one, "7")
    assert keys(one, "enter") == [Send("abort", {}, "it burns")]


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("pause", Send("pause", {})),
        ("note blank missing at U12", Send("note", {"text": "blank missing at U12"})),
        (
            "retest optics/levels@leaf-1/Ethernet0",
            Send("retest", {"step": "optics/levels", "subject": "leaf-1/Ethernet0"}),
        ),
        ("skip links/state no time", Send("skip", {"step": "links/state"}, "no time")),
    ],
)
def test_the_palette_sends_what_tell_would_send(words: str, sent: Send) -> None:
    one, _ = console()
    keys(one, "colon")
    typed(one, words)
    assert keys(one, "enter") == [sent]
    assert one.look.screen == "run"


@pytest.mark.parametrize("words", ["", "explode", "note", "skip links/state", "pause now"])
def test_the_palette_sends_nothing_that_is_not_whole(words: str) -> None:
    one, _ = console()
    keys(one, "colon")
    typed(one, words)
    assert keys(one, "enter") == []
    assert one.look.screen == "palette"
    assert one.look.note


def test_who_only_watches_sends_nothing() -> None:
    one, _ = console(scene(dirty(), asked(), watching=True))
    assert "WATCHING ONLY" in text(one)
    assert keys(one, "space", "y", "enter") == []
    assert keys(one, "tab", "escape", "f", "enter", "enter", "1", "enter") == []
    keys(one, "escape", "escape", "escape", "colon")
    typed(one, "pause")
    assert keys(one, "enter") == []


def test_retest_asks_for_enter_first() -> None:
    one, _ = console()
    assert keys(one, "f", "r") == []
    assert "nothing is measured before you say so" in text(one)
    sent = keys(one, "enter")
    assert sent == [
        Send("retest", {"step": f"{key.stage}/{key.step}", "subject": key.subject})
        for key in one.scene.causes[0].explains
    ]
    assert Send("retest", {"step": "optics/levels", "subject": "leaf-1/Ethernet0"}) in sent


def test_a_picture_that_is_paused_stands_still_until_the_next_key() -> None:
    one, _ = console(scene(good()))
    before = text(one).splitlines()[:20]
    keys(one, "z")
    one.show(scene(dirty(), asked()))
    assert text(one).splitlines()[:20] == before
    keys(one, "f")
    assert text(one).splitlines()[:20] != before


def test_leaving_says_nothing_to_the_run() -> None:
    one, _ = console()
    assert keys(one, "Q") == []
    assert "THE RUN GOES ON without this console" in text(one)
    assert keys(one, "enter") == [Leave()]
    assert keys(one, "escape", "ctrl+c") == []
    assert keys(one, "ctrl+c") == [Leave()]


def test_escape_goes_back_one_level_and_at_the_root_nowhere() -> None:
    one, _ = console()
    keys(one, "f", "enter", "escape")
    assert one.look.screen == "failures"
    keys(one, "escape", "escape", "escape")
    assert one.look.screen == "run"


def test_the_matrix_walks_only_what_is_bad_and_names_the_shape() -> None:
    one, _ = console()
    keys(one, "m", "o", "o")
    assert "1 bad" in text(one)
    keys(one, "n")
    assert "rx_power_dbm" in text(one)


def test_watching_shows_both_ends_with_their_lanes_and_never_says_safe() -> None:
    one, _ = console()
    keys(one, "f", "w")
    shown = text(one, Size(80, 30))
    assert "FAR END" in shown
    assert shown.count("lane-2") == 2
    assert "LASERS MAY BE ON" in shown
    assert "SAFE" not in shown


def test_a_copy_is_plain_text_and_verify_runs_outside() -> None:
    one, _ = console()
    (copied,) = keys(one, "f", "y", "3", "enter")
    assert isinstance(copied, Copy)
    assert "rx_power_dbm -6.3 dBm" in copied.text
    assert one.look.screen == "failures"
    assert keys(one, "v") == [Verify()]


def test_a_journal_is_filtered_and_stops_following_when_a_person_moves() -> None:
    one, _ = console()
    keys(one, "J", "slash")
    typed(one, "rx_power")
    keys(one, "enter")
    assert "PlanFixed" not in text(one)
    assert one.look.follow
    keys(one, "k")
    assert not one.look.follow


@pytest.mark.parametrize("tier", ["unicode", "cp437", "ascii"])
def test_state_is_always_a_word_too(tier: Tier) -> None:
    one, _ = console(scene(dirty(), tier=tier))
    keys(one, "f")
    assert "FAIL" in text(one)


def test_below_the_smallest_size_the_question_stands_there_and_can_be_answered() -> None:
    one, _ = console(scene(dirty(), asked("Is the blank fitted?")))
    keys(one, "space")
    assert "Is the blank fitted?" in text(one, Size(40, 6))
    assert sent(keys(one, "y", "enter")) == [Send("answer", {"question": "sign-off/walk@run", "value": "y"})]
