"""What a PDU says by itself while a run lasts stands in the record, and a stranger's word does not."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.runs import DEADLINE_S, Nursery, Rack, events_of, only_run, until

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
NAME = "1.3.6.1.2.1.1.5.0"
PLAYBOOK = """
schema = "bringup.playbook/1"
name = "waiting"
version = "1"
envelope = ["base"]
[[stage]]
name = "hosts"
title = "Hosts"
[[stage.step]]
id = "reach"
check = "management.reach"
on = { role = "node" }
until = "600s"
"""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def inform(port: int, community: str) -> bool:
    """Whether net-snmp's inform was acknowledged."""
    program = shutil.which("snmpinform")
    if program is None:
        pytest.skip("snmpinform is not installed")
    command = [program, "-v2c", "-c", community, "-t", "1", "-r", "0", f"127.0.0.1:{port}", "4200", LINK_DOWN]
    command += [NAME, "s", "pdu of the test"]
    return subprocess.run(command, env={"MIBS": ""}, capture_output=True).returncode == 0


def test_a_trap_of_a_device_is_in_the_record_and_a_strangers_is_counted(
    nursery: Nursery, make_rack: object, tmp_path: Path
) -> None:
    rack: Rack = make_rack(speed=1)  # type: ignore[operator]
    port = free_port()
    written = rack.folder / "with-traps.toml"
    text = (rack.folder / "inventory.toml").read_text()
    written.write_text(text.replace("site =", f'traps = "127.0.0.1:{port}"\nsite =', 1))
    (tmp_path / "waiting.toml").write_text(PLAYBOOK)
    community = (rack.folder / "secrets" / "pdu-1.write-community").read_text().strip()
    runs = tmp_path / "runs"
    words = ["run", str(tmp_path / "waiting.toml"), "-i", str(written), "--headless", "--runs", str(runs)]
    pid, output = nursery.start(words)
    ends_at = time.monotonic() + DEADLINE_S
    try:
        while not inform(port, community):
            assert time.monotonic() < ends_at, output.read_text()
        assert not inform(port, "somebody-elses")
        assert inform(port, community)
    finally:
        os.kill(pid, signal.SIGINT)
    assert nursery.wait(pid) == 130, output.read_text()
    found = until(lambda: [event for event in events_of(only_run(runs)) if event["kind"] == "TrapReceived"])
    assert [event["trap"] for event in found] == [LINK_DOWN] * 2
    assert found[0]["devices"] == ["pdu-1"] and found[0]["inform"] is True
    assert found[0]["authenticated"] is False and found[0]["uptime_s"] == 42.0
    assert found[0]["variables"][NAME] == "pdu of the test"
    assert found[-1]["dropped"] == 1
    assert community not in output.read_text() + str(events_of(only_run(runs)))
    verified = nursery.run(["log", "verify", str(only_run(runs))])
    assert verified.status == 3, verified.output  # intact, and not closed: it was interrupted


def test_a_port_that_is_taken_is_told_and_the_run_goes_on(
    nursery: Nursery, make_rack: object, tmp_path: Path
) -> None:
    rack: Rack = make_rack()  # type: ignore[operator]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        written = rack.folder / "with-traps.toml"
        text = (rack.folder / "inventory.toml").read_text()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        written.write_text(text.replace("site =", f'traps = "{where}"\nsite =', 1))
        (tmp_path / "waiting.toml").write_text(PLAYBOOK.replace('"node"', '"pdu"').replace("600s", "5s"))
        runs = tmp_path / "runs"
        words = ["run", str(tmp_path / "waiting.toml"), "-i", str(written), "--headless", "--runs", str(runs)]
        done = nursery.run(words)
    assert done.status == 0, done.output
    (noted,) = (event for event in events_of(only_run(runs)) if event["kind"] == "Noted")
    assert "traps can't be received" in noted["text"] and noted["by"] == "bringup"


@pytest.mark.parametrize("where", ["162", "127.0.0.1:0", "127.0.0.1:70000", "a b:162", ""])
def test_a_place_to_listen_that_is_none_is_exit_2(nursery: Nursery, tmp_path: Path, where: str) -> None:
    path = tmp_path / "inventory.toml"
    path.write_text(f'schema = "bringup.inventory/1"\ntraps = "{where}"\n')
    done = nursery.run(["inventory", "check", str(path)])
    assert done.status == 2 and "traps" in done.output
