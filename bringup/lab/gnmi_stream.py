"""One gNMI subscription: what is sent first, and what afterwards (gNMI specification, section 3.5).

Intervals are real time: the world's speed does not scale what is agreed on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from bringup.lab.gnmi_answer import Answerer, GnmiFaultError, State, volatile
from bringup.lab.oc_tree import Path

FASTEST_SAMPLE_S = 0.01
AS_FAST_AS_IT_CAN_S = 1.0
LEFT_TO_TARGET_S = 10.0
LOOK_FOR_CHANGES_S = 0.1


class _Watched:
    """One path of a STREAM subscription and when it is due next."""

    def __init__(self, path: Path, mode: str, period_s: float, heartbeat_s: float, sparing: bool) -> None:
        self.paths = (path,)
        self.mode = mode
        self.period_s = period_s
        self.heartbeat_s = heartbeat_s
        self.sparing = sparing or mode == "ON_CHANGE"
        self.sent: State = {}
        self.due_s = 0.0
        self.beat_s = 0.0

    def arm(self, now_s: float, state: State) -> None:
        self.sent = state
        self.due_s = now_s + self.period_s
        self.beat_s = now_s + self.heartbeat_s

    def take(self, now_s: float, state: State) -> tuple[State, tuple[Path, ...]]:
        """(leaves to send, paths that are gone) at a moment when it is due."""
        gone = tuple(place for place in self.sent if place not in state)
        beat = bool(self.heartbeat_s) and now_s >= self.beat_s
        news = state
        if self.sparing and not beat:
            still = self.mode == "ON_CHANGE"
            news = {
                place: leaf
                for place, leaf in state.items()
                if self.sent.get(place) != leaf
                and not (still and place in self.sent and volatile(place, leaf))
            }
        self.sent = state
        self.due_s = max(self.due_s + self.period_s, now_s)
        if beat:
            self.beat_s = now_s + self.heartbeat_s
        return news, gone


class Stream:
    """Answers the requests of one Subscribe call."""

    def __init__(self, answerer: Answerer, requests: AsyncIterator[Any]) -> None:
        self._answerer = answerer
        self._messages = answerer.messages
        self._requests = requests

    async def responses(self) -> AsyncIterator[Any]:
        """Every response of the call.

        Raises:
            GnmiFaultError: the call ends with that status.
        """
        first = await anext(aiter(self._requests), None)
        if first is None or first.WhichOneof("request") != "subscribe":
            raise GnmiFaultError("INVALID_ARGUMENT", "the first message must be a subscription list")
        wanted = first.subscribe
        ietf = self._answerer.encoding(wanted.encoding)
        watched = [self._watched(wanted.prefix, each) for each in wanted.subscription]
        if not watched:
            raise GnmiFaultError("INVALID_ARGUMENT", "nothing is subscribed to")
        mode = self._messages.enum
        for response in self._everything(wanted, watched, ietf):
            yield response
        if wanted.mode == mode("SubscriptionList.Mode", "ONCE"):
            return
        if wanted.mode == mode("SubscriptionList.Mode", "POLL"):
            more = self._polled(wanted, watched, ietf)
        else:
            more = self._streamed(wanted, watched, ietf)
        async for response in more:
            yield response

    def _everything(self, wanted: Any, watched: list[_Watched], ietf: bool) -> list[Any]:
        """The first full set and the mark that ends it; only the mark where `updates_only` was asked for."""
        now_s = asyncio.get_running_loop().time()
        found: list[Any] = []
        for each in watched:
            state = self._answerer.state(each.paths)
            each.arm(now_s, state)
            if not wanted.updates_only:
                found += self._answerer.notifications(wanted.prefix, state, ietf=ietf)
        return [*found, self._messages.SubscribeResponse(sync_response=True)]

    async def _polled(self, wanted: Any, watched: list[_Watched], ietf: bool) -> AsyncIterator[Any]:
        async for request in self._requests:
            if request.WhichOneof("request") != "poll":
                raise GnmiFaultError("INVALID_ARGUMENT", "only polls may follow a POLL subscription")
            for response in self._everything(wanted, watched, ietf):
                yield response

    async def _streamed(self, wanted: Any, watched: list[_Watched], ietf: bool) -> AsyncIterator[Any]:
        loop = asyncio.get_running_loop()
        intruder = asyncio.ensure_future(anext(aiter(self._requests), None))
        try:
            while True:
                wait_s = max(0.0, min(each.due_s for each in watched) - loop.time())
                if not intruder.done():
                    await asyncio.wait({intruder}, timeout=wait_s)
                else:
                    await asyncio.sleep(wait_s)
                if intruder.done() and intruder.result() is not None:
                    raise GnmiFaultError("INVALID_ARGUMENT", "a STREAM subscription takes no further request")
                now_s = loop.time()
                for each in (due for due in watched if due.due_s <= now_s):
                    news, gone = each.take(now_s, self._answerer.state(each.paths))
                    for response in self._answerer.notifications(wanted.prefix, news, gone, ietf=ietf):
                        yield response
        finally:
            intruder.cancel()

    def _watched(self, prefix: Any, subscription: Any) -> _Watched:
        path = self._answerer.path(prefix, subscription.path)
        numbers = self._messages.enum
        heartbeat_s = subscription.heartbeat_interval / 1e9
        sparing = bool(subscription.suppress_redundant)
        if subscription.mode == numbers("SubscriptionMode", "ON_CHANGE"):
            return _Watched(path, "ON_CHANGE", LOOK_FOR_CHANGES_S, heartbeat_s, sparing)
        if subscription.mode == numbers("SubscriptionMode", "TARGET_DEFINED"):
            return _Watched(path, "SAMPLE", LEFT_TO_TARGET_S, heartbeat_s, sparing)
        period_s = subscription.sample_interval / 1e9 or AS_FAST_AS_IT_CAN_S
        if period_s < FASTEST_SAMPLE_S:
            raise GnmiFaultError(
                "INVALID_ARGUMENT", f"sample_interval below {FASTEST_SAMPLE_S:g} s is not supported"
            )
        return _Watched(path, "SAMPLE", period_s, heartbeat_s, sparing)
