"""The Redfish service of one BMC over HTTPS: resources, sessions, and the host's reset action (DSP0266)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bringup.lab.redfish_accounts import (
    ACCOUNT,
    SERVICE,
    account_resource,
    change_password,
    etag_of,
    open_while_required,
    required_message,
)
from bringup.lab.redfish_sessions import SLOTS, NoSlotError, Session, SessionBook
from bringup.lab.redfish_shape import Json, collection, link
from bringup.lab.redfish_update import SIMPLE
from bringup.lab.render_redfish import NEED_POWER, RESETS, ROOT, RedfishTree
from bringup.lab.web_server import WebServer, basic_login_ok
from bringup.lab.world import World

if TYPE_CHECKING:
    from aiohttp import web

STARTS = frozenset({"On", "ForceRestart", "GracefulRestart", "PowerCycle"})
HEADERS = {"OData-Version": "4.0", "Cache-Control": "no-cache"}
METADATA = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"></edmx:Edmx>'
)


class RedfishServer(WebServer):
    """The BMC `device`; its logins are the BMC's `access.user` and `password`, by session or by Basic."""

    def __init__(self, world: World, device: str, *, slots: int = SLOTS) -> None:
        super().__init__(world, device)
        self._tree = RedfishTree(world, device)
        self._book = SessionBook(world.now, slots)

    def routes(self) -> list[Any]:
        from aiohttp import web

        return [web.route("*", "/{path:.*}", self._handle)]

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.path.rstrip("/")
        body = await request.read()
        if request.method in ("GET", "HEAD"):
            return self._get(request, path)
        if request.method == "POST" and path == self._tree.sessions:
            return self._log_in(body)
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if request.method == "POST" and path == self._tree.reset:
            return self._reset(body)
        if request.method == "POST" and path == self._tree.reset_manager:
            return self._reset_manager(body)
        if request.method == "POST" and path == SIMPLE:
            return self._update(body)
        if request.method == "PATCH" and path == ACCOUNT:
            return self._change_account(request, body)
        if request.method == "DELETE" and path.startswith(f"{self._tree.sessions}/"):
            if self._book.close(path.rpartition("/")[2]):
                return _answer(204)
            return _missing(path)
        if self._resource(path) is None and path != self._tree.reset:
            return _missing(path)
        return _failure(
            405, "OperationNotAllowed", f"{request.method} is not allowed here.", {"Allow": "GET, HEAD"}
        )

    def _get(self, request: web.Request, path: str) -> web.Response:
        open_to_all = {
            "/redfish": {"v1": f"{ROOT}/"},
            ROOT: {**self._tree.root(), "AccountService": link(SERVICE)},
            f"{ROOT}/odata": {"@odata.context": f"{ROOT}/$metadata", "value": []},
        }
        if path == f"{ROOT}/$metadata":
            return _answer(200, text=METADATA, content_type="application/xml")
        if path not in open_to_all:
            refusal = self._refusal(request)
            if refusal is not None:
                return refusal
        found = open_to_all.get(path) or self._resource(path)
        if found is None:
            return _missing(path)
        text = json.dumps(found)
        if path == ACCOUNT:
            return _answer(200, text=text, headers={"ETag": etag_of(self.access)})
        etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return _answer(304, headers={"ETag": etag})
        return _answer(200, text=text, headers={"ETag": etag})

    def _resource(self, path: str) -> Json | None:
        service = f"{ROOT}/SessionService"
        sessions = self._book.all()
        if path == service:
            return {
                "@odata.id": service,
                "@odata.type": "#SessionService.v1_1_9.SessionService",
                "Id": "SessionService",
                "Name": "Session Service",
                "ServiceEnabled": True,
                "SessionTimeout": 1800,
                "Sessions": link(self._tree.sessions),
                "Status": {"State": "Enabled", "Health": "OK"},
            }
        if path == self._tree.sessions:
            paths = [f"{path}/{key}" for key in sessions]
            return {"@odata.id": path, **collection("Session", "Session", paths)}
        head, _, key = path.rpartition("/")
        if head == self._tree.sessions:
            return self._session(sessions[key]) if key in sessions else None
        return account_resource(path, self.access) or self._tree.get(path)

    def _session(self, session: Session) -> Json:
        return {
            "@odata.id": f"{self._tree.sessions}/{session.key}",
            "@odata.type": "#Session.v1_6_0.Session",
            "Id": session.key,
            "Name": "User Session",
            "UserName": session.user,
        }

    def _refusal(self, request: web.Request) -> web.Response | None:
        """The 401 for who has not logged in, the 403 for who must change the password; None for others."""
        token = request.headers.get("X-Auth-Token")
        in_session = token is not None and self._book.of(token) is not None
        if in_session or (
            token is None and basic_login_ok(request.headers.get("Authorization"), self.access)
        ):
            if self.access.password_change_required and not open_while_required(
                request.method, request.path.rstrip("/")
            ):
                return _answer(403, text=json.dumps({"error": _error(required_message())}))
            return None
        return _failure(
            401,
            "NoValidSession",
            "There is no valid session established with the implementation.",
            {"WWW-Authenticate": 'Basic realm="Redfish"'},
        )

    def _log_in(self, body: bytes) -> web.Response:
        given = _object(body)
        if given is None:
            return _malformed()
        names = ("UserName", "Password")
        missing = [name for name in names if not isinstance(given.get(name), str)]
        if missing:
            return _failure(400, "PropertyMissing", f"The property {missing[0]} is required.")
        if (given["UserName"], given["Password"]) != (self.access.user, self.access.password):
            return _failure(401, "ResourceAtUriUnauthorized", "The user name or password is wrong.")
        try:
            session = self._book.open(given["UserName"])
        except NoSlotError:
            return _failure(
                503, "SessionLimitExceeded", "The session limit is reached.", {"Retry-After": "30"}
            )
        shown = self._session(session)
        headers = {"X-Auth-Token": session.token, "Location": str(shown["@odata.id"])}
        if self.access.password_change_required:
            shown = {**shown, "@Message.ExtendedInfo": [required_message()]}
        return _answer(201, text=json.dumps(shown), headers=headers)

    def _change_account(self, request: web.Request, body: bytes) -> web.Response:
        """Who had a session has it no more: its password is not that of the account."""
        given = _object(body)
        if given is None:
            return _malformed()
        with self.world.changing():
            status, message_id, words = change_password(self.access, given, request.headers)
        if status != 204:
            return _failure(status, message_id, words)
        for key in self._book.all():
            self._book.close(key)
        return _answer(204)

    def _reset(self, body: bytes) -> web.Response:
        given = _object(body)
        if given is None:
            return _malformed()
        kind = given.get("ResetType")
        if kind is None:
            return _failure(400, "ActionParameterMissing", "The action needs the parameter ResetType.")
        if kind not in RESETS:
            return _failure(
                400,
                "ActionParameterValueNotInList",
                f"The value {kind!r} of ResetType is not in the list of acceptable values.",
            )
        node = self._tree.node.name
        if kind in NEED_POWER and self.world.power_state(node) == "Off":
            return _failure(409, "ActionNotSupported", f"{kind} needs a system that is on.")
        self.world.reset_host(node, kind)
        if kind in STARTS:
            self._tree.update.host_restarted(node)
        return _answer(204)

    def _reset_manager(self, body: bytes) -> web.Response:
        given = _object(body)
        if given is None:
            return _malformed()
        if not self._tree.update.reset_manager(given.get("ResetType")):
            return _failure(400, "ActionParameterValueNotInList", "The manager has no such reset.")
        self._book.forget_all()
        return _answer(204)

    def _update(self, body: bytes) -> web.Response:
        given = _object(body)
        if given is None:
            return _malformed()
        status, complaint, task = self._tree.update.begin(given)
        if task is None:
            return _failure(status, "ActionParameterValueError" if status == 400 else "Busy", complaint)
        headers = {"Location": str(task["@odata.id"]), "Retry-After": "5"}
        return _answer(status, text=json.dumps(task), headers=headers)


def _object(body: bytes) -> Json | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _answer(
    status: int,
    *,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> web.Response:
    from aiohttp import web

    kind = content_type if text is not None else None
    return web.Response(status=status, text=text, content_type=kind, headers={**HEADERS, **(headers or {})})


def _failure(
    status: int, message_id: str, message: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An error response with extended information, DSP0266 section 8.6."""
    extended = {
        "@odata.type": "#Message.v1_1_2.Message",
        "MessageId": f"Base.1.15.{message_id}",
        "Message": message,
        "MessageArgs": [],
        "MessageSeverity": "Critical",
        "Resolution": "Correct the request and send it again.",
    }
    return _answer(status, text=json.dumps({"error": _error(extended)}), headers=headers)


def _error(extended: Json) -> Json:
    return {
        "code": extended["MessageId"],
        "message": extended["Message"],
        "@Message.ExtendedInfo": [extended],
    }


def _missing(path: str) -> web.Response:
    return _failure(404, "ResourceMissingAtURI", f"There is no resource at {path!r}.")


def _malformed() -> web.Response:
    return _failure(400, "MalformedJSON", "The request body is no JSON object.")
