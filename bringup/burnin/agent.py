"""Runs on the host under test; prints one JSON object. Standard library only, no file of ours beside it.

    python3 agent.py survey
    python3 agent.py cpu SECONDS
    python3 agent.py memory-pattern MIB
    python3 agent.py memory-bandwidth MIB

`cpu` runs three kernels on every processor at once, each with an answer that is known beforehand: modular
powers; a chaotic map in IEEE 754 doubles, whose every operation is correctly rounded, so that all sound
machines end at the same bits; a chain of SHA-256. The answers were computed elsewhere, so a machine that is
wrong the same way each time is caught too. `BRINGUP_INJECT` is the test hook: `bitflip` flips one bit of one
intermediate result, `nan` makes one a NaN, `slow` makes one worker pause.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import struct
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

ROUND = 2000
INTEGER_ANSWER = 1330787394
FLOAT_ANSWER = "3fed5ffa91eb7597"
HASH_ANSWER = "c4535e2bcbc434e8e203d9ba13cef7f3fa493e2a0092af59ac7477b7c1b639e6"
MODULUS = 2147483647


def integer_kernel(flip: bool) -> int:
    """ROUND modular powers, each feeding the next."""
    value = 16807
    for step in range(ROUND):
        value = pow(value, 16807, MODULUS) ^ (step & 0xFF)
        if flip and step == ROUND // 2:
            value ^= 1 << 13
    return value


def float_kernel(spoil: bool) -> str:
    """ROUND steps of a chaotic map: an error in the last bit anywhere changes the end beyond recognition."""
    value = 0.4
    for step in range(ROUND):
        value = 3.9 * value * (1.0 - value)
        if spoil and step == ROUND // 2:
            value = float("nan")
    return struct.pack(">d", value).hex()


def hash_kernel() -> str:
    """ROUND links of a SHA-256 chain."""
    block = b"bringup"
    for _ in range(ROUND):
        block = hashlib.sha256(block).digest()
    return block.hex()


def work(index: int, ends_at: float, inject: str, results: Queue[tuple[int, int]]) -> None:
    """One processor's share: rounds until the time is up, and how many answers were wrong."""
    try:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[index]})
    except (AttributeError, OSError, IndexError):
        pass  # without pinning the load is the same, only its place is not
    rounds = errors = 0
    while True:
        first = index == 0 and rounds == 0
        wrong = integer_kernel(first and inject == "bitflip") != INTEGER_ANSWER
        wrong |= float_kernel(first and inject == "nan") != FLOAT_ANSWER
        wrong |= hash_kernel() != HASH_ANSWER
        errors += wrong
        rounds += 1
        if index == 0 and inject == "slow":
            time.sleep(0.05)
        if time.monotonic() >= ends_at:
            break
    results.put((rounds, errors))


def cpu(seconds: float, inject: str) -> dict[str, Any]:
    """All processors at once."""
    count = len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("fork")  # there is no file that a spawned child could import
    results: Queue[tuple[int, int]] = context.Queue()
    ends_at = time.monotonic() + seconds
    workers = [context.Process(target=work, args=(index, ends_at, inject, results)) for index in range(count)]
    for worker in workers:
        worker.start()
    done = [results.get(timeout=seconds + 60) for _ in workers]
    for worker in workers:
        worker.join()
    return {
        "processors": count,
        "rounds": sum(rounds for rounds, _ in done),
        "slowest_rounds": min(rounds for rounds, _ in done),
        "fastest_rounds": max(rounds for rounds, _ in done),
        "errors": sum(errors for _, errors in done),
        "seconds": seconds,
    }


def memory_pattern(mib: int, inject: str) -> dict[str, Any]:
    """Writes and reads back four patterns; counts the 4 KiB blocks that differ."""
    size = mib * 1024 * 1024
    block = 4096
    wrong = checked = 0
    for number, byte in enumerate((0x00, 0xFF, 0x55, 0xAA)):
        expected = bytes([byte]) * block
        memory = bytearray(expected) * (size // block)
        if inject == "bitflip" and number == 2:
            memory[size // 2] ^= 0x08
        view = memoryview(memory)
        for start in range(0, size, block):
            wrong += view[start : start + block] != expected
            checked += 1
        view.release()
        del memory
    return {"mib": mib, "blocks": checked, "errors": wrong}


def memory_bandwidth(mib: int) -> dict[str, Any]:
    """Best of five copies of a buffer that no cache holds; counts what is read and what is written."""
    size = mib * 1024 * 1024
    source, target = bytearray(os.urandom(4096)) * (size // 4096), bytearray(size)
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        target[:] = source
        took = time.perf_counter() - began
        best = min(best, took)
    return {"mib": mib, "gbyte_s": 2 * size / best / 1e9, "same": source == target}


def survey() -> dict[str, Any]:
    """Processors, memory, disks, root file system, interfaces: what any user of a Linux machine can see."""
    disks = []
    for name in sorted(os.listdir("/sys/block")):  # noqa: PTH208 (pathlib costs more than the rest)
        if name.startswith(("loop", "ram", "zram", "dm-", "md", "sr", "fd")):
            continue
        with open(f"/sys/block/{name}/size") as file:  # noqa: PTH123
            disks.append({"name": name, "bytes": int(file.read()) * 512})
    root = os.statvfs("/")
    return {
        "processors": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "disks": disks,
        "root_free_bytes": root.f_bavail * root.f_frsize,
        "root_read_only": bool(root.f_flag & os.ST_RDONLY),
        "nics": sorted(name for name in os.listdir("/sys/class/net") if name != "lo"),  # noqa: PTH208
    }


def main(arguments: list[str]) -> None:
    inject = os.environ.get("BRINGUP_INJECT", "")
    name, number = arguments[0], float(arguments[1]) if len(arguments) > 1 else 0.0
    if name == "cpu":
        found = cpu(number, inject)
    elif name == "memory-pattern":
        found = memory_pattern(int(number), inject)
    elif name == "memory-bandwidth":
        found = memory_bandwidth(int(number))
    elif name == "survey":
        found = survey()
    else:
        raise SystemExit(f"no test is called {name}")
    print(json.dumps({"test": name, "injected": inject or None, "found": found}, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1:])
