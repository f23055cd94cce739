"""One question, large: what to do, where, why, and the field for the answer (console design, 3.3)."""

from __future__ import annotations

from types import MappingProxyType

from bringup.model.event import Asked
from bringup.model.subject import ends, parse_subject
from bringup.view.fit import rule, spaced, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import ASK, Row
from bringup.view.people import claimed
from bringup.view.place import place
from bringup.view.scene import Look, Scene, rack_name
from bringup.view.text import visible

WORDS = {
    "instruct": "do this",
    "confirm": "look and confirm",
    "scan": "scan the label",
    "measure": "measure",
    "choose": "choose",
    "attest": "sign",
    "approve": "approve",
}
FIELD = {
    "instruct": "Type 1 or `done`, or a note:",
    "confirm": "Type the number, or yes or no:",
    "scan": "Scan or type the label:",
    "measure": "Type the number:",
    "choose": "Type the number of your choice:",
    "attest": "Type yes to sign for it, no to refuse:",
    "approve": "Type {device} to approve it, or no:",
}
OFFERED = MappingProxyType({"confirm": ("yes", "no"), "instruct": ("done",)})
"""Answers that have a number where the question names none: gloves can press digits."""
LARGE_LINE = 34
LASERS = "LASERS MAY BE ON: VIDEO PROBE ONLY"
"""Nothing proves them off yet, so nothing here ever says safe."""
OPTICAL = ("fibre", "fiber", "optic", "connector", "transceiver", "module")


def found(scene: Scene, look: Look) -> Asked | None:
    """The question that the screen is about, as long as it is open."""
    return next((each for each in scene.state.asks if each.question == look.about), None)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    ask = found(scene, look)
    if ask is None:
        return [(), ((" This question is answered.", "plain"),), _who(scene, look)]
    rows: list[Row] = [
        (("  ", "plain"), ASK.cell(scene.tier), (f"  {ask.question}   since {ask.at[11:19]}Z", "dim")),
        others(scene, ask),
        ((f"   {spaced(WORDS.get(ask.form, ask.form))}", "ask"),),
        (),
    ]
    width = max(20, min(size.width - 6, 2 * LARGE_LINE))
    rows += [((f"   {line}", "title"),) for line in wrapped(visible(ask.text, 2000), width)]
    rows += [(), ((f"   {visible(place(scene.inventory, ask.subject), size.width - 4)}", "plain"),)]
    if any(word in ask.text.lower() for word in OPTICAL):
        rows.append(((f"   {LASERS}", "warn"),))
    for change in ask.changes[:4]:
        label = label_of(change)
        rows.append(((f"   {label}: ", "dim"), (visible(change, size.width - 14), "warn")))
    for number, choice in enumerate(offered(ask)[:9], 1):
        rows.append(((f"   {number}", "title"), (f"  {visible(choice, size.width - 8)}", "plain")))
    if ask.form == "approve":
        rows.append(
            ((f"   `all {rack_name(scene)}` approves this and the rest of {ask.stage}/{ask.step}", "dim"),)
        )
    rows += [(), rule(size.width, scene.tier, field(ask))]
    rows.append((("  > ", "title"), (visible(look.typed, size.width - 6), "plain"), ("_", "ask")))
    return rows


def label_of(change: str) -> str:
    """What would be lost, or how it stands before."""
    return "changes" if change.startswith("drops ") else "now"


def field(ask: Asked) -> str:
    """What is to be typed."""
    return FIELD.get(ask.form, "Your answer:").format(device=visible(approved_by(ask), 40))


def offered(ask: Asked) -> tuple[str, ...]:
    """The answers that a number stands for."""
    return ask.choices or OFFERED.get(ask.form, ())


def others(scene: Scene, ask: Asked) -> Row:
    """Who has taken this question, and who else has it open: nothing where that is nobody but oneself."""
    who = claimed(scene, ask.question)
    told = [f"taken: {who}"] if who else []
    told += [
        f"{each.by} looks at it too"
        for each in scene.people
        if each.about == ask.question and each.number != scene.you
    ]
    return ((f"   {visible('; '.join(told), 400)}", "running"),) if told else ()


def answer(ask: Asked, typed: str) -> str:
    """The value that is sent for what was typed; empty where it is no answer.

    A choice's number stands for the choice. What changes something is approved by its device's name.
    """
    words = typed.strip()
    if ask.form == "approve":
        return "approve" if words == approved_by(ask) else "refuse" if words.lower() == "no" else ""
    numbered = offered(ask)
    if words.isdecimal() and len(words) < 4 and 1 <= int(words) <= len(numbered):
        return numbered[int(words) - 1]
    return words


def approved_by(ask: Asked) -> str:
    """The name to type: of the device that changes."""
    return parse_subject(ends(ask.subject)[0]).device


def footer(scene: Scene, look: Look) -> Footer:
    ask = found(scene, look)
    keys = [("Enter", "confirm"), ("Tab", "cannot do this"), ("Esc", "later")]
    if ask is None:
        left = len(scene.state.asks)
        more = f"Space opens the next of {left}." if left else "Esc goes back to the run."
        return Footer("nothing is asked here any more", more, [("Space", "next"), ("Esc", "back")])
    doing = "the rest of the run goes on meanwhile"
    if scene.watching:
        return Footer(doing, "You are only watching: nothing can be answered here.", [("Esc", "back")])
    next_ = look.note or "Nothing is sent before Enter."
    return Footer(doing, next_, keys)


def _who(scene: Scene, look: Look) -> Row:
    given = [each for each in scene.state.answers if each.question == look.about]
    if not given:
        return (("", "plain"),)
    last = given[-1]
    words = f" {visible(last.by)} answered {visible(last.value, 60)} at {last.at[11:19]}"
    return ((words, "dim"),)
