"""The console on a terminal: Textual's screen, keyboard and clock around `bringup.tui.console`.

One widget draws lines; a frame compares them with those on the screen and repaints what differs.
"""

from __future__ import annotations

import asyncio
import time

from textual import events
from textual.app import App, ComposeResult

from bringup.journal.folder import RunFolder
from bringup.model.cause import Cause
from bringup.model.errors import BringupError
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from bringup.tui.console import Console
from bringup.tui.effect import Bell, Copy, Effect, GoHome, Hand, Leave, OpenRun, Send, Verify
from bringup.tui.feed import Feed
from bringup.tui.lines import Lines, named
from bringup.tui.outside import Outside
from bringup.tui.scan import HOLD_S, Gate, Key, Scan
from bringup.view.frame import Size
from bringup.view.mark import Tier
from bringup.view.scene import Scene

FRAMES_A_S = 15
REMOTE_FRAMES_A_S = 5
DIAGNOSE_EVERY_S = 1.0


class ConsoleApp(App[str | None]):
    """One run on the screen. Its result is the run to open next, `""` for the list of runs, None to leave."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; }"
    inherit_bindings = False
    BINDINGS = []  # noqa: RUF012 (every key goes through the gate)

    def __init__(
        self,
        folder: RunFolder,
        inventory: Inventory,
        outside: Outside,
        *,
        tier: Tier = "unicode",
        watching: bool = False,
        remote: bool = False,
    ) -> None:
        super().__init__(ansi_color=True)
        self._folder, self._inventory, self._outside = folder, inventory, outside
        self._feed = Feed(folder)
        self._gate = Gate()
        self._frames_a_s = REMOTE_FRAMES_A_S if remote else FRAMES_A_S
        self._verified = "not verified here yet: v"
        self._causes: tuple[Cause, ...] = ()
        self._diagnosed: RunState | None = None
        self._diagnosed_s = 0.0
        self._lost_s: float | None = None
        self._error = ""
        self._tier: Tier = tier
        self._watching = watching
        self.console_view = Console(self._scene(), now_s=time.monotonic)
        self._lines = Lines()

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self._lines.focus()
        self.run_worker(self._read(), name="feed")
        self.set_interval(1 / self._frames_a_s, self._frame)
        self.set_interval(HOLD_S, self._tick)
        self._paint()

    # What comes in

    async def _read(self) -> None:
        try:
            async for _ in self._feed.follow():
                pass
        except BringupError as error:
            self._error = str(error)

    def _scene(self) -> Scene:
        return Scene(
            run_id=self._folder.run_id,
            state=self._feed.state,
            inventory=self._inventory,
            causes=self._causes,
            recent=tuple(self._feed.recent),
            live=self._live(),
            clock=time.strftime("%H:%M:%S"),
            watching=self._watching,
            verified=self._verified,
            tier=self._tier,
        )

    def _live(self) -> str:
        """How fresh the screen is: a run that is closed is read back, one without a runner is lost."""
        if self._error:
            return "RECORD BROKEN"
        if not self._feed.caught_up:
            return f"READING {self._feed.state.events}"
        if self._feed.state.closed is not None:
            return "REPLAY"
        if self._outside.lives():
            self._lost_s = None
            return "LIVE"
        now = time.monotonic()
        self._lost_s = self._lost_s if self._lost_s is not None else now
        lost = int(now - self._lost_s)
        return f"LOST {lost // 60:02}:{lost % 60:02}"

    async def _frame(self) -> None:
        await self._diagnose()
        effects = self.console_view.show(self._scene())
        if self._error:
            self.console_view.say(self._error)
        await self._carry_out(effects)
        self._paint()

    async def _diagnose(self) -> None:
        """The causes, at most once a second, beside the loop: a long record takes a while."""
        state = self._feed.state
        now = time.monotonic()
        if state is self._diagnosed or now - self._diagnosed_s < DIAGNOSE_EVERY_S:
            return
        self._diagnosed, self._diagnosed_s = state, now
        if state.run is not None:
            self._causes = await asyncio.to_thread(self._outside.diagnose, state, self._inventory)

    def _paint(self) -> None:
        size = self.size
        if size.width and size.height:
            self._lines.put(self.console_view.rows(Size(size.width, size.height)))

    def on_resize(self, event: events.Resize) -> None:
        self._paint()

    # Keys

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = Key(named(event), event.character)
        if self.console_view.typing() and key.character is not None:
            await self._carry_out(self.console_view.press(key))
        else:
            await self._pass(self._gate.press(key, time.monotonic()))
        self._paint()

    async def on_paste(self, event: events.Paste) -> None:
        event.stop()
        await self._pass(self._gate.paste(event.text))
        self._paint()

    async def _tick(self) -> None:
        if self._gate.waits:
            await self._pass(self._gate.tick(time.monotonic()))
            self._paint()

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
            self.run_worker(self._send_all(sent), exclusive=False)
        for effect in effects:
            match effect:
                case Verify():
                    self.run_worker(self._verify(), exclusive=True, group="verify")
                case Copy():
                    self._copy(effect)
                case Bell():
                    self.bell()
                case GoHome():
                    self.exit("")
                case OpenRun():
                    self.exit(effect.run_id)
                case Leave():
                    self.exit(None)

    async def _send_all(self, effects: list[Send | Hand]) -> None:
        """One after the other, in their order."""
        for effect in effects:
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
        try:
            said = await self._outside.send(command.verb, command.arguments, command.why)
        except BringupError as error:
            said = f"not sent: {error}"
        self.console_view.say(said)
        self._paint()

    async def _verify(self) -> None:
        self._verified = "verifying ..."
        self._verified = await asyncio.to_thread(self._outside.verify, self._folder.path)

    def _copy(self, effect: Copy) -> None:
        """To the clipboard, which tells nobody whether it took it, and always into a file that is named."""
        place = self._folder.path.parent / f"{self._folder.run_id}.copy.txt"
        try:
            place.write_text(effect.text + "\n", encoding="utf-8")
        except OSError as error:
            self.console_view.say(f"not copied: {place}: {error.strerror}")
            return
        if len(effect.text) <= 64 * 1024:
            self.copy_to_clipboard(effect.text)
        self.console_view.say(f"sent to clipboard ({len(effect.text)} characters); also in {place}")
