"""Tables, topologies and workbooks: all faults at once with their rows, and nothing crashes on damage."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.cabling.fabric import read_port_list, read_topology
from bringup.cabling.link import CableList, End, Link
from bringup.cabling.neighbours import as_planned, links_told
from bringup.cabling.rules import list_faults
from bringup.cabling.table import read_table
from bringup.cabling.workbook import NoWorkbook, sheets
from bringup.cabling.write import WRITERS

OWN = "a_device,a_port,b_device,b_port,medium,length_m,label\n"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def table(text: str, *, found: bool = False) -> CableList:
    return read_table(enumerate(csv.reader(io.StringIO(text)), 1), found=found)


def workbook(rows: Sequence[Sequence[str]], *, head: str = "") -> bytes:
    cells = "".join(
        f'<row r="{at}">' + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for at, row in enumerate(rows, 1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr(
            "xl/worksheets/sheet1.xml",
            f'{head}<worksheet xmlns="{SPACE}"><sheetData>{cells}</sheetData></worksheet>',
        )
    return out.getvalue()


def test_our_own_table_is_read() -> None:
    (link,) = table(OWN + "l,p1,s,p2,dac,2.5,C-1\n").links
    assert link == Link(End("l", "p1"), End("s", "p2"), "dac", 2.5, "C-1", 2)


def test_a_point_to_point_list_is_read_below_its_row_of_groups() -> None:
    text = "Near,,,Far,,\nA-Node Name,A-Type,A-Port,Z-Node Name,Z-Type,Z-Port\ngpu,Host,3,leaf,Switch,1/2\n"
    (link,) = table(text).links
    assert (link.a, link.b, link.line) == (End("gpu", "3"), End("leaf", "1/2"), 3)


def test_an_infiniband_list_repeats_its_names_and_is_read_by_position() -> None:
    (link,) = table("Rack,U,Name,HCA/Port,Rack,U,Name,Port\nr1,2,gpu,1,r2,40,leaf,7\n").links
    assert (link.a, link.b) == (End("gpu", "1"), End("leaf", "7"))


def test_every_bad_row_of_a_table_is_told_at_once() -> None:
    text = OWN + "l,,s,p1,,,\nl,p2,s,p2,,x,\nl,p3\nl,p4,s,p\x1b4,,,\nl,p5,s,p5,,-1,\nl,p6,s,p6,,nan,\n"
    listed = table(text)
    assert [(fault.line, fault.field) for fault in listed.faults] == [
        (2, "a_port"),
        (3, "length_m"),
        (4, ""),
        (5, "b_port"),
        (6, "length_m"),
        (7, "length_m"),
    ]
    assert not listed.links


def test_only_a_found_list_may_have_an_open_end() -> None:
    text = OWN + "l,p1,,,,,\nl,p2,?,-,,,\n,,,,,,C-9\n"
    assert len(table(text).faults) == 6 + 2
    listed = table(text, found=True)
    assert [link.b for link in listed.links] == [None, None]
    assert [fault.line for fault in listed.faults] == [4]


@pytest.mark.parametrize("text", ["", "\n\n", "x,y\n1,2\n", OWN, OWN.replace("b_device", "a_device")])
def test_what_is_no_cable_list_is_a_fault(text: str) -> None:
    listed = table(text)
    assert not listed.links
    assert listed.faults


def test_all_rules_of_a_list_are_told_at_once() -> None:
    rows = [
        ("l", "p1", "l", "p1", ""),
        ("l", "p2", "s", "p2", "C-1"),
        ("s", "p2", "l", "p2", ""),
        ("l", "p3", "s", "p2", ""),
        ("L", "p4", "s", "p4", "C-1"),
        ("l", "Ethernet5", "s", "p5", ""),
        ("l", "Eth6", "s", "p6", ""),
        ("l", "p7", "x/y", "p7", ""),
    ]
    links = [
        Link(End(a, b), End(c, d), label=label, line=at) for at, (a, b, c, d, label) in enumerate(rows, 2)
    ]
    faults = list_faults(links, devices={"l", "s"})
    assert {(fault.line, fault.field) for fault in faults} == {
        (2, "b_port"),  # both ends equal
        (4, ""),  # the same cable again
        (5, "b_port"),  # one port twice
        (6, "a_device"),  # another spelling, and unknown
        (6, "label"),  # a label twice
        (8, "a_port"),  # two styles
        (9, "b_device"),  # no name, and unknown
    }
    assert any("did you mean" in fault.right or "inventory" in fault.right for fault in faults)


def test_a_topology_tells_each_link_once_from_both_ends() -> None:
    near = "MQM9700 spine1\n\tP7 -4x-100G-> MQM9700 leaf4 P33\n\n"
    text = near + "MQM9700 leaf4\n\tP33 -4x-100G-> MQM9700 spine1 P7\n"
    (link,) = read_topology(text).links
    assert link.ends == (End("spine1", "P7"), End("leaf4", "P33"))
    broken = read_topology(text + "\tP34 -4x-\n" + "\tP35 ->\n")
    assert [fault.line for fault in broken.faults] == [6, 7]


def test_a_port_list_tells_dark_ports_apart_from_links() -> None:
    text = (
        "CA   134  1 0x7c 4x EDR - SW  1719 10 0x7d ( 'n1 HCA-1' - 'leaf' )\n"
        "SW  1719 10 0x7d 4x EDR - CA   134  1 0x7c ( 'leaf' - 'n1 HCA-1' )\n"
        "SW  1719 11 0x7d 4x SDR                                    'leaf'\n"
    )
    listed = read_port_list(text)
    assert [link.ends for link in listed.links] == [(End("n1 HCA-1", "1"), End("leaf", "10"))]
    assert listed.notes == ("1 ports have no link",)


def test_a_workbook_is_read_with_its_rows() -> None:
    rows = [["A-Node Name", "A-Port", "Z-Node Name", "Z-Port"], ["gpu", "1", "leaf", "2"]]
    (sheet,) = sheets(workbook(rows))
    (link,) = read_table(sheet).links
    assert (link.a, link.b, link.line) == (End("gpu", "1"), End("leaf", "2"), 2)


def test_a_workbook_that_declares_entities_is_refused() -> None:
    with pytest.raises(NoWorkbook, match="entities"):
        sheets(workbook([["x"]], head='<!DOCTYPE a [<!ENTITY b "c">]>'))


def test_a_workbook_that_swells_is_refused() -> None:
    swollen = workbook([["x"]], head=" " * (33 * 1024 * 1024))
    assert len(swollen) < 1_000_000
    with pytest.raises(NoWorkbook, match="too large"):
        sheets(swollen)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_none_and_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(workbook([["A-Node Name", "A-Port", "Z-Node Name", "Z-Port"], ["g", "1", "l", "2"]]))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6)):
        whole[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        sheets(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except NoWorkbook:
        pass


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_no_text_crashes_a_reader(text: str) -> None:
    read_topology(text)
    read_port_list(text)
    rows = [(at, line.split(",")) for at, line in enumerate((OWN + text).split("\n"), 1)]
    listed = read_table(rows, found=True)
    list_faults(listed.links, devices={"a"})


def test_what_is_written_is_read_again() -> None:
    links = [Link(End("l", "p1"), End("s, x", 'p"2'), "dac", 2.5, "C-1", 2)]
    assert list(table(WRITERS["csv"](links)).links) == links
    assert [link.ends for link in table(WRITERS["sonic"](links)).links] == [links[0].ends]
    with pytest.raises(ValueError, match="dot"):
        WRITERS["dot"](links)


def test_neighbours_that_contradict_each_other_are_not_seen() -> None:
    a, b, c = End("a", "1"), End("b", "1"), End("c", "1")
    listed = links_told([(a, b), (b, c)])
    assert [link.ends for link in listed.links] == [(b, c)]
    assert len(listed.notes) == 1
    assert [link.ends for link in links_told([(a, b), (b, a), (c, None)]).links] == [(a, b)]
    assert not links_told([(a, a)]).links
    assert not links_told([(a, b), (a, c)]).links


def test_found_names_are_read_as_the_plan_writes_them() -> None:
    plan = [Link(End("leaf-1", "Ethernet1/1"), End("spine-1", "eth0"))]
    (link,) = as_planned([Link(End("LEAF-1.example", "Et1/1"), End("spine-1", "eth0"))], plan)
    assert link.ends == plan[0].ends
    (link,) = as_planned([Link(End("leaf-1", "eth1"), None)], [Link(End("leaf-1", "Ethernet1"), None)])
    assert link.a == End("leaf-1", "eth1")
