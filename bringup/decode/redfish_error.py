"""A Redfish error body: never anything else than unparsable, but its code and message are told."""

from __future__ import annotations

import re

from bringup.decode.json_field import as_object
from bringup.decode.redfish_resource import refuse_error
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, json_of

_ERROR = re.compile(rb'^\s*\{\s*"error"\s*:\s*\{')


def _parse(data: bytes) -> Found:
    refuse_error(as_object(json_of(data), "the error"))
    raise Damaged("this is no error of a Redfish service")


ERROR = Format(
    name="redfish.error",
    title="Redfish: an error",
    sniff=lambda head: 85 if _ERROR.match(head) and b"ExtendedInfo" in head else 0,
    parse=_parse,
    facts={"code": str | None, "message": str | None},
)
FORMATS = (ERROR,)
