"""Makes of device that a profile's table names: a row in, a healthy device out.

Each function takes what differs from rack to rack (names, ports, plugs) and fills in what is the same in each
device of that make. Order of the calls is order of the dice: a seed gives the same parts each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bringup.lab.keys import make_certificate, make_ssh_key
from bringup.lab.optic_kind import kind_of
from bringup.lab.parts import DR4, Builder
from bringup.lab.state import Access, Adapter, Device, Fan, Host, Outlet, Plant, Sensor

SETTLED_S = 1800.0
"""How long a new world has been standing when somebody first looks."""
LONG_UP_S = 40 * 86400.0
EOS_MOST_MTU = 9214
"""Of a routed port of EOS, in bytes."""
PASSWORD = "lab-password"
USER = "admin"
SNMP_USER, SNMP_AUTH, SNMP_PRIV = "bringup", "lab-auth-key", "lab-priv-key"
READ_COMMUNITY, WRITE_COMMUNITY = "public", "lab-write"

Plug = tuple[str | None, int | None]
"""A PDU and the number of one of its outlets."""
BUILDING: Plug = (None, None)


class Nic(NamedTuple):
    """One port of a server's network adapter: its name and the PCIe address of its function."""

    name: str
    pcie_address: str


def access(name: str, *, ssh: bool = False, tls: bool = False) -> Access:
    """A login, and the keys that the device made at its first boot."""
    found = Access(user=USER, password=PASSWORD)
    if ssh:
        found.ssh_host_key = make_ssh_key()
    if tls:
        found.tls_key, found.tls_certificate = make_certificate(name)
    return found


def outlets(labels: Sequence[str], off: Sequence[int], count: int = 0) -> list[Outlet]:
    """Outlets 1, 2, 3, … by label; those after the last label, up to `count`, are spare and off."""
    named = [*labels, *(f"spare {index}" for index in range(len(labels) + 1, count + 1))]
    return [
        Outlet(index=index, label=label, commanded_on=index <= len(labels) and index not in off)
        for index, label in enumerate(named, 1)
    ]


def apc_pdu(build: Builder, name: str, model: str, found: list[Outlet]) -> Device:
    """An APC rack PDU; SNMP v2c and one v3 user."""
    return Device(
        name=name,
        role="pdu",
        platform="apc-pdu",
        vendor="APC",
        model=model,
        serial=build.serial("5A"),
        os_version="v6.9.6",
        hostname=name,
        hardware_revision="02",
        firmware={"rpdu2g": "v6.9.6", "apc_os": "v6.9.6"},
        outlets=found,
        access=Access(
            read_community=READ_COMMUNITY,
            write_community=WRITE_COMMUNITY,
            snmp_user=SNMP_USER,
            snmp_auth_key=SNMP_AUTH,
            snmp_priv_key=SNMP_PRIV,
        ),
        boot_s=20.0,
    )


def raritan_pdu(build: Builder, name: str, found: list[Outlet]) -> Device:
    """A Raritan PX3; no community, one v3 user."""
    return Device(
        name=name,
        role="pdu",
        platform="raritan-pdu",
        vendor="Raritan",
        model="PX3-5493U-K2",
        serial=build.serial("1S"),
        os_version="4.2.0.5-50274",
        hostname=name,
        hardware_revision="0x64",
        outlets=found,
        access=Access(snmp_user=SNMP_USER, snmp_auth_key=SNMP_AUTH, snmp_priv_key=SNMP_PRIV),
        boot_s=30.0,
    )


def sonic_switch(
    build: Builder, name: str, number: int, names: Sequence[str], plugs: Sequence[Plug], *, role: str = "leaf"
) -> Device:
    """A SONiC switch with 400G cages, each of 8 lanes; `number` is the third byte of its MAC addresses."""
    ports = [
        build.port(name, port, 1 + 8 * index, number, f"etp{index + 1}") for index, port in enumerate(names)
    ]
    return Device(
        name=name,
        role=role,
        platform="sonic",
        vendor="Labtron",
        model="LT-9732",
        serial=build.serial("LT"),
        os_version="202411.3",
        hostname=name,
        hardware_revision="1.2",
        chassis_id=build.mac(number, 0),
        kernel="6.1.0-29-2-amd64",
        load_w=420.0,
        supplies=build.supplies(plugs, 1500.0, "PSU-1500AC"),
        fans=[Fan(name=f"FAN-{fan}", rpm=9000.0 + 120.0 * fan) for fan in range(1, 5)],
        sensors=[
            Sensor(name="ASIC", rise_c=31.0, high_c=100.0, critical_c=105.0),
            Sensor(name="Inlet", rise_c=2.0, high_c=55.0, critical_c=60.0),
        ],
        ports=ports,
        access=access(name, ssh=True, tls=True),
        boot_s=90.0,
    )


def eos_switch(
    build: Builder, name: str, number: int, names: Sequence[str], plugs: Sequence[Plug], *, role: str = "leaf"
) -> Device:
    """An EOS switch with 400G cages; `number` is the third byte of its MAC addresses."""
    ports = [build.port(name, port, index, number) for index, port in enumerate(names, 1)]
    for port in ports:
        port.mtu = EOS_MOST_MTU
    return Device(
        name=name,
        role=role,
        platform="eos",
        vendor="Arista",
        model="DCS-7060DX5-32",
        serial=build.serial("JP"),
        os_version="4.32.2F",
        hostname=name,
        hardware_revision="11.02",
        chassis_id=build.mac(number, 0),
        kernel="5.10.165",
        load_w=460.0,
        supplies=build.supplies(plugs, 1500.0, "PWR-1511-AC"),
        fans=[Fan(name=str(fan), rpm=8400.0 + 90.0 * fan) for fan in range(1, 5)],
        sensors=[
            Sensor(name="TempSensor1", rise_c=29.0, high_c=95.0, critical_c=105.0),
            Sensor(name="TempSensor2", rise_c=3.0, high_c=55.0, critical_c=65.0),
        ],
        ports=ports,
        access=access(name, tls=True),
        boot_s=120.0,
    )


def server(
    build: Builder,
    name: str,
    number: int,
    nics: Sequence[Nic],
    plugs: Sequence[Plug],
    bmc: str,
    *,
    model: str = "LT-G8",
    load_w: float = 640.0,
    supply: tuple[float, str] = (2600.0, "PSU-2600AC"),
) -> Device:
    """A server that is off; its adapters are ConnectX-7 on PCIe Gen5 x16."""
    ports = []
    for index, nic in enumerate(nics, 2):
        port = build.port(name, nic.name, index, number)
        port.mtu = 9000
        port.adapter = Adapter(
            driver="mlx5_core",
            firmware="28.42.1000 (LAB0000000001)",
            model="ConnectX-7",
            serial=build.serial("MT"),
            pcie_address=nic.pcie_address,
            width=16,
            max_width=16,
            gt_s=32.0,
            max_gt_s=32.0,
        )
        ports.append(port)
    return Device(
        name=name,
        role="node",
        platform="linux",
        vendor="Labtron",
        model=model,
        serial=build.serial("LG"),
        os_version="Ubuntu 22.04.5 LTS",
        hostname=name,
        chassis_id=build.mac(number, 0),
        kernel="5.15.0-130-generic",
        firmware={"bios": "1.9.4"},
        cpu_count=64,
        memory_kib=263_843_216,
        load_w=load_w,
        supplies=build.supplies(plugs, *supply),
        fans=[Fan(name=f"fan-{fan}", rpm=7200.0) for fan in range(1, 5)],
        sensors=[
            Sensor(name="CPU0", rise_c=28.0, high_c=95.0, critical_c=100.0),
            Sensor(name="Inlet", rise_c=1.0, high_c=45.0, critical_c=50.0),
        ],
        ports=ports,
        access=access(name, ssh=True),
        boot_s=150.0,
        host=Host(),
        bmc=bmc,
    )


def bmc(build: Builder, name: str, host: str) -> Device:
    """The BMC of `host`, on its standby power."""
    return Device(
        name=name,
        role="bmc",
        platform="redfish-bmc",
        vendor="Labtron",
        model="LT-BMC2",
        serial=build.serial("LB"),
        os_version="2.14.1",
        hostname=name,
        firmware={"bmc": "2.14.1"},
        access=access(name, tls=True),
        boot_s=60.0,
        host_device=host,
    )


class Row(NamedTuple):
    """One cable of a profile's table."""

    label: str
    a: str
    b: str
    length_m: float
    medium: str = DR4
    trunk: str = ""


def assemble(
    build: Builder,
    name: str,
    speed: float,
    origin_unix_s: float,
    devices: list[Device],
    rows: Sequence[Row],
) -> Plant:
    """Cable the devices, fit a module into each cabled cage (where the cable does not bring it), and let what
    is not switched by a BMC be up.
    """
    cables = [build.cable(row.label, row.a, row.b, row.length_m, row.medium) for row in rows]
    for cable, row in zip(cables, rows, strict=True):
        cable.trunk = row.trunk
    media = {end: row.medium for row in rows for end in (row.a, row.b)}
    for device in devices:
        for port in device.ports:
            if port.subject not in media or kind_of(media[port.subject]).assembly:
                continue
            port.optic = build.optic(DR4 if port.cage is not None else media[port.subject])
        if device.host is None:
            device.boot_started_at = origin_unix_s - LONG_UP_S
            device.booted, device.boots = True, 1
            device.boot_id = f"00000000-0000-4000-8000-{build.dice.randrange(16**12):012x}"
    return Plant(
        name=name,
        seed=build.seed,
        speed=speed,
        origin_unix_s=origin_unix_s,
        at=origin_unix_s - SETTLED_S,
        devices=devices,
        cables=cables,
    )
