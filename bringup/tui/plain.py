"""The console as lines: one for each change, numbered answers, no redraw and no box drawing.

A peer of the full one, for screen readers, braille displays and serial lines (console design, section 6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import MappingProxyType

from bringup.model.errors import BringupError
from bringup.model.event import Asked, CommandReceived, Known, Noted, StageEnded, Unknown
from bringup.model.inventory import Inventory
from bringup.model.label import ends_named
from bringup.model.verdict import Verdict
from bringup.tui import doing
from bringup.tui.company import Company
from bringup.tui.effect import Effect, Hand, Send
from bringup.tui.feed import Feed
from bringup.tui.outside import Outside
from bringup.view.frame import drawable
from bringup.view.mark import Tier
from bringup.view.people import name_of, present_words
from bringup.view.place import place
from bringup.view.progress import Progress
from bringup.view.put import part_of, where
from bringup.view.scene import Scene
from bringup.view.screen_ask import LASERS, OPTICAL, answer, approved_by, field, label_of
from bringup.view.summary import cause_rows, plain, stage_row
from bringup.view.text import visible

WIDTH = 80
TAKES = MappingProxyType({"claim": "has taken", "release": "has given back"})
HELP = """\
NUMBER ANSWER        answer a question: `1 yes`
skip NUMBER REASON   that question can't be answered
f                    what is wrong, numbered, with what to do
retest NUMBER        the work is done: measure that failure again
hand NUMBER          in a demo: the simulated technician does it
s                    the stages
who                  who is at the run, and who works on what
put LABEL [NUMBER]   that cable is in hand: where its plug goes; NUMBER is its other end
put done | put down  it is in, and nothing can show it | it is in nobody's hand
take NUMBER          say that you work on that question; `give NUMBER` gives it back
rack TEXT            one line to whoever works at the rack
: COMMAND            pause, continue, note TEXT, close, abort REASON ...
q                    leave; the run goes on
?                    these lines"""


class PlainConsole:
    """Reads a run and answers lines. `write` takes one line each; it holds no truth of its own."""

    def __init__(
        self,
        feed: Feed,
        inventory: Inventory,
        outside: Outside,
        write: Callable[[str], None],
        *,
        tier: Tier = "unicode",
        watching: bool = False,
    ) -> None:
        self._feed, self._inventory, self._outside = feed, inventory, outside
        self._out = write
        self._tier: Tier = tier
        self._watching = watching
        self._progress = Progress(tier)
        self._numbers: dict[str, int] = {}
        self._pending = ""
        self._in_hand = ""
        self.left = False
        self.company = Company(outside, lambda: ("lines", "", ""))

    def _write(self, line: str) -> None:
        """In characters that the terminal has."""
        self._out(plain(drawable(((line, "plain"),), self._tier)))

    async def follow(self) -> None:
        """Write a line for each change, until the run is closed or somebody leaves."""
        async for new in self._feed.follow():
            for event in new:
                self.event(event)
            if self.left or self._feed.state.closed is not None:
                return

    def event(self, event: Known | Unknown) -> None:
        if isinstance(event, Asked):
            self._ask(event)
            return
        if isinstance(event, Noted) and event.to == "rack":
            self._write(f"TO THE RACK, from {visible(event.by, 40)}: {visible(event.text, 400)}")
        if isinstance(event, CommandReceived) and event.accepted and event.verb in TAKES:
            who = f"{event.by} ({event.terminal})" if event.terminal else event.by
            what = visible(str(event.arguments.get("what")), 200)
            self._write(f"{visible(who, 60)} {TAKES[event.verb]} {what}")
        for row in self._progress.rows(event) if not isinstance(event, Unknown) else ():
            self._write(plain(row))
        if isinstance(event, StageEnded) and not event.verdict.good:
            self._write("  f tells what is wrong, and what to do")

    async def line(self, typed: str) -> None:
        """One line that a person typed."""
        typed = typed.strip()
        head, _, rest = typed.partition(" ")
        if self._pending:
            await self._confirm(typed)
        elif head in ("q", "quit"):
            self.left = True
        elif head in ("?", "help", ""):
            self._lines(HELP.splitlines())
        elif head == "s":
            self._lines(
                plain(stage_row(self._feed.state, name, tier=self._tier)) for name in self._feed.state.stages
            )
        elif head == "f":
            self._lines(self._failures())
        elif head == "who":
            self._lines(self._who())
        elif self._watching:
            self._write("you are only watching: nothing is sent")
        else:
            await self._command(head, rest.strip(), typed)

    async def _command(self, head: str, rest: str, typed: str) -> None:
        if head.isdigit():
            await self._answer(int(head), rest)
        elif head == "skip":
            await self._skip(rest)
        elif head in ("retest", "hand"):
            await self._retest(rest, by_hand=head == "retest")
        elif head == "put":
            await self._put(rest)
        elif head in ("take", "give"):
            await self._take("claim" if head == "take" else "release", rest)
        elif head == "rack" and rest:
            await self._send([Send("note", {"text": rest, "to": "rack"})])
        elif typed.startswith(":"):
            await self._palette(typed[1:].strip())
        else:
            self._write(f"{visible(head, 40)!r} is nothing to do here; ? lists what is")

    # Questions

    def _ask(self, ask: Asked) -> None:
        number = self._numbers.setdefault(ask.question, len(self._numbers) + 1)
        self._write(f"QUESTION {number}: {visible(ask.text, 2000)}")
        self._write(f"  where: {visible(place(self._scene().inventory, ask.subject), 200)}")
        if any(word in ask.text.lower() for word in OPTICAL):
            self._write(f"  {LASERS}")
        self._lines(f"  {label_of(change)}: {visible(change, 200)}" for change in ask.changes)
        self._lines(f"  {place} {visible(choice, 200)}" for place, choice in enumerate(ask.choices, 1))
        if not self._watching:
            self._write(f"  {field(ask)} `{number} ANSWER` and Enter")

    def _open(self, number: int) -> Asked | None:
        wanted = next((name for name, its in self._numbers.items() if its == number), None)
        found = next((ask for ask in self._feed.state.asks if ask.question == wanted), None)
        if found is None:
            self._write(f"question {number} is not open")
        return found

    async def _answer(self, number: int, words: str) -> None:
        ask = self._open(number)
        if ask is None:
            return
        value = answer(ask, words)
        if not value:
            name = f", type {approved_by(ask)} in full" if ask.form == "approve" else ""
            self._write(f"`{number} ANSWER`: that is no answer{name}")
            return
        told = {"question": ask.question, "value": value, "asked": str(ask.seq)}
        await self._send([Send("answer", told)])

    async def _skip(self, rest: str) -> None:
        number, _, why = rest.partition(" ")
        if not number.isdigit() or not why.strip():
            self._write("`skip NUMBER REASON`: number and reason are both needed")
            return
        ask = self._open(int(number))
        if ask is not None:
            step = f"{ask.stage}/{ask.step}"
            await self._send([Send("skip", {"step": step, "subject": ask.subject}, why.strip())])

    async def _take(self, verb: str, rest: str) -> None:
        if not rest.isdigit():
            self._write("`take NUMBER`: the number of a question")
            return
        ask = self._open(int(rest))
        if ask is not None:
            await self._send([Send(verb, {"what": ask.question})])

    # A cable in hand

    async def _put(self, rest: str) -> None:
        """Where its plugs belong, and that the run looks where one of them goes in."""
        if rest in ("done", "down"):
            more = {"stated": "yes"} if rest == "done" else {"stop": "yes"}
            if not self._in_hand:
                self._write("no cable is in hand: `put LABEL` first")
            else:
                await self._send([Send("put", {"label": self._in_hand, **more})])
            return
        label, _, number = rest.rpartition(" ")
        if not label or not number.isdigit():
            label, number = rest, "1"
        ends = ends_named(self._inventory, label)
        if not 1 <= int(number) <= len(ends):
            self._write(
                f"no cable is labelled {visible(label, 60)!r}" if not ends else f"it has {len(ends)} ends"
            )
            return
        for at, end in enumerate(ends, 1):
            self._write(f"  {at} {visible(end.port, 80)}: {where(self._inventory, end.port)}; {part_of(end)}")
        self._in_hand = label
        await self._send([Send("put", {"label": label, "port": ends[int(number) - 1].port})])

    def _who(self) -> Iterator[str]:
        if not self.company.people:
            yield "who is at the run is not known: no runner tells"
        for each in self.company.people:
            yield visible(present_words(each) + (", you" if each.number == self.company.you else ""), 200)
        for claim in self._feed.state.claims:
            yield visible(f"{name_of(claim)} works on {claim.what}", 200)

    # Failures

    def _failures(self) -> Iterator[str]:
        causes = self._outside.diagnose(self._feed.state, self._inventory)
        if not causes:
            yield "nothing is failing now"
        for number, cause in enumerate(causes, 1):
            yield f"FAILURE {number}"
            for row in cause_rows(cause, width=WIDTH, tier=self._tier):
                yield plain(row)

    async def _retest(self, rest: str, *, by_hand: bool) -> None:
        causes = self._outside.diagnose(self._feed.state, self._inventory)
        if not rest.isdigit() or not 1 <= int(rest) <= len(causes):
            self._write(f"which failure? f lists {len(causes)}")
        elif not by_hand and self._outside.hand is None:
            self._write("this is no demo: no hand is lent here")
        else:
            await self._send(doing.retests(causes[int(rest) - 1], by_hand=by_hand))

    # Commands

    async def _palette(self, typed: str) -> None:
        found = doing.read_command(typed)
        if isinstance(found, str):
            self._write(found)
        elif found.entry.typed:
            self._pending = typed
            name = visible(self._rack(), 40)
            self._write(f"{found.entry.name}: {found.entry.meaning}. To do it, type {name} and Enter")
        else:
            await self._send([doing.command(found)])

    async def _confirm(self, typed: str) -> None:
        wanted, self._pending = self._pending, ""
        found = doing.read_command(wanted)
        if typed != self._rack() or isinstance(found, str):
            self._write("nothing was done")
            return
        await self._send([doing.command(found)])

    def _rack(self) -> str:
        run = self._feed.state.run
        return (run.rack or run.playbook) if run is not None else self._feed.folder.run_id

    async def _send(self, effects: list[Effect]) -> None:
        for effect in effects:
            try:
                if isinstance(effect, Hand) and self._outside.hand is not None:
                    self._write(await asyncio.to_thread(self._outside.hand, effect.cause))
                elif isinstance(effect, Send) and self._outside.send is not None:
                    self._write(await self._outside.send(effect.verb, effect.arguments, effect.why))
            except BringupError as error:
                self._write(f"not sent: {visible(str(error), 400)}")

    def _scene(self) -> Scene:
        return Scene(run_id=self._feed.folder.run_id, state=self._feed.state, inventory=self._inventory)

    def _lines(self, lines: Iterator[str] | list[str]) -> None:
        for line in lines:
            self._write(line)

    def last_words(self) -> list[str]:
        """What stands at the end: the run's verdict, or that it goes on."""
        state = self._feed.state
        if state.closed is not None:
            return [f"the run is closed: {state.closed.verdict.value}"]
        worst = state.verdict if state.verdict is Verdict.FAIL else None
        return ["left: the run goes on" + (", with a FAIL so far" if worst else "")]
