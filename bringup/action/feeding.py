"""Which outlet feeds which supply of which device: proven in this run, before anything is dropped by it
(field rules 4 and 5).

An inventory, and the label on an outlet, say what somebody meant. A load step, a supply that comes to life
with its outlet, or a scan at the other end of the cord show what is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At, the_one
from bringup.check.power import environment_source
from bringup.driver.capability import HasEnvironment, HasOutlets
from bringup.model.errors import DeviceError, NoData
from bringup.model.facts import Environment, Outlet, Supply
from bringup.model.intent import outlet_subject
from bringup.model.inventory import Device, Feed, Inventory
from bringup.model.subject import parse_subject

Bindings = Mapping[str, str]
"""Outlet -> the device that this run has shown it to feed, or `not DEVICE`."""
NOT = "not "
STEP_W, STEP_RATIO = 20.0, 1.3
"""A load step stands out of the noise of a meter: by this much, and by this ratio."""
TRACE = "Follow the cord by hand; correct the inventory, or put the cord where it belongs."


class Fed(NamedTuple):
    """A device, and the feed by which it hangs on an outlet."""

    device: Device
    feed: Feed


def fed_by(inventory: Inventory, outlet: str) -> tuple[Fed, ...]:
    """What the inventory hangs on an outlet."""
    return tuple(
        Fed(device, feed)
        for device in inventory.device
        for feed in device.feed
        if outlet_subject(feed.pdu, feed.outlet) == outlet
    )


def outlets_of(inventory: Inventory, device: str) -> tuple[str, ...]:
    """The outlets that the inventory feeds a device by."""
    return tuple(outlet_subject(feed.pdu, feed.outlet) for feed in inventory.devices[device].feed)


async def outlet_now(at: At, subject: str) -> Outlet:
    """One outlet as its PDU tells it.

    Raises:
        NoData: the PDU lists none of that number.
    """
    pdu = parse_subject(subject).device
    sample = await at.read(pdu, HasOutlets, "outlets")
    told: tuple[Outlet, ...] = sample.facts
    found = the_one([one for one in told if outlet_subject(pdu, one.index) == subject], subject)
    if found is None:
        raise NoData(
            f"{subject}: the PDU lists no such outlet",
            "Check the outlet number of the inventory's feed.",
        )
    return found


async def loads_w(at: At, pdus: tuple[str, ...]) -> dict[str, float]:
    """Outlet -> power now, of every outlet that is measured; nothing of a PDU that can't be read."""
    found: dict[str, float] = {}
    for pdu in pdus:
        try:
            sample = await at.read(pdu, HasOutlets, "outlets")
        except DeviceError:
            continue
        told: tuple[Outlet, ...] = sample.facts
        for outlet in told:
            if isinstance(outlet.power_w.value, int | float):
                found[outlet_subject(pdu, outlet.index)] = float(outlet.power_w.value)
    return found


async def supplies_alive(at: At, outlet: str) -> dict[str, float]:
    """Supply -> 1 where it delivers, 0 where it says that it does not; of what should hang on `outlet`, and
    nothing where that can't be read.
    """
    found: dict[str, float] = {}
    for device, feed in fed_by(at.inventory, outlet):
        try:
            sample = await at.read(environment_source(at, device.name), HasEnvironment, "environment")
        except DeviceError:
            continue
        told: Environment = sample.facts
        for supply in told.supplies:
            if supply.name == feed.supply and isinstance(supply.ok.value, bool):
                found[f"{device.name}/{supply.name}"] = 1.0 if supply.ok.value else 0.0
    return found


def stepped(before: Mapping[str, float], after: Mapping[str, float]) -> frozenset[str]:
    """Outlets whose load rose clearly."""
    return frozenset(
        outlet
        for outlet, watts in after.items()
        if outlet in before and watts >= before[outlet] * STEP_RATIO + STEP_W
    )


def shown_by_step(
    inventory: Inventory, device: str, before: Mapping[str, float], after: Mapping[str, float]
) -> dict[str, str]:
    """What a load step of `device` shows: its outlets, where they and no others stepped; and an outlet of its
    own that did not step while another's did is not its own.
    """
    own = {outlet for outlet in outlets_of(inventory, device) if outlet in before and outlet in after}
    rose = stepped(before, after)
    if own and rose == own:
        return dict.fromkeys(sorted(own), device)
    if rose - own:
        # A dead cord does not step either: only one that carries a load hangs on somebody else.
        return {outlet: f"{NOT}{device}" for outlet in sorted(own - rose) if after[outlet] > STEP_W}
    return {}


async def outlet_precautions(at: At, outlet: str, bindings: Bindings) -> tuple[Doubt, ...]:
    """Before an outlet drops its load: it hangs where it should, and no device loses its last good feed.

    Raises:
        Unsafe: it must not be done.
        DeviceError: the PDU itself can't be read.
    """
    now = await outlet_now(at, outlet)
    if now.state.value == "off":
        return ()
    doubts: list[Doubt] = []
    for fed in fed_by(at.inventory, outlet):
        supplies = await _supplies(at, fed)
        _refuse_contradiction(fed, outlet, now, supplies)
        doubts.extend(_doubt(fed, outlet, bindings))
        for feed in fed.device.feed:
            other = outlet_subject(feed.pdu, feed.outlet)
            if other != outlet:
                _refuse_other_cord(fed.device, other, bindings)
                await _refuse_sick(at, fed.device, feed, other, supplies)
    return tuple(doubts)


async def _supplies(at: At, fed: Fed) -> dict[str, Supply]:
    """The device's supplies by name. None are known of a device that hangs on this outlet alone and does not
    answer: that may be just why it is to be dropped.

    Raises:
        Unsafe: it has another feed, which can't be measured.
    """
    try:
        source = environment_source(at, fed.device.name)
        sample = await at.read(source, HasEnvironment, "environment")
    except DeviceError as error:
        if len(fed.device.feed) > 1:
            raise Unsafe(
                f"the other feed of {fed.device.name} can't be measured: {error.message}",
                "One feed of a pair is dropped only when the other is measured healthy.",
                cause=fed.device.name,
            ) from error
        return {}
    told: Environment = sample.facts
    names = [supply.name for supply in told.supplies]
    return {supply.name: supply for supply in told.supplies if names.count(supply.name) == 1}


def _refuse_other_cord(device: Device, other: str, bindings: Bindings) -> None:
    """Raises `Unsafe` where this run has seen that the other feed is none of this device's."""
    if bindings.get(other, device.name) != device.name:
        raise Unsafe(
            f"{other}, which should be the other feed of {device.name}, is not, as this run has seen",
            TRACE,
            wrong=True,
            cause=other,
        )


async def _refuse_sick(
    at: At, device: Device, feed: Feed, outlet: str, supplies: Mapping[str, Supply]
) -> None:
    """Raises `Unsafe` where another feed is not measured healthy: its supply delivers, its outlet carries."""
    advice = "See to the other feed first: it would have to carry all of the load."
    supply = supplies.get(feed.supply or "")
    name = f"{device.name}/{feed.supply}" if feed.supply else f"{device.name} at {outlet}"
    if supply is None or supply.ok.value is not True:
        said = "is not told of" if supply is None else f"says {supply.ok.value}"
        raise Unsafe(
            f"{name}, the other feed, is not measured healthy: it {said}", advice, cause=outlet, passing=True
        )
    try:
        now = await outlet_now(at, outlet)
    except DeviceError as error:
        raise Unsafe(
            f"{outlet}, the other feed of {device.name}, can't be measured: {error.message}",
            advice,
            cause=outlet,
            passing=True,
        ) from error
    watts = now.power_w.value
    if now.state.value != "on" or not isinstance(watts, int | float) or watts <= 0:
        raise Unsafe(
            f"{outlet}, the other feed of {device.name}, is {now.state.value} and carries "
            f"{'an unknown load' if watts is None else f'{watts} W'}",
            advice,
            cause=outlet,
            passing=True,
        )


def _refuse_contradiction(fed: Fed, outlet: str, now: Outlet, supplies: Mapping[str, Supply]) -> None:
    """Raises `Unsafe` where what the outlet carries and what the supply takes can't both be of one cord."""
    supply, watts = supplies.get(fed.feed.supply or ""), now.power_w.value
    if supply is None or not isinstance(watts, int | float):
        return
    fed_well = supply.ok.value is True and (supply.input_v.value is None or supply.input_v.value != 0.0)
    name = f"{fed.device.name}/{supply.name}"
    if fed_well and watts == 0:
        raise Unsafe(
            f"{outlet} carries 0 W while {name} delivers: it feeds something else", TRACE, wrong=True,
            cause=outlet,
        )  # fmt: skip
    if supply.input_v.value == 0.0 and watts > STEP_W:
        raise Unsafe(
            f"{outlet} carries {watts:g} W while {name} has no input: it feeds something else", TRACE,
            wrong=True, cause=outlet,
        )  # fmt: skip


def _doubt(fed: Fed, outlet: str, bindings: Bindings) -> Iterator[Doubt]:
    """What this run has shown of the outlet.

    Raises:
        Unsafe: it feeds another device.
    """
    device, shown = fed.device, bindings.get(outlet)
    if shown == device.name:
        return
    if shown is not None:
        what = shown.removeprefix(NOT)
        says = f"does not feed {what}" if shown.startswith(NOT) else f"feeds {what}"
        raise Unsafe(
            f"{outlet} {says}, as this run has seen; the inventory feeds {device.name} by it",
            TRACE,
            wrong=True,
            cause=outlet,
        )
    where = f"{device.name}/{fed.feed.supply}" if fed.feed.supply else device.name
    yield Doubt(
        text=(
            f"Nothing in this run has shown that {outlet} feeds {where}. Follow its cord to the end and "
            "scan the serial of the device there"
        ),
        scans=(device.expect.serial or device.name,),
        outlet=outlet,
        feeds=device.name,
    )
