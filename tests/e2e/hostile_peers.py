"""Servers that take a device's place and answer as no good device does.

`Twist` is what is done to a whole good answer: a proxy asks the simulated device and hands on what the twist
makes of it. The others never ask it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import asyncssh
import grpc
import grpc.aio
from aiohttp import web

from bringup.gnmi_messages import SERVICE
from tests.transport.peers import Certificate

Twist = Callable[[bytes], bytes]
Shell = Callable[[str, "asyncssh.SSHServerProcess[bytes]"], Awaitable[None]]
USER, PASSWORD = "admin", "lab-password"


class _Open(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


@contextlib.asynccontextmanager
async def ssh(key: asyncssh.SSHKey, answer: Shell) -> AsyncGenerator[int, None]:
    """Commands are answered by a function."""

    async def serve(process: asyncssh.SSHServerProcess[bytes]) -> None:
        with contextlib.suppress(OSError, asyncssh.Error):
            await answer(process.command or "", process)

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[key], server_factory=_Open, process_factory=serve, encoding=None
    )
    try:
        yield server.get_port()
    finally:
        server.close()
        await server.wait_closed()


def ssh_proxy(port: int, twist: Twist) -> Shell:
    """What the device at `port` prints, twisted; its exit status becomes 0."""

    async def answer(command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
        async with asyncssh.connect(
            "127.0.0.1", port, username=USER, password=PASSWORD, known_hosts=None, config=None
        ) as device:
            done = await device.run(command, encoding=None)
        assert isinstance(done.stdout, bytes)
        process.stdout.write(twist(done.stdout))
        process.exit(0)

    return answer


@contextlib.asynccontextmanager
async def https_proxy(certificate: Certificate, port: int, twist: Twist) -> AsyncGenerator[int, None]:
    """Answers of the web service at `port`, their bodies twisted; every status but a refusal becomes 200."""
    async with aiohttp.ClientSession(auto_decompress=False) as client:

        async def handle(request: web.Request) -> web.Response:
            kept = {
                name: value
                for name, value in request.headers.items()
                if name.lower() in ("authorization", "x-auth-token", "content-type")
            }
            url = f"https://127.0.0.1:{port}{request.path_qs}"
            body = await request.read()
            async with client.request(request.method, url, data=body, headers=kept, ssl=False) as reply:
                headers = {
                    name: value
                    for name, value in reply.headers.items()
                    if name.lower() in ("x-auth-token", "location", "content-type")
                }
                # A login is handed on as it is: it is what follows that this is about.
                found = await reply.read()
                told = found if request.method == "POST" and "Sessions" in request.path else twist(found)
                return web.Response(status=reply.status, headers=headers, body=told)

        application = web.Application(client_max_size=2**20)
        application.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.context())
        await site.start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()


class _Datagrams(asyncio.DatagramProtocol):
    """One side of a proxy."""

    def __init__(self, received: Callable[[bytes, Any], None]) -> None:
        self.datagram_received = received  # type: ignore[method-assign]


@contextlib.asynccontextmanager
async def udp_proxy(port: int, twist: Twist) -> AsyncGenerator[int, None]:
    """Datagrams of the agent at `port`, twisted; one client at a time."""
    loop = asyncio.get_running_loop()
    last: list[Any] = [None]

    def asked(data: bytes, address: Any) -> None:
        last[0] = address
        behind.sendto(data)

    def told(data: bytes, address: Any) -> None:
        front.sendto(twist(data), last[0])

    behind, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(told), remote_addr=("127.0.0.1", port))
    front, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(asked), ("127.0.0.1", 0))
    try:
        yield front.get_extra_info("sockname")[1]
    finally:
        front.close()
        behind.close()


Subscribed = Callable[[AsyncIterator[bytes], Any], AsyncIterator[bytes]]


@contextlib.asynccontextmanager
async def gnmi_proxy(
    port: int, twist: Twist, subscribed: Subscribed | None = None
) -> AsyncGenerator[int, None]:
    """Messages of the target at `port`, twisted; `subscribed` takes the place of its Subscribe."""
    channel = grpc.aio.insecure_channel(
        f"127.0.0.1:{port}", options=(("grpc.max_receive_message_length", -1),)
    )

    def login(context: Any) -> tuple[Any, ...]:
        given = dict(context.invocation_metadata() or ())
        return tuple((name, given[name]) for name in ("username", "password") if name in given)

    def unary(method: str) -> Any:
        async def call(raw: bytes, context: Any) -> bytes:
            asked = channel.unary_unary(f"/{SERVICE}/{method}")
            answer: bytes = await asked(raw, metadata=login(context))
            return twist(answer) if method != "Capabilities" else answer

        return grpc.unary_unary_rpc_method_handler(call)

    async def subscribe(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        asked = channel.stream_stream(f"/{SERVICE}/Subscribe")(requests, metadata=login(context))
        async for raw in asked:
            yield twist(raw)

    handlers = {
        "Capabilities": unary("Capabilities"),
        "Get": unary("Get"),
        "Subscribe": grpc.stream_stream_rpc_method_handler(subscribed or subscribe),
    }
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0), ("grpc.max_send_message_length", -1)))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    own = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield own
    finally:
        await server.stop(None)
        await channel.close()
