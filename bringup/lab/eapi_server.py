"""Arista's eAPI: JSON-RPC 2.0 `runCmds` on POST /command-api, Basic authentication, HTTPS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bringup.lab.eos_session import EosSession, run_all
from bringup.lab.web_server import WebServer, basic_login_ok

if TYPE_CHECKING:
    from aiohttp import web

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602


class EapiServer(WebServer):
    """The eAPI of one EOS switch; its logins are the device's `access.user` and `password`."""

    def routes(self) -> list[Any]:
        from aiohttp import web

        return [web.post("/command-api", self._command_api), web.head("/command-api", self._alive)]

    async def _alive(self, request: web.Request) -> web.Response:
        """A HEAD is how clients ask whether the API is enabled, before they send a command."""
        from aiohttp import web

        return web.Response() if self._let_in(request) else self._refusal()

    async def _command_api(self, request: web.Request) -> web.Response:
        from aiohttp import web

        if not self._let_in(request):
            return self._refusal()
        body = await request.read()
        return web.json_response(self._answer(body))

    def _let_in(self, request: web.Request) -> bool:
        return basic_login_ok(request.headers.get("Authorization"), self.access)

    def _refusal(self) -> web.Response:
        from aiohttp import web

        return web.Response(
            status=401,
            text="Unable to authenticate user: Bad username/password combination",
            headers={"WWW-Authenticate": 'Basic realm="COMMAND_API_AUTH"'},
        )

    def _answer(self, body: bytes) -> dict[str, Any]:
        try:
            request = json.loads(body)
        except (ValueError, RecursionError) as error:
            return _failure(None, PARSE_ERROR, f"Parse error: {error}")
        if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or "method" not in request:
            return _failure(None, INVALID_REQUEST, "Invalid request")
        key = request.get("id")
        if request["method"] != "runCmds":
            return _failure(key, METHOD_NOT_FOUND, f"Method {request['method']!r} not found")
        complaint = _complaint(request.get("params"))
        if complaint is not None:
            return _failure(key, INVALID_PARAMS, complaint)
        params = request["params"]
        commands = [cmd if isinstance(cmd, str) else cmd["cmd"] for cmd in params["cmds"]]
        session = EosSession(self.world, self.device)
        results, failure = run_all(session, commands, text=params.get("format", "json") == "text")
        if failure is not None:
            return {"jsonrpc": "2.0", "id": key, "error": failure}
        return {"jsonrpc": "2.0", "id": key, "result": results}


def _complaint(params: Any) -> str | None:
    if not isinstance(params, dict):
        return "params must be an object"
    if params.get("version") not in (1, "latest"):
        return f"Invalid version {params.get('version')!r}: must be 1 or 'latest'"
    commands = params.get("cmds")
    if not isinstance(commands, list) or not all(map(_is_command, commands)):
        return "cmds must be a list of commands"
    if params.get("format", "json") not in ("json", "text"):
        return f"Invalid format {params['format']!r}: must be json or text"
    return None


def _is_command(command: Any) -> bool:
    return isinstance(command, str) or (isinstance(command, dict) and isinstance(command.get("cmd"), str))


def _failure(key: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": key, "error": {"code": code, "message": message}}
