"""`bringup watch DEVICE:PORT`: what it takes, what it prints, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bringup.cli import _watch
from bringup.model.watch import Live, Phase
from tests.cli.rack import Desk, Said

HERE = """\
schema = "bringup.inventory/1"
this_host = true
[[device]]
name = "here"
role = "node"
platform = "linux"
address = "localhost"
[[port]]
device = "here"
name = "lo"
"""
CABLED = """\
[[cable]]
a_device = "here"
a_port = "lo"
b_device = "there"
b_port = "eth0"
"""


def watch(desk: Desk, text: str, *words: str) -> Said:
    path = desk.folder / "watched.toml"
    path.write_text(text)
    return desk.do("watch", *words, "-i", str(path))


def looks(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.fixture
def closed_port() -> Any:
    """A TCP port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def silent(port: int) -> str:
    """The inventory of a switch behind a closed port."""
    text = HERE.replace("this_host = true\n", "").replace('"here"', '"leaf-1"').replace("linux", "sonic")
    text = text.replace("localhost", "127.0.0.1").replace('name = "lo"', 'name = "Ethernet0"')
    ssh = f'ssh = {{ user = "x", password = "env:WATCHED_PASSWORD", port = {port} }}\n'
    return text.replace("[[port]]", f"{ssh}[[port]]")


@pytest.fixture
def until(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Live], bool]], None]:
    """Ctrl-C is pressed once a look is as wanted: no test waits for time."""

    def wanted(holds: Callable[[Live], bool]) -> None:
        shown = _watch._Lines.look

        def look(self: Any, live: Live) -> None:
            shown(self, live)
            if holds(live):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        monkeypatch.setattr(_watch._Lines, "look", look)

    return wanted


def test_each_look_is_one_event_as_a_run_would_record_it_and_ctrl_c_ends_with_130(
    desk: Desk, until: Callable[[Callable[[Live], bool]], None]
) -> None:
    until(lambda live: live.look >= 3)
    said = watch(desk, HERE, "here:lo", "--format", "jsonl")
    told = looks(said)
    assert said.code == 130 and len(told) >= 3
    assert {one["kind"] for one in told} == {"Watched"} and all(one["at"].endswith("Z") for one in told)
    assert [one["live"]["look"] for one in told] == list(range(1, len(told) + 1))
    assert told[-1]["subject"] == "here/lo" and told[-1]["live"]["far_end"] is None
    assert said.out.isascii()


def test_what_nobody_expects_anything_of_is_unknown(desk: Desk) -> None:
    assert watch(desk, HERE, "here:lo", "--for", "1ms", "--format", "jsonl").code == 3


def test_where_nothing_can_be_redrawn_each_look_is_a_line(desk: Desk) -> None:
    said = watch(desk, HERE, "here/lo", "--for", "1ms")
    assert said.code == 3 and said.out.splitlines() and "\x1b" not in said.out
    assert all("here/lo" in line for line in said.out.splitlines())


def test_a_device_that_does_not_answer_is_lost_and_asked_again_and_told_with_its_reason(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
    until: Callable[[Callable[[Live], bool]], None],
) -> None:
    monkeypatch.setenv("WATCHED_PASSWORD", "correct horse")
    until(lambda live: live.phase is Phase.LOST and (live.ends[0].silent_s or 0.0) > 2.0)
    said = watch(desk, silent(closed_port), "leaf-1:Ethernet0", "--format", "jsonl")
    last = looks(said)[-1]["live"]
    assert (said.code, last["phase"], last["ends"][0]["error"]) == (130, "lost", "refused")
    assert "correct horse" not in said.out + said.err
    gauges = [gauge for each in last["ends"] for gauge in each.get("gauges", ())]
    assert not [gauge for gauge in gauges if gauge.get("verdict") == "PASS"]


def test_a_cable_to_a_device_that_nobody_knows_is_refused_with_the_file(desk: Desk) -> None:
    said = watch(desk, HERE + CABLED, "here:lo", "--for", "1ms", "--format", "jsonl")
    assert said.code == 2 and "there" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["here:eth99"], "no port"),
        (["here:l"], "Did you mean here:lo?"),
        (["nowhere"], "DEVICE:PORT"),
        (["\x1b[2Jhere:lo"], "no port"),
        ([":"], "no port"),
        (["here:lo", "--for", "soon"], "no duration"),
        (["here:lo", "--hold", "0s"], "no time at all"),
        (["here:lo", "--hold", "-3s"], "no duration"),
        (["here:lo", "--envelope", "no-such"], "no-such"),
        (["here:lo", "--format", "yaml"], "yaml"),
        ([], "Missing"),
    ],
)
def test_a_wrong_word_is_exit_2_and_nothing_was_read(desk: Desk, words: list[str], told: str) -> None:
    said = watch(desk, HERE, *words)
    assert said.code == 2 and told in said.err and not said.out and "\x1b" not in said.err


def test_without_an_inventory_it_asks_for_one(desk: Desk) -> None:
    said = desk.do("watch", "here:lo")
    assert said.code == 2 and "-i FILE" in said.err


def test_a_platform_that_tells_nothing_of_ports_is_exit_2(desk: Desk) -> None:
    text = HERE.replace('platform = "linux"', 'platform = "human"').replace("this_host = true\n", "")
    said = watch(desk, text, "here:lo")
    assert said.code == 2 and "tells nothing of its ports" in said.err


def test_only_the_secrets_of_both_ends_are_asked_for(desk: Desk) -> None:
    other = (
        '[[device]]\nname = "pdu-1"\nrole = "pdu"\nplatform = "apc-pdu"\naddress = "127.0.0.1"\n'
        'snmp = { community = "env:NOBODY_HAS_SET_THIS" }\n'
    )
    assert watch(desk, HERE + other, "here:lo", "--for", "1ms", "--format", "jsonl").code == 3


def test_on_a_terminal_it_draws_in_place_rings_and_leaves_the_terminal_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bringup.cli import _text
    from bringup.input import load_inventory
    from tests.view.live_links import BAD, HELD, WRONG

    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(_text, "can_redraw", lambda: True)
    path = desk.folder / "watched.toml"
    path.write_text(HERE)
    job = _watch.Watch(
        port="here/lo",
        inventory=load_inventory(path, platforms=("linux",)),
        folder=desk.folder,
        limits=(),
        hold_s=30.0,
        for_s=None,
        until_good=False,
        speed=1.0,
    )
    show = _watch.printer(job, "text", bell=True)
    with pytest.raises(KeyboardInterrupt), show:
        show.look(BAD)
        show.look(WRONG)
        show.look(HELD)
        raise KeyboardInterrupt
    out = capsys.readouterr().out
    assert out.index("\x1b[?1049h") < out.index("U N P L U G") < out.index("W R O N G") < out.index("G O O D")
    assert out.rindex("\x1b[?1049l") > out.index("G O O D") and out.rindex("\x1b[?25h") > out.index("G O O D")
    assert out.count("\a") == 1 + 3 + 2
