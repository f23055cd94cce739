"""A failure as plain text for a ticket: value, limit, source, evidence and the record's digest; and what else
can be copied of a run. No borders, no colours, nothing of a device that could do harm where it is pasted.
"""

from __future__ import annotations

from collections.abc import Iterator

from bringup.model.cause import Cause
from bringup.model.judgement import Judgement
from bringup.view.scene import Scene
from bringup.view.text import amount, visible

MOST_READINGS = 12
MOST_EVIDENCE = 12
MOST_WORDS = 400


def ticket(scene: Scene, cause: Cause) -> str:
    """Everything that somebody who was not there needs."""
    return "\n".join(_lines(scene, cause))


def digest(scene: Scene) -> str:
    """The record's digest, as its last checkpoint says it: what a ticket or a mail can be held against."""
    state = scene.state
    if not state.checkpoint_root:
        return f"run {scene.run_id}: no checkpoint yet, {state.events} events"
    return (
        f"run {scene.run_id}: root {state.checkpoint_root} over {state.checkpoint_size} events "
        f"(checkpoint {state.checkpoints} of {state.events} events)"
    )


def _lines(scene: Scene, cause: Cause) -> Iterator[str]:
    run = scene.state.run
    yield f"{cause.verdict.value}: {visible(cause.title, MOST_WORDS)}"
    if run is not None:
        mark = "  SIMULATED" if run.simulated else ""
        yield f"rack:      {visible(run.rack or run.playbook)}   playbook {visible(run.playbook)}{mark}"
    yield f"at:        {cause.stage}/{cause.step}, stands for {cause.count} verdict{'s' * (cause.count != 1)}"
    yield from _readings(cause)
    for reason in cause.reasons if not cause.shown else ():
        yield f"reason:    {reason}"
    for message in cause.messages:
        yield f"said:      {visible(message, MOST_WORDS)}"
    for place in cause.places:
        yield f"where:     {visible(place)}"
    for number, suspect in enumerate(cause.likely, 1):
        yield f"likely:    {number}. {visible(suspect.words, MOST_WORDS)}"
    if cause.next_test:
        yield f"next test: {visible(cause.next_test, MOST_WORDS)}"
    yield f"remedy:    {cause.remedy_words} [{cause.remedy}]"
    yield from _evidence(scene, cause)
    yield f"record:    {digest(scene)}"


def _readings(cause: Cause) -> Iterator[str]:
    for judgement in cause.shown[:MOST_READINGS]:
        yield f"measured:  {reading(judgement)}"
        yield f"limit:     {limit(judgement)}"
    if len(cause.shown) > MOST_READINGS:
        yield f"           and {len(cause.shown) - MOST_READINGS} more readings"


def reading(judgement: Judgement) -> str:
    value = amount(judgement.value, judgement.unit, judgement.reading)
    return f"{visible(judgement.subject)}  {judgement.quantity} {value}  {judgement.verdict.value}"


def limit(judgement: Judgement) -> str:
    standing = f"{judgement.standing.value}: " if judgement.standing is not None else ""
    source = f"{standing}{visible(judgement.source or 'none', MOST_WORDS)}"
    return f"{visible(judgement.limit or 'none', 120)}   source: {source}"


def _evidence(scene: Scene, cause: Cause) -> Iterator[str]:
    kept = dict.fromkeys(
        (each.sha256, visible(f"{each.subject} {each.name}"))
        for key in cause.explains
        if (step := scene.state.steps.get(key)) is not None
        for each in step.evidence
    )
    for sha256, name in list(kept)[:MOST_EVIDENCE]:
        yield f"evidence:  sha256 {sha256}  {name}"
    if len(kept) > MOST_EVIDENCE:
        yield f"           and {len(kept) - MOST_EVIDENCE} more pieces of evidence"
    if not kept:
        yield "evidence:  none was kept"
