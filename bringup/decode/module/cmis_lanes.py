"""Lanes of CMIS: monitors, flags, states and controls of pages 10h and 11h, eight lanes in each bank."""

from __future__ import annotations

from struct import unpack_from

from bringup.decode.module import codes, scale
from bringup.decode.module.cmis_applications import Advertised
from bringup.decode.module.facts import ModuleLane
from bringup.decode.module.memory import Ledger, Memory, page_key
from bringup.model.facts import Lane
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

BANKS, LANES = 4, 8
_EIGHT_WORDS = ">8H"
_YES, _NO = value(True), value(False)
_FLAGS = (
    (6, "data_path_state_changed"),
    (7, "tx_fault"),
    (8, "tx_los"),
    (9, "tx_cdr_lol"),
    (10, "tx_adaptive_eq_fail"),
    (11, "tx_power_high_alarm"),
    (12, "tx_power_low_alarm"),
    (13, "tx_power_high_warning"),
    (14, "tx_power_low_warning"),
    (15, "bias_high_alarm"),
    (16, "bias_low_alarm"),
    (17, "bias_high_warning"),
    (18, "bias_low_warning"),
    (19, "rx_los"),
    (20, "rx_cdr_lol"),
    (21, "rx_power_high_alarm"),
    (22, "rx_power_low_alarm"),
    (23, "rx_power_high_warning"),
    (24, "rx_power_low_warning"),
    (25, "rx_output_status_changed"),
)
"""(byte of page 11h less 128, name); one bit for each lane."""
_STATES = {code: value(name) for code, name in codes.DATA_PATH_STATES.items()}
_STATUS = {code: value(name) for code, name in codes.CONFIG_STATUS.items()}


def lanes_of(
    memory: Memory, flat: bool, known: bytes | None, multiplier: int | None, present: int, ledger: Ledger
) -> tuple[tuple[Lane, ...], dict[str, object]]:
    """The monitors of the media lanes that the module has, and their counts as they stand."""
    found: list[Lane] = []
    raw: dict[str, object] = {}
    if flat:
        return (), raw
    for bank in range(BANKS):
        page = memory.half(page_key(0x11, bank))
        if page is None:
            continue
        tx, bias, rx = (unpack_from(_EIGHT_WORDS, page, at) for at in (26, 42, 58))
        raw[f"bank {bank}"] = {"tx_power": list(tx), "bias": list(bias), "rx_power": list(rx)}
        for at in range(LANES):
            if present >> at & 1:
                index = LANES * bank + at + 1
                found.append(_lane(index, known, multiplier, (tx[at], bias[at], rx[at]), ledger))
    return tuple(found), raw


def _lane(
    index: int, known: bytes | None, multiplier: int | None, counts: tuple[int, int, int], ledger: Ledger
) -> Lane:
    """One lane's monitors where 01h:160 says that the module has them."""
    if known is None:
        return Lane(
            index=index, rx_power_dbm=NOT_AVAILABLE, tx_power_dbm=NOT_AVAILABLE, bias_ma=NOT_AVAILABLE
        )
    has = known[32]
    tx, current, rx = counts
    bias = UNSUPPORTED
    if has & 1:
        bias = (
            NOT_AVAILABLE
            if multiplier is None
            else scale.bias(current, multiplier, ledger, f"lane {index} bias_ma")
        )
    return Lane(
        index=index,
        tx_power_dbm=scale.power(tx, ledger, f"lane {index} tx_power_dbm") if has & 2 else UNSUPPORTED,
        rx_power_dbm=scale.power(rx, ledger, f"lane {index} rx_power_dbm") if has & 4 else UNSUPPORTED,
        bias_ma=bias,
    )


def module_lanes(memory: Memory, flat: bool, told: Advertised, ledger: Ledger) -> tuple[ModuleLane, ...]:
    """State, controls and latched flags of every lane of the banks that were captured."""
    if flat:
        return ()
    found: list[ModuleLane] = []
    for bank in range(BANKS):
        status, control = memory.half(page_key(0x11, bank)), memory.half(page_key(0x10, bank))
        if status is None and control is None:
            continue
        first = LANES * bank + 1
        found += [_state(first + at, at, status, control, told, ledger) for at in range(LANES)]
    return tuple(found)


def _bit(page: bytes, at: int, lane: int) -> Read:
    return _YES if page[at] >> lane & 1 else _NO


def _nibble(page: bytes, at: int, lane: int) -> int:
    """Two lanes in a byte, the lower one in its low nibble."""
    return page[at + lane // 2] >> 4 * (lane & 1) & 15


def _state(
    index: int, at: int, status: bytes | None, control: bytes | None, told: Advertised, ledger: Ledger
) -> ModuleLane:
    if status is None:
        assert control is not None
        return ModuleLane(
            index=index,
            staged_application=value(control[17 + at] >> 4),
            tx_disabled=_bit(control, 2, at),
            rx_disabled=_bit(control, 10, at),
            data_path_deinit=_bit(control, 0, at),
        )
    state, config = _nibble(status, 0, at), _nibble(status, 74, at)
    return ModuleLane(
        index=index,
        data_path_state=_STATES.get(state)
        or ledger.impossible(f"lane {index} data_path_state", f"code {state} is reserved"),
        config_status=_STATUS.get(config)
        or (
            value(f"vendor's code {config}")
            if config >= 13
            else ledger.impossible(f"lane {index} config_status", f"code {config} is reserved")
        ),
        active_application=_active(index, status[78 + at] >> 4, told, ledger),
        data_path_id=value(status[78 + at] >> 1 & 7),
        staged_application=value(control[17 + at] >> 4) if control is not None else ABSENT,
        tx_output_valid=_bit(status, 5, at),
        rx_output_valid=_bit(status, 4, at),
        tx_disabled=_bit(control, 2, at) if control is not None else ABSENT,
        rx_disabled=_bit(control, 10, at) if control is not None else ABSENT,
        data_path_deinit=_bit(control, 0, at) if control is not None else ABSENT,
        data_path_init_pending=_bit(status, 107, at),
        latched_flags=_flags(status, at) if any(status[6:26]) else (),
    )


def _flags(page: bytes, lane: int) -> tuple[str, ...]:
    return tuple(name for at, name in _FLAGS if page[at] >> lane & 1)


def _active(index: int, select: int, told: Advertised, ledger: Ledger) -> Read:
    """The lane's application: 0 is none; one that the module does not advertise can't be."""
    if select == 0 or any(each.select == select for each in told.applications):
        return value(select)
    if not told.complete:
        return NOT_AVAILABLE
    return ledger.impossible(f"lane {index} active_application", f"no application {select} is advertised")
