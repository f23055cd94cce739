"""What a verification found, for people and for programs."""

from __future__ import annotations

import msgspec

INTACT, INCOMPLETE, CONTRADICTION = 0, 3, 4
# Of one kind of finding a damaged record can hold thousands; the count says how many there were.
SHOWN_OF_A_KIND = 20


class Finding(msgspec.Struct, frozen=True):
    """One thing that keeps the record from exit code 0. `code` is 3 or 4, `id` its kind, `where` a file or
    event. Where two digests differ, `said` is the one that was signed or recorded, `found` the other (hex).
    """

    code: int
    id: str
    where: str
    text: str
    said: str = ""
    found: str = ""


class Report(msgspec.Struct):
    """`code` is the exit code (contracts, section 6); `notes` are worth knowing and change nothing."""

    path: str
    code: int = INTACT
    events: int = 0
    root: str = ""
    closed: bool = False
    covered: int = 0
    checkpoints: int = 0
    blobs: int = 0
    approvals: int = 0
    signers: list[str] = []
    simulated: bool = False
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    notes: list[str] = []

    def add(self, code: int, kind: str, where: str, text: str, digests: tuple[str, str] = ("", "")) -> None:
        self.code = max(self.code, code)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= SHOWN_OF_A_KIND:
            self.findings.append(Finding(code, kind, where, text, *digests))

    def contradicts(self, kind: str, where: str, text: str, said: str = "", found: str = "") -> None:
        self.add(CONTRADICTION, kind, where, text, (said, found))

    def lacks(self, kind: str, where: str, text: str) -> None:
        self.add(INCOMPLETE, kind, where, text)

    def text(self) -> str:
        """Lines for a person; what decides stands first."""
        word = {
            INTACT: "intact, signed by a known signer",
            INCOMPLETE: "intact as far as it goes, but not proven whole",
            CONTRADICTION: "THE RECORD CONTRADICTS ITSELF",
        }[self.code]
        rows = [f"{visible(self.path)}: {word}"]
        for found in sorted(self.findings, key=lambda found: -found.code):
            what = "contradiction" if found.code == CONTRADICTION else "open"
            rows.append(f"  {what}: {found.where}: {found.text} [{found.id}]")
        for kind, count in self.counts.items():
            if count > SHOWN_OF_A_KIND:
                rows.append(f"  … and {count - SHOWN_OF_A_KIND} more [{kind}]")
        rows.append(
            f"  {self.events} events, {self.covered} under {self.checkpoints} checkpoints, "
            f"{self.blobs} blobs, {self.approvals} signed approvals"
        )
        rows.append(f"  root {self.root}")
        rows += [f"  signed by {name}" for name in self.signers]
        rows += [f"  note: {note}" for note in self.notes]
        return "\n".join(visible(row) for row in rows) + "\n"


def visible(text: str) -> str:
    """Text from a record may hold anything; on a terminal it holds no control characters."""
    return "".join(
        char if char.isprintable() else f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
        for char in text
    )
