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
            _exit_codes,
            _findings,
            _platforms,
            _exports,
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
    from bringup.diagnosis.rules_single import REASONS as WHYS
    from bringup.view.glossary import REASONS

    for reason, text in REASONS.items():
        why = WHYS.get(reason)
        words = () if why is None else (*(f"Likely: {each}." for each in why.likely), *_next(why.next_test))
        yield Topic(
            name=reason.value,
            kind="reason",
            title=text,
            words=words,
            source="contracts, section 1",
            see=(why.remedy,) if why is not None else (),
        )


def _next(test: str) -> tuple[str, ...]:
    return (f"Next test: {test}.",) if test else ()


def _standings() -> Iterator[Topic]:
    from bringup.view.glossary import STANDINGS

    yield from _closed("standing", STANDINGS, "contracts, section 2")


def _quantities() -> Iterator[Topic]:
    from bringup.model.units import QUANTITIES

    limits, told_by = _limits(), _told_by()
    for name, quantity in QUANTITIES.items():
        words = [f"Unit: {quantity.unit}." if quantity.unit else "Without a unit."]
        words += limits.get(name, ())
        if name not in limits:
            words.append(
                "No shipped envelope limits it: what the inventory expects, or an envelope of yours, does."
            )
        about = quantity.about[:1].upper() + quantity.about[1:]
        yield Topic(
            name=name,
            kind="quantity",
            title=f"{about}.",
            words=tuple(words),
            source="the list of quantities; shipped envelopes"
            if name in limits
            else "the list of quantities",
            see=told_by.get(name, ()),
        )


def _limits() -> dict[str, list[str]]:
    """Quantity -> its limits in every shipped envelope, each with its standing and source."""
    from bringup.input import list_shipped, load_envelope

    found: dict[str, list[str]] = {}
    for envelope, path in list_shipped("envelope").items():
        for limit in load_envelope(path).limit:
            when = limit.when.model_dump(exclude_none=True)
            where = ", ".join(f"{key} {_either(value)}" for key, value in when.items())
            shown = f" ({where})" if where else ""
            found.setdefault(limit.measure, []).append(
                f"Limit in {envelope}{shown}: {limit.words}. {limit.standing.value}: {limit.source}"
            )
    return found


def _told_by() -> dict[str, tuple[str, ...]]:
    """Quantity -> the checks, actions and asks that tell it."""
    from bringup.check.catalogue import load_catalogue

    found: dict[str, list[str]] = {}
    for spec in load_catalogue().specs.values():
        for quantity in dict.fromkeys((*(each.quantity for each in spec.requires), *spec.reports)):
            found.setdefault(quantity, []).append(spec.name)
    return {quantity: tuple(names) for quantity, names in found.items()}


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
            source="the catalogue of checks; what is good enough stands with each quantity",
            see=tuple(dict.fromkeys((*(each.quantity for each in spec.requires), *spec.reports))),
        )


def _remedies() -> Iterator[Topic]:
    from bringup.diagnosis import REMEDIES

    for remedy in REMEDIES.values():
        steps = tuple(f"{place}. {step}" for place, step in enumerate(remedy.steps, 1))
        title = remedy.words[:1].upper() + remedy.words[1:] + "."
        source = remedy.source or "the catalogue of remedies"
        yield Topic(name=remedy.id, kind="remedy", title=title, words=steps, source=source)


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


def _exit_codes() -> Iterator[Topic]:
    from bringup.view.glossary import EXIT_CODES

    for code, (title, words) in EXIT_CODES.items():
        yield Topic(
            name=str(code), kind="exit code", title=title, words=(words,), source="contracts, section 3"
        )


def _findings() -> Iterator[Topic]:
    from bringup.cli._findings import CONTRADICTIONS, INCOMPLETE

    for code, found in ((4, CONTRADICTIONS), (3, INCOMPLETE)):
        for name, title in found.items():
            words = (f"Found by `bringup log verify`, which then exits {code}.",)
            yield Topic(
                name=name,
                kind="finding",
                title=title,
                words=words,
                source="contracts, section 6",
                see=(str(code),),
            )


def _platforms() -> Iterator[Topic]:
    from bringup.driver.registry import find_platform, platform_names

    for name in platform_names():
        platform = find_platform(name)
        over = ", ".join(platform.transports) or "a person's hands and eyes"
        yield Topic(
            name=name,
            kind="platform",
            title=f"{platform.title}.",
            words=(f"Reached over {over}.",),
            source="the driver of that name",
        )


def _exports() -> Iterator[Topic]:
    from bringup.export.format import all_exports

    for name, made in all_exports().items():
        yield Topic(
            name=name,
            kind="export",
            title=f"{made.about[:1].upper()}{made.about[1:]}.",
            words=(f"`bringup log export RUN --to {name} --out PATH`",),
            source="contracts, section 3",
        )


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _either(value: object) -> str:
    return " or ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)
