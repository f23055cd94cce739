"""The ladder of one link, rung by rung: what was read at both of its ends, and where its first cause stands.

Power, presence, state machine, light, lane, FEC, BER, protocol, cabling, configuration. `light` is how the
best lane fares, so that it is bad only where all of them are; `lane` is the worst. Whether the link is up is
what is to be explained, and no rung.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from bringup.diagnosis.case import Case
from bringup.diagnosis.observed import Observed, Seen
from bringup.diagnosis.rung_table import (
    DEVICE,
    LIGHT,
    OF_LANES,
    QUANTITIES,
    RUNGS,
    SAID,
    STOPS,
    UNTOLD,
    WORDS,
)
from bringup.diagnosis.scene_link import ACTIVATED
from bringup.model.cause import Ladder, Rung
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Verdict, worst

LADDERS_AT_MOST = 256
"""Of one cause: a spine that is off takes hundreds of links with it, and they are all alike."""


class Climber:
    """Climbs the ladder of links, after all causes are known."""

    def __init__(self, observed: Observed, inventory: Inventory) -> None:
        self._observed = observed
        self._inventory = inventory

    def ladders(self, case: Case) -> tuple[Ladder, ...]:
        """One for each link that the case stands for; one of many told together, by each of these."""
        found: dict[tuple[str, str], Ladder] = {}
        for one in case.members or (case,):
            for near, far in _links(one, self._inventory):
                if len(found) >= LADDERS_AT_MOST:
                    return tuple(found.values())
                link = (min(near, far), max(near, far))
                if link not in found:
                    found[link] = self._ladder(one, near, far)
        return tuple(found.values())

    def _ladder(self, case: Case, near: str, far: str) -> Ladder:
        sides = [_side(self._observed, port) if port else {} for port in (near, far)]
        rungs = [_rung(name, sides[0].get(name), sides[1].get(name)) for name in RUNGS]
        stop, cable = _stop(case, rungs), self._inventory.cables_at.get(near)
        verdict = worst(finding.verdict for finding in (case.findings or case.blocked))
        return Ladder(
            near=near,
            far=far,
            label=cable.label if cable is not None else "",
            title=case.title,
            link=_link(self._observed, near, far),
            stops_at=stop,
            next_test=case.next_test,
            remedy=case.remedy,
            rungs=tuple(_at_least(rung, verdict) if rung.name == stop else rung for rung in rungs),
        )


def _links(case: Case, inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Near and far port of each; the near end is the one where the rule holds."""
    first = case.subjects[0] if case.subjects else ""
    keys = [finding.key.subject for finding in (*case.findings, *case.blocked)]
    told: dict[tuple[str, str], None] = {}
    for subject in (*case.subjects, *keys):
        for port in _ports(subject):
            far = inventory.far_ends.get(port)
            if far is not None or port in inventory.ports:
                near, other = (far, port) if far is not None and far == first else (port, far or "")
                if (other, near) not in told:
                    told.setdefault((near, other))
    yield from told


def _ports(subject: str) -> Iterable[str]:
    return [end.partition("#")[0] for end in ends(subject)] if "/" in subject else ()


def _at_least(rung: Rung, verdict: Verdict) -> Rung:
    """The rung where the cause stands is as bad as the cause, whatever led to it was read elsewhere."""
    if rung.verdict is not None and not rung.verdict.good:
        return rung
    return Rung(rung.name, verdict, rung.near, rung.far)


def _stop(case: Case, rungs: list[Rung]) -> str:
    bad = [rung.name for rung in rungs if rung.verdict is not None and not rung.verdict.good]
    stops = STOPS.get(case.rule)
    if stops is None:
        stops = ("power",) if case.rule.startswith(("device-", "credentials", "rights")) else ()
    if stops:
        return next((name for name in stops if name in bad), stops[-1])
    shown = [name for name, quantities in QUANTITIES.items() if set(case.shows) & set(quantities)]
    return next((name for name in shown if name in bad), bad[0] if bad else "")


Told = tuple[list[Judgement], str]


def _rung(name: str, near: Told | None, far: Told | None) -> Rung:
    told = [each for each in (near, far) if each is not None]
    judged = [one.verdict for judgements, _ in told for one in judgements]
    return Rung(
        name,
        worst(judged) if judged else None,
        near[1] if near is not None else "",
        far[1] if far is not None else "",
    )


def _side(observed: Observed, port: str) -> dict[str, Told]:
    """What one end has told, by rung."""
    found = {name: _told(quantity_of(observed, port, quantities)) for name, quantities in QUANTITIES.items()}
    found["power"] = _told(quantity_of(observed, parse_subject(port).device, DEVICE))
    found["state machine"] = _with_paths(observed, port, found["state machine"])
    found["light"], found["lane"] = _lanes(observed, port, "best"), _lanes(observed, port, "worst")
    heard = observed.get(port, "neighbor")
    if heard.measurement is not None:
        silent = heard.value in (None, "none")
        judged, words = _told([("neighbor", heard)])
        name, said = ("protocol", "hears nobody") if silent else ("cabling", f"leads to {words}")
        found[name] = ([*found[name][0], *judged], ", ".join(filter(None, (found[name][1], said))))
        if not silent:
            found["protocol"] = (found["protocol"][0], found["protocol"][1] or "hears its neighbour")
    return found


def _with_paths(observed: Observed, port: str, told: Told) -> Told:
    """The data path of each lane beside the state of the module."""
    judged, words = told
    lanes = list(observed.lanes(port, "data_path_state"))
    idle = [f"lane {lane} {seen.value}" for lane, seen in lanes if seen.value not in (None, ACTIVATED)]
    said = ", ".join(idle) if idle else ACTIVATED
    if any(seen.value is not None for _, seen in lanes):
        words = ", ".join(filter(None, (words, f"data path: {said}")))
    return [*judged, *(each for _, seen in lanes for each in seen.judgements)], words


def quantity_of(observed: Observed, subject: str, names: Iterable[str]) -> list[tuple[str, Seen]]:
    """What was asked of a subject, in that order."""
    told = [(name, observed.get(subject, name)) for name in names]
    return [(name, seen) for name, seen in told if seen.measurement is not None or seen.judgements]


def _told(seen: Iterable[tuple[str, Seen]]) -> Told:
    judged: list[Judgement] = []
    words: list[str] = []
    for quantity, one in seen:
        judged += one.judgements
        word = _words(quantity, one)
        if word and not (quantity == "pre_fec_ber" and any(each.startswith("BER") for each in words)):
            words.append(word)
    if len(words) > 1 and "a module" in words:  # its kind says as much
        words.remove("a module")
    return judged, ", ".join(words)


def _words(quantity: str, seen: Seen) -> str:
    value = seen.value
    if value is None:
        return f"{UNTOLD.get(quantity, quantity)} not told"
    said = SAID.get((quantity, value)) if isinstance(value, bool | str) else None
    if said is not None:
        return said
    if isinstance(value, bool | str):
        return WORDS.get(quantity, "{}").format(value) if "{}" in WORDS.get(quantity, "{}") else str(value)
    return WORDS.get(quantity, quantity + " {}").format(value)


def _lanes(observed: Observed, port: str, which: Literal["best", "worst"]) -> Told:
    """`best`: the judgements of the best lane of each direction, with the span of all; `worst`: all of them,
    with the lanes that are not good.
    """
    judged: list[Judgement] = []
    words: list[str] = []
    for quantity, does in zip(LIGHT, ("sends", "receives"), strict=True):
        lanes = list(observed.lanes(port, quantity))
        if which == "worst":
            judged += [each for _, seen in lanes for each in seen.judgements]
            words += [
                f"lane {lane} {does} {_power(seen)}" for lane, seen in lanes if seen.bad or seen.marginal
            ]
        elif lanes:
            best = min(lanes, key=lambda one: one[1].worst.verdict.severity if one[1].worst else 0)
            judged += best[1].judgements
            words.append(f"{does} {_span([seen for _, seen in lanes])}")
    if which == "worst":
        for quantity, said in OF_LANES.items():
            lanes = list(observed.lanes(port, quantity))
            judged += [each for _, seen in lanes for each in seen.judgements]
            words += [f"lane {lane} {said.format(_plain(seen))}" for lane, seen in lanes if seen.bad]
        spread = observed.get(port, "rx_power_spread_db")
        judged += spread.judgements
        words = words or _all_good(observed, port, spread)
    return judged, ", ".join(words)


def _plain(seen: Seen) -> str:
    value = seen.value
    if value is None:
        return "not told"
    return f"{value:.2f}" if isinstance(value, float) else "yes" if value is True else "no"


def _all_good(observed: Observed, port: str, spread: Seen) -> list[str]:
    if isinstance(spread.value, int | float):
        return [f"lanes within {spread.value:.1f} dB"]
    count = max(sum(1 for _ in observed.lanes(port, quantity)) for quantity in LIGHT)
    return [f"{count} lanes good"] if count else []


def _power(seen: Seen) -> str:
    if seen.dark:
        return "nothing"
    return f"{seen.value:.1f} dBm" if isinstance(seen.value, int | float) else "not told"


def _span(lanes: list[Seen]) -> str:
    powers = [float(seen.value) for seen in lanes if isinstance(seen.value, int | float)]
    dark = sum(seen.dark for seen in lanes)
    if not powers:
        return "nothing" if dark == len(lanes) else "not told"
    low, high = min(powers), max(powers)
    span = f"{low:.1f} dBm" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f} to {high:.1f} dBm"
    return f"{span}, {dark} dark" if dark else span


def _link(observed: Observed, near: str, far: str) -> str:
    """Whether it is up, as its ends tell it."""
    told = [observed.value(port, "oper_up") for port in (near, far) if port]
    if all(each is None for each in told):
        return "link not looked at"
    if all(each is True for each in told):
        return "link up"
    return "link up at one end only" if any(each is True for each in told) else "link down"
