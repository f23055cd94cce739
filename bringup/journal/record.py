"""The journal's own events. `bringup.model.event` describes the same kinds for readers; fields are only
added.

The writer stamps `seq` (from 0: the leaf's index in the tree), `epoch`, `at`, `mono_ns` and `boot` on every
line.
"""

from __future__ import annotations

import msgspec


class Checkpointed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """A signed tree head was written. Covers the lines with seq below `size`.

    `root` is base64 of the RFC 6962 root, `file` the text's name in the run's folder, `signer` the key's
    fingerprint.
    """

    size: int
    root: str
    file: str
    signer: str


class ClockJumped(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """The wall clock moved `by_s` seconds against the monotonic one since the event before.

    `across_boots` where only wall times could be compared (the clock stands before the last event of an older
    boot).
    """

    by_s: float
    across_boots: bool = False


class Recovered(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """A runner opened the journal again; the first event of its epoch, but for a `ClockJumped`.

    `torn_file` (in the run's folder), `torn_bytes` and `torn_sha256` name an incomplete tail that was set
    aside; `torn_file` is None with `torn_bytes` above 0 where a full disk left no room to keep it.
    `earlier_torn` names such tails of recoveries that
    failed before they could. `lost_events` counts events that the last runner had announced as durable and
    that the disk no longer has: 0 on honest disks.
    """

    previous_epoch: int
    holder: str
    closed_before: bool = False
    torn_file: str | None = None
    torn_bytes: int = 0
    torn_sha256: str | None = None
    earlier_torn: list[str] = []
    lost_events: int = 0


class TakenOver(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """The epoch was raised over a runner that still held the lock; it begins the new epoch.

    `holder` is who was fenced; `set_aside` the old live segment (in the run's folder), which no reader reads
    any more; the torn fields as in `Recovered`.
    """

    previous_epoch: int
    holder: str
    set_aside: str | None = None
    torn_file: str | None = None
    torn_bytes: int = 0
    torn_sha256: str | None = None
    earlier_torn: list[str] = []
    lost_events: int = 0
