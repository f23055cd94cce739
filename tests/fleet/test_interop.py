"""Which combinations were proven, by which record: and everything that proves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from bringup.cli.interop import interop
from bringup.fleet.interop import Combination, End, Result, length_class, matrix, merged, results
from bringup.fleet.interop_file import read_book, write_book
from bringup.fleet.interop_want import answer, parse_end, want_of
from bringup.model import event as ev
from bringup.model.errors import InputError
from bringup.model.fold import fold_events
from bringup.model.state import RunState
from bringup.model.subject import link
from tests.diagnosis.record import C1, C3, Record, Told

NIC = ("ConnectX-7", "28.42.1000")
ROOT = "vhzXcBhPcTzBYeXzdrjN4Rx0cC9zVtQbz1yP3C0ynXs="


def identities(record: Record, *, firmware: bool = True, part: str = "LO-400G-DR4") -> None:
    """Who is at both ends of the first and third cable."""
    for device, model, release in (("leaf-1", "LT-9732", "202411.1"), ("leaf-2", "DCS-7060", "4.33.2F")):
        told: list[Told] = [(device, "model", model), (device, "os_version", release)]
        record.step("management", "identity", device, told)
    record.step("nic", "firmware", C1[1], [(C1[1], "nic_model", NIC[0]), (C1[1], "nic_firmware", NIC[1])])
    for port in (*C1, *C3):
        told = [(port, "optic_present", True), (port, "optic_part_number", part)]
        if firmware:
            told.append((port, "optic_firmware", "1.2"))
        record.step("optic", "presence", port, told)


def errors(record: Record, ends: tuple[str, str], ber: float = 1e-9) -> None:
    told: list[Told] = [(end, "pre_fec_ber_upper", ber) for end in ends]
    record.step("link", "errors", link(*ends), told)


def state(record: Record, *, simulated: bool = False, checkpoint: bool = True, run: str = "r1") -> RunState:
    first = ev.RunStarted(
        run=run, path="", playbook="p", inventory="i", program="", host="", user="", run_json="",
        simulated=simulated,
    )  # fmt: skip
    plan = ev.PlanFixed(files={}, planned=tuple(record._planned))
    last = [ev.Checkpointed(size=70, root=ROOT, file="70.txt", signer="")] if checkpoint else []
    events = [first, plan, *record.events, *last]
    return fold_events(msgspec.structs.replace(one, seq=seq) for seq, one in enumerate(events))


def good_run(**how: Any) -> tuple[Result, ...]:
    record = Record()
    identities(record)
    errors(record, C1)
    errors(record, C3)
    return results(state(record, **how), record.inventory)


def test_a_link_whose_errors_were_good_proves_what_was_read_at_both_ends() -> None:
    nic, switches = good_run()
    assert nic.combination == Combination(
        a=End(
            kind="nic", model="ConnectX-7", release="28.42.1000", optic="LO-400G-DR4", optic_firmware="1.2"
        ),
        b=End(kind="switch", model="LT-9732", release="202411.1", optic="LO-400G-DR4", optic_firmware="1.2"),
        medium="400GBASE-DR4",
    )
    assert (nic.links, nic.good, nic.failed, nic.unknown) == (1, 1, 0, 0)
    assert (nic.run, nic.size, nic.root) == ("r1", 70, ROOT)
    assert nic.pre_fec_ber_upper == (1e-9, 1e-9)
    assert len(nic.events) == 1
    assert nic.proves and switches.proves
    found = answer(want_of(nic.combination), good_run())
    assert (found.answer, [each.root for each in found.proven_by]) == ("proven", [ROOT])


@pytest.mark.parametrize(
    ("how", "counts"), [({"simulated": True}, False), ({"checkpoint": False}, False), ({}, True)]
)
def test_a_simulated_run_or_one_without_a_checkpoint_proves_nothing(
    how: dict[str, Any], counts: bool
) -> None:
    book = good_run(**how)
    found = answer(want_of(book[0].combination), book)
    assert found.answer == ("proven" if counts else "never")
    assert len(found.not_counted) == (0 if counts else 1)


def test_a_link_that_failed_proves_nothing_and_says_why() -> None:
    record = Record()
    identities(record)
    errors(record, C1, 3e-5)
    (result,) = results(state(record), record.inventory)
    assert (result.good, result.failed) == (0, 1)
    assert result.failures == ("link.errors pre_fec_ber_upper",)
    assert answer(want_of(result.combination), [result]).answer == "failed"


def test_good_errors_and_a_bad_relock_are_a_failure() -> None:
    record = Record()
    identities(record)
    errors(record, C1)
    record.broken("link", "relock", C1[0], None, "its link did not come back", None, verdict=ev.Verdict.FAIL)
    (result,) = results(state(record), record.inventory)
    assert (result.good, result.failed, result.failures) == (0, 1, ("link.relock failed",))


def test_a_link_whose_errors_were_not_measured_is_not_known() -> None:
    record = Record()
    identities(record)
    record.step("link", "state", link(*C1), [(end, "oper_up", True) for end in C1])
    (result,) = results(state(record), record.inventory)
    assert (result.good, result.unknown) == (0, 1)
    assert answer(want_of(result.combination), [result]).answer == "never"


def test_a_part_that_nobody_read_is_not_taken_for_one_that_was() -> None:
    record = Record()
    identities(record, part="")
    errors(record, C1)
    (result,) = results(state(record), record.inventory)
    assert result.good == 1 and not result.proves
    planned = [
        parse_end("kind=nic,model=*,release=*,optic=*"),
        parse_end("kind=switch,model=*,release=*,optic=*"),
    ]
    want = msgspec.structs.replace(want_of(result.combination), ends=(planned[0], planned[1]))
    assert answer(want, [result]).answer == "never"


@pytest.mark.parametrize(
    ("told", "model", "release"),
    [
        ({"nic_firmware": "28.42.1000 (MT_0000000838)", "driver_name": "mlx5_core"},
         "mlx5_core MT_0000000838", "28.42.1000"),
        ({"nic_firmware": "28.42.1000 (MT_0000000838)", "nic_model": "CX-7"}, "CX-7", "28.42.1000"),
        ({"nic_firmware": "229.2.61.0/pkg 229.1.123.0", "driver_name": "bnxt_en"},
         "", "229.2.61.0/pkg 229.1.123.0"),
        ({"nic_firmware": "1.2 (x)"}, "", "1.2 (x)"),
    ],
)  # fmt: skip
def test_an_adapter_is_known_by_its_model_or_by_the_board_id_of_its_firmware(
    told: dict[str, str], model: str, release: str
) -> None:
    record = Record()
    record.step("nic", "firmware", C1[1], [(C1[1], quantity, text) for quantity, text in told.items()])
    errors(record, C1)
    (result,) = results(state(record), record.inventory)
    assert (result.combination.a.model, result.combination.a.release) == (model, release)


def test_another_firmware_is_another_combination() -> None:
    book = good_run()
    combination = book[0].combination
    other = msgspec.structs.replace(combination, a=msgspec.structs.replace(combination.a, release="28.43.0"))
    assert answer(want_of(other), book).answer == "never"


def test_a_text_that_looks_like_a_pattern_is_none_where_it_was_read() -> None:
    (result, _) = good_run()
    wild = msgspec.structs.replace(
        result.combination, a=msgspec.structs.replace(result.combination.a, release="*")
    )
    assert answer(want_of(wild), good_run()).answer == "never"


def test_a_run_that_stands_in_two_books_counts_once_and_one_that_has_grown_by_its_last_word() -> None:
    early = good_run()
    late = tuple(msgspec.structs.replace(each, size=99, good=0, failed=1) for each in early)
    other = tuple(msgspec.structs.replace(each, run="r2") for each in early)
    book = merged([early, late, early, other])
    assert sorted((each.run, each.size, each.failed) for each in book) == sorted(
        [("r1", 99, 1), ("r2", 70, 0)] * 2
    )
    assert {len(each) for each in matrix(book).values()} == {2}
    assert merged([book, book]) == book


def test_lengths_are_told_by_class() -> None:
    assert [length_class(each) for each in (None, 0, 0.5, 3, 3.1, 100, 501, 9000)] == [
        "", "", "to 3 m", "to 3 m", "to 30 m", "to 100 m", "to 2000 m", "over 2000 m",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind=nic",
        "kind=nic,model=a,release=b",
        "kind=router,model=a,release=b,optic=c",
        "kind=nic,model=a,release=b,optic=c,optics=d",
        "kind=nic,kind=nic,model=a,release=b,optic=c",
        "kind=nic,model=,release=b,optic=c",
        "model a",
    ],
)
def test_an_end_that_is_not_said_as_a_whole_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_end(text)


# --- files and the command --------------------------------------------------------------------------------


def run_it(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(interop, list(words), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return int(done.return_value), done.output


def test_a_book_is_written_once_and_read_back(tmp_path: Path) -> None:
    write_book(tmp_path / "b.json", good_run())
    assert read_book(tmp_path / "b.json") == good_run()
    with pytest.raises(InputError, match="is there already"):
        write_book(tmp_path / "b.json", ())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "bringup.interop/9", "results": []}', '{"results": 1}', "\x00"]
)
def test_a_file_that_is_no_book_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(InputError):
        read_book(tmp_path / "b.json")


ENDS = (
    "--end", "kind=switch,model=LT-9732,release=202411.*,optic=LO-400G-DR4",
    "--end", "kind=nic,model=ConnectX-7,release=28.42.1000,optic=LO-400G-DR4",
)  # fmt: skip


def test_check_names_the_record_that_proves_a_combination_in_either_order(tmp_path: Path) -> None:
    book = tmp_path / "b.json"
    write_book(book, good_run())
    code, said = run_it("check", str(book), *ENDS, "--medium", "400GBASE-DR4")
    assert code == 0
    assert f"proven by record r1: 1 good of 1, tree 70 {ROOT}" in said
    assert run_it("check", str(book), *reversed_ends())[0] == 0


def reversed_ends() -> tuple[str, ...]:
    return (*ENDS[2:], *ENDS[:2])


def test_check_refuses_a_combination_that_was_never_proven(tmp_path: Path) -> None:
    book = tmp_path / "b.json"
    write_book(book, good_run())
    other = tuple(word.replace("28.42.1000", "28.43.0") for word in ENDS)
    code, said = run_it("check", str(book), *other)
    assert (code, said.splitlines()[0].partition(":")[0]) == (3, "NEVER PROVEN")
    assert run_it("check", str(book), *ENDS, "--medium", "400GBASE-FR4")[0] == 3


def test_check_says_that_a_simulated_rack_proves_nothing(tmp_path: Path) -> None:
    book = tmp_path / "b.json"
    write_book(book, good_run(simulated=True))
    code, said = run_it("check", str(book), *ENDS)
    assert code == 3 and "SIMULATED: proves nothing" in said


def test_check_as_json_has_digests_and_answers(tmp_path: Path) -> None:
    book = tmp_path / "b.json"
    write_book(book, good_run())
    code, said = run_it("check", str(book), *ENDS, "--format", "json")
    ((first,),) = [json.loads(said)]
    assert code == 0 and first["answer"] == "proven"
    assert first["proven_by"][0]["root"] == ROOT


@pytest.mark.parametrize("words", [(), ENDS[:2], (*ENDS, *ENDS[:2]), (*ENDS, "--like", "r1")])
def test_check_wants_one_combination_whole(words: tuple[str, ...], tmp_path: Path) -> None:
    book = tmp_path / "b.json"
    write_book(book, good_run())
    with pytest.raises(InputError):
        run_it("check", str(book), *words)


def test_merged_books_show_every_combination_once(tmp_path: Path) -> None:
    one, two, both = (tmp_path / f"{name}.json" for name in ("one", "two", "both"))
    write_book(one, good_run())
    write_book(two, good_run(run="r2"))
    assert run_it("merge", str(one), str(two), str(one), "--out", str(both))[0] == 0
    code, said = run_it("show", str(both))
    assert code == 0
    assert said.count("2 of 2 links good, 0 failed") == 2
    assert said.count("record r1") == said.count("record r2") == 2
