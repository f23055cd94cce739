"""OCI MSA links over real protocols: what nobody limits is not known, and a site's own numbers decide it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bringup.input.shipped import list_shipped
from tests.e2e.runs import Nursery, Rack

PROFILE, SPEED = "oci-optical", 200
SITE = """
schema = "bringup.envelope/1"
name = "site"

[[limit]]
measure = "rx_power_dbm"
when = { medium = "200G-OCI" }
min = -8.0
standing = "site"
source = "what this site's modules were bought to"

[[limit]]
measure = "tx_power_dbm"
when = { medium = "200G-OCI" }
min = -5.0
standing = "site"
source = "what this site's modules were bought to"
"""


def bring_up(
    nursery: Nursery, rack: Rack, folder: Path, playbook: str | None = None
) -> tuple[int, dict[str, Any]]:
    words = rack.run_words("--format", "json", "--runs", str(folder / "runs"))
    if playbook is not None:
        words[words.index(PROFILE)] = playbook
    done = nursery.run(words)
    said: dict[str, Any] = json.loads(done.output[done.output.index("{") :])
    return done.status, said


def with_limits(folder: Path) -> str:
    """The shipped playbook with an envelope of the site's own behind the others."""
    (folder / "site.toml").write_text(SITE)
    text = list_shipped("playbook")[PROFILE].read_text()
    book = folder / "book.toml"
    book.write_text(
        text.replace('envelope = ["base", "optics"]', 'envelope = ["base", "optics", "site.toml"]')
    )
    return str(book)


def test_light_that_no_public_text_limits_is_not_known_until_a_site_limits_it(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack(profile=PROFILE, speed=SPEED)
    status, said = bring_up(nursery, rack, tmp_path)
    assert status == 3
    reasons = {reason for cause in said["causes"] for reason in cause["reasons"]}
    assert reasons == {"no_limit"}
    assert [cause["remedy"] for cause in said["causes"]] == ["state-a-limit"]
    assert {step["step"] for step in said["steps"] if step["verdict"] != "PASS"} == {"external"}
    status, said = bring_up(nursery, rack, tmp_path, with_limits(tmp_path))
    assert (status, said["causes"]) == (0, [])


def test_a_dead_laser_of_the_source_and_a_ring_that_lost_its_wavelength_are_told_apart(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    faults = ("laser-source-out@leaf-1/Ethernet8#lane-2", "ring-unlocked@leaf-1/Ethernet24#lane-3")
    rack = make_rack(*faults, profile=PROFILE, speed=SPEED)
    status, said = bring_up(nursery, rack, tmp_path, with_limits(tmp_path))
    assert status == 1
    told = {cause["remedy"]: " ".join(cause["subjects"]) for cause in said["causes"]}
    assert "leaf-1/Ethernet8" in told["replace-laser-source"], told
    assert "leaf-1/Ethernet24" in told["reset-or-replace-optic"], told
