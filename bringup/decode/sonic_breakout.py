"""SONiC `show interfaces breakout current-mode`: the mode of each cage, by its first port.

A mode is `4x100G`, and may name more speeds that its ports can have in brackets: `1x400G[200G]`. The table
has a frame, whose last line shows that it is whole. Source: sonic-utilities, `show interfaces breakout`.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of, whole_lines

_FRAME = re.compile(r"\+[-=]{3,60}\+[-=]{3,60}\+")
_HEAD = re.compile(r"\| *Interface *\| *Current Breakout Mode *\|")
_ROW = re.compile(r"\| *([A-Za-z][A-Za-z0-9/_.-]{0,40}) *\| *([^|\s]{1,80}) *\|")
_MODE = re.compile(r"([1-9])x([0-9]{1,4})G(?:\[[0-9G,]{1,60}\])?(?:\([0-9]{1,2}\))?")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line.strip() for line in whole_lines(text) if line.strip()]
    if len(lines) < 3 or not _FRAME.fullmatch(lines[0]) or not _HEAD.fullmatch(lines[1]):
        raise Damaged("there is no framed table of breakout modes")
    if not all(_FRAME.fullmatch(line) for line in lines[2::2]) or len(lines) % 2 == 0:
        raise Damaged("a row of the table has no line of its frame below it: it may be cut")
    modes: dict[str, object] = {}
    for line in lines[3::2]:
        row = _ROW.fullmatch(line)
        if row is None or row[1] in modes:
            raise Damaged(f"a line is no row, or stands there twice: {line[:60]!r}")
        mode = _MODE.fullmatch(row[2])
        # modes of mixed ways (`1x100G(2)+2x50G(2)`) are kept as they are
        modes[row[1]] = f"{mode[1]}x{mode[2]}" if mode else row[2]
    if not modes:
        raise Nothing("no port of this switch can be broken out")
    return Found(facts={"modes": modes}, warnings=warnings)


BREAKOUT_MODES = Format(
    name="sonic.breakout-modes",
    title="SONiC: show interfaces breakout current-mode",
    sniff=lambda head: 90 if re.search(rb"\| Interface +\| Current Breakout Mode +\|", head) else 0,
    parse=_parse,
    facts={"modes": dict[str, str]},
)
FORMATS = (BREAKOUT_MODES,)
