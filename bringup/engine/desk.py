"""The desk: the one inbox for people and scripts. Each command becomes an event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from bringup.engine.clock import EngineClock
from bringup.engine.guard import Refusal
from bringup.engine.ledger import Row
from bringup.model.errors import InputError
from bringup.model.people import Present

VERBS = (
    "answer",
    "skip",
    "waive",
    "note",
    "pause",
    "continue",
    "retest",
    "replace",
    "put-back",
    "watch",
    "put",
    "attach",
    "abort",
    "close",
    "claim",
    "release",
    "head",
    "here",
)
"""`head` and `here` change nothing and are not recorded: the one tells the size and root that an approval is
signed over, the other who is there and looks at what.
"""


class Sender(msgspec.Struct, frozen=True):
    """Who sent a command: a user's name, and the way it came (socket, answers file, signal); what the kernel
    says of the process behind it; the connection's number (`peer`).

    `attached`: from an attached console, as it says itself, or from a user who does not own the run.
    """

    by: str
    via: str
    uid: int | None = None
    terminal: str | None = None
    attached: bool = False
    peer: int = 0


class Command(msgspec.Struct, frozen=True):
    """One command. `arguments` are texts by name: `answer` has question and value, and may have `asked`, the
    `seq` of the question as it was read; `skip`, `waive` and `retest` have `step` (`STAGE/STEP`) and, where
    it is about one, `subject`; `replace` has `old`, `new` and what goes with them; `claim` and `release` have
    `what`; `put` has `label` as it was scanned, and may have `port`, `stop`, `stated`; `attach` has `port`,
    `file` and perhaps `form`; `here` has `screen`, `about` and `size`; approvals carry `signed_text` and
    `signature`. With `dry_run` nothing is done.
    """

    verb: str
    arguments: dict[str, str] = {}
    why: str | None = None
    attached: bool = False


class Reply(msgspec.Struct, frozen=True):
    """`seq` is the event that the command became; `error` says why it was refused. `rows` run again by it.
    `people` are all who are there, `you` the number of whoever asked.
    """

    ok: bool
    seq: int | None = None
    error: str | None = None
    size: int | None = None
    root: str | None = None
    rows: tuple[Row, ...] = ()
    people: tuple[Present, ...] = ()
    you: int | None = None


class Question(msgspec.Struct, frozen=True):
    """A question that is open. `seq` is its `Asked`; `row` the planned row that waits for the answer."""

    id: str
    seq: int
    row: Row
    form: str
    choices: tuple[str, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """An answer, and who gave it; signed where it is an approval."""

    value: str
    by: str
    simulated: bool = False
    signed_text: str | None = None
    signature: str | None = None
    signer: str | None = None


class Interrupted(Exception):
    """The run is to stop: what is under way ends without a verdict and starts again when it goes on."""


class Desk:
    """Holds open questions and the switches that a person can throw. One event loop only."""

    def __init__(self) -> None:
        self._questions: dict[str, tuple[Question, asyncio.Future[Given]]] = {}
        self._settled: dict[str, str] = {}
        self._running = asyncio.Event()
        self._running.set()
        self.stop = asyncio.Event()
        self.closing = asyncio.Event()
        self.work = asyncio.Event()
        self.aborted = False

    def open(self, question: Question) -> asyncio.Future[Given]:
        """A question that may be answered from now on. The future raises `Refusal` where it is skipped."""
        future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._questions[question.id] = (question, future)
        self._settled.pop(question.id, None)
        return future

    def settle(self, question: str) -> None:
        """The question is no longer open."""
        _, future = self._questions.pop(question)
        if not future.cancel() and not future.cancelled():
            future.exception()  # skipped in the moment in which the run stopped: nobody waits to hear it

    @property
    def open_questions(self) -> tuple[str, ...]:
        return tuple(name for name, (_, future) in self._questions.items() if not future.done())

    def question(self, name: str) -> Question:
        """The open question of that id.

        Raises:
            InputError: no such question is open.
        """
        if name in self._settled and name not in self.open_questions:
            raise InputError(f"{name} {self._settled[name]}", "Nothing was sent twice.")
        if name not in self.open_questions:
            raise InputError(
                f"no question {name!r} is open", f"Open are: {', '.join(self.open_questions) or 'none'}."
            )
        return self._questions[name][0]

    def answer(self, question: str, given: Given, how: str = "") -> None:
        """Hand an answer to whoever waits for it. `how` it ended, in words, is for those who come too late.

        Raises:
            InputError: no such question is open.
        """
        self.question(question)
        self._questions[question][1].set_result(given)
        self._settled[question] = how or f"was answered by {given.by}: {given.value}"

    def withdraw(self, row: Row, refusal: Refusal, how: str = "") -> bool:
        """End the questions of a row unanswered; whether there were any. Whoever asked ends the row."""
        found = [
            (question.id, future)
            for question, future in self._questions.values()
            if question.row == row and not future.done()
        ]
        for name, future in found:
            future.set_exception(refusal)
            self._settled[name] = how or refusal.message
        return bool(found)

    def remember(self, question: str, how: str) -> None:
        """How a question ended before this runner began, or without this desk."""
        self._settled[question] = how

    async def rest(self, clock: EngineClock, seconds: float) -> None:
        """Let `seconds` of the world pass.

        Raises:
            Interrupted: the run is to stop, now or before that.
        """
        if self.stop.is_set():
            raise Interrupted
        sleeping = asyncio.ensure_future(clock.sleep(seconds))
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
            if self.stop.is_set():
                raise Interrupted
        finally:
            sleeping.cancel()
            stopping.cancel()

    async def going(self) -> bool:
        """Wait while paused; False when the run is to stop."""
        waiting = asyncio.create_task(self._running.wait())
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            stopping.cancel()
        return not self.stop.is_set()

    def pause(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def abort(self) -> None:
        """A person stops the run for good: what has not ended is UNKNOWN `aborted`."""
        self.aborted = True
        self.stop.set()
        self.work.set()

    def interrupt(self) -> None:
        """Stop cleanly, to be resumed."""
        self.stop.set()
        self.work.set()

    def close(self) -> None:
        """End the runner when nothing is left to do."""
        self.closing.set()
        self.work.set()


Handler = Callable[[Command, Sender], Awaitable[Reply]]


def read_command(line: bytes) -> Command:
    """One command from one line of JSON.

    Raises:
        InputError: it is no command.
    """
    try:
        command = msgspec.json.decode(line, type=Command)
    except (ValueError, RecursionError) as error:  # also what is no UTF-8, or nested without end
        raise InputError(f"that is no command: {error}", "See `bringup tell --help`.") from error
    if command.verb not in VERBS:
        raise InputError(f"no command is called {command.verb!r}", f"There are: {', '.join(VERBS)}.")
    return command


def reply_line(reply: Reply) -> bytes:
    return msgspec.json.encode(reply) + b"\n"
