"""The NVUE driver over a real SSH server that answers as recorded switches do, and its revisions on trial."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bringup.driver import nvue_trial
from bringup.driver.platform.nvue import COMMANDS, PER_PORT, NvueDriver
from bringup.model.errors import InputError, NoData, Refused, Unparsable
from bringup.model.facts import Bundle
from bringup.model.measurement import DARK, NOT_AVAILABLE, UNSUPPORTED, value
from bringup.transport.base import CommandResult
from tests.decode.platform_samples import SAMPLES, encoded
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.sonic import replies as sonic
from tests.driver.ssh_stand import AnsweringLinks, standing

PORTS = encoded(
    {
        "swp1": json.loads(SAMPLES["nvue.interfaces"])["swp1"],
        "swp2": {"type": "swp", "link": {"state": {"down": {}}, "speed": "400G", "mtu": 9216}},
        "lo": {"type": "loopback", "link": {"state": {"up": {}}, "mtu": 65536}},
    }
)


def of_port(what: str, port: str) -> str:
    return PER_PORT[what].text.format(port=port)


BONDS = encoded(
    [
        {"ifname": "lo"},
        {"ifname": "bond1", "linkinfo": {"info_kind": "bond", "info_data": {"mode": "802.3ad"}}},
        *(
            {
                "ifname": name,
                "master": "bond1",
                "linkinfo": {
                    "info_slave_kind": "bond",
                    "info_slave_data": {"state": state, "mii_status": link},
                },
            }
            for name, state, link in (
                ("swp1", "ACTIVE", "UP"), ("swp2", "ACTIVE", "DOWN"), ("swp3", "BACKUP", "UP")
            )
        ),
    ]
)  # fmt: skip
UNPLUGGED = b"status                 : unplugged\nidentifier             : N/A\n"
REPLIES: dict[str, bytes] = {
    COMMANDS["system"].text: SAMPLES["nvue.system"],
    COMMANDS["platform"].text: SAMPLES["nvue.platform"],
    COMMANDS["uptime"].text: b"93784.22 2711020.10\n",
    COMMANDS["boot_id"].text: sonic.BOOT_ID,
    COMMANDS["clock"].text: b"1795294800.250000000\n",
    COMMANDS["supplies"].text: SAMPLES["nvue.psu"],
    COMMANDS["fans"].text: SAMPLES["nvue.fan"],
    COMMANDS["sensors"].text: SAMPLES["nvue.temperature"],
    COMMANDS["interfaces"].text: PORTS,
    COMMANDS["bundles"].text: BONDS,
    COMMANDS["neighbors"].text: sonic.NEIGHBORS,
    COMMANDS["lldp_interfaces"].text: sonic.LLDP_INTERFACES,
    of_port("transceiver", "swp1"): SAMPLES["nvue.transceiver"],
    of_port("transceiver", "swp2"): UNPLUGGED,
    of_port("phy", "swp1"): SAMPLES["nvue.phy-detail"],
}


def driver(changed: dict[str, Canned] | None = None) -> NvueDriver:
    replies: dict[str, Canned] = {**REPLIES, **(changed or {})}
    return NvueDriver(device("nvue"), CannedLinks(replies))


async def test_a_switch_tells_all_over_a_real_ssh_server(tmp_path: Path) -> None:
    async with standing(tmp_path, "nvue", REPLIES.get) as (stand, written, links):
        switch = NvueDriver(written, links)
        identity, clock = await switch.identity(), await switch.clock()
        environment, ports = await switch.environment(), await switch.ports()
        optics, counters = await switch.optics(), await switch.fec_counters()
        neighbors = await switch.neighbors()
    assert (identity.hostname, identity.serial) == (value("leaf-3"), value("AC0077"))
    assert (identity.os_version, identity.uptime_s) == (value("Cumulus Linux 5.11.0"), value(93784.22))
    assert clock.unix_s == value(1795294800.25)
    assert [(supply.name, supply.present.value, supply.ok.value) for supply in environment.supplies] == [
        ("PSU1", True, True), ("PSU2", False, None)
    ]  # fmt: skip
    assert (environment.fans[0].speed_rpm, environment.sensors[0].high_c) == (value(6000.0), value(80.0))
    told = [(port.name, port.oper_up.value, port.speed_gbps.value, port.fec_mode.value) for port in ports]
    assert told == [
        ("swp1", True, 400.0, "rs544"), ("swp2", False, None, None)
    ]  # fmt: skip
    assert (optics[0].port, optics[0].medium) == ("swp1", value("400GBASE-DR4"))
    assert optics[0].lanes[1].rx_power_dbm == DARK
    assert optics[1].present == value(False)
    assert (counters[0].port, counters[0].pre_fec_ber, counters[0].flap_count) == (
        "swp1", value(1e-7), value(4)
    )  # fmt: skip
    assert counters[1].pre_fec_ber == NOT_AVAILABLE
    assert neighbors
    assert stand.connections == 1


async def test_the_last_member_of_a_bond_that_carries_traffic_is_known() -> None:
    assert await driver().bundles() == (
        Bundle(name="bond1", members=("swp1", "swp2", "swp3"), active=("swp1",)),
    )
    assert await driver({COMMANDS["bundles"].text: encoded([{"ifname": "lo"}])}).bundles() == ()


@pytest.mark.parametrize(
    "said",
    [
        BONDS[:-30], b"[]\n", b"{}\n", b"[5]\n", b"", BONDS.replace(b'"master": "bond1",', b""),
        BONDS.replace(b"BACKUP", b"OTHER"), BONDS.replace(b'"swp1"', b"null"), b"Error: no\n",
    ],
)  # fmt: skip
async def test_bonds_that_can_not_be_read_are_never_none(said: bytes) -> None:
    with pytest.raises((Unparsable, NoData)):
        await driver({COMMANDS["bundles"].text: said}).bundles()


async def test_later_releases_tell_modules_by_the_platform() -> None:
    gone = failed(of_port("transceiver", "swp1"), 1, "Error: invalid choice: 'transceiver'\n")
    switch = driver(
        {
            of_port("transceiver", "swp1"): gone,
            of_port("platform_transceiver", "swp1"): SAMPLES["nvue.transceiver"],
        }
    )
    assert (await switch.optics())[0].serial == value("AC4400003")


async def test_a_switch_without_phy_details_has_none_and_its_flaps_all_the_same() -> None:
    gone = failed(of_port("phy", "swp1"), 1, "Error: not supported\n")
    (first, _) = await driver({of_port("phy", "swp1"): gone}).fec_counters()
    assert (first.pre_fec_ber, first.flap_count) == (UNSUPPORTED, value(4))


@pytest.mark.parametrize("said", [b"{}\n", b"\n", b"Error: permission denied\n", b'{"swp1": {"link": 5}}\n'])
async def test_what_is_no_answer_is_an_error(said: bytes) -> None:
    for what, method in (("interfaces", "ports"), ("system", "identity"), ("platform", "identity")):
        with pytest.raises((Unparsable, NoData, Refused)):
            await getattr(driver({COMMANDS[what].text: said}), method)()


async def test_a_module_whose_table_is_damaged_is_not_known() -> None:
    cut = SAMPLES["nvue.transceiver"][:-5]
    (first, _) = await driver({of_port("transceiver", "swp1"): cut}).optics()
    assert (first.present, first.lanes) == (NOT_AVAILABLE, ())
    both = {of_port(what, "swp1"): cut for what in ("transceiver", "platform_transceiver")}
    (first, _) = await driver(both).optics()
    assert (first.present, first.lanes) == (NOT_AVAILABLE, ())


async def test_a_name_that_is_no_front_port_is_refused_before_anything_is_sent() -> None:
    switch = driver()
    for name in ("eth0", "swp1; reboot", "lo", "swp1 swp2", "acp1"):
        with pytest.raises(InputError):
            await switch.set_admin(name, False)
    assert switch._links.canned.asked == []  # type: ignore[attr-defined]


class Revisions:
    """A switch's revisions: what is applied, what waits, and the user's file of marks."""

    def __init__(self) -> None:
        self.applied: list[tuple[str, frozenset[str]]] = [("1", frozenset({"hostname leaf"}))]
        self.waits = False
        self.staged: frozenset[str] = frozenset()
        self.staged_by_others = frozenset({"nv set theirs"})
        self.mark: bytes | None = None
        self.saved = False
        self.refuses = ""

    @property
    def running(self) -> frozenset[str]:
        return self.applied[-1][1]

    def expire(self) -> None:
        if self.waits:
            self.applied.pop()
            self.waits = False

    def answer(self, command: str) -> Canned | None:
        if command == nvue_trial.READ_MARK:
            if self.mark is None:
                return failed(command, 1, f"cat: {nvue_trial.MARK}: No such file or directory\n")
            return self.mark
        if command == nvue_trial.REVISIONS.text:
            return encoded({"applied": {"state": "applied"}} | {
                name: {"state": "confirm" if self.waits and name == self.applied[-1][0] else "applied"}
                for name, _ in self.applied
            })  # fmt: skip
        if command == nvue_trial.APPLIED:
            parent = self.applied[-2][0]
            return encoded({"applied": {"additional-data": {"parent-revision-id": parent}}})
        if command in REPLIES:
            return REPLIES[command]
        for part in command.split(" && "):
            said = self._do(part)
            if said is not None:
                return failed(command, 1, said)
        return b"applied [rev_id: 22]\n"

    def _do(self, part: str) -> str | None:
        """What it complains of."""
        words = shlex.split(part)
        if part == "nv config attach applied -y":
            self.staged = self.running
        elif words[:2] in (["nv", "set"], ["nv", "unset"]):
            if part == self.refuses:
                return "Error: 'nonsense' is not a valid option\n"
            self.staged |= {part}
        elif words[0] == "printf":
            self.mark = f"{words[2]}\n".encode()
        elif words[0] == "rm":
            self.mark = None
        elif part == "nv config save":
            self.saved = True
        else:
            self._apply(words[3:])
        return None

    def _apply(self, words: list[str]) -> None:
        if words == ["--confirm-yes"]:
            self.waits = False
        elif words == ["--confirm-no"]:
            self.expire()
        elif words[0].isdigit():
            self.applied.append((words[0] + "0", dict(self.applied)[words[0]]))
        else:
            self.waits = words[0] == "--confirm"
            self.applied.append((str(len(self.applied) + 20), self.staged))


NAME, LINES, AFTER_S = "bringup-1", ("set interface swp1 link mtu 4096",), 300.0
LINE = f"nv {LINES[0]}"


def of(revisions: Revisions) -> NvueDriver:
    return NvueDriver(device("nvue"), AnsweringLinks(revisions.answer))


async def state(switch: NvueDriver) -> object:
    return (await switch.config_trial(NAME)).state.value


async def test_a_revision_is_confirmed_over_a_new_session_or_taken_back_by_the_switch() -> None:
    revisions = Revisions()
    switch = of(revisions)
    assert (await state(switch), await switch.config_trials()) == ("none", ())
    await switch.config_try(NAME, LINES, AFTER_S)
    assert (await state(switch), await switch.config_trials()) == ("pending", (NAME,))
    assert LINE in revisions.running
    revisions.expire()
    assert (await state(switch), LINE in revisions.running) == ("none", False)
    with pytest.raises(Refused, match="taken it back"):
        await switch.config_keep(NAME, save=True)
    await switch.config_try(NAME, LINES, AFTER_S)
    await switch.config_keep(NAME, save=True)
    assert (await state(switch), revisions.saved) == ("kept", True)
    assert switch._links.fresh_made == 2  # type: ignore[attr-defined]
    revisions.expire()
    assert LINE in revisions.running
    await switch.config_revert(NAME)
    assert (await state(switch), LINE in revisions.running, revisions.mark) == ("none", False, None)


async def test_a_trial_that_waits_is_taken_back_at_once_when_asked() -> None:
    revisions = Revisions()
    switch = of(revisions)
    await switch.config_try(NAME, LINES, AFTER_S)
    await switch.config_revert(NAME)
    assert (await state(switch), revisions.running) == ("none", {"hostname leaf"})


async def test_a_revision_of_others_that_waits_is_neither_confirmed_nor_overtaken() -> None:
    revisions = Revisions()
    revisions.applied.append(("7", frozenset({"theirs"})))
    revisions.waits = True
    switch = of(revisions)
    assert await switch.config_trials() == ("revision 7",)
    with pytest.raises(Refused, match="waits to be confirmed"):
        await switch.config_try(NAME, LINES, AFTER_S)
    with pytest.raises(Refused):
        await switch.config_keep(NAME, save=False)
    assert (revisions.waits, revisions.running) == (True, {"theirs"})


async def test_a_line_that_is_refused_leaves_nothing_in_force() -> None:
    revisions = Revisions()
    revisions.refuses = "nv set nonsense"
    switch = of(revisions)
    with pytest.raises(Refused, match="not a valid option"):
        await switch.config_try(NAME, (*LINES, "set nonsense"), AFTER_S)
    assert (revisions.running, await state(switch)) == ({"hostname leaf"}, "none")


@pytest.mark.parametrize(
    "line", ["config apply -y", "action reboot system", "sudo reboot", "nv config save", "x"]
)
async def test_a_line_that_is_no_setting_is_refused(line: str) -> None:
    revisions = Revisions()
    with pytest.raises(Refused):
        await of(revisions).config_try(NAME, (line,), AFTER_S)
    assert len(revisions.applied) == 1


async def test_what_a_shell_would_read_into_a_line_is_a_word() -> None:
    revisions = Revisions()
    await of(revisions).config_try(NAME, ("set system hostname $(reboot);x&&y",), AFTER_S)
    assert "nv set system hostname '$(reboot);x&&y'" in revisions.running


async def test_a_port_is_shut_without_what_others_have_staged() -> None:
    revisions = Revisions()
    revisions.staged = revisions.staged_by_others
    await of(revisions).set_admin("swp1", False)
    assert revisions.running == {"hostname leaf", "nv set interface swp1 link state down"}


@pytest.mark.parametrize(
    "said", [b"", b"bringup-1", b"bringup-1 kept", b"\xff\n", b"a b c\n", b"bringup-1 kep\n"]
)
async def test_a_mark_that_was_damaged_never_says_that_a_change_was_kept(said: bytes) -> None:
    replies: dict[str, Canned] = {
        nvue_trial.READ_MARK: CommandResult(command="", stdout=said, stderr=b"", exit_status=0),
        nvue_trial.REVISIONS.text: SAMPLES["nvue.revisions"],
    }
    with pytest.raises(Unparsable):
        await NvueDriver(device("nvue"), CannedLinks(replies)).config_trial(NAME)


def test_every_command_reads_and_changes_nothing() -> None:
    reads = r"(nv show |cat /proc/|date |ip -j -d link$|sudo -n lldpcli show )"
    assert all(re.match(reads, command.text) for command in (*COMMANDS.values(), *PER_PORT.values()))
