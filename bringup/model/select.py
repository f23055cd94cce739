"""Which subjects of an inventory a selector means, and whether a limit's `when` fits one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple

from bringup.model.catalogue import Over
from bringup.model.envelope import When
from bringup.model.intent import Intent, outlet_subject
from bringup.model.inventory import Device
from bringup.model.playbook import Selector
from bringup.model.subject import parse_subject

RUN = "run"
"""Subject of what concerns the run as a whole, where no rack is named."""


def select(intent: Intent, over: Over, on: Selector, rack: str | None = None) -> tuple[str, ...]:
    """Subjects in the inventory's order, each once. `rack` leaves out devices of other racks."""
    if over == "run":
        return (rack or RUN,)
    devices = [
        device
        for device in intent.inventory.device
        if (rack is None or device.rack == rack)
        and fits(device.role, on.role)
        and fits(device.platform, on.platform)
        and like(device.name, on.device)
    ]
    return tuple(dict.fromkeys(_EXPANSIONS[over](intent, devices, on)))


class Context(NamedTuple):
    """What a limit's `when` can ask about a subject, as the inventory describes it, and about its step."""

    medium: str | None
    role: str | None
    platform: str | None
    model: str | None
    speed_gbps: float | None
    gpu_model: str | None = None
    collective: str | None = None
    ranks: int | None = None
    size_bytes: int | None = None
    algorithm: str | None = None


def context_of(intent: Intent, subject: str, args: object = None) -> Context:
    """That of a device, a port, a lane, one end of a link, an accelerator, or the run.

    `args` are those of the step: a collective says by them what it is.
    """
    device, port = intent.device(subject), intent.port(subject)
    return Context(
        medium=intent.medium(subject),
        role=device.role if device else None,
        platform=device.platform if device else None,
        model=device.expect.model if device else None,
        speed_gbps=port.speed_gbps if port else None,
        gpu_model=intent.gpu_model(subject),
        collective=getattr(args, "collective", None),
        ranks=intent.ranks(subject) if hasattr(args, "collective") else None,
        size_bytes=getattr(args, "size_bytes", None),
        algorithm=getattr(args, "algorithm", None),
    )


def applies(when: When, context: Context, stage: str, step: str) -> bool:
    """Whether every key that `when` gives matches."""
    return (
        fits(context.medium, when.medium)
        and fits(context.role, when.role)
        and fits(context.platform, when.platform)
        and fits(context.model, when.model)
        and (when.speed_gbps is None or when.speed_gbps == context.speed_gbps)
        and fits(context.gpu_model, when.gpu_model)
        and fits(context.collective, when.collective)
        and when.ranks in (None, context.ranks)
        and when.size_bytes in (None, context.size_bytes)
        and fits(context.algorithm, when.algorithm)
        and fits(stage, when.stage)
        and fits(step, when.step)
    )


def fits(value: str | None, wanted: str | tuple[str, ...] | None) -> bool:
    """Nothing wanted, or one of what is wanted."""
    if wanted is None:
        return True
    return value in ((wanted,) if isinstance(wanted, str) else wanted)


def like(value: str, wanted: str | tuple[str, ...] | None) -> bool:
    """As `fits`, where `*`, `?` and `[...]` stand for what they do in file names."""
    if wanted is None:
        return True
    patterns = (wanted,) if isinstance(wanted, str) else wanted
    return any(value == pattern or fnmatchcase(value, pattern) for pattern in patterns)


def _port_fits(intent: Intent, subject: str, on: Selector) -> bool:
    if not _component_fits(subject, on) or not fits(intent.medium(subject), on.medium):
        return False
    far = intent.inventory.far_ends.get(subject)
    device = intent.device(far) if far is not None else None
    return fits(device.role if device is not None else None, on.far_role)


def _component_fits(subject: str, on: Selector) -> bool:
    return like(parse_subject(subject).component or "", on.port)


def _select_devices(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """With `port`, `medium` or `far_role`, only devices that have such a port."""
    for device in devices:
        ports = (port.subject for port in intent.inventory.port if port.device == device.name)
        anywhere = all(key is None for key in (on.port, on.medium, on.far_role))
        if anywhere or any(_port_fits(intent, port, on) for port in ports):
            yield device.name


def _select_ports(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    chosen = {device.name for device in devices}
    for port in intent.inventory.port:
        if port.device in chosen and _port_fits(intent, port.subject, on):
            yield port.subject


def _select_links(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Cables with an end on a chosen device, where that end fits."""
    chosen = {device.name for device in devices}
    for cable in intent.inventory.cable:
        here = (end for end in (cable.a, cable.b) if parse_subject(end).device in chosen)
        if any(_port_fits(intent, end, on) for end in here):
            yield cable.subject


def _select_outlets(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Outlets that feed a chosen device, and those of a chosen PDU that feed any; `port` is `outlet-3`."""
    chosen = {device.name for device in devices}
    for device in intent.inventory.device:
        for feed in device.feed:
            subject = outlet_subject(feed.pdu, feed.outlet)
            if chosen.intersection((device.name, feed.pdu)) and _component_fits(subject, on):
                yield subject


def _select_supplies(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Expected supplies of chosen devices; `port` is the supply's name."""
    for device in devices:
        for name in device.expect.supplies:
            if _component_fits(f"{device.name}/{name}", on):
                yield f"{device.name}/{name}"


def _select_ends(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Ends of cables at chosen devices, whether or not the inventory describes them as ports."""
    chosen = {device.name for device in devices}
    for cable in intent.inventory.cable:
        for end in (cable.a, cable.b):
            if parse_subject(end).device in chosen and _port_fits(intent, end, on):
                yield end


def _select_leaks(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Expected leak detectors of chosen devices; `port` is the detector's name."""
    for device in devices:
        for name in device.expect.leak_detectors:
            if _component_fits(f"{device.name}/{name}", on):
                yield f"{device.name}/{name}"


def _select_racks(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """The racks that chosen devices stand in."""
    for device in devices:
        yield device.rack or RUN


def _select_gpus(intent: Intent, devices: list[Device], on: Selector) -> Iterator[str]:
    """Expected accelerators of chosen devices; `port` is `gpu-3`."""
    for device in devices:
        for subject in intent.gpus(device):
            if _component_fits(subject, on):
                yield subject


_EXPANSIONS: MappingProxyType[str, Callable[[Intent, list[Device], Selector], Iterator[str]]] = (
    MappingProxyType(
        {
            "device": _select_devices,
            "port": _select_ports,
            "link": _select_links,
            "outlet": _select_outlets,
            "supply": _select_supplies,
            "gpu": _select_gpus,
            "rack": _select_racks,
            "end": _select_ends,
            "leak": _select_leaks,
        }
    )
)
