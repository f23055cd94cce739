"""Links: up at both ends as configured, clean over a window, and leading where the cable list says."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence

from bringup.check.base import At
from bringup.check.port import find_port
from bringup.check.watching import AFTER, BEFORE, count, watch, world_speed
from bringup.driver.capability import SeesNeighbors
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import FecCounters, Neighbor, Port
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reading
from bringup.statistics import poisson_upper

LINE_RATE_FACTOR = 1.0625
"""Line bits sent per bit of nominal speed with RS(544,514): 106.25 Gb/s carry 100 (physics: IEEE 802.3 cl.
119).
"""
CODEWORD_BITS = 5440
"""Of RS(544,514) over ten-bit symbols; that of RS(528,514) is 5280: to a bound the difference is nothing."""
AGED = frozenset({"uncorrectable_codewords", "flap_count", "pre_fec_ber", "pre_fec_ber_upper"})


async def state(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        for end in ends(subject):
            port = await find_port(at, end)
            yield measured(end, "port_present", port is not None)
            if port is not None:
                yield measured(end, "oper_up", port.oper_up)
                yield measured(end, "speed_gbps", port.speed_gbps)
                yield measured(end, "fec_mode", port.fec_mode)
                for quantity, read in (("speed_set_gbps", port.speed_set_gbps), ("fec_set", port.fec_set)):
                    if read.reading is Reading.VALUE:
                        yield measured(end, quantity, read)


async def errors(at: At) -> AsyncIterator[Measurement]:
    """Differences of totals over the step's window, and whether each end was up at both of its edges.

    The totals of a link that is down stand still, and a total that went backwards was cleared: neither is a
    clean window. A window that somebody spoilt by clearing is measured once more; where the second is spoilt
    too none of its totals is a difference: nothing is yielded but `counters_cleared`, so that what must be
    there is missing and the verdict UNKNOWN.
    """
    every = [end for subject in at.subjects for end in ends(subject)]
    # Whether a port is up is read outside the counters, so that the window of these lies within that of it.
    before = {end: await find_port(at, end, BEFORE) for end in every}
    windows = await watch(at, every)
    for end, window in windows.items():
        port = await find_port(at, end, AFTER)
        yield measured(end, "oper_up", up_throughout(before[end], port))
        if window.cleared:
            yield measured(end, "counters_cleared", True)
        if window.first is None or window.last is None or port is None:
            continue
        for quantity, read in window_of(at, port, end, window.first, window.last, window.seconds).items():
            yield measured(end, quantity, window.aged(read) if quantity in AGED else read)


def up_throughout(before: Port | None, after: Port | None) -> Read:
    """Whether a port was up at both edges of a window; what was not told at one of them is not known."""
    told = [ABSENT if port is None else port.oper_up for port in (before, after)]
    down = next((read for read in told if read.value is False), None)
    return down or next((read for read in told if read.value is not True), value(True))


def window_of(
    at: At, port: Port, end: str, first: FecCounters, last: FecCounters, seconds: float
) -> dict[str, Read]:
    """What two readings of one port's totals, `seconds` apart, say. `port` is as it was at the end."""
    bits = line_bits(at, port, end, seconds)
    found = {
        "uncorrectable_codewords": difference(first.uncorrectable_codewords, last.uncorrectable_codewords),
        "flap_count": difference(first.flap_count, last.flap_count),
        "pre_fec_ber": last.pre_fec_ber if last.pre_fec_ber.reading is Reading.VALUE else None,
        "pre_fec_ber_upper": ber_bound(first, last, bits),
        "pre_fec_ber_floor": value(poisson_upper(0) / bits) if bits else None,
    }
    return {quantity: read for quantity, read in found.items() if read is not None}


def line_bits(at: At, port: Port, end: str, seconds: float) -> float:
    """Bits that passed one way in `seconds` of world time: at the speed that the inventory states, or at the
    one that the port runs at where that is lower. 0 when the inventory does not state it.
    """
    stated = at.inventory.ports.get(end)
    if stated is None or stated.speed_gbps is None or seconds <= 0:
        return 0.0
    runs_at = port.speed_gbps.value
    slowest = min(stated.speed_gbps, runs_at) if isinstance(runs_at, int | float) else stated.speed_gbps
    return max(0.0, slowest) * 1e9 * LINE_RATE_FACTOR * seconds


def difference(first: Read, last: Read) -> Read | None:
    """Growth of a total; the reading itself where there is no number; None where there is nothing to compare
    it with, or after a reset.
    """
    new, old = count(last), count(first)
    if new is None:
        return None if last.reading is Reading.ABSENT else _no_count(last)
    if old is None:
        return None if first.reading is not Reading.VALUE else _no_count(first)
    return value(new - old) if new >= old else None


def _no_count(read: Read) -> Read:
    """Less than nothing is how some devices print that they do not know."""
    told = read.value
    return NOT_AVAILABLE if isinstance(told, int | float) and not isinstance(told, bool) else read


def ber_bound(first: FecCounters, last: FecCounters, bits: float) -> Read | None:
    """95 % upper bound of the bit error ratio before correction over `bits` (physics section 3).

    From corrected bits where the port counts them, else from symbol errors (at the ratios that matter a
    wrong symbol holds one wrong bit), else from corrected codewords: `bound_of_codewords`. The port's own
    ratio is no bound: nobody knows over how many bits it was formed. Where it is all there is, there is
    nothing to judge, and the verdict is UNKNOWN `no_data` however good the figure looks.
    """
    grown = [
        (difference(first.corrected_bits, last.corrected_bits), _bound_of_errors),
        (difference(first.symbol_errors, last.symbol_errors), _bound_of_errors),
        (difference(first.corrected_codewords, last.corrected_codewords), bound_of_codewords),
    ]
    told = [(read, bound) for read, bound in grown if read is not None]
    for read, bound in told:
        number = count(read)
        if number is not None:
            return bound(math.ceil(number), bits, last.pre_fec_ber) if bits else None
        if read.reading is Reading.VALUE:
            return read  # no number where one is due: the judge says so
    return told[0][0] if told else None


def _bound_of_errors(errors: int, bits: float, own: Read) -> Read:
    return value(poisson_upper(errors) / bits)


def bound_of_codewords(corrected: int, bits: float, own: Read) -> Read:
    """The bound where a port counts only the codewords in which something was corrected.

    At most a share `f` of all codewords was touched, so at errors independent of each other the ratio is at
    most -ln(1 - f) / bits of a codeword. A codeword counts once, however many of its symbols a burst has
    spoilt: where the port's own ratio is worse, that stands. Not available where more codewords were touched
    than can have passed: the counts contradict the speed.
    """
    touched = poisson_upper(corrected) / (bits / CODEWORD_BITS)
    if touched >= 1.0:
        return NOT_AVAILABLE
    bound = -math.log1p(-touched) / CODEWORD_BITS
    told = count(own)
    return value(bound if told is None else max(bound, told))


async def neighbors(at: At) -> AsyncIterator[Measurement]:
    """No neighbour where one is expected is a value (`none`): LLDP was read and names nobody."""
    for subject in at.subjects:
        for end in ends(subject):
            here = parse_subject(end)
            sample = await at.read(here.device, SeesNeighbors, "neighbors")
            told: tuple[Neighbor, ...] = sample.facts
            seen = [one for one in told if one.local_port == here.component]
            yield measured(end, "neighbor", seen_by(at, seen))


def seen_by(at: At, seen: Sequence[Neighbor]) -> Read:
    """All neighbours of one port in words. One that does not name itself and one port is not known."""
    if len(seen) != 1:
        return value(" and ".join(named(at.inventory, one) for one in seen) or "none")
    (only,) = seen
    if only.system_name.value is None or len(_ports(at.inventory, _device(at.inventory, only), only)) != 1:
        return NOT_AVAILABLE
    ago_s = count(only.heard_ago_s)  # not the entry's age, which may be the time since it was made
    return value(named(at.inventory, only), age_s=None if ago_s is None else ago_s * world_speed(at))


def named(inventory: Inventory, neighbor: Neighbor) -> str:
    """A neighbour as DEVICE/PORT, by the inventory's names where it knows them.

    A system name may carry a domain. A port may call itself by an alias (SONiC sends `etp1`, and its name as
    the description), so both are looked up.
    """
    device = _device(inventory, neighbor)
    return f"{device}/{' or '.join(_ports(inventory, device, neighbor)) or '?'}"


def _device(inventory: Inventory, neighbor: Neighbor) -> str:
    """A neighbour's device by the inventory's name, else as it calls itself."""
    told = str(neighbor.system_name.value or "?")
    return next((name for name, one in inventory.devices.items() if _is(told, name, one)), told)


def _ports(inventory: Inventory, device: str, neighbor: Neighbor) -> tuple[str, ...]:
    """What a neighbour calls its port: names that the cable list knows, else the first that it tells. Two
    that the list knows contradict each other (an alias that is the name of another port).
    """
    told = [str(read.value) for read in (neighbor.port_id, neighbor.port_description) if read.value]
    known = dict.fromkeys(port for port in told if f"{device}/{port}" in inventory.far_ends)
    return tuple(known) or tuple(told[:1])


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
        reports=("port_present", "speed_set_gbps", "fec_set"),
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
            Requires("oper_up", per="end"),
            Requires("uncorrectable_codewords", per="end"),
            Requires("pre_fec_ber_upper", per="end"),
        ),
        reports=("flap_count", "pre_fec_ber", "pre_fec_ber_floor", "counters_cleared"),
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
