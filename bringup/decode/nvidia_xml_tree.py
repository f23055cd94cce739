"""The XML of `nvidia-smi -q -x`, taken apart safely: no entity is expanded, nothing outside is read, depth
and size are bounded.

The real output has a DOCTYPE that names an outside DTD: that line is passed over. One that declares anything
itself is refused.
"""

from __future__ import annotations

from bringup.decode.result import Damaged
from bringup.decode.xml_events import read_xml

MAX_DEPTH = 24
MAX_ELEMENTS = 400_000
MAX_TEXT_CHARS = 16_384
ROOT = "nvidia_smi_log"
GPU = "gpu"


class Element:
    """Texts by path below one element (`pci/pci_bus_id`), each path with all its texts in order.

    `id` is the attribute of that name.
    """

    def __init__(self, id_: str | None = None) -> None:
        self.id = id_
        self.texts: dict[str, list[str]] = {}

    def one(self, *paths: str) -> str | None:
        """The text under the first path that is there.

        Raises:
            Damaged: that path is there more than once, and differs.
        """
        for path in paths:
            texts = self.texts.get(path)
            if texts:
                if len(set(texts)) > 1:
                    raise Damaged(f"{path} stands there {len(texts)} times, and differs")
                return texts[0]
        return None

    def under(self, path: str) -> dict[str, str]:
        """Paths below `path`, without it, and their texts."""
        start = f"{path}/"
        found = {key[len(start) :]: self.one(key) for key in self.texts if key.startswith(start)}
        return {key: text for key, text in found.items() if text is not None}

    def count(self, path: str) -> int:
        """How many elements stand at `path`."""
        return len(self.texts.get(path, ()))


class _Reader:
    """Handlers of the parser: what stands in each `gpu`, and the rest of the document."""

    def __init__(self) -> None:
        self.log = Element()
        self.gpus: list[Element] = []
        self._path: list[str] = []
        self._text: list[list[str]] = []
        self._into = self.log
        self._depth_of_gpu = 0
        self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._path) >= MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Damaged("the document is deeper or larger than any of this tool")
        if not self._path and name != ROOT:
            raise Damaged(f"the document is no {ROOT} but {name[:40]!r}")
        self._path.append(name)
        self._text.append([])
        if name == GPU and len(self._path) == 2:
            self._into = Element(attributes.get("id"))
            self.gpus.append(self._into)

    def end(self, name: str) -> None:
        text = "".join(self._text.pop()).strip()
        if name == GPU and len(self._path) == 2:
            self._into = self.log
        else:
            below = self._path[1:] if self._into is self.log else self._path[2:]
            self._into.texts.setdefault("/".join(below), []).append(text)
        self._path.pop()

    def characters(self, text: str) -> None:
        held = self._text[-1] if self._text else []
        held.append(text)
        if len(held) > MAX_TEXT_CHARS or (len(held) == 1 and len(text) > MAX_TEXT_CHARS):
            raise Damaged("a text in the document is longer than any of this tool")


def read_tree(data: bytes) -> tuple[Element, list[Element]]:
    """What stands outside of the GPUs, and one element for each GPU, in the document's order.

    Raises:
        Damaged: it is no well-formed document of this kind, or it declares entities.
    """
    reader = _Reader()
    read_xml(data, reader, doctype=ROOT)
    return reader.log, reader.gpus
