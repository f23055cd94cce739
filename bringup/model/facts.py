"""Typed facts: what decoders extract and drivers return. Every field that a device tells is a `Read`.

Lanes count from 1. Port names are the device's own. `None` where a field would be a nested record that the
source does not speak of. Nothing here is judged.
"""

from __future__ import annotations

import msgspec

from bringup.model.measurement import ABSENT, Measurement, Read, Scalar


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts."""


class Identity(Fact, frozen=True, kw_only=True):
    """Who the device says it is."""

    hostname: Read = ABSENT
    vendor: Read = ABSENT
    model: Read = ABSENT
    serial: Read = ABSENT
    os_version: Read = ABSENT
    hardware_revision: Read = ABSENT
    uptime_s: Read = ABSENT
    boot_id: Read = ABSENT
    kernel: Read = ABSENT
    machine: Read = ABSENT
    description: Read = ABSENT
    firmware: dict[str, Read] = {}


class Clock(Fact, frozen=True, kw_only=True):
    """The device's UTC clock in seconds since 1970, read at one moment."""

    unix_s: Read = ABSENT
    synchronized: Read = ABSENT


class Supply(Fact, frozen=True, kw_only=True):
    """One power supply."""

    name: str
    present: Read = ABSENT
    ok: Read = ABSENT
    input_v: Read = ABSENT
    output_w: Read = ABSENT
    serial: Read = ABSENT


class Fan(Fact, frozen=True, kw_only=True):
    """One fan."""

    name: str
    ok: Read = ABSENT
    speed_rpm: Read = ABSENT


class Sensor(Fact, frozen=True, kw_only=True):
    """One temperature sensor; `high_c` is the device's own upper limit."""

    name: str
    temperature_c: Read = ABSENT
    high_c: Read = ABSENT


class Environment(Fact, frozen=True, kw_only=True):
    """Power supplies, fans and temperature sensors of one device."""

    supplies: tuple[Supply, ...] = ()
    fans: tuple[Fan, ...] = ()
    sensors: tuple[Sensor, ...] = ()


class Outlet(Fact, frozen=True, kw_only=True):
    """One outlet of a PDU; `state` is `on` or `off`; `index` counts as on the PDU."""

    index: int
    label: Read = ABSENT
    state: Read = ABSENT
    power_w: Read = ABSENT


class Inlet(Fact, frozen=True, kw_only=True):
    """One inlet of a PDU, or one phase or line of it where the PDU measures these: what comes in there."""

    name: str
    current_a: Read = ABSENT
    voltage_v: Read = ABSENT
    power_w: Read = ABSENT
    apparent_va: Read = ABSENT
    power_factor: Read = ABSENT
    energy_wh: Read = ABSENT
    frequency_hz: Read = ABSENT


class Port(Fact, frozen=True, kw_only=True):
    """One port as its switch or host tells it. `fec_mode` is one of rs544, rs528, fc, none.

    `speed_gbps` and `fec_mode` are those in use. What a port without a link is set to, where its device tells
    that of it, are `speed_set_gbps` and `fec_set`.
    """

    name: str
    admin_up: Read = ABSENT
    oper_up: Read = ABSENT
    speed_gbps: Read = ABSENT
    fec_mode: Read = ABSENT
    mtu: Read = ABSENT
    mac: Read = ABSENT
    medium: Read = ABSENT
    flap_count: Read = ABSENT
    last_change_unix_s: Read = ABSENT
    speed_set_gbps: Read = ABSENT
    fec_set: Read = ABSENT


class Lane(Fact, frozen=True, kw_only=True):
    """One media lane of an optical module; `index` counts from 1. `locked`: its receiver, or the ring that
    picks its wavelength, holds on to the signal.
    """

    index: int
    rx_power_dbm: Read = ABSENT
    tx_power_dbm: Read = ABSENT
    bias_ma: Read = ABSENT
    locked: Read = ABSENT


class Threshold(Fact, frozen=True, kw_only=True):
    """A module's own alarm and warning limits of one quantity (standing: vendor)."""

    quantity: str
    high_alarm: Read = ABSENT
    low_alarm: Read = ABSENT
    high_warning: Read = ABSENT
    low_warning: Read = ABSENT


class Optic(Fact, frozen=True, kw_only=True):
    """One module in its cage. `medium` is normalised, such as 400GBASE-DR4. `light_up_max_s` is the upper
    bound that it advertises from low power to light: power up, data path initialised, transmitters on.
    `laser_source_ok` is what it says of its external laser, where it has one.
    """

    port: str
    present: Read = ABSENT
    medium: Read = ABSENT
    vendor: Read = ABSENT
    part_number: Read = ABSENT
    serial: Read = ABSENT
    firmware: Read = ABSENT
    temperature_c: Read = ABSENT
    supply_voltage_v: Read = ABSENT
    light_up_max_s: Read = ABSENT
    laser_source_ok: Read = ABSENT
    lanes: tuple[Lane, ...] = ()
    thresholds: tuple[Threshold, ...] = ()


class FecCounters(Fact, frozen=True, kw_only=True):
    """Totals since an unknown clear; judge differences. `bits_per_s` is the line rate that the counts refer
    to.

    `pre_fec_ber` is the device's own figure, where it computes one. `corrected_bits` where the device counts
    bits. By the device's own clock, where it tells: when these were read from the hardware
    (`sampled_unix_s`), and when somebody last cleared them (`cleared_unix_s`).
    """

    port: str
    corrected_codewords: Read = ABSENT
    uncorrectable_codewords: Read = ABSENT
    symbol_errors: Read = ABSENT
    corrected_bits: Read = ABSENT
    pre_fec_ber: Read = ABSENT
    flap_count: Read = ABSENT
    sampled_unix_s: Read = ABSENT
    cleared_unix_s: Read = ABSENT


class Neighbor(Fact, frozen=True, kw_only=True):
    """One LLDP neighbour seen on `local_port`.

    `heard_ago_s` is the time since its last frame: an age of what is told. `age_s` is what the device calls
    the entry's age, which on some is the time since the entry was made or last changed.
    """

    local_port: str
    system_name: Read = ABSENT
    chassis_id: Read = ABSENT
    port_id: Read = ABSENT
    port_description: Read = ABSENT
    age_s: Read = ABSENT
    heard_ago_s: Read = ABSENT


class Attached(Fact, frozen=True, kw_only=True):
    """What a switch knows of who hangs on one of its ports: addresses learned there (lower case, with
    colons), and who names itself by LLDP.
    """

    port: str
    macs: tuple[str, ...] = ()
    neighbors: tuple[Neighbor, ...] = ()


class LeakDetector(Fact, frozen=True, kw_only=True):
    """One leak detector. `names` are all that it is called by, lower case; `state` is OK, Warning or
    Critical, and no value where it is absent, unplugged or silent.
    """

    names: tuple[str, ...]
    state: Read = ABSENT
    place: Read = ABSENT


class Adapter(Fact, frozen=True, kw_only=True):
    """One network adapter port of a host, with its PCIe link and firmware."""

    port: str
    driver: Read = ABSENT
    firmware: Read = ABSENT
    model: Read = ABSENT
    serial: Read = ABSENT
    pcie_address: Read = ABSENT
    pcie_width_lanes: Read = ABSENT
    pcie_width_max_lanes: Read = ABSENT
    pcie_speed_gt_s: Read = ABSENT
    pcie_speed_max_gt_s: Read = ABSENT


class HostPower(Fact, frozen=True, kw_only=True):
    """Power state of a host as its BMC tells it: On, Off, PoweringOn, PoweringOff."""

    power_state: Read = ABSENT
    allowed_resets: tuple[str, ...] = ()


class Processor(Fact, frozen=True, kw_only=True):
    """CPU and memory of a host."""

    cpu_count: Read = ABSENT
    memory_gib: Read = ABSENT


class Exercise(Fact, frozen=True, kw_only=True):
    """What one test of the burn-in agent found: plain numbers and lists under the agent's own names."""

    test: str
    injected: str | None
    found: dict[str, object]


class BmcTask(Fact, frozen=True, kw_only=True):
    """A task of a BMC (Redfish TaskState: New, Running, Completed, Exception, ...)."""

    path: str
    name: str
    state: Read = ABSENT
    percent: Read = ABSENT
    message: Read = ABSENT


class Image(Fact, frozen=True, kw_only=True):
    """One firmware image that a BMC knows. `staged`: written to its slot, and not running yet."""

    path: str
    name: str
    version: Read = ABSENT
    staged: bool = False
    updateable: Read = ABSENT


class FirmwareState(Fact, frozen=True, kw_only=True):
    """Images and tasks of a BMC at one moment. `enabled`: whether its update service takes anything."""

    enabled: Read = ABSENT
    images: tuple[Image, ...] = ()
    tasks: tuple[BmcTask, ...] = ()


class Bundle(Fact, frozen=True, kw_only=True):
    """A link aggregation of a switch: its members by name, and which of them carry traffic."""

    name: str
    members: tuple[str, ...] = ()
    active: tuple[str, ...] = ()


class Trial(Fact, frozen=True, kw_only=True):
    """A change of configuration on trial. `state` is `pending` (in force, and taken back by the device unless
    it is kept), `kept`, or `none` (never begun, or taken back).
    """

    name: str
    state: Read = ABSENT


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """What `decode` makes of one captured reply (contracts, section 8).

    `outcome` is `ok`, `no_data` (a clean answer that holds nothing) or `unparsable`. `facts` maps names such
    as `identity`, `ports`, `optics` to facts or to plain values. `raw` optionally holds values that have no
    fact of their own yet, under the source's own names.
    """

    format: str
    outcome: str
    facts: dict[str, Fact | tuple[Fact, ...] | list[object] | dict[str, object] | Scalar | None] = {}
    measurements: tuple[Measurement, ...] = ()
    warnings: tuple[str, ...] = ()
