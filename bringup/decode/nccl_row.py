"""One line of the table that nccl-tests prints, by the names in its header: never counted from the right.

Facts from NVIDIA/nccl-tests (accelerators reference, section 4.1): old builds have no root and call the last
column `error`, `-S` appends a time, `-I` adds four columns to each half, wide numbers are in exponent form.
"""

from __future__ import annotations

import math
import re

from bringup.decode.result import Damaged, number
from bringup.model.facts_gpu import CollectivePass, CollectiveRow
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Reading

TYPES = frozenset(
    {
        *("int8", "uint8", "int32", "uint32", "int64", "uint64"),
        *("half", "float16", "float", "float32", "double", "float64", "bfloat16"),
        *("fp8_e4m3", "fp8_e5m2", "f8e4m3", "f8e5m2", "float8_e4m3", "float8_e5m2"),
    }
)
_WHOLE = re.compile(r"[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?")
_NO_NUMBER = frozenset({"n/a", "nan", "-nan", "inf", "-inf"})
_WRONG = ("#wrong", "error")
PLAIN = ("size", "count", "type", "redop", "root", *("time", "algbw", "busbw", "#wrong") * 2)
"""What an excerpt without a header may have; an older one lacks the root."""
_HEAD = frozenset({"size", "count", "type", "redop", "root"})
_ZERO, _NONE_WRONG = value(0.0), value(0)
MAX_COLUMNS = 40
_RATE = r" +([0-9]{1,9}\.[0-9]{1,6})"
_HALF = rf"{_RATE}{_RATE}{_RATE} +0"
_PLAIN_ROW = re.compile(
    rf" *([0-9]{{1,18}}) +([0-9]{{1,18}}) +([a-z0-9_]{{3,12}}) +([a-z]{{3,10}}) +(-?[0-9]{{1,6}}){_HALF}"
    rf"{_HALF}"
)


def plain_row(line: str) -> CollectiveRow | None:
    """A row of the usual layout in which all is a plain number and nothing was wrong, as most rows are; None
    for any other, which `row_of` reads. The two agree: a test compares them.
    """
    match = _PLAIN_ROW.fullmatch(line)
    if match is None or match[3] not in TYPES:
        return None
    size, count, kind, redop, root, *figures = match.groups()
    first, second = (
        CollectivePass(
            time_us=Read(Reading.VALUE, float(time)),
            algbw_gbyte_s=Read(Reading.VALUE, float(algbw)),
            busbw_gbyte_s=Read(Reading.VALUE, float(busbw)),
            wrong=_NONE_WRONG,
        )
        for time, algbw, busbw in (figures[:3], figures[3:])
    )
    return CollectiveRow(
        size_bytes=int(size),
        count=int(count),
        type=kind,
        redop=redop,
        root=root,
        out_of_place=first,
        in_place=second,
    )


def is_row(tokens: list[str]) -> bool:
    """Whether a line begins as a row does: two numbers and a type."""
    return (
        len(tokens) >= 3
        and bool(_WHOLE.fullmatch(tokens[0]) and _WHOLE.fullmatch(tokens[1]))
        and tokens[2] in TYPES
    )


def columns_of(tokens: list[str]) -> tuple[str, ...] | None:
    """The columns that a header line names; None where it is no header."""
    bare = tokens[1:] if tokens[:1] == ["#"] else tokens
    if bare[:1] == ["#size"]:
        bare = ["size", *bare[1:]]
    if bare[:3] != ["size", "count", "type"] or len(bare) > MAX_COLUMNS:
        return None
    return tuple(bare)


def row_of(tokens: list[str], columns: tuple[str, ...] | None) -> CollectiveRow:
    """A row whose tokens fit the columns one by one.

    Raises:
        Damaged: they do not.
    """
    names = list(columns or PLAIN)
    while tokens and _TIME.fullmatch(tokens[-1]) and len(tokens) > len(names) - 2:
        tokens = tokens[:-1]
    if len(tokens) != len(names):
        names = [name for name in names if name.lower() not in ("timestamp", "time-stamp", "date")]
    if "redop" in names and len(tokens) > 3 and _is_amount(tokens[3]):
        names.remove("redop")  # an all-to-all of an old build leaves the column empty
    if columns is None and len(tokens) == len(names) - 1 and "root" in names:
        names.remove("root")
    if len(tokens) != len(names):
        raise Damaged(f"a row has {len(tokens)} columns where {len(names)} are due")
    split = next((at for at, name in enumerate(names) if name not in _HEAD), len(names))
    head = dict(zip(names[:split], tokens[:split], strict=True))
    halves = _halves(list(zip(names[split:], tokens[split:], strict=True)))
    return CollectiveRow(
        size_bytes=_whole(head["size"]),
        count=_whole(head["count"]),
        type=head["type"],
        redop=head.get("redop"),
        root=head.get("root"),
        out_of_place=_pass(halves[0]),
        in_place=_pass(halves[1]) if len(halves) > 1 else None,
    )


def _is_amount(token: str) -> bool:
    return _NUMBER.fullmatch(token) is not None or token.lower() in _NO_NUMBER


def _halves(told: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Each half begins with a time."""
    halves: list[dict[str, str]] = []
    for name, token in told:
        if name == "time":
            halves.append({})
        if not halves or name in halves[-1]:
            raise Damaged(f"the column {name!r} stands where none is due")
        halves[-1][name] = token
    if not 1 <= len(halves) <= 2:
        raise Damaged("a row has one half, or two")
    return halves


def _pass(half: dict[str, str]) -> CollectivePass:
    wrong = next((half[name] for name in _WRONG if name in half), None)
    return CollectivePass(
        time_us=_real(half.get("time")),
        algbw_gbyte_s=_real(half.get("algbw")),
        busbw_gbyte_s=_real(half.get("busbw")),
        wrong=ABSENT if wrong is None else wrong_of(wrong),
    )


def wrong_of(token: str) -> Read:
    """A count of wrong values, which may be in exponent form; `N/A` and `nan` are no count.

    Raises:
        Damaged: something else.
    """
    if token == "0":
        return _NONE_WRONG
    read = _real(token)
    if isinstance(read.value, float):
        return value(int(read.value) if read.value.is_integer() else read.value)
    return read


def _real(token: str | None) -> Read:
    if token is None:
        return ABSENT
    if token == "0":
        return _ZERO
    if _NUMBER.fullmatch(token) is None:
        if token.lower() in _NO_NUMBER:
            return NOT_AVAILABLE
        raise Damaged(f"{token[:40]!r} is no number")
    read = float(token)
    if read < 0 or not math.isfinite(read):
        raise Damaged(f"{token[:40]!r} is less than nothing, or out of range")
    return value(read)


def _whole(token: str) -> int:
    read = number(token)
    assert isinstance(read, int)
    return read
