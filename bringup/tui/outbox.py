"""What is not sent, and why: nobody does the run, or the record can't be trusted and it would be signed. An
answer that was not sent is kept and offered again; nothing is ever sent again by itself.
"""

from __future__ import annotations

from bringup.tui.effect import Send
from bringup.view.fit import count
from bringup.view.scene import Scene

SIGNED_FORMS = frozenset({"attest", "approve"})
SIGNED_VERBS = frozenset({"sign", "waive", "replace"})
UNSENT = "not sent: nobody does the run now"
UNTRUSTED = "not sent: the record can't be trusted, so nothing is signed; v verifies it again"


def held_back(scene: Scene, command: Send) -> str:
    """Why this is not sent now; empty where it may be."""
    if scene.lost:
        return f"{UNSENT}; what you typed is kept" if command.verb == "answer" else UNSENT
    if scene.alarm and is_signed(scene, command):
        return UNTRUSTED
    return ""


def is_signed(scene: Scene, command: Send) -> bool:
    """Whether a person's signature is due over it."""
    if command.verb != "answer":
        return command.verb in SIGNED_VERBS
    question = command.arguments.get("question")
    return any(ask.question == question and ask.form in SIGNED_FORMS for ask in scene.state.asks)


def to_review(scene: Scene, unsent: frozenset[str]) -> str:
    """What a person does about the answers that were not sent; empty while nothing can be done."""
    if not unsent or scene.lost:
        return ""
    return f"{count(len(unsent), 'answer')} not sent: Space opens it again for review, Enter there sends it."
