"""Who is at the other end of a socket: the kernel's word, not the peer's."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
import sys

import pytest

from bringup.engine.peer import group_id, may_enter, peer_groups, peer_of, terminal_name, terminal_of
from bringup.model.errors import InputError


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (0, None),
        (136 << 8, "pts/0"),
        ((136 << 8) | 7, "pts/7"),
        ((137 << 8) | 1, "pts/257"),
        ((4 << 8) | 1, "tty1"),
        ((4 << 8) | 64, "ttyS0"),
        ((5 << 8) | 1, "tty 5:1"),
    ],
)
def test_a_terminal_is_named_by_its_device_number(device: int, name: str | None) -> None:
    assert terminal_name(device) == name


def test_a_process_on_a_pseudo_terminal_has_its_name() -> None:
    ours, theirs = pty.openpty()
    program = "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); print('on', flush=True);"
    program += "sys.stdin.readline()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=theirs, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None and process.stdout.readline() == b"on\n"
    assert f"/dev/{terminal_of(process.pid)}" == os.ttyname(theirs)
    os.write(ours, b"\n")
    process.wait(60)
    process.stdout.close()
    for descriptor in (ours, theirs):
        os.close(descriptor)


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_a_process_that_is_not_there_has_no_terminal(pid: int) -> None:
    assert terminal_of(pid) is None


def test_the_peer_is_this_process_with_its_groups() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert peer_of(one) == (os.getpid(), os.getuid())
        assert peer_groups(one) >= {os.getgid()}
        assert may_enter(one, os.getgid())
        assert not may_enter(one, None)
        assert not may_enter(one, max(os.getgroups(), default=0) + 4711)


def test_a_group_that_nobody_has_made_is_told() -> None:
    with pytest.raises(InputError, match="no group"):
        group_id("no-such-group")
