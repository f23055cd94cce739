"""The list of runs: chosen with Enter, filtered by a scan, honest about damaged and dead ones."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.model.verdict import Verdict
from bringup.tui.home import Home
from bringup.tui.scan import Key, Scan
from bringup.view.frame import Size
from bringup.view.screen_home import RunLine
from bringup.view.summary import plain


def run(number: int, **more: Any) -> RunLine:
    given: dict[str, Any] = {
        "run_id": f"20260102-03040{number}-abcd",
        "path": f"runs/20260102-03040{number}-abcd",
        "rack": "mini",
        "stage": "optics",
        "verdict": None,
        "closed": False,
        "lives": True,
        "asks": 0,
        "simulated": False,
        **more,
    }
    return RunLine(**given)


def shown(home: Home) -> str:
    return "\n".join(plain(row) for row in home.rows(Size(80, 24)))


def press(home: Home, *names: str) -> None:
    for name in names:
        home.press(Key(name, name if len(name) == 1 else None))


def test_what_waits_for_a_person_says_so() -> None:
    text = shown(Home([run(1, asks=2), run(2, closed=True, lives=False, verdict=Verdict.FAIL)]))
    assert "? ASK" in text
    assert "2 asked" in text
    assert "✗ FAIL" in text
    assert "1 of them waiting for a person" in text


def test_a_run_without_a_runner_is_told_from_one_that_goes_on() -> None:
    assert "no runner" in shown(Home([run(1, lives=False)]))
    assert "no runner" not in shown(Home([run(1)]))


def test_enter_opens_the_chosen_one() -> None:
    home = Home([run(1), run(2), run(3)])
    press(home, "j", "down", "j", "k", "enter")
    assert home.open is not None
    assert home.open.run_id == "20260102-030402-abcd"


def test_an_empty_list_says_why_and_how_to_begin() -> None:
    text = shown(Home([]))
    assert "no run was started here yet" in text
    assert "+ shows what can be started" in text
    home = Home([])
    press(home, "enter", "j", "k")
    assert home.open is None


def test_a_filter_takes_letters_until_enter() -> None:
    home = Home([run(1), run(2, rack="hgx")])
    press(home, "slash", "h", "g", "Q")
    assert not home.leave
    press(home, "backspace", "enter", "enter")
    assert home.open is not None
    assert home.open.rack == "hgx"


def test_a_scan_filters_and_opens_nothing() -> None:
    home = Home([run(1), run(2, rack="R07")])
    home.scanned(Scan("R07", True, 0))
    assert home.open is None
    assert [each.rack for each in home.shown] == ["R07"]
    home.scanned(Scan("R0", False, 0))
    assert home.word == "R07"


@pytest.mark.parametrize("size", [Size(80, 24), Size(60, 20), Size(200, 50), Size(10, 3), Size(1, 1)])
def test_every_size_is_filled(size: Size) -> None:
    rows = Home([run(number) for number in range(9)]).rows(size)
    assert len(rows) == size.height
    assert all(sum(len(text) for text, _ in row) == size.width for row in rows)


def test_names_from_a_record_move_no_cursor() -> None:
    text = shown(Home([run(1, rack="\x1b[2J\u202e", stage="\x9b31m")]))
    assert not {"\x1b", "\u202e", "\x9b"} & set(text)


def test_the_chosen_run_stays_chosen_when_another_one_comes() -> None:
    home = Home([run(2), run(1)])
    press(home, "j")
    home.see([run(3), run(2), run(1)])
    press(home, "enter")
    assert home.open is not None
    assert home.open.run_id == "20260102-030401-abcd"


def test_while_the_list_is_read_it_is_not_said_to_be_empty() -> None:
    home = Home([])
    home.looked = False
    assert "reading the list of runs" in shown(home)
    assert "no run was started" not in shown(home)
    home.see([])
    assert "no run was started" in shown(home)
