"""What a playbook may not say, beyond its shape: stages that wait for each other, names that nothing has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bringup.input.document import Document
from bringup.input.positions import Key
from bringup.input.problem import Problem, first, nearest
from bringup.input.shipped import list_shipped
from bringup.input.validate import validate_value
from bringup.model.catalogue import Catalogue, Spec

KINDS = ("check", "action", "ask")
Table = tuple[tuple[Key, ...], dict[str, Any]]


def playbook_faults(document: Document, catalogue: Catalogue | None) -> list[Problem]:
    """Everything that the shape alone does not tell."""
    return [
        *first(_stages(document)),
        *first(_needs(document)),
        *first(_cycles(document)),
        *first(_envelopes(document)),
        *first(
            problem for stage in document.tables("stage") for problem in _steps(document, stage, catalogue)
        ),
    ]


def _stages(document: Document) -> Iterator[Problem]:
    stages = document.tables("stage")
    if not document.data.get("stage"):
        yield document.problem(("stage",), "there is no stage", "add a [[stage]] with its steps")
    seen: dict[str, tuple[Key, ...]] = {}
    for path, stage in stages:
        name = stage.get("name")
        if isinstance(name, str):
            before = seen.setdefault(name, path)
            if before != path:
                wrong = f"{name!r} stands in line {document.line(before)} already"
                yield document.problem((*path, "name"), wrong, "each stage has a name of its own")
            yield from _name_fault(document, (*path, "name"), name)
        if not stage.get("step"):
            yield document.problem((*path, "step"), "this stage does nothing", "add a [[stage.step]]")


def _name_fault(document: Document, path: tuple[Key, ...], name: str) -> Iterator[Problem]:
    bad = next((mark for mark in ("/", "@", ",") if mark in name), None)
    if not name.strip() or name != name.strip() or not name.isprintable():
        yield document.problem(path, f"{name!r} is no name", "letters, digits, `-`, `_` and `.`")
    elif bad is not None:
        yield document.problem(path, f"a name here can't hold {bad!r}", "steps are written STAGE/STEP")


def _needs(document: Document) -> Iterator[Problem]:
    stages = document.tables("stage")
    names = [stage["name"] for _, stage in stages if isinstance(stage.get("name"), str)]
    for path, stage in stages:
        needs = stage.get("needs")
        for needed in needs if isinstance(needs, list) else ():
            if not isinstance(needed, str):
                continue
            if needed == stage.get("name"):
                yield document.problem((*path, "needs"), "a stage can't need itself", "leave it out")
            elif needed not in names:
                others = [name for name in names if name != stage.get("name")]
                wrong = f"no stage is called {needed!r}"
                yield document.problem((*path, "needs"), wrong, nearest(needed, others))


def _cycles(document: Document) -> Iterator[Problem]:
    """Each ring of stages is told once, at the first of its stages in the file."""
    needs: dict[str, list[str]] = {}
    paths: dict[str, tuple[Key, ...]] = {}
    above: list[str] = []
    for path, stage in document.tables("stage"):
        name, wanted = stage.get("name"), stage.get("needs")
        if not isinstance(name, str) or name in needs:
            continue
        given = [each for each in wanted if isinstance(each, str)] if isinstance(wanted, list) else above
        needs[name], paths[name], above = given, path, [name]
    told: set[str] = set()
    for name in islice(_unordered(needs), 50):
        ring = _ring(name, needs)
        if ring and told.isdisjoint(ring):
            told.update(ring)
            wrong = f"stages wait for each other: {' needs '.join(ring)}"
            yield document.problem((*paths[name], "needs"), wrong, "take one of these needs away")


def _unordered(needs: dict[str, list[str]]) -> Iterator[str]:
    """Stages that can't be put in order: those of a ring, and those that wait for one."""
    waits = {name: {each for each in wanted if each in needs} for name, wanted in needs.items()}
    followers: dict[str, list[str]] = {}
    for name, wanted in waits.items():
        for each in wanted:
            followers.setdefault(each, []).append(name)
    ready = [name for name, wanted in waits.items() if not wanted]
    while ready:
        done = ready.pop()
        for name in followers.get(done, ()):
            waits[name].discard(done)
            if not waits[name]:
                ready.append(name)
    return (name for name in needs if waits[name])


def _ring(start: str, needs: dict[str, list[str]]) -> list[str]:
    """The way from a stage back to itself, or nothing."""
    came: dict[str, str] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        for needed in needs.get(here, ()):
            if needed == start and here != start:
                way = [start]
                while here != start:
                    way.insert(0, here)
                    here = came[here]
                return [start, *way]
            if needed not in came and needed in needs and needed != start:
                came[needed] = here
                waiting.append(needed)
    return []


def _envelopes(document: Document) -> Iterator[Problem]:
    named = document.data.get("envelope")
    for name in named if isinstance(named, list) else ():
        if not isinstance(name, str):
            continue
        if "/" in name or name.endswith(".toml"):
            if not (document.path.parent / name).is_file():
                wrong = f"there is no file {name!r} beside this one"
                yield document.problem(("envelope",), wrong, "the path is relative to this file")
        elif name not in list_shipped("envelope"):
            wrong = f"no envelope is called {name!r}"
            yield document.problem(("envelope",), wrong, nearest(name, list_shipped("envelope")))


def _steps(document: Document, stage: Table, catalogue: Catalogue | None) -> Iterator[Problem]:
    seen: dict[str, tuple[Key, ...]] = {}
    for path, step in document.tables(*stage[0], "step"):
        given = [kind for kind in KINDS if kind in step]
        if len(given) != 1:
            wrong = f"has {' and '.join(given) or 'none of check, action and ask'}"
            right = "give exactly one of `check`, `action` and `ask`"
            yield document.problem(path, wrong, right)
        name = step.get("id", step.get(given[0]) if given else None)
        if isinstance(name, str):
            before = seen.setdefault(name, path)
            if before != path:
                wrong = f"{name!r} stands in line {document.line(before)} already"
                yield document.problem((*path, "id"), wrong, "give this step an `id` of its own")
            if "id" in step:
                yield from _name_fault(document, (*path, "id"), name)
        if catalogue is not None and len(given) == 1:
            yield from _does(document, path, step, given[0], catalogue)


def _does(
    document: Document, path: tuple[Key, ...], step: dict[str, Any], kind: str, catalogue: Catalogue
) -> Iterator[Problem]:
    name = step[kind]
    if not isinstance(name, str):
        return
    if name not in catalogue:
        names = [each for each, spec in catalogue.specs.items() if spec.kind == kind]
        yield document.problem((*path, kind), f"no {kind} is called {name!r}", nearest(name, names))
        return
    spec = catalogue[name]
    if spec.kind != kind:
        article = "a" if spec.kind == "check" else "an"
        wrong = f"{name!r} is {article} {spec.kind}, not {'a' if kind == 'check' else 'an'} {kind}"
        yield document.problem((*path, kind), wrong, f'write `{spec.kind} = "{name}"`')
        return
    yield from _arguments(document, path, step, spec)


def _arguments(
    document: Document, path: tuple[Key, ...], step: dict[str, Any], spec: Spec
) -> Iterator[Problem]:
    if spec.needs_window and "window" not in step:
        wrong, right = "is missing", f'{spec.name} judges differences: give one, such as `window = "60s"`'
        yield document.problem((*path, "window"), wrong, right)
    given = step.get("with", {})
    if isinstance(given, dict):
        _, problems = validate_value(spec.args, document, (*path, "with"), given)
        yield from problems
