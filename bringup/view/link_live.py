"""One link, live, as rows: the big word, both ends side by side with every lane against its limit, and what
hands should do. Drawn for the console and for `bringup watch` alike (console design, 3.4).
"""

from __future__ import annotations

import msgspec

from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Live, Phase
from bringup.view.block import block
from bringup.view.fit import fit, spaced
from bringup.view.link_pane import both_ends, ladders, short
from bringup.view.link_trend import weakest_row
from bringup.view.mark import Role, Row, Tier
from bringup.view.text import visible

LASERS = "LASERS MAY BE ON: VIDEO PROBE ONLY"
WIDE = 100
"""Columns from which the big word has three rows."""
DARK_SENT = "no light sent when last read, and nothing holds it off"
STEPS = ("inspect", "clean", "inspect", "plug in")
"""What hands do while a fibre is out: no reading tells one from the next, a person steps on."""
UNSTEPPED = -1
"""Where there is no key to step on with: all of the steps at once."""
BELLS = {
    Phase.NOT_GOOD: 1,
    Phase.UNPLUGGED: 1,
    Phase.GOOD: 2,
    Phase.WRONG_PORT: 3,
    Phase.LOST: 3,
}
"""Once a person is needed, twice a pass was held, three times stop."""
_ROLES: dict[Phase, Role] = {
    Phase.NOT_GOOD: "bad",
    Phase.WRONG_PORT: "bad",
    Phase.LOST: "bad",
    Phase.GOOD: "good",
    Phase.HANDS_OFF: "running",
    Phase.UNPLUGGED: "ask",
}


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A link to draw. `history` are its last moments, the newest is now. `step` counts how far a person says
    to be while the fibre is out; `since` is the look after which the best value counts.
    """

    history: tuple[Live, ...]
    place: str = ""
    far_place: str = ""
    step: int = 0
    since: int = 0
    tier: Tier = "unicode"

    @property
    def now(self) -> Live:
        return self.history[-1]


def big_word(live: Live, step: int = 0) -> str:
    """What is read at arm's length."""
    match live.phase:
        case Phase.UNPLUGGED if step != UNSTEPPED:
            return STEPS[min(step, len(STEPS) - 1)]
        case Phase.NOT_GOOD if live.plugged_s is None and _by_light(live):
            return "unplug"
    return live.phase.value.replace("_", " ")


def advice(live: Live, step: int = 0) -> str:
    """What a person does now."""
    here = live.subject
    match live.phase:
        case Phase.READING:
            return "Wait: it is being read."
        case Phase.UNPLUGGED if step == UNSTEPPED:
            return "Video probe at both ends; clean only what is dirty; probe; plug in till it clicks."
        case Phase.UNPLUGGED:
            return (
                "Look at both end faces with a video probe. Never by eye.",
                "Clean only what is dirty: one click, dry, then wet-dry. Inspect again.",
                "Look again. Still dirty: clean again.",
                f"Plug into {here} until it clicks. Then hands off.",
            )[min(step, len(STEPS) - 1)]
        case Phase.HANDS_OFF:
            return f"Leave it alone for {_left_s(live):.0f} s. If it stays low: unplug, inspect, clean again."
        case Phase.GOOD:
            return "Provisional: r measures it again, and only that is the verdict."
        case Phase.WRONG_PORT:
            return f"STOP. Put it back into {live.wrong}, not {here}."
        case Phase.NO_LIGHT:
            return "The far end is not proven to send: no fibre work. Bring up the far end first."
        case Phase.LOST:
            return "Nothing is known of it now. Touch nothing; it is asked again."
        case Phase.NOT_MEASURED:
            return "Nothing is bad, and not all was told. It is asked again."
        case Phase.ENDED:
            return "It is watched no longer."
    if not _by_light(live):
        return f"Not the light: {live.trouble or 'see the failure'}. No fibre work helps that."
    if live.plugged_s is None:
        return f"Unplug {here}; inspect both ends, clean only what is dirty."
    return "It stays bad: unplug, inspect and clean both ends; then a known-good jumper."


def bells(before: Live | None, live: Live) -> int:
    """How often to ring at a look; only a change rings."""
    return 0 if before is not None and before.phase is live.phase else BELLS.get(live.phase, 0)


def line_of(live: Live) -> Row:
    """One look in one line, for a pipe, a file or a screen reader."""
    told: list[str] = []
    for end in live.ends:
        levels = " ".join(f"{lane.index}:{short(lane.rx)}" for lane in end.lanes) or "no lane"
        told.append(f"{visible(end.subject, 60)} {visible(end.error, 20) if end.error else levels}")
    word = big_word(live, UNSTEPPED).upper()
    held = f"held {min(live.held_s, live.hold_s):.0f} of {live.hold_s:g} s"
    trouble = f" ({visible(live.wrong or live.trouble, 120)})" if live.wrong or live.trouble else ""
    return ((f"{word}{trouble}  {held}  {'  '.join(told)}", _ROLES.get(live.phase, "plain")),)


def link_rows(drawing: Drawing, width: int, height: int) -> list[Row]:
    """At most `height` rows; what matters least is left out first."""
    live, tier = drawing.now, drawing.tier
    parts: list[tuple[int, list[Row]]] = [
        (1, [_header(drawing, width)]),
        (5, [_target(live)]),
        (7, [()]),
        (0, _word(drawing, width)),
        (2, [_progress(live, tier, width)]),
        (0, both_ends(live, width, tier)),
        (3, ladders(live, width, tier)),
        (4, [weakest_row(drawing.history, drawing.since, width, tier)]),
        (6, [_states(live)]),
        (0, [_lasers(live)]),
        (5, [((" unplug, inspect, clean if dirty, inspect, plug until it clicks, HANDS OFF", "dim"),)]),
    ]
    while sum(len(rows) for _, rows in parts) > height and parts[-1:]:
        least = max(parts, key=lambda part: part[0])
        if least[0] == 0:
            break
        parts.remove(least)
    return [row for _, rows in parts for row in rows]


def _header(drawing: Drawing, width: int) -> Row:
    live = drawing.now
    near = live.ends[0] if live.ends else None
    asked = f"read each {near.every_s:g} s" if near is not None and near.every_s else ""
    newest = f"newest {live.newest_s:.0f} s old" if live.newest_s is not None else "nothing read yet"
    age = "  ".join(filter(None, (asked, newest)))
    name = visible(drawing.place or live.subject, max(8, width - len(age) - 3))
    module = visible(near.module, max(0, width - len(age) - len(name) - 6)) if near is not None else ""
    left: Row = ((f" {name}", "title"), (f"  {module}", "dim"))
    gap = width - len(age) - 1 - sum(len(text) for text, _ in left)
    return fit((*left, (" " * max(1, gap), "plain"), (age, "dim")), width, drawing.tier)


def _target(live: Live) -> Row:
    near = live.ends[0] if live.ends else None
    if near is None or near.low_dbm is None:
        return ((" Target: no limit is known for received light here.", "warn"),)
    words = f" Target: every lane at or above {near.low_dbm:g} dBm for {live.hold_s:g} s."
    if near.marginal_dbm is not None and near.marginal_dbm > near.low_dbm:
        words += f"  Marginal below {near.marginal_dbm:g}."
    return ((words, "plain"),)


def _word(drawing: Drawing, width: int) -> list[Row]:
    live = drawing.now
    role = _ROLES.get(live.phase, "unknown")
    if live.phase is Phase.GOOD and live.marginal:
        role = "warn"
    word = big_word(live, drawing.step)
    told = visible(_beside(live, drawing.step), 120)
    large = block(word) if width >= WIDE and drawing.tier != "ascii" else None
    if large is not None:
        return [*(((f"   {line}", role),) for line in large), ((f"   {told}", "advice"),)]
    letters = spaced(word)
    if len(letters) + len(told) + 8 <= width:
        return [((f"   {letters}", role), (f"   {told}", "advice"))]
    return [((f"   {letters}", role),), ((f"   {told}", "advice"),)]


def _beside(live: Live, step: int) -> str:
    """What stands beside the word."""
    match live.phase:
        case Phase.HANDS_OFF:
            done = min(live.held_s if _held(live) else live.measured_s, live.hold_s)
            return ", ".join(filter(None, (f"measuring {done:.0f} of {live.hold_s:g} s", live.trouble)))
        case Phase.GOOD:
            return ", ".join(filter(None, ("PROVISIONAL", "marginal" if live.marginal else "", live.trouble)))
        case Phase.UNPLUGGED if step == UNSTEPPED:
            return f"now {', '.join(STEPS)}"
        case Phase.UNPLUGGED:
            return f"unplugged, step {min(step, len(STEPS) - 1) + 1} of {len(STEPS)}: {', '.join(STEPS)}"
        case Phase.WRONG_PORT:
            return f"put it back into {live.wrong}"
    return live.trouble


def _left_s(live: Live) -> float:
    """Until it can be known: the rest of the time that it must hold, and no sooner than the next sample."""
    left_s = max(0.0, live.hold_s - (live.held_s if _held(live) else live.measured_s))
    every_s = live.ends[0].every_s if live.ends else None
    if every_s is None or live.newest_s is None:
        return left_s
    return max(left_s, every_s - live.newest_s)


def _held(live: Live) -> bool:
    return live.held_s > 0 or live.plugged_s is None


def _progress(live: Live, tier: Tier, width: int) -> Row:
    room = min(30, max(10, width - 50))
    full = int(min(1.0, live.held_s / live.hold_s) * room) if live.hold_s > 0 else room
    done, left = ("#", ".") if tier == "ascii" else ("█", "░")
    plugged = "" if live.plugged_s is None else f"   plugged {live.plugged_s:.0f} s ago"
    return (
        (" Held in limit ", "dim"),
        (done * full + left * (room - full), "good" if full == room else "plain"),
        (f" {min(live.held_s, live.hold_s):.0f} of {live.hold_s:g} s{plugged}", "plain"),
    )


def _states(live: Live) -> Row:
    """How far the link has come since the plug, and how long each state took to come."""
    told = ", ".join(f"{visible(state, 30)} after {since_s:.0f} s" for state, since_s in live.states)
    return ((" States ", "dim"), (told or "none", "plain"))


def _lasers(live: Live) -> Row:
    """Never that it is safe: what was dark when it was read may be lit by the time that eyes are there."""
    sent = [lane.tx for end in live.ends for lane in end.lanes]
    off = bool(sent) and len(live.ends) > 1 and all(each and each.reading is Reading.DARK for each in sent)
    more = f"   ({DARK_SENT})" if off else ""
    return ((f" {LASERS}{more}", "warn"),)


def _by_light(live: Live) -> bool:
    """Whether it is received light that is bad, at either end."""
    lanes = [lane.rx for end in live.ends for lane in end.lanes]
    return any(each is not None and each.verdict is Verdict.FAIL for each in lanes)
