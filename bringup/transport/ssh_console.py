"""A serial line behind a console server: SSH gives a terminal, on which one logs in and types commands.

What is typed and printed there is a conversation for people: a reply ends where the prompt stands again, and
no exit status comes with it (0 is told; decoders judge by what was printed). The line is logged out at the
end, for a shell left open on a console is open to whoever comes next.
"""

from __future__ import annotations

import contextlib
import re
import time
from typing import NamedTuple

import paramiko

from bringup.model.errors import Refused, TimedOut, Unparsable
from bringup.transport.base import REPLY_CAP_BYTES, Transcript
from bringup.transport.failure import CredentialRefused, Peer
from bringup.transport.ssh_legacy import CHUNK_BYTES, LOOK_EVERY_S, Connect, Kept, LegacyShell
from bringup.transport.ssh_legacy_login import LegacyConnection
from bringup.transport.worker import Until

WIDTH, HEIGHT = 511, 1000
"""Wide and high, so that lines are not folded and pagers seldom stop."""
KNOCKS = 5
KNOCK_EVERY_S = 2.0
"""A line that sleeps may need several Returns before it prints a prompt."""
QUIET_S = 0.2
"""What looks like a prompt is one when nothing follows it."""
TURNS_MAX = 12
PAGES_MAX = 10_000
LOGOUT_S = 1.0
_LINE_BYTES = 4096
_LOGIN = re.compile(rb"(?i)(?:login|user ?name)\s*:\s*$")
_PASSWORD = re.compile(rb"(?i)pass(?:word|phrase|code)[^\n]{0,40}:\s*$")
_WRONG = re.compile(rb"(?i)(?:login incorrect|authentication fail|access denied|invalid (?:login|password))")
_MORE = re.compile(rb"(?i)(?:--\s?more\s?--|<--- more --->|\(q\)uit)[^\n]{0,40}$")


class ConsoleUser(NamedTuple):
    """Who logs in on the line. `prompt` is a regular expression for the prompt's end."""

    user: str | None
    password: str | None
    prompt: str

    def __repr__(self) -> str:
        return f"<ConsoleUser {self.user}>"


class ConsoleShell(LegacyShell):
    """The `Shell` behind a console server."""

    def __init__(
        self,
        peer: Peer,
        connect: Connect,
        transcript: Transcript,
        user: ConsoleUser,
        *,
        cap_bytes: int = REPLY_CAP_BYTES,
    ) -> None:
        super().__init__(peer, connect, transcript, cap_bytes=cap_bytes)
        self._user = user
        self._line: Line | None = None
        self._refused: CredentialRefused | None = None

    async def close(self) -> None:
        """Log out of the line and close the connection. Raises nothing."""
        line, self._line = self._line, None
        connection = self._connection
        if line is not None and connection is not None and connection.alive:
            with contextlib.suppress(Exception):
                await connection.worker.run(line.log_out, 2 * LOGOUT_S, connection.cut)
        await super().close()

    def _work(self, connection: LegacyConnection, command: str, kept: Kept, until: Until) -> int:
        if not command.isprintable():
            raise Refused(
                f"{self._peer}: a line for a console can't hold control characters", "Leave them out"
            )
        if self._refused is not None:
            raise CredentialRefused(
                f"{self._refused.message}; not tried again in this run", self._refused.advice
            )
        return super()._work(connection, command, kept, until)

    def _execute(self, transport: paramiko.Transport, command: str, kept: Kept, until: Until) -> int:
        if self._line is None or self._line.channel.closed:
            self._line = Line(self._peer, transport, self._user, until)
            try:
                self._line.log_in(until)
            except CredentialRefused as refused:
                self._refused = refused
                self._line = None
                raise
            except BaseException:
                self._line = None
                raise
        line, self._line = self._line, None
        line.converse(command, kept, until)
        # Kept only when it is known to stand at its prompt.
        self._line = line
        return 0


class Line:
    """One terminal on one serial line. All of it runs in the thread."""

    def __init__(self, peer: Peer, transport: paramiko.Transport, user: ConsoleUser, until: Until) -> None:
        self._peer = peer
        self._user = user
        self._prompt = re.compile(user.prompt.encode())
        self._stands = b""
        self.channel = transport.open_session(timeout=until.left_s())
        self.channel.settimeout(until.left_s())
        self.channel.get_pty("dumb", WIDTH, HEIGHT)
        self.channel.invoke_shell()
        self.channel.settimeout(LOOK_EVERY_S)

    def log_in(self, until: Until) -> None:
        """Up to a prompt that comes twice. Raises `DeviceError`s."""
        named = sent = False
        knocks, seen, tail = 0, b"", b""
        self._type(b"")
        for _ in range(TURNS_MAX):
            tail = self._tail(until, KNOCK_EVERY_S)
            last = _last_line(tail)
            if sent and _WRONG.search(tail):
                raise self._wrong()
            if _PASSWORD.search(last):
                if sent or self._user.password is None:
                    raise self._wrong() if sent else self._asks("password")
                sent = True
                self._type(self._user.password.encode())
            elif _LOGIN.search(last):
                if named or self._user.user is None:
                    raise self._wrong() if named else self._asks("user")
                named = True
                self._type(self._user.user.encode())
            elif self._prompt.search(last):
                if last == seen:
                    self._stands = last
                    return
                seen = last
                self._type(b"")
            elif knocks < KNOCKS:
                knocks += 1
                self._type(b"")
            else:
                break
        raise TimedOut(
            f"{self._peer}: no prompt came on the console",
            "Is the line connected, at the right speed? Does `console_prompt` fit its prompt?",
        )

    def converse(self, command: str, kept: Kept, until: Until) -> None:
        """One command, and what is printed until the prompt stands again."""
        self._type(command.encode())
        pages, raw = 0, bytearray()
        while True:
            until.left_s()
            piece = self._read()
            if piece:
                raw += piece
                kept.received_bytes += len(piece)
                if kept.received_bytes <= REPLY_CAP_BYTES:
                    continue
                kept.add(b"")  # past the cap: it says so
            last = _last_line(bytes(raw[-_LINE_BYTES:]))
            if _MORE.search(last):
                pages += 1
                if pages > PAGES_MAX:
                    raise Unparsable(f"{self._peer}: its pager never ends", "Turn paging off on the device")
                del raw[len(raw) - len(last) :]
                self.channel.sendall(b" ")
            elif last == self._stands and b"\n" in raw and self._quiet(raw):
                break
        printed = bytes(raw).replace(b"\r\n", b"\n").replace(b"\r", b"")
        # The first line is the echo of what was typed, the last is the prompt.
        _, _, printed = printed.partition(b"\n")
        kept.stdout.extend(printed[: len(printed) - len(self._stands)])

    def log_out(self, until: Until) -> None:
        self._type(b"exit")
        end = time.monotonic() + LOGOUT_S
        tail = b""
        while time.monotonic() < end and not self.channel.closed:
            tail += self._read()
            if _LOGIN.search(_last_line(tail)):
                break
        self.channel.close()

    def _type(self, line: bytes) -> None:
        self.channel.sendall(line + b"\r")

    def _read(self) -> bytes:
        """What has come; nothing after a moment. Raises `EOFError`."""
        try:
            data = self.channel.recv(CHUNK_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise EOFError
        return data

    def _tail(self, until: Until, wait_s: float) -> bytes:
        """What comes until it is quiet, no more than the last of it."""
        tail, quiet_at = b"", time.monotonic() + wait_s
        while time.monotonic() < quiet_at:
            until.left_s()
            piece = self._read()
            if piece:
                tail = (tail + piece)[-_LINE_BYTES:]
                quiet_at = time.monotonic() + QUIET_S
        return tail

    def _quiet(self, raw: bytearray) -> bool:
        """Whether nothing follows; what does is taken in."""
        end = time.monotonic() + QUIET_S
        while time.monotonic() < end:
            if piece := self._read():
                raw += piece
                return False
        return True

    def _wrong(self) -> CredentialRefused:
        return CredentialRefused(
            f"{self._peer}: the console refused user {self._user.user or '(none)'} with the password",
            "Check `console_user` and what `console_password` names; it was tried once",
        )

    def _asks(self, what: str) -> Refused:
        return Refused(
            f"{self._peer}: the console asks for a {what}, and the inventory names none",
            f"Put `console_{what}` into its [device.ssh]",
        )


def _last_line(text: bytes) -> bytes:
    return text.replace(b"\r", b"\n").rpartition(b"\n")[2]
