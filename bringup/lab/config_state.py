"""What a switch's configuration holds beside its ports: checkpoints, sessions on trial, timed jobs.

`settings` are what no other field of the world has, such as an access list; what follows from them is said
in `bringup.lab.configuration`. Times are world time.
"""

from __future__ import annotations

import msgspec


class PortSettings(msgspec.Struct, kw_only=True):
    """`speed_gbps` None: it is left as it is, as a cage's mode gives it."""

    admin_up: bool
    mtu: int
    fec_mode: str
    speed_gbps: float | None = None


class Snapshot(msgspec.Struct, kw_only=True):
    """The running configuration at one moment: ports by name, modes of cages by the cage's. `at` where a
    device tells when that was.
    """

    ports: dict[str, PortSettings]
    settings: dict[str, str]
    cages: dict[str, str] = msgspec.field(default_factory=dict)
    at: float | None = None


class Session(msgspec.Struct, kw_only=True):
    """An EOS configuration session: `pending`, `pendingCommitTimer` or `completed`."""

    state: str = "pending"
    lines: list[str] = msgspec.field(default_factory=list)
    before: Snapshot | None = None
    due_at: float | None = None


class Timer(msgspec.Struct, kw_only=True):
    """A transient systemd timer, and the command that it will run."""

    unit: str
    due_at: float
    command: str


class Commit(msgspec.Struct, kw_only=True):
    """A commit of Junos, and what is in force from it on. `log` is the comment that its author gave;
    `confirm_minutes`: it was made to be confirmed, and `due_at` is when it is taken back.
    """

    at: float
    after: Snapshot
    user: str
    client: str = "cli"
    log: str = ""
    confirm_minutes: int | None = None
    due_at: float | None = None


class Revision(msgspec.Struct, kw_only=True):
    """A revision of NVUE: what its `changes` (words of `set` and `unset`) make of its `parent`.

    `state` is pending, applied, confirm (it waits to be confirmed until `due_at`) or inactive.
    """

    parent: str
    user: str
    at: float
    state: str = "pending"
    changes: list[list[str]] = msgspec.field(default_factory=list)
    after: Snapshot | None = None
    due_at: float | None = None


class Configuration(msgspec.Struct, kw_only=True):
    """`bundles`: link aggregations by name, with the ports that they are made of. `commits`: newest first.
    `attached`: the revision that `nv set` writes to; `candidate`: lines that somebody left uncommitted in
    Junos. `files`: what stands in the home of the one user.
    """

    settings: dict[str, str] = msgspec.field(default_factory=dict)
    checkpoints: dict[str, Snapshot] = msgspec.field(default_factory=dict)
    sessions: dict[str, Session] = msgspec.field(default_factory=dict)
    bundles: dict[str, list[str]] = msgspec.field(default_factory=dict)
    timers: list[Timer] = msgspec.field(default_factory=list)
    commits: list[Commit] = msgspec.field(default_factory=list)
    revisions: dict[str, Revision] = msgspec.field(default_factory=dict)
    attached: str | None = None
    candidate: list[str] = msgspec.field(default_factory=list)
    files: dict[str, str] = msgspec.field(default_factory=dict)
