"""Server-sent events (the WHATWG format), as a Redfish event service streams them: bounded, and never silent
for long without being told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from bringup.model.errors import TimedOut, Unparsable
from bringup.transport.failure import Peer, over_long

EVENT_CAP_BYTES = 1024 * 1024
DEFAULT_SILENCE_S = 120.0
"""Services send a comment or a heartbeat every minute or so; a stream that is silent longer may be dead."""


async def read_events(
    peer: Peer, chunks: AsyncIterator[bytes], *, silence_s: float = DEFAULT_SILENCE_S
) -> AsyncGenerator[bytes, None]:
    """The data of each event, its lines joined by line ends. Comments count as a sign of life.

    Raises:
        TimedOut: nothing came for `silence_s`.
        Unparsable: an event is over-long, or the peer ended the stream.
    """
    rest, held_bytes = b"", 0
    data: list[bytes] = []
    while True:
        try:
            async with asyncio.timeout(silence_s):
                chunk = await anext(chunks)
        except TimeoutError:
            raise TimedOut(
                f"{peer}: no event and no sign of life within {silence_s:g} s",
                "Subscribe again; what happened meanwhile stands in the BMC's log",
            ) from None
        except StopAsyncIteration:
            raise Unparsable(f"{peer} ended the stream of events", "Subscribe again; see its log") from None
        text = rest + chunk
        # A line end may be cut in two: what comes next tells whether it is one or two.
        cut = b"\r" if text.endswith(b"\r") else b""
        text = text.removesuffix(cut).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = text.split(b"\n")
        rest += cut
        for line in lines:
            if not line:
                if data:
                    yield b"\n".join(data)
                data, held_bytes = [], 0
            elif line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
                held_bytes += len(line)
        if held_bytes + len(rest) > EVENT_CAP_BYTES:
            raise over_long(peer, "an event", EVENT_CAP_BYTES)
