"""Durable appends and `log verify`, by the measurements of `journal_append.py` and `log_verify.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from benchmarks import journal_append, log_verify
from benchmarks.figure import Benchmark, Figure
from bringup.journal.sign import CHECKPOINT

LONE = 1000
EACH = 200
VERIFIED_EACH = 500


def append(folder: Path, rounds: int) -> Sequence[Figure]:
    """A lone producer and 64 of them, beside a bare loop that writes lines of the same length."""
    _, length = asyncio.run(journal_append.ours(folder, 1, 10))
    line = b"x" * (length - 1) + b"\n"
    bare: list[float] = []
    lone: list[float] = []
    many: list[float] = []
    for _ in range(rounds):
        bare.append(journal_append.bare(folder, line, LONE))
        lone.append(asyncio.run(journal_append.ours(folder, 1, LONE))[0])
        many.append(asyncio.run(journal_append.ours(folder, journal_append.PRODUCERS, EACH))[0])
    return [
        _appended("a lone durable append", lone, bare, 0.5),
        _appended("durable appends of 64 producers", many, bare, 3.0),
    ]


def _appended(what: str, ours: list[float], bare: list[float], reach: float) -> Figure:
    return Figure(
        what=what,
        unit="events/s",
        ours=tuple(ours),
        peer=tuple(bare),
        peer_name="write+fdatasync",
        at_least=reach,
    )


def verify(folder: Path, rounds: int) -> Sequence[Figure]:
    """Verifying a record, beside the rate at which its 64 producers wrote it."""
    appended: list[float] = []
    verified: list[float] = []
    for _ in range(rounds):
        run, signer, rate = asyncio.run(log_verify.append(folder, VERIFIED_EACH))
        signers = folder / "signers"
        signers.write_text(f'bench namespaces="{CHECKPOINT}" {signer.public_key}\n')
        appended.append(rate)
        verified.append(log_verify.check(run, signers))
    return [
        Figure(
            what="`log verify`",
            unit="events/s",
            ours=tuple(verified),
            peer=tuple(appended),
            peer_name="appends of 64 producers",
            at_least=log_verify.REACH,
        )
    ]


APPEND = Benchmark(name="append", title="durable appends", measure=append)
VERIFY = Benchmark(name="verify", title="log verify", measure=verify)
