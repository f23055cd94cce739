"""What a small EOS switch answers: the shapes of its commands with values of our own."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]
VERSION: Json = {
    "mfgName": "Arista",
    "modelName": "DCS-7060X-9T",
    "hardwareRevision": "12.01",
    "serialNumber": "JAS25000007",
    "systemMacAddress": "02:00:5e:00:00:07",
    "version": "4.33.1F",
    "architecture": "x86_64",
    "internalVersion": "4.33.1F-1",
    "internalBuildId": "b-7",
    "kernelVersion": "5.10.165",
    "bootupTimestamp": 1750000000.5,
    "uptime": 86400.25,
    "memTotal": 8000000,
}
HOSTNAME: Json = {"hostname": "leaf-2", "fqdn": "leaf-2.row.example"}
CLOCK: Json = {"utcTime": 1750086400.5, "timezone": "UTC", "clockSource": {"ntpServer": "192.0.2.9"}}
INVENTORY: Json = {
    "systemInformation": {"name": "DCS-7060X-9T", "serialNum": "JAS25000007", "hardwareRev": "12.01"},
    "xcvrSlots": {
        "2": {"mfgName": "Not Present", "modelName": "", "serialNum": "", "hardwareRev": ""},
        "1": {"mfgName": "ACME", "modelName": "AO-400", "serialNum": "AO777", "hardwareRev": "1A"},
        "3": {"mfgName": "ACME", "modelName": "AO-DAC", "serialNum": "AO888", "hardwareRev": "1A"},
    },
    "powerSupplySlots": {
        "1": {"name": "PWR-1", "serialNum": "P1"},
        "2": {"name": "PWR-1", "serialNum": "P2"},
        "3": {"name": "Not Inserted", "serialNum": ""},
    },
    "fanTraySlots": {},
}


def _interface(link: str, protocol: str, gbps: int) -> Json:
    return {
        "hardware": "ethernet",
        "interfaceStatus": link,
        "lineProtocolStatus": protocol,
        "bandwidth": gbps * 10**9,
        "mtu": 9214,
        "physicalAddress": "02:00:5e:00:01:01",
        "description": "",
        "lastStatusChangeTimestamp": 1750001000.0,
        "interfaceCounters": {"linkStatusChanges": 3, "inOctets": 12},
    }


INTERFACES: Json = {
    "interfaces": {
        "Ethernet1/1": _interface("connected", "up", 400),
        "Ethernet2/1": _interface("notconnect", "notPresent", 0),
        "Ethernet3/1": _interface("disabled", "down", 100),
        "Ethernet4/1": _interface("errdisabled", "down", 100),
        "Ethernet5/1": _interface("inactive", "unknown", 100),
    }
}
_TYPES = ("400GBASE-DR4", "Not Present", "100GBASE-CR4", "100GBASE-DR1", "100GBASE-X9")
STATUS: Json = {
    "interfaceStatuses": {
        name: {
            "linkStatus": entry["interfaceStatus"],
            "lineProtocolStatus": entry["lineProtocolStatus"],
            "bandwidth": entry["bandwidth"],
            "interfaceType": kind,
            "description": "to the spine",
            "duplex": "duplexFull",
        }
        for (name, entry), kind in zip(INTERFACES["interfaces"].items(), _TYPES, strict=True)
    }
}
ERROR_CORRECTION: Json = {
    "interfaceErrCorrStatuses": {
        "Ethernet1/1": {"errCorrEncodingStatus": "reedSolomon"},
        "Ethernet2/1": {"errCorrEncodingStatus": "disabled"},
        "Ethernet3/1": {"errCorrEncodingStatus": "reedSolomon"},
        "Ethernet4/1": {"errCorrEncodingStatus": "reedSolomon"},
        "Ethernet5/1": {"errCorrEncodingStatus": "reedSolomon"},
    }
}
TRANSCEIVERS: Json = {
    "interfaces": {
        "Ethernet1/1": {
            "displayName": "Ethernet1/1",
            "vendorSn": "AO777",
            "mediaType": "400GBASE-DR4",
            "parameters": {
                "temperature": {"unit": "C", "channels": {"-": 51.5}, "threshold": {"highAlarm": 75.0}},
                "voltage": {"unit": "V", "channels": {"-": 3.31}},
                "txBias": {"unit": "mA", "channels": {"1": 62.5, "2": 61.0, "3": 0.0}},
                "txPower": {"unit": "dBm", "channels": {"1": 1.25, "2": 0.0, "3": -30.0}},
                "rxPower": {
                    "unit": "dBm",
                    "channels": {"1": -1.5, "2": -30.0, "3": -28.25, "4": "N/A"},
                    "threshold": {"lowAlarm": -8.5, "lowWarn": -6.5, "lowAlarmOverridden": False},
                },
            },
        },
        "Ethernet2/1": {"displayName": "Ethernet2/1"},
        "Ethernet3/1": {"displayName": "Ethernet3/1"},
    }
}


def _phy(location: str | None, corrected: int, uncorrected: int, ber: float) -> Json:
    return {
        "description": {"phyChipName": "X", **({} if location is None else {"location": location})},
        "phyState": {"value": "linkUp", "changes": 4},
        "fec": {
            "encoding": "reedSolomon",
            "correctedCodewords": {"value": corrected, "changes": 1},
            "uncorrectedCodewords": {"value": uncorrected, "changes": 1},
        },
        "preFecBer": {"value": ber},
    }


PHYS: Json = {
    "interfacePhyStatuses": {
        "Ethernet1/1": {
            "phyStatuses": [
                {"description": {"phyChipName": "X"}},
                _phy("system", 900, 900, 1e-3),
                _phy("line", 7000, 0, 2.5e-9),
            ]
        },
        "Ethernet3/1": {"phyStatuses": [_phy("line", 10, 2, 1e-12), _phy("line", 5, 1, 3e-7)]},
        "Ethernet4/1": {"phyStatuses": [{"description": {"phyChipName": "X"}}]},
    }
}


def _neighbor(name: str, **interface: str) -> Json:
    return {
        "chassisIdType": "macAddress",
        "chassisId": "0200.5e00.0a01",
        "systemName": name,
        "ttl": 120,
        "lastContactTime": 1750086390.25,
        "managementAddresses": [{"address": "192.0.2.7", "addressType": "ipv4"}],
        "neighborInterfaceInfo": {
            "interfaceIdType": "interfaceName",
            "interfaceDescription": "up",
            **interface,
        },
    }


NEIGHBORS: Json = {
    "lldpNeighbors": {
        "Ethernet1/1": {
            "lldpNeighborInfo": [_neighbor("leaf-1", interfaceId='"Ethernet8"', interfaceId_v2="Ethernet8")]
        },
        "Ethernet2/1": {"lldpNeighborInfo": []},
        "Ethernet3/1": {"lldpNeighborInfo": [_neighbor("spine-1", interfaceId='"Ethernet5"')]},
    }
}
POWER: Json = {
    "powerSupplies": {
        "1": {
            "state": "ok",
            "inputVoltage": 229.5,
            "outputPower": 310.0,
            "modelName": "PWR-1",
            "managed": True,
        },
        "2": {"state": "powerLoss", "inputVoltage": 0.0, "outputPower": 0.0, "managed": True},
    }
}
COOLING: Json = {
    "systemStatus": "coolingOk",
    "fanTraySlots": [
        {"label": "1", "status": "ok", "fans": [{"label": "1/1", "status": "ok", "actualSpeed": 40}]},
        {"label": "2", "status": "failed", "fans": [{"label": "2/1", "status": "failed", "actualSpeed": 0}]},
    ],
    "powerSupplySlots": [
        {"label": "P1", "status": "ok", "fans": [{"label": "PowerSupply1/1", "status": "ok"}]}
    ],
}
TEMPERATURE: Json = {
    "systemStatus": "temperatureOk",
    "ambientThreshold": 45,
    "tempSensors": [
        {"name": "TempSensor1", "currentTemperature": 41.5, "overheatThreshold": 90.0, "hwStatus": "ok"},
        {"name": "TempSensor2", "currentTemperature": 0.0, "overheatThreshold": 90.0, "hwStatus": "failed"},
    ],
    "cardSlots": [],
    "powerSupplySlots": [
        {"tempSensors": [{"name": "TempSensorP1/1", "currentTemperature": 30.0, "hwStatus": "ok"}]}
    ],
}


def healthy() -> dict[str, Any]:
    """All replies of one switch, to change at will."""
    return copy.deepcopy(
        {
            "show version": VERSION,
            "show hostname": HOSTNAME,
            "show clock": CLOCK,
            "show inventory": INVENTORY,
            "show interfaces": INTERFACES,
            "show interfaces status": STATUS,
            "show interfaces error-correction": ERROR_CORRECTION,
            "show interfaces transceiver dom thresholds": TRANSCEIVERS,
            "show interfaces phy detail": PHYS,
            "show lldp neighbors detail": NEIGHBORS,
            "show system environment power": POWER,
            "show system environment cooling": COOLING,
            "show system environment temperature": TEMPERATURE,
            "enable": {},
            "configure": {},
            "interface Ethernet1/1": {},
            "shutdown": {},
            "no shutdown": {},
        }
    )
