"""`bringup trust`, run as a person runs it, against OpenSSH."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import asyncssh
import pytest

from bringup.model.inventory import Device
from bringup.transport.failure import Peer
from bringup.transport.host_keys import record_host_keys
from bringup.transport.ssh_keys import SshKeys, known_hosts_path
from tests.transport.peers import Sshd, device, free_port, links, make_key, sshd

ROOT = Path(__file__).resolve().parents[2]


def inventory(folder: Path, *ports: int, more: str = "") -> Path:
    lines = ['schema = "bringup.inventory/1"', 'site = "test"']
    for number, port in enumerate(ports, start=1):
        lines += [
            "[[device]]",
            f'name = "leaf-{number}"',
            'role = "leaf"',
            'platform = "sonic"',
            'address = "127.0.0.1"',
            "[device.ssh]",
            'user = "root"',
            f"port = {port}",
            more,
        ]
    path = folder / "inventory.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def trust(folder: Path, *arguments: object, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bringup", "trust", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(folder / "config")},
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
    )


def by_key(sshd: Sshd) -> Device:
    return device(ssh={"user": "root", "port": sshd.port, "key": str(sshd.folder / "user")})


def fingerprint(key: str) -> str:
    return asyncssh.import_public_key(key).get_fingerprint()


async def test_what_was_recorded_lets_the_next_run_in(openssh: Sshd, tmp_path: Path) -> None:
    written = inventory(tmp_path, openssh.port)
    refused = trust(tmp_path, "leaf-1", "-i", written, answer="n\n")
    known = tmp_path / "config" / "bringup" / "known_hosts"
    assert refused.returncode == 3 and not known.exists()
    agreed = trust(tmp_path, "leaf-1", "-i", written, answer="y\n")
    assert agreed.returncode == 0
    assert fingerprint(openssh.host_key) in agreed.stdout
    assert known.stat().st_mode & 0o777 == 0o600
    async with links(by_key(openssh), openssh.folder, known_hosts=known) as peer:
        assert (await (await peer.shell()).run("echo in")).stdout == b"in\n"
    again = trust(tmp_path, "leaf-1", "-i", written)
    assert again.returncode == 0 and "on record" in again.stdout


def test_a_changed_key_is_shown_with_the_old_one_and_replaces_it(openssh: Sshd, tmp_path: Path) -> None:
    known = tmp_path / "config" / "bringup" / "known_hosts"
    known.parent.mkdir(parents=True)
    old, other = make_key(tmp_path / "old"), make_key(tmp_path / "other")
    known.write_text(f"# kept\nleaf-9 {other}\n[127.0.0.1]:{openssh.port},leaf-8 {old}\n")
    done = trust(tmp_path, "leaf-1", "-i", inventory(tmp_path, openssh.port), "--yes")
    assert done.returncode == 0
    assert "CHANGED" in done.stdout and fingerprint(old) in done.stdout
    lines = known.read_text().splitlines()
    assert lines[:3] == ["# kept", f"leaf-9 {other}", f"leaf-8 {old}"]
    assert lines[3:] == [f"[127.0.0.1]:{openssh.port} {openssh.host_key}"]


def test_one_device_that_does_not_answer_does_not_stop_the_others(openssh: Sshd, tmp_path: Path) -> None:
    written = inventory(tmp_path, free_port(), openssh.port)
    done = trust(tmp_path, "leaf-1", "leaf-2", "-i", written, "--yes")
    assert done.returncode == 3
    assert "nothing listens" in done.stderr and "recorded in" in done.stdout


def test_a_key_in_the_inventory_is_said_to_decide(openssh: Sshd, tmp_path: Path) -> None:
    for key, says in ((openssh.host_key, "is one of these"), (make_key(tmp_path / "x"), "is NONE of these")):
        written = inventory(tmp_path, openssh.port, more=f'host_key = "{key}"')
        done = trust(tmp_path, "leaf-1", "-i", written, "--yes")
        assert says in done.stdout


@pytest.mark.parametrize(("arguments", "says"), [(["leaf-9"], "no device 'leaf-9'"), ([], "DEVICE")])
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = trust(tmp_path, *arguments, "-i", inventory(tmp_path, 22))
    assert done.returncode == 2 and says in done.stderr


def test_the_default_place_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert known_hosts_path() == tmp_path / "bringup" / "known_hosts"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert known_hosts_path() == tmp_path / ".config" / "bringup" / "known_hosts"


def test_what_is_recorded_is_found_for_that_port_only(tmp_path: Path) -> None:
    key = asyncssh.import_public_key(make_key(tmp_path / "key"))
    path = tmp_path / "known_hosts"
    for address, port in (("2001:db8::1", 22), ("2001:db8::1", 2222), ("leaf-1.example", 22)):
        peer = Peer(device="leaf-1", address=address, port=port, service="ssh")
        assert SshKeys(path).known(peer)[0] == []
        record_host_keys(path, peer, [key])
        assert SshKeys(path).known(peer)[0] == [key]


async def test_jump_hosts_are_trusted_first_and_lead_to_the_device(openssh: Sshd, tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    with sshd(tmp_path / "door") as door:
        more = f'key = "{openssh.folder}/user"\njump = "root@127.0.0.1:{door.port}"\n'
        more += f'jump_key = "{door.folder}/user"'
        written = inventory(tmp_path, openssh.port, more=more)
        known = tmp_path / "config" / "bringup" / "known_hosts"
        refused = trust(tmp_path, "leaf-1", "-i", written, answer="n\n")
        assert refused.returncode == 3 and not known.exists()
        assert fingerprint(openssh.host_key) not in refused.stdout
        half = trust(tmp_path, "leaf-1", "-i", written, answer="y\nn\n")
        assert half.returncode == 3
        assert known.read_text() == f"[127.0.0.1]:{door.port} {door.host_key}\n"
        done = trust(tmp_path, "leaf-1", "-i", written, "--yes")
        assert done.returncode == 0 and "jump host at" in done.stdout
        assert fingerprint(openssh.host_key) in done.stdout
        # The door was there when the device was asked, and let nobody in before.
        assert door.log_text().count("Accepted publickey") >= 1
        behind = device(
            ssh={
                "user": "root",
                "port": openssh.port,
                "key": str(openssh.folder / "user"),
                "jump": f"root@127.0.0.1:{door.port}",
                "jump_key": str(door.folder / "user"),
            }
        )
        async with links(behind, tmp_path, known_hosts=known) as peer:
            assert (await (await peer.shell()).run("echo in")).stdout == b"in\n"


def test_a_key_that_is_not_there_matters_only_on_the_way_through_a_jump_host(
    openssh: Sshd, tmp_path: Path
) -> None:
    plain = inventory(tmp_path, openssh.port, more='key = "nowhere"')
    assert trust(tmp_path, "leaf-1", "-i", plain, "--yes").returncode == 0
    behind = inventory(tmp_path, openssh.port, more='key = "nowhere"\njump = "root@127.0.0.1"')
    done = trust(tmp_path, "leaf-1", "-i", behind, "--yes")
    assert done.returncode == 2 and "can't be read" in done.stderr
