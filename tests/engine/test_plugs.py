"""Where a plug went, from readings of ports alone."""

from __future__ import annotations

import pytest

from bringup.engine.plugs import LIGHT, LINK, MODULE, PlugWatch, PortLook, PutNow
from bringup.model.putting import PutState

HERE, FAR = "leaf-1/Ethernet8", "leaf-2/Ethernet8"
NEXT, NEXT_FAR = "leaf-1/Ethernet16", "leaf-2/Ethernet16"
ZERO = "leaf-1/Ethernet0"
FAR_ENDS = {HERE: FAR, FAR: HERE, NEXT: NEXT_FAR, NEXT_FAR: NEXT, ZERO: "node-01/eth0", "node-01/eth0": ZERO}


class Rack:
    """Every port is dark until a test says otherwise; a clock that counts looks."""

    def __init__(self, *up: str) -> None:
        self.watch = PlugWatch(HERE, FAR, FAR_ENDS)
        self.s = 0.0
        for port in FAR_ENDS:
            self.said(port, **{LINK: port in up, LIGHT: port in up, MODULE: True})

    def said(self, port: str, **said: bool) -> None:
        self.s += 0.5
        self.watch.see(port, PortLook(self.s, said))

    def link(self, *ports: str) -> PutNow:
        for port in ports:
            self.said(port, oper_up=True)
        return self.watch.now()

    def no_link(self, *ports: str) -> PutNow:
        for port in ports:
            self.said(port, oper_up=False)
        return self.watch.now()

    def hears(self, port: str, named: str) -> PutNow:
        self.s += 0.5
        self.watch.hear(port, named, self.s)
        return self.watch.now()


def test_what_was_not_read_yet_is_not_waited_for() -> None:
    assert PlugWatch(HERE, FAR, FAR_ENDS).now().state is PutState.READING


def test_a_plug_in_the_right_port_is_in_place_and_proven_when_its_far_end_names_itself() -> None:
    rack = Rack()
    assert rack.watch.now().state is PutState.WAITING
    now = rack.link(HERE, FAR)
    assert (now.state, now.observed, now.witness) == (PutState.IN_PLACE, HERE, LINK)
    assert now.within_s is not None and 0 < now.within_s < 10
    assert rack.hears(HERE, FAR).state is PutState.PROVEN


def test_a_plug_elsewhere_is_a_wrong_port_and_where_it_belongs_is_told() -> None:
    rack = Rack()
    now = rack.link(NEXT, FAR)
    assert (now.state, now.observed, now.belongs) == (PutState.WRONG_PORT, NEXT, HERE)
    assert rack.no_link(NEXT, FAR).state is PutState.WAITING
    assert rack.link(HERE, FAR).state is PutState.IN_PLACE


def test_a_module_that_comes_with_its_cable_is_a_plug_before_there_is_light() -> None:
    rack = Rack()
    rack.said(HERE, optic_present=False)
    assert rack.watch.now().state is PutState.WAITING
    rack.said(HERE, optic_present=True)
    now = rack.watch.now()
    assert (now.state, now.witness) == (PutState.IN_PLACE, MODULE)
    rack.said(NEXT, optic_present=False)
    rack.said(HERE, optic_present=False)
    rack.said(NEXT, optic_present=True)
    assert rack.watch.now().state is PutState.WRONG_PORT


def test_the_other_end_in_a_wrong_port_is_told_when_this_one_is_right() -> None:
    rack = Rack()
    now = rack.link(HERE, NEXT_FAR)
    assert (now.state, now.observed, now.belongs) == (PutState.WRONG_PORT, NEXT_FAR, FAR)


def test_another_cable_of_the_plan_that_comes_up_meanwhile_is_nobodys_mistake() -> None:
    rack = Rack()
    assert rack.link(NEXT, NEXT_FAR).state is PutState.WAITING
    assert rack.link(ZERO).state is PutState.WRONG_PORT
    assert rack.hears(ZERO, "node-01/eth0").state is PutState.WAITING


def test_a_port_in_somebody_elses_hands_is_spared() -> None:
    rack = Rack()
    rack.link(NEXT)
    assert rack.watch.now({NEXT}).state is PutState.WAITING


def test_more_ports_than_a_cable_has_ends_name_none_of_them() -> None:
    rack = Rack()
    rack.said("leaf-2/Ethernet24", oper_up=False)
    assert rack.link(NEXT, ZERO, "leaf-2/Ethernet24").state is PutState.UNCLEAR


def test_somebody_else_at_the_right_port_is_a_wrong_cable() -> None:
    rack = Rack()
    rack.link(HERE, FAR)
    now = rack.hears(HERE, NEXT_FAR)
    assert (now.state, now.named) == (PutState.WRONG_CABLE, NEXT_FAR)


def test_a_neighbour_from_before_the_plug_proves_nothing() -> None:
    rack = Rack()
    rack.watch.hear(HERE, FAR, rack.s)
    assert rack.link(HERE, FAR).state is PutState.IN_PLACE
    assert rack.no_link(HERE).state is not PutState.PROVEN


@pytest.mark.parametrize(
    ("named", "state"), [("", PutState.TAKEN), (FAR, PutState.PROVEN), (NEXT_FAR, PutState.WRONG_CABLE)]
)
def test_a_port_that_was_taken_from_the_start_is_no_plug_that_went_in(named: str, state: PutState) -> None:
    rack = Rack(HERE, FAR)
    assert rack.watch.now().state is PutState.TAKEN
    if named:
        assert rack.hears(HERE, named).state is state


def test_light_that_was_read_before_the_link_fell_counts_again_only_when_it_is_read_anew() -> None:
    rack = Rack()
    rack.said(NEXT, rx_power_dbm=True)
    rack.link(NEXT)
    assert rack.no_link(NEXT).state is PutState.WAITING, "pulled, as far as anybody knows"
    rack.said(NEXT, rx_power_dbm=True)
    assert rack.watch.now().state is PutState.WRONG_PORT, "it only flapped"
    rack.said(NEXT, rx_power_dbm=False)
    assert rack.watch.now().state is PutState.WAITING
