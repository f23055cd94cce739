"""Put-to-port on the screen and as lines: scan, place, Enter, and where the plug really went."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bringup.model import event as ev
from bringup.model.cause import PlugTurn
from bringup.model.putting import PutState
from bringup.tui.console import Console
from bringup.tui.effect import Bell, Effect, Hand, Send
from bringup.tui.outside import Outside
from bringup.tui.plain import PlainConsole
from bringup.tui.scan import Scan
from bringup.view.frame import Size
from bringup.view.put import line_of
from bringup.view.scene import Scene
from bringup.view.screen_journal import _line
from bringup.view.summary import plain
from tests.tui.scenes import HOSTILE, console, good, keys, scene, text

HERE, FAR, NEXT = "leaf-1/Ethernet8", "leaf-2/Ethernet2/1", "leaf-1/Ethernet16"


def put(state: PutState, **more: Any) -> ev.CablePut:
    given: dict[str, Any] = {
        "label": "C-003",
        "scan": "C-003",
        "subject": HERE,
        "far_end": FAR,
        "by": "kim",
        "state": state,
        **more,
    }
    return ev.CablePut(**given)


def shown(*events: ev.CablePut, **how: Any) -> Scene:
    return scene(good(), *events, **how)


def opened(at: Scene | None = None) -> Console:
    one, _ = console(at or shown())
    keys(one, "P")
    return one


def scanned(one: Console, label: str = "C-003") -> list[Effect]:
    return one.scanned(Scan(label, True, 0))


def in_hand(*events: ev.CablePut, **how: Any) -> Console:
    """C-003 is in hand, and then the run has written these."""
    one = opened(shown(**how))
    scanned(one)
    keys(one, "enter")
    one.show(shown(*events, **how))
    return one


def test_a_scan_shows_the_place_in_large_letters_and_sends_nothing() -> None:
    one = opened()
    assert "S C A N   A   L A B E L" in text(one)
    assert scanned(one) == []
    page = text(one)
    assert "LEAF-1   PORT ETHERNET8" in page
    assert "rack r07, U40" in page
    assert f"its other end belongs into {FAR}" in page
    assert "VIDEO PROBE ONLY" in page


def test_enter_after_a_scan_tells_the_run_which_plug_is_in_hand() -> None:
    one = opened()
    scanned(one, "c-003-b")
    assert keys(one, "enter") == [Send("put", {"label": "c-003-b", "port": FAR}, quiet=True)]
    assert "the run has not taken it up yet" in text(one)


def test_what_is_no_label_takes_nothing() -> None:
    one = opened()
    assert keys(one, "enter") == []
    scanned(one, "C-999")
    assert "No cable of the list is labelled C-999" in text(one)
    assert keys(one, "enter") == []


def test_field_19_a_plug_in_another_port_is_large_words_with_the_way_back() -> None:
    wrong = put(PutState.WRONG_PORT, observed=NEXT, belongs=HERE, witness="oper_up", within_s=3.0)
    one = in_hand(put(PutState.WAITING))
    assert "P L U G   I N" in text(one)
    assert one.show(shown(put(PutState.WAITING), wrong)) == [Bell(3)]
    page = text(one)
    assert "W R O N G   P O R T" in page
    assert f"a plug went into {NEXT}, seen by its link, at most 3 s after" in " ".join(page.split())
    assert f"Out of {NEXT}, into {HERE}." in page


def test_a_proven_plug_rings_twice_and_enter_is_ready_for_the_next_cable() -> None:
    one = in_hand(put(PutState.WAITING))
    proven = put(PutState.PROVEN, observed=HERE, named=FAR, witness="neighbor")
    assert one.show(shown(put(PutState.WAITING), proven)) == [Bell(2)]
    assert "P R O V E N" in text(one)
    assert keys(one, "enter") == []
    assert "S C A N   A   L A B E L" in text(one)
    scanned(one)
    assert "LEAF-2   PORT ETHERNET2/1" in text(one), "the end that is not in yet comes first"


def test_the_other_end_a_statement_and_laying_it_aside_are_choices_and_only_enter_sends_them() -> None:
    one = in_hand(put(PutState.WAITING))
    assert keys(one, "3") == []
    place = {"label": "C-003", "port": HERE}
    assert keys(one, "enter") == [Send("put", {**place, "stated": "yes"}, quiet=True)]
    one = in_hand(put(PutState.WAITING))
    assert keys(one, "2", "enter") == [Send("put", {"label": "C-003", "port": FAR}, quiet=True)]
    one = in_hand(put(PutState.WAITING))
    assert keys(one, "4", "enter") == [Send("put", {**place, "stop": "yes"}, quiet=True)]
    assert "5 " not in text(one)


def test_in_a_demo_a_hand_can_be_lent() -> None:
    one = in_hand(put(PutState.WAITING), simulated=True)
    assert keys(one, "5", "enter") == [Hand(PlugTurn(HERE, "C-003"))]


def test_a_scan_of_the_next_label_shows_its_place_at_once() -> None:
    one = in_hand(put(PutState.WAITING))
    assert scanned(one, "C-004") == []
    assert "PORT ETHERNET16" in text(one)
    assert keys(one, "enter") == [Send("put", {"label": "C-004", "port": NEXT}, quiet=True)]


def test_a_label_that_is_scanned_elsewhere_does_nothing_and_says_what_would() -> None:
    one, _ = console(shown())
    assert scanned(one) == []
    assert "P and a scan show where it goes" in text(one)
    assert "EVIDENCE" in text(one)


def test_an_older_put_of_the_same_port_says_nothing_of_this_one() -> None:
    before = put(PutState.PROVEN, observed=HERE)
    one = opened(shown(before))
    scanned(one, "C-003-A")
    keys(one, "enter")
    one.show(shown(before))
    assert "the run has not taken it up yet" in text(one)


def test_who_only_watches_sends_nothing() -> None:
    one = opened(shown(watching=True))
    scanned(one)
    assert keys(one, "enter") == []


def test_without_a_runner_nothing_is_plugged_in() -> None:
    one = in_hand(put(PutState.WAITING), live="LOST 00:41")
    page = text(one)
    assert "N O T   S E E N" in page and "last seen" in page and "Plug nothing in" in page


@pytest.mark.parametrize("state", list(PutState))
@pytest.mark.parametrize("size", [Size(80, 24), Size(120, 40), Size(60, 20)])
def test_every_state_fits_every_size_and_nothing_of_a_device_reaches_the_screen_raw(
    state: PutState, size: Size
) -> None:
    said = put(
        state,
        label="C-003",
        named=HOSTILE,
        observed=HOSTILE,
        belongs=HOSTILE,
        light=HOSTILE,
        blind=(HOSTILE,),
    )
    one = in_hand(said)
    rows = one.rows(size)
    assert len(rows) == size.height
    assert all(sum(len(cell) for cell, _ in row) == size.width for row in rows)
    assert "\x1b" not in text(one, size)
    assert "\x1b" not in plain(line_of(said))


def test_each_change_is_one_line() -> None:
    waiting = plain(line_of(put(PutState.WAITING, blind=("leaf-2",))))
    assert waiting == f"C-003 PLUG IN {HERE}: nothing went in anywhere yet; not read: leaf-2"
    proven = plain(line_of(put(PutState.PROVEN, named=FAR)))
    assert proven == f"C-003 PROVEN {HERE}: {FAR} names itself at the far end of {HERE}"


async def typed(*lines: str) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """What is written and what is sent when a person types these lines."""
    written: list[str] = []
    sent: list[tuple[str, dict[str, str]]] = []

    async def send(verb: str, arguments: dict[str, str], why: str | None) -> str:
        sent.append((verb, arguments))
        return f"{verb}: event 9"

    outside = Outside(
        diagnose=lambda state, inventory: (),
        send=send,
        hand=None,
        verify=cast(Any, None),
        lives=lambda: True,
    )
    feed = cast(Any, SimpleNamespace(state=shown().state))
    one = PlainConsole(feed, good().inventory, outside, written.append)
    for line in lines:
        await one.line(line)
    return written, sent


async def test_in_lines_a_label_names_both_places_and_the_run_looks_at_the_one_that_is_meant() -> None:
    written, sent = await typed("put C-003", "put done", "put C-003 2", "put down")
    assert written[0] == f"  1 {HERE}: rack r07, U40; 400GBASE-DR4"
    assert written[1].startswith(f"  2 {FAR}: rack r07, U41")
    assert sent == [
        ("put", {"label": "C-003", "port": HERE}),
        ("put", {"label": "C-003", "stated": "yes"}),
        ("put", {"label": "C-003", "port": FAR}),
        ("put", {"label": "C-003", "stop": "yes"}),
    ]


@pytest.mark.parametrize("line", ["put", "put X-9", "put C-003 7", "put done", "put down"])
async def test_in_lines_what_names_no_plug_sends_nothing(line: str) -> None:
    written, sent = await typed(line)
    assert len(written) == 1 and not sent


def test_the_journal_tells_each_change_in_one_line() -> None:
    row = plain(_line(put(PutState.WRONG_PORT, observed=NEXT)))
    assert row.split(None, 1)[1].strip() == f"CablePut         C-003  wrong port  {HERE}  {NEXT}"
