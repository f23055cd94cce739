"""SONiC's `show interfaces transceiver eeprom -d`: one block of text for each module."""

from __future__ import annotations

from bringup.lab.state import Optic
from bringup.lab.world import LaneReading

MEDIA_INTERFACE = {
    "400GBASE-DR4": ("400GAUI-4-S C2M (Annex 120G)", "400GBASE-DR4 (Cl 124)"),
    "400GBASE-FR4": ("400GAUI-4-S C2M (Annex 120G)", "400GBASE-FR4 (Cl 151)"),
}
CHANNEL_THRESHOLDS = (
    ("RxPowerHighAlarm", 5.0, "dBm"),
    ("RxPowerHighWarning", 4.0, "dBm"),
    ("RxPowerLowAlarm", -8.9, "dBm"),
    ("RxPowerLowWarning", -5.9, "dBm"),
    ("TxBiasHighAlarm", 120.0, "mA"),
    ("TxBiasHighWarning", 110.0, "mA"),
    ("TxBiasLowAlarm", 20.0, "mA"),
    ("TxBiasLowWarning", 25.0, "mA"),
    ("TxPowerHighAlarm", 6.0, "dBm"),
    ("TxPowerHighWarning", 4.0, "dBm"),
    ("TxPowerLowAlarm", -5.9, "dBm"),
    ("TxPowerLowWarning", -2.9, "dBm"),
)
MODULE_THRESHOLDS = (
    ("TempHighAlarm", 75.0, "C"),
    ("TempHighWarning", 70.0, "C"),
    ("TempLowAlarm", -5.0, "C"),
    ("TempLowWarning", 0.0, "C"),
    ("VccHighAlarm", 3.63, "Volts"),
    ("VccHighWarning", 3.465, "Volts"),
    ("VccLowAlarm", 2.97, "Volts"),
    ("VccLowWarning", 3.135, "Volts"),
)


def dom_block(port: str, optic: Optic | None, lanes: tuple[LaneReading, ...], celsius: float) -> str:
    """What one port prints, ending in a newline."""
    if optic is None:
        return f"{port}: SFP EEPROM Not detected\n"
    lines = [f"{port}: SFP EEPROM detected", *_identity(optic)]
    lines += ["ChannelMonitorValues:", *_channels(lanes)]
    lines += ["ChannelThresholdValues:", *_thresholds(CHANNEL_THRESHOLDS)]
    lines += [
        "ModuleMonitorValues:",
        f"\tTemperature: {celsius:.4f}C",
        f"\tVcc: {optic.supply_voltage_v:.4f}Volts",
    ]
    lines += ["ModuleThresholdValues:", *_thresholds(MODULE_THRESHOLDS)]
    return "\n".join([lines[0], *(_indented(line) for line in lines[1:])]) + "\n"


def _indented(line: str) -> str:
    return " " * 16 + line[1:] if line.startswith("\t") else " " * 8 + line


def _identity(optic: Optic) -> list[str]:
    host, media = MEDIA_INTERFACE.get(optic.medium, ("400GAUI-4-S C2M (Annex 120G)", optic.medium))
    count = len(optic.lanes)
    applied = [
        f"Active application selected code assigned to host lane {lane}: {1 if lane <= count else 'N/A'}"
        for lane in range(1, 9)
    ]
    return [
        f"Active Firmware: {optic.firmware}",
        *applied,
        f"Application Advertisement: {host} - Host Assign (0x1) - {media} - Media Assign (0x1)",
        "CMIS Rev: 5.0",
        "Connector: MPO 1x12",
        "Encoding: N/A",
        "Extended Identifier: Power Class 5 (10.0W Max)",
        "Extended RateSelect Compliance: N/A",
        f"Host Lane Count: {count}",
        "Identifier: OSFP 8X Pluggable Transceiver",
        "Inactive Firmware: N/A",
        "Length Cable Assembly(m): 0.0",
        "Media Interface Technology: 1310 nm EML",
        f"Media Lane Count: {count}",
        "Module Hardware Rev: 1.0",
        "Nominal Bit Rate(100Mbs): 0",
        "Specification compliance: sm_media_interface",
        "Vendor Date Code(YYYY-MM-DD Lot): 2025-03-11",
        f"Vendor Name: {optic.vendor}",
        "Vendor OUI: 02-1a-b0",
        f"Vendor PN: {optic.part_number}",
        f"Vendor Rev: {optic.revision}",
        f"Vendor SN: {optic.serial}",
    ]


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


def _thresholds(rows: tuple[tuple[str, float, str], ...]) -> list[str]:
    return [f"\t{name:<18}: {value:.4f}{unit}" for name, value, unit in rows]
