"""Arista's eAPI: several commands in one request, and what its errors mean.

Source: Arista eAPI (JSON-RPC 2.0, `runCmds`, POST /command-api). Commands run in order in a session of their
own; the first that fails ends the request, so that none after it has run. Codes: 1002 invalid command, 1003
no JSON form, 1000, 1001 and 1005 for what went wrong in running it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Literal

from bringup.decode.json_field import Json
from bringup.decode.result import Damaged, json_of
from bringup.model.errors import DeviceError, NoData, Refused, Unparsable
from bringup.transport.base import DEFAULT_DEADLINE_S, HttpExchange, HttpReply

PATH = "/command-api"
OK, NOT_FOUND = 200, 404
_NO_SUCH_COMMAND = (1002, 1003)
_NOT_ALLOWED = re.compile(
    r"authorization|permission|privileged mode|not permitted|access denied|unauthorized", re.IGNORECASE
)
_HAS_NONE = re.compile(r"unavailable|not supported|unsupported|no such|does not exist", re.IGNORECASE)
_SHOWN_CHARS = 160


async def run(
    eapi: HttpExchange,
    commands: Sequence[str],
    *,
    device: str,
    deadline_s: float = DEFAULT_DEADLINE_S,
    form: Literal["json", "text"] = "json",
) -> list[bytes]:
    """The JSON of each of `commands`, in their order; as `text` what each prints.

    Raises:
        NoData: the switch has no such command, or none of what it asks for; or eAPI is not at its place.
        Refused: this user may not run it.
        Unparsable: what came is no answer to this.
        DeviceError: the transport's own.
    """
    shown = "; ".join(commands)[:_SHOWN_CHARS]
    body = await _asked(eapi, commands, device, shown, deadline_s, form)
    if body.get("error") is not None:
        raise _error(body["error"], device, shown)
    results = body.get("result")
    if not isinstance(results, list) or len(results) != len(commands):
        raise _unreadable(device, shown, f"there are not {len(commands)} results in it")
    if form == "json":
        return [json.dumps(result).encode() for result in results]
    printed = [result.get("output") if isinstance(result, dict) else None for result in results]
    if not all(isinstance(each, str) for each in printed):
        raise _unreadable(device, shown, "a result has no output")
    return [str(each).encode() for each in printed]


async def change(
    eapi: HttpExchange, commands: Sequence[str], *, device: str, deadline_s: float = DEFAULT_DEADLINE_S
) -> None:
    """Run commands that change something. Where the answer can't be read, whether they ran is not known.

    Raises:
        Refused: EOS answers with an error: the command that failed, and all after it, have not run.
        DeviceError: as `run`.
    """
    shown = "; ".join(commands)[:_SHOWN_CHARS]
    body = await _asked(eapi, commands, device, shown, deadline_s)
    if body.get("error") is not None:
        refusal = _error(body["error"], device, shown)
        raise Refused(refusal.message, refusal.advice)
    if not isinstance(body.get("result"), list):
        raise _unreadable(device, shown, "it has no results")


async def _asked(
    eapi: HttpExchange,
    commands: Sequence[str],
    device: str,
    shown: str,
    deadline_s: float,
    form: str = "json",
) -> Json:
    request = {
        "jsonrpc": "2.0",
        "id": "bringup",
        "method": "runCmds",
        "params": {"version": 1, "format": form, "cmds": list(commands)},
    }
    return _body(await eapi.request("POST", PATH, json=request, deadline_s=deadline_s), device, shown)


def _body(reply: HttpReply, device: str, shown: str) -> Json:
    if reply.status == NOT_FOUND:
        raise NoData(
            f"{device}: there is no eAPI at {PATH} (HTTP 404)",
            "Switch it on with `management api http-commands` and `no shutdown`.",
        )
    if reply.status != OK:
        raise _unreadable(device, shown, f"it came with HTTP status {reply.status}")
    try:
        body = json_of(reply.body)
    except Damaged as damaged:
        raise _unreadable(device, shown, str(damaged)) from None
    if not isinstance(body, dict):
        raise _unreadable(device, shown, "the JSON is no object")
    return body


def _unreadable(device: str, shown: str, why: str) -> Unparsable:
    return Unparsable(
        f"{device}: the eAPI answer to `{shown}` can't be read: {why}",
        "Is this address an EOS switch's eAPI? Its raw reply is kept as evidence.",
    )


def _error(error: object, device: str, shown: str) -> DeviceError:
    """A JSON-RPC error as who must act: the user's rights, the command, or the answer itself."""
    if not isinstance(error, dict):
        return _unreadable(device, shown, "its error is no object")
    said = _said(error)
    what = f"{device}: `{shown}`: EOS says {said[:_SHOWN_CHARS]!a}"
    if _NOT_ALLOWED.search(said):
        return Refused(what, "Give the user of [device.eapi] a role that may run this command.")
    if error.get("code") in _NO_SUCH_COMMAND or _HAS_NONE.search(said):
        return NoData(what, "Run the command on the switch by hand; its release may not have it.")
    return Unparsable(what, "Run the command on the switch by hand and see what it says.")


def _said(error: Json) -> str:
    """The message, and the complaint of the command that failed, which stands last in `data`."""
    said = [str(error.get("message", ""))[:1000]]
    data = error.get("data")
    if isinstance(data, list) and data and isinstance(data[-1], dict):
        complaints = data[-1].get("errors")
        if isinstance(complaints, list):
            said += [str(complaint)[:1000] for complaint in complaints[:5]]
    return ": ".join(part for part in said if part) or "nothing"
