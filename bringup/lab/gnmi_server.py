"""The gNMI service of one switch: Capabilities, Get and Subscribe (ONCE, POLL, STREAM) over gRPC.

gRPC and protobuf are imported when the server starts. Set is not implemented, as on a read-only build.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from bringup.gnmi_messages import SERVICE, GnmiMessages, messages
from bringup.lab.gnmi_answer import Answerer, GnmiFaultError
from bringup.lab.gnmi_stream import Stream
from bringup.lab.nonsense import NONSENSE
from bringup.lab.render_openconfig import MODELS, OpenConfig
from bringup.lab.world import World

if TYPE_CHECKING:
    import grpc.aio

MAX_REQUEST_BYTES = 1024 * 1024
GNMI_VERSION = "0.8.0"


class GnmiServer:
    """Serves `device` as the world has it. Logins are `username` and `password` in the call's metadata.

    `tls`: with the device's certificate of the moment when it starts; else in clear text.
    """

    def __init__(self, world: World, device: str, *, tls: bool = False) -> None:
        self._world = world
        self._device = device
        self._tls = tls
        self._server: grpc.aio.Server | None = None
        self._stopping = asyncio.Event()

    async def start(self, address: str, port: int) -> int:
        """Listen on `address`; `port` 0 takes a free one. Returns the port.

        Raises:
            OSError: the port is taken.
        """
        import grpc.aio

        self._stopping = asyncio.Event()
        options = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", MAX_REQUEST_BYTES))
        server = grpc.aio.server(options=options)
        server.add_generic_rpc_handlers((self._handlers(messages()),))
        try:
            bound = self._bind(server, f"{address}:{port}")
        except RuntimeError as error:
            raise OSError(f"cannot listen on {address}:{port}") from error
        await server.start()
        self._server = server
        return bound

    async def stop(self) -> None:
        """Close the listener and every connection."""
        self._stopping.set()
        if self._server is not None:
            await self._server.stop(None)
        self._server = None

    def _bind(self, server: grpc.aio.Server, where: str) -> int:
        import grpc

        if not self._tls:
            return server.add_insecure_port(where)
        access = self._world.device(self._device).access
        pair = (access.tls_key.encode(), access.tls_certificate.encode())
        return server.add_secure_port(where, grpc.ssl_server_credentials([pair]))

    def _handlers(self, found: GnmiMessages) -> Any:
        import grpc

        service = _Service(self._world, self._device, found, self._stopping)

        def written(message: Any) -> bytes:
            return message if isinstance(message, bytes) else bytes(message.SerializeToString())

        unary, both = grpc.unary_unary_rpc_method_handler, grpc.stream_stream_rpc_method_handler
        methods: dict[str, Any] = {
            "Capabilities": unary(service.capabilities, found.request_from("Capabilities"), written),
            "Get": unary(service.get, found.request_from("Get"), written),
            "Subscribe": both(service.subscribe, found.request_from("Subscribe"), written),
        }
        return grpc.method_handlers_generic_handler(SERVICE, methods)


class _Service:
    """The calls. A device gone mad sends bytes that are no message; a silent one takes the call and waits."""

    def __init__(self, world: World, device: str, found: GnmiMessages, stopping: asyncio.Event) -> None:
        self._world = world
        self._device = device
        self._messages = found
        self._stopping = stopping
        platform = world.device(device).platform
        self._answerer = Answerer(found, OpenConfig(world, device), elements_in_prefix=platform == "sonic")

    async def capabilities(self, request: Any, context: Any) -> Any:
        if await self._admit(context):
            return NONSENSE
        models = [
            self._messages.ModelData(name=name, organization="OpenConfig working group", version=version)
            for name, version in MODELS
        ]
        encodings = [self._messages.enum("Encoding", name) for name in ("JSON", "JSON_IETF")]
        return self._messages.CapabilityResponse(
            supported_models=models, supported_encodings=encodings, gNMI_version=GNMI_VERSION
        )

    async def get(self, request: Any, context: Any) -> Any:
        if await self._admit(context):
            return NONSENSE
        try:
            with self._world.tally.taking(self._device, "gnmi"):
                return self._answerer.get(request)
        except GnmiFaultError as fault:
            return await self._refuse(context, fault)

    async def subscribe(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        if await self._admit(context):
            yield NONSENSE
            return
        try:
            with self._world.tally.taking(self._device, "gnmi"):
                async for response in Stream(self._answerer, requests).responses():
                    yield response
        except GnmiFaultError as fault:
            await self._refuse(context, fault)

    async def _admit(self, context: Any) -> bool:
        """Let a login through or refuse the call; whether the answer is to be nonsense."""
        device = self._world.device(self._device)
        if device.answers == "silent":
            await self._stopping.wait()
            await self._refuse(context, GnmiFaultError("UNAVAILABLE", "stopping"))
        given = dict(context.invocation_metadata() or ())
        asked = (device.access.user, device.access.password)
        for name, wanted in zip(("username", "password"), asked, strict=True):
            if not hmac.compare_digest(str(given.get(name, "")).encode(), wanted.encode()):
                await self._refuse(context, GnmiFaultError("UNAUTHENTICATED", "authentication failed"))
        return device.answers == "garbage"

    async def _refuse(self, context: Any, fault: GnmiFaultError) -> Any:
        import grpc

        await context.abort(grpc.StatusCode[fault.code], fault.details)
