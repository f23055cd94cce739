"""Go on with a run after a stop, a crash or a kill; or run parts of it again."""

from __future__ import annotations

from pathlib import Path

import click

from bringup.cli._complete import run_names
from bringup.cli._display import display_options
from bringup.cli._options import (
    answers_option,
    approve_option,
    format_option,
    headless_option,
    key_option,
    runs_option,
    webhook_option,
)


@click.command(name="resume")
@click.argument("run", shell_complete=run_names)
@runs_option
@format_option
@headless_option
@answers_option
@approve_option
@key_option
@webhook_option
@click.option("--take-over", is_flag=True, help="Raise the epoch over a runner that still holds the run.")
@click.option(
    "--retest",
    multiple=True,
    metavar="[STAGE/]STEP[@SUBJECT]",
    help="Run this again; `failed` is all that was not accepted.",
)
@display_options
@click.option("--put-back", is_flag=True, help="Put back all that is left altered.")
def resume(
    run: str,
    runs: Path,
    form: str,
    headless: bool,
    answers: Path | None,
    approve_with: Path | None,
    key: Path | None,
    webhook: str | None,
    take_over: bool,
    retest: tuple[str, ...],
    put_back: bool,
) -> int:
    """Go on with RUN where its record ends. What had no verdict starts again; what has one stands.

    \b
    Examples:
      bringup resume 20260101-120000-abcd --headless
      bringup resume RUN --headless --retest optics/levels@leaf-1/Ethernet0
      bringup resume RUN --headless --retest failed
      bringup resume RUN --take-over        # its runner is frozen or unreachable
    """
    from bringup.cli._prepare import Request
    from bringup.cli._resume import go_on
    from bringup.journal.folder import find

    folder = find(runs, run)
    request = Request(
        playbook="",
        runs=runs,
        headless=headless,
        form=form,
        answers=answers,
        approve_with=approve_with,
        key=key,
        webhook=webhook,
    )
    return go_on(request, folder, take_over=take_over, retest=retest, put_back=put_back)
