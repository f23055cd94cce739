"""Parts with the spread that real parts have, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import MappingProxyType

from bringup.lab import physics
from bringup.lab.state import Cable, CableEnd, Lane, Optic, Port, Supply

DR4, FR4, DR1 = "400GBASE-DR4", "400GBASE-FR4", "100GBASE-DR1"
DR4_LANES = 4
LANES = MappingProxyType({DR4: DR4_LANES, FR4: 4, DR1: 1})


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
        return f"02:1a:b0:{device:02x}:00:{port:02x}"

    def optic(self, medium: str = DR4) -> Optic:
        return Optic(
            medium=medium,
            vendor="LABOPTIC",
            part_number=f"LO-{medium.replace('BASE', '')}",
            serial=self.serial("LQ"),
            firmware="2.4",
            lanes=[
                Lane(
                    tx_power_dbm=round(self.dice.gauss(-0.9, 0.12), 3),
                    bias_ma=round(self.dice.gauss(62.0, 1.0), 2),
                )
                for _ in range(LANES[medium])
            ],
            rise_c=round(self.dice.uniform(16.0, 21.0), 1),
            supply_voltage_v=round(self.dice.uniform(3.27, 3.32), 3),
            power_up_s=round(self.dice.uniform(2.0, 6.0), 1),
        )

    def port(self, device: str, name: str, index: int, number: int, alias: str = "") -> Port:
        return Port(
            device=device,
            name=name,
            speed_gbps=400.0,
            lane_count=DR4_LANES,
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
        lanes = LANES[medium]
        fibre = round(physics.FIBRE_DB_PER_KM * length_m / 1000.0, 4)
        return Cable(
            label=label,
            medium=medium,
            length_m=length_m,
            a=self.end(a, lanes),
            b=self.end(b, lanes),
            a_to_b_db=[fibre] * lanes,
            b_to_a_db=[fibre] * lanes,
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
