"""What NX-OS tells of a lane of a module: readings, the module's limits, and the marks of its alarms."""

from __future__ import annotations

from bringup.lab.sonic_optics import limits_by_name
from bringup.lab.world import LaneReading

DARK_DBM = -40.0
"""The smallest step of a module's monitors, 0.1 microwatt."""
QUANTITIES = (
    ("temperature", "temp", "Temp"),
    ("voltage", "volt", "Vcc"),
    ("current", "current", "TxBias"),
    ("tx_pwr", "tx_pwr", "TxPower"),
    ("rx_pwr", "rx_pwr", "RxPower"),
)
"""Key of a reading, begin of the keys of its limits, and begin of their names in the module's own table."""
LIMITS = (
    ("alrm_hi", "HighAlarm"),
    ("alrm_lo", "LowAlarm"),
    ("warn_hi", "HighWarning"),
    ("warn_lo", "LowWarning"),
)


def readings(lane: LaneReading, celsius: float, volts: float) -> dict[str, float]:
    """What is told of a lane, by the key of its reading; -40 dBm for no light."""
    return {
        "temperature": celsius,
        "voltage": volts,
        "current": lane.bias_ma,
        "tx_pwr": DARK_DBM if lane.tx_power_dbm is None else lane.tx_power_dbm,
        "rx_pwr": DARK_DBM if lane.rx_power_dbm is None else lane.rx_power_dbm,
    }


def limits_of(prefix: str, medium: str) -> dict[str, float]:
    """Limits of a module by the end of their key."""
    values = limits_by_name(medium)
    return {key: values[prefix + suffix] for key, suffix in LIMITS}


def mark_of(value: float, limits: dict[str, float]) -> str:
    """The alarm that stands beside a reading; empty for none."""
    if value >= limits["alrm_hi"]:
        return "++"
    if value <= limits["alrm_lo"]:
        return "--"
    return "+" if value >= limits["warn_hi"] else "-" if value <= limits["warn_lo"] else ""


def lane_row(lane: LaneReading, celsius: float, volts: float, medium: str) -> dict[str, str | None]:
    """A row of `TABLE_lane`."""
    row: dict[str, str | None] = {"lane_number": str(lane.index)}
    told = readings(lane, celsius, volts)
    for key, begin, prefix in QUANTITIES:
        limits = limits_of(prefix, medium)
        row[key] = f"{told[key]:.2f}"
        row[f"{begin}_flag"] = mark_of(told[key], limits) or None
        row |= {f"{begin}_{end}": f"{limit:.2f}" for end, limit in limits.items()}
    row["xmit_faults"] = "0"
    return row
