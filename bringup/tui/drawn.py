"""Which screen is drawn: body, footer and title, from the scene and where a person is looking."""

from __future__ import annotations

from bringup.tui import dialog
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
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

Drawn = tuple[list[Row], Footer, str]


def drawn(scene: Scene, look: Look, size: Size, pending: dialog.Pending | None = None) -> Drawn:
    """What stands between the rail and the last three rows, these, and the screen's name."""
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
        case "journal":
            return screen_journal.body(scene, look, size), screen_journal.footer(scene, look), "journal"
        case "filter":
            footer = screen_journal.footer(scene, look)
            words = f"filter: {look.typed}_   Enter keeps it, Esc drops it"
            return screen_journal.body(scene, look, size), footer._replace(next=words), "journal"
        case "sign":
            return screen_sign.body(scene, look, size), screen_sign.footer(scene, look), "sign-off"
        case "handover":
            return screen_sign.handover(scene, look, size), screen_sign.handover_footer(scene), "handover"
    return _dialog(scene, look, size, pending)


def _dialog(scene: Scene, look: Look, size: Size, pending: dialog.Pending | None) -> Drawn:
    match look.screen:
        case "help":
            return (*dialog.keys(size, scene.tier, look.cursor), "help")
        case "palette":
            return (*dialog.commands(look.typed), "palette")
        case "typed":
            return (*dialog.name_in_full(scene, pending, look.typed), "sure?")
        case "cannot":
            return (*dialog.cannot(look.typed), "cannot do")
        case "done":
            return (
                *dialog.done(scene, screen_failure.named(scene, look.about), look.typed, size.width),
                "done?",
            )
    return screen_run.body(scene, look, size), screen_run.footer(scene), ""
