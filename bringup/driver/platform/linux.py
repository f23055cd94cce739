"""Linux hosts: coreutils, iproute2, ethtool and lldpd over SSH, or on this very machine.

What a plain installation lacks (ethtool, lldpd, DMI in a virtual machine) gives readings `unsupported`, not a
failure. A tool that lies outside the user's path, or needs root, is tried there and with `sudo -n`, and what
worked is remembered.
"""

from __future__ import annotations

import math
import re
import shlex
from types import MappingProxyType

import msgspec

from bringup.burnin.launch import exercise
from bringup.decode import (
    ethtool_counters,
    ethtool_module,
    ethtool_settings,
    linux_line,
    linux_link,
    linux_system,
    lldp_interfaces,
    lldp_json0,
)
from bringup.decode.fec import reed_solomon
from bringup.driver import linux_trial, lldpd, lossless
from bringup.driver.module_memory import ByEthtool, ModuleMemory, read_memory, states_of
from bringup.driver.on_trial import ConfigOnTrial, over_shell
from bringup.driver.platform import _linux_mlx, _linux_nic
from bringup.driver.platform._linux_gpu import LinuxAccelerators
from bringup.driver.port_plan import plan_of
from bringup.driver.reading import Command, NotPermitted, change, read
from bringup.driver.registry import Platform
from bringup.driver.told import fact
from bringup.model.errors import InputError, NoData, Unparsable
from bringup.model.facts import (
    Adapter,
    Clock,
    Decoded,
    Exercise,
    FecCounters,
    Identity,
    Neighbor,
    Optic,
    Port,
    Processor,
)
from bringup.model.facts_flow import FlowControl
from bringup.model.facts_module_state import ModuleState
from bringup.model.facts_nic import NicHealth, RdmaPort
from bringup.model.facts_port import PortPlan
from bringup.model.inventory import Device
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.transport.base import Links, Shell

COMMANDS = MappingProxyType(
    {
        "hostname": Command(text="hostname", format=linux_line.HOSTNAME),
        "release": Command(text="cat /etc/os-release", format=linux_system.OS_RELEASE),
        "kernel": Command(text="uname -srm", format=linux_line.UNAME),
        "model": Command(text="cat /sys/class/dmi/id/product_name", format=linux_system.DMI),
        "serial": Command(text="cat /sys/class/dmi/id/product_serial", format=linux_system.DMI),
        "vendor": Command(text="cat /sys/class/dmi/id/sys_vendor", format=linux_system.DMI),
        "bios": Command(text="cat /sys/class/dmi/id/bios_version", format=linux_system.DMI),
        "boot_id": Command(text="cat /proc/sys/kernel/random/boot_id", format=linux_line.BOOT_ID),
        "uptime": Command(text="cat /proc/uptime", format=linux_line.UPTIME),
        "clock": Command(text="date +%s.%N", format=linux_line.DATE),
        "synchronized": Command(text="timedatectl show", format=linux_system.TIMEDATECTL),
        "cpus": Command(text="nproc", format=linux_line.NPROC),
        "memory": Command(text="cat /proc/meminfo", format=linux_system.MEMINFO),
        "links": Command(text="ip -j link", format=linux_link.IP_LINK),
        "neighbors": Command(text="lldpcli show neighbors -f json0", format=lldp_json0.TABLE),
        "lldp_interfaces": Command(
            text="lldpcli show interfaces -f json0", format=lldp_interfaces.INTERFACES
        ),
    }
)
PER_PORT = MappingProxyType(
    {
        "settings": Command(text="ethtool {port}", format=ethtool_settings.ETHTOOL),
        "driver": Command(text="ethtool -i {port}", format=ethtool_settings.DRIVER),
        "module": Command(text="ethtool -m {port}", format=ethtool_module.MODULE),
        "statistics": Command(text="ethtool -S {port}", format=ethtool_counters.STATISTICS),
        "fec": Command(text="ethtool -I --show-fec {port}", format=ethtool_counters.FEC),
        "place": Command(text="readlink -f /sys/class/net/{port}/device", format=linux_link.PCIE_PLACE),
        "pcie": Command(
            text="cat /sys/class/net/{port}/device/current_link_width"
            " /sys/class/net/{port}/device/max_link_width"
            " /sys/class/net/{port}/device/current_link_speed"
            " /sys/class/net/{port}/device/max_link_speed",
            format=linux_link.PCIE_LINK,
        ),
    }
)
SYSTEM_TOOLS = frozenset({"dcb", "ethtool", "lldpcli", "ip", _linux_mlx.TOOL}) | _linux_nic.TOOLS
"""Tools that distributions keep in /usr/sbin, which is often not in the path of a user."""
UNPLUGGED_IS_EMPTY = frozenset({"mlx5_core"})
"""Drivers whose reason `No cable` is about the cage: the firmware's code 1024, cable unplugged."""
MAX_PORTS = 64
"""Interfaces that are asked one by one; a host of containers has hundreds, and none of them is a NIC's
port."""
_PORT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,14}")


class LinuxDriver(ConfigOnTrial[Shell], LinuxAccelerators):
    """Reads and changes one Linux host. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(linux_trial, over_shell)
        self._device = device
        self._links = links
        self._ways: dict[str, str] = {}

    async def identity(self) -> Identity:
        kernel = fact(await self._read(COMMANDS["kernel"]), "identity", Identity)
        release = await self._identity("release")
        bios = await self._firmware_text("bios")
        return msgspec.structs.replace(
            kernel,
            hostname=(await self._identity("hostname")).hostname,
            os_version=release.os_version,
            model=await self._firmware_text("model"),
            serial=await self._firmware_text("serial"),
            vendor=await self._firmware_text("vendor"),
            uptime_s=(await self._identity("uptime")).uptime_s,
            boot_id=(await self._identity("boot_id")).boot_id,
            firmware={"bios": bios} if bios.value is not None else {},
        )

    async def clock(self) -> Clock:
        """The clock, and whether the kernel's is disciplined (unknown where systemd is not there to tell)."""
        synchronized = UNSUPPORTED
        try:
            told = fact(await self._read(COMMANDS["synchronized"]), "clock", Clock)
            synchronized = told.synchronized
        except (NoData, Unparsable):  # no systemd, or no bus to ask it over
            pass
        clock = fact(await self._read(COMMANDS["clock"]), "clock", Clock)
        return msgspec.structs.replace(clock, synchronized=synchronized)

    async def processor(self) -> Processor:
        cpus = fact(await self._read(COMMANDS["cpus"]), "processor", Processor)
        memory = fact(await self._read(COMMANDS["memory"]), "processor", Processor)
        return Processor(cpu_count=cpus.cpu_count, memory_gib=memory.memory_gib)

    async def ports(self) -> tuple[Port, ...]:
        """All interfaces but the loopback; speed and FEC where ethtool tells them."""
        return tuple([await self._with_speed(port) for port in await self._links_of_host()])

    async def optics(self) -> tuple[Optic, ...]:
        """One for each interface that could have a module; without access to one, its readings say why
        not."""
        return tuple([await self._optic(port.name) for port in await self._links_of_host()])

    async def module_states(self) -> tuple[ModuleState, ...]:
        """Of every interface whose driver reads its module by pages.

        Raises:
            NoData: there is none.
        """
        name = self._device.name
        ports = [port.name for port in await self._links_of_host()]
        return await states_of({port: ByEthtool(self._read, port, name) for port in ports}, device=name)

    async def module_memory(self, port: str) -> ModuleMemory:
        """Raises:
        InputError: `port` is no interface name.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no interface name", "Names are as in `ip link`.")
        name = self._device.name
        return await read_memory(ByEthtool(self._read, port, name), port, device=name)

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        return tuple([await self._fec_counters(port.name) for port in await self._links_of_host()])

    async def flow_control(self) -> tuple[FlowControl, ...]:
        """Interfaces whose driver counts anything.

        Raises:
            NoData: none does.
        """
        found: list[FlowControl] = []
        for port in await self._links_of_host():
            told = await self._maybe("statistics", port.name)
            counters = None if isinstance(told, Read) else told.facts["counters"]
            if isinstance(counters, dict):
                found.append(await lossless.of_linux(self._read, port.name, counters))
        if not found:
            raise NoData(
                f"{self._device.name}: no interface has statistics of its driver", "Install ethtool."
            )
        return tuple(found)

    async def neighbors(self) -> tuple[Neighbor, ...]:
        return await lldpd.neighbors(
            self._read, COMMANDS["neighbors"], COMMANDS["lldp_interfaces"], device=self._device.name
        )

    async def adapters(self) -> tuple[Adapter, ...]:
        """The interfaces that hang on a PCI device, with what devlink and their vendors' tools add.

        Raises:
            NoData: none does.
        """
        return await _linux_nic.completed(self._read, await self._adapters())

    async def nic_health(self) -> tuple[NicHealth, ...]:
        return await _linux_nic.health(self._read, await self._adapters())

    async def rdma_ports(self) -> tuple[RdmaPort, ...]:
        return await _linux_nic.rdma_ports(self._read)

    async def _adapters(self) -> tuple[Adapter, ...]:
        found: list[Adapter] = []
        for port in await self._links_of_host():
            try:
                place = await self._read(_of_port("place", port.name))
            except NoData:  # a virtual interface has no device
                continue
            found.append(await self._adapter(port.name, place))
        if not found:
            raise NoData(
                f"{self._device.name}: no interface hangs on a PCI device", "Is this a virtual machine?"
            )
        return tuple(found)

    async def set_admin(self, port: str, up: bool) -> None:
        """Switch an interface on or off, until the next boot at the longest.

        Raises:
            InputError: `port` is no interface name.
            Refused: the host would not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no interface name", "Names are as in `ip link`.")
        text = f"sudo ip link set {shlex.quote(port)} {'up' if up else 'down'}"
        await change(await self._links.shell(), text, device=self._device.name)

    async def locate(self, port: str, seconds: float) -> None:
        """Have an adapter's lamp blink (`ethtool -p`): the first second in the foreground, so that what it
        can't do is heard, the rest behind it. The lamp goes out by itself.

        Raises:
            InputError: `port` is no interface name.
            Refused: the adapter has no such lamp, or the user may not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no interface name", "Names are as in `ip link`.")
        blink = f"ethtool -p {shlex.quote(port)}"
        shell = await self._links.shell()
        await change(shell, f"sudo {blink} 1", device=self._device.name)
        if seconds > 1:
            rest = f"{blink} {math.ceil(seconds) - 1}"
            behind = f"(sudo {rest} || {rest}) </dev/null >/dev/null 2>&1 &"
            await change(shell, behind, device=self._device.name)

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no interface name", "Names are as in `ip link`.")
        return plan_of("linux", port, what, to, await self.ports())

    # one reading

    async def exercise(self, test: str, number: float) -> Exercise:
        """One test of the burn-in agent, with its number of seconds or MiB."""
        return await exercise(await self._links.shell(), self._device.name, test, number)

    async def _read(self, command: Command) -> Decoded:
        """Run a command the way that its tool is known to work, or find one that does."""
        tool = command.text.split()[0]
        known = self._ways.get(tool)
        if known is not None:
            return await self._read_as(known, command)
        try:
            return await self._read_as("", command)
        except (NoData, NotPermitted) as first:
            for way in _other_ways(tool, first):
                try:
                    decoded = await self._read_as(way, command)
                except (NoData, NotPermitted, Unparsable):
                    continue
                self._ways[tool] = way
                return decoded
            raise

    async def _read_as(self, way: str, command: Command) -> Decoded:
        as_run = msgspec.structs.replace(command, text=way + command.text)
        return await read(await self._links.shell(), as_run, device=self._device.name)

    async def _maybe(self, what: str, port: str) -> Decoded | Read:
        """One reading of a port, or which kind of nothing it was."""
        try:
            return await self._read(_of_port(what, port))
        except NoData:
            return UNSUPPORTED
        except (NotPermitted, Unparsable):
            return NOT_AVAILABLE

    async def _identity(self, what: str) -> Identity:
        try:
            return fact(await self._read(COMMANDS[what]), "identity", Identity)
        except NoData:
            return Identity(
                hostname=UNSUPPORTED, os_version=UNSUPPORTED, uptime_s=UNSUPPORTED, boot_id=UNSUPPORTED
            )

    async def _firmware_text(self, what: str) -> Read:
        """A text of the DMI tables. A virtual machine or an ARM board may have none; serials need root."""
        try:
            text = (await self._read(COMMANDS[what])).facts["text"]
        except NoData:
            return UNSUPPORTED
        except NotPermitted:
            return NOT_AVAILABLE
        return value(text) if isinstance(text, str) else NOT_AVAILABLE

    async def _links_of_host(self) -> tuple[Port, ...]:
        decoded = await self._read(COMMANDS["links"])
        found, kinds = decoded.facts["ports"], decoded.facts["link_types"]
        assert isinstance(found, tuple) and isinstance(kinds, dict)
        ports = [port for port in found if isinstance(port, Port) and kinds.get(port.name) != "loopback"]
        return tuple(port for port in ports if _PORT_NAME.fullmatch(port.name))[:MAX_PORTS]

    async def _with_speed(self, port: Port) -> Port:
        settings = await self._maybe("settings", port.name)
        if isinstance(settings, Read):
            return msgspec.structs.replace(port, speed_gbps=settings, fec_mode=settings)
        speed = fact(settings, "port", Port).speed_gbps
        details = settings.facts["details"]
        lanes = details.get("lanes") if isinstance(details, dict) else None
        if port.oper_up.value is not True:  # ethtool says that no encoding is active, which is no mode
            return msgspec.structs.replace(
                port, speed_gbps=speed, fec_mode=NOT_AVAILABLE, **_set_to(details, lanes)
            )
        fec = await self._maybe("fec", port.name)
        mode = fec if isinstance(fec, Read) else _fec_mode(fec, speed, lanes)
        return msgspec.structs.replace(port, speed_gbps=speed, fec_mode=mode)

    async def _optic(self, port: str) -> Optic:
        """The module of a port. Its memory can't be read where there is none, and for other reasons too.

        The firmware behind mlx5 says `No cable` where no module is plugged in; both together are an empty
        cage. Other drivers give that reason for a module that receives no light (seen with ice), so theirs
        counts for nothing.
        """
        try:
            decoded = await self._read(_of_port("module", port))
        except NoData:
            none = UNSUPPORTED
        except NotPermitted:
            none = NOT_AVAILABLE
        except Unparsable:
            if await self._says_unplugged(port):
                return Optic(port=port, present=value(False))
            none = NOT_AVAILABLE
        else:
            return msgspec.structs.replace(fact(decoded, "optic", Optic), port=port)
        by_firmware = _linux_mlx.optic_in(await self._by_mlxlink(port), port)
        return by_firmware or Optic(port=port, present=none, medium=none, serial=none, temperature_c=none)

    async def _by_mlxlink(self, port: str) -> Decoded | None:
        driver = await self._maybe("driver", port)
        if isinstance(driver, Read):
            return None
        return await _linux_mlx.told(self._read, fact(driver, "adapter", Adapter))

    async def _says_unplugged(self, port: str) -> bool:
        driver, settings = await self._maybe("driver", port), await self._maybe("settings", port)
        if isinstance(driver, Read) or isinstance(settings, Read):
            return False
        details = settings.facts["details"]
        told = details.get("link_reason") if isinstance(details, dict) else None
        return told == "No cable" and fact(driver, "adapter", Adapter).driver.value in UNPLUGGED_IS_EMPTY

    async def _fec_counters(self, port: str) -> FecCounters:
        fec, statistics = await self._maybe("fec", port), await self._maybe("statistics", port)
        codewords = (
            FecCounters(port=port, corrected_codewords=fec, uncorrectable_codewords=fec)
            if isinstance(fec, Read)
            else fact(fec, "fec", FecCounters)
        )
        if isinstance(statistics, Read):
            counted = _linux_mlx.fec_in(await self._by_mlxlink(port), port) if isinstance(fec, Read) else None
            return counted or codewords
        others = fact(statistics, "fec", FecCounters)
        bits = codewords.corrected_bits
        return msgspec.structs.replace(
            codewords,
            symbol_errors=others.symbol_errors,
            corrected_bits=bits if bits.value is not None else others.corrected_bits,
            flap_count=others.flap_count,
        )

    async def _adapter(self, port: str, place: Decoded) -> Adapter:
        address = fact(place, "adapter", Adapter).pcie_address
        pcie = await self._maybe("pcie", port)
        link = linux_link.NO_PCIE_LINK if isinstance(pcie, Read) else fact(pcie, "adapter", Adapter)
        driver = await self._maybe("driver", port)
        told = (
            Adapter(port=port, driver=driver, firmware=driver)
            if isinstance(driver, Read)
            else fact(driver, "adapter", Adapter)
        )
        return msgspec.structs.replace(
            link, port=port, pcie_address=address, driver=told.driver, firmware=told.firmware
        )


def _of_port(what: str, port: str) -> Command:
    command = PER_PORT[what]
    return msgspec.structs.replace(command, text=command.text.format(port=shlex.quote(port)))


def _other_ways(tool: str, first: NoData | NotPermitted) -> tuple[str, ...]:
    """What to put before a command that could not be run as it stands."""
    if tool not in SYSTEM_TOOLS:
        return ()
    if isinstance(first, NotPermitted):
        return ("sudo -n ",)
    missing = re.search(r"not found|No such file", first.message) is not None
    return ("/usr/sbin/", "sudo -n ") if missing else ()


def _set_to(details: object, lanes: object) -> dict[str, Read]:
    """What a port without a link is set to, where it advertises one speed and one coding only."""
    told = details if isinstance(details, dict) else {}
    mbps, modes = told.get("speed_advertised_mbps"), told.get("fec_advertised")
    gbps = mbps / 1000 if isinstance(mbps, int) else None
    mode = modes[0] if isinstance(modes, list) and len(modes) == 1 else None
    coding = {"Off": value("none"), "BaseR": value("fc"), "RS": reed_solomon(gbps, _count(lanes))}
    return {
        "speed_set_gbps": ABSENT if gbps is None else value(gbps),
        "fec_set": coding.get(str(mode), ABSENT),
    }


def _count(told: object) -> int | None:
    return told if isinstance(told, int) else None


def _fec_mode(decoded: Decoded, speed: Read, lanes: object) -> Read:
    """ethtool's active encoding as the closed list rs544, rs528, fc, none."""
    details = decoded.facts["details"]
    assert isinstance(details, dict)
    mode, gbps = details["mode"], speed.value
    if isinstance(mode, str):
        return value(mode)
    if details["active"] != ["RS"] or not isinstance(gbps, float):
        return NOT_AVAILABLE
    return reed_solomon(gbps, lanes if isinstance(lanes, int) else None)


PLATFORM = Platform(
    name="linux",
    title="Linux host (SSH, or this machine)",
    transports=("ssh",),
    open=LinuxDriver,
)
