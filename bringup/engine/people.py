"""Who is connected to a runner, where they look, and who works on what."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from bringup.engine.desk import Command, Sender
from bringup.model.errors import InputError
from bringup.model.inventory import Inventory
from bringup.model.people import Present
from bringup.model.subject import parse_subject

GONE_S = 10.0
"""A console that comes back within this time, after a lost connection say, keeps what it has taken."""
LASTS_S = 1800.0
"""How long what was taken without a console (`tell`) is held."""
MOST_CLAIMS = 1000
WORD_CHARACTERS = 200


class Sharing(msgspec.Struct, frozen=True):
    """Who else may send commands: with `share` whoever is attached as the run's own user; with a `group`
    (its name) its members too.
    """

    share: bool = False
    group: str | None = None


class Held(msgspec.Struct, frozen=True):
    """Something taken: by whom, and until when at the latest (monotonic s) where no console stands behind
    it; `lost_s` is when the console was last seen. What was taken is a question, or else a place.
    """

    sender: Sender
    at: str
    ends_s: float
    question: bool
    lost_s: float | None = None


def utc_now() -> str:
    return time.strftime("%H:%M:%SZ", time.gmtime())


class People:
    """Nothing here is durable: what stands in the record is written by the inbox."""

    def __init__(
        self,
        sharing: Sharing,
        inventory: Inventory,
        *,
        now_s: Callable[[], float] = time.monotonic,
        utc: Callable[[], str] = utc_now,
    ) -> None:
        self.sharing = sharing
        self._inventory = inventory
        self._now_s = now_s
        self._utc = utc
        self._present: dict[int, Present] = {}
        self.held: dict[str, Held] = {}

    # Who is here

    def here(self, command: Command, sender: Sender) -> None:
        """What a console says of itself, each time that something of it is another, and now and then."""
        words = ("screen", "about", "size")
        told = {name: command.arguments.get(name, "")[:WORD_CHARACTERS] for name in words}
        old = self._present.get(sender.peer)
        moved = old is None or (old.screen, old.about) != (told["screen"], told["about"])
        self._present[sender.peer] = Present(
            number=sender.peer,
            by=sender.by,
            uid=sender.uid,
            terminal=sender.terminal,
            attached=sender.attached,
            sends=not sender.attached or self.sharing.share,
            since=self._utc() if moved or old is None else old.since,
            **told,
        )

    def gone(self, peer: int) -> None:
        """The connection has ended."""
        self._present.pop(peer, None)

    @property
    def present(self) -> tuple[Present, ...]:
        """Whoever is at the rack first, then by the order in which they came."""
        return tuple(sorted(self._present.values(), key=lambda each: (each.attached, each.number)))

    # Who works on what

    def refuse_watcher(self, sender: Sender) -> None:
        """
        Raises:
            InputError: the sender only watches.
        """
        if sender.attached and not self.sharing.share:
            raise InputError(
                "this run is not shared: who is attached only watches",
                "Its owner can `tell`; a run started with --share takes commands from attached consoles.",
            )

    def claim(self, what: str, sender: Sender, questions: tuple[str, ...]) -> Callable[[], None]:
        """To take something; what does it.

        Raises:
            InputError: somebody else has it, or there is no such question or place.
        """
        if what not in questions and not self._place(what):
            raise InputError(
                f"{what!r} is no open question, and no place of this inventory",
                "Name a question, a device, or DEVICE/PORT.",
            )
        self.forget(questions)
        held = self.held.get(what)
        if held is not None and not same_hands(held.sender, sender):
            raise taken(what, held)
        if len(self.held) >= MOST_CLAIMS:
            raise InputError(f"more than {MOST_CLAIMS} things are taken", "Release some.")
        now_s = self._now_s()

        def take() -> None:
            # Known now: one that is killed the moment after it has taken something leaves nothing taken.
            seen_s = now_s if (sender.uid, sender.terminal) in self._hands() else None
            self.held[what] = Held(sender, self._utc(), now_s + LASTS_S, what in questions, seen_s)

        return take

    def forget(self, questions: tuple[str, ...]) -> None:
        """What was taken with a question that is no longer open ended with it, in the record too."""
        self.held = {what: held for what, held in self.held.items() if not held.question or what in questions}

    def release(self, what: str, sender: Sender) -> Callable[[], None]:
        """To give something back; what does it. The run's owner may give back for others.

        Raises:
            InputError: nobody has it, or somebody else.
        """
        held = self.held.get(what)
        if held is None:
            raise InputError(f"nobody has taken {what}")
        if sender.attached and not same_hands(held.sender, sender):
            raise taken(what, held)

        def give_back() -> None:
            self.held.pop(what, None)

        return give_back

    def _hands(self) -> set[tuple[int | None, str | None]]:
        """User and terminal of every console that is there."""
        return {(each.uid, each.terminal) for each in self._present.values()}

    def _place(self, what: str) -> bool:
        try:
            device = parse_subject(what).device
        except ValueError:
            return False
        return device in self._inventory.devices

    def stale(self, questions: tuple[str, ...]) -> dict[str, str]:
        """What is to be given back by itself, and why: its console is gone, or it was held for too long
        without one.
        """
        self.forget(questions)
        now_s, found = self._now_s(), {}
        there = self._hands()
        for what, held in list(self.held.items()):
            if (held.sender.uid, held.sender.terminal) in there:
                self.held[what] = msgspec.structs.replace(held, ends_s=now_s, lost_s=now_s)
            elif held.lost_s is not None and now_s - held.lost_s >= GONE_S:
                found[what] = "their console is gone"
            elif held.lost_s is None and now_s >= held.ends_s:
                found[what] = "it was held for long, and nobody is there"
        return found


def taken(what: str, held: Held) -> InputError:
    """Who has it, for whoever wanted it too."""
    return InputError(f"{what} is taken: {who(held.sender)} since {held.at}", "Ask them to release it.")


def same_hands(one: Sender, other: Sender) -> bool:
    """The same user at the same terminal."""
    return (one.uid, one.terminal) == (other.uid, other.terminal)


def who(sender: Sender) -> str:
    """A name, and the terminal that tells two of one name apart."""
    return f"{sender.by} ({sender.terminal})" if sender.terminal else sender.by
