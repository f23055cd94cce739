"""Cable lists as other tools read them: our CSV, PTM's dot, SONiC's links."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bringup.cabling.link import Link
from bringup.cabling.table import COLUMNS

SONIC = ("StartDevice", "StartPort", "EndDevice", "EndPort", "BandWidth", "VlanID", "VlanMode")


def to_csv(links: Sequence[Link]) -> str:
    return _csv(
        COLUMNS,
        [
            [*_ends(link), link.medium, "" if link.length_m is None else f"{link.length_m:g}", link.label]
            for link in links
        ],
    )


def to_sonic(links: Sequence[Link]) -> str:
    return _csv(SONIC, [[*_ends(link), "", "", ""] for link in links])


def to_dot(links: Sequence[Link]) -> str:
    """Raises `ValueError` for a name that a dot file can't hold."""
    lines = ["graph G {"]
    for link in links:
        ends = _ends(link)
        if not all(ends):
            raise ValueError(f"the cable of line {link.line} has an open end")
        bad = next((text for text in ends if '"' in text or "\\" in text or not text.isprintable()), None)
        if bad is not None:
            raise ValueError(f"{bad[:60]!a} can't stand in a dot file")
        lines.append('    "{}":"{}" -- "{}":"{}"'.format(*ends))
    return "\n".join((*lines, "}", ""))


def _ends(link: Link) -> list[str]:
    return [text for end in link.ends for text in (end or ("", ""))]


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


WRITERS: Mapping[str, Callable[[Sequence[Link]], str]] = MappingProxyType(
    {"csv": to_csv, "dot": to_dot, "sonic": to_sonic}
)
