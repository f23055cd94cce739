"""Pictures of the console: each screen in each state, as text, kept in `pictures/` and compared exactly.

`python tests/tui/pictures.py --renew` writes them anew; a changed picture shows in review, where a person
looks at it. Clock, record and causes are fixed, so that nothing but the drawing can change them.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bringup.model import event as ev
from bringup.model.people import Present
from bringup.model.verdict import Verdict
from bringup.tui.home import Home
from bringup.tui.scan import Key
from bringup.view.frame import Size
from bringup.view.mark import Row, Tier
from bringup.view.scene import Scene
from bringup.view.screen_home import RunLine
from bringup.view.screen_start import Offer
from bringup.view.summary import plain
from bringup.view.text import lines
from tests.diagnosis.record import C2, Record, healthy, light
from tests.tui.picture_guides import guides
from tests.tui.scenes import HOSTILE, asked, console, dirty, good, keys, scene
from tests.view.live_links import BAD, MOMENTS, PLUGGED, watched

PLACE = Path(__file__).resolve().parent / "pictures"
CART, SMALL, WIDE, LARGE = Size(80, 24), Size(60, 20), Size(160, 45), Size(200, 60)
CLOCK = "03:04:05Z"
SCREENS: dict[str, tuple[str, ...]] = {
    "run": (),
    "work": ("A",),
    "failures": ("f",),
    "failure": ("f", "enter"),
    "done": ("f", "enter", "enter"),
    "watch": ("f", "w"),
    "matrix": ("m",),
    "journal": ("J",),
    "filter": ("J", "slash", "r", "x"),
    "sign": ("s",),
    "handover": ("h",),
    "help": ("question_mark",),
    "palette": ("colon", "r", "e"),
    "typed": ("colon", "c", "l", "o", "s", "e", "enter"),
    "ask": ("space",),
    "cannot": ("space", "tab"),
    "copy": ("f", "y"),
    "evidence": ("f", "e"),
    "waive": ("f", "W", "o", "l", "d", "enter"),
    "photo": ("f", "p", "I", "M", "G", "enter"),
    "leave": ("Q",),
    "jump": ("J", "apostrophe"),
}
"""The keys that lead to each screen."""
FEW = ("typed", "filter", "palette", "help", "copy", "evidence", "waive", "photo", "leave", "jump")
"""These look the same in every state: two of them are enough."""


def unknown() -> Record:
    """A device that says nothing: what hangs on it is not measured."""
    record = Record()
    healthy(record, but=[C2])
    record.broken("optics", "levels", C2[0], "timeout", "no reply in 10 s", "leaf-2")
    record.step("optics", "levels", C2[1], light(C2[1]))
    return record


def approval() -> ev.Asked:
    return asked(
        "Outlet off: pdu-1/outlet-5, through pdu-1. Do it?",
        "approve",
        stage="power",
        step="outlet_off",
        subject="pdu-1/outlet-5",
        question="power/outlet_off@pdu-1/outlet-5/approve",
        changes=("outlet_state is on", "label is node-01 psu-1"),
    )


def clean() -> ev.Asked:
    text = "Inspect the fibre at leaf-1 port Ethernet0 and clean it. Which polish has the connector?"
    return asked(text, "choose", choices=("APC", "UPC"), subject="leaf-1/Ethernet0")


def closed() -> ev.RunClosed:
    return ev.RunClosed(verdict=Verdict.FAIL, exit_code=1)


def loading(**how: object) -> Scene:
    """The first frame: nothing was read yet."""
    empty = scene(Record(), live="READING 0")
    from bringup.model.state import RunState

    return Scene(
        run_id=empty.run_id,
        state=RunState.empty(),
        inventory=empty.inventory,
        live="READING 0",
        clock=CLOCK,
        tier=empty.tier,
    )


STATES: dict[str, Callable[[], Scene]] = {
    "loading": loading,
    "empty": lambda: scene(Record()),
    "good": lambda: scene(good()),
    "failing": lambda: scene(dirty(), asked("Is the blank fitted?"), simulated=True),
    "unknown": lambda: scene(unknown()),
    "lost": lambda: scene(dirty(), asked("Is the blank fitted?"), live="LOST 00:41"),
    "closed": lambda: scene(dirty(), closed(), live="REPLAY"),
    "ascii": lambda: scene(dirty(), asked("Is the blank fitted?"), tier="ascii"),
    "watching": lambda: scene(dirty(), asked("Is the blank fitted?"), watching=True),
}
SIZED = {"failing": (CART, SMALL, WIDE)}
"""Other states are drawn on a crash cart's screen alone."""


def pictures() -> Iterator[tuple[str, str]]:
    """(name, the picture)."""
    for state, made in STATES.items():
        shown = made()
        for screen, names in SCREENS.items():
            if screen in FEW and state not in ("failing", "ascii"):
                continue
            for size in SIZED.get(state, (CART,)):
                yield f"{screen}-{state}-{size.width}x{size.height}", drawn(shown, names, size)
    yield "ask-approve-80x24", drawn(scene(dirty(), approval()), ("space",), CART)
    yield "ask-choose-80x24", drawn(scene(dirty(), clean()), ("space", "1"), CART)
    yield "ask-sign-80x24", drawn(scene(good(), asked("I sign for it.", "attest")), ("space",), CART)
    yield "work-many-80x24", drawn(scene(dirty(), approval(), clean()), ("A",), CART)
    yield "run-failing-200x60", drawn(scene(dirty()), (), LARGE)
    yield "run-failing-120x40", drawn(scene(dirty()), (), Size(120, 40))
    for size in (Size(59, 19), Size(40, 6), Size(12, 2)):
        yield (
            f"too-small-{size.width}x{size.height}",
            drawn(scene(dirty(), asked()), ("space", "y"), size),
        )
    yield from watches()
    yield from guides()
    yield "run-failing-roles-80x24", roles(scene(dirty(), asked()))
    yield from homes()
    yield from companies()


def watches() -> Iterator[tuple[str, str]]:
    """The watch screen live, at each moment of the work; in other sizes and glyphs while hands are off."""
    for name, moment in MOMENTS.items():
        shown = scene(dirty(), *watched(BAD, moment), simulated=True)
        yield f"watch-live-{name}-80x24", drawn(shown, ("f", "w"), CART)
    for tier, sizes in (("unicode", (SMALL, WIDE)), ("ascii", (CART,))):
        shown = scene(dirty(), *watched(BAD, PLUGGED), tier=tier)  # type: ignore[arg-type]
        for size in sizes:
            yield f"watch-live-plugged-{tier}-{size.width}x{size.height}", drawn(shown, ("f", "w"), size)


def drawn(shown: Scene, names: tuple[str, ...], size: Size) -> str:
    one, _ = console(shown.at(shown.live, CLOCK))
    keys(one, *names)
    return as_text(one.rows(size))


def as_text(rows: list[Row]) -> str:
    return "".join(f"{plain(row)}\n" for row in rows)


def roles(shown: Scene) -> str:
    """Each cell's role instead of its text: what colour has to say, and reverse video."""
    one, _ = console(shown.at(shown.live, CLOCK))
    return "".join(" ".join(f"{role}:{len(text)}" for text, role in row) + "\n" for row in one.rows(CART))


def companies() -> Iterator[tuple[str, str]]:
    """People at one run: three consoles, a piece of work taken at each end, a line to the rack."""
    rack = Present(1, "tech-1", 1000, "pts/1", screen="ask", about="sign-off/walk@run", size="80x24")
    you = Present(2, "eng-2", 1000, "pts/2", attached=True, screen="company", size="200x60")
    third = Present(3, "eng-3", 1001, None, attached=True, sends=False, screen="run", size="80x24")
    people = tuple(msgspec.structs.replace(each, since="03:01:55Z") for each in (rack, you, third))
    near, far = "leaf-1/Ethernet0", "node-01/enp65s0np0"
    more = (
        ev.CommandReceived(
            verb="claim", arguments={"what": near}, by="tech-1", via="socket", terminal="pts/1"
        ),
        ev.CommandReceived(verb="claim", arguments={"what": far}, by="eng-2", via="socket", terminal="pts/2"),
        ev.Noted(text="leave port 17 alone for now", by="eng-2", to="rack"),
    )
    for tier, watching, size in (
        ("unicode", False, CART),
        ("unicode", True, SMALL),
        ("ascii", False, CART),
        ("unicode", False, LARGE),
    ):
        how: dict[str, Any] = {"tier": tier, "watching": watching}
        shown = scene(dirty(), asked("Is the blank fitted?"), *more, people=people, you=2, **how)
        name = f"{tier}{'-watching' if watching else ''}-{size.width}x{size.height}"
        yield f"company-{name}", drawn(shown, ("a",), size)
        yield f"work-taken-{name}", drawn(shown, ("A", "j"), size)
    yield "take-mine-80x24", drawn(shown, ("A", "j", "j", "T"), CART)
    yield "take-anothers-80x24", drawn(shown, ("A", "j", "T"), CART)
    yield "noting-80x24", drawn(shown, ("greater_than_sign", "h", "i"), CART)
    yield "company-alone-80x24", drawn(scene(dirty()), ("a",), CART)
    yield "company-closed-80x24", drawn(scene(dirty(), closed(), live="REPLAY"), ("a",), CART)


def homes() -> Iterator[tuple[str, str]]:
    lines = (
        line(1, asks=2, rack="r07", simulated=True),
        line(2, stage="", closed=True, lives=False, verdict=Verdict.PASS),
        line(3, closed=True, lives=False, verdict=Verdict.FAIL, stage=""),
        line(4, lives=False),
        line(5, stage="power"),
    )
    for tier, name in (("unicode", "good"), ("ascii", "ascii")):
        for size in (CART, SMALL) if name == "good" else (CART,):
            yield f"home-{name}-{size.width}x{size.height}", home(lines, size, tier)  # type: ignore[arg-type]
    yield "home-empty-80x24", home((), CART, "unicode")
    for tier, size in (("unicode", CART), ("unicode", SMALL), ("ascii", CART)):
        yield f"start-{tier}-{size.width}x{size.height}", start((), size, tier)  # type: ignore[arg-type]
    yield "start-sure-80x24", start(("j", "enter"), CART, "unicode")
    yield "raw-failing-80x24", raw()


def home(lines: tuple[RunLine, ...], size: Size, tier: Tier) -> str:
    return as_text(Home(lines, tier, clock=lambda: CLOCK).rows(size))


OFFERS = (
    Offer("GO ON", "20260102-030404-abcd", "mini without a runner: it goes on", ("resume", "x")),
    Offer("RACKS", "r07", "mini on r07.toml: 5 devices", ("run", "mini", "-i", "r07.toml")),
    Offer("THIS HOST", "this host", "nothing is changed on it", ("run", "this-host")),
    Offer("SIMULATED", "demo mini", "a simulated mini rack", ("demo", "--profile", "mini")),
)


def start(names: tuple[str, ...], size: Size, tier: Tier) -> str:
    one = Home((), tier, clock=lambda: CLOCK)
    one.offer(OFFERS)
    for name in ("plus", *names):
        one.press(Key(name, None))
    return as_text(one.rows(size))


def raw() -> str:
    """What a device said, with what could do harm written out."""
    kept = ev.EvidenceKept(
        stage="optics",
        step="levels",
        subject="leaf-1/Ethernet0",
        attempt=1,
        name="show interfaces transceiver",
        sha256="0" * 64,
        size=99,
        media_type="text/plain",
    )
    one, _ = console(scene(dirty(), kept).at("LIVE", CLOCK))
    keys(one, "f", "e", "enter")
    one.fetched("0" * 64, lines(f"Ethernet0:\n  Rx power {HOSTILE} -6.3 dBm\n", 60, 40))
    return as_text(one.rows(CART))


def line(number: int, **more: object) -> RunLine:
    given: dict[str, object] = {
        "run_id": f"20260102-03040{number}-abcd",
        "path": f"runs/20260102-03040{number}-abcd",
        "rack": "mini",
        "stage": "optics",
        "verdict": None,
        "closed": False,
        "lives": True,
        "asks": 0,
        "simulated": False,
        **more,
    }
    return RunLine(**given)  # type: ignore[arg-type]


def renew(patterns: Sequence[str] = ()) -> list[str]:
    """Write the pictures that match, or all; the names of those that changed, are new or are gone."""
    PLACE.mkdir(exist_ok=True)
    chosen = [fnmatch.translate(pattern) for pattern in patterns] or [".*"]
    made = {name: shown for name, shown in pictures() if any(re.match(one, name) for one in chosen)}
    changed = []
    for old in PLACE.glob("*.txt"):
        if not patterns and old.stem not in made:
            old.unlink()
            changed.append(f"{old.stem} (gone)")
    for name, picture in made.items():
        place = PLACE / f"{name}.txt"
        if not place.exists() or place.read_text(encoding="utf-8") != picture:
            place.write_text(picture, encoding="utf-8")
            changed.append(name)
    return changed
