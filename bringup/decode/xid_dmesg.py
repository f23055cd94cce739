"""A kernel log, for what NVIDIA's driver wrote into it: lines `NVRM: Xid (PCI:dddd:bb:dd…): N, …`.

"None found" is about the lines that were read, no more: their first and last time stand beside it, and
whether the log still begins with the kernel's first line.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, refuse_error_text, text_of
from bringup.model.facts_gpu import Xid, XidLog

_STAMP = re.compile(
    r"\s*(?:[a-z]{2,8} *:[a-z]{2,8} *: )?"
    r"(?:\[ *((?:[A-Z][a-z]{2} [A-Z][a-z]{2} +[0-9]{1,2} [0-9:]{8} [0-9]{4}|[0-9]{1,12}\.[0-9]{1,9}))\]"
    r"|([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)"
    r"|[0-9]{1,4},[0-9]{1,20},([0-9]{1,20}),[^;]{1,40};"
    r"|([A-Z][a-z]{2} +[0-9]{1,2} [0-9:]{8}) \S{1,255} kernel:)"
)
_XID = re.compile(
    r"NVRM: Xid \(PCI:([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}(?:\.[0-9A-Fa-f])?)"
    r"(?: [A-Za-z0-9_:.-]{1,40})?\): ([0-9]{1,4})(?:[,:]|\s)(.{0,400})"
)
_XID_ALIKE = re.compile(r"NVRM: Xid\b")
_SUPPRESSED = re.compile(r"callbacks suppressed|printing 1 of every [0-9]+", re.IGNORECASE)
_FIRST_LINE = re.compile(r"Linux version [0-9]")
MENTIONS = {
    "peermem_invalid_context": re.compile(r"nvidia-peermem .{0,80}detected invalid context"),
    "nccl_segfault": re.compile(r"segfault at .{0,200} in libnccl\.so"),
    "fell_off_bus": re.compile(r"GPU has fallen off the bus"),
    "gpu_uuid": re.compile(r"NVRM: GPU at PCI:"),
}
MAX_EVENTS = 20_000
LONGEST_LINE = 4000


def _parse(data: bytes) -> Found:
    """Lines without a time are continuations. `uuids` maps a PCI address to the UUID that the log gives it.

    Raises:
        Damaged: no line of it is one of a kernel log.
    """
    text, warned = text_of(data)
    *lines, last = text.split("\n")
    warnings = [*warned]
    events: list[Xid] = []
    stamps: list[str] = []
    told: dict[str, int] = {}
    uuids: dict[str, object] = {}
    suppressed = False
    if last.strip():
        lines.append(last)
    for line in lines:
        whole = line[:LONGEST_LINE] + ("\0" if line is last else "\n")
        stamp = _STAMP.match(whole)
        at = next((group for group in stamp.groups() if group), None) if stamp else None
        if at is not None and stamp is not None and (stamp[2] is None or whole[stamp.end()].isspace()):
            stamps.append(at)
        _xid(whole, at, events, warnings)
        suppressed = suppressed or _SUPPRESSED.search(whole) is not None
        for name, pattern in MENTIONS.items():
            if pattern.search(whole):
                told[name] = told.get(name, 0) + 1
        if match := re.search(r"NVRM: GPU at PCI:([0-9A-Fa-f:.]{7,16}): (GPU-[0-9a-f-]{36})", whole):
            uuids[match[1]] = match[2]
    if not stamps:
        refuse_error_text(text)
        raise Damaged("no line has the time of a kernel log")
    told.pop("gpu_uuid", None)
    log = XidLog(
        events=tuple(events),
        line_count=sum(bool(line.strip()) for line in lines),
        first_at=stamps[0],
        last_at=stamps[-1],
        from_boot=_FIRST_LINE.search(lines[0][:400]) is not None,
        suppressed=suppressed,
        mentions=told,
    )
    if suppressed:
        warnings.append("the kernel left out lines: there were more events than are listed")
    return Found(facts={"log": log, "uuids": uuids}, warnings=tuple(warnings))


def _xid(line: str, at: str | None, events: list[Xid], warnings: list[str]) -> None:
    """An event, or damage where a line speaks of one in a way that can't be read: it must not be lost."""
    match = _XID.search(line)
    if match is not None:
        if len(events) >= MAX_EVENTS:
            raise Damaged(f"more than {MAX_EVENTS} events")
        events.append(Xid(code=int(match[2]), pci_address=match[1].lower(), at=at, text=match[3].strip()))
    elif _XID_ALIKE.search(line):
        raise Damaged(f"an Xid that can't be read: {line.strip()[:120]!r}")


def _sniff(head: bytes) -> int:
    if b"[RESULT] [" in head:  # a test of AMD's stamps its lines in the same way
        return 0
    lines = head.decode("utf-8", errors="replace").splitlines()[:50]
    stamped = sum(_STAMP.match(line[:LONGEST_LINE]) is not None for line in lines)
    worth = any(word in head for word in (b"NVRM", b"nvidia", b"libnccl", b"Linux version"))
    if not stamped or stamped * 2 < len([line for line in lines if line.strip()]):
        return 0
    return 75 if worth else 20


DMESG = Format(
    name="nvidia.kernel-log",
    title="Kernel log: dmesg, /dev/kmsg, syslog (NVIDIA Xid events)",
    sniff=_sniff,
    parse=_parse,
    facts={"log": XidLog, "uuids": dict[str, object]},
)
FORMATS = (DMESG,)
