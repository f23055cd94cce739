"""Which keys do something on the screen that is looked at: what `?` lists, and all that a footer may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bringup.tui.everywhere import EVERYWHERE
from bringup.tui.keys import BINDINGS, Binding
from bringup.tui.screen import NO_END, Screen, nothing
from bringup.view.frame import Footer
from bringup.view.scene import Look, Scene

PAST_FIELD = frozenset({"enter", "escape", "tab"})
"""Keys that are no letters of an open field."""
SHOWN: Mapping[str, tuple[Binding, ...]] = MappingProxyType(
    {
        name: tuple(each for each in BINDINGS if each.shown == name)
        for name in {each.shown for each in BINDINGS}
    }
)
STEPS = frozenset({"up", "down", "page_up", "page_down", "first", "last", "next_bad", "previous_bad"})


def valid(screen: Screen, scene: Scene, look: Look) -> tuple[Binding, ...]:
    """The bindings that act here now. Into an open field letters go as they are."""
    typing = screen.field(scene, look)
    return tuple(
        binding
        for binding in BINDINGS
        if (not typing or binding.key in PAST_FIELD) and _acts(binding.action, screen, scene, look)
    )


def true_footer(footer: Footer, screen: Screen, scene: Scene, look: Look) -> Footer:
    """The footer without the keys that do nothing now. Some are named together, as in `j k`."""
    keys = [key for key in footer.keys if _named_truly(key[0], screen, scene, look)]
    return footer._replace(keys=keys, helps=_named_truly("?", screen, scene, look))


def _named_truly(shown: str, screen: Screen, scene: Scene, look: Look) -> bool:
    typing = screen.field(scene, look)
    names = (shown,) if shown in SHOWN else tuple(shown.split(" "))
    return all(
        any(
            (not typing or binding.key in PAST_FIELD) and _acts(binding.action, screen, scene, look)
            for binding in SHOWN.get(name, ())
        )
        for name in names
    )


def _acts(action: str, screen: Screen, scene: Scene, look: Look) -> bool:
    if action in screen.keys:
        return True
    if action not in EVERYWHERE:
        return False
    last = screen.last(scene, look)
    match action:
        case "enter":
            return screen.enter is not nothing
        case "ask":
            return bool(scene.state.asks)
        case "jump":
            return 0 < last < NO_END
        case "pick":
            return screen.numbered
        case "retest" | "waive":
            return bool(screen.retest(scene, look)) and not scene.watching
        case "cannot":
            about = screen.question(scene, look) or screen.retest(scene, look)
            return bool(about) and not scene.watching
        case "photo":
            return not scene.watching
        case "back":
            return screen.name != "run"
    return last > 0 if action in STEPS else action != screen.name
