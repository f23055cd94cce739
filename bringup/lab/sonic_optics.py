"""SONiC's `show interfaces transceiver eeprom -d`: one block of text for each module."""

from __future__ import annotations

from types import MappingProxyType

from bringup.lab import optic_kind
from bringup.lab.optic_kind import OpticKind, kind_of
from bringup.lab.state import Optic
from bringup.lab.world import LaneReading

COMPLIANCE = MappingProxyType(
    {
        optic_kind.MULTI_MODE: "nm_850_media_interface",
        optic_kind.SINGLE_MODE: "sm_media_interface",
        optic_kind.PASSIVE_COPPER: "passive_copper_media_interface",
        optic_kind.ACTIVE_CABLE: "active_cable_media_interface",
    }
)
HOST_LANES = 8
SUFFIXES = ("HighAlarm", "HighWarning", "LowAlarm", "LowWarning")
POWER_CLASS_W = (1.5, 3.5, 7.0, 8.0, 10.0, 12.0, 14.0)
"""The most of classes 1 to 7; what draws more is of class 8 (QSFP-DD)."""


def _threshold_rows(kind: OpticKind, names: tuple[tuple[str, str], ...]) -> list[tuple[str, float, str]]:
    limits = {
        "RxPower": kind.rx,
        "TxBias": kind.bias,
        "TxPower": kind.tx,
        "Temp": optic_kind.TEMPERATURE,
        "Vcc": optic_kind.VOLTAGE,
    }
    return [
        (f"{name}{suffix}", limit, unit)
        for name, unit in names
        for suffix, limit in zip(SUFFIXES, limits[name], strict=True)
    ]


def channel_thresholds(kind: OpticKind) -> list[tuple[str, float, str]]:
    """(name as SONiC has it, limit, unit) of what is measured at each lane."""
    return _threshold_rows(kind, (("RxPower", "dBm"), ("TxBias", "mA"), ("TxPower", "dBm")))


def module_thresholds(kind: OpticKind) -> list[tuple[str, float, str]]:
    """The same of what is measured once a module."""
    return _threshold_rows(kind, (("Temp", "C"), ("Vcc", "Volts")))


def limits_by_name(medium: str) -> dict[str, float]:
    """All limits of a module by the names that SONiC has for them: `RxPowerHighAlarm`, `TempLowWarning`."""
    kind = kind_of(medium)
    return {name: limit for name, limit, _ in (*channel_thresholds(kind), *module_thresholds(kind))}


def dom_block(port: str, optic: Optic | None, lanes: tuple[LaneReading, ...], celsius: float) -> str:
    """What one port prints, ending in a newline."""
    if optic is None:
        return f"{port}: SFP EEPROM Not detected\n"
    kind = kind_of(optic.medium)
    lines = [f"{port}: SFP EEPROM detected", *_identity(optic, kind)]
    if kind.flat:
        lines += ["ChannelMonitorValues:", *_no_channels()]
        lines += ["ChannelThresholdValues:", "ModuleMonitorValues:", "\tTemperature: N/A", "\tVcc: N/A"]
        lines += ["ModuleThresholdValues:"]
    else:
        lines += ["ChannelMonitorValues:", *_channels(lanes)]
        lines += ["ChannelThresholdValues:", *_thresholds(channel_thresholds(kind))]
        lines += ["ModuleMonitorValues:", f"\tTemperature: {celsius:.4f}C"]
        lines += [f"\tVcc: {optic.supply_voltage_v:.4f}Volts"]
        lines += ["ModuleThresholdValues:", *_thresholds(module_thresholds(kind))]
    return "\n".join([lines[0], *(_indented(line) for line in lines[1:])]) + "\n"


def _indented(line: str) -> str:
    return " " * 16 + line[1:] if line.startswith("\t") else " " * 8 + line


def _identity(optic: Optic, kind: OpticKind) -> list[str]:
    applied = [
        "Active application selected code assigned to host lane "
        f"{lane}: {1 if lane <= kind.lanes and not kind.flat else 'N/A'}"
        for lane in range(1, HOST_LANES + 1)
    ]
    power_class = next((at for at, most in enumerate(POWER_CLASS_W, 1) if kind.power_w <= most), 8)
    media = f"{kind.media.words} - Media Assign ({'Unknown' if kind.flat else '0x1'})"
    return [
        f"Active Firmware: {'N/A' if kind.flat else optic.firmware}",
        *applied,
        f"Application Advertisement: {kind.host.words} - Host Assign (0x1) - {media}",
        "CMIS Rev: 5.0",
        f"Connector: {kind.connector.words}",
        "Encoding: N/A",
        f"Extended Identifier: Power Class {power_class} ({kind.power_w}W Max)",
        "Extended RateSelect Compliance: N/A",
        f"Host Lane Count: {kind.lanes}",
        "Identifier: OSFP 8X Pluggable Transceiver",
        "Inactive Firmware: N/A",
        f"Length Cable Assembly(m): {optic.length_m:.1f}",
        f"Media Interface Technology: {kind.technology.words}",
        f"Media Lane Count: {0 if kind.flat else kind.lanes}",
        "Module Hardware Rev: 1.0",
        "Nominal Bit Rate(100Mbs): 0",
        f"Specification compliance: {COMPLIANCE[kind.media_type]}",
        "Vendor Date Code(YYYY-MM-DD Lot): 2025-03-11",
        f"Vendor Name: {optic.vendor}",
        "Vendor OUI: 02-1a-b0",
        f"Vendor PN: {optic.part_number}",
        f"Vendor Rev: {optic.revision}",
        f"Vendor SN: {optic.serial}",
    ]


def _no_channels() -> list[str]:
    """A module without monitors."""
    every = range(1, HOST_LANES + 1)
    received = [f"\tRX{lane}Power: N/A" for lane in every]
    return received + [f"\tTX{lane}{what}: N/A" for lane in every for what in ("Bias", "Power")]


def _channels(lanes: tuple[LaneReading, ...]) -> list[str]:
    received = [f"\tRX{lane.index}Power: {_dbm(lane.rx_power_dbm)}" for lane in lanes]
    sent = [
        text
        for lane in lanes
        for text in (
            f"\tTX{lane.index}Bias: {lane.bias_ma:.3f}mA",
            f"\tTX{lane.index}Power: {_dbm(lane.tx_power_dbm)}",
        )
    ]
    return received + sent


def _dbm(power: float | None) -> str:
    return "-infdBm" if power is None else f"{power:.3f}dBm"


def _thresholds(rows: list[tuple[str, float, str]]) -> list[str]:
    return [f"\t{name:<18}: {value:.4f}{unit}" for name, value, unit in rows]
