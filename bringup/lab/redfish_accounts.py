"""The account service of a BMC: one account, which may still have its factory's password (DSP0266, 13.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from bringup.lab.redfish_shape import Json, collection, link
from bringup.lab.state import Access

ROOT = "/redfish/v1"
SERVICE = f"{ROOT}/AccountService"
ACCOUNTS = f"{SERVICE}/Accounts"
ACCOUNT = f"{ACCOUNTS}/a0001"
SHORTEST = 8
MESSAGE = "Base.1.15.PasswordChangeRequired"


def account_resource(path: str, access: Access) -> Json | None:
    """The service, its collection, or the account; None for any other path."""
    if path == SERVICE:
        return {
            "@odata.id": SERVICE,
            "@odata.type": "#AccountService.v1_13_0.AccountService",
            "Id": "AccountService",
            "Name": "Account Service",
            "ServiceEnabled": True,
            "MinPasswordLength": SHORTEST,
            "Accounts": link(ACCOUNTS),
        }
    if path == ACCOUNTS:
        return {"@odata.id": ACCOUNTS, **collection("ManagerAccount", "Accounts", [ACCOUNT])}
    if path == ACCOUNT:
        return {
            "@odata.id": ACCOUNT,
            "@odata.type": "#ManagerAccount.v1_10_0.ManagerAccount",
            "Id": "a0001",
            "Name": "User Account",
            "UserName": access.user,
            "Password": None,
            "RoleId": "Administrator",
            "PasswordChangeRequired": access.password_change_required,
            "Enabled": True,
        }
    return None


def etag_of(access: Access) -> str:
    """Changes with the account, and tells nothing of its password."""
    text = f"{access.user} {access.password_change_required} {access.password_changes}"
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def open_while_required(method: str, path: str) -> bool:
    """Whether a login that must change its password may do this: its account, and its own session's end."""
    return path == ACCOUNT or (method == "DELETE" and path.startswith(f"{ROOT}/SessionService/Sessions/"))


def required_message() -> Json:
    """Names the account, as the Base registry says it does."""
    return {
        "@odata.type": "#Message.v1_1_2.Message",
        "MessageId": MESSAGE,
        "Message": f"The password must be changed before access is granted: PATCH {ACCOUNT}.",
        "MessageArgs": [ACCOUNT],
        "MessageSeverity": "Critical",
        "Resolution": "Change the password by a PATCH of the account.",
    }


def change_password(access: Access, given: Json, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """(status, message id, words); 204 has neither. The password itself is repeated nowhere."""
    if headers.get("If-Match") not in (None, "*", etag_of(access)):
        return 412, "PreconditionFailed", "The ETag does not match that of the account."
    wanted = given.get("Password")
    if set(given) != {"Password"} or not isinstance(wanted, str):
        return 400, "PropertyNotWritable", "Only Password can be changed here."
    if len(wanted) < SHORTEST or wanted == access.password:
        return 400, "PropertyValueFormatError", "The value of Password does not follow the rules."
    access.password, access.password_change_required = wanted, False
    access.password_changes += 1
    return 204, "", ""
