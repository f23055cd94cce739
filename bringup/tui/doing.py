"""What Enter does on the screens that send something. Nothing else in the console sends."""

from __future__ import annotations

from pathlib import Path

from bringup.model.cause import Cause
from bringup.model.progress import Key
from bringup.tui import palette
from bringup.tui.dialog import Pending
from bringup.tui.effect import Effect, Hand, Send
from bringup.view.scene import Look, Scene

MOST_RETESTS = 16


def retests(cause: Cause, *, by_hand: bool) -> list[Effect]:
    """Measure again what a cause explains; what waits for it runs again by itself."""
    again: list[Effect] = [
        Send("retest", {"step": f"{key.stage}/{key.step}", "subject": key.subject})
        for key in cause.explains[:MOST_RETESTS]
    ]
    return again if by_hand else [Hand(cause), *again]


def row_name(key: Key) -> str:
    """`STAGE/STEP@SUBJECT`, as commands name a row."""
    return f"{key.stage}/{key.step}@{key.subject}"


def row_of(scene: Scene, about: str) -> str:
    """`STAGE/STEP@SUBJECT` of a question, or of what is named like that already; empty where it is gone."""
    ask = next((each for each in scene.state.asks if each.question == about), None)
    if ask is not None:
        return f"{ask.stage}/{ask.step}@{ask.subject}"
    step, _, subject = about.partition("@")
    stage, _, name = step.partition("/")
    return about if Key(stage, name, subject) in scene.state.steps else ""


def cannot_do(scene: Scene, look: Look) -> list[Effect] | None:
    """Skip with a reason, or a call for help; None where what was typed is neither."""
    number, _, why = look.typed.strip().partition(" ")
    row = row_of(scene, look.about)
    if not row:
        return []
    step, _, subject = row.partition("@")
    if number == "2":
        ask = next((each for each in scene.state.asks if each.question == look.about), None)
        words = f"{look.about}: {ask.text}" if ask is not None else row
        return [Send("note", {"text": f"help is needed with {words}", "subject": subject})]
    if number == "1" and why.strip():
        return [Send("skip", {"step": step, "subject": subject}, why.strip())]
    return None


def command(pending: Pending) -> Send:
    """A command of the palette, as the desk takes it."""
    arguments = dict(pending.words)
    why = arguments.pop("why", None)
    if pending.entry.name == "attach":
        arguments["file"] = str(Path(arguments["file"]).expanduser().absolute())
    step, at, subject = arguments.get("step", "").partition("@")
    if at:
        arguments |= {"step": step, "subject": subject}
    return Send(pending.entry.name, arguments, why)


def read_command(typed: str) -> Pending | str:
    """What was typed into the palette, or what is wrong with it."""
    found = palette.parsed(typed)
    return found if isinstance(found, str) else Pending(*found)
