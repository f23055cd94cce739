"""The guide for crossed cables: one turn of a hand at a time, each seen before the next is told."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.model.cause import PlugTurn
from bringup.model.inventory import Cable
from bringup.model.verdict import Verdict
from bringup.tui.console import Console
from bringup.tui.effect import Bell, Hand, Send
from bringup.tui.scan import Scan
from bringup.tui.screens.swap import MOST_WATCHED, needed
from bringup.view.frame import Size
from bringup.view.scene import Scene
from bringup.view.work_order import STATED, next_turn, order_in
from tests.diagnosis.record import Record
from tests.tui.crossed import C1, C3, C4, RING, SWAP, again, begun, crossed, link, looked, noted, read
from tests.tui.scenes import HOSTILE, console, keys, scene, text

SIXTEEN, EIGHT = C4[0], C3[0]
ORDER = f"cable order: {SIXTEEN} > {EIGHT}, {EIGHT} > {SIXTEEN}"
OUT = read(SIXTEEN, up=False), read(EIGHT, up=False)
IN_SIXTEEN = read(SIXTEEN, up=True), read(SIXTEEN, names=C4[1])
IN_EIGHT = read(EIGHT, up=True), read(EIGHT, names=C3[1])


def swapped(*more: Any, **how: Any) -> Scene:
    return scene(crossed(SWAP), *more, **how)


def under_way(*more: Any, **how: Any) -> Scene:
    return swapped(noted(ORDER), *more, **how)


def guide(shown: Scene) -> Console:
    one, _ = console(shown)
    keys(one, "colon", *"swap", "enter")
    return one


def now(shown: Scene) -> int:
    """The number of the turn that is next, from 0."""
    order = order_in(shown)
    assert order is not None
    return next_turn(shown, order)


def sent(effects: list[Any]) -> list[tuple[str, str]]:
    return [
        (each.verb, each.arguments.get("text") or each.arguments.get("port") or each.arguments["step"])
        for each in effects
        if isinstance(each, Send)
    ]


def test_a_cause_of_crossed_cables_leads_to_the_guide() -> None:
    one, _ = console(swapped())
    keys(one, "f", "enter", "enter")
    assert "3  guide me: one plug at a time" in text(one)
    keys(one, "3", "enter")
    assert "T A K E   O U T" in text(one)
    keys(one, "escape", "escape")
    assert "CAUSES" in text(one)


def test_nothing_is_sent_before_enter_and_then_the_order_is_in_the_record_and_its_ports_are_watched() -> None:
    one = guide(swapped())
    assert "not begun" in text(one)
    assert sent(keys(one, "enter")) == [("note", ORDER), ("watch", SIXTEEN), ("watch", EIGHT)]


def test_the_order_of_a_record_is_the_one_that_was_written_into_it() -> None:
    order = order_in(under_way())
    assert order is not None
    assert [turn.id for turn in order.turns] == [
        f"out of {SIXTEEN}",
        f"out of {EIGHT}",
        f"into {SIXTEEN}",
        f"into {EIGHT}",
    ]
    assert [turn.label for turn in order.turns] == ["C-003", "C-004", "C-004", "C-003"]


def test_field_21_each_unplug_is_observed_before_the_next_place_is_told() -> None:
    steps = (*OUT, *IN_SIXTEEN, *IN_EIGHT)
    seen = [now(under_way(*steps[:count])) for count in range(len(steps) + 1)]
    assert seen == [0, 1, 2, 2, 3, 3, 4]


def test_a_ring_of_three_lays_one_plug_aside_and_puts_it_in_last() -> None:
    shown = scene(crossed(RING))
    (cause,) = shown.causes
    assert len(cause.moves) == 3
    one = guide(shown)
    begun = sent(keys(one, "enter"))
    order = order_in(scene(crossed(RING), noted(begun[0][1])))
    assert order is not None
    outs = [turn for turn in order.turns if turn.out]
    assert [turn.aside for turn in outs] == [True, False, False]
    assert [turn.out for turn in order.turns] == [True, True, False, True, False, False]
    assert order.turns[-1].label == outs[0].label
    # No place is told that is not free by then, and no more than two plugs are ever out.
    free: set[str] = set()
    for turn in order.turns:
        assert turn.out or turn.port in free
        free = free | {turn.port} if turn.out else free - {turn.port}
        assert len(free) <= 2


def test_field_21_evidence_older_than_the_move_does_not_count() -> None:
    # LLDP still remembers the right neighbour of an earlier time; nothing newer than the loss was read.
    shown = swapped(read(SIXTEEN, names=C4[1]), noted(ORDER), *OUT, read(SIXTEEN, up=True))
    assert now(shown) == 2
    assert "link up, nobody named yet" in text(guide(shown))


def long_ring(count: int) -> tuple[Record, str]:
    """A rack of so many like cables, and an order that turns all of them in one ring."""
    record = Record()
    cables = tuple(
        Cable(a_device="leaf-1", a_port=f"p{at}", b_device="leaf-2", b_port=f"p{at}", label=f"L-{at}")
        for at in range(count)
    )
    record.inventory = record.inventory.model_copy(update={"cable": cables})
    moves = [f"leaf-1/p{at} > leaf-1/p{(at + 1) % count}" for at in range(count)]
    return record, "cable order: " + ", ".join(moves)


def test_of_a_ring_that_is_longer_than_what_can_be_watched_the_next_ports_are() -> None:
    record, note = long_ring(12)
    shown = scene(record, noted(note))
    order = order_in(shown)
    assert order is not None and len(order.ports) == 12 and len(order.turns) == 24
    one = guide(shown)
    one.led.add(note)
    first = order.ports[:MOST_WATCHED]
    ahead = next(number for number in range(24) if set(needed(order, number)) != set(first))
    worked: list[Any] = []
    for turn in order.turns[:ahead]:
        worked.append(read(turn.port, up=not turn.out))
        if not turn.out:
            worked.append(read(turn.port, names=shown.inventory.far_ends[turn.port]))
    moved = scene(record, noted(note), *(looked(port) for port in first), *worked)
    assert next_turn(moved, order) == ahead
    effects = [each for each in one.show(moved) if isinstance(each, Send) and each.verb == "watch"]
    stopped = {each.arguments["port"] for each in effects if "stop" in each.arguments}
    started = {each.arguments["port"] for each in effects} - stopped
    assert started == set(needed(order, ahead)) - set(first) and started
    assert stopped == set(first) - set(needed(order, ahead)) and len(stopped) >= len(started)
    assert not [
        each
        for each in one.show(scene(record, noted(note), *(looked(port) for port in first), *worked))
        if isinstance(each, Send)
    ], "each once"


def test_a_plug_in_another_port_is_a_wrong_port_and_where_it_belongs_is_told() -> None:
    shown = text(guide(under_way(*OUT, read(EIGHT, up=True))))
    assert "W R O N G   P O R T" in shown
    assert f"went into {EIGHT}. It belongs into" in shown


def test_another_cables_plug_in_the_right_port_is_named() -> None:
    shown = text(guide(under_way(*OUT, read(SIXTEEN, up=True), read(SIXTEEN, names=C3[1]))))
    assert "W R O N G   P O R T" in shown
    assert f"names {C3[1]}" in shown


def test_an_old_neighbour_is_no_wrong_port_as_long_as_the_run_still_asks() -> None:
    asking = again("neighbors", link(*C4), verdict=None)
    shown = text(guide(under_way(*OUT, read(SIXTEEN, up=True), *asking, read(SIXTEEN, names=C3[1]))))
    assert "W R O N G" not in shown
    assert "asking who is there" in shown


def test_a_plug_that_came_out_too_early_goes_back() -> None:
    shown = text(guide(under_way(read(EIGHT, up=False))))
    assert "W R O N G   P O R T" in shown
    assert "Put it back" in shown


def test_field_21_a_watched_link_that_drops_stops_it() -> None:
    shown = text(guide(under_way(OUT[0], read(C1[0], up=False))))
    assert "S T O P" in shown
    assert C1[0] in shown
    # A link that was down before the order began is no loss.
    before = text(guide(swapped(read(C1[0], up=False), noted(ORDER), read(C1[0], up=False))))
    assert "S T O P" not in before


def test_a_link_that_came_back_stops_nothing_any_more() -> None:
    lost = (read(C1[0], up=False), read(C1[0], up=True))
    assert "S T O P" not in text(guide(under_way(OUT[0], *lost)))


def test_what_a_person_states_is_written_down_as_stated_and_drawn_so() -> None:
    one = guide(under_way())
    keys(one, "enter")
    assert sent(keys(one, "3", "enter")) == [
        ("note", f"{STATED}out of {SIXTEEN}"),
        ("watch", SIXTEEN),
        ("watch", EIGHT),
    ]
    shown = under_way(noted(f"{STATED}out of {SIXTEEN}"))
    assert now(shown) == 1
    assert "only stated" in text(guide(shown))


def test_what_was_stated_before_an_order_says_nothing_of_it() -> None:
    assert now(swapped(noted(f"{STATED}out of {SIXTEEN}"), noted(ORDER))) == 0


@pytest.mark.parametrize(
    ("events", "turn"), [((), PlugTurn(SIXTEEN)), (OUT, PlugTurn(SIXTEEN, "C-004"))], ids=["out", "in"]
)
def test_in_a_demo_a_hand_does_one_turn_by_a_visible_choice(events: tuple[Any, ...], turn: PlugTurn) -> None:
    one = guide(under_way(*events, simulated=True))
    keys(one, "enter")
    assert "4  let the simulated technician do this turn" in text(one)
    effects = keys(one, "4", "enter")
    assert effects[0] == Hand(turn)
    assert ("watch", SIXTEEN) in sent(effects)
    assert bool(turn.label) == (("retest", "links/neighbors") in sent(effects))


def test_no_hand_is_lent_outside_a_demo() -> None:
    one = guide(under_way())
    keys(one, "enter")
    assert "simulated" not in text(one)
    assert not keys(one, "4", "enter")


@pytest.mark.parametrize("typed", ["2", "9", "", "x"])
def test_nothing_is_sent_by_another_choice(typed: str) -> None:
    one = guide(under_way())
    assert not keys(one, "enter", *typed, "enter")


def test_when_all_plugs_are_in_place_the_cables_are_measured_and_the_run_has_the_last_word() -> None:
    worked = (*OUT, *IN_SIXTEEN, *IN_EIGHT)
    one = guide(under_way(*worked))
    shown = text(one)
    assert "A L L   I N   P L A C E" in shown
    assert "PASS" not in shown.partition("checks of these cables")[0].rpartition("A L L")[2]
    assert sent(keys(one, "enter")) == [("retest", "links/neighbors")] * 2
    good = [
        event for cable in (C3, C4) for step in ("neighbors", "errors") for event in again(step, link(*cable))
    ]
    done = text(guide(under_way(*worked, *good)))
    assert "✓ PASS  checks of these cables: 6 of 6 good" in done


def test_when_it_is_done_nobody_holds_the_ports_any_more() -> None:
    good = [
        event for cable in (C3, C4) for step in ("neighbors", "errors") for event in again(step, link(*cable))
    ]
    worked = (*OUT, *IN_SIXTEEN, *IN_EIGHT, *good, looked(SIXTEEN), looked(EIGHT), looked(EIGHT, ended=True))
    one = guide(under_way(*worked))
    effects = keys(one, "enter")
    assert effects == [Send("watch", {"port": SIXTEEN, "stop": "yes"}, quiet=True)]
    assert one.look.screen == "run"


def test_a_cable_that_is_bad_after_all_is_named() -> None:
    bad = again("errors", link(*C4), verdict=Verdict.FAIL)
    shown = text(guide(under_way(*OUT, *IN_SIXTEEN, *IN_EIGHT, *again("neighbors", link(*C4)), *bad)))
    assert f"links/errors {link(*C4)}" in shown


def test_who_only_watches_sees_every_turn_and_sends_nothing() -> None:
    one = guide(under_way(OUT[0], watching=True))
    assert "T A K E   O U T" in text(one)
    assert "only watching" in text(one)
    assert not keys(one, "enter")
    assert one.look.screen == "swap"


def test_without_crossed_cables_it_says_why_there_is_nothing() -> None:
    one = guide(scene())
    assert "No cables are known to be crossed" in text(one)
    assert not keys(one, "enter")


@pytest.mark.parametrize(
    "words",
    [
        f"{SIXTEEN} > nowhere",
        f"{SIXTEEN}",
        "(loose) > (loose)",
        "",
        f"{SIXTEEN} > {EIGHT}, {EIGHT} > gone/1",
        HOSTILE,
    ],
)
def test_a_note_that_is_no_order_of_this_rack_is_none(words: str) -> None:
    assert order_in(swapped(noted(f"cable order: {words}"))) is None


def test_the_newest_order_counts() -> None:
    order = order_in(under_way(noted(f"cable order: {C1[0]} > {EIGHT}")))
    assert order is not None
    assert [turn.port for turn in order.turns] == [C1[0], EIGHT]


def test_plugs_that_are_crossed_again_behind_an_order_are_wrong_ports_of_it() -> None:
    crossed_again = (read(SIXTEEN, names=C3[1]), read(EIGHT, names=C4[1]))
    one = guide(under_way(*OUT, *IN_SIXTEEN, *IN_EIGHT, *crossed_again))
    assert "W R O N G   P O R T" in text(one)


def test_a_crossing_that_is_no_part_of_an_old_order_begins_a_new_one() -> None:
    one = guide(scene(crossed(RING), noted(ORDER)))
    assert "not begun" in text(one)
    assert sent(keys(one, "enter"))[0] != ("note", ORDER)


def test_what_was_only_stated_and_is_still_crossed_can_begin_anew() -> None:
    stated = [noted(f"{STATED}{way} {port}") for port in (SIXTEEN, EIGHT) for way in ("out of", "into")]
    one = guide(under_way(*stated))
    assert "not begun" in text(one)


def test_of_two_neighbours_that_contradict_each_other_the_later_one_was_read_after_the_move() -> None:
    # The far ends still remember the old plugs: that moves nothing a second time.
    (cause,) = under_way(*OUT, *IN_SIXTEEN, *IN_EIGHT).causes
    assert not cause.moves


@pytest.mark.parametrize(
    "size", [Size(80, 24), Size(60, 20), Size(200, 60), Size(59, 19), Size(1, 1)], ids=str
)
@pytest.mark.parametrize("events", [(), (OUT[0],), (*OUT, read(EIGHT, up=True))], ids=len)
def test_each_state_fills_each_size(size: Size, events: tuple[Any, ...]) -> None:
    for names in ((), ("enter",)):
        one = guide(under_way(*events))
        keys(one, *names)
        rows = one.rows(size)
        assert [sum(len(words) for words, _ in row) for row in rows] == [size.width] * size.height


def test_the_next_turn_stands_on_the_smallest_screen() -> None:
    shown = text(guide(under_way()), Size(60, 20))
    assert "T A K E   O U T" in shown
    assert "PORT ETHERNET16" in shown
    assert "Take the plug out of Ethernet16, then Enter." in shown


ASKED = Send("retest", {"step": "links/neighbors", "subject": link(*C4)}, quiet=True)


def test_a_plug_that_is_in_is_asked_for_by_itself_and_once() -> None:
    one = guide(swapped())
    keys(one, "enter")
    assert one.show(under_way(*OUT)) == []
    assert one.show(under_way(*OUT, read(SIXTEEN, up=True))) == [ASKED]
    assert one.show(under_way(*OUT, read(SIXTEEN, up=True), read(SIXTEEN, up=True))) == []
    # Out and in once more is another plug, for all that is known.
    anew = (*OUT, read(SIXTEEN, up=True), read(SIXTEEN, up=False), read(SIXTEEN, up=True))
    assert one.show(under_way(*anew)) == [ASKED]


def test_a_console_at_which_nobody_works_the_order_asks_nothing() -> None:
    for shown in (under_way(*OUT), under_way(*OUT, watching=True)):
        one = guide(shown)
        assert one.show(under_way(*OUT, read(SIXTEEN, up=True), watching=shown.watching)) == []
    # Whoever says at it that a turn is done works it.
    one = guide(under_way(*OUT))
    keys(one, "enter", "1", "enter")
    assert one.show(under_way(*OUT, read(SIXTEEN, up=True))) == [ASKED]


def test_three_bells_stop_and_two_say_that_it_is_good() -> None:
    one = guide(under_way(OUT[0]))
    wrong = under_way(OUT[0], read(C1[0], up=False))
    assert one.show(wrong) == [Bell(3)]
    assert one.show(under_way(OUT[0], read(C1[0], up=False), read(C1[0], up=False))) == []
    worked = (*OUT, *IN_SIXTEEN, *IN_EIGHT)
    good = [
        event for cable in (C3, C4) for step in ("neighbors", "errors") for event in again(step, link(*cable))
    ]
    assert one.show(under_way(*worked)) == []
    assert one.show(under_way(*worked, *good)) == [Bell(2)]
    one.sound = False
    assert one.show(wrong) == []


def test_a_scanned_label_is_that_of_the_turn_or_a_wrong_cable() -> None:
    one = guide(under_way())
    one.scanned(Scan("C-003", whole=True, strange=0))
    assert "C-003 is the cable of this turn" in text(one)
    one.scanned(Scan("C-004", whole=True, strange=0))
    assert "WRONG CABLE: C-004; this turn is of C-003" in text(one)
    one.scanned(Scan(HOSTILE, whole=True, strange=0))
    assert "\x1b" not in text(one)


def test_a_management_switch_whose_ports_tell_who_hangs_there_is_led_the_same_way() -> None:
    record = Record()
    for here, seen in ((EIGHT, C4[1]), (SIXTEEN, C3[1])):
        begun(
            record, "cabling", here, [(here, "neighbor", seen)], stage="management", does="management.cabling"
        )
    one = guide(scene(record))
    order = sent(keys(one, "enter"))[0][1]
    worked = (*OUT, *IN_SIXTEEN[:1])
    assert one.show(scene(record, noted(order), *worked)) == [
        Send("retest", {"step": "management/cabling", "subject": SIXTEEN}, quiet=True)
    ]
    done = guide(scene(record, noted(order), *OUT, *IN_SIXTEEN, *IN_EIGHT))
    assert "0 of 2 good" in text(done)
    assert [step for _, step in sent(keys(done, "enter"))] == ["management/cabling"] * 2


@pytest.mark.parametrize("events", [(), (OUT[0],), OUT, (*OUT, read(EIGHT, up=True))], ids=len)
def test_labels_and_neighbours_that_are_hostile_move_no_cursor(events: tuple[Any, ...]) -> None:
    record = crossed(SWAP)
    cables = tuple(each.model_copy(update={"label": HOSTILE}) for each in record.inventory.cable)
    record.inventory = record.inventory.model_copy(update={"cable": cables})
    for names in ((), ("enter",)):
        one = guide(scene(record, noted(ORDER), *events, read(C1[0], names=HOSTILE), simulated=True))
        keys(one, *names)
        for size in (Size(80, 24), Size(200, 60)):
            shown = text(one, size)
            for strange in ("\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ud800", "漢", "\u0301"):
                assert strange not in shown


def test_a_watch_that_ends_before_the_order_is_begun_anew_and_once() -> None:
    one = guide(swapped())
    keys(one, "enter")
    ended = (looked(SIXTEEN), looked(EIGHT), looked(EIGHT, ended=True))
    assert sent(one.show(under_way(*ended))) == [("watch", EIGHT)]
    assert one.show(under_way(*ended, OUT[0])) == []
    assert sent(one.show(under_way(*ended, OUT[0], looked(EIGHT), looked(EIGHT, ended=True)))) == [
        ("watch", EIGHT)
    ]
    # At the end nobody needs it any more.
    assert one.show(under_way(*ended, *OUT, *IN_SIXTEEN, *IN_EIGHT, looked(EIGHT, ended=True))) == []
