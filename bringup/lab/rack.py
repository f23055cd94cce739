"""A simulated rack that stands: world, servers, faults, and the folder that all of it is written to.

`folder` holds inventory.toml, cables.csv and secrets/ (what a run needs), answers.toml and approve-key (the
simulated technician), and world.json and lab.json (so that the same lab can stand again: same ports, same
keys, its time gone on meanwhile). The world is saved at each change: a killed lab comes back as it was.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from bringup.lab.clock import MAX_SPEED, MIN_SPEED, WorldClock
from bringup.lab.faults import Applied, FaultBook
from bringup.lab.folder_lock import FolderLock
from bringup.lab.inventory import write_inventory, write_private
from bringup.lab.presence import Service
from bringup.lab.profile import PROFILES
from bringup.lab.server import LabServer
from bringup.lab.state import Device, Plant
from bringup.lab.technician import write_technician
from bringup.lab.world import World, restore
from bringup.model.errors import InputError

ADDRESS = "127.0.0.1"
WATCH_S = 0.02
STATE = "lab.json"
WORLD = "world.json"


class LabState(msgspec.Struct, frozen=True, kw_only=True):
    """lab.json: what a lab needs, beside its world, to stand again."""

    profile: str
    seed: int
    speed: float
    origin_unix_s: float
    endpoints: tuple[tuple[str, str, str, int], ...] = ()
    faults: tuple[Applied, ...] = ()
    faults_added: int = 0


class LabRack:
    """One lab on loopback. `start` makes it stand, `stop` takes it down; both within one event loop."""

    def __init__(
        self,
        folder: Path,
        *,
        profile: str = "mini",
        seed: int = 1,
        speed: float = 1.0,
        faults: tuple[str, ...] = (),
        wall: Callable[[], float] = time.time,
        clock: WorldClock | None = None,
    ) -> None:
        """A folder that holds a lab already gives that one back: `profile`, `seed` and `speed` are its own.

        Raises:
            InputError: no such profile, speed out of range, the folder's lab can't be read or stands now.
        """
        self.folder = folder
        self._given = faults
        self._lock = FolderLock(folder)
        try:
            saved = _saved_state(folder)
            self.restored = saved is not None
            self.state = saved or _new_state(profile, seed, speed, clock.origin_unix_s if clock else wall())
            plant = (
                _saved_plant(folder) if saved else PROFILES[profile](seed, speed, self.state.origin_unix_s)
            )
        except InputError:
            self._lock.release()
            raise
        self.world = World(plant, clock or _clock(self.state, plant, wall))
        self.faults = FaultBook(self.world, self.state.seed, self.state.faults, self.state.faults_added)
        self.services: list[Service] = []
        self._watcher: asyncio.Task[None] | None = None
        self._following = asyncio.Lock()

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory.toml"

    async def start(self) -> None:
        """Start every server, write the folder, apply the faults.

        Raises:
            InputError: a port of a restored lab is taken, or a fault can't be applied.
        """
        self.services = self._make_services()
        try:
            await self.follow()
        except OSError as error:
            await self.stop()
            raise InputError(f"the lab can't have its ports back: {error}", "Stop what uses them.") from error
        if not self.restored:
            endpoints = {(each.device, each.name): (each.address, each.port) for each in self.services}
            write_inventory(self.folder, self.world.plant, endpoints)
            write_technician(self.folder, self.world.plant.name)
        self.world.on_change(self.save)
        try:
            for fault in self._given:
                self.faults.add(fault)
        except InputError:
            await self.stop()
            raise
        self.save()
        await self.follow()
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def _make_services(self) -> list[Service]:
        known = {(device, name): (address, port) for device, name, address, port in self.state.endpoints}
        servers = {
            (device.name, name): server
            for device in self.world.devices
            for name, server in servers_of(self.world, device)
        }
        return [
            Service(*key, *known.get(key, (ADDRESS, 0)), partial(self._answering, servers, *key))
            for key in servers
        ]

    def _answering(
        self, servers: Mapping[tuple[str, str], LabServer], owner: str, name: str
    ) -> tuple[Device, LabServer] | None:
        """Who would answer in protocol `name` at the address that is planned for `owner`."""
        device = self.world.resident(owner)
        server = None if device is None else servers.get((device.name, name))
        return None if device is None or server is None else (device, server)

    async def _watch(self) -> None:
        """Devices come and go as time passes, too: look often enough that nobody notices."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self.follow()

    async def follow(self) -> None:
        """Let each service be as its device is now. Raises: OSError."""
        async with self._following:
            self.world.now()
            for service in self.services:
                await service.release()
            for service in self.services:
                await service.follow()

    def save(self) -> None:
        """Write world.json and lab.json; each replaces the old one whole."""
        self.state = msgspec.structs.replace(
            self.state,
            endpoints=tuple((each.device, each.name, each.address, each.port) for each in self.services),
            faults=tuple(self.faults.applied),
            faults_added=self.faults.added,
        )
        _replace(self.folder / WORLD, self.world.save())
        _replace(self.folder / STATE, msgspec.json.encode(self.state))

    async def stop(self) -> None:
        """Stop every server; the folder stays."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
            self._watcher = None
            self.save()
        for service in self.services:
            await service.stop()
        self._lock.release()


def servers_of(world: World, device: Device) -> list[tuple[str, LabServer]]:
    """The protocols that a platform speaks. Imported here: each brings its own library."""
    name = device.name
    if device.platform in ("apc-pdu", "raritan-pdu", "snmp-switch"):
        from bringup.lab.snmp_agent import SnmpAgent

        return [("snmp", SnmpAgent(world, name))]
    if device.platform == "sonic":
        from bringup.lab.gnmi_server import GnmiServer
        from bringup.lab.render_sonic import SonicShell
        from bringup.lab.ssh_server import SshServer

        return [("ssh", SshServer(world, name, SonicShell(world, name))), ("gnmi", GnmiServer(world, name))]
    if device.platform == "eos":
        from bringup.lab.eapi_server import EapiServer
        from bringup.lab.gnmi_server import GnmiServer

        return [("eapi", EapiServer(world, name)), ("gnmi", GnmiServer(world, name))]
    if device.platform == "linux":
        from bringup.lab.render_linux import LinuxShell
        from bringup.lab.ssh_server import SshServer

        return [("ssh", SshServer(world, name, LinuxShell(world, name)))]
    if device.platform == "nvue":
        from bringup.lab.gnmi_server import GnmiServer
        from bringup.lab.nvue_server import NvueServer
        from bringup.lab.nvue_shell import NvueShell
        from bringup.lab.ssh_server import SshServer

        return [
            ("ssh", SshServer(world, name, NvueShell(world, name))),
            ("nvue", NvueServer(world, name)),
            ("gnmi", GnmiServer(world, name)),
        ]
    if device.platform == "junos":
        from bringup.lab.junos_shell import JunosShell
        from bringup.lab.ssh_server import SshServer

        return [("ssh", SshServer(world, name, partial(JunosShell, world, name)))]
    if device.platform == "nxos":
        from bringup.lab.gnmi_server import GnmiServer
        from bringup.lab.nxos_shell import NxosShell
        from bringup.lab.ssh_server import SshServer

        return [
            ("ssh", SshServer(world, name, partial(NxosShell, world, name))),
            ("gnmi", GnmiServer(world, name)),
        ]
    if device.platform == "redfish-bmc":
        from bringup.lab.redfish_server import RedfishServer

        return [("redfish", RedfishServer(world, name))]
    return []


def _new_state(profile: str, seed: int, speed: float, origin_unix_s: float) -> LabState:
    if profile not in PROFILES:
        raise InputError(f"no profile is called {profile!r}", f"There are: {', '.join(PROFILES)}.")
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise InputError(f"a lab's time can't run {speed:g} times as fast", "Give a number from 1 to 1000.")
    return LabState(profile=profile, seed=seed, speed=speed, origin_unix_s=origin_unix_s)


def _saved_state(folder: Path) -> LabState | None:
    path = folder / STATE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=LabState)
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is no saved lab: {error}", "Remove it to start a new lab there.") from error


def _saved_plant(folder: Path) -> Plant:
    path = folder / WORLD
    try:
        return restore(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} can't be read: {error}", "Remove the folder to start anew.") from error


def _clock(state: LabState, plant: Plant, wall: Callable[[], float]) -> WorldClock:
    """World time goes on from the origin by the wall clock, and never back behind what has been reckoned."""
    reckoned_s = (plant.at - state.origin_unix_s) / state.speed
    elapsed_s = max(0.0, wall() - state.origin_unix_s, reckoned_s)
    return WorldClock(state.origin_unix_s, state.speed, elapsed_s=elapsed_s)


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_suffix(".new")
    write_private(beside, data.decode())
    beside.replace(path)
