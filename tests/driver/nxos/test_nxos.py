"""The NX-OS driver over a real SSH server that answers as recorded switches do, and its checkpoints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bringup.driver import nxos_trial
from bringup.driver.platform.nxos import COMMANDS, NxosDriver
from bringup.driver.trial import NoTimer
from bringup.model.errors import InputError, NoData, Refused, Unparsable
from bringup.model.facts import Bundle
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from tests.decode.platform_samples import SAMPLES
from tests.driver.canned import CannedLinks, device
from tests.driver.ssh_stand import AnsweringLinks, standing

FORMATS = {
    "version": "nxos.version",
    "clock": "nxos.text-clock",
    "environment": "nxos.environment",
    "interfaces": "nxos.interfaces",
    "optics": "nxos.transceiver",
    "neighbors": "nxos.lldp-detail",
    "bundles": "nxos.port-channels",
}
REPLIES = {COMMANDS[what].text: SAMPLES[name] for what, name in FORMATS.items()}
METHODS = {
    "version": "identity",
    "clock": "clock",
    "environment": "environment",
    "interfaces": "ports",
    "optics": "optics",
    "neighbors": "neighbors",
    "bundles": "bundles",
}


def driver(**changed: bytes) -> NxosDriver:
    replies = {COMMANDS[what].text: reply for what, reply in changed.items()}
    return NxosDriver(device("nxos"), CannedLinks({**REPLIES, **replies}))


async def test_a_switch_tells_all_over_a_real_ssh_server(tmp_path: Path) -> None:
    async with standing(tmp_path, "nxos", REPLIES.get) as (stand, written, links):
        switch = NxosDriver(written, links)
        identity, clock = await switch.identity(), await switch.clock()
        environment = await switch.environment()
        ports, optics = await switch.ports(), await switch.optics()
        neighbors = await switch.neighbors()
    assert (identity.hostname, identity.serial) == (value("leaf-4"), value("FDO1"))
    assert (identity.os_version, identity.uptime_s) == (value("10.3(4a)"), value(93784.0))
    assert (clock.unix_s, clock.synchronized) == (value(1795295045.25), value(True))
    assert [(supply.name, supply.present.value, supply.ok.value) for supply in environment.supplies] == [
        ("psu-1", True, True), ("psu-2", False, None)
    ]  # fmt: skip
    told = [(port.name, port.oper_up.value, port.speed_gbps.value, port.fec_mode.value) for port in ports]
    assert told == [
        ("Ethernet1/1", True, 400.0, "rs544"), ("Ethernet1/2", False, None, None)
    ]  # fmt: skip
    assert [(optic.port, optic.present.value) for optic in optics] == [
        ("Ethernet1/1", True), ("Ethernet1/2", False)
    ]  # fmt: skip
    assert (optics[0].serial, optics[0].medium) == (value("AC4400004"), value("400GBASE-DR4"))
    assert [lane.rx_power_dbm for lane in optics[0].lanes] == [value(-1.5), DARK]
    assert [(each.local_port, each.chassis_id.value) for each in neighbors] == [
        ("Ethernet1/1", "02:00:5e:00:00:02")
    ]  # fmt: skip
    assert stand.connections == 1


async def test_counters_of_fec_without_gnmi_are_no_data_with_advice() -> None:
    with pytest.raises(NoData, match="gnmi"):
        await driver().fec_counters()


async def test_the_last_member_of_a_port_channel_that_carries_traffic_is_known() -> None:
    assert await driver().bundles() == (
        Bundle(name="Po10", members=("Ethernet1/1", "Ethernet1/2"), active=("Ethernet1/1",)),
    )


async def test_a_clock_that_is_not_utc_is_no_time() -> None:
    with pytest.raises(NoData, match="CET"):
        await driver(clock=SAMPLES["nxos.text-clock"].replace(b"UTC", b"CET")).clock()


@pytest.mark.parametrize("what", sorted(METHODS))
@pytest.mark.parametrize(
    "said", [b"% Invalid command at '^' marker.\n", b"Syntax error while parsing\n", b"{}\n", b"\n", b"[1]\n"]
)
async def test_what_is_no_answer_is_an_error(what: str, said: bytes) -> None:
    with pytest.raises((Unparsable, NoData)):
        await getattr(driver(**{what: said}), METHODS[what])()


@pytest.mark.parametrize("what", sorted(METHODS))
async def test_a_reply_that_was_cut_is_refused(what: str) -> None:
    whole = REPLIES[COMMANDS[what].text].rstrip()
    for part in range(1, 8):
        with pytest.raises((Unparsable, NoData)):
            await getattr(driver(**{what: whole[: len(whole) * part // 9]}), METHODS[what])()


async def test_a_state_that_is_not_known_is_neither_up_nor_down() -> None:
    odd = SAMPLES["nxos.interfaces"].replace(b'"state": "down"', b'"state": "linkFlapErrDisabled"')
    assert (await driver(interfaces=odd).ports())[1].oper_up == NOT_AVAILABLE


async def test_a_name_that_is_no_front_port_is_refused_before_anything_is_sent() -> None:
    switch = driver()
    for name in ("mgmt0", "Ethernet1/1 ; reload", "Eth1/1", "port-channel1"):
        with pytest.raises(InputError):
            await switch.set_admin(name, False)
    assert switch._links.canned.asked == []  # type: ignore[attr-defined]


class Checkpoints:
    """A switch's running configuration, and its checkpoints by name."""

    def __init__(self) -> None:
        self.running: tuple[str, ...] = ("feature lldp",)
        self.saved: dict[str, tuple[str, ...]] = {}
        self.startup: tuple[str, ...] = ()
        self.refuses = ""

    def answer(self, command: str) -> bytes | None:
        if command == nxos_trial.LIST:
            names = "".join(
                f"{at}) {name}:\nCreated by admin\nSize is 16,350 bytes\n"
                for at, name in enumerate(self.saved, 1)
            )
            return f"User Checkpoint Summary\n{'-' * 80}\n{names}".encode()
        words = command.split()
        if words[0] == "checkpoint":
            self.saved[words[1]] = self.running
            return b"........Done\n"
        if words[:2] == ["no", "checkpoint"]:
            del self.saved[words[2]]
            return b""
        if words[0] == "rollback":
            self.running = self.saved[words[3]]
            return b"Rollback completed successfully.\n"
        if words[0] == "copy":
            self.startup = self.running
            return b"Copy complete.\n"
        if command.startswith("configure terminal ; "):
            return self._configured(command.split(" ; ")[1:-1])
        return REPLIES.get(command)

    def _configured(self, lines: list[str]) -> bytes:
        said = b""
        for line in lines:
            if line == self.refuses:
                said += b"                      ^\n% Invalid command at '^' marker.\n"
            else:
                self.running += (line,)
        return said


NAME, LINES = "bringup-1", ("interface Ethernet1/1", "mtu 4096")


async def test_a_change_that_the_switch_should_take_back_by_itself_is_refused_untouched() -> None:
    points = Checkpoints()
    with pytest.raises(NoTimer, match="takes no change back"):
        await NxosDriver(device("nxos"), AnsweringLinks(points.answer)).config_try(NAME, LINES, 300.0)
    assert (points.running, points.saved) == (("feature lldp",), {})


async def test_a_change_by_its_console_is_checkpointed_saved_when_asked_and_taken_back(
    tmp_path: Path,
) -> None:
    points = Checkpoints()
    async with standing(tmp_path, "nxos", points.answer) as (_, written, links):
        switch = NxosDriver(written, links)

        async def state() -> object:
            return (await switch.config_trial(NAME)).state.value

        assert (await state(), await switch.config_trials()) == ("none", ())
        await switch.config_try(NAME, LINES, 0.0)
        assert (await state(), LINES[1] in points.running) == ("kept", True)
        assert points.startup == ()
        await switch.config_keep(NAME, save=True)
        assert LINES[1] in points.startup
        await switch.config_revert(NAME)
        assert (await state(), LINES[1] in points.running, points.saved) == ("none", False, {})


async def test_a_line_that_is_refused_is_no_change_that_was_kept_and_can_be_taken_back() -> None:
    points = Checkpoints()
    points.refuses = "mtu nonsense"
    switch = NxosDriver(device("nxos"), AnsweringLinks(points.answer))
    with pytest.raises(Refused, match="Invalid command"):
        await switch.config_try(NAME, (*LINES, "mtu nonsense"), 0.0)
    assert (await switch.config_trial(NAME)).state.value == "none"
    await switch.config_revert(NAME)
    assert points.running == ("feature lldp",)


@pytest.mark.parametrize(
    "line", ["end", "copy running-config startup-config", "reload", "mtu 1 ; reload", "show x"]
)
async def test_a_line_that_ends_the_session_or_hides_another_is_refused(line: str) -> None:
    points = Checkpoints()
    with pytest.raises(Refused):
        await NxosDriver(device("nxos"), AnsweringLinks(points.answer)).config_try(NAME, (line,), 0.0)
    assert points.saved == {}


async def test_a_port_is_shut_and_started() -> None:
    points = Checkpoints()
    switch = NxosDriver(device("nxos"), AnsweringLinks(points.answer))
    await switch.set_admin("Ethernet1/1", False)
    await switch.set_admin("Ethernet1/1", True)
    assert points.running[1:] == ("interface Ethernet1/1", "shutdown", "interface Ethernet1/1", "no shutdown")


async def test_a_list_of_checkpoints_that_is_none_never_says_that_a_change_was_kept() -> None:
    for said in (
        b"",
        b"% Permission denied for the role\n",
        b"User Checkpoint Summary",
        b"1) bringup-1-kept:\n",
    ):
        switch = NxosDriver(device("nxos"), CannedLinks({nxos_trial.LIST: said}))
        with pytest.raises(Unparsable):
            await switch.config_trial(NAME)


def test_every_command_reads_and_changes_nothing() -> None:
    assert all(re.match(r"show ", command.text) for command in COMMANDS.values())
