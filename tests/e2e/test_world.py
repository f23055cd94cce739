"""One physical world, changed by hand or in mid-run: every protocol shows it, and the run names it.

Where hands are at work no fault is named: the world's own records are changed, at other ports and to other
depths than any fault that the lab can be asked for.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w

import bringup
from bringup.lab.faults import fault_kinds
from tests.e2e.runs import Done, Nursery, events_of, only_run, until
from tests.peers.stand import Lab, answer_of, value

World = dict[str, Any]
PACKAGE = Path(bringup.__file__).parent
STANDARD_MIN_DBM = -5.9
FAST, SLOW = 1000, 200


@pytest.fixture
def make_lab(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[[int], Lab]]:
    """A lab of a given speed, started by `bringup lab up`."""
    made: list[Lab] = []

    def make(speed: int) -> Lab:
        made.append(Lab(nursery, tmp_path / "lab", speed=speed))
        return made[-1]

    yield make
    for each in made:
        each.end()


def unattended(lab: Lab) -> tuple[str, ...]:
    answers, key = lab.folder / "answers.toml", lab.folder / "approve-key"
    return ("--headless", "--answers", str(answers), "--approve-with", str(key), "--format", "json")


def run_words(lab: Lab, playbook: str = "mini") -> list[str]:
    runs = str(lab.folder / "runs")
    return ["run", playbook, "-i", str(lab.inventory), "--runs", runs, *unattended(lab)]


def summary_of(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.output[done.output.index("{") :])
    return found


# hands in the world


def cable(world: World, label: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in world["cables"] if each["label"] == label)
    return found


def device(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in world["devices"] if each["name"] == name)
    return found


def optic(world: World, name: str, port: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in device(world, name)["ports"] if each["name"] == port)
    return found["optic"]  # type: ignore[no-any-return]


def smear_both_ways(world: World) -> None:
    """The far plug of C-004: lane 2 leaving it and lane 4 reaching it, unlike in depth."""
    plug = cable(world, "C-004")["b"]
    plug["out_db"][1] += 6.3
    plug["in_db"][3] += 4.9


def smear_one_way(world: World) -> None:
    """The near plug of C-003, where it sends on lane 1."""
    cable(world, "C-003")["a"]["out_db"][0] += 7.4


def smear_a_little(world: World) -> None:
    """Every lane stays within the standard; one lies far from the others."""
    cable(world, "C-003")["b"]["in_db"][3] += 3.9


def burn_out_a_laser(world: World) -> None:
    optic(world, "leaf-1", "Ethernet16")["lanes"][2]["laser"] = False


def age_a_laser(world: World) -> None:
    optic(world, "leaf-2", "Ethernet2/1")["lanes"][1]["tx_power_dbm"] = -4.5


def cross_at_the_node(world: World) -> None:
    one, other = cable(world, "C-001")["b"], cable(world, "C-002")["b"]
    one["port"], other["port"] = other["port"], one["port"]


def take_a_supply_out(world: World) -> None:
    device(world, "node-01")["supplies"][1]["fitted"] = False


class Hands(NamedTuple):
    """What was done by hand, and what must come of it: one cause, that explains these rows and no others."""

    change: Callable[[World], None]
    remedy: str
    step: str
    subjects: set[str]


AT_WORK = (
    Hands(smear_both_ways, "clean-both-ends", "optics/levels", {"leaf-1/Ethernet16", "leaf-2/Ethernet3/1"}),
    Hands(smear_one_way, "clean-both-ends", "optics/levels", {"leaf-2/Ethernet2/1"}),
    Hands(smear_a_little, "clean-both-ends", "optics/levels", {"leaf-2/Ethernet2/1"}),
    Hands(burn_out_a_laser, "replace-optic", "optics/levels", {"leaf-1/Ethernet16", "leaf-2/Ethernet3/1"}),
    Hands(age_a_laser, "replace-optic", "optics/levels", {"leaf-1/Ethernet8", "leaf-2/Ethernet2/1"}),
    Hands(
        cross_at_the_node,
        "swap-cables-back",
        "links/neighbors",
        {"leaf-1/Ethernet0<->node-01/enp65s0np0", "leaf-2/Ethernet1/1<->node-01/enp193s0np0"},
    ),
    Hands(take_a_supply_out, "check-supply-and-cord", "management/supplies", {"node-01/psu-2"}),
)


@pytest.mark.parametrize("hands", AT_WORK, ids=lambda hands: hands.change.__name__)
def test_what_hands_did_to_the_world_is_named_and_nothing_else_is_blamed(
    hands: Hands, nursery: Nursery, make_lab: Callable[[int], Lab]
) -> None:
    lab = make_lab(FAST)
    lab.with_hands(hands.change)
    assert json.loads(lab.command("status", "--format", "json"))["faults"] == []
    done = nursery.run(run_words(lab))
    assert done.status == 1, done.output
    (cause,) = summary_of(done)["causes"]
    assert (cause["verdict"], cause["remedy"]) == ("FAIL", hands.remedy)
    assert {f"{stage}/{step}" for stage, step, _ in cause["explains"]} == {hands.step}
    assert {subject for _, _, subject in cause["explains"]} == hands.subjects
    rows = [row for row in summary_of(done)["steps"] if row["verdict"] not in ("PASS", "MARGINAL")]
    told = {(row["stage"], row["step"], row["subject"]) for row in rows}
    assert told == {tuple(row) for row in (*cause["explains"], *cause["blocked"])}


def lanes_of(nursery: Nursery, lab: Lab, name: str, port: str, transport: str) -> list[float]:
    """Received power of each lane, as `bringup probe` reads it over that one transport."""
    document = tomllib.loads(lab.inventory.read_text())
    spoken = document["device"][[each["name"] for each in document["device"]].index(name)]
    for other in {"ssh", "gnmi", "eapi"} - {transport}:
        spoken.pop(other, None)
    inventory = lab.folder / f"{name}-{transport}.toml"
    inventory.write_text(tomli_w.dumps(document))
    found = answer_of(nursery.run(["probe", name, "optics", "-i", str(inventory)]))
    assert found.status == 0, found.text
    (module,) = [each for each in found.facts["optics"] if each["port"] == port]
    return [value(lane["rx_power_dbm"]) for lane in module["lanes"]]


def test_one_dirty_plug_is_read_alike_at_both_its_ends_over_every_protocol(
    nursery: Nursery, make_lab: Callable[[int], Lab]
) -> None:
    """SONiC's text, its gNMI, eAPI, EOS's gNMI: four renderings of one loss on a lane each way."""
    lab = make_lab(FAST)
    ends = [
        ("leaf-1", "Ethernet16", "ssh"), ("leaf-1", "Ethernet16", "gnmi"),
        ("leaf-2", "Ethernet3/1", "eapi"), ("leaf-2", "Ethernet3/1", "gnmi"),
    ]  # fmt: skip
    clean = [lanes_of(nursery, lab, *end) for end in ends]
    lab.with_hands(smear_both_ways)
    dirty = [lanes_of(nursery, lab, *end) for end in ends]
    for before, after, low, depth_db in zip(clean, dirty, (2, 2, 4, 4), (6.3, 6.3, 4.9, 4.9), strict=True):
        lost = [round(was - now, 1) for was, now in zip(before, after, strict=True)]
        assert lost == pytest.approx([depth_db if lane == low else 0.0 for lane in (1, 2, 3, 4)], abs=0.11)
        assert [lane for lane, power in enumerate(after, 1) if power < STANDARD_MIN_DBM] == [low]
    assert dirty[0] == pytest.approx(dirty[1], abs=0.02)
    assert dirty[2] == pytest.approx(dirty[3], abs=0.02)


# while a run waits

LINK = "leaf-1/Ethernet8<->leaf-2/Ethernet2/1"
IN_THE_WINDOW = ("dark-lane@leaf-2/Ethernet2/1#lane-4", "dirty-connector@leaf-1/Ethernet8=5")


def long_window(folder: Path) -> str:
    """The shipped playbook with a window in which there is time for a hand to reach the rack."""
    text = (PACKAGE.parent / "playbooks" / "mini.toml").read_text()
    assert text.count('window = "120s"') == 1
    path = folder / "mini.toml"
    path.write_text(text.replace('window = "120s"', 'window = "400s"'))
    return str(path)


def ended(run: Path) -> dict[str, list[tuple[int, str]]]:
    """Subject -> its attempts at links/errors, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for event in events_of(run):
        if event["kind"] == "StepEnded" and event["step"] == "errors":
            found.setdefault(event["subject"], []).append((event["attempt"], event["verdict"]))
    return found


@pytest.mark.parametrize("fault", IN_THE_WINDOW)
def test_a_fault_inside_the_window_fails_its_link_alone_and_a_retest_after_repair_passes(
    fault: str, nursery: Nursery, make_lab: Callable[[int], Lab], tmp_path: Path
) -> None:
    lab, runs = make_lab(SLOW), tmp_path / "lab" / "runs"
    pid, output = nursery.start(run_words(lab, long_window(tmp_path)))
    until(lambda: runs.exists() and any((each / "journal").exists() for each in runs.iterdir()))
    run = only_run(runs)
    until(lambda: b'"step":"errors"' in b"".join(path.read_bytes() for path in run.glob("journal/*.jsonl")))
    assert ended(run) == {}, "the window is open"
    lab.command("fault", "add", fault)
    assert nursery.wait(pid) == 1, output.read_text()
    said = summary_of(Done(1, output.read_text()))
    (cause,) = said["causes"]
    assert cause["explains"] == [["links", "errors", LINK]]
    assert [row["subject"] for row in said["steps"] if row["verdict"] != "PASS"] == [LINK]
    lab.command("repair")
    again = nursery.run(["resume", str(run), *unattended(lab), "--retest", f"links/errors@{LINK}"])
    assert again.status == 0, again.output
    assert summary_of(again)["verdict"] == "PASS"
    assert ended(run)[LINK] == [(1, "FAIL"), (2, "PASS")]
    assert [attempts for link, attempts in ended(run).items() if link != LINK] == [[(1, "PASS")]] * 3
    verified = nursery.run(["log", "verify", str(run)])
    assert verified.status == 0, verified.output
    secrets = {path.read_text().strip().encode() for path in lab.folder.glob("secrets/*")}
    assert len(secrets) >= 4
    assert [
        path for path in run.rglob("*") if path.is_file() and any(each in bare(path) for each in secrets)
    ] == []


def bare(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


# names

DEFINING = {path.name for path in (PACKAGE / "lab").glob("faults_*.py")}


def texts_of(path: Path) -> Iterator[str]:
    """All of a data file; the strings of a module, but not the examples in the help of a command."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
    help_ = {ast.get_docstring(node, clean=False) for node in nodes} if path.parent.name == "cli" else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in help_:
            yield node.value


def test_no_file_of_the_program_but_the_faults_own_names_a_fault() -> None:
    """Modules, playbooks, inventories, cable lists, envelopes: what holds no name can't judge by one."""
    top = PACKAGE.parent
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml")]
    files += [*top.glob("playbooks/*"), *top.glob("inventory/*")]
    assert len(files) > 200
    name = re.compile(rf"(?<![\w-])({'|'.join(fault_kinds())})(?![\w-])")
    guilty = {
        str(path.relative_to(top)): found
        for path in files
        if path.name not in DEFINING
        and (found := [hit for text in texts_of(path) for hit in name.findall(text)])
    }
    assert guilty == {}
