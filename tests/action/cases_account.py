"""Passwords of BMCs: every way in which one must not be changed, or must not pass for changed.

What a case expects is its verdict and, behind it, everything that was done to the device.
"""

from __future__ import annotations

from typing import Any

from bringup.model.account import Account
from bringup.model.errors import NoData, Refused, TimedOut
from bringup.model.facts import Identity
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.trial import Case, Table, World, answering, case, written

STEP = {"until_s": 5.0, "every_s": 1.0}
SERIAL, MODEL = value("SN-1"), value("M-1")
EXPECT = {"serial": "SN-1", "model": "M-*"}
PINNED = {"port": 443, "fingerprint": "ab" * 32, "user": "root"}
REQUIRED = Refused("bmc: shows nothing before it has another password")


class Bmc:
    """Takes one password; `habit` is what it does besides."""

    def __init__(self, takes: str, required: bool, habit: str, serial: Read, model: Read) -> None:
        self.takes = takes
        self.required = required
        self.habit = habit
        self.did: list[str] = []
        self._identity = Identity(serial=serial, model=model)

    def account(self) -> Account:
        if self.habit == "takes neither" or (self.habit == "locks" and self.did):
            raise Refused("bmc: refused user root with the password")
        return Account(user="root", takes=self.takes, change_required=self.required)  # type: ignore[arg-type]

    def proven(self) -> Account:
        told = self.account()
        refused = None if told.takes == "password" else self.habit != "takes both"
        return Account(user="root", takes=told.takes, old_refused=refused)

    def identity(self) -> Identity:
        if self.required:
            raise REQUIRED
        return self._identity

    def change(self, word: str) -> None:
        self.did.append(word)
        if self.habit == "refuses":
            raise Refused("bmc: does not take the new password")
        if self.habit == "nothing named":
            raise NoData("bmc: the inventory names no `next_password`")
        if self.habit != "deaf":
            self.takes, self.required = ("next_password" if word == "rotate" else "password"), False
        if self.habit == "answers nothing":
            raise TimedOut("bmc: no answer")


def account_world(
    name: str,
    *,
    takes: str = "password",
    required: bool = True,
    habit: str = "",
    serial: Read = SERIAL,
    model: Read = MODEL,
    expect: dict[str, Any] | None = None,
    redfish: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    bmc = Bmc(takes, required, habit, serial, model)
    table: dict[Any, Any] = {
        (name, "account"): bmc.account,
        (name, "proven_account"): bmc.proven,
        (name, "identity"): bmc.identity,
        (name, "rotate_password"): lambda: bmc.change("rotate"),
        (name, "restore_password"): lambda: bmc.change("restore"),
    }
    answering(table, answers)
    stated = written(
        name,
        expect=EXPECT if expect is None else expect,
        redfish=PINNED if redfish is None else redfish,
        **(more or {}),
    )
    return World(subject=name, devices=[stated], table=table, did=bmc.did, intended=intended)


UNPINNED = {"port": 443, "user": "root"}
BEFORE = {"user": "root", "takes": "password", "change_required": True}
NEVER_TOUCHED: tuple[Case, ...] = (
    case("field 05 another serial", "FAIL", serial=value("SN-2"), required=False),
    case("field 05 serial unread", "FAIL", serial=NOT_AVAILABLE, required=False),
    case("field 05 another model", "FAIL", model=value("N-1"), required=False),
    case("field 05 no serial stated", "FAIL", expect={}),
    case("field 06 protected", "UNKNOWN skipped", more={"protected": True}),
    case("field 06 in service", "UNKNOWN skipped", more={"in_service": True}),
)

ROTATE = Table(
    check="first-contact.rotate_password",
    kind="action",
    world=account_world,
    reads=("account",),
    step=STEP,
    cases=(
        case("factory password that opens nothing", "PASS; rotate"),
        case("old password that opens all", "PASS; rotate", required=False),
        case("rotated before", "PASS", takes="next_password", required=False),
        case("rotated before, of another", "FAIL", takes="next_password", required=False, serial=value("X")),
        case("field 05 nothing shown and nothing pinned", "FAIL", redfish=UNPINNED),
        case(
            "field 05 another's serial shows afterwards",
            "UNKNOWN refused; rotate; restore",
            serial=value("SN-2"),
        ),
        case("field 05 no serial shows afterwards", "UNKNOWN refused; rotate; restore", serial=ABSENT),
        case("does not take it", "UNKNOWN refused; rotate", habit="refuses"),
        case("the inventory names none", "UNKNOWN no_data; rotate", habit="nothing named"),
        case("says done and did nothing", "FAIL; rotate", habit="deaf", required=False),
        case("takes the old one still", "FAIL; rotate", habit="takes both"),
        case("answer lost on the way", "PASS; rotate", habit="answers nothing", required=False),
        case(
            "field 05 answer lost on the way to another",
            "UNKNOWN timeout; rotate",
            habit="answers nothing",
            serial=value("SN-2"),
        ),
        case(
            "field 05 died in the middle, done to another",
            "FAIL",
            takes="next_password",
            required=False,
            serial=value("SN-2"),
            intended=BEFORE,
        ),
        case("takes neither afterwards", "UNKNOWN no_data; rotate", habit="locks", required=False),
        case("takes neither", "UNKNOWN refused", habit="takes neither"),
        case(
            "died in the middle, done",
            "PASS",
            takes="next_password",
            required=False,
            intended=BEFORE,
        ),
        case("died in the middle, not done", "PASS; rotate", intended=BEFORE),
        *NEVER_TOUCHED,
    ),
)

RESTORE = Table(
    check="first-contact.restore_password",
    kind="action",
    world=account_world,
    begin={"takes": "next_password", "required": False},
    reads=("account", "identity"),
    step=STEP,
    cases=(
        case("the new one is in", "PASS; restore"),
        case("the old one is in", "PASS", takes="password"),
        case("does not take it", "UNKNOWN refused; restore", habit="refuses"),
        case("says done and did nothing", "FAIL; restore", habit="deaf"),
        case(
            "died in the middle, done",
            "PASS",
            takes="password",
            intended={**BEFORE, "takes": "next_password"},
        ),
        *NEVER_TOUCHED,
    ),
)

TABLES = (ROTATE, RESTORE)
