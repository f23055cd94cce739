"""What a console keeps between launches."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bringup.cli._display import Kept, display_options, wanted
from bringup.tui.display import chosen, display
from bringup.tui.prefs import MOST_DRAFTS, MOST_OPENED, Prefs, load, place, save
from tests.tui.scenes import asked, console, dirty, keys, scene

RUN = "20260102-030405-abcd"


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "console.json"
    prefs = Prefs(theme="dark", glyphs="ascii", sound=False, filters={"journal": "rx"}).with_opened(RUN)
    assert save(file, prefs) == ""
    assert load(file) == (prefs, "")
    assert [each.name for each in file.parent.iterdir()] == ["console.json"]


def test_nothing_kept_yet_is_no_trouble(tmp_path: Path) -> None:
    assert load(tmp_path / "console.json") == (Prefs(), "")


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"\xff\xfe", b'{"theme": "pink"}', b'{"sound": "loud"}', b'{"version": "x"}']
)
def test_a_bad_file_is_set_aside_with_a_word_and_defaults_are_used(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "console.json"
    file.write_bytes(text)
    prefs, said = load(file)
    assert prefs == Prefs()
    assert "set aside as console.json.bad; defaults are used" in said
    assert (tmp_path / "console.json.bad").read_bytes() == text
    assert not file.exists()


@pytest.mark.parametrize("body", [{"version": 7, "theme": "dark"}, {"version": 7, "theme": "pink"}])
def test_a_later_programs_file_is_left_as_it_is(tmp_path: Path, body: dict[str, object]) -> None:
    file = tmp_path / "console.json"
    file.write_text(json.dumps(body))
    prefs, said = load(file)
    assert prefs == Prefs()
    assert "version 7" in said
    assert save(file, Prefs(theme="light")) == ""
    assert json.loads(file.read_text()) == body


def test_a_place_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "not kept" in save(tmp_path / "file" / "console.json", Prefs())
    assert "not read" in load(tmp_path / "file" / "console.json")[1]


def test_lists_are_bounded() -> None:
    prefs = Prefs()
    for number in range(100):
        prefs = prefs.with_opened(f"run-{number}").with_drafts(f"run-{number}", {"a": "b"})
    assert len(prefs.opened) == MOST_OPENED
    assert prefs.opened[0] == "run-99"
    assert len(prefs.drafts) == MOST_DRAFTS
    assert prefs.drafts_of("run-99") == {"a": "b"}
    assert prefs.drafts_of("run-1") == {}


def test_the_place_follows_the_environment() -> None:
    assert place({"HOME": "/home/a"}) == Path("/home/a/.config/bringup/console.json")
    assert place({"HOME": "/home/a", "XDG_CONFIG_HOME": "/x"}) == Path("/x/bringup/console.json")
    assert place({"HOME": "/home/a", "XDG_CONFIG_HOME": "rel"}) == Path(
        "/home/a/.config/bringup/console.json"
    )


def test_a_draft_is_kept_until_its_question_is_answered_and_nothing_of_a_signature() -> None:
    one, _ = console(scene(dirty(), asked()))
    keys(one, "space", "y", "e")
    assert one.drafts == {"sign-off/walk@run": "ye"}
    again, _ = console(scene(dirty(), asked()))
    again.recall({}, one.drafts)
    keys(again, "space")
    assert again.look.typed == "ye"
    again.show(scene(dirty()))
    assert again.drafts == {}
    signing, _ = console(scene(dirty(), asked(form="attest")))
    keys(signing, "space", "y")
    assert signing.drafts == {}


def test_the_last_filter_of_a_screen_is_there_again() -> None:
    one, _ = console()
    keys(one, "J", "slash", "r", "x", "enter")
    assert one.filters == {"journal": "rx"}
    again, _ = console()
    again.recall(one.filters, {})
    keys(again, "J")
    assert again.look.filter == "rx"


def test_options_stand_over_what_was_kept_and_are_kept_themselves() -> None:
    prefs = chosen(Prefs(theme="dark", glyphs="cp437"), {"theme": "light", "mouse": True, "motion": None})
    assert (prefs.theme, prefs.glyphs, prefs.mouse, prefs.motion) == ("light", "cp437", True, "on")
    assert display(prefs, "unicode", {}).tier == "cp437"
    assert display(Prefs(), "ascii", {}).tier == "ascii"


def test_two_consoles_that_end_keep_both_their_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    one, other = Kept(), Kept()
    one.keep_of("run-1", sound=True, filters={"journal": "rx"}, drafts={"a": "x"})
    other.keep_of("run-2", sound=True, filters={}, drafts={"b": "y"})
    kept, _ = load(tmp_path / "bringup" / "console.json")
    assert kept.drafts_of("run-1") == {"a": "x"}
    assert kept.drafts_of("run-2") == {"b": "y"}
    assert kept.opened == ("run-2", "run-1")
    assert kept.filters == {"journal": "rx"}


def test_a_command_has_the_options_of_the_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    told: list[dict[str, object]] = []

    @click.command()
    @display_options
    def command() -> None:
        told.append(wanted())
        kept = Kept()
        kept.keep_of(RUN, sound=False, filters={}, drafts={})

    words = ["--theme", "dark", "--glyphs=ascii", "--motion", "off", "--no-mouse", "--scanner-preamble", "%"]
    assert CliRunner().invoke(command, words).exit_code == 0
    assert told == [{"theme": "dark", "glyphs": "ascii", "motion": "off", "mouse": False, "preamble": "%"}]
    kept, _ = load(tmp_path / "bringup" / "console.json")
    assert (kept.theme, kept.preamble, kept.motion, kept.sound) == ("dark", "%", "off", False)
    assert CliRunner().invoke(command, ["--scanner-preamble", "ab"]).exit_code == 2
    assert CliRunner().invoke(command, ["--theme", "pink"]).exit_code == 2
