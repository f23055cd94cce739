"""A module's memory, read page by page: which pages are asked for, what they tell, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from bringup.driver.capability import ReadsModules, TellsModuleStates
from bringup.driver.platform.linux import LinuxDriver
from bringup.driver.platform.nvue import NvueDriver
from bringup.driver.platform.sonic import SonicDriver
from bringup.model.errors import InputError, NoData, Unparsable
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED, value
from bringup.transport.base import CommandResult, Shell
from tests.decode.flow_samples import SONIC_MODULE_STATUS, SONIC_MODULE_VDM
from tests.decode.module_samples import cmis_pages, sff8472, sff8636
from tests.driver.canned import Canned, CannedLinks, device, failed

LINKS = b'[{"ifname":"eth0","flags":["UP"],"mtu":9000,"operstate":"UP","link_type":"ether"}]\n'
_ETHTOOL = re.compile(
    r"(?:sudo -n )?ethtool -m \S+ hex on(?: i2c (0x51))?(?: page (0x[0-9a-f]+) bank (0x[0-9a-f]+))?"
    r" offset (\d+) length 128"
)
_SFPUTIL = re.compile(
    r"sudo sfputil read-eeprom -p \S+ -n (\d+) -o (\d+) -s 128( --wire-addr a2h)? --no-format"
)
A2 = 0x200
"""Stands for the lower half at an SFP's second address."""
Pages = Mapping[int, bytes]


class Cage(CannedLinks):
    """A shell whose tools read one module: its halves by page, -1 the lower memory; `broken` are replies."""

    def __init__(self, pages: Pages, broken: Mapping[int, bytes] | None = None, **canned: Canned) -> None:
        super().__init__({"ip -j link": LINKS, **canned})
        self.pages, self.broken, self.asked = pages, broken or {}, list[int]()

    async def shell(self) -> Shell:
        return self

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        ethtool, sfputil = _ETHTOOL.fullmatch(command), _SFPUTIL.fullmatch(command)
        if ethtool:
            page = A2 if ethtool[1] else int(ethtool[2], 16) if ethtool[2] else -1
            page += int(ethtool[3] or "0", 16) << 8
            return self._reply(command, page, _rows)
        if sfputil:
            first = -1 if sfputil[2] == "0" else 0
            return self._reply(command, A2 if sfputil[3] else int(sfputil[1]) + first, _digits)
        return await self.canned.run(command, deadline_s=deadline_s)

    def _reply(self, command: str, page: int, form: object) -> CommandResult:
        self.asked.append(page)
        if page not in self.pages:
            return failed(command, 1, "netlink error: Operation not supported\n")
        assert callable(form)
        out = self.broken.get(page, form(self.pages[page], page))
        return CommandResult(command=command, stdout=out, stderr=b"", exit_status=0)


def _rows(half: bytes, page: int) -> bytes:
    first = 0 if page in (-1, A2) else 128
    rows = [f"0x{first + at:04x}:\t\t{half[at : at + 16].hex(' ')}" for at in range(0, 128, 16)]
    return ("Offset\t\tValues\n------\t\t------\n" + "\n".join(rows) + "\n").encode()


def _digits(half: bytes, page: int) -> bytes:
    return half.hex().encode() + b"\n"


def host(links: CannedLinks) -> LinuxDriver:
    return LinuxDriver(device("linux", "node-01"), links)


def halves_of(memory: bytes, *pages: int) -> dict[int, bytes]:
    return {page: memory[128 * at : 128 * (at + 1)] for at, page in enumerate(pages)}


async def test_a_host_s_module_tells_its_states_signals_and_times() -> None:
    cage = Cage(cmis_pages())
    made = host(cage)
    assert isinstance(made, ReadsModules)
    assert isinstance(made, TellsModuleStates)
    memory = await made.module_memory("eth0")
    assert cage.asked == [-1, 0, 1, 2, 0x10, 0x11, 0x13, 0x14, 0x20, 0x24, 0x28, 0x2C]
    assert (memory.optic.port, memory.optic.serial) == ("eth0", value("EX0000001"))
    assert memory.optic.light_up_max_s.value is not None
    (state,) = await made.module_states()
    assert (state.port, state.state, state.fault_cause) == ("eth0", value("Ready"), value("none"))
    paths = {lane.index: lane.data_path for lane in state.lanes}
    assert (paths[1], paths[3], paths[6]) == (
        value("Activated"),
        value("Initialized"),
        value("Deactivated"),
    ) or (len(paths) == 8)
    lanes = {lane.index: lane for lane in state.lanes}
    assert lanes[2].snr_media_db == value(22.0)
    assert (lanes[1].ber_media.value, lanes[1].snr_media_db) == (pytest.approx(2.5e-7), UNSUPPORTED)
    assert lanes[3].ber_host == NOT_AVAILABLE


async def test_pages_that_a_module_does_not_have_are_never_asked_for() -> None:
    flat = Cage(cmis_pages(lower={2: 0x80}))
    memory = await host(flat).module_memory("eth0")
    assert flat.asked == [-1, 0]
    assert memory.module.flat_memory == value(True)
    (state,) = await host(flat).module_states()
    assert (state.state, state.lanes) == (UNSUPPORTED, ())
    plain = Cage(cmis_pages(p01={142: 0x00}))
    await host(plain).module_memory("eth0")
    assert plain.asked == [-1, 0, 1, 2, 0x10, 0x11]


async def test_the_older_maps_are_read_by_their_own_pages() -> None:
    qsfp = Cage(halves_of(sff8636(), -1, 0, 1, 2, 3))
    memory = await host(qsfp).module_memory("eth0")
    assert (qsfp.asked, memory.optic.serial) == ([-1, 0, 3], value("EX0000002"))
    (state,) = await host(qsfp).module_states()
    assert (state.state, state.lanes) == (UNSUPPORTED, ())
    sfp = Cage(halves_of(sff8472(), -1, 0, A2))
    memory = await host(sfp).module_memory("eth0")
    assert sfp.asked == [-1, 0, A2]
    assert memory.optic.temperature_c.value is not None


async def test_the_same_memory_is_read_by_sfputil_and_by_a_switch_s_kernel() -> None:
    one = await host(Cage(cmis_pages())).module_memory("eth0")
    by_sonic = await SonicDriver(device("sonic"), Cage(cmis_pages())).module_memory("Ethernet0")
    by_nvue = await NvueDriver(device("nvue"), Cage(cmis_pages())).module_memory("swp1")
    assert (by_sonic.lanes, by_nvue.lanes) == (one.lanes, one.lanes)
    assert by_sonic.optic.lanes == one.optic.lanes


@pytest.mark.parametrize("made", [LinuxDriver, SonicDriver, NvueDriver])
async def test_a_port_that_is_none_is_never_read(made: type) -> None:
    cage = Cage(cmis_pages())
    for port in ("", "$(reboot)", "eth0; x", "-h\n"):
        with pytest.raises(InputError):
            await made(device("linux"), cage).module_memory(port)
    assert cage.asked == []


ROWS = _rows(cmis_pages()[0x11], 0x11)


@pytest.mark.parametrize(
    "reply",
    [
        ROWS[:-20],
        ROWS[: ROWS.index(b"0x00b0")],
        ROWS.replace(b"0x0090", b"0x00a0"),
        _rows(cmis_pages()[0x11], -1),
        b"Error: no\n",
        b"",
        b"\x18" * 128,
        ROWS.replace(b"44 47", b"44 4z"),
    ],
)
async def test_a_page_that_comes_otherwise_than_whole_is_refused(reply: bytes) -> None:
    cage = Cage(cmis_pages(), broken={0x11: reply})
    with pytest.raises((Unparsable, NoData)):
        await host(cage).module_memory("eth0")


@pytest.mark.parametrize(
    ("page", "at"),
    [(0, 2), (0, 40), (0, 94)],
)
async def test_a_wrong_bit_in_who_a_module_is_makes_its_memory_unreadable(page: int, at: int) -> None:
    pages = cmis_pages()
    wrong = bytearray(pages[page])
    wrong[at] ^= 0x10
    with pytest.raises(Unparsable):
        await host(Cage(pages | {page: bytes(wrong)})).module_memory("eth0")


async def test_an_identifier_that_is_none_is_no_module() -> None:
    for first in (0x00, 0xFF, 0x7E):
        with pytest.raises(Unparsable, match="identifier"):
            await host(Cage(cmis_pages(lower={0: first}))).module_memory("eth0")


async def test_a_host_without_modules_has_no_states() -> None:
    with pytest.raises(NoData):
        await host(Cage({})).module_states()


def sonic(**changed: Canned) -> SonicDriver:
    dump = 'sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_{}|*"'
    replies: dict[str, Canned] = {
        dump.format("STATUS"): changed.get("status", SONIC_MODULE_STATUS),
        dump.format("VDM_*"): changed.get("vdm", SONIC_MODULE_VDM),
    }
    if "breakouts" in changed:
        replies["show interfaces breakout current-mode"] = changed["breakouts"]
    return SonicDriver(device("sonic"), CannedLinks(replies))


async def test_field_08_sonic_s_states_come_from_its_database_and_no_module_is_asked() -> None:
    made = sonic()
    assert isinstance(made, TellsModuleStates)
    ready, low = await made.module_states()
    assert (ready.port, ready.state, ready.fault_cause) == ("Ethernet0", value("Ready"), value("none"))
    one, two = ready.lanes
    assert (one.data_path, one.config_status) == (value("Activated"), value("success"))
    assert (one.snr_media_db, one.ber_media) == (value(23.1171875), value(1.33e-9))
    # nobody says that a ratio of nought was measured
    assert (two.data_path, two.ber_media) == (value("Initialized"), NOT_AVAILABLE)
    assert (low.state, low.fault_cause) == (value("LowPwr"), NOT_AVAILABLE)


async def test_states_without_diagnostics_are_states_still() -> None:
    (ready, _) = await sonic(vdm=b"{}\n").module_states()
    assert ready.state == value("Ready")
    assert ready.lanes[0].snr_media_db.value is None
    for damaged in (SONIC_MODULE_STATUS[:-5], b"{}\n", b"[]\n", b"Traceback (most recent call last):\n"):
        with pytest.raises((Unparsable, NoData)):
            await sonic(status=damaged).module_states()


async def test_a_port_after_another_one_in_its_cage_is_told_no_lanes_of_its_neighbour() -> None:
    held = json.loads(SONIC_MODULE_STATUS)
    lanes = held["TRANSCEIVER_STATUS|Ethernet0"]
    status = json.dumps({f"TRANSCEIVER_STATUS|Ethernet{at}": lanes for at in (0, 8, 12, 16)}).encode()
    frame, head = "+---+---+", "| Interface | Current Breakout Mode |"
    rows = ("| Ethernet0 | 1x800G |", "| Ethernet8 | 2x400G |")
    modes = "\n".join((frame, head, *(line for row in rows for line in (frame, row)), frame)).encode()
    states = await sonic(status=status, breakouts=modes + b"\n").module_states()
    assert {state.port: len(state.lanes) for state in states} == {
        "Ethernet0": 2,
        "Ethernet8": 2,
        "Ethernet12": 0,
        "Ethernet16": 2,
    }
    assert {state.state for state in states} == {value("Ready")}
    with pytest.raises(Unparsable):
        await sonic(status=status, breakouts=modes[:-20]).module_states()


async def test_a_state_that_no_machine_has_is_not_known() -> None:
    held = json.loads(SONIC_MODULE_STATUS)
    held["TRANSCEIVER_STATUS|Ethernet0"]["value"]["module_state"] = "ModuleWonderful"
    (odd, _) = await sonic(status=json.dumps(held).encode()).module_states()
    assert odd.state == NOT_AVAILABLE
