"""OCI's GPU health check: a list of runs, each with tests by name and a result of its own.

What each test says stands there in its own words (`passed`, `PASSED`, `IDEAL`, `completed`): nothing is taken
for a pass here that did not say so, and `completed` is no result. Tests that give figures per GPU have no
status of their own.
"""

from __future__ import annotations

from bringup.decode.json_field import Json, as_object, object_in, real, text_in
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of

_WORDS = ("result", "overall_status", "status")
_FIGURES = ("num_gpus", "total_tflops", "total_bandwidth_gbps")


def _parse(data: bytes) -> Found:
    held = json_of(data)
    if not isinstance(held, list):
        raise Damaged("the JSON is no list of runs")
    if not held:
        raise Nothing("no run is listed")
    runs = [_run(as_object(entry, "a run")) for entry in held]
    if not any(run["tests"] for run in runs):
        raise Nothing("no run tells a test")
    open_ = [str(at) for at, run in enumerate(runs) if run["tests"] and run["final_result"] is None]
    listed: list[object] = list(runs)
    return Found(
        facts={"runs": listed},
        warnings=tuple(f"run {at} has no final result" for at in open_),
    )


def _run(entry: Json) -> Json:
    tests = object_in(entry, "tests")
    return {
        "dtype": text_in(entry, "dtype"),
        "timestamp": text_in(entry, "timestamp"),
        "final_result": text_in(entry, "final_result"),
        "tests": {name: _test(as_object(told, name)) for name, told in tests.items()},
        "other": sorted(entry) if not tests else [],
    }


def _test(told: Json) -> Json:
    """A test's own word, its figures, and the word of each GPU that has one."""
    gpus = {name: held for name, held in told.items() if name.startswith("GPU-") and isinstance(held, dict)}
    return {
        "word": next((text for key in _WORDS if (text := text_in(told, key)) is not None), None),
        **{key: real(told[key], key).value for key in _FIGURES if key in told},
        "per_gpu": {name: text_in(held, "status") for name, held in gpus.items()},
    }


FORMATS = (
    Format(
        name="oci.gpu-healthcheck",
        title="OCI GPU health check",
        sniff=lambda head: 85 if b'"compute_throughput"' in head and b'"tests"' in head else 0,
        parse=_parse,
        facts={"runs": list[dict[str, object]]},
    ),
)
