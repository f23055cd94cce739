"""What the console does beside frames and keys, which never wait for it: whether somebody does the run, the
causes of what failed, pages of the record, whether it verifies.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bringup.tui.feed import Feed
from bringup.tui.outside import Verified
from bringup.tui.pages import Pages
from bringup.tui.picture import Picture
from bringup.view.scene import Look
from bringup.view.screen_journal import matches

AGAIN_S = 0.1
PAGES_S = 0.05
OF_THE_RECORD = ("journal", "filter")
Verify = Callable[[Path], Awaitable[Verified]]


class Beside:
    """`wrong` takes what went wrong. Await `look`, `diagnose` and `turn_pages` for as long as the console is
    there, and `end` then.
    """

    def __init__(
        self, feed: Feed, picture: Picture, verify: Verify, wrong: Callable[[Exception], object]
    ) -> None:
        self._feed, self._picture = feed, picture
        self._verify, self._wrong = verify, wrong
        self._pages = Pages(feed.folder, matches)
        self._verifying: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Whether somebody does the run; and when it is time to verify."""
        while True:
            await self._tried(self._picture.look())
            if self._picture.verify_due():
                self.verify()
            await asyncio.sleep(AGAIN_S)

    async def diagnose(self) -> None:
        while True:
            await self._tried(self._picture.diagnose())
            await asyncio.sleep(AGAIN_S)

    async def turn_pages(self, where: Callable[[], Look]) -> None:
        """Fetch what the journal screen looks at, where it is not at hand."""
        while True:
            look, picture = where(), self._picture
            if look.screen in OF_THE_RECORD:
                await self._tried(self._turn(look))
            searching = look.filter and look.filter == picture.page.word
            more = searching and picture.page.searched < self._feed.read
            await asyncio.sleep(0 if more else PAGES_S)

    async def _turn(self, look: Look) -> None:
        feed, picture = self._feed, self._picture
        near = feed.read - len(feed.recent)
        picture.page = await self._pages.page(look, feed.read, near, picture.page)

    def verify(self) -> None:
        """Begin anew; one that is under way ends."""
        if self._verifying is not None:
            self._verifying.cancel()
        self._verifying = asyncio.create_task(self._verified(), name="verify")

    async def _verified(self) -> None:
        began_s = time.monotonic()
        try:
            self._picture.verified = await self._verify(self._feed.folder.path)
            self._picture.verifying_took(time.monotonic() - began_s)
        except Exception as error:
            self._wrong(error)
            self._picture.verified = Verified(f"NOT VERIFIED: {type(error).__name__}: {error}")

    async def _tried(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            self._wrong(error)

    async def end(self) -> None:
        """Nothing is left running."""
        if self._verifying is not None:
            self._verifying.cancel()
            await asyncio.wait({self._verifying})
