"""A sample of our own for every format that the registry finds, and in what some differ from the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bringup.decode import junos_text
from bringup.decode.registry import Format, find_format
from tests.decode import fibre_samples, platform_samples, tool_samples
from tests.decode.test_damage import SAMPLES as OF_SHELLS
from tests.decode.test_damage_module import SAMPLES as OF_MODULES
from tests.decode.test_damage_network import SAMPLES as OF_WIRES
from tests.decode.test_mac_table import SAMPLES as OF_MAC_TABLES
from tests.driver.linux import gpu_replies

LLDP_TEXT = b"""\
-------------------------------------------------------------------------------
LLDP neighbors:
-------------------------------------------------------------------------------
Interface:    eth2, via: LLDP, RID: 3, Time: 1 day, 02:03:04
  Chassis:
    ChassisID:    mac 02:00:5e:00:00:07
    SysName:      leaf-7
    SysDescr:     a switch
  Port:
    PortID:       ifname swp9
    PortDescr:    to node-01
    TTL:          120
-------------------------------------------------------------------------------
"""
SONIC_COUNTERS = b"""\
    IFACE    STATE    RX_OK      RX_BPS    RX_UTIL    RX_ERR    RX_DRP    TX_OK    TX_UTIL    TX_ERR    TX_DRP
---------  -------  -------  ----------  ---------  --------  --------  -------  ---------  --------  --------
Ethernet0        U    1,234  12.00 MB/s      0.03%         0         0       99      0.00%         0         0
Ethernet8        D        0    0.00 B/s      0.00%         5         7        0      0.00%       N/A       N/A
"""
SONIC_HISTOGRAM = b"""\
Symbol Errors Per Codeword      Codewords
----------------------------  -----------
""" + b"".join(b"%-28s  %11d\n" % (b"BIN%d" % at, 10 ** (9 - at) if at < 9 else 0) for at in range(16))
_PM_ROWS = (
    ("Parameter", "Unit", "Min", "Avg", "Max", *["Threshold"] * 6),
    ("", "", "", "", "", "High", "High", "Crossing", "Low", "Low", "Crossing"),
    ("", "", "", "", "", "Alarm", "Warning", "Alert-High", "Alarm", "Warning", "Alert-Low"),
    ("-" * 12, "-" * 6, *["-" * 9] * 3, *["-" * 11] * 6),
    ("Tx Power", "dBm", "-9.22", "-9.23", "-9.24", "-5.0", "-6.0", "False", "-16.99", "-16.003", "False"),
    ("eSNR", "dB", "17.5", "18.5", "19.5", "99.0", "99.0", "False", "0.0", "N/A", "False"),
)
_PM_WIDTHS = (12, 6, 9, 9, 9, 11, 11, 11, 11, 11, 11)
SONIC_PM = "Ethernet40:\n{}\n\n".format(
    "\n".join(
        "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, _PM_WIDTHS, strict=True)).rstrip()
        for row in _PM_ROWS
    )
).encode()
BESIDE: Mapping[str, bytes] = MappingProxyType(
    {
        "lldp.text": LLDP_TEXT,
        "sonic.counters": SONIC_COUNTERS,
        "sonic.fec-histogram": SONIC_HISTOGRAM,
        "sonic.transceiver-pm": SONIC_PM,
        "sonic.eeprom_bytes": b"18520007ff00\n",
    }
)


class Sample(NamedTuple):
    format: str
    data: bytes

    @property
    def made(self) -> Format:
        """The decoder that a driver reads with: a capture may lack its last line's end, a reply may not."""
        return STRICT.get(self.format) or find_format(self.format)


def _all() -> dict[str, Sample]:
    plain = (
        OF_SHELLS, OF_WIRES, gpu_replies.SAMPLES, platform_samples.SAMPLES, tool_samples.SAMPLES,
        fibre_samples.SAMPLES, {name: data for name, (data, _) in OF_MAC_TABLES.items()}, BESIDE,
    )  # fmt: skip
    found = {name: Sample(name, data) for group in plain for name, data in group.items()}
    assert len(found) == sum(map(len, plain)), "a format has two samples of one name"
    named = {f"{name} ({format_})": Sample(format_, data) for name, (format_, data) in OF_MODULES.items()}
    more = {"mlxlink (json)": Sample("mlxlink", platform_samples.json_of("mlxlink"))}
    return found | named | more


STRICT: Mapping[str, Format] = MappingProxyType({"junos.text-lldp": junos_text.WHOLE_LLDP})
ALL: Mapping[str, Sample] = MappingProxyType(_all())
NO_SAMPLE = frozenset({"redfish.error"})
"""It is never a success: it tells what a service refused."""
BARE_WORDS = frozenset({"linux.hostname", "linux.nproc", "linux.dmi", "sonic.eeprom_bytes"})
"""A bare word, number or row of digits could be anything, so that it is never detected."""
BINARY = frozenset(
    name
    for name, sample in ALL.items()
    if sample.format.startswith("module.") and (b"\0" in sample.data or name.startswith("sfp-digits"))
)
"""Raw memory, in bytes or digits: what follows it is more memory. Its check codes are tried in
test_damage_module.
"""
EVENTS = frozenset({"nvidia.kernel-log", "nvidia.fabric-manager", "ib.carrier-log"})
"""Logs: each line is an event of its own, and a shorter one is a log too."""
RUNS_ON = EVENTS - {"ib.carrier-log"} | {"nccl.text", "megatron-deepspeed"}
"""What others print stands between and after their lines."""
ROWS_COUNT_TWICE = frozenset(
    {
        "cuda.bandwidth-test", "nvbandwidth", "slurm.sinfo", "slurm.sinfo-lines", "superbench.monitor",
        "cabling.sonic-links", "dcgm.diag-table", "shoc.bus-speed", "nccl.text", "ib.diagnet-csv",
        "junos.text-hardware", "gpu-burn", "ocp.diag",
    }
)  # fmt: skip
"""Each row is a measurement or a thing of its own, and so is one that came twice; how many came is told."""
COUNTS = (
    *("/rows", "/rows_read", "/lines", "/complete", "/samples", "/last", "/progress_records"),
    *("/sequence/out_of_order", "/links", "/waived"),
)
GROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(tool_samples.SAMPLES, COUNTS),
        "nvidia.kernel-log": tuple(
            f"/log/{name}"
            for name in ("line_count", "last_at", "events", "from_boot", "suppressed", "mentions")
        ),
        "nvidia.fabric-manager": ("/lines", "/levels", "/errors"),
        "nvidia.fabric": ("/printed",),
        "fibre.end-face": ("/result",),
        "fibre.loss": ("/worst_loss_db",),
    }
)
"""Where paths begin or end that count how much was read, or are texts as they were printed, judged by nobody.
A fibre's report has no last line: what sums it up is of the rows that are there, and whoever attaches it
counts them against the cable's fibres.
"""
DARK_COUNTS = frozenset(platform_samples.SAMPLES)
"""Where a wrong byte must not make a lane dark, nor a dark one lit."""
SLACK: Mapping[str, int] = MappingProxyType(dict.fromkeys(tool_samples.SAMPLES, 1))
"""One more figure: that something was left out."""
TOLD_ONCE: Mapping[str, bytes] = MappingProxyType({"junos.text-hardware": b"3X800G"})
"""How many cages a card has is told once, by one digit: another digit is another card."""


def is_json(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict | list)
    except ValueError:
        return False


JSON = sorted(name for name, sample in ALL.items() if is_json(sample.data))
LINES_OF_JSON = sorted(
    name
    for name, sample in ALL.items()
    if name not in JSON and all(is_json(line) for line in sample.data.splitlines() if line.strip())
)
