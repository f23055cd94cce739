"""`nvidia-smi -q -x`: one `gpu` element for each GPU that the driver lists."""

from __future__ import annotations

from bringup.decode.nvidia_field import Fields
from bringup.decode.nvidia_snapshot import accelerator
from bringup.decode.nvidia_xml_tree import Element, read_tree
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts_gpu import Accelerator
from bringup.model.measurement import Read

MAX_GPUS = 256


def _parse(data: bytes) -> Found:
    """`host` holds what the tool says of itself; `details` of each GPU what has no fact of its own.

    Raises:
        Damaged: no whole document, or two GPUs that are one.
        Nothing: it lists no GPU.
    """
    log, gpus = read_tree(data)
    if len(gpus) > MAX_GPUS:
        raise Damaged(f"{len(gpus)} GPUs are more than any host has")
    fields = Fields("nvidia-smi")
    driver, attached = fields.word(log.one("driver_version")), fields.whole(log.one("attached_gpus"))
    host: dict[str, object] = {
        "driver": driver.value,
        "cuda": log.one("cuda_version"),
        "attached": attached.value,
    }
    if not gpus:
        raise Nothing("the tool lists no GPU", {"host": host})
    found: list[Accelerator] = []
    warnings = list(fields.warnings)
    for index, told in enumerate(gpus):
        made, warned = accelerator(told, index, driver)
        found.append(made)
        warnings += warned
    refuse_twins(found)
    if attached.value is not None and attached.value != len(found):
        warnings.append(f"it speaks of {attached.value} attached GPUs and lists {len(found)}")
    details: list[object] = [_details(told) for told in gpus]
    return Found(
        facts={"accelerators": tuple(found), "host": host, "details": details}, warnings=tuple(warnings)
    )


def refuse_twins(found: list[Accelerator]) -> None:
    """Two GPUs can't share a UUID or an address: which of them is meant nobody could say.

    Raises:
        Damaged: two do.
    """
    for name in ("uuid", "pci_address"):
        reads: list[Read] = [getattr(one, name) for one in found]
        told = [read.value for read in reads if read.value is not None]
        if len(set(told)) != len(told):
            raise Damaged(f"two GPUs have the same {name}")


def _details(told: Element) -> dict[str, object]:
    return {
        "id": told.id,
        "mig_devices": told.count("mig_devices/mig_device"),
        "processes": told.count("processes/process_info"),
        "minor_number": told.one("minor_number"),
    }


SMI_XML = Format(
    name="nvidia.smi-xml",
    title="NVIDIA: nvidia-smi -q -x",
    sniff=lambda head: 90 if b"<nvidia_smi_log" in head else 0,
    parse=_parse,
    facts={"accelerators": tuple[Accelerator, ...], "host": dict[str, object], "details": list[object]},
)
FORMATS = (SMI_XML,)
