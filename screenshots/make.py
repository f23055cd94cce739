"""Makes the pictures of the README from real runs: `python screenshots/make.py`.

Each is what `bringup demo` prints on a terminal of 100 columns, drawn as SVG.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
PICTURES = {"dirty-connector": ["--fault", "dirty-connector"], "accepted": []}
COLUMNS = 100


def printed(words: list[str], runs: Path) -> str:
    """What the demo prints. The path of this machine is no part of the picture."""
    command = [sys.executable, "-m", "bringup", "demo", "--headless", "--runs", "runs", *words]
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=runs, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout


def shown(lines: list[str]) -> list[str]:
    """The first lines and the summary; what scrolls by in between would only make the picture long."""
    rule = next(number for number, line in enumerate(lines) if line.startswith("─"))
    return [*lines[:1], "…", *lines[rule:]]


def styled(line: str) -> Text:
    """Colour by the word of the verdict, as on a terminal."""
    text = Text(line)
    for word, style in (
        ("✓ PASS", "green"),
        ("✗ FAIL", "bold red"),
        ("ø UNKN", "magenta"),
        ("▲ MARG", "yellow"),
        ("? ASK ", "bold cyan"),
        ("► RUN ", "blue"),
    ):
        text.highlight_words([word], style)
    return text


def without_web_fonts(svg: str) -> str:
    """A picture that loads nothing from anywhere: the reader's own monospaced font will do."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    for name, words in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
            console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
            console.print(Text(f"$ bringup demo --headless {' '.join(words)}".rstrip(), style="bold"))
            for line in shown(printed(words, Path(folder)).splitlines()):
                console.print(styled(line), soft_wrap=False)
            drawn = console.export_svg(title="bringup")
            (HERE / f"{name}.svg").write_text(without_web_fonts(drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
