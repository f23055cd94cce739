"""One link whose devices say what a test writes down, looked at by a clock that the test moves."""

from __future__ import annotations

from typing import Any, cast

from bringup.check.catalogue import load_catalogue
from bringup.engine.bench import Bench
from bringup.engine.judging import Judging
from bringup.engine.live import LinkLive
from bringup.engine.live_plan import link_tasks
from bringup.engine.looking import Looking
from bringup.model.envelope import Limit
from bringup.model.facts import FecCounters, Lane, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import Read, value
from bringup.model.watch import Live
from tests.engine.stand import TableBench, device

NEAR, FAR = "leaf-1/Ethernet0", "leaf-2/Ethernet0"
OTHER = "leaf-1/Ethernet8"
LIMITS = (
    Limit(measure="rx_power_dbm", min=-5.9, marginal=1.0, source="a standard", standing="standard"),
    Limit(measure="tx_power_dbm", min=-4.6, source="a standard", standing="standard"),
    Limit(measure="optic_present", equals=True, source="the inventory", standing="contract"),
    Limit(measure="oper_up", equals=True, source="the inventory", standing="contract"),
    Limit(measure="temperature_c", max=70.0, source="a rating", standing="vendor"),
    Limit(measure="uncorrectable_codewords", max=0, source="a site", standing="vendor"),
    Limit(measure="pre_fec_ber_upper", max=2.4e-4, source="a standard", standing="standard"),
)


def inventory(*, cabled: bool = True, medium: str = "100GBASE-DR1", **more: Any) -> Inventory:
    ports = [
        {"device": name, "name": port, "speed_gbps": 100, "optic": medium}
        for name, port in (("leaf-1", "Ethernet0"), ("leaf-1", "Ethernet8"), ("leaf-2", "Ethernet0"))
    ]
    cable = {"a_device": "leaf-1", "a_port": "Ethernet0", "b_device": "leaf-2", "b_port": "Ethernet0"}
    return Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1"), device("leaf-2")],
            "port": ports,
            "cable": [cable] if cabled else [],
            **more,
        }
    )


def module(port: str, *received: Read, sent: Read | None = None, medium: str = "100GBASE-DR1") -> Optic:
    lanes = tuple(
        Lane(index=number, rx_power_dbm=read, tx_power_dbm=sent or value(1.0), bias_ma=value(60.0))
        for number, read in enumerate(received, 1)
    )
    return Optic(
        port=port,
        present=value(True),
        medium=value(medium),
        serial=value(f"SN-{port}"),
        temperature_c=value(45.0),
        lanes=lanes,
    )


def up(name: str, is_up: bool = True) -> Port:
    return Port(
        name=name,
        admin_up=value(True),
        oper_up=value(is_up),
        speed_gbps=value(100.0),
        fec_mode=value("rs544"),
    )


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.s = 5000.0

    def now_s(self) -> float:
        return self.s

    def wall_unix_s(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        self.s += seconds


class LinkStand:
    """Both ends are good until a test says otherwise."""

    def __init__(self, planned: Inventory | None = None, *, hold_s: float = 30.0) -> None:
        self.inventory = planned if planned is not None else inventory()
        self.table: dict[tuple[str, str], Any] = {}
        for name in ("leaf-1", "leaf-2"):
            self.table[name, "optics"] = self.modules(name, value(-2.0))
            self.table[name, "ports"] = (up("Ethernet0"), up("Ethernet8"))
            self.table[name, "fec_counters"] = (self.counters(0),)
        self.clock = Clock()
        self.bench = TableBench(self.table)
        far = self.inventory.far_ends.get(NEAR)
        self.looking = Looking(cast(Bench, self.bench), self.clock, [NEAR, far] if far else [NEAR])
        self.live = LinkLive(
            NEAR,
            self.inventory,
            self.looking,
            link_tasks(NEAR, self.inventory, LIMITS, load_catalogue()),
            judging=Judging(self.inventory),
            now_s=self.clock.s,
            hold_s=hold_s,
        )

    @staticmethod
    def modules(device_name: str, *received: Read, **more: Any) -> tuple[Optic, ...]:
        return (module("Ethernet0", *received, **more), module("Ethernet8", value(-2.0)))

    @staticmethod
    def counters(corrected: int, lost: int = 0) -> FecCounters:
        return FecCounters(
            port="Ethernet0",
            corrected_codewords=value(corrected),
            uncorrectable_codewords=value(lost),
            symbol_errors=value(corrected),
            flap_count=value(0),
        )

    def receives(self, *received: Read, device_name: str = "leaf-1", **more: Any) -> None:
        self.table[device_name, "optics"] = self.modules(device_name, *received, **more)

    async def look(self, times: int = 1) -> Live:
        """A look each second; the last one."""
        for _ in range(times):
            self.clock.s += 1.0
            await self.looking.once()
            live, self.ends = self.live.look(self.clock.s)
        return live
