"""The lab's BMC with its factory password: a public client is turned away, and one PATCH lets it in."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from bringup.lab.redfish_server import RedfishServer
from bringup.lab.state import Jack
from bringup.lab.world import World
from tests.lab.small_world import PASSWORD, USER, serving, small_world
from tests.lab.test_redfish import by_sushy

V1 = "/redfish/v1"
ACCOUNTS = f"{V1}/AccountService/Accounts"
NEW = "a-longer-one-of-ours"


@pytest.fixture
def world() -> World:
    made = small_world()
    made.device("bmc-01").access.password_change_required = True
    made.device("bmc-01").jack = Jack(name="eth0", mac="02:1a:b0:a1:00:77")
    return made


async def ask(
    port: int, method: str, path: str, body: object = None, *, password: str = PASSWORD, **headers: str
) -> tuple[int, Any, Mapping[str, str]]:
    login = "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()
    async with (
        aiohttp.ClientSession() as http,
        http.request(
            method,
            f"https://127.0.0.1:{port}{path}",
            json=body,
            headers={
                "Authorization": login,
                **{name.replace("_", "-"): text for name, text in headers.items()},
            },
            ssl=False,
        ) as reply,
    ):
        text = await reply.text()
        return reply.status, json.loads(text) if text else None, reply.headers


def message_ids(body: Any) -> list[str]:
    return [each["MessageId"] for each in body["error"]["@Message.ExtendedInfo"]]


@pytest.mark.parametrize("session", [True, False])
async def test_sushy_is_turned_away_until_the_password_is_changed(world: World, session: bool) -> None:
    def system(root: Any) -> Any:
        return root.get_system_collection().get_members()[0].power_state

    async with serving(RedfishServer(world, "bmc-01")) as port:
        with pytest.raises(Exception, match=r"(?i)password.*must be changed|403|access"):
            await by_sushy(port, system, session=session)
        _, listed, _ = await ask(port, "GET", V1)
        assert listed["AccountService"]["@odata.id"] == f"{V1}/AccountService"
        status, found, _ = await ask(port, "GET", ACCOUNTS)
        assert status == 403 and message_ids(found) == ["Base.1.15.PasswordChangeRequired"]
        (account,) = found["error"]["@Message.ExtendedInfo"][0]["MessageArgs"]
        assert (await ask(port, "PATCH", account, {"Password": NEW}))[0] == 204
        assert await by_sushy(port, system, session=session, password=NEW)
        assert (await ask(port, "GET", account))[0] == 401  # the old password is out of use


@pytest.mark.parametrize(
    ("body", "status"),
    [({"Password": "short"}, 400), ({"Password": PASSWORD}, 400), ({"UserName": "x"}, 400), ([], 400)],
)
async def test_what_breaks_the_rules_changes_nothing_and_is_not_repeated(
    world: World, body: object, status: int
) -> None:
    async with serving(RedfishServer(world, "bmc-01")) as port:
        found = await ask(port, "PATCH", f"{ACCOUNTS}/a0001", body)
        assert found[0] == status and "short" not in str(found[1])
    access = world.device("bmc-01").access
    assert (access.password, access.password_change_required, access.password_changes) == (PASSWORD, True, 0)


async def test_an_etag_that_is_old_changes_nothing(world: World) -> None:
    async with serving(RedfishServer(world, "bmc-01")) as port:
        status, account, headers = await ask(port, "GET", f"{ACCOUNTS}/a0001")
        assert status == 200 and account["PasswordChangeRequired"] is True and account["Password"] is None
        path, change = f"{ACCOUNTS}/a0001", {"Password": NEW}
        assert (await ask(port, "PATCH", path, change, If_Match='W/"old"'))[0] == 412
        assert (await ask(port, "PATCH", path, change, If_Match=headers["ETag"]))[0] == 204


async def test_the_management_port_tells_its_address(world: World) -> None:
    world.device("bmc-01").access.password_change_required = False

    def macs(root: Any) -> list[str]:
        (manager,) = root.get_manager_collection().get_members()
        path = manager.json["EthernetInterfaces"]["@odata.id"]
        listed = root._conn.get(path).json()["Members"]
        return [root._conn.get(each["@odata.id"]).json()["PermanentMACAddress"] for each in listed]

    async with serving(RedfishServer(world, "bmc-01")) as port:
        assert await by_sushy(port, macs) == ["02:1A:B0:A1:00:77"]
