"""The runner's socket: its owner's alone, and deaf to abuse."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import socket
import struct
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bringup.engine.desk import Command, Reply, Sender
from bringup.engine.socket import (
    LINE_CAP_BYTES,
    LONGEST_PATH_BYTES,
    MOST_PEERS,
    CommandSocket,
    own_folder,
    send,
    socket_folder,
    socket_path,
    user_name,
)
from bringup.model.errors import InputError, JournalError

NOTE = b'{"verb": "note", "arguments": {"text": "hello"}}'


class Heard:
    """What came through, and what is to be raised for it."""

    def __init__(self) -> None:
        self.commands: list[tuple[Command, Sender]] = []
        self.raises: Exception | None = None

    async def handle(self, command: Command, sender: Sender) -> Reply:
        self.commands.append((command, sender))
        if self.raises is not None:
            raise self.raises
        return Reply(ok=True, seq=len(self.commands))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def listening(tmp_path: Path, heard: Heard) -> AsyncIterator[CommandSocket]:
    made = CommandSocket(tmp_path / "s.sock", heard.handle)
    await made.start()
    yield made
    await made.close()


async def exchange(path: Path, line: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(await send(path, line))
    return said


async def test_a_command_arrives_with_the_name_of_its_sender(listening: CommandSocket, heard: Heard) -> None:
    assert (await exchange(listening.path, NOTE))["seq"] == 1
    ((command, sender),) = heard.commands
    assert command.arguments == {"text": "hello"}
    assert (sender.by, sender.via) == (getpass.getuser(), "socket")


def test_only_the_owner_can_open_it(tmp_path: Path, heard: Heard) -> None:
    async def made() -> int:
        listening = CommandSocket(tmp_path / "s.sock", heard.handle)
        await listening.start()
        mode = listening.path.stat().st_mode & 0o777
        await listening.close()
        return mode

    assert asyncio.run(made()) == 0o600
    assert not (tmp_path / "s.sock").exists()


@pytest.mark.parametrize(
    "garbage",
    [b"\0\xff\xfe\n", b"GET / HTTP/1.1\r\n\r\n", b"[" * 10_000 + b"\n", b'{"verb": "rm"}\n', b"\n" * 1000],
)
async def test_garbage_gets_an_error_and_the_next_command_is_heard(
    listening: CommandSocket, heard: Heard, garbage: bytes
) -> None:
    reader, writer = await asyncio.open_unix_connection(str(listening.path))
    writer.write(garbage)
    assert json.loads(await reader.readline())["ok"] is False
    writer.write(NOTE + b"\n")
    while not (said := json.loads(await reader.readline()))["ok"]:
        pass
    assert said["seq"] == 1
    writer.close()


async def test_a_line_of_100_mb_ends_that_connection_and_takes_no_memory(
    listening: CommandSocket, heard: Heard
) -> None:
    _, writer = await asyncio.open_unix_connection(str(listening.path))
    sent = 0
    with pytest.raises((ConnectionError, BrokenPipeError)):
        while sent < 100_000_000:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536
    assert sent < 4 * LINE_CAP_BYTES
    writer.close()
    assert (await exchange(listening.path, NOTE))["ok"]


async def test_half_a_line_is_no_command(listening: CommandSocket, heard: Heard) -> None:
    _, writer = await asyncio.open_unix_connection(str(listening.path))
    writer.write(NOTE)
    writer.write_eof()
    writer.close()
    assert (await exchange(listening.path, NOTE))["seq"] == 1
    assert len(heard.commands) == 1


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_crowd_of_silent_connections_does_not_keep_others_out(
    listening: CommandSocket, heard: Heard
) -> None:
    before = open_files()
    crowd = [await asyncio.open_unix_connection(str(listening.path)) for _ in range(MOST_PEERS * 3)]
    assert (await exchange(listening.path, NOTE))["ok"]
    assert open_files() <= before + len(crowd) + MOST_PEERS + 2
    for _, writer in crowd:
        writer.close()


async def test_a_reader_that_never_reads_holds_up_nobody(listening: CommandSocket, heard: Heard) -> None:
    _, writer = await asyncio.open_unix_connection(str(listening.path))
    for _ in range(2000):
        writer.write(NOTE + b"\n")
    for _ in range(3):
        assert (await exchange(listening.path, NOTE))["ok"]
    writer.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [(JournalError("the disk is full", "free some"), "the disk is full"), (KeyError("oops"), "KeyError")],
)
async def test_a_command_that_fails_says_so_and_the_runner_lives(
    listening: CommandSocket, heard: Heard, error: Exception, words: str
) -> None:
    heard.raises = error
    assert words in (await exchange(listening.path, NOTE))["error"]
    heard.raises = None
    assert (await exchange(listening.path, NOTE))["ok"]


async def test_a_runner_that_ends_leaves_the_socket_of_the_one_that_took_over(
    tmp_path: Path, heard: Heard
) -> None:
    """A frozen runner wakes up and closes: the address is no longer its own."""
    old = CommandSocket(tmp_path / "s.sock", heard.handle)
    await old.start()
    new = CommandSocket(tmp_path / "s.sock", heard.handle)
    await new.start()
    await old.close()
    assert (await exchange(new.path, NOTE))["ok"]
    await new.close()
    assert not new.path.exists()


async def test_nobody_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="resume"):
        await send(tmp_path / "none.sock", NOTE)
    with pytest.raises(InputError, match="resume"):
        await send(tmp_path / ("x" * 200), NOTE)


async def test_a_runner_that_dies_before_it_answers_is_said(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_unix_server(hang_up, str(tmp_path / "s.sock"))
    with pytest.raises(InputError, match="resume"):
        await send(tmp_path / "s.sock", NOTE)
    server.close()


# --- its place ----------------------------------------------------------------------------------------------


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for an address; pytest's own are long."""
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as folder:
        yield Path(folder)


def runtime(monkeypatch: pytest.MonkeyPatch, folder: Path | str) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))


def test_it_lies_in_the_runtime_folder_0700(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime(monkeypatch, short)
    path = socket_path(short / "run", "20260101-000000-abcd")
    assert path.parent == short / "bringup"
    assert path.name.startswith("20260101-000000-abcd.")
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("where", ["", "relative/folder", "/nowhere/at/all", "/" + "long/" * 40])
def test_without_a_usable_runtime_folder_it_lies_in_tmp(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    runtime(monkeypatch, where)
    assert socket_folder() == Path(f"/tmp/bringup-{os.getuid()}")


def test_no_address_is_too_long_for_the_kernel(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = set()
    for length in range(1, 80):
        folder = short / ("d" * length)
        folder.mkdir()
        runtime(monkeypatch, folder)
        path = socket_path(short, "20260101-000000-abcd")
        assert len(os.fsencode(path)) <= LONGEST_PATH_BYTES
        places.add(path.is_relative_to(short))
    assert places == {True, False}


def test_two_copies_of_one_run_have_two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime(monkeypatch, tmp_path)
    (tmp_path / "a").mkdir()
    assert socket_path(tmp_path / "a", "x") != socket_path(tmp_path / "b", "x")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/x", "a\0b", "x" * 300, "ü", ""])
def test_a_run_that_calls_itself_something_odd_gets_a_plain_place(
    short: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    runtime(monkeypatch, short)
    assert socket_path(short / "run", name).parent == short / "bringup"


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bringup").mkdir()
    (tmp_path / "bringup").chmod(0o755)
    with pytest.raises(InputError, match="yours alone"):
        own_folder(tmp_path / "bringup")


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "bringup").symlink_to(tmp_path / "real")
    with pytest.raises(InputError, match="yours alone"):
        own_folder(tmp_path / "bringup")


def test_somebody_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bringup").mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(InputError, match="yours alone"):
        own_folder(tmp_path / "bringup")


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bringup").write_text("")
    with pytest.raises(InputError):
        own_folder(tmp_path / "bringup")
    with pytest.raises(InputError):
        own_folder(tmp_path / "bringup" / "deeper")


def test_a_user_without_a_name_is_a_number() -> None:
    assert user_name(4_000_000_000) == "uid 4000000000"


async def test_other_users_are_not_heard(
    listening: CommandSocket, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They can't come in by the folder; where they do, the kernel tells who they are."""
    monkeypatch.setattr("bringup.engine.socket.peer_uid", lambda connection: os.getuid() + 1)
    with pytest.raises(InputError):
        await exchange(listening.path, NOTE)
    assert not heard.commands


def test_the_kernel_names_the_peer() -> None:
    from bringup.engine.socket import peer_uid

    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()
        assert len(ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)) == struct.calcsize("3i")
