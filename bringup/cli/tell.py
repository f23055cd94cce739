"""Send a command to a running run: answer, skip, waive, note, pause, continue, retest, abort, close."""

from __future__ import annotations

import asyncio
import os
import pwd
from pathlib import Path

import click
import msgspec

from bringup.cli._options import key_option, runs_option


@click.command(name="tell")
@click.argument("run")
@click.argument("verb")
@click.argument("words", nargs=-1)
@runs_option
@key_option
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
      bringup tell RUN skip optics/levels --subject leaf-1/Ethernet0
      bringup tell RUN waive links/errors --subject 'a/1<->b/2' --why "spare on order" --key KEY
      bringup tell RUN retest optics/levels
      bringup tell RUN note "cleaned both ends of C-003"
      bringup tell RUN pause | continue | abort | close
    """
    from bringup.engine.desk import VERBS, Command, Reply
    from bringup.engine.socket import send
    from bringup.journal.folder import find
    from bringup.model.errors import InputError

    folder = find(runs, run)
    where = folder.read_runner().get("socket")
    if not isinstance(where, str):
        raise InputError(f"no runner of {folder.run_id} is known", "`bringup resume RUN` goes on with it.")
    if verb not in VERBS:
        raise InputError(f"no command is called {verb!r}", f"There are: {', '.join(VERBS[:-1])}.")
    arguments = named(verb, words)
    arguments |= {name: text for name, text in (("subject", subject), ("until", until)) if text}

    async def speak(command: Command) -> Reply:
        return msgspec.json.decode(await send(Path(where), msgspec.json.encode(command)), type=Reply)

    async def both() -> Reply:
        if key is not None:
            head = await speak(Command("head"))
            arguments.update(signed(folder.run_id, verb, arguments, why, key, head))
        return await speak(Command(verb, arguments, why))

    reply = asyncio.run(both())
    if not reply.ok:
        raise InputError(reply.error or "the runner refused")
    click.echo(f"{verb}: event {reply.seq}")
    return 0


def named(verb: str, words: tuple[str, ...]) -> dict[str, str]:
    """The words after a verb, by name."""
    from bringup.model.errors import InputError

    names = {
        "answer": ("question", "value"),
        "skip": ("step",),
        "waive": ("step",),
        "retest": ("step",),
        "note": ("text",),
    }.get(verb, ())
    if len(words) != len(names):
        wanted = " ".join(name.upper() for name in names) or "nothing more"
        raise InputError(f"`{verb}` takes {wanted}", "See `bringup tell --help`.")
    return dict(zip(names, words, strict=True))


def signed(
    run_id: str, verb: str, arguments: dict[str, str], why: str | None, key: Path, head: object
) -> dict[str, str]:
    """The approval's text and its signature by one's own key, over the record as it is now."""
    from bringup.engine.desk import Reply
    from bringup.journal.sign import APPROVE, KeySigner, approval_text

    assert isinstance(head, Reply)
    if verb == "waive":
        question = f"waive {arguments['step']}@{arguments.get('subject', '*')}"
        value = why or ""
    else:
        question, value = arguments.get("question", ""), arguments.get("value", "")
    text = approval_text(
        run=run_id,
        question=question,
        answer=value,
        by=pwd.getpwuid(os.getuid()).pw_name,
        size=head.size or 0,
        root=head.root or "",
    )
    armor = KeySigner.from_file(key).sign(text.encode(), APPROVE)
    return {"signed_text": text, "signature": armor.decode("ascii")}
