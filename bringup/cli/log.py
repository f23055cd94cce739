"""Read a run's record, check its integrity and signatures, prove an event, write another format."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bringup.cli._complete import run_names

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import Entry

# On a text line the rest of the record stands for itself: `--format jsonl` shows everything.
LONGEST_VALUE = 160
_STAMPS = frozenset({"seq", "epoch", "at", "mono_ns", "boot", "kind"})
_PLACE = ("stage", "step", "subject", "attempt")

_runs = click.option(
    "--runs",
    "runs_dir",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Where runs are kept.",
)

_signers = click.option(
    "--signers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who may sign (allowed_signers of ssh-keygen); default ~/.config/bringup/allowed_signers.",
)


@click.group(name="log")
def log() -> None:
    """Read a run's record, check its integrity and signatures, write another format.

    RUN is a path, an id or a unique prefix of one. Nothing here changes the run's folder.

    \b
    Examples:
      bringup log show 20260101-120000-abcd
      bringup log show RUN --format jsonl --follow
      bringup log causes RUN
      bringup log verify RUN
      bringup log prove RUN 17 --out event-17.json
      bringup log export RUN --to csv --out table.csv
    """


@log.command(name="show")
@click.argument("run", shell_complete=run_names)
@_runs
@click.option("--format", "form", type=click.Choice(["text", "json", "jsonl"]), default="text")
@click.option("--follow", "-f", "go_on", is_flag=True, help="Go on with new events until the run is closed.")
def show(run: str, runs_dir: Path, form: str, go_on: bool) -> int:
    """Print the durable events from the first. Times are local in text, UTC in json and jsonl."""
    from bringup.journal.folder import find
    from bringup.journal.follow import read

    folder = find(runs_dir, run)
    entries = _followed(folder) if go_on else read(folder)
    out = sys.stdout.buffer
    for piece in _rendered(entries, form):
        out.write(piece)
        if go_on:
            out.flush()
    out.flush()
    return 0


@log.command(name="causes")
@click.argument("run", shell_complete=run_names)
@click.argument("subject", nargs=-1)
@_runs
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def causes(run: str, subject: tuple[str, ...], runs_dir: Path, form: str) -> int:
    """Say what is wrong in RUN, by cause, and climb each link that is not good rung by rung.

    The rungs: power, presence, state machine, light, lane, FEC, BER, protocol, cabling, configuration; each
    with what was read of it at both ends, up to the first cause. With SUBJECT (a device, a port) only what is
    about it.

    \b
    Examples:
      bringup log causes RUN
      bringup log causes RUN leaf-1/Ethernet8
      bringup log causes RUN --format json
    """
    from bringup.cli._causes import print_causes
    from bringup.journal.folder import find

    print_causes(find(runs_dir, run), subject, form)
    return 0


@log.command(name="verify")
@click.argument("run", shell_complete=run_names)
@_runs
@_signers
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere that the record must contain.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def verify(run: str, runs_dir: Path, signers: Path | None, checkpoint: Path | None, form: str) -> int:
    """Check lines, tree, checkpoints, signatures and every file whose digest stands in an event.

    Exit codes: 0 intact and signed by a known signer; 3 intact, but the signer is unknown, or events stand
    after the last checkpoint, or the run was never closed; 4 anything contradicts.
    """
    import msgspec

    from bringup.journal.folder import find
    from bringup.journal.verify import SignersError
    from bringup.journal.verify import verify as check
    from bringup.model.errors import InputError

    folder = find(runs_dir, run)
    try:
        report = check(folder.path, signers, checkpoint)
    except (SignersError, OSError) as error:
        raise InputError(str(error), "see ALLOWED SIGNERS in ssh-keygen(1)") from error
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.encode(report, order="sorted") + b"\n")
    else:
        sys.stdout.write(report.text())
    return report.code


@log.command(name="prove")
@click.argument("run", shell_complete=run_names)
@click.argument("seq", type=click.IntRange(min=0))
@_runs
@click.option(
    "--size", type=click.IntRange(min=1), help="By the checkpoint over so many events, not the last."
)
@click.option(
    "--out", type=click.Path(path_type=Path, allow_dash=True), default=Path("-"), help="A file, or -."
)
def prove(run: str, seq: int, runs_dir: Path, size: int | None, out: Path) -> int:
    """Write a proof (JSON) that event SEQ of RUN stands under a signed checkpoint.

    Who has it needs neither the record nor this program: SHA-256(0x00 || line) is the leaf; walked up `path`
    (RFC 9162, section 2.1.3.2; inner nodes are SHA-256(0x01 || left || right)) it gives the root that stands
    in base64 in the third line of `checkpoint`, and `ssh-keygen -Y verify -n bringup-checkpoint@v1` checks
    `signature` over that text.

    \b
    Exit codes: 3 no signed checkpoint covers the event yet; 4 the record contradicts its checkpoint.
    Example:
      bringup log prove RUN 17 --out event-17.json && bringup log check-proof event-17.json
    """
    from bringup.cli._export import print_proof
    from bringup.journal.folder import find

    return print_proof(find(runs_dir, run), seq, size, out)


@log.command(name="check-proof")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_signers
def check_proof(file: Path, signers: Path | None) -> int:
    """Check a proof that `log prove` wrote, and print the event that it proves.

    Exit codes: 0 proven, by a known signer; 3 proven, by an unknown one; 4 not proven.
    """
    from bringup.cli._export import check_proof_file

    return check_proof_file(file, signers)


@log.command(name="export")
@click.argument("run", required=False, shell_complete=run_names)
@_runs
@click.option("--to", "form", metavar="NAME", help="The format; --list names them.")
@click.option("--out", type=click.Path(path_type=Path, allow_dash=True), help="A file, or -.")
@click.option("--list", "list_", is_flag=True, help="Name the formats.")
def export(run: str | None, runs_dir: Path, form: str | None, out: Path | None, list_: bool) -> int:
    """Write the record in another format: jsonl (the events byte for byte), csv, junit or prometheus.

    \b
    Examples:
      bringup log export RUN --to jsonl --out events.jsonl
      bringup log export RUN --to junit --out report.xml
      bringup log export RUN --to prometheus --out - > /var/lib/node_exporter/bringup.prom
    """
    from bringup.cli._export import list_exports, write_export
    from bringup.journal.folder import find

    if list_:
        list_exports()
        return 0
    if run is None or form is None or out is None:
        raise click.UsageError("say RUN, --to NAME and --out PATH (- is standard output)")
    write_export(find(runs_dir, run), form, out)
    return 0


def _followed(folder: RunFolder) -> Iterator[Entry]:
    """The asynchronous reader, one entry at a time."""
    import asyncio

    from bringup.journal.follow import follow

    with asyncio.Runner() as runner:
        entries = follow(folder).__aiter__()
        while True:
            try:
                yield runner.run(anext(entries))  # type: ignore[arg-type]  # an async generator's step is a coroutine
            except StopAsyncIteration:
                return


def _rendered(entries: Iterable[Entry], form: str) -> Iterator[bytes]:
    if form == "jsonl":
        for entry in entries:
            yield entry.line + b"\n"
    elif form == "json":
        yield b"["
        for index, entry in enumerate(entries):
            yield (b",\n" if index else b"\n") + entry.line
        yield b"\n]\n"
    else:
        for entry in entries:
            yield text_line(entry).encode("utf-8", "backslashreplace")


def text_line(entry: Entry) -> str:
    """One event for a person: number, local time, kind, place, and what else it says."""
    body = entry.body
    place = [str(body[name]) for name in ("stage", "step") if body.get(name) is not None]
    where = "/".join(place)
    if body.get("subject") is not None:
        where = f"{where} {body['subject']}".strip()
    if isinstance(body.get("attempt"), int) and body["attempt"] > 1:
        where += f" (attempt {body['attempt']})"
    rest = " ".join(
        f"{name}={_value(value)}"
        for name, value in body.items()
        if name not in _STAMPS and name not in _PLACE and _says_something(value)
    )
    line = f"{entry.seq:>6} {_local(body.get('at'))} {entry.kind:<15} {where}  {rest}"
    return visible(line.rstrip()) + "\n"


def _says_something(value: Any) -> bool:
    """Zero does; what was left empty does not."""
    return value is not None and value is not False and value not in ("", [], {})


def _value(value: Any) -> str:
    import msgspec

    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)"


def _local(at: Any) -> str:
    """The recorded UTC time as local time of day; what can't be read as a time is shown as it is."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S.%f")[:12]
    except (TypeError, ValueError):
        return str(at)


def visible(text: str) -> str:
    """Device text may hold anything; on a terminal it holds no control characters."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )
