"""`ethtool -m IF hex on page N offset 128 length 128`: one piece of a module's memory, as rows of bytes.

`Offset  Values`, a line of dashes, and rows of sixteen that follow each other. Which page it is the output
does not say: who asked knows. Source: output of ethtool 5.13 and later, which asks for pages by netlink.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of, whole_lines

IN_ROW, MOST = 16, 128
_HEAD, _RULER = re.compile(r"Offset\s+Values"), re.compile(r"-{2,10}\s+-{2,10}")
_ROW = re.compile(r"0x([0-9a-f]{4}):\s+((?:[0-9a-f]{2} ?){1,16})\s*")
_NO_PAGE = re.compile(
    r"netlink error: (?:Operation not supported|Invalid argument|No such device)|cannot get"
)


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MOST)
    if _NO_PAGE.match(text):
        raise Nothing("the driver has no such page")
    refuse_error_text(text)
    lines = [line.rstrip() for line in whole_lines(text) if line.strip()]
    if len(lines) < 3 or not _HEAD.fullmatch(lines[0]) or not _RULER.fullmatch(lines[1]):
        raise Damaged("the text does not begin with `Offset  Values` and a line of dashes")
    rows: dict[str, object] = {}
    expected = None
    for line in lines[2:]:
        row = _ROW.fullmatch(line)
        if row is None or len(held := row[2].replace(" ", "")) != 2 * IN_ROW:
            raise Damaged(f"a line is no whole row of bytes: {line[:60]!r}")
        at = int(row[1], 16)
        if expected not in (None, at):
            raise Damaged(f"the row 0x{at:04x} does not follow the one above")
        rows[str(at)] = held
        expected = at + IN_ROW
    return Found(facts={"rows": rows}, warnings=warnings)


MODULE_HEX = Format(
    name="ethtool.module-hex",
    title="ethtool -m IF hex on page N offset 128 length 128 (one piece; which page is not in it)",
    sniff=lambda head: 20 if re.match(rb"\s*Offset\s+Values\s", head) else 0,
    parse=_parse,
    facts={"rows": dict[str, str]},
)
FORMATS = (MODULE_HEX,)
