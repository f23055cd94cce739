"""Damaged output of accelerator tools never gives an empty success, a good value that the whole would not
give, a crash or a hang.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import Format, all_formats, find_format
from bringup.model.facts import Decoded
from tests.decode.corpus import Case
from tests.decode.corpus_map_gpu import cases
from tests.decode.damage import HOSTILE, values
from tests.decode.samples import GROWS
from tests.driver.linux.gpu_replies import SAMPLES

OURS = [made for made in all_formats() if made.name in SAMPLES]


def unheard_of(found: dict[str, object], whole: dict[str, object], name: str) -> dict[str, object]:
    """Values that the whole does not give, but for what grows with a log."""
    grows = GROWS.get(name, ())
    return {
        path: told
        for path, told in found.items()
        if whole.get(path) != told and not path.startswith(grows or ("\0",))
    }


def check_cut(made: Format, whole: bytes, cut: int, all_of_it: dict[str, object]) -> None:
    decoded = made.decode(whole[:cut])
    if decoded.outcome != "ok":
        assert decoded.warnings
        return
    found = values(decoded)
    assert found, f"an empty success after {cut} of {len(whole)} bytes"
    assert unheard_of(found, all_of_it, made.name) == {}, f"after {cut} of {len(whole)} bytes"


@pytest.mark.parametrize("case", cases())
def test_a_cut_of_a_recorded_output_gives_no_value_that_the_whole_does_not(case: Case) -> None:
    made = find_format(case.command)
    whole = made.decode(case.data)
    if whole.outcome != "ok":
        return
    all_of_it = values(whole)
    step = max(1, len(case.data) // 100)
    for cut in sorted({*range(0, len(case.data), step), *range(max(0, len(case.data) - 60), len(case.data))}):
        check_cut(made, case.data, cut, all_of_it)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_piece_put_elsewhere_is_never_a_crash(data: st.DataObject) -> None:
    """Pieces repeated, dropped and moved: wrong types, keys that stand twice, rows out of order."""
    whole = SAMPLES[data.draw(st.sampled_from(sorted(SAMPLES)))]
    other = SAMPLES[data.draw(st.sampled_from(sorted(SAMPLES)))]
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(other))] * 2)))
    at, skip = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 200))
    mixed = whole[:at] + other[begin:end] + whole[at + skip :]
    for made in OURS:
        decoded = made.decode(mixed)
        assert decoded.outcome in ("ok", "unparsable", "no_data")
        assert decoded.warnings or decoded.outcome == "ok"


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_value_in_the_place_of_any_other_is_no_crash_and_no_clean_pass(data: st.DataObject) -> None:
    """JSON with one value of another type: never more passes than the whole has."""
    name = data.draw(st.sampled_from(["dcgm.diag", "nccl.json", "dcgm.nvlink-errors"]))
    document = msgspec.json.decode(SAMPLES[name])
    spot, key = _somewhere(document, data)
    spot[key] = data.draw(ANYTHING)
    made = find_format(name)
    decoded = made.decode(msgspec.json.encode(document))
    if decoded.outcome == "ok" and name == "dcgm.diag":
        assert _passes(decoded) <= _passes(made.decode(SAMPLES[name]))
    if decoded.outcome == "ok" and name == "nccl.json":
        assert b"verysecret" not in msgspec.json.encode(decoded.facts)


def _somewhere(node: Any, data: st.DataObject) -> tuple[Any, Any]:
    """A container and a key in it, at any depth."""
    here, key = node, data.draw(st.sampled_from(_keys(node)))
    while isinstance(here[key], dict | list) and here[key] and data.draw(st.booleans()):
        here = here[key]
        key = data.draw(st.sampled_from(_keys(here)))
    return here, key


def _keys(node: Any) -> list[Any]:
    return list(node) if isinstance(node, dict) else list(range(len(node)))


def _passes(decoded: Decoded) -> int:
    facts: dict[str, Any] = dict(decoded.facts)
    return sum(one.status == "pass" and not one.warnings for one in facts["diagnosis"].results)


def hostile(made: Format, kind: str) -> None:
    """Alone, behind a first line, and behind all but the last one."""
    lines = SAMPLES[made.name].splitlines(keepends=True)
    for head in (b"", lines[0], b"".join(lines[:-1])) if len(lines) > 1 else (b"",):
        decoded = made.decode(head + HOSTILE[kind])
        if decoded.outcome == "ok":
            all_of_it = values(made.decode(SAMPLES[made.name]))
            assert unheard_of(values(decoded), all_of_it, made.name) == {}


@pytest.mark.parametrize("kind", ["braces", "commas", "many-columns", "quotes", "tabs"])
def test_hostile_input_takes_no_memory_to_speak_of(kind: str) -> None:
    tracemalloc.start()
    try:
        for made in OURS:
            hostile(made, kind)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * 2**20
