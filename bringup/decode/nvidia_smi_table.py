"""`nvidia-smi` without arguments: the table that people paste. Three lines a GPU between ruled lines."""

from __future__ import annotations

import re

from bringup.decode.nvidia_field import Fields
from bringup.decode.nvidia_smi_xml import MAX_GPUS, refuse_twins
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of
from bringup.model.facts_gpu import Accelerator
from bringup.model.measurement import Read

_VERSIONS = re.compile(
    r"\| NVIDIA-SMI +(\S{1,40}) +(?:KMD Version|Driver Version): (\S{1,40})"
    r"(?: +CUDA Version: (\S{1,40}))? +\|"
)
_RULE = re.compile(r"[+|][-=+|]{20,}[+|]")
_FIRST = re.compile(
    r"\|\s+(\d{1,3})\s+(\S.{0,60}?)\s{1,40}(\S{1,12})\s+\|\s+(\S{1,40})\s+(\S{1,12})\s+\|\s+(\S{1,20})\s+\|"
)
_SECOND = re.compile(
    r"\|\s*(\S{1,8}%?)\s+(\S{1,8})\s+(\S{1,8})\s+(\S{1,12}) / +(\S{1,12})\s*\|"
    r"\s*(\S{1,20}) / +(\S{1,20})\s*\|"
    r"\s*(\S{1,8})\s+(\S.{0,20}?)\s*\|"
)
_PROCESS = re.compile(
    r"\|\s+(\d{1,3})\s+\S{1,12}\s+\S{1,12}\s+(\d{1,10})\s+(\S{1,8})\s+(\S.{0,80}?)\s+(\S{1,16})\s+\|"
)


def _parse(data: bytes) -> Found:
    """Values as the table rounds them.

    Raises:
        Damaged: no versions, a GPU whose lines do not fit, or no ruled line at the end.
    """
    text, warned = text_of(data)
    refuse_error_text(text)
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    versions = next((match for match in map(_VERSIONS.fullmatch, lines[:6]) if match), None)
    if versions is None:
        raise Damaged("no line with the versions of the tool")
    rules = [line for line in lines if _RULE.fullmatch(line)]
    if not _RULE.fullmatch(lines[-1]) or len(lines[-1]) != len(rules[0]):
        raise Damaged("no ruled line at the end: the text may be cut")
    fields = Fields("nvidia-smi")
    driver = fields.word(versions[2])
    processes_from = next((at for at, line in enumerate(lines) if "Processes:" in line), len(lines))
    found = [
        _gpu(first, lines[at + 1], driver, fields)
        for at, line in enumerate(lines[: processes_from - 1])
        if (first := _FIRST.fullmatch(line))
    ]
    if not found:
        raise Nothing("no GPU is in the table")
    if len(found) > MAX_GPUS or [one.index for one in found] != sorted({one.index for one in found}):
        raise Damaged("the GPUs of the table are not in order")
    refuse_twins(found)
    processes = lines[processes_from:]
    listed = any(line.startswith("|=") for line in processes) and processes[-1].startswith("+")
    count = sum(_PROCESS.fullmatch(line) is not None for line in processes) if listed else None
    host: dict[str, object] = {"driver": driver.value, "cuda": versions[3], "processes": count}
    return Found(facts={"accelerators": tuple(found), "host": host}, warnings=(*warned, *fields.warnings))


def _gpu(first: re.Match[str], line: str, driver: Read, fields: Fields) -> Accelerator:
    second = _SECOND.fullmatch(line)
    if second is None:
        raise Damaged(f"the second line of GPU {first[1]} does not fit")
    return Accelerator(
        index=int(first[1]),
        model=fields.word(first[2]),
        driver=driver,
        pci_address=fields.word(first[4]),
        persistence=fields.flag(first[3]),
        ecc_uncorrected=fields.whole(first[6]),
        fan_percent=fields.real(second[1], "%"),
        temperature_c=fields.real(second[2], "C"),
        performance_state=fields.word(second[3]),
        power_w=fields.real(second[4], "W"),
        power_limit_w=fields.real(second[5], "W"),
        memory_used_mib=fields.real(second[6], "MiB"),
        memory_total_mib=fields.real(second[7], "MiB"),
        utilization_percent=fields.real(second[8], "%"),
    )


SMI_TABLE = Format(
    name="nvidia.smi-table",
    title="NVIDIA: nvidia-smi",
    sniff=lambda head: 85 if b"| NVIDIA-SMI " in head[:4096] else 0,
    parse=_parse,
    facts={"accelerators": tuple[Accelerator, ...], "host": dict[str, object]},
)
FORMATS = (SMI_TABLE,)
