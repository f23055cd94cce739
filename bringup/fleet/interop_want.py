"""Whether a planned combination was ever proven, and by which records. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from bringup.fleet.interop import Combination, End, Result
from bringup.model.errors import InputError

Answer = Literal["proven", "failed", "never"]
KINDS = ("nic", "switch")
FIELDS = ("kind", "model", "release", "optic", "optic_firmware")
MUST = FIELDS[:4]
EXAMPLE = "kind=nic,model=ConnectX-7,release=28.42.1000,optic=LO-400G-DR4"


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """A planned combination; its texts may hold `*` and `?`. An empty medium or length is any."""

    ends: tuple[End, End]
    medium: str = ""
    length: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the records say of a want: those that prove it, those in which it failed, and those that don't
    count: simulated, without a checkpoint, or with a part that nobody read.
    """

    answer: Answer
    proven_by: tuple[Result, ...]
    failed_in: tuple[Result, ...]
    not_counted: tuple[Result, ...]


def parse_end(text: str) -> End:
    """`kind=nic,model=…,release=…,optic=…[,optic_firmware=…]`.

    Raises:
        InputError: a field that is none, or one that is lacking: what is not said is not planned.
    """
    told: dict[str, str] = {}
    for pair in text.split(","):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or name not in FIELDS or not value or name in told:
            raise InputError(
                f"--end {text!r}: {pair.strip()!r} is no field of an end",
                f"The fields are {', '.join(FIELDS)}, each once, such as {EXAMPLE}.",
            )
        told[name] = value
    lacking = [name for name in MUST if name not in told]
    if lacking:
        raise InputError(
            f"--end {text!r} says nothing of {', '.join(lacking)}",
            f"A combination is proven as a whole; `*` stands for any. Such as {EXAMPLE}.",
        )
    if told["kind"] not in KINDS:
        raise InputError(f"--end {text!r}: kind is one of {', '.join(KINDS)}", f"Such as {EXAMPLE}.")
    return End(**{"optic_firmware": "*", **told})


def want_of(combination: Combination) -> Want:
    """A combination that was found somewhere, as a plan for somewhere else; nothing in it is a pattern."""
    return Want(
        ends=(_plain(combination.a), _plain(combination.b)),
        medium=_escaped(combination.medium),
        length=_escaped(combination.length),
    )


def answer(want: Want, book: Iterable[Result]) -> Found:
    """Never proven is the answer wherever no record that counts says otherwise."""
    like = [result for result in book if _fits(want, result.combination)]
    counted = [each for each in like if each.root and not each.simulated and each.combination.whole]
    proven = tuple(each for each in counted if each.proves)
    failed = tuple(each for each in counted if each.failed)
    said: Answer = "proven" if proven else "failed" if failed else "never"
    return Found(
        answer=said,
        proven_by=proven,
        failed_in=failed,
        not_counted=tuple(each for each in like if each not in counted),
    )


def _fits(want: Want, combination: Combination) -> bool:
    if want.medium and not fnmatchcase(combination.medium, want.medium):
        return False
    if want.length and not fnmatchcase(combination.length, want.length):
        return False
    one, other = want.ends
    a, b = combination.a, combination.b
    return (_like(one, a) and _like(other, b)) or (_like(one, b) and _like(other, a))


def _like(want: End, end: End) -> bool:
    return all(fnmatchcase(getattr(end, name), getattr(want, name)) for name in FIELDS)


def _plain(end: End) -> End:
    return End(**{name: _escaped(getattr(end, name)) for name in FIELDS})


def _escaped(text: str) -> str:
    """The text itself, where it would be a pattern."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)
