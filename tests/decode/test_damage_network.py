"""Damage to replies of EOS, PDUs, switches, BMCs and OpenConfig targets never gives a value, a crash or a
hang."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bringup.decode.registry import detect, find_format
from tests.decode.corpus import Case
from tests.decode.damage import ERRORS, encoded, values
from tests.decode.flow_samples import OF_EOS
from tests.decode.test_corpus_network import ours
from tests.driver.apc_pdu.variables import VARIABLES as APC
from tests.driver.eos import replies as eos
from tests.driver.openconfig.updates import UPDATES
from tests.driver.raritan_pdu.variables import VARIABLES as RARITAN
from tests.driver.redfish_bmc.resources import CHASSIS, MANAGER, POWER, RESOURCES, SYSTEM, THERMAL, V1
from tests.driver.redfish_equipment.resources import CDU_HELD, SHELF_HELD
from tests.driver.servertech_pdu.variables import VARIABLES as SERVERTECH
from tests.driver.snmp_switch.variables import IF
from tests.driver.snmp_switch.variables import VARIABLES as SWITCH
from tests.driver.vertiv_pdu.variables import VARIABLES as VERTIV


def recorded(variables: Mapping[str, object]) -> bytes:
    """A walk as a record; what is text stays so, everything else is in hex."""
    lines: list[str] = []
    for oid, held in variables.items():
        if isinstance(held, bytes):
            lines.append(f"{oid}|4x|{held.hex()}")
        else:
            lines.append(f"{oid}|{2 if isinstance(held, int) else 6}|{held}")
    return "\n".join(lines).encode() + b"\n"


EOS_TEXT_STATUS = b"""\
Port       Name           Status       Vlan     Duplex Speed  Type         Flags
Et1/1      to the spine   connected    routed   full   400G   400GBASE-DR4
Et2/1                     notconnect   1        auto   auto   Not Present
Et3/1      old            errdisabled  in Po7   full   100G   100GBASE-CR4
"""
EOS_TEXT_LLDP = b"""\
Last table change time   : 0:00:02 ago
Port       Neighbor Device ID             Neighbor Port ID           TTL
---------- ------------------------------ -------------------------- ---
Et1/1      leaf-1                         Ethernet8                  120
Et2/1      a name with blanks             1/1                        120
"""
EOS_TEXT_VERSION = b"""\
Arista DCS-7060X-9T
Hardware version: 12.01
Serial number: JAS25000007
Hardware MAC address: 0200.5e00.0007
System MAC address: 0200.5e00.0007

Software image version: 4.33.1F
Architecture: x86_64

Uptime: 1 week, 2 days, 3 hours and 4 minutes
Total memory: 8000000 kB
Free memory: 4000000 kB
"""
EOS_TEXT_OPTICS = b"""\
                               Bias      Optical   Optical
          Temp       Voltage   Current   Tx Power  Rx Power
Port      (Celsius)  (Volts)   (mA)      (dBm)     (dBm)     Last Update
-----     ---------  --------  --------  --------  --------  -------------------
Et1/1      51.50      3.31      62.50     1.25      -1.50     0:00:06 ago
Et2/1      N/A        N/A       N/A       N/A       N/A       N/A
Et3/1      40.00      3.30      60.00     -30.00    -40.00    0:00:01 ago
"""


def _table(name: str, unit: str, low: str) -> str:
    return (
        "                         High Alarm  High Warn   Low Alarm   Low Warn\n"
        f"           {name:<14}Threshold   Threshold   Threshold   Threshold\n"
        f"Port       {unit:<14}{unit:<12}{unit:<12}{unit:<12}{unit}\n"
        "-------    ------------  ----------  ----------  ----------  ----------\n"
        f"Et1/1      1.25          9.00        8.00        {low}       -8.00\n"
    )


EOS_TEXT_DETAIL = (
    "mA: milliamperes, dBm: decibels (milliwatts), NA or N/A: not applicable.\n"
    + _table("Temperature", "(Celsius)", "-9.00")
    + _table("Voltage", "(Volts)", "-9.00")
    + _table("Current", "(mA)", "-9.00")
    + _table("Tx Power", "(dBm)", "-9.00")
    + _table("Rx Power", "(dBm)", "-9.00").replace("1.25 ", "-9.50 --")
).encode()
BRIEF = {"lldpNeighbors": [{"port": "Ethernet1", "neighborDevice": "a", "neighborPort": "b", "ttl": 120}]}
SENSOR = {
    "@odata.type": "#Sensor.v1_9_0.Sensor",
    "Id": "inlet",
    "Reading": 24.5,
    "ReadingUnits": "Cel",
    "Status": {"State": "Enabled", "Health": "OK"},
}
METRICS = {
    "@odata.type": "#EnvironmentMetrics.v1_3_0.EnvironmentMetrics",
    "PowerWatts": {"Reading": 374},
    "FanSpeedsPercent": [{"DeviceName": "Fan 1", "Reading": 45, "SpeedRPM": 1900}],
}
LEAKS = {
    "@odata.type": "#LeakDetection.v1_0_0.LeakDetection",
    "LeakDetectorGroups": [
        {
            "GroupName": "tray",
            "Detectors": [{"DeviceName": "rope", "DetectorState": "OK"}, {"DeviceName": "x"}],
        }
    ],
}
DELL, LENOVO = "1.3.6.1.4.1.674.10892.5", "1.3.6.1.4.1.19046.11.1.1"
IDRAC: dict[str, object] = {
    "1.3.6.1.2.1.1.2.0": DELL,
    f"{DELL}.1.3.12.0": b"PowerEdge X",
    **{f"{DELL}.4.600.30.1.{column}.1.1": held for column, held in ((6, 4), (7, 23), (8, b"PS1 Current"))},
    **{f"{DELL}.4.600.30.1.{column}.1.2": held for column, held in ((6, 144), (7, 26), (8, b"Board"))},
    **{f"{DELL}.4.600.20.1.{column}.1.1": held for column, held in ((6, 204000), (8, b"PS1 Voltage"))},
    **{f"{DELL}.4.700.12.1.{column}.1.1": held for column, held in ((5, 3), (6, 4080), (8, b"Fan1A"))},
    **{f"{DELL}.4.700.20.1.{column}.1.1": held for column, held in ((6, 550), (8, b"CPU1 Temp"))},
}
XCC: dict[str, object] = {
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.19046.11.1",
    f"{LENOVO}.1.1.0": 1,
    **{f"{LENOVO}.1.2.1.{column}.1": held for column, held in ((2, b"Ambient"), (3, b"22"), (5, b"N/A"))},
    **{f"{LENOVO}.3.2.1.{column}.1": held for column, held in ((2, b"Fan 1"), (10, b"Normal"))},
    f"{LENOVO}.5.2.1.5.0": b"ThinkSystem X",
}
LEAK = {
    "@odata.type": "#LeakDetector.v1_1_0.LeakDetector",
    "Id": "1",
    "Name": "Front",
    "DetectorState": "OK",
    "Status": {"State": "Enabled", "Health": "OK"},
}
SAMPLES: dict[str, bytes] = {
    "redfish.leak-detector": encoded(LEAK),
    "redfish.power-distribution": encoded(SHELF_HELD),
    "redfish.cooling-unit": encoded(CDU_HELD),
    "snmp.raritan-pdu": recorded(dict(RARITAN)),
    "snmp.vertiv-pdu": recorded(dict(VERTIV)),
    "snmp.servertech-pdu": recorded(dict(SERVERTECH)),
    "snmp.idrac": recorded(IDRAC),
    "snmp.xcc": recorded(XCC),
    "eos.version": encoded(eos.VERSION),
    "eos.hostname": encoded(eos.HOSTNAME),
    "eos.clock": encoded(eos.CLOCK),
    "eos.inventory": encoded(eos.INVENTORY),
    "eos.interfaces": encoded(eos.INTERFACES),
    "eos.interfaces-status": encoded(eos.STATUS),
    "eos.error-correction": encoded(eos.ERROR_CORRECTION),
    "eos.transceiver": encoded(eos.TRANSCEIVERS),
    "eos.phy-detail": encoded(eos.PHYS),
    "eos.lldp-detail": encoded(eos.NEIGHBORS),
    "eos.lldp": encoded(BRIEF),
    "eos.environment-power": encoded(eos.POWER),
    "eos.environment-cooling": encoded(eos.COOLING),
    "eos.environment-temperature": encoded(eos.TEMPERATURE),
    "eos.text-version": EOS_TEXT_VERSION,
    "eos.text-interfaces-status": EOS_TEXT_STATUS,
    "eos.text-lldp": EOS_TEXT_LLDP,
    "eos.text-transceiver": EOS_TEXT_OPTICS,
    "eos.text-transceiver-detail": EOS_TEXT_DETAIL,
    **OF_EOS,
    "snmp.apc-pdu": recorded(dict(APC)),
    "snmp.switch": recorded(SWITCH | {f"{IF}.2.1": b"Ethernet1"}),
    "redfish.system": encoded(RESOURCES[SYSTEM]),
    "redfish.manager": encoded(RESOURCES[MANAGER]),
    "redfish.software": encoded(RESOURCES[f"{V1}/UpdateService/FirmwareInventory/CPLD%201"]),
    "redfish.power": encoded(RESOURCES[f"{CHASSIS}/Power"]),
    "redfish.power-supply": encoded(RESOURCES[f"{POWER}/PowerSupplies/2"]),
    "redfish.power-supply-metrics": encoded(RESOURCES[f"{POWER}/PowerSupplies/1/Metrics"]),
    "redfish.thermal": encoded(RESOURCES[f"{CHASSIS}/Thermal"]),
    "redfish.fan": encoded(RESOURCES[f"{THERMAL}/Fans/f1"]),
    "redfish.sensor": encoded(SENSOR),
    "redfish.environment-metrics": encoded(METRICS),
    "redfish.leak-detection": encoded(LEAKS),
    "openconfig.interface": encoded([{"path": p, "value": v} for p, v in UPDATES if p.startswith("/interf")]),
    "openconfig.component": encoded([{"path": p, "value": v} for p, v in UPDATES if p.startswith("/comp")]),
    "openconfig.lldp": encoded([{"path": p, "value": v} for p, v in UPDATES if p.startswith("/lldp")]),
}
JSON = sorted(name for name in SAMPLES if not name.startswith(("snmp.", "eos.text")))


@pytest.mark.parametrize("case", ours())
def test_a_cut_of_a_recorded_reply_is_never_an_empty_success(case: Case) -> None:
    made = detect(case.data)
    assert made is not None
    end = len(case.data.rstrip())
    step = max(1, end // 60)
    for cut in sorted({*range(0, end, step), *range(max(0, end - 40), end)}):
        decoded = made.decode(case.data[:cut])
        if decoded.outcome == "ok":
            assert values(decoded)
            assert made.name.startswith(("snmp.", "eos.text")), f"after {cut} of {end} bytes"


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
@pytest.mark.parametrize("name", JSON)
def test_what_is_no_number_of_json_is_no_value(name: str, literal: str) -> None:
    made, text = find_format(name), SAMPLES[name].decode()
    told = list(values(made.decode(SAMPLES[name])).values())
    for at, letter in enumerate(text):
        if letter.isdigit() and text[at - 2 : at] == ": ":
            wrong = text[:at] + literal + text[at + 1 :].lstrip("0123456789.")
            decoded = made.decode(wrong.encode())
            assert decoded.outcome != "ok" or all(each in told for each in values(decoded).values())


def test_what_eos_does_not_support_is_no_data_and_what_failed_is_not() -> None:
    for name in ("eos.transceiver", "eos.phy-detail"):
        assert find_format(name).decode(ERRORS["eos-unsupported"]).outcome == "no_data"
        assert find_format(name).decode(ERRORS["eos"]).outcome == "unparsable"


@pytest.mark.parametrize(
    "line",
    [
        b"1.3.6.1.2.1.1.5.0|4|leaf\n",
        b"1.3.6.1.2.1.1.5.0|2|1e5\n",
        b"1.3.6.1.2.1.1.9.0|66|-1\n",
        b"1.3.6.1.2.1.1.9.0|4x|xyz\n",
        b"1.3.6.1.2.1.1.9.0|2|\xd9\xa1\n",
        b"1.3.6.1.2.1.1.9.0|77|5\n",
        b"1.3.6.1.2.1.1.9.0\n",
        b"not.an.oid|2|5\n",
        b"1..3|2|5\n",
        b"1.3|2|" + b"9" * 5000 + b"\n",
    ],
)
def test_a_line_that_is_no_variable_makes_a_walk_unparsable(line: bytes) -> None:
    for name in ("snmp.apc-pdu", "snmp.switch"):
        whole = recorded(dict(APC)) if name == "snmp.apc-pdu" else recorded(dict(SWITCH))
        assert find_format(name).decode(whole + line).outcome == "unparsable"
