"""A silent bad re-lock in a simulated rack: found by locking anew, named, and every port open afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.e2e.runs import Nursery, Rack, events_of, only_run
from tests.e2e.troubles import bring_up

BAD, GOOD = "leaf-1/Ethernet8", "leaf-1/Ethernet16"
SPEED = 20
PLAYBOOK = """
schema = "bringup.playbook/1"
name = "relock"
version = "1"
envelope = ["base"]

[[stage]]
name = "relock"
title = "Re-lock test"

[[stage.step]]
id = "relock"
action = "link.relock"
on = { device = "leaf-1", port = ["Ethernet8", "Ethernet16"] }
with = { bounces = 2, adapt_s = 10, measure_s = 15, up_within_s = 3600 }
deadline = "60s"
"""


def test_a_receiver_that_has_silently_adapted_badly_is_found_by_locking_anew(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack(f"ber-rise@{BAD}=1e-8", speed=SPEED)
    playbook = tmp_path / "relock.toml"
    playbook.write_text(PLAYBOOK)
    words = ["run", str(playbook), "-i", str(rack.folder / "inventory.toml"), "--headless"]
    words += ["--approve-with", str(rack.folder / "approve-key"), "--format", "json"]
    done = nursery.run([*words, "--runs", str(tmp_path / "runs")])
    assert done.status == 1, done.output
    said = json.loads(done.output[done.output.index("{") :])
    (cause,) = said["causes"]
    assert (cause["verdict"], cause["remedy"]) == ("FAIL", "relock-and-guard")
    assert cause["explains"] == [["relock", "relock", BAD]]
    events = events_of(only_run(tmp_path / "runs"))
    assert [one["verdict"] for one in events if one["kind"] == "StepEnded" and one["subject"] == GOOD] == [
        "PASS"
    ]
    altered = [
        (one["subject"], one.get("restored", False)) for one in events if one["kind"] == "AlteredState"
    ]
    assert altered == [(BAD, False), (BAD, True), (GOOD, False), (GOOD, True)]
    bers = {
        one["subject"]: one["value"]
        for one in events
        if one["kind"] == "Measured" and one["quantity"] == "lock_ber"
    }
    assert bers[f"{BAD}#lock-0"] > 5 * bers[f"{BAD}#lock-2"]
    shown = nursery.run(["interop", "show", str(only_run(tmp_path / "runs"))])
    assert shown.status == 0
    assert "SIMULATED: proves nothing" in shown.output
    assert "failed: link.relock relock_ber_factor" in shown.output


def test_a_bring_up_names_the_port_that_silently_corrects_ten_times_what_its_peers_do(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    status, said = bring_up(nursery, make_rack, tmp_path, "mini", f"ber-rise@{BAD}=1e-8")
    assert status == 1
    (cause,) = said["causes"]
    assert (cause["verdict"], cause["remedy"]) == ("FAIL", "relock-and-guard")
    assert cause["explains"] == [["links", "errors", f"{BAD}<->leaf-2/Ethernet2/1"]]
    assert BAD in cause["title"]
