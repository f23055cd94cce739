"""What stands first in the way of a watched link, in words: what is bad before what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from bringup.engine.link_end import EndNow
from bringup.model.judgement import Judgement
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading, Verdict

UNPLANNED = "no step of the plan judges this port"
_NAMES = MappingProxyType(
    {"pre_fec_ber_upper": "bit errors", "oper_up": "link state", "optic_present": "module"}
)
_BAD = MappingProxyType(
    {
        "oper_up": "link down",
        "optic_present": "no module",
        "port_present": "the device does not list the port",
        "pre_fec_ber_upper": "too many bit errors",
        "uncorrectable_codewords": "codewords are lost",
        "flap_count": "the link flaps",
        "optic_medium": "another kind of module than expected",
    }
)


def trouble(port: str, far: str | None, now: Sequence[EndNow], judged: Sequence[Judgement]) -> str:
    """Empty where all is good and both ends are known."""
    for end in now:
        if end.error is not None:
            where = "" if end.subject == port else "far end: "
            return f"{where}{parse_subject(end.subject).device} does not answer ({end.error})"
    worst = max(judged, key=lambda each: each.verdict.severity, default=None)
    if worst is None or worst.verdict.good:
        return "" if far is not None else "the inventory names no far end"
    return in_words(port, worst)


def in_words(port: str, bad: Judgement) -> str:
    """One judgement that is not good."""
    end, _, part = bad.subject.partition("#")
    where = "" if end == port else "far end: "
    what = part.replace("-", " ") or _NAMES.get(bad.quantity, bad.quantity.replace("_", " "))
    if bad.verdict is Verdict.UNKNOWN:
        return f"{where}{what} not known ({bad.reason or 'no_data'})"
    if bad.reading is Reading.DARK:
        return f"{where}{what} dark"
    if bad.quantity == "rx_power_dbm":
        return f"{where}{what} still low"
    return f"{where}{_BAD.get(bad.quantity, f'{what} out of its limit')}"
