"""A run's folder: what lies where, and how a person's word for a run becomes one."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from bringup.journal.clock import Clock, SystemClock, utc_text
from bringup.journal.disk import make_folder, write_durably
from bringup.journal.error import JournalError
from bringup.model.errors import InputError

RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-z]{4}")
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class RunFolder:
    """The places in one run's folder (contracts, section 5). Making one touches no disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_json = path / "run.json"
        self.plan = path / "plan"
        self.journal = path / "journal"
        self.blobs = path / "blobs"
        self.checkpoints = path / "checkpoints"
        self.epoch = path / "epoch"
        self.runner_json = path / "runner.json"
        self.lab = path / "lab"
        self.signers = path / "signers"

    def __repr__(self) -> str:
        return f"RunFolder({os.fspath(self.path)!r})"

    @property
    def run_id(self) -> str:
        """The id written in run.json (`run` or `id`), which survives a renamed folder; else the folder's
        name.
        """
        try:
            said = msgspec.json.decode(self.run_json.read_bytes())
        except (OSError, ValueError, RecursionError):
            return self.path.name
        name = said.get("run", said.get("id")) if isinstance(said, dict) else None
        return name if isinstance(name, str) and name else self.path.name

    def segment(self, number: int) -> Path:
        return self.journal / f"{number:08d}.jsonl"

    def segments(self) -> list[int]:
        """The numbers of the segments that are there, ascending; what was set aside has another name."""
        try:
            names = [path.name for path in self.journal.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name[:8]) for name in names if re.fullmatch(r"\d{8}\.jsonl", name))

    def blob(self, sha256: str) -> Path:
        return self.blobs / sha256[:2] / f"{sha256}.gz"

    def write_run_json(self, content: Any) -> str:
        """Write run.json, durably and once; returns its SHA-256 for `RunStarted.run_json`."""
        data = msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=2) + b"\n"
        _write(self.run_json, data)
        return hashlib.sha256(data).hexdigest()

    def keep_plan(self, name: str, data: bytes) -> str:
        """Write `plan/NAME`, durably; returns its SHA-256 for `PlanFixed.files`."""
        where = PurePosixPath(name)
        if where.is_absolute() or ".." in where.parts or not where.parts:
            raise JournalError(f"{name!r} is no name for a file in plan/")
        _write(self.plan / where, data)
        return hashlib.sha256(data).hexdigest()

    def write_runner(self, content: Any) -> None:
        """Write runner.json whole. A hint for readers that look for the socket; nothing rests on it after a
        crash.
        """
        temporary = self.path / f".runner.json.{os.getpid()}"
        try:
            temporary.write_bytes(msgspec.json.encode(content, order="sorted") + b"\n")
            temporary.rename(self.runner_json)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def read_runner(self) -> dict[str, Any]:
        """What runner.json says, empty where there is none."""
        try:
            said = msgspec.json.decode(self.runner_json.read_bytes())
        except (OSError, ValueError, RecursionError):  # no UTF-8 is a ValueError, and none of msgspec's
            return {}
        return said if isinstance(said, dict) else {}

    @classmethod
    def create(cls, runs_dir: Path, *, clock: Clock | None = None) -> RunFolder:
        """A new run's folder under `runs_dir`, durable, with a new id.

        Raises:
            JournalError: the folder can't be made.
        """
        try:
            make_folder(runs_dir)
            for _ in range(100):
                path = runs_dir / new_run_id(clock)
                try:
                    path.mkdir()
                except FileExistsError:
                    continue
                folder = cls(path)
                for place in (folder.plan, folder.journal, folder.blobs, folder.checkpoints, folder.epoch):
                    make_folder(place)
                return folder
        except OSError as error:
            raise JournalError(
                f"no run can be kept in {runs_dir}: {error.strerror}", "name another place: --runs DIR"
            ) from error
        raise JournalError(f"no free id in {runs_dir}", "name another place: --runs DIR")


def new_run_id(clock: Clock | None = None) -> str:
    """`YYYYMMDD-HHMMSS-xxxx`, UTC; the last four are chance."""
    text = utc_text((clock or SystemClock()).wall_ns())
    digits = re.sub(r"\D", "", text[:19])
    return f"{digits[:8]}-{digits[8:]}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def list_runs(runs_dir: Path) -> list[RunFolder]:
    """All runs, oldest first; what is no run's folder is left out."""
    try:
        paths = sorted(runs_dir.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [RunFolder(path) for path in paths if is_run(path)]


def is_run(path: Path) -> bool:
    return (path / "journal").is_dir() or (path / "run.json").is_file()


def find(runs_dir: Path, ref: str) -> RunFolder:
    """The run that a person means by a path, an id or a unique prefix of one.

    Raises:
        InputError: none, or more than one.
    """
    direct = Path(ref)
    if ref and is_run(direct):
        return RunFolder(direct)
    runs = list_runs(runs_dir)
    exact = [run for run in runs if run.path.name == ref]
    meant = exact or [run for run in runs if ref and run.path.name.startswith(ref)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        names = ", ".join(run.path.name for run in meant[:5])
        raise InputError(f"{ref!r} may be any of {len(meant)} runs: {names}", "give more of the id")
    raise InputError(
        f"there is no run {ref!r} in {runs_dir}", "`bringup list` shows all; --runs DIR looks elsewhere"
    )


def _write(path: Path, data: bytes) -> None:
    """Write a file of a run that has not begun.

    Raises:
        JournalError: it can't be written; no device was touched.
    """
    try:
        make_folder(path.parent)
        write_durably(path, data)
    except OSError as error:
        raise JournalError(
            f"{path} can't be written: {error.strerror}", "free some space, or name another place: --runs DIR"
        ) from error
