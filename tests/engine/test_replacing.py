"""Parts that are others now: seen by a later reading, or declared and signed (field rules 22 and 23)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bringup.model.errors import Unreachable
from bringup.model.event import Measured, PartReplaced, StepStarted
from bringup.model.verdict import Reading, Verdict
from tests.engine.bench_of_parts import FIRST, SECOND, WARM, WHO, Parts
from tests.engine.person import events
from tests.engine.stand import Stand, verdicts

ATTEST = {"name": "end", "step": [{"ask": "attest", "id": "sign", "with": {"text": "?"}}]}


@pytest.fixture
def parts(stand: Stand) -> Parts:
    return Parts(stand)


async def test_field_22_a_verdict_says_which_parts_it_was_measured_on(parts: Parts) -> None:
    await parts.run()
    told = {(event["step"], event["subject"]): event["depends"] for event in events(parts.stand, "StepEnded")}
    assert told["warm", FIRST] == {"serial@leaf-1": "SN-leaf-1"}
    assert told["identity", SECOND] == {"serial@leaf-2": "SN-leaf-2"}


async def test_field_22_another_serial_at_a_later_reading_supersedes_what_was_measured_before(
    parts: Parts,
) -> None:
    person = await parts.run()
    parts.serials[FIRST] = "SN-other"
    assert (await person.tell("retest", step="identity", subject=FIRST)).ok
    await parts.go_on()
    taken = [(event["step"], event["subject"]) for event in events(parts.stand, "Superseded")]
    assert taken == [("identity", FIRST), ("warm", FIRST)]
    found = verdicts(await parts.stand.state())
    # What stands there is not what is expected, so nothing of it is measured.
    assert found["who/identity@leaf-1"] == "FAIL"
    assert found["warm/warm@leaf-1"] == "UNKNOWN blocked"
    assert found["warm/warm@leaf-2"] == "PASS"


async def test_field_22_a_superseded_verdict_is_unknown_until_it_is_measured_again(parts: Parts) -> None:
    person = await parts.run()
    assert (await person.replace("SN-leaf-1", "SN-new")).ok
    found = verdicts(await parts.stand.state())
    assert found["warm/warm@leaf-1"] == "UNKNOWN superseded"
    assert found["warm/warm@leaf-2"] == "PASS"


async def test_a_device_that_tells_another_serial_each_time_does_not_keep_a_run_for_ever(
    parts: Parts,
) -> None:
    person = await parts.run()
    reads = iter(range(1000))
    steady = parts.identity

    def restless(name: str) -> object:
        parts.serials[FIRST] = f"SN-{next(reads)}"
        return steady(name)

    parts.identity = restless  # type: ignore[method-assign, assignment]
    for _ in range(6):
        assert (await person.tell("retest", step="identity", subject=FIRST)).ok
        await parts.go_on()
    assert parts.stand.session.complete
    assert parts.stand.session.verdict is Verdict.FAIL


async def test_field_23_a_replacement_is_a_signed_amendment_and_the_new_serial_is_expected(
    parts: Parts,
) -> None:
    person = await parts.run()
    parts.serials[FIRST] = "SN-new"
    reply = await person.replace("SN-leaf-1", "SN-new", rma="4711", moved_to="shelf B")
    assert reply.ok
    assert reply.rows == (("who", "identity", FIRST), ("warm", "warm", FIRST))
    await parts.go_on()
    (event,) = events(parts.stand, "PartReplaced")
    assert (event["subject"], event["quantity"], event["old"], event["new"]) == (
        FIRST,
        "serial",
        "SN-leaf-1",
        "SN-new",
    )
    assert (event["rma"], event["moved_to"], event["why"], event["by"]) == (
        "4711",
        "shelf B",
        "it is broken",
        "kim",
    )
    assert event["signature"] and event["proven_by"] == "who/identity"
    state = await parts.stand.state()
    assert set(verdicts(state).values()) == {"PASS"}
    step = state.step("who", "identity", FIRST)
    assert step is not None
    (judgement,) = [each for each in step.judgements if each.quantity == "serial"]
    assert judgement.limit == "= SN-new" and "replacement" in (judgement.source or "")
    assert parts.stand.inventory.devices[FIRST].expect.serial == "SN-leaf-1", "the inventory stays as written"
    assert parts.stand.amendments.inventory.devices[FIRST].expect.serial == "SN-new"
    acting = parts.stand.session._acting
    assert acting._inventory.devices[FIRST].expect.serial == "SN-new", "actions prove the new part"


async def test_field_23_the_old_part_in_its_place_again_fails(parts: Parts) -> None:
    person = await parts.run()
    assert (await person.replace("SN-leaf-1", "SN-new")).ok
    await parts.go_on()
    assert verdicts(await parts.stand.state())["who/identity@leaf-1"] == "FAIL"


async def test_field_23_a_part_that_failed_its_identity_is_accepted_by_a_replacement(parts: Parts) -> None:
    parts.serials[FIRST] = "SN-new"
    person = await parts.run()
    assert parts.stand.session.verdict is Verdict.FAIL
    assert (await person.replace("SN-leaf-1", "SN-new")).ok
    await parts.go_on()
    assert set(verdicts(await parts.stand.state()).values()) == {"PASS"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("SN-nobody", "SN-new", "no part"),
        ("SN-leaf-1", "SN-leaf-1", "itself"),
        ("SN-leaf-1", "SN-leaf-2", "fitted at leaf-2"),
        ("SN-leaf-1", " SN-new", "no serial"),
        ("SN-leaf-1", "SN\x1bnew", "no serial"),
        ("SN-leaf-1", "S" * 200, "no serial"),
    ],
)
async def test_field_23_a_serial_that_is_elsewhere_or_none_is_refused(
    parts: Parts, old: str, new: str, words: str
) -> None:
    person = await parts.run()
    reply = await person.replace(old, new)
    assert not reply.ok and words in (reply.error or "")
    assert not events(parts.stand, "PartReplaced")
    assert parts.stand.session.complete


async def test_field_23_a_returned_part_does_not_come_back(parts: Parts) -> None:
    person = await parts.run()
    assert (await person.replace("SN-leaf-1", "SN-new")).ok
    reply = await person.replace("SN-leaf-2", "SN-leaf-1")
    assert not reply.ok and "taken out" in (reply.error or "")


async def test_field_23_a_replacement_is_signed_for_what_it_says(parts: Parts) -> None:
    person = await parts.run()
    signed = await person.sign("replace SN-leaf-1 by SN-new", "dark")
    for wrong in ({"new": "SN-third"}, {"rma": "1"}, {"moved_to": "nowhere"}):
        arguments = {"old": "SN-leaf-1", "new": "SN-new", **wrong}
        assert not (await person.tell("replace", "dark", **arguments, **signed)).ok
    assert not (await person.tell("replace", "dark", old="SN-leaf-1", new="SN-new")).ok
    assert not (await person.replace("SN-leaf-1", "SN-new", None)).ok
    assert not events(parts.stand, "PartReplaced")


async def test_field_23_the_evidence_is_the_file_that_was_signed_for(parts: Parts, tmp_path: Path) -> None:
    person = await parts.run()
    report = tmp_path / "scope.pdf"
    report.write_bytes(b"scratched")
    digest = hashlib.sha256(b"scratched").hexdigest()
    report.write_bytes(b"spotless")
    reply = await person.replace("SN-leaf-1", "SN-new", evidence=str(report), evidence_sha256=digest)
    assert not reply.ok and "not the file" in (reply.error or "")
    report.write_bytes(b"scratched")
    assert (await person.replace("SN-leaf-1", "SN-new", evidence=str(report), evidence_sha256=digest)).ok
    assert events(parts.stand, "PartReplaced")[0]["evidence"] == digest
    assert [event["sha256"] for event in events(parts.stand, "EvidenceKept")] == [digest]


async def test_a_dry_run_tells_what_would_run_again_and_writes_nothing(parts: Parts) -> None:
    person = await parts.run()
    reply = await person.tell("replace", "dark", old="SN-leaf-1", new="SN-new", dry_run="yes")
    assert reply.ok and reply.seq is None
    assert reply.rows == (("who", "identity", FIRST), ("warm", "warm", FIRST))
    assert not events(parts.stand, "CommandReceived")
    assert parts.stand.session.complete


async def test_a_crash_between_an_amendment_and_what_follows_from_it_is_made_good(parts: Parts) -> None:
    """The record has the replacement, and no verdict was taken away for it."""
    parts.serials[FIRST] = "SN-new"
    await parts.run()
    stand = parts.stand
    said = PartReplaced(
        subject=FIRST, quantity="serial", old="SN-leaf-1", new="SN-new", by="kim", proven_by="who/identity"
    )
    await stand.book.append(said)
    state = await stand.state()
    later = Stand(stand.folder.path.parent / "later")
    parts.stand, later.table, later.specs, later.limits = later, stand.table, stand.specs, stand.limits
    later.bench.table = later.table
    session = await later.open(WHO, WARM, state=state)
    assert session.complete and session.verdict is Verdict.FAIL
    await later.replacing.finish(state.replaced)
    await later.book.supersede_outdated()
    await parts.go_on()
    assert session.verdict is Verdict.PASS
    await later.journal.close()


async def test_a_crash_between_a_reading_and_what_follows_from_it_is_made_good(parts: Parts) -> None:
    await parts.run()
    stand = parts.stand
    stand.book.superseding = None  # as if it had died just there
    parts.serials[FIRST] = "SN-other"
    stand.book.ledger.forget(("who", "identity", FIRST))
    await stand.session.run()
    state = await stand.state()
    assert verdicts(state)["warm/warm@leaf-1"] == "PASS"
    later = Stand(stand.folder.path.parent / "later")
    later.table, later.specs, later.limits = stand.table, stand.specs, stand.limits
    later.bench.table = later.table
    session = await later.open(WHO, WARM, state=state)
    await later.book.supersede_outdated()
    assert not session.complete
    await session.run()
    assert later.book.ledger.ended["warm", "warm", FIRST].reason == "blocked"
    await later.journal.close()


async def test_what_was_under_way_as_a_part_changed_is_of_nobody_knows_which(parts: Parts) -> None:
    """One step measures while another reads that the part is another now."""
    await parts.run()
    book, row = parts.stand.book, ("warm", "warm", FIRST)
    began = await book.offer(
        StepStarted(stage="warm", step="warm", subject=FIRST, attempt=2, does="test.warm")
    )
    seen = await book.offer(
        Measured(
            stage="who", step="identity", subject=FIRST, attempt=2, quantity="serial", unit="",
            value="SN-other", reading=Reading.VALUE,
        )
    )  # fmt: skip
    assert seen > began
    await book.end(row, 2, Verdict.PASS)
    assert row not in book.ledger.ended
    assert verdicts(await parts.stand.state())["warm/warm@leaf-1"] == "UNKNOWN superseded"


async def test_a_signature_under_a_record_that_said_otherwise_is_due_again(parts: Parts) -> None:
    stand = parts.stand
    stand.table[(FIRST, "identity")] = Unreachable("leaf-1: no route")
    person = await parts.run(WHO, WARM, ATTEST)
    stand.table[(FIRST, "identity")] = lambda: parts.identity(FIRST)
    reply = await person.tell("retest", step="failed")
    assert set(reply.rows) == {
        ("who", "identity", FIRST),
        ("warm", "warm", FIRST),
        ("end", "sign", "run"),
    }
    await parts.go_on()
    assert stand.book.ledger.ended["warm", "warm", FIRST].verdict is Verdict.PASS
