"""What a BMC does in its own time, and what it tells meanwhile, over a real connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bringup.decode.result import Damaged
from bringup.driver.redfish_event import BmcEvent, bmc_events, read_event
from bringup.driver.redfish_task import Progress, follow_task, monitor_of
from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.transport.base import HttpExchange, HttpReply
from tests.transport.peers import device, links

V1 = "/redfish/v1"
MONITOR, STREAM = f"{V1}/TaskService/Monitors/9", f"{V1}/EventService/SSE"
Answer = Callable[[web.Request], Any]


@asynccontextmanager
async def bmc(folder: Path, answers: dict[str, Answer]) -> AsyncGenerator[HttpExchange, None]:
    """A BMC with sessions; `answers` by path."""

    async def handle(request: web.Request) -> web.StreamResponse:
        path = request.path.rstrip("/")
        if path == V1:
            return web.json_response(
                {"SessionService": {"@odata.id": "x"}, "EventService": {"@odata.id": f"{V1}/EventService"}}
            )
        if path == f"{V1}/SessionService/Sessions":
            headers = {"X-Auth-Token": "t", "Location": f"{path}/1"}
            return web.json_response({}, status=201, headers=headers)
        if path not in answers:
            return web.Response(status=404)
        answered = answers[path](request)
        found: web.StreamResponse = await answered if asyncio.iscoroutine(answered) else answered
        return found

    (folder / "password").write_text("s3cret-of-bmc")
    application = web.Application()
    application.add_routes([web.route("*", "/{path:.*}", handle)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    settings = {"port": port, "tls": False, "user": "root", "password": "file:password"}
    try:
        async with links(device(redfish=settings), folder) as peer:
            yield await peer.redfish()
    finally:
        await runner.cleanup()


def task(state: str, status: int = 202, **more: Any) -> Answer:
    return lambda request: web.json_response({"TaskState": state, **more}, status=status)


def in_turn(*answers: Answer) -> Answer:
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


paused: list[float] = []


async def at_once(seconds: float) -> None:
    paused.append(seconds)
    await asyncio.sleep(0)


async def followed(folder: Path, answer: Answer, *, deadline_s: float = 5.0) -> Progress:
    async with bmc(folder, {MONITOR: answer}) as http:
        return await follow_task(http, "bmc-01", MONITOR, deadline_s=deadline_s, pause=at_once)


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        (
            [task("Running", PercentComplete=40), task("Completed", 200, PercentComplete=100)],
            ("Completed", 100),
        ),
        ([lambda request: web.Response(status=202), lambda request: web.Response(status=204)], ("", None)),
        ([task("Pending"), task("Completed", 200, TaskStatus="Warning")], ("Completed", None)),
        ([task("Suspended", 200), task("Interrupted", 200), task("Completed", 200)], ("Completed", None)),
    ],
)
async def test_a_task_is_asked_after_until_it_has_ended(
    tmp_path: Path, answers: list[Answer], ends: tuple[str, int | None]
) -> None:
    done = await followed(tmp_path, in_turn(*answers))
    assert (done.done, done.state, done.percent) == (True, *ends)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (
            task("Exception", 200, Messages=[{"Message": "image is for another"}]),
            Refused,
            "image is for another",
        ),
        (task("Killed", 200), Refused, "Killed"),
        (task("Cancelled", 200), Refused, "Cancelled"),
        (task("Completed", 200, TaskStatus="Critical"), Refused, "Completed"),
        (task("Perhaps", 200), Unparsable, "no state of a task"),
        (lambda request: web.Response(status=404), NoData, "nobody saw how it ended"),
        (lambda request: web.Response(status=409, text="{}"), Refused, "HTTP 409"),
        (lambda request: web.Response(status=500), Unparsable, "HTTP 500"),
        (lambda request: web.Response(status=202, text="{" * 100_000), TimedOut, "still runs"),
    ],
)
async def test_a_task_that_does_not_end_well_is_never_done(
    tmp_path: Path, answer: Answer, kind: type[DeviceError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        await followed(tmp_path, answer, deadline_s=0.5 if kind is TimedOut else 5.0)


async def test_field_10_a_task_that_still_runs_says_how_far_it_is_and_to_cut_no_power(tmp_path: Path) -> None:
    with pytest.raises(TimedOut, match=r"Running, 40 %") as caught:
        await followed(tmp_path, task("Running", PercentComplete=40), deadline_s=0.3)
    assert "Cut no power" in caught.value.advice


async def test_field_29_a_bmc_is_asked_no_more_often_than_it_says(tmp_path: Path) -> None:
    paused.clear()

    def later(seconds: str) -> Answer:
        return lambda request: web.Response(status=202, headers={"Retry-After": seconds})

    await followed(
        tmp_path, in_turn(later("7"), later("0"), later("9999"), later("soon"), task("Completed", 200))
    )
    assert paused == [7.0, 2.0, 30.0, 2.0]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (MONITOR, MONITOR),
        (f"https://name-of-its-own{MONITOR}", MONITOR),
        ("/taskmon/42", "/taskmon/42"),
    ],
)
def test_where_to_ask_is_a_path_of_the_bmc_itself(location: str, path: str) -> None:
    assert monitor_of(HttpReply(status=202, headers={"location": location}, body=b"")) == path
    assert monitor_of(HttpReply(status=200, headers={"location": location}, body=b"")) is None


@pytest.mark.parametrize(
    "location", ["", "/etc/passwd", "/redfish/../x", "//evil.example/redfish/v1", "/redfish/a b"]
)
def test_where_to_ask_is_no_other_path(location: str) -> None:
    with pytest.raises(Damaged):
        monitor_of(HttpReply(status=202, headers={"location": location}, body=b"{}"))


EVENT = {
    "@odata.type": "#Event.v1_7_0.Event",
    "Events": [
        {
            "MessageId": "ResourceEvent.1.0.ResourceChanged",
            "MessageSeverity": "Warning",
            "Message": "supply 1 lost its input",
            "OriginOfCondition": {"@odata.id": f"{V1}/Chassis/1/PowerSubsystem"},
            "EventTimestamp": "2026-11-21T18:00:00Z",
        }
    ],
}


def stream(*pieces: bytes, held: asyncio.Event | None = None, kind: str = "text/event-stream") -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.headers["X-Auth-Token"] == "t"
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        if held is not None:
            await held.wait()
        return response

    return answer


def service(path: object = STREAM) -> Answer:
    return lambda request: web.json_response({"ServerSentEventUri": path})


async def gathered(
    folder: Path, answers: dict[str, Answer], count: int, silence_s: float = 5.0
) -> list[BmcEvent]:
    found: list[BmcEvent] = []
    async with bmc(folder, answers) as http:
        events = bmc_events(http, "bmc-01", silence_s=silence_s)
        try:
            while len(found) < count:
                found.append(await anext(events))
        finally:
            await events.aclose()
    return found


async def test_events_come_as_the_bmc_streams_them_whatever_the_pieces(tmp_path: Path) -> None:
    lines = (f"data: {line}\r\n".encode() for line in json.dumps(EVENT, indent=1).splitlines())
    raw = b": hello\r\n\r\nid: 1\r\n" + b"".join(lines) + b"\r\n"
    report = b'data: {"@odata.type": "#MetricReport.v1_0_0.MetricReport"}\n\ndata: no json\n\n'
    held = asyncio.Event()
    pieces = [report, *(raw[at : at + 7] for at in range(0, len(raw), 7)), raw]
    answers = {f"{V1}/EventService": service(), STREAM: stream(*pieces, held=held)}
    try:
        first, second = await gathered(tmp_path, answers, 2)
    finally:
        held.set()
    assert first == second
    assert (first.message_id, first.severity) == ("ResourceEvent.1.0.ResourceChanged", "Warning")
    assert first.origin == f"{V1}/Chassis/1/PowerSubsystem" and first.at == "2026-11-21T18:00:00Z"


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (stream(b": only this\n\n"), Unparsable, "ended the stream"),
        (stream(b"data: " + b"x" * 3_000_000), Unparsable, "longer than"),
        (stream(b"data: x\n" * 400_000), Unparsable, "longer than"),
        (stream(b"{}", kind="application/json"), Unparsable, "no stream of events"),
        (lambda request: web.Response(status=503), Refused, "HTTP 503"),
    ],
)
async def test_a_stream_that_ends_or_floods_is_told(
    tmp_path: Path, answer: Answer, kind: type[DeviceError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        await gathered(tmp_path, {f"{V1}/EventService": service(), STREAM: answer}, 1)


async def test_a_stream_that_falls_silent_is_a_timeout(tmp_path: Path) -> None:
    held = asyncio.Event()
    answers = {f"{V1}/EventService": service(), STREAM: stream(b": hello\n\n", held=held)}
    with pytest.raises(TimedOut, match="no sign of life"):
        await gathered(tmp_path, answers, 1, silence_s=0.2)
    held.set()


@pytest.mark.parametrize("path", [None, 5, "https://evil.example/redfish/x", "/redfish/../x"])
async def test_a_bmc_without_a_stream_says_so(tmp_path: Path, path: object) -> None:
    with pytest.raises(NoData, match="no stream of events"):
        await gathered(tmp_path, {f"{V1}/EventService": service(path)}, 1)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'{"Events": 5}', b'{"Events": [5, null]}', b"\xff", b'{"Events": [{"MessageId": 5}]}'],
)
def test_what_is_no_event_gives_none_or_an_empty_one(raw: bytes) -> None:
    assert all(event.message_id == "" for event in read_event(raw))
