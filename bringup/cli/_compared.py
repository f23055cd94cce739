"""Two records read, verified and laid side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.view.comparison import Comparison, Difference

CONTRADICTS = "THE RECORD CONTRADICTS ITSELF"
VERIFIED = {
    0: "intact, known signer",
    3: "intact, not proven whole",
    4: CONTRADICTS,
}


def compared(a: RunFolder, b: RunFolder) -> Comparison:
    """What changed from `a` to `b`.

    Raises:
        BringupError: one of them can't be read.
    """
    from bringup.cli._reader import read_state
    from bringup.view.comparison import compare

    said = (_verified(a.path), _verified(b.path))
    return compare(read_state(a), read_state(b), verified=said)


def _verified(path: Path) -> str:
    from bringup.journal.verify import SignersError, verify

    try:
        return VERIFIED.get(verify(path).code, CONTRADICTS)
    except (SignersError, OSError) as error:
        return f"not verified: {error}"


def as_json(found: Comparison) -> dict[str, Any]:
    """`regressions`, `changes` and `confounders` (contracts, section 3), and the two runs."""
    import msgspec

    from bringup.view.comparison import Kind

    worse = found.of(Kind.WORSE)
    changes = found.of(Kind.BETTER, Kind.NUMBER, Kind.NOT_COMPARABLE)
    return {
        "a": msgspec.to_builtins(found.a),
        "b": msgspec.to_builtins(found.b),
        "regressions": [_difference(each) for each in worse],
        "changes": [_difference(each) for each in changes],
        "confounders": [msgspec.to_builtins(each) for each in found.confounders],
        "same": found.same,
        "unknown_in_both": found.unknown,
        "same_plan": found.same_plan,
    }


def _difference(each: Difference) -> dict[str, Any]:
    import msgspec

    told: dict[str, Any] = msgspec.to_builtins(each)
    return {name: value for name, value in told.items() if name != "size"}


def exit_code(found: Comparison) -> int:
    """4 where a record contradicts itself, 1 where something is worse, 3 where something, or all, can not be
    compared, else 0.
    """
    from bringup.model.verdict import EXIT_ACCEPTED, EXIT_CONTRADICTION, EXIT_FAIL, EXIT_UNKNOWN
    from bringup.view.comparison import Kind

    codes = (found.a.exit_code, found.b.exit_code)
    if EXIT_CONTRADICTION in codes or CONTRADICTS in (found.a.verified, found.b.verified):
        return EXIT_CONTRADICTION
    if found.of(Kind.WORSE):
        return EXIT_FAIL
    if found.of(Kind.NOT_COMPARABLE) or not (found.same or found.differences):
        return EXIT_UNKNOWN
    return EXIT_ACCEPTED
