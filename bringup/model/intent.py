"""What the inventory itself demands of a subject, as limits: a serial, a speed, a medium, a far end."""

from __future__ import annotations

from functools import cached_property

from bringup.model.account import plain_mac
from bringup.model.envelope import Limit
from bringup.model.inventory import Cable, Device, Inventory, Port
from bringup.model.measurement import Scalar
from bringup.model.media import medium_lanes
from bringup.model.subject import LINK, parse_subject
from bringup.model.verdict import Standing

OUTLET = "outlet-"
GPU = "gpu-"
WILD = frozenset("*?[")


def outlet_subject(pdu: str, outlet: int) -> str:
    """`pdu-1`, 5 -> `pdu-1/outlet-5`."""
    return f"{pdu}/{OUTLET}{outlet}"


def gpu_subject(device: str, index: int) -> str:
    """`node-04`, 2 -> `node-04/gpu-2`."""
    return f"{device}/{GPU}{index}"


def gpu_index(subject: str) -> int | None:
    """`node-04/gpu-2` and its parts -> 2; None for what is no accelerator."""
    number = (parse_subject(subject).component or "").removeprefix(GPU)
    return int(number) if number.isdecimal() and f"{GPU}{number}" in subject else None


class Intent:
    """Answers what is expected of any subject of one inventory; keeps what it has looked up."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._found: dict[str, dict[str, Limit]] = {}

    @cached_property
    def cables(self) -> dict[str, Cable]:
        """By the subject of either end, and by that of the link."""
        found: dict[str, Cable] = {}
        for cable in self.inventory.cable:
            found |= {cable.a: cable, cable.b: cable, cable.subject: cable}
        return found

    @cached_property
    def feeds(self) -> dict[str, tuple[Device, str | None]]:
        """Outlet subject -> the device that hangs on it, and its supply where that is known."""
        return {
            outlet_subject(feed.pdu, feed.outlet): (device, feed.supply)
            for device in self.inventory.device
            for feed in device.feed
        }

    def device(self, subject: str) -> Device | None:
        """The device that a subject is, or is a part of; for a link, that of its first end."""
        return self.inventory.devices.get(parse_subject(subject.split(LINK)[0]).device)

    def port(self, subject: str) -> Port | None:
        """The port that a subject is, or is a lane of; for a link, its first end."""
        return self.inventory.ports.get(subject.split(LINK)[0].partition("#")[0])

    def medium(self, subject: str) -> str | None:
        """The medium of a port, a lane or a link: the module expected, else what the cable list says."""
        port = self.port(subject)
        if port is not None and port.optic:
            return port.optic
        cable = self.cables.get(subject.partition("#")[0])
        return cable.medium or None if cable is not None else None

    def lanes(self, subject: str) -> int | None:
        """Media lanes expected of a port; None when neither the inventory nor its medium tells."""
        port = self.port(subject)
        if port is not None and port.lanes is not None:
            return port.lanes
        return medium_lanes(self.medium(subject) or "")

    def gpus(self, device: Device) -> tuple[str, ...]:
        """Subjects of the accelerators expected in a device."""
        return tuple(gpu_subject(device.name, index) for index in range(device.expect.gpus or 0))

    def computing(self, subject: str) -> tuple[Device, ...]:
        """The devices whose accelerators work on what is asked of a subject: its own, or for a rack or the
        run all of those that have any.
        """
        device = self.device(subject)
        if device is not None:
            return (device,) if device.expect.gpus else ()
        in_rack = tuple(each for each in self.inventory.device if each.rack == subject)
        return tuple(each for each in in_rack or self.inventory.device if each.expect.gpus)

    def ranks(self, subject: str) -> int:
        """Accelerators that work on what is asked of a device, a rack or the run."""
        return sum(device.expect.gpus or 0 for device in self.computing(subject))

    def gpu_model(self, subject: str) -> str | None:
        """The model expected of an accelerator, or of all that work for a device, a rack or the run.

        None for a port and its like, and where nobody states it or several are expected.
        """
        if LINK in subject or (parse_subject(subject).component and gpu_index(subject) is None):
            return None
        models = {device.expect.gpu_model for device in self.computing(subject)}
        return models.pop() if len(models) == 1 else None

    def limits(self, subject: str) -> dict[str, Limit]:
        """Quantity -> limit, for one device, port or outlet. A lane and a link have none of their own."""
        if LINK in subject or "#" in subject:
            return {}
        if subject not in self._found:
            self._found[subject] = self._look_up(subject)
        return self._found[subject]

    def _look_up(self, subject: str) -> dict[str, Limit]:
        if subject in self.inventory.devices:
            return _of_device(self.inventory.devices[subject])
        if gpu_index(subject) is not None:
            return self._of_gpu(subject)
        if self.device(subject) is None and self.ranks(subject):
            hosts = len(self.computing(subject))
            return {
                "collective_ranks": _ranks(self.ranks(subject), "all devices with accelerators"),
                "collective_hosts": _same(
                    "collective_hosts", hosts, "all devices with accelerators", "expect.gpus"
                ),
            }
        if subject in self.feeds:
            device, supply = self.feeds[subject]
            fed = f"{device.name}/{supply}" if supply else device.name
            limit = _same("outlet_state", "on", f"device {device.name}", "feed", f"it feeds {fed}")
            return {"outlet_state": limit}
        return self._of_port(subject)

    def _of_gpu(self, subject: str) -> dict[str, Limit]:
        device, index = self.device(subject), gpu_index(subject)
        if device is None or index is None:
            return {}
        expect, where = device.expect, f"device {device.name}"
        serial = expect.gpu_serials[index] if index < len(expect.gpu_serials) else None
        wanted = (
            ("gpu_serial", serial, f"expect.gpu_serials[{index}]"),
            ("gpu_model", expect.gpu_model, "expect.gpu_model"),
            ("gpu_driver", expect.gpu_driver, "expect.gpu_driver"),
            ("gpu_vbios", expect.gpu_vbios, "expect.gpu_vbios"),
        )
        return {name: _text(name, text, where, field) for name, text, field in wanted if text is not None}

    def _of_port(self, subject: str) -> dict[str, Limit]:
        found: dict[str, Limit] = {}
        port = self.inventory.ports.get(subject)
        if port is not None:
            found = {limit.measure: limit for limit in _port_limits(port)}
        far = self.inventory.far_ends.get(subject)
        if far is not None:
            label = self.cables[subject].label
            found["neighbor"] = _same("neighbor", far, f"cable {label}" if label else "cable list", "far end")
        return found


def _of_device(device: Device) -> dict[str, Limit]:
    expect, where = device.expect, f"device {device.name}"
    wanted = (
        ("serial", expect.serial, "expect.serial"),
        ("model", expect.model, "expect.model"),
        ("hostname", expect.hostname, "expect.hostname"),
        ("os_version", expect.os, "expect.os"),
    )
    found = {
        quantity: _text(quantity, text, where, field) for quantity, text, field in wanted if text is not None
    }
    if device.mac is not None:
        found["mac_address"] = _same("mac_address", plain_mac(device.mac), where, "mac")
    if expect.gpus:
        found["gpu_count"] = _same("gpu_count", expect.gpus, where, "expect.gpus")
        found["collective_ranks"] = _ranks(expect.gpus, where)
    return found


def _ranks(number: int, where: str) -> Limit:
    return _same("collective_ranks", number, where, "expect.gpus", "one rank for each")


def _port_limits(port: Port) -> list[Limit]:
    where = f"port {port.subject}"
    found = [
        _same(quantity, amount, where, field)
        for quantity, amount, field in (
            ("speed_gbps", port.speed_gbps, "speed_gbps"),
            ("fec_mode", port.fec, "fec"),
            ("optic_medium", port.optic, "optic"),
            ("pcie_width_lanes", port.pcie_width_lanes, "pcie_width_lanes"),
            ("pcie_speed_gt_s", port.pcie_speed_gt_s, "pcie_speed_gt_s"),
            ("lane_count", port.lanes, "lanes"),
        )
        if amount is not None
    ]
    if port.firmware is not None:
        found.append(_text("nic_firmware", port.firmware, where, "firmware"))
    return found


def _same(measure: str, value: Scalar, where: str, field: str, why: str = "") -> Limit:
    source = f"inventory: {where}, {field}" + (f" ({why})" if why else "")
    return Limit(measure=measure, equals=value, source=source, standing=Standing.CONTRACT)


def _text(measure: str, text: str, where: str, field: str) -> Limit:
    """Text that may be a pattern (`202411.*`)."""
    if not WILD.intersection(text):
        return _same(measure, text, where, field)
    source = f"inventory: {where}, {field}"
    return Limit(measure=measure, matches=text, source=source, standing=Standing.CONTRACT)
