"""`run --dry-run`: what a run would do and by which limits, from files alone."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tests.cli.rack import Desk


def test_it_touches_nothing_and_needs_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*arguments: object, **named: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(socket.socket, "connect", touched)
    monkeypatch.setattr(socket, "getaddrinfo", touched)
    monkeypatch.setattr(os, "fork", touched)
    before = sorted(path for path in desk.folder.parent.rglob("*"))
    said = desk.run("--dry-run")
    assert said.code == 0, said.err
    assert sorted(path for path in desk.folder.parent.rglob("*")) == before


def test_text_shows_subjects_and_each_limit_with_source_and_standing(desk: Desk) -> None:
    text = desk.run("--dry-run").out
    assert "Nothing was touched." in text
    assert "dangerous: needs an approval" in text
    for words in ("leaf-1/Ethernet0", "rx_power_dbm", "contract", "IEEE", "inventory:"):
        assert words in text, words


def test_json_has_every_planned_row_with_its_limits(desk: Desk) -> None:
    for form in ("json", "jsonl"):
        plan = json.loads(desk.run("--dry-run", "--format", form).out)
    assert plan["playbook"] == "mini"
    tasks = [task for stage in plan["stages"] for task in stage["tasks"]]
    assert all(task["subjects"] for task in tasks)
    limits = [limit for task in tasks for limit in task["limits"]]
    assert all(limit["source"] and limit["standing"] and limit["limit"] for limit in limits)
    assert not [each for task in tasks for each in task["no_limit"]], "the shipped playbook has no blind spot"
    assert {"pure"} <= {task["reads"] for task in tasks}
    assert any(task["dangerous"] for task in tasks if task["kind"] == "action")


def test_only_leaves_the_rest_out(desk: Desk) -> None:
    plan = json.loads(desk.run("--dry-run", "--only", "optics", "--format", "json").out)
    assert [stage["stage"] for stage in plan["stages"]] == ["optics"]


@pytest.mark.parametrize("name", ["mini", "this-host"])
def test_what_is_shipped_can_be_planned_by_its_name(desk: Desk, name: str) -> None:
    assert desk.do("run", name, "--dry-run").code == 0


def test_broken_input_is_exit_2_here_too(desk: Desk, tmp_path: Path) -> None:
    desk.change("inventory.toml", 'platform = "sonic"', 'platform = "sonc"')
    assert desk.run("--dry-run").code == 2
