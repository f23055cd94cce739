"""Requests to a gNMI target, and what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bringup.gnmi_messages import ENUMS, GnmiMessages
from bringup.transport.base import GnmiChange
from bringup.transport.gnmi_path import to_message

ORIGIN = "openconfig"


def get_request(messages: GnmiMessages, paths: Sequence[str], encoding: str, kind: str = "ALL") -> Any:
    """`kind`: ALL, CONFIG, STATE, OPERATIONAL. Raises `ValueError` for what is no path."""
    wanted = [to_message(messages, path) for path in paths]
    return messages.GetRequest(
        prefix=_prefix(messages, wanted),
        path=wanted,
        type=messages.enum("GetRequest.DataType", kind),
        encoding=messages.enum("Encoding", encoding),
    )


def subscribe_request(
    messages: GnmiMessages,
    paths: Sequence[str],
    encoding: str,
    mode: str,
    *,
    each: str = "TARGET_DEFINED",
    interval_ns: int = 0,
    heartbeat_ns: int = 0,
) -> Any:
    """`mode` is that of the list (ONCE, STREAM), `each` that of its members. Raises as `get_request`."""
    wanted = [to_message(messages, path) for path in paths]
    number = messages.enum("SubscriptionMode", each)
    listed = [
        messages.Subscription(
            path=path, mode=number, sample_interval=interval_ns, heartbeat_interval=heartbeat_ns
        )
        for path in wanted
    ]
    return messages.SubscribeRequest(
        subscribe=messages.SubscriptionList(
            prefix=_prefix(messages, wanted),
            subscription=listed,
            mode=messages.enum("SubscriptionList.Mode", mode),
            encoding=messages.enum("Encoding", encoding),
        )
    )


def set_request(messages: GnmiMessages, changes: Sequence[GnmiChange], encoding: str) -> Any:
    """All changes in one transaction; a target applies deletes, then replaces, then updates (gNMI
    specification, 3.4.3). Raises as `get_request`.
    """
    wanted = [to_message(messages, change.path) for change in changes]
    request = messages.SetRequest(prefix=_prefix(messages, wanted))
    for change, path in zip(changes, wanted, strict=True):
        if change.kind == "delete":
            request.delete.append(path)
            continue
        field = "json_ietf_val" if encoding == "JSON_IETF" else "json_val"
        value = messages.TypedValue(**{field: msgspec.json.encode(change.value)})
        getattr(request, change.kind).append(messages.Update(path=path, val=value))
    return request


def _prefix(messages: GnmiMessages, wanted: Sequence[Any]) -> Any:
    """The origin stands in the prefix or in the paths, never in both (gNMI specification, 2.2.2.1)."""
    return messages.Path(origin="" if any(path.origin for path in wanted) else ORIGIN)


def read_capabilities(response: Any) -> dict[str, object]:
    """`version`, `encodings` (names; unknown ones are left out) and `models`."""
    names = ENUMS["Encoding"]
    return {
        "version": response.gNMI_version,
        "encodings": [names[number] for number in response.supported_encodings if 0 <= number < len(names)],
        "models": [
            {"name": model.name, "organization": model.organization, "version": model.version}
            for model in response.supported_models
        ],
    }
