"""`bringup run`: whatever is wrong with what people wrote is said before anything is touched."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.journal.sign import KeySigner
from tests.cli.rack import Desk


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Nothing is connected to, looked up or sent; what tried is listed."""
    tried: list[object] = []

    def refuse(self: object, address: object, *more: object) -> None:
        tried.append(address)
        raise AssertionError(f"touched {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield tried
    assert tried == []


BROKEN = {
    "playbook: no TOML": ("playbook.toml", "schema =", "schema ="[:-1]),
    "playbook: unknown schema": ("playbook.toml", "bringup.playbook/1", "bringup.playbook/99"),
    "playbook: unknown check": ("playbook.toml", "management.reach", "management.reech"),
    "playbook: unknown key": ("playbook.toml", 'title = "Power"', 'titel = "Power"'),
    "playbook: needs nothing that exists": ("playbook.toml", 'title = "Power"', 'needs = ["powr"]'),
    "playbook: bad duration": ("playbook.toml", 'until = "15s"', 'until = "a while"'),
    "playbook: selects nothing": ("playbook.toml", 'role = "pdu"', 'role = "crane"'),
    "inventory: no TOML": ("inventory.toml", 'site = "example"', "site = example"),
    "inventory: unknown platform": ("inventory.toml", 'platform = "sonic"', 'platform = "sonc"'),
    "inventory: a literal secret": ("inventory.toml", "env:LEAF_PASSWORD", "hunter2"),
    "inventory: two devices of one name": ("inventory.toml", 'name = "leaf-2"', 'name = "leaf-1"'),
    "cables: a device that does not exist": ("mini.csv", "leaf-1,", "leaf-9,"),
    "cables: no header": ("mini.csv", "a_device", "b_device"),
    "envelope: one that does not exist": ("playbook.toml", '["base"]', '["bass"]'),
    "answers: no TOML": ("answers.toml", "[[answer]]", "[[answer]"),
    "answers: a step that does not exist": ("answers.toml", "sign-off/walk", "sign-off/wlk"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_input_is_exit_2_and_makes_no_run(desk: Desk, what: str) -> None:
    desk.change(*BROKEN[what])
    said = desk.run("--headless", "--answers", str(desk.folder / "answers.toml"))
    assert said.code == 2, said.err
    assert said.err and "Traceback" not in said.err
    assert said.out == ""
    assert not desk.runs.exists()
    assert "hunter2" not in said.err


@pytest.mark.parametrize("name", ["playbook.toml", "inventory.toml", "mini.csv"])
@pytest.mark.parametrize("content", [None, b"", b"\0\xff\xfe" * 10], ids=["gone", "empty", "noise"])
def test_a_file_that_is_none_is_exit_2(desk: Desk, name: str, content: bytes | None) -> None:
    path = desk.folder / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    said = desk.run("--headless")
    assert said.code == 2 and name in said.err
    assert not desk.runs.exists()


def test_an_own_envelope_that_is_broken_is_exit_2_with_its_line(desk: Desk) -> None:
    (desk.folder / "own.toml").write_text(
        'schema = "bringup.envelope/1"\nname = "own"\n[[limit]]\nmeasure = "reachable"\nequals = true\n'
    )
    desk.change("playbook.toml", '["base"]', '["base", "own.toml"]')
    said = desk.run("--headless")
    assert said.code == 2 and "own.toml:3" in said.err and "source" in said.err
    assert not desk.runs.exists()


def test_all_semantic_errors_are_told_at_once(desk: Desk) -> None:
    desk.change("inventory.toml", 'platform = "sonic"', 'platform = "sonc"')
    desk.change("inventory.toml", 'platform = "eos"', 'platform = "eoss"')
    said = desk.run("--headless")
    assert said.code == 2 and "sonc" in said.err and "eoss" in said.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--only", "opticks"], "opticks"),
        (["--rack", "r99"], "r99"),
        (["--speed", "10"], "simulated"),
        (["--format", "yaml"], "yaml"),
        (["--answers", "/nowhere/answers.toml"], "answers.toml"),
        (["--approve-with", "/nowhere/key"], "/nowhere/key"),
        (["--key", "/nowhere/key"], "/nowhere/key"),
    ],
)
def test_a_wrong_option_is_exit_2_and_makes_no_run(desk: Desk, words: list[str], complaint: str) -> None:
    said = desk.run("--headless", *words)
    assert said.code == 2 and complaint in said.err
    assert not desk.runs.exists()


def test_a_secret_that_can_not_be_had_is_exit_2_and_makes_no_run(desk: Desk) -> None:
    said = desk.run("--headless")
    assert said.code == 2 and "PDU_COMMUNITY" in said.err
    assert not desk.runs.exists()


def test_a_demos_key_approves_nothing_on_a_real_rack(desk: Desk) -> None:
    key = KeySigner.throwaway()
    path = desk.folder / "approve-key"
    path.write_bytes(key.private_text())
    Path(f"{path}.pub").write_text(f"{key.public_key} simulated\n")
    for more in ([], ["--dry-run"]):
        said = desk.run("--headless", "--approve-with", str(path), *more)
        assert said.code == 2 and "simulated" in said.err
    assert not desk.runs.exists()


def test_a_hook_for_tests_is_refused_on_a_real_rack(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRINGUP_INJECT", "bitflip")
    said = desk.run("--headless")
    assert said.code == 2 and "real devices" in said.err


def test_an_inventory_must_be_named_where_none_is_shipped_by_the_playbooks_name(desk: Desk) -> None:
    said = desk.do("run", str(desk.folder / "playbook.toml"), "--headless")
    assert said.code == 2 and not desk.runs.exists()
