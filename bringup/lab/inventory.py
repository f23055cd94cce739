"""What `lab up` writes: an inventory of a healthy plant that points at the lab's own servers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from bringup.lab.keys import certificate_fingerprint, ssh_public
from bringup.lab.state import Device, Optic, Plant, Port

Endpoints = Mapping[tuple[str, str], tuple[str, int]]
"""(device, service) -> (address, port); services are ssh, snmp, gnmi, eapi, redfish."""

SECRET_FILES = ("password", "write-community", "snmp-auth", "snmp-priv", "next-password")


def write_private(path: Path, text: str) -> None:
    """Write `text` so that only the owner can read it, from the first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def write_inventory(folder: Path, plant: Plant, endpoints: Endpoints) -> Path:
    """Write inventory.toml, cables.csv and secrets/ under `folder`; returns the inventory's path."""
    for device in plant.devices:
        for name, secret in _secrets(device).items():
            write_private(folder / "secrets" / f"{device.name}.{name}", secret + "\n")
    (folder / "cables.csv").write_text(_cable_rows(plant), encoding="utf-8")
    path = folder / "inventory.toml"
    path.write_text(tomli_w.dumps(_document(plant, endpoints)), encoding="utf-8")
    return path


def _secrets(device: Device) -> dict[str, str]:
    access = device.access
    found = (
        access.password,
        access.write_community,
        access.snmp_auth_key,
        access.snmp_priv_key,
        access.next_password,
    )
    return {name: secret for name, secret in zip(SECRET_FILES, found, strict=True) if secret}


def _secret(device: Device, name: str) -> str:
    return f"file:secrets/{device.name}.{name}"


def _cable_rows(plant: Plant) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["a_device", "a_port", "b_device", "b_port", "medium", "length_m", "label"])
    for cable in plant.cables:
        ends = [part for end in (cable.a, cable.b) for part in (end.port or "/").split("/", 1)]
        rows.writerow([*ends, cable.medium, f"{cable.length_m:g}", cable.label])
    jacks = {device.name: device.jack.name for device in plant.devices if device.jack is not None}
    for copper in plant.management:
        switch, _, socket = (copper.port or "/").partition("/")
        length = f"{copper.length_m:g}"
        rows.writerow([switch, socket, copper.device, jacks[copper.device], "copper", length, copper.label])
    return out.getvalue()


def _document(plant: Plant, endpoints: Endpoints) -> dict[str, Any]:
    return {
        "schema": "bringup.inventory/1",
        "site": "lab",
        "cables": "cables.csv",
        "lab": {"speed": plant.speed, "profile": plant.name, "seed": plant.seed},
        "rack": [{"name": plant.rack or plant.name, "profile": plant.name}],
        "device": [_device(plant, device, unit, endpoints) for unit, device in _placed(plant)],
        "port": [
            _port(port, port.optic)
            for device in plant.devices
            for port in device.listed_ports
            if port.optic is not None
        ],
    }


def _placed(plant: Plant) -> list[tuple[int | None, Device]]:
    """Switches from the top of the rack down, nodes from the bottom up, two units each where they fit; PDUs
    and BMCs take none.
    """
    tall = 2 if sum(device.role == "node" for device in plant.devices) * 2 < 38 else 1
    top, bottom = 42, 1
    placed: list[tuple[int | None, Device]] = []
    for device in plant.devices:
        if device.role in ("leaf", "spine", "mgmt-switch", "nvlink-switch"):
            placed.append((top, device))
            top -= 1
        elif device.role == "node":
            placed.append((bottom, device))
            bottom += tall
        else:
            placed.append((None, device))
    return placed


def _device(plant: Plant, device: Device, unit: int | None, endpoints: Endpoints) -> dict[str, Any]:
    addresses = [address for (name, _), (address, _) in endpoints.items() if name == device.name]
    record: dict[str, Any] = {
        "name": device.name,
        "rack": plant.rack or plant.name,
        "role": device.role,
        "platform": device.platform,
        "address": addresses[0] if addresses else "127.0.0.1",
        "expect": _expect(device),
    }
    if unit is not None:
        record["unit"] = unit
    if device.jack is not None:
        record["mac"] = device.jack.mac
    if device.bmc is not None:
        record["bmc"] = device.bmc
    feeds = [
        {"pdu": supply.pdu, "outlet": supply.outlet, "supply": supply.name}
        for supply in device.supplies
        if supply.pdu is not None
    ]
    if feeds:
        record["feed"] = feeds
    for (name, service), (_, port) in endpoints.items():
        if name == device.name:
            record[service] = _transport(device, service, port)
    return record


def _expect(device: Device) -> dict[str, Any]:
    expect: dict[str, Any] = {
        "model": device.model,
        "serial": device.serial,
        "os": _expected_os(device),
    }
    if device.platform != "redfish-bmc":
        # A BMC tells its host's name, if any; its own stands in no resource that all of them have.
        expect["hostname"] = device.hostname
    if device.supplies and device.platform != "snmp-switch":
        # Standard MIBs do not tell what a supply is fed with.
        expect["supplies"] = [supply.name for supply in device.supplies]
    if device.leak_detectors:
        expect["leak_detectors"] = [each.name for each in device.leak_detectors]
    if device.gpus:
        expect["gpus"] = len(device.gpus)
        expect["gpu_model"], expect["gpu_vbios"] = device.gpus[0].model, device.gpus[0].vbios
        expect["gpu_serials"] = [gpu.serial for gpu in device.gpus]
    if device.gpu_stack is not None:
        expect["gpu_driver"] = device.gpu_stack.driver
    return expect


def _expected_os(device: Device) -> str:
    return device.os_version.rsplit(".", 1)[0] + ".*" if device.platform == "sonic" else device.os_version


def _transport(device: Device, service: str, port: int) -> dict[str, Any]:
    access = device.access
    if service == "ssh":
        return {
            "user": access.user,
            "port": port,
            "password": _secret(device, "password"),
            "host_key": ssh_public(access.ssh_host_key),
        }
    if service == "snmp":
        return _snmp(device, port)
    if service == "gnmi":
        return {"port": port, "tls": False, "user": access.user, "password": _secret(device, "password")}
    following = {"next_password": _secret(device, "next-password")} if access.next_password else {}
    return {
        **following,
        "port": port,
        "tls": True,
        "fingerprint": certificate_fingerprint(access.tls_certificate),
        "user": access.user,
        "password": _secret(device, "password"),
    }


def _snmp(device: Device, port: int) -> dict[str, Any]:
    """By v2c where the device has a community, the one that may write before the one that reads; else v3."""
    access = device.access
    if access.write_community:
        return {"version": "2c", "port": port, "community": _secret(device, "write-community")}
    if access.read_community:
        return {"version": "2c", "port": port, "community": access.read_community}
    return {
        "version": "3",
        "port": port,
        "user": access.snmp_user,
        "auth": "sha256",
        "auth_key": _secret(device, "snmp-auth"),
        "priv": "aes128",
        "priv_key": _secret(device, "snmp-priv"),
    }


def _port(port: Port, optic: Optic) -> dict[str, Any]:
    record: dict[str, Any] = {
        "device": port.device,
        "name": port.name,
        "speed_gbps": port.speed_gbps,
        "optic": optic.medium,
        "lanes": port.lane_count,
        "fec": port.fec_mode,
    }
    if port.cage is not None:
        record["cage"] = port.cage
    if port.adapter is not None:
        record["pcie_width_lanes"] = port.adapter.width
        record["pcie_speed_gt_s"] = port.adapter.gt_s
        record["firmware"] = port.adapter.firmware
    return record
