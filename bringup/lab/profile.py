"""Profiles: healthy racks, built by rule and seed. `mini`: one PDU, two leaves, one node, four links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bringup.lab.keys import make_certificate, make_ssh_key
from bringup.lab.parts import Builder
from bringup.lab.state import (
    Access,
    Adapter,
    Device,
    Fan,
    Host,
    Outlet,
    Plant,
    Sensor,
)

SETTLED_S = 1800.0
"""How long a new world has been standing when somebody first looks."""
LONG_UP_S = 40 * 86400.0
PASSWORD = "lab-password"
USER = "admin"


def _access(name: str, *, ssh: bool = False, tls: bool = False) -> Access:
    access = Access(user=USER, password=PASSWORD)
    if ssh:
        access.ssh_host_key = make_ssh_key()
    if tls:
        access.tls_key, access.tls_certificate = make_certificate(name)
    return access


def _pdu(build: Builder) -> Device:
    fed = ["leaf-1 psu-1", "leaf-1 psu-2", "leaf-2 psu-1", "leaf-2 psu-2", "node-01 psu-1", "node-01 psu-2"]
    labels = [*fed, "spare 7", "spare 8"]
    on = {1, 2, 3, 4, 6}
    return Device(
        name="pdu-1",
        role="pdu",
        platform="apc-pdu",
        vendor="APC",
        model="AP8853",
        serial=build.serial("5A"),
        os_version="v6.9.6",
        hostname="pdu-1",
        hardware_revision="02",
        firmware={"rpdu2g": "v6.9.6", "apc_os": "v6.9.6"},
        outlets=[
            Outlet(index=index, label=label, commanded_on=index in on)
            for index, label in enumerate(labels, 1)
        ],
        access=Access(
            read_community="public",
            write_community="lab-write",
            snmp_user="bringup",
            snmp_auth_key="lab-auth-key",
            snmp_priv_key="lab-priv-key",
        ),
        boot_s=20.0,
    )


def _leaf_1(build: Builder) -> Device:
    names = ("Ethernet0", "Ethernet8", "Ethernet16", "Ethernet24")
    ports = [
        build.port("leaf-1", name, 1 + 8 * number, 1, f"etp{number + 1}") for number, name in enumerate(names)
    ]
    return Device(
        name="leaf-1",
        role="leaf",
        platform="sonic",
        vendor="Labtron",
        model="LT-9732",
        serial=build.serial("LT"),
        os_version="202411.3",
        hostname="leaf-1",
        hardware_revision="1.2",
        chassis_id=build.mac(1, 0),
        kernel="6.1.0-29-2-amd64",
        load_w=420.0,
        supplies=build.supplies(1, 1500.0, "PSU-1500AC"),
        fans=[Fan(name=f"FAN-{number}", rpm=9000.0 + 120.0 * number) for number in range(1, 5)],
        sensors=[
            Sensor(name="ASIC", rise_c=31.0, high_c=100.0, critical_c=105.0),
            Sensor(name="Inlet", rise_c=2.0, high_c=55.0, critical_c=60.0),
        ],
        ports=ports,
        access=_access("leaf-1", ssh=True, tls=True),
        boot_s=90.0,
    )


def _leaf_2(build: Builder) -> Device:
    ports = [build.port("leaf-2", f"Ethernet{number}/1", number, 2) for number in range(1, 5)]
    return Device(
        name="leaf-2",
        role="leaf",
        platform="eos",
        vendor="Arista",
        model="DCS-7060DX5-32",
        serial=build.serial("JP"),
        os_version="4.32.2F",
        hostname="leaf-2",
        hardware_revision="11.02",
        chassis_id=build.mac(2, 0),
        kernel="5.10.165",
        load_w=460.0,
        supplies=build.supplies(3, 1500.0, "PWR-1511-AC"),
        fans=[Fan(name=str(number), rpm=8400.0 + 90.0 * number) for number in range(1, 5)],
        sensors=[
            Sensor(name="TempSensor1", rise_c=29.0, high_c=95.0, critical_c=105.0),
            Sensor(name="TempSensor2", rise_c=3.0, high_c=55.0, critical_c=65.0),
        ],
        ports=ports,
        access=_access("leaf-2", tls=True),
        boot_s=120.0,
    )


def _node(build: Builder) -> Device:
    ports = []
    for index, (name, bus) in enumerate((("enp65s0np0", "0000:41:00.0"), ("enp193s0np0", "0000:c1:00.0")), 2):
        port = build.port("node-01", name, index, 3)
        port.mtu = 9000
        port.adapter = Adapter(
            driver="mlx5_core",
            firmware="28.42.1000 (LAB0000000001)",
            model="ConnectX-7",
            serial=build.serial("MT"),
            pcie_address=bus,
            width=16,
            max_width=16,
            gt_s=32.0,
            max_gt_s=32.0,
        )
        ports.append(port)
    return Device(
        name="node-01",
        role="node",
        platform="linux",
        vendor="Labtron",
        model="LT-G8",
        serial=build.serial("LG"),
        os_version="Ubuntu 22.04.5 LTS",
        hostname="node-01",
        chassis_id=build.mac(3, 0),
        kernel="5.15.0-130-generic",
        firmware={"bios": "1.9.4"},
        cpu_count=64,
        memory_kib=263_843_216,
        load_w=640.0,
        supplies=build.supplies(5, 2600.0, "PSU-2600AC"),
        fans=[Fan(name=f"fan-{number}", rpm=7200.0) for number in range(1, 5)],
        sensors=[
            Sensor(name="CPU0", rise_c=28.0, high_c=95.0, critical_c=100.0),
            Sensor(name="Inlet", rise_c=1.0, high_c=45.0, critical_c=50.0),
        ],
        ports=ports,
        access=_access("node-01", ssh=True),
        boot_s=150.0,
        host=Host(),
        bmc="bmc-01",
    )


def _bmc(build: Builder) -> Device:
    return Device(
        name="bmc-01",
        role="bmc",
        platform="redfish-bmc",
        vendor="Labtron",
        model="LT-BMC2",
        serial=build.serial("LB"),
        os_version="2.14.1",
        hostname="bmc-01",
        firmware={"bmc": "2.14.1"},
        access=_access("bmc-01", tls=True),
        boot_s=60.0,
        host_device="node-01",
    )


def mini(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy `mini` rack: node-01 is off, and outlet 5 with it."""
    build = Builder(seed)
    devices = [_pdu(build), _leaf_1(build), _leaf_2(build), _node(build), _bmc(build)]
    plan = (
        ("C-001", "leaf-1/Ethernet0", "node-01/enp65s0np0", 3.0),
        ("C-002", "leaf-2/Ethernet1/1", "node-01/enp193s0np0", 3.0),
        ("C-003", "leaf-1/Ethernet8", "leaf-2/Ethernet2/1", 5.0),
        ("C-004", "leaf-1/Ethernet16", "leaf-2/Ethernet3/1", 5.0),
    )
    cables = [build.cable(*row) for row in plan]
    cabled = {end for _, a, b, _ in plan for end in (a, b)}
    for device in devices:
        for port in device.ports:
            if port.subject in cabled:
                port.optic = build.optic()
        if device.host is None:
            device.boot_started_at = origin_unix_s - LONG_UP_S
            device.booted, device.boots = True, 1
            device.boot_id = f"00000000-0000-4000-8000-{build.dice.randrange(16**12):012x}"
    return Plant(
        name="mini",
        seed=seed,
        speed=speed,
        origin_unix_s=origin_unix_s,
        at=origin_unix_s - SETTLED_S,
        devices=devices,
        cables=cables,
    )


PROFILES: Mapping[str, Callable[[int, float, float], Plant]] = MappingProxyType({"mini": mini})
