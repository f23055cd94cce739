"""What a switch's configuration holds beside its ports: checkpoints, sessions on trial, timed jobs.

`settings` are what no other field of the world has, such as an access list; what follows from them is said
in `bringup.lab.configuration`. Times are world time.
"""

from __future__ import annotations

import msgspec


class PortSettings(msgspec.Struct, kw_only=True):
    admin_up: bool
    mtu: int
    fec_mode: str


class Snapshot(msgspec.Struct, kw_only=True):
    """The running configuration at one moment, ports by name."""

    ports: dict[str, PortSettings]
    settings: dict[str, str]


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


class Configuration(msgspec.Struct, kw_only=True):
    """`bundles`: link aggregations by name, with the ports that they are made of."""

    settings: dict[str, str] = msgspec.field(default_factory=dict)
    checkpoints: dict[str, Snapshot] = msgspec.field(default_factory=dict)
    sessions: dict[str, Session] = msgspec.field(default_factory=dict)
    bundles: dict[str, list[str]] = msgspec.field(default_factory=dict)
    timers: list[Timer] = msgspec.field(default_factory=list)
