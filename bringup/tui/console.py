"""The console without a toolkit: what is on the screen, and what each key does. `bringup.tui.app` shows it.

console = Console(scene)
console.show(scene)            # the run has moved on
console.press(Key("f", "f"))   # -> effects for the world outside
console.rows(Size(80, 24))     # exactly that many rows and cells
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bringup.model.subject import ends
from bringup.tui import dialog, doing
from bringup.tui.drawn import drawn
from bringup.tui.effect import Bell, Copy, Effect, GoHome, Leave, Send, Verify
from bringup.tui.keys import ACTIONS
from bringup.tui.scan import Key, Scan
from bringup.view import screen_ask, screen_failure, screen_journal, screen_matrix, screen_watch, screen_work
from bringup.view.fit import exactly, fit
from bringup.view.frame import Size, drawable, first_row, framed, too_small
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene, rack_name
from bringup.view.summary import plain
from bringup.view.text import visible

DEAF_S = 0.6
"""A question that has just come takes no Enter: the one on its way was meant for what stood there before."""
FRESH_S = 0.1
"""An Enter so soon after a character ends a scan; it confirms nothing."""
FIELDS = frozenset({"ask", "palette", "filter", "cannot", "typed", "done"})
"""Screens with a field: letters go into it."""
GOES = {"work": "work", "failures": "failures", "watch": "watch", "matrix": "matrix", "journal": "journal"}
GOES |= {"sign": "sign", "handover": "handover", "help": "help", "palette": "palette"}


class Console:
    """One person's view of one run. `now_s` is a monotonic clock."""

    def __init__(self, scene: Scene, *, now_s: Callable[[], float], screen: str = "run") -> None:
        self.scene = scene
        self.look = Look(screen=screen)
        self.sound = True
        self._frozen: list[Row] | None = None
        self._drawn_last: list[Row] = []
        self._drawn_of: tuple[Scene, Look, Size, dialog.Pending | None] | None = None
        self._title = ""
        self._now_s = now_s
        self._back: list[Look] = []
        self._drafts: dict[str, str] = {}
        self._opened_s = self._typed_s = 0.0
        self._answered = ""
        self._approved: set[tuple[str, str]] = set()
        self._pending: dialog.Pending | None = None

    def show(self, scene: Scene) -> list[Effect]:
        """The run as it is now. A new question rings; it takes neither the screen nor what is being typed."""
        known = {each.question for each in self.scene.state.asks}
        new = [each for each in scene.state.asks if each.question not in known]
        self.scene = scene
        if self._answered and self._answered not in {each.question for each in scene.state.asks}:
            if self.look.screen == "ask" and self.look.about == self._answered:
                self._back_key()
            self._answered = ""
        agreed = [
            each for each in new if each.form == "approve" and (each.stage, each.step) in self._approved
        ]
        effects: list[Effect] = [
            Send("answer", {"question": each.question, "value": "approve"}) for each in agreed
        ]
        return [*effects, Bell()] if len(new) > len(agreed) and self.sound else effects

    def say(self, words: str) -> None:
        """A line that stands until the next key."""
        self.look = msgspec.structs.replace(self.look, note=words)

    def typing(self) -> bool:
        """Whether letters go into a field."""
        if self.look.screen == "ask":
            return screen_ask.found(self.scene, self.look) is not None
        return self.look.screen in FIELDS

    # Drawing

    def rows(self, size: Size) -> list[Row]:
        """Only the first row is made again when nothing but the time has changed."""
        if self._frozen is not None and len(self._frozen) == size.height:
            return self._frozen
        scene, look = self.scene, self.look
        if size.too_small:
            return too_small(scene, size, look.typed)
        last = self._drawn_of
        if (
            last is not None
            and scene.same_as(last[0])
            and last[1:] == (look, size, self._pending)
            and self._drawn_last
        ):
            self._drawn_last = [first_row(scene, size, self._title), *self._drawn_last[1:]]
            return self._drawn_last
        body, footer, self._title = drawn(scene, look, size.body, self._pending)
        if look.note:
            footer = footer._replace(next=look.note)
        self._drawn_last = framed(scene, body, footer, size, self._title)
        self._drawn_of = (scene, look, size, self._pending)
        return self._drawn_last

    def interrupted(self, words: str, size: Size) -> list[Row]:
        """The last good picture, with what went wrong on its next-to-last row."""
        rows = self._drawn_last
        if len(rows) != size.height or not rows:
            return exactly([((visible(words), "bad"),)], size.width, size.height, self.scene.tier)
        told = fit(((" NEXT  ", "dim"), (visible(words), "bad")), size.width, self.scene.tier)
        return [*rows[:-2], drawable(told, self.scene.tier), rows[-1]]

    # Keys

    def press(self, key: Key) -> list[Effect]:
        """One key that has passed the gate."""
        self.look = msgspec.structs.replace(self.look, note="")
        if self._frozen is not None:
            self._frozen = None
            return []
        if self.typing() and key.name not in ("escape", "enter", "tab"):
            return self._type(key)
        action = ACTIONS.get(key.name, "")
        if action in GOES:
            about = self._port_here() if action == "watch" else ""
            self._go(Look(screen=GOES[action], about=about, follow=action in ("journal", "matrix")))
            return []
        handler = getattr(self, f"_{action}_key", None) if action else None
        effects: list[Effect] = handler() if handler is not None else []
        return effects

    def scanned(self, scan: Scan) -> list[Effect]:
        """A scan goes into the open field, and nowhere else."""
        self.look = msgspec.structs.replace(self.look, note="")
        told = visible(scan.text, 60)
        if not scan.whole:
            self.say(f"scan without an end: {told}; nothing was done with it")
        elif scan.strange:
            self.say(f"scan with {scan.strange} characters that mean nothing: {told}; scan again or type it")
        elif self.typing():
            self.look = msgspec.structs.replace(self.look, typed=scan.text, note="scanned; Enter confirms")
        else:
            self.say(f"scanned {told}, nothing is asking for it")
        return []

    def _type(self, key: Key) -> list[Effect]:
        typed = self.look.typed
        if key.name == "backspace":
            typed = typed[:-1]
        elif key.name == "ctrl+u":
            typed = ""
        elif key.character is not None and key.character.isprintable():
            typed += key.character
            self._typed_s = self._now_s()
        self.look = msgspec.structs.replace(self.look, typed=typed)
        return []

    def _port_here(self) -> str:
        """The port that the screen is about, if it is about one."""
        scene, look = self.scene, self.look
        named: tuple[str, ...] = ()
        if look.screen == "matrix" and (grid := screen_matrix.picked(scene, look)) is not None:
            names = screen_matrix.ordered(grid, look.follow)
            named = names[min(look.cursor, len(names) - 1) :][:1]
        elif look.screen in ("failures", "failure") and scene.causes:
            cause = screen_failure.named(scene, look.about)
            cause = cause or scene.causes[min(look.cursor, len(scene.causes) - 1)]
            named = tuple(end.partition("#")[0] for subject in cause.subjects for end in ends(subject))
        return next((name for name in named if name in scene.inventory.ports), "")

    def _go(self, look: Look) -> None:
        self._keep_draft()
        if self.look.screen != look.screen:
            self._back.append(self.look)
        self.look = look
        self._opened_s = self._now_s()

    def _keep_draft(self) -> None:
        if self.look.screen == "ask":
            self._drafts[self.look.about] = self.look.typed

    def _move(self, by: int) -> None:
        cursor = max(0, self.look.cursor + by)
        if self.look.screen == "journal":
            here = len(screen_journal.shown(self.scene, self.look)) - 1
            cursor = max(0, min(here, (here if self.look.follow else self.look.cursor) + by))
        last = self._last()
        self.look = msgspec.structs.replace(
            self.look,
            cursor=min(cursor, last),
            follow=self.look.follow and self.look.screen != "journal",
        )

    def _last(self) -> int:
        """The number of the last row that the cursor can stand on."""
        scene, look = self.scene, self.look
        match look.screen:
            case "failures":
                return max(0, len(scene.causes) - 1)
            case "work":
                return max(0, len(screen_work.items(scene)) - 1)
            case "journal":
                return max(0, len(screen_journal.shown(scene, look)) - 1)
            case "matrix":
                grid = screen_matrix.picked(scene, look)
                return max(0, len(grid.rows) - 1) if grid is not None else 0
        return 10_000

    def _up_key(self) -> list[Effect]:
        self._move(-1)
        return []

    def _down_key(self) -> list[Effect]:
        self._move(1)
        return []

    def _page_up_key(self) -> list[Effect]:
        self._move(-10)
        return []

    def _page_down_key(self) -> list[Effect]:
        self._move(10)
        return []

    def _first_key(self) -> list[Effect]:
        self._move(-(10**9))
        return []

    def _last_key(self) -> list[Effect]:
        self._move(10**9)
        return []

    def _back_key(self) -> list[Effect]:
        self._keep_draft()
        self._pending = None
        if self._back:
            self.look = self._back.pop()
        elif self.look.screen != "run":
            self.look = Look()
        return []

    def _ask_key(self) -> list[Effect]:
        ask = screen_work.nearest(self.scene.state.asks)
        if ask is None:
            self.say("no question is waiting")
        else:
            self._open_ask(ask.question)
        return []

    def _open_ask(self, question: str) -> None:
        self._go(Look(screen="ask", about=question, typed=self._drafts.get(question, "")))

    def _enter_key(self) -> list[Effect]:
        handler = getattr(self, f"_enter_{self.look.screen}", None)
        effects: list[Effect] = handler() if handler is not None else []
        return effects

    def _enter_ask(self) -> list[Effect]:
        ask = screen_ask.found(self.scene, self.look)
        now = self._now_s()
        if ask is None or self.scene.watching:
            return []
        if now - self._opened_s < DEAF_S:
            self.say("this question has only just come: nothing was sent; Enter once more confirms")
            return []
        if now - self._typed_s < FRESH_S:
            self.say("that ended the field; Enter once more confirms")
            return []
        value = screen_ask.answer(ask, self.look.typed)
        if ask.form == "approve" and self.look.typed.strip() == f"all {rack_name(self.scene)}":
            self._approved.add((ask.stage, ask.step))
            value = "approve"
        if not value:
            wanted = screen_ask.approved_by(ask) if ask.form == "approve" else ""
            self.say(f"type {visible(wanted)} in full" if wanted else "type or scan the answer first")
            return []
        self._answered = ask.question
        return [Send("answer", {"question": ask.question, "value": value})]

    def _enter_work(self) -> list[Effect]:
        todo = screen_work.items(self.scene)
        if todo:
            item = todo[min(self.look.cursor, len(todo) - 1)]
            if item.question:
                self._open_ask(item.question)
            else:
                self._go(Look(screen="failures"))
        return []

    def _enter_failures(self) -> list[Effect]:
        if self.scene.causes:
            cause = self.scene.causes[min(self.look.cursor, len(self.scene.causes) - 1)]
            self._go(Look(screen="failure", about=screen_failure.name_of(cause)))
        return []

    def _enter_failure(self) -> list[Effect]:
        if screen_failure.named(self.scene, self.look.about) is not None and not self.scene.watching:
            self._go(Look(screen="done", about=self.look.about))
        return []

    def _enter_done(self) -> list[Effect]:
        cause, typed = screen_failure.named(self.scene, self.look.about), self.look.typed.strip()
        if cause is None or typed == "2":
            return self._back_key()
        if typed not in ("1", "3") or int(typed) > len(dialog.choices(self.scene)):
            self.say("type one of the numbers")
            return []
        self._back_key()
        return doing.retests(cause, by_hand=typed == "1")

    def _enter_filter(self) -> list[Effect]:
        word = self.look.typed
        self.look = msgspec.structs.replace(
            self.look, screen="journal", filter=word, typed="", cursor=0, follow=True
        )
        return []

    def _enter_cannot(self) -> list[Effect]:
        effects = doing.cannot_do(self.scene, self.look)
        if effects is None:
            self.say("1 takes a reason behind it: `1 no scope at hand`")
            return []
        self._back_key()
        return effects

    def _enter_palette(self) -> list[Effect]:
        if self.scene.watching:
            self.say("you are only watching: nothing is sent")
            return []
        found = doing.read_command(self.look.typed)
        if isinstance(found, str):
            self.say(found)
            return []
        if found.entry.typed:
            self._pending = found
            self._go(Look(screen="typed"))
            return []
        return self._sent(found)

    def _enter_typed(self) -> list[Effect]:
        name = rack_name(self.scene)
        if self._pending is None or self.look.typed.strip() != name:
            self.say(f"that is not {visible(name, 40)}: nothing was done")
            return []
        return self._sent(self._pending)

    def _sent(self, pending: dialog.Pending) -> list[Effect]:
        self._pending = None
        self.look, self._back = Look(), []
        return [doing.command(pending)]

    def _pane_key(self) -> list[Effect]:
        if self.look.screen == "ask" and not self.scene.watching:
            self._go(Look(screen="cannot", about=self.look.about))
        return []

    def _filter_key(self) -> list[Effect]:
        if self.look.screen == "journal":
            self.look = msgspec.structs.replace(self.look, screen="filter", typed="")
        return []

    def _retest_key(self) -> list[Effect]:
        """Asks for Enter first: a letter never sends anything."""
        step = self._to_retest()
        if step is None or self.scene.watching:
            self.say(
                "choose a failure or a port first" if not self.scene.watching else "you are only watching"
            )
            return []
        self._back.append(self.look)
        self.look = Look(screen="palette", typed=f"retest {step}", note="Enter measures it again")
        return []

    def _to_retest(self) -> str | None:
        scene, look = self.scene, self.look
        if look.screen in ("failures", "failure") and scene.causes:
            name = look.about
            cause = next((each for each in scene.causes if screen_failure.name_of(each) == name), None)
            cause = cause or scene.causes[min(look.cursor, len(scene.causes) - 1)]
            key = cause.explains[0]
            return f"{key.stage}/{key.step}@{key.subject}"
        if look.screen == "watch":
            port = look.about or next(iter(screen_watch.ports(scene)), "")
            for key, step in scene.state.steps.items():
                if port in ends(key.subject) and not step.counts_as.good:
                    return f"{key.stage}/{key.step}@{key.subject}"
        return None

    def _next_bad_key(self) -> list[Effect]:
        if self.look.screen == "matrix":
            grid = screen_matrix.picked(self.scene, self.look)
            if grid is not None:
                names = screen_matrix.ordered(grid, self.look.follow)
                bad = {row for (row, _), cell in grid.cells.items() if not cell.verdict.good}
                after = [
                    number for number, name in enumerate(names) if name in bad and number > self.look.cursor
                ]
                again = [number for number, name in enumerate(names) if name in bad]
                if after or again:
                    self.look = msgspec.structs.replace(self.look, cursor=(after or again)[0])
        else:
            self._move(1)
        return []

    def _metric_key(self) -> list[Effect]:
        if self.look.screen == "matrix":
            number = int(self.look.about or 0) + 1
            self.look = msgspec.structs.replace(self.look, about=str(number), cursor=0)
        return []

    def _order_key(self) -> list[Effect]:
        if self.look.screen == "matrix":
            self.look = msgspec.structs.replace(self.look, follow=not self.look.follow, cursor=0)
        return []

    def _next_key(self) -> list[Effect]:
        return self._step_port(1)

    def _previous_key(self) -> list[Effect]:
        return self._step_port(-1)

    def _step_port(self, by: int) -> list[Effect]:
        names = screen_watch.ports(self.scene)
        if self.look.screen == "watch" and names:
            here = names.index(self.look.about) if self.look.about in names else 0
            self.look = msgspec.structs.replace(self.look, about=names[(here + by) % len(names)])
        return []

    def _follow_key(self) -> list[Effect]:
        if self.look.screen == "journal":
            self.look = msgspec.structs.replace(self.look, follow=not self.look.follow)
        return []

    def _verify_key(self) -> list[Effect]:
        return [Verify()]

    def _sound_key(self) -> list[Effect]:
        self.sound = not self.sound
        self.say(f"sound {'on' if self.sound else 'off'}")
        return []

    def _copy_key(self) -> list[Effect]:
        wide = Size(100, 400)
        body, _, title = drawn(self.scene, self.look, wide, self._pending)
        text = "\n".join(line for row in body if (line := plain(row)))
        return [Copy(text, title or "the run")]

    def _freeze_key(self) -> list[Effect]:
        """The picture stands still until the next key; the run and its state go on."""
        self.say("painting is paused; any key goes on")
        lines = len(self._drawn_last)
        width = sum(len(text) for text, _ in self._drawn_last[0]) if lines else 0
        self._frozen = self.rows(Size(width, lines))
        return []

    def _home_key(self) -> list[Effect]:
        return [GoHome()]

    def _leave_key(self) -> list[Effect]:
        return [Leave()]
