"""What a small BMC serves: its ids are odd on purpose, so that nothing can know them beforehand."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]
V1 = "/redfish/v1"
SYSTEM, MANAGER, CHASSIS = f"{V1}/Systems/blue-7", f"{V1}/Managers/mc.0", f"{V1}/Chassis/tray_9"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"
POWER, THERMAL = f"{CHASSIS}/PowerSubsystem", f"{CHASSIS}/ThermalSubsystem"


def link(path: str) -> Json:
    return {"@odata.id": path}


def collection(*paths: str) -> Json:
    return {
        "@odata.type": "#X.X",
        "Members": [link(path) for path in paths],
        "Members@odata.count": len(paths),
    }


def supply(bay: int, state: str, health: str | None, **more: Any) -> Json:
    status = {"State": state, **({} if health is None else {"Health": health})}
    return {
        "@odata.type": "#PowerSupply.v1_5_0.PowerSupply",
        "Id": f"bay{bay}",
        "Name": f"Power Supply {bay}",
        "Status": status,
        "SerialNumber": f"P{bay}",
        **more,
    }


RESOURCES: dict[str, Json] = {
    f"{V1}/": {
        "@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot",
        "Systems": link(f"{V1}/Systems"),
        "Managers": link(f"{V1}/Managers"),
        "Chassis": link(f"{V1}/Chassis"),
        "UpdateService": link(f"{V1}/UpdateService"),
    },
    f"{V1}/Systems": collection(SYSTEM),
    SYSTEM: {
        "@odata.id": SYSTEM,
        "@odata.type": "#ComputerSystem.v1_20_0.ComputerSystem",
        "Manufacturer": "ACME",
        "Model": "AR-8000",
        "SerialNumber": "AR25000001",
        "BiosVersion": "3.4.1",
        "HostName": "node-01",
        "PowerState": "Off",
        "SystemType": "Physical",
        "Actions": {
            "#ComputerSystem.Reset": {
                "target": RESET,
                "ResetType@Redfish.AllowableValues": ["On", "ForceOff", "GracefulShutdown"],
            }
        },
        "Links": {"Chassis": [link(CHASSIS)], "ManagedBy": [link(MANAGER)]},
    },
    f"{V1}/Managers": collection(MANAGER),
    MANAGER: {
        "@odata.id": MANAGER,
        "@odata.type": "#Manager.v1_19_0.Manager",
        "ManagerType": "BMC",
        "Model": "AR-BMC",
        "FirmwareVersion": "2.14.1",
        "DateTime": "2025-06-16T17:06:40+02:00",
        "LastResetTime": "2025-06-16T14:06:40Z",
        "NetworkProtocol": link(f"{MANAGER}/NetworkProtocol"),
        "EthernetInterfaces": link(f"{MANAGER}/EthernetInterfaces"),
    },
    f"{MANAGER}/NetworkProtocol": {"@odata.type": "#ManagerNetworkProtocol.v1_9_0.X", "HostName": "bmc-01"},
    f"{MANAGER}/EthernetInterfaces": collection(f"{MANAGER}/EthernetInterfaces/e0"),
    f"{MANAGER}/EthernetInterfaces/e0": {
        "@odata.type": "#EthernetInterface.v1_9_0.X",
        "HostName": "bmc-01-e0",
    },
    f"{V1}/UpdateService": {"FirmwareInventory": link(f"{V1}/UpdateService/FirmwareInventory")},
    f"{V1}/UpdateService/FirmwareInventory": collection(f"{V1}/UpdateService/FirmwareInventory/CPLD%201"),
    f"{V1}/UpdateService/FirmwareInventory/CPLD%201": {
        "@odata.type": "#SoftwareInventory.v1_10_0.SoftwareInventory",
        "Id": "CPLD 1",
        "Version": "0x17",
    },
    f"{V1}/Chassis": collection(CHASSIS),
    CHASSIS: {
        "@odata.type": "#Chassis.v1_25_0.Chassis",
        "PowerSubsystem": link(POWER),
        "ThermalSubsystem": link(THERMAL),
        "Power": link(f"{CHASSIS}/Power"),
        "Thermal": link(f"{CHASSIS}/Thermal"),
    },
    POWER: {"PowerSupplies": link(f"{POWER}/PowerSupplies")},
    f"{POWER}/PowerSupplies": collection(*(f"{POWER}/PowerSupplies/{bay}" for bay in (1, 2, 3, 4))),
    f"{POWER}/PowerSupplies/1": supply(1, "Enabled", "OK", Metrics=link(f"{POWER}/PowerSupplies/1/Metrics")),
    f"{POWER}/PowerSupplies/1/Metrics": {
        "@odata.type": "#PowerSupplyMetrics.v1_1_0.PowerSupplyMetrics",
        "InputVoltage": {"Reading": 229.5},
        "OutputPowerWatts": {"Reading": 0},
    },
    f"{POWER}/PowerSupplies/2": supply(2, "Enabled", "Critical"),
    f"{POWER}/PowerSupplies/3": supply(3, "Absent", None),
    f"{POWER}/PowerSupplies/4": supply(4, "Enabled", None),
    THERMAL: {"Fans": link(f"{THERMAL}/Fans"), "ThermalMetrics": link(f"{THERMAL}/ThermalMetrics")},
    f"{THERMAL}/Fans": collection(f"{THERMAL}/Fans/f1"),
    f"{THERMAL}/Fans/f1": {
        "@odata.type": "#Fan.v1_5_0.Fan",
        "Name": "Chassis Fan #1",
        "Status": {"State": "Enabled", "Health": "OK"},
        "SpeedPercent": {"Reading": 45, "SpeedRPM": 5600},
    },
    f"{THERMAL}/ThermalMetrics": {
        "@odata.type": "#ThermalMetrics.v1_3_0.ThermalMetrics",
        "TemperatureReadingsCelsius": [
            {"DeviceName": "Inlet", "Reading": 24.5},
            {"DataSourceUri": f"{CHASSIS}/Sensors/CPU1Temp", "Reading": None},
        ],
    },
    f"{CHASSIS}/Power": {
        "@odata.type": "#Power.v1_7_0.Power",
        "PowerSupplies": [
            {
                "Name": "PSU 1",
                "Status": {"State": "Enabled", "Health": "OK"},
                "LineInputVoltage": 230,
                "LastPowerOutputWatts": 310,
            }
        ],
    },
    f"{CHASSIS}/Thermal": {
        "@odata.type": "#Thermal.v1_7_0.Thermal",
        "Fans": [{"Name": "Fan 1", "Reading": 5000, "ReadingUnits": "RPM", "Status": {"State": "Absent"}}],
        "Temperatures": [
            {"Name": "CPU1 Temp", "ReadingCelsius": 0, "Status": {"State": "Disabled"}},
            {
                "Name": "Inlet",
                "ReadingCelsius": 24,
                "UpperThresholdCritical": 45,
                "Status": {"State": "Enabled"},
            },
        ],
    },
}


def healthy() -> dict[str, Any]:
    """All resources of one service, to change at will."""
    return copy.deepcopy(RESOURCES)
