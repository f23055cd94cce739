"""A small gNMI target for tests: what it answers is given as data or as a function."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio
import msgspec

from bringup.gnmi_messages import SERVICE, GnmiMessages, messages
from bringup.transport.gnmi_path import elements_of, format_path, to_message
from tests.transport.peers import Certificate

USER, PASSWORD = "admin", "fibre-and-steel"


class Target:
    """Answers from `state` (path -> JSON value); `respond` replaces the answers of Subscribe."""

    def __init__(self, state: dict[str, object]) -> None:
        self.messages: GnmiMessages = messages()
        self.state = state
        self.encodings = ("JSON_IETF",)
        self.logins: list[bool] = []
        self.asked: list[Any] = []
        self.get_answer: Callable[[Any], bytes] | None = None
        self.respond: Callable[[Any], AsyncIterator[bytes]] | None = None

    def notification(self, path: str, value: object, *, at_ns: int = 7) -> Any:
        """One update whose path is split between prefix and path."""
        found = self.messages
        whole = to_message(found, path)
        return found.Notification(
            timestamp=at_ns,
            prefix=found.Path(origin="openconfig", elem=whole.elem[:1]),
            update=[
                found.Update(
                    path=found.Path(elem=whole.elem[1:]),
                    val=found.TypedValue(json_ietf_val=msgspec.json.encode(value)),
                )
            ],
        )

    def update(self, path: str, value: object) -> bytes:
        raw: bytes = self.messages.SubscribeResponse(
            update=self.notification(path, value)
        ).SerializeToString()
        return raw

    def sync(self) -> bytes:
        raw: bytes = self.messages.SubscribeResponse(sync_response=True).SerializeToString()
        return raw

    async def _admit(self, context: Any) -> None:
        given = dict(context.invocation_metadata() or ())
        right = (given.get("username"), given.get("password")) == (USER, PASSWORD)
        self.logins.append(right)
        if not right:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, f"bad password {given.get('password')}")

    async def _capabilities(self, raw: bytes, context: Any) -> bytes:
        await self._admit(context)
        found = self.messages
        answer: bytes = found.CapabilityResponse(
            supported_models=[
                found.ModelData(name="openconfig-interfaces", organization="oc", version="3.0.0")
            ],
            supported_encodings=[found.enum("Encoding", name) for name in self.encodings],
            gNMI_version="0.8.0",
        ).SerializeToString()
        return answer

    async def _get(self, raw: bytes, context: Any) -> bytes:
        await self._admit(context)
        request = self.messages.GetRequest.FromString(raw)
        self.asked.append(request)
        if self.get_answer is not None:
            return self.get_answer(request)
        found = [
            self.notification(path, value)
            for path, value in self.state.items()
            for wanted in request.path
            if path.startswith(format_path(elements_of(request.prefix, wanted)))
        ]
        if not found:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such path")
        answer: bytes = self.messages.GetResponse(notification=found).SerializeToString()
        return answer

    async def _subscribe(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        await self._admit(context)
        request = self.messages.SubscribeRequest.FromString(await anext(aiter(requests)))
        self.asked.append(request)
        if self.respond is not None:
            async for raw in self.respond(context):
                yield raw
            return
        for path, value in self.state.items():
            yield self.update(path, value)
        yield self.sync()

    def handler(self) -> Any:
        unary, both = grpc.unary_unary_rpc_method_handler, grpc.stream_stream_rpc_method_handler
        methods = {
            "Capabilities": unary(self._capabilities),
            "Get": unary(self._get),
            "Subscribe": both(self._subscribe),
        }
        return grpc.method_handlers_generic_handler(SERVICE, methods)


@contextlib.asynccontextmanager
async def serving(target: Target, certificate: Certificate | None = None) -> AsyncGenerator[int, None]:
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0), ("grpc.max_send_message_length", -1)))
    server.add_generic_rpc_handlers((target.handler(),))
    if certificate is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        pair = (certificate.key.read_bytes(), certificate.certificate.read_bytes())
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)
