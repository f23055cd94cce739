"""Durations as people write them: `500ms`, `20s`, `2m`, `1h`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

PATTERN = r"^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)$"
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
CAP_S = 30 * 24 * 3600.0


def seconds(text: str) -> float:
    """Seconds of a duration.

    Raises:
        ValueError: with what is wrong and, after a semicolon, what would be right.
    """
    found = re.match(PATTERN, text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is no duration; write a number with its unit: 500ms, 20s, 2m or 1h")
    amount = round(float(found[1]) * _UNITS_S[found[2]], 6)
    if amount > CAP_S:
        raise ValueError(f"{text[:40]!r} is longer than 30 days; give a shorter one")
    return amount


def _checked(text: str) -> str:
    seconds(text)
    return text


def _positive(text: str) -> str:
    if seconds(text) == 0:
        raise ValueError(f"{text!r} leaves no time at all; give more than zero")
    return text


# The pattern stands in the JSON Schema only: our own message says more than pydantic's.
_SCHEMA = Field(json_schema_extra={"pattern": PATTERN, "examples": ["500ms", "20s", "2m", "1h"]})
Duration = Annotated[str, AfterValidator(_checked), _SCHEMA]
PositiveDuration = Annotated[str, AfterValidator(_positive), _SCHEMA]
