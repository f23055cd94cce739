"""The shipped example, copied so that a test can break it; and the front door, as a program calls it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from bringup.cli.main import main
from tests.conftest import ROOT


class Said(NamedTuple):
    """Exit code and both streams."""

    code: int
    out: str
    err: str


class Desk:
    """A folder with playbook, inventory, cable list, envelope and answers; commands run in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.runs = folder / "runs"
        for name, source in {
            "playbook.toml": "playbooks/mini.toml",
            "inventory.toml": "inventory/mini.toml",
            "mini.csv": "inventory/mini.csv",
        }.items():
            (folder / name).write_text((ROOT / source).read_text())
        (folder / "answers.toml").write_text(
            'schema = "bringup.answers/1"\n[[answer]]\nstep = "sign-off/walk"\nvalue = "yes"\nby = "kim"\n'
        )

    def change(self, name: str, before: str, after: str) -> None:
        """Replace the first `before` in a file."""
        path = self.folder / name
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after, 1))

    def run(self, *more: str) -> Said:
        files = [str(self.folder / "playbook.toml"), "-i", str(self.folder / "inventory.toml")]
        return self.do("run", *files, "--runs", str(self.runs), *more)

    def do(self, *words: str) -> Said:
        code = main(list(words))
        return Said(code, *self._capsys.readouterr())
