"""Links: up at both ends as configured, clean over a window, and leading where the cable list says."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, Sample
from bringup.check.port import find_port
from bringup.driver.capability import CountsFec, SeesNeighbors
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import FecCounters, Neighbor
from bringup.model.inventory import Device
from bringup.model.measurement import Measurement, Read, measured, value
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reading
from bringup.statistics import poisson_upper

LINE_RATE_FACTOR = 1.0625
"""Line bits sent per bit of nominal speed with RS(544,514): 106.25 Gb/s carry 100 (physics: IEEE 802.3 cl.
119).
"""
BEFORE, AFTER = "before", "after"


async def state(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        for end in ends(subject):
            port = await find_port(at, end)
            yield measured(end, "port_present", port is not None)
            if port is not None:
                yield measured(end, "oper_up", port.oper_up)
                yield measured(end, "speed_gbps", port.speed_gbps)
                yield measured(end, "fec_mode", port.fec_mode)


async def errors(at: At) -> AsyncIterator[Measurement]:
    """Differences of totals over the step's window. A total that went backwards was cleared: nothing is
    yielded for it, so the quantity is missing and the verdict UNKNOWN.
    """
    firsts = {end: await _counters(at, end, BEFORE) for subject in at.subjects for end in ends(subject)}
    await at.window()
    for end, (first, began) in firsts.items():
        last, finished = await _counters(at, end, AFTER)
        if first is None or last is None:
            continue
        for quantity, read in window_of(at, end, first, last, finished.at_s - began.at_s).items():
            yield measured(end, quantity, read)


async def _counters(
    at: At, end: str, moment: str
) -> tuple[FecCounters | None, Sample[tuple[FecCounters, ...]]]:
    subject = parse_subject(end)
    sample: Sample[tuple[FecCounters, ...]] = await at.read(subject.device, CountsFec, "fec_counters", moment)
    return next((one for one in sample.facts if one.port == subject.component), None), sample


def window_of(at: At, end: str, first: FecCounters, last: FecCounters, seconds: float) -> dict[str, Read]:
    """What two readings of one port's totals, `seconds` apart, say."""
    found: dict[str, Read] = {}
    uncorrectable = difference(first.uncorrectable_codewords, last.uncorrectable_codewords)
    if uncorrectable is not None:
        found["uncorrectable_codewords"] = uncorrectable
    flaps = difference(first.flap_count, last.flap_count)
    if flaps is not None:
        found["flap_count"] = flaps
    if last.pre_fec_ber.reading is Reading.VALUE:
        found["pre_fec_ber"] = last.pre_fec_ber
    bits = line_bits(at, end, seconds)
    bound = ber_bound(first, last, bits)
    if bound is not None:
        found["pre_fec_ber_upper"] = bound
    if bits:
        found["pre_fec_ber_floor"] = value(poisson_upper(0) / bits)
    return found


def line_bits(at: At, end: str, seconds: float) -> float:
    """Bits that passed one way in `seconds` of world time; 0 when the inventory does not state the speed."""
    port = at.inventory.ports.get(end)
    if port is None or port.speed_gbps is None or seconds <= 0:
        return 0.0
    return port.speed_gbps * 1e9 * LINE_RATE_FACTOR * seconds


def difference(first: Read, last: Read) -> Read | None:
    """Growth of a total; the reading itself where there is no value; None after a reset."""
    if last.reading is not Reading.VALUE:
        return last if last.reading is not Reading.ABSENT else None
    if first.reading is not Reading.VALUE:
        return None
    grown = int(last.value or 0) - int(first.value or 0)
    return value(grown) if grown >= 0 else None


def ber_bound(first: FecCounters, last: FecCounters, bits: float) -> Read | None:
    """95 % upper bound of the bit error ratio before correction over `bits` (physics section 3).

    From corrected bits where the port counts them, else from symbol errors (at the ratios that matter a
    wrong symbol holds one wrong bit). Where the port counts neither, its own figure stands, as told.
    """
    counted = difference(first.corrected_bits, last.corrected_bits) or difference(
        first.symbol_errors, last.symbol_errors
    )
    if counted is None or counted.reading is not Reading.VALUE:
        return last.pre_fec_ber if last.pre_fec_ber.reading is Reading.VALUE else counted
    return value(poisson_upper(int(counted.value or 0)) / bits) if bits else None


async def neighbors(at: At) -> AsyncIterator[Measurement]:
    """No neighbour where one is expected is a value (`none`): LLDP was read and names nobody."""
    for subject in at.subjects:
        for end in ends(subject):
            here = parse_subject(end)
            sample = await at.read(here.device, SeesNeighbors, "neighbors")
            told: tuple[Neighbor, ...] = sample.facts
            seen = [one for one in told if one.local_port == here.component]
            yield measured(end, "neighbor", " and ".join(named(at, one) for one in seen) or "none")


def named(at: At, neighbor: Neighbor) -> str:
    """A neighbour as DEVICE/PORT, by the inventory's names where it knows them.

    A system name may carry a domain. A port may call itself by an alias (SONiC sends `etp1`, and its name as
    the description), so both are looked up.
    """
    told = str(neighbor.system_name.value or "?")
    device = next((name for name, one in at.inventory.devices.items() if _is(told, name, one)), told)
    ports = [str(read.value) for read in (neighbor.port_id, neighbor.port_description) if read.value]
    known = (port for port in ports if f"{device}/{port}" in at.inventory.far_ends)
    return f"{device}/{next(known, ports[0] if ports else '?')}"


def _is(told: str, name: str, device: Device) -> bool:
    names = {name.casefold(), (device.expect.hostname or name).casefold()}
    return told.casefold() in names or told.casefold().partition(".")[0] in names


SPECS = (
    Spec(
        name="link.state",
        kind="check",
        title="Links up",
        about="Both ends of every cable are up, at the expected speed and with the expected FEC.",
        over="link",
        device_of="both",
        requires=(
            Requires("oper_up", per="end"),
            Requires("speed_gbps", per="end", if_expected=True),
            Requires("fec_mode", per="end", if_expected=True),
        ),
        reports=("port_present",),
        run=state,
    ),
    Spec(
        name="link.errors",
        kind="check",
        title="Links clean",
        about="Uncorrectable codewords and the bit error ratio before correction, differences over a window.",
        over="link",
        device_of="both",
        needs_window=True,
        requires=(
            Requires("uncorrectable_codewords", per="end"),
            Requires("pre_fec_ber_upper", per="end"),
        ),
        reports=("flap_count", "pre_fec_ber", "pre_fec_ber_floor"),
        run=errors,
    ),
    Spec(
        name="link.neighbors",
        kind="check",
        title="Cabling",
        about="Each end names the far end that the cable list expects (LLDP).",
        over="link",
        device_of="both",
        requires=(Requires("neighbor", per="end"),),
        run=neighbors,
    ),
)
