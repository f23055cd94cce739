"""Power: outlets as the PDU tells them, supplies as the powered device tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.driver.capability import HasEnvironment, HasOutlets
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Environment, Outlet
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import parse_subject

OUTLET = "outlet-"


def outlet_index(subject: str) -> int:
    """`pdu-1/outlet-5` -> 5."""
    return int((parse_subject(subject).component or "").removeprefix(OUTLET))


async def outlets(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        sample = await at.read(parse_subject(subject).device, HasOutlets, "outlets")
        told: tuple[Outlet, ...] = sample.facts
        outlet = the_one([one for one in told if one.index == outlet_index(subject)], subject)
        if outlet is not None:
            yield measured(subject, "outlet_state", outlet.state)
            yield measured(subject, "power_w", outlet.power_w)


async def supplies(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        owner, name = parse_subject(subject).device, parse_subject(subject).component
        sample = await at.read(environment_source(at, owner), HasEnvironment, "environment")
        told: Environment = sample.facts
        supply = the_one([one for one in told.supplies if one.name == name], subject)
        if supply is not None:
            yield measured(subject, "supply_present", supply.present)
            yield measured(subject, "supply_ok", supply.ok)
            yield measured(subject, "supply_input_v", supply.input_v)


def environment_source(at: At, device: str) -> str:
    """Who tells of a device's supplies and fans: the device itself, else its BMC."""
    bmc = at.inventory.devices[device].bmc
    return bmc if bmc is not None and not at.can(device, HasEnvironment) else device


SPECS = (
    Spec(
        name="power.outlets",
        kind="check",
        title="PDU outlets",
        about="Reads the state of every outlet that feeds a device, from the PDU's status object.",
        over="outlet",
        device_of="pdu",
        transport="snmp",
        requires=(Requires("outlet_state"),),
        reports=("power_w",),
        run=outlets,
    ),
    Spec(
        name="power.supplies",
        kind="check",
        title="Power supplies",
        about="Every expected power supply is fitted and delivers, as the device or its BMC tells.",
        over="supply",
        requires=(Requires("supply_present"), Requires("supply_ok")),
        reports=("supply_input_v",),
        run=supplies,
    ),
)
