"""What page 01h of CMIS advertises beside applications: times, commands, wavelength, linear or retimed."""

from __future__ import annotations

from typing import Any

from bringup.decode.module import codes
from bringup.decode.module.cmis_applications import Advertised
from bringup.decode.module.facts import Times
from bringup.decode.module.memory import Ledger
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value


def version_of(major: int, minor: int) -> Read:
    """A firmware's version; 0.0 is that there is none, 255.255 that the bank is invalid."""
    return ABSENT if (major, minor) in ((0, 0), (255, 255)) else value(f"{major}.{minor}")


def advertising_of(lower: bytes, known: bytes, told: Advertised, ledger: Ledger) -> dict[str, Any]:
    """What page 01h tells beside the applications."""
    instances = known[35] >> 6
    found: dict[str, Any] = {
        "firmware_inactive": version_of(known[0], known[1]),
        "hardware_revision": value(f"{known[2]}.{known[3]}"),
        "linear": _linear(known, told),
        "cdb_instances": ledger.impossible("cdb_instances", "code 3 is reserved")
        if instances == 3
        else value(instances),
        "times": _times(known, ledger),
    }
    if instances in (1, 2):
        found["cdb_status"] = tuple(_cdb(lower[37 + at]) for at in range(instances))
    nanometres = int.from_bytes(known[10:12], "big") / 20
    if nanometres:
        possible = 600 <= nanometres <= 2000
        found["wavelength_nm"] = (
            value(nanometres) if possible else ledger.impossible("wavelength_nm", f"{nanometres} nm")
        )
    return found


def _cdb(status: int) -> str:
    """One command instance: idle after none, busy, or how the last command ended, with its code."""
    if not status:
        return "none"
    name = "busy" if status & 0x80 else "failed" if status & 0x40 else "success"
    return name if name == "success" and status & 0x3F == 1 else f"{name} (code {status & 0x3F})"


def _linear(known: bytes, told: Advertised) -> Read:
    """`linear` (LPO), `half` (retimed one way), or `no`: what the interfaces' codes say; CDR bits only agree.

    A module whose codes are not in the tables and which has no clock recovery is not called linear: bits that
    are 0 may as well not be filled in.
    """
    if any(each.media_code in codes.LPO_MEDIA and told.single_mode for each in told.applications):
        return value("linear")
    hosts = {each.host_code for each in told.applications}
    if hosts & codes.LINEAR_HOSTS:
        return value("linear")
    if hosts & codes.HALF_RETIMED_HOSTS:
        return value("half")
    return value("no") if known[33] & 1 and known[34] & 1 else NOT_AVAILABLE


def _times(known: bytes, ledger: Ledger) -> Times:
    init, power, turn = known[16], known[39], known[40]
    return Times(
        power_up_s=_duration(power & 15, "power_up_s", ledger),
        power_down_s=_duration(power >> 4, "power_down_s", ledger),
        data_path_init_s=_duration(init & 15, "data_path_init_s", ledger),
        data_path_deinit_s=_duration(init >> 4, "data_path_deinit_s", ledger),
        tx_turn_on_s=_duration(turn & 15, "tx_turn_on_s", ledger),
        tx_turn_off_s=_duration(turn >> 4, "tx_turn_off_s", ledger),
    )


def _duration(code: int, field: str, ledger: Ledger) -> Read:
    """An upper bound; code 13 (50 minutes or more) has none, 14 and 15 are reserved."""
    if code <= codes.LONGEST_KNOWN:
        return value(codes.DURATIONS_S[code])
    return NOT_AVAILABLE if code == 13 else ledger.impossible(field, f"code {code} is reserved")
