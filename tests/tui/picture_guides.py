"""Pictures of the screens that are opened by name: the swap guide, trends, a comparison, the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bringup.model import event as ev
from bringup.model.putting import PutState
from bringup.tui.scan import Scan
from bringup.view.comparison import Comparison, compare
from bringup.view.examination import Examination, Finding
from bringup.view.frame import Size
from bringup.view.scene import Scene
from bringup.view.summary import plain
from tests.diagnosis.record import Record
from tests.tui.crossed import C1, C3, C4, RING, SWAP, again, crossed, link, noted, read
from tests.tui.scenes import HOSTILE, console, dirty, good, keys, scene
from tests.tui.trends import soaked

CART, SMALL, LARGE = Size(80, 24), Size(60, 20), Size(200, 60)
CLOCK = "03:04:05Z"
ORDER = f"cable order: {C4[0]} > {C3[0]}, {C3[0]} > {C4[0]}"
OUT = (read(C4[0], up=False), read(C3[0], up=False))
IN = (
    *(read(C4[0], up=True), read(C4[0], names=C4[1])),
    *(read(C3[0], up=True), read(C3[0], names=C3[1])),
)
WELL = tuple(
    one for cable in (C3, C4) for step in ("neighbors", "errors") for one in again(step, link(*cable))
)
TURNS: dict[str, tuple[Any, ...]] = {
    "begun": (),
    "out": OUT[:1],
    "in": OUT,
    "wrong-port": (*OUT, read(C3[0], up=True)),
    "stop": (OUT[0], read(C1[0], up=False)),
    "placed": (*OUT, *IN),
    "good": (*OUT, *IN, *WELL),
}
"""What was read since the order was begun."""
VERIFIED = ("intact, known signer", "intact, not proven whole")
LOOKED = Examination(
    (
        Finding("pysnmp", False, "the simulated rack's PDU: not installed", "Install bringup again."),
        Finding(
            "lldpcli", None, "not installed (reads LLDP neighbours of this host)", "Debian package: lldpd."
        ),
        Finding("python", True, "3.11.7"),
        Finding("runs", True, "/srv/runs: 41.0 GiB free", "Free some space."),
    )
)


def guides() -> Iterator[tuple[str, str]]:
    yield from swaps()
    yield from puts()
    yield from trends()
    yield from studies()


def swaps() -> Iterator[tuple[str, str]]:
    yield "swap-loading-80x24", opened(scene(Record(), live="READING 0"), "swap")
    yield "swap-empty-80x24", opened(scene(good()), "swap")
    for size in (CART, SMALL, LARGE):
        yield f"swap-found-{size.width}x{size.height}", opened(scene(crossed(SWAP)), "swap", size=size)
    for name, events in TURNS.items():
        shown = scene(crossed(SWAP), noted(ORDER), *events, simulated=True)
        yield f"swap-{name}-80x24", opened(shown, "swap")
    under_way = (noted(ORDER), *OUT)
    yield "swap-in-60x20", opened(scene(crossed(SWAP), *under_way), "swap", size=SMALL)
    yield "swap-lost-80x24", opened(scene(crossed(SWAP), *under_way, live="LOST 00:41"), "swap")
    yield "swap-watching-80x24", opened(scene(crossed(SWAP), *under_way, watching=True), "swap")
    yield "swap-ascii-80x24", opened(scene(crossed(SWAP), *under_way, tier="ascii"), "swap")
    yield "swap-ring-80x24", opened(scene(crossed(RING)), "swap")
    yield "swap-turn-80x24", opened(scene(crossed(SWAP), *under_way, simulated=True), "swap", "enter")


def puts() -> Iterator[tuple[str, str]]:
    """A cable in hand, from the scan to its far end's name."""
    begin: dict[str, Any] = {
        "label": "C-003",
        "scan": "C-003",
        "subject": C3[0],
        "far_end": C3[1],
        "by": "tech-1",
    }
    waiting = ev.CablePut(**begin, state=PutState.WAITING, light="blinks for 120 s", blind=("node-01",))
    seen: dict[str, ev.CablePut | None] = {
        "scanned": None,
        "waiting": waiting,
        "wrong-port": msgspec.structs.replace(
            waiting, state=PutState.WRONG_PORT, observed=C4[0], belongs=C3[0], witness="oper_up", within_s=3.0
        ),
        "proven": msgspec.structs.replace(waiting, state=PutState.PROVEN, observed=C3[0], named=C3[1]),
    }
    for name, put in seen.items():
        for size in (CART, SMALL, LARGE):
            if size is not CART and name != "wrong-port":
                continue
            one, _ = console(msgspec.structs.replace(scene(good()), clock=CLOCK))
            keys(one, "P")
            one.scanned(Scan("C-003", True, 0))
            if put is not None:
                keys(one, "enter")
                one.show(msgspec.structs.replace(scene(good(), put), clock=CLOCK))
            yield (
                f"put-{name}-{size.width}x{size.height}",
                "".join(f"{plain(row)}\n" for row in one.rows(size)),
            )


def trends() -> Iterator[tuple[str, str]]:
    yield "soak-loading-80x24", opened(scene(Record(), live="READING 0"), "soak")
    yield "soak-empty-80x24", opened(scene(good()), "soak")
    for size in (CART, SMALL, LARGE):
        yield f"soak-failing-{size.width}x{size.height}", opened(soaked(), "soak", size=size)
    yield "soak-lost-80x24", opened(soaked(live="LOST 00:41"), "soak")
    yield "soak-ascii-80x24", opened(soaked(tier="ascii"), "soak", "j")


def studies() -> Iterator[tuple[str, str]]:
    """What is found out beside the run: on its way, there, and not to be had."""
    for name, found in (("compare one", compared(good(), dirty())), ("doctor", LOOKED)):
        screen = name.partition(" ")[0]
        yield f"{screen}-loading-80x24", opened(scene(), name)
        yield f"{screen}-refused-80x24", opened(scene(), name, failed=f"no run is called {HOSTILE!r}")
        for size in (CART, SMALL, LARGE):
            yield f"{screen}-good-{size.width}x{size.height}", opened(scene(), name, size=size, found=found)
        yield f"{screen}-ascii-80x24", opened(scene(tier="ascii"), name, found=found)
    yield "compare-same-80x24", opened(scene(), "compare one", found=compared(good(), good()))
    yield "compare-all-80x24", opened(scene(), "compare one", "d", "G", found=compared(good(), dirty(), "9"))


def compared(a: Record, b: Record, program: str = "0") -> Comparison:
    """`b` by another version of the program, where one is given."""
    other = scene(b).state
    assert other.run is not None
    run = msgspec.structs.replace(other.run, program=program)
    return compare(scene(a).state, msgspec.structs.replace(other, run=run), verified=VERIFIED)


def opened(
    shown: Scene, name: str, *names: str, size: Size = CART, found: object = None, failed: str = ""
) -> str:
    """The screen of that name, by the palette; then more keys."""
    one, _ = console(shown.at(shown.live, CLOCK))
    keys(one, "colon", *name, "enter")
    one.change(found=found, failed=failed)
    keys(one, *names)
    return "".join(f"{plain(row)}\n" for row in one.rows(size))
