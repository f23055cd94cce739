"""What can go wrong with a record. All are `JournalError`: whoever gets one stops acting on devices."""

from __future__ import annotations

from bringup.model.errors import JournalError

__all__ = ["DiskFull", "EventRefused", "Fenced", "Gap", "Held", "JournalError", "Poisoned"]


class EventRefused(JournalError):
    """This event can't be written as it is (NaN, an integer of 2^53 or more, a key that is not ASCII).

    Nothing was stamped or written; the journal is as good as before.
    """


class DiskFull(JournalError):
    """The disk is full. What was accepted is kept; `wind_up` lets the end be written from the reserve."""


class Fenced(JournalError):
    """Another runner has taken this run over; this one must not touch a device again."""


class Held(JournalError):
    """Another runner holds the run. The message names host, pid and since when."""


class Poisoned(JournalError):
    """A write or sync failed: nobody knows what reached the disk. Close, open again, recover."""


class Gap(JournalError):
    """A reader found events missing: `first` to `last`. What stands before them was given out."""

    def __init__(self, message: str, advice: str, first: int, last: int) -> None:
        super().__init__(message, advice)
        self.first, self.last = first, last
