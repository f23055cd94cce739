"""What is good enough: limits, each with its source and standing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bringup.model.inventory import Written
from bringup.model.measurement import Scalar
from bringup.model.verdict import Standing

SCHEMA = "bringup.envelope/1"
LIKE_PEERS = "like its peers"
"""How the words of a comparison with peers begin."""


class When(Written):
    """A limit applies where every key given matches. The closed list of keys.

    `gpu_model` is of an accelerator, and of what runs on accelerators of one model only; `collective`,
    `ranks`, `size_bytes` and `algorithm` are of a step that runs a collective.
    """

    medium: str | tuple[str, ...] | None = None
    role: str | tuple[str, ...] | None = None
    platform: str | tuple[str, ...] | None = None
    model: str | tuple[str, ...] | None = None
    speed_gbps: float | None = None
    stage: str | tuple[str, ...] | None = None
    step: str | tuple[str, ...] | None = None
    gpu_model: str | tuple[str, ...] | None = None
    collective: str | tuple[str, ...] | None = None
    ranks: int | None = None
    size_bytes: int | None = None
    algorithm: str | tuple[str, ...] | None = None


class Limit(Written):
    """Bounds are inclusive. `marginal` is absolute, in the unit of the quantity; `marginal_factor` a ratio.

    `same_across` names a group (`role`, `rack`, `medium`, `run`): every member must have the same value.
    `matches` is a pattern of text as in file names (`202411.*`), upper and lower case apart.

    `peer_mad` holds a number against its peers, the members of the group `peers` (as for `same_across`): it
    may lie no more than so many MADs from their median, and not less than `peer_floor` (in the unit of the
    quantity) or `peer_factor` (a ratio: then logarithms are compared) either way, or on the one `side` that
    is bad. What is no worse than `peer_from` is no outlier. Fewer than eight peers say nothing.
    """

    measure: str
    when: When = When()
    min: float | None = None
    max: float | None = None
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = None
    matches: str | None = None
    same_across: str | None = None
    peer_mad: float | None = Field(default=None, gt=0.0)
    peers: str | None = None
    peer_floor: float | None = Field(default=None, gt=0.0)
    peer_factor: float | None = Field(default=None, gt=1.0)
    peer_from: float | None = None
    side: Literal["above", "below", "both"] = "both"
    marginal: float | None = None
    marginal_factor: float | None = None
    source: str
    standing: Standing

    @property
    def grouped(self) -> bool:
        """Whether it is about a group, and not about one value by itself."""
        return self.same_across is not None or self.peer_mad is not None

    @property
    def words(self) -> str:
        """The bound in words, as a record shows it."""
        parts = []
        if self.min is not None:
            parts.append(f">= {self.min:g}")
        if self.max is not None:
            parts.append(f"<= {self.max:g}")
        if self.equals is not None:
            parts.append(f"= {self.equals}")
        if self.one_of is not None:
            parts.append("one of " + ", ".join(str(each) for each in self.one_of))
        if self.matches is not None:
            parts.append(f"like {self.matches}")
        if self.same_across is not None:
            parts.append(f"the same across {self.same_across}")
        if self.peer_mad is not None:
            far = f"a factor of {self.peer_factor:g}" if self.peer_factor else f"{self.peer_floor or 0:g}"
            parts.append(f"{LIKE_PEERS} of one {self.peers}, within {self.peer_mad:g} MAD or {far}")
        return " and ".join(parts)


class Envelope(Written):
    schema_: str = Field(default=SCHEMA, alias="schema")
    name: str
    limit: tuple[Limit, ...] = ()
