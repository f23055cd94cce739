"""Read one device live, once, as typed JSON; nothing is judged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from bringup.cli._options import inventory_option
from bringup.cli._typed import print_records, typed_format

if TYPE_CHECKING:
    from bringup.model.inventory import Device
    from bringup.transport.links import Wiring

METHODS = {
    "identity": ("Identifies", "identity"),
    "clock": ("TellsTime", "clock"),
    "environment": ("HasEnvironment", "environment"),
    "ports": ("HasPorts", "ports"),
    "optics": ("HasOptics", "optics"),
    "module-states": ("TellsModuleStates", "module_states"),
    "fec": ("CountsFec", "fec_counters"),
    "flow": ("ControlsFlow", "flow_control"),
    "neighbors": ("SeesNeighbors", "neighbors"),
    "attached": ("SeesAttached", "attached"),
    "leaks": ("DetectsLeaks", "leak_detectors"),
    "outlets": ("HasOutlets", "outlets"),
    "inlets": ("HasInlets", "inlets"),
    "host-power": ("PowersHost", "host_power"),
    "adapters": ("HasAdapters", "adapters"),
    "nic-health": ("TellsNicHealth", "nic_health"),
    "rdma": ("HasRdma", "rdma_ports"),
    "processor": ("HasProcessor", "processor"),
    "accelerators": ("HasAccelerators", "accelerators"),
    "nvlinks": ("HasNvlinks", "nvlinks"),
    "xids": ("KeepsKernelLog", "xids"),
    "bundles": ("HasBundles", "bundles"),
    "tasks": ("RunsTasks", "tasks"),
    "firmware": ("UpdatesFirmware", "firmware"),
}
BY_NAME_ALONE = frozenset({"module-states"})
"""Read only where it is asked for: on a host it clears flags of its modules (field rule 8)."""
DEADLINE_S = 60.0
SILENT = ("unreachable", "timeout")


@click.command(name="probe")
@click.argument("device")
@click.argument("capability", required=False, type=click.Choice(sorted(METHODS)))
@inventory_option
@click.option("--transcript", type=click.Path(path_type=Path), help="Keep what was asked and answered here.")
@typed_format
def probe(
    device: str, capability: str | None, inventory: str | None, transcript: Path | None, form: str | None
) -> int:
    """Read DEVICE and print what it tells; without CAPABILITY all that its platform can tell.

    \b
    Examples:
      bringup probe leaf-1 optics -i rack.toml
      bringup probe node-01 -i rack.toml
    """
    from bringup.cli._prepare import wire
    from bringup.driver.registry import platform_names
    from bringup.input import find_file, load_inventory
    from bringup.model.errors import InputError

    if inventory is None:
        raise InputError("which inventory?", "Say -i FILE.")
    path = find_file("inventory", inventory)
    loaded = load_inventory(path, platforms=platform_names())
    found = loaded.devices.get(device)
    if found is None:
        raise InputError(
            f"{path} has no device {device!r}", f"It has: {', '.join(loaded.devices) or 'none'}."
        )
    only = loaded.model_copy(update={"device": (found,)})
    _, wiring = wire(only, path.parent)
    record, exchanges = asyncio.run(_probe(found, wiring, capability, this_host=loaded.this_host))
    if transcript is not None:
        try:
            transcript.write_bytes(exchanges)
        except OSError as error:
            raise InputError(f"{transcript} can't be written: {error.strerror}") from error
    print_records([record], form, [device])
    return 0 if record["outcome"] == "ok" else 3


async def _probe(
    device: Device, wiring: Wiring, capability: str | None, *, this_host: bool
) -> tuple[dict[str, Any], bytes]:
    """All asked for, each by itself; a device that does not answer one of them is not ok."""
    from bringup.cli._told import as_record, measurements_of
    from bringup.driver import capability as capabilities
    from bringup.driver.registry import find_platform
    from bringup.transport.transcript import encode_transcript

    links = wiring.links(device, this_machine=this_host)
    driver = find_platform(device.platform).open(device, links)
    wanted = {
        name: method
        for name, (protocol, method) in METHODS.items()
        if (name == capability or (capability is None and name not in BY_NAME_ALONE))
        and isinstance(driver, getattr(capabilities, protocol))
    }
    facts: dict[str, Any] = {}
    warnings: list[str] = []
    outcome = "ok" if wanted else "no_data"
    if not wanted:
        warnings.append(f"the platform {device.platform} does not tell {capability or 'anything'}")
    try:
        for name, method in wanted.items():
            said, facts_of = await _one(driver, name, method, optional=capability is None, warnings=warnings)
            if facts_of is not None:
                facts[name] = facts_of
            if said != "ok" and outcome == "ok":
                outcome = said
            if said in SILENT and len(find_platform(device.platform).transports) == 1:
                # Nobody is there: asking for the rest would only take as long again, each.
                break
    finally:
        await wiring.close()
    record = {
        "format": f"probe.{device.platform}",
        "outcome": outcome,
        "facts": msgspec.to_builtins(facts),
        "measurements": [
            as_record(one) for said in facts.values() for one in measurements_of(device.name, said)
        ],
        "warnings": warnings,
    }
    return record, encode_transcript(links.transcript.take())


async def _one(
    driver: object, name: str, method: str, *, optional: bool, warnings: list[str]
) -> tuple[str, object | None]:
    """One capability: its outcome and its facts. Asked for all, a clean `I have none` is no failure."""
    from bringup.model.errors import DeviceError, TimedOut

    try:
        async with asyncio.timeout(DEADLINE_S):
            return "ok", await getattr(driver, method)()
    except TimeoutError:
        error: DeviceError = TimedOut(f"{name} took longer than {DEADLINE_S:g} s")
    except DeviceError as caught:
        error = caught
    warnings.append(f"{name}: {error}")
    return ("ok" if optional and error.reason == "no_data" else error.reason), None
