"""The console without a toolkit: what is on the screen, and what each key does. `bringup.tui.app` shows it.

console = Console(scene)
console.show(scene)            # the run has moved on
console.press(Key("f", "f"))   # -> effects for the world outside
console.rows(Size(80, 24))     # exactly that many rows and cells
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bringup.model.cause import Cause
from bringup.model.subject import ends
from bringup.tui import palette
from bringup.tui.effect import Bell, Copy, Effect, GoHome, Hand, Leave, Send, Verify
from bringup.tui.keys import ACTIONS, BINDINGS
from bringup.tui.scan import Key, Scan
from bringup.view import (
    screen_ask,
    screen_failure,
    screen_journal,
    screen_matrix,
    screen_run,
    screen_sign,
    screen_watch,
    screen_work,
)
from bringup.view.fit import exactly
from bringup.view.frame import Footer, Size, framed, too_small
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.summary import plain
from bringup.view.text import visible

DEAF_S = 0.6
"""A question that has just come takes no Enter: the one on its way was meant for what stood there before."""
FRESH_S = 0.1
"""An Enter so soon after a character ends a scan; it confirms nothing."""
FIELDS = frozenset({"ask", "palette", "filter", "cannot", "typed", "done"})
"""Screens with a field: letters go into it."""
CANNOT = ("skip it, with a reason", "ask for help", "go back")
DONE = ("I did it: measure again", "not now")
DONE_IN_DEMO = (
    "I did it: measure again",
    "not now",
    "let the simulated technician do it, then measure again",
)
MOST_RETESTS = 16
GOES = {"work": "work", "failures": "failures", "watch": "watch", "matrix": "matrix", "journal": "journal"}
GOES |= {"sign": "sign", "handover": "handover", "help": "help", "palette": "palette"}


class Console:
    """One person's view of one run. `now_s` is a monotonic clock."""

    def __init__(self, scene: Scene, *, now_s: Callable[[], float], screen: str = "run") -> None:
        self.scene = scene
        self.look = Look(screen=screen)
        self.sound = True
        self._now_s = now_s
        self._back: list[Look] = []
        self._drafts: dict[str, str] = {}
        self._opened_s = self._typed_s = 0.0
        self._pending: tuple[palette.Entry, dict[str, str]] | None = None

    def show(self, scene: Scene) -> list[Effect]:
        """The run as it is now. A new question rings; it takes neither the screen nor what is being typed."""
        known = {each.question for each in self.scene.state.asks}
        new = [each for each in scene.state.asks if each.question not in known]
        self.scene = scene
        return [Bell()] if new and self.sound else []

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
        if size.too_small:
            return too_small(self.scene, size, self.look.typed)
        scene, look = self.scene, self.look
        body, footer, title = self._drawn(size.body)
        if look.note:
            footer = footer._replace(next=look.note)
        return framed(scene, body, footer, size, title)

    def _drawn(self, size: Size) -> tuple[list[Row], Footer, str]:
        scene, look = self.scene, self.look
        match look.screen:
            case "ask":
                return screen_ask.body(scene, look, size), screen_ask.footer(scene, look), "question"
            case "work":
                return screen_work.body(scene, look, size), screen_work.footer(scene, look), "work list"
            case "failures":
                return screen_failure.body(scene, look, size), screen_failure.footer(scene, look), "failures"
            case "failure":
                return screen_failure.whole(scene, look, size), screen_failure.footer(scene, look), "failure"
            case "watch":
                return screen_watch.body(scene, look, size), screen_watch.footer(scene, look), "watch"
            case "matrix":
                return screen_matrix.body(scene, look, size), screen_matrix.footer(scene, look), "matrix"
            case "journal" | "filter":
                return screen_journal.body(scene, look, size), self._journal_footer(), "journal"
            case "sign":
                return screen_sign.body(scene, look, size), screen_sign.footer(scene, look), "sign-off"
            case "handover":
                return screen_sign.handover(scene, look, size), screen_sign.handover_footer(scene), "handover"
            case "help":
                return _help(size), Footer("the keys", "Esc goes back.", [("Esc", "back")]), "help"
            case "palette" | "typed":
                return (
                    self._palette(),
                    Footer("every action by name", self._hint(), [("Esc", "back")]),
                    "palette",
                )
            case "cannot":
                return (
                    self._cannot(),
                    Footer("the question stays open", self._hint(), [("Esc", "back")]),
                    "cannot",
                )
        return screen_run.body(scene, look, size), screen_run.footer(scene), ""

    def _journal_footer(self) -> Footer:
        footer = screen_journal.footer(self.scene, self.look)
        if self.look.screen == "filter":
            return footer._replace(next=f"filter: {self.look.typed}_   Enter keeps it, Esc drops it")
        return footer

    def _palette(self) -> list[Row]:
        typed = self.look.typed
        rows: list[Row] = [((" : ", "title"), (visible(typed), "plain"), ("_", "ask")), ()]
        if self.look.screen == "typed" and self._pending is not None:
            entry, words = self._pending
            told = "  ".join(f"{name}={value}" for name, value in words.items())
            return [
                ((f" {entry.name} {visible(told)}", "bad"),),
                ((f" {entry.meaning}", "plain"),),
                (),
                (
                    (f" To do it, type {self._rack()} and Enter: ", "warn"),
                    (visible(typed), "plain"),
                    ("_", "ask"),
                ),
            ]
        for entry in palette.matching(typed):
            takes = " ".join(word.upper() for word in entry.takes)
            rows.append(((f"   {entry.name} {takes:<12}", "title"), (f"  {entry.meaning}", "dim")))
        return rows

    def _cannot(self) -> list[Row]:
        rows: list[Row] = [((" What can't be done here?", "title"),), ()]
        rows += [
            ((f"   {number}", "title"), (f"  {words}", "plain")) for number, words in enumerate(CANNOT, 1)
        ]
        return [*rows, (), (("  > ", "title"), (visible(self.look.typed), "plain"), ("_", "ask"))]

    def _choices(self) -> tuple[str, ...]:
        run = self.scene.state.run
        return DONE_IN_DEMO if run is not None and run.simulated else DONE

    def _done(self) -> list[Row]:
        cause = self._cause()
        words = cause.remedy_words if cause is not None else "it is gone"
        rows: list[Row] = [((f" {visible(words, 400)}", "title"),), ()]
        rows += [
            ((f"   {number}", "title"), (f"  {choice}", "plain"))
            for number, choice in enumerate(self._choices(), 1)
        ]
        return [*rows, (), (("  > ", "title"), (visible(self.look.typed), "plain"), ("_", "ask"))]

    def _cause(self) -> Cause | None:
        """The cause that the screen is about."""
        named = (each for each in self.scene.causes if screen_failure.name_of(each) == self.look.about)
        return next(named, None)

    def _did_it(self) -> list[Effect]:
        cause, typed = self._cause(), self.look.typed.strip()
        if cause is None or typed == "2":
            return self._back_key()
        if typed not in ("1", "3") or int(typed) > len(self._choices()):
            self.say("type one of the numbers")
            return []
        self._back_key()
        again = [
            Send("retest", {"step": f"{key.stage}/{key.step}", "subject": key.subject})
            for key in cause.explains[:MOST_RETESTS]
        ]
        return [Hand(cause), *again] if typed == "3" else list(again)

    def _hint(self) -> str:
        return {
            "palette": "Type a name, then Enter.",
            "typed": "Nothing is sent before the whole name and Enter.",
            "done": "Type the number, then Enter.",
            "cannot": "Type the number, for 1 with the reason behind it, then Enter.",
        }[self.look.screen]

    def _rack(self) -> str:
        run = self.scene.state.run
        return (run.rack or run.playbook) if run is not None else self.scene.run_id

    # Keys

    def press(self, key: Key) -> list[Effect]:
        """One key that has passed the gate."""
        self.look = msgspec.structs.replace(self.look, note="")
        if self.typing() and key.name not in ("escape", "enter", "tab"):
            return self._type(key)
        action = ACTIONS.get(key.name, "")
        if action in GOES:
            self._go(Look(screen=GOES[action], follow=action in ("journal", "matrix")))
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
        match self.look.screen:
            case "ask":
                return self._answer()
            case "work":
                return self._open_item()
            case "failures" if self.scene.causes:
                cause = self.scene.causes[min(self.look.cursor, len(self.scene.causes) - 1)]
                self._go(Look(screen="failure", about=screen_failure.name_of(cause)))
            case "failure" if self._cause() is not None and not self.scene.watching:
                self._go(Look(screen="done", about=self.look.about))
            case "done":
                return self._did_it()
            case "filter":
                self.look = msgspec.structs.replace(
                    self.look, screen="journal", filter=self.look.typed, typed="", cursor=0, follow=True
                )
            case "palette":
                return self._command()
            case "typed":
                return self._confirmed()
            case "cannot":
                return self._cannot_do()
        return []

    def _answer(self) -> list[Effect]:
        ask = screen_ask.found(self.scene, self.look)
        now = self._now_s()
        if ask is None or self.scene.watching or now - self._opened_s < DEAF_S:
            return []
        if now - self._typed_s < FRESH_S:
            self.say("that ended the field; Enter once more confirms")
            return []
        value = screen_ask.answer(ask, self.look.typed)
        if not value:
            self.say("type or scan the answer first")
            return []
        return [Send("answer", {"question": ask.question, "value": value})]

    def _open_item(self) -> list[Effect]:
        todo = screen_work.items(self.scene)
        if todo:
            item = todo[min(self.look.cursor, len(todo) - 1)]
            if item.question:
                self._open_ask(item.question)
            else:
                self._go(Look(screen="failures"))
        return []

    def _pane_key(self) -> list[Effect]:
        if self.look.screen == "ask" and not self.scene.watching:
            self._go(Look(screen="cannot", about=self.look.about))
        return []

    def _cannot_do(self) -> list[Effect]:
        number, _, why = self.look.typed.strip().partition(" ")
        ask = next((each for each in self.scene.state.asks if each.question == self.look.about), None)
        if ask is None or number == "3":
            return self._back_key()
        if number == "2":
            self._back_key()
            return [Send("note", {"text": f"help is needed with {ask.question}: {ask.text}"})]
        if number == "1" and why.strip():
            self._back_key()
            step = f"{ask.stage}/{ask.step}"
            return [Send("skip", {"step": step, "subject": ask.subject}, why.strip())]
        self.say("1 takes a reason behind it: `1 no scope at hand`")
        return []

    def _filter_key(self) -> list[Effect]:
        if self.look.screen == "journal":
            self.look = msgspec.structs.replace(self.look, screen="filter", typed="")
        return []

    def _command(self) -> list[Effect]:
        if self.scene.watching:
            self.say("you are only watching: nothing is sent")
            return []
        found = palette.parsed(self.look.typed)
        if isinstance(found, str):
            self.say(found)
            return []
        entry, words = found
        if entry.typed:
            self._pending = (entry, words)
            self._go(Look(screen="typed"))
            return []
        return self._sent(entry, words)

    def _confirmed(self) -> list[Effect]:
        if self._pending is None or self.look.typed.strip() != self._rack():
            self.say(f"that is not {self._rack()}: nothing was done")
            return []
        entry, words = self._pending
        return self._sent(entry, words)

    def _sent(self, entry: palette.Entry, words: dict[str, str]) -> list[Effect]:
        self._pending = None
        self.look, self._back = Look(), []
        arguments = dict(words)
        why = arguments.pop("why", None)
        return [Send(entry.name, _with_subject(arguments), why)]

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
        body, _, title = self._drawn(wide)
        text = "\n".join(line for row in body if (line := plain(row)))
        return [Copy(text, title or "the run")]

    def _home_key(self) -> list[Effect]:
        return [GoHome()]

    def _leave_key(self) -> list[Effect]:
        return [Leave()]


def _with_subject(arguments: dict[str, str]) -> dict[str, str]:
    """`STAGE/STEP@SUBJECT` as the desk takes it."""
    step, at, subject = arguments.get("step", "").partition("@")
    return {**arguments, "step": step, "subject": subject} if at else arguments


def _help(size: Size) -> list[Row]:
    """Made from the registry: no key can be missing here."""
    shown: dict[str, list[str]] = {}
    for binding in BINDINGS:
        shown.setdefault(binding.meaning, []).append(binding.shown)
    lines: list[Row] = [
        ((f"  {' '.join(keys):<10}", "title"), (f" {meaning}", "plain")) for meaning, keys in shown.items()
    ]
    half = (len(lines) + 1) // 2
    if len(lines) <= size.height or size.width < 80:
        return lines
    column = size.width // 2
    left, right = exactly(lines[:half], column, half, "unicode"), lines[half:]
    return [(*row, *(right[number] if number < len(right) else ())) for number, row in enumerate(left)]
