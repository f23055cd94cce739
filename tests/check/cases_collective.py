"""The vendor's diagnosis and collectives, good and bad: what passes only seems to be one test away."""

from __future__ import annotations

from typing import Any

from bringup.model.facts_gpu import Collective, CollectivePass, CollectiveRow, Diagnosis, DiagnosisResult
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.cases_accelerator import ENVELOPE, EXPECT, MODEL, gpu
from tests.check.trial import Case, Table, World, answering, case, written

GIB8 = 8 * 2**30
GPUS = (0, 1, 2)
CPU_FAILS = DiagnosisResult(test="cpu_eud", entity_group="CPU", entity=0, status="fail")


def result(test: str, entity: int | None, status: str = "pass", **over: Any) -> DiagnosisResult:
    return DiagnosisResult(test=test, entity_group="GPU", entity=entity, status=status, **over)


def diagnosis(tests: tuple[str, ...], *more: DiagnosisResult, but: str = "", **over: Any) -> Diagnosis:
    """Every test passes on every GPU, but that `but` (`memory 1`) is left out; `more` is said besides."""
    told = [result(test, at) for test in tests for at in GPUS if f"{test} {at}" != but]
    return Diagnosis(**{"results": (*told, *more), "exit_status": value(0), **over})


def diagnosis_world(
    name: str,
    *,
    told: Diagnosis,
    listed: tuple[int, ...] = GPUS,
    answers: dict[str, Any] | None = None,
) -> World:
    table: dict[Any, Any] = {
        (name, "accelerators"): tuple(gpu(at, place) for at, place in enumerate(listed)),
        (name, "diagnose"): told,
    }
    answering(table, answers)
    return World(subject=name, devices=[written(name, expect=EXPECT)], table=table)


def diagnosed(check: str, tests: tuple[str, ...], *cases: Case) -> Table:
    """Cases that every level shares, and its own."""
    software = tuple(
        DiagnosisResult(test=name, category="Deployment", status="pass")
        for name in ("Denylist", "NVML Library")
    )
    hardware = tuple(result(test, at) for test in tests if test != "software" for at in GPUS)
    last = tests[-1]
    return Table(
        check=check,
        world=diagnosis_world,
        reads=("accelerators", "diagnose"),
        envelope=ENVELOPE,
        begin={"told": diagnosis(tests)},
        cases=(
            case("all pass", "PASS"),
            case("one fails", "FAIL", told=diagnosis(tests, result(last, 1, "fail"), but=f"{last} 1")),
            case("one fails, and the tool ends with 0", "FAIL",
                 told=diagnosis(tests, result(last, 1, "fail"), exit_status=value(0))),
            case("one warns", "FAIL", told=diagnosis(tests, result(last, 1, "warn"), but=f"{last} 1")),
            case("one passes with a warning", "FAIL",
                 told=diagnosis(tests, result(last, 1, warnings=("could not allocate",)), but=f"{last} 1")),
            case("one has a word nobody knows", "FAIL",
                 told=diagnosis(tests, result(last, 1, "unknown"), but=f"{last} 1")),
            case("one is skipped", "UNKNOWN no_data",
                 told=diagnosis(tests, result(last, 1, "skip"), but=f"{last} 1")),
            case("one was not run", "UNKNOWN no_data",
                 told=diagnosis(tests, result(last, 1, "not_run"), but=f"{last} 1")),
            case("one is not spoken of", "UNKNOWN no_data", told=diagnosis(tests, but=f"{last} 1")),
            case("all are skipped", "UNKNOWN no_data",
                 told=Diagnosis(results=tuple(result(test, at, "skip") for test in tests for at in GPUS),
                                exit_status=value(0))),
            case("no test at all", "UNKNOWN no_data", told=Diagnosis(exit_status=value(0))),
            case("another entity fails", "FAIL",
                 told=diagnosis(tests, CPU_FAILS)),
            case("all pass, and the tool ends with another status", "FAIL",
                 told=diagnosis(tests, exit_status=value(205))),
            case("all pass, and the sum of several rounds does not", "FAIL",
                 told=diagnosis(tests, iterations=3, overall=value("Fail"))),
            case("all pass, and so does the sum of several rounds", "PASS",
                 told=diagnosis(tests, iterations=3, overall=value("Pass"))),
            case("a GPU is gone, and the others pass", "UNKNOWN no_data", listed=(0, 2),
                 told=diagnosis(tests, but=f"{last} 2")),
            case("parts of the software test name no GPU", "PASS",
                 told=Diagnosis(results=(*software, *hardware), exit_status=value(0))),
            *cases,
        ),
    )  # fmt: skip


def half(**over: Any) -> CollectivePass:
    good = {"busbw_gbyte_s": value(476.0), "wrong": value(0)}
    return CollectivePass(**{**good, **over})


def row(size: int, out: CollectivePass | None = None, into: CollectivePass | None = None) -> CollectiveRow:
    return CollectiveRow(
        size_bytes=size, count=size // 4, type="float", out_of_place=out or half(), in_place=into or half()
    )


def run_of(*rows: CollectiveRow, ranks: Read | int = 8, hosts: int = 1, **over: Any) -> Collective:
    good: dict[str, Any] = {
        "ranks": value(ranks) if isinstance(ranks, int) else ranks,
        "hosts": tuple(f"node-{number}" for number in range(hosts)),
        "validation": value(True),
        "rows": rows or (row(2**30), row(GIB8)),
        "out_of_bounds": value(0),
        "out_of_bounds_ok": value(True),
        "average_busbw_gbyte_s": value(300.0),
        "nccl_version": value("2.21.5"),
        "exit_status": value(0),
        "finished": True,
    }
    return Collective(**{**good, **over})


def slower(amount: float) -> CollectiveRow:
    return row(GIB8, half(busbw_gbyte_s=value(amount)), half(busbw_gbyte_s=value(amount)))


def wrong(read: Read, size: int = GIB8) -> tuple[CollectiveRow, ...]:
    return (
        (row(2**30, half(wrong=read)), row(GIB8))
        if size != GIB8
        else (row(2**30), row(GIB8, half(wrong=read)))
    )


def node_world(
    name: str,
    *,
    run: Any = None,
    expect: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    expected = {"gpus": 8, "gpu_model": MODEL} if expect is None else expect
    table: dict[Any, Any] = {(name, "collective"): run_of() if run is None else run}
    answering(table, answers)
    return World(subject=name, devices=[written(name, expect=expected)], table=table)


def rack_world(
    name: str,
    *,
    run: Any = None,
    nodes: int = 4,
    model: str = MODEL,
    answers: dict[str, Any] | None = None,
) -> World:
    """A rack of that name, whose nodes have eight each."""
    names = [f"{name}-n{number}" for number in range(nodes)]
    expect = {"gpus": 8, "gpu_model": model}
    whole = run_of(*sound_rows(), ranks=8 * nodes, hosts=nodes)
    table: dict[Any, Any] = {(names[0], "collective_across"): whole if run is None else run}
    answering(table, answers)
    return World(
        subject=name,
        devices=[written(each, rack=name, expect=expect) for each in names],
        beside=tuple(names),
        table=table,
    )


def sound_rows() -> tuple[CollectiveRow, ...]:
    return (row(2**30), slower(350.0))


def of_four(*rows: CollectiveRow, **over: Any) -> Collective:
    return run_of(*(rows or sound_rows()), **{"ranks": 32, "hosts": 4, **over})


def alike(make: Any, good: float) -> tuple[Case, ...]:
    """What must not pass on one node or on four."""
    return (
        case("one wrong value", "FAIL", run=make(*wrong(value(1)))),
        case("wrong values in exponent form", "FAIL", run=make(*wrong(value(2.68435e8)))),
        case("wrong at another size than the planned", "FAIL", run=make(*wrong(value(3), 2**30))),
        case("rows are right, and the closing line is not", "FAIL",
             run=make(out_of_bounds=value(2), out_of_bounds_ok=value(False))),
        case("the closing line says so without a number", "FAIL", run=make(out_of_bounds_ok=value(False))),
        case("values were not checked", "UNKNOWN no_data",
             run=make(*wrong(NOT_AVAILABLE), validation=value(False))),
        case("one half of one row was not checked", "UNKNOWN no_data",
             run=make(*wrong(NOT_AVAILABLE, 2**30), validation=value(False))),
        case("wrong, and the rest was not checked", "FAIL",
             run=make(*wrong(value(1)), validation=value(False))),
        case("no closing count", "UNKNOWN no_data", run=make(out_of_bounds=ABSENT)),
        case("it did not end", "UNKNOWN no_data", run=make(finished=False)),
        case("the planned size was not run", "UNKNOWN no_data", run=make(row(2**30), row(2**32))),
        case("fast at small sizes, slow at the planned", "FAIL", run=make(row(2**30), slower(200.0))),
        case("slow by the average only", "PASS", run=make(average_busbw_gbyte_s=value(1.0))),
        case("one half is slow", "FAIL",
             run=make(row(2**30), row(GIB8, into=half(busbw_gbyte_s=value(100.0))))),
        case("bandwidth is no number", "UNKNOWN no_data",
             run=make(row(2**30), row(GIB8, half(busbw_gbyte_s=NOT_AVAILABLE)))),
        case("the planned size stands there twice", "UNKNOWN no_data", run=make(slower(good), slower(good))),
        case("ranks not told", "UNKNOWN no_data", run=make(ranks=ABSENT)),
        case("one rank less", "FAIL", run=make(ranks=value(7))),
        case("another exit status", "FAIL", run=make(exit_status=value(1))),
        case("exit status not told", "UNKNOWN no_data", run=make(exit_status=ABSENT)),
    )  # fmt: skip


class Unsteady:
    """A collective that is slower each time."""

    def __init__(self, *speeds: float, ranks: int, hosts: int) -> None:
        self._speeds, self._ranks, self._hosts = list(speeds), ranks, hosts

    def __call__(self, *asked: object) -> Collective:
        return run_of(row(2**30), slower(self._speeds.pop(0)), ranks=self._ranks, hosts=self._hosts)


NODE = Table(
    check="collectives.node_all_reduce",
    world=node_world,
    reads=("collective",),
    envelope=ENVELOPE,
    step={"with": {"repeats": 3}},
    cases=(
        case("as it should be", "PASS"),
        case("near the floor", "MARGINAL", run=run_of(slower(455.0))),
        case("under the floor", "FAIL", run=run_of(slower(449.9))),
        *alike(run_of, 476.0),
        case("another model, for which nobody states a floor", "UNKNOWN no_limit",
             expect={"gpus": 8, "gpu_model": "NVIDIA H200"}),
        case("fewer GPUs, for which nobody states a floor", "UNKNOWN no_limit",
             expect={"gpus": 4, "gpu_model": MODEL}, run=run_of(ranks=4)),
        case("no GPU expected", "UNKNOWN no_data", expect={"model": "x"}),
        case("unsteady", "FAIL", run=Unsteady(500.0, 476.0, 452.0, ranks=8, hosts=1)),
        case("one slow run of three", "FAIL", run=Unsteady(476.0, 300.0, 477.0, ranks=8, hosts=1)),
        case("steady", "PASS", run=Unsteady(476.0, 474.0, 477.0, ranks=8, hosts=1)),
    ),
)  # fmt: skip

ACROSS = Table(
    check="collectives.all_reduce",
    world=rack_world,
    reads=("collective_across",),
    envelope=ENVELOPE,
    step={"with": {"algorithm": "RING", "repeats": 2}},
    cases=(
        case("four nodes as they should be", "PASS"),
        case("four nodes near the floor", "MARGINAL", run=of_four(slower(310.0))),
        case("four nodes under the floor", "FAIL", run=of_four(slower(299.0))),
        *(case(f"four nodes {one.name}", one.expected, **one.over) for one in alike(of_four, 350.0)),
        case("all ranks on one host", "FAIL", run=of_four(hosts=1)),
        case("hosts not told", "UNKNOWN no_data", run=of_four(hosts=0)),
        case("one node less", "FAIL", run=of_four(hosts=3, ranks=24)),
        case("three nodes, for which nobody states a floor", "UNKNOWN no_limit", nodes=3),
        case("a rack of another model", "UNKNOWN no_limit", model="NVIDIA B200"),
        case("a rack with one node", "UNKNOWN no_data", nodes=1),
        case("a rack unsteady", "FAIL", run=Unsteady(350.0, 320.0, ranks=32, hosts=4)),
    ),
)  # fmt: skip

TABLES = (
    diagnosed("accelerators.health", ("software",)),
    diagnosed(
        "accelerators.burn_in",
        ("software", "pcie", "memory"),
        case("only the quick test was run", "UNKNOWN no_data", told=diagnosis(("software",))),
        case("named as DCGM 3 does", "PASS", told=diagnosis(("software", "PCIe", "GPU Memory"))),
    ),
    NODE,
    ACROSS,
)
