"""How far a person's work at one port is, from its readings alone (field rule 14). Pure.

Nothing rewards moving a live connector: only what was sampled after the plug went in counts, and it counts as
good when every look for `hold_s` was good. Seconds are the world's.
"""

from __future__ import annotations

import msgspec

from bringup.model.verdict import Verdict
from bringup.model.watch import Phase


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What one look says about the work at a port.

    `gone`: no module, or no light on any lane; None where that was not told. `absent`: it is the module that
    is not there. `far_sends`: whether the far transmitter is proven on. `sampled_s` is when the oldest of
    the newest samples was taken, `light_s` that of the received light. `wrong` is another port that went
    down. `answers`: the port's own device tells anything now.
    """

    gone: bool | None
    absent: bool = False
    far_sends: bool | None = None
    sampled_s: float | None = None
    light_s: float | None = None
    verdict: Verdict = Verdict.UNKNOWN
    wrong: str | None = None
    answers: bool = True


class Hands:
    """Takes glances in their order. `phase` is where the work stands after the last one."""

    def __init__(self, hold_s: float, now_s: float) -> None:
        self.hold_s = hold_s
        self.phase = Phase.READING
        self.phase_s = now_s
        self.plugged_s: float | None = None
        self.good_s: float | None = None
        self.held_s = 0.0
        self._began_s: float | None = None
        self._out = False
        self._lit = False

    def take(self, now_s: float, glance: Glance) -> Phase:
        phase = self._after(now_s, glance)
        if phase is not self.phase:
            self.phase, self.phase_s = phase, now_s
        return phase

    def measured_s(self, now_s: float) -> float:
        """For how long it has been measured since the plug went in, or since it was first read."""
        since_s = self.plugged_s if self.plugged_s is not None else self._began_s
        return 0.0 if since_s is None or self._out else max(0.0, now_s - since_s)

    def _after(self, now_s: float, glance: Glance) -> Phase:
        if not glance.answers:
            self._not_good()
            return Phase.LOST
        if glance.gone is None:
            self._not_good()
            if glance.verdict is Verdict.FAIL:
                return Phase.NOT_GOOD
            return Phase.READING if self._began_s is None else Phase.NOT_MEASURED
        if self._began_s is None:
            self._began_s = now_s
        if glance.gone:
            return self._without_light(glance)
        self._lit = True
        if self._out:
            self._out = False
            self.plugged_s = glance.light_s if glance.light_s is not None else now_s
        if glance.wrong is not None:
            self._not_good()
            return Phase.WRONG_PORT
        return self._plugged(now_s, glance)

    def _without_light(self, glance: Glance) -> Phase:
        """The fibre is out where light came before, or where the far end is proven to send some."""
        self._not_good()
        if not (glance.absent or self._lit or self._out or glance.far_sends):
            return Phase.NO_LIGHT
        self._out, self.plugged_s = True, None
        return Phase.UNPLUGGED

    def _plugged(self, now_s: float, glance: Glance) -> Phase:
        late = self.measured_s(now_s) >= self.hold_s
        newer = glance.sampled_s is not None and (
            self.plugged_s is None or glance.sampled_s >= self.plugged_s
        )
        if glance.verdict is Verdict.FAIL:
            self._not_good()
            return Phase.NOT_GOOD if late or self.plugged_s is None else Phase.HANDS_OFF
        if not newer or not glance.verdict.good:
            self._not_good()
            return Phase.NOT_MEASURED if late else Phase.HANDS_OFF
        assert glance.sampled_s is not None
        if self.good_s is None:
            self.good_s = glance.sampled_s
        self.held_s = max(0.0, glance.sampled_s - self.good_s)
        return Phase.GOOD if self.held_s >= self.hold_s else Phase.HANDS_OFF

    def _not_good(self) -> None:
        self.good_s, self.held_s = None, 0.0
