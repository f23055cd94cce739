"""Runs with crossed plugs, for the swap guide: two exchanged, three in a ring; and what hands do next."""

from __future__ import annotations

from typing import Any

from bringup.model import event as ev
from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Live, Phase
from tests.diagnosis.record import C1, C2, C3, C4, CABLES, Record, healthy, light, link, up

SWAP = {C3[0]: C4[1], C4[0]: C3[1]}
"""Port at leaf-1 -> who is named there."""
RING = {C1[0]: C3[1], C3[0]: C4[1], C4[0]: C1[1]}


def crossed(named: dict[str, str]) -> Record:
    """All is well but for these plugs, which are all at one device."""
    record = Record()
    of = {cable: [end for end in cable if end in named] for cable in CABLES}
    healthy(record, but=[cable for cable, ends in of.items() if ends])
    back = {far: near for near, far in named.items()}
    for cable, ends in of.items():
        if not ends:
            continue
        a, b = cable
        for end in cable:
            record.step("optics", "levels", end, light(end))
        subject = link(a, b)
        begun(record, "state", subject, [*up(a), *up(b)])
        begun(record, "neighbors", subject, [(a, "neighbor", named[a]), (b, "neighbor", back[b])])
        record.blocked("links", "errors", subject, None, subject)
    return record


def begun(
    record: Record, step: str, subject: str, told: list[Any], stage: str = "links", does: str = ""
) -> None:
    """As the playbooks call it: `links/neighbors` does `link.neighbors`."""
    first = len(record._events)
    record.step(stage, step, subject, told)
    for at, one in enumerate(record._events[first:], first):
        if isinstance(one, ev.StepStarted):
            record._events[at] = ev.StepStarted(
                stage=one.stage,
                step=one.step,
                subject=one.subject,
                attempt=one.attempt,
                does=does or f"link.{step}",
            )


def noted(text: str) -> ev.Noted:
    return ev.Noted(text=text, by="tech-1")


def read(port: str, *, up: bool | None = None, names: str | None = None) -> ev.Measured:
    """A reading of a port while hands are on it."""
    quantity, value = ("oper_up", up) if names is None else ("neighbor", names)
    return ev.Measured(
        stage="watch",
        step="watch",
        attempt=1,
        subject=port,
        quantity=quantity,
        unit="",
        value=value,
        reading=Reading.VALUE,
    )


def looked(port: str, *, ended: bool = False) -> ev.Watched:
    """One look of a watch."""
    live = Live(
        subject=port,
        far_end=None,
        look=1,
        phase=Phase.ENDED if ended else Phase.GOOD,
        phase_s=0.0,
        held_s=0.0,
        hold_s=30.0,
        measured_s=0.0,
    )
    return ev.Watched(subject=port, attempt=1, live=live)


def again(step: str, subject: str, *, verdict: Verdict | None = Verdict.PASS) -> list[Any]:
    """A second attempt; without a verdict it is still under way."""
    where: dict[str, Any] = {"stage": "links", "step": step, "subject": subject, "attempt": 2}
    events: list[Any] = [ev.StepStarted(does=f"link.{step}", **where)]
    return events if verdict is None else [*events, ev.StepEnded(verdict=verdict, **where)]


__all__ = [
    "C1",
    "C2",
    "C3",
    "C4",
    "RING",
    "SWAP",
    "again",
    "begun",
    "crossed",
    "link",
    "looked",
    "noted",
    "read",
]
