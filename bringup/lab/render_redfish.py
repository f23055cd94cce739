"""A BMC and its node as Redfish resources (DSP0266; types as in DSP8010 2023.x).

Ids come from serial numbers, so that a client must find them by their collections. A supply that is not in
its bay is `Absent` without health; a node that is off has no health either, because nobody looks.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Mapping

from bringup.lab import redfish_cooling, redfish_leak, redfish_power
from bringup.lab.redfish_network import interface_resources
from bringup.lab.redfish_shape import Json, collection, link
from bringup.lab.redfish_update import MANAGER_RESETS, Update
from bringup.lab.state import Device
from bringup.lab.world import World

ROOT = "/redfish/v1"
RESETS = ("On", "ForceOff", "GracefulShutdown", "GracefulRestart", "ForceRestart", "PowerCycle")
NEED_POWER = frozenset({"GracefulRestart", "ForceRestart", "PowerCycle"})


class RedfishTree:
    """The resources of one BMC by path, without a trailing slash, made at each question."""

    def __init__(self, world: World, bmc: str) -> None:
        self._world = world
        self._bmc_name = bmc
        self.systems = f"{ROOT}/Systems"
        self.system = f"{self.systems}/{self.node.serial}"
        self.manager = f"{ROOT}/Managers/BMC-{self.bmc.serial}"
        self.chassis = f"{ROOT}/Chassis/Tray-{self.node.serial}"
        self.reset = f"{self.system}/Actions/ComputerSystem.Reset"
        self.reset_manager = f"{self.manager}/Actions/Manager.Reset"
        self.update = Update(world, bmc)
        self.sessions = f"{ROOT}/SessionService/Sessions"

    @property
    def bmc(self) -> Device:
        return self._world.device(self._bmc_name)

    @property
    def node(self) -> Device:
        """The host that this BMC manages."""
        name = self.bmc.host_device
        assert name is not None, "a BMC without a host"
        return self._world.device(name)

    def get(self, path: str) -> Json | None:
        """A resource, or None where there is none at this path."""
        maker = self._resources().get(path)
        return None if maker is None else {"@odata.id": path, **maker()}

    def root(self) -> Json:
        """The service root, which needs no login."""
        return {
            "@odata.id": f"{ROOT}/",
            "@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot",
            "Id": "RootService",
            "Name": "Root Service",
            "RedfishVersion": "1.15.0",
            "UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, self.bmc.serial)),
            "Vendor": self.bmc.vendor,
            "Product": self.bmc.model,
            "ProtocolFeaturesSupported": {
                "ExpandQuery": {"ExpandAll": False, "Levels": False, "Links": False, "NoLinks": False},
                "FilterQuery": False,
                "SelectQuery": False,
                "OnlyMemberQuery": False,
            },
            "Systems": link(self.systems),
            "Chassis": link(f"{ROOT}/Chassis"),
            "Managers": link(f"{ROOT}/Managers"),
            "SessionService": link(f"{ROOT}/SessionService"),
            "UpdateService": link(f"{ROOT}/UpdateService"),
            "Tasks": link(f"{ROOT}/TaskService"),
            "Links": {"Sessions": link(self.sessions)},
        }

    def _resources(self) -> dict[str, Callable[[], Json]]:
        """Path -> maker of what is there."""
        found: dict[str, Callable[[], Json]] = {
            self.systems: lambda: collection("ComputerSystem", "Systems", [self.system]),
            self.system: self._system,
            f"{ROOT}/Managers": lambda: collection("Manager", "Managers", [self.manager]),
            self.manager: self._manager,
            f"{ROOT}/Chassis": lambda: collection("Chassis", "Chassis", [self.chassis]),
            self.chassis: self._chassis,
            f"{ROOT}/UpdateService": self._update_service,
        }
        if self.bmc.jack is not None:
            found |= interface_resources(self.manager, self.bmc.jack)
        inventory = f"{ROOT}/UpdateService/FirmwareInventory"
        images = self._firmware()
        found[inventory] = lambda: collection(
            "SoftwareInventory",
            "Firmware",
            [f"{inventory}/{name}" for name in (*images, *self.update.staged())],
        )
        found |= self.update.resources()
        for name, version in images.items():
            found[f"{inventory}/{name}"] = lambda name=name, version=version: {  # type: ignore[misc]
                "@odata.type": "#SoftwareInventory.v1_10_0.SoftwareInventory",
                "Id": name,
                "Name": f"{name} image",
                "Version": version,
                "Status": {"State": "Enabled", "Health": "OK"},
                **self.update.image(name, self.system if name == "BIOS" else self.manager),
            }
        found |= redfish_power.resources(self._world, self.node, self.chassis)
        found |= redfish_cooling.resources(self._world, self.node, self.chassis)
        found |= redfish_leak.resources(self.node, self.chassis)
        return found

    def _system(self) -> Json:
        node, state = self.node, self._world.power_state(self.node.name)
        on = state == "On"
        return {
            "@odata.type": "#ComputerSystem.v1_20_0.ComputerSystem",
            "Id": node.serial,
            "Name": "System",
            "SystemType": "Physical",
            "UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, node.serial)),
            "Manufacturer": node.vendor,
            "Model": node.model,
            "SerialNumber": node.serial,
            "PartNumber": f"{node.model}-{node.hardware_revision}",
            "AssetTag": "",
            "HostName": node.hostname if node.booted else "",
            "BiosVersion": node.firmware.get("bios", ""),
            "PowerState": state,
            "IndicatorLED": "Off",
            "BootProgress": {"LastState": self._boot_progress()},
            "Boot": {
                "BootSourceOverrideEnabled": "Disabled",
                "BootSourceOverrideTarget": "None",
                "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", "Pxe", "Hdd", "BiosSetup"],
            },
            "ProcessorSummary": {
                "Count": 2,
                "LogicalProcessorCount": node.cpu_count,
                "Status": _health(on),
            },
            "MemorySummary": {
                "TotalSystemMemoryGiB": round(node.memory_kib / 1024**2),
                "Status": _health(on),
            },
            "Status": _health(on),
            "Links": {"Chassis": [link(self.chassis)], "ManagedBy": [link(self.manager)]},
            "Actions": {
                "#ComputerSystem.Reset": {
                    "target": self.reset,
                    "ResetType@Redfish.AllowableValues": list(RESETS),
                }
            },
        }

    def _boot_progress(self) -> str:
        if self.node.boot_started_at is None:
            return "None"
        return "OSRunning" if self.node.booted else "SystemHardwareInitializationComplete"

    def _manager(self) -> Json:
        bmc, now = self.bmc, self._world.wall_unix_s(self._bmc_name)
        began = self._world.wall_of(self._bmc_name, bmc.boot_started_at or 0.0)
        network = {"EthernetInterfaces": link(f"{self.manager}/EthernetInterfaces")} if bmc.jack else {}
        return {
            **network,
            "@odata.type": "#Manager.v1_18_0.Manager",
            "Id": f"BMC-{bmc.serial}",
            "Name": "Manager",
            "ManagerType": "BMC",
            "Manufacturer": bmc.vendor,
            "Model": bmc.model,
            "SerialNumber": bmc.serial,
            "FirmwareVersion": bmc.os_version,
            "UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"manager {bmc.serial}")),
            "DateTime": _moment(now),
            "DateTimeLocalOffset": "+00:00",
            "LastResetTime": _moment(began),
            "PowerState": "On",
            "Status": {"State": "Enabled", "Health": "OK"},
            "Actions": {
                "#Manager.Reset": {
                    "target": self.reset_manager,
                    "ResetType@Redfish.AllowableValues": list(MANAGER_RESETS),
                }
            },
            "Links": {
                "ManagerForServers": [link(self.system)],
                "ManagerForChassis": [link(self.chassis)],
            },
        }

    def _chassis(self) -> Json:
        node = self.node
        state = self._world.power_state(node.name)
        failed = any(
            supply.fitted and not self._world.supply_ok(node.name, supply.name) for supply in node.supplies
        )
        return {
            "@odata.type": "#Chassis.v1_23_0.Chassis",
            "Id": f"Tray-{node.serial}",
            "Name": "Tray",
            "ChassisType": "RackMount",
            "Manufacturer": node.vendor,
            "Model": node.model,
            "SerialNumber": node.serial,
            "PartNumber": f"{node.model}-{node.hardware_revision}",
            "PowerState": state if state in ("On", "Off") else "On",
            "Status": {"State": "Enabled", "Health": "Warning" if failed else "OK"},
            "PowerSubsystem": link(f"{self.chassis}/PowerSubsystem"),
            "ThermalSubsystem": link(f"{self.chassis}/ThermalSubsystem"),
            "Power": link(f"{self.chassis}/Power"),
            "Thermal": link(f"{self.chassis}/Thermal"),
            "Links": {"ComputerSystems": [link(self.system)], "ManagedBy": [link(self.manager)]},
        }

    def _update_service(self) -> Json:
        return {
            "@odata.type": "#UpdateService.v1_11_0.UpdateService",
            "Id": "UpdateService",
            "Name": "Update Service",
            "ServiceEnabled": False,
            "Status": {"State": "Disabled", "Health": "OK"},
            "FirmwareInventory": link(f"{ROOT}/UpdateService/FirmwareInventory"),
            **self.update.service(),
        }

    def _firmware(self) -> Mapping[str, str]:
        """Id -> version of each image that the BMC knows."""
        known = {"BMC": self.bmc.os_version}
        known |= {_identifier(name): version for name, version in self.node.firmware.items()}
        return known | {
            f"NIC_{port.index}": port.adapter.firmware for port in self.node.ports if port.adapter is not None
        }


def _health(on: bool) -> Json:
    return {"State": "Enabled", "Health": "OK"} if on else {"State": "StandbyOffline", "Health": None}


def _moment(unix_s: float) -> str:
    return datetime.datetime.fromtimestamp(unix_s, datetime.UTC).isoformat(timespec="milliseconds")


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name).upper() if len(name) <= 4 else name
