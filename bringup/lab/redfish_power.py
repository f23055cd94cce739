"""Power supplies in Redfish: PowerSubsystem with its supplies and their metrics, and the older Power."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bringup.lab.redfish_shape import Json, collection, condition, link
from bringup.lab.state import Device, Supply
from bringup.lab.world import World

INPUT_LOSS = 1.06
"""Watts drawn for each watt delivered."""


def resources(world: World, node: Device, chassis: str) -> dict[str, Callable[[], Json]]:
    """Path -> maker, below a chassis."""
    supplies = f"{chassis}/PowerSubsystem/PowerSupplies"
    paths = {f"{supplies}/Bay{bay}": (bay, supply) for bay, supply in enumerate(node.supplies, 1)}
    found: dict[str, Callable[[], Json]] = {
        f"{chassis}/PowerSubsystem": partial(_subsystem, world, node, supplies),
        supplies: lambda: collection("PowerSupply", "Power Supply", list(paths)),
        f"{chassis}/Power": partial(_old_power, world, node, f"{chassis}/Power"),
    }
    for path, (bay, supply) in paths.items():
        found[path] = partial(_supply, world, node, supply, bay, path)
        if supply.fitted:
            found[f"{path}/Metrics"] = partial(_metrics, world, node, supply)
    return found


def _subsystem(world: World, node: Device, supplies: str) -> Json:
    working = sum(world.supply_ok(node.name, supply.name) for supply in node.supplies)
    redundant = working > 1
    return {
        "@odata.type": "#PowerSubsystem.v1_1_0.PowerSubsystem",
        "Id": "PowerSubsystem",
        "Name": "Power Subsystem",
        "CapacityWatts": sum(supply.capacity_w for supply in node.supplies if supply.fitted),
        "PowerSupplies": link(supplies),
        "PowerSupplyRedundancy": [
            {
                "RedundancyType": "NPlusM",
                "MaxSupportedInGroup": len(node.supplies),
                "MinNeededInGroup": 1,
                "Status": {"State": "Enabled", "Health": "OK" if redundant else "Warning"},
            }
        ],
        "Status": {"State": "Enabled", "Health": "OK" if redundant else "Warning"},
    }


def _supply(world: World, node: Device, supply: Supply, bay: int, path: str) -> Json:
    volts = world.supply_input_v(node.name, supply.name)
    about = {
        "@odata.type": "#PowerSupply.v1_5_0.PowerSupply",
        "Id": f"Bay{bay}",
        "Name": f"Power Supply Bay {bay}",
        "PowerSupplyType": "AC",
        "HotPluggable": True,
        "Location": {
            "PartLocation": {
                "ServiceLabel": f"PSU {bay}",
                "LocationType": "Bay",
                "LocationOrdinalValue": bay - 1,
            }
        },
        "Status": condition(supply.fitted, world.supply_ok(node.name, supply.name)),
    }
    if not supply.fitted:
        return about
    return about | {
        "Manufacturer": node.vendor,
        "Model": supply.model,
        "SerialNumber": supply.serial,
        "FirmwareVersion": "1.02",
        "PowerCapacityWatts": supply.capacity_w,
        "InputNominalVoltageType": "AC200To240V",
        "LineInputStatus": "Normal" if volts else "LossOfInput",
        "Metrics": link(f"{path}/Metrics"),
    }


def _metrics(world: World, node: Device, supply: Supply) -> Json:
    watts = world.supply_output_w(node.name, supply.name)
    volts = world.supply_input_v(node.name, supply.name)
    return {
        "@odata.type": "#PowerSupplyMetrics.v1_1_0.PowerSupplyMetrics",
        "Id": "Metrics",
        "Name": "Power Supply Metrics",
        "Status": condition(True, world.supply_ok(node.name, supply.name)),
        "InputVoltage": {"Reading": volts},
        "InputCurrentAmps": {"Reading": round(watts * INPUT_LOSS / volts, 3) if volts else 0.0},
        "InputPowerWatts": {"Reading": round(watts * INPUT_LOSS, 1)},
        "OutputPowerWatts": {"Reading": round(watts, 1)},
    }


def _old_power(world: World, node: Device, path: str) -> Json:
    entries = [_old_supply(world, node, supply, bay, path) for bay, supply in enumerate(node.supplies)]
    drawn = sum(world.supply_output_w(node.name, supply.name) for supply in node.supplies) * INPUT_LOSS
    return {
        "@odata.type": "#Power.v1_7_1.Power",
        "Id": "Power",
        "Name": "Power",
        "PowerControl": [
            {
                "@odata.id": f"{path}#/PowerControl/0",
                "MemberId": "0",
                "Name": "Chassis Power Control",
                "PowerConsumedWatts": round(drawn, 1),
            }
        ],
        "PowerSupplies": entries,
        "PowerSupplies@odata.count": len(entries),
        "Redundancy": [],
    }


def _old_supply(world: World, node: Device, supply: Supply, index: int, path: str) -> Json:
    entry: Json = {
        "@odata.id": f"{path}#/PowerSupplies/{index}",
        "MemberId": str(index),
        "Name": f"Power Supply Bay {index + 1}",
        "Status": condition(supply.fitted, world.supply_ok(node.name, supply.name)),
    }
    if not supply.fitted:
        return entry
    watts = world.supply_output_w(node.name, supply.name)
    return entry | {
        "PowerSupplyType": "AC",
        "Manufacturer": node.vendor,
        "Model": supply.model,
        "SerialNumber": supply.serial,
        "FirmwareVersion": "1.02",
        "LineInputVoltageType": "AC200To240V",
        "LineInputVoltage": world.supply_input_v(node.name, supply.name),
        "PowerCapacityWatts": supply.capacity_w,
        "PowerInputWatts": round(watts * INPUT_LOSS, 1),
        "PowerOutputWatts": round(watts, 1),
        "LastPowerOutputWatts": round(watts, 1),
    }
