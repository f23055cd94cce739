"""What an inventory may not say, beyond its shape: names twice, ends that do not exist, secrets as they are.

Rules look at the raw tables and pass over what is misshapen (validation tells that), so that a person sees
every problem at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from bringup.input.cables import Placed
from bringup.input.document import Document
from bringup.input.manifest import plain_mac
from bringup.input.names import address_fault, component_name_fault, device_name_fault, peer_fault
from bringup.input.positions import Key
from bringup.input.power_rules import power_group_faults
from bringup.input.problem import Problem, first, nearest
from bringup.input.secret import holds_private_key, secret_fault
from bringup.input.validate import SECRET_FIELDS

Table = tuple[tuple[Key, ...], dict[str, Any]]
MANAGEMENT = "mgmt-switch"
"""The role of a switch whose cables lead to management jacks, which no [[port]] lists."""
TRANSPORTS = ("ssh", "snmp", "gnmi", "redfish", "eapi", "nvue")


def inventory_faults(document: Document, platforms: Collection[str] | None) -> list[Problem]:
    """All but the cables."""
    return [
        *first(_racks(document)),
        *first(_devices(document, platforms)),
        *first(_accelerators(document)),
        *first(_feeds(document)),
        *first(_ports(document)),
        *first(_secrets(document)),
        *first(_transports(document)),
        *first(_peers(document)),
        *first(power_group_faults(document)),
    ]


def _named(tables: list[Table], key: str = "name") -> dict[str, tuple[Key, ...]]:
    """Name -> where it first stands."""
    found: dict[str, tuple[Key, ...]] = {}
    for path, table in tables:
        name = table.get(key)
        if isinstance(name, str):
            found.setdefault(name, path)
    return found


def _twice(document: Document, tables: list[Table], what: str) -> Iterator[Problem]:
    seen: dict[str, tuple[Key, ...]] = {}
    for path, table in tables:
        name = table.get("name")
        if not isinstance(name, str):
            continue
        if name in seen:
            wrong = f"{name!r} stands in line {document.line(seen[name])} already"
            yield document.problem((*path, "name"), wrong, f"each {what} has a name of its own")
        seen.setdefault(name, path)


def _racks(document: Document) -> Iterator[Problem]:
    racks = document.tables("rack")
    yield from _twice(document, racks, "rack")
    for path, rack in racks:
        name = rack.get("name")
        fault = device_name_fault(name) if isinstance(name, str) else None
        if fault is not None:
            yield document.problem((*path, "name"), *fault)
    names = _named(racks)
    for path, device in document.tables("device"):
        rack_name = device.get("rack")
        if isinstance(rack_name, str) and rack_name not in names:
            right = nearest(rack_name, names, "add a [[rack]] of that name")
            yield document.problem((*path, "rack"), f"no rack is called {rack_name!r}", right)


def _devices(document: Document, platforms: Collection[str] | None) -> Iterator[Problem]:
    devices = document.tables("device")
    yield from _twice(document, devices, "device")
    names = _named(devices)
    for path, device in devices:
        name, platform, bmc = device.get("name"), device.get("platform"), device.get("bmc")
        fault = device_name_fault(name) if isinstance(name, str) else None
        if fault is not None:
            yield document.problem((*path, "name"), *fault)
        if platforms is not None and isinstance(platform, str) and platform not in platforms:
            wrong = f"no platform is called {platform!r}"
            yield document.problem((*path, "platform"), wrong, nearest(platform, platforms))
        if isinstance(bmc, str) and bmc == name:
            yield document.problem((*path, "bmc"), "a device is not its own BMC", "name the BMC's device")
        elif isinstance(bmc, str) and bmc not in names:
            wrong = f"no device is called {bmc!r}"
            yield document.problem((*path, "bmc"), wrong, nearest(bmc, names))
        yield from _components(document, path, device)


def _components(document: Document, path: tuple[Key, ...], device: dict[str, Any]) -> Iterator[Problem]:
    expect = device.get("expect")
    for kind in ("supplies", "fans"):
        listed = expect.get(kind) if isinstance(expect, dict) else None
        names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        for number, name in enumerate(names):
            fault = component_name_fault(name)
            if fault is None and name in names[:number]:
                fault = (f"{name!r} stands here twice", "name each once")
            if fault is not None:
                yield document.problem((*path, "expect", kind), *fault)


def _accelerators(document: Document) -> Iterator[Problem]:
    """Serials in the order of the GPUs: as many as there are, and each once in the whole inventory."""
    seen: dict[str, tuple[Key, ...]] = {}
    for path, device in document.tables("device"):
        expect = device.get("expect")
        listed, gpus = (
            (expect.get("gpu_serials"), expect.get("gpus")) if isinstance(expect, dict) else (None, None)
        )
        serials = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        where = (*path, "expect", "gpu_serials")
        if serials and len(serials) != gpus:
            wrong = f"{len(serials)} serial numbers for {gpus or 'no'} GPUs"
            yield document.problem(where, wrong, "one for each, in the order of their numbers; or none")
        for serial in serials:
            if serial in seen:
                wrong = f"{serial!r} stands in line {document.line(seen[serial])} already"
                yield document.problem(where, wrong, "each GPU has a serial number of its own")
            seen.setdefault(serial, where)


def _feeds(document: Document) -> Iterator[Problem]:
    devices = document.tables("device")
    names = _named(devices)
    used: dict[tuple[str, int], tuple[Key, ...]] = {}
    for path, device in devices:
        expect = device.get("expect")
        supplies = expect.get("supplies") if isinstance(expect, dict) else None
        for feed_path, feed in document.tables(*path, "feed"):
            pdu, outlet, supply = feed.get("pdu"), feed.get("outlet"), feed.get("supply")
            if isinstance(pdu, str) and pdu not in names:
                wrong = f"no device is called {pdu!r}"
                yield document.problem((*feed_path, "pdu"), wrong, nearest(pdu, names))
            if isinstance(pdu, str) and isinstance(outlet, int):
                before = used.setdefault((pdu, outlet), feed_path)
                if before != feed_path:
                    wrong = (
                        f"outlet {outlet} of {pdu} feeds something in line {document.line(before)} already"
                    )
                    yield document.problem((*feed_path, "outlet"), wrong, "one outlet feeds one supply")
            if isinstance(supply, str) and isinstance(supplies, list) and supply not in supplies:
                known = [each for each in supplies if isinstance(each, str)]
                wrong = f"{supply!r} is none of the supplies expected here"
                yield document.problem((*feed_path, "supply"), wrong, nearest(supply, known))


def _ports(document: Document) -> Iterator[Problem]:
    devices = _named(document.tables("device"))
    seen: dict[tuple[str, str], tuple[Key, ...]] = {}
    for path, port in document.tables("port"):
        device, name = port.get("device"), port.get("name")
        if isinstance(device, str) and device not in devices:
            wrong = f"no device is called {device!r}"
            yield document.problem((*path, "device"), wrong, nearest(device, devices))
        if not isinstance(name, str):
            continue
        fault = component_name_fault(name)
        if fault is not None:
            yield document.problem((*path, "name"), *fault)
        if isinstance(device, str):
            before = seen.setdefault((device, name), path)
            if before != path:
                wrong = f"{device}/{name} stands in line {document.line(before)} already"
                yield document.problem((*path, "name"), wrong, "one [[port]] for each port")


def _secrets(document: Document) -> Iterator[Problem]:
    for path, device in document.tables("device"):
        for transport in TRANSPORTS:
            settings = device.get(transport)
            for key, value in settings.items() if isinstance(settings, dict) else ():
                if not isinstance(value, str):
                    continue
                fault = secret_fault(key, value) if key in SECRET_FIELDS else None
                if fault is None and holds_private_key(value):
                    fault = ("a private key stands here", "take it out of the file and name the key's path")
                if fault is not None:
                    yield document.problem((*path, transport, key), *fault)


def _transports(document: Document) -> Iterator[Problem]:
    for path, device in document.tables("device"):
        snmp = device.get("snmp")
        if isinstance(snmp, dict):
            at = (*path, "snmp")
            if snmp.get("version", "2c") == "2c":
                if "community" not in snmp:
                    yield document.problem(
                        (*at, "community"), "is missing", 'v2c needs it: "public" or a reference'
                    )
            elif snmp["version"] == "3" and "user" not in snmp:
                yield document.problem((*at, "user"), "is missing", "v3 needs a user")
            for kind, needs in (("auth", "auth_key"), ("priv", "priv_key"), ("priv", "auth")):
                if kind in snmp and needs not in snmp:
                    yield document.problem((*at, needs), "is missing", f"`{kind}` needs it")


def _peers(document: Document) -> Iterator[Problem]:
    """Where each device is reached, as whom, and by what it is known again."""
    for path, device in document.tables("device"):
        address = device.get("address")
        fault = address_fault(address) if isinstance(address, str) else None
        if fault is not None:
            yield document.problem((*path, "address"), *fault)
        mac = device.get("mac")
        if isinstance(mac, str) and plain_mac(mac) is None:
            yield document.problem(
                (*path, "mac"), f"{mac[:40]!a} is no MAC address", "give twelve hex digits"
            )
        for transport in TRANSPORTS:
            settings = device.get(transport)
            for key, value in settings.items() if isinstance(settings, dict) else ():
                fault = peer_fault(key, value) if isinstance(value, str) else None
                if fault is not None:
                    yield document.problem((*path, transport, key), *fault)


def cable_faults(document: Document, cables: list[Placed]) -> Iterator[Problem]:
    """Ends that do not exist, ends used twice, cables that lead back to where they start."""
    devices = _named(document.tables("device"))
    ports: dict[str, list[str]] = {}
    for _, port in document.tables("port"):
        if isinstance(port.get("device"), str) and isinstance(port.get("name"), str):
            ports.setdefault(port["device"], []).append(port["name"])
    managing = {
        table.get("name") for _, table in document.tables("device") if table.get("role") == MANAGEMENT
    }
    used: dict[str, Placed] = {}
    for placed in cables:
        cable = placed.cable
        jacks = managing & {cable.a_device, cable.b_device}
        if cable.a == cable.b:
            right = "name the far end; a loopback plug is no cable"
            yield placed.problem("b_port", f"both ends are {cable.a}", right)
            continue
        for side, device, name in (("a", cable.a_device, cable.a_port), ("b", cable.b_device, cable.b_port)):
            yield from _end_faults(placed, side, device, name, devices, {} if jacks else ports)
            end = f"{device}/{name}"
            before = used.setdefault(end, placed)
            if before is not placed:
                wrong = f"{end} is an end of the cable in {_where(before, placed)} already"
                yield placed.problem(f"{side}_port", wrong, "each end takes one cable")


def _where(before: Placed, here: Placed) -> str:
    return f"line {before.line}" if before.file == here.file else f"{before.file}:{before.line}"


def _end_faults(
    placed: Placed,
    side: str,
    device: str,
    port: str,
    devices: Collection[str],
    ports: dict[str, list[str]],
) -> Iterator[Problem]:
    """A port is looked for only on a device that has some listed."""
    if device not in devices:
        wrong = f"no device is called {device!r}"
        yield placed.problem(f"{side}_device", wrong, nearest(device, devices))
    elif device in ports and port not in ports[device]:
        wrong = f"{device} has no port {port!r} in this inventory"
        yield placed.problem(f"{side}_port", wrong, nearest(port, ports[device]))
    else:
        fault = component_name_fault(port)
        if fault is not None:
            yield placed.problem(f"{side}_port", *fault)
