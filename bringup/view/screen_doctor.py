"""What works on this machine: each check with what it found and what to do about it (`bringup doctor`)."""

from __future__ import annotations

from bringup.view.examination import Examination, Finding
from bringup.view.fit import chosen, count, fit, page, rule, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import FAIL, NONE, PASS, Mark, Row, Tier
from bringup.view.text import visible

ABOUT_LINES = 4
MARKS = {True: PASS, False: FAIL, None: NONE}
WORDS = {True: "ok", False: "MISSING", None: "absent"}


def body(found: Examination | None, failed: str, cursor: int, size: Size, tier: Tier) -> list[Row]:
    """The list, and the chosen one whole. `failed` is why there is none."""
    head: list[Row] = [((f" {'CHECK':<14} {'STATE':<9} FOUND", "dim"),), rule(size.width, tier)]
    if found is None:
        words = failed or "looking at this machine: tools, libraries, keys, places ..."
        return [*head, *_wrapped(words, size.width, bad=bool(failed))]
    if not found.findings:
        return [*head, *_wrapped("Nothing was looked at.", size.width, bad=False)]
    cursor = min(cursor, len(found.findings) - 1)
    lines = [_line(each, size.width, tier) for each in found.findings]
    top, some = page(lines, cursor, max(1, size.height - len(head) - ABOUT_LINES))
    rows = list(head)
    for number, row in enumerate(some, top):
        whole = fit(row, size.width, tier)
        rows.append(chosen(whole) if number == cursor else whole)
    one = found.findings[cursor]
    rows.append(rule(size.width, tier, visible(one.what, 40)))
    rows += _wrapped(one.says, size.width, bad=False)[:2]
    advice = one.advice if one.good is not True else ""
    return [*rows, *[((f" {line}", "advice"),) for line in wrapped(visible(advice, 300), size.width - 2)[:1]]]


def _line(finding: Finding, width: int, tier: Tier) -> Row:
    mark: Mark = MARKS[finding.good]
    return (
        (f" {visible(finding.what, 14):<14} ", "plain"),
        (f"{mark.glyph(tier)} {WORDS[finding.good]:<7} ", mark.role),
        (visible(finding.says, max(10, width - 26)), "plain"),
    )


def _wrapped(words: str, width: int, *, bad: bool) -> list[Row]:
    return [((f" {line}", "bad" if bad else "plain"),) for line in wrapped(visible(words, 400), width - 2)]


def footer(found: Examination | None, failed: str = "") -> Footer:
    keys = [("j k", "move"), ("Enter", "look again"), ("Esc", "back")]
    if found is None:
        doing = "could not look" if failed else "looking"
        return Footer(doing, "Esc goes back.", keys[1:])
    if found.missing:
        doing = f"{count(found.missing, 'thing')} missing of {len(found.findings)} looked at"
        return Footer(doing, "What is missing stands first, with what to do about it.", keys)
    return Footer(
        f"{count(len(found.findings), 'thing')} looked at, none missing", "All that is needed is here.", keys
    )
