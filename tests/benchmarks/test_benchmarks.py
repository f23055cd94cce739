"""A benchmark without its peer has no number, and one that misses its target does not pass."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from benchmarks import figure, many_hosts, path_run, snmp_walk
from benchmarks.all import BENCHMARKS, LEAST_ROUNDS, MISSED, PEER_MISSING, main
from benchmarks.child import launch
from benchmarks.figure import Benchmark, Figure, PeerMissing, interleaved, require
from benchmarks.report import BEGIN, END, write
from benchmarks.table import render
from bringup.cli._prepare import Request, read_inputs

NOWHERE = "a-program-that-nobody-has"


def made(**more: object) -> Figure:
    given: dict[str, object] = {"what": "walking", "unit": "s", "ours": (1.0, 2.0, 9.0), "at_most": 3, **more}
    return Figure(**given)  # type: ignore[arg-type]


def benchmark(*figures: Figure, **more: object) -> tuple[Benchmark, list[int]]:
    """A benchmark that hands back these figures, and the rounds that it was asked for."""
    asked: list[int] = []

    def measure(folder: Path, rounds: int) -> Sequence[Figure]:
        asked.append(rounds)
        return figures

    return Benchmark(name="walk", title="walking", measure=measure, **more), asked  # type: ignore[arg-type]


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    return ["--dir", str(tmp_path)]


def test_a_missing_peer_is_named_and_nothing_is_measured(
    here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    walk, asked = benchmark(made(), needs=("sh", NOWHERE))
    assert main(here, [walk]) == PEER_MISSING
    assert not asked
    assert capsys.readouterr().err == f"peer missing: walk: not installed: {NOWHERE}\n"


def test_a_peer_that_is_missing_at_the_last_moment_ends_the_run(
    here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(folder: Path, rounds: int) -> Sequence[Figure]:
        launch([NOWHERE], folder)
        return ()

    assert main(here, [Benchmark(name="walk", title="", measure=measure)]) == PEER_MISSING
    assert NOWHERE in capsys.readouterr().err


def test_a_missed_target_is_said_and_fails(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    walk, _ = benchmark(made(what="walking"), made(what="running", at_most=1))
    assert main(here, [walk]) == MISSED
    said = capsys.readouterr()
    assert re.search(r"running .* missed", said.out)
    assert said.err.endswith("missed: running\n")


def test_a_target_that_is_reached_passes_after_at_least_five_rounds(here: list[str]) -> None:
    walk, asked = benchmark(made())
    assert main([*here, "--rounds", "1"], [walk]) == 0
    assert asked == [LEAST_ROUNDS] == [5]


def test_only_runs_what_it_names(here: list[str]) -> None:
    walk, asked = benchmark(made())
    other, not_asked = benchmark(made(at_most=0))
    other = msgspec.structs.replace(other, name="other")
    assert main([*here, "--only", "walk"], [other, walk]) == 0
    assert asked
    assert not not_asked


def test_a_name_that_no_benchmark_has_is_refused(here: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main([*here, "--only", "flying"])
    assert refused.value.code == 2


def test_the_value_is_the_median_of_the_rounds_ratios() -> None:
    drifting = made(ours=(1.0, 10.0, 100.0), peer=(2.0, 20.0, 100.0))
    assert drifting.value == 0.5
    assert made().value == 2.0


@pytest.mark.parametrize(
    ("reach", "missed"),
    [({"at_most": 2}, False), ({"at_most": 1.9}, True), ({"at_least": 2}, False), ({"at_least": 2.1}, True)],
)
def test_a_figure_is_missed_past_its_reach(reach: dict[str, float], missed: bool) -> None:
    assert made(**{"at_most": None, **reach}).missed is missed


def test_no_number_and_no_reach_are_missed() -> None:
    assert made(ours=(float("nan"),)).missed
    assert made(at_most=None).missed


def test_each_goes_first_in_every_other_round() -> None:
    calls: list[str] = []
    interleaved(4, lambda: calls.append("ours"), lambda: calls.append("peer"))
    assert calls == ["peer", "ours", "ours", "peer", "peer", "ours", "ours", "peer"]


def test_require_names_all_that_is_missing() -> None:
    with pytest.raises(PeerMissing, match=f"{NOWHERE}, {NOWHERE}-either"):
        require("sh", NOWHERE, f"{NOWHERE}-either")


def test_the_walk_refuses_to_go_without_net_snmp(
    here: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(figure, "find", lambda program: None)
    assert main([*here, "--only", "snmp"]) == PEER_MISSING
    assert all(name in capsys.readouterr().err for name in snmp_walk.BENCHMARK.needs[:1])


def test_a_program_is_measured_with_its_exit_status_and_output(tmp_path: Path) -> None:
    took = launch(["sh", "-c", "echo said; exit 7"], tmp_path, env=os.environ)
    assert (took.exit_code, took.output) == (7, b"said\n")
    assert took.wall_s > 0
    assert took.rss_mb > 0.1


def test_the_table_shows_both_raw_numbers_and_the_ratio() -> None:
    table = render([made(peer=(1.0, 1.0, 4.0), peer_name="strolling")])
    assert "| 1 / 2 / 9 s | strolling: 1 / 1 / 4 s | 2.00× | ≤ 3×  | ok |" in table
    assert len({len(line) for line in table.splitlines()}) == 1


def test_writing_replaces_only_the_last_table(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write("| new |", page)
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| new |" in text
    assert "Python 3." in text


def test_every_target_of_the_page_has_a_benchmark() -> None:
    names = [each.name for each in BENCHMARKS]
    assert names == [
        *("start", "ssh", "dead-host", "held-ssh", "snmp", "snmp-agents", "redfish", "gnmi", "switch-sweep"),
        *(
            "text-parsers",
            "module-decode",
            "append",
            "verify",
            "engine",
            "mini",
            "hgx",
            "requests",
            "cabling",
            "console",
        ),
    ]


def test_the_hosts_of_the_benchmark_are_read_as_any_inventory(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "hosts.json").write_text("[2201, 2202]")
    (tmp_path / "known_hosts").write_text("")
    playbook, inventory = many_hosts.inputs(tmp_path, [2201, 2202])
    inputs = read_inputs(Request(playbook=str(playbook), inventory=str(inventory)), {})
    assert [row[2] for row in inputs.plan.planned] == ["host-1", "host-2"]


def test_the_critical_path_is_that_of_one_switch(tmp_path: Path) -> None:
    playbook, inventory = path_run.write_inputs(tmp_path, 2)
    inputs = read_inputs(Request(playbook=str(playbook), inventory=str(inventory)), {})
    assert {row[2].partition("/")[0] for row in inputs.plan.planned} == {"leaf-1", "leaf-2"}
