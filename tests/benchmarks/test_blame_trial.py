"""The trial of first causes judges fairly: what is named wrong, half, twice or not at all is not right."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from benchmarks.blame_links import good_enough
from benchmarks.blame_trial import KINDS, Injected, blamed, draw, healthy, links_of, playbook, table

PROFILE = "mini"
NEAR, FAR = "leaf-1/Ethernet8", "leaf-2/Ethernet2/1"
DIRT = Injected(
    ("dirty-connector@" + NEAR,), "dirty-connector", frozenset({"clean-both-ends"}), (frozenset({NEAR, FAR}),)
)
OTHER = ("leaf-1/Ethernet16", "leaf-2/Ethernet3/1")


def cause(
    *ports: str, remedy: str = "clean-both-ends", named: tuple[str, ...] = (NEAR, FAR)
) -> dict[str, Any]:
    return {
        "rule": "light-low",
        "title": "too little light",
        "remedy": remedy,
        "subjects": list(named),
        "explains": [["optics", "levels", f"{port}#lane-1"] for port in ports or (NEAR,)],
        "blocked": [],
        "ladders": [],
    }


def outcome(*causes: dict[str, Any], fault: Injected = DIRT) -> str:
    blame = blamed({"causes": list(causes)}, [fault], healthy(PROFILE))
    (outcome_,) = {each.outcome for each in blame.told}
    assert fault.text in table(blame) or outcome_ == "right"
    assert good_enough(blame) is (outcome_ == "right")
    return outcome_


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ([cause()], "right"),
        ([cause(NEAR, FAR)], "right"),
        ([], "good"),
        ([cause(*OTHER, named=OTHER)], "good"),
        ([cause(remedy="replace-optic")], "wrong"),
        ([cause(), cause(FAR, remedy="replace-optic")], "wrong"),
        ([cause(named=(NEAR,))], "half"),
        ([cause(), cause(FAR)], "split"),
    ],
)
def test_only_a_cause_with_the_right_remedy_and_both_ends_told_once_is_right(
    causes: list[dict[str, Any]], said: str
) -> None:
    if said == "good" and causes:  # a sound link is accused as well
        assert not good_enough(blamed({"causes": causes}, [DIRT], healthy(PROFILE)))
    else:
        assert outcome(*causes) == said


def test_a_sound_link_that_is_named_is_accused_and_one_accusation_is_too_many() -> None:
    blame = blamed(
        {"causes": [cause(), cause(*OTHER, remedy="replace-optic", named=OTHER)]}, [DIRT], healthy(PROFILE)
    )
    assert blame.share == 1.0
    assert [link for link, _ in blame.accused] == [frozenset(OTHER)]
    assert not good_enough(blame)


def test_links_of_one_cause_that_are_told_apart_are_split() -> None:
    both = Injected(("x", "y"), "template", DIRT.remedies, (frozenset({NEAR, FAR}), frozenset(OTHER)))
    one = cause(NEAR, OTHER[0], named=(NEAR, FAR, *OTHER))
    assert outcome(one, fault=both) == "right"
    assert outcome(cause(), cause(*OTHER, named=OTHER), fault=both) == "split"


def test_one_seed_draws_the_same_faults_on_as_many_different_links_of_every_kind() -> None:
    drawn, again = (draw(healthy("hgx-h100"), 3, 20) for _ in range(2))
    assert drawn == again != draw(healthy("hgx-h100"), 4, 20)
    links = [link for one in drawn for link in one.links]
    assert len(links) == len(set(links)) == 20 + 8
    assert {one.kind for one in drawn} >= set(KINDS)


def test_the_playbook_of_a_trial_has_what_links_need_and_nothing_that_waits_for_more() -> None:
    book = tomllib.loads(playbook("hgx-h100"))
    names = [stage["name"] for stage in book["stage"]]
    assert {"hosts", "switches", "optics", "links"} <= set(names)
    assert not {"accelerators", "collectives"} & set(names)
    assert {need for stage in book["stage"] for need in stage.get("needs", ())} <= set(names)


def test_every_data_link_of_a_rack_is_known_by_both_its_ports() -> None:
    links = links_of(healthy(PROFILE))
    assert links[NEAR] == links[FAR] == frozenset({NEAR, FAR})
    assert len(set(links.values())) == 4
