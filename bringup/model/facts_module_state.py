"""Typed facts about the state machines of a module, and what it measures of its signals."""

from __future__ import annotations

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class LaneState(Fact, frozen=True, kw_only=True):
    """One lane; `index` counts from 1. `data_path` is Deactivated, Init, Deinit, Activated, TxTurnOn,
    TxTurnOff or Initialized (CMIS, page 11h), `config_status` how the last configuration of its host lane
    ended. Signal-to-noise ratios are in dB; ratios of bit errors are those before correction.
    """

    index: int
    data_path: Read = ABSENT
    config_status: Read = ABSENT
    snr_media_db: Read = ABSENT
    snr_host_db: Read = ABSENT
    ber_media: Read = ABSENT
    ber_host: Read = ABSENT


class ModuleState(Fact, frozen=True, kw_only=True):
    """One module. `state` is LowPwr, PwrUp, Ready, PwrDn or Fault (CMIS, byte 3); a module that has no such
    machine has it unsupported. `fault_cause` is `none` where it names none.
    """

    port: str
    state: Read = ABSENT
    fault_cause: Read = ABSENT
    lanes: tuple[LaneState, ...] = ()
