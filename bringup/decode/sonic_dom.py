"""SONiC `sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_DOM_SENSOR|*"`: when each module was last read.

Source: the daemon xcvrd writes `last_update_time` beside the monitors, in UTC, to the second, from release
202411 on; before, the field is not there.
"""

from __future__ import annotations

import datetime

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of

KEY = "TRANSCEIVER_DOM_SENSOR|"
STAMP = "%a %b %d %H:%M:%S %Y"
KNOWN_TO_S = 1.0


def _updated(port: str, entry: object) -> float | None:
    fields = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(fields, dict):
        raise Damaged(f"{port[:40]!r} has no fields")
    told = fields.get("last_update_time", "N/A")
    if not isinstance(told, str):
        raise Damaged(f"{port[:40]!r} has a time that is no text")
    if told in ("N/A", ""):
        return None
    try:
        stamp = datetime.datetime.strptime(told, STAMP)
    except ValueError:
        raise Damaged(f"{told[:40]!r} is no time of an update") from None
    return stamp.replace(tzinfo=datetime.UTC).timestamp()


def _parse(data: bytes) -> Found:
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    top = json_of(data)
    if not isinstance(top, dict) or not all(key.startswith(KEY) and len(key) > len(KEY) for key in top):
        raise Damaged("these are not the monitors of modules by port")
    if not top:
        raise Nothing("the daemon has read no module")
    updated: dict[str, object] = {key.removeprefix(KEY): _updated(key, entry) for key, entry in top.items()}
    return Found(facts={"updated_unix_s": updated})


DOM = Format(
    name="sonic.dom-times",
    title='SONiC: sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_DOM_SENSOR|*"',
    sniff=lambda head: 90 if b'"TRANSCEIVER_DOM_SENSOR|' in head[:400] else 0,
    parse=_parse,
    facts={"updated_unix_s": dict[str, float | None]},
)
FORMATS = (DOM,)
