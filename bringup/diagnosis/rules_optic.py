"""Modules that are not as good as their own limits, their own lanes or their like; told port by port."""

from __future__ import annotations

from types import MappingProxyType

from bringup.diagnosis.words import Single

LASER = Single(
    "a laser of {subject} is not like its neighbours, or outside its module's own limits",
    ("the laser is at the end of its life", "the module is too warm"),
    "compare bias and sent power lane by lane, then try a known-good module",
    "replace-optic",
    "subject",
)
OPTIC_SINGLES = MappingProxyType(
    {
        "rx_alarm_room_db": Single(
            "{subject} receives light outside the limits of its own module",
            ("a dirty or scratched end face", "a bend, or too little or too much loss for this module"),
            "read the far end's sent power, then inspect both ends with a scope",
            "clean-both-ends",
            "subject",
        ),
        "tx_alarm_room_db": LASER,
        "bias_alarm_room_ma": LASER,
        "bias_off_median": LASER,
        "tx_power_spread_db": LASER,
        "laser_source_ok": Single(
            "the external laser of {subject} says that it is not well",
            ("a lane of the laser source has failed", "the laser source is not fully seated"),
            "read the laser source's own fault codes lane by lane",
            "replace-laser-source",
            "subject",
        ),
        "lane_locked": Single(
            "{subject} does not hold on to its wavelength",
            (
                "the far end does not send that wavelength",
                "the laser source or a resonator is out of tune",
            ),
            "compare with the other wavelengths of that fibre, and with the far end's locks",
            "reset-or-replace-optic",
            "subject",
        ),
    }
)
