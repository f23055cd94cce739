"""Where a parser has a quick way for what is usual, it reads the same as the thorough one, or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.decode import ethtool_module, ib_mlxlink_table, nvue_transceiver, nxos_transceiver
from bringup.decode.ethtool_counters import _counters, _plain_counters
from bringup.decode.junos_text import _ENVIRONMENT_ROW, _put, _sensor
from bringup.decode.nccl_row import PLAIN, plain_row, row_of
from bringup.decode.openconfig_tree import Tree, grow, tree_of
from bringup.decode.registry import find_format
from bringup.decode.result import Damaged, counter, number, read_count, read_number, read_power_dbm
from bringup.decode.sonic_transceiver import _fields, _module, _plain_section, _Seen
from bringup.model.facts import Sensor

FIGURE = st.sampled_from(["0", "12.5", "0.00", "1e3", "N/A", "-1.0", "inf", "7", "5.1234", "1.5e+07"])
AMOUNT = st.integers(0, 2**40).map(str)


@given(
    head=st.tuples(
        AMOUNT, AMOUNT, st.sampled_from(["float", "half", "nothing"]), st.sampled_from(["sum", "none"])
    ),
    root=st.integers(-1, 7).map(str),
    figures=st.lists(FIGURE, min_size=7, max_size=9),
)
def test_a_row_of_nccl_tests_is_the_same_either_way(
    head: tuple[str, ...], root: str, figures: list[str]
) -> None:
    tokens = [*head, root, *figures]
    quick = plain_row("  ".join(tokens))
    if quick is not None:
        assert quick == row_of(tokens, PLAIN)


def test_a_usual_row_of_nccl_tests_takes_the_quick_way() -> None:
    line = "     8     2     float     sum      -1    30.00    0.00    0.00      0    31.00   0.00   0.00   0"
    assert plain_row(line) == row_of(line.split(), PLAIN)
    assert plain_row(line.removesuffix("0") + "3") is None


NAME = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=12)
COUNT = st.integers(0, 2**64).map(str) | st.sampled_from(["007", "-1", "-0", "1.0", "1e3", "", "x", "5 "])


@given(st.lists(st.tuples(NAME, COUNT), min_size=1, max_size=5), st.sampled_from(["     ", "    ", "\t", ""]))
def test_counters_of_ethtool_are_the_same_either_way(told: list[tuple[str, str]], indent: str) -> None:
    body = "\n".join(f"{indent}{name}: {count}" for name, count in told)
    quick = _plain_counters(body)
    if quick is None or "-0" in body or " \n" in body or body.endswith(" "):
        return  # JSON knows a negative zero and takes blanks around a number
    counters, repeats = _counters(body.split("\n"))
    assert (quick, repeats) == (counters, ())


def test_usual_counters_of_ethtool_take_the_quick_way() -> None:
    assert _plain_counters("     rx_bytes: 5\n     rx[0]_drops: 18446744073709551615") == {
        "rx_bytes": 5,
        "rx[0]_drops": 2**64 - 1,
    }


@pytest.mark.parametrize(
    "body",
    [
        '     a": 1, "b: 2',
        "     a: 1\n\n     b: 2",
        "     a: 1\n     a: 2",
        "     a: 1\n   b: 2",
        "     a\n     b: 2",
        "     a: true",
        "     a: 18446744073709551616",
        "     a b: 1",
        "",
    ],
)
def test_other_lines_of_ethtool_are_left_to_the_thorough_way(body: str) -> None:
    assert _plain_counters(body) is None


@given(
    st.text(st.characters(codec="utf-8"), max_size=12)
    | st.integers(-(2**70), 2**70).map(str)
    | st.floats().map(str)
)
def test_a_number_is_the_same_however_plain_it_is(text: str) -> None:
    def told(read: object) -> object:
        try:
            return read(text)  # type: ignore[operator]
        except Damaged:
            return None

    whole = told(number)
    if isinstance(whole, int) and whole >= 0:
        assert told(counter) == whole
        assert told(read_count) is not None
    if whole is not None and text.strip() == text:
        read = read_number(text)
        assert read.value == float(whole)  # type: ignore[arg-type]


def test_a_table_of_sonic_with_something_between_its_columns_is_still_damaged() -> None:
    table = b"Interface    Presence\n-----------  ----------\nEthernet0    Present\nEthernet8   xPresent\n"
    assert find_format("sonic.presence").decode(table).outcome == "unparsable"


@given(
    st.floats(-60, 60).map(lambda number: f"{number:.4f}")
    | st.sampled_from(["7", "-inf", "1,0", "N/A", "", "1e3"])
)
def test_a_number_with_its_unit_is_the_same_with_blanks_around_it(text: str) -> None:
    """The one before it is what the quick way does not know."""

    def told(read: object, *words: str) -> object:
        try:
            return read(*words)  # type: ignore[operator]
        except Damaged:
            return None

    assert told(read_number, f"{text}mA", "mA") == told(read_number, f" {text} mA", "mA")
    assert told(read_power_dbm, f"{text}dBm") == told(read_power_dbm, f" {text} dBm")


STEP = st.sampled_from(
    ["/a", "/b", "/a[k=1]", "/a[k=x/y]", "/b[k=x\\]", "/m:c", "/", "", "d", "[k=1]", "/c]"]
)
HELD = st.sampled_from([1, "x", None, {"d": 2}, [{"name": "e"}], []])


@given(st.lists(st.tuples(st.lists(STEP, max_size=4).map("".join), HELD), max_size=6))
def test_a_tree_is_the_same_whether_parents_are_looked_for_once_or_each_time(
    updates: list[tuple[str, object]],
) -> None:
    def grown() -> Tree | None:
        tree: Tree = {}
        try:
            for path, held in updates:
                grow(tree, path, held)
        except Damaged:
            return None
        return tree

    try:
        quick: Tree | None = tree_of(updates)
    except Damaged:
        quick = None
    assert quick == grown()


KEY = st.sampled_from(["RX1Power", "TX1Bias", "TX12Power ", "a b", "x:y", ":", "Temp", "Vcc"])
WORD = st.sampled_from(["-1.5dBm", "6.1mA", "N/A", "", "a b", " 1.0dBm", "c: d", "-infdBm"])
INDENT = st.sampled_from([" " * 16, " " * 16, " " * 16, " " * 8, " " * 18, "", "\n" + " " * 16])


def _fate(read: Callable[[], object]) -> object:
    try:
        return read()
    except Damaged as damaged:
        return str(damaged)


@given(
    st.lists(st.tuples(st.sampled_from(["ChannelMonitorValues", "Vendor Name", "x"]), WORD), max_size=3),
    st.lists(st.tuples(INDENT, KEY, WORD), max_size=5),
)
def test_a_module_of_sonic_is_the_same_in_pieces(
    top: list[tuple[str, str]], under: list[tuple[str, str, str]]
) -> None:
    lines = [f"        {key}: {told}" for key, told in top]
    lines += ["        ChannelMonitorValues:", *(f"{indent}{key}: {told}" for indent, key, told in under)]
    body = "\n".join(lines)
    seen = _Seen()
    for _ in range(2):  # the second time from what was seen
        assert _fate(lambda: _module(body, seen)) == _fate(lambda: _fields(body))


def test_a_usual_section_of_sonic_takes_the_quick_way() -> None:
    piece = f"ChannelMonitorValues:\n{' ' * 16}RX1Power: -1.5dBm\n{' ' * 16}TX1Bias: 6.1mA"
    assert _plain_section(piece) == _fields(f"        {piece}")
    assert _plain_section(piece + " ") is None and _plain_section(piece + "\n") is None


@given(
    kind=st.sampled_from(["Temp", "", "Power", "Fans"]),
    item=st.lists(st.sampled_from(["FPC", "0", "OK", "Check", "Fan", "OKs", "é"]), min_size=1, max_size=4),
    gap=st.sampled_from([" ", "  ", "     "]),
    state=st.sampled_from(["OK", "OK", "Check"]),
    measured=st.sampled_from(["40 degrees C / 104 degrees F", "-1 degrees C / 30 degrees F", "OK", "9 RPM"]),
)
def test_a_sensor_of_junos_is_the_same_either_way(
    kind: str, item: list[str], gap: str, state: str, measured: str
) -> None:
    line = f"{kind:<6}{' '.join(item)}{gap}{state}   {measured}"
    quick = _sensor(line, "Temp")
    if quick is None:
        return
    row = _ENVIRONMENT_ROW.fullmatch(line)
    sensors: list[Sensor] = []
    assert row is not None and row[1] in ("Temp", None) and (quick[0], "OK") == (row[2], row[3])
    _put("Temp", row, [], [], sensors)
    assert sensors == [quick[1]]


def test_a_usual_sensor_of_junos_takes_the_quick_way() -> None:
    assert _sensor("      FPC 0 xcvr-0/0/7       OK         41 degrees C / 105 degrees F", "Temp")
    assert _sensor("      FPC 0 xcvr-0/0/7       OK         41 degrees C / 105 degrees F", "Power") is None


LINES = st.lists(
    st.sampled_from(
        [
            *("status : plugged", "ch-1-rx-power  : 0.5 mW / -3 dBm ", "  voltage : 3.3 V", "voltage:", ""),
            *("rev :  A", "temperature : x", "status: y", "\tstatus : z", "Error: no", "a" * 60 + ": b"),
        ]
    ),
    min_size=1,
    max_size=5,
)


@given(LINES, st.sampled_from(["\n", ""]))
def test_fields_of_nvue_are_the_same_either_way(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    quick = nvue_transceiver._plain_fields(text)
    assert quick is None or quick == nvue_transceiver._fields(text)


def test_usual_fields_of_nvue_take_the_quick_way() -> None:
    assert nvue_transceiver._plain_fields("status  : plugged\nrev : A: b \n") == {
        "status": "plugged",
        "rev": "A: b",
    }


@given(st.lists(st.sampled_from(["\tA b   : c ", "\tA:", "\t:x: y", "A: b", "\t" + "n" * 85 + ": x", "\tA"])))
def test_rows_of_ethtool_are_the_same_either_way(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    quick = _fate(lambda: ethtool_module._plain_rows(text))
    assert quick is None or quick == _fate(lambda: ethtool_module._any_rows(text))


@pytest.mark.parametrize("end", ["", "   75.0 C  -5.0 C  70.0 C  0.0 C"])
def test_a_row_of_nxos_read_again_is_the_same_row(end: str) -> None:
    seen = nxos_transceiver._Seen()
    line = f"  Temperature   42.5 C --  {end}"
    first = nxos_transceiver._row(line, seen)
    assert nxos_transceiver._row(line, seen) == first and (first is not None) == bool(end)
    other = nxos_transceiver._row(line.replace("42.5", "43.5"), seen)
    assert (other is None) == (first is None)
    assert other is None or first is None or (other[1][0].value, other[1][1:]) == (43.5, first[1][1:])


@given(st.lists(st.sampled_from(["State", "Rx [dBm]", " ", "  ", ":", ": ", "x", "a" * 15, "-"]), max_size=8))
def test_a_field_of_mlxlink_is_the_same_either_way(parts: list[str]) -> None:
    line = "".join(["State", *parts]).rstrip()
    quick = ib_mlxlink_table._PLAIN_FIELD.fullmatch(line)
    if quick is None:
        return
    thorough = ib_mlxlink_table._SPACED_FIELD.fullmatch(line)
    assert thorough is not None and not ib_mlxlink_table._TITLE.fullmatch(line)
    assert (quick[1], quick[2].lstrip()) == (thorough[1], thorough[2].strip())


def test_a_usual_field_of_mlxlink_takes_the_quick_way() -> None:
    assert ib_mlxlink_table._PLAIN_FIELD.fullmatch(
        "Rx Power Current [dBm]             : 1.886,1.989 [-10..6]"
    )
