"""A BMC's factory password is put out of use, and can be put back.

A BMC that insists on it (PasswordChangeRequired) shows nothing of itself before, not even its serial. What is
known of it then is its certificate, which the inventory pins and every connection is held against; the serial
is read as soon as it can be, and where it is another's, the old password is put back at once.
"""

from __future__ import annotations

from typing import Literal

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.identity import identity_of, mismatch
from bringup.check.base import At
from bringup.driver.redfish_account import KeepsPassword
from bringup.model.account import Account, WhichPassword
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError, Refused
from bringup.model.inventory import Inventory

To = Literal["rotate", "restore"]
FACTORY = "the password is the factory's again"


class ChangePassword(Plain):
    """`to` rotate: `next_password` takes the place of `password`; restore: the other way round."""

    probe_words = "log in with the new password; once that works, the old one must be refused"

    def __init__(self, to: To) -> None:
        self._to = to
        self._wanted: WhichPassword = "next_password" if to == "rotate" else "password"

    def target(self, inventory: Inventory, subject: str) -> str:
        return subject

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """Who else logs in with the old password is no subject of the inventory's."""
        return ()

    def alters(self, before: State) -> tuple[Alteration, ...]:
        if self._to == "rotate":
            return ()
        return (Alteration(FACTORY, "put the new password in again", "first-contact.rotate_password"),)

    def restores(self) -> tuple[str, ...]:
        return (FACTORY,) if self._to == "rotate" else ()

    def undo(self, before: State) -> str | None:
        """In words; `first-contact.restore_password` does it."""
        if before.get("takes") == self._wanted:
            return None
        return "put the old password back" if self._to == "rotate" else "put the new password in again"

    async def _account(self, at: At, subject: str, method: str = "account") -> Account:
        told: Account = (await at.read(subject, KeepsPassword, method)).facts
        return told

    async def before(self, at: At, subject: str) -> State:
        """Which of the two it takes, by name; never what they are."""
        told = await self._account(at, subject)
        return {"user": told.user, "takes": told.takes, "change_required": told.change_required}

    def already(self, at: At, before: State) -> bool:
        return before.get("takes") == self._wanted and not before.get("change_required")

    async def identify(self, at: At, subject: str) -> State:
        """Serial and model; where the BMC shows none before it has another password, its pinned
        certificate.
        """
        told = await self._account(at, subject)
        if not told.change_required:
            return await identity_of(at, subject)
        settings = at.inventory.devices[subject].redfish
        pinned = None if settings is None or not settings.tls else settings.fingerprint
        return {"serial": None, "model": None, "pinned_certificate": pinned}

    async def apply(self, at: At, subject: str) -> None:
        """Raises: Refused: it was another device's, which has its old password again."""
        unseen = (await self._account(at, subject)).change_required
        method = "rotate_password" if self._to == "rotate" else "restore_password"
        await at.change(subject, KeepsPassword, method)
        if not unseen or self._to != "rotate":
            return
        wrong = mismatch(at.inventory, subject, await identity_of(at, subject))
        if wrong is not None:
            await at.change(subject, KeepsPassword, "restore_password")
            raise Refused(
                f"{wrong}; its old password was put back",
                "Trace the management cable; correct the inventory only if it is wrong.",
            )

    async def arrived(self, at: At, subject: str) -> Outcome:
        """The new password works, the old one is refused, and the serial that shows by now is right."""
        told = await self._account(at, subject, "proven_account")
        if told.takes != self._wanted or (self._to == "rotate" and told.old_refused is not True):
            return "not_done"
        return "not_done" if await self._another(at, subject) else "done"

    async def _another(self, at: At, subject: str) -> bool:
        return mismatch(at.inventory, subject, await identity_of(at, subject)) is not None

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """Logging in tells: a device takes one of the two. One that takes neither has told nothing."""
        try:
            told = await self._account(at, subject)
            if told.takes != self._wanted:
                return "not_done"
            return "unknown" if await self._another(at, subject) else "done"
        except DeviceError:
            return "unknown"


SPECS = (
    Spec(
        name="first-contact.rotate_password",
        kind="action",
        title="Rotate password",
        about="Puts the inventory's `next_password` in place of a BMC's factory password, and proves both.",
        over="device",
        transport="redfish",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=lambda: ChangePassword("rotate"),
    ),
    Spec(
        name="first-contact.restore_password",
        kind="action",
        title="Restore password",
        about="Puts the old password back: the undo of `first-contact.rotate_password`.",
        over="device",
        transport="redfish",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=lambda: ChangePassword("restore"),
    ),
)
