"""Devices as flat facts: how they are fed, whether a host is on, and what a device did that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from bringup.diagnosis.observed import Finding, Observed
from bringup.diagnosis.rule import Facts
from bringup.diagnosis.rules_device import kind_of
from bringup.diagnosis.rules_fibre import CHECKS
from bringup.model.intent import outlet_subject
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import Scalar
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reason

ERROR_REASONS = frozenset(
    {Reason.UNREACHABLE, Reason.REFUSED, Reason.TIMEOUT, Reason.UNPARSABLE, Reason.NO_DATA, Reason.CRASHED}
)
INPUT_GONE_V = 50.0
"""No supply works from less, whatever the mains: its cord or outlet is dead."""


def feed_points(observed: Observed, inventory: Inventory) -> Iterator[Facts]:
    """Each feed of each device, then each expected supply that no feed names."""
    for device in inventory.device:
        fed = {feed.supply for feed in device.feed}
        for feed in device.feed:
            supply = f"{device.name}/{feed.supply}" if feed.supply else None
            yield _point(observed, device, outlet_subject(feed.pdu, feed.outlet), supply)
        for name in device.expect.supplies:
            if name not in fed:
                yield _point(observed, device, None, f"{device.name}/{name}")


def _point(observed: Observed, device: Device, outlet: str | None, supply: str | None) -> Facts:
    facts: dict[str, Scalar | None] = {
        "device": device.name,
        "outlet": outlet,
        "supply": supply,
        "fed": supply or device.name,
        "feeds_off": _all_off(observed, device),
    }
    if outlet is not None:
        facts["outlet_state"] = observed.value(outlet, "outlet_state")
        facts["outlet_bad"] = observed.get(outlet, "outlet_state").failed
        facts["outlet_outcome_bad"] = observed.get(outlet, "outcome").bad
    if supply is not None:
        volts = observed.value(supply, "supply_input_v")
        facts["supply_present"] = observed.value(supply, "supply_present")
        facts["supply_ok"] = observed.value(supply, "supply_ok")
        facts["no_input"] = volts < INPUT_GONE_V if isinstance(volts, int | float) else None
    return facts


def _all_off(observed: Observed, device: Device) -> bool | None:
    """Whether every outlet that feeds the device reads off; None where it has no feed or one was not read."""
    states = [observed.value(outlet_subject(feed.pdu, feed.outlet), "outlet_state") for feed in device.feed]
    if not states or None in states:
        return None
    return all(state == "off" for state in states)


def host_facts(observed: Observed, device: Device) -> Facts:
    return {
        "device": device.name,
        "power_state": observed.value(device.name, "power_state"),
        "power_bad": observed.get(device.name, "power_state").failed,
        "outcome_bad": observed.get(device.name, "outcome").bad and device.bmc is not None,
    }


def device_of(finding: Finding, inventory: Inventory) -> str | None:
    """Which device a failed read is to be laid to: the one its message begins with, else its cause. A check
    that looks at both ends of a link was at one device, and may have failed at the other.

    None for a verdict that was judged: nothing failed there, something was not told. A check of ours that
    failed by itself is laid to the device that it was at.
    """
    if not finding.message or (finding.bad and finding.cause is None) or finding.does in CHECKS:
        return None
    words = (finding.cause or "").split(" ", 1)[0]
    begins = finding.message.split(" ", 1)[0].rstrip(":")
    for name in (begins, words):
        if name in inventory.devices:
            return name
    if finding.reason == Reason.NO_DATA and finding.cause is None:  # a person did not answer
        return None
    try:
        name = parse_subject(finding.key.subject.split("<->", 1)[0]).device
    except ValueError:
        return None
    return name if name in inventory.devices or finding.reason == Reason.CRASHED else None


def device_facts(observed: Observed, inventory: Inventory, device: str, finding: Finding) -> Facts:
    known = inventory.devices.get(device)
    others = [
        each.name
        for each in inventory.device
        if known is not None
        and each.name != device
        and each.rack == known.rack
        and observed.value(each.name, "reachable") is True
    ]
    return {
        "device": device,
        "reason": finding.reason,
        "kind": kind_of(finding.message or "") if finding.reason == Reason.REFUSED else "",
        "message": finding.message,
        "feeds_off": _all_off(observed, known) if known is not None else None,
        "others": len(others) or None,
        "snmp_2c": known is not None and known.snmp is not None and known.snmp.version == "2c",
    }
