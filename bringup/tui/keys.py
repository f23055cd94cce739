"""Every key of the console, once: one meaning each on all screens (console design, section 4).

Letters go somewhere or open something. They never confirm, send, skip, waive, abort or sign: those need Enter
on a visible choice. No function keys, no Alt, nothing that a multiplexer or flow control takes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Binding(NamedTuple):
    """`key` as Textual names it, as people read it, and what it means everywhere."""

    key: str
    shown: str
    meaning: str
    action: str


BINDINGS = (
    Binding("up", "↑", "move up", "up"),
    Binding("k", "k", "move up", "up"),
    Binding("down", "↓", "move down", "down"),
    Binding("j", "j", "move down", "down"),
    Binding("left", "←", "cell to the left", "left"),
    Binding("right", "→", "cell to the right", "right"),
    Binding("pageup", "PgUp", "a page up", "page_up"),
    Binding("pagedown", "PgDn", "a page down", "page_down"),
    Binding("g", "g", "first", "first"),
    Binding("G", "G", "last", "last"),
    Binding("enter", "Enter", "open; confirm the choice", "enter"),
    Binding("escape", "Esc", "back one level", "back"),
    Binding("space", "Space", "go to the waiting question", "ask"),
    Binding("tab", "Tab", "question: can't do this", "pane"),
    Binding("n", "n", "next that is not PASS", "next_bad"),
    Binding("N", "N", "previous that is not PASS", "previous_bad"),
    Binding("apostrophe", "'", "jump: a label on every row", "jump"),
    Binding("slash", "/", "filter the list", "filter"),
    Binding("colon", ":", "every action by name", "palette"),
    Binding("ctrl+p", "Ctrl+P", "every action by name", "palette"),
    Binding("A", "A", "work list", "work"),
    Binding("T", "T", "take work, or give it back", "take"),
    Binding("a", "a", "who is here", "company"),
    Binding("greater_than_sign", ">", "a line to the rack", "note"),
    Binding("f", "f", "failures", "failures"),
    Binding("w", "w", "watch a port", "watch"),
    Binding("P", "P", "put a cable to its port", "put"),
    Binding("m", "m", "matrix", "matrix"),
    Binding("J", "J", "journal", "journal"),
    Binding("s", "s", "sign-off", "sign"),
    Binding("h", "h", "handover", "handover"),
    Binding("H", "H", "home", "home"),
    Binding("plus", "+", "new run", "new"),
    Binding("y", "y", "copy", "copy"),
    Binding("x", "x", "export this view to a file", "export"),
    Binding("e", "e", "evidence", "evidence"),
    Binding("u", "u", "can't do this", "cannot"),
    Binding("W", "W", "waive (a form)", "waive"),
    Binding("p", "p", "photo note", "photo"),
    Binding("b", "b", "sound on or off", "sound"),
    Binding("r", "r", "retest it (asks Enter)", "retest"),
    Binding("t", "t", "next grid", "metric"),
    Binding("o", "o", "worst first, or in order", "order"),
    Binding("d", "d", "all, or differences only", "everything"),
    Binding("left_square_bracket", "[", "previous port", "previous"),
    Binding("right_square_bracket", "]", "next port", "next"),
    Binding("0", "0", "watch: forget the best value", "reset"),
    Binding("F", "F", "follow the newest", "follow"),
    Binding("v", "v", "verify the record", "verify"),
    Binding("z", "z", "pause painting", "freeze"),
    Binding("question_mark", "?", "the keys", "help"),
    Binding("Q", "Q", "leave; the run goes on", "leave"),
    Binding("ctrl+c", "Ctrl+C", "leave; the run goes on", "leave"),
    *(Binding(str(digit), "1-9", "pick the numbered choice", "pick") for digit in range(1, 10)),
)
ACTIONS = MappingProxyType({binding.key: binding.action for binding in BINDINGS})
FORBIDDEN = frozenset(
    {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+z"}
    | {f"f{number}" for number in range(1, 25)}
)
