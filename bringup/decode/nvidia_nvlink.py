"""`nvidia-smi nvlink -s` (rate of each link) and `-e` (its error counters).

An inactive link prints a word, not zero, and a GPU whose links are all inactive prints a sentence and no
link. A GPU without NVLink prints nothing.
"""

from __future__ import annotations

import re

import msgspec

from bringup.decode.nvidia_field import Fields
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, number, refuse_error_text, text_of
from bringup.model.facts_gpu import Nvlink, NvlinkPorts
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value

_GPU = re.compile(r"GPU ([0-9]{1,3}): ([^\n]{1,120}?) \(UUID: ([^)]{1,80})\)\s*")
_LINK = re.compile(r"\s+Link ([0-9]{1,3}): (.+?)\s*")
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) GB/s")
_COUNTER = re.compile(r"([A-Za-z][A-Za-z0-9 /_()-]{1,60}?) ?: ?(.{1,60}?)")
_INACTIVE = re.compile(r"<?(?:inactive|disabled|down)>?", re.IGNORECASE)
_ALL_INACTIVE = "all links are inactive"
MAX_LINKS = 256


def _ports(data: bytes, *, rates: bool) -> tuple[list[NvlinkPorts], list[str]]:
    text, warned = text_of(data)
    warnings = [*warned]
    ports: list[NvlinkPorts] = []
    links: list[Nvlink] = []
    lines = text.split("\n")
    for place, line in enumerate(lines):
        cut = place == len(lines) - 1
        if not line.strip():
            continue
        gpu = _GPU.fullmatch(line)
        if gpu is not None:
            _close(ports, links)
            uuid = Fields("").word(gpu[3])
            ports.append(NvlinkPorts(gpu=int(gpu[1]), uuid=uuid))
        elif not ports:
            raise Damaged(f"no GPU stands before {line.strip()[:60]!r}")
        elif _ALL_INACTIVE in line and not cut:
            ports[-1] = msgspec.structs.replace(ports[-1], all_inactive=True)
        else:
            _link(line, links, warnings, rates=rates, cut=cut)
    _close(ports, links)
    return ports, warnings


def _close(ports: list[NvlinkPorts], links: list[Nvlink]) -> None:
    if ports:
        indexes = [link.index for link in links]
        if len(set(indexes)) != len(indexes) or len(links) > MAX_LINKS:
            raise Damaged(f"GPU {ports[-1].gpu} lists a link twice, or too many")
        if links and ports[-1].all_inactive:
            raise Damaged(f"GPU {ports[-1].gpu} says that all links are inactive, and lists some")
        ports[-1] = msgspec.structs.replace(ports[-1], links=tuple(links))
        links.clear()
        if len({port.gpu for port in ports}) != len(ports):
            raise Damaged(f"GPU {ports[-1].gpu} stands there twice")


def _link(line: str, links: list[Nvlink], warnings: list[str], *, rates: bool, cut: bool) -> None:
    """One line `Link N: …`. The last line of a text without an end counts only where it is surely whole."""
    found = _LINK.fullmatch(line)
    if found is None:
        if cut:
            warnings.append("the last line has no end: it may be cut, and is left out")
            return
        raise Damaged(f"no line of this tool: {line.strip()[:60]!r}")
    index, rest = int(found[1]), found[2]
    if rates:
        _rate(index, rest, links, warnings, cut=cut)
    elif not cut:
        _counters(index, rest, links)


def _rate(index: int, rest: str, links: list[Nvlink], warnings: list[str], *, cut: bool) -> None:
    rate = _RATE.fullmatch(rest)
    if rate is not None:
        amount = float(number(rate[1]))
        links.append(Nvlink(index=index, up=value(amount > 0), rate_gbyte_s=value(amount)))
    elif cut:
        warnings.append("the last line has no end: it may be cut, and is left out")
    elif _INACTIVE.fullmatch(rest):
        links.append(Nvlink(index=index, up=value(False), rate_gbyte_s=NOT_AVAILABLE))
    else:
        warnings.append(f"link {index} says {rest[:40]!r}, which is no rate: not available")
        links.append(Nvlink(index=index, up=NOT_AVAILABLE, rate_gbyte_s=NOT_AVAILABLE))


def _counters(index: int, rest: str, links: list[Nvlink]) -> None:
    if _INACTIVE.fullmatch(rest):
        links.append(Nvlink(index=index, up=value(False)))
        return
    counter = _COUNTER.fullmatch(rest)
    if counter is None:
        raise Damaged(f"no counter of a link: {rest[:60]!r}")
    name, read = counter[1].strip(), Fields(f"link {index}").whole(counter[2].removesuffix("Bytes").strip())
    known = next((place for place, link in enumerate(links) if link.index == index), None)
    if known is None:
        links.append(Nvlink(index=index, up=ABSENT, errors={name: read}))
        return
    errors = links[known].errors
    if name in errors:
        raise Damaged(f"link {index} tells {name!r} twice")
    links[known] = msgspec.structs.replace(links[known], errors={**errors, name: read})


def _status(data: bytes) -> Found:
    """Raises `Damaged`: lines of another kind. `Nothing`: no GPU is named."""
    return _found(data, rates=True)


def _errors(data: bytes) -> Found:
    """Raises `Damaged`: lines of another kind. `Nothing`: no GPU is named."""
    return _found(data, rates=False)


def _found(data: bytes, *, rates: bool) -> Found:
    refuse_error_text(text_of(data)[0])
    ports, warnings = _ports(data, rates=rates)
    if not ports:
        raise Nothing("no GPU with NVLink is named")
    if not any(port.links or port.all_inactive for port in ports):
        raise Damaged("no link is told of any GPU: the text may be cut")
    return Found(facts={"nvlinks": tuple(ports)}, warnings=tuple(warnings))


def _is_status(head: bytes) -> int:
    if not head.startswith(b"GPU ") or b"(UUID: " not in head[:400]:
        return 0
    return 80 if b" GB/s" in head or b"inactive" in head else 0


def _is_errors(head: bytes) -> int:
    if not head.startswith(b"GPU ") or b"(UUID: " not in head[:400] or b" GB/s" in head:
        return 0
    return 80 if b"Error" in head and b"Link " in head else 0


NVLINK_STATUS = Format(
    name="nvidia.nvlink-status",
    title="NVIDIA: nvidia-smi nvlink -s",
    sniff=_is_status,
    parse=_status,
    facts={"nvlinks": tuple[NvlinkPorts, ...]},
)
NVLINK_ERRORS = Format(
    name="nvidia.nvlink-errors",
    title="NVIDIA: nvidia-smi nvlink -e",
    sniff=_is_errors,
    parse=_errors,
    facts={"nvlinks": tuple[NvlinkPorts, ...]},
)
FORMATS = (NVLINK_STATUS, NVLINK_ERRORS)
