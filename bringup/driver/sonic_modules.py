"""What a SONiC switch can do with the modules in its cages: transmitters, loopbacks, test patterns.

Whole ports by `sfputil debug`, the switch's own tool; single lanes and test patterns by the module's
registers (`sfputil read-eeprom` and `write-eeprom`), and these only on a port that has its cage to itself: on
one that is broken out nobody can tell here which lanes are its own. Source: sonic-utilities, sfputil.
"""

from __future__ import annotations

import re
import shlex
from typing import Protocol

from bringup.decode import sonic_eeprom
from bringup.decode.module import cmis_controls as cmis
from bringup.decode.module.codes import CMIS_IDENTIFIERS, SFF8636_IDENTIFIERS
from bringup.driver.reading import Command, change, read
from bringup.driver.told import fact
from bringup.model.errors import InputError, NoData, Refused, Unparsable
from bringup.model.facts_module import Loopback, Loopbacks, PatternTest, Role, Side, Transmitters
from bringup.model.inventory import Device
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from bringup.transport.base import Links

SFPUTIL = "sudo sfputil"
DEADLINE_S = 30.0
"""One call loads the platform's libraries, which takes seconds."""
FLAT, DIAGNOSTICS = 0x80, 0x20
"""Bits of the lower memory's byte 2, and of 01h:142."""
_PORT = re.compile(r"[A-Za-z][A-Za-z0-9/_.:-]{0,40}")
SFF8636_TX_DISABLE, SFF8636_LANES = 86, 0x0F


class _Sonic(Protocol):
    _device: Device
    _links: Links


class SonicModules:
    """A mixin: needs `_device` and `_links`."""

    async def transmitters(self: _Sonic, port: str) -> Transmitters:
        module = await _Module.of(self._device, self._links, port)
        if module.sff8636:
            (byte,) = await module.held(0, SFF8636_TX_DISABLE, 1)
            return cmis.transmitters(port, SFF8636_LANES, byte, None)
        (disabled,) = await module.held(cmis.TX_DISABLE_PAGE, cmis.TX_DISABLE_BYTE, 1)
        (sending,) = await module.held(cmis.OUTPUT_PAGE, cmis.TX_OUTPUT_BYTE, 1)
        return cmis.transmitters(port, await module.present(), disabled, sending)

    async def set_transmitters(self: _Sonic, port: str, lanes: tuple[int, ...], on: bool) -> None:
        if not lanes:
            text = f"{SFPUTIL} debug tx-output {_quoted(port)} {'enable' if on else 'disable'}"
            await change(await self._links.shell(), text, device=self._device.name, deadline_s=DEADLINE_S)
            return
        module = await _Module.of(self._device, self._links, port)
        page, at = (0, SFF8636_TX_DISABLE) if module.sff8636 else (cmis.TX_DISABLE_PAGE, cmis.TX_DISABLE_BYTE)
        (byte,) = await module.held(page, at, 1)
        await module.write(page, at, cmis.with_lanes(byte, _mask(lanes), not on))

    async def polling(self: _Sonic, port: str) -> Read:
        """Unset is enabled."""
        told = await _config(self._device, self._links, port, "dom_polling")
        known = {"": True, "enabled": True, "disabled": False}.get(told)
        return NOT_AVAILABLE if known is None else value(known)

    async def set_polling(self: _Sonic, port: str, on: bool) -> None:
        text = f"sudo config interface transceiver dom {_quoted(port)} {'enable' if on else 'disable'}"
        await change(await self._links.shell(), text, device=self._device.name)

    async def loopbacks(self: _Sonic, port: str) -> Loopbacks:
        module = await _Module.of(self._device, self._links, port)
        if not await module.diagnoses():
            return Loopbacks(port=port)
        return cmis.loopbacks(port, await module.control())

    async def set_loopback(self: _Sonic, port: str, where: Loopback, on: bool) -> None:
        text = f"{SFPUTIL} debug loopback {_quoted(port)} {where} {'enable' if on else 'disable'}"
        await change(await self._links.shell(), text, device=self._device.name, deadline_s=DEADLINE_S)

    async def pattern_test(self: _Sonic, port: str, side: Side) -> PatternTest:
        module = await _Module.of(self._device, self._links, port)
        await module.demand_diagnostics()
        control = await module.control()
        results = await module.held(cmis.RESULT_PAGE, cmis.FIRST_UPPER, cmis.RESULT_BYTES)
        if results[0] != cmis.BER_SELECTOR:
            await module.write(cmis.RESULT_PAGE, cmis.SELECTOR_BYTE, cmis.BER_SELECTOR)
            results = await module.held(cmis.RESULT_PAGE, cmis.FIRST_UPPER, cmis.RESULT_BYTES)
        return cmis.pattern_test(port, side, await module.present(), control, results)

    async def set_pattern(self: _Sonic, port: str, side: Side, role: Role, on: bool) -> None:
        module = await _Module.of(self._device, self._links, port)
        await module.demand_diagnostics()
        at = cmis.PATTERN_BYTES[side, role]
        lanes = await module.present()
        if on:
            pattern = cmis.pattern_offered(side, role, await module.control())
            if pattern is None:
                raise Refused(
                    f"{self._device.name}/{port}: the module has no PRBS-31 {role} on its {side} side",
                    "Test this end by loopback, or with traffic.",
                )
            for select in range(at + cmis.PATTERN_SELECT, at + cmis.PATTERN_SELECT + cmis.LANES // 2):
                await module.write(cmis.DIAGNOSTIC_PAGE, select, pattern << 4 | pattern)
        await module.write(cmis.DIAGNOSTIC_PAGE, at, lanes if on else 0)


class _Module:
    """The memory of the module of one port that has its cage to itself."""

    def __init__(self, device: Device, links: Links, port: str) -> None:
        self._device, self._links, self._port = device, links, _quoted(port)
        self._name = f"{device.name}/{port}"
        self.sff8636 = False

    @classmethod
    async def of(cls, device: Device, links: Links, port: str) -> _Module:
        """Raises:
        InputError: `port` is no port name.
        NoData: it has no module whose controls are known, or shares its cage.
        DeviceError: it can't be read.
        """
        found = cls(device, links, port)
        await found._alone()
        identifier, _, about = await found.held(0, 0, 3)
        found.sff8636 = identifier in SFF8636_IDENTIFIERS
        if not found.sff8636 and (identifier not in CMIS_IDENTIFIERS or about & FLAT):
            raise NoData(
                f"{found._name}: a module of identifier 0x{identifier:02x} has no controls of its lanes",
                "Copper and plain SFP modules have none: leave them out.",
            )
        return found

    async def _alone(self) -> None:
        """A port that is broken out has a number of its own in the configuration."""
        if await _config(self._device, self._links, self._port, "subport") not in ("", "0"):
            raise NoData(
                f"{self._name}: shares its cage with other ports, or nobody can tell",
                "Lanes of a port that is broken out are switched by hand, or with the whole cage.",
            )

    async def held(self, page: int, at: int, count: int) -> bytes:
        """Raises `Unparsable` where not so many come."""
        text = f"{SFPUTIL} read-eeprom -p {self._port} -n {page} -o {at} -s {count} --no-format"
        command = Command(text=text, format=sonic_eeprom.FORMATS[0], deadline_s=DEADLINE_S)
        shell = await self._links.shell()
        found = bytes.fromhex(fact(await read(shell, command, device=self._device.name), "hex", str))
        if len(found) != count:
            raise Unparsable(f"{self._name}: {len(found)} bytes of page {page:02x}h came instead of {count}")
        return found

    async def write(self, page: int, at: int, byte: int) -> None:
        text = f"{SFPUTIL} write-eeprom -p {self._port} -n {page} -o {at} -d {byte:02x}"
        shell = await self._links.shell()
        await change(shell, text, device=self._device.name, deadline_s=DEADLINE_S)

    async def present(self) -> int:
        """The media lanes that the module has (00h:210 tells those that it has not)."""
        return cmis.ALL & ~(await self.held(0, 210, 1))[0]

    async def diagnoses(self) -> bool:
        """Whether the module has pages 13h and 14h (01h:142)."""
        return not self.sff8636 and bool((await self.held(1, 142, 1))[0] & DIAGNOSTICS)

    async def demand_diagnostics(self) -> None:
        if not await self.diagnoses():
            raise NoData(
                f"{self._name}: its module has no pages of diagnostics",
                "Test this end by its host's own patterns, or with traffic.",
            )

    async def control(self) -> bytes:
        return await self.held(cmis.DIAGNOSTIC_PAGE, cmis.FIRST_UPPER, cmis.CONTROL_BYTES)


async def _config(device: Device, links: Links, port: str, field: str) -> str:
    """One field of a port's configuration; empty where it is not set, `?` where that can't be read."""
    text = f'sonic-db-cli CONFIG_DB HGET "PORT|{_quoted(port)}" {field}'
    result = await (await links.shell()).run(text, deadline_s=DEADLINE_S)
    if result.exit_status != 0:
        return "?"
    return result.stdout.strip().decode("ascii", errors="replace")


def _quoted(port: str) -> str:
    if not _PORT.fullmatch(port):
        raise InputError(f"{port[:40]!r} is no port name", "Names are as in `show interfaces status`.")
    return shlex.quote(port)


def _mask(lanes: tuple[int, ...]) -> int:
    try:
        return cmis.mask_of(lanes)
    except ValueError as error:
        raise InputError(str(error), "Lanes count from 1 to 8.") from None
