"""Makes the pictures of the console: `python screenshots/make.py`, or `make screenshots`.

They are drawn from the records of lab runs that lie in `records/`, up to a chosen event, with a fixed clock:
the same files each time. `--record` runs the lab anew, two runs by the simulated technician and one by hand
in a terminal (`by_hand.py`), and keeps its records without the names of the machine and the person. `--png`
writes the picture that the README begins with as PNG too, with an installed Chromium.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
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
from bringup.view.comparison import compare
from bringup.view.frame import Size
from bringup.view.mark import Row
from bringup.view.scene import Scene
from bringup.view.screen_home import RunLine

HERE = Path(__file__).resolve().parent
RECORDS = HERE / "records"
FAULTS = ("dirty-connector@leaf-1/Ethernet0", "swapped-cables@leaf-1/Ethernet8=leaf-1/Ethernet16")
RUNS: dict[str, tuple[str, ...]] = {"faults": FAULTS, "accepted": (), "by-hand": FAULTS}
RUN_IDS = {
    "faults": "20260102-030405-abcd",
    "accepted": "20260102-030405-abcd",
    "by-hand": "20260103-040506-wxyz",
}
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


CHARACTERS = {"space": " ", "colon": ":", "question_mark": "?"}
WALK, SIGN = asked("Walk round"), asked("sign for")
FAILURES, GUIDE = ("f",), ("colon", *"swap", "enter")
PICTURES: dict[str, tuple[str, Until, tuple[str, ...], Size]] = {
    "run": ("faults", seq(560), (), CART),
    "run-wide": ("faults", WALK, (), WIDE),
    "failures": ("faults", WALK, FAILURES, CART),
    "failure": ("faults", WALK, (*FAILURES, "enter"), CART),
    "done": ("faults", WALK, (*FAILURES, "enter", "enter"), CART),
    "watch": ("by-hand", seq(7747), (*FAILURES, "w"), CART),
    "watch-good": ("by-hand", seq(8017), (*FAILURES, "w"), CART),
    "swap": ("by-hand", seq(1599), GUIDE, CART),
    "matrix": ("faults", WALK, ("m",), CART),
    "work-list": ("faults", WALK, ("A",), CART),
    "ask": ("faults", asked("Power on"), ("space",), CART),
    "journal": ("by-hand", SIGN, ("J",), CART),
    "soak": ("by-hand", SIGN, ("colon", *"soak", "enter"), CART),
    "compare": ("accepted", never, ("colon", *"compare", "space", *"by-hand", "enter"), CART),
    "handover": ("by-hand", WALK, ("h",), CART),
    "sign-off": ("by-hand", SIGN, ("s",), CART),
    "palette": ("faults", WALK, ("colon",), CART),
    "help": ("faults", WALK, ("question_mark",), CART),
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
        console.press(Key(key, CHARACTERS.get(key, key) if len(CHARACTERS.get(key, key)) == 1 else None))
    if console.look.screen == "compare":
        other = scene("by-hand", never).state
        console.change(found=compare(console.scene.state, other, verified=("intact", "intact")))
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
        with tempfile.TemporaryDirectory() as place:
            given = [word for each in faults for word in ("--fault", each)]
            if name == "by-hand":
                from screenshots.by_hand import by_hand

                by_hand(Path(place), given)
            else:
                command = [sys.executable, "-m", "bringup", "demo", "--headless", "--runs", "runs", *given]
                environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
                subprocess.run(command, cwd=place, env=environment, stdout=subprocess.DEVNULL, check=False)
            (run,) = (each for each in (Path(place) / "runs").iterdir() if each.is_dir())
            keep(name, run)


def keep(name: str, run: Path) -> None:
    """The record of a run, in `records/`."""
    lines = [json.loads(line) for line in (run / "journal" / "00000001.jsonl").read_bytes().splitlines()]
    (RECORDS / "inventory.json").write_bytes((run / "plan" / "inventory.json").read_bytes())
    text = "".join(
        f"{json.dumps(_nameless(line, RUN_IDS[name]), sort_keys=True)}\n" for line in thinned(lines)
    )
    (RECORDS / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def thinned(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what a watched port said many times a second each fourth look, and not the samples beneath it: a
    picture shows no more.
    """
    looks = [event["seq"] for event in events if event["kind"] == "Watched"]
    kept = set(looks[::4])
    return [
        event
        for event in events
        if (event["kind"] != "Watched" or event["seq"] in kept) and event.get("step") != "watch"
    ]


def _nameless(event: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Without the machine and the person of the one who ran it."""
    if event["kind"] == "RunStarted":
        event |= {
            "host": "cart-1",
            "user": "tech-1",
            "inventory": "inventory.toml",
            "run": run_id,
        }
        event["path"] = f"runs/{run_id}"
    if event.get("by") not in (None, "simulated"):
        event["by"] = "tech-1"
    if event.get("terminal"):
        event["terminal"] = "tty1"
    for held in (event, event.get("arguments", {})):
        if "signed_text" in held:
            held["signed_text"] = re.sub(r"\nby (?!simulated).*\n", "\nby tech-1\n", held["signed_text"])
    return event


def pictures() -> dict[str, str]:
    """Every picture by its name."""
    made = {
        name: drawn(screen(run, until, keys, size), f"bringup {name}")
        for name, (run, until, keys, size) in PICTURES.items()
    }
    return {**made, "home": drawn(home(), "bringup home")}


def png(name: str) -> None:
    """The SVG of that name as PNG, drawn by Chromium."""
    svg = (HERE / f"{name}.svg").read_text(encoding="utf-8")
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None or chromium is None:
        sys.exit("Chromium is not installed" if found is not None else f"{name}.svg has no size")
    size = f"--window-size={round(float(found[1]))},{round(float(found[2]))}"
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.html"
        page.write_text(f"<meta charset=utf-8><style>body {{ margin: 0 }}</style>{svg}", encoding="utf-8")
        words = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size]
        words += [f"--user-data-dir={place}", f"--screenshot={HERE / name}.png", page.as_uri()]
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def main() -> None:
    if sys.argv[1:] not in ([], ["--record"], ["--png"]):
        sys.exit("python screenshots/make.py [--record | --png]")
    if "--record" in sys.argv:
        record()
    for name, svg in pictures().items():
        (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    if "--png" in sys.argv:
        png("failures")


if __name__ == "__main__":
    main()
