"""How old a module's monitors are: a switch reads its modules by itself, and shows what it read last."""

from __future__ import annotations

import msgspec

from bringup.model.facts import Lane, Optic
from bringup.model.measurement import Read


def aged(optic: Optic, age_s: float | None) -> Optic:
    """`optic` with the age of the sample at all that its monitors tell. None: the switch does not say."""
    if age_s is None:
        return optic
    return msgspec.structs.replace(
        optic,
        temperature_c=_old(optic.temperature_c, age_s),
        supply_voltage_v=_old(optic.supply_voltage_v, age_s),
        lanes=tuple(
            Lane(
                index=lane.index,
                rx_power_dbm=_old(lane.rx_power_dbm, age_s),
                tx_power_dbm=_old(lane.tx_power_dbm, age_s),
                bias_ma=_old(lane.bias_ma, age_s),
            )
            for lane in optic.lanes
        ),
    )


def age_of(now_unix_s: object, sampled_unix_s: object, known_to_s: float = 0.0) -> float | None:
    """Seconds between two stamps of one clock, less what they are rounded to. None where there is none, or
    the sample lies further ahead than rounding explains: then one of the two is no time.
    """
    if not isinstance(now_unix_s, int | float) or not isinstance(sampled_unix_s, int | float):
        return None
    age_s = float(now_unix_s) - float(sampled_unix_s)
    return None if age_s < -max(1.0, known_to_s) else round(max(0.0, age_s - known_to_s), 3)


def _old(read: Read, age_s: float) -> Read:
    return msgspec.structs.replace(read, age_s=age_s)
