"""`bringup doctor`: what works here; with an inventory, what takes a connection."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.cli import _reach
from bringup.input import load_inventory
from tests.cli.rack import Desk


@pytest.fixture
def port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def inventory(folder: Path, *devices: str) -> Path:
    path = folder / "inventory.toml"
    path.write_text("\n".join(('schema = "bringup.inventory/1"', *devices)))
    return path


def leaf(name: str, address: str, port: int) -> str:
    return (
        f'[[device]]\nname = "{name}"\nrole = "leaf"\nplatform = "sonic"\naddress = "{address}"\n'
        f'ssh = {{ user = "admin", password = "env:NOBODY_HAS_SET_THIS", port = {port} }}\n'
    )


def test_it_looks_at_this_machine_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reach, "try_all", lambda inventory: pytest.fail("a device was touched"))
    said = desk.do("doctor", "--runs", str(desk.runs), "--format", "json")
    findings = {finding["what"]: finding for finding in json.loads(said.out)}
    assert findings["python"]["good"] is True
    assert {"ssh-keygen", "asyncssh", "runs", "machine key", "ssh agent", "terminal"} <= set(findings)
    assert said.code == (3 if any(each["good"] is False for each in findings.values()) else 0)
    assert not desk.runs.exists()


def test_services_are_tried_without_any_secret(desk: Desk, port: int) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
        path = inventory(desk.folder, leaf("leaf-1", "127.0.0.1", port), leaf("leaf-2", "127.0.0.1", closed))
        said = desk.do("doctor", "-i", str(path), "--format", "json", "--runs", str(desk.runs))
    findings = {finding["what"]: finding for finding in json.loads(said.out)}
    assert findings["leaf-1 ssh"]["good"] is True
    assert findings["leaf-2 ssh"]["good"] is False
    assert "refused" in findings["leaf-2 ssh"]["says"] and findings["leaf-2 ssh"]["advice"]
    assert said.code == 3


def test_silent_devices_are_tried_side_by_side_and_given_up_in_time(tmp_path: Path) -> None:
    """A listener whose queue is full answers no more, as a firewall that drops."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            path = inventory(tmp_path, *(leaf(f"leaf-{n}", "127.0.0.1", port) for n in range(40)))
            began = time.monotonic()
            tried = _reach.try_all(load_inventory(path, platforms=("sonic",)), deadline_s=0.5)
            took = time.monotonic() - began
    assert len(tried) == 40
    assert sum(each.error is not None for each in tried) >= 38
    assert took < 5


def test_a_broken_inventory_is_exit_2(desk: Desk) -> None:
    desk.change("inventory.toml", 'platform = "sonic"', 'platform = "sonc"')
    assert desk.do("doctor", "-i", str(desk.folder / "inventory.toml")).code == 2


def test_a_place_that_can_not_hold_runs_is_missing(desk: Desk) -> None:
    said = desk.do("doctor", "--runs", "/proc/runs", "--format", "json")
    findings = {finding["what"]: finding for finding in json.loads(said.out)}
    assert findings["runs"]["good"] is False and said.code == 3


def test_a_broken_machine_key_is_missing(desk: Desk) -> None:
    config = desk.folder.parent / "config" / "bringup"
    config.mkdir(parents=True)
    (config / "machine_key").write_text("no key")
    said = desk.do("doctor", "--runs", str(desk.runs))
    assert said.code == 3 and "MISSING  machine key" in said.out
