"""What is wrong: the list of causes, and one of them with all that speaks for it (field rules 17 to 20).

The words, their order and the remedy are the diagnosis'; nothing is ranked here.
"""

from __future__ import annotations

from bringup.model.cause import Cause
from bringup.view.fit import chosen, count, fit, page, rule
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row, mark_of
from bringup.view.scene import Look, Scene
from bringup.view.summary import cause_rows
from bringup.view.text import visible


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    causes = scene.causes
    if not causes:
        return _nothing(scene, size)
    cursor = min(look.cursor, len(causes) - 1)
    listed = min(len(causes), max(1, size.height // 3))
    top, shown = page([_line(scene, cause) for cause in causes], cursor, listed)
    rows: list[Row] = [rule(size.width, scene.tier, f"CAUSES {cursor + 1} of {len(causes)}")]
    for number, row in enumerate(shown, top):
        whole = fit(row, size.width, scene.tier)
        rows.append(chosen(whole) if number == cursor else whole)
    rows.append(rule(size.width, scene.tier, "WHY, AND WHAT TO DO"))
    room = size.height - len(rows)
    told = cause_rows(causes[cursor], width=size.width, tier=scene.tier)
    if len(told) > room > 1:
        told = (*told[: room - 1], (("  Enter shows all of it", "dim"),))
    return [*rows, *told]


def whole(scene: Scene, look: Look, size: Size) -> list[Row]:
    """The chosen cause alone, from the line where `look.cursor` stands."""
    cause = named(scene, look.about)
    if cause is None:
        return _gone(scene, size)
    rows = cause_rows(cause, width=size.width, tier=scene.tier, ladders=len(cause.ladders))
    top = max(0, min(look.cursor, len(rows) - size.height))
    shown = list(rows[top : top + size.height])
    if (below := len(rows) - top - len(shown)) > 0:
        shown[-1] = ((f"  {count(below + 1, 'more line')}: j", "dim"),)
    return shown


def footer(scene: Scene, look: Look) -> Footer:
    keys = [
        ("j k", "move"),
        ("Enter", "done" if look.screen == "failure" else "open"),
        ("r", "retest"),
        ("w", "watch"),
        ("y", "copy"),
        ("Esc", "back"),
    ]
    if scene.watching and look.screen == "failure":
        keys.remove(("Enter", "done"))
    if not scene.causes:
        return Footer(told_without_cause(scene), "Esc goes back to the run.", [("Esc", "back")])
    alone = look.screen == "failure"
    cause = named(scene, look.about) if alone else scene.causes[min(look.cursor, len(scene.causes) - 1)]
    many, verdicts = len(scene.causes), sum(each.count for each in scene.causes)
    doing = f"{count(many, 'cause')} stand{'s' if many == 1 else ''} for {count(verdicts, 'verdict')}"
    if cause is None:
        return Footer(doing, "Esc goes back to the causes that are left.", [("Esc", "back")])
    if alone and not scene.watching:
        return Footer(doing, "Do the work, then Enter: it is measured again.", keys)
    return Footer(doing, cause.next_test or cause.remedy_words, keys)


def name_of(cause: Cause) -> str:
    """What tells one cause from the others, as long as it is there."""
    return f"{cause.rule} {' '.join(cause.subjects)}"


def named(scene: Scene, name: str) -> Cause | None:
    """The cause of that name; else one of the same rule that shares a subject: as more is read, a cause takes
    in others or lets go of some.
    """
    same = next((cause for cause in scene.causes if name_of(cause) == name), None)
    rule_, *subjects = name.split(" ")
    near = (each for each in scene.causes if each.rule == rule_ and set(each.subjects) & set(subjects))
    return same or next(near, None)


def _line(scene: Scene, cause: Cause) -> Row:
    mark = mark_of(cause.verdict, cause.reasons[0] if len(cause.reasons) == 1 else None)
    count = f"  ({cause.count})" if cause.count > 1 else ""
    return ((" ", "plain"), mark.cell(scene.tier), (f" {visible(cause.title, 400)}{count}", "plain"))


def _nothing(scene: Scene, size: Size) -> list[Row]:
    covered = scene.state.coverage
    words = f" {told_without_cause(scene)} ({covered.ended} of {covered.planned} verdicts are there)."
    return [rule(size.width, scene.tier, "CAUSES"), ((words, "plain"),)]


def _gone(scene: Scene, size: Size) -> list[Row]:
    """It was on the screen and is no more: measured again, or explained by another."""
    left = f" {len(scene.causes)} left: Esc shows them." if scene.causes else f" {told_without_cause(scene)}."
    return [rule(size.width, scene.tier, "THIS CAUSE IS GONE"), (), ((left, "plain"),)]


def told_without_cause(scene: Scene) -> str:
    """What can be said while no cause is known: causes come a moment after the verdicts they explain."""
    if not scene.state.coverage.ended:
        return "No verdict is there yet"
    bad = sum(step.verdict is not None and not step.counts_as.good for step in scene.state.steps.values())
    return (
        f"{count(bad, 'verdict')} not good, the causes are being worked out"
        if bad
        else "Nothing is failing now"
    )
