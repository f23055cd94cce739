"""What the list of runs can show besides: this machine looked at, the chosen run against another. No toolkit.

It opens with a line to type into. `wanted` is what must then be found out beside the loop; `take` brings it.
"""

from __future__ import annotations

from bringup.tui.dialog import ESCAPE
from bringup.tui.effect import Study
from bringup.tui.keys import ACTIONS
from bringup.tui.scan import Key
from bringup.view import screen_compare, screen_doctor
from bringup.view.comparison import Comparison
from bringup.view.examination import Examination
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row, Tier
from bringup.view.text import visible

DOCTOR, COMPARE = "doctor", "compare"
OFFERED = (
    (DOCTOR, "what works on this machine, and what to install"),
    (f"{COMPARE} RUN", "from that run to the chosen one: what changed"),
)


class Aside:
    """`run` is the chosen run, empty where there is none. `over` is set when the person goes back."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.typed = ""
        self.note = ""
        self.over = False
        self.everything = False
        self.cursor = 0
        self.study: Study | None = None
        self.wanted: Study | None = None
        self.found: Comparison | Examination | None = None
        self.failed = ""

    @property
    def typing(self) -> bool:
        return self.study is None

    def take(self, study: Study, found: Comparison | Examination | None, failed: str) -> None:
        """What was found out, or why it was not; that of an earlier question is dropped."""
        if study is self.study:
            self.found, self.failed = found, failed

    @property
    def title(self) -> str:
        return self.study.what if self.study is not None else "runs"

    def body(self, size: Size, tier: Tier) -> list[Row]:
        found = self.found
        if self.study is None:
            rows: list[Row] = [((" : ", "title"), (visible(self.typed, 200), "plain"), ("_", "ask")), ()]
            return [*rows, *[((f"   {name:<12}", "title"), (f" {what}", "dim")) for name, what in OFFERED]]
        if self.study.what == DOCTOR:
            looked = found if isinstance(found, Examination) else None
            return screen_doctor.body(looked, self.failed, self.cursor, size, tier)
        compared = found if isinstance(found, Comparison) else None
        return screen_compare.body(compared, self.failed, self.cursor, self.everything, size, tier)

    def footer(self) -> Footer:
        found = self.found
        if self.study is None:
            return Footer("what can be looked at from here", "Type a name, then Enter.", ESCAPE)
        if self.study.what == DOCTOR:
            looked = found if isinstance(found, Examination) else None
            return screen_doctor.footer(looked, self.failed)
        compared = found if isinstance(found, Comparison) else None
        return screen_compare.footer(compared, self.failed, self.everything)

    def press(self, key: Key) -> None:
        action = ACTIONS.get(key.name)
        if action == "back":
            self.over = True
        elif action == "enter":
            self._enter()
        elif self.typing:
            self._type(key)
        elif action in ("up", "down", "first", "last"):
            by = {"up": -1, "down": 1, "first": -self._last(), "last": self._last()}[action]
            self.cursor = min(max(0, self.cursor + by), self._last())
        elif action == "everything":
            self.everything, self.cursor = not self.everything, 0

    def _type(self, key: Key) -> None:
        if key.name == "backspace":
            self.typed = self.typed[:-1]
        elif key.character is not None and key.character.isprintable():
            self.typed += key.character

    def _last(self) -> int:
        if isinstance(self.found, Examination):
            return max(0, len(self.found.findings) - 1)
        if isinstance(self.found, Comparison):
            return max(0, len(screen_compare.listed(self.found, self.everything)) - 1)
        return 0

    def _enter(self) -> None:
        """Look, or look again."""
        if self.study is not None:
            self._ask(self.study.what, self.study.about)
            return
        name, _, other = self.typed.strip().partition(" ")
        if name == DOCTOR and not other:
            self._ask(DOCTOR, "")
        elif name == COMPARE and not self.run:
            self.note = "no run is chosen"
        elif name == COMPARE and other.strip():
            self._ask(COMPARE, f"{other.strip()} {self.run}")
        else:
            self.note = (
                "compare takes the id of a run" if name == COMPARE else f"{name!r} is nothing to look at"
            )

    def _ask(self, what: str, about: str) -> None:
        self.study = self.wanted = Study(what, about)
        self.found, self.failed = None, ""
