"""What a person names need not be a file: nothing waits for ever on it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from bringup.cli.main import main
from bringup.input import load_answers
from bringup.input.bounded import read_bounded
from bringup.journal.agent import signer_for
from bringup.model.errors import InputError
from bringup.model.inventory import Device, Ssh
from bringup.transport.credentials import resolve
from tests.input.examples import problems_of


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_file_is_read_up_to_one_byte_more_than_the_cap(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert read_bounded(tmp_path / "file", 100) == b"x" * 100
    assert len(read_bounded(tmp_path / "file", 10)) == 11


def test_a_pipe_that_somebody_writes_to_is_read(pipe: Path) -> None:
    writer = threading.Thread(target=pipe.write_bytes, args=(b"secret" * 20_000,))
    writer.start()
    assert read_bounded(pipe, 10**6) == b"secret" * 20_000
    writer.join()


def test_a_pipe_that_nobody_writes_to_is_given_up(pipe: Path) -> None:
    with pytest.raises(TimeoutError, match="nobody writes to it"):
        read_bounded(pipe, 100, pipe_deadline_s=0.05)


def test_a_pipe_that_never_ends_is_given_up(pipe: Path) -> None:
    held = os.open(pipe, os.O_RDWR)
    try:
        os.write(held, b"x")
        with pytest.raises(TimeoutError, match="does not end"):
            read_bounded(pipe, 100, pipe_deadline_s=0.05)
    finally:
        os.close(held)


def test_devices_and_folders_have_bounds_too(tmp_path: Path) -> None:
    assert len(read_bounded(Path("/dev/zero"), 1000)) == 1001
    assert read_bounded(Path("/dev/null"), 1000) == b""
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path, 10)


def test_answers_in_a_pipe_that_nobody_writes_to_are_a_problem(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bringup.input.bounded.read_bounded.__kwdefaults__", {"pipe_deadline_s": 0.05})
    began = time.monotonic()
    assert "nobody writes to it" in problems_of(lambda: load_answers(pipe))[0]
    assert time.monotonic() - began < 4


def test_a_secret_in_a_pipe_that_nobody_writes_to_is_a_problem(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bringup.input.bounded.read_bounded.__kwdefaults__", {"pipe_deadline_s": 0.05})
    ssh = Ssh(user="admin", password=f"file:{pipe}")
    device = Device(name="leaf-1", role="leaf", platform="sonic", address="x", ssh=ssh)
    with pytest.raises(InputError, match="nobody writes to it"):
        resolve([device], pipe.parent)


def test_a_key_is_a_regular_file(pipe: Path) -> None:
    with pytest.raises(InputError, match="no regular file"):
        signer_for(pipe)
    with pytest.raises(InputError, match="no regular file"):
        signer_for(pipe.parent)


@pytest.mark.parametrize("seed", ["99999999999999999999999999", str(2**53), str(-(2**53)), "x"])
def test_a_seed_that_no_file_can_hold_is_refused_before_a_folder_is_made(tmp_path: Path, seed: str) -> None:
    runs = tmp_path / "runs"
    assert main(["demo", "--headless", f"--seed={seed}", "--runs", str(runs)]) == 2
    assert not runs.exists()
