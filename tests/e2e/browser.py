"""A real headless Chromium, driven over its own DevTools protocol."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DEADLINE_S = 60.0
STATE = "document.body && document.body.className + ' ' + document.activeElement.className"
DRAWN = frozenset({"-first-byte", "xterm-helper-textarea"})


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol; events that come meanwhile are passed over."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            said = json.loads((await self._socket.receive()).data)
            if said.get("id") == self._number:
                result: dict[str, Any] = said["result"]
                return result

    async def value(self, expression: str) -> Any:
        found = await self.call("Runtime.evaluate", expression=expression)
        return found["result"].get("value")

    async def open(self, address: str) -> None:
        """Load the page; returns when the console behind it has drawn something."""
        await self.call("Page.navigate", url=address)
        async with asyncio.timeout(DEADLINE_S):
            while not set(str(await self.value(STATE)).split()) >= DRAWN:  # noqa: ASYNC110 (the page tells nobody)
                await asyncio.sleep(0.05)

    async def type(self, text: str) -> None:
        """Keys one by one, slower than a scanner's."""
        for letter in text:
            for kind in ("keyDown", "keyUp"):
                more = {"text": letter} if kind == "keyDown" else {}
                await self.call("Input.dispatchKeyEvent", type=kind, key=letter, **more)
            await asyncio.sleep(0.2)

    async def enter(self) -> None:
        for kind in ("keyDown", "keyUp"):
            more = {"text": "\r"} if kind == "keyDown" else {}
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                windowsVirtualKeyCode=13,
                **more,
            )


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty profile under `folder`, ended behind the block."""
    assert CHROMIUM is not None
    words = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    words += [f"--user-data-dir={folder}", "--window-size=900,600", "about:blank"]
    process = subprocess.Popen(  # noqa: ASYNC220 (it is waited for at the end only)
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as reply:
                tabs = await reply.json()
            address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        process.kill()
        process.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(DEADLINE_S):
        while not file.exists() or len(file.read_text().split()) < 2:  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.05)
    return int(file.read_text().split()[0])  # noqa: ASYNC240
