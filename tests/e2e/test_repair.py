"""The repair loop: what failed is mended and run again; what was measured on another part counts no more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.here import whole_events
from tests.e2e.runs import Nursery, Rack, events_of, only_run, until
from tests.e2e.test_world import optic, run_words, unattended
from tests.peers.stand import Lab

PORT, FAR = "leaf-1/Ethernet16", "leaf-2/Ethernet3/1"
LINK = f"{PORT}<->{FAR}"
OF_AN_OPTIC = {
    ("optics", "presence", PORT),
    ("optics", "temperature", PORT),
    ("optics", "levels", PORT),
    ("optics", "levels", FAR),
    ("links", "state", LINK),
    ("links", "neighbors", LINK),
    ("links", "errors", LINK),
    ("sign-off", "attest", "run"),
}
"""Levels and the link at both ends, and the signature under a record that said otherwise."""


@pytest.fixture
def lab(nursery: Nursery, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(nursery, tmp_path / "lab", speed=1000)
    yield made
    made.end()


def attempts(run: Path) -> dict[tuple[str, str, str], list[tuple[int, str]]]:
    """Each row's attempts in their order, read from the lines alone."""
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for event in events_of(run):
        if event["kind"] == "StepEnded":
            row = (event["stage"], event["step"], event["subject"])
            found.setdefault(row, []).append((event["attempt"], event["verdict"]))
    return found


def again(run: Path) -> set[tuple[str, str, str]]:
    """Rows that were run more than once."""
    return {row for row, tried in attempts(run).items() if len(tried) > 1}


def another_module(world: dict[str, Any]) -> None:
    optic(world, "leaf-1", "Ethernet16")["serial"] = "LQ99999999"


def test_a_dirty_end_fails_and_after_repair_and_retest_it_passes_with_both_attempts_in_the_record(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack(f"dirty-connector@{PORT}")
    words = (
        "--answers",
        str(rack.folder / "answers.toml"),
        "--approve-with",
        str(rack.folder / "approve-key"),
    )
    done = nursery.run(rack.run_words("--runs", str(tmp_path / "runs")))
    assert done.status == 1, done.output
    run = only_run(tmp_path / "runs")
    failed = {row for row, tried in attempts(run).items() if tried[-1][1] != "PASS"}
    assert nursery.run(["lab", "repair", "--dir", str(rack.folder)]).status == 0
    mended = nursery.run(["resume", str(run), "--headless", "--retest", "failed", *words])
    assert mended.status == 0, mended.output
    tried = attempts(run)
    assert "FAIL" in {tried[row][0][1] for row in failed}
    assert all(tried[row][-1] == (2, "PASS") for row in failed)
    assert again(run) == failed | {("sign-off", "attest", "run")}
    assert nursery.run(["log", "verify", str(run)]).status == 0
    nothing = nursery.run(["resume", str(run), "--headless", "--retest", "failed", *words])
    assert nothing.status == 0 and "closed" in nothing.output


@pytest.mark.parametrize("step", ["presence", "levels"])
def test_field_22_another_optic_supersedes_what_was_measured_on_the_old_one_and_only_that_runs_again(
    step: str, nursery: Nursery, lab: Lab
) -> None:
    assert nursery.run(run_words(lab)).status == 0
    run = only_run(lab.folder / "runs")
    lab.with_hands(another_module)
    done = nursery.run(["resume", str(run), *unattended(lab), "--retest", f"{step}@{PORT}"])
    assert done.status == 0, done.output
    assert again(run) == OF_AN_OPTIC
    taken = {
        (event["stage"], event["step"], event["subject"]): event
        for event in events_of(run)
        if event["kind"] == "Superseded"
    }
    assert set(taken) == OF_AN_OPTIC
    seen = next(
        event for event in events_of(run) if event["kind"] == "Measured" and event["value"] == "LQ99999999"
    )
    assert taken["links", "errors", LINK]["because"] == seen["seq"]
    assert nursery.run(["log", "verify", str(run)]).status == 0


def test_field_23_a_replaced_optic_is_declared_signed_and_retested(nursery: Nursery, lab: Lab) -> None:
    runs = lab.folder / "runs"
    words = [word for word in run_words(lab) if word not in ("--headless", "--format", "json")]
    follower, output = nursery.start(words)
    assert nursery.wait(follower) == 0, output.read_text()
    run = only_run(runs)
    old = optic(lab.world(), "leaf-1", "Ethernet16")["serial"]
    inventory = lab.inventory.read_bytes()
    lab.with_hands(another_module)
    report = lab.folder / "scope.pdf"
    report.write_bytes(b"%PDF end face: scratched")
    key = str(lab.folder / "approve-key")

    def tell(*more: str) -> Any:
        return nursery.run(["tell", str(run), *more])

    shown = tell("replace", old, "LQ99999999", "--reason", "lane 2 dark", "--dry-run")
    assert shown.status == 0, shown.output
    assert all(" ".join((f"{stage}/{step}", subject)) in shown.output for stage, step, subject in OF_AN_OPTIC)
    assert not [event for event in events_of(run) if event["kind"] == "CommandReceived"]
    unsigned = tell("replace", old, "LQ99999999", "--reason", "lane 2 dark")
    assert unsigned.status == 2 and "signed" in unsigned.output
    fitted = optic(lab.world(), "leaf-2", "Ethernet3/1")["serial"]
    elsewhere = tell("replace", old, fitted, "--reason", "lane 2 dark", "--key", key)
    assert elsewhere.status == 2 and FAR in elsewhere.output
    more = ("--rma", "4711", "--evidence", str(report), "--moved-to", "shelf B", "--key", key)
    told = tell("replace", old, "LQ99999999", "--reason", "lane 2 dark", *more)
    assert told.status == 0, told.output
    until(lambda: len(again_now(run)) == len(OF_AN_OPTIC))
    back = tell("replace", "LQ99999999", old, "--reason", "it was the cable", "--key", key)
    assert back.status == 2 and "taken out" in back.output
    assert tell("close").status == 0
    until(lambda: whole_events(run)[-1]["kind"] == "RunClosed")
    assert events_of(run)[-1]["verdict"] == "PASS"
    (part,) = [event for event in events_of(run) if event["kind"] == "PartReplaced"]
    assert (part["subject"], part["old"], part["new"], part["rma"]) == (PORT, old, "LQ99999999", "4711")
    assert part["moved_to"] == "shelf B" and part["signature"] and part["evidence"]
    judged = [
        event for event in events_of(run) if event["kind"] == "Judged" and event["quantity"] == "optic_serial"
    ]
    assert [(event["verdict"], event["limit"]) for event in judged] == [("PASS", "= LQ99999999")]
    assert lab.inventory.read_bytes() == inventory
    until(lambda: nursery.run(["log", "verify", str(run)]).status == 0)


def again_now(run: Path) -> set[tuple[str, str, str]]:
    """Rows with a second verdict so far, while the record is being written."""
    return {
        (event["stage"], event["step"], event["subject"])
        for event in whole_events(run)
        if event["kind"] == "StepEnded" and event["attempt"] > 1
    }


def test_a_replacement_that_is_not_the_part_that_was_fitted_fails_its_identity(
    nursery: Nursery, lab: Lab
) -> None:
    words = [word for word in run_words(lab) if word not in ("--headless", "--format", "json")]
    follower, output = nursery.start(words)
    assert nursery.wait(follower) == 0, output.read_text()
    run = only_run(lab.folder / "runs")
    old = optic(lab.world(), "leaf-1", "Ethernet16")["serial"]
    lab.with_hands(another_module)
    key = str(lab.folder / "approve-key")
    told = nursery.run(["tell", str(run), "replace", old, "LQ00000042", "--reason", "dark", "--key", key])
    assert told.status == 0, told.output
    until(lambda: ("sign-off", "attest", "run") in again_now(run))
    assert nursery.run(["tell", str(run), "close"]).status == 0
    until(lambda: whole_events(run)[-1]["kind"] == "RunClosed")
    assert attempts(run)["optics", "presence", PORT] == [(1, "PASS"), (2, "FAIL")]
    assert attempts(run)["optics", "levels", PORT][-1][1] == "UNKNOWN"
    assert events_of(run)[-1]["exit_code"] == 1


# what is left altered

SHUT = """\
schema = "bringup.playbook/1"
name = "shut"
[[stage]]
name = "work"
[[stage.step]]
id = "shut"
action = "port.down"
on = { device = "leaf-1", port = "Ethernet16" }
[[stage]]
name = "end"
[[stage.step]]
id = "sign"
ask = "attest"
with = { text = "All is as it should be." }
"""
ANSWER = 'schema = "bringup.answers/1"\n[[answer]]\nstep = "end/sign"\nvalue = "yes"\nby = "kim"\n'


def test_field_11_a_port_left_shut_blocks_the_sign_off_until_all_is_put_back(
    nursery: Nursery, lab: Lab
) -> None:
    (lab.folder / "shut.toml").write_text(SHUT)
    (lab.folder / "yes.toml").write_text(ANSWER)
    more = ["--headless", "--answers", str(lab.folder / "yes.toml")]
    more += ["--approve-with", str(lab.folder / "approve-key")]
    words = ["run", str(lab.folder / "shut.toml"), "-i", str(lab.inventory)]
    done = nursery.run([*words, "--runs", str(lab.folder / "runs"), *more])
    assert done.status == 3, done.output
    assert "left altered: 1" in done.output and "put-back" in done.output
    run = only_run(lab.folder / "runs")
    assert attempts(run)["end", "sign", "run"] == [(1, "UNKNOWN")]
    back = nursery.run(["resume", str(run), "--put-back", *more])
    assert back.status == 0, back.output
    assert "left altered" not in back.output
    assert attempts(run)["end", "sign", "run"] == [(1, "UNKNOWN"), (2, "PASS")]
    assert attempts(run)["put-back", "port.up", PORT] == [(1, "PASS")]
    assert nursery.run(["log", "verify", str(run)]).status == 0
    nothing = nursery.run(["resume", str(run), "--put-back", *more])
    assert nothing.status == 0 and "closed" in nothing.output


# units of acceptance


def test_field_25_a_run_ends_with_the_nodes_that_are_accepted_and_those_that_are_not(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack("dirty-connector@leaf-1/Ethernet0")
    done = nursery.run(rack.run_words("--format", "json", "--runs", str(tmp_path / "runs")))
    assert done.status == 1, done.output
    found = json.loads(done.output[done.output.index("{") :])["acceptance"]
    assert found["unit"] == "node"
    (node,) = found["rejected"]
    assert node["name"] == "node-01" and node["reasons"] and node["retest"]
    assert found["accepted"] == found["unknown"] == found["not_reached"] == []
    run = only_run(tmp_path / "runs")
    assert nursery.run(["lab", "repair", "--dir", str(rack.folder)]).status == 0
    words = (
        "--answers",
        str(rack.folder / "answers.toml"),
        "--approve-with",
        str(rack.folder / "approve-key"),
    )
    mended = nursery.run(["resume", str(run), "--headless", "--retest", "failed", *words])
    assert mended.status == 0, mended.output
    assert "accepted: 1 (node)\n  node-01" in mended.output
    assert "rejected" not in mended.output


# at the desk


def under_the_console(nursery: Nursery, lab: Lab, status: int = 0, **more: Any) -> Path:
    """A run that has come to its end, whose runner stays for commands."""
    words = [word for word in run_words(lab) if word not in ("--headless", "--format", "json")]
    follower, output = nursery.start(words, **more)
    assert nursery.wait(follower) == status, output.read_text()
    return only_run(lab.folder / "runs")


def test_a_runner_that_dies_as_the_replacement_is_written_leaves_nothing_half_done(
    nursery: Nursery, lab: Lab
) -> None:
    run = under_the_console(nursery, lab, die_like={"kind": "PartReplaced"}, die_more=0)
    old = optic(lab.world(), "leaf-1", "Ethernet16")["serial"]
    lab.with_hands(another_module)
    key = str(lab.folder / "approve-key")
    words = ["tell", str(run), "replace", old, "LQ99999999", "--reason", "dark", "--key", key]
    assert nursery.run(words).status == 2, "its runner is gone"
    assert whole_events(run)[-1]["kind"] == "PartReplaced"
    done = nursery.run(["resume", str(run), *unattended(lab)])
    assert done.status == 0, done.output
    assert again(run) == OF_AN_OPTIC
    assert nursery.run(["log", "verify", str(run)]).status == 0


def test_a_port_is_watched_over_the_desk_and_a_bare_step_name_is_enough(nursery: Nursery, lab: Lab) -> None:
    run = under_the_console(nursery, lab)

    def tell(*more: str) -> Any:
        return nursery.run(["tell", str(run), *more])

    assert tell("watch", PORT, "--for", "1h").status == 0
    until(lambda: sum(event["kind"] == "SeriesChunk" for event in whole_events(run)) > 20)
    assert tell("watch", PORT, "--stop").status == 0
    assert tell("watch", PORT, "--for", "an hour").status == 2
    told = tell("retest", f"temperature@{PORT}")
    assert told.status == 0 and f"optics/temperature {PORT}" in told.output
    assert tell("retest", "reach").status == 2, "two stages have such a step"
    until(lambda: ("sign-off", "attest", "run") in again_now(run))
    assert tell("close").status == 0
    until(lambda: whole_events(run)[-1]["kind"] == "RunClosed")
    assert again(run) == {("optics", "temperature", PORT), ("sign-off", "attest", "run")}
    until(lambda: nursery.run(["log", "verify", str(run)]).status == 0)


def test_field_26_a_waiver_is_signed_bound_and_holds_over_a_retest_that_finds_nothing_worse(
    nursery: Nursery, lab: Lab
) -> None:
    lab.command("fault", "add", "psu-out@leaf-1/psu-1")
    run = under_the_console(nursery, lab, status=1)
    key = str(lab.folder / "approve-key")

    def tell(*more: str) -> Any:
        return nursery.run(["tell", str(run), *more])

    what = ("waive", "supplies@leaf-1/psu-1", "--why", "spare on order")
    assert "end date" in tell(*what, "--key", key).output
    assert "signed" in tell(*what, "--until", "2099-12-31").output
    told = tell(*what, "--until", "2099-12-31", "--key", key)
    assert told.status == 0, told.output
    until(lambda: ("sign-off", "attest", "run") in again_now(run))
    assert tell("retest", "supplies@leaf-1/psu-1").status == 0
    row = ("management", "supplies", "leaf-1/psu-1")
    until(lambda: row in again_now(run))
    assert tell("close").status == 0
    until(lambda: whole_events(run)[-1]["kind"] == "RunClosed")
    assert attempts(run)[row] == [(1, "FAIL"), (2, "FAIL")]
    close = events_of(run)[-1]
    assert (close["verdict"], close["exit_code"]) == ("WAIVED", 5)
    (waived,) = [event for event in events_of(run) if event["kind"] == "Waived"]
    assert waived["serial"] and [each["quantity"] for each in waived["covers"]] == ["supply_ok"]
    until(lambda: nursery.run(["log", "verify", str(run)]).status == 0)


# a death anywhere in the loop

DEATHS = 12


@pytest.mark.timeout(900)
def test_a_kill_anywhere_in_a_retest_ends_as_if_nothing_had_happened(nursery: Nursery, lab: Lab) -> None:
    """Another optic is seen by a retest, which dies at one event or another, and is resumed."""
    assert nursery.run(run_words(lab)).status == 0
    whole = only_run(lab.folder / "runs")
    before = len(events_of(whole))
    lab.with_hands(another_module)
    retest = (*unattended(lab), "--retest", f"presence@{PORT}")

    def copied(name: str) -> Path:
        return Path(shutil.copytree(whole, lab.folder / name / whole.name))

    undisturbed = copied("undisturbed")
    assert nursery.run(["resume", str(undisturbed), *retest]).status == 0
    last = len(events_of(undisturbed))
    step = max(1, (last - before) // DEATHS)
    tried = 0
    for point in range(before, last - 1, step):
        run = copied(f"at-{point}")
        died = nursery.run(["resume", str(run), *retest], die_after_event=point)
        assert died.status == -9, died.output
        begun = any(event["kind"] == "Superseded" for event in events_of(run))
        done = nursery.run(["resume", str(run), *(unattended(lab) if begun else retest)])
        assert done.status == 0, done.output
        tried += 1
        found = {row: verdicts[-1][1] for row, verdicts in attempts(run).items()}
        assert found == {row: verdicts[-1][1] for row, verdicts in attempts(undisturbed).items()}
        assert again(run) == OF_AN_OPTIC
        assert nursery.run(["log", "verify", str(run)]).status == 0
    assert tried >= DEATHS
