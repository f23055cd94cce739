"""Monitors of a CMIS module as a whole, and its own limits (lower memory, page 02h)."""

from __future__ import annotations

from struct import unpack_from

from bringup.decode.module import scale
from bringup.decode.module.memory import Ledger
from bringup.model.facts import Threshold
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED, Read, value

FULL_CURRENT = 32_767
"""The count of a cooler's full current, of either sign."""


def monitors_of(lower: bytes, known: bytes | None, ledger: Ledger) -> tuple[Read, Read]:
    """Temperature and supply, where 01h:159 says that they are monitored; without that page, where not 0."""
    celsius, volts = unpack_from(">hH", lower, 14)
    if known is None:
        return (
            scale.temperature(celsius, ledger) if celsius else NOT_AVAILABLE,
            scale.supply(volts, ledger) if volts else NOT_AVAILABLE,
        )
    return (
        scale.temperature(celsius, ledger) if known[31] & 1 else UNSUPPORTED,
        scale.supply(volts, ledger) if known[31] & 2 else UNSUPPORTED,
    )


def auxiliaries_of(lower: bytes, known: bytes, ledger: Ledger) -> dict[str, Read]:
    """Laser temperature and cooler current, by what 01h:145 says of the three auxiliary monitors.

    The first is the cooler's current or the vendor's own; the second the laser's temperature or the cooler's
    current; the third the laser's temperature or a second supply. What 01h:159 does not list is not there.
    """
    cooler, laser = "tec_current_percent", "laser_temperature_c"
    means = known[17]
    names = (cooler if means & 1 else "", cooler if means & 2 else laser, "" if means & 4 else laser)
    found: dict[str, Read] = {}
    for at, name in enumerate(names):
        if not name or name in found or not known[31] >> 2 + at & 1:
            continue
        (raw,) = unpack_from(">h", lower, 18 + 2 * at)
        if name == laser:
            found[name] = scale.temperature(raw, ledger, laser)
        else:
            found[name] = value(raw * 100 / FULL_CURRENT)
    return found


def multiplier_of(known: bytes | None, ledger: Ledger) -> int | None:
    """By what a count of bias is multiplied; None where that is not told."""
    if known is None:
        return None
    code = known[32] >> 3 & 3
    if code == 3:
        ledger.warnings.append("unparsable: the multiplier of bias has the reserved code 3")
        ledger.unparsable.append("bias multiplier")
        return None
    return int(1 << code)


def thresholds_of(page: bytes | None, multiplier: int | None, ledger: Ledger) -> tuple[Threshold, ...]:
    """The module's own limits. Those of bias need the multiplier, which page 01h tells."""
    if page is None:
        return ()
    found = [_limits("temperature_c", page, 0, ">4h", 256.0, ledger)]
    found.append(_limits("supply_voltage_v", page, 8, ">4H", 10_000.0, ledger))
    found.append(_limits("tx_power_dbm", page, 48, ">4H", None, ledger))
    if multiplier is not None:
        found.append(_limits("bias_ma", page, 56, ">4H", 500 / multiplier, ledger))
    found.append(_limits("rx_power_dbm", page, 64, ">4H", None, ledger))
    return tuple(limit for limit in found if limit is not None)


def _limits(
    quantity: str, page: bytes, at: int, shape: str, divisor: float | None, ledger: Ledger
) -> Threshold | None:
    a, b, c, d = raws = unpack_from(shape, page, at)
    if divisor is None:
        reads = scale.limit_power(a), scale.limit_power(b), scale.limit_power(c), scale.limit_power(d)
    else:
        reads = value(a / divisor), value(b / divisor), value(c / divisor), value(d / divisor)
    return scale.limits(quantity, raws, reads, ledger)
