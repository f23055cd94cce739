"""Parts with the spread that real parts have, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bringup.lab import physics
from bringup.lab.optic_kind import OCI, kind_of
from bringup.lab.state import Cable, CableEnd, Lane, LaserSource, Optic, Port, Supply

DR4, FR4, DR1 = "400GBASE-DR4", "400GBASE-FR4", "100GBASE-DR1"
DR4_LANES = 4
DR8, LPO, AOC, DAC = "800GBASE-DR8", "800G-DR8-LPO", "800G-AOC", "800GBASE-CR8"


class Builder:
    """Makes parts with the spread that real parts have, from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(f"{seed}/parts")
        self._made = 0

    def serial(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}{self.dice.randrange(10**6):06d}{self._made:02d}"

    def mac(self, device: int, port: int) -> str:
        return f"02:1a:b0:{device:02x}:{port >> 8:02x}:{port & 0xFF:02x}"

    def optic(self, medium: str = DR4) -> Optic:
        launch = kind_of(medium).launch
        return Optic(
            medium=medium,
            vendor="LABOPTIC",
            part_number=f"LO-{medium.replace('BASE', '')}",
            serial=self.serial("LQ"),
            firmware="2.4",
            lanes=[
                Lane(
                    tx_power_dbm=round(self.dice.gauss(launch.dbm, launch.spread_db), 3),
                    bias_ma=round(self.dice.gauss(launch.bias_ma, launch.bias_spread_ma), 2),
                )
                for _ in range(kind_of(medium).lanes)
            ],
            rise_c=round(self.dice.uniform(16.0, 21.0), 1),
            supply_voltage_v=round(self.dice.uniform(3.27, 3.32), 3),
            power_up_s=round(self.dice.uniform(2.0, 6.0), 1),
            source=self._source(kind_of(medium).lanes) if medium == OCI else None,
        )

    def _source(self, lanes: int) -> LaserSource:
        return LaserSource(
            serial=self.serial("LE"),
            lasers=[round(self.dice.gauss(20.0, 0.4), 2) for _ in range(lanes)],
            bias_ma=[round(self.dice.gauss(180.0, 3.0), 1) for _ in range(lanes)],
            locked=[True] * lanes,
        )

    def port(
        self, device: str, name: str, index: int, number: int, alias: str = "", lanes: int = DR4_LANES
    ) -> Port:
        """A port of 100 Gb/s a lane."""
        return Port(
            device=device,
            name=name,
            speed_gbps=100.0 * lanes,
            lane_count=lanes,
            mac=self.mac(number, index),
            index=index,
            alias=alias,
            train_s=round(self.dice.uniform(1.5, 4.0), 1),
        )

    def end(self, port: str, lanes: int = DR4_LANES) -> CableEnd:
        low, high = physics.CLEAN_PAIR_DB
        return CableEnd(
            port=port,
            out_db=[round(self.dice.uniform(low, high), 3) for _ in range(lanes)],
            in_db=[round(self.dice.uniform(low, high), 3) for _ in range(lanes)],
        )

    def cable(self, label: str, a: str, b: str, length_m: float, medium: str = DR4) -> Cable:
        lanes = kind_of(medium).lanes
        if kind_of(medium).assembly:
            return self._assembly(label, a, b, length_m, medium)
        fibre = round(physics.FIBRE_DB_PER_KM * length_m / 1000.0, 4)
        ends = [self.end(a, lanes), self.end(b, lanes)]
        if medium == OCI:
            for (
                end
            ) in ends:  # both ways on one fibre: what is lost at a plug is lost both ways, on every lane
                end.out_db = end.in_db = [end.out_db[0]] * lanes
        return Cable(
            label=label,
            medium=medium,
            length_m=length_m,
            a=ends[0],
            b=ends[1],
            a_to_b_db=[fibre] * lanes,
            b_to_a_db=[fibre] * lanes,
        )

    def _assembly(self, label: str, a: str, b: str, length_m: float, medium: str) -> Cable:
        """Both plugs are modules; what is lost is lost inside, and one serial number is on both."""
        kind = kind_of(medium)
        low, high = physics.INSIDE_DB
        if kind.flat:
            low = high = physics.COPPER_DB + physics.COPPER_DB_PER_M * length_m
            high += 0.6
        ends = [CableEnd(port=port, out_db=[0.0] * kind.lanes, in_db=[0.0] * kind.lanes) for port in (a, b)]
        for end in ends:
            end.module = self.optic(medium)
            end.module.length_m = length_m
            if kind.flat:
                end.module.power_up_s, end.module.rise_c = 0.1, 2.0
        serial = self.serial("LC")
        for end, letter in zip(ends, "AB", strict=True):
            assert end.module is not None
            end.module.serial = serial if kind.flat else f"{serial}{letter}"
        losses = [[round(self.dice.uniform(low, high), 3) for _ in range(kind.lanes)] for _ in ends]
        return Cable(
            label=label,
            medium=medium,
            length_m=length_m,
            a=ends[0],
            b=ends[1],
            a_to_b_db=losses[0],
            b_to_a_db=losses[1],
        )

    def supplies(
        self, plugs: Sequence[tuple[str | None, int | None]], capacity_w: float, model: str
    ) -> list[Supply]:
        """psu-1, psu-2, …, one for each plug: a PDU and its outlet, or the building."""
        return [
            Supply(
                name=f"psu-{number}",
                model=model,
                serial=self.serial("PS"),
                capacity_w=capacity_w,
                pdu=pdu,
                outlet=outlet,
            )
            for number, (pdu, outlet) in enumerate(plugs, 1)
        ]
