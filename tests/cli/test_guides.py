"""What the guides show is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from bringup.cli._group import LazyGroup
from bringup.input import load_inventory
from tests.conftest import ROOT

GUIDES = ("inventories.md", "exports.md")


def commands() -> list[str]:
    found = []
    for guide in GUIDES:
        text = (ROOT / "docs" / guide).read_text().replace("\\\n", " ")
        found += re.findall(r"^    (bringup .*)$", text, re.MULTILINE)
    return found


@pytest.mark.parametrize("line", commands())
def test_every_command_in_the_guides_exists_with_its_options(line: str) -> None:
    words = line.partition("#")[0].split()
    group: click.Command = LazyGroup(name="bringup")
    rest = words[1:]
    while isinstance(group, click.Group) and rest:
        command = group.get_command(click.Context(group), rest.pop(0))
        assert command is not None, line
        group = command
    known = {option for parameter in group.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known, line


def test_the_range_in_the_guide_is_good(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "inventories.md").read_text()
    toml, csv = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("toml", "csv"))
    assert toml is not None and csv is not None
    more = '[[rack]]\nname = "r07"\n[[device]]\nname = "pdu-1"\nrole = "pdu"\n'
    more += 'platform = "apc-pdu"\naddress = "x"\n'
    more += '[[device]]\nname = "bmc-01"\nrole = "bmc"\nplatform = "redfish-bmc"\naddress = "y"\n'
    (tmp_path / "rack.toml").write_text(toml[1].replace("count = 32", "count = 1") + more)
    (tmp_path / "delivered.csv").write_text(csv[1])
    node = load_inventory(tmp_path / "rack.toml").devices["node-01"]
    assert (node.expect.serial, node.address, node.unit) == ("LG00000001", "node-01.east.example", 1)
