"""A small terminal for tests: what a stream of bytes leaves on a screen, which modes it leaves on, and every
sequence in it that no simple terminal knows.
"""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\x1b\[([<>=?]?)([0-9;]*)([ -/]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]]|.", re.DOTALL
)
CUT = re.compile(rb"\x1b(\[[<>=?]?[0-9;]*[ -/]*|\][^\x07]*)?")
"""A sequence whose end has not come yet."""


class Glass:
    """`feed` it; `text` is the screen, `modes` the private modes that are on, `strange` what it has no use
    for. `sequences` is every control sequence, in order.
    """

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.width, self.height = width, height
        self.modes: set[str] = set()
        self.keyboard = 0
        self.bells = 0
        self.colours = 0
        self.sequences: list[str] = []
        self.strange: list[str] = []
        self._cells = [[" "] * width for _ in range(height)]
        self._row = self._column = 0
        self._rest = b""

    @property
    def text(self) -> str:
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def feed(self, data: bytes) -> None:
        data, self._rest = self._rest + data, b""
        cut = data.rfind(b"\x1b")
        if cut >= 0 and CUT.fullmatch(data, cut):
            data, self._rest = data[:cut], data[cut:]
        while data and data[-1] >= 0x80:  # a character may be cut
            try:
                data.decode()
                break
            except UnicodeDecodeError:
                data, self._rest = data[:-1], data[-1:] + self._rest
        for token in TOKEN.finditer(data.decode("utf-8", "replace")):
            self._take(token)

    def _take(self, token: re.Match[str]) -> None:
        word = token[0]
        if word[0] != "\x1b":
            self._write(word)
            return
        self.sequences.append(word)
        private, numbers, between, final = token[1], token[2], token[3], token[4]
        match (private, between, final):
            case ("", "", "H"):
                row, _, column = (numbers or "1;1").partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            case ("", "", "m"):
                self.colours += bool(re.search(r"(^|;)(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;|$)", numbers))
            case ("", "", "J") if numbers == "2":
                self._cells = [[" "] * self.width for _ in range(self.height)]
            case ("?", "", "h"):
                self.modes |= set(numbers.split(";"))
            case ("?", "", "l"):
                self.modes -= set(numbers.split(";"))
            case (">", "", "u"):
                self.keyboard += 1
            case ("<", "", "u"):
                self.keyboard -= 1
            case _:
                self.strange.append(word)

    def _write(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row += 1
        elif character == "\x07":
            self.bells += 1
        elif character < " ":
            self.strange.append(character)
        elif 0 <= self._row < self.height and 0 <= self._column < self.width:
            self._cells[self._row][self._column] = character
            self._column += 1
