"""A waiver: why, until which day, and the rack's name in full; then it is signed and sent (field rule 26)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bringup.tui import form
from bringup.tui.effect import Effect, Send
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene, rack_name
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console

DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def _fields(scene: Scene) -> tuple[str, ...]:
    name = visible(rack_name(scene), 40)
    return "Why is it accepted?", "Last day, YYYY-MM-DD (UTC):", f"To waive it, type {name}:"


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    title = f"WAIVE {look.about}: it stays what it was measured to be, and is accepted by your signature"
    keys = [("Enter", "next field"), ("Esc", "drop it")]
    doing = "a waiver is signed, and ends when something else is measured there"
    footer = Footer(doing, "Nothing is sent before the rack's name and Enter.", keys)
    return form.rows(title, _fields(scene), scene, look, size), footer


def _enter(console: Console) -> list[Effect]:
    scene, look, typed = console.scene, console.look, console.look.typed.strip()
    if scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    wrong = _wrong(scene, len(look.entered), typed)
    if wrong:
        console.say(wrong)
        return []
    if len(look.entered) < len(_fields(scene)) - 1:
        console.change(entered=(*look.entered, typed), typed="")
        return []
    why, until = look.entered
    step, _, subject = look.about.partition("@")
    arguments = {"step": step, "until": until}
    if subject:
        arguments["subject"] = subject
    return [*console.back(), Send("waive", arguments, why)]


def _wrong(scene: Scene, field: int, typed: str) -> str:
    """What is wrong with a field; empty where nothing is."""
    if field == 0 and not typed:
        return "a waiver takes a reason"
    if field == 1 and DAY.match(typed) is None:
        return "write the day as YYYY-MM-DD"
    if field == 2 and typed != rack_name(scene):
        return f"that is not {visible(rack_name(scene), 40)}: nothing was done"
    return ""


SCREEN = Screen("waive", _draw, "waive", field=always, enter=_enter)
