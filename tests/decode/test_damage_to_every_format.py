"""Every format that the registry finds, under damage: never a crash, never an empty success, never a value
that the whole does not give, and in no time to speak of. What only some can get wrong stands in other files.
"""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import INPUT_CAP_BYTES, all_formats, decode_detected, detect, find_format
from bringup.model.facts import Decoded
from tests.decode.damage import BOMBS, ERRORS, HOSTILE, SHELL_ERRORS, figures, values
from tests.decode.samples import (
    ALL,
    BARE_WORDS,
    BINARY,
    DARK_COUNTS,
    EVENTS,
    GROWS,
    JSON,
    LINES_OF_JSON,
    NO_SAMPLE,
    ROWS_COUNT_TWICE,
    RUNS_ON,
    SLACK,
    TOLD_ONCE,
)

EVERY = sorted(ALL)
FORMATS = [made for made in all_formats() if made.name not in NO_SAMPLE]
BAD = ("unparsable", "no_data")
PIECE = 60_000


def test_every_format_has_a_sample() -> None:
    """A new format gets its sample in one of the sample files, and with it all that follows."""
    assert {made.name for made in all_formats()} - NO_SAMPLE == {sample.format for sample in ALL.values()}


@pytest.mark.parametrize("name", EVERY)
def test_every_sample_is_read_whole_and_detected(name: str) -> None:
    sample = ALL[name]
    decoded = find_format(sample.format).decode(sample.data)
    assert (decoded.outcome, decoded.format) == ("ok", sample.format), decoded.warnings
    made = detect(sample.data)
    assert (made.name if made else None) == (None if sample.format in BARE_WORDS else sample.format)


@pytest.mark.parametrize("name", EVERY)
def test_facts_have_the_types_that_the_format_declares(name: str) -> None:
    made = find_format(ALL[name].format)
    decoded = made.decode(ALL[name].data)
    assert set(decoded.facts) == set(made.facts)
    for key, kind in made.facts.items():
        msgspec.convert(msgspec.to_builtins(decoded.facts[key]), kind)
    assert made.schema()["title"] == made.name


@pytest.mark.parametrize("name", EVERY)
def test_a_cut_anywhere_gives_no_value_that_the_whole_does_not(name: str) -> None:
    made, whole = ALL[name].made, ALL[name].data
    all_of_it = values(made.decode(whole))
    step = max(1, len(whole) // 1200)
    for cut in sorted({*range(0, len(whole), step), *range(max(0, len(whole) - 300), len(whole))}):
        decoded = made.decode(whole[:cut])
        if decoded.outcome != "ok":
            assert decoded.warnings
            continue
        assert values(decoded), f"an empty success after {cut} of {len(whole)} bytes"
        assert unheard_of(decoded, all_of_it, name) == {}, f"after {cut} of {len(whole)} bytes"


def unheard_of(decoded: Decoded, all_of_it: dict[str, object], name: str) -> dict[str, object]:
    """Values that the whole does not give, but for what rightly counts how much was read."""
    grows = GROWS.get(ALL[name].format, ())
    return {
        path: told
        for path, told in values(decoded).items()
        if all_of_it.get(path) != told and not path.startswith(grows) and not path.endswith(grows)
    }


def fine(decoded: Decoded) -> None:
    """Whatever came of it, the decoder knew what it met."""
    assert decoded.outcome in ("ok", *BAD)
    assert not any("what it does not know" in warning for warning in decoded.warnings), decoded.warnings


@settings(max_examples=1000, deadline=None)
@given(data=st.data())
def test_one_wrong_byte_gives_no_more_figures_than_the_whole(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(EVERY))
    made, whole = ALL[name].made, ALL[name].data
    at = data.draw(st.integers(0, len(whole) - 1))
    decoded = made.decode(whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :])
    fine(decoded)
    if name in TOLD_ONCE and at == whole.index(TOLD_ONCE[name]):
        return
    if decoded.outcome == "ok" and name not in EVENTS | BINARY:
        assert judged(decoded, name) <= judged(made.decode(whole), name) + SLACK.get(name, 0)


def judged(decoded: Decoded, name: str) -> int:
    """How many figures there are, and of some how many lanes see nothing: that is judged too."""
    dark = msgspec.json.encode(decoded.facts).count(b'"dark"') if name in DARK_COUNTS else 0
    return len(figures(decoded)) + dark


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def replaced(top: Any, held: object, data: st.DataObject) -> None:
    """Put `held` in the place of some member of a document."""
    node = top
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            node[key] = held
            return
        node = inner


@settings(max_examples=1000, deadline=None)
@given(name=st.sampled_from(JSON), held=ANYTHING, data=st.data())
def test_a_member_of_any_type_never_crashes_a_decoder(name: str, held: object, data: st.DataObject) -> None:
    top = json.loads(ALL[name].data)
    replaced(top, held, data)
    fine(ALL[name].made.decode(json.dumps(top).encode()))


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(LINES_OF_JSON), held=ANYTHING, data=st.data())
def test_a_line_with_a_member_of_any_type_never_crashes_a_decoder(
    name: str, held: object, data: st.DataObject
) -> None:
    told = [json.loads(line) for line in ALL[name].data.splitlines()]
    replaced(told[data.draw(st.integers(0, len(told) - 1))], held, data)
    fine(ALL[name].made.decode("".join(f"{json.dumps(line)}\n" for line in told).encode()))


@pytest.mark.parametrize("name", JSON)
def test_a_repeated_key_is_unparsable(name: str) -> None:
    held: Any = json.loads(ALL[name].data)
    lists = 0
    while isinstance(held, list):
        held, lists = held[0], lists + 1
    key, inner = next(iter(held.items()))
    twice = json.dumps(held)[:-1] + f", {json.dumps(key)}: {json.dumps(inner)}" + "}"
    assert ALL[name].made.decode(("[" * lists + twice + "]" * lists).encode()).outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(set(ALL) - RUNS_ON - BINARY))
def test_an_error_after_a_whole_output_is_seen(name: str) -> None:
    assert ALL[name].made.decode(ALL[name].data + b"Error: something is gone\n").outcome == "unparsable"


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_an_error_text_with_exit_status_0_is_no_success(kind: str) -> None:
    passed = {made.name for made in FORMATS if made.decode(ERRORS[kind]).outcome not in BAD}
    assert passed <= BARE_WORDS


def test_what_a_shell_complains_of_is_not_even_a_word() -> None:
    for text in SHELL_ERRORS:
        assert [made.name for made in FORMATS if made.decode(text).outcome not in BAD] == [], text


def test_nothing_at_all_is_no_data() -> None:
    for data in (b"", b"\n", b"  \r\n\t"):
        assert [made.name for made in FORMATS if made.decode(data).outcome != "no_data"] == []


def test_more_than_the_cap_is_unparsable() -> None:
    data = b"x" * (INPUT_CAP_BYTES + 1)
    assert [made.name for made in FORMATS if made.decode(data).outcome != "unparsable"] == []


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=2000))
def test_random_bytes_are_never_ok(data: bytes) -> None:
    assert decode_detected(data).outcome in BAD
    for made in FORMATS:
        assert made.decode(data).outcome in BAD or made.name in BARE_WORDS, made.name


@pytest.mark.parametrize("kind", sorted(HOSTILE | BOMBS))
def test_hostile_input_takes_no_time_to_speak_of(kind: str) -> None:
    """Alone, behind the first lines of a sample, and behind all but its last one."""
    began, data = time.process_time(), (HOSTILE | BOMBS)[kind]
    for name in EVERY:
        made, lines = ALL[name].made, ALL[name].data.splitlines(keepends=True)
        assert made.decode(data).outcome in BAD, name
        all_of_it = values(made.decode(ALL[name].data))
        for head, size in ((lines[:4], len(data) if kind in HOSTILE else PIECE), (lines[:-1], PIECE)):
            decoded = made.decode(b"".join(head) + data[:size])
            fine(decoded)
            if decoded.outcome == "ok" and name not in BINARY:
                assert unheard_of(decoded, all_of_it, name) == {}, name
    assert time.process_time() - began < 60.0


@pytest.mark.parametrize("name", sorted(set(ALL) - EVENTS - BINARY - ROWS_COUNT_TWICE))
def test_an_output_that_came_twice_gives_no_new_values(name: str) -> None:
    made, whole = ALL[name].made, ALL[name].data
    decoded = made.decode(whole + whole)
    if decoded.outcome == "ok":
        assert values(decoded) == values(made.decode(whole))


@pytest.mark.parametrize("name", sorted(set(ALL) - EVENTS - BINARY))
def test_a_line_that_came_twice_or_an_escape_gives_no_figure_of_another_part(name: str) -> None:
    made, whole = ALL[name].made, ALL[name].data
    told = set(map(repr, figures(made.decode(whole))))
    lines = whole.splitlines(keepends=True)
    for at in range(0, len(lines), max(1, len(lines) // 60)):
        for spoilt in ([*lines[: at + 1], *lines[at:]], [*lines[:at], b"\x1b[2J\x1b]0;x\x07", *lines[at:]]):
            decoded = made.decode(b"".join(spoilt))
            fine(decoded)
            new = set(map(repr, figures(decoded))) - told
            assert not new or name in ROWS_COUNT_TWICE or name in JSON, (lines[at], new)
