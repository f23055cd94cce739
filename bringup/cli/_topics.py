"""All that `bringup explain` can explain, gathered from where it is defined."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args

import msgspec


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One name in words. `see` are other names that help."""

    name: str
    kind: str
    title: str
    words: tuple[str, ...] = ()
    source: str = ""
    see: tuple[str, ...] = ()


def all_topics() -> tuple[Topic, ...]:
    """Every topic; a name may stand for more than one."""
    return tuple(
        topic
        for source in (
            _verdicts,
            _readings,
            _reasons,
            _standings,
            _quantities,
            _specs,
            _remedies,
            _faults,
            _events,
        )
        for topic in source()
    )


def _closed(kind: str, words: Any, source: str) -> Iterator[Topic]:
    for name, text in words.items():
        yield Topic(name=str(name), kind=kind, title=text, source=source)


def _verdicts() -> Iterator[Topic]:
    from bringup.model.verdict import Verdict, exit_code
    from bringup.view.glossary import VERDICTS

    for verdict in Verdict:
        words = (f"A run that ends with it exits {exit_code(verdict)}.",)
        yield Topic(
            name=verdict.value,
            kind="verdict",
            title=VERDICTS[verdict],
            words=words,
            source="contracts, section 1",
        )


def _readings() -> Iterator[Topic]:
    from bringup.view.glossary import READINGS

    yield from _closed("reading", READINGS, "contracts, section 1")


def _reasons() -> Iterator[Topic]:
    from bringup.view.glossary import REASONS

    yield from _closed("reason", REASONS, "contracts, section 1")


def _standings() -> Iterator[Topic]:
    from bringup.view.glossary import STANDINGS

    yield from _closed("standing", STANDINGS, "contracts, section 2")


def _quantities() -> Iterator[Topic]:
    from bringup.input import load_envelopes
    from bringup.model.units import QUANTITIES

    limits = load_envelopes(("base",))
    for name, quantity in QUANTITIES.items():
        words = [f"Unit: {quantity.unit}." if quantity.unit else "Without a unit."]
        for limit in limits:
            if limit.measure == name:
                when = limit.when.model_dump(exclude_none=True)
                where = (
                    " (" + ", ".join(f"{key} {_either(value)}" for key, value in when.items()) + ")"
                    if when
                    else ""
                )
                words.append(f"Limit{where}: {limit.words}. {limit.standing.value}: {limit.source}")
        about = quantity.about[:1].upper() + quantity.about[1:]
        yield Topic(name=name, kind="quantity", title=f"{about}.", words=tuple(words), source="envelope base")


def _specs() -> Iterator[Topic]:
    from bringup.check.catalogue import load_catalogue

    for spec in load_catalogue().specs.values():
        required = ", ".join(each.quantity for each in spec.requires)
        words = [f"On every {spec.over} that the step selects."]
        if required:
            words.append(f"Must be told: {required}.")
        if spec.needs_window:
            words.append("Judges differences over the step's window.")
        if spec.dangerous:
            words.append("Dangerous: it asks first, and after a crash it is probed, never repeated blindly.")
        words += [
            f"with {field}: {info.description or info.annotation}"
            for field, info in spec.args.model_fields.items()
        ]
        yield Topic(
            name=spec.name,
            kind=spec.kind,
            title=f"{spec.title}. {spec.about}",
            words=tuple(words),
            see=tuple(each.quantity for each in spec.requires),
        )


def _remedies() -> Iterator[Topic]:
    from bringup.diagnosis import REMEDIES

    for remedy in REMEDIES.values():
        steps = tuple(f"{place}. {step}" for place, step in enumerate(remedy.steps, 1))
        title = remedy.words[:1].upper() + remedy.words[1:] + "."
        yield Topic(name=remedy.id, kind="remedy", title=title, words=steps, source=remedy.source)


def _faults() -> Iterator[Topic]:
    from bringup.lab.faults import fault_kinds

    for fault in fault_kinds().values():
        reason = f" {fault.reason}" if fault.reason else ""
        words = [f"A bring-up must find it at {fault.stage}/{fault.step}: {fault.verdict}{reason}."]
        words += [f"{name}: {what}." for name, what in fault.args.items()]
        if fault.masks:
            words.append("It hides what lies behind it.")
        yield Topic(
            name=fault.name,
            kind="fault",
            title=fault.about,
            words=tuple(words),
            source="the simulated rack: `bringup lab faults`",
            see=(fault.remedy,),
        )


def _events() -> Iterator[Topic]:
    from bringup.model import event

    shared = set(event.Event.__struct_fields__)
    for kind in get_args(event.Known):
        own = ", ".join(name for name in kind.__struct_fields__ if name not in shared)
        about = " ".join((inspect.getdoc(kind) or "").split())
        yield Topic(
            name=kind.__name__,
            kind="event",
            title=about or f"An event of the journal: {_spaced(kind.__name__)}.",
            words=(f"Fields: {own}.",) if own else (),
            source="contracts, section 4",
        )


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _either(value: object) -> str:
    return " or ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)
