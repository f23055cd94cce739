"""Firmware banks of CMIS: the reply to command 0100h (Get Firmware Info) where page 9Fh still holds it.

The reply has a check code of its own (byte 135: the complement of the sum of its bytes); where it is wrong,
or the page holds the reply to another command, no bank is given. Source: OIF-CMIS-05.2, chapter 9.
"""

from __future__ import annotations

from bringup.decode.module.facts import FirmwareBank
from bringup.decode.module.memory import Ledger, Memory, page_key

GET_FIRMWARE_INFO = b"\x01\x00"
_PAYLOAD = 8
"""Byte 136: where the reply begins."""
_LEAST = 110
"""Bytes of a reply that tells of both banks and of the factory's image."""
_SUCCESS, _ENDED = 0x01, 0xC0
_RUNNING, _COMMITTED, _EMPTY = 1, 2, 4
_BANKS = (("A", 0, 2), ("B", 4, 38))
"""(name, first bit of its status, where its version stands in the reply)."""


def firmware_banks(memory: Memory, status: int, ledger: Ledger) -> tuple[FirmwareBank, ...]:
    """Both banks; nothing where the reply is not there, failed, or is not whole.

    Args:
        status: that of the first command instance (lower memory, byte 37): only of a success is there a
            reply.
    """
    page = memory.half(page_key(0x9F))
    if page is None or page[:2] != GET_FIRMWARE_INFO or status & _ENDED or status & 0x3F != _SUCCESS:
        return ()
    length = page[6]
    if not _LEAST <= length <= len(page) - _PAYLOAD:
        return ()
    reply = page[_PAYLOAD : _PAYLOAD + length]
    if ~sum(reply) & 0xFF != page[7]:
        ledger.warnings.append("the check code of page 9Fh's reply is wrong: no firmware bank is given")
        return ()
    return tuple(_bank(name, reply, first, at) for name, first, at in _BANKS if reply[1] >> first // 4 & 1)


def _bank(name: str, reply: bytes, first: int, at: int) -> FirmwareBank:
    held = reply[0] >> first
    build = int.from_bytes(reply[at + 2 : at + 4], "big")
    return FirmwareBank(
        name=name,
        version=None if held & _EMPTY else f"{reply[at]}.{reply[at + 1]}.{build}",
        running=bool(held & _RUNNING),
        committed=bool(held & _COMMITTED),
        valid=not held & _EMPTY,
    )
