"""A range, its manifest and a secret by name, against a device that answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bringup.cli.main import main
from tests.peers.stand import Lab


def ranged(lab: Lab, folder: Path, serial: str) -> Path:
    """The lab's first leaf as a range of one, its serial in a manifest, its password behind a command."""
    leaf = lab.expected("leaf-1")
    ssh: dict[str, Any] = {**leaf["ssh"], "password": f"cmd:cat '{lab.folder}/secrets/{{name}}.password'"}
    only = {"name": "leaf-{n}", "count": 1, "role": "leaf", "platform": "sonic", "ssh": ssh}
    document: dict[str, Any] = {"schema": "bringup.inventory/1", "manifest": "delivered.csv"}
    document["device_range"] = [{**only, "address": leaf["address"]}]
    (folder / "delivered.csv").write_text(f"name,serial\nleaf-1,{serial}\n")
    path = folder / "inventory.toml"
    path.write_text(tomli_w.dumps(document))
    return path


def test_a_device_of_a_range_is_reached_with_its_own_secret(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ranged(lab, tmp_path, "S1")
    assert main(["probe", "leaf-1", "identity", "-i", str(path)]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["facts"]["identity"]["serial"]["value"] == lab.real("leaf-1")["serial"]
    assert lab.secret("file:secrets/leaf-1.password") not in printed


def test_a_serial_that_would_be_a_command_is_refused_before_anything_is_run(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ranged(lab, tmp_path, "$(touch pwned)")
    path.write_text(path.read_text().replace("{name}", "{serial}"))
    assert main(["probe", "leaf-1", "identity", "-i", str(path)]) == 2
    assert "can't stand in a command as its serial" in capsys.readouterr().err
    assert not list(tmp_path.glob("**/pwned")) and not Path("pwned").exists()
