"""The tree of a record, computed a second way: whole aligned subtrees of leaves at a time.

Leaf hashes go to a temporary file, so that the root of any earlier size can be had later without holding
them.
"""

from __future__ import annotations

import hashlib
import tempfile

SPAN = 256
HASH_BYTES = 32
IN_MEMORY_BYTES = 16 * 1024 * 1024


def fold(nodes: list[bytes]) -> bytes:
    """The RFC 6962 root over a list of leaf hashes (or of roots of equal, complete subtrees).

    Pairing neighbours and carrying an odd last one up gives the same tree as splitting at the largest power
    of two.
    """
    sha256 = hashlib.sha256
    while len(nodes) > 1:
        odd = nodes[-1:] if len(nodes) & 1 else []
        nodes = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(nodes[::2], nodes[1::2], strict=False)
        ] + odd
    return nodes[0] if nodes else sha256(b"").digest()


class Leaves:
    """All leaves so far, in constant memory (32 bytes for each 256 leaves, the rest on disk)."""

    def __init__(self) -> None:
        self.count = 0
        self._spans: list[bytes] = []
        self._open: list[bytes] = []
        self._spill = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 (closed by `close`)

    def add(self, lines: list[bytes]) -> None:
        sha256 = hashlib.sha256
        hashes = [sha256(b"\x00" + line).digest() for line in lines]
        self.count += len(hashes)
        self._spill.write(b"".join(hashes))
        pending = self._open + hashes if self._open else hashes
        whole = len(pending) - len(pending) % SPAN
        for at in range(0, whole, SPAN):
            self._spans.append(fold(pending[at : at + SPAN]))
        self._open = pending[whole:]

    def root(self, size: int) -> bytes:
        """The root when the record had `size` events.

        Raises:
            ValueError: it never had as many.
        """
        if not 0 <= size <= self.count:
            raise ValueError(f"{size} of {self.count}")
        whole, rest = divmod(size, SPAN)
        nodes = list(self._spans[:whole])
        if rest:
            end = self._spill.tell()
            self._spill.seek(whole * SPAN * HASH_BYTES)
            raw = self._spill.read(rest * HASH_BYTES)
            self._spill.seek(end)
            nodes.append(fold([raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]))
        return fold(nodes)

    def close(self) -> None:
        self._spill.close()
