"""The console on a terminal: Textual's screen, keyboard and clock around `bringup.tui.console`.

One widget draws lines; a frame compares them with those on the screen and repaints what differs. Nothing that
goes wrong in a frame or a key ends it: the last good picture stays, with a word on the row above the keys.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult

from bringup.journal.folder import RunFolder
from bringup.model.errors import BringupError
from bringup.model.inventory import Inventory
from bringup.tui import errands, resized
from bringup.tui.beside import Beside
from bringup.tui.company import Company
from bringup.tui.console import Console
from bringup.tui.display import Display
from bringup.tui.driver import ConsoleDriver, driver_class
from bringup.tui.effect import (
    Bell,
    Copy,
    Effect,
    Export,
    Fetch,
    GoHome,
    Hand,
    Leave,
    Photo,
    Send,
    Study,
    Verify,
)
from bringup.tui.ending import on_end, write_down
from bringup.tui.feed import Feed
from bringup.tui.lines import Corner, Lines, named
from bringup.tui.outbox import held_back
from bringup.tui.outside import NotSent, Outside, Verified
from bringup.tui.picture import Picture, utc
from bringup.tui.rate import FRAMES_A_S, Link, Rate
from bringup.tui.scan import HOLD_S, Gate, Key, Scan
from bringup.tui.stalls import LoopStalled, Stalls
from bringup.tui.study import study
from bringup.view.frame import Size

TICK_S = 1 / FRAMES_A_S["local"]


class ConsoleApp(App[str | None], inherit_bindings=False):
    """One run on the screen. Its result is `""` to go to the list of runs, None to leave."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; layers: base above; }"

    def __init__(
        self,
        folder: RunFolder,
        inventory: Inventory,
        outside: Outside,
        *,
        display: Display | None = None,
        watching: bool = False,
        link: Link = "local",
        clock: Callable[[], str] = utc,
    ) -> None:
        super().__init__(driver_class=driver_class(), ansi_color=True)
        self.animation_level = "none"
        shown = display or Display()
        self.rate = Rate(link if shown.motion else "serial", now_s=time.monotonic)
        self._folder, self._outside = folder, outside
        self._feed = Feed(folder)
        self._picture = Picture(
            self._feed, inventory, outside, tier=shown.tier, watching=watching, clock=clock
        )
        self._beside = Beside(self._feed, self._picture, outside.verify, self._stumbled)
        self.stalls = Stalls(lambda late_s: self._write_down(LoopStalled(f"for {late_s * 1e3:.0f} ms")))
        self._gate = Gate(shown.preamble)
        self._trouble = ""
        self._take_back: Callable[[], None] = lambda: None
        self.console_view = Console(self._picture.scene(), now_s=time.monotonic)
        self.console_view.sound = shown.sound
        self.console_view.say(shown.said)
        self._company = Company(outside, self._where)
        self._corner = Corner()
        self._lines = Lines(self._corner, shown.theme)

    def compose(self) -> ComposeResult:
        yield self._lines
        yield self._corner

    def on_mount(self) -> None:
        self._take_back = on_end(lambda: self.exit(None))
        self._lines.focus()
        for goes_on in (
            self._feed.keep(),
            self._beside.look(),
            self._beside.diagnose(),
            self._beside.turn_pages(lambda: self.console_view.look),
            self.stalls.watch(),
            self._company.keep(),
        ):
            self.run_worker(goes_on, exit_on_error=False)
        self.set_interval(TICK_S, self._frame)
        self.set_interval(resized.EVERY_S, lambda: resized.look(self))
        self._paint()

    async def on_unmount(self) -> None:
        self._take_back()
        await self._beside.end()

    # What comes in

    def _where(self) -> tuple[str, str, str]:
        """Where this console looks, for others."""
        look = self.console_view.look
        return look.screen, look.about, f"{self.size.width}x{self.size.height}"

    async def _frame(self) -> None:
        if not self.rate.due(TICK_S, watching=self.console_view.look.screen == "watch"):
            return
        self._picture.pace = self.rate.words
        self._picture.people, self._picture.you = self._company.people, self._company.you
        with self._guarded():
            await self._carry_out(self.console_view.show(self._picture.scene()))
        self.rate.painted(self._paint() / max(1, self.size.height))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What goes wrong is written down and said; the run and the last good picture stay."""
        try:
            yield
        except Exception as error:
            self._stumbled(error)

    def _stumbled(self, error: Exception) -> None:
        at = f"at event {self._feed.read - 1}: {type(error).__name__}: {error}"
        if at != self._trouble:
            self._trouble = at
            self.console_view.say(f"the console stumbled {at}; {self._write_down(error)}")

    def _write_down(self, error: Exception) -> str:
        return write_down(self._log_place, error)

    @property
    def _log_place(self) -> Path:
        """Beside the run, not in it: a reader leaves no trace in a record."""
        return self._folder.path.parent / f"{self._folder.run_id}.console.log"

    def _paint(self) -> int:
        """Paint what differs, now; how many lines that were."""
        size = Size(self.size.width, self.size.height)
        if not (size.width and size.height):
            return 0
        if isinstance(self._driver, ConsoleDriver) and self._driver.behind:
            return 0  # what waits for the terminal must not make the keyboard wait; a later frame has it all
        try:
            rows = self.console_view.rows(size)
        except Exception as error:
            self._stumbled(error)
            rows = self.console_view.interrupted(self.console_view.look.note or self._trouble, size)
        return self._lines.put(rows)

    def on_resize(self, event: events.Resize) -> None:
        self._paint()

    # Keys

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = Key(named(event), event.character)
        with self._guarded():
            if self.console_view.typing() and key.character is not None:
                await self._carry_out(self.console_view.press(key))
            else:
                await self._pass(self._gate.press(key, time.monotonic()))
        self._paint()
        self._wait_for_gate()

    async def on_paste(self, event: events.Paste) -> None:
        event.stop()
        with self._guarded():
            await self._pass(self._gate.paste(event.text))
        self._paint()

    def _wait_for_gate(self) -> None:
        """What the gate holds is decided when nothing follows it in time."""
        if self._gate.waits:
            self.set_timer(HOLD_S * 1.05, self._tick)

    async def _tick(self) -> None:
        with self._guarded():
            await self._pass(self._gate.tick(time.monotonic()))
        self._paint()
        self._wait_for_gate()

    async def _pass(self, out: list[Key | Scan]) -> None:
        for one in out:
            if isinstance(one, Scan):
                await self._carry_out(self.console_view.scanned(one))
            else:
                await self._carry_out(self.console_view.press(one))

    # What goes out

    async def _carry_out(self, effects: list[Effect]) -> None:
        sent = [effect for effect in effects if isinstance(effect, Send | Hand)]
        if sent:
            self.run_worker(self._send_all(sent), exclusive=False, exit_on_error=False)
        for effect in effects:
            match effect:
                case Verify():
                    self._picture.verified = Verified("verifying ...")
                    self._beside.verify()
                case Copy() | Export() | Fetch() | Photo():
                    self.run_worker(self._errand(effect), exit_on_error=False)
                case Study():
                    self.run_worker(self._study(effect), exit_on_error=False)
                case Bell():
                    for _ in range(effect.times):
                        self.bell()
                case GoHome():
                    self.exit("")
                case Leave():
                    self.exit(None)

    async def _study(self, wanted: Study) -> None:
        with self._guarded():
            await study(self.console_view, self._outside, wanted)
        self._paint()

    async def _send_all(self, effects: list[Send | Hand]) -> None:
        """One after the other, in their order."""
        for effect in effects:
            with self._guarded():
                if isinstance(effect, Send):
                    await self._send(effect)
                elif self._outside.hand is not None:
                    try:
                        said = await asyncio.to_thread(self._outside.hand, effect.cause)
                    except BringupError as error:
                        said = str(error)
                    self.console_view.say(said)
            self._paint()

    async def _send(self, command: Send) -> None:
        """Sent once. What the runner says stands on the screen; nothing is sent again by itself."""
        if self._outside.send is None:
            self.console_view.say("you are only watching: nothing is sent")
            return
        view = self.console_view
        said = held_back(view.scene, command)
        kept = bool(said)
        if kept:
            self._picture.look_soon()
        try:
            if not said:
                told = await self._outside.send(command.verb, command.arguments, command.why)
                said = "" if command.quiet else told
        except NotSent as error:
            said, kept = f"not sent: {error}", True
        except BringupError as error:
            said = f"not sent: {error}"
        if kept and command.verb == "answer":
            view.keep_unsent(command.arguments.get("question", ""))
        view.say(said)
        self._paint()

    async def _errand(self, effect: Copy | Export | Fetch | Photo) -> None:
        """What takes files, beside the loop that draws; what came of it stands on the screen."""
        with self._guarded():
            match effect:
                case Copy():
                    said = await errands.copy(self._folder, effect, os.environ, self._write)
                    self.console_view.say(said)
                case Export():
                    self.console_view.say(await errands.export(self._folder, effect, os.environ))
                case Fetch():
                    lines = await errands.fetch(self._folder, effect.sha256)
                    self.console_view.fetched(effect.sha256, lines)
                case Photo():
                    # A browser's console runs where the run is: it must not be asked about files there.
                    await self._send(await errands.photo_note(effect, readable=not self.is_web))
        self._paint()

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # The mouse, where it was asked for

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.console_view.click(event.screen_y)
        self._paint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.console_view.move(-1)
        self._paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.console_view.move(1)
        self._paint()
