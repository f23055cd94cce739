"""Kinds of module by their medium: codes, words, limits, and how good a receiver behind one is.

Codes are those of SFF-8024 (host and media interfaces, connectors) and CMIS (media technology), the words
beside them as SONiC's tables print them. Limits are such as makers write into page 02h. The receivers are
ours: what the modules differ in is that a linear one has no signal processor of its own, an active cable has
short fibres that nobody can dirty, and copper loses much more than light does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bringup.model.media import Family, family_of, medium_lanes

MULTI_MODE, SINGLE_MODE, PASSIVE_COPPER, ACTIVE_CABLE = 1, 2, 3, 4
"""Media types (CMIS lower memory, byte 85)."""


class Limits(NamedTuple):
    """High alarm, high warning, low alarm, low warning."""

    high_alarm: float
    high_warning: float
    low_alarm: float
    low_warning: float


class Coded(NamedTuple):
    """A code and the words that a switch has for it."""

    code: int
    words: str


class Receiver(NamedTuple):
    """SNR behind a receiver: 17.66 dB at `limit_dbm`, `slope` dB a dB above it, under `ceiling_db`.

    For copper the level is what is left of a signal that left with 0 dB.
    """

    limit_dbm: float = -6.4
    slope: float = 2.0
    ceiling_db: float = 24.0


class Launch(NamedTuple):
    """What transmitters leave the factory with: power and bias, middle and spread (one sigma)."""

    dbm: float = -0.9
    spread_db: float = 0.12
    bias_ma: float = 62.0
    bias_spread_ma: float = 1.0


class OpticKind(NamedTuple):
    """One kind of module. `flat`: only page 00h, no monitor. `told` is what EOS calls it. `nrz`: two levels,
    not four; what a receiver's numbers say is then that of the four-level signal less 7 dB.
    """

    medium: str
    lanes: int
    host: Coded
    media: Coded
    media_type: int
    technology: Coded
    connector: Coded
    power_w: float
    told: str
    receiver: Receiver = Receiver()
    launch: Launch = Launch()
    rx: Limits = Limits(5.0, 4.0, -8.9, -5.9)
    tx: Limits = Limits(6.0, 4.0, -5.9, -2.9)
    bias: Limits = Limits(120.0, 110.0, 20.0, 25.0)
    flat: bool = False
    retimed: bool = True
    nrz: bool = False

    @property
    def family(self) -> Family:
        return family_of(self.medium)

    @property
    def assembly(self) -> bool:
        """Whether both modules and what is between them are one part, which nobody takes apart."""
        return self.family in ("copper", "sealed")


TEMPERATURE = Limits(75.0, 70.0, -5.0, 0.0)
VOLTAGE = Limits(3.63, 3.465, 2.97, 3.135)
OCI = "200G-OCI"
"""Four wavelengths each way on one fibre, light from an external source (OCI MSA GEN1). Neither SFF-8024 nor
a public text has codes or limits for it: those here are ours.
"""
LC, MPO12, MPO16 = Coded(7, "LC"), Coded(12, "MPO 1x12"), Coded(40, "MPO 1x16")
NOT_SEPARABLE = Coded(35, "No separable connector")
EML, VCSEL, COPPER = Coded(6, "1310 nm EML"), Coded(0, "850 nm VCSEL"), Coded(10, "Copper cable unequalized")
EXTERNAL = Coded(8, "Others")
GAUI_400 = Coded(79, "400GAUI-4-S C2M (Annex 120G)")
GAUI_800 = Coded(81, "800GAUI-8-S C2M (Annex 120G)")


def _single_mode(
    medium: str, lanes: int, host: Coded, media: Coded, connector: Coded, power_w: float
) -> OpticKind:
    return OpticKind(medium, lanes, host, media, SINGLE_MODE, EML, connector, power_w, medium)


def _active(medium: str, lanes: int, host: Coded, power_w: float, told: str) -> OpticKind:
    return OpticKind(
        medium,
        lanes,
        host,
        Coded(4, "Active Cable assembly with BER < 10^-6"),
        ACTIVE_CABLE,
        VCSEL,
        NOT_SEPARABLE,
        power_w,
        told,
        receiver=Receiver(-6.0, 2.0, 23.4),
        launch=Launch(0.2, 0.15, 7.6, 0.12),
        rx=Limits(5.0, 4.0, -8.4, -6.4),
        tx=Limits(5.0, 4.0, -6.6, -4.6),
        bias=Limits(14.0, 12.0, 3.0, 4.0),
    )


KINDS: Mapping[str, OpticKind] = MappingProxyType(
    {
        kind.medium: kind
        for kind in (
            _single_mode("400GBASE-DR4", 4, GAUI_400, Coded(28, "400GBASE-DR4 (Cl 124)"), MPO12, 10.0),
            _single_mode("400GBASE-FR4", 4, GAUI_400, Coded(29, "400GBASE-FR4 (Cl 151)"), LC, 10.0),
            _single_mode(
                "100GBASE-DR1",
                1,
                Coded(75, "100GAUI-1-S C2M (Annex 120G)"),
                Coded(20, "100GBASE-DR (Cl 140)"),
                LC,
                4.5,
            ),
            _single_mode("800GBASE-DR8", 8, GAUI_800, Coded(86, "800GBASE-DR8 (Cl 124)"), MPO16, 16.5),
            OpticKind(
                "800G-DR8-LPO",
                8,
                Coded(35, "LEI-800G-PAM4-8"),
                Coded(146, "800G-DR8-LPO"),
                SINGLE_MODE,
                EML,
                MPO16,
                8.5,
                "800GBASE-DR8-LPO",
                receiver=Receiver(-5.4, 2.0, 23.6),
                launch=Launch(0.4, 0.12),
                rx=Limits(5.0, 4.0, -5.9, -4.9),
                tx=Limits(5.0, 4.0, -3.9, -2.9),
                retimed=False,
            ),
            _active("800G-AOC", 8, GAUI_800, 14.0, "800GBASE-AR8"),
            _active("400G-AOC", 4, GAUI_400, 8.0, "400GBASE-AR4"),
            OpticKind(
                OCI,
                4,
                Coded(0x80, "OCI MSA 212.5G (vendor specific)"),
                Coded(0xC0, f"{OCI} (OCI MSA GEN1)"),
                SINGLE_MODE,
                EXTERNAL,
                MPO12,
                6.0,
                OCI,
                receiver=Receiver(-10.0, 2.0, 26.0),
                launch=Launch(-3.0, 0.15, 0.0, 0.0),
                rx=Limits(3.0, 2.0, -12.0, -10.0),
                tx=Limits(3.0, 2.0, -9.0, -7.0),
                retimed=False,
                nrz=True,
            ),
            OpticKind(
                "800GBASE-CR8",
                8,
                Coded(73, "800GBASE-CR8 (Clause 162)"),
                Coded(1, "Copper cable"),
                PASSIVE_COPPER,
                COPPER,
                NOT_SEPARABLE,
                0.25,
                "800GBASE-CR8",
                receiver=Receiver(-24.0, 1.0, 24.0),
                launch=Launch(0.0, 0.0, 0.0, 0.0),
                flat=True,
                retimed=False,
            ),
        )
    }
)
"""By medium."""


OTHER_MEDIA: Mapping[str, int] = MappingProxyType(
    {"400GBASE-DR4-2": 85, "800GBASE-DR8-2": 87, "200GBASE-DR4": 23, "200GBASE-FR4": 24, "800GBASE-FR4": 122}
)
"""Media codes of single-mode modules that may turn up in a cage by mistake."""


@lru_cache(maxsize=256)
def kind_of(medium: str) -> OpticKind:
    """The kind of a medium; one that is not in the table is like 400GBASE-DR4 in all but its name."""
    known = KINDS.get(medium)
    if known is not None:
        return known
    like = KINDS["800GBASE-DR8" if medium.startswith("800") else "400GBASE-DR4"]
    return like._replace(
        medium=medium,
        lanes=medium_lanes(medium) or like.lanes,
        media=Coded(OTHER_MEDIA.get(medium, 0), medium),
        told=medium,
    )
