"""Envelopes: limits with source and standing; a later file replaces what an earlier says of the same."""

from __future__ import annotations

import pytest

from bringup.input import find_file, list_shipped, load_envelope, load_envelopes
from bringup.model.errors import InputError
from bringup.model.units import QUANTITIES
from tests.input.examples import ENVELOPE, Write, problems_of


def test_a_good_envelope_loads(write: Write) -> None:
    (limit,) = load_envelope(write("e.toml", ENVELOPE)).limit
    assert (limit.min, limit.max, limit.marginal, limit.when.medium) == (-5.9, 4.0, 1.0, "400GBASE-DR4")
    assert limit.words == ">= -5.9 and <= 4"


# what is changed into what -> line and field, what is wrong, what would be right
MISTAKES: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "an unknown quantity": (
        ("rx_power_dbm", "rx_power_db"),
        "5 limit[1].measure",
        "no quantity is called 'rx_power_db'",
        "did you mean 'rx_power_dbm' or 'tx_power_dbm' or 'rx_power_spread_db'?",
    ),
    "no bound": (
        ("min = -5.9\nmax = 4.0\nmarginal = 1.0\n", ""),
        "4 limit[1]",
        "this limit bounds nothing",
        "give one of min, max, equals, one_of, matches, same_across, peer_mad",
    ),
    "peers without a group": (
        ("marginal = 1.0", "peer_mad = 5\npeer_floor = 1.0"),
        "9 limit[1].peer_mad",
        "has no peers",
        "give peers, one of role, rack, medium, run",
    ),
    "peers without an effect floor": (
        ("marginal = 1.0", 'peer_mad = 5\npeers = "medium"'),
        "9 limit[1].peer_mad",
        "needs one effect floor: differences below it are harmless however alike the peers are",
        "give either peer_floor or peer_factor",
    ),
    "peers with two effect floors": (
        ("marginal = 1.0", 'peer_mad = 5\npeers = "medium"\npeer_floor = 1.0\npeer_factor = 2.0'),
        "9 limit[1].peer_mad",
        "needs one effect floor: differences below it are harmless however alike the peers are",
        "give either peer_floor or peer_factor",
    ),
    "a floor without peers": (
        ("marginal = 1.0", "peer_floor = 1.0"),
        "9 limit[1].peer_floor",
        "says nothing without peer_mad",
        "give peer_mad as well",
    ),
    "peers of no known kind": (
        ("marginal = 1.0", 'peer_mad = 5\npeers = "mediun"\npeer_floor = 1.0'),
        "10 limit[1].peers",
        "no group is called 'mediun'",
        "did you mean 'medium'?",
    ),
    "peers in a limit of uniformity": (
        ("marginal = 1.0", 'peer_mad = 5\npeers = "medium"\npeer_floor = 1.0\nsame_across = "medium"'),
        "9 limit[1].peer_mad",
        "stands beside same_across: alike and nearly alike are two limits",
        "give a limit for each",
    ),
    "min above max": (
        ("min = -5.9", "min = 5.9"),
        "7 limit[1].min",
        "5.9 is more than max = 4",
        "min is the lower bound",
    ),
    "a margin at no edge": (
        ("min = -5.9\nmax = 4.0", 'equals = "on"'),
        "8 limit[1].marginal",
        "has no edge to be near to: there is neither min nor max",
        "leave it out, or give min or max",
    ),
    "a margin below nothing": (
        ("marginal = 1.0", "marginal = -1.0"),
        "9 limit[1].marginal",
        "is less than nothing",
        "give a distance from the edge",
    ),
    "a factor that does nothing": (
        ("min = -5.9\nmax = 4.0\nmarginal = 1.0", "max = 4.0\nmarginal_factor = 1"),
        "8 limit[1].marginal_factor",
        "does nothing",
        "give a ratio above 1, such as 10",
    ),
    "a factor at an edge below zero": (
        ("marginal = 1.0", "marginal_factor = 10"),
        "9 limit[1].marginal_factor",
        "has no meaning at an edge of zero or less",
        "use `marginal`, in the quantity's unit",
    ),
    "a source that says nothing": (
        ('source = "IEEE 802.3 clause 124"', 'source = " "'),
        "11 limit[1].source",
        "is empty",
        "say where this limit comes from",
    ),
    "no source": (
        ('source = "IEEE 802.3 clause 124"\n', ""),
        "4 limit[1].source",
        "is missing",
        "give `source = ...`",
    ),
    "a standing that is none": (
        ('"standard"', '"standards"'),
        "10 limit[1].standing",
        "'standards' is not right",
        "did you mean 'standard'?",
    ),
    "a key of `when` that is none": (
        ("{ medium =", "{ media ="),
        "6 limit[1].when.media",
        "is no key that is known here",
        "did you mean 'medium'?",
    ),
    "an empty choice": (
        ("min = -5.9\nmax = 4.0\nmarginal = 1.0", "one_of = []"),
        "7 limit[1].one_of",
        "is empty, so that nothing could pass",
        "list what is good",
    ),
    "a group that is none": (
        ("min = -5.9\nmax = 4.0\nmarginal = 1.0", 'same_across = "roles"'),
        "7 limit[1].same_across",
        "no group is called 'roles'",
        "did you mean 'role'?",
    ),
    "not a number": (
        ("min = -5.9", "min = nan"),
        "7 limit[1].min",
        "nan is no number to measure by",
        "leave it out, or give a number",
    ),
    "a quoted bound": (
        ("min = -5.9", 'min = "-5.9"'),
        "7 limit[1].min",
        "must be a number",
        "write it without quotes",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_gives_one_problem_with_line_and_advice(mistake: str, write: Write) -> None:
    change, place, wrong, right = MISTAKES[mistake]
    line, field = place.split()
    path = write("e.toml", ENVELOPE, change)
    found = problems_of(lambda: load_envelope(path))
    assert found == [f"e.toml:{line}: {field}: {wrong}; {right}"]


def test_the_same_limit_twice_in_one_file_is_refused(write: Write) -> None:
    limit = ENVELOPE[ENVELOPE.index("[[limit]]") :]
    path = write("e.toml", ENVELOPE + limit)
    (found,) = problems_of(lambda: load_envelope(path))
    assert found.startswith("e.toml:13: limit[2].measure: line 4 has such a limit")


def test_a_site_limit_may_stand_beside_the_standards(write: Write) -> None:
    limit = ENVELOPE[ENVELOPE.index("[[limit]]") :].replace('"standard"', '"site"')
    assert len(load_envelopes([str(write("e.toml", ENVELOPE + limit))])) == 2


def test_a_later_file_replaces_the_same_measure_and_when_and_keeps_the_rest(write: Write) -> None:
    other = ENVELOPE.replace("400GBASE-DR4", "400GBASE-FR4")
    first = write("first.toml", ENVELOPE + other[other.index("[[limit]]") :])
    write("second.toml", ENVELOPE, ("min = -5.9", "min = -4.0"))
    merged = load_envelopes(["first.toml", "second.toml"], first.parent)
    assert [(limit.when.medium, limit.min) for limit in merged] == [
        ("400GBASE-DR4", -4.0),
        ("400GBASE-FR4", -5.9),
    ]


def test_problems_of_all_files_are_told_at_once(write: Write) -> None:
    first = write("a.toml", ENVELOPE, ("min = -5.9", "min = 5.9"))
    write("b.toml", ENVELOPE, ("rx_power_dbm", "x"))
    found = problems_of(lambda: load_envelopes(["a.toml", "b.toml"], first.parent))
    assert [problem.split(": ")[0] for problem in found] == ["a.toml:7", "b.toml:5"]


def test_an_unknown_envelope_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'base'"):
        load_envelopes(["bases"])


def test_every_shipped_limit_has_a_source_of_some_length_and_a_known_quantity() -> None:
    for name in list_shipped("envelope"):
        envelope = load_envelope(find_file("envelope", name))
        assert envelope.name == name
        for limit in envelope.limit:
            assert limit.measure in QUANTITIES
            assert len(limit.source) > 10
