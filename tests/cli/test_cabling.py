"""cabling check, convert and solve: exit codes, work orders, and hostile names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bringup.cli.main import main
from bringup.input.cables import read_cables

CORPUS = Path(os.environ.get("BRINGUP_CORPUS", Path(__file__).resolve().parents[2] / "../shared/corpus"))
HEAD = "a_device,a_port,b_device,b_port,medium,length_m,label\n"
PLAN = HEAD + "".join(f"leaf-1,swp{at},spine-1,swp{at},dac,2,C-{at}\n" for at in range(1, 5))
Capture = pytest.CaptureFixture[str]


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def solved(tmp_path: Path, found: str, *more: str) -> int:
    plan, seen = written(tmp_path / "plan.csv", PLAN), written(tmp_path / "found.csv", found)
    return main(["cabling", "solve", "--expected", plan, "--found", seen, *more])


def test_nothing_to_move_exits_0(tmp_path: Path, capsys: Capture) -> None:
    assert solved(tmp_path, PLAN, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["moves"], told["unseen"], told["good"]) == ([], [], 4)


def test_moves_exit_1_and_say_from_to_and_cable(tmp_path: Path, capsys: Capture) -> None:
    found = (
        PLAN.replace("spine-1,swp1,", "X")
        .replace("spine-1,swp2,", "spine-1,swp1,")
        .replace("X", "spine-1,swp2,")
    )
    found = found.replace("C-1", "").replace("C-2", "")
    assert solved(tmp_path, found, "--format", "json") == 1
    moves = json.loads(capsys.readouterr().out)["moves"]
    assert len(moves) == 2
    for move in moves:
        assert move["from"] != move["to"]
        assert move["cable"] == f"C-{move['to'][-1]}"
    assert solved(tmp_path, found) == 1
    text = capsys.readouterr().out
    assert "first take out what is there and keep it in your hand" in text
    assert "(it is in your hand)" in text


def test_only_unseen_ends_exit_3(tmp_path: Path, capsys: Capture) -> None:
    assert (
        solved(tmp_path, PLAN.replace("leaf-1,swp3,spine-1,swp3", "leaf-1,swp3,,"), "--format", "json") == 3
    )
    (unseen,) = json.loads(capsys.readouterr().out)["unseen"]
    assert (unseen["a"], unseen["b"], unseen["cable"]) == ("leaf-1/swp3", "spine-1/swp3", "C-3")


def test_bad_rows_of_both_files_exit_2_all_at_once(tmp_path: Path, capsys: Capture) -> None:
    plan = written(tmp_path / "plan.csv", HEAD + "a,1,a,1,,,\nb,1,c,1,,,\nb,1,d,1,,,\n")
    found = written(tmp_path / "found.csv", HEAD + "a,1,b,1,,x,\n,,,,,,\n\n,,,,,,L\n")
    assert main(["cabling", "solve", "--expected", plan, "--found", found, "--format", "json"]) == 2
    told = capsys.readouterr()
    assert not told.out
    for place in (
        "plan.csv:2: b_port",
        "plan.csv:4: a_port",
        "found.csv:2: length_m",
        "found.csv:5: a_device",
    ):
        assert place in told.err


def test_the_work_order_says_where_devices_stand(tmp_path: Path, capsys: Capture) -> None:
    inventory = written(
        tmp_path / "rack.toml",
        'schema = "bringup.inventory/1"\n[[rack]]\nname = "R7"\n'
        + "".join(
            f'[[device]]\nname = "{name}"\nrack = "R7"\nunit = {unit}\nside = "rear"\nrole = "switch"\n'
            f'platform = "sonic"\naddress = "192.0.2.{unit}"\n'
            for name, unit in (("leaf-1", 40), ("spine-1", 42))
        ),
    )
    found = PLAN.replace("spine-1,swp1,", "spine-1,swp9,")
    assert solved(tmp_path, found, "-i", inventory) == 1
    assert "spine-1 swp9 (rack R7, U42, rear)" in capsys.readouterr().out
    stranger = written(tmp_path / "s.csv", PLAN + "leaf-2,swp1,spine-1,swp8,,,\n")
    assert main(["cabling", "check", stranger, "-i", inventory]) == 2
    assert (
        "s.csv:6: a_device: no device is called 'leaf-2'; did you mean 'leaf-1'?" in capsys.readouterr().err
    )


def test_a_hostile_name_is_shown_harmlessly(tmp_path: Path, capsys: Capture) -> None:
    found = PLAN.replace("spine-1,swp1,", "spine-1,swp\u0627\U0001f4a9,").replace("C-1", "[red]\u0301")
    assert solved(tmp_path, found) == 1
    text = capsys.readouterr().out
    assert "\\u0627" in text
    assert "[red]\\u0301" in text
    assert "\u0627" not in text
    bad = written(tmp_path / "bad.csv", HEAD + "a\x1b[2J,1,b,\u202e1,,,\n")
    assert main(["cabling", "check", bad]) == 2
    told = capsys.readouterr()
    assert "\x1b" not in told.err
    assert "\u202e" not in told.err


@pytest.mark.parametrize("to", ["csv", "dot", "netbox", "p2p", "sonic", "topology", "xlsx"])
def test_what_is_converted_is_the_same_plan(to: str, tmp_path: Path, capsys: Capture) -> None:
    plan, out = written(tmp_path / "plan.csv", PLAN), str(tmp_path / "out")
    assert main(["cabling", "convert", plan, "--to", to, "--out", out]) == 0
    assert main(["cabling", "solve", "--expected", plan, "--found", out]) == 0
    assert main(["cabling", "convert", plan, "--to", to, "--out", out]) == 2
    assert "never overwritten" in capsys.readouterr().err


def test_an_imported_list_is_ours(tmp_path: Path, capsys: Capture) -> None:
    plan, book = written(tmp_path / "plan.csv", PLAN), str(tmp_path / "plan.xlsx")
    assert main(["cabling", "convert", plan, "--to", "xlsx", "--out", book]) == 0
    out = tmp_path / "ours.csv"
    assert main(["cabling", "import", book, "--out", str(out)]) == 0
    placed, problems = read_cables(out)
    assert not problems and len(placed) == len(PLAN.splitlines()) - 1


def test_a_name_that_a_topology_can_not_hold_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: Capture
) -> None:
    plan, out = written(tmp_path / "plan.csv", HEAD + "a,1,b,port 2,,,L\n"), tmp_path / "out"
    assert main(["cabling", "convert", plan, "--to", "topology", "--out", str(out)]) == 2
    assert "port 2" in capsys.readouterr().err and not out.exists()


def test_neighbours_of_a_device_are_found_links(tmp_path: Path, capsys: Capture) -> None:
    def heard(local: str, port: str) -> dict[str, object]:
        return {
            "name": local,
            "via": "LLDP",
            "chassis": [{"name": [{"value": "spine-1"}]}],
            "port": [{"id": [{"value": "00:00:5e:00:53:01"}], "descr": [{"value": port}]}],
        }

    ports = {"swp1": "swp2", "swp2": "swp1", "swp3": "swp3", "swp4": "swp4"}
    told = {"lldp": [{"interface": [heard(here, there) for here, there in ports.items()]}]}
    plan = written(tmp_path / "plan.csv", PLAN)
    file = written(tmp_path / "lldp.json", json.dumps(told))
    assert (
        main(["cabling", "solve", "--expected", plan, "--found", f"leaf-1={file}", "--format", "json"]) == 1
    )
    assert len(json.loads(capsys.readouterr().out)["moves"]) == 2
    assert main(["cabling", "solve", "--expected", plan, "--found", file]) == 2
    assert "DEVICE=FILE" in capsys.readouterr().err


def test_a_forwarding_table_names_who_is_plugged_in_where_lldp_is_silent(
    tmp_path: Path, capsys: Capture
) -> None:
    """Two hosts whose plugs were exchanged at the switch; their addresses are in the inventory."""
    inventory = 'schema = "bringup.inventory/1"\n' + "".join(
        f'[[device]]\nname = "{name}"\nrole = "node"\nplatform = "human"\naddress = "-"\n{mac}'
        for name, mac in (
            ("leaf-1", ""),
            ("node-01", 'mac = "02:00:00:00:00:01"\n'),
            ("node-02", 'mac = "02:00:00:00:00:02"\n'),
        )
    )
    rack = written(tmp_path / "rack.toml", inventory)
    plan = written(
        tmp_path / "plan.csv", HEAD + "leaf-1,swp1,node-01,eth0,,,A\nleaf-1,swp2,node-02,eth0,,,B\n"
    )
    learned = {"vlan": 10, "flags": [], "master": "bridge", "state": ""}
    table = [
        {"mac": f"02:00:00:00:00:0{number}", "ifname": port, **learned}
        for port, number in (("swp1", 2), ("swp2", 1))
    ]
    found = f"leaf-1={written(tmp_path / 'fdb.json', json.dumps(table))}"
    words = ["cabling", "solve", "--expected", plan, "--found", found, "--format", "json"]
    assert main([*words, "-i", rack]) == 1
    moves = json.loads(capsys.readouterr().out)["moves"]
    assert {(each["from"], each["to"]) for each in moves} in (
        {("leaf-1/swp1", "leaf-1/swp2"), ("leaf-1/swp2", "leaf-1/swp1")},
        {("node-01/eth0", "node-02/eth0"), ("node-02/eth0", "node-01/eth0")},
    )
    assert main(words) == 3, "without the addresses nobody is known"


@pytest.mark.parametrize(
    ("file", "links"),
    [
        ("cabling/ptm-dot/topology.dot.sample", 4),
        ("cabling/sonic-links-csv/sonic_lab_links.csv", 34),
        ("mlxlink-ibdiagnet/ibnetdiscover/ibnetdiscover_p_edr.txt", 4),
    ],
)
def test_lists_of_the_corpus_are_read(file: str, links: int, capsys: Capture) -> None:
    if not (CORPUS / file).is_file():
        pytest.skip("no corpus")
    assert main(["cabling", "check", str(CORPUS / file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["links"] == links


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: Capture) -> None:
    assert main(["cabling", "check", str(tmp_path / "none.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
