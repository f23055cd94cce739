"""An HTTPS listener for one device's application (aiohttp), as eAPI and Redfish servers share it.

aiohttp is imported when the server starts. A request is handled as its device answers at that moment:
nonsense instead of a body, or no reply at all. A body over MAX_REQUEST_BYTES is refused with 413.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Any

from bringup.lab.nonsense import NONSENSE
from bringup.lab.state import Access
from bringup.lab.tls import ServerTls
from bringup.lab.world import World

if TYPE_CHECKING:
    from aiohttp import web

MAX_REQUEST_BYTES = 1024 * 1024
BODY_HEADERS = ("Content-Type", "Content-Length", "ETag")


class WebServer:
    """Base of the HTTPS servers; `routes` says what is served. Plain HTTP where there is no certificate."""

    def __init__(self, world: World, device: str) -> None:
        self.world = world
        self.device = device
        self._tls = ServerTls()
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._closing: asyncio.Event | None = None

    def routes(self) -> list[Any]:
        """aiohttp route definitions."""
        raise NotImplementedError

    @property
    def access(self) -> Access:
        return self.world.device(self.device).access

    async def start(self, address: str, port: int) -> int:
        """Listen on `address`; `port` 0 takes a free one. Returns the port."""
        from aiohttp import web

        @web.middleware
        async def as_it_answers(request: web.Request, handler: Any) -> web.StreamResponse:
            return await self._as_it_answers(request, handler)

        application = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[as_it_answers])
        application.add_routes(self.routes())
        self._closing = asyncio.Event()
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.5, keepalive_timeout=30.0
        )
        await self._runner.setup()
        secure = bool(self.access.tls_key)
        self._listener = await asyncio.get_running_loop().create_server(
            self._connection, address, port, ssl=self._tls.context if secure else None
        )
        return int(self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._listener is not None:
            self._listener.close()
        if self._closing is not None:
            self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
        self._listener = self._runner = self._closing = None

    def _connection(self) -> asyncio.Protocol:
        """One connection: it is shown the certificate that the device has now."""
        if self.access.tls_key:
            self._tls.use(self.access.tls_key, self.access.tls_certificate)
        assert self._runner is not None and self._runner.server is not None
        return self._runner.server()

    async def _as_it_answers(self, request: web.Request, handler: Any) -> web.StreamResponse:
        from aiohttp import web

        if not self.world.running(self.device):
            # It went down a moment ago, and its listener has not been closed yet.
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPServiceUnavailable
        answers = self.world.device(self.device).answers
        if answers == "silent":
            assert self._closing is not None
            await self._closing.wait()
            raise web.HTTPServiceUnavailable
        with self.world.tally.taking(self.device, "http"):
            response: web.StreamResponse = await handler(request)
        if answers != "garbage" or response.status >= 400 or response.status in (204, 304):
            return response
        kept = {name: value for name, value in response.headers.items() if name not in BODY_HEADERS}
        return web.Response(
            status=response.status, body=NONSENSE, headers=kept, content_type="application/json"
        )


def basic_login_ok(header: str | None, access: Access) -> bool:
    """Whether an Authorization header is Basic with this user and password."""
    scheme, _, coded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(coded.strip(), validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(given, f"{access.user}:{access.password}".encode())
