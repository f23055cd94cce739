"""The APC PDU driver reads from the lab's PDU what its world holds; the two share no code."""

from __future__ import annotations

import pytest

from bringup.driver.platform.apc_pdu import ApcPduDriver
from bringup.lab.render_apc import ApcPdu
from bringup.lab.snmp_mib import Oid, SetRefused, Value
from bringup.lab.world import World
from bringup.model.errors import Refused
from bringup.model.measurement import value
from bringup.transport.base import SnmpValue
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired
from tests.lab.mini_world import make_world


def as_read(held: Value) -> SnmpValue:
    """A value of the lab's agent as a transport gives it."""
    if held.kind == "oid":
        assert isinstance(held.value, tuple)
        return ".".join(map(str, held.value))
    assert isinstance(held.value, int | bytes)
    return held.value


class LabSnmp(CannedSnmp):
    """The lab's agent behind the SNMP protocol, without a wire."""

    def __init__(self, world: World) -> None:
        super().__init__({})
        self._pdu = ApcPdu(world, "pdu-1")

    async def walk(self, oid: str, *, deadline_s: float = 20.0) -> list[tuple[str, SnmpValue]]:
        self.variables = {".".join(map(str, each)): as_read(held) for each, held in self._pdu.mib().items()}
        return await super().walk(oid, deadline_s=deadline_s)

    async def set_integer(self, oid: str, number: int, *, deadline_s: float = 20.0) -> None:
        arcs: Oid = tuple(int(arc) for arc in oid.split("."))
        try:
            self._pdu.check_set(arcs, Value("integer", number))
        except SetRefused as refused:
            raise Refused(f"pdu-1: {refused}") from None
        self._pdu.apply_set(arcs, Value("integer", number))


def pdu(world: World) -> ApcPduDriver:
    return ApcPduDriver(wired("apc-pdu", "pdu-1"), CannedWires(snmp=LabSnmp(world)))


async def test_a_pdu_is_who_the_world_says() -> None:
    world, _ = make_world()
    found, truth = await pdu(world).identity(), world.device("pdu-1")
    assert (found.serial, found.model) == (value(truth.serial), value(truth.model))
    assert (found.hostname, found.os_version) == (value(truth.hostname), value(truth.os_version))


async def test_outlets_have_the_state_and_label_of_the_world() -> None:
    world, _ = make_world()
    truth = {outlet.index: outlet.label for outlet in world.device("pdu-1").outlets}
    found = await pdu(world).outlets()
    assert {outlet.index: outlet.label.value for outlet in found} == truth
    for outlet in found:
        live = world.outlet_live("pdu-1", outlet.index)
        assert outlet.state == value("on" if live else "off")


@pytest.mark.parametrize("to", ["on", "off"])
async def test_an_outlet_that_is_switched_says_so_by_its_status(to: str) -> None:
    world, clock = make_world()
    await pdu(world).switch_outlet(5, "on" if to == "on" else "off")
    clock.forward(30.0)
    world.now()
    assert (await pdu(world).outlets())[4].state == value(to)


async def test_an_outlet_that_is_cycled_goes_off_and_comes_back() -> None:
    world, clock = make_world()
    await pdu(world).switch_outlet(1, "cycle")
    states = [(await pdu(world).outlets())[0].state.value]
    clock.forward(60.0)
    world.now()
    states.append((await pdu(world).outlets())[0].state.value)
    assert states == ["off", "on"]


async def test_an_outlet_that_the_pdu_has_not_is_refused() -> None:
    world, _ = make_world()
    with pytest.raises(Refused):
        await pdu(world).switch_outlet(99, "off")
