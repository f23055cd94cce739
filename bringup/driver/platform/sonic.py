"""SONiC switches: the text of its commands over SSH, and OpenConfig over gNMI for ports and FEC counters.

One command a table, one after the other: the switch's load matters more than ours. Commands and shapes:
sonic-utilities. The daemon that reads the modules takes up to a minute for its first cycle; until then DOM is
`N/A`.
"""

from __future__ import annotations

import re
import shlex
from types import MappingProxyType

import msgspec

from bringup.decode import (
    linux_line,
    lldp_interfaces,
    lldp_json0,
    sonic_breakout,
    sonic_counters,
    sonic_dom,
    sonic_interfaces,
    sonic_module_state,
    sonic_platform,
    sonic_transceiver,
)
from bringup.driver import bundles, lldpd, lossless, openconfig, sonic_trial
from bringup.driver.external_light import with_external_light
from bringup.driver.module_memory import BySfputil, ModuleMemory, read_memory, with_signals
from bringup.driver.monitored import age_of, aged
from bringup.driver.on_trial import ConfigOnTrial, over_shell
from bringup.driver.port_lines import BREAKOUT
from bringup.driver.port_plan import plan_of, plan_of_sonic, shares_cage
from bringup.driver.reading import Command, NotPermitted, change, read
from bringup.driver.registry import Platform
from bringup.driver.sonic_modules import SonicModules
from bringup.driver.told import fact, facts
from bringup.model.errors import InputError, NoData, Unparsable
from bringup.model.facts import (
    Bundle,
    Clock,
    Decoded,
    Environment,
    FecCounters,
    Identity,
    Neighbor,
    Optic,
    Port,
)
from bringup.model.facts_flow import FlowControl
from bringup.model.facts_module_state import ModuleState
from bringup.model.facts_port import PortPlan
from bringup.model.inventory import Device
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.transport.base import Links, Shell

COMMANDS = MappingProxyType(
    {
        "hostname": Command(text="hostname", format=linux_line.HOSTNAME),
        "version": Command(text="show version", format=sonic_platform.VERSION),
        "syseeprom": Command(text="show platform syseeprom", format=sonic_platform.SYSEEPROM),
        "uptime": Command(text="cat /proc/uptime", format=linux_line.UPTIME),
        "boot_id": Command(text="cat /proc/sys/kernel/random/boot_id", format=linux_line.BOOT_ID),
        "clock": Command(text="date +%s.%N", format=linux_line.DATE),
        "supplies": Command(text="show platform psustatus --json", format=sonic_platform.PSUSTATUS),
        "fans": Command(text="show platform fan", format=sonic_platform.FAN),
        "sensors": Command(text="show platform temperature", format=sonic_platform.TEMPERATURE),
        "ports": Command(text="show interfaces status", format=sonic_interfaces.INTERFACES_STATUS),
        "fec_modes": Command(text="show interfaces fec status", format=sonic_interfaces.FEC_STATUS),
        "breakouts": Command(
            text="show interfaces breakout current-mode", format=sonic_breakout.BREAKOUT_MODES
        ),
        "fec_counters": Command(text="show interfaces counters fec-stats", format=sonic_counters.FEC_STATS),
        "presence": Command(text="show interfaces transceiver presence", format=sonic_transceiver.PRESENCE),
        "eeprom": Command(
            text="show interfaces transceiver eeprom -d",
            format=sonic_transceiver.TRANSCEIVER_EEPROM,
            deadline_s=60.0,
        ),
        "dom_times": Command(
            text='sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_DOM_SENSOR|*"', format=sonic_dom.DOM
        ),
        "module_status": Command(
            text='sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_STATUS|*"',
            format=sonic_module_state.MODULE_STATUS,
        ),
        "module_vdm": Command(
            text='sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_VDM_*|*"', format=sonic_module_state.MODULE_VDM
        ),
        "neighbors": Command(text="docker exec lldp lldpctl -f json0", format=lldp_json0.TABLE),
        "lldp_interfaces": Command(
            text="docker exec lldp lldpcli show interfaces -f json0", format=lldp_interfaces.INTERFACES
        ),
    }
)
DOM_PERIOD_S = 60.0
"""xcvrd reads the modules once a minute; between two of its readings the database tells the old one."""
SHUTDOWN, STARTUP = "sudo config interface shutdown", "sudo config interface startup"
_PORT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9/_.:-]{0,40}")


class SonicDriver(SonicModules, ConfigOnTrial[Shell]):
    """Reads and changes one SONiC switch. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(sonic_trial, over_shell)
        self._device = device
        self._links = links

    async def _read(self, what: str) -> Decoded:
        return await self._read_command(COMMANDS[what])

    async def _read_command(self, command: Command) -> Decoded:
        shell = await self._links.shell()
        try:
            return await read(shell, command, device=self._device.name)
        except NotPermitted:
            if not command.text.startswith("docker "):
                raise
        # a user who is not in the group docker
        as_root = msgspec.structs.replace(command, text=f"sudo -n {command.text}")
        return await read(shell, as_root, device=self._device.name)

    async def identity(self) -> Identity:
        version = await self._read("version")
        found = fact(version, "identity", Identity)
        hostname, uptime = (
            fact(await self._read("hostname"), "identity", Identity),
            fact(await self._read("uptime"), "identity", Identity),
        )
        boot = fact(await self._read("boot_id"), "identity", Identity)
        try:
            board = fact(await self._read("syseeprom"), "identity", Identity)
        except (NoData, Unparsable):  # virtual and some vendors' switches have no such EEPROM
            board = Identity()
        return msgspec.structs.replace(
            found,
            hostname=hostname.hostname,
            vendor=board.vendor,
            model=_first(found.model, board.model),
            serial=_first(found.serial, board.serial),
            uptime_s=uptime.uptime_s,
            boot_id=boot.boot_id,
        )

    async def clock(self) -> Clock:
        return fact(await self._read("clock"), "clock", Clock)

    async def environment(self) -> Environment:
        """What the switch has of supplies, fans and sensors.

        Raises:
            NoData: it has none of the three.
        """
        parts: list[Environment] = []
        missing: NoData | None = None
        for what in ("supplies", "fans", "sensors"):
            try:
                parts.append(fact(await self._read(what), "environment", Environment))
            except NoData as none:
                missing = none
        if missing is not None and not parts:
            raise missing
        return Environment(
            supplies=tuple(supply for part in parts for supply in part.supplies),
            fans=tuple(fan for part in parts for fan in part.fans),
            sensors=tuple(sensor for part in parts for sensor in part.sensors),
        )

    async def ports(self) -> tuple[Port, ...]:
        if self._links.has("gnmi"):
            return await openconfig.ports(await self._links.gnmi())
        status, modes = await self._read("ports"), await self._read("fec_modes")
        details, fec = status.facts["details"], modes.facts["fec"]
        assert isinstance(details, dict) and isinstance(fec, dict)
        return tuple(_with_fec(port, details, fec) for port in facts(status, "ports", Port))

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        if self._links.has("gnmi"):
            return await openconfig.fec_counters(await self._links.gnmi())
        return facts(await self._read("fec_counters"), "fec_counters", FecCounters)

    async def flow_control(self) -> tuple[FlowControl, ...]:
        return await lossless.of_sonic(self._read_command)

    async def optics(self) -> tuple[Optic, ...]:
        """Presence by the presence table, everything else by the module's own memory.

        A module that is present but whose memory could not be read has readings `not_available`. Over gNMI
        where the inventory gives nothing else.
        """
        if self._links.has("gnmi") and not self._links.has("ssh"):
            return await openconfig.optics(await self._links.gnmi())
        seen = facts(await self._read("presence"), "optics", Optic)
        read_out = {optic.port: optic for optic in facts(await self._read("eeprom"), "optics", Optic)}
        ages = await self._monitor_ages()
        found = tuple(aged(_joined(optic, read_out.get(optic.port)), ages.get(optic.port)) for optic in seen)
        name = self._device.name
        return await with_external_light(
            found, lambda port: BySfputil(self._read_command, port, name), device=name
        )

    async def _monitor_ages(self) -> dict[str, float | None]:
        """Seconds since the daemon read each module, by the switch's own clock; older releases don't tell."""
        try:
            told = (await self._read("dom_times")).facts["updated_unix_s"]
        except (NoData, Unparsable, NotPermitted):
            return {}
        now = (await self.clock()).unix_s.value
        assert isinstance(told, dict)
        return {port: age_of(now, stamp, sonic_dom.KNOWN_TO_S) for port, stamp in told.items()}

    async def module_states(self) -> tuple[ModuleState, ...]:
        """As the switch's daemon read them last, out of its database: no module is asked (field rule 8).

        Lanes count within the module. Of a port that comes after another one in its cage nobody can tell
        here which are its own, so it has none.
        """
        states = facts(await self._read("module_status"), "states", ModuleState)
        try:
            measured = facts(await self._read("module_vdm"), "states", ModuleState)
        except (NoData, Unparsable):  # older releases and modules without diagnostics
            measured = ()
        by_port = {state.port: state for state in measured}
        names, modes = [state.port for state in states], await self._breakouts()
        whole = [
            msgspec.structs.replace(state, lanes=()) if shares_cage(state.port, names, modes) else state
            for state in (with_signals(state, by_port.get(state.port)) for state in states)
        ]
        return tuple(whole)

    async def _breakouts(self) -> dict[str, object]:
        """Mode by the first port of each cage that can be broken out. A damaged table is no empty one."""
        try:
            told = (await self._read("breakouts")).facts["modes"]
        except (NoData, NotPermitted):  # older releases, and switches whose cages stay whole
            return {}
        assert isinstance(told, dict)
        return told

    async def module_memory(self, port: str) -> ModuleMemory:
        """By `sfputil`, while the switch's daemon reads the same module: for ports that carry nothing.

        Raises:
            InputError: `port` is no port name.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no port name", "Names are as in `show interfaces status`.")
        name = self._device.name
        return await read_memory(BySfputil(self._read_command, port, name), port, device=name)

    async def neighbors(self) -> tuple[Neighbor, ...]:
        if self._links.has("gnmi") and not self._links.has("ssh"):
            return await openconfig.neighbors(await self._links.gnmi())
        return await lldpd.neighbors(
            self._read_command,
            COMMANDS["neighbors"],
            COMMANDS["lldp_interfaces"],
            device=self._device.name,
        )

    async def set_admin(self, port: str, up: bool) -> None:
        """Start or shut a port, in the running configuration only: it is not saved.

        Raises:
            InputError: `port` is no port name.
            Refused: the switch would not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no port name", "Names are as in `show interfaces status`.")
        text = f"{STARTUP if up else SHUTDOWN} {shlex.quote(port)}"
        await change(await self._links.shell(), text, device=self._device.name)

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        """Breakouts are told by a table of their own; a switch without one has none to change."""
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no port name", "Names are as in `show interfaces status`.")
        ports = await self.ports()
        if what != BREAKOUT:
            return plan_of("sonic", port, what, to, ports)
        modes = (await self._read("breakouts")).facts["modes"]
        assert isinstance(modes, dict)
        return plan_of_sonic(port, what, to, ports, modes)

    async def bundles(self) -> tuple[Bundle, ...]:
        return await bundles.of_sonic(await self._links.shell(), device=self._device.name)


def _first(first: Read, second: Read) -> Read:
    return first if first.value is not None else (second if second.value is not None else first)


def _with_fec(port: Port, details: dict[str, object], fec: dict[str, object]) -> Port:
    """`port` with the FEC that runs. While it is down SONiC tells none."""
    modes, known = fec.get(port.name), details.get(port.name)
    if not isinstance(modes, dict) or not isinstance(known, dict):
        return port
    lanes, speed = known["lanes"], port.speed_gbps.value
    mode = sonic_interfaces.fec_in_use(
        modes["oper"],
        speed if isinstance(speed, float) else None,
        len(lanes) if isinstance(lanes, list) else None,
    )
    return msgspec.structs.replace(port, fec_mode=mode)


def _joined(seen: Optic, read_out: Optic | None) -> Optic:
    if read_out is not None and read_out.present.value is True:
        return read_out
    if seen.present.value is not True:
        return seen
    unread = NOT_AVAILABLE if read_out is not None else ABSENT
    return Optic(
        port=seen.port,
        present=value(True),
        medium=unread,
        vendor=unread,
        part_number=unread,
        serial=unread,
        temperature_c=unread,
    )


PLATFORM = Platform(
    name="sonic",
    title="SONiC (SSH, gNMI)",
    transports=("ssh", "gnmi"),
    open=SonicDriver,
    samples_s=MappingProxyType({"optics": DOM_PERIOD_S}),
)
