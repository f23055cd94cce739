"""Several people at one run: over SSH and a slow line, with the rack's own console beside them."""

from __future__ import annotations

import asyncio
import grp
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.here import CONFIRM, QUESTION, REACH, Here, alive
from tests.e2e.runs import Nursery, until
from tests.e2e.terminal import Terminal, Terminals, needs_tmux
from tests.transport.peers import sshd

ONE_WAY_S = 0.1
GONE_BY = "their console is gone"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path) -> Here:
    return Here(nursery, tmp_path, REACH, CONFIRM)


@pytest.fixture
def terminals(nursery: Nursery, tmp_path: Path) -> Iterator[Terminals]:
    made = Terminals(tmp_path, nursery.environment)
    yield made
    made.end()


class SlowLine:
    """A TCP relay that delivers each byte `ONE_WAY_S` after it came, in both directions: 200 ms there and
    back.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._ready = threading.Event()
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port: int = server.sockets[0].getsockname()[1]
        self._ended = asyncio.Event()
        self._ready.set()
        await self._ended.wait()
        server.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            return
        finally:
            for each in (writer, far_writer):
                each.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each piece by its own clock, so that many on their way at once do not add up."""
        loop, late = asyncio.get_running_loop(), [0.0]
        while data := await reader.read(65536):
            late[0] = loop.time() + ONE_WAY_S
            loop.call_at(late[0], writer.write, data)
        await asyncio.sleep(max(0.0, late[0] - loop.time()))
        writer.close()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()


@pytest.fixture
def slow_ssh(tmp_path: Path) -> Iterator[list[str]]:
    """`ssh` to a real sshd on this machine, over a slow line."""
    folder = tmp_path / "ssh"
    folder.mkdir()
    with sshd(folder) as peer:
        line = SlowLine(peer.port)
        try:
            (folder / "known").write_text(f"[127.0.0.1]:{line.port} {peer.host_key}\n")
            options = ["-F", "/dev/null", "-i", str(folder / "user"), "-o", "IdentitiesOnly=yes"]
            options += ["-o", f"UserKnownHostsFile={folder / 'known'}", "-o", "IdentityAgent=none"]
            yield ["ssh", "-tt", *options, "-p", str(line.port), "root@127.0.0.1"]
        finally:
            line.end()


def over_ssh(
    terminals: Terminals, ssh: list[str], folder: Path, env: dict[str, str], *words: str
) -> Terminal:
    """`ssh host bringup WORDS` in a window."""
    there = shlex.join([*(f"{name}={value}" for name, value in env.items()), sys.executable])
    command = f"cd {shlex.quote(str(folder))} && env PYTHONUTF8=1 {there} -m bringup {shlex.join(words)}"
    terminals._made += 1
    name = f"ssh{terminals._made}"
    whole = f'{shlex.join([*ssh, command])}; echo "EXIT $?"; exec cat'
    terminals.tmux("new-session", "-d", "-s", name, "-x", "80", "-y", "24", "-e", "LC_ALL=C.UTF-8", whole)
    return Terminal(terminals, name)


def attach_words(here: Here) -> list[str]:
    return ["attach", here.path.name, "--runs", str(here.runs)]


def commands(here: Here, verb: str) -> list[dict[str, Any]]:
    return [
        each
        for each in here.events()
        if each["kind"] == "CommandReceived" and each["verb"] == verb and each["accepted"]
    ]


@needs_tmux
def test_an_engineer_over_ssh_and_200_ms_sees_the_same_and_answers(
    nursery: Nursery, terminals: Terminals, here: Here, slow_ssh: list[str], tmp_path: Path
) -> None:
    follower, _ = here.start("--share", "--no-console")
    here.wait_for("Asked")
    local = terminals.open(*attach_words(here), LC_ALL="C.UTF-8")
    local.wait("1 question is waiting", "LIVE")
    far = over_ssh(terminals, slow_ssh, tmp_path, nursery.environment, *attach_words(here))
    assert "WATCHING ONLY" not in far.wait("1 question is waiting", "LIVE")
    until(lambda: far.body == local.body)
    until(lambda: len(here.tell("who").output.splitlines()) == 3)
    assert "at question" not in here.tell("who").output
    far.press("Space")  # once: a second one would be typed into the question's field
    far.wait("? ASK", "Is it so?")
    until(lambda: f"at question {QUESTION}" in here.tell("who").output)
    local.go("a", "ALSO HERE", f"at question {QUESTION}")
    far.type("yes")
    far.wait("> yes_")
    far.until_gone("Enter", "? ASK")
    here.wait_for("Answered")
    (answer,) = commands(here, "answer")
    assert (
        answer["attached"] is True and answer["terminal"].startswith("pts/") and answer["uid"] == os.getuid()
    )
    local.press("Escape")
    for each in (local, far):
        each.wait("Every stage has its verdict")
    until(lambda: far.body == local.body)
    assert here.tell("close").status == 0
    here.nursery.wait(follower)
    for each in (local, far):
        each.wait("REPLAY")


@needs_tmux
def test_a_watcher_of_a_run_that_is_not_shared_sends_nothing(terminals: Terminals, here: Here) -> None:
    follower, _ = here.start("--no-console")
    here.wait_for("Asked")
    watcher = terminals.open(*attach_words(here))
    watcher.wait("1 question is waiting", "WATCHING ONLY")
    watcher.go(">", "only watching")
    watcher.go("a", "not started with --share", "(watching)")
    assert not [each for each in here.events() if each["kind"] == "CommandReceived"]
    here.tell("abort")
    here.nursery.wait(follower)


@needs_tmux
def test_what_somebody_took_is_free_again_when_their_console_is_killed(
    terminals: Terminals, here: Here
) -> None:
    follower, _ = here.start("--share", "--no-console")
    here.wait_for("Asked")
    kim = terminals.open(*attach_words(here))
    ann = terminals.open(*attach_words(here))
    for each in (kim, ann):
        each.wait("1 question is waiting", "LIVE")
        each.go("A", "asked by work/look")
    kim.press("T")  # once: a second one would be typed into the field
    kim.wait("nobody has taken it")
    kim.type("1")
    kim.wait("> 1_")
    kim.until_gone("Enter", "> 1_")
    ann.wait("1, 1 taken", "pts/")
    kim.wait("1, 1 taken", "yours")
    console = kim.pid
    os.kill(console, signal.SIGKILL)
    until(lambda: not alive(console))
    until(lambda: [each["why"] for each in commands(here, "release")] == [GONE_BY])
    ann.wait_for(lambda screen: "taken" not in screen.partition("DOING")[0], "free again")
    assert alive(here.runner)
    here.tell("abort")
    here.nursery.wait(follower)


def shows(output: Path, words: str) -> bool:
    return words in output.read_text()


def test_readers_that_stand_still_hold_up_nobody(here: Here) -> None:
    """Stopped in the middle, as a laptop that sleeps: the run, and whoever else reads, go on without them."""
    follower, _ = here.start("--no-console")
    here.wait_for("Asked")
    words = [*attach_words(here), "--follow", "--format", "jsonl"]
    stopped = [here.nursery.start(words) for _ in range(3)]
    awake, lines = here.nursery.start(words)
    for output in [*(each for _, each in stopped), lines]:
        until(partial(shows, output, '"kind":"Asked"'))
    for pid, _ in stopped:
        os.kill(pid, signal.SIGSTOP)
    for number in range(50):
        assert here.tell("note", f"note {number}").status == 0
    assert here.tell("answer", QUESTION, "yes").status == 0
    here.wait_for("Answered")
    assert here.tell("close").status == 0
    here.nursery.wait(follower)
    assert here.nursery.wait(awake) == 0
    for pid, output in stopped:
        assert "note 49" not in output.read_text()
        os.kill(pid, signal.SIGCONT)
        assert here.nursery.wait(pid) == 0
        assert output.read_text() == lines.read_text()


MEMBER = """
import asyncio, encodings.ascii, encodings.idna, os, sys
from pathlib import Path
import bringup.cli.tell, bringup.engine.inbox, bringup.engine.people, bringup.engine.socket
from bringup.cli._attendance import may_send
from bringup.cli._console import Speaker
from bringup.cli._desk import speak
from bringup.engine.desk import Command
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.model.errors import BringupError
from bringup.tui.outside import NotSent
run, question, groups = RunFolder(Path(sys.argv[1])), sys.argv[2], [int(group) for group in sys.argv[3:]]
os.setgroups(groups)
os.setgid(65534)
os.setuid(65534)
try:
    print("events", len(list(read(run))) > 0, "may", may_send(run))
    print(asyncio.run(Speaker(run, None).send("answer", {"question": question, "value": "yes"}, None)))
except (BringupError, OSError) as error:
    print("refused:", error)
"""
"""As another user of these groups: reads the record, and answers. What it needs is imported while it may."""


@pytest.mark.skipif(os.geteuid() != 0, reason="to be another user needs root")
def test_members_of_the_group_read_and_answer_and_strangers_do_neither(nursery: Nursery) -> None:
    group = next(each for each in grp.getgrall() if each.gr_gid not in (0, 65534))
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        here = Here(nursery, Path(place), REACH, CONFIRM)
        follower, _ = here.start("--share-group", group.gr_name, "--no-console")
        here.wait_for("Asked")
        stranger, member = as_another(here), as_another(here, group.gr_gid)
        assert "refused: " in stranger and "events" not in stranger
        assert "events True may True" in member and "answer: event" in member, member
        here.wait_for("Answered")
        (answer,) = commands(here, "answer")
        assert (answer["uid"], answer["attached"]) == (65534, True)
        assert here.tell("close").status == 0
        here.nursery.wait(follower)
        here.wait_for_runner()


def as_another(here: Here, *groups: int) -> str:
    command = [sys.executable, "-c", MEMBER, str(here.path), QUESTION, *(str(group) for group in groups)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_a_group_that_is_none_is_said_before_anything_is_made(here: Here) -> None:
    done = here.run("--share-group", "no-such-group", "--headless")
    assert done.status == 2 and "no group" in done.output
    assert not here.runs.exists()
