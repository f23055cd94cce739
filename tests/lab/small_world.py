"""A rack just big enough to serve: one PDU, two leaves with one link between them, one node with its BMC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bringup.lab.clock import HandClock
from bringup.lab.server import LabServer
from bringup.lab.state import (
    Access,
    Cable,
    CableEnd,
    Device,
    Fan,
    Host,
    Lane,
    Optic,
    Outlet,
    Plant,
    Port,
    Sensor,
    Supply,
)
from bringup.lab.tls import make_identity
from bringup.lab.world import World

USER, PASSWORD = "tech", "loop back 7"
READ, WRITE = "public", "lab-write"
V3_USER, V3_AUTH, V3_PRIV = "labuser", "auth-pass-123", "priv-pass-456"


def small_world(seconds: float = 1000.0) -> World:
    """The rack `seconds` after its power came on. Its clock is a `HandClock`."""
    clock = HandClock()
    leaf_1 = _leaf("leaf-1", "sonic", ("Ethernet0", "Ethernet8"), 1)
    leaf_2 = _leaf("leaf-2", "eos", ("Ethernet1/1", "Ethernet2/1"), 3)
    devices = [_pdu(), leaf_1, leaf_2, _node(), _bmc()]
    plant = Plant(
        name="small",
        seed=1,
        speed=1.0,
        origin_unix_s=clock.origin_unix_s,
        at=clock.origin_unix_s,
        devices=devices,
        cables=[_cable("C-1", "leaf-1/Ethernet0", "leaf-2/Ethernet1/1")],
    )
    world = World(plant, clock)
    clock.forward(seconds)
    return world


def forward(world: World, seconds: float) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds)


@asynccontextmanager
async def serving(server: LabServer) -> AsyncIterator[int]:
    """The port of a server that listens on loopback for as long as the block runs."""
    port = await server.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await server.stop()


def _access(name: str, secure: bool) -> Access:
    access = Access(user=USER, password=PASSWORD)
    if secure:
        access.tls_key, access.tls_certificate = make_identity(name)
    return access


def _pdu() -> Device:
    labels = (
        "leaf-1 psu-1",
        "leaf-1 psu-2",
        "leaf-2 psu-1",
        "leaf-2 psu-2",
        "node-01 psu-1",
        "node-01 psu-2",
    )
    outlets = [Outlet(index=i, label=label, commanded_on=i != 5) for i, label in enumerate(labels, 1)]
    outlets += [Outlet(index=i, label=f"spare {i}", commanded_on=False) for i in (7, 8)]
    return Device(
        name="pdu-1",
        role="pdu",
        platform="apc-pdu",
        vendor="APC",
        model="AP8881",
        serial="SMALL00001",
        os_version="v7.0.4",
        hostname="pdu-1",
        hardware_revision="02",
        outlets=outlets,
        boot_s=10.0,
        access=Access(
            read_community=READ,
            write_community=WRITE,
            snmp_user=V3_USER,
            snmp_auth_key=V3_AUTH,
            snmp_priv_key=V3_PRIV,
        ),
    )


def _supplies(device: str, first_outlet: int) -> list[Supply]:
    return [
        Supply(
            name=f"psu-{i + 1}",
            model="PWR-1500",
            serial=f"{device}-PS{i + 1}",
            capacity_w=1500.0,
            pdu="pdu-1",
            outlet=first_outlet + i,
        )
        for i in range(2)
    ]


def _leaf(name: str, platform: str, ports: tuple[str, ...], first_outlet: int) -> Device:
    return Device(
        name=name,
        role="leaf",
        platform=platform,
        vendor="Arista" if platform == "eos" else "Edgecore",
        model="DCS-7060DX5-64S",
        serial=f"SN-{name}",
        os_version="4.32.2F",
        hostname=name,
        chassis_id=f"02:00:00:00:0{name[-1]}:00",
        load_w=400.0,
        supplies=_supplies(name, first_outlet),
        fans=[Fan(name=f"fan-{i}", rpm=9000.0) for i in (1, 2)],
        sensors=[Sensor(name="cpu", rise_c=20.0)],
        ports=[_port(name, port, index) for index, port in enumerate(ports, 1)],
        access=_access(name, secure=True),
    )


def _port(device: str, name: str, index: int) -> Port:
    optic = Optic(
        medium="400GBASE-DR4",
        vendor="LabOptics",
        part_number="LO-400-DR4",
        serial=f"{device}-X{index}",
        lanes=[Lane(tx_power_dbm=0.5 + 0.1 * lane) for lane in range(4)],
    )
    fitted = optic if index == 1 else None
    mac = f"02:00:00:00:0{device[-1]}:{index:02x}"
    return Port(device=device, name=name, speed_gbps=400.0, lane_count=4, mac=mac, index=index, optic=fitted)


def _cable(label: str, a: str, b: str) -> Cable:
    ends = [CableEnd(port=port, out_db=[0.2] * 4, in_db=[0.2] * 4) for port in (a, b)]
    return Cable(
        label=label,
        medium="400GBASE-DR4",
        length_m=10.0,
        a=ends[0],
        b=ends[1],
        a_to_b_db=[0.01] * 4,
        b_to_a_db=[0.01] * 4,
    )


def _node() -> Device:
    return Device(
        name="node-01",
        role="node",
        platform="linux",
        vendor="LabServers",
        model="LS-8000",
        serial="NODE0001",
        os_version="24.04",
        hostname="node-01",
        load_w=600.0,
        firmware={"bios": "1.4.2"},
        supplies=_supplies("node-01", 5),
        fans=[Fan(name="fan-1", rpm=7000.0)],
        sensors=[Sensor(name="inlet", rise_c=0.0), Sensor(name="cpu-1", rise_c=30.0)],
        host=Host(),
        bmc="bmc-01",
    )


def _bmc() -> Device:
    return Device(
        name="bmc-01",
        role="bmc",
        platform="redfish-bmc",
        vendor="LabServers",
        model="LS-BMC",
        serial="BMC0001",
        os_version="2.18.0",
        hostname="bmc-01",
        boot_s=30.0,
        host_device="node-01",
        access=_access("bmc-01", secure=True),
    )
