"""What is signed, what must be read before, who has signed (console design, 3.10); and the handover: what
changed, who is asked, and everything that is left altered (field rule 11).
"""

from __future__ import annotations

from bringup.model.verdict import Verdict
from bringup.view.fit import count, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row, mark_of
from bringup.view.scene import Look, Scene
from bringup.view.screen_journal import both_digests
from bringup.view.text import visible

SIGNATURES = ("technician", "engineer")


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    state = scene.state
    head = f"root of {state.checkpoint_size or 0} events, {state.checkpoints} checkpoints"
    rows: list[Row] = [((" WHAT YOU ARE SIGNING", "title"), (f"   {head}", "dim"))]
    tally = [f"{state.counts[each]} {each.value}" for each in reversed(Verdict) if state.counts.get(each)]
    covered = state.coverage
    rows.append(
        ((f"   {covered.planned} verdicts due, {covered.ended} there:  {',  '.join(tally)}", "plain"),)
    )
    told = visible(scene.verified, size.width - 12)
    rows.append(((f"   record: {told}", "bad" if scene.alarm else "plain"),))
    if scene.alarm:
        rows += both_digests(scene)
        rows.append(((" NOTHING IS SIGNED from here: the record can't be trusted.", "bad"),))
    rows.append(())
    rows += _exceptions(scene, size.width, max(3, size.height - 14))
    rows += [(), ((" SIGNATURES, of two different people", "title"),)]
    for number, role in enumerate(SIGNATURES, 1):
        signed = [each for each in state.signatures if each.role == role]
        told = f"{visible(signed[-1].by)}, {visible(signed[-1].signer, 60)}" if signed else "not signed"
        rows.append(((f"   {number} {role:<12} ", "plain"), (told, "good" if signed else "dim")))
    rows += [(), *_altered(scene, size.width)]
    told = "A signature covers the record as it is now; a later event is not in it."
    return [*rows, *(((f" {line}", "dim"),) for line in wrapped(told, size.width - 2))]


def _exceptions(scene: Scene, width: int, most: int) -> list[Row]:
    """Everything that is not a plain PASS, each to be read."""
    signing = {(each.stage, each.step, each.subject) for each in scene.state.asks if each.form == "attest"}
    odd = [
        step
        for step in scene.state.steps.values()
        if step.counts_as is not Verdict.PASS
        and (step.key.stage, step.key.step, step.key.subject) not in signing
    ]
    rows: list[Row] = [((f" EXCEPTIONS: {len(odd)}", "title"),)]
    for step in odd[:most]:
        mark = mark_of(step.verdict, step.reason)
        words = f" {step.key.stage}/{step.key.step}  {step.key.subject}  {step.reason or ''}"
        rows.append((("   ", "plain"), mark.cell(scene.tier), (visible(words, width - 12), "plain")))
    if len(odd) > most:
        rows.append(((f"   and {len(odd) - most} more: f shows them by cause", "dim"),))
    return rows


def _altered(scene: Scene, width: int) -> list[Row]:
    altered = scene.state.altered
    if not altered:
        return [((" Nothing is left altered.", "good"),)]
    rows: list[Row] = [((f" LEFT ALTERED: {len(altered)}; signing waits until it is put back", "warn"),)]
    rows += [
        ((f"   {visible(f'{each.subject}: {each.what}; undo: {each.undo}', width - 4)}", "warn"),)
        for each in altered
    ]
    return rows


def footer(scene: Scene, look: Look) -> Footer:
    asked = [each for each in scene.state.asks if each.form in ("attest", "approve")]
    doing = "the run waits for a signature" if asked else "nothing waits for a signature"
    odd = any(step.counts_as is not Verdict.PASS for step in scene.state.steps.values())
    against = "f shows what speaks against signing." if odd else "The run asks for it when its time comes."
    next_ = "Space opens the question to sign for." if asked else against
    return Footer(
        doing,
        next_,
        [("Space", "sign"), ("f", "causes"), ("h", "handover"), ("J", "record"), ("Esc", "back")],
    )


def handover(scene: Scene, look: Look, size: Size) -> list[Row]:
    """For the next shift: what is open, who did what last, what is not as it was."""
    state = scene.state
    rows: list[Row] = [
        ((f" OPEN: {count(len(scene.causes), 'cause')}, {count(len(state.asks), 'question')}", "title"),)
    ]
    for cause in scene.causes[:5]:
        mark = mark_of(cause.verdict)
        rows.append(
            (("   ", "plain"), mark.cell(scene.tier), (f" {visible(cause.title, size.width - 14)}", "plain"))
        )
    rows += [(), *_altered(scene, size.width)]
    replaced = [f"{each.subject}: {each.old} is now {each.new} ({each.by})" for each in state.replaced]
    for title, items in (
        ("REPLACED", replaced),
        ("WAIVED", [f"{one.stage}/{one.step} {one.subject}: {one.why} ({one.by})" for one in state.waivers]),
        ("NOTES", [f"{one.at[11:16]} {one.by}: {one.text}" for one in state.notes[-6:]]),
        ("LAST COMMANDS", [f"{one.at[11:16]} {one.by}: {one.verb}" for one in state.commands[-6:]]),
    ):
        if items:
            rows += [(), ((f" {title}: {len(items)}", "title"),)]
            rows += [((f"   {visible(item, size.width - 4)}", "plain"),) for item in items]
    return rows


def handover_footer(scene: Scene) -> Footer:
    next_ = (
        "`put-back` in : undoes what is left altered." if scene.state.altered else "Nothing is left altered."
    )
    return Footer(
        "what the next shift needs to know", next_, [("f", "failures"), ("J", "record"), ("Esc", "back")]
    )
