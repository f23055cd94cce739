"""The error tree, split by who must act. Every error says what happened, where, and what to do."""

from __future__ import annotations


class BringupError(Exception):
    """Base of all errors that a person is meant to read.

    `message` says what happened and where; `advice` what would help. Neither ever holds a secret.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}. {self.advice}" if self.advice else self.message


class InputError(BringupError):
    """The person who wrote the file or the command must act. Exit code 2, nothing touched.

    `problems` holds every problem found, each `FILE:LINE: FIELD: what is wrong; what would be right`.
    """

    def __init__(self, message: str, advice: str = "", problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, advice)
        self.problems = problems


class DeviceError(BringupError):
    """A device could not be read or changed; `reason` is the `Reason` that its subjects get."""

    reason = "no_data"


class Unreachable(DeviceError):
    """No route, no name, or the connection timed out."""

    reason = "unreachable"


class Refused(DeviceError):
    """The peer said no: reset, credentials, host key, certificate, SNMPv3 report, HTTP 401/403."""

    reason = "refused"


class TimedOut(DeviceError):
    """Something was sent and no answer came within the deadline."""

    reason = "timeout"


class Unparsable(DeviceError):
    """An answer came that can't be read: truncated, garbage, wrong type, over-long."""

    reason = "unparsable"


class NoData(DeviceError):
    """A clean answer that says: I have none of this (unsupported command, empty table)."""

    reason = "no_data"


class Outdated(DeviceError):
    """What is known of it is older than the last time that it changed."""

    reason = "stale"


class JournalError(BringupError):
    """The record can't be written or trusted: stop now."""
