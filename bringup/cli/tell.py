"""Send a command to a running run: answer, skip, waive, note, pause, continue, retest, abort, close."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from bringup.cli._options import runs_option

if TYPE_CHECKING:
    from bringup.engine.desk import Reply
    from bringup.journal.folder import RunFolder
    from bringup.journal.sign import Signer


@click.command(name="tell", context_settings={"ignore_unknown_options": True})
@click.argument("run")
@click.argument("verb")
@click.argument("words", nargs=-1)
@runs_option
@click.option("--key", type=click.Path(path_type=Path), help="Sign the answer or waiver with this SSH key.")
@click.option("--subject", help="One subject of the step (default: all).")
@click.option("--why", help="The reason, kept in the record.")
@click.option("--until", help="End date of a waiver, YYYY-MM-DD.")
def tell(
    run: str,
    verb: str,
    words: tuple[str, ...],
    runs: Path,
    key: Path | None,
    subject: str | None,
    why: str | None,
    until: str | None,
) -> int:
    """Send a command to the runner of RUN.

    \b
    Examples:
      bringup tell RUN answer sign-off/accept@mini yes --key ~/.ssh/id_ed25519
      bringup tell RUN answer links/loss@run -2.5
      bringup tell RUN skip optics/levels --subject leaf-1/Ethernet0
      bringup tell RUN waive links/errors --subject 'a/1<->b/2' --why "spare on order" --key KEY
      bringup tell RUN retest optics/levels
      bringup tell RUN note "cleaned both ends of C-003"
      bringup tell RUN pause | continue | abort | close
    """
    from bringup.engine.desk import Command, Reply
    from bringup.engine.socket import send
    from bringup.journal.folder import find
    from bringup.model.errors import InputError

    if verb not in WORDS:
        raise InputError(f"no command is called {verb!r}", f"There are: {', '.join(WORDS)}.")
    arguments = named(verb, words)
    arguments |= {name: text for name, text in (("subject", subject), ("until", until)) if text}
    folder = find(runs, run)
    signer = own_key(key, folder) if key is not None else None
    where = folder.read_runner().get("socket")
    if not isinstance(where, str):
        raise InputError(f"no runner of {folder.run_id} is known", "`bringup resume RUN` goes on with it.")

    async def speak(command: Command) -> Reply:
        try:
            return msgspec.json.decode(await send(Path(where), msgspec.json.encode(command)), type=Reply)
        except ValueError as error:
            raise InputError(f"what answers at {where} is no runner: {error}") from error

    async def both() -> Reply:
        if signer is not None:
            head = await speak(Command("head"))
            arguments.update(signed(folder.run_id, verb, arguments, why, signer, head))
        return await speak(Command(verb, arguments, why))

    reply = asyncio.run(both())
    if not reply.ok:
        raise InputError(reply.error or "the runner refused")
    click.echo(f"{verb}: event {reply.seq}")
    return 0


WORDS = {
    "answer": ("question", "value"),
    "skip": ("step",),
    "waive": ("step",),
    "note": ("text",),
    "pause": (),
    "continue": (),
    "retest": ("step",),
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
    """The key to sign with. A demo's throwaway key is good for demos only.

    Raises:
        InputError: it is no key, or a demo's on a real run.
    """
    from bringup.journal.sign import KeySigner
    from bringup.model.errors import InputError

    signer = KeySigner.from_file(path)
    if signer.label == "simulated" and not folder.lab.is_dir() and not _simulated(folder):
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
    from bringup.engine.inbox import waiver_question
    from bringup.engine.socket import user_name
    from bringup.journal.sign import APPROVE, approval_text

    if verb == "waive":
        question, value = waiver_question(arguments), why or ""
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
