"""The web side of `bringup serve`: textual-serve's terminal in a page of ours, behind a token."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web
from textual_serve.server import Server

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder

ADDRESS = "127.0.0.1"
COOKIE = "bringup_token"
TOKEN_BYTES = 32
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>bringup</title>
<link rel="stylesheet" href="/static/css/xterm.css">
<style>
body { background: #000; color: #ddd; margin: 0; font-family: monospace; }
#closed { display: none; padding: 2em; }
body.-closed #closed { display: block; }
body.-closed #terminal { display: none; }
#terminal { width: 100vw; height: 100vh; }
</style>
</head>
<body>
<div id="closed">The console was left; the run goes on. Load the page again to open it.</div>
<div id="terminal" class="textual-terminal" data-font-size="16"></div>
<script>
const secure = location.protocol === "https:" ? "wss://" : "ws://";
document.getElementById("terminal").dataset.sessionWebsocketUrl = secure + location.host + "/ws";
</script>
<script src="/static/js/textual.js"></script>
<script>
// Keys go to the console without a click first.
const looking = setInterval(() => {
  const field = document.querySelector(".xterm-helper-textarea");
  if (field) { field.focus(); clearInterval(looking); }
}, 50);
</script>
</body>
</html>
"""
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TokenGate:
    """Lets through who shows the token, in the address once and in a cookie from then on."""

    def __init__(self, token: str) -> None:
        self._token = token

    @web.middleware
    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.query.get("token", request.cookies.get(COOKIE, ""))
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return web.Response(status=403, text="The address that `bringup serve` printed opens this.\n")
        # Another site's page must not talk to this through somebody's browser.
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            return web.Response(status=403, text="Not from another site.\n")
        return await handler(request)


class ConsoleServer(Server):
    """textual-serve's server with a page of ours: nothing is loaded from anywhere else."""

    def __init__(self, command: str, token: str) -> None:
        super().__init__(command, host=ADDRESS, title="bringup")
        self._token = token

    async def page(self, request: web.Request) -> web.Response:
        response = web.Response(text=PAGE, content_type="text/html", headers=HEADERS)
        response.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", path="/")
        return response

    def application(self) -> web.Application:
        gate = TokenGate(self._token)
        app = web.Application(middlewares=[gate.__call__])
        app.add_routes(
            [
                web.get("/", self.page),
                web.get("/ws", self.handle_websocket),
                web.static("/static", self.statics_path),
            ]
        )
        return app


def served_command(folder: RunFolder, *, allow_answers: bool) -> str:
    """What runs behind each browser: the console of the run, in a process of its own."""
    words = [sys.executable, "-m", "bringup", "attach", str(folder.path), "--served"]
    return shlex.join([*words, "--allow-answers"] if allow_answers else words)


def serve_run(folder: RunFolder, *, port: int, allow_answers: bool) -> int:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        InputError: the port can't be had.
    """
    return asyncio.run(_serve(folder, port, allow_answers))


async def _serve(folder: RunFolder, port: int, allow_answers: bool) -> int:
    from bringup.model.errors import InputError

    token = secrets.token_urlsafe(TOKEN_BYTES)
    server = ConsoleServer(served_command(folder, allow_answers=allow_answers), token)
    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, ADDRESS, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        advice = "Another program holds it; `--port 0` takes a free one."
        raise InputError(f"port {port} can't be had: {error.strerror}", advice) from None
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    host, bound = runner.addresses[0][:2]
    what = "may answer, skip and note" if allow_answers else "read-only"
    print(f"serving {folder.run_id} ({what}); Ctrl-C ends it, not the run")
    print(f"http://{host}:{bound}/?token={token}", flush=True)
    await ended.wait()
    await runner.cleanup()
    return 0
