"""Megatron-DeepSpeed: what training tells of each iteration, of one node or of several.

How many iterations were to be made stands in each line; a log that has fewer is of a run that goes on, was
stopped or was cut, and is told as not complete. Skipped and NaN iterations are no progress at any speed.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, counter, is_missing, number, text_of

_LINE = re.compile(r"iteration\s+(\d{1,12})/\s*(\d{1,12}) \|")
_FIELDS = MappingProxyType(
    {
        "consumed samples": "consumed_samples",
        "elapsed time per iteration (ms)": "elapsed_ms",
        "global batch size": "global_batch_size",
        "lm loss": "lm_loss",
        "number of skipped iterations": "skipped",
        "number of nan iterations": "nan",
        "samples per second": "samples_per_s",
        "TFLOPs": "tflops",
    }
)
MAX_LINE_CHARS = 10_000
_COUNTS = frozenset({"consumed_samples", "global_batch_size", "skipped", "nan"})
_NEEDED = ("elapsed_ms", "global_batch_size", "skipped", "nan")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    found: dict[int, Json] = {}
    planned: set[int] = set()
    for line in text.split("\n")[:-1]:
        match = _LINE.search(line[:400])
        if match is None:
            continue
        if len(line) > MAX_LINE_CHARS:
            raise Damaged(f"a line of an iteration has more than {MAX_LINE_CHARS} characters")
        told = _iteration(line[match.end() :])
        number_of = int(match[1])
        if found.get(number_of, told) != told:
            raise Damaged(f"iteration {number_of} is told twice, and differently")
        found[number_of] = told
        planned.add(int(match[2]))
    if not found:
        raise Nothing("no iteration is told")
    if len(planned) != 1:
        raise Damaged("the lines are of several runs: they plan different numbers of iterations")
    (whole,) = planned
    listed: list[object] = [{"iteration": at, **told} for at, told in sorted(found.items())]
    complete = set(found) == set(range(1, whole + 1))
    return Found(
        facts={"iterations": listed, "planned": whole, "complete": complete},
        warnings=(*warnings, *(() if complete else (f"{len(found)} of {whole} iterations are told",))),
    )


def _iteration(rest: str) -> Json:
    """The fields behind the number, of one line.

    Raises:
        Damaged: one that is needed is missing, or a value is none.
    """
    told: Json = {}
    for part in rest.split("|"):
        name, colon, value = part.partition(":")
        key = _FIELDS.get(name.strip())
        if not colon or key is None:
            continue
        text = value.strip()
        if is_missing(text) or text.lower() in ("nan", "inf", "-inf"):
            told[key] = None
        else:
            told[key] = counter(text) if key in _COUNTS else float(number(text))
    missing = [name for name in _NEEDED if name not in told]
    if missing:
        raise Damaged(f"a line of an iteration lacks {', '.join(missing)}: it may be cut")
    return told


def _sniff(head: bytes) -> int:
    """Iterations may stand far behind what is printed before them."""
    if b"elapsed time per iteration (ms):" in head:
        return 60
    return 40 if b"[real_accelerator.py:" in head and b"megatron" in head.lower() else 0


FORMATS = (
    Format(
        name="megatron-deepspeed",
        title="Megatron-DeepSpeed: training log",
        sniff=_sniff,
        parse=_parse,
        facts={"iterations": list[dict[str, object]], "planned": int, "complete": bool},
    ),
)
