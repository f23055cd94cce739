"""`dcgmi diag --json` of DCGM 2, 3 and 4, runs with `--iterations`, and the multi-node diagnosis.

Facts from NVIDIA/DCGM (accelerators reference, section 2.1). Nothing is a pass but the word: a pass with
warnings keeps them, and a result without a status, or with another, is `unknown`.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.dcgm_json import json_behind_banner
from bringup.decode.json_field import Json, as_object, text_in
from bringup.decode.nvidia_field import BLANK_FROM, missing_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts_gpu import Diagnosis, DiagnosisResult
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

ROOTS = ("DCGM Diagnostic", "DCGM GPU Diagnostic")
STATUSES = MappingProxyType(
    {
        "pass": "pass",
        "fail": "fail",
        "warn": "warn",
        "warning": "warn",
        "skip": "skip",
        "skipped": "skip",
        "not run": "not_run",
    }
)
MAX_RESULTS = 20_000
MAX_ENTITIES = 4096
GPU = "GPU"


def status_of(held: object) -> str:
    """One of the closed list; `unknown` for anything else."""
    return STATUSES.get(held.strip().lower(), "unknown") if isinstance(held, str) else "unknown"


def _parse(data: bytes) -> Found:
    """`host` has what the tool says of itself beside the results.

    Raises:
        Damaged: no JSON of this kind.
        Nothing: it says that the run could not start, or holds no result.
    """
    whole, warnings = json_behind_banner(data)
    rounds = whole.get("iterations")
    if rounds is None:
        results, told = _round(whole)
        count, overall = 1, ABSENT
    else:
        if not isinstance(rounds, list) or not rounds:
            raise Nothing("no iteration was run")
        results, told, count = [], {}, len(rounds)
        for each in rounds:
            more, told = _round(_iteration(as_object(each, "iterations")))
            results += more
        overall = _word(whole, "Overall Result")
    if len(results) > MAX_RESULTS:
        raise Damaged(f"{len(results)} results are more than any host gives")
    if not results:
        raise Nothing("the diagnosis holds no result")
    version, driver = _versions(told, whole)
    made = Diagnosis(
        version=version,
        driver=driver,
        results=tuple(results),
        device_ids=_device_ids(told or whole),
        iterations=count,
        overall=overall,
    )
    return Found(facts={"diagnosis": made}, warnings=warnings)


def _iteration(each: Json) -> Json:
    """One entry of `iterations`: the object itself, or below `result` as some releases put it."""
    if any(root in each for root in ROOTS):
        return each
    inner = each.get("result")
    return as_object(inner, "result") if isinstance(inner, dict) else each


def _round(whole: Json) -> tuple[list[DiagnosisResult], Json]:
    """The results of one run, and the object in which versions and entities stand."""
    roots = [root for root in ROOTS if root in whole]
    if len(roots) != 1:
        raise Damaged("no root of a diagnosis, or two")
    held = whole[roots[0]]
    if isinstance(held, str):  # the multi-node diagnosis: a title, and the tests beside it
        return _categories(whole), whole
    root = as_object(held, roots[0])
    error = root.get("runtime_error")
    if error is not None and error != "":
        raise Nothing(f"the run could not start: {str(error)[:160]!r}")
    if "test_categories" not in root:
        raise Damaged("a diagnosis without test_categories")
    merged: Json = {**whole, **{key: each for key, each in root.items() if key != "test_categories"}}
    return _categories(root), merged


def _categories(root: Json) -> list[DiagnosisResult]:
    held = root.get("test_categories", root.get("tests"))
    if not isinstance(held, list):
        raise Damaged("the tests are no list")
    if "test_categories" not in root:
        return [result for test in held for result in _test("", as_object(test, "test"))]
    found: list[DiagnosisResult] = []
    for each in held:
        category = as_object(each, "test_categories")
        tests = category.get("tests")
        if not isinstance(tests, list):
            raise Damaged("a category without tests")
        name = text_in(category, "category") or ""
        for test in tests:
            found += _test(name, as_object(test, "test"))
    return found


def _test(category: str, test: Json) -> list[DiagnosisResult]:
    """Every result of one test. The summary counts too where it is worse than all of them, or alone."""
    name = text_in(test, "name")
    if name is None:
        raise Damaged("a test without a name")
    held = test.get("results", [])
    if not isinstance(held, list):
        raise Damaged(f"the results of {name!r} are no list")
    found = [made for each in held for made in _result(category, name, as_object(each, "result"))]
    summary = test.get("test_summary")
    if summary is not None:
        status = status_of(as_object(summary, "test_summary").get("status"))
        if not found or (status not in ("pass", "skip") and all(one.status == "pass" for one in found)):
            found.append(DiagnosisResult(test=name, category=category, status=status))
    if not found:
        found.append(DiagnosisResult(test=name, category=category, status="unknown"))
    return found


def _result(category: str, name: str, held: Json) -> list[DiagnosisResult]:
    """One result: of an entity (4.x), of some GPUs (`gpu_ids`, 3.x), or of nothing that it names."""
    texts, ids, categories, severities = _warnings(held)
    group, entities = _entities(held)
    return [
        DiagnosisResult(
            test=name,
            category=category,
            entity_group=group,
            entity=entity,
            status=status_of(held.get("status")),
            warnings=texts,
            error_ids=ids,
            error_categories=categories,
            severities=severities,
        )
        for entity in entities
    ]


def _entities(held: Json) -> tuple[str | None, list[int | None]]:
    group = text_in(held, "entity_group")
    if "entity_id" in held:
        entity = held["entity_id"]
        if isinstance(entity, bool) or not isinstance(entity, int) or not 0 <= entity < BLANK_FROM:
            raise Damaged("an entity without a number")
        return group, [entity]
    ids = held.get("gpu_ids", held.get("gpu_id"))
    if ids is None:
        return group, [None]
    texts = [str(ids)] if isinstance(ids, int) and not isinstance(ids, bool) else str(ids).split(",")
    if not all(text.strip().isdecimal() and len(text.strip()) <= 4 for text in texts):
        raise Damaged(f"{str(ids)[:40]!r} are no GPUs")
    return GPU, [int(text) for text in texts]


def _warnings(held: Json) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Warnings are objects (3.1 and later) or texts; so many of them are kept as any run gives."""
    told = held.get("warnings", [])
    told = [told] if isinstance(told, str | dict) else told
    if not isinstance(told, list):
        raise Damaged("the warnings are no list")
    texts: list[str] = []
    numbers: dict[str, list[int]] = {"error_id": [], "error_category": [], "error_severity": []}
    for each in told[:MAX_ENTITIES]:
        if isinstance(each, str):
            texts.append(each.strip()[:1000])
            continue
        warning = as_object(each, "warning")
        texts.append(str(warning.get("warning", ""))[:1000])
        for key, found in numbers.items():
            number = warning.get(key)
            if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < BLANK_FROM:
                found.append(number)
    ids, categories, severities = numbers.values()
    return tuple(texts), tuple(ids), tuple(categories), tuple(severities)


def _versions(told: Json, whole: Json) -> tuple[Read, Read]:
    metadata = whole.get("metadata", told.get("metadata"))
    held = as_object(metadata, "metadata") if metadata is not None else told
    driver = _word(held, "Driver Version Detected")
    return _word(held, "version"), driver if driver != ABSENT else _word(held, "driver_version_detected")


def _device_ids(whole: Json) -> tuple[str, ...]:
    groups = whole.get("entity_groups")
    if not isinstance(groups, list):
        return ()
    found: list[str] = []
    for each in groups:
        group = as_object(each, "entity_groups")
        entities = group.get("entities")
        if text_in(group, "entity_group") == GPU and isinstance(entities, list):
            named = [text_in(as_object(entity, "entity"), "device_id") for entity in entities[:MAX_ENTITIES]]
            found += [name for name in named if name is not None]
    return tuple(found)


def _word(held: Json, key: str) -> Read:
    told = held.get(key)
    if told is None:
        return ABSENT
    if not isinstance(told, str) or len(told) > 200:
        return NOT_AVAILABLE
    missing = missing_of(told)
    return missing if missing is not None else value(told.strip())


DIAG = Format(
    name="dcgm.diag",
    title="DCGM: dcgmi diag --json",
    sniff=lambda head: 90 if b'"DCGM Diagnostic"' in head or b'"DCGM GPU Diagnostic"' in head else 0,
    parse=_parse,
    facts={"diagnosis": Diagnosis},
)
FORMATS = (DIAG,)
