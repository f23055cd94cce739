"""Waivers: bound to a part, a limit, the worst value seen and a last day (field rule 26)."""

from __future__ import annotations

import pytest

from bringup.model.event import Judged
from bringup.model.measurement import NOT_AVAILABLE, Read, Scalar, value
from bringup.model.verdict import Reading, Verdict
from tests.engine.bench_of_parts import FIRST, SECOND, WARM, WHO, Parts
from tests.engine.person import Person, events
from tests.engine.stand import Stand, verdicts
from tests.engine.test_session import limit

ROW = ("warm", "warm", FIRST)
STEP = "warm/warm@leaf-1"


@pytest.fixture
def parts(stand: Stand) -> Parts:
    stand.today = lambda: "2099-07-01"
    made = Parts(stand)
    made.warmth[FIRST] = value(75.0)
    return made


async def waived(parts: Parts, until: str = "2099-07-31") -> Person:
    person = await parts.run()
    reply = await person.waive("fan on order", step=STEP, until=until)
    assert reply.ok, reply.error
    return person


async def retested(person: Person) -> Verdict:
    """The verdict after a retest: the engine's and the fold's, which are one."""
    assert (await person.tell("retest", step=STEP)).ok
    stand = person.stand
    await stand.session.run()
    ours = stand.book.ledger.ended[ROW].verdict
    run = stand.session.verdict
    state = await stand.state()
    step = state.step(*ROW)
    assert step is not None and step.verdict is ours and state.verdict is run
    return ours


async def test_field_26_a_waiver_says_which_part_limit_value_and_last_day(parts: Parts) -> None:
    await waived(parts)
    (event,) = events(parts.stand, "Waived")
    assert (event["serial"], event["worst"], event["until"]) == ("SN-leaf-1", 75.0, "2099-07-31")
    (covered,) = event["covers"]
    assert covered == {
        "subject": FIRST,
        "quantity": "temperature_c",
        "limit": "<= 70",
        "value": 75.0,
        "worse": "higher",
    }
    assert verdicts(await parts.stand.state())["warm/warm@leaf-1"] == "WAIVED"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (value(75.0), Verdict.WAIVED),
        (value(71.0), Verdict.WAIVED),
        (value(75.1), Verdict.FAIL),
        (value(40.0), Verdict.PASS),
        (NOT_AVAILABLE, Verdict.UNKNOWN),
    ],
)
async def test_field_26_a_worse_value_voids_a_waiver_and_no_worse_one_does_not(
    parts: Parts, later: Read, expected: Verdict
) -> None:
    person = await waived(parts)
    parts.warmth[FIRST] = later
    assert await retested(person) is expected


async def test_field_26_what_was_voided_once_stays_void(parts: Parts) -> None:
    person = await waived(parts)
    for warmth in (80.0, 75.0):
        parts.warmth[FIRST] = value(warmth)
        assert (await person.tell("retest", step=STEP)).ok
        await parts.stand.session.run()
    assert verdicts(await parts.stand.state())["warm/warm@leaf-1"] == "FAIL"


async def test_field_26_a_new_part_voids_a_waiver(parts: Parts) -> None:
    person = await waived(parts)
    assert (await person.replace("SN-leaf-1", "SN-new")).ok
    parts.serials[FIRST] = "SN-new"
    await parts.go_on()
    assert parts.stand.book.ledger.ended[ROW].verdict is Verdict.FAIL
    assert verdicts(await parts.stand.state())["warm/warm@leaf-1"] == "FAIL"


@pytest.mark.parametrize(("day", "expected"), [("2099-07-31", Verdict.WAIVED), ("2099-08-01", Verdict.FAIL)])
async def test_field_26_a_waiver_holds_through_its_last_day_and_not_beyond(
    parts: Parts, day: str, expected: Verdict
) -> None:
    await waived(parts)
    parts.stand.today = lambda: day
    parts.stand.book.ledger.end_waivers()
    assert parts.stand.session.verdict is expected


def judged(quantity: str, verdict: Verdict = Verdict.FAIL, told: Scalar = 1) -> Judged:
    return Judged(
        stage="warm", step="warm", subject=FIRST, attempt=1, quantity=quantity, unit="", value=told,
        reading=Reading.VALUE, limit="= 0", source="this test", standing="contract", verdict=verdict,
    )  # fmt: skip


@pytest.mark.parametrize(
    "quantity",
    [
        "serial",
        "optic_serial",
        "leak_state",
        "coolant_leak",
        "supply_input_v",
        "residual_current_ma",
        "burnin_errors",
        "wrong_results",
        "ecc_uncorrected_lifetime",
        "remap_failure",
        "memory_pattern_errors",
    ],
)
async def test_field_26_identity_leaks_wrong_results_and_lost_memory_are_never_waived(
    parts: Parts, quantity: str
) -> None:
    person = await parts.run()
    parts.stand.book.ledger.note(judged(quantity), 99)
    reply = await person.waive("we know it", step=STEP, until="2099-07-31")
    assert not reply.ok and "never waived" in (reply.error or "")
    assert not events(parts.stand, "Waived")


async def test_what_waited_for_a_waived_verdict_goes_on(parts: Parts) -> None:
    after = {"name": "after", "step": [{"check": "management.reach", "id": "reach"}]}
    parts.stand.limits = (*parts.stand.limits, limit("reachable", equals=True))
    person = await parts.run(WHO, WARM, after)
    assert parts.stand.book.ledger.ended["after", "reach", FIRST].reason == "blocked"
    reply = await person.waive("fan on order", step=STEP, until="2099-07-31")
    assert reply.rows == (("after", "reach", FIRST),)
    await parts.go_on()
    found = verdicts(await parts.stand.state())
    assert (found["warm/warm@leaf-1"], found["after/reach@leaf-1"]) == ("WAIVED", "PASS")


async def test_a_waiver_covers_only_the_row_that_it_names(parts: Parts) -> None:
    parts.warmth[SECOND] = value(75.0)
    person = await waived(parts)
    assert verdicts(await person.stand.state())["warm/warm@leaf-2"] == "FAIL"
