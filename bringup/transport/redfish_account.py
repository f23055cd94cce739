"""The account behind a Redfish session: which of two passwords it takes, and changing it (DSP0266, 13.4).

No password stands in an error, a repr, a transcript or an address: it travels in the body of one PATCH, whose
reply is not kept either, for some services repeat what they refuse.
"""

from __future__ import annotations

import msgspec

from bringup.decode.result import too_many_values
from bringup.model.account import WhichPassword
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.transport.base import HttpReply
from bringup.transport.failure import Peer

_DONE = (200, 202, 204)
MEMBERS_MAX = 64


class Passwords:
    """The inventory's two. Never shown."""

    def __init__(self, current: str, following: str | None = None) -> None:
        self._values: dict[WhichPassword, str] = {"password": current}
        if following is not None:
            self._values["next_password"] = following

    def __repr__(self) -> str:
        return f"<Passwords: {len(self._values)}>"

    def __getitem__(self, which: WhichPassword) -> str:
        return self._values[which]

    @property
    def rotates(self) -> bool:
        return len(self._values) == 2

    @property
    def differ(self) -> bool:
        return len(set(self._values.values())) == len(self._values)


class AccountMemory:
    """What a run has learned of one device's account; it outlives a session."""

    def __init__(self) -> None:
        self.takes: WhichPassword = "password"
        self.old_refused: bool | None = None
        self.changes = 0


def named_account(reply: HttpReply) -> str | None:
    """The account that a PasswordChangeRequired message names in its arguments."""
    for message in _messages(reply.body):
        arguments = message.get("MessageArgs")
        if ".PasswordChangeRequired" in str(message.get("MessageId")) and isinstance(arguments, list):
            for argument in arguments:
                if isinstance(argument, str) and is_plain(argument):
                    return argument
    return None


def is_plain(path: str) -> bool:
    """Whether a link of the service's is a path below it, and nothing more."""
    safe = path.isascii() and path.isprintable() and ".." not in path and "//" not in path
    return safe and path.startswith("/redfish/") and len(path) <= 1024 and " " not in path


def _messages(body: bytes) -> list[dict[str, object]]:
    whole = _object(body)
    found: list[object] = []
    for holder in (whole, whole.get("error")):
        listed = holder.get("@Message.ExtendedInfo") if isinstance(holder, dict) else None
        found += listed if isinstance(listed, list) else []
    return [message for message in found if isinstance(message, dict)]


def _object(body: bytes) -> dict[str, object]:
    """Empty for what is none."""
    if too_many_values(body):
        return {}
    try:
        whole = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}


def links_in(reply: HttpReply, *names: str) -> list[str]:
    """The `@odata.id` of what stands under the last of `names`, one or a list."""
    held: object = _object(reply.body)
    for name in names:
        held = held.get(name) if isinstance(held, dict) else None
    listed = held if isinstance(held, list) else [held]
    paths = [each.get("@odata.id") for each in listed if isinstance(each, dict)]
    return [path for path in paths[:MEMBERS_MAX] if isinstance(path, str) and is_plain(path)]


def user_of(reply: HttpReply) -> str | None:
    name = _object(reply.body).get("UserName")
    return name if isinstance(name, str) else None


def check_changed(peer: Peer, user: str, reply: HttpReply) -> None:
    """Raises what a PATCH of a password was answered with, in none of the service's words."""
    if reply.status in _DONE:
        return
    if reply.status in (400, 422):
        raise Refused(
            f"{peer} does not take the new password of user {user} (HTTP {reply.status})",
            "Its rules may ask for length, kinds of characters, or none that was used before",
        )
    if reply.status in (401, 403):
        raise Refused(
            f"{peer} does not let user {user} change the password (HTTP {reply.status})",
            "Does the user have the right ConfigureSelf, or is the account kept elsewhere (LDAP)?",
        )
    if reply.status in (404, 405, 501):
        raise NoData(f"{peer} has no account of user {user} that can be changed (HTTP {reply.status})")
    raise Unparsable(f"{peer} answered the change of a password with HTTP {reply.status}", "See its log")


def no_account(peer: Peer, user: str) -> NoData:
    return NoData(
        f"{peer} lists no account of user {user}", "Has it an account service, and may this user see itself?"
    )
