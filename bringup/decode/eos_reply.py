"""What every EOS JSON reply has in common: how it is wrapped, and how EOS says no.

A reply is read in any of the forms that people keep: the object that `COMMAND | json` prints, eAPI's list of
results, or the whole JSON-RPC answer. Source: Arista eAPI (JSON-RPC 2.0 `runCmds`); `errors` beside or in
place of a result is how a command that failed says so.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.result import Damaged, Nothing, json_of, refuse_error_text, text_of

_HAS_NONE = re.compile(r"not supported|unavailable command|not available on this|unsupported", re.IGNORECASE)
_SHOWN_CHARS = 200


def reply_of(data: bytes, key: str) -> Json:
    """The one object in `data` that has `key`.

    Raises:
        Damaged: no JSON, an error in place of a result, no such object, or more than one.
        Nothing: EOS says that it does not support the command.
    """
    if data.lstrip()[:1] not in (b"{", b"["):
        refuse_error_text(text_of(data)[0])
    found = [reply for reply in _replies(json_of(data)) if key in reply]
    if len(found) != 1:
        raise Damaged(f"{len(found)} objects with {key!r} where one is expected")
    return refuse_errors(found[0])


def refuse_errors(reply: Json) -> Json:
    """`reply`, unless EOS has put an error into it.

    Raises:
        Damaged: the command failed.
        Nothing: EOS says that it does not support the command.
    """
    errors = reply.get("errors")
    if errors:
        raise complaint(errors)
    return reply


def complaint(errors: object) -> Damaged | Nothing:
    """What EOS complained of, as the outcome that it stands for."""
    said = "; ".join(str(error) for error in errors) if isinstance(errors, list) else str(errors)
    shown = f"EOS answers with an error: {said[:_SHOWN_CHARS]!r}"
    return Nothing(shown) if _HAS_NONE.search(said[:4096]) else Damaged(shown)


def _replies(top: object) -> list[Json]:
    if isinstance(top, dict) and ("jsonrpc" in top or "result" in top):
        error = top.get("error")
        if error is not None:
            raise complaint(error.get("message", error) if isinstance(error, dict) else error)
        top = top.get("result")
    if isinstance(top, dict):
        top = [top]
    if not isinstance(top, list) or not all(isinstance(reply, dict) for reply in top):
        raise Damaged("the JSON is neither an object nor a list of objects")
    for reply in top:
        if set(reply) <= {"errors", "warnings", "messages"}:
            refuse_errors(reply)
    return top
