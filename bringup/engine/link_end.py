"""One end of a watched link: what its device last told of it, and what of that still holds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from bringup.check.link import LINE_RATE_FACTOR, ber_bound, difference
from bringup.engine.looking import Looking, Told, rows_of
from bringup.model.facts import FecCounters, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement, Read, measured, value
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading
from bringup.statistics import poisson_upper

NOTHING_DBM = -25.0
"""Below this a monitor tells its own noise: no medium's receiver works with a hundredth of it as light."""
LOOKS_KEPT = 64
_Row = TypeVar("_Row", Port, Optic, FecCounters)


class Counted(msgspec.Struct, frozen=True):
    at_s: float
    counters: FecCounters


class EndNow(msgspec.Struct, frozen=True, kw_only=True):
    """One end at one moment. `fresh` is what can be judged, `news` what of it came since the last look; `old`
    what was told once, and by which reason it no longer holds. `sampled_s` is when the oldest of the fresh
    samples was taken.
    """

    subject: str
    fresh: tuple[Measurement, ...] = ()
    news: tuple[Measurement, ...] = ()
    old: dict[tuple[str, str], tuple[Measurement, str]] = {}
    error: str | None = None
    told: str = ""
    silent_s: float | None = None
    sampled_s: float | None = None
    light_s: float | None = None
    module: str = ""
    every_s: float | None = None

    def read(self, quantity: str) -> Measurement | None:
        """A fresh reading of the port itself."""
        return next((m for m in self.fresh if m.quantity == quantity and m.subject == self.subject), None)

    def lanes(self, quantity: str) -> tuple[Measurement, ...]:
        return tuple(one for one in self.fresh if one.quantity == quantity and "#" in one.subject)

    @property
    def absent(self) -> bool | None:
        """Whether there is no module; None where that is not told."""
        present = self.read("optic_present")
        return not present.value if present is not None and isinstance(present.value, bool) else None

    @property
    def dark(self) -> bool | None:
        """Whether no lane gets any light; None where one of them, or all, tell nothing."""
        lanes = [_no_light(one) for one in self.lanes("rx_power_dbm")]
        if any(lane is False for lane in lanes):
            return False
        return None if not lanes or None in lanes else True


class LinkEnd:
    """Follows one end through the looks. `speed`: how much faster the world runs than its devices' clocks."""

    def __init__(
        self, subject: str, looking: Looking, inventory: Inventory, *, window_s: float, speed: float
    ) -> None:
        place = parse_subject(subject)
        self.subject, self._device, self._name = subject, place.device, place.component or ""
        self._looking = looking
        self._window_s = window_s
        self._speed = speed
        port = inventory.ports.get(subject)
        self._stated_gbps = port.speed_gbps if port is not None else None
        self._counted: deque[Counted] = deque(maxlen=LOOKS_KEPT)
        self._seen: dict[str, int] = {}

    def now(self, now_s: float) -> EndNow:
        """What is known at `now_s`."""
        taken = _Taken(self._looking, self._device, now_s)
        port = taken.one("ports", Port, "name", self._name)
        optic = taken.one("optics", Optic, "port", self._name)
        counters = taken.one("fec_counters", FecCounters, "port", self._name)
        taken.keep("optics", list(self._of_optic(optic)), self._age_s(optic))
        taken.keep("ports", list(self._of_port(port)), 0.0)
        taken.keep("fec_counters", list(self._of_counters(counters, port, taken)), 0.0)
        return EndNow(
            subject=self.subject,
            fresh=tuple(one for readings in taken.fresh.values() for one in readings),
            news=tuple(self._news(taken)),
            old=taken.old,
            error=taken.error,
            told="; ".join(taken.words),
            silent_s=taken.silent_s,
            sampled_s=min(taken.sampled.values(), default=None),
            light_s=taken.sampled.get("optics"),
            module=_named(optic),
            every_s=self._looking.pace_s(self._device, "optics"),
        )

    def _news(self, taken: _Taken) -> Iterator[Measurement]:
        for method, readings in taken.fresh.items():
            told = self._looking.told(self._device, method)
            if told is not None and told.number != self._seen.get(method):
                self._seen[method] = told.number
                yield from readings

    def _age_s(self, optic: Optic | None) -> float:
        ages = [lane.rx_power_dbm.age_s or 0.0 for lane in optic.lanes] if optic is not None else []
        return max(ages, default=0.0) * self._speed

    def _of_optic(self, optic: Optic | None) -> Iterator[Measurement]:
        """As the checks of modules tell it: a port that the device does not list holds none."""
        if self._looking.told(self._device, "optics") is None:
            return
        yield measured(self.subject, "optic_present", False if optic is None else optic.present)
        if optic is None or optic.present.value is False:
            return
        yield measured(self.subject, "optic_medium", optic.medium)
        yield measured(self.subject, "temperature_c", self._aged(optic.temperature_c))
        for lane in optic.lanes:
            where = f"{self.subject}#lane-{lane.index}"
            yield measured(where, "rx_power_dbm", self._aged(lane.rx_power_dbm))
            yield measured(where, "tx_power_dbm", self._aged(lane.tx_power_dbm))
            yield measured(where, "bias_ma", self._aged(lane.bias_ma))

    def _of_port(self, port: Port | None) -> Iterator[Measurement]:
        if self._looking.told(self._device, "ports") is None:
            return
        yield measured(self.subject, "port_present", port is not None)
        if port is not None:
            yield measured(self.subject, "admin_up", port.admin_up)
            yield measured(self.subject, "oper_up", port.oper_up)
            yield measured(self.subject, "speed_gbps", port.speed_gbps)
            yield measured(self.subject, "fec_mode", port.fec_mode)

    def _of_counters(
        self, counters: FecCounters | None, port: Port | None, taken: _Taken
    ) -> Iterator[Measurement]:
        """Differences over at most the last `window_s` in which the link was up: what came before, or while
        the plug was moved, says nothing about the link as it is.
        """
        at_s = taken.at_s("fec_counters")
        if port is None or port.oper_up.value is not True or counters is None or at_s is None:
            self._counted.clear()
            return
        if not self._counted or self._counted[-1].at_s < at_s:
            self._counted.append(Counted(at_s, counters))
        while len(self._counted) > 2 and self._counted[1].at_s <= at_s - self._window_s:
            self._counted.popleft()
        first, seconds = self._counted[0].counters, at_s - self._counted[0].at_s
        if seconds <= 0:
            return
        for quantity, read in self._grown(first, counters, port, seconds):
            yield measured(self.subject, quantity, read)

    def _grown(
        self, first: FecCounters, last: FecCounters, port: Port, seconds: float
    ) -> Iterator[tuple[str, Read]]:
        bits = self._bits(port, seconds)
        grown = {
            "uncorrectable_codewords": difference(
                first.uncorrectable_codewords, last.uncorrectable_codewords
            ),
            "flap_count": difference(first.flap_count, last.flap_count),
            "pre_fec_ber": last.pre_fec_ber if last.pre_fec_ber.reading is Reading.VALUE else None,
            "pre_fec_ber_upper": ber_bound(first, last, bits),
            "pre_fec_ber_floor": value(poisson_upper(0) / bits) if bits else None,
        }
        yield from ((quantity, read) for quantity, read in grown.items() if read is not None)

    def _bits(self, port: Port, seconds: float) -> float:
        """Bits that passed one way; 0 where the inventory states no speed."""
        if self._stated_gbps is None:
            return 0.0
        told = port.speed_gbps.value
        is_number = isinstance(told, int | float) and not isinstance(told, bool)
        slowest = min(self._stated_gbps, float(told)) if is_number else self._stated_gbps  # type: ignore[arg-type]
        return max(0.0, slowest) * 1e9 * LINE_RATE_FACTOR * seconds

    def _aged(self, read: Read) -> Read:
        if read.age_s is None or self._speed == 1.0:
            return read
        return msgspec.structs.replace(read, age_s=round(read.age_s * self._speed, 3))


class _Taken:
    """Sorts one end's readings at one moment into those that hold and those that do not."""

    def __init__(self, looking: Looking, device: str, now_s: float) -> None:
        self._looking, self._device, self._now_s = looking, device, now_s
        self.fresh: dict[str, list[Measurement]] = {}
        self.old: dict[tuple[str, str], tuple[Measurement, str]] = {}
        self.sampled: dict[str, float] = {}
        self.words: list[str] = []
        self._damaged: set[str] = set()
        known = [(method, one) for method, one in looking.all_told(device)]
        failed = [one for _, one in known if one.reason is not None]
        self.words += [f"{method}: {one.words}" for method, one in known if one.reason is not None]
        # A device that answers one question is there; which of the others it can't answer is told with them.
        self.error = failed[0].reason if failed and len(failed) == len(known) else None
        since = [one.failed_s for one in failed if one.failed_s is not None]
        self.silent_s = now_s - min(since) if self.error and since else None

    def at_s(self, method: str) -> float | None:
        told = self._looking.told(self._device, method)
        return told.at_s if told is not None else None

    def one(self, method: str, kind: type[_Row], key: str, name: str) -> _Row | None:
        """The only row of that name; several contradict each other, and none of them holds."""
        found = rows_of(self._looking.told(self._device, method), kind, key, name)
        if len(found) > 1 or any(_twice(each) for each in found):
            self._damaged.add(method)
            self.words.append(f"{method}: lists {name} more than once")
        return found[0] if found else None

    def keep(self, method: str, readings: list[Measurement], age_s: float) -> None:
        told = self._looking.told(self._device, method)
        if told is None or told.at_s is None:
            return
        reason = "unparsable" if method in self._damaged else self._stale(method, told)
        if reason is not None:
            self.old |= {(one.subject, one.quantity): (one, reason) for one in readings}
            return
        self.fresh[method] = readings
        if readings:
            self.sampled[method] = told.at_s - age_s

    def _stale(self, method: str, told: Told) -> str | None:
        if told.reason is not None:
            return told.reason
        assert told.at_s is not None
        late = self._now_s - told.at_s > self._looking.stale_after_s(self._device, method)
        return "stale" if late else None


def _twice(row: object) -> bool:
    lanes = [lane.index for lane in row.lanes] if isinstance(row, Optic) else []
    return len(lanes) != len(set(lanes))


def _no_light(one: Measurement) -> bool | None:
    """None for what is no reading of light: not told, or text where a number is due."""
    if one.reading is Reading.DARK:
        return True
    told = one.value
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return told < NOTHING_DBM


def _named(optic: Optic | None) -> str:
    if optic is None:
        return ""
    told = (optic.medium, optic.part_number, optic.serial)
    return "  ".join(str(read.value) for read in told if read.reading is Reading.VALUE)
