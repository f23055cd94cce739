"""perftest (`ib_write_bw` and its kin): bandwidth by message size.

Client and server may print into one file: then each line of the head stands there twice, and so do rows. The
average is what a link carries; the peak is 0.00 when a test runs for a time instead of a count, which is no
reading. Units stand in the head: MB/sec counts 2^20 bytes, Gb/sec 10^9 bits.
"""

from __future__ import annotations

import re
from collections import Counter

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)

MAX_LINES, MAX_LINE_CHARS = 20_000, 1_000
_TITLE = re.compile(r"\s{4,}((?:RDMA|Send|RawEth)\S{0,20} (?:Bidirectional )?BW Test)\s*")
_HEAD = re.compile(
    r"#bytes\s+#iterations\s+BW peak\[(\S{1,10})\]\s+BW average\[(\S{1,10})\]\s+MsgRate\[Mpps\]\s*"
)
_FIELD = re.compile(r"(Device|Mtu|Link type|Number of qps|Transport type)\s+: (\S{1,40})")
_ROW = re.compile(r"\s*\d{1,18}\s+\d{1,18}(?:\s+\S{1,40}){3}\s*")
_RULE = re.compile(r"-{20,}")
_PROBLEM = re.compile(
    r"Couldn't |Unable to |Failed |failed |Problems |Conflicting |Completion with error|Unexpected CM|died"
)


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    lines = whole_lines(text, longest=MAX_LINE_CHARS)
    trouble = next((line.strip()[:120] for line in lines if _PROBLEM.search(line[:400])), None)
    if trouble is not None:
        raise Damaged(f"the test failed: {trouble!r}")
    heads = {(match[1], match[2]) for line in lines if (match := _HEAD.fullmatch(line))}
    title = next((match[1] for line in lines if (match := _TITLE.fullmatch(line))), None)
    if len(heads) != 1:
        raise Damaged("the head of the table is missing, or says two things: the text may be cut")
    ((peak_unit, unit),) = heads
    begin = next(at for at, line in enumerate(lines) if _HEAD.fullmatch(line))
    rows, closed = _rows(lines[begin + 1 :])
    if not rows:
        raise Nothing("the table has no row")
    if not closed or peak_unit != unit:
        raise Damaged("the table is not closed: the test did not end, or the text was cut")
    times = Counter(int(str(row["size_bytes"])) for row in rows)
    listed: list[object] = list(rows)
    return Found(
        facts={
            "test": title,
            "unit": unit,
            "rows": listed,
            "fields": {match[1]: match[2] for line in lines for match in _FIELD.finditer(line[:400])},
        },
        warnings=(
            *warnings,
            *(
                f"{size} bytes: measured {count} times, differently"
                for size, count in times.items()
                if count > 1
            ),
        ),
    )


def _rows(lines: list[str]) -> tuple[list[Json], bool]:
    """Rows, those that say the same once, and whether a rule closes them."""
    rows: dict[tuple[object, ...], Json] = {}
    closed = False
    for line in lines:
        if _RULE.fullmatch(line.strip()):
            closed = bool(rows)
        elif _ROW.fullmatch(line):
            row = _row(line.split())
            rows[tuple(row.values())] = row
            closed = False
        elif line.strip() and not _HEAD.fullmatch(line):
            raise Damaged(f"{line.strip()[:60]!r} is no row of the table")
    return list(rows.values()), closed


def _row(cells: list[str]) -> Json:
    peak = float(number(cells[2]))
    return {
        "size_bytes": counter(cells[0]),
        "iterations": counter(cells[1]),
        "peak": peak or None,
        "average": float(number(cells[3])),
        "message_rate_mpps": float(number(cells[4])),
    }


FORMATS = (
    Format(
        name="perftest",
        title="perftest bandwidth tests (ib_write_bw …)",
        sniff=lambda head: b"#bytes" in head and b"#iterations" in head and b"BW average[" in head,
        parse=_parse,
        facts={
            "test": str | None,
            "unit": str,
            "rows": list[dict[str, object]],
            "fields": dict[str, str],
        },
    ),
)
