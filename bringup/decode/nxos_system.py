"""NX-OS `show version`, `show interface`, `show lldp neighbors detail`, `show environment` and `show
port-channel summary`, as JSON.

Source: output of Nexus 3000 and 9000 (releases 7.0 to 10.3), by keys as public clients read them.
"""

from __future__ import annotations

import re

from bringup.decode.fec import reed_solomon
from bringup.decode.json_field import Json, object_in
from bringup.decode.nxos_reply import count, mac_of, object_of, real, rows_of, text, word
from bringup.decode.part_name import part_name
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Bundle, Environment, Fan, Identity, Neighbor, Port, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_SPEED = re.compile(r"([0-9]{1,4}(?:\.[0-9])?) ?([GM])b/s")
_BAD = frozenset(
    {"fail", "failed", "failure", "fail/shutdown", "fail/shut", "shutdown", "powered-dn", "not ok"}
)
"""A state that is none of these, and not `ok`, is not known."""
_TIMES = (
    ("kern_uptm_days", 86_400),
    ("kern_uptm_hrs", 3_600),
    ("kern_uptm_mins", 60),
    ("kern_uptm_secs", 1),
)


def _parse_version(data: bytes) -> Found:
    told = object_of(data)
    release = _first(word(told, "nxos_ver_str"), word(told, "sys_ver_str"), word(told, "kickstart_ver_str"))
    if release.value is None or "chassis_id" not in told:
        raise Damaged("the release or the chassis is missing")
    bios = word(told, "bios_ver_str")
    return Found(
        facts={
            "identity": Identity(
                hostname=word(told, "host_name"),
                vendor=value("Cisco"),
                model=word(told, "chassis_id"),
                serial=word(told, "proc_board_id"),
                os_version=release,
                uptime_s=_uptime_s(told),
                firmware={"bios": bios} if bios.value is not None else {},
            )
        }
    )


def _first(*reads: Read) -> Read:
    return next((read for read in reads if read.value is not None), reads[0])


def _uptime_s(told: Json) -> Read:
    """Of the kernel; the release before may have no seconds: then it is not told."""
    parts = [(count(told, key), seconds) for key, seconds in _TIMES]
    if not all(isinstance(read.value, int) for read, _ in parts):
        return ABSENT
    return value(float(sum(int(read.value) * seconds for read, seconds in parts if read.value is not None)))


def _parse_interfaces(data: bytes) -> Found:
    rows = rows_of(object_of(data), "TABLE_interface", "ROW_interface")
    if not rows:
        raise Nothing("the switch lists no interface")
    ports = tuple(_port(row) for row in rows)
    if len({port.name for port in ports}) != len(ports):
        raise Damaged("an interface is listed twice")
    return Found(facts={"ports": ports})


def _port(row: Json) -> Port:
    name = text(row, "interface")
    if name is None or "state" not in row:
        raise Damaged("a row has no interface, or no state")
    up = _is_up(text(row, "state"))
    speed, bandwidth = _speed_gbps(row), count(row, "eth_bw").value
    is_set = value(bandwidth / 1e6) if isinstance(bandwidth, int) and bandwidth > 0 else ABSENT
    down = up.value is False
    return Port(
        name=name,
        admin_up=_is_up(text(row, "admin_state")) if "admin_state" in row else ABSENT,
        oper_up=up,
        speed_gbps=speed if up.value is True else NOT_AVAILABLE,
        fec_mode=_fec_mode(text(row, "eth_oper_fec_state"), speed) if up.value is True else NOT_AVAILABLE,
        mtu=count(row, "eth_mtu"),
        mac=mac_of(text(row, "eth_hw_addr")),
        flap_count=count(row, "eth_reset_cntr"),
        speed_set_gbps=is_set if down else ABSENT,
        fec_set=_fec_mode(text(row, "eth_admin_fec_state"), is_set) if down else ABSENT,
    )


def _is_up(told: str | None) -> Read:
    if told in ("up", "connected"):
        return value(True)
    return value(False) if told in ("down", "notconnect", "sfpAbsent", "disabled") else NOT_AVAILABLE


def _speed_gbps(row: Json) -> Read:
    match = _SPEED.fullmatch(text(row, "eth_speed") or "")
    if match is None:
        return NOT_AVAILABLE
    return value(float(match[1]) / (1000 if match[2] == "M" else 1))


def _fec_mode(told: str | None, speed: Read) -> Read:
    """`Kp-fec` is RS(544,514), as ports of 200G and up run it. `rs-fec` is told apart by the speed; a
    `Rs-IEEE` or `Rs-Cons16` is one, too.
    """
    low = (told or "").lower()
    if low.startswith("kp"):
        return value("rs544")
    if low in ("off", "disabled"):
        return value("none")
    if low.startswith("fc"):
        return value("fc")
    if not low.startswith("rs"):
        return NOT_AVAILABLE
    return reed_solomon(speed.value if isinstance(speed.value, float) else None, None)


def _parse_lldp(data: bytes) -> Found:
    rows = rows_of(object_of(data), "TABLE_nbor_detail", "ROW_nbor_detail")
    if not rows:
        raise Nothing("the switch hears no neighbour")
    return Found(facts={"neighbors": tuple(_neighbor(row) for row in rows)})


def _neighbor(row: Json) -> Neighbor:
    port = text(row, "l_port_id")
    if port is None or "port_id" not in row:
        raise Damaged("a neighbour without its port, or ours")
    return Neighbor(
        local_port=port,
        system_name=_named(row, "sys_name"),
        chassis_id=mac_of(text(row, "chassis_id")),
        port_id=_named(row, "port_id"),
        port_description=_named(row, "port_desc"),
    )


def _named(row: Json, key: str) -> Read:
    read = word(row, key)
    return ABSENT if read.value in ("null", "not advertised") else read


def _parse_environment(data: bytes) -> Found:
    told = object_of(data)
    supplies = _rows(told, "powersup", "psinfo")
    fans = _rows(told, "fandetails", "faninfo")
    sensors = _rows(told, "tempdetails", "tempinfo")
    if not supplies and not fans and not sensors:
        raise Nothing("neither a supply nor a fan nor a sensor is listed")
    return Found(
        facts={
            "environment": Environment(
                supplies=tuple(_supply(row) for row in supplies),
                fans=tuple(_fan(row) for row in fans),
                sensors=tuple(
                    Sensor(
                        name=part_name(f"{text(row, 'tempmod') or ''} {text(row, 'sensor') or ''}"),
                        temperature_c=real(row, "curtemp"),
                        high_c=real(row, "majthres"),
                    )
                    for row in sensors
                ),
            )
        }
    )


def _rows(told: Json, part: str, name: str) -> list[Json]:
    """A table, which stands below a part of its own or beside the others."""
    held = object_in(told, part) or told
    return rows_of(held, f"TABLE_{name}", f"ROW_{name}") or rows_of(told, f"TABLE_{name}", f"ROW_{name}")


def _ok(told: str | None) -> Read:
    if told is None:
        return ABSENT
    low = told.lower()
    return value(low == "ok") if low == "ok" or low in _BAD else NOT_AVAILABLE


def _present(status: str | None) -> Read:
    if status is None:
        return ABSENT
    if status.lower() == "absent":
        return value(False)
    return value(True) if _ok(status).value is not None else NOT_AVAILABLE


def _supply(row: Json) -> Supply:
    status = text(row, "ps_status")
    return Supply(
        name=f"psu-{text(row, 'psnum') or '?'}",
        present=_present(status),
        ok=_ok(status),
        output_w=real(row, "actual_out", " W"),
    )


def _fan(row: Json) -> Fan:
    return Fan(name=part_name(text(row, "fanname") or "fan"), ok=_ok(text(row, "fanstatus")))


def _parse_channels(data: bytes) -> Found:
    rows = rows_of(object_of(data), "TABLE_channel", "ROW_channel")
    if not rows:
        raise Nothing("the switch lists no port channel")
    bundles = tuple(_bundle(row) for row in rows)
    if len({bundle.name for bundle in bundles}) != len(bundles):
        raise Damaged("a port channel is listed twice")
    return Found(facts={"bundles": bundles})


def _bundle(row: Json) -> Bundle:
    """Status P is up in the channel; all others (D, I, s, H …) carry nothing."""
    name = text(row, "port-channel")
    if name is None:
        raise Damaged("a port channel has no name")
    members = rows_of(row, "TABLE_member", "ROW_member")
    told = [(text(each, "port"), text(each, "port-status")) for each in members]
    if any(port is None or status is None for port, status in told):
        raise Damaged(f"a member of {name} has no name or no status")
    return Bundle(
        name=name,
        members=tuple(str(port) for port, _ in told),
        active=tuple(str(port) for port, status in told if status == "P"),
    )


VERSION = Format(
    name="nxos.version",
    title="NX-OS: show version | json",
    sniff=lambda head: 90 if b'"kickstart_ver_str"' in head and b'"chassis_id"' in head else 0,
    parse=_parse_version,
    facts={"identity": Identity},
)
INTERFACES = Format(
    name="nxos.interfaces",
    title="NX-OS: show interface | json",
    sniff=lambda head: 90 if b'"ROW_interface"' in head and b'"eth_hw_addr"' in head else 0,
    parse=_parse_interfaces,
    facts={"ports": tuple[Port, ...]},
)
LLDP = Format(
    name="nxos.lldp-detail",
    title="NX-OS: show lldp neighbors detail | json",
    sniff=lambda head: 90 if b'"ROW_nbor_detail"' in head and b'"l_port_id"' in head else 0,
    parse=_parse_lldp,
    facts={"neighbors": tuple[Neighbor, ...]},
)
ENVIRONMENT = Format(
    name="nxos.environment",
    title="NX-OS: show environment | json",
    sniff=lambda head: 90 if b'"ROW_psinfo"' in head or b'"ROW_tempinfo"' in head else 0,
    parse=_parse_environment,
    facts={"environment": Environment},
)
CHANNELS = Format(
    name="nxos.port-channels",
    title="NX-OS: show port-channel summary | json",
    sniff=lambda head: 90 if b'"ROW_channel"' in head and b'"port-channel"' in head else 0,
    parse=_parse_channels,
    facts={"bundles": tuple[Bundle, ...]},
)
FORMATS = (VERSION, INTERFACES, LLDP, ENVIRONMENT, CHANNELS)
