"""Words about people: who is at a run, where they look, who works on what."""

from __future__ import annotations

from types import MappingProxyType

from bringup.model.people import Claim, Present
from bringup.view.scene import Scene

SCREENS = MappingProxyType(
    {
        "lines": "reading lines",
        "run": "at the run",
        "ask": "at question",
        "work": "at the work list",
        "take": "taking work",
        "company": "looking who is here",
        "noting": "writing a line",
    }
)


def present_words(present: Present) -> str:
    """`kim, pts/3 80x24, at question cabling/look@run since 14:02:11Z`."""
    terminal = " ".join(filter(None, (present.terminal or "no terminal", present.size)))
    where = SCREENS.get(present.screen, f"at {present.screen or 'the run'}")
    if present.about:
        where = f"{where} {present.about}"
    watching = "" if present.sends else " (watching)"
    return f"{present.by}, {terminal}, {where} since {present.since}{watching}"


def you(scene: Scene) -> Present | None:
    """This console, as the runner knows it."""
    return next((each for each in scene.people if each.number == scene.you), None)


def claim_of(scene: Scene, what: str) -> Claim | None:
    return next((each for each in scene.state.claims if each.what == what), None)


def is_mine(scene: Scene, claim: Claim) -> bool:
    """Whether it was taken from this terminal."""
    here = you(scene)
    return here is not None and (here.by, here.terminal) == (claim.by, claim.terminal)


def claimed(scene: Scene, what: str) -> str:
    """Who works on it: `yours`, `kim (pts/3)`, or nothing."""
    claim = claim_of(scene, what)
    if claim is None:
        return ""
    return "yours" if is_mine(scene, claim) else name_of(claim)


def name_of(claim: Claim) -> str:
    return f"{claim.by} ({claim.terminal})" if claim.terminal else claim.by
