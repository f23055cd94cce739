"""Makes the pictures of the console: `python screenshots/make.py`, or `make screenshots`.

They are drawn from the records of two lab runs that lie in `records/`, up to a chosen event, with a fixed
clock: the same files each time. `--record` runs the lab anew and keeps its records, without the names of the
machine and the person. Each picture is SVG; no installed library turns that into PNG.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console as Paper
from rich.text import Text

from bringup.diagnosis import diagnose
from bringup.model.event import Asked, EventReader, Known, Unknown
from bringup.model.fold import fold_events
from bringup.model.inventory import Inventory
from bringup.tui.console import Console
from bringup.tui.home import Home
from bringup.tui.scan import Key
from bringup.tui.theme import STYLES
from bringup.view.frame import Size
from bringup.view.mark import Row
from bringup.view.scene import Scene
from bringup.view.screen_home import RunLine

HERE = Path(__file__).resolve().parent
RECORDS = HERE / "records"
FAULTS = ("dirty-connector@leaf-1/Ethernet0", "swapped-cables@leaf-1/Ethernet8=leaf-1/Ethernet16")
RUNS: dict[str, tuple[str, ...]] = {"faults": FAULTS, "accepted": ()}
CART, WIDE = Size(80, 24), Size(160, 45)
Event = Known | Unknown
Until = Callable[[Event], bool]


def asked(text: str) -> Until:
    """Up to the question that holds this text."""
    return lambda event: isinstance(event, Asked) and text in event.text


def seq(number: int) -> Until:
    return lambda event: event.seq == number


def never(event: Event) -> bool:
    return False


WALK, SIGN = asked("Walk round"), asked("sign for")
PICTURES: dict[str, tuple[str, Until, tuple[str, ...], Size]] = {
    "run": ("faults", seq(560), (), CART),
    "run-wide": ("faults", WALK, (), WIDE),
    "failure": ("faults", WALK, ("f",), CART),
    "watch": ("faults", WALK, ("f", "w"), CART),
    "matrix": ("faults", WALK, ("m",), CART),
    "work-list": ("faults", WALK, ("A",), CART),
    "ask": ("faults", asked("Power on"), ("space",), CART),
    "sign-off": ("accepted", SIGN, ("s",), CART),
}
"""Which record up to where, the keys pressed in it, and the size of the terminal."""


def events_of(name: str, until: Until = never) -> list[Event]:
    reader, found = EventReader(), []
    for line in gzip.decompress((RECORDS / f"{name}.jsonl.gz").read_bytes()).splitlines():
        found.append(reader.read(line))
        if until(found[-1]):
            break
    return found


def scene(name: str, until: Until) -> Scene:
    inventory = Inventory.model_validate_json((RECORDS / "inventory.json").read_bytes())
    events = events_of(name, until)
    state = fold_events(events)
    return Scene(
        run_id=state.run.run if state.run is not None else name,
        state=state,
        inventory=inventory,
        causes=tuple(diagnose(state, inventory)),
        recent=tuple(events),
        clock=f"{state.last_at[11:19]}Z",
    )


def screen(name: str, until: Until, keys: Sequence[str], size: Size) -> list[Row]:
    """The console after these keys."""
    console = Console(scene(name, until), now_s=lambda: 0.0)
    for key in keys:
        console.press(Key(key, key if len(key) == 1 else None))
    return console.rows(size)


def home() -> list[Row]:
    """The list of runs, as the records stand at three moments of theirs."""
    moments = (("faults", WALK), ("accepted", never), ("faults", never), ("faults", seq(560)))
    lines = [_line(name, until, number) for number, (name, until) in enumerate(moments)]
    return Home(lines, clock=lambda: events_of("faults", WALK)[-1].at[11:19] + "Z").rows(CART)


def _line(name: str, until: Until, number: int) -> RunLine:
    state = fold_events(events_of(name, until))
    run_id = f"20260102-0{3 - number}0405-{'abcd'[number] * 4}"
    open_ = (each for each in state.stages if state.stage_verdict(each) is None)
    return RunLine(
        run_id=run_id,
        path=f"runs/{run_id}",
        rack="mini",
        stage=next(open_, ""),
        verdict=state.closed.verdict if state.closed is not None else None,
        closed=state.closed is not None,
        lives=state.closed is None,
        asks=len(state.asks),
        simulated=True,
    )


def drawn(rows: Sequence[Row], title: str) -> str:
    """As SVG that loads nothing from anywhere: the reader's own monospaced font will do."""
    width = sum(len(text) for text, _ in rows[0])
    paper = Paper(record=True, width=width, file=StringIO(), force_terminal=True, color_system="truecolor")
    for row in rows:
        paper.print(Text.assemble(*((text, STYLES[role]) for text, role in row)), no_wrap=True, crop=False)
    svg = paper.export_svg(title=title, unique_id=title.replace(" ", "-"))
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def record() -> None:
    """Run the lab and keep what it wrote."""
    RECORDS.mkdir(exist_ok=True)
    for name, faults in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            words = [
                "demo",
                "--headless",
                "--runs",
                "runs",
                *(w for each in faults for w in ("--fault", each)),
            ]
            command = [sys.executable, "-m", "bringup", *words]
            environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
            subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
            (run,) = (Path(folder) / "runs").iterdir()
            lines = [
                json.loads(line) for line in (run / "journal" / "00000001.jsonl").read_bytes().splitlines()
            ]
            (RECORDS / "inventory.json").write_bytes((run / "plan" / "inventory.json").read_bytes())
        text = "".join(f"{json.dumps(_nameless(line), sort_keys=True)}\n" for line in lines)
        (RECORDS / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def _nameless(event: dict[str, Any]) -> dict[str, Any]:
    """Without the machine and the person of the one who ran it."""
    if event["kind"] == "RunStarted":
        event |= {
            "host": "cart-1",
            "user": "tech-1",
            "inventory": "inventory.toml",
            "run": "20260102-030405-abcd",
        }
        event["path"] = "runs/20260102-030405-abcd"
    if event.get("by") not in (None, "simulated"):
        event["by"] = "tech-1"
    return event


def pictures() -> dict[str, str]:
    """Every picture by its name."""
    made = {
        name: drawn(screen(run, until, keys, size), f"bringup {name}")
        for name, (run, until, keys, size) in PICTURES.items()
    }
    return {**made, "home": drawn(home(), "bringup home")}


def main() -> None:
    if sys.argv[1:] == ["--record"]:
        record()
    elif sys.argv[1:]:
        sys.exit("python screenshots/make.py [--record]")
    for name, svg in pictures().items():
        (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
