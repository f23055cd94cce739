"""The Junos driver over a real SSH server that answers as recorded switches do, and its commits on trial."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bringup.driver import junos_trial
from bringup.driver.platform.junos import COMMANDS, JunosDriver
from bringup.driver.reading import Command
from bringup.model.errors import InputError, NoData, Refused, Unparsable
from bringup.model.facts import Bundle
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from tests.decode.platform_samples import SAMPLES
from tests.driver.canned import CannedLinks, device
from tests.driver.ssh_stand import AnsweringLinks, standing

REPLIES = {
    COMMANDS["version"].text: SAMPLES["junos.text-version"],
    COMMANDS["hardware"].text: SAMPLES["junos.text-hardware"],
    COMMANDS["uptime"].text: SAMPLES["junos.uptime"],
    COMMANDS["environment"].text: SAMPLES["junos.text-environment"],
    COMMANDS["interfaces"].text: SAMPLES["junos.interfaces"],
    COMMANDS["optics"].text: SAMPLES["junos.optics"],
    COMMANDS["neighbors"].text: SAMPLES["junos.text-lldp"],
    COMMANDS["lacp"].text: SAMPLES["junos.lacp"],
}


def driver(**changed: bytes) -> JunosDriver:
    replies = {COMMANDS[what].text: reply for what, reply in changed.items()}
    return JunosDriver(device("junos"), CannedLinks({**REPLIES, **replies}))


async def test_a_switch_tells_all_over_a_real_ssh_server(tmp_path: Path) -> None:
    async with standing(tmp_path, "junos", REPLIES.get) as (stand, written, links):
        switch = JunosDriver(written, links)
        identity = await switch.identity()
        clock = await switch.clock()
        environment = await switch.environment()
        ports, counters = await switch.ports(), await switch.fec_counters()
        optics, neighbors = await switch.optics(), await switch.neighbors()
    assert (identity.hostname, identity.serial) == (value("leaf-5"), value("AC40023030"))
    assert (identity.os_version, identity.uptime_s) == (value("23.4X100-D40.7-EVO"), value(86400.0))
    assert clock.unix_s == value(1795294800.0)
    assert [(supply.name, supply.ok) for supply in environment.supplies] == [
        ("psm-0", value(True)), ("psm-1", NOT_AVAILABLE)
    ]  # fmt: skip
    assert [fan.ok.value for fan in environment.fans] == [True, False]
    assert [(port.name, port.oper_up.value, port.fec_mode.value) for port in ports] == [
        ("et-0/0/0", True, "rs544"), ("et-0/0/1", False, None)
    ]  # fmt: skip
    assert counters[0].corrected_codewords == value(120)
    assert [neighbor.port_id.value for neighbor in neighbors] == [
        "Ethernet5/1", "a text longer than its column"
    ]  # fmt: skip
    by_port = {optic.port: optic for optic in optics}
    assert by_port["et-0/0/0"].serial == value("1G1TK1")
    assert by_port["et-0/0/0"].medium == value("800GBASE-DR8")
    assert by_port["et-0/0/0"].lanes[1].rx_power_dbm == DARK
    assert (by_port["et-0/0/1"].present, by_port["et-0/0/2"].present) == (value(True), value(False))
    assert stand.connections == 1


async def test_a_module_that_junos_does_not_know_has_a_serial_and_no_part_number() -> None:
    by_port = {optic.port: optic for optic in await driver().optics()}
    assert (by_port["et-0/0/1"].part_number, by_port["et-0/0/1"].serial) == (NOT_AVAILABLE, value("AC8J44"))


async def test_the_last_member_of_an_aggregate_that_carries_traffic_is_known() -> None:
    bundle = Bundle(name="ae0", members=("et-0/0/0", "et-0/0/1"), active=("et-0/0/0",))
    assert await driver().bundles() == (bundle,)
    waiting = SAMPLES["junos.lacp"].replace(b"Collecting distributing", b"Waiting")
    assert (await driver(lacp=waiting).bundles())[0].active == ()
    static = b"<rpc-reply><lacp-interface-information-list/></rpc-reply>\n"
    assert await driver(lacp=static).bundles() == (bundle,)
    with pytest.raises(Unparsable):
        await driver(lacp=SAMPLES["junos.lacp"][:-40]).bundles()


@pytest.mark.parametrize("what", ["version", "hardware", "interfaces", "optics", "neighbors", "environment"])
async def test_a_reply_that_was_cut_is_refused(what: str) -> None:
    whole = REPLIES[COMMANDS[what].text]
    with pytest.raises((Unparsable, NoData)):
        switch = driver(**{what: whole[: len(whole) // 2].rpartition(b"\n")[0] + b"\nxx"})
        await {
            "version": switch.identity, "hardware": switch.optics, "interfaces": switch.ports,
            "optics": switch.optics, "neighbors": switch.neighbors, "environment": switch.environment,
        }[what]()  # fmt: skip


async def test_what_the_switch_calls_an_error_is_no_answer() -> None:
    with pytest.raises(Unparsable):
        await driver(interfaces=b"error: syntax error, expecting <command>: detail\n").ports()


async def test_a_name_that_is_no_port_is_refused_before_anything_is_sent() -> None:
    switch = driver()
    for name in ("fxp0", "et-0/0/0; request system halt", "et-0/0", "re0:mgmt-0"):
        with pytest.raises(InputError):
            await switch.set_admin(name, False)
    assert switch._links.canned.asked == []  # type: ignore[attr-defined]


class Commits:
    """A switch's commits: what is in force, and since when; a timer that the test lets run out."""

    def __init__(self) -> None:
        self.history: list[tuple[str | None, frozenset[str], bool]] = [(None, frozenset({"set a 1"}), False)]
        self.candidate_of_others = False
        self.refuses = ""

    @property
    def running(self) -> frozenset[str]:
        return self.history[0][1]

    def expire(self) -> None:
        if self.history[0][2]:
            self.history.insert(0, (None, self.history[1][1], False))

    def answer(self, command: str) -> bytes | None:
        if command == junos_trial.HISTORY.text:
            return self._told()
        if not command.startswith("configure exclusive; "):
            return REPLIES.get(command)
        if self.candidate_of_others:
            return b"error: configuration database modified\n"
        return self._configured(command.split("; ")[1:])

    def _told(self) -> bytes:
        entries = []
        for number, (log, _, waits) in enumerate(self.history):
            entries.append(f"<commit-history><sequence-number>{number}</sequence-number><user>admin</user>")
            entries.append("<comment>commit confirmed, rollback in 5mins</comment>" if waits else "")
            entries.append(f"<log>{log}</log>" if log else "")
            entries.append("<commit-confirmed>rollback pending</commit-confirmed>" if waits else "")
            entries.append("</commit-history>")
        return (
            f"<rpc-reply><commit-information>{''.join(entries)}</commit-information></rpc-reply>\n".encode()
        )

    def _configured(self, lines: list[str]) -> bytes:
        candidate, said = self.running, "Entering configuration mode\n"
        for line in lines:
            if self.refuses and line == self.refuses:
                return said.encode() + b"              ^\nsyntax error, expecting <statement>.\n"
            commit = re.fullmatch(r'commit(?: confirmed (\d+))?(?: comment "(.+)")?', line)
            if commit:
                self.history[0] = (*self.history[0][:2], False)
                self.history.insert(0, (commit[2], candidate, commit[1] is not None))
                said += "commit complete\n"
            elif line == "commit check":
                said += "configuration check succeeds\n"
            elif re.fullmatch(r"rollback \d+", line):
                candidate = self.history[int(line.split()[1])][1]
            elif line != "exit":
                candidate = candidate | {line}
        return said.encode()


NAME, LINES, AFTER_S = "bringup-1", ("set interfaces et-0/0/0 mtu 4096",), 300.0


async def test_a_commit_is_confirmed_over_a_new_session_or_taken_back_by_the_switch(tmp_path: Path) -> None:
    commits = Commits()
    async with standing(tmp_path, "junos", commits.answer) as (stand, written, links):
        switch = JunosDriver(written, links)

        async def state() -> object:
            return (await switch.config_trial(NAME)).state.value

        assert (await state(), await switch.config_trials()) == ("none", ())
        await switch.config_try(NAME, LINES, AFTER_S)
        assert (await state(), await switch.config_trials()) == ("pending", (NAME,))
        assert LINES[0] in commits.running
        commits.expire()
        assert (await state(), LINES[0] in commits.running) == ("none", False)
        with pytest.raises(Refused, match="taken it back"):
            await switch.config_keep(NAME, save=True)
        await switch.config_try(NAME, LINES, AFTER_S)
        before = stand.connections
        await switch.config_keep(NAME, save=True)
        assert stand.connections > before
        assert await state() == "kept"
        commits.expire()
        assert (await state(), LINES[0] in commits.running) == ("kept", True)
        await switch.config_revert(NAME)
        assert (await state(), LINES[0] in commits.running) == ("none", False)
    assert 'commit confirmed 5 comment "bringup-1"' in " ".join(stand.asked)


async def of(commits: Commits) -> JunosDriver:
    return JunosDriver(device("junos"), AnsweringLinks(commits.answer))


async def test_a_trial_that_waits_is_taken_back_at_once_when_asked() -> None:
    commits = Commits()
    switch = await of(commits)
    await switch.config_try(NAME, LINES, AFTER_S)
    await switch.config_revert(NAME)
    assert commits.running == {"set a 1"}
    assert (await switch.config_trial(NAME)).state.value == "none"


async def test_a_commit_of_others_after_it_forbids_to_go_back() -> None:
    commits = Commits()
    switch = await of(commits)
    await switch.config_try(NAME, LINES, AFTER_S)
    commits.history.insert(0, ("theirs", commits.running | {"set b 2"}, False))
    with pytest.raises(Refused, match="others have committed"):
        await switch.config_revert(NAME)
    assert "set b 2" in commits.running


async def test_changes_of_others_that_are_not_committed_are_never_committed_by_us() -> None:
    commits = Commits()
    commits.candidate_of_others = True
    switch = await of(commits)
    with pytest.raises(Refused, match="modified"):
        await switch.config_try(NAME, LINES, AFTER_S)
    with pytest.raises(Refused):
        await switch.set_admin("et-0/0/0", False)
    assert commits.running == {"set a 1"}


async def test_a_line_that_is_refused_leaves_nothing_in_force() -> None:
    commits = Commits()
    commits.refuses = "set nonsense"
    with pytest.raises(Refused, match="syntax error"):
        await (await of(commits)).config_try(NAME, (*LINES, "set nonsense"), AFTER_S)
    assert commits.running == {"set a 1"}


@pytest.mark.parametrize(
    "line",
    [
        "commit",
        "rollback 1",
        "run request system reboot",
        "load override x",
        "set a; commit",
        'set a "b"',
        "save x",
    ],
)
async def test_a_line_that_ends_the_trial_or_hides_another_is_refused(line: str) -> None:
    commits = Commits()
    with pytest.raises(Refused):
        await (await of(commits)).config_try(NAME, (line,), AFTER_S)
    assert len(commits.history) == 1


async def test_a_port_is_shut_and_started() -> None:
    commits = Commits()
    switch = await of(commits)
    await switch.set_admin("et-0/0/0:1", False)
    assert "set interfaces et-0/0/0:1 disable" in commits.running
    await switch.set_admin("et-0/0/0:1", True)
    assert "delete interfaces et-0/0/0:1 disable" in commits.running


async def test_a_history_that_was_cut_never_says_that_a_change_was_kept() -> None:
    commits = Commits()
    await (await of(commits)).config_try(NAME, LINES, AFTER_S)
    await (await of(commits)).config_keep(NAME, save=False)
    whole = commits.answer(junos_trial.HISTORY.text) or b""
    for cut in range(0, len(whole) - 1, 7):
        links = CannedLinks({junos_trial.HISTORY.text: whole[:cut]})
        with pytest.raises((Unparsable, NoData)):
            await JunosDriver(device("junos"), links).config_trial(NAME)


def test_every_command_reads_and_changes_nothing() -> None:
    commands: list[Command] = [*COMMANDS.values(), junos_trial.HISTORY]
    assert all(re.match(r"show ", command.text) for command in commands)
