"""Which keys do something on the screen that is looked at: what `?` lists, and all that a footer may name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
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
    here = _Here(screen, scene, look)
    return tuple(binding for binding in BINDINGS if here.acts(binding))


def true_footer(footer: Footer, screen: Screen, scene: Scene, look: Look) -> Footer:
    """The footer without the keys that do nothing now. Some are named together, as in `j k`."""
    here = _Here(screen, scene, look)
    keys = [key for key in footer.keys if here.named_truly(key[0])]
    return footer._replace(keys=keys, helps=here.named_truly("?"))


class _Here:
    """What a screen can do now, each asked of it once at most: some answers take a while."""

    def __init__(self, screen: Screen, scene: Scene, look: Look) -> None:
        self._screen, self._scene, self._look = screen, scene, look
        self._typing = screen.field(scene, look)

    def named_truly(self, shown: str) -> bool:
        names = (shown,) if shown in SHOWN else shown.split(" ")
        return all(any(self.acts(binding) for binding in SHOWN.get(name, ())) for name in names)

    def acts(self, binding: Binding) -> bool:
        if self._typing and binding.key not in PAST_FIELD:
            return False
        if binding.action in self._screen.keys:
            return True
        return binding.action in EVERYWHERE and self._acts_everywhere(binding.action)

    def _acts_everywhere(self, action: str) -> bool:
        watching = self._scene.watching
        match action:
            case "enter":
                return self._screen.enter is not nothing
            case "ask":
                return bool(self._scene.state.asks)
            case "jump":
                return 0 < self._last < NO_END
            case "pick":
                return self._screen.numbered
            case "retest" | "waive":
                return not watching and bool(self._retest)
            case "cannot":
                return not watching and bool(self._question or self._retest)
            case "photo":
                return not watching
            case "back":
                return self._screen.name != "run"
        return self._last > 0 if action in STEPS else action != self._screen.name

    @cached_property
    def _last(self) -> int:
        return self._screen.last(self._scene, self._look)

    @cached_property
    def _retest(self) -> str:
        return self._screen.retest(self._scene, self._look)

    @cached_property
    def _question(self) -> str:
        return self._screen.question(self._scene, self._look)
