"""What an action says beforehand: how to undo it, and everything that it drops."""

from __future__ import annotations

import pytest

from bringup.action.base import State
from bringup.action.host_power import PowerHost
from bringup.action.port import SetAdmin
from bringup.action.power import SwitchOutlet
from bringup.check.catalogue import load_catalogue
from bringup.model.errors import InputError
from bringup.model.inventory import Inventory
from bringup.model.playbook import Playbook
from bringup.plan import make_plan
from tests.check.trial import written

INVENTORY = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [
            written("pdu-1"),
            written("leaf-1", feed=[{"pdu": "pdu-1", "outlet": 1}]),
            written("leaf-2", feed=[{"pdu": "pdu-1", "outlet": 2}, {"pdu": "pdu-2", "outlet": 2}]),
            written("node-1", feed=[{"pdu": "pdu-1", "outlet": 3}]),
        ],
        "port": [{"device": "leaf-1", "name": "a"}, {"device": "leaf-1", "name": "b"}],
        "cable": [{"a_device": "leaf-1", "a_port": "a", "b_device": "node-1", "b_port": "eth0"}],
    }
)
LINK = ("leaf-1/a", "node-1/eth0", "leaf-1/a<->node-1/eth0")


@pytest.mark.parametrize(
    ("action", "before", "undo"),
    [
        (SwitchOutlet("on"), {"outlet_state": "off"}, "switch the outlet off"),
        (SwitchOutlet("off"), {"outlet_state": "on"}, "switch the outlet on"),
        (SwitchOutlet("on"), {"outlet_state": "on"}, None),
        (SwitchOutlet("on"), {"outlet_state": None}, None),
        (SwitchOutlet("on"), {"outlet_state": "tripped"}, None),
        (SwitchOutlet("cycle"), {"outlet_state": "on"}, None),
        (SetAdmin(True), {"admin_up": False}, "shut the port"),
        (SetAdmin(False), {"admin_up": True}, "open the port"),
        (SetAdmin(True), {"admin_up": True}, None),
        (SetAdmin(True), {"admin_up": None}, None),
        (PowerHost(), {"power_state": "On"}, "power the host On"),
        (PowerHost(), {"power_state": "Off"}, "power the host Off"),
        (PowerHost(), {"power_state": "PoweringOn"}, None),
        (PowerHost(), {"power_state": None}, None),
    ],
)
def test_what_nobody_knows_is_not_promised_to_be_put_back(
    action: SwitchOutlet | SetAdmin | PowerHost, before: State, undo: str | None
) -> None:
    assert action.undo(before) == undo


@pytest.mark.parametrize(
    ("action", "subject", "drops"),
    [
        (SwitchOutlet("off"), "pdu-1/outlet-1", ("leaf-1", *LINK, "leaf-1/b")),
        (SwitchOutlet("cycle"), "pdu-1/outlet-1", ("leaf-1", *LINK, "leaf-1/b")),
        (SwitchOutlet("on"), "pdu-1/outlet-1", ()),
        (SwitchOutlet("off"), "pdu-1/outlet-2", ()),
        (SwitchOutlet("off"), "pdu-1/outlet-9", ()),
        (SwitchOutlet("off"), "pdu-1/outlet-3", ("node-1", "node-1/eth0", "leaf-1/a", LINK[2])),
        (SetAdmin(False), "leaf-1/a", LINK),
        (SetAdmin(False), "leaf-1/b", ("leaf-1/b",)),
        (SetAdmin(True), "leaf-1/a", ()),
        (PowerHost(), "leaf-1", (*LINK, "leaf-1/b")),
        (PowerHost(only_on=True), "leaf-1", ()),
    ],
)
def test_everything_that_goes_dark_is_named(
    action: SwitchOutlet | SetAdmin | PowerHost, subject: str, drops: tuple[str, ...]
) -> None:
    assert action.affects(INVENTORY, subject) == drops


@pytest.mark.parametrize("reset", ["ForceOff", "ForceRestart", "GracefulShutdown", "PowerCycle", "on"])
def test_power_on_takes_no_other_reset(reset: str) -> None:
    step = {"id": "it", "action": "host.power_on", "on": {"device": "node-1"}, "with": {"reset": reset}}
    playbook = Playbook.model_validate(
        {"schema": "bringup.playbook/1", "name": "it", "stage": [{"name": "a", "step": [step]}]}
    )
    with pytest.raises(InputError, match="does not fit") as raised:
        make_plan(playbook, INVENTORY, (), load_catalogue())
    assert "with" in raised.value.problems[0]
