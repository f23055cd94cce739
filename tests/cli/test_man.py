"""The manual page says all that the commands say, and the completion of shells knows them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from bringup.cli._group import LazyGroup
from bringup.cli._man import all_commands, man_page
from bringup.cli.completion import SHELLS
from bringup.cli.main import command_files, main
from bringup.view.glossary import EXIT_CODES
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "bringup.1"
MACROS = {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".BR", ".nf", ".fi"}


def plain(page: str) -> str:
    return page.replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")


@pytest.mark.parametrize("where", ["made", "in docs"])
def test_every_command_and_option_is_in_the_page(where: str) -> None:
    """The one in docs travels in the wheel: `make man` brings it up to date."""
    page = plain(man_page() if where == "made" else PAGE.read_text())
    found = dict(all_commands())
    assert set(command_files()) <= set(found)
    for path, command in found.items():
        assert re.search(rf"^\.SS bringup {re.escape(path)}( |$)", page, re.MULTILINE), path
        assert command.get_short_help_str(30) != "", path
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert all(option in page for option in parameter.opts), (path, parameter.opts)
    for code in EXIT_CODES:
        assert f".TP\n\\fB{code}\\fR\n" in page


def test_every_line_is_text_or_a_macro_of_man() -> None:
    page = man_page()
    assert page.isascii()
    for line in page.splitlines():
        assert not line.startswith("'"), line
        if line.startswith("."):
            assert line.split()[0] in MACROS, line
        assert re.fullmatch(r"(?:[^\\]|\\[-e&]|\\f[BIR]|\\\[u[0-9A-F]{4,6}\])*", line), line


def test_groff_has_nothing_to_say_against_it() -> None:
    groff = shutil.which("groff")
    if groff is not None:  # the grammar above holds wherever there is none
        command = [groff, "-man", "-Tutf8", "-wall", "-Wbreak", "-z"]
        done = subprocess.run(
            command, input=man_page(), capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.returncode, [row for row in done.stderr.splitlines() if "adjust line" not in row]) == (
            0,
            [],
        )


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_BRINGUP_COMPLETE={shell}_complete" in script


def test_no_other_shell_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert capsys.readouterr().out == ""


def completed(tmp_path: Path, line: str) -> list[str]:
    """What a real bash is offered at the end of `line`."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    program = tmp_path / "bin" / "bringup"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bringup "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(bringup completion bash)"\n'
        "compopt() { :; }\n"  # works only while a key press is being answered
        f"COMP_WORDS=({line}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n"
        "_bringup_completion bringup\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_subcommands_options_and_choices(tmp_path: Path) -> None:
    assert completed(tmp_path, "bringup inv") == ["inventory"]
    assert {"verify", "export", "prove", "show"} <= set(completed(tmp_path, "bringup log ''"))
    assert "--signers" in completed(tmp_path, "bringup log verify --")
    assert set(completed(tmp_path, "bringup completion ''")) == set(SHELLS)


def test_bash_completes_the_runs_that_are_there(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for name in ("20260101-000000-aaaa", "20260102-000000-bbbb"):
        (runs / name / "journal").mkdir(parents=True)
    (runs / "no-run").mkdir()
    line = f"bringup log verify --runs {runs} 2026"
    assert completed(tmp_path, line)[:2] == ["20260102-000000-bbbb", "20260101-000000-aaaa"]
    assert completed(tmp_path, f"bringup resume --runs {runs} 20260101")[:1] == ["20260101-000000-aaaa"]


def test_completion_of_a_command_imports_no_protocol_library() -> None:
    code = (
        "import sys\nfrom bringup.cli.main import main\ntry:\n    main([])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('asyncssh', 'paramiko', 'grpc', 'aiohttp', 'pysnmp', 'textual', 'pydantic')"
        " if name in sys.modules], file=sys.stderr)\n"
    )
    for words in ("bringup lo", "bringup log ver", "bringup run --he", "bringup log show 2"):
        environment = {
            **os.environ,
            "_BRINGUP_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr.strip() == "[]", words
        assert done.stdout.strip(), words


@pytest.mark.parametrize(
    ("typed", "begun", "offered"),
    [
        (["run"], "link-acc", {"link-acceptance"}),
        (["run", "mini", "-i"], "hgx", {"hgx-h100"}),
        (["demo", "--profile"], "min", {"mini"}),
        (["demo", "--fault"], "dirty-conn", {"dirty-connector"}),
        (["lab", "fault", "add"], "swapped-c", {"swapped-cables"}),
        (["explain"], "clean-both", {"clean-both-ends"}),
        (["decode"], "ethtool.fe", {"ethtool.fec"}),
        (["decode", "sonic.fec-stats"], "sonic.fec", set()),
        (["tell", "RUN"], "aban", set()),
        (["tell", "RUN"], "wai", {"waive"}),
    ],
)
def test_a_word_is_completed_by_what_may_stand_there(typed: list[str], begun: str, offered: set[str]) -> None:
    answering = ShellComplete(LazyGroup(name="bringup"), {}, "bringup", "_BRINGUP_COMPLETE")
    found = answering.get_completions(typed, begun)
    assert {item.value for item in found if item.type == "plain"} == offered


@pytest.mark.parametrize("typed", [["run"], ["run", "mini", "-i"], ["decode"], ["decode", "sonic.fec-stats"]])
def test_where_a_file_may_stand_files_are_offered_too(typed: list[str]) -> None:
    answering = ShellComplete(LazyGroup(name="bringup"), {}, "bringup", "_BRINGUP_COMPLETE")
    assert "file" in {item.type for item in answering.get_completions(typed, "x")}
