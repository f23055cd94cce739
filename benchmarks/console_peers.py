"""The console beside a bare Textual app of Static lines and the toolkit's own table, in the same rounds."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.child import environment
from benchmarks.figure import Figure, interleaved
from benchmarks.terminal import Terminal

PEER = Path(__file__).with_name("console_peer.py")
OURS = Path(__file__).with_name("console_frames.py")
SHOWN = b"EVIDENCE"
KEYS = 30
DEADLINE_S = 300.0
DOWN = b"\x1b[B"
SIZES = ((80, 24), (200, 60))
Opens = Callable[[], Terminal]


class Keys(NamedTuple):
    """CPU of a key, and how long each took until its paint."""

    cpu_ms: float
    took_ms: tuple[float, ...]


class Frame(NamedTuple):
    cpu_ms: float
    sent: float


def figures(run: Path, folder: Path, rounds: int, attach: Opens) -> Sequence[Figure]:
    """Ratios of CPU and bytes; what it took on the wall stands beside them."""

    def bare() -> Terminal:
        return Terminal([sys.executable, str(PEER), "lines"], folder, environment(folder))

    first = interleaved(rounds, lambda: _first(attach), lambda: _first(bare))
    keys = interleaved(rounds, lambda: _keys(attach, b"J", b"VERIFY"), lambda: _keys(bare, b"", b""))
    found = [
        _ratio("console, command to first frame, CPU", "ms", *first, "a bare Textual app of lines", 2.5),
        Figure(
            what="console, a key to its paint, CPU",
            unit="ms",
            ours=tuple(each.cpu_ms for each in keys[0]),
            peer_name=f"({wall(keys[0])})",
            at_most=20,
        ),
        _ratio(
            "console, a key to its paint, CPU",
            "ms",
            [each.cpu_ms for each in keys[0]],
            [each.cpu_ms for each in keys[1]],
            f"a bare Textual app of lines ({wall(keys[1])})",
            3.0,
        ),
    ]
    for width, height in SIZES:
        for kind, name, cpu, sent in (
            ("lines", "one Static a line", 1.5, 1.5),
            ("table", "DataTable", 0.25, 1.0),
        ):
            ours, peer = interleaved(
                rounds,
                lambda: _frame([str(OURS), str(run)], folder, (width, height)),  # noqa: B023
                lambda: _frame([str(PEER), kind], folder, (width, height)),  # noqa: B023
            )
            what = f"console, 33 changed cells, {width}x{height}"
            for unit, number, most in (("ms", 0, cpu), ("B", 1, sent)):
                told = f"{what}, {'CPU' if unit == 'ms' else 'sent'}"
                mine, its = [each[number] for each in ours], [each[number] for each in peer]
                found.append(_ratio(told, unit, mine, its, name, most))
    return found


def _ratio(
    what: str, unit: str, ours: Sequence[float], peer: Sequence[float], name: str, at_most: float
) -> Figure:
    return Figure(
        what=f"{what}, beside a peer",
        unit=unit,
        ours=tuple(ours),
        peer=tuple(peer),
        peer_name=name,
        at_most=at_most,
    )


def wall(rounds: Sequence[Keys]) -> str:
    """Half of the keys, and all but one in a hundred, of all rounds, were painted within so long."""
    took = sorted(each for keys in rounds for each in keys.took_ms)
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return f"wall p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms"


def _first(opens: Opens) -> float:
    terminal = opens()
    try:
        terminal.until(SHOWN)
        return terminal.cpu_s * 1e3
    finally:
        terminal.end()


def _keys(opens: Opens, goes: bytes, shown: bytes) -> Keys:
    """An arrow while nothing else happens, from the key to the first byte of its paint."""
    terminal = opens()
    try:
        terminal.until(SHOWN)
        if goes:
            terminal.press(goes)
            terminal.until(shown)
        terminal.quiet(1.0)
        before_s, took = terminal.cpu_s, []
        for number in range(KEYS):
            began_s = time.monotonic()
            terminal.press(DOWN if number % 2 else DOWN.replace(b"B", b"A"))
            while not terminal.read(1.0):
                pass
            took.append((time.monotonic() - began_s) * 1e3)
            terminal.quiet(0.02)
        return Keys((terminal.cpu_s - before_s) / KEYS * 1e3, tuple(took))
    finally:
        terminal.end()


def _frame(words: Sequence[str], folder: Path, size: tuple[int, int]) -> Frame:
    out = folder / "frame.json"
    out.unlink(missing_ok=True)
    width, height = size
    command = [sys.executable, *words, str(out)]
    terminal = Terminal(command, folder, environment(folder), width=width, height=height)
    ends_at = time.monotonic() + DEADLINE_S
    while terminal.process.poll() is None and time.monotonic() < ends_at:
        terminal.read(0.1)
    terminal.end()
    if not out.exists():
        raise RuntimeError(f"{words[0]} measured nothing in {DEADLINE_S:.0f} s")
    said = json.loads(out.read_bytes())
    return Frame(said["cells_ms"], said["cells_bytes"])
