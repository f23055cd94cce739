"""OpenConfig over gNMI against canned updates: what is read, and what must be refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.openconfig_tree import split_path, tree_of
from bringup.decode.result import Damaged
from bringup.driver import openconfig
from bringup.model.errors import DeviceError, NoData, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, value
from bringup.transport.base import GnmiUpdate
from tests.driver.canned_wires import CannedGnmi
from tests.driver.openconfig.updates import CO, ETH, IF, LLDP, UPDATES

Read = Callable[..., Awaitable[Any]]
READS: dict[str, Read] = {
    "ports": openconfig.ports,
    "fec_counters": openconfig.fec_counters,
    "optics": openconfig.optics,
    "neighbors": openconfig.neighbors,
}


def without(*beginnings: str) -> list[tuple[str, object]]:
    return [(path, held) for path, held in UPDATES if not path.startswith(beginnings)]


def changed(path: str, held: object) -> list[tuple[str, object]]:
    assert any(known == path for known, _ in UPDATES)
    return [(known, held if known == path else old) for known, old in UPDATES]


async def test_a_port_s_state_speed_and_fec_are_read() -> None:
    up, down = await openconfig.ports(CannedGnmi(UPDATES))
    assert (up.name, up.admin_up, up.oper_up) == ("Ethernet1/1", value(True), value(True))
    assert (up.speed_gbps, up.fec_mode) == (value(400.0), value("rs544"))
    assert up.flap_count == value(7)
    assert up.last_change_unix_s == value(1750000000.0)
    assert (down.admin_up, down.oper_up) == (value(True), value(False))
    assert down.speed_gbps == NOT_AVAILABLE
    assert down.fec_mode == ABSENT


async def test_only_the_ports_that_are_asked_for_are_told() -> None:
    found = await openconfig.ports(CannedGnmi(UPDATES), ("Ethernet2/1",))
    assert [port.name for port in found] == ["Ethernet2/1"]


async def test_64_bit_numbers_and_decimals_come_as_text() -> None:
    (found,) = await openconfig.fec_counters(CannedGnmi(UPDATES))
    assert found.corrected_codewords == value(5000)
    assert found.uncorrectable_codewords == value(0)
    assert found.pre_fec_ber == value(2.5e-9)
    assert found.symbol_errors == value(5100)


async def test_numbers_come_as_numbers_too() -> None:
    counters = {"fec-corrected-blocks": 5000, "fec-uncorrectable-blocks": 3}
    gnmi = CannedGnmi(changed(f"{IF}/{ETH}:ethernet/state/counters", counters))
    (found,) = await openconfig.fec_counters(gnmi)
    assert found.uncorrectable_codewords == value(3)
    assert found.symbol_errors == ABSENT


async def test_symbol_errors_behind_the_decoder_never_stand_for_those_before_it() -> None:
    counters = {"fec-corrected-blocks": "5000", "fec-uncorrectable-blocks": "0", "in-symbol-error": "0"}
    gnmi = CannedGnmi(changed(f"{IF}/{ETH}:ethernet/state/counters", counters))
    (found,) = await openconfig.fec_counters(gnmi)
    assert found.symbol_errors == UNSUPPORTED


async def test_the_module_is_the_one_that_the_interface_names() -> None:
    fitted, empty = await openconfig.optics(CannedGnmi(UPDATES))
    assert (fitted.port, fitted.present, fitted.serial) == ("Ethernet1/1", value(True), value("AO777"))
    assert fitted.medium == value("400GBASE-DR4")
    assert fitted.temperature_c == value(51.5)
    assert (empty.port, empty.present) == ("Ethernet2/1", value(False))


async def test_five_kinds_of_nothing_stay_five() -> None:
    (optic, _) = await openconfig.optics(CannedGnmi(UPDATES))
    assert [lane.index for lane in optic.lanes] == [1, 2, 3, 4]
    assert [lane.rx_power_dbm for lane in optic.lanes] == [value(-1.5), DARK, DARK, value(-28.25)]
    assert [lane.tx_power_dbm for lane in optic.lanes] == [value(1.25), DARK, value(-28.25), NOT_AVAILABLE]
    assert [lane.bias_ma for lane in optic.lanes] == [value(62.5), value(0.0), NOT_AVAILABLE, value(61.0)]


async def test_channels_that_count_from_one_are_lanes_as_they_are() -> None:
    gnmi = CannedGnmi(without(f"{CO}/transceiver/physical-channels/channel[index=0]"))
    (optic, _) = await openconfig.optics(gnmi)
    assert [lane.index for lane in optic.lanes] == [1, 2, 3]


async def test_a_breakout_port_has_the_lanes_of_its_channels_only() -> None:
    gnmi = CannedGnmi([*UPDATES, (f"{IF}/state/physical-channel", [2, 3])])
    (optic, _) = await openconfig.optics(gnmi)
    assert [(lane.index, lane.rx_power_dbm) for lane in optic.lanes] == [(1, DARK), (2, value(-28.25))]


async def test_an_empty_cage_has_a_component_that_is_not_present() -> None:
    gnmi = CannedGnmi(
        changed(f"{CO}/openconfig-platform-transceiver:transceiver/state/present", "NOT_PRESENT")
    )
    assert (await openconfig.optics(gnmi))[0].present == value(False)


async def test_neighbors_are_told_with_their_age() -> None:
    first, second = await openconfig.neighbors(CannedGnmi(UPDATES))
    assert (first.local_port, first.port_id, first.age_s) == ("Ethernet1/1", value("Ethernet8"), value(12.0))
    assert (second.system_name, second.port_id) == (value("leaf-9"), ABSENT)
    assert (first.heard_ago_s, second.heard_ago_s) == (value(12.0), ABSENT)


@pytest.mark.parametrize("date", ["1763745900", "1763745900000000000", "-5", "65536"])
async def test_a_date_of_the_last_frame_is_not_taken_for_an_age(date: str) -> None:
    gnmi = CannedGnmi(changed(f"{LLDP}/neighbors/neighbor[id=1]/state/last-update", date))
    assert (await openconfig.neighbors(gnmi))[0].heard_ago_s == ABSENT


class Stamped(CannedGnmi):
    """Each update has a stamp of its own, a second after the one before."""

    async def once(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
        updates = await super().once(paths, deadline_s=deadline_s)
        return tuple(
            msgspec.structs.replace(update, timestamp_ns=(place + 1) * 10**9)
            for place, update in enumerate(updates)
        )


async def test_counters_are_as_new_as_the_newest_of_their_port() -> None:
    """A target that sends changes stamps a counter that stands still with its last change."""
    mine = [place for place, (path, _) in enumerate(UPDATES) if path.startswith(f"{IF}/")]
    (found,) = await openconfig.fec_counters(Stamped(UPDATES))
    assert found.sampled_unix_s == value(float(mine[-1] + 1))


async def test_a_target_without_stamps_tells_no_time_of_its_sample() -> None:
    class Without(CannedGnmi):
        async def once(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
            updates = await super().once(paths, deadline_s=deadline_s)
            return tuple(msgspec.structs.replace(update, timestamp_ns=0) for update in updates)

    (found,) = await openconfig.fec_counters(Without(UPDATES))
    assert found.sampled_unix_s == ABSENT


async def test_the_time_of_the_last_clearing_is_told_where_there_is_one() -> None:
    (found,) = await openconfig.fec_counters(CannedGnmi(UPDATES))
    assert found.cleared_unix_s == ABSENT
    cleared = [*UPDATES, (f"{IF}/state/counters/last-clear", "1763745900500000000")]
    (found,) = await openconfig.fec_counters(CannedGnmi(cleared))
    assert found.cleared_unix_s == value(1763745900.5)
    never = [*UPDATES, (f"{IF}/state/counters/last-clear", "0")]
    assert (await openconfig.fec_counters(CannedGnmi(never)))[0].cleared_unix_s == ABSENT


async def test_lldp_that_hears_nobody_is_an_answer() -> None:
    gnmi = CannedGnmi([("/lldp/interfaces/interface[name=Ethernet2/1]/state/enabled", True)])
    assert await openconfig.neighbors(gnmi) == ()


async def test_one_snapshot_is_taken_and_every_entry_is_asked_for() -> None:
    gnmi = CannedGnmi(UPDATES)
    await openconfig.optics(gnmi)
    assert gnmi.asked == [openconfig.OPTIC_PATHS]


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
async def test_a_target_that_tells_nothing_is_no_data(read: Read) -> None:
    with pytest.raises(NoData) as caught:
        await read(CannedGnmi([]))
    assert caught.value.advice


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
async def test_what_the_transport_says_is_passed_on(read: Read) -> None:
    with pytest.raises(TimedOut):
        await read(CannedGnmi(TimedOut("leaf-1: no answer", "wait")))


BAD: dict[str, list[tuple[str, object]]] = {
    "no-path": [("interfaces", 1)],
    "no-end": [("/interfaces/interface[name=Ethernet1/1", 1)],
    "no-key": [("/interfaces/interface[name]/state", 1)],
    "leaf-and-container": [(f"{IF}/state", {"mtu": 1}), (f"{IF}/state/mtu/deep", 1)],
    "container-is-leaf": [("/interfaces/interface[name=x]", 7), ("/lldp", 7), ("/components", 7)],
    "two-entries": [("/interfaces", {"interface": [{"name": "a"}, {"name": "a"}]})],
    "entry-without-key": [("/interfaces", {"interface": [{"state": {}}]})],
    "entry-is-text": [("/interfaces/interface", {"x": "y"}), ("/components/component", {"x": "y"})],
}


@pytest.mark.parametrize("kind", sorted(BAD))
@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
async def test_bad_updates_are_never_facts(read: Read, kind: str) -> None:
    with pytest.raises(DeviceError) as caught:
        await read(CannedGnmi(BAD[kind]))
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "held", [True, "soon", "1,5", "0x10", -1, "-1", 2**64, str(2**64), [], {}, 1.5, b"1"]
)
async def test_a_counter_of_a_wrong_type_is_unparsable(held: object) -> None:
    counters = {"fec-uncorrectable-blocks": held}
    gnmi = CannedGnmi(changed(f"{IF}/{ETH}:ethernet/state/counters", counters))
    with pytest.raises(Unparsable):
        await openconfig.fec_counters(gnmi)


async def test_a_tree_without_an_end_is_unparsable() -> None:
    deep: object = 1
    for _ in range(500):
        deep = {"state": deep}
    with pytest.raises(Unparsable):
        await openconfig.ports(CannedGnmi([("/interfaces", deep)]))


WRONG: tuple[object, ...] = (
    None,
    [],
    {},
    "text",
    -1,
    True,
    1e999,
    float("nan"),
    [[]],
    {"a": {"b": 1}},
    b"x",
    "\x1b[31mred",
)


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
async def test_a_wrong_type_anywhere_is_an_error_or_no_value_and_never_a_crash(read: Read) -> None:
    for path, _ in UPDATES:
        for wrong in WRONG:
            try:
                await read(CannedGnmi(changed(path, wrong)))
            except DeviceError as error:
                assert error.reason in ("unparsable", "no_data"), (path, wrong)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", []),
        ("/a/b", [("a", None), ("b", None)]),
        ("/a[x=Ethernet1/1]/b", [("a", "Ethernet1/1"), ("b", None)]),
        ("/m:a[x=y\\]z][w=1]", [("a", "y]z,1")]),
    ],
)
def test_a_path_is_split_at_its_elements_and_not_inside_keys(path: str, found: object) -> None:
    assert split_path(path) == found


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.text("/[]=\\ab:", max_size=12), st.integers() | st.text(max_size=3)), max_size=6)
)
def test_any_updates_give_a_tree_or_are_damaged(updates: list[tuple[str, object]]) -> None:
    try:
        assert isinstance(tree_of(updates), dict)
    except Damaged:
        pass
