"""Many faults at once on the links of one simulated rack, drawn by a seed, and what a bring-up made of them.

`draw` picks faults of which none hides another, `playbook` cuts the profile's own down to what links need,
and `blamed` lays the causes that a run names beside what was injected. Nothing here runs anything.
"""

from __future__ import annotations

import math
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import tomli_w

from bringup.input.shipped import list_shipped
from bringup.lab.clock import HandClock
from bringup.lab.fault_places import plugs
from bringup.lab.faults import FaultBook, fault_kinds
from bringup.lab.profile import PROFILES
from bringup.lab.world import World
from bringup.model.errors import InputError

STAGES = ("power", "management", "hosts", "switches", "optics", "modules", "links", "sign-off")
"""Of the profile's playbook: what links need, and the questions that the simulated technician answers."""
HOST_OFF, SWAP = "far-end-off", "swapped-cables"
TRUNK_OUT, TEMPLATE = "trunk-out", "template"
OF_TEMPLATE = 4
"""Ports of one switch that one wrong setting has."""
SILENT_BER = "1e-7"
TRIES = 20
SEVERITY: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"dirty-connector": (4.6, 10.0), "flapping": (25.0, 80.0), "ber-rise": (1.5e-5, 2e-4)}
)
"""dB on the worst fibre; seconds from one loss of contact to the next; bit error ratio."""
ALSO: Mapping[str, frozenset[str]] = MappingProxyType({"ber-rise": frozenset({"relock-and-guard"})})
"""Remedies that are as right as the fault's own."""
KINDS = (
    "fibre-out",
    "dirty-connector",
    "dark-lane",
    "dead-laser",
    "low-power-stuck",
    "missing-optic",
    "wrong-optic",
    "hot-optic",
    "port-shut",
    "fec-mismatch",
    "speed-mismatch",
    "slow-speed",
    "flapping",
    "ber-rise",
    "ber-rise=" + SILENT_BER,
)
"""Kinds for one link each, all of them about as often; host and swap come on top."""
OUTCOMES = ("right", "half", "split", "wrong", "good")
SWITCHES_ONLY = frozenset({"speed-mismatch"})
"""A host says nothing of a port's speed while its link is down."""


class Injected(NamedTuple):
    """What one thing does to links (both ports of each): faults as they are asked for, and what is right."""

    texts: tuple[str, ...]
    kind: str
    remedies: frozenset[str]
    links: tuple[frozenset[str], ...]

    @property
    def text(self) -> str:
        return ", ".join(self.texts)


class Told(NamedTuple):
    """What the run said of one faulted link."""

    injected: Injected
    link: frozenset[str]
    outcome: str
    """`right`, `good` (nothing was said of it), `half` (only one end is named), `split` (one cause was told
    as several) or `wrong`."""
    said: tuple[str, ...]


class Blame(NamedTuple):
    told: tuple[Told, ...]
    accused: tuple[tuple[frozenset[str], str], ...]
    """Links that are sound, and the cause that they were laid to."""

    @property
    def right(self) -> int:
        return sum(each.outcome == "right" for each in self.told)

    @property
    def share(self) -> float:
        return self.right / len(self.told)

    @property
    def called_good(self) -> tuple[Told, ...]:
        return tuple(each for each in self.told if each.outcome == "good")


def healthy(profile: str, seed: int = 0) -> World:
    clock = HandClock()
    return World(PROFILES[profile](seed, 1.0, clock.origin_unix_s), clock)


def links_of(world: World) -> dict[str, frozenset[str]]:
    """Port -> the two ports of its link, of all data links."""
    found = {}
    for cable in world.cables:
        if cable.a.port is not None and cable.b.port is not None:
            both = frozenset({cable.a.port, cable.b.port})
            found.update(dict.fromkeys(both, both))
    return found


def draw(
    world: World, seed: int, count: int, *, hosts_off: int = 1, swaps: int = 2, shared: bool = False
) -> list[Injected]:
    """Faults on so many different links, beside those of hosts that are off; kinds in turn. With `shared` a
    trunk that is out and a switch with a wrong setting come on top.

    They are added to `world` as they are drawn: what can't happen to a link there is drawn anew.
    """
    dice, book = random.Random(f"blame/{seed}"), FaultBook(world, seed)
    links = links_of(world)
    found = list(_hosts_off(world, links, dice, hosts_off))
    found = [one for one in found if _added(book, one)]
    free = sorted(set(links.values()) - {link for one in found for link in one.links}, key=sorted)
    if shared:
        for one in (_trunk_out(world, links, dice), _template(world, free, dice)):
            if one is not None and set(one.links) <= set(free) and _added(book, one):
                found.append(one)
                free = [each for each in free if each not in one.links]
    kinds = [SWAP] * swaps + _in_turn(dice, count - 2 * swaps)
    for kind in kinds:
        for _ in range(TRIES):
            one = _swap(free, links, dice) if kind == SWAP else _single(world, kind, free, dice)
            if one is not None and _added(book, one):
                found.append(one)
                free = [each for each in free if each not in one.links]
                break
    return found


def _added(book: FaultBook, one: Injected) -> bool:
    try:
        for text in one.texts:
            book.add(text)
    except InputError:
        return False
    return True


def _in_turn(dice: random.Random, count: int) -> list[str]:
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += dice.sample(KINDS, len(KINDS))
    return kinds[: max(0, count)]


def _hosts_off(
    world: World, links: Mapping[str, frozenset[str]], dice: random.Random, count: int
) -> Iterator[Injected]:
    hosts = fault_kinds()[HOST_OFF].usual(world)
    for host in dice.sample(hosts, min(count, len(hosts) - 1)):
        hang_on_it = {links[port.subject] for port in world.ports(host) if port.subject in links}
        yield Injected((f"{HOST_OFF}@{host}",), HOST_OFF, _remedies(HOST_OFF), tuple(hang_on_it))


def _trunk_out(world: World, links: Mapping[str, frozenset[str]], dice: random.Random) -> Injected | None:
    """All plugs of one trunk, at one end of it."""
    trunks = sorted({cable.trunk for cable in world.cables if cable.trunk})
    if not trunks:
        return None
    trunk = dice.choice(trunks)
    ports = [cable.a.port for cable in world.cables if cable.trunk == trunk and cable.a.port is not None]
    texts = tuple(f"fibre-out@{port}" for port in ports)
    return Injected(texts, TRUNK_OUT, _remedies("fibre-out"), tuple(links[port] for port in ports))


def _template(world: World, free: Sequence[frozenset[str]], dice: random.Random) -> Injected | None:
    """One wrong setting of a switch, on some of its ports."""
    switches = [device.name for device in world.devices if device.role in ("leaf", "spine")]
    switch = dice.choice(switches)
    at = {port: link for link in free for port in sorted(link) if port.split("/")[0] == switch}
    if len(at) < OF_TEMPLATE:
        return None
    ports = dice.sample(sorted(at), OF_TEMPLATE)
    texts = tuple(f"fec-mismatch@{port}" for port in ports)
    return Injected(texts, TEMPLATE, _remedies("fec-mismatch"), tuple(at[port] for port in ports))


def _swap(
    free: Sequence[frozenset[str]], links: Mapping[str, frozenset[str]], dice: random.Random
) -> Injected | None:
    """Two plugs at one switch, neither cable of which leads to the same device as the other's port."""
    ends = sorted(end for link in free for end in link)
    allowed = [end for end in ends if len(_beside(end, ends, links)) > 0]
    if not allowed:
        return None
    one = dice.choice(allowed)
    other = dice.choice(_beside(one, ends, links))
    return Injected((f"{SWAP}@{one}={other}",), SWAP, _remedies(SWAP), (links[one], links[other]))


def _beside(end: str, ends: Iterable[str], links: Mapping[str, frozenset[str]]) -> list[str]:
    device = end.split("/")[0]
    return [each for each in ends if each.split("/")[0] == device and links[each] != links[end]]


def _single(world: World, kind: str, free: Sequence[frozenset[str]], dice: random.Random) -> Injected | None:
    name, equals, value = kind.partition("=")
    fault = fault_kinds()[name]
    allowed: dict[str, list[str]] = {}
    for each in fault.allowed(world):
        allowed.setdefault(each.partition("#")[0], []).append(each)
    links = [each for each in free if _able(world, name, each, allowed)]
    if not links:
        return None
    link = dice.choice(links)
    port = dice.choice(sorted(_able(world, name, link, allowed)))
    text = f"{name}@{dice.choice(allowed[port])}"
    given = value if equals else _severity(name, dice)
    return Injected((f"{text}={given}" if given else text,), kind, _remedies(name), (link,))


def _severity(name: str, dice: random.Random) -> str:
    """VALUE of a fault, drawn between one that a limit still catches and one that can't be overlooked."""
    if name not in SEVERITY:
        return ""
    low, high = SEVERITY[name]
    return f"{low * math.pow(high / low, dice.random()):.3g}"


def _able(
    world: World, name: str, link: frozenset[str], allowed: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """The ends of a link at which a fault can be, and can be told from others."""
    return frozenset(
        port
        for port in link
        if port in allowed
        and (name not in SWITCHES_ONLY or world.device(port.split("/")[0]).role in ("leaf", "spine"))
        and port in plugs(world)
    )


def _remedies(name: str) -> frozenset[str]:
    return frozenset({fault_kinds()[name].remedy}) | ALSO.get(name, frozenset())


def playbook(profile: str) -> str:
    """The profile's playbook without the stages that no link needs."""
    whole = tomllib.loads(list_shipped("playbook")[profile].read_text())
    names = [stage["name"] for stage in whole["stage"]]
    whole["stage"] = [stage for stage in whole["stage"] if stage["name"] in STAGES]
    for stage in whole["stage"]:
        if "needs" in stage:
            stage["needs"] = [each for each in stage["needs"] if each in STAGES or each not in names]
    whole.pop("accept", None)
    return tomli_w.dumps(whole)


def blamed(said: Mapping[str, Any], faults: Sequence[Injected], world: World) -> Blame:
    """The causes of a run's summary beside what was injected, link by link."""
    links = links_of(world)
    by_link: dict[frozenset[str], list[Mapping[str, Any]]] = {}
    for cause in said["causes"]:
        for link in _about(cause, links):
            by_link.setdefault(link, []).append(cause)
    told = tuple(
        Told(one, link, *_outcome(one, link, by_link.get(link, []), _once(one, by_link)))
        for one in faults
        for link in one.links
    )
    faulted = {link for one in faults for link in one.links}
    accused = tuple(
        (link, f"{cause['rule']}: {cause['title']}")
        for link, causes in by_link.items()
        if link not in faulted
        for cause in causes
    )
    return Blame(told, accused)


def _about(cause: Mapping[str, Any], links: Mapping[str, frozenset[str]]) -> set[frozenset[str]]:
    """Links that a bad verdict of this cause is about, or a blocked one: nothing else is said of them."""
    keys = [*cause["explains"], *cause["blocked"]]
    ports = [end.partition("#")[0] for _, _, subject in keys for end in subject.split("<->")]
    return {links[port] for port in ports if port in links}


def _once(one: Injected, by_link: Mapping[frozenset[str], list[Mapping[str, Any]]]) -> bool:
    """Whether one cause stands for all of its links."""
    found = [id(cause) for link in one.links for cause in by_link.get(link, [])]
    return len(set(found)) == 1


def _outcome(
    one: Injected, link: frozenset[str], causes: Sequence[Mapping[str, Any]], once: bool
) -> tuple[str, tuple[str, ...]]:
    said = tuple(f"{cause['rule']} [{cause['remedy']}]" for cause in causes)
    if not causes:
        return "good", said
    if any(cause["remedy"] not in one.remedies for cause in causes):
        return "wrong", said
    named = {
        end.partition("#")[0] for cause in causes for each in cause["subjects"] for end in each.split("<->")
    }
    named |= {
        end for cause in causes for ladder in cause["ladders"] for end in (ladder["near"], ladder["far"])
    }
    if not link <= named:
        return "half", said
    return ("right" if once else "split"), said


def table(blame: Blame) -> str:
    """One line a kind: how many links, how many named right, what else was said."""
    kinds = Counter(each.injected.kind for each in blame.told)
    lines = [f"{'fault':<20} {'links':>5}" + "".join(f" {each:>5}" for each in OUTCOMES)]
    for kind in sorted(kinds):
        of = Counter(each.outcome for each in blame.told if each.injected.kind == kind)
        lines.append(f"{kind:<20} {kinds[kind]:>5}" + "".join(f" {of[each]:>5}" for each in OUTCOMES))
    lines.append(
        f"{len(blame.told)} links, {blame.share:.1%} named right; {len(blame.accused)} sound accused"
    )
    lines += [
        f"  {each.outcome}: {each.injected.text}: {', '.join(each.said) or 'nothing'}"
        for each in blame.told
        if each.outcome != "right"
    ]
    lines += [f"  accused: {' - '.join(sorted(link))}: {title}" for link, title in blame.accused]
    return "\n".join(lines)
