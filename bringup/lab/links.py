"""Light through fibres, links from light, counters from links, over the records of `bringup.lab.state`."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping

from bringup.lab import lldp, module_loops, physics
from bringup.lab.optic_kind import kind_of
from bringup.lab.state import Cable, CableEnd, Counters, Device, Lane, Optic, Port
from bringup.lab.wiring import Wiring

RX_LOS_FLAGS = ("147", "148")
"""Of CMIS page 11h: loss of light, and of lock, at a receiver."""
LEAST_MEAN = 1e-12
"""What is expected less often than this does not happen."""
JUST_AFTER_S = 1e-4
"""What is due at an edge is reckoned behind it, on the far side of any rounding."""


def lanes_of(port: Port) -> list[Lane]:
    """The transmitters of a port: all of its module's, or those that a breakout gives it."""
    if port.optic is None:
        return []
    if port.cage is None:
        return port.optic.lanes
    return port.optic.lanes[port.lane_offset : port.lane_offset + port.lane_count]


def sent_dbm(port: Port, now: float) -> list[float | None]:
    """Power that leaves each lane; None where no light leaves."""
    optic = port.optic
    if optic is None:
        return []
    lit = port.admin_up and ready(port, now)
    told = optic.controls
    waking = told.initialising if now < told.initialised_at else 0
    disabled = (told.tx_disabled | told.deinit | waking) >> (0 if port.cage is None else port.lane_offset)
    return [
        lane.tx_power_dbm if lit and lane.laser and not disabled >> at & 1 and _fed(optic, at) else None
        for at, lane in enumerate(lanes_of(port))
    ]


def _fed(optic: Optic, lane: int) -> bool:
    """Whether light comes to a lane's modulator and its ring holds it; always, where a laser is inside."""
    source = optic.source
    return source is None or (source.lasers[lane] > 0.0 and source.locked[lane])


def ready(port: Port, now: float) -> bool:
    """Whether a module is there and awake."""
    optic = port.optic
    return optic is not None and optic.ready_at is not None and now >= optic.ready_at and not optic.low_power


def received_dbm(wiring: Wiring, subject: str, now: float) -> list[float | None]:
    """Power that arrives at each lane, None below what a monitor sees; empty where nothing is plugged in.

    A port that has a cage's lanes to itself receives what each of its plugs brings.
    """
    return [power for each in wiring.places(subject) for power in _received_at(wiring, each, now)]


def _received_at(wiring: Wiring, subject: str, now: float) -> list[float | None]:
    found = wiring.plugged(subject)
    if found is None:
        return []
    cable, here_is_a = found
    here, there = (cable.a, cable.b) if here_is_a else (cable.b, cable.a)
    fibres = cable.b_to_a_db if here_is_a else cable.a_to_b_db
    if _parted(here, now) or _parted(there, now):
        return [None] * len(fibres)
    if there.port is None or not all(_fits(wiring.ports[end], cable) for end in (subject, there.port)):
        return [None] * len(fibres)
    arriving: list[float | None] = []
    for lane, sent in enumerate(sent_dbm(wiring.ports[there.port], now)[: len(fibres)]):
        power = None if sent is None else sent - there.out_db[lane] - fibres[lane] - here.in_db[lane]
        arriving.append(power if power is not None and power > physics.DARK_DBM else None)
    return arriving


def _parted(end: CableEnd, now: float) -> bool:
    """Whether a plug that is not latched has no contact at this moment."""
    return end.parts_every_s is not None and now % end.parts_every_s < end.parts_for_s


def dues(wiring: Wiring, port: Port, now: float) -> Iterator[float]:
    """When something is next due at a port: its module ready, its link up, its counters cleared, the plug in
    it without contact, or with it again.
    """
    if port.cleared_every_s is not None:
        yield (port.cleared_at or now) + port.cleared_every_s
    if port.up_at is not None and not port.up:
        yield port.up_at
    if port.optic is not None and port.optic.ready_at is not None:
        yield port.optic.ready_at
        yield port.optic.controls.initialised_at
    found = wiring.plugged(port.subject)
    if found is not None:
        end = found[0].a if found[1] else found[0].b
        if end.parts_every_s is not None:
            began = now - now % end.parts_every_s
            yield from (began + end.parts_for_s + JUST_AFTER_S, began + end.parts_every_s + JUST_AFTER_S)


def clear_counters(port: Port, now: float) -> None:
    """What `clear counters` does, or a script that does it again and again."""
    port.counters, port.cleared_at = Counters(), now


def _fits(port: Port, cable: Cable) -> bool:
    """Whether a module sends into this kind of fibre, and reads from it: DR4 and DR4-2 do, SR4 does not."""
    return port.optic is None or physics.fibre_of(port.optic.medium) == physics.fibre_of(cable.medium)


def signal(port: Port, medium: str, level_dbm: float) -> tuple[float, float]:
    """SNR in dB and error ratio before correction behind one of a port's receivers."""
    found = snr_db(medium, level_dbm) - port.adapted_db
    if kind_of(medium).nrz:
        found -= physics.PAM4_OVER_NRZ_DB
        return found, physics.nrz_ber(found)
    return found, physics.pam4_ber(found)


def snr_db(medium: str, level_dbm: float) -> float:
    """SNR behind a receiver of that medium."""
    limit_dbm, slope, ceiling_db = kind_of(medium).receiver
    return physics.snr_db(level_dbm, ceiling_db, limit_dbm, slope)


def lane_bers(wiring: Wiring, subject: str, now: float) -> list[float]:
    """Of a signal that is given back, the errors of all receivers that it passed."""
    port = wiring.ports[subject]
    path = module_loops.path_back(wiring, port)
    if path is None:
        return received_bers(wiring, subject, now)
    if not path:
        return [module_loops.ELECTRICAL_BER] * port.lane_count
    passed = [received_bers(wiring, each, now) for each in path]
    return [min(0.5, sum(lanes)) for lanes in zip(*passed, strict=False)]


def received_bers(wiring: Wiring, subject: str, now: float) -> list[float]:
    """What a receiver makes of the light that arrives."""
    port = wiring.ports[subject]
    medium = port.optic.medium if port.optic is not None else ""
    return [
        0.5 if power is None else signal(port, medium, power)[1]
        for power in received_dbm(wiring, subject, now)
    ]


def ber(wiring: Wiring, subject: str, now: float) -> float:
    """Over all lanes: codewords are spread over them evenly."""
    lanes = lane_bers(wiring, subject, now)
    return sum(lanes) / len(lanes) if lanes else 0.5


def _locks(wiring: Wiring, port: Port, now: float) -> bool:
    """Whether the receiver finds alignment on every lane that the port's speed needs."""
    powers = received_dbm(wiring, port.subject, now)
    medium = port.optic.medium if port.optic is not None else ""
    return len(powers) >= port.lane_count and all(
        power is not None and snr_db(medium, power) >= physics.LOCK_SNR_DB for power in powers
    )


def _agrees(wiring: Wiring, devices: Mapping[str, Device], port: Port, now: float) -> bool:
    """Whether both ends of what is plugged in here are on, see light, and have the same speed and coding; or
    a port's own signal comes back to it.
    """
    path = module_loops.path_back(wiring, port)
    if path is not None:
        locked = all(_locks(wiring, wiring.ports[each], now) for each in path)
        return port.made and port.admin_up and ready(port, now) and devices[port.device].booted and locked
    far = wiring.far_end(port.subject)
    if far is None or module_loops.cut_off(wiring, port):
        return False
    both = (port, far)
    return (
        all(each.made and each.admin_up and each.optic is not None for each in both)
        and all(devices[each.device].booted for each in both)
        and port.fec_mode == far.fec_mode
        and port.speed_gbps == far.speed_gbps
        and all(_locks(wiring, each, now) for each in both)
    )


def seat_modules(wiring: Wiring) -> None:
    """Let each port hold the module of the assembly that is plugged into it; one that was put there anew
    starts anew.
    """
    for port in wiring.ports.values():
        found = wiring.plugged(port.subject)
        module = None if found is None else (found[0].a if found[1] else found[0].b).module
        if module is None:
            if port.optic is not None and kind_of(port.optic.medium).assembly:
                port.optic = None
        elif port.optic is not module:
            if port.optic is None or port.optic.serial != module.serial:
                module.ready_at = None
            port.optic = module


def react(wiring: Wiring, devices: Mapping[str, Device], now: float, ports: Iterable[Port]) -> None:
    """Let modules wake and links come and go by what is so at `now`, at these ports."""
    ports = tuple(ports)
    for port in ports:
        _wake(port, devices[port.device].booted, now)
        if port.cleared_every_s is not None and now >= (port.cleared_at or 0.0) + port.cleared_every_s:
            clear_counters(port, now)
    for port in ports:
        agreed = _agrees(wiring, devices, port, now)
        turned = module_loops.path_back(wiring, port) is not None
        far = port if turned else wiring.far_end(port.subject)
        moved = port.up and far is not None and not lldp.hears(port, far, devices[far.device])
        if port.up and (not agreed or moved):
            _latch_dark(wiring, port, now)
            _down(port, now)
        if not agreed or far is None:
            port.up_at = None
        elif not port.up:
            if port.up_at is None:
                port.up_at = now + max(port.train_s, far.train_s)
            if now >= port.up_at:
                _up(port, far, devices[far.device], now)


def _wake(port: Port, has_power: bool, now: float) -> None:
    optic = port.optic
    if optic is None:
        return
    if not has_power or optic.low_power:
        optic.ready_at = None
    elif optic.ready_at is None:
        optic.ready_at = now + optic.power_up_s


def _latch_dark(wiring: Wiring, port: Port, now: float) -> None:
    """What the module of a link that goes down keeps in mind: which of its lanes lost their light."""
    if port.optic is None:
        return
    received = received_dbm(wiring, port.subject, now)
    received += [None] * (len(port.optic.lanes) - len(received))
    dark = sum(1 << at for at, power in enumerate(received) if power is None)
    latched = port.optic.controls.latched
    for at in RX_LOS_FLAGS if dark else ():
        latched[at] = latched.get(at, 0) | dark


def _up(port: Port, far: Port, far_device: Device, now: float) -> None:
    port.up, port.changed_at = True, now
    port.counters.transitions += 1
    port.adapted_db, port.next_adapted_db = port.next_adapted_db, 0.0
    lldp.begin(port, far, far_device, now)


def _down(port: Port, now: float) -> None:
    port.up, port.up_at, port.changed_at = False, None, now
    port.counters.transitions += 1
    lldp.end(port, now)


def count(wiring: Wiring, port: Port, since: float, now: float, dice: random.Random) -> None:
    """Let the errors of the time from `since` to `now` happen on one receiver, if it has a link.

    Nothing may have changed meanwhile: whatever changes light or links is reckoned when it happens.
    """
    if port.up and now > since:
        _count_port(port, ber(wiring, port.subject, since), now - since, dice)


def _count_port(port: Port, ber_now: float, seconds: float, dice: random.Random) -> None:
    """Codewords fall into bins by how many of their symbols are wrong; all totals follow from the bins."""
    codewords = physics.codewords_per_s(port.speed_gbps) * seconds
    wrong_bits = physics.line_rate_bps(port.speed_gbps) * seconds * ber_now
    uncorrectable = poisson(codewords * physics.uncorrectable_probability(ber_now), dice)
    counters, touched, symbols = port.counters, 0, uncorrectable * (physics.CORRECTABLE_SYMBOLS + 1)
    for wrong, share in enumerate(physics.codeword_bins(ber_now)):
        mean = codewords * share
        if wrong and mean > LEAST_MEAN:
            fallen = poisson(mean, dice)
            counters.bins[wrong] += fallen
            touched, symbols = touched + fallen, symbols + wrong * fallen
    counters.bins[0] += max(0, int(codewords) - touched - uncorrectable)
    counters.codewords += int(codewords)
    counters.uncorrectable_codewords += uncorrectable
    counters.corrected_codewords += touched
    counters.symbol_errors += symbols
    counters.corrected_bits += max(touched, int(wrong_bits))


def poisson(mean: float, dice: random.Random) -> int:
    """A Poisson draw; a normal one of the same mean and spread where that can't be told apart."""
    if mean <= 0.0:
        return 0
    if mean > 50.0:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, drawn = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        drawn += 1
    return drawn
