"""Send a command to a running run: answer, skip, waive, note, claim, pause, retest, replace, close, …"""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from bringup.cli._complete import run_names, verbs
from bringup.cli._options import runs_option

if TYPE_CHECKING:
    from bringup.engine.desk import Reply
    from bringup.journal.folder import RunFolder
    from bringup.journal.sign import Signer
    from bringup.model.people import Present


@click.command(name="tell", context_settings={"ignore_unknown_options": True})
@click.argument("run", shell_complete=run_names)
@click.argument("verb", shell_complete=verbs)
@click.argument("words", nargs=-1)
@runs_option
@click.option("--key", type=click.Path(path_type=Path), help="Sign the answer or waiver with this SSH key.")
@click.option("--subject", help="One subject of the step (default: all).")
@click.option("--why", "--reason", help="The reason, kept in the record.")
@click.option("--until", help="Last day of a waiver, YYYY-MM-DD (UTC).")
@click.option("--rma", help="Number of the return, with `replace`.")
@click.option("--evidence", type=click.Path(path_type=Path), help="A file that goes with a replacement.")
@click.option("--moved-to", help="Where the old part went, with `replace`.")
@click.option("--for", "for_", metavar="DURATION", help="How long to `watch`, such as 60s (default 10m).")
@click.option("--stop", is_flag=True, help="Watch no longer; have the cable in hand no longer.")
@click.option("--done", is_flag=True, help="With `put`: it is in, and no reading can show it.")
@click.option(
    "--form",
    type=click.Choice(["end_face", "loss", "otdr"]),
    help="What a file is evidence of, with `attach` (default: told by its content).",
)
@click.option("--to", type=click.Choice(["rack"]), help="Whom a `note` is for.")
@click.option("--dry-run", is_flag=True, help="Only show what would run again.")
def tell(
    run: str,
    verb: str,
    words: tuple[str, ...],
    runs: Path,
    key: Path | None,
    subject: str | None,
    why: str | None,
    until: str | None,
    rma: str | None,
    evidence: Path | None,
    moved_to: str | None,
    for_: str | None,
    stop: bool,
    done: bool,
    form: str | None,
    to: str | None,
    dry_run: bool,
) -> int:
    """Send a command to the runner of RUN.

    \b
    Examples:
      bringup tell RUN answer sign-off/accept@mini yes --key ~/.ssh/id_ed25519
      bringup tell RUN answer links/loss@run -2.5
      bringup tell RUN skip optics/levels --subject leaf-1/Ethernet0
      bringup tell RUN waive errors@'a/1<->b/2' --why "spare on order" --until 2030-01-31 --key KEY
      bringup tell RUN retest levels@leaf-1/Ethernet0   # or STAGE, STAGE/STEP, failed
      bringup tell RUN replace OLD-SERIAL NEW-SERIAL --reason "lane 2 dark" --rma 4711 --key KEY
      bringup tell RUN watch leaf-1/Ethernet0 --for 60s     # or --stop; `attach --follow` shows it
      bringup tell RUN put C-003             # that cable is in your hand: the run looks where it goes in
      bringup tell RUN attach leaf-1/Ethernet0 C-001-A.csv   # a scope's, loss test set's or OTDR's file
      bringup tell RUN put-back              # all that is left altered
      bringup tell RUN note "cleaned both ends of C-003"   # with --to rack it stands before who works there
      bringup tell RUN claim leaf-1/Ethernet0 | release leaf-1/Ethernet0      # or a question
      bringup tell RUN who | pause | continue | abort | close
    """
    from bringup.cli._desk import speak
    from bringup.engine.desk import Command
    from bringup.journal.folder import find
    from bringup.model.errors import InputError

    if verb not in WORDS:
        raise InputError(f"no command is called {verb!r}", f"There are: {', '.join(WORDS)}.")
    arguments = named(verb, words)
    more = {"subject": subject, "until": until, "rma": rma, "moved_to": moved_to, "to": to, "form": form}
    arguments |= {name: text for name, text in more.items() if text}
    if evidence is not None:
        arguments |= evidence_named(evidence)
    if verb == "watch":
        arguments |= {"port": as_subject(arguments.get("port", "")), **watched(for_, stop)}
    if verb == "attach":
        port, file = as_subject(arguments["port"]), Path(arguments["file"]).expanduser().resolve()
        arguments |= {"port": port, "file": str(file)}
    if verb == "put":
        arguments |= in_hand(arguments, stop=stop, done=done)
    if dry_run and verb not in RUNS_AGAIN:
        raise InputError(f"`{verb}` has no --dry-run", f"It is for {' and '.join(RUNS_AGAIN)}.")
    folder = find(runs, run)
    if verb == "who":
        show_people(asyncio.run(speak(folder, Command("here", {"ask": "yes"}))).people)
        return 0
    signer = own_key(key, folder) if key is not None else None

    async def both() -> Reply:
        if verb in RUNS_AGAIN:
            # Shown before it is done: what a person is about to set off.
            would = await speak(folder, Command(verb, {**arguments, "dry_run": "yes"}, why))
            show_again(would.rows)
            if dry_run or not would.ok:
                return would
        if signer is not None:
            head = await speak(folder, Command("head"))
            arguments.update(signed(folder.run_id, verb, arguments, why, signer, head))
        return await speak(folder, Command(verb, arguments, why))

    reply = asyncio.run(both())
    if not reply.ok:
        raise InputError(reply.error or "the runner refused")
    if verb not in RUNS_AGAIN:
        show_again(reply.rows)
    if reply.seq is not None:
        click.echo(f"{verb}: event {reply.seq}")
    return 0


def as_subject(port: str) -> str:
    """`DEVICE:PORT`, as `bringup watch` takes it, means the same: a device's name holds no `/`."""
    device, colon, name = port.partition(":")
    return f"{device}/{name}" if colon and "/" not in device else port


def watched(for_: str | None, stop: bool) -> dict[str, str]:
    """How long a port is to be watched, or that it is to end.

    Raises:
        InputError: that is no duration.
    """
    from bringup.input.duration import seconds
    from bringup.model.errors import InputError

    if stop:
        return {"stop": "yes"}
    try:
        return {"for_s": f"{seconds(for_):g}"} if for_ is not None else {}
    except ValueError as error:
        raise InputError(f"--for: {error}") from error


def in_hand(arguments: dict[str, str], *, stop: bool, done: bool) -> dict[str, str]:
    """Which of a cable's plugs is meant, by `--subject`, and whether it is in, or laid down."""
    more = {"stop": "yes"} if stop else {"stated": "yes"} if done else {}
    return {**more, "port": as_subject(arguments["subject"])} if arguments.get("subject") else more


def show_people(people: tuple[Present, ...]) -> None:
    """Who is at the run and where they look, one a line."""
    from bringup.view.people import present_words
    from bringup.view.text import visible

    for each in people:
        click.echo(visible(present_words(each)))


RUNS_AGAIN = ("retest", "replace")
"""Verbs that make verdicts due again."""
SHOWN = 40


def show_again(rows: tuple[tuple[str, str, str], ...]) -> None:
    """The smallest retest, one row a line."""
    from bringup.view.text import visible

    if rows:
        click.echo(f"runs again: {len(rows)}")
    for stage, step, subject in rows[:SHOWN]:
        click.echo(f"  {visible(f'{stage}/{step} {subject}')}")
    if len(rows) > SHOWN:
        click.echo(f"  and {len(rows) - SHOWN} more")


def evidence_named(path: Path) -> dict[str, str]:
    """The file that goes with a replacement, by its digest: what is signed for is what is kept.

    Raises:
        InputError: it can't be read.
    """
    from bringup.model.errors import InputError

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}") from error
    return {"evidence": str(path.resolve()), "evidence_sha256": digest}


WORDS = {
    "answer": ("question", "value"),
    "skip": ("step",),
    "waive": ("step",),
    "note": ("text",),
    "pause": (),
    "continue": (),
    "retest": ("step",),
    "replace": ("old", "new"),
    "put-back": (),
    "watch": ("port",),
    "put": ("label",),
    "attach": ("port", "file"),
    "who": (),
    "claim": ("what",),
    "release": ("what",),
    "abort": (),
    "close": (),
}
"""The words that each command takes."""


def named(verb: str, words: tuple[str, ...]) -> dict[str, str]:
    """The words after a verb, by name."""
    from bringup.model.errors import InputError

    names = WORDS[verb]
    if len(words) != len(names):
        wanted = " ".join(name.upper() for name in names) or "nothing more"
        raise InputError(f"`{verb}` takes {wanted}", "See `bringup tell --help`.")
    return dict(zip(names, words, strict=True))


def own_key(path: Path, folder: RunFolder) -> Signer:
    """The key to sign with: a file, or by its .pub one that the SSH agent holds. A demo's throwaway key is
    good for demos only.

    Raises:
        InputError: it is no key, or a demo's on a real run.
    """
    from bringup.journal.agent import signer_for
    from bringup.model.errors import InputError

    signer = signer_for(path)
    throwaway = "simulated" in (signer.label, *signer.identity.split())
    if throwaway and not folder.lab.is_dir() and not _simulated(folder):
        raise InputError(
            f"{path} is a demo's key, labelled 'simulated': it signs nothing on real devices",
            "Use your own SSH key.",
        )
    return signer


def _simulated(folder: RunFolder) -> bool:
    try:
        said = msgspec.json.decode(folder.run_json.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("simulated") is True


def signed(
    run_id: str, verb: str, arguments: dict[str, str], why: str | None, signer: Signer, head: Reply
) -> dict[str, str]:
    """The approval's text and its signature by one's own key, over the record as it is now."""
    from bringup.engine.approving import replacement_question, waiver_question
    from bringup.engine.socket import user_name
    from bringup.journal.sign import APPROVE, approval_text

    if verb == "waive":
        question, value = waiver_question(arguments), why or ""
    elif verb == "replace":
        question, value = replacement_question(arguments), why or ""
    else:
        question, value = arguments.get("question", ""), arguments.get("value", "")
    text = approval_text(
        run=run_id,
        question=question,
        answer=value,
        by=user_name(os.getuid()),
        size=head.size or 0,
        root=head.root or "",
    )
    armor = signer.sign(text.encode(), APPROVE)
    return {"signed_text": text, "signature": armor.decode("ascii")}
