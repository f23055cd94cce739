"""A watch without a run: reads, judges, and hands each look to whoever shows it."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import deque
from contextlib import AbstractContextManager, aclosing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import msgspec

from bringup.model.errors import InputError
from bringup.model.event import Watched
from bringup.model.subject import parse_subject
from bringup.model.verdict import exit_code
from bringup.model.watch import Live, Phase

if TYPE_CHECKING:
    from rich.text import Text

    from bringup.model.envelope import Limit
    from bringup.model.inventory import Inventory
    from bringup.view.mark import Row

HISTORY = 300
"""Looks that are kept for the line of one lane."""


class Shows(Protocol):
    def look(self, live: Live) -> None: ...


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One watch as it was asked for; nothing has been touched yet. Seconds are the world's."""

    port: str
    inventory: Inventory
    folder: Path
    limits: tuple[Limit, ...]
    hold_s: float
    for_s: float | None
    until_good: bool
    speed: float

    @property
    def far(self) -> str | None:
        return self.inventory.far_ends.get(self.port)

    async def run(self, show: Shows) -> int:
        """Until its time is up, or all was good for long enough; the exit code of the last look.

        Raises:
            InputError: nobody tells anything of that port.
        """
        from bringup.check.catalogue import load_catalogue
        from bringup.cli._prepare import wire
        from bringup.engine.bench import Bench, Bounds
        from bringup.engine.clock import WorldClock
        from bringup.engine.judging import Judging
        from bringup.engine.live import LinkLive
        from bringup.engine.live_plan import link_tasks
        from bringup.engine.looking import Looking, each_look

        inventory = self._both_devices()
        links, wiring = wire(inventory, self.folder)
        bench, clock = Bench(inventory, links, Bounds()), WorldClock(self.speed)
        ends = [self.port, self.far] if self.far is not None else [self.port]
        looking = Looking(bench, clock, ends, speed=self.speed)
        self._check(looking.asks(parse_subject(self.port).device))
        tasks = link_tasks(self.port, self.inventory, self.limits, load_catalogue())
        began_s = clock.now_s()
        link = LinkLive(
            self.port,
            self.inventory,
            looking,
            tasks,
            judging=Judging(self.inventory),
            now_s=began_s,
            hold_s=self.hold_s,
        )
        live: Live | None = None
        try:
            async with aclosing(each_look(looking, clock)) as looks:
                async for now_s in looks:
                    live, _ = link.look(now_s)
                    show.look(live)
                    late = self.for_s is not None and now_s - began_s >= self.for_s
                    if late or (self.until_good and live.phase is Phase.GOOD):
                        break
        finally:
            await wiring.close()
        assert live is not None
        return exit_code(live.comes_to)

    def _both_devices(self) -> Inventory:
        """Only the devices at the two ends: no other's secret is asked for."""
        names = {parse_subject(end).device for end in (self.port, self.far) if end is not None}
        kept = tuple(device for device in self.inventory.device if device.name in names)
        return self.inventory.model_copy(update={"device": kept})

    def _check(self, asked: bool) -> None:
        name = parse_subject(self.port).device
        if name not in self.inventory.devices:
            raise InputError(f"{self.port}: the inventory has no device {name}", "Watch the other end.")
        if not asked:
            platform = self.inventory.devices[name].platform
            raise InputError(
                f"{name}: the platform {platform} tells nothing of its ports", "Watch the other end."
            )


def printer(job: Watch, form: str, *, bell: bool) -> _Printer:
    from bringup.cli._text import can_redraw

    if form == "jsonl":
        return _Lines(job)
    return _Screen(job, bell=bell) if can_redraw() else _Text(job)


class _Printer(AbstractContextManager[None]):
    """What a look is turned into; a context, so that the terminal is as it was whatever happens."""

    def __init__(self, job: Watch) -> None:
        self.job = job

    def look(self, live: Live) -> None:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class _Lines(_Printer):
    """One event a line, as a run would record it."""

    def look(self, live: Live) -> None:
        at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        event = Watched(subject=live.subject, attempt=1, live=live, at=at, mono_ns=time.monotonic_ns())
        told = msgspec.to_builtins(event)
        print(json.dumps(told, ensure_ascii=True, allow_nan=False, sort_keys=True))
        sys.stdout.flush()


class _Text(_Printer):
    """One line for each look."""

    def look(self, live: Live) -> None:
        from bringup.view.link_live import line_of
        from bringup.view.summary import plain

        print(f"{time.strftime('%H:%M:%SZ', time.gmtime())} {plain(line_of(live))}", flush=True)


class _Screen(_Printer):
    """The whole terminal, drawn anew at each look; its own picture comes back at the end."""

    def __init__(self, job: Watch, *, bell: bool) -> None:
        super().__init__(job)
        from rich.console import Console
        from rich.live import Live as Redrawn

        self._bell = bell
        self._history: deque[Live] = deque(maxlen=HISTORY)
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._drawn = Redrawn(console=self._console, auto_refresh=False, screen=True)

    def __enter__(self) -> None:
        self._drawn.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drawn.stop()

    def look(self, live: Live) -> None:
        from bringup.view.link_live import bells

        rings = bells(self._history[-1] if self._history else None, live)
        self._history.append(live)
        size = shutil.get_terminal_size((80, 24))
        self._drawn.update(self._text(size.columns, size.lines), refresh=True)
        for _ in range(rings if self._bell else 0):
            self._console.bell()

    def _text(self, width: int, height: int) -> Text:
        from rich.text import Text

        from bringup.cli._text import rich_text

        return Text("\n").join(rich_text(row) for row in self._rows(width, height))

    def _rows(self, width: int, height: int) -> list[Row]:
        from bringup.cli._text import tier
        from bringup.view.fit import exactly, fit
        from bringup.view.frame import drawable
        from bringup.view.link_live import UNSTEPPED, Drawing, advice, link_rows
        from bringup.view.place import place
        from bringup.view.text import visible

        inventory, now = self.job.inventory, self._history[-1]
        drawing = Drawing(
            history=tuple(self._history),
            place=place(inventory, self.job.port),
            far_place=place(inventory, self.job.far) if self.job.far else "",
            step=UNSTEPPED,
            tier=tier(),
        )
        rows = exactly(link_rows(drawing, width, height - 2), width, max(0, height - 2), tier())
        rows.append(
            fit(((" NEXT  ", "dim"), (visible(advice(now, UNSTEPPED), 400), "advice")), width, tier())
        )
        rows.append(
            fit(((" Ctrl-C ends it. Provisional: a run's step makes the verdict.", "dim"),), width, tier())
        )
        return [drawable(row, tier()) for row in rows]
