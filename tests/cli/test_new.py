"""`bringup inventory new`: a good new file, or none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bringup.cli.main import main
from bringup.input import load_inventory
from tests.conftest import ROOT

LEAVES = "role=leaf platform=sonic name=leaf-{n} count=2 user=admin password=env:LEAF_PASSWORD"
BMC = "role=bmc platform=redfish-bmc name=bmc-01 user=admin password='cmd:pass show {serial}' serial=S1"


def test_flags_become_an_inventory_that_is_good(tmp_path: Path) -> None:
    out = tmp_path / "rack.toml"
    words = ["inventory", "new", str(out), "--site", "ams", "--rack", "r07", "--profile", "hgx"]
    assert (
        main(
            [
                *words,
                "--add",
                LEAVES,
                "--add",
                BMC,
                "--add",
                "role=pdu platform=apc-pdu name=pdu-1 community=public",
            ]
        )
        == 0
    )
    inventory = load_inventory(out)
    assert list(inventory.devices) == ["bmc-01", "pdu-1", "leaf-1", "leaf-2"]
    assert (inventory.site, inventory.rack[0].profile) == ("ams", "hgx")
    leaf, bmc = inventory.devices["leaf-2"], inventory.devices["bmc-01"]
    assert leaf.ssh is not None and (leaf.rack, leaf.address, leaf.ssh.user) == ("r07", "leaf-2", "admin")
    assert bmc.redfish is not None and bmc.redfish.password == "cmd:pass show S1"


def test_nothing_is_ever_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rack.toml"
    out.write_text("mine")
    assert main(["inventory", "new", str(out), "--add", LEAVES]) == 2
    assert out.read_text() == "mine"
    assert "never overwritten" in capsys.readouterr().err
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "elsewhere.toml")
    assert main(["inventory", "new", str(link), "--add", LEAVES]) == 2
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("role=leaf platform=soinc name=x", "no platform is called 'soinc'. Did you mean 'sonic'?"),
        ("role=leaf platform=sonic name=x password=hunter2 user=a", "a secret stands here as it is"),
        ("role=leaf platform=sonic name=x/y", "can't hold '/'"),
        ("role=leaf platform=sonic", "--add 1: name: is missing"),
        ("role=leaf platform=sonic name=x nmae=y", "'nmae=y': give WORD=VALUE"),
        ("role=leaf role=leaf platform=sonic name=x", "role: is given twice"),
        ("role='leaf", "no closing quotation"),
        ("role=leaf platform=sonic name=leaf count=3", "makes leaf more than once"),
        ("role=leaf platform=sonic name={m}", "'{m}' stands for nothing here"),
    ],
)
def test_what_would_be_no_good_inventory_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    out = tmp_path / "rack.toml"
    assert main(["inventory", "new", str(out), "--add", words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "hunter2" not in told
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_and_flags_there_is_nobody_to_ask(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bringup", "inventory", "new", str(tmp_path / "rack.toml")],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "nobody to ask" in done.stderr


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    out = tmp_path / "rack.toml"
    ours, theirs = pty.openpty()
    answers = ["ams", "r07", "hgx", "leaf", "sonic", "leaf-{n}", "2", "{name}.lab", "admin", "env:LEAF", ""]
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bringup", "inventory", "new", str(out)],
            cwd=ROOT,
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert load_inventory(out).devices["leaf-2"].address == "leaf-2.lab"
