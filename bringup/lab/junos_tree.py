"""What a Junos switch tells with `| display xml` or `json`: interfaces, optics, LACP, time, commits.

As the real one: FEC counters of 0 stand where there is no FEC, too; lanes count from 0; no light is `- Inf`
dBm; a cage without a module has no optics to tell of. Field names: public parsers and recorded replies.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from bringup.lab.config_state import Commit
from bringup.lab.junos_document import Element, Text
from bringup.lab.physics import milliwatt
from bringup.lab.sonic_optics import limits_by_name
from bringup.lab.state import Device, Port
from bringup.lab.world import LaneReading, World

FEC_MODES = {"rs544": "FEC119", "rs528": "FEC91", "fc": "FEC74", "none": "NONE"}
ALARMS = ("high-alarm", "low-alarm", "high-warn", "low-warn")
SUFFIXES = ("HighAlarm", "LowAlarm", "HighWarning", "LowWarning")


class JunosTree:
    """The trees of one switch, made anew at each question."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._commands: dict[str, tuple[str, Callable[[], Element]]] = {
            "show version": ("software-information", self._version),
            "show system uptime": ("system-uptime-information", self._uptime),
            "show system commit": ("commit-information", self._commits),
            "show interfaces extensive": ("interface-information", lambda: self.interfaces(self._ports)),
            "show interfaces": ("interface-information", lambda: self.interfaces(self._ports)),
            "show interfaces diagnostics optics": (
                "interface-information",
                lambda: self.optics(self._ports),
            ),
            "show lacp interfaces": ("lacp-interface-information-list", self._lacp),
            "show lldp neighbors": ("lldp-neighbors-information", self._neighbors),
        }

    def answer(self, command: str) -> tuple[str, Element] | None:
        """(name, content) of the reply to a command as typed, with single spaces; None for another."""
        found = self._commands.get(command)
        return None if found is None else (found[0], found[1]())

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    @property
    def _ports(self) -> list[Port]:
        return list(self._world.ports(self._name))

    def _stamp(self, wall: float) -> Text:
        at = datetime.datetime.fromtimestamp(wall, datetime.UTC)
        return Text(f"{at:%Y-%m-%d %H:%M:%S} UTC", {"seconds": str(int(wall))})

    def _version(self) -> Element:
        device = self._device
        return [
            ("host-name", device.hostname),
            ("product-model", device.model),
            ("product-name", device.model),
            ("junos-version", device.os_version),
        ]

    def _uptime(self) -> Element:
        wall, up = self._world.wall_unix_s(self._name), int(self._world.uptime_s(self._name))
        booted = self._stamp(self._world.wall_of(self._name, self._device.boot_started_at or 0.0))
        length = Text(f"{up // 86_400}d {up // 3600 % 24:02d}:{up // 60 % 60:02d}", {"seconds": str(up)})
        return [
            ("current-time", [("date-time", self._stamp(wall))]),
            ("time-source", " NTP CLOCK "),
            ("system-booted-time", [("date-time", booted), ("time-length", length)]),
            ("uptime-information", [("date-time", self._stamp(wall)), ("up-time", length)]),
        ]

    def _commits(self) -> Element:
        self._world.now()
        return [("commit-history", self._commit(at, each))
                for at, each in enumerate(self._device.configuration.commits)]  # fmt: skip

    def _commit(self, at: int, commit: Commit) -> Element:
        told: Element = [
            ("sequence-number", str(at)),
            ("user", commit.user),
            ("client", commit.client),
            ("date-time", self._stamp(self._world.wall_of(self._name, commit.at))),
        ]
        if commit.confirm_minutes is not None:
            told.append(("comment", f"commit confirmed, rollback in {commit.confirm_minutes}mins"))
        if commit.log:
            told.append(("log", commit.log))
        if commit.due_at is not None:
            told.append(("commit-confirmed", "rollback pending"))
        return told

    # ports

    def interfaces(self, ports: list[Port]) -> Element:
        """`show interfaces extensive`, of these ports."""
        bundle_of = {
            member: name for name, members in self._device.configuration.bundles.items() for member in members
        }
        return [("physical-interface", self._interface(port, bundle_of.get(port.name))) for port in ports]

    def _interface(self, port: Port, bundle: str | None) -> Element:
        counters, ber = self._world.counters(port.subject), self._world.pre_fec_ber(port.subject)
        changed = self._world.wall_of(self._name, max(port.changed_at, self._device.boot_started_at or 0.0))
        lossless = not port.up or port.fec_mode == "none"
        fec: Element = [
            ("fec_ccw_count", "0" if lossless else str(counters.corrected_codewords)),
            ("fec_nccw_count", "0" if lossless else str(counters.uncorrectable_codewords)),
            ("fec_ccw_error_rate", "0"),
            ("fec_nccw_error_rate", "0"),
        ]
        if ber is not None:
            fec.append(("pre-fec-ber", f"{ber:.2e}"))
        told: Element = [
            ("name", port.name),
            ("admin-status", Text("up" if port.admin_up else "down", {"format": _enabled(port)})),
            ("oper-status", "up" if port.up else "down"),
            ("local-index", str(1000 + port.index)),
            ("snmp-index", str(500 + port.index)),
            ("link-level-type", "Ethernet"),
            ("mtu", str(port.mtu)),
            ("speed", f"{port.speed_gbps:g}Gbps"),
            ("current-physical-address", port.mac),
            ("hardware-physical-address", port.mac),
            ("interface-flapped", self._stamp(changed)),
            ("input-error-list", [("input-errors", "0"), ("framing-errors", "0")]),
            ("output-error-list", [("carrier-transitions", str(counters.transitions)), ("mtu-errors", "0")]),
            ("ethernet-pcs-statistics", [("bit-error-seconds", "0"), ("errored-blocks-seconds", "0")]),
            ("ethernet-fec-mode", [("enabled_fec_mode", FEC_MODES[port.fec_mode])]),
            ("ethernet-fec-statistics", fec),
        ]
        if bundle is not None:
            family: Element = [("address-family-name", "aenet"), ("ae-bundle-name", f"{bundle}.0")]
            logical: Element = [("name", f"{port.name}.0"), ("address-family", family)]
            told.append(("logical-interface", logical))
        return told

    def optics(self, ports: list[Port]) -> Element:
        """`show interfaces diagnostics optics`, of these ports."""
        found: Element = []
        for port in ports:
            if port.optic is None:
                continue
            lanes = self._world.lanes(port.subject)
            about: Element = self._diagnostics(port, lanes) if lanes else []
            about = about or [("optic-diagnostics-not-available", "Optical diagnostics not available")]
            told: Element = [("name", port.name), ("optics-diagnostics", about)]
            found.append(("physical-interface", told))
        return found

    def _diagnostics(self, port: Port, lanes: tuple[LaneReading, ...]) -> Element:
        assert port.optic is not None
        celsius, volts = self._world.optic_temperature_c(port.subject), port.optic.supply_voltage_v
        medium = port.optic.medium
        told: Element = [
            ("module-temperature", _celsius(celsius)),
            ("module-voltage", f"{volts:.3f}"),
            *_flags("module-temperature", celsius, "Temp", medium),
            *_flags("module-voltage", volts, "Vcc", medium),
        ]
        for end, limit in zip(ALARMS, _limits("Temp", medium), strict=True):
            told.append((f"module-temperature-{end}-threshold", _celsius(limit)))
        for end, limit in zip(ALARMS, _limits("Vcc", medium), strict=True):
            told.append((f"module-voltage-{end}-threshold", f"{limit:.3f}"))
        for end, limit in zip(ALARMS, _limits("TxBias", medium), strict=True):
            told.append((f"laser-bias-current-{end}-threshold", f"{limit:.3f}"))
        for name, prefix in (("laser-tx-power", "TxPower"), ("laser-rx-power", "RxPower")):
            for end, limit in zip(ALARMS, _limits(prefix, medium), strict=True):
                told.append((f"{name}-{end}-threshold", f"{milliwatt(limit):.4f}"))
                told.append((f"{name}-{end}-threshold-dbm", f"{limit:.2f}"))
        return told + [("optics-diagnostics-lane-values", _lane(lane, medium)) for lane in lanes]

    # links

    def _lacp(self) -> Element:
        found: Element = []
        for name, members in self._device.configuration.bundles.items():
            told: Element = [("lag-lacp-header", [("aggregate-name", name)])]
            for member in members:
                up = self._world.port(f"{self._name}/{member}").up
                state = "Collecting distributing" if up else "Detached"
                told.append(("lag-lacp-protocol", [("name", member), ("lacp-mux-state", state)]))
            found.append(("lacp-interface-information", told))
        return found

    def _neighbors(self) -> Element:
        return [
            (
                "lldp-neighbor-information",
                [
                    ("lldp-local-port-id", port.name),
                    ("lldp-local-parent-interface-name", "-"),
                    ("lldp-remote-chassis-id-subtype", "Mac address"),
                    ("lldp-remote-chassis-id", seen.chassis_id),
                    ("lldp-remote-port-description", seen.port_description),
                    ("lldp-remote-system-name", seen.system_name),
                ],
            )
            for port in self._ports
            for seen in self._world.neighbors(port.subject)
        ]


def _enabled(port: Port) -> str:
    return "Enabled" if port.admin_up else "Disabled"


def _limits(prefix: str, medium: str) -> list[float]:
    """High alarm, low alarm, high warning, low warning."""
    values = limits_by_name(medium)
    return [values[prefix + suffix] for suffix in SUFFIXES]


def _flags(name: str, value: float, prefix: str, medium: str) -> Element:
    high_alarm, low_alarm, high_warn, low_warn = _limits(prefix, medium)
    on = (value >= high_alarm, value <= low_alarm, value >= high_warn, value <= low_warn)
    return [(f"{name}-{end}", "on" if each else "off") for end, each in zip(ALARMS, on, strict=True)]


def _celsius(celsius: float) -> Text:
    text = f"{celsius:.0f} degrees C / {celsius * 1.8 + 32.0:.0f} degrees F"
    return Text(text, {"celsius": f"{celsius:.1f}"})


def _dbm(power: float | None) -> str:
    return "- Inf" if power is None else f"{power:.2f}"


def _lane(lane: LaneReading, medium: str) -> Element:
    sent, received = lane.tx_power_dbm, lane.rx_power_dbm
    return [
        ("lane-index", str(lane.index - 1)),
        ("laser-bias-current", f"{lane.bias_ma:.3f}"),
        ("laser-output-power", f"{0.0 if sent is None else milliwatt(sent):.3f}"),
        ("laser-output-power-dbm", _dbm(sent)),
        ("laser-rx-optical-power", f"{0.0 if received is None else milliwatt(received):.3f}"),
        ("laser-rx-optical-power-dbm", _dbm(received)),
        *_flags("laser-bias-current", lane.bias_ma, "TxBias", medium),
        *_flags("laser-tx-power", -40.0 if sent is None else sent, "TxPower", medium),
        *_flags("laser-rx-power", -40.0 if received is None else received, "RxPower", medium),
        ("tx-loss-of-signal-functionality-alarm", "off"),
        ("rx-loss-of-signal-alarm", "on" if received is None else "off"),
    ]
