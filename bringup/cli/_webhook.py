"""Tells a URL when a person is needed: questions that nobody answered yet, a run that was closed or stopped.

It reads the durable record like any other reader, so what it sends holds no secret: they were redacted before
they were written. It runs beside the runner and never slows or stops it: what can't be delivered after a few
tries becomes a note in the record. The URL itself may hold a token, so it is never recorded nor shown.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from bringup.model.errors import InputError, JournalError

if TYPE_CHECKING:
    import aiohttp

    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import Entry

GRACE_S = 1.0
"""An answers file answers at once: only what is still open after this is a matter for a person."""
TRY_S = 5.0
BACKOFF_S = (0.5, 2.0)
"""Between the tries: three in all."""
FINISH_S = 4.0
"""How long a run that has ended waits for its last message to be taken."""
QUEUE = 32
MOST_ASKS = 50
LONGEST_TEXT = 2000
NOTES_AT_MOST = 3

Note = Callable[[str], Awaitable[object]]


class Hook(msgspec.Struct, frozen=True):
    """A URL that was checked. `place` is what may be shown of it."""

    url: str
    place: str

    def __repr__(self) -> str:
        return f"<Hook {self.place}>"


def checked_hook(text: str) -> Hook:
    """The hook behind a URL: https anywhere, http on this machine only.

    Raises:
        InputError: it is none of these. The message never holds the URL.
    """
    advice = "Give https://HOST/…, or http://127.0.0.1:PORT/… on this machine."
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InputError("--webhook: that is no URL", advice) from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or any(not char.isprintable() or char == " " for char in text)
    ):
        raise InputError("--webhook: that is no https URL", advice)
    if parts.username is not None or parts.password is not None:
        raise InputError("--webhook: a user name stands in the URL", advice)
    if parts.scheme == "http" and not _is_this_machine(host):
        raise InputError("--webhook: http would carry it in the clear to another machine", advice)
    return Hook(text, f"{parts.scheme}://{host}{f':{port}' if port else ''}")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def told(hook: Hook | None, folder: RunFolder, note: Note, *, after: int = -1) -> AsyncIterator[None]:
    """Tell `hook` of what happens behind event `after` while this lasts; without one nothing is done."""
    if hook is None:
        yield
        return
    beside = _Webhook(hook, folder, note, after)
    beside.start()
    try:
        yield
    finally:
        await beside.finish()


class _Webhook:
    def __init__(self, hook: Hook, folder: RunFolder, note: Note, after: int) -> None:
        self._hook = hook
        self._folder = folder
        self._note = note
        self._after = after
        self._about: dict[str, Any] = {"run": folder.run_id}
        self._open: dict[str, dict[str, Any]] = {}
        self._told: set[str] = set()
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(QUEUE)
        self._news = asyncio.Event()
        self._closed = False
        self._notes = 0

    def start(self) -> None:
        self._reading = asyncio.create_task(self._read())
        self._waiting = asyncio.create_task(self._wait_for_people())
        self._delivering = asyncio.create_task(self._deliver())

    async def finish(self) -> None:
        """The last message, if the other side takes it in time."""
        with suppress(TimeoutError, JournalError):
            async with asyncio.timeout(1.0):
                await asyncio.shield(self._reading)
        self._reading.cancel()
        self._waiting.cancel()
        if not self._closed:
            self._put({"event": "stopped", "resume": f"bringup resume {self._about['run']}"})
        self._put(None)
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S):
                await asyncio.shield(self._delivering)
        self._delivering.cancel()
        await asyncio.gather(self._reading, self._waiting, self._delivering, return_exceptions=True)

    # What is told

    async def _read(self) -> None:
        from bringup.journal.follow import follow

        async for entry in follow(self._folder):
            self._consider(entry)

    def _consider(self, entry: Entry) -> None:
        body = entry.body
        if entry.kind == "RunStarted":
            self._about |= {name: body.get(name) for name in ("run", "rack", "playbook", "host", "simulated")}
        if entry.seq <= self._after:
            return
        if entry.kind == "Asked":
            self._open[str(body.get("question"))] = body
            self._news.set()
        elif entry.kind == "Answered":
            self._settle(str(body.get("question")))
        elif entry.kind == "StepEnded":
            place = [body.get(name) for name in ("stage", "step", "subject")]
            for question, asked in list(self._open.items()):
                if [asked.get(name) for name in ("stage", "step", "subject")] == place:
                    self._settle(question)
        elif entry.kind == "RunClosed":
            self._closed = True
            self._put(
                {"event": "closed", **{name: body.get(name) for name in ("verdict", "exit_code", "at")}}
            )

    def _settle(self, question: str) -> None:
        """A retest may ask the same again, under the same name."""
        self._open.pop(question, None)
        self._told.discard(question)

    async def _wait_for_people(self) -> None:
        """One message for all that came up together: a work list, not a queue."""
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(GRACE_S)
            new = [body for question, body in self._open.items() if question not in self._told]
            if new:
                self._told.update(str(body["question"]) for body in new)
                self._put(_asked(new, self._about["run"]))

    def _put(self, message: dict[str, Any] | None) -> None:
        if self._queue.full():
            self._queue.get_nowait()  # the other side hangs: the newest says most
        self._queue.put_nowait(None if message is None else {**self._about, **message})

    # How it is delivered

    async def _deliver(self) -> None:
        import aiohttp

        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TRY_S), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            while (message := await self._queue.get()) is not None:
                why = await self._post(session, message)
                if why is not None:
                    await self._tell_failure(message, why)

    async def _post(self, session: aiohttp.ClientSession, message: dict[str, Any]) -> str | None:
        """None once it was taken, else why it was not."""
        why = ""
        for pause_s in (*BACKOFF_S, None):
            why, again = await self._try(session, message)
            if not why:
                return None
            if not again or pause_s is None:
                break
            await asyncio.sleep(pause_s)
        return why

    async def _try(self, session: aiohttp.ClientSession, message: dict[str, Any]) -> tuple[str, bool]:
        """Why it was not taken ("" if it was), and whether another try may help."""
        import aiohttp

        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(
                self._hook.url, data=msgspec.json.encode(message), headers=headers, allow_redirects=False
            ) as reply:
                if 200 <= reply.status < 300:
                    return "", False
                return f"it answered {reply.status}", reply.status in (408, 425, 429) or reply.status >= 500
        except TimeoutError:
            return f"no answer within {TRY_S:g} s", True
        except (aiohttp.ClientError, OSError) as error:
            # Only the kind: what a library says may hold the URL.
            return f"it could not be reached ({type(error).__name__})", True

    async def _tell_failure(self, message: dict[str, Any], why: str) -> None:
        self._notes += 1
        if self._notes > NOTES_AT_MOST or self._closed:
            return
        last = "; further failures are not noted" if self._notes == NOTES_AT_MOST else ""
        # A record that can't be written any more, or is closed, has said so itself.
        with suppress(JournalError):
            await self._note(f"webhook {self._hook.place} did not take {message['event']!r}: {why}{last}")


def _asked(asked: list[dict[str, Any]], run: str) -> dict[str, Any]:
    names = ("question", "form", "stage", "step", "subject", "at")
    return {
        "event": "asked",
        "asks": [
            {
                **{name: body.get(name) for name in names},
                "text": str(body.get("text"))[:LONGEST_TEXT],
                "choices": body.get("choices", []),
                "changes": body.get("changes", []),
            }
            for body in asked[:MOST_ASKS]
        ],
        "more": max(0, len(asked) - MOST_ASKS),
        "answer": f"bringup tell {run} answer QUESTION VALUE",
    }
