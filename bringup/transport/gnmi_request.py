"""Requests to a gNMI target, and what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bringup.gnmi_messages import ENUMS, GnmiMessages
from bringup.transport.gnmi_path import to_message

ORIGIN = "openconfig"


def get_request(messages: GnmiMessages, paths: Sequence[str], encoding: str) -> Any:
    """Raises `ValueError` for what is no path."""
    wanted = [to_message(messages, path) for path in paths]
    return messages.GetRequest(
        prefix=_prefix(messages, wanted),
        path=wanted,
        type=messages.enum("GetRequest.DataType", "ALL"),
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
) -> Any:
    """`mode` is that of the list (ONCE, STREAM), `each` that of its members. Raises as `get_request`."""
    wanted = [to_message(messages, path) for path in paths]
    number = messages.enum("SubscriptionMode", each)
    listed = [messages.Subscription(path=path, mode=number, sample_interval=interval_ns) for path in wanted]
    return messages.SubscribeRequest(
        subscribe=messages.SubscriptionList(
            prefix=_prefix(messages, wanted),
            subscription=listed,
            mode=messages.enum("SubscriptionList.Mode", mode),
            encoding=messages.enum("Encoding", encoding),
        )
    )


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
