"""The registry of keys, on every screen of the table: one meaning, footers that are true, and nothing is sent
but by Enter. And whatever is pressed, in whatever order and size, the console draws.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.tui.console import Console
from bringup.tui.effect import Effect, Hand, Photo, Send
from bringup.tui.everywhere import EVERYWHERE
from bringup.tui.keys import ACTIONS, BINDINGS, FORBIDDEN
from bringup.tui.scan import Key, Scan
from bringup.tui.screens import SCREENS
from bringup.tui.valid import STEPS, valid
from bringup.view.frame import Size
from bringup.view.scene import Look, Scene
from tests.tui.picture_set import STATES
from tests.tui.scenes import asked, console, dirty, keys, scene

SENDS = (Send, Hand, Photo)
WAYS: Mapping[str, tuple[str, ...]] = {
    "ask": ("space",),
    "cannot": ("space", "tab"),
    "failure": ("f", "enter"),
    "done": ("f", "enter", "enter"),
    "watch": ("f", "w"),
    "filter": ("J", "slash"),
    "typed": ("colon", "c", "l", "o", "s", "e", "enter"),
    "copy": ("f", "y"),
    "raw": ("e", "enter"),
    "waive": ("f", "W"),
    "photo": ("f", "p"),
}
"""How a screen is reached that is about something; the others are opened by their name."""
SIZES = (Size(80, 24), Size(60, 20), Size(1, 1), Size(200, 60))
NAMES = sorted(SCREENS)


@cache
def failing(*, watching: bool = False) -> Scene:
    more = asked(subject="leaf-1/Ethernet0", text="Is the blank fitted?")
    return scene(dirty(), more, simulated=True, watching=watching)


@cache
def state(name: str) -> Scene:
    return STATES[name]()


def at(name: str, shown: Scene | None = None) -> Console:
    """A console that looks at that screen."""
    one, _ = console(shown if shown is not None else failing())
    if name in WAYS:
        keys(one, *WAYS[name])
    if one.look.screen != name:
        one.go(Look(screen=name, follow=SCREENS[name].follow))
    one.rows(Size(80, 24))
    return one


def press(one: Console, key: str) -> list[Effect]:
    return keys(one, key) if len(key) == 1 or key in ACTIONS else one.press(Key(key, None))


def test_a_key_has_one_meaning_and_none_is_forbidden() -> None:
    names = [binding.key for binding in BINDINGS]
    assert len(set(names)) == len(names)
    assert not set(names) & FORBIDDEN
    assert not [name for name in names if name.startswith("alt+") or "mouse" in name]


def test_every_binding_acts_everywhere_or_on_some_screen() -> None:
    known = set(EVERYWHERE).union(*(screen.keys for screen in SCREENS.values()))
    assert {binding.action for binding in BINDINGS} == known


def test_an_action_has_one_word_on_all_screens() -> None:
    """`?` shows the registry's words: a screen can't have its own for a key."""
    meanings: dict[str, set[str]] = {}
    for binding in BINDINGS:
        meanings.setdefault(binding.action, set()).add(binding.meaning)
    assert all(len(words) == 1 for words in meanings.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_each_screen_as_it_names_itself(name: str) -> None:
    assert SCREENS[name].name == name
    assert at(name).look.screen == name


@pytest.mark.parametrize("watching", [False, True], ids=["operator", "watcher"])
@pytest.mark.parametrize("name", NAMES)
def test_no_key_but_enter_sends(name: str, watching: bool) -> None:
    letters = [*string.printable.strip(), *(binding.key for binding in BINDINGS), *sorted(FORBIDDEN)]
    one = at(name, failing(watching=watching))
    look, back, sound = one.look, list(one._back), one.sound
    for letter in letters:
        if letter == "enter":
            continue
        effects = press(one, letter)
        assert not [each for each in effects if isinstance(each, SENDS)], letter
        one.look, one._back, one._frozen, one.sound = look, list(back), None, sound


@pytest.mark.parametrize("name", NAMES)
def test_neither_a_scan_nor_a_paste_sends(name: str) -> None:
    for words in ("yes", "r07", "all r07", "abort now", "1", "3"):
        one = at(name)
        effects = one.scanned(Scan(words, True, 0))
        assert not [each for each in effects if isinstance(each, SENDS)], words


@pytest.mark.parametrize("name", NAMES)
def test_enter_sends_nothing_for_who_only_watches(name: str) -> None:
    one = at(name, failing(watching=True))
    for _ in range(3):
        assert not [each for each in keys(one, "enter") if isinstance(each, SENDS)]


def named(one: Console) -> list[tuple[str, str]]:
    """The keys of the last row, as drawn where there is room for all, each with its word."""
    cells = [cell for cell in one.rows(Size(200, 24))[-1] if cell[0].strip()]
    return [(key.strip(), word.strip()) for (key, _), (word, _) in zip(cells[::2], cells[1::2], strict=True)]


@pytest.mark.parametrize("state_name", ["failing", "good", "empty", "loading", "watching", "closed", "lost"])
@pytest.mark.parametrize("name", NAMES)
def test_a_footer_names_only_keys_that_act_there(name: str, state_name: str) -> None:
    one = at(name, state(state_name))
    acting = {binding.shown for binding in valid(one.screen, one.scene, one.look)}
    for shown, word in named(one):
        assert word
        for key in (shown,) if shown in acting else shown.split(" "):
            assert key in acting, (shown, word)


@pytest.mark.parametrize("name", NAMES)
def test_a_footer_knows_no_key_that_is_not_in_the_registry(name: str) -> None:
    known = {binding.shown for binding in BINDINGS}
    one = at(name)
    for shown, _ in one.screen.draw(one.scene, one.look, Size(80, 19))[1].keys:
        assert shown in known or set(shown.split(" ")) <= known, shown


@pytest.mark.parametrize("name", NAMES)
def test_help_lists_what_acts_here_and_nothing_else(name: str) -> None:
    one = at(name)
    if one.typing() or name == "help":
        return
    acting = {binding.meaning for binding in valid(one.screen, one.scene, one.look)}
    keys(one, "question_mark")
    rows, _ = one.screen.draw(one.scene, one.look, Size(120, 40))
    assert {words.strip() for row in rows for words, role in row if role == "plain"} - {""} == acting


@pytest.mark.parametrize("name", NAMES)
def test_a_key_of_the_footer_changes_something(name: str) -> None:
    one = at(name)
    look, back = one.look, list(one._back)
    for shown, word in named(one):
        found = [binding for binding in BINDINGS if binding.shown in (shown, *shown.split(" "))]
        if found[0].action in STEPS:
            continue  # whether there is somewhere to move to depends on where the cursor stands
        assert any(_does_something(one, binding.key) for binding in found if _again(one, look, back)), word


def _again(one: Console, look: Look, back: list[Look]) -> bool:
    one.look, one._back, one._frozen = look, list(back), None
    return True


def _does_something(one: Console, key: str) -> bool:
    before = (one.look, one.sound)
    effects = press(one, key)
    return bool(effects) or one._frozen is not None or (one.look, one.sound) != before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state_name", STATES)
def test_every_screen_is_drawn_in_every_state_and_size(name: str, state_name: str) -> None:
    one = at(name, state(state_name))
    for size in SIZES:
        exact(one, size)


def exact(one: Console, size: Size) -> None:
    rows = one.rows(size)
    assert len(rows) == size.height
    assert {sum(len(words) for words, _ in row) for row in rows} <= {size.width}


PRESSED = st.sampled_from(
    [
        *(binding.key for binding in BINDINGS),
        *("enter",) * 12,
        *("escape",) * 6,
        *"0123456789 abyzr7",
        "backspace",
        "ctrl+u",
        "delete",
        "f5",
        "unknown",
    ]
)
SCENES: tuple[Callable[[], Scene], ...] = (
    failing,
    lambda: failing(watching=True),
    lambda: state("good"),
    lambda: state("empty"),
    lambda: state("loading"),
    lambda: state("lost"),
    lambda: state("closed"),
    lambda: state("ascii"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PRESSED, max_size=25),
    st.lists(st.sampled_from(range(len(SCENES))), min_size=1, max_size=3),
    st.sampled_from(SIZES),
)
def test_whatever_is_pressed_the_console_draws_and_only_enter_sends(
    pressed: list[str], scenes: list[int], size: Size
) -> None:
    one, clock = console(SCENES[scenes[0]]())
    for number, name in enumerate(pressed):
        clock.s += 1.0
        character = name if len(name) == 1 else None
        effects = one.press(Key(name, character))
        if name != "enter":
            assert not [each for each in effects if isinstance(each, SENDS)], name
        if number % 8 == 5:  # the run moves on under the console
            one.show(SCENES[scenes[number // 8 % len(scenes)]]())
        exact(one, size)
