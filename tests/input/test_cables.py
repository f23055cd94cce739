"""The cable list: rows become cables; a bad row is named by its line in the file."""

from __future__ import annotations

import pytest

from bringup.input import load_inventory
from bringup.input.cables import read_cables
from bringup.input.inventory import refuse_found
from bringup.model.errors import InputError
from tests.input.examples import CABLES, INVENTORY, Write, problems_of

HEADER = CABLES.splitlines()[0]
ROW = "leaf-1,Ethernet0,node-01,eth0,400GBASE-DR4,3,C-1"

# rows -> line and field, what is wrong, what would be right
MISTAKES = {
    "an unknown device": (
        "leaf-2,Ethernet0,node-01,eth0,,,",
        "2: a_device: no device is called 'leaf-2'",
        "did you mean 'leaf-1'?",
    ),
    "an unknown port": (
        "leaf-1,Ethernet1,node-01,eth0,,,",
        "2: a_port: leaf-1 has no port 'Ethernet1' in this inventory",
        "did you mean 'Ethernet0'?",
    ),
    "both ends equal": (
        "leaf-1,Ethernet0,leaf-1,Ethernet0,,,",
        "2: b_port: both ends are leaf-1/Ethernet0",
        "name the far end; a loopback plug is no cable",
    ),
    "an end used twice": (
        f"{ROW}\n\nnode-01,eth0,pdu-1,mgmt,,,",
        "4: a_port: node-01/eth0 is an end of the cable in line 2 already",
        "each end takes one cable",
    ),
    "an empty cell": (
        "leaf-1,,node-01,eth0,,,",
        "2: a_port: is empty",
        "name both ends of each cable",
    ),
    "a cell too many": (
        f"{ROW},surprise",
        "2: has 8 cells where the header has 7",
        "one cell for each column; a comma inside one needs quotes",
    ),
    "a label that would act on a terminal": (
        "leaf-1,Ethernet0,node-01,eth0,,,C\x1b[2J",
        "2: label: 'C\\x1b[2J' holds control characters",
        "leave them out",
    ),
    "a length that is none": (
        "leaf-1,Ethernet0,node-01,eth0,,3m,",
        "2: length_m: '3m' is no length",
        "give metres, such as 2.5, or nothing",
    ),
    "a length below zero": (
        "leaf-1,Ethernet0,node-01,eth0,,-1,",
        "2: length_m: '-1' is no length",
        "give metres, such as 2.5, or nothing",
    ),
    "a length that is no number": (
        "leaf-1,Ethernet0,node-01,eth0,,nan,",
        "2: length_m: 'nan' is no length",
        "give metres, such as 2.5, or nothing",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_bad_row_is_named_by_its_line(mistake: str, write: Write) -> None:
    rows, wrong, right = MISTAKES[mistake]
    write("cables.csv", f"{HEADER}\n{rows}\n")
    path = write("rack.toml", INVENTORY)
    assert problems_of(lambda: load_inventory(path)) == [f"cables.csv:{wrong}; {right}"]


def test_a_row_after_a_cell_of_several_lines_keeps_its_own_line(write: Write) -> None:
    path = write("cables.csv", f'{HEADER}\nleaf-1,Ethernet0,node-01,eth0,,,"two\nlines"\n,,x,y,,,\n')
    placed, problems = read_cables(path)
    assert [each.line for each in placed] == [2]
    assert {problem.line for problem in problems} == {4}


@pytest.mark.parametrize(
    ("header", "field", "wrong"),
    [
        ("a_device,a_port,b_device", "b_port", "this column is missing"),
        (HEADER.replace("medium", "media"), "media", "no such column"),
        (f"{HEADER},label", "label", "this column stands twice"),
        ("", "a_device", "this column is missing"),
    ],
)
def test_a_bad_header_is_named(header: str, field: str, wrong: str, write: Write) -> None:
    placed, problems = read_cables(write("cables.csv", f"{header}\n{ROW}\n"))
    assert placed == []
    assert (field, wrong) in {(problem.field, problem.wrong) for problem in problems}


def test_columns_may_stand_in_any_order_and_optional_ones_be_left_out(write: Write) -> None:
    text = "label,b_port,b_device,a_port,a_device\nC-1,eth0,node-01,Ethernet0,leaf-1\n"
    placed, problems = read_cables(write("cables.csv", text))
    assert problems == []
    assert placed[0].cable.subject == "leaf-1/Ethernet0<->node-01/eth0"


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(write: Write) -> None:
    path = write("cables.csv", "")
    path.write_bytes(b"\xef\xbb\xbf" + CABLES.replace("\n", "\r\n").encode())
    placed, problems = read_cables(path)
    assert problems == []
    assert len(placed) == 1


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b'a_device,"a_port\n', b"\x00\x00", b""])
def test_what_is_no_csv_is_a_problem_and_no_traceback(raw: bytes, write: Write) -> None:
    path = write("cables.csv", "")
    path.write_bytes(raw)
    placed, problems = read_cables(path)
    assert placed == []
    assert problems


def test_part_and_polarity_may_stand_in_two_more_columns(write: Write) -> None:
    text = f"{HEADER},part,polarity\n{ROW},MPO12-APC-3M,type B\n"
    (placed,), problems = read_cables(write("cables.csv", text))
    assert not problems
    assert (placed.cable.part, placed.cable.polarity) == ("MPO12-APC-3M", "type B")
    _, (problem,) = read_cables(write("bad.csv", text.replace("type B", "type\x07B")))
    assert "control characters" in problem.wrong and problem.field == "polarity"


def test_a_cable_that_a_scan_merely_found_is_no_intent(write: Write) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY)
    loaded = load_inventory(path)
    found = loaded.model_copy(update={"cable": (loaded.cable[0].model_copy(update={"found": True}),)})
    with pytest.raises(InputError, match="was found by a scan"):
        refuse_found(found, path)
    refuse_found(loaded, path)
