"""A plan of 10,000 cables that all lie wrong, to a work order: CPU from files to text."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figure import Benchmark, Figure
from benchmarks.table import render
from bringup.cabling.link import End, Link
from bringup.cabling.write import to_csv
from bringup.cli._cabling_order import as_text
from bringup.cli._cabling_solve import work_order

LINKS, PER_LEAF = 10_000, 64
AT_MOST_S = 1.0
BREAKOUTS = LINKS // 4


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    """A figure for plain cables, and one where all are breakouts of four."""
    return [
        _figure(folder, rounds, f"{LINKS:,} cables, all wrong, to a work order, CPU", *_plain()),
        _figure(folder, rounds, f"{BREAKOUTS:,} breakouts of 4, half wrong, to a work order, CPU", *_split()),
    ]


def _figure(folder: Path, rounds: int, what: str, plan: list[Link], there: list[Link]) -> Figure:
    expected, found = folder / "expected.csv", folder / "found.csv"
    expected.write_text(to_csv(plan))
    found.write_text(to_csv(there))
    took: list[float] = []
    for _ in range(rounds):
        begun = time.process_time()
        order = work_order(str(expected), [str(found)], None)
        text = "\n".join(as_text(order.solution, order.places, order.notes))
        took.append(time.process_time() - begun)
        if f"{len(order.solution.moves)}. cable" not in text:
            raise RuntimeError("there is no work order")
    return Figure(what=what, unit="s", ours=tuple(took), at_most=AT_MOST_S)


def _plain() -> tuple[list[Link], list[Link]]:
    plan = [
        Link(
            End(f"leaf-{at // PER_LEAF}", f"Ethernet{at % PER_LEAF}"),
            End(f"spine-{at % PER_LEAF}", f"Ethernet{at // PER_LEAF}"),
            label=f"C-{at}",
        )
        for at in range(LINKS)
    ]
    far = [link.b for link in plan]
    random.Random(1).shuffle(far)
    return plan, [Link(link.a, end) for link, end in zip(plan, far, strict=True)]


def _split() -> tuple[list[Link], list[Link]]:
    dice = random.Random(2)
    trunks = list(range(BREAKOUTS))
    chosen = dice.sample(trunks, BREAKOUTS // 2)
    for one, other in zip(chosen, chosen[1:] + chosen[:1], strict=True):
        trunks[one] = other
    plan, there = [], []
    for at, trunk in enumerate(trunks):
        for lane in range(4):
            far = End(f"node-{at}", f"eth{lane}")
            plan.append(Link(End(f"leaf-{at // 32}", f"swp{at % 32}s{lane}"), far))
            there.append(Link(End(f"leaf-{trunk // 32}", f"swp{trunk % 32}s{lane}"), far))
    return plan, there


BENCHMARK = Benchmark(
    name="cabling",
    title="ten thousand cables to a work order",
    measure=measure,
)

if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        print(render(measure(Path(made), 5)))
