"""The front door: `bringup COMMAND ...`.

`--version` and `--help` are answered here without click, whose import costs more than twice the start of
the interpreter: the commands are the files beside this one, and what each does is the first line of its
docstring, read as text. Everything else goes to the click group in `bringup.cli._group`.
"""

import os
import sys

import bringup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bringup.model.errors import BringupError

USAGE = "Usage: bringup [--version] [--help] COMMAND [ARGS]..."
EXAMPLES = """\
Examples:
  bringup demo --headless                    a simulated rack, brought up before your eyes
  bringup run mini -i rack.toml --dry-run    what a run would do, and by which limits
  bringup log verify runs/20260101-120000-abcd

Without a command, on a terminal, it opens the console on the runs of this folder; options of its looks are
--glyphs, --theme, --motion, --mouse, --scanner-preamble.

Exit codes: 0 accepted, 1 failed, 2 bad usage or input, 3 unknown or incomplete, 4 the record contradicts
itself, 5 accepted with waivers, 130 interrupted."""


LOOKS = ("--glyphs", "--theme", "--motion", "--mouse", "--no-mouse", "--scanner-preamble")
"""Options that `bringup` alone takes."""


def command_files() -> dict[str, str]:
    """Command name -> path of the file that holds it; nothing is imported."""
    here = os.path.dirname(__file__)  # noqa: PTH120 (pathlib would triple the cost of --help)
    names = sorted(name[:-3] for name in os.listdir(here) if name.endswith(".py"))  # noqa: PTH208
    return {
        name.replace("_", "-"): f"{here}/{name}.py"
        for name in names
        if not name.startswith("_") and name != "main"
    }


def summary(path: str) -> str:
    """What a command does: the first line of its file's docstring."""
    with open(path, encoding="utf-8") as source:  # noqa: PTH123
        first = source.readline().strip()
    return first.removeprefix('"""').removesuffix('"""').strip()


def help_text() -> str:
    """What `bringup --help` prints."""
    files = command_files()
    width = max(map(len, files), default=0)
    commands = "\n".join(f"  {name.ljust(width)}  {summary(path)}" for name, path in files.items())
    about = (bringup.__doc__ or "").strip()
    return (
        f"{USAGE}\n\n{about}\n\n{EXAMPLES}\n\nCommands:\n{commands}\n\n"
        "`bringup COMMAND --help` tells more about one."
    )


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run one command and return its exit code (contracts, section 3); no error of ours shows a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _mend_streams()
    try:
        code = _answer(arguments)
        # Here and not at the interpreter's end, which would print a traceback for it.
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): nothing more to say.
        _drop_output()
        return 141
    except OSError as error:
        _drop_output()
        name = f"{error.filename}: " if isinstance(error.filename, str) else ""
        print(printable(f"bringup: {name}{error.strerror or error}"), file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return code


def _mend_streams() -> None:
    """Output closed before we began goes nowhere; characters that its encoding lacks are written out."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and sys.stdout.errors == "strict":
        reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """What is still to be written goes nowhere, also at the interpreter's end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    os.dup2(sys.stdout.fileno(), 1)


def _answer(arguments: list[str]) -> int:
    if arguments[:1] == ["--version"]:
        print(f"bringup {bringup.__version__}")
        return 0
    if arguments[:1] in (["--help"], ["-h"]):
        print(help_text())
        return 0
    looks = bool(arguments) and arguments[0].partition("=")[0] in LOOKS
    if (not arguments or looks) and "_BRINGUP_COMPLETE" not in os.environ:
        if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
            return _home(arguments)
        print(help_text(), file=sys.stderr)
        return 2
    return _run(arguments)


def _home(arguments: list[str]) -> int:
    """The console, where the terminal can draw it."""
    from bringup.cli._console import can_open

    if not can_open():
        print(help_text(), file=sys.stderr)
        return 2
    from bringup.cli._group import run_command
    from bringup.cli._home import home
    from bringup.model.errors import BringupError

    try:
        return run_command(home, arguments)
    except BringupError as error:
        _complain(error)
        return 2


def _run(arguments: list[str]) -> int:
    from bringup.cli._group import run_group
    from bringup.model.errors import BringupError, InputError

    try:
        return run_group(arguments)
    except BringupError as error:
        _complain(error)
        return 2 if isinstance(error, InputError) else 3


def _complain(error: "BringupError") -> None:
    problems: Iterable[str] = getattr(error, "problems", ())
    for problem in problems:
        print(printable(problem), file=sys.stderr)
    print(printable(f"bringup: {error}"), file=sys.stderr)


def printable(text: str) -> str:
    """The text with every control character made visible: a file or a device may have put it there."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )
