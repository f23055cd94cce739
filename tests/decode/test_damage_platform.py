"""Damage to outputs of InfiniBand's tools, NVUE, NX-OS and Junos never gives a value, a crash or a hang."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bringup.decode import junos_text
from bringup.decode.registry import Format, detect, find_format
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from tests.decode.corpus import Case
from tests.decode.damage import check_cut, values
from tests.decode.platform_samples import JSON, JUNOS_TEXT_LLDP, MLXLINK, MLXLINK_JSON, SAMPLES, json_of
from tests.decode.test_corpus_platform import ours

STRICT = {"junos.text-lldp": junos_text.WHOLE_LLDP}
"""What drivers read with: a capture may have lost its last line's end, a reply may not."""


def strict(name: str) -> Format:
    return STRICT.get(name) or find_format(name)


def test_a_cut_of_json_is_never_read() -> None:
    for name in JSON:
        whole = json_of(name).rstrip()
        for cut in range(len(whole)):
            assert find_format(name).decode(whole[:cut]).outcome != "ok"


@pytest.mark.parametrize("case", ours())
def test_a_cut_of_a_recorded_output_gives_no_value_that_the_whole_does_not(case: Case) -> None:
    made = detect(case.data)
    if made is None:
        assert case.outcome != "ok"
        return
    made = strict(made.name)
    whole = case.data if case.data.endswith(b"\n") else case.data + b"\n"
    all_of_it = values(made.decode(whole))
    end = len(whole.rstrip())
    step = max(1, end // 100)
    for cut in sorted({*range(0, end, step), *range(max(0, end - 60), end)}):
        check_cut(made, whole, cut, all_of_it)


# readings that are easily taken for others


def fact(name: str, data: bytes, key: str) -> Any:
    return find_format(name).decode(data).facts[key]


def test_no_errors_seen_is_a_ratio_of_0_and_no_ratio_of_a_port_that_is_down() -> None:
    assert fact("mlxlink", MLXLINK, "fec").pre_fec_ber == value(3e-9)
    assert fact("mlxlink", MLXLINK_JSON, "fec").pre_fec_ber == value(0.0)
    down = MLXLINK.replace(b": Active\n", b": Polling\n")
    assert fact("mlxlink", down, "fec").pre_fec_ber == NOT_AVAILABLE
    assert fact("mlxlink", down, "port").oper_up == value(False)
    assert fact("mlxlink", down, "port").speed_gbps == NOT_AVAILABLE


def test_a_dark_lane_is_a_lane() -> None:
    assert [lane.rx_power_dbm for lane in fact("mlxlink", MLXLINK, "optic").lanes] == [
        value(1.1), value(1.2), DARK, value(1.4)
    ]  # fmt: skip
    assert fact("nvue.transceiver", SAMPLES["nvue.transceiver"], "optic").lanes[1].rx_power_dbm == DARK
    (module, _) = fact("nxos.transceiver", SAMPLES["nxos.transceiver"], "optics")
    assert [lane.rx_power_dbm for lane in module.lanes] == [value(-1.5), DARK]
    (optic,) = fact("junos.optics", SAMPLES["junos.optics"], "optics")
    assert [lane.rx_power_dbm for lane in optic.lanes] == [value(-1.51), DARK]
    assert [lane.index for lane in optic.lanes] == [1, 2]


def test_an_unplugged_cable_is_no_module_and_a_module_that_tells_nothing_is_not_known() -> None:
    tables = {"Module Info": {"Identifier": "N/A", "Vendor Name": "N/A"}, "Troubleshooting Info": {}}
    for opcode, present in (("1024", value(False)), ("0", NOT_AVAILABLE)):
        tables["Troubleshooting Info"] = {"Status Opcode": opcode}
        data = json.dumps({"status": {"code": 0}, "result": {"output": tables}}).encode()
        assert fact("mlxlink", data, "optic").present == present


def test_an_rdma_port_is_up_where_it_says_active_and_nowhere_else() -> None:
    ports = fact("rdma.link", SAMPLES["rdma.link"], "ports")
    assert [(port.name, port.oper_up) for port in ports] == [
        ("rdmap0s6/1", value(True)), ("mlx5_0/1", value(False))
    ]  # fmt: skip
    odd = SAMPLES["rdma.link"].replace(b'"ACTIVE"', b'"WONDERFUL"')
    assert fact("rdma.link", odd, "ports")[0].oper_up == NOT_AVAILABLE


def test_infiniband_speed_is_that_of_all_lanes() -> None:
    assert fact("mlxlink", MLXLINK_JSON, "port").speed_gbps == value(400.0)
    ports = fact("ib.linkinfo", SAMPLES["ib.linkinfo"], "ports")
    assert [(port["linked"], port["speed_gbps"]) for port in ports] == [
        (True, 425.0), (True, 212.5), (False, None)
    ]  # fmt: skip


def test_a_narrow_counter_at_its_largest_value_tells_no_difference() -> None:
    narrow = (
        b"# Port counters: Lid 3 port 21 (CapMask: 0x300)\nPortSelect:......................21\n"
        b"CounterSelect:...................0x0000\nSymbolErrorCounter:..............65535\nLinkDownedCounter:...............254\n"
        b"PortXmitWait:....................41864\n"
    )
    decoded = find_format("ib.perfquery").decode(narrow)
    (counters,) = decoded.facts["fec_counters"]  # type: ignore[misc]
    assert (counters.symbol_errors, counters.flap_count) == (NOT_AVAILABLE, value(254))  # type: ignore[union-attr]
    assert decoded.warnings == ("port 3/21: SymbolErrorCounter stands at its largest value",)


def test_junos_counts_nothing_where_there_is_no_fec_or_no_link() -> None:
    up, down = fact("junos.interfaces", SAMPLES["junos.interfaces"], "fec_counters")
    assert (up.corrected_codewords, up.pre_fec_ber) == (value(120), value(2.5e-9))
    assert (down.corrected_codewords, down.pre_fec_ber) == (NOT_AVAILABLE, NOT_AVAILABLE)
    without = SAMPLES["junos.interfaces"].replace(b"FEC119", b"NONE")
    assert fact("junos.interfaces", without, "fec_counters")[0].uncorrectable_codewords == NOT_AVAILABLE


def test_a_capture_of_junos_without_its_last_line_s_end_is_read_with_a_warning() -> None:
    cut = JUNOS_TEXT_LLDP.rstrip()
    decoded = find_format("junos.text-lldp").decode(cut)
    assert decoded.outcome == "ok"
    assert decoded.warnings == ("the last line has no end: its last word may be cut",)
    assert junos_text.WHOLE_LLDP.decode(cut).outcome == "unparsable"


def test_a_table_of_one_row_is_read_as_one_of_several() -> None:
    told = json.loads(SAMPLES["nxos.interfaces"])
    rows = told["TABLE_interface"]["ROW_interface"]
    one = json.dumps({"TABLE_interface": {"ROW_interface": rows[0]}}).encode()
    assert (
        fact("nxos.interfaces", one, "ports")
        == fact("nxos.interfaces", SAMPLES["nxos.interfaces"], "ports")[:1]
    )


def test_a_state_of_nx_os_that_is_not_known_is_neither_up_nor_down() -> None:
    ports = fact("nxos.text-interfaces-status", SAMPLES["nxos.text-interfaces-status"], "ports")
    assert [port.oper_up for port in ports] == [value(True), value(False), NOT_AVAILABLE]


def test_a_total_that_does_not_agree_is_a_cut_table() -> None:
    for name in ("nxos.text-lldp", "nxos.text-lldp-detail"):
        wrong = SAMPLES[name].replace(b"displayed: ", b"displayed: 1")
        assert find_format(name).decode(wrong).outcome == "unparsable"


def test_a_cage_is_empty_only_where_the_list_of_its_card_ends() -> None:
    whole = SAMPLES["junos.text-hardware"]
    assert [optic.present.value for optic in fact("junos.text-hardware", whole, "optics")] == [
        True,
        True,
        False,
    ]
    cut = whole[: whole.index(b"    Xcvr 1")]
    assert [optic.present.value for optic in fact("junos.text-hardware", cut, "optics")] == [True]
