"""A bench of tables under a real session with a real journal: devices say what the test writes down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from bringup.check.catalogue import load_catalogue
from bringup.engine.acting import Acting
from bringup.engine.amending import Amendments
from bringup.engine.asking import Asking
from bringup.engine.bench import Bench
from bringup.engine.book import Book
from bringup.engine.checking import Checking, nobody
from bringup.engine.clock import WorldClock
from bringup.engine.desk import Desk
from bringup.engine.judging import Judging
from bringup.engine.ledger import Ledger, utc_day
from bringup.engine.lock import DeviceLocks
from bringup.engine.questions import Questions
from bringup.engine.replacing import Replacing
from bringup.engine.restoring import Restoring
from bringup.engine.session import Session
from bringup.engine.superseding import Superseding
from bringup.engine.watching import Watching
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.sign import KeySigner, Signer
from bringup.journal.write import Journal
from bringup.model.answer import Answers
from bringup.model.catalogue import Catalogue, Spec
from bringup.model.envelope import Limit
from bringup.model.event import ActionIntended, EventReader, PlanFixed
from bringup.model.fold import fold_events
from bringup.model.inventory import Inventory
from bringup.model.playbook import Playbook
from bringup.model.state import RunState
from bringup.plan import make_plan

Told = Callable[..., Any] | object
FAST = 1000.0


class TableBench:
    """Answers by (device, method): a value, an exception to raise, or a function of the arguments."""

    def __init__(self, table: dict[tuple[str, str], Told]) -> None:
        self.table = table
        self.calls: list[tuple[str, str, tuple[object, ...]]] = []
        self.called = asyncio.Event()
        self.at_once = 0
        self.most_at_once = 0

    def can(self, name: str, capability: type) -> bool:
        methods = {method for method in vars(capability) if not method.startswith("_")}
        return any((name, method) in self.table for method in methods)

    async def call(
        self,
        name: str,
        capability: type,
        method: str,
        *arguments: object,
        deadline_s: float | None = None,
        alone: bool = False,
        begun: Callable[[], None] | None = None,
    ) -> tuple[Any, tuple[()]]:
        if begun is not None:
            begun()
        self.calls.append((name, method, arguments))
        self.called.set()
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(0)
            told = self.table[(name, method)]
            if callable(told):
                told = told(*arguments)
                if asyncio.iscoroutine(told):
                    async with asyncio.timeout(deadline_s):
                        told = await told
            if isinstance(told, BaseException):
                raise told
            return told, ()
        finally:
            self.at_once -= 1

    async def wait_for(self, calls: int) -> None:
        """Return once that many calls were made."""
        while len(self.calls) < calls:
            self.called.clear()
            await self.called.wait()

    def pace_s(self, name: str, method: str) -> float:
        return 0.0

    def leftover(self, name: str) -> tuple[()]:
        return ()


class Stand:
    """One session in one folder. Attributes may be set before `run`."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder.create(folder)
        self.table: dict[tuple[str, str], Told] = {}
        self.bench = TableBench(self.table)
        self.desk = Desk()
        self.specs: tuple[Spec, ...] = ()
        self.limits: tuple[Limit, ...] = ()
        self.inventory = Inventory.model_validate(
            {"schema": "bringup.inventory/1", "device": [device("leaf-1"), device("leaf-2")]}
        )
        self.answers = Answers()
        self.approver: Signer | None = None
        self.read_only = False
        self.headless = True
        self.unfinished: dict[tuple[str, str, str], ActionIntended] = {}
        self.locks = folder / "locks"
        self.today: Callable[[], str] = utc_day
        self.at_work: Callable[[Iterable[str]], str | None] = nobody
        self.session: Session
        self.journal: Journal
        self.book: Book

    async def open(self, *stages: dict[str, Any], state: RunState | None = None) -> Session:
        """The session, ready to run."""
        catalogue = load_catalogue()
        if self.specs:
            catalogue = Catalogue(
                MappingProxyType({**catalogue.specs, **{spec.name: spec for spec in self.specs}})
            )
        playbook = Playbook.model_validate(
            {"schema": "bringup.playbook/1", "name": "test", "stage": [with_ids(stage) for stage in stages]}
        )
        plan = make_plan(playbook, self.inventory, self.limits, catalogue)
        signer = KeySigner.throwaway()
        self.journal = await Journal.create(self.folder, signer=signer)
        ledger = Ledger(state, today=lambda: self.today())
        known = state.identities if state is not None else {}
        self.superseding = Superseding(plan, self.inventory, catalogue, ledger, known)
        self.book = Book(self.journal, ledger, self.superseding)
        self.amendments = Amendments(self.inventory, state.replaced if state is not None else ())
        bench, clock = cast(Bench, self.bench), WorldClock(FAST)
        judging = Judging(self.inventory)
        questions = Questions(
            book=self.book,
            desk=self.desk,
            run_id=self.folder.run_id,
            answers=self.answers,
            approver=self.approver,
            simulated=False,
            headless=self.headless,
        )
        acting = Acting(
            inventory=self.inventory,
            bench=bench,
            book=self.book,
            clock=clock,
            desk=self.desk,
            judging=judging,
            questions=questions,
            locks=DeviceLocks(self.inventory, self.locks),
            read_only=self.read_only,
            unfinished=self.unfinished,
            altered=state.altered if state is not None else (),
        )
        self.session = Session(
            plan=plan,
            inventory=self.inventory,
            catalogue=catalogue,
            bench=bench,
            book=self.book,
            clock=clock,
            desk=self.desk,
            checking=Checking(
                self.inventory,
                bench,
                self.book,
                clock,
                self.desk,
                judging,
                plan,
                state,
                at_work=lambda subjects: self.at_work(subjects),
            ),
            acting=acting,
            asking=Asking(self.book, judging, questions),
            amendments=self.amendments,
        )
        self.replacing = Replacing(self.book, plan, self.superseding, self.amendments, acting.amend)
        self.restoring = Restoring(acting, self.book, self.desk, questions)
        self.watching = Watching(bench, self.book, clock, self.inventory)
        await self.book.append(PlanFixed(files={}, planned=plan.planned))
        return self.session

    async def run(self, *stages: dict[str, Any]) -> RunState:
        """Run to the end; what the record says afterwards."""
        session = await self.open(*stages)
        await session.run()
        return await self.state()

    async def state(self) -> RunState:
        await self.journal.close()
        reader = EventReader()
        return fold_events(reader.read(entry.line) for entry in read(self.folder))

    def kinds(self) -> list[str]:
        return [entry.kind for entry in read(self.folder)]


def with_ids(stage: dict[str, Any]) -> dict[str, Any]:
    """Steps may leave out their id, as in a file."""
    steps = [
        {"id": step.get("check") or step.get("action") or step.get("ask"), **step} for step in stage["step"]
    ]
    return {**stage, "step": steps}


def device(name: str, **more: Any) -> dict[str, Any]:
    """A device with the identity that its table tells."""
    return {
        "name": name,
        "role": "leaf",
        "platform": "sonic",
        "address": "192.0.2.1",
        "expect": {"serial": f"SN-{name}"},
        **more,
    }


def verdicts(state: RunState) -> dict[str, str]:
    """`STAGE/STEP@SUBJECT` -> verdict, with the reason where it is UNKNOWN."""
    return {
        f"{key.stage}/{key.step}@{key.subject}": " ".join(filter(None, (step.verdict, step.reason)))
        for key, step in state.steps.items()
    }
