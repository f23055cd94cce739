"""How a person names planned rows: `[STAGE/]STEP[@SUBJECT]`, `STAGE[@SUBJECT]`, or `failed`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bringup.model.errors import InputError

Row = tuple[str, str, str]
"""(stage, step, planned subject)."""
FAILED = "failed"
"""Every row without a good verdict, where no stage or step bears that name."""


def named_rows(
    planned: Collection[Row], text: str, subject: str | None = None, *, failed: Iterable[Row] = ()
) -> tuple[Row, ...]:
    """The planned rows that `text` names, in the plan's order; a step may stand alone where one stage has it.

    Args:
        subject: as after `@`, where it is given apart.
        failed: what `failed` means.

    Raises:
        InputError: nothing in the plan is called so, steps of several stages are, or two subjects are given.
    """
    where, at, told = text.partition("@")
    if at and subject is not None and told != subject:
        raise InputError(f"{text} and --subject {subject} name two subjects", "Leave one of them out.")
    wanted = subject if subject is not None else told if at else None
    if where == FAILED and not any(FAILED in row[:2] for row in planned):
        return _failed(failed, wanted)
    stage, slash, step = where.partition("/")
    if not slash and stage and all(row[0] != stage for row in planned):
        stage, step = _stage_of(planned, stage), stage
    found = tuple(
        row for row in planned if row[0] == stage and step in ("", row[1]) and wanted in (None, row[2])
    )
    if not found:
        raise InputError(
            f"the plan of this run has no {where}" + (f" on {wanted}" if wanted else ""),
            "Give STAGE, STEP or STAGE/STEP, with @SUBJECT for one of its subjects.",
        )
    return found


def _failed(failed: Iterable[Row], subject: str | None) -> tuple[Row, ...]:
    found = tuple(row for row in failed if subject in (None, row[2]))
    if not found:
        raise InputError(
            "nothing failed" + (f" on {subject}" if subject else ""), "Nothing has to run again."
        )
    return found


def _stage_of(planned: Iterable[Row], step: str) -> str:
    """The one stage that has a step of this name; nothing where none has.

    Raises:
        InputError: several have.
    """
    stages = list(dict.fromkeys(row[0] for row in planned if row[1] == step))
    if len(stages) > 1:
        raise InputError(
            f"{step} is a step of several stages",
            f"Say which: {', '.join(f'{stage}/{step}' for stage in stages)}.",
        )
    return stages[0] if stages else ""


def listed(rows: Sequence[Row], most: int = 8) -> str:
    """Rows in words, one after the other; beyond `most` their number."""
    words = [f"{stage}/{step}@{subject}" for stage, step, subject in rows[:most]]
    if len(rows) > most:
        words.append(f"and {len(rows) - most} more")
    return ", ".join(words)
