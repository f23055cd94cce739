"""Where a parser has a quick way for what is usual, it reads the same as the thorough one, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.decode.ethtool_counters import _counters, _plain_counters
from bringup.decode.nccl_row import PLAIN, plain_row, row_of
from bringup.decode.openconfig_tree import Tree, grow, tree_of
from bringup.decode.registry import find_format
from bringup.decode.result import Damaged, counter, number, read_count, read_number, read_power_dbm

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
