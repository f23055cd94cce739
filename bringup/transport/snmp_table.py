"""A table as it is walked: names must rise, values must be whole, and the end must be seen."""

from __future__ import annotations

from bringup.transport.base import SnmpValue
from bringup.transport.snmp_ber import (
    END_OF_VIEW,
    INTEGER,
    INTEGER_BYTES_MAX,
    MISSING,
    NULL,
    NUMBERS,
    OID,
    SEQUENCE,
    TEXTS,
    DamagedError,
    Pdu,
    Variable,
    arcs,
    encoded_name,
    oid_text,
    read_variable,
)


class CircleError(DamagedError):
    """A name does not follow the one before it: the walk would never end, or miss rows."""


class Table:
    """The variables under one encoded OID, in the agent's order.

    Pages are read in one loop: a binding in the column of the one before it, which is nearly every one,
    costs no call. `found` grows with each page.
    """

    def __init__(self, base: bytes) -> None:
        self._base = base
        self._before: Variable | None = None
        # The column under way: `06 SIZE PREFIX` as its names begin, how many bytes their last arc has, the
        # largest such arc so far, and how the prefix is written.
        self._column = b""
        self._arc_bytes = 1
        self._last = -1
        self._text = ""
        self.found: list[tuple[str, SnmpValue]] = []
        self.next_name = base

    def add(self, pdu: Pdu) -> bool:
        """Take a page in; whether the table is complete. Raises `DamagedError`, `CircleError` among them."""
        data, at, end = pdu.data, pdu.at, pdu.end
        if at == end:
            raise DamagedError("nothing at all in answer to GETBULK")
        while at < end:
            stop = self._in_column(data, at, end) if data.startswith(self._column, at + 2) else at
            if stop == at:
                variable, stop = read_variable(data, at, end)
                if not self._take(variable):
                    return True
            at = stop
        self.next_name = encoded_name(self._before) if self._before is not None else self._base
        return False

    def _in_column(self, data: bytes, at: int, end: int) -> int:
        """Read bindings while they stay in the column and are plain; where the first other one begins."""
        column, arc_bytes, last, text = self._column, self._arc_bytes, self._last, self._text
        skip, append, before = 2 + len(column), self.found.append, at
        try:
            while at < end and data.startswith(column, at + 2):
                value = at + skip
                arc = data[value]
                if arc_bytes == 2:
                    value += 1
                    arc = (arc & 0x7F) << 7 | data[value] if arc > 0x7F and data[value] < 0x80 else -1
                tag, size, start = data[value + 1], data[value + 2], value + 3
                stop = start + size
                if (
                    data[at] != SEQUENCE
                    or stop - at - 2 != data[at + 1]
                    or stop - at > 0x81  # no long form of a length
                    or stop > end
                    or not last < arc <= (0x3FFF if arc_bytes == 2 else 0x7F)
                ):
                    break
                if tag in NUMBERS and 0 < size <= INTEGER_BYTES_MAX:
                    append((f"{text}{arc}", int.from_bytes(data[start:stop], "big", signed=tag == INTEGER)))
                elif tag in TEXTS:
                    append((f"{text}{arc}", data[start:stop]))
                else:
                    break
                last, at = arc, stop
        except IndexError:
            pass  # cut short: the caller reads this binding again and says so
        if at != before:
            self._last = last
            self._before = Variable(column[2:], last, INTEGER, None)
        return at

    def _take(self, variable: Variable) -> bool:
        """Any binding. Whether it still belongs to the table."""
        if variable.tag == END_OF_VIEW or not variable.prefix.startswith(self._base):
            return False
        if variable.tag in MISSING or variable.tag == NULL:
            raise DamagedError("no value where GETBULK must have one")
        before = self._before
        if before is not None and arcs(variable.prefix, variable.last) <= arcs(before.prefix, before.last):
            raise CircleError("a name that does not follow the one before it")
        self._before = variable
        self.found.append((oid_text(variable.prefix, variable.last), variable.value))
        arc_bytes = 1 if variable.last < 0x80 else 2
        size = len(variable.prefix) + arc_bytes
        if variable.last < 0x4000 and size < 0x80:
            self._column = bytes((OID, size)) + variable.prefix
            self._arc_bytes, self._last = arc_bytes, variable.last
            self._text = oid_text(variable.prefix, 0)[:-1]
        else:
            self._column = b"\xff"  # no name begins so
        return True
