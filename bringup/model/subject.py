"""Subjects: what a measurement or verdict is about.

Text form `DEVICE[/COMPONENT[#PART]]`, or `A<->B` for a link with its ends sorted. A device name holds no `/`,
a component no `#` (it may hold `/`: `leaf-1/Ethernet1/1#lane-3`).
"""

from __future__ import annotations

from typing import NamedTuple

LINK = "<->"


class Subject(NamedTuple):
    """One device, one component of it, or one part of that component."""

    device: str
    component: str | None = None
    part: str | None = None

    def __str__(self) -> str:
        text = self.device
        if self.component is not None:
            text += f"/{self.component}"
        if self.part is not None:
            text += f"#{self.part}"
        return text


def parse_subject(text: str) -> Subject:
    """Read the text form of one subject (not of a link).

    Raises:
        ValueError: no device name, or a part without a component.
    """
    device, slash, rest = text.partition("/")
    if not device or LINK in text:
        raise ValueError(f"{text!r} is not DEVICE[/COMPONENT[#PART]]")
    if not slash:
        if "#" in device:
            raise ValueError(f"{text!r} has a part but no component")
        return Subject(device)
    component, hash_, part = rest.partition("#")
    if not component or (hash_ and not part):
        raise ValueError(f"{text!r} is not DEVICE[/COMPONENT[#PART]]")
    return Subject(device, component, part or None)


def link(a: str, b: str) -> str:
    """The link between two ends, whichever is named first."""
    return LINK.join(sorted((a, b)))


def ends(text: str) -> tuple[str, ...]:
    """The two ends of a link, or the subject itself."""
    return tuple(text.split(LINK)) if LINK in text else (text,)


def ancestors(text: str) -> tuple[str, ...]:
    """The subject itself and everything it is a part of, inmost first; for a link, those of both ends too.

    `leaf-1/Ethernet0#lane-2` -> itself, `leaf-1/Ethernet0`, `leaf-1`.
    """
    found: list[str] = [text]
    for end in ends(text):
        subject = parse_subject(end)
        for shorter in (subject, subject._replace(part=None), Subject(subject.device)):
            if str(shorter) not in found:
                found.append(str(shorter))
    return tuple(found)


def within(inner: str, outer: str) -> bool:
    """Whether `inner` is `outer` or a part of it (a link is within each of its ends' ancestors)."""
    return outer in ancestors(inner)
