"""What there is in the simulated rack: plain mutable records, saved and restored as JSON.

Only what is physical or configured stands here; what follows from it (light, links, neighbours, loads) is
asked of `bringup.lab.world.World`. Times are world time (seconds since 1970). Lanes are lists, lane 1 first.
A port is named by its subject, `DEVICE/PORT`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bringup.lab.config_state import Configuration
from bringup.lab.firmware_state import Firmware
from bringup.lab.state_gpu import Gpu, GpuStack
from bringup.lab.state_module import ModuleControls
from bringup.lab.state_rack import Cage, Jack, LeakDetector, ManagementCable, Socket

Answers = Literal["ok", "garbage", "silent"]
"""What a device's management processor does with a request: answer it, send nonsense, or never reply."""


class Thing(msgspec.Struct):
    """Base of everything in the world; mutable, because hands and time change it."""


class Lane(Thing, kw_only=True):
    """One transmitter of an optical module. `laser` False: it is switched off or dead."""

    tx_power_dbm: float = -1.0
    bias_ma: float = 60.0
    laser: bool = True


class LaserSource(Thing, kw_only=True):
    """The external source that a module's light comes from, laser by laser (one a lane), and whether each
    lane's ring holds on to its wavelength. `lasers` are what leaves the source, in mW; 0 where one is dead.
    """

    serial: str
    lasers: list[float]
    bias_ma: list[float]
    locked: list[bool]


class Optic(Thing, kw_only=True):
    """A module in its cage. `ready_at` None while its cage has no power or it is held in low power;
    `length_m` of the cable that it can't be taken off, else 0; `source` where its light comes from
    elsewhere.
    """

    medium: str
    vendor: str
    part_number: str
    serial: str
    revision: str = "A"
    firmware: str = "1.0"
    lanes: list[Lane]
    rise_c: float = 18.0
    supply_voltage_v: float = 3.3
    low_power: bool = False
    power_up_s: float = 5.0
    ready_at: float | None = None
    length_m: float = 0.0
    source: LaserSource | None = None
    controls: ModuleControls = msgspec.field(default_factory=ModuleControls)


class Adapter(Thing, kw_only=True):
    """The network adapter behind a host's port and its PCIe link."""

    driver: str
    firmware: str
    model: str
    serial: str
    pcie_address: str
    width: int
    max_width: int
    gt_s: float
    max_gt_s: float


class Counters(Thing, kw_only=True):
    """Totals of one receiver; they only grow until the device reboots. `transitions`: up or down. `bins`:
    codewords by their number of wrong symbols, 0 to 15.
    """

    corrected_codewords: int = 0
    uncorrectable_codewords: int = 0
    symbol_errors: int = 0
    corrected_bits: int = 0
    codewords: int = 0
    transitions: int = 0
    bins: list[int] = msgspec.field(default_factory=lambda: [0] * 16)


class HeldCounters(Thing, kw_only=True):
    """What a port's counters showed at `since`, when the process that reads them from the hardware hung."""

    since: float
    counters: Counters
    pre_fec_ber: float | None = None


class HeldLane(Thing, kw_only=True):
    rx_power_dbm: float | None
    tx_power_dbm: float | None
    bias_ma: float


class HeldModule(Thing, kw_only=True):
    """What a module's monitors showed at `since`, when the process that reads them hung."""

    since: float
    lanes: list[HeldLane]
    temperature_c: float


class Heard(Thing, kw_only=True):
    """An LLDP neighbour as last heard: who, since when, and the last frame if the link has gone since."""

    system_name: str
    chassis_id: str
    port_id: str
    port_description: str
    platform: str
    since: float
    last_frame: float | None = None


class Port(Thing, kw_only=True):
    """A port of a switch or host. `fec_mode` is rs544, rs528, fc or none, as configured.

    `adapted_db` is the SNR that the receiver gave away when it adapted to the signal at its last lock, and
    `next_adapted_db` what it will give away at its next. `cleared_every_s`: somebody's script clears the
    counters that often. `held_counters`, `held_module`: what is shown instead of the present. A port of a
    `cage` that can be broken out has `lane_count` of its module's lanes from `lane_offset` on; where the
    cage's mode has no such port it is not `made`.
    """

    device: str
    name: str
    speed_gbps: float
    lane_count: int
    fec_mode: str = "rs544"
    admin_up: bool = True
    mtu: int = 9216
    mac: str = ""
    index: int = 0
    alias: str = ""
    optic: Optic | None = None
    adapter: Adapter | None = None
    up: bool = False
    up_at: float | None = None
    changed_at: float = 0.0
    train_s: float = 3.0
    counters: Counters = msgspec.field(default_factory=Counters)
    adapted_db: float = 0.0
    next_adapted_db: float = 0.0
    cleared_every_s: float | None = None
    cleared_at: float | None = None
    held_counters: HeldCounters | None = None
    held_module: HeldModule | None = None
    heard: list[Heard] = msgspec.field(default_factory=list)
    cage: str | None = None
    lane_offset: int = 0
    made: bool = True

    @property
    def subject(self) -> str:
        return f"{self.device}/{self.name}"


class CableEnd(Thing, kw_only=True):
    """One plug: the port it sits in (None: it hangs free) and what its end face costs.

    `out_db` and `in_db` are the losses of this connection on the fibres that leave this port and that
    arrive at it, lane by lane; dirt adds to them. A plug that is not latched loses contact for
    `parts_for_s` out of every `parts_every_s`. `module`: what sits on the plug of a cable that can't be taken
    out of its modules (copper, active optical); the port that it is in has it as its `optic`.
    """

    port: str | None
    out_db: list[float]
    in_db: list[float]
    parts_every_s: float | None = None
    parts_for_s: float = 0.4
    module: Optic | None = None


class Cable(Thing, kw_only=True):
    """A cable with two plugs. `a_to_b_db` and `b_to_a_db`: loss of each lane's fibre, 60 where broken.

    `trunk`: the multi-fibre cable that carries this link with others.
    """

    label: str
    medium: str
    length_m: float
    a: CableEnd
    b: CableEnd
    a_to_b_db: list[float]
    b_to_a_db: list[float]
    trunk: str = ""


class Supply(Thing, kw_only=True):
    """A power supply and its cord. `fitted`: in its bay; `healthy`: it converts; `cord`: plugged in."""

    name: str
    model: str
    serial: str
    capacity_w: float
    pdu: str | None = None
    outlet: int | None = None
    fitted: bool = True
    healthy: bool = True
    cord: bool = True


class Outlet(Thing, kw_only=True):
    """An outlet of a PDU. It delivers when commanded on and not tripped; `on_at`: a pending switch-on.

    `commands` counts every command that it was ever given, whether it changed anything or not.
    """

    index: int
    label: str
    commanded_on: bool
    tripped: bool = False
    changed_at: float = 0.0
    on_at: float | None = None
    commands: int = 0


class Fan(Thing, kw_only=True):
    name: str
    rpm: float
    turning: bool = True


class Sensor(Thing, kw_only=True):
    """A temperature sensor: ambient plus `rise_c` in the steady state."""

    name: str
    rise_c: float
    high_c: float = 75.0
    critical_c: float = 85.0


class Access(Thing, kw_only=True):
    """Who may come in. Keys are PEM; `ssh_host_key` and `tls_*` are the device's own.

    `password_change_required`: the password is the factory's, and opens nothing but its own change.
    `password_changes` counts those over Redfish. `next_password` goes into the inventory that is written.
    """

    user: str = ""
    password: str = ""
    next_password: str = ""
    password_change_required: bool = False
    password_changes: int = 0
    ssh_host_key: str = ""
    authorized_keys: list[str] = msgspec.field(default_factory=list)
    tls_key: str = ""
    tls_certificate: str = ""
    read_community: str = ""
    write_community: str = ""
    snmp_user: str = ""
    snmp_auth_key: str = ""
    snmp_priv_key: str = ""


class Host(Thing, kw_only=True):
    """The main power of a node, switched by its BMC. `holds` False: the board won't stay on when told to.

    `resets` counts every reset that it was ever given.
    """

    on: bool = False
    changed_at: float = 0.0
    off_at: float | None = None
    holds: bool = True
    resets: int = 0


class Device(Thing, kw_only=True):
    """One device of the rack, its identity and its health.

    `reachable` is the management cable; `boot_started_at` None while it has no power (or a host is off);
    `host` only on nodes; `bmc` names a node's BMC, `host_device` a BMC's node; `jack` is where the management
    cable goes in (None: it needs none), `sockets` are the ports of a management switch.
    """

    name: str
    role: str
    platform: str
    vendor: str
    model: str
    serial: str
    os_version: str
    hostname: str
    hardware_revision: str = "01"
    chassis_id: str = ""
    kernel: str = ""
    machine: str = "x86_64"
    firmware: dict[str, str] = msgspec.field(default_factory=dict)
    cpu_count: int = 8
    memory_kib: int = 16 * 1024 * 1024
    load_w: float = 0.0
    ambient_c: float = 26.0
    supplies: list[Supply] = msgspec.field(default_factory=list)
    fans: list[Fan] = msgspec.field(default_factory=list)
    sensors: list[Sensor] = msgspec.field(default_factory=list)
    outlets: list[Outlet] = msgspec.field(default_factory=list)
    ports: list[Port] = msgspec.field(default_factory=list)
    cages: list[Cage] = msgspec.field(default_factory=list)
    access: Access = msgspec.field(default_factory=Access)
    reachable: bool = True
    answers: Answers = "ok"
    clock_skew_s: float = 0.0
    boot_s: float = 120.0
    boot_started_at: float | None = None
    booted: bool = False
    boot_id: str = ""
    boots: int = 0
    host: Host | None = None
    configuration: Configuration = msgspec.field(default_factory=Configuration)
    firmware_work: Firmware = msgspec.field(default_factory=Firmware)
    bmc: str | None = None
    host_device: str | None = None
    jack: Jack | None = None
    sockets: list[Socket] = msgspec.field(default_factory=list)
    leak_detectors: list[LeakDetector] = msgspec.field(default_factory=list)
    gpus: list[Gpu] = msgspec.field(default_factory=list)
    gpu_stack: GpuStack | None = None

    @property
    def listed_ports(self) -> list[Port]:
        """Those that its configuration makes."""
        return [port for port in self.ports if port.made]


class Plant(Thing, kw_only=True):
    """The whole rack at one moment: what is saved. `at` is the world time up to which it was reckoned.

    `name` is its profile, `rack` its own (default: that name). `addresses`: device -> the management
    switch's port whose address is planned for it.
    """

    name: str
    seed: int
    speed: float
    origin_unix_s: float
    at: float
    devices: list[Device]
    cables: list[Cable]
    management: list[ManagementCable] = msgspec.field(default_factory=list)
    addresses: dict[str, str] = msgspec.field(default_factory=dict)
    rack: str = ""
    draws: int = 0
