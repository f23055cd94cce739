"""What a change of a port's speed, coding or breakout would say to its device, and which ports it would drop
there: read, and nothing changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from bringup.driver.port_lines import BREAKOUT, FEC, GRAMMARS, SPEED, Wanted, lines_of, wanted
from bringup.model.errors import NoData
from bringup.model.facts import Port
from bringup.model.facts_port import PortPlan
from bringup.model.measurement import NOT_AVAILABLE, Read, value

_EACH = re.compile(r"([1-9])x")
"""Ways of each part of a mode: `1x100G(2)+2x50G(2)` makes three ports."""
_NUMBERED = re.compile(r"([A-Za-z]+)([0-9]+)")


def plan_of(platform: str, port: str, what: str, to: str, ports: Sequence[Port]) -> PortPlan:
    """For platforms whose names of ports tell the cage.

    Raises:
        InputError: the platform can't be told so.
        NoData: the device has no such port.
    """
    cage_of = GRAMMARS[platform].cage_of
    cage = tuple(each.name for each in ports if cage_of(each.name) == cage_of(port))
    found = {each.name: each for each in ports}
    now = NOT_AVAILABLE
    if what == BREAKOUT and platform != "eos":  # EOS lists the lanes of a cage, used or not
        now = _ways([found[name] for name in cage])
    return _made(platform, port, what, to, found, cage, now)


def plan_of_sonic(
    port: str, what: str, to: str, ports: Sequence[Port], modes: Mapping[str, object]
) -> PortPlan:
    """`modes` by the first port of each cage: those up to the next one's are its ways."""
    cage = _sonic_cage(port, [each.name for each in ports], modes)
    told = modes.get(cage[0]) if cage else None
    now = value(told) if isinstance(told, str) else NOT_AVAILABLE
    return _made("sonic", port, what, to, {each.name: each for each in ports}, cage, now)


def _made(
    platform: str,
    port: str,
    what: str,
    to: str,
    ports: Mapping[str, Port],
    cage: tuple[str, ...],
    breakout: Read,
) -> PortPlan:
    if port not in ports and (what != BREAKOUT or not cage):
        raise NoData(
            f"the device lists no port {port}", "Names are as `bringup probe DEVICE ports` has them."
        )
    want = wanted(port, what, to)
    now = breakout if what == BREAKOUT else _set(ports[port], what)
    told = now.value if isinstance(now.value, str) else None
    want = msgspec.structs.replace(want, cage=cage or (port,), now=told)
    return PortPlan(
        lines=lines_of(platform, want),
        cage=cage or (port,) if what == BREAKOUT else (port,),
        now=now,
        reached=_reached(want),
    )


def _set(port: Port, what: str) -> Read:
    """How a port is set: what it runs at, where it tells that."""
    if what == SPEED:
        told = port.speed_gbps
        return value(f"{told.value:g}") if isinstance(told.value, int | float) else told
    return port.fec_mode


def _reached(want: Wanted) -> Read:
    """A speed or breakout that is the same over lanes that nobody tells may be another one."""
    if want.now is None or (want.what == FEC and want.to == "auto"):
        return NOT_AVAILABLE
    if want.what == FEC:
        return value(want.now == want.to)
    asked = f"{want.gbps:g}" if want.what == SPEED else f"{want.ways}x{want.gbps:g}"
    if want.now != asked:
        return value(False)
    return NOT_AVAILABLE if want.lanes is not None else value(True)


def _ways(cage: Sequence[Port]) -> Read:
    """`4x100` where all ways tell one speed."""
    speeds = {port.speed_gbps.value for port in cage}
    speed = speeds.pop() if len(speeds) == 1 else None
    return value(f"{len(cage)}x{speed:g}") if isinstance(speed, int | float) else NOT_AVAILABLE


def shares_cage(port: str, names: Sequence[str], modes: Mapping[str, object]) -> bool:
    """Whether a port of a SONiC switch comes after another one in its cage: then the module's first lanes are
    not its own. `modes` as for `plan_of_sonic`; a port that no mode is told for has its cage to itself.
    """
    try:
        cage = _sonic_cage(port, names, modes)
    except NoData:
        return False
    return port != cage[0]


def _sonic_cage(port: str, names: Sequence[str], modes: Mapping[str, object]) -> tuple[str, ...]:
    """The ports from the cage's first one, which `modes` names, as many as its mode makes.

    Raises:
        NoData: no cage of the table is this port's.
    """
    here = _NUMBERED.fullmatch(port)
    if here is None:
        return (port,)
    heads = sorted(
        int(match[2]) for name in modes if (match := _NUMBERED.fullmatch(name)) and match[1] == here[1]
    )
    first = max((head for head in heads if head <= int(here[2])), default=None)
    if first is None:
        raise NoData(f"{port} is in no cage of the table of breakout modes", "Its ports can't be broken out.")
    ways = sum(int(each) for each in _EACH.findall(str(modes[f"{here[1]}{first}"])))
    numbered = sorted(
        int(match[2]) for name in names if (match := _NUMBERED.fullmatch(name)) and match[1] == here[1]
    )
    cage = tuple(f"{here[1]}{at}" for at in [at for at in numbered if at >= first][:ways])
    if port not in cage:
        raise NoData(f"{port} is in no cage of the table of breakout modes", "Its ports can't be broken out.")
    return cage
