"""Answers: written before a run, one for a step or for each of its subjects."""

from __future__ import annotations

from bringup.input import load_answers, load_playbook
from tests.input.examples import PLAYBOOK, Write, problems_of

ANSWERS = """\
schema = "bringup.answers/1"

[[answer]]
step = "sign-off/walk"
value = "yes"
by = "a technician"

[[answer]]
step = "sign-off/walk"
subject = "r07"
value = "no"
by = "a technician"
"""
ASKING = """\
[[stage]]
name = "sign-off"
[[stage.step]]
id = "walk"
ask = "confirm"
with = { text = "Is it so?" }
"""


def test_an_answer_for_a_subject_goes_before_that_for_its_step(write: Write) -> None:
    answers = load_answers(write("a.toml", ANSWERS))
    own, general = answers.find("sign-off", "walk", "r07"), answers.find("sign-off", "walk", "r08")
    assert own is not None
    assert general is not None
    assert (own.value, general.value) == ("no", "yes")
    assert answers.find("sign-off", "attest", "r07") is None


def test_an_answer_to_no_step_is_refused_with_the_nearest(write: Write) -> None:
    playbook = load_playbook(write("p.toml", PLAYBOOK + ASKING))
    path = write("a.toml", ANSWERS, ("sign-off/walk", "sign-off/wlak"))
    assert problems_of(lambda: load_answers(path, playbook=playbook)) == [
        "a.toml:4: answer[1].step: small has no step 'sign-off/wlak'; did you mean 'sign-off/walk'?"
    ]


def test_an_answer_about_a_subject_that_its_step_does_not_ask_about_is_refused(write: Write) -> None:
    path = write("a.toml", ANSWERS)
    planned = (("sign-off", "walk", "r08"), ("links", "state", "r07"))
    assert problems_of(lambda: load_answers(path, planned=planned)) == [
        "a.toml:10: answer[2].subject: sign-off/walk does not ask about 'r07'; did you mean 'r08'?"
    ]
    assert load_answers(path, planned=(*planned, ("sign-off", "walk", "r07"))).answer
    assert load_answers(path, planned=planned[1:]).answer, "a plan without that step says nothing about it"


def test_an_answer_to_a_check_is_refused(write: Write) -> None:
    playbook = load_playbook(write("p.toml", PLAYBOOK + ASKING))
    path = write("a.toml", ANSWERS, ("sign-off/walk", "links/link.state"))
    (found,) = problems_of(lambda: load_answers(path, playbook=playbook))
    assert found.startswith("a.toml:4: answer[1].step: links/link.state is a check, which asks nothing; ")


def test_two_answers_to_the_same_are_refused(write: Write) -> None:
    path = write("a.toml", ANSWERS, ('subject = "r07"\n', ""))
    assert problems_of(lambda: load_answers(path)) == [
        "a.toml:9: answer[2].step: line 3 answers the same; give one answer, or one for each `subject`"
    ]


def test_an_answer_that_is_no_text_is_refused(write: Write) -> None:
    path = write("a.toml", ANSWERS, ('value = "yes"', "value = true"))
    assert problems_of(lambda: load_answers(path)) == [
        "a.toml:5: answer[1].value: must be text; put it in double quotes"
    ]
