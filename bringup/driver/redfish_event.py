"""What a BMC tells while it happens: its event service's stream (DSP0266, 13.5), as typed events."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

import msgspec

from bringup.decode.json_field import Json
from bringup.decode.result import Damaged, json_of
from bringup.driver.redfish import ROOT, RedfishReader
from bringup.model.errors import NoData
from bringup.transport.base import HttpExchange, StreamsEvents
from bringup.transport.http_events import DEFAULT_SILENCE_S
from bringup.transport.redfish_account import is_plain

EVENTS_A_MESSAGE = 256
TEXT_CHARS = 500


class BmcEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One record of an Event. Texts are the device's words, cut; `at` is its own time as it writes it. What
    it leaves out is "".
    """

    message_id: str
    severity: str = ""
    message: str = ""
    origin: str = ""
    at: str = ""


async def bmc_events(
    http: HttpExchange, device: str, *, silence_s: float = DEFAULT_SILENCE_S
) -> AsyncGenerator[BmcEvent, None]:
    """Events from now on, until the caller stops. What is no Event resource (a metric report) is passed over.

    Raises:
        NoData: the service has no stream of events.
        DeviceError: the transport's own; a stream that ends or falls silent is one.
    """
    path = await _stream_path(http, device)
    if not isinstance(http, StreamsEvents):
        raise NoData(f"{device}: its events can't be streamed over this connection")
    async with contextlib.aclosing(http.events(path, silence_s=silence_s)) as stream:
        async for data in stream:
            for event in read_event(data):
                yield event


def read_event(data: bytes) -> tuple[BmcEvent, ...]:
    """The records of one Event resource; none for anything else."""
    try:
        held = json_of(data)
    except Damaged:
        return ()
    records = held.get("Events") if isinstance(held, dict) else None
    listed = records[:EVENTS_A_MESSAGE] if isinstance(records, list) else []
    return tuple(_event(record) for record in listed if isinstance(record, dict))


def _event(record: Json) -> BmcEvent:
    origin = record.get("OriginOfCondition")
    return BmcEvent(
        message_id=_text(record.get("MessageId")),
        severity=_text(record.get("MessageSeverity") or record.get("Severity")),
        message=_text(record.get("Message")),
        origin=_text(origin.get("@odata.id") if isinstance(origin, dict) else origin),
        at=_text(record.get("EventTimestamp")),
    )


def _text(value: object) -> str:
    return value[:TEXT_CHARS] if isinstance(value, str) else ""


async def _stream_path(http: HttpExchange, device: str) -> str:
    reader = RedfishReader(http, device)
    service = await reader.linked(await reader.get(ROOT), "EventService")
    path = None if service is None else service.get("ServerSentEventUri")
    if not isinstance(path, str) or not is_plain(path):
        raise NoData(
            f"{device}: it has no stream of events (ServerSentEventUri)",
            "Its log can be read instead, when something is to be looked into",
        )
    return path
