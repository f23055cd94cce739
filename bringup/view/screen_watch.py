"""One port and its far end while hands are on it (console design, 3.4): live where the runner watches it,
else as the run last read them. A pass here is provisional, and closing the screen confirms nothing.
"""

from __future__ import annotations

from bringup.model.cause import Cause
from bringup.model.event import Recovered, RunClosed, TakenOver, Watched
from bringup.model.subject import ends
from bringup.model.verdict import Verdict
from bringup.model.watch import Live, Phase
from bringup.view.frame import Footer, Size
from bringup.view.link_live import STEPS, Drawing, advice, link_rows
from bringup.view.mark import Row
from bringup.view.place import place
from bringup.view.scene import Look, Scene
from bringup.view.text import visible
from bringup.view.watch_record import recorded

OTHERS_TIME = (Recovered, TakenOver, RunClosed)
"""Before one of these another runner wrote, or the last one was done: it watches nothing any more."""
HISTORY = 300
"""Looks that are drawn: five minutes at one a second."""


def ports(scene: Scene) -> tuple[str, ...]:
    """What can be watched: every port that the inventory expects, the bad ones first."""
    names = dict.fromkeys(scene.inventory.ports)
    bad = {
        end
        for step in scene.state.steps.values()
        if step.verdict is Verdict.FAIL
        for end in ends(step.key.subject)
        if end in names
    }
    return tuple(sorted(names, key=lambda name: name not in bad))


def port_of(scene: Scene, look: Look) -> str:
    return look.about or next(iter(ports(scene)), "")


def history(scene: Scene, port: str) -> tuple[Live, ...]:
    """The looks of the watch that is on now, oldest first; empty where nobody watches, or none did lately."""
    found: list[Live] = []
    for event in reversed(scene.recent):
        if isinstance(event, OTHERS_TIME):
            break
        if not isinstance(event, Watched) or event.subject != port:
            continue
        if (
            event.live.phase is Phase.ENDED
            or len(found) == HISTORY
            or (found and event.live.look > found[-1].look)
        ):
            break
        found.append(event.live)
    return tuple(reversed(found))


def now(scene: Scene, look: Look) -> Live | None:
    """The newest look at the port, as long as somebody watches it."""
    return next(iter(history(scene, port_of(scene, look))[-1:]), None)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    port = port_of(scene, look)
    if not port:
        return [((" No port is expected by the inventory: there is nothing to watch.", "plain"),)]
    looks = history(scene, port)
    if not looks or scene.lost:
        return recorded(scene, port, size)
    far = looks[-1].far_end
    drawing = Drawing(
        history=looks,
        place=place(scene.inventory, port),
        far_place=place(scene.inventory, far) if far is not None else "",
        step=step(look),
        since=since(look),
        tier=scene.tier,
    )
    return link_rows(drawing, size.width, size.height)


def step(look: Look) -> int:
    """How far a person says to be while the fibre is out."""
    return max(0, min(look.cursor, len(STEPS) - 1))


def since(look: Look) -> int:
    """The look after which the best value counts: what `0` has left in the filter."""
    return int(look.filter) if look.filter.isdecimal() else 0


def footer(scene: Scene, look: Look) -> Footer:
    port = port_of(scene, look)
    live = now(scene, look)
    keys = [("[ ]", "port"), ("r", "retest"), ("f", "failures"), ("Esc", "back")]
    if live is None or scene.lost:
        doing = f"both ends of {visible(port, 40)}, as last read by the run"
        return Footer(doing, "r reads it again; only what is read after the plug went in counts.", keys)
    keys = [("0", "reset best"), ("b", "sound"), *keys]
    if live.phase is Phase.UNPLUGGED and step(look) < len(STEPS) - 1:
        keys.insert(0, ("Enter", "next step"))
    if cause_to_mend(scene, live) is not None:
        keys.insert(0, ("Enter", "let the simulated hand mend it"))
    doing = f"watching both ends of {visible(port, 40)}; nothing here is a verdict"
    return Footer(doing, advice(live, step(look)), keys)


def cause_to_mend(scene: Scene, live: Live) -> Cause | None:
    """What a simulated hand can mend here: in a simulated run, for who may send, while it is not good."""
    run = scene.state.run
    if run is None or not run.simulated or scene.watching or live.phase is not Phase.NOT_GOOD:
        return None
    here = {live.subject, live.far_end}
    for cause in scene.causes:
        if here & {end.partition("#")[0] for subject in cause.subjects for end in ends(subject)}:
            return cause
    return None
