"""NVUE's REST interface: the tree of `bringup.lab.nvue_tree` by path, and revisions. HTTPS, Basic login.

A revision is made by POST, filled by PATCH and DELETE with `?rev=ID`, applied by a PATCH of its own, whose
answer is that it goes on: how it went is asked for. Source: NVUE reference, "NVUE API".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bringup.lab.nvue_config import NvueConfig, NvueRefusedError, lines_of
from bringup.lab.nvue_tree import NvueTree
from bringup.lab.web_server import WebServer, basic_login_ok
from bringup.lab.world import World

if TYPE_CHECKING:
    from aiohttp import web

ROOT = "/nvue_v1"
GOES_ON = {"state": "apply", "transition": {"issue": {}, "progress": ""}}


class NvueServer(WebServer):
    """The REST interface of one switch; its logins are the device's `access.user` and `password`."""

    def __init__(self, world: World, device: str) -> None:
        super().__init__(world, device)
        self._tree = NvueTree(world, device)
        self._config = NvueConfig(world, device)

    def routes(self) -> list[Any]:
        from aiohttp import web

        return [web.route("*", ROOT + "{path:.*}", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        from aiohttp import web

        if not basic_login_ok(request.headers.get("Authorization"), self.access):
            return _problem(401, "Unauthorized", "The server could not verify that you are authorized.")
        try:
            body = json.loads(await request.read() or b"null")
        except (ValueError, RecursionError):
            return _problem(400, "Bad Request", "The request body is no JSON.")
        path = [part for part in request.match_info["path"].split("/") if part]
        if path[:1] == ["revision"]:
            # the name of a revision may hold a slash
            number = request.match_info["path"].removeprefix("/revision").strip("/")
            return self._revision(request.method, number, body)
        try:
            found = self._tree_at(request.method, path, request.query.get("rev", "operational"), body)
        except NvueRefusedError as refused:
            return _problem(400, "Bad Request", str(refused))
        if found is None:
            return _problem(404, "Not Found", "The requested item does not exist.")
        return web.json_response(found)

    def _tree_at(self, method: str, path: list[str], rev: str, body: Any) -> object | None:
        """What a path holds, or is made of it. Raises: NvueRefusedError."""
        if method == "GET" and rev == "operational":
            return self._tree.at(path)
        if method == "GET":
            node: object | None = self._tree.configured(self._config.content(rev))
            for step in path:
                node = node.get(step) if isinstance(node, dict) else None
            return node
        if method not in ("PATCH", "DELETE"):
            raise NvueRefusedError(f"{method} is not supported here")
        lines = lines_of(path, body, unset=method == "DELETE")
        for line in lines:
            self._config.changes_of(line)
        for line in lines:
            self._config.stage(rev, line)
        return body if isinstance(body, dict) else {}

    def _revision(self, method: str, number: str, body: Any) -> web.Response:
        from aiohttp import web

        try:
            if method == "POST" and not number:
                made = self._config.create(self.access.user)
                return web.json_response({made: {**self._config.told(made)}})
            if method == "GET" and not number:
                return web.json_response({each: self._config.told(each) for each in self._config.revisions})
            if method == "GET":
                return web.json_response(self._config.told(number))
            if method == "PATCH" and isinstance(body, dict):
                return web.json_response(self._put(number, body))
        except NvueRefusedError as refused:
            missing = str(refused).startswith("Unknown revision")
            return _problem(*((404, "Not Found") if missing else (400, "Bad Request")), str(refused))
        return _problem(405, "Method Not Allowed", f"{method} is not supported here")

    def _put(self, number: str, body: dict[str, Any]) -> dict[str, Any]:
        """Apply a revision, or confirm one. Raises: NvueRefusedError."""
        prompts, controls = body.get("auto-prompt") or {}, body.get("state-controls") or {}
        if body.get("state") in ("confirm_yes", "confirm_no"):
            self._config.confirm(body["state"] == "confirm_yes")
            return self._config.told(number)
        if body.get("state") == "save" and number == "applied":
            return {"state": "save", "transition": GOES_ON["transition"]}
        if body.get("state") != "apply":
            raise NvueRefusedError(f"{body.get('state')!r} is no state that a revision can be put to")
        self._config.revision(number)
        if prompts.get("ays") != "ays_yes":
            return {**self._config.told(number), "state": "ays"}
        confirm_s = controls.get("confirm")
        if confirm_s is not None and (not isinstance(confirm_s, int) or confirm_s <= 0):
            raise NvueRefusedError(f"{confirm_s!r} is no number of seconds")
        self._config.apply(number, None if confirm_s is None else float(confirm_s))
        return dict(GOES_ON)


def _problem(status: int, title: str, detail: str) -> web.Response:
    from aiohttp import web

    about = {"detail": detail, "status": status, "title": title, "type": "about:blank"}
    return web.json_response(about, status=status)
