"""Lines of configuration that give a port its speed, its coding, or its cage another breakout: one row of
`GRAMMARS` a platform, pure.

What is wanted is said in one way for all: a speed `400` or, where a platform must be told the lanes, `400-4`;
a coding `rs544`, `rs528`, `fc`, `none` or `auto`; a breakout `4x100` or `4x100-1` (ways, Gb/s of each, lanes
of each). Nothing here forces anything: no line has a platform's word for that. Source: network reference,
section 1, "change" of each platform.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from bringup.model.errors import InputError

SPEED, FEC, BREAKOUT = "speed", "fec", "breakout"
_SPEED = re.compile(r"([0-9]{1,4}(?:\.[0-9])?)(?:-([1-9][0-9]?))?")
_BREAKOUT = re.compile(r"([1-9])x([0-9]{1,4})(?:-([1-9]))?")
_CODINGS = ("rs544", "rs528", "fc", "none", "auto")
_REED_SOLOMON = ("rs544", "rs528")
"""Platforms say `rs`, and the rate of a lane decides which of the two it is (IEEE 802.3)."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a port shall have. `cage` are the ports that share its cage now, `now` how it is set, in the words
    of `to`, where that is known.
    """

    port: str
    what: str
    to: str
    gbps: float = 0.0
    lanes: int | None = None
    ways: int = 1
    cage: tuple[str, ...] = ()
    now: str | None = None


Lines = Callable[[Wanted], Iterable[str]]


class Grammar(msgspec.Struct, frozen=True, kw_only=True):
    """How a platform names ports (`cage_of`: the part of a name that all ports of a cage share) and says
    each of the changes.
    """

    cage_of: Callable[[str], str]
    lines: Mapping[str, Lines]


def wanted(port: str, what: str, to: str) -> Wanted:
    """`to` taken apart.

    Raises:
        InputError: it is none of what can be asked.
    """
    if what == FEC and to in _CODINGS:
        return Wanted(port=port, what=what, to=to)
    match = {SPEED: _SPEED, BREAKOUT: _BREAKOUT}[what].fullmatch(to) if what in (SPEED, BREAKOUT) else None
    if match is None:
        forms = {SPEED: "400 or 400-4", FEC: ", ".join(_CODINGS), BREAKOUT: "4x100 or 4x100-1"}
        raise InputError(
            f"{to[:40]!r} is no {what} of a port", f"Say {forms.get(what, 'speed, fec, breakout')}."
        )
    if what == SPEED:
        return Wanted(port=port, what=what, to=to, gbps=float(match[1]), lanes=_int(match[2]))
    return Wanted(port=port, what=what, to=to, ways=int(match[1]), gbps=float(match[2]), lanes=_int(match[3]))


def lines_of(platform: str, want: Wanted) -> tuple[str, ...]:
    """The lines.

    Raises:
        InputError: the platform can't be told so.
    """
    return tuple(GRAMMARS[platform].lines[want.what](want))


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _gbps(want: Wanted) -> str:
    return f"{want.gbps:g}"


def _mbps(want: Wanted) -> str:
    return f"{want.gbps * 1000:.0f}"


def _coding(want: Wanted, words: Mapping[str, str]) -> str:
    told = "rs" if want.to in _REED_SOLOMON and "rs" in words else want.to
    if told not in words:
        raise InputError(f"this platform can't be told the coding {want.to}", f"It has {', '.join(words)}.")
    return words[told]


def _with_lanes(want: Wanted, what: str) -> int:
    if want.lanes is None:
        raise InputError(
            f"EOS must be told over how many lanes {want.to} runs", f"Say {what}: the lanes after a hyphen."
        )
    return want.lanes


# SONiC

_SONIC_FEC = MappingProxyType({"rs": "rs", "fc": "fc", "none": "none", "auto": "auto"})


def _sonic_breakout(want: Wanted) -> Sequence[str]:
    """By the cage's first port. Without `-f`: what depends on the ports makes SONiC refuse."""
    return (f"config interface breakout {want.cage[0]} {want.ways}x{_gbps(want)}G -y",)


# EOS

_EOS_FEC = MappingProxyType(
    {
        "rs": "error-correction encoding reed-solomon",
        "fc": "error-correction encoding fire-code",
        "auto": "default error-correction encoding",
    }
)


def _eos_breakout(want: Wanted) -> Iterator[str]:
    """Each way is the interface of its first lane: Ethernet1/1, 1/3, 1/5 and 1/7 of two lanes each."""
    lanes = _with_lanes(want, "4x100-1")
    cage = _eos_cage(want.port)
    if cage == want.port:
        raise InputError(f"{want.port} has no lanes that could be ports", "Name one as Ethernet1/1.")
    for way in range(want.ways):
        yield f"interface {cage}/{1 + way * lanes}"
        yield f"speed {_gbps(want)}g-{lanes}"


def _eos_cage(port: str) -> str:
    return port.rpartition("/")[0] or port


# NVUE

_NVUE_FEC = MappingProxyType({"rs": "rs", "fc": "baser", "none": "off", "auto": "auto"})
_NVUE_WAY = re.compile(r"((?:swp|sw)[0-9]+(?:p[0-9]+)?)(?:s[0-9]+)?")


def _nvue_cage(port: str) -> str:
    match = _NVUE_WAY.fullmatch(port)
    return match[1] if match else port


def _nvue_breakout(want: Wanted) -> Iterator[str]:
    """Ways that exist are unset first: a cage has either itself or its ways."""
    cage = _nvue_cage(want.port)
    for port in want.cage:
        if port != cage:
            yield f"unset interface {port}"
    if want.ways == 1:
        yield f"unset interface {cage} link breakout"
    else:
        yield f"set interface {cage} link breakout {want.ways}x"


# NX-OS

_NXOS_FEC = MappingProxyType({"rs": "rs-fec", "fc": "fc-fec", "none": "off", "auto": "auto"})
_NXOS_PORT = re.compile(r"Ethernet([0-9]+)/([0-9]+)(?:/[0-9]+)?")


def _nxos_cage(port: str) -> str:
    match = _NXOS_PORT.fullmatch(port)
    return f"Ethernet{match[1]}/{match[2]}" if match else port


def _nxos_breakout(want: Wanted) -> Sequence[str]:
    """To one port again by the map that made the ways, so that must be known."""
    match = _NXOS_PORT.fullmatch(want.port)
    if match is None:
        raise InputError(f"{want.port} is of no module and port", "Name one as Ethernet1/1.")
    place = f"interface breakout module {match[1]} port {match[2]} map"
    if want.ways > 1:
        return (f"{place} {_gbps(want)}g-{want.ways}x",)
    was = _BREAKOUT.fullmatch(want.now or "")
    if was is None or was[1] == "1":
        raise InputError(f"{want.port}: how the cage is broken out is not told", "Undo it by hand.")
    return (f"no {place} {was[2]}g-{was[1]}x",)


# Junos

_JUNOS_FEC = MappingProxyType({"none": "none", "fc": "fec74", "rs528": "fec91", "rs544": "fec119"})
_JUNOS_PORT = re.compile(r"[a-z]+-([0-9]+)/([0-9]+)/([0-9]+)(?::[0-9]+)?")


def _junos_place(want: Wanted) -> str:
    match = _JUNOS_PORT.fullmatch(want.port)
    if match is None:
        raise InputError(f"{want.port} is of no FPC, PIC and port", "Name one as et-0/0/1.")
    return f"chassis fpc {match[1]} pic {match[2]} port {match[3]}"


def _junos_breakout(want: Wanted) -> Sequence[str]:
    place = _junos_place(want)
    ways = (
        f"delete {place} number-of-sub-ports"
        if want.ways == 1
        else f"set {place} number-of-sub-ports {want.ways}"
    )
    return (ways, f"set {place} speed {_gbps(want)}g")


# Linux

_LINUX_FEC = MappingProxyType({"rs": "rs", "fc": "baser", "none": "off", "auto": "auto"})


def _linux_speed(want: Wanted) -> Sequence[str]:
    lanes = f" lanes {want.lanes}" if want.lanes is not None else ""
    return (f"ethtool -s {want.port} speed {_mbps(want)}{lanes} autoneg off",)


def _linux_breakout(want: Wanted) -> Sequence[str]:
    raise InputError(
        f"{want.port}: the cage of an adapter is broken out by its firmware, with a reset",
        "Set it with the vendor's tool (mlxconfig, niccli, nicctl), and restart the host.",
    )


GRAMMARS: Mapping[str, Grammar] = MappingProxyType(
    {
        "sonic": Grammar(
            cage_of=lambda port: port,  # its names don't tell: the table of breakouts does
            lines={
                SPEED: lambda want: (f"config interface speed {want.port} {_mbps(want)}",),
                FEC: lambda want: (f"config interface fec {want.port} {_coding(want, _SONIC_FEC)}",),
                BREAKOUT: _sonic_breakout,
            },
        ),
        "eos": Grammar(
            cage_of=_eos_cage,
            lines={
                SPEED: lambda want: (
                    f"interface {want.port}",
                    f"speed {_gbps(want)}g-{_with_lanes(want, '400-4')}",
                ),
                FEC: lambda want: (f"interface {want.port}", _coding(want, _EOS_FEC)),
                BREAKOUT: _eos_breakout,
            },
        ),
        "nvue": Grammar(
            cage_of=_nvue_cage,
            lines={
                SPEED: lambda want: (f"set interface {want.port} link speed {_gbps(want)}G",),
                FEC: lambda want: (f"set interface {want.port} link fec {_coding(want, _NVUE_FEC)}",),
                BREAKOUT: _nvue_breakout,
            },
        ),
        "nxos": Grammar(
            cage_of=_nxos_cage,
            lines={
                SPEED: lambda want: (f"interface {want.port}", f"speed {_mbps(want)}"),
                FEC: lambda want: (f"interface {want.port}", f"fec {_coding(want, _NXOS_FEC)}"),
                BREAKOUT: _nxos_breakout,
            },
        ),
        "linux": Grammar(
            cage_of=lambda port: port,
            lines={
                SPEED: _linux_speed,
                FEC: lambda want: (f"ethtool --set-fec {want.port} encoding {_coding(want, _LINUX_FEC)}",),
                BREAKOUT: _linux_breakout,
            },
        ),
        "junos": Grammar(
            cage_of=lambda port: port.partition(":")[0],
            lines={
                SPEED: lambda want: (f"set {_junos_place(want)} speed {_gbps(want)}g",),
                FEC: lambda want: (
                    f"set interfaces {want.port} gigether-options fec {_coding(want, _JUNOS_FEC)}",
                ),
                BREAKOUT: _junos_breakout,
            },
        ),
    }
)
