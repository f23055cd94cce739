"""The console in a real browser: what is answered there is in the record; nothing opens without the token."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.here import whole_events
from tests.e2e.runs import Nursery, Rack, until

pytestmark = pytest.mark.timeout(300)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


class Served:
    """A run that waits for a person, and a server of its console."""

    def __init__(self, nursery: Nursery, rack: Rack, folder: Path, *options: str) -> None:
        self._nursery = nursery
        runs = folder / "runs"
        inventory = str(rack.folder / "inventory.toml")
        words = ["run", "mini", "-i", inventory, "--no-console", "--runs", str(runs), "--only", "sign-off"]
        self._follower, _ = nursery.start(words)
        self.run = until(lambda: next(runs.glob("*/journal"), None) if runs.is_dir() else None).parent
        until(lambda: "Asked" in self.kinds())
        # A service has no terminal: what runs behind a browser must not take that for its own.
        words, env = ["serve", str(self.run), "--port", "0", *options], {"TERM": "dumb", "ACCESSIBLE": "1"}
        self._pid, output = nursery.start(words, env=env)
        self.address = until(lambda: self._address(output))

    def _address(self, output: Path) -> str:
        lines = output.read_text().splitlines() if output.exists() else []
        return next((line for line in lines if line.startswith("http://")), "")

    def kinds(self) -> list[str]:
        return [event["kind"] for event in whole_events(self.run)]

    def end(self) -> None:
        os.kill(self._pid, signal.SIGTERM)
        assert self._nursery.wait(self._pid) == 0
        self._nursery.run(["tell", str(self.run), "abort"])
        self._nursery.wait(self._follower)


@pytest.fixture
def answering(nursery: Nursery, rack: Rack, tmp_path: Path) -> Iterator[Served]:
    served = Served(nursery, rack, tmp_path, "--allow-answers")
    yield served
    served.end()


@pytest.fixture
def watching(nursery: Nursery, rack: Rack, tmp_path: Path) -> Iterator[Served]:
    served = Served(nursery, rack, tmp_path)
    yield served
    served.end()


def status(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_without_the_token_every_path_is_refused(watching: Served) -> None:
    base, _, token = watching.address.partition("?token=")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    for path in ("", "ws", "static/js/textual.js", "download/x", "nothing"):
        assert status(base + path) == 403, path
        assert status(f"{base}{path}?token={token[:-1]}", **upgrade) == 403, path
    assert status(watching.address) == 200
    assert status(watching.address, Origin="http://elsewhere.example") == 403


@needs_chromium
async def test_a_question_answered_in_a_browser_is_in_the_record(answering: Served, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as page:
        await page.open(answering.address)
        await page.wait("LIVE", "question is waiting")
        await page.go(" ", "? ASK", "sign-off/walk@run", "> _")
        await page.fill("yes")
        # The signature is asked for next, and is not given from here; nor is anything stopped.
        await page.enter("question is waiting", "EVIDENCE")
        await page.go(" ", "? ASK", "sign-off/attest@run", "> _")
        await page.fill("yes")
        await page.enter("`answer` is not done from here")
        await page.go("Escape", "EVIDENCE")
        await page.go(":", "put-back")
        await page.fill("pause")
        await page.enter("`pause` is not done from here")
    (given,) = [event for event in whole_events(answering.run) if event["kind"] == "Answered"]
    assert (given["step"], given["value"]) == ("walk", "yes")
    sent = [event for event in whole_events(answering.run) if event["kind"] == "CommandReceived"]
    assert {event["verb"] for event in sent} <= {"answer"}
    assert "Signed" not in answering.kinds()


@needs_chromium
async def test_a_browser_that_only_watches_sends_nothing(watching: Served, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as page:
        await page.open(watching.address)
        await page.wait("WATCHING ONLY", "question is waiting")
        await page.go(" ", "? ASK", "You are only watching")
        for key in ("y", "e", "s", "Enter"):
            await page.press(key)
        await page.go("Escape", "EVIDENCE")
        await page.go(":", "put-back")
        await page.fill("pause")
        await page.enter("you are only watching: nothing is sent")
    assert not {"CommandReceived", "Answered"} & set(watching.kinds())
