"""The front door: quick, lazy, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bringup.cli.main import command_files, help_text, main, printable, summary
from bringup.model.errors import InputError, JournalError

HEAVY = ("asyncssh", "paramiko", "pysnmp", "gufo", "grpc", "aiohttp", "textual", "pydantic", "rich", "click")
PROBE = f"""
import json, sys
from bringup.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as stop:
    code = stop.code
loaded = sorted({{name.split(".")[0] for name in sys.modules}} & set({HEAVY!r}))
# Not ru_maxrss: that starts at what the parent had at the moment of the fork.
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0])
print(json.dumps([code, loaded, peak]), file=sys.stderr)
"""


def _run(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int, list[str], int]:
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    code, loaded, peak_kib = json.loads(done.stderr.splitlines()[-1])
    return done, code, loaded, peak_kib


@pytest.mark.parametrize("option", ["--version", "--help", "-h"])
def test_version_and_help_load_nothing_heavy(option: str) -> None:
    done, code, loaded, peak_kib = _run(option)
    assert code == 0
    assert loaded == []
    assert peak_kib <= 20 * 1024
    assert done.stdout.strip()


PROTOCOLS = {"asyncssh", "paramiko", "pysnmp", "gufo", "grpc", "aiohttp", "textual"}


@pytest.mark.parametrize(
    "command", [("list",), ("log", "verify", "no-such-run"), ("log", "show", "no-such-run")]
)
def test_readers_of_records_load_no_protocol_library(command: tuple[str, ...]) -> None:
    _, code, loaded, _ = _run(*command)
    assert code in (0, 2)
    assert PROTOCOLS.isdisjoint(loaded)


def test_a_usage_error_loads_no_protocol_library() -> None:
    done, code, loaded, _ = _run("no-such-command")
    assert code == 2
    assert set(loaded) <= {"click"}
    assert "no-such-command" in done.stderr


def test_help_names_every_command_with_its_summary() -> None:
    text = help_text()
    for name, path in command_files().items():
        assert f"  {name}" in text
        assert summary(path), f"{path} starts with no docstring"
        assert summary(path) in text


def test_a_mistyped_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbok"]) == 2
    assert "Did you mean playbook" in capsys.readouterr().err


def test_without_arguments_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage: bringup" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("two things are wrong", "Mend them.", ("a.toml:1: x: bad; do y", "b.toml:2: z: bad")), 2),
        (JournalError("the disk is full", "Make room."), 3),
    ],
)
def test_our_errors_become_words_and_exit_codes(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> int:
        raise error

    monkeypatch.setattr("bringup.cli._group.run_group", fails)
    assert main(["anything"]) == code
    shown = capsys.readouterr().err
    for problem in getattr(error, "problems", ()):
        assert problem in shown
    assert str(error) in shown
    assert "Traceback" not in shown


def test_an_interrupt_gives_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("bringup.cli._group.run_group", fails)
    assert main(["anything"]) == 130


def test_control_characters_in_a_message_are_made_visible() -> None:
    assert printable("a\x1b[31mb\r\nc\u202ed") == "a\\x1b[31mb\\r\nc\\u202ed"


def test_completion_lists_commands_without_loading_them() -> None:
    script = (
        "import sys; from bringup.cli._group import LazyGroup; g = LazyGroup(name='bringup');"
        "import click; items = g.shell_complete(click.Context(g), '');"
        "assert not any(m.startswith('bringup.cli.') and m.split('.')[-1] not in ('main', '_group')"
        " for m in sys.modules); print(len(items))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(command_files())


def _shell(line: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A shell line in which `$B` is the program; its status is the program's."""
    import os

    return subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "B": f"{sys.executable} -m bringup", **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["--help", "--version", "schema event"])
def test_a_reader_that_left_is_no_failed_rack(command: str) -> None:
    # The reader is gone before the first byte; 1 would say FAIL, and a traceback helps nobody.
    done = _shell(f"exec 3> >(exec true); wait $!; $B {command} >&3")
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("command", ["--help", "list", "schema event", "explain"])
def test_output_that_can_not_be_written_is_said_plainly(command: str) -> None:
    done = _shell(f"$B {command} >/dev/full")
    assert done.returncode in (0, 3)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.stderr == "bringup: No space left on device\n"


@pytest.mark.parametrize("command", ["--version", "schema event", "explain link.errors"])
def test_closed_standard_output_is_no_error(command: str) -> None:
    done = _shell(f"$B {command} >&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_terminal_can_not_show_is_written_out() -> None:
    done = _shell("$B envelope show base", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert _shell("$B run this-host --dry-run", PYTHONIOENCODING="ascii").returncode == 0
    assert _shell("$B run mini -i inventory/mini.toml --dry-run", PYTHONIOENCODING="ascii").returncode == 0
