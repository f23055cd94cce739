"""A real headless Chromium, driven over its own DevTools protocol, and the terminal in it read as text.

Nothing here is sent on the chance that somebody listens: a key goes out when what it is meant for stands on
the screen, and the next one when the screen shows what it has done.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DEADLINE_S = 120.0
DEAF = "Enter once more"
"""What the console says to an Enter that it has not taken; it takes one a moment later."""
DEAF_S = 0.7
CODES = {"Enter": ("\r", 13), "Escape": ("", 27)}
CATCH = """
Object.defineProperty(Object.prototype, "fitAddon", {
  configurable: true,
  set(made) {
    Object.defineProperty(this, "fitAddon", {value: made, writable: true});
    globalThis.caught = this;
  },
});
"""
"""Run before the page's own script: keeps the object that holds the terminal, which nothing else names."""
SCREEN = """
(() => {
  if (document.body?.matches(".-closed")) return "closed";
  if (!globalThis.caught || !document.activeElement.matches(".xterm-helper-textarea")) return "";
  const screen = caught.terminal.buffer.active;
  const lines = [];
  for (let at = 0; at < screen.length; at++) lines.push(screen.getLine(at).translateToString(true));
  return lines.join("\\n");
})()
"""
"""What the terminal shows, once keys would go to it; nothing before. `CLOSED` where its console has ended."""
CLOSED = "closed"


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
                assert "result" in said, said
                result: dict[str, Any] = said["result"]
                return result

    async def value(self, expression: str) -> Any:
        found = await self.call("Runtime.evaluate", expression=expression)
        return found["result"].get("value")

    async def open(self, address: str) -> None:
        await self.call("Page.enable")
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=CATCH)
        await self.call("Page.navigate", url=address)

    async def screen(self) -> str:
        return str(await self.value(SCREEN) or "")

    async def wait(self, *words: str) -> str:
        """The screen, once it shows all these words."""
        return await self._wait_for(lambda screen: all(word in screen for word in words), words)

    async def _wait_for(self, holds: Callable[[str], bool], what: object) -> str:
        shown = ""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not holds(shown := await self.screen()):
                    assert shown != CLOSED, f"it is closed, and {what} does not show"
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{what} does not show:\n{shown}") from None
        return shown

    async def go(self, key: str, *words: str) -> str:
        """One key, and the screen once it shows all these words."""
        await self.press(key)
        return await self.wait(*words)

    async def fill(self, text: str) -> str:
        """Type into the field on the screen; returns once it stands there."""
        for letter in text:
            await self.press(letter)
        return await self.wait(f" {text}_")

    async def enter(self, *words: str) -> str:
        """Enter, and again each time that the console says it was too early, until it shows these words."""
        while True:
            await self.press("Enter")
            shown = await self._wait_for(
                lambda screen: DEAF in screen or all(word in screen for word in words), words
            )
            if all(word in shown for word in words):
                return shown
            await asyncio.sleep(DEAF_S)

    async def press(self, key: str) -> None:
        """A printable key, `Enter` or `Escape`."""
        down: dict[str, Any] = {"text": key}
        if key in CODES:
            text, number = CODES[key]
            down = {"code": key, "windowsVirtualKeyCode": number, **({"text": text} if text else {})}
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **down)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty profile under `folder`, ended behind the block."""
    assert CHROMIUM is not None
    words = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    words += [f"--user-data-dir={folder}", "--window-size=1000,700", "about:blank"]
    process = subprocess.Popen(  # noqa: ASYNC220 (it is waited for at the end only)
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            address = await _tab(session, port)
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        process.kill()
        process.wait()


async def _tab(session: aiohttp.ClientSession, port: int) -> str:
    """The address of its first tab, which comes a moment after the browser."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json") as reply:
                tabs = await reply.json()
            for tab in tabs:
                if tab["type"] == "page":
                    return str(tab["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)


async def _port(file: Path) -> int:
    async with asyncio.timeout(DEADLINE_S):
        while not file.exists() or len(file.read_text().split()) < 2:  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.05)
    return int(file.read_text().split()[0])  # noqa: ASYNC240
