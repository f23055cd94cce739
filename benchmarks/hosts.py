"""Many SSH hosts on loopback: OpenSSH's `sshd`, each host a port of its own."""

from __future__ import annotations

import json
import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.child import environment
from benchmarks.figure import find

ADDRESS = "127.0.0.1"
COMMAND = "date +%s.%N"
# What a client prefers makes no difference then.
CIPHER = "aes256-gcm@openssh.com"
PORTS_EACH = 16
"""One sshd listens on no more."""
READY_S = 30.0


def user() -> str:
    """Who logs in: the one who runs this, whom a sshd that is not root's admits too."""
    return pwd.getpwuid(os.geteuid()).pw_name


@contextmanager
def hosts(folder: Path, count: int) -> Iterator[None]:
    """The hosts are up. `folder` gets `key`, `hosts.json` (their ports) and `known_hosts`."""
    for name in ("host_key", "key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    public = " ".join((folder / "host_key.pub").read_text().split()[:2])
    ports = _free_ports(count)
    (folder / "hosts.json").write_text(json.dumps(ports))
    (folder / "known_hosts").write_text("".join(f"[{ADDRESS}]:{port} {public}\n" for port in ports))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with ExitStack() as stack:
        for begin in range(0, count, PORTS_EACH):
            stack.enter_context(_sshd(folder, ports[begin : begin + PORTS_EACH]))
        for port in ports:
            _wait_for(port, folder)
        yield


@contextmanager
def _sshd(folder: Path, ports: Sequence[int]) -> Iterator[None]:
    config = folder / f"sshd-{ports[0]}"
    home = environment(folder)["HOME"]
    lines = (
        *(f"ListenAddress {ADDRESS}:{port}" for port in ports),
        f"HostKey {folder / 'host_key'}",
        f"AuthorizedKeysFile {folder / 'key.pub'}",
        f"Ciphers {CIPHER}",
        f"SetEnv HOME={home}",  # the person's own start-up files are no part of this
        "PermitRootLogin yes",
        "StrictModes no",
        "UsePAM no",
        "UseDNS no",
        "PasswordAuthentication no",
        "MaxStartups 200",
        "PidFile none",
    )
    config.write_text("\n".join(lines) + "\n")
    command = [find("sshd") or "sshd", "-D", "-e", "-f", str(config)]
    with (folder / "sshd.log").open("ab") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            yield
        finally:
            process.terminate()


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((ADDRESS, 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _wait_for(port: int, folder: Path) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection((ADDRESS, port), 1.0):
            return
        time.sleep(0.05)
    raise RuntimeError(f"sshd did not start: {(folder / 'sshd.log').read_text(errors='replace')[-500:]}")
