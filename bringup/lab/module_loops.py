"""Signals that a module gives back: to its own host, or from the far end's module through the fibre."""

from __future__ import annotations

from bringup.lab.state import Port
from bringup.lab.wiring import Wiring

NEAR = ("host-side-input", "media-side-output")
"""Given back to the module's own host: at once, or behind its signal processor."""
FAR = ("media-side-input", "host-side-output")
"""Given back to the far end: at once, or behind the signal processor."""
ELECTRICAL_BER = 1e-11
"""What a good host and a good module make of a signal that never left them."""

NO_PATTERN = 0.1
"""From here on a checker does not find the pattern among its errors."""


def _turns(port: Port, kinds: tuple[str, ...]) -> bool:
    return port.optic is not None and any(port.optic.controls.loopbacks.get(kind) for kind in kinds)


def path_back(wiring: Wiring, port: Port) -> tuple[str, ...] | None:
    """The receivers that a port's own signal passes on its way back; None where it does not come back."""
    if _turns(port, NEAR):
        return ()
    far = wiring.far_end(port.subject)
    if far is not None and _turns(far, FAR):
        return (far.subject, port.subject)
    return None


def cut_off(wiring: Wiring, port: Port) -> bool:
    """Whether what the far end's host sends does not get here, for a loopback is in the way."""
    far = wiring.far_end(port.subject)
    return _turns(port, FAR) or (far is not None and _turns(far, NEAR))


def pattern_bers(wiring: Wiring, port: Port, received: list[float]) -> tuple[float | None, ...]:
    """What a checker behind the receivers finds (`received`: their ratios, lane by lane), where the far
    end's module sends a pattern, or gives this one's own back.
    """
    if port.optic is None:
        return ()
    far = wiring.far_end(port.subject)
    sending = 0
    if _turns(port, ("media-side-output",)):
        return tuple(
            ELECTRICAL_BER if port.optic.controls.generators.get("media", 0) >> lane & 1 else None
            for lane in range(port.lane_count)
        )
    if far is not None and far.optic is not None:
        own = port.optic if _turns(far, FAR) else far.optic
        sending = own.controls.generators.get("media", 0)
    return tuple(
        ratio if ratio < NO_PATTERN and sending >> lane & 1 else None for lane, ratio in enumerate(received)
    )
