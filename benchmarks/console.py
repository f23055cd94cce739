"""The console over a record of the lab: how soon it shows, what a frame takes, what it sends, what it holds.

The gates are CPU, bytes and memory, which a busy machine does not change; what it took on the wall stands
beside them.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from benchmarks import console_peers
from benchmarks.child import bringup, environment, launch
from benchmarks.figure import Benchmark, Figure
from benchmarks.terminal import Terminal

MANY = 100_000
KEYS = 20
IDLE_S = 4.0
SHOWN = b"EVIDENCE"
SIZES = ((80, 24, 4.0, 20.0), (200, 60, 8.0, 60.0))
"""Columns, lines, the most CPU milliseconds a frame and the most KiB a second that are sent."""


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    recorded = _recorded(folder)
    long_run = _long(recorded, folder / "long" / recorded.name)
    first = [_first_frame(recorded, folder) for _ in range(rounds)]
    busy = [_busy(recorded, folder) for _ in range(rounds)]
    many = [_many(long_run, folder) for _ in range(rounds)]
    peers = console_peers.figures(recorded, folder, rounds, lambda: _attach(recorded, folder))
    figures = [
        *peers,
        _figure("console, command to first frame, CPU", "ms", [cpu for cpu, _ in first], 600, _wall(first)),
        _figure(
            "console, 1,000 events a second, CPU of a second",
            "ms",
            [each.cpu_ms for each in busy],
            250,
            f"(a letter, 35 ms of it held back: {console_peers.wall(busy)})",
        ),
        _figure("console, idle with its clock, sent", "B/s", [_idle(recorded, folder)], 100),
        _figure("console, 100,000 events read, CPU", "ms", [cpu for cpu, _, _ in many], 3000),
        _figure(
            "console, 100,000 events, usable, CPU",
            "ms",
            [usable for _, usable, _ in many],
            1500,
        ),
        _figure("console, 100,000 events, memory", "MiB", [peak for _, _, peak in many], 90),
    ]
    for width, height, cpu_ms, kib in SIZES:
        said = [_frames(recorded, folder, width, height) for _ in range(rounds)]
        place = f"{width}x{height}"
        figures += [
            _figure(
                f"console, a frame with 33 changed cells, {place}, CPU", "ms", [a for a, _, _ in said], cpu_ms
            ),
            _figure(
                f"console, a frame of recorded events, {place}, CPU", "ms", [b for _, b, _ in said], cpu_ms
            ),
            _figure(
                f"console, steady output, {place}", "KiB/s", [_steady(recorded, folder, width, height)], kib
            ),
        ]
        fold = [rate for _, _, rate in said]
    figures.append(
        Figure(
            what="console, events taken in a second of CPU",
            unit="events/s",
            ours=tuple(fold),
            at_least=20_000,
        )
    )
    return figures


def _figure(what: str, unit: str, ours: Sequence[float], at_most: float, told: str = "") -> Figure:
    return Figure(what=what, unit=unit, ours=tuple(ours), peer_name=told, at_most=at_most)


def _wall(said: Sequence[tuple[float, float]]) -> str:
    return f"(wall: {statistics.median(wall for _, wall in said):.0f} ms)"


def _recorded(folder: Path) -> Path:
    """A run of the lab, without the marks of the runner that wrote it: a copy counts as it stands."""
    runs = folder / "recorded"
    words = ["demo", "--headless", "--speed", "1000", "--fault", "dirty-connector", "--runs", str(runs)]
    launch([*bringup(), *words], folder, env=environment(folder))
    (run,) = runs.iterdir()
    shutil.rmtree(run / "epoch")
    return run


def _long(run: Path, place: Path) -> Path:
    """The same run, its readings taken again and again."""
    shutil.copytree(run, place)
    segment = place / "journal" / "00000001.jsonl"
    lines = [json.loads(line) for line in segment.read_bytes().splitlines()]
    closed = next(number for number, line in enumerate(lines) if line["kind"] == "RunClosed")
    again = [line for line in lines[:closed] if line["kind"] in ("Measured", "Judged")]
    while len(lines) < MANY:
        lines[closed:closed] = again
    encode = msgspec.json.encode
    segment.write_bytes(b"".join(encode({**line, "seq": seq}) + b"\n" for seq, line in enumerate(lines)))
    return place


def _attach(run: Path, folder: Path, width: int = 80, height: int = 24) -> Terminal:
    words = [*bringup(), "attach", run.name, "--runs", str(run.parent)]
    return Terminal(words, folder, environment(folder), width=width, height=height)


def _first_frame(run: Path, folder: Path) -> tuple[float, float]:
    terminal = _attach(run, folder)
    wall_s = terminal.until(SHOWN)
    cpu_s = terminal.cpu_s
    terminal.end()
    return cpu_s * 1e3, wall_s * 1e3


def _busy(run: Path, folder: Path) -> console_peers.Keys:
    """While a thousand events a second come in: CPU milliseconds that a second takes, and the wall from each
    letter to its paint; the gate for scanners holds a letter for 35 ms of it.
    """
    place = folder / "busy" / run.name
    shutil.rmtree(place.parent, ignore_errors=True)
    shutil.copytree(run, place)
    segment = place / "journal" / "00000001.jsonl"
    lines = [json.loads(line) for line in segment.read_bytes().splitlines()][:-1]
    readings = [line for line in lines if line["kind"] in ("Measured", "Judged")]
    encode = msgspec.json.encode
    segment.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    more = (encode({**readings[at % len(readings)], "seq": len(lines) + at}) + b"\n" for at in range(MANY))
    terminal = _attach(place, folder)
    terminal.until(SHOWN)
    terminal.quiet(1.0)
    stop = threading.Event()

    def write() -> None:
        with segment.open("ab", buffering=0) as file:
            while not stop.wait(0.02):
                file.write(b"".join(islice(more, 20)))

    writer = threading.Thread(target=write)
    writer.start()
    before_s, began_s = terminal.cpu_s, time.monotonic()
    took: list[float] = []
    for number in range(KEYS):
        terminal.quiet(0.1)
        terminal.press(b"hJ"[number % 2 :][:1])
        took.append(terminal.until((b"OPEN:", b"VERIFY")[number % 2]))
    cpu_ms = (terminal.cpu_s - before_s) / (time.monotonic() - began_s) * 1e3
    stop.set()
    writer.join()
    terminal.end()
    return console_peers.Keys(cpu_ms, tuple(each * 1e3 for each in took))


def _idle(run: Path, folder: Path) -> float:
    """Bytes a second when nothing but the clock moves."""
    terminal = _attach(run, folder)
    terminal.until(SHOWN)
    terminal.quiet(3.0)
    sent = terminal.quiet(IDLE_S)
    terminal.end()
    return sent / IDLE_S


def _many(run: Path, folder: Path) -> tuple[float, float, float]:
    """CPU until all was read, CPU until a key was answered, and the most memory."""
    terminal = _attach(run, folder)
    terminal.until(SHOWN)
    terminal.press(b"J")
    terminal.until(b"VERIFY")
    usable_s = terminal.cpu_s
    terminal.until(b"REPLAY")
    read_s, peak = terminal.cpu_s, terminal.peak_mib
    terminal.end()
    return read_s * 1e3, usable_s * 1e3, peak


def _frames(run: Path, folder: Path, width: int, height: int) -> tuple[float, float, float]:
    """CPU milliseconds of a frame with 33 changed cells, of one with new events, and events a second."""
    told = folder / "frames.json"
    told.unlink(missing_ok=True)
    child = Path(__file__).with_name("console_frames.py")
    words = [sys.executable, str(child), str(run), str(told)]
    terminal = Terminal(words, folder, environment(folder), width=width, height=height)
    ends_at = time.monotonic() + 60
    while terminal.process.poll() is None and time.monotonic() < ends_at:
        terminal.read(0.1)
    terminal.end()
    said = json.loads(told.read_bytes())
    return said["cells_ms"], said["events_ms"], said["fold"]


def _steady(run: Path, folder: Path, width: int, height: int) -> float:
    """KiB a second while a run writes as the lab's did, at its own pace."""
    place = folder / "steady" / run.name
    shutil.rmtree(place.parent, ignore_errors=True)
    shutil.copytree(run, place)
    segment = place / "journal" / "00000001.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    at_s = [json.loads(line)["mono_ns"] / 1e9 for line in lines]
    segment.write_bytes(lines[0])
    terminal = _attach(place, folder, width, height)
    terminal.until(SHOWN)
    terminal.quiet(1.0)
    before, began_s = terminal.written, time.monotonic()
    with segment.open("ab", buffering=0) as file:
        for line, due_s in zip(lines[1:], at_s[1:], strict=True):
            while (left := began_s + due_s - at_s[0] - time.monotonic()) > 0:
                terminal.read(left)
            file.write(line)
    terminal.quiet(0.5)
    took_s = time.monotonic() - began_s
    sent = terminal.written - before
    terminal.end()
    return sent / 1024 / took_s


BENCHMARK = Benchmark(name="console", title="the console over a record of the lab", measure=measure)
