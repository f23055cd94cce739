"""Takes verdicts away whose part, firmware or boot is another now (field rule 22), so that they run again.

What happens on a crash: the reading that shows another part is durable before the `Superseded` that follows
from it; whoever goes on compares every verdict with what was read last, and writes what is lacking.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bringup.engine.blocking import stages_before
from bringup.engine.ledger import UNMEASURED, Ledger, Row
from bringup.model.catalogue import Catalogue
from bringup.model.dependence import (
    BY_HAND,
    CABLE,
    HOST_ROLES,
    Identities,
    Scope,
    Seen,
    identity,
    is_identity,
    scopes_of,
)
from bringup.model.event import Measured, StepEnded
from bringup.model.inventory import Inventory
from bringup.model.plan import Plan
from bringup.model.verdict import Reading

MOST_TIMES = 3
"""How often one row runs again because a part changed; a device that tells another serial each time it is
asked would else keep a run for ever.
"""
ATTEST = "attest"
RETEST = "a retest was asked for"


class Superseding:
    """Knows what each planned row depends on, and what every part was last seen to be."""

    def __init__(
        self,
        plan: Plan,
        inventory: Inventory,
        catalogue: Catalogue,
        ledger: Ledger,
        known: Mapping[str, Seen] | None = None,
    ) -> None:
        self._plan = plan
        self._ledger = ledger
        labels = {identity(CABLE, each.subject): Seen(each.label) for each in inventory.cable if each.label}
        self.identities = Identities({**labels, **(known or {})})
        self.does = {(task.stage, task.step): task.does for task in plan.tasks}
        hosts = tuple(each.name for each in inventory.device if each.role in HOST_ROLES)
        self._scopes: dict[Row, tuple[Scope, ...]] = {
            row: scopes_of(self.does[row[:2]], row[2], inventory.far_ends, hosts)
            for row in plan.planned
            if catalogue[self.does[row[:2]]].kind != "action"
        }
        self._times: Counter[Row] = Counter()
        self._read_by: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def depends(self, row: Row) -> dict[str, str]:
        """What a verdict on this row is measured on, as far as it is known now."""
        return {key: seen.value for key, seen in self.identities.of(self._scopes.get(row, ())).items()}

    def noted(self, event: Measured, seq: int) -> str | None:
        """Take in a reading; the identity that it shows to be another than before, if any."""
        by_hand = self.does.get((event.stage, event.step)) in BY_HAND
        if by_hand or event.reading is not Reading.VALUE or not is_identity(event.quantity):
            return None
        step = f"{event.stage}/{event.step}"
        key = identity(event.quantity, event.subject)
        self._read_by[key].add((event.stage, event.step))
        changed = self.identities.see(event.quantity, event.subject, str(event.value), seq, step)
        return key if changed else None

    def changed_meanwhile(self, event: StepEnded) -> str | None:
        """An identity that another step saw change while this attempt was under way: its readings may be of
        the part before.
        """
        row = (event.stage, event.step, event.subject)
        began = self._ledger.started.get(row)
        if began is None or event.reason in UNMEASURED:
            return None
        for key, seen in self.identities.of(self._scopes.get(row, ())).items():
            if seen.since > began and row[:2] not in self._read_by[key]:
                return key
        return None

    def outdated(self) -> dict[Row, str]:
        """Rows whose verdict is about something that is another now, and which identity that is."""
        found = {}
        for row, scopes in self._scopes.items():
            ended = self._ledger.ended.get(row)
            if ended is not None and ended.measured:
                key = self.identities.outdated(scopes, ended.depends, ended.seq)
                if key is not None:
                    found[row] = key
        return found

    def on(self, keys: Iterable[str]) -> tuple[Row, ...]:
        """Rows that have ended and depend on one of these identities, read or not."""
        wanted = tuple(keys)
        return tuple(
            row
            for row, scopes in self._scopes.items()
            if row in self._ledger.ended
            and self._ledger.ended[row].measured
            and any(scope.holds(key) for scope in scopes for key in wanted)
        )

    def smallest(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """What has to run again with `rows`, in the plan's order: what they held up, and the signature under
        a record that said otherwise.
        """
        asked = frozenset(rows)
        again = set(self._ledger.with_blocked(asked))
        again |= {row for row in self._attested_after(again) if row in self._ledger.ended}
        return tuple(row for row in self._plan.planned if row in again)

    def _attested_after(self, rows: Iterable[Row]) -> list[Row]:
        stages = {row[0] for row in rows}
        found = []
        for stage in self._plan.stages:
            if stages.isdisjoint((stage.name, *stages_before(self._plan, stage))):
                continue
            found += [
                (stage.name, task.step, subject)
                for task in stage.tasks
                if task.does == ATTEST
                for subject in task.subjects
            ]
        return found

    def tired(self, row: Row) -> bool:
        """Whether it has run again often enough; counts this time."""
        self._times[row] += 1
        return self._times[row] > MOST_TIMES
