"""What kind of file system a path lies on (Linux), where that decides what can be trusted."""

from __future__ import annotations

import os
import re
from pathlib import Path

# On these another machine may be writing.
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs", "lustre", "virtiofs"}
)


def file_system(path: Path) -> tuple[str, frozenset[str]]:
    """Kind and mount options of the file system that holds `path`; ("unknown", none) where the system won't
    say.
    """
    try:
        table = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        device = path.stat().st_dev
    except OSError:
        return "unknown", frozenset()
    return parse_mounts(table, os.fspath(path.resolve()), f"{os.major(device)}:{os.minor(device)}")


def parse_mounts(table: str, path: str, device: str) -> tuple[str, frozenset[str]]:
    """The mount of `/proc/self/mountinfo` that holds `path`: by the longest mount point, of its device if one
    is.
    """
    best: tuple[bool, int, str, frozenset[str]] = (False, -1, "unknown", frozenset())
    for row in table.splitlines():
        left, _, right = row.partition(" - ")
        fields, tail = left.split(), right.split()
        if len(fields) < 6 or len(tail) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
        if path != point and not path.startswith(point.rstrip("/") + "/"):
            continue
        options = frozenset(fields[5].split(",")) | frozenset(tail[2].split(","))
        best = max(best, (fields[2] == device, len(point), tail[0], options), key=lambda found: found[:2])
    return best[2], best[3]
