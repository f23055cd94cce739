"""SONiC's checkpoints and rollbacks, and the timed jobs of the systemd beneath it.

Commands: sonic-utilities' `config checkpoint`, `config rollback` and their like; systemd-run(1). There is no
commit timer: a job that is set before a change has to take it back.
"""

from __future__ import annotations

import json

from bringup.lab.config_state import Timer
from bringup.lab.configuration import DEFAULT_ROUTE, ROLLBACK, restore, snapshot
from bringup.lab.shell import Handler, Reply, table
from bringup.lab.state import Device
from bringup.lab.world import World

_FEC = {"rs": "rs544", "fc": "fc", "none": "none"}
INACTIVE = 3
"""systemctl's exit status for a unit that does not run."""


class SonicConfig:
    """The `config` commands of one switch that change more than a port's state."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    @property
    def _switch(self) -> Device:
        return self._world.device(self._device)

    def table(self) -> dict[str, Handler]:
        """Patterns of whole command lines."""
        name = r"(?P<name>[A-Za-z0-9_.-]+)"
        return {
            rf"sudo config checkpoint {name}": self._checkpoint,
            rf"sudo config rollback {name}": self._rollback,
            rf"sudo config delete-checkpoint {name}": self._delete,
            r"sudo config list-checkpoints": self._list,
            rf"sudo systemd-run --on-active=(?P<seconds>\d+) --unit={name} (/usr/local/bin/)?(?P<job>.+)": (
                self._timed
            ),
            rf"(sudo )?systemctl is-active {name}\.timer": self._is_active,
            rf"sudo systemctl stop {name}\.timer": self._stop,
            r"systemctl list-units --type=timer --state=active --no-legend --plain bringup-\*": self._timers,
            r"sudo config interface mtu (?P<port>\S+) (?P<mtu>\d+)": self._mtu,
            r"sudo config interface fec (?P<port>\S+) (?P<mode>rs|fc|none)": self._fec,
            r"sudo config route add prefix 0\.0\.0\.0/0 nexthop (?P<hop>.+)": self._route,
            r"show interfaces portchannel": self._bundles,
            r"sudo config save -y": lambda: Reply("Running command: /usr/local/bin/sonic-cfggen\n"),
        }

    def _checkpoint(self, name: str) -> Reply:
        with self._world.changing():
            self._switch.configuration.checkpoints[name] = snapshot(self._switch)
        return Reply(f"Config Rollbacker: Config checkpoint starting.\nCheckpoint {name} created.\n")

    def _rollback(self, name: str) -> Reply:
        held = self._switch.configuration.checkpoints.get(name)
        if held is None:
            return Reply("", f"Error: Checkpoint '{name}' does not exist\n", 1)
        with self._world.changing():
            restore(self._switch, held)
        return Reply("Config Rollbacker: Config rollbacking starting.\nConfig rolled back successfully.\n")

    def _delete(self, name: str) -> Reply:
        if self._switch.configuration.checkpoints.pop(name, None) is None:
            return Reply("", f"Error: Checkpoint '{name}' does not exist\n", 1)
        return Reply("Checkpoint deleted successfully.\n")

    def _list(self) -> Reply:
        return Reply(json.dumps(list(self._switch.configuration.checkpoints), indent=4) + "\n")

    def _timed(self, seconds: str, name: str, job: str) -> Reply:
        timers = self._switch.configuration.timers
        if any(timer.unit == name for timer in timers):
            return Reply("", f"Failed to start transient timer unit: Unit {name}.timer already exists.\n", 1)
        if not job.startswith(ROLLBACK):
            return Reply("", f"Failed to find executable {job.split()[0]}: No such file or directory\n", 1)
        with self._world.changing():
            timers.append(Timer(unit=name, due_at=self._world.plant.at + float(seconds), command=job))
        words = f"Running timer as unit: {name}.timer\nWill run service as unit: {name}.service\n"
        return Reply("", words)

    def _is_active(self, name: str) -> Reply:
        self._world.now()
        active = any(timer.unit == name for timer in self._switch.configuration.timers)
        return Reply("active\n") if active else Reply("inactive\n", "", INACTIVE)

    def _timers(self) -> Reply:
        self._world.now()
        timers = self._switch.configuration.timers
        lines = [f"{timer.unit}.timer loaded active waiting {timer.command}\n" for timer in timers]
        return Reply("".join(lines))

    def _stop(self, name: str) -> Reply:
        timers = self._switch.configuration.timers
        for timer in [timer for timer in timers if timer.unit == name]:
            with self._world.changing():
                timers.remove(timer)
            return Reply("")
        return Reply("", f"Failed to stop {name}.timer: Unit {name}.timer not loaded.\n", 5)

    def _bundles(self) -> Reply:
        legend = (
            "Flags: A - active, I - inactive, Up - up, Dw - Down, N/A - not available,\n"
            "       S - selected, D - deselected, * - not synced\n"
        )
        rows = []
        for name, members in self._switch.configuration.bundles.items():
            ups = {member: self._world.port(f"{self._device}/{member}").up for member in members}
            word = "LACP(A)(Up)" if any(ups.values()) else "LACP(A)(Dw)"
            ports = " ".join(f"{member}({'S' if up else 'D'})" for member, up in ups.items())
            rows.append([name.removeprefix("PortChannel"), name, word, ports])
        return Reply(legend + table(["No.", "Team Dev", "Protocol", "Ports"], rows, "><<<"))

    def _mtu(self, port: str, mtu: str) -> Reply:
        return self._set(port, mtu=int(mtu))

    def _fec(self, port: str, mode: str) -> Reply:
        return self._set(port, fec_mode=_FEC[mode])

    def _set(self, name: str, **settings: object) -> Reply:
        for port in self._switch.ports:
            if port.name == name:
                with self._world.changing():
                    for field, held in settings.items():
                        setattr(port, field, held)
                return Reply("")
        return Reply("", "Error: Interface name is invalid. Please enter a valid interface name!!\n", 2)

    def _route(self, hop: str) -> Reply:
        """A default route that this command sets leads elsewhere than to where bring-up runs."""
        with self._world.changing():
            self._switch.configuration.settings[DEFAULT_ROUTE] = hop
        return Reply("")
