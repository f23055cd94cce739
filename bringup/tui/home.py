"""The list of runs: where the console begins when it is not told which run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from textual import events
from textual.app import App, ComposeResult

from bringup.model.errors import BringupError
from bringup.tui import resized
from bringup.tui.aside import Aside
from bringup.tui.display import Display
from bringup.tui.driver import driver_class
from bringup.tui.effect import Study
from bringup.tui.ending import on_end
from bringup.tui.keys import ACTIONS
from bringup.tui.lines import Corner, Lines, named
from bringup.tui.picture import utc
from bringup.tui.scan import HOLD_S, Gate, Key, Scan
from bringup.tui.start import Start
from bringup.tui.study import FindsOut, found_out
from bringup.view.fit import between, exactly, fit
from bringup.view.frame import BODY_TOP, Footer, Size, drawable, keys_row
from bringup.view.mark import Row, Tier
from bringup.view.screen_home import RunLine, body, footer
from bringup.view.screen_start import Offer
from bringup.view.text import visible

LOOK_EVERY_S = 2.0
OPEN = "open"


class Home:
    """The list without a toolkit. `open` is the run that a person has chosen, `leave` that they go. `start`
    is there while they look at what can be started.
    """

    def __init__(
        self,
        runs: Sequence[RunLine],
        tier: Tier = "unicode",
        *,
        clock: Callable[[], str] = utc,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.runs = tuple(runs)
        self.looked = True
        self.cursor = 0
        self.word = ""
        self.typing = False
        self.note = ""
        self.open: RunLine | None = None
        self.leave = False
        self._tier: Tier = tier
        self._clock = clock
        self._now_s = now_s
        self.start: Start | None = None
        self.offers: tuple[Offer, ...] = ()
        self.aside: Aside | None = None

    @property
    def shown(self) -> tuple[RunLine, ...]:
        """What the filter lets through."""
        word = self.word.lower()
        return tuple(run for run in self.runs if word in f"{run.run_id} {run.rack}".lower())

    def see(self, runs: Sequence[RunLine]) -> None:
        """The list as it is now. The chosen run stays chosen, wherever it stands."""
        here = self.shown[self.cursor].run_id if self.cursor < len(self.shown) else ""
        self.runs, self.looked = tuple(runs), True
        places = {run.run_id: number for number, run in enumerate(self.shown)}
        self.cursor = places.get(here, min(self.cursor, max(0, len(self.shown) - 1)))

    def offer(self, offers: Sequence[Offer]) -> None:
        """What can be started, as found by now."""
        self.offers = tuple(offers)
        if self.start is not None:
            self.start.see(self.offers)

    def rows(self, size: Size) -> list[Row]:
        tier = self._tier
        room = max(0, size.height - BODY_TOP - 3)
        listed, foot, title = self._body(Size(size.width, room))
        told = f"filter: {self.word}_" if self.typing else self.note or foot.next
        head = between(
            ((" bringup ", "title"), (f"  {title}", "plain")),
            ((f" {self._clock()} ", "dim"),),
            size.width,
            tier,
        )
        rows = [
            head,
            fit((), size.width, tier),
            *exactly(listed, size.width, room, tier),
            fit(((" DOING ", "dim"), (foot.doing, "plain")), size.width, tier),
            fit(((" NEXT  ", "dim"), (visible(told, 400), "advice")), size.width, tier),
            keys_row(foot.keys, size.width, tier, helps=False),
        ]
        return [drawable(row, tier) for row in rows[: size.height]]

    def _body(self, size: Size) -> tuple[list[Row], Footer, str]:
        if self.start is not None:
            return self.start.body(size, self._tier), self.start.footer(), "start a run"
        if self.aside is not None:
            return self.aside.body(size, self._tier), self.aside.footer(), self.aside.title
        foot = footer(self.shown)
        if not self.looked:
            reading: list[Row] = [((" reading the list of runs ...", "plain"),)]
            return reading, foot._replace(doing="reading the runs of this folder"), "runs"
        return body(self.shown, self.cursor, self.word, size, self._tier), foot, "runs"

    def _start_key(self, start: Start, key: Key) -> None:
        if ACTIONS.get(key.name) == "leave":
            self.leave = True
            return
        start.press(key)
        self.note = start.note
        start.note = ""
        if start.over:
            self.start = None

    def _aside_key(self, aside: Aside, key: Key) -> None:
        if ACTIONS.get(key.name) == "leave" and not aside.typing:
            self.leave = True
            return
        aside.press(key)
        self.note, aside.note = aside.note, ""
        if aside.over:
            self.aside = None

    @property
    def field(self) -> bool:
        """Whether letters go into a field."""
        return self.aside.typing if self.aside is not None else self.typing

    def press(self, key: Key) -> None:
        self.note = ""
        if self.start is not None:
            self._start_key(self.start, key)
            return
        if self.aside is not None:
            self._aside_key(self.aside, key)
            return
        if self.typing and key.name not in ("enter", "escape"):
            if key.name == "backspace":
                self.word = self.word[:-1]
            elif key.character is not None and key.character.isprintable():
                self.word += key.character
            self.cursor = 0
            return
        last = max(0, len(self.shown) - 1)
        match ACTIONS.get(key.name):
            case "up":
                self.cursor = max(0, self.cursor - 1)
            case "down":
                self.cursor = min(last, self.cursor + 1)
            case "first":
                self.cursor = 0
            case "last":
                self.cursor = last
            case "filter":
                self.typing = True
            case "back":
                self.typing, self.word = False, ""
            case "enter" if self.typing:
                self.typing = False
            case "enter" if self.shown:
                self.open = self.shown[min(self.cursor, last)]
            case "new":
                self.start = Start(self.offers, now_s=self._now_s)
            case "palette":
                self.aside = Aside(self.shown[min(self.cursor, last)].run_id if self.shown else "")
            case "leave":
                self.leave = True

    def scanned(self, scan: Scan) -> None:
        """A rack's label filters the list."""
        if self.aside is not None and self.aside.typing and scan.whole and not scan.strange:
            self.aside.typed += scan.text
        elif self.start is not None or self.aside is not None:
            self.note = f"scanned {visible(scan.text, 60)}, nothing is asking for it"
        elif scan.whole and not scan.strange:
            self.word, self.cursor = scan.text, 0
        else:
            self.note = f"scan without an end: {scan.text}"


class HomeApp(App[tuple[str, ...] | None], inherit_bindings=False):
    """Its result is `("open", ID)` for a run, else the words of the command to start, or None to leave.
    `look` reads the list again, `offers` what can be started, `find_out` what is looked at besides.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; layers: base above; }"

    def __init__(
        self,
        look: Callable[[], Sequence[RunLine]],
        *,
        offers: Callable[[], Sequence[Offer]] = tuple,
        find_out: FindsOut | None = None,
        display: Display | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class(), ansi_color=True)
        self._look = look
        self._offers = offers
        self._find_out = find_out
        shown = display or Display()
        self.home = Home((), shown.tier)
        self.home.looked = False
        self.home.note = shown.said
        self._gate = Gate(shown.preamble)
        self._corner = Corner()
        self._lines = Lines(self._corner, shown.theme)
        self._looking = False
        self._take_back: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        yield self._lines
        yield self._corner

    def on_mount(self) -> None:
        self._take_back = on_end(lambda: self.exit(None))
        self._lines.focus()
        self.set_interval(HOLD_S, self._tick)
        self.set_interval(resized.EVERY_S, lambda: resized.look(self))
        self.run_worker(self._again(), exit_on_error=False)
        self.set_interval(LOOK_EVERY_S, self._again)
        self._paint()

    def on_unmount(self) -> None:
        self._take_back()

    def on_resize(self, event: events.Resize) -> None:
        self._paint()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = Key(named(event), event.character)
        if self.home.field and key.character is not None:
            self.home.press(key)
        else:
            self._pass(self._gate.press(key, time.monotonic()))
        self._after()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._pass(self._gate.paste(event.text))
        self._after()

    def _tick(self) -> None:
        if self._gate.waits:
            self._pass(self._gate.tick(time.monotonic()))
            self._after()

    def _pass(self, out: Sequence[Key | Scan]) -> None:
        for one in out:
            if isinstance(one, Scan):
                self.home.scanned(one)
            else:
                self.home.press(one)

    def _after(self) -> None:
        if self.home.leave:
            self.exit(None)
        elif self.home.open is not None:
            self.exit((OPEN, self.home.open.run_id))
        elif self.home.start is not None and self.home.start.chosen is not None:
            self.exit(self.home.start.chosen.words)
        else:
            aside = self.home.aside
            if aside is not None and aside.wanted is not None:
                self.run_worker(self._study(aside, aside.wanted), exit_on_error=False)
                aside.wanted = None
            self._paint()

    async def _study(self, aside: Aside, wanted: Study) -> None:
        aside.take(wanted, *await found_out(self._find_out, wanted))
        self._paint()

    async def _again(self) -> None:
        """The list anew, beside the loop: many unfinished runs take a while to read."""
        if not self._looking:
            self._looking = True
            try:
                self.home.see(await asyncio.to_thread(self._look))
                self.home.offer(await asyncio.to_thread(self._offers))
            except (OSError, BringupError) as error:
                self.home.note = f"the runs can't be listed: {error}"
            self._looking = False
        self._paint()

    def _paint(self) -> None:
        if self.size.width and self.size.height:
            self._lines.put(self.home.rows(Size(self.size.width, self.size.height)))
