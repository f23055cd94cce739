"""Text of devices turned into typed facts, beside `json.loads` of the same facts as JSON: CPU.

"The same data" is what `bringup decode` prints for the text: the facts with their readings. A parser of text
has to find them in columns of blanks, to tell N/A from zero and a cut line from a whole one; the peer only
has to follow its own brackets. Both run in this process, one after the other in each round.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import switch_texts
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.table import render
from bringup.decode.registry import find_format

REACH = 2.0
ROUNDS = 5
REPEATS = 7
"""A round's number is the least of these: what else the machine does only adds to CPU time."""
PORTS, COUNTERS, RUNS = 512, 3000, 34

Row = Sequence[str]


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    """A figure for each kind of text, in milliseconds of CPU."""
    return [_figure(name, what, text, rounds) for name, what, text in _texts()]


def _figure(name: str, what: str, text: bytes, rounds: int) -> Figure:
    made = find_format(name)
    decoded = made.decode(text)
    if decoded.outcome != "ok" or decoded.warnings:
        raise RuntimeError(f"{name}: {decoded.outcome}: {decoded.warnings}")
    same = json.dumps(msgspec.to_builtins(decoded)).encode()
    ours, theirs = (
        partial(_least_ms, partial(made.decode, text)),
        partial(_least_ms, partial(json.loads, same)),
    )
    ours()
    mine, peer = interleaved(rounds, ours, theirs)
    return Figure(
        what=f"{what} to facts, CPU",
        unit="ms",
        ours=tuple(mine),
        peer=tuple(peer),
        peer_name="json.loads",
        at_most=REACH,
    )


def _least_ms(work: Callable[[], object]) -> float:
    took: list[float] = []
    for _ in range(REPEATS):
        begun = time.process_time_ns()
        work()
        took.append((time.process_time_ns() - begun) / 1e6)
    return min(took)


def _texts() -> list[tuple[str, str, bytes]]:
    """(format, in words, text), each by the rules of its source."""
    return [
        ("sonic.interfaces-status", f"SONiC interfaces status of {PORTS} ports", _sonic_status()),
        ("sonic.fec-stats", f"SONiC FEC counters of {PORTS} ports", _sonic_fec()),
        ("eos.text-interfaces-status", f"EOS interfaces status of {PORTS} ports", _eos_status()),
        ("eos.text-transceiver", f"EOS transceivers of {PORTS} ports", _eos_optics()),
        ("ethtool.statistics", f"ethtool -S of {COUNTERS:,} counters", _ethtool()),
        ("nccl.text", f"nccl-tests of {RUNS} sizes", _nccl()),
        *switch_texts.texts(),
    ]


def _ruled(head: Row, rows: Sequence[Row]) -> bytes:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    rule = tuple("-" * width for width in widths)
    lines = (
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in (head, rule, *rows)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _sonic_status() -> bytes:
    head = ("Interface", "Lanes", "Speed", "MTU", "FEC", "Alias", "Vlan", "Oper", "Admin", "Type", "Asym PFC")
    return _ruled(
        head,
        [
            (
                f"Ethernet{8 * at}",
                ",".join(str(8 * at + lane) for lane in range(4)),
                *("400G", "9100", "rs", f"etp{at}", "routed"),
                *("up" if at % 3 else "down", "up", "QSFP-DD Double Density 8X Pluggable Transceiver", "off"),
            )
            for at in range(PORTS)
        ],
    )


def _sonic_fec() -> bytes:
    head = ("IFACE", "STATE", "FEC_CORR", "FEC_UNCORR", "FEC_SYMBOL_ERR", "FEC_PRE_BER", "FEC_POST_BER")
    return _ruled(
        head,
        [
            (
                *(f"Ethernet{8 * at}", "U", f"{130_402 + at:,}", "3", str(4 + at)),
                *(f"{1e-8 * (at + 1):.2E}", "0.00E+00"),
            )
            for at in range(PORTS)
        ],
    )


def _eos_status() -> bytes:
    head = "Port       Name           Status       Vlan     Duplex Speed  Type         Flags\n"
    rows = (
        f"{f'Et{at}/1':<10} {'to the spine':<14} {'connected' if at % 3 else 'notconnect':<12} {'routed':<8}"
        f" {'full':<6} {'400G':<6} 400GBASE-DR4\n"
        for at in range(1, PORTS + 1)
    )
    return (head + "".join(rows)).encode()


def _eos_optics() -> bytes:
    head = (
        "                               Bias      Optical   Optical\n"
        "          Temp       Voltage   Current   Tx Power  Rx Power\n"
        "Port      (Celsius)  (Volts)   (mA)      (dBm)     (dBm)     Last Update\n"
        "-----     ---------  --------  --------  --------  --------  -------------------\n"
    )
    rows = (
        f"{f'Et{at}/1':<10} 51.50      3.31      62.50     1.{at % 100:02d}      -1.{at % 90:02d}"
        "     0:00:06 ago\n"
        for at in range(1, PORTS + 1)
    )
    return (head + "".join(rows)).encode()


def _ethtool() -> bytes:
    rows = (f"     rx{at}_packets: {123_456_789 + at}\n" for at in range(COUNTERS))
    return ("NIC statistics:\n" + "".join(rows)).encode()


def _nccl() -> bytes:
    ranks = (
        f"#  Rank {at:2d} Group  0 Pid {40_000 + at} on node-01 device {at:2d} [0x{at:02x}] NVIDIA H100\n"
        for at in range(8)
    )
    rows = (
        f"{8 << at:>12}{2 << at:>13}     float     sum      -1"
        f"   {30 + at * 1.5:.2f}   {at * 1.25:.2f}  {at * 2.1:.2f}      0"
        f"   {31 + at * 1.5:.2f}   {at * 1.2:.2f}   {at * 2.0:.2f}      0\n"
        for at in range(RUNS)
    )
    half = "     time   algbw   busbw #wrong"
    return (
        "# nThread 1 nGpus 8 minBytes 8 maxBytes 8589934592 step: 2(factor) warmup iters: 5 iters: 20"
        " agg iters: 1 validation: 1 graph: 0\n#\n# Using devices\n"
        + "".join(ranks)
        + f"#\n#       size         count      type   redop    root{half}{half}\n"
        + "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)\n"
        + "".join(rows)
        + "# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 35.1234\n#\n"
    ).encode()


BENCHMARK = Benchmark(
    name="text-parsers",
    title="text of devices beside json.loads of the same facts",
    measure=measure,
)

if __name__ == "__main__":
    print(render(measure(Path.cwd(), ROUNDS)))
