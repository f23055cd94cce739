"""Turns what a decoder made of a reply into facts for a driver, or into the error that its subjects deserve."""

from __future__ import annotations

from bringup.decode.registry import Format
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Decoded


def facts_of(made: Format, reply: bytes, *, device: str, request: str) -> Decoded:
    """`reply` decoded as `made`, where that is `ok`.

    Raises:
        Unparsable: the reply can't be read.
        NoData: it is a clean answer that holds nothing.
    """
    decoded = made.decode(reply)
    why = decoded.warnings[0] if decoded.warnings else "no reason given"
    if decoded.outcome == "unparsable":
        raise Unparsable(
            f"{device}: the reply to `{request}` can't be read as {made.name}: {why}",
            "Compare the raw reply, kept as evidence, with what this release of the device's software prints.",
        )
    if decoded.outcome != "ok":
        raise NoData(
            f"{device}: `{request}` gave nothing: {why}",
            "Run the same command on the device by hand; a device that has just started may need a minute.",
        )
    return decoded
