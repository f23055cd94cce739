"""The shape of a rule, and the small engine that reads it. The rules themselves are data, in `rules_*.py`.

A scene is a flat set of facts about one thing (a cable seen from one end, an outlet, a device). A rule fires
on a scene when all of its conditions hold; a fact that is not known (None) fulfils no condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bringup.model.cause import Suspect
from bringup.model.measurement import Scalar

Facts = Mapping[str, Scalar | None]


class Condition(msgspec.Struct, frozen=True):
    """One condition on one fact:

    Equal to `is_`, one of `any_of`, or between `least` and `most`, inclusive.
    """

    fact: str
    is_: Scalar | None = None
    any_of: tuple[Scalar, ...] = ()
    least: float | None = None
    most: float | None = None

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        if value is None:
            return False
        if self.is_ is not None and not _same(value, self.is_):
            return False
        if self.any_of and not any(_same(value, each) for each in self.any_of):
            return False
        if self.least is None and self.most is None:
            return True
        if isinstance(value, bool | str):
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def _same(a: Scalar, b: Scalar) -> bool:
    return isinstance(a, bool) is isinstance(b, bool) and a == b


def is_(fact: str, value: Scalar) -> Condition:
    return Condition(fact, is_=value)


def at_least(fact: str, least: float) -> Condition:
    return Condition(fact, least=least)


def at_most(fact: str, most: float) -> Condition:
    return Condition(fact, most=most)


def one_of(fact: str, *values: Scalar) -> Condition:
    return Condition(fact, any_of=values)


def known(fact: str) -> Condition:
    return Condition(fact)


class Clue(msgspec.Struct, frozen=True):
    """A reason in words (a template over the facts), given where its tests hold."""

    words: str
    when: tuple[Condition, ...] = ()


class Likely(msgspec.Struct, frozen=True):
    """A suspect, before its clues were weighed."""

    words: str
    speaks_for: tuple[Clue, ...] = ()
    speaks_against: tuple[Clue, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """`explains` are the quantities whose bad judgements this cause accounts for;

    Those it `shows` come first. Of two ends that both fit, the one where `blames` holds is the near one.
    """

    id: str
    when: tuple[Condition, ...]
    title: str
    explains: frozenset[str]
    shows: tuple[str, ...]
    likely: tuple[Likely, ...]
    next_test: str
    remedy: str
    source: str
    blames: Condition | None = None


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def fill(template: str, facts: Facts) -> str:
    """The template with facts in place of their names; an unknown one is `?`."""
    return template.format_map(_Words({name: _word(value) for name, value in facts.items()}))


def _word(value: Scalar | None) -> str:
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def first_match(rules: Iterable[Rule], scenes: Iterable[Facts]) -> tuple[Rule, Facts] | None:
    """The first rule, in the order of the ladder, that holds on any of the scenes (the ends of one cable)."""
    scenes = tuple(scenes)
    for rule in rules:
        for facts in scenes:
            if all(test.holds(facts) for test in rule.when):
                return rule, facts
    return None


def blamed_first(rule: Rule, scenes: Iterable[Facts]) -> list[Facts]:
    """The ends of one cable, the one first that the rule blames of two that fit."""
    test = rule.blames
    return sorted(scenes, key=lambda facts: test is not None and not test.holds(facts))


def suspects(rule: Rule, facts: Facts) -> tuple[Suspect, ...]:
    """The rule's suspects with the reasons that hold, those with more for than against first."""
    weighed = [
        Suspect(fill(each.words, facts), _clues(each.speaks_for, facts), _clues(each.speaks_against, facts))
        for each in rule.likely
    ]
    return tuple(sorted(weighed, key=lambda one: len(one.reasons_against) - len(one.reasons_for)))


def _clues(clues: Iterable[Clue], facts: Facts) -> tuple[str, ...]:
    return tuple(fill(clue.words, facts) for clue in clues if all(test.holds(facts) for test in clue.when))
