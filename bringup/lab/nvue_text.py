"""What NVUE prints of modules, and its two kinds of table.

A module is told by `nv show interface PORT transceiver` on lines of their own and by `nv show platform
transceiver PORT` as a tree with limits; light is told in mW and in dBm, none of it as `0.0000 mW / -inf dBm`.
Shapes: documentation of Cumulus Linux 5.11.
"""

from __future__ import annotations

import datetime

from bringup.lab.physics import milliwatt
from bringup.lab.sonic_optics import limits_by_name
from bringup.lab.state import Port
from bringup.lab.world import LaneReading, World

WIDTH = 23
LIMITS = (
    ("high-alarm-threshold", "HighAlarm"),
    ("low-alarm-threshold", "LowAlarm"),
    ("high-warning-threshold", "HighWarning"),
    ("low-warning-threshold", "LowWarning"),
)


def light(dbm: float | None) -> str:
    return "0.0000 mW / -inf dBm" if dbm is None else f"{milliwatt(dbm):.4f} mW / {dbm:.2f} dBm"


def condensed(world: World, port: Port) -> dict[str, str]:
    """One module, as `nv show interface PORT transceiver` tells it."""
    optic = port.optic
    if optic is None:
        return {"diagnostics-status": "N/A", "status": "unplugged", "error-status": "N/A"}
    lanes = world.lanes(port.subject)
    fields = {
        "cable-type": "Optical module",
        "supported-cable-length": "0m om1, 0m om2, 0m om3, 0m om4, 0m om5",
        "diagnostics-status": "Diagnostic Data Available" if lanes else "No Diagnostic Data Available",
        "status": "plugged_disabled" if optic.low_power else "plugged_enabled",
        "error-status": "N/A",
        "revision-compliance": "CMIS 5.0",
        "vendor-date-code": "250311__",
        "identifier": "OSFP",
        "pmd-type": f"ETH_{optic.medium.replace('-', '_', 1)}",
        "vendor-rev": optic.revision,
        "vendor-oui": "02:1a:b0",
        "vendor-name": optic.vendor,
        "vendor-pn": optic.part_number,
        "vendor-sn": optic.serial,
        "firmware-version": optic.firmware,
    }
    if lanes:
        celsius = world.optic_temperature_c(port.subject)
        fields["temperature"] = f"{celsius:.2f} degrees C / {celsius * 1.8 + 32.0:.2f} degrees F"
        fields["voltage"] = f"{optic.supply_voltage_v:.4f} V"
    for lane in lanes:
        fields[f"ch-{lane.index}-rx-power"] = light(lane.rx_power_dbm)
        fields[f"ch-{lane.index}-tx-power"] = light(lane.tx_power_dbm)
        fields[f"ch-{lane.index}-tx-bias-current"] = f"{lane.bias_ma:.3f} mA"
    return fields


def fields_text(fields: dict[str, str]) -> str:
    """One field a line."""
    return "".join(f"{key:<{WIDTH}}: {told} \n" for key, told in fields.items())


def module_tree(world: World, port: Port) -> str:
    """One module, as `nv show platform transceiver PORT` tells it."""
    told = condensed(world, port)
    plain = {key: each for key, each in told.items() if not key.startswith(("ch-", "temperature", "voltage"))}
    text = fields_text(plain)
    if port.optic is None or not (lanes := world.lanes(port.subject)):
        return text
    celsius = world.optic_temperature_c(port.subject)
    values = limits_by_name(port.optic.medium)
    text += _part("temperature", f"{celsius:.2f} C", values, "Temp", "C", 2)
    text += _part("voltage", f"{port.optic.supply_voltage_v:.4f} V", values, "Vcc", "V", 2)
    return text + "channel: \n" + "".join(_channel(lane, values) for lane in lanes)


def _channel(lane: LaneReading, values: dict[str, float]) -> str:
    return (
        f"  channel-{lane.index}: \n"
        + _part("rx-power", light(lane.rx_power_dbm), values, "RxPower", "dBm", 8, "power")
        + _part("tx-power", light(lane.tx_power_dbm), values, "TxPower", "dBm", 8, "power")
        + _part("tx-bias-current", f"{lane.bias_ma:.3f} mA", values, "TxBias", "mA", 8, "current")
    )


def _part(
    title: str, told: str, values: dict[str, float], prefix: str, unit: str, indent: int, key: str = ""
) -> str:
    rows = {key or title: told}
    rows |= {name: f"{values[prefix + suffix]:.2f} {unit}" for name, suffix in LIMITS}
    rows["alarm"] = "Off"
    blanks = " " * indent
    return (
        " " * (indent // 2 if indent > 2 else 0)
        + f"{title}: \n"
        + "".join(f"{blanks}{name:<22}: {each} \n" for name, each in rows.items())
    )


def columns(head: list[str], rows: list[list[str]]) -> str:
    """A table with a rule below its head."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def leaves(node: object, indent: int = 0) -> list[list[str]]:
    """A tree as NVUE prints it where nobody asked for JSON: a leaf a line, by depth."""
    if not isinstance(node, dict):
        return []
    rows: list[list[str]] = []
    for key, held in node.items():
        label = " " * indent + str(key)
        if isinstance(held, dict) and len(held) == 1 and held == {next(iter(held)): {}}:
            rows.append([label, str(next(iter(held)))])
        elif isinstance(held, dict):
            rows += [[label, ""], *leaves(held, indent + 2)]
        else:
            rows.append([label, str(held)])
    return rows


def stamp(unix_s: float) -> str:
    return f"{datetime.datetime.fromtimestamp(unix_s, datetime.UTC):%Y-%m-%d %H:%M:%S}"
