"""A part was replaced (field rule 23): a signed amendment of what is expected, and the smallest retest.

What happens on a crash: the amendment is durable before any verdict is taken away for it; whoever goes on
takes away what is left (`finish`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from bringup.engine.amending import SERIAL, Amendments
from bringup.engine.book import Book
from bringup.engine.ledger import Row
from bringup.engine.superseding import Superseding
from bringup.model.dependence import identity, is_serial
from bringup.model.errors import InputError
from bringup.model.event import EvidenceKept, PartReplaced
from bringup.model.inventory import Inventory
from bringup.model.plan import Plan
from bringup.model.subject import parse_subject

SCANNED_CHARACTERS = 128


class Part(NamedTuple):
    """One thing that has a serial: `quantity` of `subject`."""

    quantity: str
    subject: str

    @property
    def key(self) -> str:
        return identity(self.quantity, self.subject)


class Replacing:
    """Shared by the inbox and the runner. `amended` hears of every new inventory."""

    def __init__(
        self,
        book: Book,
        plan: Plan,
        superseding: Superseding,
        amendments: Amendments,
        amended: Callable[[Inventory], None],
    ) -> None:
        self._book = book
        self._plan = plan
        self._superseding = superseding
        self.amendments = amendments
        self._amended = amended

    def parts(self, old: str, new: str, subject: str | None = None) -> tuple[Part, ...]:
        """What `old` is the serial of, which `new` may take the place of.

        Raises:
            InputError: no such part is here, several are, or the new one can't be a new one.
        """
        for text in (old, new):
            if text != text.strip() or not text.isprintable() or not 0 < len(text) <= SCANNED_CHARACTERS:
                raise InputError(f"{text!r} is no serial", "Scan it again.")
        if old == new:
            raise InputError(f"{old} would be replaced by itself", "Scan the new part.")
        told: dict[Part, set[str]] = {}
        for part, serial in self._serials():
            told.setdefault(part, set()).add(serial)
        found = tuple(
            part for part, serials in told.items() if old in serials and subject in (None, part.subject)
        )
        if not found:
            where = f" at {subject}" if subject else ""
            raise InputError(
                f"no part {old} is in this run{where}",
                "Scan the old part again, or look at its last reading.",
            )
        self._refuse_several(old, found)
        elsewhere = next(
            (part for part, serials in told.items() if new in serials and part not in found), None
        )
        if elsewhere is not None:
            raise InputError(f"{new} is fitted at {elsewhere.subject}", "One part can't be in two places.")
        if new in self.amendments.returned:
            raise InputError(
                f"{new} was taken out of this run as the old part", "Fit one that is not returned."
            )
        return found

    def _serials(self) -> Iterator[tuple[Part, str]]:
        """What was read last, and what is expected."""
        for key, seen in self._superseding.identities.known.items():
            if is_serial(key):
                quantity, _, subject = key.partition("@")
                yield Part(quantity, subject), seen.value
        for device in self.amendments.inventory.device:
            if device.expect.serial is not None:
                yield Part(SERIAL, device.name), device.expect.serial

    def _refuse_several(self, old: str, found: tuple[Part, ...]) -> None:
        """A host and its BMC may bear one serial; two devices, or two modules, may not."""
        devices = {parse_subject(part.subject.partition("<->")[0]).device for part in found}
        hosts = [each for each in self.amendments.inventory.device if each.name in devices]
        pair = len(found) == 2 and any(each.bmc in devices for each in hosts)
        if len(found) > 1 and not pair:
            places = ", ".join(part.subject for part in found)
            raise InputError(f"{old} is the serial of several: {places}", "Say which with --subject.")

    def retest(self, parts: Iterable[Part]) -> tuple[Row, ...]:
        """The smallest retest: what depends on these parts, what proves them, and what waits for either."""
        parts = tuple(parts)
        rows = dict.fromkeys(self._superseding.on(part.key for part in parts))
        rows |= dict.fromkeys(row for part in parts for row in self._proving(part))
        return self._superseding.smallest(rows)

    def _proving(self, part: Part) -> Iterator[Row]:
        """Rows that judge this part's serial."""
        where = self._proven_by(part)
        for task in self._plan.tasks:
            expected = any((each.subject, each.quantity) == part for each in task.expected)
            if part.subject in task.subjects and (expected or f"{task.stage}/{task.step}" == where):
                yield (task.stage, task.step, part.subject)

    def _proven_by(self, part: Part) -> str:
        """The STAGE/STEP that expects the part's serial, else that which read it first."""
        for task in self._plan.tasks:
            if any((each.subject, each.quantity) == part for each in task.expected):
                return f"{task.stage}/{task.step}"
        seen = self._superseding.identities.known.get(part.key)
        return seen.step if seen is not None else ""

    async def replace(
        self, parts: Iterable[Part], said: PartReplaced, evidence: tuple[str, bytes] | None = None
    ) -> None:
        """Write the amendment of each part, then take away every verdict that rested on the old one.

        Args:
            said: what all of them have in common.
            evidence: name and content of a file that goes with it.
        """
        parts = tuple(parts)
        rows = self.retest(parts)
        if evidence is not None:
            said = msgspec.structs.replace(said, evidence=await self._keep(parts[0].subject, *evidence))
        seq = -1
        for part in parts:
            event = msgspec.structs.replace(
                said, subject=part.subject, quantity=part.quantity, proven_by=self._proven_by(part)
            )
            seq = await self._book.append(event)
            self.amendments.add(event, seq)
            identities = self._superseding.identities
            if part.key not in identities.known:
                identities.see(part.quantity, part.subject, said.old, -1)
            identities.see(part.quantity, part.subject, said.new, seq, event.proven_by)
        self._amended(self.amendments.inventory)
        await self._book.supersede(rows, f"{said.old} was replaced by {said.new}", seq)

    async def _keep(self, subject: str, name: str, data: bytes) -> str:
        blob = await self._book.journal.keep(data)
        await self._book.offer(
            EvidenceKept(
                stage="",
                step="",
                subject=subject,
                attempt=0,
                name=name,
                sha256=blob.sha256,
                size=blob.size,
                media_type="application/octet-stream",
            )
        )
        return blob.sha256

    async def finish(self, replaced: Iterable[PartReplaced]) -> None:
        """After a crash: take away what an amendment in the record should have, and did not come to."""
        for event in replaced:
            part = Part(event.quantity, event.subject)
            ended = self._book.ledger.ended
            old = [row for row in self._proving(part) if row in ended and ended[row].seq < event.seq]
            await self._book.supersede(
                self._superseding.smallest(old), f"{event.old} was replaced by {event.new}", event.seq
            )
