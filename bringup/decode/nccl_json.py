"""The file that nccl-tests writes with `-J`. Its `env` is the whole environment of the process, with every
secret in it: it is never kept, and neither are the arguments.

Truth is the word "true" there; `okay` of the bandwidth is not looked at, since it is "unchecked" without a
floor and forgives a tenth of one.
"""

from __future__ import annotations

from bringup.decode.json_field import Json, as_object, read_text, text_in
from bringup.decode.nccl_row import TYPES
from bringup.decode.nccl_text import MAX_RANKS, MAX_ROWS, validation_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, json_of
from bringup.model.facts_gpu import Collective, CollectivePass, CollectiveRow
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

CONFIG = frozenset(
    {
        "nthreads",
        "ngpus",
        "minimum_bytes",
        "maximum_bytes",
        "step_factor",
        "step_bytes",
        "warmup_iters",
        "iterations",
        "agg_iterations",
        "validation",
        "graph",
    }
)
"""What is kept of `config`: numbers and no more."""
_NO_NUMBER = frozenset({"nan", "-nan", "inf", "-inf", "n/a"})


def _parse(data: bytes) -> Found:
    """Raises `Damaged`: no file of this kind; or one whose run has not ended, with the rows so far."""
    whole = as_object(json_of(data), "the file")
    rows = [_row(as_object(each, "results")) for each in _list(whole, "results", MAX_ROWS)]
    devices = [as_object(each, "devices") for each in _list(whole, "devices", MAX_RANKS)]
    config = as_object(whole.get("config", {}), "config")
    kept = {key: held for key, held in config.items() if key in CONFIG and isinstance(held, int | float)}
    header = _validation(config.get("validation"))
    bounds = as_object(whole.get("out_of_bounds", {}), "out_of_bounds")
    average = as_object(whole.get("average_bus_bandwidth", {}), "average_bus_bandwidth")
    count = _amount(bounds.get("count"), "count")
    ended = text_in(whole, "end_time") is not None
    finished = ended and count.value is not None and "average_bus_bandwidth" in whole
    hosts = [text_in(each, "hostname") for each in devices]
    models = [text_in(each, "device_info") for each in devices]
    made = Collective(
        ranks=value(len(devices)) if devices else ABSENT,
        hosts=tuple(dict.fromkeys(each for each in hosts if each)),
        device_models=tuple(dict.fromkeys(each for each in models if each)),
        validation=validation_of(header, rows),
        rows=tuple(rows),
        out_of_bounds=count,
        out_of_bounds_ok=_okay(bounds.get("okay")),
        average_busbw_gbyte_s=_amount(average.get("bandwidth"), "bandwidth"),
        nccl_version=read_text(whole, "nccl_version")
        if isinstance(whole.get("nccl_version"), str | None)
        else value(str(whole["nccl_version"])[:40]),
        finished=finished,
    )
    if not finished or not rows:
        raise Damaged("the run has not ended: end_time or its sums are missing", {"collective": made})
    return Found(facts={"collective": made, "config": dict(kept)})


def _list(whole: Json, key: str, most: int) -> list[object]:
    held = whole.get(key, [])
    if not isinstance(held, list) or len(held) > most:
        raise Damaged(f"{key!r} is no list, or a very long one")
    return held


def _row(held: Json) -> CollectiveRow:
    size, count, kind = held.get("size"), held.get("count"), text_in(held, "type")
    for number in (size, count):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise Damaged("a result without a size")
    if kind not in TYPES:
        raise Damaged("a result of a type that is not known")
    assert isinstance(size, int) and isinstance(count, int) and kind is not None
    root = held.get("root")
    return CollectiveRow(
        size_bytes=size,
        count=count,
        type=kind,
        redop=text_in(held, "redop"),
        root=str(root).strip() if root is not None else None,
        out_of_place=_pass(held.get("out_of_place"), "out_of_place"),
        in_place=_pass(held.get("in_place"), "in_place"),
    )


def _pass(held: object, name: str) -> CollectivePass | None:
    """None in replay mode, which runs one half only."""
    if held is None:
        return None
    half = as_object(held, name)
    return CollectivePass(
        time_us=_amount(half.get("time", half.get("cpu_time")), "time"),
        algbw_gbyte_s=_amount(half.get("alg_bw"), "alg_bw"),
        busbw_gbyte_s=_amount(half.get("bus_bw"), "bus_bw"),
        wrong=_amount(half.get("nwrong"), "nwrong") if "nwrong" in half else ABSENT,
    )


def _amount(held: object, name: str) -> Read:
    """Null, and the texts `nan` and `N/A`, are no number."""
    if held is None or (isinstance(held, str) and held.strip().lower() in _NO_NUMBER):
        return NOT_AVAILABLE
    if isinstance(held, bool) or not isinstance(held, int | float) or held < 0:
        raise Damaged(f"{name!r} is no number")
    return value(held)


def _validation(held: object) -> Read:
    """A number of checks, or a flag: 0 and its like are off."""
    if isinstance(held, str):
        return value(held.strip().lower() not in ("0", "false", "off", ""))
    return value(bool(held)) if isinstance(held, int) else ABSENT


def _okay(held: object) -> Read:
    if held in ("true", "false"):
        return value(held == "true")
    return value(held) if isinstance(held, bool) else NOT_AVAILABLE


def _sniff(head: bytes) -> int:
    return 85 if head.lstrip().startswith(b"{") and b'"nccl_version"' in head and b'"env"' in head else 0


NCCL_JSON = Format(
    name="nccl.json",
    title="nccl-tests: the file of -J",
    sniff=_sniff,
    parse=_parse,
    facts={"collective": Collective, "config": dict[str, object]},
)
FORMATS = (NCCL_JSON,)
