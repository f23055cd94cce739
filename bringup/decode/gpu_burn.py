"""gpu-burn: arithmetic under load with its errors, per GPU.

Progress is written over itself by carriage returns: in a file records run together, and one can be cut in the
middle of a number. Only a record that has all its parts for every GPU is one; the verdict is the table at the
end alone, and a run without it has none.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, refuse_error_text, text_of

_GPU = re.compile(r"^GPU (\d{1,3}): (.{1,200}?) \(UUID: (\S{1,80})\)[ \t]*$", re.MULTILINE)
_RESULT = re.compile(r"^[ \t]+GPU (\d{1,3}): (OK|FAULTY)[ \t]*$", re.MULTILINE)
_TESTED = re.compile(r"^Tested (\d{1,4}) GPUs:[ \t]*$", re.MULTILINE)
_RECORD = re.compile(r"([^%e\n]{1,8000}+)errors: ([^%t\n]{1,4000}+)temps: ([^%\n]{1,4000}+)")
"""What follows `proc'd: ` in a whole record."""
_RATE = re.compile(r"-?(\d{1,18}) \((\d{1,12}) Gflop/s\)")
_COUNT = re.compile(r"-?\d{1,18}")
_CELSIUS = re.compile(r"(-?\d{1,4}|--) C\b")
_MAX_GPUS, _MAX_RECORDS = 256, 100_000
_STARTED = "proc'd: "


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    if text.count(_STARTED) > _MAX_RECORDS:
        raise Damaged(f"more than {_MAX_RECORDS} records of progress")
    gpus = {int(match[1]): match for match in _GPU.finditer(text)}
    if not gpus:
        raise Damaged("it names no GPU")
    if len(gpus) > _MAX_GPUS:
        raise Damaged(f"more than {_MAX_GPUS} GPUs")
    tables = list(_TESTED.finditer(text))
    if len(tables) != 1:
        raise Damaged("the table of results at the end is missing: the run did not end, or the text was cut")
    results = {int(match[1]): match[2] for match in _RESULT.finditer(text, tables[0].end())}
    if set(results) != set(range(int(tables[0][1]))) or not text.endswith("\n"):
        raise Damaged(f"{tables[0][1]} GPUs were tested, and {len(results)} have a result")
    missing = sorted(set(gpus) - set(results))
    faulty: list[object] = [index for index, word in sorted(results.items()) if word != "OK"]
    maximum, last, nonzero, records = _progress(text, len(results))
    return Found(
        facts={
            "gpus": [
                _gpu(match, results.get(index), maximum, last, index) for index, match in sorted(gpus.items())
            ],
            "tested": len(results),
            "faulty": faulty,
            "progress_records": records,
            "records_with_errors": nonzero,
        },
        warnings=(*warnings, *(f"GPU {index} is listed and was not tested" for index in missing)),
    )


def _gpu(match: re.Match[str], result: str | None, maximum: list[int], last: list[int], index: int) -> Json:
    return {
        "index": index,
        "name": match[2],
        "uuid": match[3],
        "result": result,
        "max_gflops": maximum[index] if index < len(maximum) else None,
        "last_gflops": last[index] if index < len(last) else None,
    }


def _progress(text: str, gpus: int) -> tuple[list[int], list[int], int, int]:
    """Largest and last rates (Gflop/s) of each GPU over whole records, records with errors, and records."""
    maximum, last, nonzero, records = [0] * gpus, [0] * gpus, 0, 0
    for match in filter(None, map(_RECORD.match, text.split(_STARTED)[1:])):
        rates = [int(rate[2]) for rate in _RATE.finditer(match[1])]
        errors = [int(count) for count in _COUNT.findall(match[2].replace(" - ", " "))]
        if not len(rates) == len(errors) == len(_CELSIUS.findall(match[3])) == gpus:
            continue
        records += 1
        nonzero += any(errors)
        last = rates
        maximum = [max(pair) for pair in zip(maximum, rates, strict=True)]
    return (maximum, last, nonzero, records) if records else ([], [], 0, 0)


FORMATS = (
    Format(
        name="gpu-burn",
        title="gpu-burn",
        sniff=lambda head: b"proc'd:" in head and b"Gflop/s" in head and b"GPU 0:" in head,
        parse=_parse,
        facts={
            "gpus": list[dict[str, object]],
            "tested": int,
            "faulty": list[int],
            "progress_records": int,
            "records_with_errors": int,
        },
    ),
)
