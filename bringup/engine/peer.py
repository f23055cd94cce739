"""Who is at the other end of a Unix socket, as the kernel knows it and nobody can say otherwise."""

from __future__ import annotations

import array
import grp
import socket
import struct
from pathlib import Path

from bringup.model.errors import InputError

PEER_GROUPS = getattr(socket, "SO_PEERGROUPS", 59)
"""Linux 4.13 and later (asm-generic/socket.h); Python has no name for it yet."""
MOST_GROUPS = 256
"""What fits into the 1024 bytes that Python asks for at most; who is in more is known by the first alone."""
PSEUDO_FIRST, PSEUDO_LAST = 136, 143
TTY, SERIAL_FROM = 4, 64
"""Major numbers of pseudo-terminals and of tty devices; from that minor number on the latter are serial lines
(the kernel's list of device numbers).
"""


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """Process and user."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", raw)
    return int(pid), int(uid)


def peer_groups(connection: socket.socket) -> frozenset[int]:
    """All groups that the peer was in when it connected, its first one too."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    found = {struct.unpack("3i", raw)[2]}
    try:
        more = array.array("I", connection.getsockopt(socket.SOL_SOCKET, PEER_GROUPS, 4 * MOST_GROUPS))
    except OSError:
        return frozenset(found)
    return frozenset(found.union(more))


def may_enter(connection: socket.socket, gid: int | None) -> bool:
    """Whether the peer is of that group; without a group nobody is."""
    return gid is not None and gid in peer_groups(connection)


def terminal_of(pid: int) -> str | None:
    """The terminal that a process has (`pts/3`, `tty1`, `ttyS0`), None where it has none or is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        device = int(told[4])
    except (OSError, ValueError, IndexError):
        return None
    return terminal_name(device)


def terminal_name(device: int) -> str | None:
    """The name of a terminal's device number, as proc(5) has it."""
    major, minor = (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00)
    if PSEUDO_FIRST <= major <= PSEUDO_LAST:
        return f"pts/{(major - PSEUDO_FIRST) * 256 + minor}"
    if major == TTY:
        return f"tty{minor}" if minor < SERIAL_FROM else f"ttyS{minor - SERIAL_FROM}"
    return f"tty {major}:{minor}" if device else None


def group_id(name: str) -> int:
    """The number of a group of this machine.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return grp.getgrnam(name).gr_gid
    except (KeyError, ValueError) as error:
        raise InputError(f"this machine has no group {name!r}", "`getent group` lists them.") from error
