"""Who is at a run, who may send, and who works on what (field rule 17)."""

from __future__ import annotations

import asyncio

import pytest

from bringup.engine.desk import Command, Reply, Sender
from bringup.engine.people import GONE_S, LASTS_S, People, Sharing
from bringup.model.errors import InputError
from bringup.model.event import Asked, CommandReceived, Known, Recovered, Unknown
from bringup.model.fold import fold_events
from bringup.model.people import Claim
from tests.engine.person import Person, events, until
from tests.engine.stand import Stand
from tests.engine.test_inbox import CONFIRM, YES

QUESTION = "a/q@run"
NEAR, FAR = "leaf-1/Ethernet0", "leaf-2/Ethernet8"
KIM = Sender("kim", "socket", 1000, "pts/1", peer=1)
ANN = Sender("ann", "socket", 1000, "pts/2", peer=2)
BOB = Sender("bob", "socket", 1001, "pts/3", attached=True, peer=3)


class Hours:
    """A clock that stands until it is told to go on, in seconds."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def people(tmp_path_factory: pytest.TempPathFactory, hours: Hours) -> People:
    inventory = Stand(tmp_path_factory.mktemp("people")).inventory
    return People(Sharing(share=True), inventory, now_s=hours, utc=lambda: f"{hours.now_s:g}")


def look(people: People, sender: Sender, screen: str = "work", about: str = "", size: str = "80x24") -> None:
    people.here(Command("here", {"screen": screen, "about": about, "size": size}), sender)


def test_who_is_at_the_rack_stands_before_who_is_attached(people: People) -> None:
    look(people, BOB)
    look(people, KIM, "ask", QUESTION)
    assert [(each.by, each.terminal, each.about) for each in people.present] == [
        ("kim", "pts/1", QUESTION),
        ("bob", "pts/3", ""),
    ]
    people.gone(KIM.peer)
    people.gone(KIM.peer)
    assert [each.by for each in people.present] == ["bob"]


def test_the_time_is_that_of_the_last_look_elsewhere(people: People, hours: Hours) -> None:
    look(people, KIM)
    hours.now_s = 60
    look(people, KIM, size="200x50")
    assert (people.present[0].since, people.present[0].size) == ("0", "200x50")
    look(people, KIM, "ask")
    assert people.present[0].since == "60"


def test_whatever_a_console_says_of_itself_is_short(people: People) -> None:
    look(people, KIM, "x" * 10_000, "y" * 10_000, "z" * 10_000)
    (present,) = people.present
    assert max(len(present.screen), len(present.about), len(present.size)) <= 200


def test_field_17_two_ends_of_a_link_are_worked_on_by_two_people(people: People) -> None:
    people.claim(NEAR, KIM, ())()
    people.claim(FAR, ANN, ())()
    assert {what: held.sender.by for what, held in people.held.items()} == {NEAR: "kim", FAR: "ann"}


def test_what_one_has_another_can_not_take_and_is_told_who_has_it(people: People) -> None:
    people.claim(QUESTION, KIM, (QUESTION,))()
    people.claim(QUESTION, KIM, (QUESTION,))()
    with pytest.raises(InputError, match=r"kim \(pts/1\) since 0"):
        people.claim(QUESTION, BOB, (QUESTION,))
    with pytest.raises(InputError, match="kim"):
        people.release(QUESTION, BOB)
    # The run's owner may, for those who have gone home.
    people.release(QUESTION, ANN)()
    people.claim(QUESTION, BOB, (QUESTION,))()


@pytest.mark.parametrize("what", ["nothing", "leaf-9", "a/other@run", "", "leaf-1 ", "#", "leaf-9/Ethernet0"])
def test_what_is_not_there_can_not_be_taken(people: People, what: str) -> None:
    with pytest.raises(InputError):
        people.claim(what, KIM, (QUESTION,))
    with pytest.raises(InputError):
        people.release(what, KIM)


def test_what_somebody_took_is_free_when_their_console_is_gone(people: People, hours: Hours) -> None:
    look(people, KIM)
    people.claim(NEAR, KIM, ())()
    hours.now_s = 2 * LASTS_S
    assert not people.stale(())
    people.gone(KIM.peer)
    hours.now_s += GONE_S - 1
    assert not people.stale(())
    hours.now_s += 1
    assert people.stale(()) == {NEAR: "their console is gone"}


def test_a_console_that_is_killed_at_once_leaves_nothing_taken(people: People, hours: Hours) -> None:
    look(people, KIM)
    people.claim(NEAR, KIM, ())()
    people.gone(KIM.peer)
    hours.now_s = GONE_S
    assert list(people.stale(())) == [NEAR]


def test_a_console_that_comes_back_keeps_what_it_had(people: People, hours: Hours) -> None:
    look(people, KIM)
    people.claim(NEAR, KIM, ())()
    people.stale(())
    people.gone(KIM.peer)
    hours.now_s += GONE_S - 1
    look(people, Sender("kim", "socket", 1000, "pts/1", peer=9))
    hours.now_s += GONE_S
    assert not people.stale(())


def test_what_was_taken_without_a_console_is_free_after_a_while(people: People, hours: Hours) -> None:
    people.claim(NEAR, KIM, ())()
    hours.now_s = LASTS_S - 1
    assert not people.stale(())
    hours.now_s = LASTS_S
    assert list(people.stale(())) == [NEAR]


def test_a_question_that_is_asked_again_is_nobodys(people: People) -> None:
    people.claim(QUESTION, KIM, (QUESTION,))()
    assert not people.stale(())
    people.claim(QUESTION, BOB, (QUESTION,))()


# With a record


async def at_work(stand: Stand, sharing: Sharing) -> tuple[Person, asyncio.Task[None]]:
    stand.headless = False
    stand.limits = (YES,)
    session = await stand.open(CONFIRM)
    person = Person(stand, session, sharing)
    running = asyncio.create_task(session.run())
    await person.asked()
    return person, running


async def say(person: Person, sender: Sender, verb: str, **arguments: str) -> Reply:
    return await person.inbox.handle(Command(verb, arguments), sender)


@pytest.mark.parametrize("verb", ["answer", "note", "skip", "abort", "close", "claim", "head", "pause"])
async def test_a_run_that_is_not_shared_takes_nothing_from_who_is_attached(stand: Stand, verb: str) -> None:
    person, running = await at_work(stand, Sharing())
    before = len(stand.kinds())
    words = {"question": QUESTION, "value": "yes", "what": QUESTION, "text": "hi", "step": "a/q"}
    with pytest.raises(InputError, match="not shared"):
        await say(person, BOB, verb, **words)
    with pytest.raises(InputError, match="not shared"):
        await person.inbox.handle(Command(verb, words, attached=True), KIM)
    assert (await person.inbox.handle(Command("here", {}, attached=True), KIM)).people[0].sends is False
    assert stand.desk.open_questions == (QUESTION,) and len(stand.kinds()) == before
    stand.desk.interrupt()
    await running


async def test_a_shared_run_takes_commands_and_the_record_says_from_where(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing(share=True))
    assert (await say(person, BOB, "answer", question=QUESTION, value="yes")).ok
    await running
    (event,) = events(stand, "CommandReceived")
    assert (event["by"], event["uid"], event["terminal"], event["attached"]) == ("bob", 1001, "pts/3", True)


async def test_whoever_answers_too_late_is_told_who_what_and_when(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing(share=True))
    won, lost = await asyncio.gather(
        say(person, KIM, "answer", question=QUESTION, value="yes"),
        say(person, BOB, "answer", question=QUESTION, value="no"),
    )
    await running
    assert won.ok and not lost.ok
    for word in ("answered already", "'yes'", "kim (pts/1)", "Z"):
        assert word in (lost.error or "")
    assert [event["value"] for event in events(stand, "Answered")] == ["yes"]


async def test_an_answer_to_a_question_that_was_asked_anew_is_refused(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing())
    await until(lambda: events(stand, "Asked"))
    (asked,) = events(stand, "Asked")
    stale = await say(person, KIM, "answer", question=QUESTION, value="yes", asked="1")
    assert not stale.ok and "anew" in (stale.error or "")
    assert (await say(person, KIM, "answer", question=QUESTION, value="yes", asked=str(asked["seq"]))).ok
    await running


async def test_who_was_skipped_meanwhile_is_told(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing())
    assert (await say(person, KIM, "skip", step="a/q")).ok
    late = await say(person, ANN, "answer", question=QUESTION, value="yes")
    assert "skipped already by kim (pts/1)" in (late.error or "")
    await running


async def test_what_is_taken_and_given_back_stands_in_the_record(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing(share=True))
    assert (await say(person, BOB, "claim", what=QUESTION)).ok
    assert (await say(person, KIM, "claim", what=NEAR)).ok
    assert not (await say(person, KIM, "claim", what=QUESTION)).ok
    assert (await say(person, KIM, "release", what=NEAR)).ok
    stand.desk.interrupt()
    await running
    state = await stand.state()
    assert [(claim.what, claim.by, claim.terminal) for claim in state.claims] == [(QUESTION, "bob", "pts/3")]


async def test_the_record_says_that_a_console_was_gone(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing(share=True))
    hours = Hours()
    person.people._now_s = hours
    await say(person, BOB, "here", screen="work")
    await say(person, BOB, "claim", what=NEAR)
    person.people.gone(BOB.peer)
    await person.inbox.give_back_stale()
    hours.now_s = LASTS_S
    await person.inbox.give_back_stale()
    stand.desk.interrupt()
    await running
    last = events(stand, "CommandReceived")[-1]
    assert (last["verb"], last["by"], last["via"], last["arguments"]) == (
        "release",
        "bob",
        "runner",
        {"what": NEAR},
    )
    assert not (await stand.state()).claims


async def test_a_question_that_is_answered_is_taken_by_nobody(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing())
    await say(person, KIM, "claim", what=QUESTION)
    await say(person, ANN, "answer", question=QUESTION, value="yes")
    await until(running.done)
    assert not (await stand.state()).claims


async def test_a_note_for_the_rack_says_so(stand: Stand) -> None:
    person, running = await at_work(stand, Sharing(share=True))
    await say(person, BOB, "note", text="try the other port", to="rack")
    (note,) = events(stand, "Noted")
    assert (note["to"], note["by"], note["text"]) == ("rack", "bob", "try the other port")
    stand.desk.interrupt()
    await running


def command(seq: int, verb: str, what: str, accepted: bool = True) -> CommandReceived:
    return CommandReceived(
        seq=seq,
        verb=verb,
        arguments={"what": what},
        by="kim",
        via="socket",
        accepted=accepted,
        terminal="pts/1",
    )


def asked(seq: int) -> Asked:
    return Asked(
        seq=seq, stage="a", step="q", subject="run", attempt=1, question=QUESTION, form="confirm", text="?"
    )


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([command(1, "claim", NEAR)], [NEAR]),
        ([command(1, "claim", NEAR), command(2, "claim", NEAR)], [NEAR]),
        ([command(1, "claim", NEAR, accepted=False)], []),
        ([command(1, "claim", NEAR), command(2, "release", NEAR)], []),
        ([command(1, "claim", NEAR), command(2, "release", FAR)], [NEAR]),
        ([command(1, "claim", NEAR), command(2, "release", NEAR, accepted=False)], [NEAR]),
        ([command(1, "claim", NEAR), Recovered(seq=2)], []),
        ([asked(1), command(2, "claim", QUESTION), command(3, "claim", NEAR)], [QUESTION, NEAR]),
    ],
)
def test_claims_are_folded_from_commands(told: list[Known | Unknown], left: list[str]) -> None:
    assert [claim.what for claim in fold_events(told).claims] == left


def test_a_claim_says_who_and_when() -> None:
    (claim,) = fold_events([command(1, "claim", NEAR)]).claims
    assert claim == Claim(NEAR, "kim", "pts/1", "", 1)
