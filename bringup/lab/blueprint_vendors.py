"""Switches of more makes that a profile's table names: Cumulus Linux (NVUE), NX-OS and Junos.

As in `bringup.lab.blueprint`: a row in, a healthy device out; order of the calls is order of the dice. Parts
have the names that their switch gives them (`PSU1`, `PSM 0`): that is what an inventory of it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from bringup.lab.blueprint import Plug, access
from bringup.lab.breakout import CAGE_LANES, WHOLE, set_mode
from bringup.lab.parts import Builder
from bringup.lab.state import Device, Fan, Port, Sensor, Supply
from bringup.lab.state_rack import Cage

WAYS = MappingProxyType({"nvue": ("{}s{}", 0), "nxos": ("{}/{}", 1), "junos": ("{}:{}", 0)})
"""Platform -> how a way of a cage is called, and the number of the first."""


def nvue_switch(
    build: Builder, name: str, number: int, names: Sequence[str], plugs: Sequence[Plug], *, role: str = "leaf"
) -> Device:
    """A Cumulus Linux switch with ports such as `swp1`; `number` is the third byte of its MAC addresses."""
    return Device(
        name=name,
        role=role,
        platform="nvue",
        vendor="Nvidia",
        model="SN5600",
        serial=build.serial("MT"),
        os_version="Cumulus Linux 5.11.1",
        hostname=name,
        hardware_revision="A1",
        chassis_id=build.mac(number, 0),
        kernel="6.1.0-cl-1-amd64",
        load_w=520.0,
        supplies=_supplies(build, plugs, "SN5600-PSU", "PSU{}", 1),
        fans=[Fan(name=f"FAN{at // 2 + 1}/{at % 2 + 1}", rpm=8000.0 + 60.0 * at) for at in range(4)],
        sensors=[
            Sensor(name="Asic Temp Sensor", rise_c=33.0, high_c=105.0, critical_c=120.0),
            Sensor(name="Main Board Ambient Sensor", rise_c=3.0, high_c=60.0, critical_c=80.0),
        ],
        ports=_ports(build, name, names, number),
        access=access(name, ssh=True, tls=True),
        boot_s=110.0,
    )


def nxos_switch(
    build: Builder, name: str, number: int, names: Sequence[str], plugs: Sequence[Plug], *, role: str = "leaf"
) -> Device:
    """An NX-OS switch with ports such as `Ethernet1/1`; `number` as above."""
    return Device(
        name=name,
        role=role,
        platform="nxos",
        vendor="Cisco",
        model="Nexus9000 C9364D-GX2A Chassis",
        serial=build.serial("FDO"),
        os_version="10.4(3)",
        hostname=name,
        hardware_revision="V01",
        chassis_id=build.mac(number, 0),
        kernel="5.10.118",
        firmware={"bios": "01.14"},
        load_w=540.0,
        supplies=_supplies(build, plugs, "NXA-PAC-3200W-PI", "psu-{}", 1),
        fans=[Fan(name=f"fan-{fan}", rpm=9200.0) for fan in range(1, 5)],
        sensors=[
            Sensor(name="FRONT", rise_c=2.0, high_c=70.0, critical_c=80.0),
            Sensor(name="CPU", rise_c=21.0, high_c=80.0, critical_c=90.0),
            Sensor(name="Sugarbowl", rise_c=30.0, high_c=90.0, critical_c=110.0),
        ],
        ports=_ports(build, name, names, number),
        access=access(name, ssh=True, tls=True),
        boot_s=240.0,
    )


def junos_switch(
    build: Builder, name: str, number: int, names: Sequence[str], plugs: Sequence[Plug], *, role: str = "leaf"
) -> Device:
    """A Junos Evolved switch with ports such as `et-0/0/0`; `number` as above."""
    return Device(
        name=name,
        role=role,
        platform="junos",
        vendor="Juniper",
        model="qfx5240-64od",
        serial=build.serial("AO"),
        os_version="23.4X100-D40.7-EVO",
        hostname=name,
        hardware_revision="REV 03",
        chassis_id=build.mac(number, 0),
        kernel="5.2.60-yocto-standard",
        load_w=560.0,
        supplies=_supplies(build, plugs, "AC AFO 3000W PSU", "psm-{}", 0),
        fans=[Fan(name=f"Fan Tray {at // 2} Fan {at % 2 + 1}", rpm=12000.0 - 75.0 * at) for at in range(4)],
        sensors=[
            Sensor(name="FPC 0 Sensor TH5 Max Reading", rise_c=45.0, high_c=100.0, critical_c=110.0),
            Sensor(name="Routing Engine 0 CPU Temperature", rise_c=40.0, high_c=100.0, critical_c=105.0),
        ],
        ports=_ports(build, name, names, number),
        access=access(name, ssh=True, tls=True),
        boot_s=300.0,
    )


def make_cage(build: Builder, device: Device, whole: str, number: int) -> None:
    """Let the cage of the port `whole` be broken out, into ports that are called after it; it is not yet."""
    form, first = WAYS[device.platform]
    port = next(port for port in device.ports if port.name == whole)
    ways = [
        build.port(device.name, form.format(whole, lane + first), 100 + 8 * port.index + lane, number)
        for lane in range(CAGE_LANES)
    ]
    for each in (port, *ways):
        each.cage = whole
    at = device.ports.index(port) + 1
    device.ports[at:at] = ways
    cage = Cage(name=whole, ports=[way.name for way in ways], mode=WHOLE, whole=whole)
    device.cages.append(cage)
    set_mode(device, cage, WHOLE)


def _ports(build: Builder, name: str, names: Sequence[str], number: int) -> list[Port]:
    return [build.port(name, port, index, number) for index, port in enumerate(names, 1)]


def _supplies(build: Builder, plugs: Sequence[Plug], model: str, named: str, first: int) -> list[Supply]:
    made = build.supplies(plugs, 3000.0, model)
    for at, supply in enumerate(made, first):
        supply.name = named.format(at)
    return made
