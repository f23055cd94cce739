"""What CONTRIBUTING shows is what works: its files are cut out, put where they belong, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.transport.peers import Sshd, sshd

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
ADDED = {
    "bringup/driver/platform/acme_os.py", "tests/driver/acme_os/test_acme_os.py",
    "bringup/check/settled.py", "tests/check/cases_settled.py",
    "bringup/envelopes/settled.toml", "settled.toml",
}  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with the files of the examples added, and none changed."""
    made = tmp_path_factory.mktemp("tree")
    assert set(FILES) == ADDED
    for name in ("bringup", "tests"):
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("playbooks", "inventory", "pyproject.toml"):
        (made / name).symlink_to(ROOT / name)
    for name, text in FILES.items():
        path = made / name
        assert not path.exists(), f"{name} is there already"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return made


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Python, with that tree's package before any other."""
    folder = tree / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *command], cwd=tree, env={**environment, "PYTHONPATH": str(tree)},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def bringup(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(tree, "-m", "bringup", *words)


def test_the_tests_that_are_shown_pass(tree: Path) -> None:
    words = ("tests/driver/acme_os", "tests/check/test_checks.py", "-k", "acme_os or settled or no_check")
    done = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words)
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) > 80


def test_what_is_shown_is_in_the_house_style(tree: Path) -> None:
    files = [name for name in FILES if name.endswith(".py")]
    for words in (("check",), ("format", "--check")):
        done = run(tree, "-m", "ruff", *words, "--no-cache", *files)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_added_names_are_known_without_any_list(tree: Path) -> None:
    assert "site rule" in bringup(tree, "envelope", "show", "settled").stdout
    for words in (("envelope", "check", "settled"), ("explain", "management.settled")):
        done = bringup(tree, *words)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def switch(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """An OpenSSH server whose only answer is the reply that the page shows, and an inventory that has it."""
    folder = tmp_path_factory.mktemp("switch")
    (reply,) = re.findall(r"^\$ show unit\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (folder / "reply").write_text(reply)
    with sshd(
        folder, lines=(f"ForceCommand exec cat {folder / 'reply'}", f"SetEnv HOME={folder}")
    ) as started:
        login = {
            "user": "root", "port": started.port,
            "key": str(folder / "user"), "host_key": started.host_key,
        }  # fmt: skip
        device = {
            "name": "leaf-9", "role": "leaf", "platform": "acme-os", "address": "127.0.0.1",
            "expect": {"serial": "AC0042", "model": "ACME-32"}, "ssh": login,
        }  # fmt: skip
        document: dict[str, Any] = {"schema": "bringup.inventory/1", "site": "example", "device": [device]}
        (tree / "rack.toml").write_text(tomli_w.dumps(document))
        yield started


def test_the_example_s_switch_is_probed_over_a_wire(tree: Path, switch: Sshd) -> None:
    done = bringup(tree, "probe", "leaf-9", "-i", "rack.toml")
    assert done.returncode == 0, done.stdout
    identity = json.loads(done.stdout)["facts"]["identity"]
    assert (identity["serial"]["value"], identity["uptime_s"]["value"]) == ("AC0042", 86400.0)


def test_the_example_s_playbook_accepts_its_switch_until_it_has_just_booted(tree: Path, switch: Sshd) -> None:
    planned = bringup(tree, "run", "settled.toml", "-i", "rack.toml", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert "site rule" in planned.stdout and "leaf-9" in planned.stdout
    words = ("run", "settled.toml", "-i", "rack.toml", "--headless", "--format", "json")
    accepted = bringup(tree, *words)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    reply = switch.folder / "reply"
    reply.write_text(reply.read_text().replace("86400 s", "30 s"))
    refused = bringup(tree, *words)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    said = json.loads(refused.stdout[refused.stdout.index("{") :])
    bad = [(row["step"], row["subject"], row["verdict"]) for row in said["steps"] if row["verdict"] != "PASS"]
    assert bad == [("management.settled", "leaf-9", "FAIL")]
