"""Damage to outputs of InfiniBand's tools, NVUE, NX-OS and Junos never gives a value, a crash or a hang."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode import junos_text
from bringup.decode.registry import Format, all_formats, detect, find_format
from bringup.model.facts import Decoded
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from tests.decode.corpus import Case
from tests.decode.platform_samples import JSON, JUNOS_TEXT_LLDP, MLXLINK, MLXLINK_JSON, SAMPLES, json_of
from tests.decode.test_corpus_platform import ours
from tests.decode.test_damage import HOSTILE, check_cut, values
from tests.decode.test_damage import figures as figures_of

FAMILIES = ("ib.", "mlxlink", "nvue.", "nxos.", "junos.", "rdma.")
BEFORE = frozenset({"ib.netdiscover"})
"""Of the tools' tests, which are older."""
OURS = [made for made in all_formats() if made.name.startswith(FAMILIES) and made.name not in BEFORE]
STRICT = {"junos.text-lldp": junos_text.WHOLE_LLDP}
"""What drivers read with: a capture may have lost its last line's end, a reply may not."""


TOLD_ONCE = {"junos.text-hardware": b"3X800G"}
"""How many cages a card has is told once, by one digit: another digit is another card."""


def figures(decoded: Decoded) -> list[object]:
    """What can be judged: numbers, yes-or-no answers, and lanes that see nothing."""
    return [*figures_of(decoded), *["dark"] * msgspec.json.encode(decoded.facts).count(b'"dark"')]


def strict(name: str) -> Format:
    return STRICT.get(name) or find_format(name)


def test_every_format_has_a_sample() -> None:
    assert {made.name for made in OURS} == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_read_whole_and_detected(name: str) -> None:
    decoded = find_format(name).decode(SAMPLES[name])
    assert decoded.outcome == "ok", decoded.warnings
    made = detect(SAMPLES[name])
    assert made is not None
    assert made.name == name


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_facts_have_the_types_that_the_format_declares(name: str) -> None:
    made = find_format(name)
    decoded = made.decode(SAMPLES[name])
    assert set(decoded.facts) == set(made.facts)
    for key, kind in made.facts.items():
        msgspec.convert(msgspec.to_builtins(decoded.facts[key]), kind)
    assert made.schema()["title"] == name


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_cut_anywhere_gives_no_value_that_the_whole_does_not(name: str) -> None:
    made, whole = strict(name), SAMPLES[name]
    all_of_it = values(made.decode(whole))
    for cut in range(len(whole.rstrip())):
        check_cut(made, whole, cut, all_of_it)


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


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_one_wrong_byte_gives_no_more_values_than_the_whole(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    whole = data.draw(st.sampled_from([SAMPLES[name], json_of(name) if name in JSON else SAMPLES[name]]))
    at = data.draw(st.integers(0, len(whole) - 1))
    if name in TOLD_ONCE and at == whole.index(TOLD_ONCE[name]):
        return
    wrong = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    decoded = find_format(name).decode(wrong)
    if decoded.outcome == "ok":
        assert len(figures(decoded)) <= len(figures(find_format(name).decode(whole)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(JSON), held=json_values, data=st.data())
def test_a_member_of_any_type_never_crashes_a_decoder(name: str, held: object, data: st.DataObject) -> None:
    node: Any = json.loads(json_of(name))
    top = node
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            node[key] = held
            break
        node = inner
    decoded = find_format(name).decode(json.dumps(top).encode())
    assert decoded.outcome in ("ok", "unparsable", "no_data")
    assert not any("what it does not know" in warning for warning in decoded.warnings), decoded.warnings


@pytest.mark.parametrize("name", JSON)
def test_a_repeated_key_is_unparsable(name: str) -> None:
    told = json.loads(json_of(name))
    held = json.dumps(told[0] if isinstance(told, list) else told)
    key, inner = next(iter(json.loads(held).items()))
    twice = held[:-1] + f", {json.dumps(key)}: {json.dumps(inner)}" + "}"
    twice = f"[{twice}]" if isinstance(told, list) else twice
    assert find_format(name).decode(twice.encode()).outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_line_that_came_twice_gives_no_other_value(name: str) -> None:
    made, whole = find_format(name), SAMPLES[name]
    if whole.lstrip()[:1] in b"{[<":
        return
    all_of_it = values(made.decode(whole))
    lines = whole.splitlines(keepends=True)
    for at in range(len(lines)):
        decoded = made.decode(b"".join([*lines[: at + 1], *lines[at:]]))
        if decoded.outcome == "ok" and name != "ib.carrier-log":  # there each line is an event of its own
            assert len(figures(decoded)) <= len(all_of_it), lines[at]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_error_after_a_whole_output_is_seen(name: str) -> None:
    assert find_format(name).decode(SAMPLES[name] + b"Error: something is gone\n").outcome == "unparsable"


ERRORS = {
    "mlxlink": b"-E- Failed to open device: /dev/mst/x\n",
    "mlxlink-json": json.dumps(
        {"status": {"code": 1, "message": "failed"}, "result": {"output": {}}}
    ).encode(),
    "nvue": json.dumps({"title": "Not Found", "status": 404, "detail": "no such item"}).encode() + b"\n",
    "nxos": b"                      ^\n% Invalid command at '^' marker.\n",
    "nxos-syntax": b"Syntax error while parsing 'show foo'\n",
    "junos": b"           ^\nunknown command.\n",
    "junos-error": b"error: command is not valid on the qfx5240\n",
    "junos-rpc": b"<rpc-reply><rpc-error><error-message>no</error-message></rpc-error></rpc-reply>\n",
    "ib": b"ibwarn: [17] mad_rpc_open_port: can't open UMAD port ((null):0)\n",
    "shell": b"bash: line 1: nv: command not found\n",
    "empty-object": b"{}\n",
    "empty-list": b"[]\n",
    "null": b"null\n",
    "html": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>\n",
    "xml": b"<a/>\n",
}


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_an_error_with_exit_status_0_is_no_success(kind: str) -> None:
    for made in OURS:
        assert made.decode(ERRORS[kind]).outcome in ("unparsable", "no_data"), made.name


BOMBS = {
    "arrays": b"[" * 300_000,
    "objects": b'{"result":' * 50_000,
    "closed": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "elements": b"<a>" * 300_000,
    "closed-elements": b"<a>" * 100 + b"</a>" * 100,
    "many-elements": b"<interface-information>" + b"<a/>" * 500_000 + b"</interface-information>",
    "entities": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><interface-information>&c;'
    b"</interface-information>",
    "long-text": b"<interface-information>" + b"x" * 300_000 + b"</interface-information>",
}


@pytest.mark.parametrize("kind", sorted(BOMBS))
def test_deep_and_wide_documents_are_no_success_and_take_no_time(kind: str) -> None:
    began = time.process_time()
    for made in OURS:
        assert made.decode(BOMBS[kind]).outcome in ("unparsable", "no_data"), made.name
    assert time.process_time() - began < 20.0


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_input_takes_no_time_to_speak_of(kind: str) -> None:
    began = time.process_time()
    for made in OURS:
        lines = SAMPLES[made.name].splitlines(keepends=True)
        # blank lines in a text are no damage, so that its first lines before blanks are a success
        heads = (b"", b"".join(lines[:4])) if HOSTILE[kind].strip() else (b"",)
        for head in heads:
            decoded = made.decode(head + HOSTILE[kind])
            assert decoded.outcome in ("unparsable", "no_data"), made.name
    assert time.process_time() - began < 20.0


@pytest.mark.parametrize("made", OURS, ids=lambda made: made.name)
def test_nothing_at_all_is_no_data(made: Format) -> None:
    for data in (b"", b"\n", b"  \r\n\t"):
        assert made.decode(data).outcome == "no_data"


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
