"""Which adapters, switches and optics have worked together, and by which records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._options import runs_option
from bringup.cli.main import printable

if TYPE_CHECKING:
    from bringup.fleet.interop import Combination, Result
    from bringup.fleet.interop_want import Found, Want

CODES = {"proven": 0, "failed": 1, "never": 3}
SOURCES = click.argument("sources", metavar="RUN_OR_FILE...", nargs=-1, required=True)
FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.group("interop")
def interop() -> None:
    """Results by combination: adapter and firmware, optics and firmware, switch and system, medium, length.

    They come from the records of runs, or from files that `merge` has made of them.

    \b
    Examples:
      bringup interop show runs/*
      bringup interop merge runs/* --out proven.json
      bringup interop check proven.json --like runs/20260101-120000-abcd
    """


@interop.command("show")
@SOURCES
@runs_option
@FORM
def show(sources: tuple[str, ...], runs: Path, form: str) -> int:
    """Print the matrix: each combination with its links, times, errors, failures and records."""
    from bringup.fleet.interop import matrix

    book = _read(sources, runs)
    if form == "json":
        click.echo(json.dumps({"results": [_builtin(result) for result in book]}))
        return 0
    for combination, found in matrix(book).items():
        for line in _lines(combination, found):
            click.echo(printable(line))
    return 0


@interop.command("merge")
@SOURCES
@runs_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")
def merge(sources: tuple[str, ...], runs: Path, out: Path) -> int:
    """Put the results of runs and files into one new file; a run that stands in several counts once."""
    from bringup.fleet.interop_file import write_book

    book = _read(sources, runs)
    write_book(out, book)
    click.echo(f"{out}: {len(book)} results of {len({result.run for result in book})} runs")
    return 0


@interop.command("check")
@SOURCES
@runs_option
@click.option("--like", help="A run: are the combinations that it found proven elsewhere?")
@click.option("--end", "ends", multiple=True, help="Twice: kind=nic|switch,model=…,release=…,optic=….")
@click.option("--medium", default="", help="Such as 400GBASE-DR4; any without it.")
@click.option("--length", default="", help="Such as 'to 30 m'; any without it.")
@FORM
def check(
    sources: tuple[str, ...],
    runs: Path,
    like: str | None,
    ends: tuple[str, ...],
    medium: str,
    length: str,
    form: str,
) -> int:
    """Say whether a planned combination was ever proven, and by which record.

    Simulated runs prove nothing. Exit codes: 0 proven; 1 tried, and failed only; 3 never proven.
    """
    wants = _wants(runs, like, ends, medium, length)
    from bringup.fleet.interop_want import answer

    book = _read(sources, runs)
    if like is not None:
        own = _named(runs, like)
        book = tuple(result for result in book if result.run != own)
    found = [(want, answer(want, book)) for want in wants]
    if form == "json":
        click.echo(json.dumps([{"want": _builtin(want), **_builtin(each)} for want, each in found]))
    else:
        for want, each in found:
            for line in _answer_lines(want, each):
                click.echo(printable(line))
    codes = [CODES[each.answer] for _, each in found]
    return 1 if 1 in codes else max(codes)


def _wants(runs: Path, like: str | None, ends: tuple[str, ...], medium: str, length: str) -> tuple[Want, ...]:
    """Raises: InputError."""
    from bringup.fleet.interop_want import Want, parse_end, want_of
    from bringup.model.errors import InputError

    if (like is None) == (not ends) or (ends and len(ends) != 2):
        raise InputError(
            "what is planned is not said", "Give --like RUN, or --end twice: one for each end of the link."
        )
    if like is None:
        one, other = (parse_end(text) for text in ends)
        return (Want(ends=(one, other), medium=medium, length=length),)
    found = _of_run(runs, like)
    if not found:
        raise InputError(f"{like} has tried no link", "Give a run with steps on links.")
    return tuple(want_of(result.combination) for result in found)


def _read(sources: tuple[str, ...], runs: Path) -> tuple[Result, ...]:
    from bringup.fleet.interop import merged
    from bringup.fleet.interop_file import read_book

    books = [
        read_book(Path(source)) if Path(source).is_file() else _of_run(runs, source) for source in sources
    ]
    return merged(books)


def _named(runs: Path, name: str) -> str:
    from bringup.journal.folder import find

    return find(runs, name).run_id


def _of_run(runs: Path, name: str) -> tuple[Result, ...]:
    """Nothing is proven by a record that contradicts itself: the command ends there, with its own code."""
    from bringup.cli._reader import read_inventory, read_state
    from bringup.fleet.interop import results
    from bringup.journal.folder import find
    from bringup.journal.verify import verify
    from bringup.model.verdict import EXIT_CONTRADICTION

    folder = find(runs, name)
    state = read_state(folder)
    if state.problems or verify(folder.path).code == EXIT_CONTRADICTION:
        click.echo(printable(f"bringup: {folder.path}: the record contradicts itself"), err=True)
        raise SystemExit(EXIT_CONTRADICTION)
    return results(state, read_inventory(folder))


def _builtin(thing: object) -> dict[str, object]:
    import msgspec

    told: dict[str, object] = msgspec.to_builtins(thing)
    return told


def _lines(combination: Combination, found: tuple[Result, ...]) -> list[str]:
    good, failed = sum(each.good for each in found), sum(each.failed for each in found)
    links = sum(each.links for each in found)
    lines = [*_named_ends(combination), f"  {good} of {links} links good, {failed} failed"]
    for words, numbers in (
        ("link up, s", [number for each in found for number in each.link_up_s]),
        ("errors (95 % bound)", [number for each in found for number in each.pre_fec_ber_upper]),
        ("factor from lock to lock", [number for each in found for number in each.relock_ber_factor]),
    ):
        if numbers:
            lines.append(f"  {words}: {_spread(numbers)}")
    lines += [f"  failed: {why}" for why in sorted({why for each in found for why in each.failures})]
    return [*lines, *(f"  {_record(each)}" for each in found), ""]


def _named_ends(combination: Combination) -> list[str]:
    def words(name: str) -> str:
        end = getattr(combination, name)
        optic = " ".join(filter(None, (end.optic or "optic not read", end.optic_firmware)))
        return f"{end.kind} {end.model or 'model not read'} {end.release or 'release not read'} | {optic}"

    between = ", ".join(filter(None, (combination.medium, combination.length))) or "medium not known"
    return [words("a"), f"  {between}", words("b")]


def _spread(numbers: list[float]) -> str:
    from statistics import median

    return f"{median(numbers):.3g} ({min(numbers):.3g} to {max(numbers):.3g}, {len(numbers)} measured)"


def _record(result: Result) -> str:
    simulated = ", SIMULATED: proves nothing" if result.simulated else ""
    root = result.root or "no checkpoint: proves nothing"
    return f"record {result.run}: {result.good} good of {result.links}, tree {result.size} {root}{simulated}"


def _answer_lines(want: Want, found: Found) -> list[str]:
    ends = " with ".join(f"{end.kind} {end.model} {end.release} {end.optic}" for end in want.ends)
    words = {"proven": "PROVEN", "failed": "FAILED ONLY", "never": "NEVER PROVEN"}[found.answer]
    lines = [f"{words}: {ends}" + (f", {want.medium}" if want.medium else "")]
    lines += [f"  proven by {_record(each)}" for each in found.proven_by]
    lines += [f"  failed in {_record(each)}: {'; '.join(each.failures)}" for each in found.failed_in]
    return [*lines, *(f"  does not count: {_record(each)}" for each in found.not_counted)]
