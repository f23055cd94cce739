"""What a terminal driver does between a person and a command line: echo, erase, end of line.

A client that asked for a pseudo-terminal sends each key as it is pressed and expects to see it come back.
"""

from __future__ import annotations

import asyncssh

CHUNK_BYTES = 4096
MAX_LINE_CHARS = 65_536
INTERRUPT, END, ERASE, KILL = "\x03", "\x04", ("\x7f", "\x08"), "\x15"


class TerminalLines:
    """Lines as they are typed into one session; without a terminal, as they come."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self._process = process
        self._typed = process.term_type is not None
        self._ahead = ""
        self._after_return = False

    def write(self, text: str) -> None:
        self._process.stdout.write((text.replace("\n", "\r\n") if self._typed else text).encode())

    def write_raw(self, data: bytes) -> None:
        self._process.stdout.write(data)

    def complain(self, text: str) -> None:
        """A terminal shows what goes to the second output, too."""
        if self._typed:
            self.write(text)
        else:
            self._process.stderr.write(text.encode())

    async def read(self) -> str | None:
        """The next line without its end; None where no more will come."""
        if not self._typed:
            line = (await self._process.stdin.readline()).decode(errors="replace")
            return line.strip("\r\n") if line else None
        line = ""
        while True:
            if not self._ahead:
                read = await self._process.stdin.read(CHUNK_BYTES)
                if not read:
                    return None
                self._ahead = read.decode(errors="replace")
            key, self._ahead = self._ahead[0], self._ahead[1:]
            if key == "\n" and self._after_return:
                self._after_return = False
                continue
            self._after_return = key == "\r"
            if key in "\r\n":
                self.write("\n")
                return line
            if key == END and not line:
                return None
            line = self._pressed(line, key)

    def _pressed(self, line: str, key: str) -> str:
        """The line after one more key."""
        if key in ERASE:
            self.write("\b \b" if line else "")
            return line[:-1]
        if key in (INTERRUPT, KILL):
            self.write("\b \b" * len(line))
            return ""
        if not key.isprintable() or len(line) >= MAX_LINE_CHARS:
            return line
        self.write(key)
        return line + key
