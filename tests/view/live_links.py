"""Links as a watch tells them, made by hand: one look, or several of them in a row."""

from __future__ import annotations

from typing import Any

from bringup.model.event import Watched
from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Gauge, Live, LiveEnd, LiveLane, Phase

NEAR, FAR = "leaf-1/Ethernet0", "node-01/enp65s0np0"


def level(dbm: float | None, verdict: Verdict = Verdict.PASS, **more: Any) -> Gauge:
    reading = Reading.VALUE if dbm is not None else Reading.DARK
    return Gauge(quantity="rx_power_dbm", reading=reading, value=dbm, verdict=verdict, **more)


def lane(index: int, dbm: float | None, verdict: Verdict = Verdict.PASS) -> LiveLane:
    sent = Gauge(quantity="tx_power_dbm", reading=Reading.VALUE, value=1.5, verdict=Verdict.PASS)
    return LiveLane(index=index, rx=level(dbm, verdict), tx=sent, best_dbm=dbm)


def told(quantity: str, value: Any, verdict: Verdict = Verdict.PASS) -> Gauge:
    return Gauge(quantity=quantity, reading=Reading.VALUE, value=value, verdict=verdict)


def end(subject: str, *lanes: LiveLane, up: bool = True, **more: Any) -> LiveEnd:
    given: dict[str, Any] = {
        "module": "400GBASE-DR4  LQ000001",
        "gauges": (
            told("optic_present", True),
            told("oper_up", up, Verdict.PASS if up else Verdict.FAIL),
            told("fec_mode", "rs544"),
            told("pre_fec_ber_upper", 3.2e-9),
            told("temperature_c", 48.2),
        ),
        "low_dbm": -5.9,
        "marginal_dbm": -4.9,
        "every_s": 10.0,
    }
    return LiveEnd(subject=subject, lanes=lanes, **(given | more))


def lanes(*dbm: float | None) -> tuple[LiveLane, ...]:
    """Each judged by the limit of -5.9 dBm and what is marginal above it."""
    found = []
    for index, level_dbm in enumerate(dbm, 1):
        if level_dbm is None or level_dbm < -5.9:
            verdict = Verdict.FAIL
        else:
            verdict = Verdict.MARGINAL if level_dbm < -4.9 else Verdict.PASS
        found.append(lane(index, level_dbm, verdict))
    return tuple(found)


def old(told_once: tuple[LiveLane, ...]) -> tuple[LiveLane, ...]:
    """Levels of a device that does not answer any more."""
    return tuple(
        LiveLane(
            index=each.index,
            rx=level(
                each.rx.value if each.rx is not None else None,  # type: ignore[arg-type]
                Verdict.UNKNOWN,
                reason="timeout",
            ),
        )
        for each in told_once
    )


def live(phase: Phase, *near: LiveLane, **more: Any) -> Live:
    given: dict[str, Any] = {
        "far_end": FAR,
        "look": 40,
        "phase_s": 4.0,
        "held_s": 0.0,
        "hold_s": 30.0,
        "measured_s": 12.0,
        "newest_s": 3.0,
        "states": (("light", 0.0), ("link", 3.2), ("link at both ends", 4.1)),
        "ends": (
            end(NEAR, *(near or lanes(-2.1, -2.0, -2.2, -1.9))),
            end(FAR, *lanes(-1.4, -1.5, -1.3, -1.6)),
        ),
    }
    return Live(subject=NEAR, phase=phase, **(given | more))


BAD = live(Phase.NOT_GOOD, *lanes(-2.1, -2.0, -10.1, -1.9), trouble="lane 3 still low")
OUT = live(Phase.UNPLUGGED, *lanes(None, None, None, None), trouble="lane 1 dark", look=52, states=())
PLUGGED = live(
    Phase.HANDS_OFF,
    *lanes(-2.1, -2.0, -6.4, -1.9),
    trouble="lane 3 still low",
    plugged_s=12.0,
    look=60,
)
HELD = live(Phase.GOOD, *lanes(-2.1, -2.0, -5.2, -1.9), held_s=31.0, plugged_s=34.0, marginal=True, look=90)
WRONG = live(Phase.WRONG_PORT, *lanes(-2.1, -2.0, -10.1, -1.9), wrong="leaf-1/Ethernet8", look=45)
LOST = live(
    Phase.LOST,
    trouble="leaf-1 does not answer (timeout)",
    look=46,
    ends=(
        end(NEAR, *old(lanes(-2.1, -2.0, -10.1, -1.9)), error="timeout", silent_s=41.0, gauges=()),
        end(FAR, *lanes(-1.4, -1.5, -1.3, -1.6)),
    ),
)
MOMENTS = {"bad": BAD, "out": OUT, "plugged": PLUGGED, "held": HELD, "wrong": WRONG, "lost": LOST}


def watched(*looks: Live) -> tuple[Watched, ...]:
    return tuple(Watched(subject=each.subject, attempt=1, live=each) for each in looks)
