"""Two runs side by side: differences only, the worst first, and what else was different (design, 3.11)."""

from __future__ import annotations

from bringup.model.verdict import Verdict
from bringup.view.comparison import Comparison, Confounder, Difference, Kind, Side, Told
from bringup.view.fit import chosen, count, fit, page, rule, wrapped
from bringup.view.frame import Footer, Size, shortened
from bringup.view.mark import FAIL, MARGINAL, NONE, PASS, Mark, Role, Row, Tier, mark_of
from bringup.view.text import amount, visible

ABOUT_LINES = 4
CHANGE_CELLS = 14
WIDEST = 72
"""Cells of what a line is about: its values stand no further from it."""
MARKS = {Kind.WORSE: FAIL, Kind.BETTER: PASS, Kind.NUMBER: MARGINAL, Kind.NOT_COMPARABLE: NONE}
Listed = Difference | Confounder


def listed(found: Comparison, everything: bool) -> tuple[Listed, ...]:
    """What the cursor walks over: differences, and with `everything` what else was different too."""
    return (*found.differences, *found.confounders) if everything else found.differences


def body(
    found: Comparison | None, failed: str, cursor: int, everything: bool, size: Size, tier: Tier
) -> list[Row]:
    """The differences and the chosen one whole. `failed` is why there is no comparison."""
    if found is None:
        words = failed or "reading and verifying two records ..."
        role: Role = "bad" if failed else "plain"
        return [((f" {line}", role),) for line in wrapped(visible(words, 400), size.width - 2)]
    rows: list[Row] = [*_sides(found, size.width, tier), _same(found, tier), rule(size.width, tier)]
    every = listed(found, everything)
    if not every:
        return [*rows, *_nothing(found, size.width)]
    rows.append(_titles(size.width))
    cursor = min(cursor, len(every) - 1)
    lines = [_line(each, size.width, tier) for each in every]
    top, some = page(lines, cursor, max(1, size.height - len(rows) - ABOUT_LINES))
    for number, row in enumerate(some, top):
        whole = fit(row, size.width, tier)
        rows.append(chosen(whole) if number == cursor else whole)
    rows.append(rule(size.width, tier, f"{cursor + 1} of {len(every)}"))
    return [*rows, *_about(every[cursor], size.width, tier)]


def _sides(found: Comparison, width: int, tier: Tier) -> list[Row]:
    return [_side("A", found.a, width, tier), _side("B", found.b, width, tier)]


def _side(letter: str, side: Side, width: int, tier: Tier) -> Row:
    open_ = "" if side.closed else "  not closed"
    told = f"  {visible(side.run_id, 22)}  {visible(side.rack or side.playbook, 14)}{open_}  "
    return (
        (f" {letter} ", "title"),
        mark_of(side.verdict).cell(tier),
        (told, "plain"),
        (visible(side.verified, max(8, width - len(told) - 11)), "dim"),
    )


def _same(found: Comparison, tier: Tier) -> Row:
    """What the two have in common, in words and glyphs."""

    def told(good: bool, yes: str, no: str) -> Row:
        mark = PASS if good else MARGINAL
        return ((f" {yes if good else no} ", "plain"), (f"{mark.glyph(tier)} ", mark.role))

    return (
        *told(found.same_plan, "same plan", "plans differ"),
        *told(not found.software_differs, "same firmware", "firmware differs"),
        (f"  {found.same} alike, {found.unknown} known in neither", "dim"),
    )


def _nothing(found: Comparison, width: int) -> list[Row]:
    if not found.same:
        words = "Nothing was measured in both runs, so nothing can be compared."
    else:
        words = f"No difference: {count(found.same, 'verdict')} alike. d shows what else was different."
    return [((f" {line}", "plain"),) for line in wrapped(words, width - 2)]


def _cells(width: int) -> tuple[int, int]:
    """Cells of what it is about, and of each of the two values."""
    value = 15 if width >= 76 else 12
    return max(18, min(WIDEST, width - 2 * value - 6 - CHANGE_CELLS)), value


def _titles(width: int) -> Row:
    what, value = _cells(width)
    return ((f"   {'WHAT':<{what}} {'A':<{value}} {'B':<{value}} CHANGE", "dim"),)


def _line(each: Listed, width: int, tier: Tier) -> Row:
    what, value = _cells(width)
    if isinstance(each, Confounder):
        return (
            (f" {MARGINAL.glyph(tier)} ", "warn"),
            (f"{shortened(each.what, what, tier):<{what}} ", "plain"),
            (f"{visible(each.a, value):<{value}} {visible(each.b, value):<{value}} ", "plain"),
            ("differs", "dim"),
        )
    mark: Mark = MARKS[each.kind]
    name = f"{each.subject} {each.quantity or each.step}"
    return (
        (f" {mark.glyph(tier)} ", mark.role),
        (f"{shortened(name, what, tier):<{what}} ", "plain"),
        *_told(each.a, value, tier),
        *_told(each.b, value, tier),
        (visible(each.change, CHANGE_CELLS), "plain"),
    )


def _told(told: Told, cells: int, tier: Tier) -> Row:
    """The glyph of the verdict, then the value or the reason; numbers are not cut, words are."""
    mark = mark_of(told.verdict, told.reason)
    words = visible(_value(told) or _why(told), cells - 3)
    return ((f"{mark.glyph(tier)} ", mark.role), (f"{words:<{cells - 2}} ", "plain"))


def _value(told: Told) -> str:
    return amount(told.value, "", told.reading) if told.reading is not None else ""


def _why(told: Told) -> str:
    if told.verdict is None:
        return told.reason or "not reached"
    return told.reason or told.verdict.value


def _about(each: Listed, width: int, tier: Tier) -> list[Row]:
    """The chosen one whole: where, and both sides with unit and reason."""
    if isinstance(each, Confounder):
        told = [f"{each.what} was another: it may explain what differs", f"A {each.a}", f"B {each.b}"]
        return [((f" {visible(line, width - 2)}", "plain"),) for line in told]
    rows: list[Row] = [
        ((f" {visible(f'{each.stage}/{each.step}  {each.subject}  {each.quantity}', width - 2)}", "plain"),)
    ]
    for letter, told_ in (("A", each.a), ("B", each.b)):
        mark = mark_of(told_.verdict, told_.reason)
        value = f"{_value(told_)} {each.unit}".strip()
        reason = _why(told_) if told_.verdict in (None, Verdict.UNKNOWN) else ""
        rows.append(
            (
                (f" {letter} ", "title"),
                mark.cell(tier),
                (f"  {visible(f'{value}  {reason}', width - 14)}", "plain"),
            )
        )
    return rows


def footer(found: Comparison | None, failed: str, everything: bool) -> Footer:
    keys = [("j k", "move"), ("d", "all or differences"), ("y", "copy"), ("Esc", "back")]
    if found is None:
        return Footer("nothing is compared" if failed else "reading two records", "Esc goes back.", keys[-1:])
    worse, better = len(found.of(Kind.WORSE)), len(found.of(Kind.BETTER))
    rest, numbers = len(found.of(Kind.NOT_COMPARABLE)), len(found.of(Kind.NUMBER))
    doing = f"B against A: {worse} worse, {better} better, {numbers} moved, {rest} not comparable"
    others = len(found.confounders)
    next_ = (
        f"d shows {count(others, 'thing')} that also differed."
        if others and not everything
        else "Esc goes back."
    )
    return Footer(doing, next_, keys)
