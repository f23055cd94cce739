"""The console without a toolkit: what is on the screen, and what each key does. `bringup.tui.app` shows it.

console = Console(scene)
console.show(scene)            # the run has moved on
console.press(Key("f", "f"))   # -> effects for the world outside
console.rows(Size(80, 24))     # exactly that many rows and cells

What a screen draws and does is its own file in `bringup.tui.screens`; what a key does on all of them is in
`bringup.tui.everywhere`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bringup.model.label import ends_named
from bringup.tui import jump
from bringup.tui.effect import Bell, Effect, Send
from bringup.tui.everywhere import EVERYWHERE
from bringup.tui.keys import ACTIONS
from bringup.tui.outbox import to_review
from bringup.tui.scan import Key, Scan
from bringup.tui.screen import Screen
from bringup.tui.screens import SCREENS
from bringup.tui.valid import true_footer
from bringup.view.fit import exactly, fit
from bringup.view.frame import BODY_TOP, Size, drawable, first_row, framed, too_small
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

LETTER_S = 5.0
"""So long a line that somebody sent to the rack stands, whatever keys are pressed."""
NOT_TYPED = frozenset({"escape", "enter", "tab"})
"""Keys that go past a field."""


class Console:
    """One person's view of one run. `now_s` is a monotonic clock.

    `unsent` are the questions whose answers were given and have not reached the run.

    For screens: `answered` is the question that was answered here and may close, `approved` the steps of
    which every further change was approved at once, `led` the work orders of cables that are worked here.
    """

    def __init__(self, scene: Scene, *, now_s: Callable[[], float], screen: str = "run") -> None:
        self.scene = scene
        self.look = Look(screen=screen)
        self.sound = True
        self.pressed = ""
        self.screens = SCREENS
        self.answered = ""
        self.unsent: frozenset[str] = frozenset()
        self.approved: set[tuple[str, str]] = set()
        self.led: set[str] = set()
        self.filters: dict[str, str] = {}
        self._frozen: list[Row] | None = None
        self._drawn_last: list[Row] = []
        self._drawn_of: tuple[Scene, Look, Size] | None = None
        self._now_s = now_s
        self._size = Size(80, 24)
        self._back: list[Look] = []
        self._drafts: dict[str, str] = {}
        self._opened_s = self._typed_s = 0.0
        self._letter, self._letter_s = "", 0.0
        self._began = False

    def recall(self, filters: Mapping[str, str], drafts: Mapping[str, str]) -> None:
        """What was left the last time: the filter of each screen, the words in each question's field."""
        self.filters, self._drafts = dict(filters), dict(drafts)

    @property
    def drafts(self) -> dict[str, str]:
        """What stands in the fields of questions that are open; nothing of what is to be signed."""
        if self.look.screen == "ask":
            self._drafts[self.look.about] = self.look.typed
        kept = {each.question for each in self.scene.state.asks if each.form not in ("attest", "approve")}
        return {question: text for question, text in self._drafts.items() if question in kept and text}

    @property
    def screen(self) -> Screen:
        """The one that is looked at."""
        return self.screens[self.look.screen]

    def show(self, scene: Scene) -> list[Effect]:
        """The run as it is now. A new question rings; it takes neither the screen nor what is being typed."""
        known = {each.question for each in self.scene.state.asks}
        new = [each for each in scene.state.asks if each.question not in known]
        noted = [each for each in scene.state.notes[len(self.scene.state.notes) :] if each.to == "rack"]
        before, self.scene = self.scene, scene
        if noted and self._began:
            self._letter = f"{visible(noted[-1].by, 30)}: {visible(noted[-1].text, 400)}"
            self._letter_s = self._now_s()
            self.say(self._letter)
        self._began = self._began or not scene.live.startswith("READING")
        effects: list[Effect] = []
        if self.answered and self.answered not in {each.question for each in scene.state.asks}:
            if self.look.screen == "ask" and self.look.about == self.answered:
                effects += self.back()
            self.answered = ""
        agreed = [each for each in new if each.form == "approve" and (each.stage, each.step) in self.approved]
        effects += [
            Send("answer", {"question": each.question, "value": "approve", "asked": str(each.seq)})
            for each in agreed
        ]
        self.unsent &= {each.question for each in scene.state.asks}
        effects += self.screen.shown(self, before)
        rings = len(new) > len(agreed) or bool(noted)
        return [*effects, Bell()] if rings and self.sound else effects

    # For the screens

    def change(self, **fields: Any) -> None:
        """Look elsewhere on the same screen: fields of `Look`."""
        self.look = msgspec.structs.replace(self.look, **fields)

    def keep_unsent(self, question: str) -> None:
        """Its answer did not reach the run: what was typed stays, and is offered again for review."""
        self.unsent |= {question}
        self.answered = ""

    def say(self, words: str) -> None:
        """A line that stands until the next key."""
        self.change(note=words)

    def go(self, look: Look) -> list[Effect]:
        """Another screen, from which Esc comes back here."""
        effects = self._leave_screen()
        if self.look.screen != look.screen:
            self._back.append(self.look)
        return effects + self._open(look)

    def back(self) -> list[Effect]:
        """One level back; at the root, nothing."""
        if not self._back and self.look.screen == "run":
            return []
        effects = self._leave_screen()
        return effects + self._open(self._back.pop() if self._back else Look())

    def to_root(self) -> list[Effect]:
        effects = self._leave_screen()
        self._back = []
        return effects + self._open(Look())

    def open_ask(self, question: str) -> list[Effect]:
        """The question, with what was typed there before."""
        return self.go(Look(screen="ask", about=question, typed=self._drafts.get(question, "")))

    def _hush(self) -> None:
        """The line above the keys is free again, unless somebody's words to the rack have only just come."""
        fresh = self._letter and self._now_s() - self._letter_s < LETTER_S
        self.say(self._letter if fresh else "")

    def move(self, by: int) -> None:
        last = self.screen.last(self.scene, self.look)
        self.look = self.screen.move(self.scene, self.look, by, last)

    def since_opened_s(self) -> float:
        return self._now_s() - self._opened_s

    def since_typed_s(self) -> float:
        return self._now_s() - self._typed_s

    def typing(self) -> bool:
        """Whether letters go into a field."""
        return self.screen.field(self.scene, self.look)

    def freeze(self) -> None:
        """The picture stands still until the next key; the run and its state go on."""
        self.say("painting is paused; any key goes on")
        lines = len(self._drawn_last)
        width = sum(len(text) for text, _ in self._drawn_last[0]) if lines else 0
        self._frozen = self.rows(Size(width, lines))

    def jump(self) -> None:
        """Labels on what can be chosen, until the next key."""
        if self._targets():
            self.change(jump=True, note="type the label to jump to; any other key goes on")
        else:
            self.say("nothing to jump to here")

    def fetched(self, sha256: str, lines: tuple[str, ...]) -> None:
        """What was asked for is there; shown where one still waits for it."""
        if self.look.screen == "raw" and self.look.about == sha256:
            self.change(text=lines)

    def click(self, line: int) -> None:
        """The row on that line of the screen is chosen, if it can be; nothing is opened or confirmed."""
        there = self._targets().get(line - BODY_TOP)
        if there is not None:
            self.look = there

    def _targets(self) -> Mapping[int, Look]:
        return jump.targets(self.screen, self.scene, self.look, self._size.body)

    def _leave_screen(self) -> list[Effect]:
        if self.look.screen == "ask":
            self._drafts[self.look.about] = self.look.typed
        return self.screen.left(self)

    def _open(self, look: Look) -> list[Effect]:
        self.look = look
        if not look.note:
            self._hush()
        self._opened_s = self._now_s()
        return self.screen.opened(self)

    # Drawing

    def rows(self, size: Size) -> list[Row]:
        """Only the first row is made again when nothing but the time has changed."""
        if self._frozen is not None and len(self._frozen) == size.height:
            return self._frozen
        scene, look, title, self._size = self.scene, self.look, self.screen.title, size
        if size.too_small:
            return too_small(scene, size, look)
        last = self._drawn_of
        if last is not None and scene.same_as(last[0]) and last[1:] == (look, size) and self._drawn_last:
            self._drawn_last = [first_row(scene, size, title), *self._drawn_last[1:]]
            return self._drawn_last
        body, footer = self.screen.draw(scene, look, size.body)
        footer = true_footer(footer, self.screen, scene, look)
        if look.jump:
            body = jump.labelled(body, self._targets())
        if told := look.note or to_review(scene, self.unsent):
            footer = footer._replace(next=told)
        self._drawn_last = framed(scene, body, footer, size, title)
        self._drawn_of = (scene, look, size)
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
        labelled, self.pressed = self.look.jump, key.name
        self._hush()
        self.change(jump=False)
        if self._frozen is not None:
            self._frozen = None
            return []
        if labelled and (there := jump.labels(self._targets()).get(key.character or "")) is not None:
            self.look = there
            return []
        if self.typing() and key.name not in NOT_TYPED:
            return self._type(key)
        action = ACTIONS.get(key.name, "")
        does = self.screen.keys.get(action) or EVERYWHERE.get(action)
        return does(self) if does is not None else []

    def scanned(self, scan: Scan) -> list[Effect]:
        """A scan goes into the open field, and nowhere else."""
        self._hush()
        told = visible(scan.text, 60)
        if not scan.whole:
            self.say(f"scan without an end: {told}; nothing was done with it")
        elif scan.strange:
            self.say(f"scan with {scan.strange} characters that mean nothing: {told}; scan again or type it")
        elif self.typing():
            self.change(typed=scan.text, note="scanned; Enter confirms")
        elif self.screen.scan(self, scan.text):
            return []
        elif ends_named(self.scene.inventory, scan.text):
            self.say(f"scanned {told}, a cable of the list; P and a scan show where it goes")
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
        self.change(typed=typed)
        return []
