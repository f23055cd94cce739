"""What a module's memory tells beyond an `Optic`. Absent means that its page was not there or not whole."""

from __future__ import annotations

from collections.abc import Mapping

from bringup.model.facts import Fact, Threshold
from bringup.model.measurement import ABSENT, Read


class Times(Fact, frozen=True, kw_only=True):
    """Upper bounds in seconds that a CMIS module advertises (01h:144, 167, 168); never 0."""

    power_up_s: Read = ABSENT
    power_down_s: Read = ABSENT
    data_path_init_s: Read = ABSENT
    data_path_deinit_s: Read = ABSENT
    tx_turn_on_s: Read = ABSENT
    tx_turn_off_s: Read = ABSENT


class Application(Fact, frozen=True, kw_only=True):
    """One descriptor of CMIS; `select` counts from 1. Names are None for codes that are not in our tables.

    Bit n of an assignment says that the application may begin at lane n + 1.
    """

    select: int
    host_code: int
    host: str | None
    media_code: int
    media: str | None
    host_lanes: int
    media_lanes: int
    host_assignment: int
    media_assignment: int | None = None


class ModuleLane(Fact, frozen=True, kw_only=True):
    """State and controls of one lane; `index` counts from 1 over all banks.

    Data path and configuration belong to the host lane, flags of tx and rx to the lane of the same number.
    `latched_flags` were true at some time since they were last read: they tell nothing of now.
    """

    index: int
    data_path_state: Read = ABSENT
    config_status: Read = ABSENT
    active_application: Read = ABSENT
    data_path_id: Read = ABSENT
    staged_application: Read = ABSENT
    tx_output_valid: Read = ABSENT
    rx_output_valid: Read = ABSENT
    tx_disabled: Read = ABSENT
    rx_disabled: Read = ABSENT
    data_path_deinit: Read = ABSENT
    data_path_init_pending: Read = ABSENT
    latched_flags: tuple[str, ...] = ()


class Observable(Fact, frozen=True, kw_only=True):
    """One value of the versatile diagnostics (CMIS pages 20h to 2Ch), its unit in its name.

    `lane` is the module as a whole at 0. Limits are None where the module gives none.
    """

    index: int
    name: str
    lane: int
    reading: Read
    high_alarm: float | None = None
    low_alarm: float | None = None
    high_warning: float | None = None
    low_warning: float | None = None
    latched_flags: tuple[str, ...] = ()


class Diagnostics(Fact, frozen=True, kw_only=True):
    """Loopbacks and pattern tests (CMIS pages 13h and 14h). Sets of lanes count from 1.

    `host` and `media` hold, for `selected`, one reading for each lane: "ber" (a ratio) or "snr_db".
    """

    loopbacks_supported: tuple[str, ...] = ()
    loopbacks_on: Mapping[str, tuple[int, ...]] = {}
    patterns_on: Mapping[str, tuple[int, ...]] = {}
    selected: str | None = None
    host: tuple[Read, ...] = ()
    media: tuple[Read, ...] = ()


class ExternalLaserLane(Fact, frozen=True, kw_only=True):
    """One laser of an external source. `fibre` is that of its output, a setpoint what it is told to give."""

    index: int
    enabled: Read = ABSENT
    state: Read = ABSENT
    fault: Read = ABSENT
    warning: Read = ABSENT
    fault_code: Read = ABSENT
    warning_code: Read = ABSENT
    fibre: Read = ABSENT
    frequency_thz: Read = ABSENT
    bias_ma: Read = ABSENT
    bias_setpoint_ma: Read = ABSENT
    power_dbm: Read = ABSENT
    power_setpoint_dbm: Read = ABSENT
    voltage_v: Read = ABSENT
    latched_flags: tuple[str, ...] = ()


class ExternalLaser(Fact, frozen=True, kw_only=True):
    """An external source of light (ELSFP), in its own memory or in that of the optic that it feeds. Bounds
    are those of one laser.
    """

    control: str
    lane_count: int
    max_power_mw: float
    min_power_mw: float
    max_bias_ma: float
    min_bias_ma: float
    fault: Read = ABSENT
    warning: Read = ABSENT
    supply_ma: Read = ABSENT
    thresholds: tuple[Threshold, ...] = ()
    lanes: tuple[ExternalLaserLane, ...] = ()


class FirmwareBank(Fact, frozen=True, kw_only=True):
    """One image, as the reply to CMIS command 0100h told: what is `committed` runs after the next reset.

    An image that is not valid has no version.
    """

    name: str
    version: str | None
    running: bool
    committed: bool
    valid: bool


class Module(Fact, frozen=True, kw_only=True):
    """Identity, state and whole-module flags.

    `latched_flags` were true at some time since they were last read. `unparsable` names the fields whose
    bytes hold what can't be: their readings are `not_available`. `pages` are those that were there whole.
    """

    port: str
    identifier: str
    identifier_code: int
    revision: Read = ABSENT
    flat_memory: Read = ABSENT
    vendor_oui: Read = ABSENT
    vendor_revision: Read = ABSENT
    date_code: Read = ABSENT
    connector: Read = ABSENT
    technology: Read = ABSENT
    technology_code: Read = ABSENT
    optical: Read = ABSENT
    power_class: Read = ABSENT
    max_power_w: Read = ABSENT
    cable_length_m: Read = ABSENT
    wavelength_nm: Read = ABSENT
    state: Read = ABSENT
    state_code: Read = ABSENT
    interrupt: Read = ABSENT
    fault_cause: Read = ABSENT
    low_power_requested: Read = ABSENT
    low_power_pin_allowed: Read = ABSENT
    high_power_enabled: Read = ABSENT
    firmware_active: Read = ABSENT
    firmware_inactive: Read = ABSENT
    hardware_revision: Read = ABSENT
    linear: Read = ABSENT
    calibration: Read = ABSENT
    cdb_instances: Read = ABSENT
    cdb_status: tuple[str, ...] = ()
    firmware_banks: tuple[FirmwareBank, ...] = ()
    laser_temperature_c: Read = ABSENT
    tec_current_percent: Read = ABSENT
    times: Times = Times()
    latched_flags: tuple[str, ...] = ()
    flags_now: tuple[str, ...] = ()
    unparsable: tuple[str, ...] = ()
    limits_not_provided: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
