"""What `all_reduce_perf` and its like print: header, table, two closing lines. Launchers may tag each line.

Without its closing lines, or with a failure's words in it, a run has shown nothing, however good its rows.
"""

from __future__ import annotations

import re

from bringup.decode.nccl_row import PLAIN, columns_of, is_row, plain_row, row_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, counter, number, text_of
from bringup.model.facts_gpu import Collective, CollectiveRow
from bringup.model.measurement import ABSENT, Read, value

_TAG = re.compile(r"(?:\[[0-9]{1,6},[0-9]{1,6}\]<std(?:out|err)>: ?|[0-9]{1,6}: )")
_VALIDATION = re.compile(r"# nThread .{0,300}\bvalidation: ([0-9])\b.{0,200}")
_RANK = re.compile(
    r"# +Rank +([0-9]{1,6})(?: +Group +[0-9]{1,6})? +Pid +[0-9]{1,10} on +(\S{1,255}) device +([0-9]{1,4})"
    r" \[[^\]]{1,20}\] (.{1,100}?)\s*"
)
_OUT_OF_BOUNDS = re.compile(r"# Out of bounds values : ([0-9]{1,20}) (OK|FAILED)\s*")
_AVERAGE = re.compile(r"# Avg bus bandwidth +: (\S{1,40})(?: .{0,40})?\s*")
_VERSION = re.compile(
    r"(?:NCCL version ([0-9][0-9.]{1,15})\S{0,40}|# .{0,120}\bnccl-library=([0-9]{1,8})\b.{0,80})\s*"
)
_FAILURE = re.compile(
    r"Test (?:NCCL |CUDA )?failure|unhandled (?:cuda|system) error|mpirun (?:noticed|was unable)"
    r"|MPI_ABORT was invoked|Primary job +terminated|unable to launch|Segmentation fault|srun: error"
)
MAX_RANKS = 100_000
MAX_ROWS = 10_000
LONGEST_LINE = 2000


class _Log:
    """What the lines tell, gathered in one pass."""

    def __init__(self, *, may_have_failed: bool) -> None:
        self.may_have_failed = may_have_failed
        self.columns: tuple[str, ...] | None = None
        self.rows: list[CollectiveRow] = []
        self.ranks: dict[int, tuple[str, str]] = {}
        self.checked: Read = ABSENT
        self.bounds: Read = ABSENT
        self.bounds_ok: Read = ABSENT
        self.average: Read = ABSENT
        self.version: Read = ABSENT
        self.damage: str | None = None

    def take(self, line: str) -> None:
        plain = plain_row(line) if self.columns == PLAIN else None
        if plain is not None:
            self._append(plain)
            return
        tokens = line.split()
        columns = columns_of(tokens) if tokens[:1] in (["#"], ["#size"]) else None
        if columns is not None:
            self.columns = columns
        elif is_row(tokens):
            self._row(tokens)
        elif line.startswith(("#", "NCCL version")):
            self._comment(line)
        if self.may_have_failed and _FAILURE.search(line):
            self._broken(f"the run failed: {line.strip()[:160]!r}")

    def _row(self, tokens: list[str]) -> None:
        try:
            row = row_of(tokens, self.columns)
        except Damaged as damaged:
            self._broken(str(damaged))
        else:
            self._append(row)

    def _append(self, row: CollectiveRow) -> None:
        if self.bounds is not ABSENT or self.average is not ABSENT:
            self._broken("rows come after the closing lines")
        if len(self.rows) >= MAX_ROWS:
            raise Damaged(f"more than {MAX_ROWS} rows")
        self.rows.append(row)

    def _comment(self, line: str) -> None:
        if match := _VALIDATION.match(line):
            self.checked = self._once(self.checked, value(match[1] != "0"), "header")
        elif match := _RANK.fullmatch(line):
            self._rank(int(match[1]), match[2], match[4])
        elif match := _OUT_OF_BOUNDS.fullmatch(line):
            self.bounds = self._once(self.bounds, value(counter(match[1])), "closing line")
            self.bounds_ok = value(match[2] == "OK")
        elif match := _AVERAGE.fullmatch(line):
            self.average = self._once(self.average, value(float(number(match[1]))), "closing line")
        elif (match := _VERSION.fullmatch(line)) and self.version == ABSENT:
            self.version = value(match[1] or _dotted(match[2]))

    def _rank(self, rank: int, host: str, model: str) -> None:
        if rank in self.ranks or len(self.ranks) >= MAX_RANKS:
            self._broken(f"rank {rank} stands in the header twice")
        self.ranks[rank] = (host, model)

    def _once(self, before: Read, now: Read, what: str) -> Read:
        if before != ABSENT:
            self._broken(f"a {what} comes twice")
        return now

    def _broken(self, why: str) -> None:
        self.damage = self.damage or why


def _dotted(number_text: str) -> str:
    """22803 -> 2.28.3, as NCCL_VERSION_CODE has it."""
    code = int(number_text)
    return f"{code // 10000}.{code // 100 % 100}.{code % 100}"


def _parse(data: bytes) -> Found:
    """Raises `Damaged`, with the rows so far, for a run that did not end well."""
    text, warnings = text_of(data)
    log = _Log(may_have_failed=_FAILURE.search(text) is not None)
    *lines, last = text.split("\n")
    for line in lines:
        if len(line) > LONGEST_LINE:
            continue  # a library's debug line
        tag = _TAG.match(line)
        log.take(line[tag.end() :] if tag else line)
    if last.strip():
        log.damage = log.damage or "the last line has no end: the text may be cut"
    finished = log.bounds != ABSENT and log.average != ABSENT
    if not log.rows and not log.ranks and not finished:
        raise Damaged("no table of a collective's test")
    made = Collective(
        ranks=value(len(log.ranks)) if log.ranks else ABSENT,
        hosts=tuple(dict.fromkeys(host for host, _ in log.ranks.values())),
        device_models=tuple(dict.fromkeys(model for _, model in log.ranks.values())),
        validation=validation_of(log.checked, log.rows),
        rows=tuple(log.rows),
        out_of_bounds=log.bounds,
        out_of_bounds_ok=log.bounds_ok,
        average_busbw_gbyte_s=log.average,
        nccl_version=log.version,
        finished=finished and log.damage is None,
    )
    if not made.finished or not made.rows:
        why = log.damage or ("no row" if finished else "the closing lines are missing: the run was cut off")
        raise Damaged(why, {"collective": made})
    return Found(facts={"collective": made}, warnings=warnings)


def validation_of(header: Read, rows: list[CollectiveRow]) -> Read:
    """Whether every value of every row was checked. A header that says no outweighs any row."""
    if header.value is False or not rows:
        return header
    return value(all(read.value is not None for row in rows for read in row.wrongs))


def _sniff(head: bytes) -> int:
    if b"# Out of bounds values :" in head or b"# nThread " in head:
        return 85
    told = b"algbw" in head and b"busbw" in head
    return 80 if told and re.search(rb"#\s+size\s", head) else 0  # Neuron's table has the words, not the mark


NCCL_TEXT = Format(
    name="nccl.text",
    title="nccl-tests: all_reduce_perf and its like",
    sniff=_sniff,
    parse=_parse,
    facts={"collective": Collective},
)
FORMATS = (NCCL_TEXT,)
