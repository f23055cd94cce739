"""What the controller of a power shelf, with a PDU and a cooling unit beside it, serves."""

from __future__ import annotations

from typing import Any

from tests.driver.redfish_bmc.resources import V1, Json, collection, link, supply

SHELF, PDU, CDU = f"{V1}/PowerEquipment/PowerShelves/s", f"{V1}/PowerEquipment/RackPDUs/p", f"{V1}/CDUs/c"
OUTLET = f"{PDU}/Outlets/A3"
CONTROL = f"{OUTLET}/Actions/Outlet.PowerControl"


def reading(number: float | None, **more: Any) -> Json:
    return {"Reading": number, **more}


SHELF_HELD: Json = {
    "@odata.id": SHELF,
    "@odata.type": "#PowerDistribution.v1_4_0.PowerDistribution",
    "Id": "s",
    "Name": "Shelf",
    "Manufacturer": "Acme",
    "Model": "PS-33K",
    "SerialNumber": "PS0001",
    "FirmwareVersion": "1.4.2",
    "PowerSupplies": link(f"{SHELF}/PowerSupplies"),
    "Mains": link(f"{SHELF}/Mains"),
    "Metrics": link(f"{SHELF}/Metrics"),
}
CDU_HELD: Json = {
    "@odata.id": CDU,
    "@odata.type": "#CoolingUnit.v1_1_0.CoolingUnit",
    "Id": "c",
    "Name": "CDU",
    "Model": "C-1M",
    "SerialNumber": "CDU001",
    "LeakDetection": link(f"{CDU}/LeakDetection"),
}
POWER_SHELF: dict[str, Json] = {
    f"{V1}/": {"RedfishVersion": "1.15.0", "PowerEquipment": link(f"{V1}/PowerEquipment")},
    f"{V1}/PowerEquipment": {"PowerShelves": link(f"{V1}/PowerEquipment/PowerShelves")},
    f"{V1}/PowerEquipment/PowerShelves": collection(SHELF),
    SHELF: SHELF_HELD,
    f"{SHELF}/PowerSupplies": collection(*(f"{SHELF}/PowerSupplies/{bay}" for bay in (1, 2, 3))),
    f"{SHELF}/PowerSupplies/1": supply(1, "Enabled", "OK", Metrics=link(f"{SHELF}/PowerSupplies/1/Metrics")),
    f"{SHELF}/PowerSupplies/1/Metrics": {"InputVoltage": reading(277.1), "OutputPowerWatts": reading(4100)},
    f"{SHELF}/PowerSupplies/2": supply(2, "Enabled", "Critical"),
    f"{SHELF}/PowerSupplies/3": supply(3, "Absent", None),
    f"{SHELF}/Mains": collection(f"{SHELF}/Mains/AC1"),
    f"{SHELF}/Mains/AC1": {
        "Id": "AC1",
        "Name": "Mains AC1",
        "Voltage": reading(277.1),
        "CurrentAmps": reading(30.5),
        "PowerWatts": reading(8440, ApparentVA=8500, PowerFactor=0.99),
        "EnergykWh": reading(12.5),
        "FrequencyHz": reading(None),
    },
    f"{SHELF}/Metrics": {"TemperatureCelsius": reading(31.5)},
}
RACK_PDU: dict[str, Json] = {
    f"{V1}/": {"PowerEquipment": link(f"{V1}/PowerEquipment")},
    f"{V1}/PowerEquipment": {"RackPDUs": link(f"{V1}/PowerEquipment/RackPDUs")},
    f"{V1}/PowerEquipment/RackPDUs": collection(PDU),
    PDU: {"Id": "p", "Name": "PDU", "SerialNumber": "PDU001", "Outlets": link(f"{PDU}/Outlets")},
    f"{PDU}/Outlets": collection(OUTLET, f"{PDU}/Outlets/A4"),
    OUTLET: {
        "Id": "A3",
        "Name": "Outlet A3",
        "UserLabel": "node-03",
        "PowerState": "On",
        "PowerWatts": reading(512.5),
        "Actions": {"#Outlet.PowerControl": {"target": CONTROL}},
    },
    f"{PDU}/Outlets/A4": {"Id": "A4", "Name": "Outlet A4", "PowerState": "PoweringOn"},
}
COOLING: dict[str, Json] = {
    f"{V1}/": {"ThermalEquipment": link(f"{V1}/ThermalEquipment")},
    f"{V1}/ThermalEquipment": {"CDUs": link(f"{V1}/CDUs")},
    f"{V1}/CDUs": collection(CDU),
    CDU: CDU_HELD,
    f"{CDU}/LeakDetection": {
        "LeakDetectorGroups": [
            {"GroupName": "base", "Detectors": [{"DeviceName": "tray", "DetectorState": "Critical"}]}
        ]
    },
}
