"""Code tables: SFF-8024 identifiers, connectors and interfaces, CMIS states and causes.

Source: SFF-8024 revision 4.11 and OIF-CMIS 5.2 as the codes of public switch software list them. A code that
is not here has no name; it is still given as a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SFP_IDENTIFIERS = frozenset({0x03, 0x0B})
SFF8636_IDENTIFIERS = frozenset({0x0C, 0x0D, 0x11})
CMIS_IDENTIFIERS = frozenset({0x18, 0x19, 0x1A, 0x1B, 0x1E, 0x1F, 0x20, 0x21})


def _table(held: dict[int, str]) -> Mapping[int, str]:
    return MappingProxyType(held)


IDENTIFIERS = _table(
    {
        0x03: "SFP",
        0x0B: "DWDM-SFP",
        0x0C: "QSFP",
        0x0D: "QSFP+",
        0x11: "QSFP28",
        0x18: "QSFP-DD",
        0x19: "OSFP",
        0x1A: "SFP-DD",
        0x1B: "DSFP",
        0x1E: "QSFP+ with CMIS",
        0x1F: "SFP-DD with CMIS",
        0x20: "SFP+ with CMIS",
        0x21: "OSFP-XD",
    }
)
CONNECTORS = _table(
    {
        0x01: "SC",
        0x07: "LC",
        0x08: "MT-RJ",
        0x0B: "pigtail",
        0x0C: "MPO 1x12",
        0x0D: "MPO 2x16",
        0x21: "copper pigtail",
        0x22: "RJ45",
        0x23: "no separable connector",
        0x24: "MXC 2x16",
        0x25: "CS",
        0x26: "SN",
        0x27: "MPO 2x12",
        0x28: "MPO 1x16",
    }
)
MODULE_STATES = _table({1: "LowPwr", 2: "PwrUp", 3: "Ready", 4: "PwrDn", 5: "Fault"})
DATA_PATH_STATES = _table(
    {
        1: "Deactivated",
        2: "Init",
        3: "Deinit",
        4: "Activated",
        5: "TxTurnOn",
        6: "TxTurnOff",
        7: "Initialized",
    }
)
CONFIG_STATUS = _table(
    {
        0: "undefined",
        1: "success",
        2: "rejected",
        3: "rejected: invalid AppSel",
        4: "rejected: invalid data path",
        5: "rejected: invalid signal integrity",
        6: "rejected: lane in use",
        7: "rejected: part of a data path",
        12: "in progress",
    }
)
FAULT_CAUSES = _table(
    {
        0: "none",
        1: "TEC runaway",
        2: "data memory",
        3: "program memory",
        4: "transmitter",
        5: "receiver",
        6: "temperature",
    }
)
TECHNOLOGIES = _table(
    {
        0: "850 nm VCSEL",
        1: "1310 nm VCSEL",
        2: "1550 nm VCSEL",
        3: "1310 nm FP",
        4: "1310 nm DFB",
        5: "1550 nm DFB",
        6: "1310 nm EML",
        7: "1550 nm EML",
        8: "other",
        9: "1490 nm DFB",
        10: "copper, unequalized",
        11: "copper, passive equalized",
        12: "copper, limiting at both ends",
        13: "copper, limiting at the far end",
        14: "copper, limiting at the near end",
        15: "copper, linear",
        16: "C-band tunable laser",
        17: "L-band tunable laser",
    }
)
COPPER_TECHNOLOGIES = frozenset(range(10, 16))
DURATIONS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 600.0, 3000.0)
"""Upper bound of each code from 0; 13 is "50 minutes or more" and has none, 14 and 15 are reserved."""
LONGEST_KNOWN = 12

HOST_INTERFACES = _table(
    {
        5: "25GAUI C2M",
        10: "50GAUI-1 C2M",
        11: "CAUI-4 C2M",
        13: "100GAUI-2 C2M",
        14: "200GAUI-8 C2M",
        15: "200GAUI-4 C2M",
        17: "400GAUI-8 C2M",
        26: "100GBASE-CR4",
        27: "100GBASE-CR2",
        28: "200GBASE-CR4",
        29: "400G-CR8",
        32: "LEI-100G-PAM4-1",
        33: "LEI-200G-PAM4-2",
        34: "LEI-400G-PAM4-4",
        35: "LEI-800G-PAM4-8",
        48: "IB EDR",
        49: "IB HDR",
        50: "IB NDR",
        70: "100GBASE-CR1",
        71: "200GBASE-CR2",
        72: "400GBASE-CR4",
        73: "800GBASE-CR8",
        75: "100GAUI-1-S C2M",
        76: "100GAUI-1-L C2M",
        77: "200GAUI-2-S C2M",
        78: "200GAUI-2-L C2M",
        79: "400GAUI-4-S C2M",
        80: "400GAUI-4-L C2M",
        81: "800GAUI-8-S C2M",
        82: "800GAUI-8-L C2M",
        130: "800GAUI-4",
        131: "1.6TAUI-8",
        150: "EEI-800G-RTLR-8-S",
        151: "EEI-800G-RTLR-8-L",
    }
)
LINEAR_HOSTS = frozenset({32, 33, 34, 35})
HALF_RETIMED_HOSTS = frozenset({150, 151})
_MULTI_MODE = {
    3: "25GBASE-SR",
    7: "50GBASE-SR",
    9: "100GBASE-SR4",
    12: "100GBASE-SR2",
    13: "100GBASE-SR1",
    14: "200GBASE-SR4",
    16: "400GBASE-SR8",
    17: "400GBASE-SR4",
    18: "800GBASE-SR8",
    26: "400GBASE-SR4.2",
    27: "200GBASE-SR2",
    29: "100GBASE-VR1",
    30: "200GBASE-VR2",
    31: "400GBASE-VR4",
    32: "800GBASE-VR8",
}
_SINGLE_MODE = {
    7: "25GBASE-LR",
    13: "100GBASE-LR4",
    16: "100G-CWDM4",
    20: "100GBASE-DR",
    21: "100GBASE-FR1",
    22: "100GBASE-LR1",
    23: "200GBASE-DR4",
    24: "200GBASE-FR4",
    25: "200GBASE-LR4",
    26: "400GBASE-FR8",
    27: "400GBASE-LR8",
    28: "400GBASE-DR4",
    29: "400GBASE-FR4",
    30: "400G-LR4-10",
    62: "400ZR",
    85: "400GBASE-DR4-2",
    86: "800GBASE-DR8",
    87: "800GBASE-DR8-2",
    115: "200GBASE-DR1",
    119: "800GBASE-DR4",
    122: "800GBASE-FR4",
    127: "1.6TBASE-DR8",
    143: "100G-DR1-LPO",
    144: "200G-DR2-LPO",
    145: "400G-DR4-LPO",
    146: "800G-DR8-LPO",
    147: "800G-FR4-LPO",
}
_PASSIVE = {1: "copper cable", 2: "passive loopback"}
_ACTIVE = {
    1: "active cable, BER below 1e-12",
    2: "active cable, BER below 5e-5",
    3: "active cable, BER below 2.6e-4",
    4: "active cable, BER below 1e-6",
    0xBF: "active loopback",
}
_BASE_T = {1: "1000BASE-T", 2: "2.5GBASE-T", 3: "5GBASE-T", 4: "10GBASE-T"}
MEDIA_INTERFACES: Mapping[int, Mapping[int, str]] = MappingProxyType(
    {
        1: _table(_MULTI_MODE),
        2: _table(_SINGLE_MODE),
        3: _table(_PASSIVE),
        4: _table(_ACTIVE),
        5: _table(_BASE_T),
    }
)
LPO_MEDIA = frozenset({143, 144, 145, 146, 147})
SINGLE_MODE, PASSIVE_COPPER, ACTIVE_CABLE = 2, 3, 4
"""Media types (lower memory, byte 85)."""

EXTENDED_COMPLIANCE = _table(
    {
        0x02: "100GBASE-SR4",
        0x03: "100GBASE-LR4",
        0x04: "100GBASE-ER4",
        0x06: "100G-CWDM4",
        0x07: "100G-PSM4",
        0x25: "100GBASE-DR",
        0x26: "100GBASE-FR1",
        0x27: "100GBASE-LR1",
    }
)
"""SFF-8636 byte 192 and SFF-8472 byte 36 (SFF-8024 table 4-4); the two share what four lanes mean."""
