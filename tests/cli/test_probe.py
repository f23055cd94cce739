"""`bringup probe`: one live read as typed JSON, in the shape of `decode`."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from bringup.cli.probe import METHODS
from bringup.driver import capability
from tests.cli.rack import Desk, Said

HERE = 'schema = "bringup.inventory/1"\nthis_host = true\n[[device]]\nname = "here"\nrole = "node"\n'
HERE += 'platform = "linux"\naddress = "localhost"\n'


def probe(desk: Desk, text: str, *words: str) -> tuple[Said, dict[str, Any]]:
    path = desk.folder / "probed.toml"
    path.write_text(text)
    said = desk.do("probe", *words, "-i", str(path))
    return said, json.loads(said.out) if said.out else {}


def test_this_machine_tells_at_least_who_it_is_and_what_it_has(desk: Desk) -> None:
    said, record = probe(desk, HERE, "here")
    assert said.code == (0 if record["outcome"] == "ok" else 3)
    assert set(record) == {"format", "outcome", "facts", "measurements", "warnings"}
    facts = record["facts"]
    assert facts["identity"]["hostname"]["value"] == socket.gethostname()
    assert facts["identity"]["kernel"]["value"] and facts["identity"]["machine"]["value"]
    assert facts["processor"]["cpu_count"]["value"] >= 1 and facts["processor"]["memory_gib"]["value"] > 0
    assert "ports" in facts
    named = {(one["subject"], one["quantity"]): one for one in record["measurements"]}
    assert named["here", "memory_gib"]["unit"] == "GiB"
    assert named["here", "cpu_count"]["value"] == facts["processor"]["cpu_count"]["value"]


def test_text_and_json_hold_the_same(desk: Desk) -> None:
    path = desk.folder / "probed.toml"
    path.write_text(HERE)
    said = desk.do("probe", "here", "processor", "-i", str(path), "--format", "json")
    record = json.loads(said.out)
    text = desk.do("probe", "here", "processor", "-i", str(path), "--format", "text").out
    assert text.startswith("here: probe.linux: ok")
    for one in record["measurements"]:
        assert one["quantity"] in text


def test_one_capability_is_read_alone_and_its_transcript_kept(desk: Desk) -> None:
    kept = desk.folder / "transcript"
    said, record = probe(desk, HERE, "here", "clock", "--transcript", str(kept))
    assert (said.code, record["outcome"], list(record["facts"])) == (0, "ok", ["clock"])
    assert b"date" in kept.read_bytes()


def test_what_a_platform_can_not_tell_is_no_data(desk: Desk) -> None:
    said, record = probe(desk, HERE, "here", "outlets")
    assert (said.code, record["outcome"]) == (3, "no_data")
    assert record["warnings"]


def test_a_closed_port_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBED_PASSWORD", "correct horse")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ssh = f'ssh = {{ user = "x", password = "env:PROBED_PASSWORD", port = {unused.getsockname()[1]} }}\n'
        text = HERE.replace("this_host = true\n", "").replace("localhost", "127.0.0.1") + ssh
        said, record = probe(desk, text, "here", "identity")
    assert (said.code, record["outcome"]) == (3, "refused")
    assert "correct horse" not in said.out + said.err


@pytest.mark.parametrize(
    "words", [["there"], ["here", "weather"], ["here", "--transcript", "/nowhere/at/all"]]
)
def test_a_wrong_word_is_exit_2(desk: Desk, words: list[str]) -> None:
    assert probe(desk, HERE, *words)[0].code == 2


def test_without_an_inventory_it_is_exit_2(desk: Desk) -> None:
    assert desk.do("probe", "here").code == 2


def test_a_secret_of_another_device_is_not_needed(desk: Desk) -> None:
    other = '[[device]]\nname = "other"\nrole = "pdu"\nplatform = "apc-pdu"\naddress = "192.0.2.1"\n'
    other += 'snmp = { version = "2c", community = "env:NOBODY_HAS_SET_THIS" }\n'
    text = HERE.replace("this_host = true\n", "").replace("linux", "human") + other
    said, record = probe(desk, text, "here")
    assert said.code in (0, 3) and record["outcome"] in ("ok", "no_data"), said.err


def test_every_capability_that_reads_can_be_probed() -> None:
    """The comment beside each protocol names it on the command line."""
    source = Path(capability.__file__).read_text().splitlines()
    named = {line.rpartition("# ")[2] for line in source if line.startswith("class ") and "# " in line}
    assert named == set(METHODS)
    for protocol, method in METHODS.values():
        assert hasattr(getattr(capability, protocol), method)
