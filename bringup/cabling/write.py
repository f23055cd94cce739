"""Cable lists as other tools read them: our CSV, PTM's dot, SONiC's links, NVIDIA's point-to-point list, a
topology as ibdiagnet has it.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bringup.cabling.link import Link
from bringup.cabling.table import COLUMNS

P2P = ("A-Node Name", "A-Type", "A-Port", "Z-Node Name", "Z-Type", "Z-Port")
_HOST_PORT = re.compile(r"(?:eth|ens|enp|eno|ib|mlx)\w*$")
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


def to_p2p(links: Sequence[Link]) -> str:
    return _csv(P2P, p2p_rows(links))


def p2p_rows(links: Sequence[Link]) -> list[list[str]]:
    """Rows under `P2P`. A list does not say which devices are hosts: those all of whose ports are named as a
    host names its interfaces are.
    """
    ports: dict[str, list[str]] = {}
    for link in links:
        for end in link.ends:
            if end is not None:
                ports.setdefault(end.device, []).append(end.port)
    kinds = {
        device: "Host" if all(_HOST_PORT.match(port) for port in named) else "Switch"
        for device, named in ports.items()
    }
    return [
        [text for device, port in _pairs(link) for text in (device, kinds.get(device, ""), port)]
        for link in links
    ]


def to_topology(links: Sequence[Link]) -> str:
    """Blocks of devices with their ports, each link told from both of its ends. What kind a device is, and at
    which width and rate a link runs, is in no cable list: `?` stands there. Raises `ValueError` for a name
    with a space, or an open end.
    """
    blocks: dict[str, list[str]] = {}
    for link in links:
        names = _ends(link)
        if not all(names):
            raise ValueError(f"the cable of line {link.line} has an open end")
        bad = next((text for text in names if any(letter.isspace() for letter in text)), None)
        if bad is not None:
            raise ValueError(f"{bad[:60]!a} can't stand in a topology")
        for (here, port), (there, far) in itertools.permutations(_pairs(link)):
            blocks.setdefault(here, []).append(f"\t{port} -?-> ? {there} {far}")
    return "".join(f"? {device}\n" + "\n".join(lines) + "\n\n" for device, lines in blocks.items())


def _pairs(link: Link) -> list[tuple[str, str]]:
    return [(end.device, end.port) if end is not None else ("", "") for end in link.ends]


def _ends(link: Link) -> list[str]:
    return [text for end in link.ends for text in (end or ("", ""))]


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


WRITERS: Mapping[str, Callable[[Sequence[Link]], str]] = MappingProxyType(
    {"csv": to_csv, "dot": to_dot, "sonic": to_sonic, "p2p": to_p2p, "topology": to_topology}
)
