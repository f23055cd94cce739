"""A host's trials through a real shell: its tools are scripts that keep what they are told in files."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from bringup.driver.capability import ConfiguresOnTrial, PlansPorts
from bringup.driver.platform.linux import LinuxDriver
from bringup.driver.trial import NoTimer
from bringup.model.errors import InputError, NoData, Refused
from bringup.model.measurement import value
from bringup.transport.base import CommandResult, Links, Shell
from tests.driver.canned import CannedLinks, device
from tests.driver.linux.replies import FEC, PORT, SETTINGS

NAME = "bringup-1"
LINK = json.dumps(
    [{"ifname": PORT, "flags": ["UP", "LOWER_UP"], "mtu": 9000, "operstate": "UP", "link_type": "ether"}]
)
TOOLS = {
    "sudo": 'exec "$@"\n',
    "ethtool": 'case "$1" in\n--set-fec|-s) echo "$@" >> "$HOME/did"; [ ! -e "$HOME/refuses" ];;\n'
    '--show-fec) cat "$HOME/fec";;\n-I) cat "$HOME/fec";;\n*) cat "$HOME/settings";;\nesac\n',
    "ip": 'case "$1" in\n-j) cat "$HOME/link";;\n*) echo "ip $@" >> "$HOME/did";;\nesac\n',
    "systemd-run": '[ -e "$HOME/no-timers" ] && exit 1\nfor at in "$@"; do case $at in --unit=*)'
    ' touch "$HOME/timer-${at#--unit=}";; esac; done\nshift 2\necho "$@" > "$HOME/job"\n',
    "systemctl": 'case "$1" in\nis-active) if [ -e "$HOME/timer-${2%.timer}" ]; then echo active; else'
    ' echo inactive; exit 3; fi;;\nstop) rm "$HOME/timer-${2%.timer}";;\nlist-units) cd "$HOME"; for at in'
    ' timer-*; do [ -e "$at" ] && echo "${at#timer-}.timer loaded active waiting x"; done; exit 0;;\nesac\n',
}


class RealShell(CannedLinks):
    """`/bin/sh` with a home of its own, and nothing in its path but these tools and the system's."""

    def __init__(self, home: Path) -> None:
        super().__init__({})
        self.home = home
        self.fresh_made = 0
        (home / "bin").mkdir()
        for name, script in TOOLS.items():
            tool = home / "bin" / name
            tool.write_text("#!/bin/sh\n" + script)
            tool.chmod(0o755)
        (home / "fec").write_bytes(FEC)
        (home / "settings").write_bytes(SETTINGS)
        (home / "link").write_text(LINK + "\n")

    def fresh(self) -> Links:
        self.fresh_made += 1
        return self

    async def shell(self) -> Shell:
        return self

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        made = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", command, cwd=self.home,
            env={"HOME": str(self.home), "PATH": f"{self.home}/bin:{os.environ['PATH']}"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await made.communicate()
        assert made.returncode is not None
        return CommandResult(command=command, stdout=out, stderr=err, exit_status=made.returncode)

    def did(self) -> list[str]:
        told = self.home / "did"
        return told.read_text().splitlines() if told.exists() else []


@pytest.fixture
def stand(tmp_path: Path) -> RealShell:
    return RealShell(tmp_path)


@pytest.fixture
def host(stand: RealShell) -> LinuxDriver:
    return LinuxDriver(device("linux", "node-01"), stand)


LINES = (f"ethtool --set-fec {PORT} encoding off", f"ethtool -s {PORT} speed 200000 autoneg off",
         f"ip link set {PORT} mtu 1500")  # fmt: skip


async def state_of(host: LinuxDriver) -> object:
    return (await host.config_trial(NAME)).state


async def test_field_09_the_way_back_is_written_and_armed_before_the_first_line(
    host: LinuxDriver, stand: RealShell
) -> None:
    assert isinstance(host, ConfiguresOnTrial)
    assert await state_of(host) == value("none")
    await host.config_try(NAME, LINES, 300.0)
    assert await state_of(host) == value("pending")
    assert await host.config_trials() == (NAME,)
    assert stand.did() == [f"--set-fec {PORT} encoding off", f"-s {PORT} speed 200000 autoneg off",
                           f"ip link set {PORT} mtu 1500"]  # fmt: skip
    assert (stand.home / ".bringup" / f"{NAME}.undo").read_text().splitlines() == [
        f"ip link set {PORT} mtu 9000",
        f"ethtool -s {PORT} speed 400000 autoneg off",
        f"ethtool --set-fec {PORT} encoding auto rs",
    ]
    assert (stand.home / "job").read_text() == f"/bin/sh {stand.home}/.bringup/{NAME}.undo\n"


async def test_what_is_kept_is_kept_over_a_new_session_and_can_be_taken_back(
    host: LinuxDriver, stand: RealShell
) -> None:
    await host.config_try(NAME, LINES[:1], 300.0)
    await host.config_keep(NAME, False)
    assert (stand.fresh_made, await state_of(host), await host.config_trials()) == (1, value("kept"), ())
    await host.config_revert(NAME)
    assert stand.did()[-1] == f"--set-fec {PORT} encoding auto rs"
    assert await state_of(host) == value("none")


async def test_what_is_reverted_waits_no_more(host: LinuxDriver, stand: RealShell) -> None:
    await host.config_try(NAME, LINES[:1], 300.0)
    await host.config_revert(NAME)
    assert (await state_of(host), await host.config_trials()) == (value("none"), ())
    with pytest.raises(Refused):
        await host.config_keep(NAME, False)


async def test_nothing_is_changed_without_a_timer(host: LinuxDriver, stand: RealShell) -> None:
    (stand.home / "no-timers").touch()
    with pytest.raises(NoTimer):
        await host.config_try(NAME, LINES, 300.0)
    assert stand.did() == []


async def test_a_line_that_is_refused_leaves_the_job_armed(host: LinuxDriver, stand: RealShell) -> None:
    (stand.home / "refuses").touch()
    with pytest.raises(Refused):
        await host.config_try(NAME, LINES, 300.0)
    assert len(stand.did()) == 1
    assert await state_of(host) == value("pending")


async def test_nothing_can_be_saved_and_says_so_before_it_is_kept(host: LinuxDriver) -> None:
    await host.config_try(NAME, LINES[:1], 300.0)
    with pytest.raises(Refused, match="next boot"):
        await host.config_keep(NAME, True)
    assert await state_of(host) == value("pending")


@pytest.mark.parametrize(
    "line",
    [
        "reboot",
        f"ip link set {PORT} down",
        f"ethtool -s {PORT} wol d",
        f"ethtool --set-fec {PORT} encoding rs; reboot",
        f"ethtool --set-fec {PORT}$(reboot) encoding rs",
        f"ethtool --reset {PORT} all",
        "ip link set other mtu 1500",
    ],
)
async def test_a_line_whose_way_back_nobody_knows_is_never_applied(
    host: LinuxDriver, stand: RealShell, line: str
) -> None:
    with pytest.raises(Refused):
        await host.config_try(NAME, (line,), 300.0)
    assert stand.did() == []
    assert not (stand.home / "job").exists()


async def test_how_a_port_stands_must_be_told_or_nothing_is_changed(
    host: LinuxDriver, stand: RealShell
) -> None:
    (stand.home / "fec").write_text("netlink error: Operation not supported\n")
    (stand.home / "settings").write_bytes(SETTINGS.replace(b"400000Mb/s", b"Unknown!"))
    for line in LINES[:2]:
        with pytest.raises((Refused, NoData)):
            await host.config_try(NAME, (line,), 300.0)
    assert stand.did() == []


async def test_a_host_without_systemd_has_nothing_that_waits(host: LinuxDriver, stand: RealShell) -> None:
    tool = stand.home / "bin" / "systemctl"
    tool.write_text("#!/bin/sh\necho 'System has not been booted with systemd as init system' >&2\nexit 1\n")
    assert await host.config_trials() == ()
    tool.write_text("#!/bin/sh\necho 'Connection timed out' >&2\nexit 1\n")
    with pytest.raises(NoData):
        await host.config_trials()


async def test_a_port_s_speed_and_coding_are_said_for_ethtool(host: LinuxDriver) -> None:
    assert isinstance(host, PlansPorts)
    plan = await host.port_plan(PORT, "fec", "fc")
    assert (plan.lines, plan.now) == ((f"ethtool --set-fec {PORT} encoding baser",), value("rs544"))
    plan = await host.port_plan(PORT, "speed", "200")
    assert (plan.lines, plan.reached) == (
        (f"ethtool -s {PORT} speed 200000 autoneg off",), value(False)
    )  # fmt: skip
    with pytest.raises(InputError):
        await host.port_plan(PORT, "breakout", "2x200")
