"""What instruments say of fibre: end faces under a scope, loss, and traces of an OTDR."""

from __future__ import annotations

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class EndFace(Fact, frozen=True, kw_only=True):
    """One fibre of an end face, as a scope judged it by IEC 61300-3-35: `result` is pass or fail."""

    fibre: str
    result: Read = ABSENT


class FibreLoss(Fact, frozen=True, kw_only=True):
    """Loss of one fibre at one wavelength, by light source and power meter. `result` is the instrument's own
    pass or fail, where it has one; it is told, and judges nothing here.
    """

    fibre: str
    wavelength_nm: Read = ABSENT
    loss_db: Read = ABSENT
    result: Read = ABSENT


class OtdrEvent(Fact, frozen=True, kw_only=True):
    """One event of a trace. `distance_km` is from the instrument; `reflectance_db` is below zero; `end`: the
    end of the fibre.
    """

    number: int
    distance_km: Read = ABSENT
    loss_db: Read = ABSENT
    reflectance_db: Read = ABSENT
    slope_db_km: Read = ABSENT
    kind: str = ""
    end: bool = False
    comment: str = ""


class OtdrTrace(Fact, frozen=True, kw_only=True):
    """What stands around a trace, and what the instrument found in it; its samples are not here."""

    cable_id: Read = ABSENT
    fibre_id: Read = ABSENT
    location_a: Read = ABSENT
    location_b: Read = ABSENT
    operator: Read = ABSENT
    supplier: Read = ABSENT
    instrument: Read = ABSENT
    instrument_serial: Read = ABSENT
    taken_unix_s: Read = ABSENT
    wavelength_nm: Read = ABSENT
    pulse_ns: Read = ABSENT
    refraction_index: Read = ABSENT
    link_loss_db: Read = ABSENT
    return_loss_db: Read = ABSENT
    fibre_end_km: Read = ABSENT
    samples: Read = ABSENT
    events: tuple[OtdrEvent, ...] = ()
