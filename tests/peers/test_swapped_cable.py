"""Two real cables (veth) that are swapped, seen by real lldpds: our session says so, the solver names the
moves, and once somebody has moved the plugs the same session passes.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.cabling.link import End, Link
from bringup.cabling.solve import solve
from bringup.engine.bench import Bench, Bounds
from bringup.input import load_envelopes
from bringup.model.inventory import Device, Inventory
from tests.check.trial import StillClock
from tests.driver.linux.test_wire import Host, NamespaceLinks, lldp_host, run
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, verdicts
from tests.peers.stand import spoken

HEARD_WITHIN_S = 90.0
LEAF, NODES = "leaf-1", ("node-01", "node-02")
EXPECTED = {"swp1": "node-01", "swp2": "node-02"}


class Room:
    """A leaf with two ports and two nodes with one each, in namespaces of their own."""

    def __init__(self, tag: str) -> None:
        self.space = {name: f"{name.replace('-', '')}{tag}" for name in (LEAF, *NODES)}
        self.hosts: dict[str, Host] = {}

    @contextlib.contextmanager
    def speaking(self, folder: Path) -> Iterator[None]:
        """All speak LLDP, over the ports that are there when they begin: one that starts without any port has
        no address to call itself by.
        """
        folder.mkdir()
        with contextlib.ExitStack() as stack:
            for name, space in self.space.items():
                port = "swp*" if name == LEAF else "eth*"
                self.hosts[name] = stack.enter_context(lldp_host(folder / name, space, port, name))
                self.lldp(name, "configure", "lldp", "tx-interval", "1")
            yield

    def plug(self, port: str, node: str) -> None:
        """A cable from a port of the leaf to a node's `eth1`."""
        here, there = self.space[LEAF], self.space[node]
        run("ip", "link", "add", port, "netns", here, "type", "veth", "peer", "eth1", "netns", there)
        for space, name in ((here, port), (there, "eth1")):
            run("ip", "netns", "exec", space, "ip", "link", "set", name, "up")

    def pull(self, port: str) -> None:
        run("ip", "netns", "exec", self.space[LEAF], "ip", "link", "del", port)

    def lldp(self, name: str, *words: str) -> str:
        host = self.hosts[name]
        return spoken("ip", "netns", "exec", host.namespace, str(host.bin / "lldpcli"), *words)

    def seen(self, name: str) -> list[tuple[str, str]]:
        """Each (port, neighbour) that lldpd remembers."""
        told = json.loads(self.lldp(name, "show", "neighbors", "-f", "json0"))["lldp"][0]
        return sorted(
            (each["name"], each["chassis"][0]["name"][0]["value"]) for each in told.get("interface", ())
        )

    def wait_for(self, plugged: dict[str, str]) -> None:
        """lldpd tells nobody when it has heard or forgotten something: ask until all name what is plugged."""
        wanted = {LEAF: sorted(plugged.items()), **{node: [("eth1", LEAF)] for node in plugged.values()}}
        end = time.monotonic() + HEARD_WITHIN_S
        while (seen := {name: self.seen(name) for name in wanted}) != wanted:
            assert time.monotonic() < end, seen
            for name in wanted:
                self.lldp(name, "update")
            time.sleep(0.1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    made = Room(f"{os.getpid() % 100000}")
    with contextlib.ExitStack() as stack:
        for space in made.space.values():
            run("ip", "netns", "add", space)
            stack.callback(run, "ip", "netns", "del", space)
        yield made


def inventory() -> Inventory:
    devices = [
        {"name": name, "role": "leaf" if name == LEAF else "node", "platform": "linux", "address": "::1"}
        for name in (LEAF, *NODES)
    ]
    cables = [
        {"a_device": LEAF, "a_port": port, "b_device": node, "b_port": "eth1"}
        for port, node in EXPECTED.items()
    ]
    return Inventory.model_validate({"schema": "bringup.inventory/1", "device": devices, "cable": cables})


async def session(room: Room, folder: Path) -> dict[str, str]:
    """`link.neighbors` on both cables, read through the real tools."""
    stand = Stand(folder)
    stand.inventory, stand.limits = inventory(), load_envelopes(("base",))

    def links(device: Device) -> NamespaceLinks:
        return NamespaceLinks(room.hosts[device.name])

    stand.bench = Bench(stand.inventory, links, Bounds())  # type: ignore[assignment]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
        state = await stand.run(
            {"name": "links", "step": [{"id": "it", "check": "link.neighbors", "deadline_s": 60.0}]}
        )
    return {row.partition("@")[2]: verdict for row, verdict in verdicts(state).items()}


def cables(plugged: dict[str, str]) -> list[Link]:
    return [Link(End(LEAF, port), End(node, "eth1")) for port, node in plugged.items()]


async def test_two_swapped_cables_are_found_and_the_moved_plugs_turn_the_stage_green(
    room: Room, tmp_path: Path
) -> None:
    swapped = dict(zip(EXPECTED, reversed(NODES), strict=True))
    links = {f"{LEAF}/{port}<->{node}/eth1" for port, node in EXPECTED.items()}
    for port, node in swapped.items():
        room.plug(port, node)
    with room.speaking(tmp_path / "first"):
        room.wait_for(swapped)
        assert await session(room, tmp_path / "before") == dict.fromkeys(links, "FAIL")
        seen = dict(room.seen(LEAF))
    assert len(solve(cables(EXPECTED), cables(seen)).moves) == 2
    for port in EXPECTED:
        room.pull(port)
    for port, node in EXPECTED.items():
        room.plug(port, node)
    with room.speaking(tmp_path / "second"):
        room.wait_for(EXPECTED)
        assert await session(room, tmp_path / "after") == dict.fromkeys(links, "PASS")
