"""How drivers read Redfish: one resource, the members of a collection, and what an error of the service
means.

Ids are never known beforehand: every path comes from a link. Links are the device's text: only plain paths
below `/redfish/` are followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bringup.decode.json_field import Json, object_in, objects_in, text_in
from bringup.decode.redfish_resource import link_in, links_in, refuse_error, said
from bringup.decode.result import Damaged, json_of
from bringup.model.errors import DeviceError, NoData, Refused, Unparsable
from bringup.transport.base import HttpExchange, HttpReply

ROOT = "/redfish/v1/"
DEADLINE_S = 30.0
MAX_MEMBERS = 256
MAX_PAGES = 32
EXPAND = "?$expand=.($levels=1)"
"""Source: DSP0266, the `$expand` query; `NoLinks` in ExpandQuery says that a service takes it."""
MAX_PATH_CHARS = 1024
_DONE = (200, 201, 202, 204)


class RedfishReader:
    """One service. The transport sends at most two requests at once."""

    def __init__(self, http: HttpExchange, device: str) -> None:
        self._http = http
        self._device = device

    async def get(self, path: str) -> Json:
        """The resource at `path`.

        Raises:
            NoData: there is none (HTTP 404), or it is not ready.
            Unparsable: what came is no resource, or an error, whatever the status.
            DeviceError: the transport's own.
        """
        self._check(path)
        reply = await self._http.request("GET", path, deadline_s=DEADLINE_S)
        if reply.status != 200:
            raise self._failure(reply, f"GET {path}")
        with self.reading(path):
            return refuse_error(_object(reply.body))

    async def get_all(self, paths: Iterable[str]) -> list[Json]:
        """The resources at `paths`, in their order.

        Raises:
            DeviceError: of the first that fails, when all have ended.
        """
        results = await asyncio.gather(*(self.get(path) for path in paths), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, dict)]

    async def members(self, path: str) -> list[str]:
        """The paths of a collection's members, over all its pages.

        Raises:
            Unparsable: too many, or pages in a circle.
        """
        found: list[str] = []
        seen: set[str] = set()
        page: str | None = path
        while page is not None:
            if page in seen or len(seen) >= MAX_PAGES:
                raise self._unreadable(path, "its pages go in a circle, or are too many")
            seen.add(page)
            collection = await self.get(page)
            if "Members" not in collection:
                raise self._unreadable(path, "it is no collection")
            with self.reading(path):
                found += links_in(collection, "Members")
                page = text_in(collection, "Members@odata.nextLink")
            if len(found) > MAX_MEMBERS:
                raise self._unreadable(path, f"it has more than {MAX_MEMBERS} members")
        return found

    async def linked_members(self, holder: Json, *names: str) -> list[Json]:
        """All members of the collection that `holder` links to; none where it links to none.

        Raises:
            DeviceError: as `get`.
        """
        with self.reading(f"the link to {names[-1]}"):
            path = link_in(holder, *names)
        return [] if path is None else await self.get_all(await self.members(path))

    async def expanded_members(self, root: Json, holder: Json, *names: str) -> list[Json]:
        """As `linked_members`, in one request where the service can do that: a BMC answers a request in half
        a second, and an inventory of software has dozens of members.
        """
        with self.reading("what the service can do"):
            can = object_in(object_in(root, "ProtocolFeaturesSupported"), "ExpandQuery").get("NoLinks")
            path = link_in(holder, *names)
        if can is True and path is not None:
            try:
                collection = await self.get(path + EXPAND)
            except (NoData, Unparsable):  # it says that it can, and can't
                return await self.linked_members(holder, *names)
            with self.reading(path):
                found = objects_in(collection, "Members")
                more = text_in(collection, "Members@odata.nextLink")
            if more is None and len(found) <= MAX_MEMBERS and all(len(member) > 1 for member in found):
                return found
        return await self.linked_members(holder, *names)

    async def linked(self, holder: Json, *names: str) -> Json | None:
        """The resource that `holder` links to; None where it links to none, or to nothing (HTTP 404)."""
        with self.reading(f"the link to {names[-1]}"):
            path = link_in(holder, *names)
        if path is None:
            return None
        try:
            return await self.get(path)
        except NoData:
            return None

    async def post(self, path: str, body: Json) -> None:
        """Start an action.

        Raises:
            Refused: the service would not.
            DeviceError: the transport's own; then whether it was started is not known.
        """
        self._check(path)
        reply = await self._http.request("POST", path, json=body, deadline_s=DEADLINE_S)
        if reply.status not in _DONE:
            words = _words(reply)
            raise Refused(
                f"{self._device}: POST {path} was refused with HTTP status {reply.status}"
                + (f": {words}" if words else ""),
                "Look at the BMC's own log; a host that is just changing its state may have to settle first.",
            )

    async def start(self, path: str, body: Json) -> str | None:
        """Start what goes on as a task; its path, where the service names one.

        Raises:
            Refused: the service would not.
            DeviceError: the transport's own; then whether it was started is not known.
        """
        self._check(path)
        reply = await self._http.request("POST", path, json=body, deadline_s=DEADLINE_S)
        if reply.status not in _DONE:
            raise self._refusal(reply, path)
        where = reply.headers.get("location", "")
        if "://" in where:
            where = "/" + where.split("://", 1)[1].partition("/")[2]
        if not where:
            with self.reading("the task"):
                where = text_in(_object(reply.body), "@odata.id") or ""
        if where:
            self._check(where)
        return where or None

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Inside it, what a decoder finds damaged in `what` is `Unparsable`."""
        try:
            yield
        except Damaged as damaged:
            raise self._unreadable(what, str(damaged)) from None

    def _check(self, path: str) -> None:
        plain = path.startswith("/redfish/") and path.isascii() and path.isprintable() and "//" not in path
        if not plain or ".." in path or len(path) > MAX_PATH_CHARS:
            raise self._unreadable("a link", f"{path[:80]!a} is no path of this service")

    def _unreadable(self, what: str, why: str) -> Unparsable:
        return Unparsable(
            f"{self._device}: {what} can't be read: {why}",
            "Compare the raw reply, kept as evidence, with the Redfish schema of this firmware.",
        )

    def _refusal(self, reply: HttpReply, path: str) -> Refused:
        words = _words(reply)
        return Refused(
            f"{self._device}: POST {path} was refused with HTTP status {reply.status}"
            + (f": {words}" if words else ""),
            "Look at the BMC's own log; a host that is just changing its state may have to settle first.",
        )

    def _failure(self, reply: HttpReply, request: str) -> DeviceError:
        words = _words(reply)
        what = f"{self._device}: {request} gave HTTP status {reply.status}" + (f": {words}" if words else "")
        if reply.status in (404, 410, 501):
            return NoData(what, "This firmware has no such resource, or not before the host is on.")
        if reply.status in (429, 503):
            return NoData(what, "The service is busy or still starting: try again in a minute.")
        return Unparsable(what, "Look at the BMC's own log, and whether it needs a restart.")


def _object(body: bytes) -> Json:
    held = json_of(body)
    if not isinstance(held, dict):
        raise Damaged("the JSON is no object")
    return held


def _words(reply: HttpReply) -> str:
    """What an error body says, if it says anything that can be read."""
    try:
        return said(_object(reply.body))
    except Damaged:
        return ""
