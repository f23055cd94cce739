"""`nvidia-smi -q` as text, and the Fabric block of it by itself: sections by indent, `Name : value`."""

from __future__ import annotations

import re

from bringup.decode.nvidia_field import UUID, Fields
from bringup.decode.nvidia_smi_xml import MAX_GPUS, refuse_twins
from bringup.decode.nvidia_snapshot import accelerator
from bringup.decode.nvidia_xml_tree import Element
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of
from bringup.model.facts_gpu import Accelerator
from bringup.model.measurement import NOT_AVAILABLE

_HEADING = re.compile(r"=+NVSMI LOG=+")
_GPU = re.compile(r"GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])")
_FIELD = re.compile(r"( *)([^\s:][^:]{0,80}?) *: ?(.*)")
_SECTION = re.compile(r"( *)([^\s:][^:]{0,80}?) *")
_FABRIC_KEYS = frozenset({"State", "Status", "CliqueId", "ClusterUUID"})


class _Blocks:
    """What stands before the first GPU, and one element for each GPU."""

    def __init__(self) -> None:
        self.log = Element()
        self.gpus: list[Element] = []
        self.open_section = ""
        self._stack: list[tuple[int, str]] = []

    def take(self, line: str) -> None:
        gpu = _GPU.fullmatch(line.rstrip())
        if gpu is not None:
            self.gpus.append(Element(gpu[1]))
            self._stack = []
            self.open_section = ""
            return
        field = _FIELD.fullmatch(line)
        section = None if field is not None else _SECTION.fullmatch(line)
        match = field or section
        if match is None:
            raise Damaged(f"no line of this tool: {line[:60]!r}")
        indent, name = len(match[1]), match[2]
        while self._stack and self._stack[-1][0] >= indent:
            self._stack.pop()
        if not self.gpus and (indent or section is not None):
            raise Damaged(f"no line of this tool: {line[:60]!r}")
        path = "/".join((*(each for _, each in self._stack), name))
        self.open_section = path.rpartition("/")[0] if field is not None else path
        into = self.gpus[-1] if self.gpus else self.log
        if field is not None:
            into.texts.setdefault(path, []).append(field[3].strip())
        self._stack.append((indent, name))


def _parse(data: bytes) -> Found:
    """A last line without an end may be cut and is left out; so is a sum over a section still open.

    Raises:
        Damaged: lines that are not of this tool.
        Nothing: it lists no GPU.
    """
    text, warned = text_of(data)
    refuse_error_text(text)
    *lines, last = text.split("\n")
    warnings = [*warned]
    if last.strip():
        warnings.append("the last line has no end: it may be cut, and is left out")
    rest = [line for line in lines if line.strip()]
    if not rest or not _HEADING.fullmatch(rest[0].strip()):
        raise Damaged("the line NVSMI LOG is missing")
    blocks = _Blocks()
    for line in rest[1:]:
        blocks.take(line)
    fields = Fields("nvidia-smi")
    driver, attached = (
        fields.word(blocks.log.one("Driver Version")),
        fields.whole(blocks.log.one("Attached GPUs")),
    )
    if not blocks.gpus:
        raise Nothing("it lists no GPU")
    if len(blocks.gpus) > MAX_GPUS:
        raise Damaged(f"{len(blocks.gpus)} GPUs are more than any host has")
    found: list[Accelerator] = []
    for index, told in enumerate(blocks.gpus):
        open_section = blocks.open_section if index == len(blocks.gpus) - 1 else ""
        made, more = accelerator(told, index, driver, open_section)
        found.append(made)
        warnings += more
    refuse_twins(found)
    if attached.value is not None and attached.value != len(found):
        warnings.append(f"it speaks of {attached.value} attached GPUs and lists {len(found)}")
    cuda = fields.word(blocks.log.one("CUDA Version")).value
    host: dict[str, object] = {"driver": driver.value, "cuda": cuda, "attached": attached.value}
    return Found(facts={"accelerators": tuple(found), "host": host}, warnings=(*warnings, *fields.warnings))


def _parse_fabric(data: bytes) -> Found:
    """An excerpt: the Fabric block of one GPU, or some lines of it. A UUID of another shape is none.

    Raises:
        Damaged: lines that are of nothing like it, or that contradict each other.
    """
    text, warned = text_of(data)
    refuse_error_text(text)
    printed: dict[str, object] = {}
    whole, _, unfinished = text.rpartition("\n")
    for line in text.splitlines():
        field = _FIELD.fullmatch(line)
        if field is None and not _SECTION.fullmatch(line) and line.strip():
            raise Damaged(f"no line of this tool: {line[:60]!r}")
        name, told = (field[2], field[3].strip()) if field is not None else ("", "")
        if name in _FABRIC_KEYS and printed.setdefault(name, told) != told:
            raise Damaged(f"{name} stands there twice, and differs")
    if not printed:
        raise Damaged("no line of a Fabric block")
    fields = Fields("fabric")
    sure = Element()
    sure.texts = {
        f"Fabric/{name}": [str(told)]
        for name, told in printed.items()
        if any(line.strip().startswith(name) for line in whole.splitlines())
    }
    cluster = printed.get("ClusterUUID")
    if cluster is not None:
        shaped = UUID.fullmatch(str(cluster)) or fields.word(str(cluster)).value is None
        if not shaped:
            fields.warn(f"{str(cluster)[:60]!r} is no UUID: not available")
        sure.texts["Fabric/ClusterUUID"] = [str(cluster) if shaped else "N/A"]
    if unfinished.strip():
        fields.warn("the last line has no end: it may be cut, and only a whole UUID is taken from it")
    made, _ = accelerator(sure, 0, NOT_AVAILABLE)
    return Found(facts={"accelerators": (made,), "printed": printed}, warnings=(*warned, *fields.warnings))


SMI_TEXT = Format(
    name="nvidia.smi-text",
    title="NVIDIA: nvidia-smi -q",
    sniff=lambda head: 90 if b"NVSMI LOG====" in head else 0,
    parse=_parse,
    facts={"accelerators": tuple[Accelerator, ...], "host": dict[str, object]},
)
FABRIC = Format(
    name="nvidia.fabric",
    title="NVIDIA: the Fabric block of nvidia-smi -q, by itself",
    sniff=lambda head: 60 if b"ClusterUUID" in head and b"NVSMI LOG" not in head else 0,
    parse=_parse_fabric,
    facts={"accelerators": tuple[Accelerator, ...], "printed": dict[str, object]},
)
FORMATS = (SMI_TEXT, FABRIC)
