"""What is copied, exported, fetched, waived, noted: menus, forms, and the files and sequences behind them."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest

from bringup.journal.folder import RunFolder
from bringup.model import event as ev
from bringup.tui import clip, errands
from bringup.tui.console import Console
from bringup.tui.effect import Copy, Export, Fetch, Photo, Send
from bringup.tui.jump import LABELS
from bringup.tui.scan import Key, Scan
from bringup.view.frame import Size
from bringup.view.ticket import digest, ticket
from tests.tui.scenes import ESC, HOSTILE, asked, console, dirty, good, keys, scene, text

RUN = "20260102-030405-abcd"
PORT = "leaf-1/Ethernet0"
ROOT = "cm9vdCBvZiB0aGUgdHJlZQ=="
SAID = b"Ethernet0 rx -6.3 dBm\n"
SHA256 = hashlib.sha256(SAID).hexdigest()


def kept(name: str = "show transceiver", sha256: str = SHA256) -> ev.EvidenceKept:
    return ev.EvidenceKept(
        stage="optics",
        step="levels",
        subject=PORT,
        attempt=1,
        name=name,
        sha256=sha256,
        size=22,
        media_type="",
    )


def checkpointed() -> ev.Checkpointed:
    return ev.Checkpointed(size=9, root=ROOT, file="9.txt", signer="SHA256:x")


def folder(tmp_path: Path) -> RunFolder:
    found = RunFolder(tmp_path / "runs" / RUN)
    found.path.mkdir(parents=True)
    return found


def evidence(tmp_path: Path, data: bytes, sha256: str = "") -> tuple[RunFolder, str]:
    found, name = folder(tmp_path), sha256 or hashlib.sha256(data).hexdigest()
    found.blob(name).parent.mkdir(parents=True)
    found.blob(name).write_bytes(gzip.compress(data))
    return found, name


# Copy


def test_a_ticket_has_value_limit_source_evidence_and_the_records_digest() -> None:
    one, _ = console(scene(dirty(), kept(), checkpointed()))
    (copied,) = keys(one, "f", "y", "3", "enter")
    assert isinstance(copied, Copy)
    for words in (
        "rx_power_dbm -6.3 dBm  FAIL",
        "limit:     >= -5.9",
        "source: ",
        "a datasheet",
        f"evidence:  sha256 {SHA256}  {PORT} show transceiver",
        f"record:    run {RUN}: root {ROOT} over 9 events",
        "remedy:    ",
        "[clean-both-ends]",
        "rack:      r07",
    ):
        assert words in copied.text, copied.text
    assert "│" not in copied.text
    assert "─" not in copied.text


def test_what_is_not_there_is_said_in_a_ticket() -> None:
    shown = scene(dirty())
    words = ticket(shown, shown.causes[0])
    assert "evidence:  none was kept" in words
    assert "no checkpoint yet" in words


def test_a_ticket_of_hostile_text_is_harmless() -> None:
    record = dirty()
    record.broken("management", "reach", "leaf-2", "timeout", HOSTILE, "leaf-2")
    shown = scene(record, kept(HOSTILE))
    words = "\n".join(ticket(shown, cause) for cause in shown.causes)
    assert "\\x1b[2J" in words
    for bad in (ESC, "\x07", "\x9b", "\u202e", "\ud800"):
        assert bad not in words


def test_the_copy_menu_offers_line_value_ticket_digest_and_screen() -> None:
    one, _ = console(scene(dirty(), checkpointed()))
    keys(one, "f", "y")
    shown = text(one, Size(120, 40))
    for words in ("this line", "this value", "this failure, for a ticket", "digest", "all of this screen"):
        assert words in shown
    (line,) = keys(one, "enter")
    assert isinstance(line, Copy)
    assert "receives too little light" in line.text
    assert "\n" not in line.text
    (value,) = keys(one, "y", "2", "enter")
    assert isinstance(value, Copy)
    assert value.text == f"{PORT}#lane-2  rx_power_dbm -6.3 dBm  FAIL"
    (root,) = keys(one, "y", "4", "enter")
    assert root == Copy(digest(one.scene), "the record's digest")
    (page,) = keys(one, "y", "5", "enter")
    assert isinstance(page, Copy)
    assert "WHY, AND WHAT TO DO" in page.text


@pytest.mark.parametrize("way", [("m",), ("J",), ("e",), ("J", "k")])
def test_a_value_can_be_copied_where_one_is_chosen(way: tuple[str, ...]) -> None:
    one, _ = console(scene(dirty(), kept()))
    (copied,) = keys(one, *way, "y", "2", "enter")
    assert isinstance(copied, Copy)
    assert copied.what == "this value"
    assert copied.text


def test_a_good_run_can_be_copied_too() -> None:
    one, _ = console(scene(good()))
    for number in ("1", "2", "3"):
        (copied,) = keys(one, "y", number, "enter")
        assert isinstance(copied, Copy)
        assert copied.text


def test_a_digit_picks_and_nothing_is_done_before_enter() -> None:
    one, _ = console()
    assert keys(one, "f", "y", "3", "9", "1", "2") == []
    assert one.look.cursor == 1


def decoded(sequence: str) -> str:
    return base64.b64decode(sequence.partition("]52;c;")[2].partition("\x07")[0]).decode()


def test_a_copy_goes_to_the_terminal_by_osc_52() -> None:
    assert clip.sequences("a µ", {}) == f"\x1b]52;c;{base64.b64encode('a µ'.encode()).decode()}\x07"
    assert decoded(clip.sequences("a µ", {})) == "a µ"


def test_inside_a_multiplexer_a_copy_goes_in_its_own_form_too() -> None:
    plain = clip.sequences("x", {})
    inside = clip.sequences("x", {"TMUX": "/tmp/tmux-0/default,1,0"})
    assert inside == plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    assert clip.sequences("x", {"STY": "1.pts"}) == plain + "\x1bP" + plain + "\x1b\\"


def test_more_than_64_kib_go_into_the_file_only() -> None:
    assert clip.sequences("x" * clip.MOST_BYTES, {})
    assert clip.sequences("x" * (clip.MOST_BYTES + 1), {}) == ""
    assert clip.sequences("µ" * (clip.MOST_BYTES // 2 + 1), {}) == ""  # bytes count, not characters


async def test_a_copy_says_what_is_known_of_it_and_names_its_file(tmp_path: Path) -> None:
    run, written = folder(tmp_path), list[str]()
    said = await errands.copy(run, Copy("the words", "x"), {"HOME": str(tmp_path)}, written.append)
    file = tmp_path / "runs" / f"{RUN}.copy.txt"
    assert said == f"sent to clipboard (9 chars); also in {file.name}"
    assert len(said) <= 73  # it stands whole on a crash cart's line
    assert file.read_text() == "the words\n"
    assert [decoded(each) for each in written] == ["the words"]
    assert list(run.path.iterdir()) == []  # a reader changes nothing in the run's own folder


async def test_a_long_copy_is_only_in_its_file_and_says_so(tmp_path: Path) -> None:
    run, written = folder(tmp_path), list[str]()
    long = "y" * (clip.MOST_BYTES + 1)
    said = await errands.copy(run, Copy(long, "x"), {"HOME": str(tmp_path)}, written.append)
    assert said.startswith("too long for the clipboard (65537 chars): in ")
    assert written == []


async def test_where_runs_can_not_be_written_a_copy_lies_beside_the_preferences(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, so that nothing can be written beside the run")
    run = RunFolder(tmp_path / "runs" / RUN)
    said = await errands.copy(run, Copy("words", "x"), {"HOME": str(tmp_path)}, lambda _: None)
    assert (tmp_path / ".config" / "bringup" / f"{RUN}.copy.txt").read_text() == "words\n"
    assert ".config/bringup" in said


async def test_what_can_be_written_nowhere_is_said(tmp_path: Path) -> None:
    for name in ("runs", ".config"):
        (tmp_path / name).write_text("")
    run = RunFolder(tmp_path / "runs" / RUN)
    said = await errands.copy(run, Copy("words", "x"), {"HOME": str(tmp_path)}, lambda _: None)
    assert said.startswith("not copied: ")


async def test_a_view_is_exported_as_plain_text(tmp_path: Path) -> None:
    one, _ = console()
    (effect,) = keys(one, "f", "x")
    assert isinstance(effect, Export)
    said = await errands.export(folder(tmp_path), effect, {"HOME": str(tmp_path)})
    file = tmp_path / "runs" / f"{RUN}.failures.txt"
    assert file.name in said
    assert "WHY, AND WHAT TO DO" in file.read_text()


# Evidence


def test_evidence_of_a_failure_is_listed_and_fetched() -> None:
    one, _ = console(scene(dirty(), kept()))
    keys(one, "f", "e")
    assert SHA256[:12] in text(one)
    assert "show transceiver" in text(one)
    assert keys(one, "enter") == [Fetch(SHA256)]
    assert "being read" in text(one)
    one.fetched("another", ("late",))
    assert "being read" in text(one)
    one.fetched(SHA256, ("Ethernet0 rx -6.3 dBm",))
    assert "Ethernet0 rx -6.3 dBm" in text(one)
    keys(one, "escape", "escape")
    assert one.look.screen == "failures"


async def test_evidence_is_read_and_made_harmless(tmp_path: Path) -> None:
    run, sha256 = evidence(tmp_path, b"one\r\n\x1b[2Jtwo \xff\n")
    assert await errands.fetch(run, sha256) == ("one", "\\x1b[2Jtwo \\xff")


async def test_evidence_that_is_not_what_the_record_names_says_so(tmp_path: Path) -> None:
    run, sha256 = evidence(tmp_path, b"changed", SHA256)
    assert (await errands.fetch(run, sha256))[0].startswith("DAMAGED")


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08\x00", b"no gzip"])
async def test_evidence_that_can_not_be_read_is_a_line_and_no_crash(tmp_path: Path, data: bytes) -> None:
    run, sha256 = evidence(tmp_path, b"x")
    run.blob(sha256).write_bytes(data)
    (line, *_) = await errands.fetch(run, sha256)
    assert line.startswith(("can't be read", "DAMAGED"))
    assert (await errands.fetch(run, "0" * 64))[0].startswith("can't be read")


async def test_a_large_piece_is_shown_from_its_beginning(tmp_path: Path) -> None:
    run, sha256 = evidence(tmp_path, b"z" * (errands.MOST_READ + 1))
    assert "only the first" in (await errands.fetch(run, sha256))[-1]


# Forms


def write(one: Console, words: str) -> None:
    for letter in words:
        one.press(Key("space" if letter == " " else letter, letter))


def test_a_waiver_takes_a_reason_a_day_and_the_racks_name() -> None:
    one, _ = console()
    keys(one, "f", "W")
    assert "WAIVE optics/levels@leaf-1/Ethernet0" in text(one)
    assert keys(one, "enter") == []
    assert "a waiver takes a reason" in text(one)
    write(one, "spare on order")
    assert keys(one, "enter") == []
    write(one, "tomorrow")
    assert keys(one, "enter") == []
    assert "YYYY-MM-DD" in text(one)
    keys(one, "ctrl+u")
    write(one, "2030-01-31")
    assert keys(one, "enter") == []
    write(one, "yes")
    assert keys(one, "enter") == []
    assert "that is not r07: nothing was done" in text(one)
    keys(one, "ctrl+u")
    write(one, "r07")
    assert keys(one, "enter") == [
        Send("waive", {"step": "optics/levels", "until": "2030-01-31", "subject": PORT}, "spare on order")
    ]
    assert one.look.screen == "failures"


def test_escape_drops_a_waiver() -> None:
    one, _ = console()
    keys(one, "f", "W")
    write(one, "why")
    assert keys(one, "enter", "escape") == []
    assert one.look.screen == "failures"
    keys(one, "W")
    assert one.look.entered == ()


@pytest.mark.parametrize("key", ["u", "W"])
def test_where_nothing_is_chosen_nothing_is_skipped_or_waived(key: str) -> None:
    one, _ = console(scene(good()))
    assert keys(one, key) == []
    assert one.look.screen == "run"
    assert "choose a question or a failure first" in text(one)


@pytest.mark.parametrize("key", ["u", "W"])
def test_a_watcher_gets_no_form(key: str) -> None:
    one, _ = console(scene(dirty(), watching=True))
    assert keys(one, "f", key) == []
    assert one.look.screen == "failures"


def test_what_can_not_be_mended_is_skipped_from_the_failure() -> None:
    one, _ = console()
    keys(one, "f", "u")
    write(one, "1 no scope here")
    assert keys(one, "enter") == [Send("skip", {"step": "optics/levels", "subject": PORT}, "no scope here")]


@pytest.mark.parametrize(("number", "screen"), [("3", "waive"), ("4", "photo")])
def test_the_menu_of_what_can_not_be_done_leads_to_its_forms(number: str, screen: str) -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, "space", "tab")
    write(one, number)
    assert keys(one, "enter") == []
    assert one.look.screen == screen
    assert one.look.about == "sign-off/walk@run"
    keys(one, "escape")
    assert one.look.screen == "ask"


async def test_a_photo_note_keeps_reference_and_digest_and_not_the_picture(tmp_path: Path) -> None:
    picture = tmp_path / "port 17.jpg"
    picture.write_bytes(b"\xff\xd8 picture")
    one, _ = console()
    keys(one, "f", "p")
    write(one, str(picture))
    assert keys(one, "enter") == []
    write(one, "ferrule cracked")
    (effect,) = keys(one, "enter")
    assert effect == Photo(str(picture), "ferrule cracked", f"optics/levels@{PORT}")
    assert isinstance(effect, Photo)
    note = await errands.photo_note(effect, readable=True)
    sha256 = hashlib.sha256(b"\xff\xd8 picture").hexdigest()
    words = f"photo {picture} (sha256 {sha256}): ferrule cracked"
    assert note == Send("note", {"text": words, "subject": PORT})


@pytest.mark.parametrize(
    "reference", ["asset 4711", "/nowhere/x.jpg", "~nobody-of-that-name/x", "/dev/zero", "a\0b"]
)
async def test_a_photo_that_is_no_file_here_is_noted_by_its_reference(reference: str) -> None:
    note = await errands.photo_note(Photo(reference, "cracked"), readable=True)
    assert note == Send("note", {"text": f"photo {reference}: cracked"})


async def test_a_browser_learns_nothing_of_files_where_the_run_is(tmp_path: Path) -> None:
    picture = tmp_path / "x"
    picture.write_bytes(b"x")
    note = await errands.photo_note(Photo(str(picture), "cracked"), readable=False)
    assert "sha256" not in note.arguments["text"]


def test_a_scan_fills_a_field_of_a_form_and_enter_goes_on() -> None:
    one, _ = console()
    keys(one, "p")
    one.scanned(Scan("ASSET-4711", True, 0))
    keys(one, "enter")
    assert one.look.entered == ("ASSET-4711",)


# Signing


def test_a_digit_opens_the_question_of_a_signature_and_signs_nothing() -> None:
    first = asked("I sign as technician.", "attest", step="one", question="sign-off/one@run")
    second = asked("I sign as engineer.", "attest", step="two", question="sign-off/two@run")
    one, _ = console(scene(good(), first, second))
    assert keys(one, "s", "2") == []
    assert one.look.about == "sign-off/two@run"
    assert keys(one, "escape", "3") == []
    assert "2 asked for" in text(one)
    none, _ = console(scene(good()))
    keys(none, "s", "1")
    assert "no signature is asked for yet" in text(none)


# Jump


def test_labels_appear_on_every_row_and_a_label_goes_there() -> None:
    one, _ = console(scene(dirty(), kept("one", "1" * 64), kept("two", "2" * 64), kept("three", "3" * 64)))
    keys(one, "e")
    text(one)
    keys(one, "apostrophe")
    shown = text(one).splitlines()
    marked = [row for row in shown if (row[:1] in tuple(LABELS[:3]) and "111111" in row) or "222222" in row]
    assert marked
    keys(one, "c")
    assert one.look.cursor == 2
    assert not one.look.jump


def test_any_other_key_ends_the_jump_and_acts() -> None:
    one, _ = console()
    keys(one, "J")
    text(one)
    keys(one, "apostrophe", "escape")
    assert not one.look.jump
    assert one.look.screen == "run"


def test_where_nothing_can_be_chosen_no_label_appears() -> None:
    one, _ = console()
    text(one)
    keys(one, "apostrophe")
    assert "nothing to jump to here" in text(one)


def test_a_click_chooses_the_row_below_it_and_opens_nothing() -> None:
    one, _ = console(scene(dirty(), kept("one", "1" * 64), kept("two", "2" * 64)))
    keys(one, "e")
    rows = text(one).splitlines()
    one.click(next(number for number, row in enumerate(rows) if "222222222222" in row))
    assert one.look.cursor == 1
    assert one.look.screen == "evidence"
    one.click(0)
    one.click(500)
    assert one.look.cursor == 1


@pytest.mark.parametrize("way", [("m",), ("J",), ("f",), ("A",)])
def test_each_label_of_a_list_chooses_another_row(way: tuple[str, ...]) -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, *way)
    text(one)
    found = one._targets()
    assert len({each.cursor for each in found.values()}) == len(found)
    assert sorted(found) == list(found)


# Cells of a matrix


def test_arrows_choose_a_cell_which_is_told_and_copied() -> None:
    one, _ = console()
    keys(one, "m", "right")
    first = one.screen.cell(one.scene, one.look)
    keys(one, "right")
    second = one.screen.cell(one.scene, one.look)
    assert "#lane-1 " in first
    assert "#lane-2 " in second
    assert second.partition("  ")[0] in text(one)
    keys(one, *["right"] * 50)
    assert "#lane-4 " in one.screen.cell(one.scene, one.look)
    keys(one, *["left"] * 50)
    assert one.look.column == -1
    (copied,) = keys(one, "right", "right", "y", "2", "enter")
    assert isinstance(copied, Copy)
    assert copied.text == second


def test_the_next_bad_row_is_told_as_a_whole_again() -> None:
    one, _ = console()
    keys(one, "m", "o", "right", "n")
    assert one.look.column == -1


def test_the_chosen_cell_is_told_apart_without_colour() -> None:
    one, _ = console()
    keys(one, "m", "right")
    row = next(row for row in one.rows(Size(80, 24)) if any(role == "chosen" for _, role in row))
    assert [role for _, role in row].count("title") == 1
