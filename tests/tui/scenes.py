"""Scenes for the console: small runs whose readings went through the real judge, fold and diagnosis."""

from __future__ import annotations

from typing import Any

import msgspec

from bringup.model import event as ev
from bringup.model.fold import fold_events
from bringup.model.subject import link
from bringup.tui.console import Console
from bringup.tui.effect import Effect, Send
from bringup.tui.scan import Key
from bringup.view.frame import Size
from bringup.view.mark import Tier
from bringup.view.scene import Scene
from bringup.view.summary import plain
from tests.diagnosis.record import C1, Record, healthy, light

CRASH_CART = Size(80, 24)
ESC = "\x1b"
HOSTILE = f"{ESC}[2J{ESC}]0;owned\x07[bold red]x[/] \u202e\u200b\ud800 漢 e\u0301 \x9b31m"
AT = "2026-01-02T03:04:05.000000Z"


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def started(**more: Any) -> ev.RunStarted:
    given: dict[str, Any] = {
        "run": "20260102-030405-abcd",
        "path": "runs/20260102-030405-abcd",
        "playbook": "mini",
        "inventory": "rack.toml",
        "rack": "r07",
        "program": "0",
        "host": "here",
        "user": "somebody",
        "run_json": "",
        **more,
    }
    return ev.RunStarted(**given)


def asked(text: str = "Is the blank fitted?", form: str = "confirm", **more: Any) -> ev.Asked:
    given: dict[str, Any] = {
        "stage": "sign-off",
        "step": "walk",
        "subject": "run",
        "attempt": 1,
        "question": "sign-off/walk@run",
        "form": form,
        "text": text,
        **more,
    }
    return ev.Asked(**given)


def dirty() -> Record:
    """One lane of one cable is low; its link waits for it."""
    record = Record()
    healthy(record, but=[C1])
    low = record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, -6.3, -1.5, -1.6)))
    record.step("optics", "levels", C1[1], light(C1[1]))
    record.blocked("links", "state", link(*C1), low, C1[0])
    return record


def good() -> Record:
    record = Record()
    healthy(record)
    return record


def scene(record: Record | None = None, *more: Any, tier: Tier = "unicode", **how: Any) -> Scene:
    """What the console shows of a record, with `more` events behind it."""
    record = record if record is not None else dirty()
    planned = ev.PlanFixed(files={}, planned=tuple(record._planned))
    everything = [started(simulated=how.pop("simulated", False)), planned, *record.events, *more]
    events = [msgspec.structs.replace(one, seq=seq, at=AT) for seq, one in enumerate(everything)]
    state = fold_events(events)
    from bringup.cli._work_order import with_moves
    from bringup.diagnosis import diagnose

    return Scene(
        run_id="20260102-030405-abcd",
        state=state,
        inventory=record.inventory,
        causes=with_moves(diagnose(state, record.inventory), state, record.inventory),
        recent=tuple(events),
        clock="03:04:05",
        tier=tier,
        **how,
    )


def console(shown: Scene | None = None) -> tuple[Console, Clock]:
    clock = Clock()
    return Console(shown if shown is not None else scene(), now_s=clock), clock


def keys(one: Console, *names: str) -> list[Effect]:
    """Press keys by name; single characters are printable ones. A moment passes before each."""
    effects: list[Effect] = []
    clock = one._now_s
    assert isinstance(clock, Clock)
    for name in names:
        clock.s += 1.0
        effects += one.press(Key(name, name if len(name) == 1 else None))
    return effects


def sent(effects: list[Effect]) -> list[Effect]:
    """As they are, without the number of the event by which an answer says which asking it is for."""
    return [
        msgspec.structs.replace(
            one, arguments={name: value for name, value in one.arguments.items() if name != "asked"}
        )
        if isinstance(one, Send)
        else one
        for one in effects
    ]


def text(one: Console, size: Size = CRASH_CART) -> str:
    return "\n".join(plain(row) for row in one.rows(size))
