"""What every Redfish resource has in common: its type, its status, its links, and how an error looks.

Source: DMTF DSP0266 and DSP8010. A property that is null has no value now; one that is not there is not
supported by this service. `Health` that is null or missing is unknown, never good. An error may come with
HTTP status 200 from poor services, so it is looked for in every body.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, as_object, object_in, objects_in, read_real, text_in
from bringup.decode.result import Damaged, json_of, refuse_error_text, text_of
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_TYPE = re.compile(r"#([A-Za-z0-9]{1,80})\.")
_WORKS, _ABSENT = "Enabled", "Absent"
_NOT_YET = frozenset({"Starting", "UnavailableOffline", "Updating", "InTest", "Deferring", "Quiesced"})
_SHOWN_CHARS = 200


def resource(data: bytes, *types: str) -> Json:
    """The resource in `data`, which is one of `types`.

    Raises:
        Damaged: no JSON, an error, or another resource.
    """
    if data.lstrip()[:1] not in (b"{", b"["):
        refuse_error_text(text_of(data)[0])
    found = refuse_error(as_object(json_of(data), "the resource"))
    kind = type_of(found)
    if kind not in types:
        raise Damaged(f"this is a resource of type {kind!r}, not {' or '.join(types)}")
    return found


def type_of(found: Json) -> str | None:
    """`#ComputerSystem.v1_5_0.ComputerSystem` -> ComputerSystem."""
    match = _TYPE.match(text_in(found, "@odata.type") or "")
    return match[1] if match else None


def refuse_error(found: Json) -> Json:
    """`found`, unless it is an error.

    Raises:
        Damaged: it is; code and message are its facts.
    """
    error = found.get("error")
    if isinstance(error, dict):
        code, message = error.get("code"), error.get("message")
        raise Damaged(
            f"the service answers with an error: {said(found)}",
            {
                "code": code if isinstance(code, str) else None,
                "message": message if isinstance(message, str) else None,
            },
        )
    return found


def said(found: Json) -> str:
    """The words of an error body, the first extended message before the general one; '' where there are
    none."""
    error = found.get("error")
    if not isinstance(error, dict):
        return ""
    extended = error.get("@Message.ExtendedInfo")
    infos = extended if isinstance(extended, list) else [extended]
    words = [info.get("Message") for info in infos[:5] if isinstance(info, dict)]
    general = [error.get("code"), error.get("message")]
    shown = [word for word in (*general, *words) if isinstance(word, str) and word]
    return ascii("; ".join(shown)[: 2 * _SHOWN_CHARS]) if shown else ""


def sniffer(*types: str) -> re.Pattern[bytes]:
    """Finds that a body begins like a resource of one of `types`."""
    names = b"|".join(name.encode() for name in types)
    return re.compile(rb'"@odata\.type"\s*:\s*"#(?:' + names + rb")\.")


def state_of(found: Json) -> str | None:
    return text_in(object_in(found, "Status"), "State")


def health_of(found: Json) -> str | None:
    return text_in(object_in(found, "Status"), "Health")


def present(found: Json) -> Read:
    """Whether a part is fitted: its state says `Absent`, or anything else."""
    state = state_of(found)
    return ABSENT if state is None else value(state != _ABSENT)


def works(found: Json) -> Read:
    """Whether a part is enabled and healthy. Health that is not told, or a state on the way, is unknown."""
    state, health = state_of(found), health_of(found)
    if health in ("Warning", "Critical"):
        return value(False)
    if state is None and health is None:
        return ABSENT
    if health != "OK" or state is None or state in _NOT_YET:
        return NOT_AVAILABLE
    return value(state == _WORKS)


def link_in(found: Json, *names: str) -> str | None:
    """The path that the link at `names` leads to; None where there is none."""
    node = found
    for name in names:
        node = object_in(node, name)
    return text_in(node, "@odata.id")


def links_in(found: Json, name: str) -> list[str]:
    """The paths in a list of links."""
    paths = [text_in(entry, "@odata.id") for entry in objects_in(found, name)]
    return [path for path in paths if path is not None]


def reading_in(found: Json, name: str) -> Read:
    """The `Reading` of a sensor excerpt; absent where there is no excerpt, not available where it is null."""
    if name in found and found[name] is None:
        return NOT_AVAILABLE
    return read_real(object_in(found, name), "Reading")
