"""One port and its far end as the run last read them: what is shown where nobody watches it live."""

from __future__ import annotations

from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reading, Verdict
from bringup.view.fit import rule, spaced, wrapped
from bringup.view.frame import Size
from bringup.view.link_live import LASERS
from bringup.view.mark import Cell, Row, mark_of
from bringup.view.place import place
from bringup.view.scene import Scene
from bringup.view.text import amount, visible

LANE_QUANTITIES = ("rx_power_dbm", "tx_power_dbm", "tx_bias_ma")
PORT_QUANTITIES = (
    "oper_up",
    "fec_mode",
    "pre_fec_ber_upper",
    "uncorrectable_codewords",
    "flap_count",
    "temperature_c",
)
WORST_DBM, BEST_DBM = -14.0, 4.0
STEPS = "unplug, inspect both ends, clean if dirty, inspect, plug until it clicks, HANDS OFF"


def recorded(scene: Scene, port: str, size: Size) -> list[Row]:
    """The last readings of both ends, against the limits that they were judged by."""
    far = scene.inventory.far_ends.get(port)
    rows: list[Row] = [
        ((f" {visible(place(scene.inventory, port), size.width - 2)}", "title"),),
        _word(scene, port),
    ]
    rows += _end(scene, port, size.width)
    if far is not None:
        rows.append(rule(size.width, scene.tier, f"FAR END  {place(scene.inventory, far)}"))
        rows += _end(scene, far, size.width)
    rows += [(), ((f" {LASERS}", "warn"),)]
    rows += [((f" {line}", "dim"),) for line in wrapped(STEPS, size.width - 2)]
    return rows


def latest(
    scene: Scene, port: str
) -> tuple[dict[tuple[str, str], Measurement], dict[tuple[str, str], Judgement]]:
    """The last readings of a port and its parts, and the worst judgement of each."""
    read: dict[tuple[str, str], Measurement] = {}
    judged: dict[tuple[str, str], Judgement] = {}
    for step in scene.state.steps.values():
        for one in step.measurements:
            if one.subject == port or one.subject.startswith(f"{port}#"):
                read[one.subject, one.quantity] = one
        for each in step.judgements:
            place = (each.subject, each.quantity)
            known = judged.get(place)
            if place in read and (known is None or each.verdict.severity > known.verdict.severity):
                judged[place] = each
    return read, judged


def _word(scene: Scene, port: str) -> Row:
    """The one word that is read at arm's length."""
    about = [
        step
        for step in scene.state.steps.values()
        if any(end == port or end.startswith(f"{port}#") for end in ends(step.key.subject))
    ]
    if scene.lost or parse_subject(port).device in scene.silent:
        return ((f"   {spaced('stale')}   nobody reads it now", "unknown"),)
    if any(step.running for step in about):
        return ((f"   {spaced('hands off')}   being read now", "running"),)
    if any(step.verdict is Verdict.FAIL for step in about):
        return ((f"   {spaced('not good yet')}", "bad"),)
    if about and all(step.verdict is not None and step.verdict.good for step in about):
        return ((f"   {spaced('pass')}   PROVISIONAL until the stability window is served", "good"),)
    return ((f"   {spaced('not measured')}", "unknown"),)


def _end(scene: Scene, port: str, width: int) -> list[Row]:
    read, judged = latest(scene, port)
    lanes = sorted(
        {subject for subject, quantity in read if "#" in subject and quantity in LANE_QUANTITIES}, key=_lane
    )
    rows: list[Row] = [_bar(scene, lane, read, judged, width) for lane in lanes]
    told = [
        f"{quantity} {amount(one.value, one.unit, one.reading)}"
        for quantity in PORT_QUANTITIES
        if (one := read.get((port, quantity))) is not None
    ]
    none = "no link state was read yet" if lanes else "nothing was read of it yet"
    rows += [((f"  {line}", "plain"),) for line in wrapped(visible("   ".join(told) or none), width - 3)]
    return rows


def _lane(subject: str) -> tuple[int, str]:
    number = subject.rpartition("-")[2]
    return (int(number) if number.isdigit() else 0, subject)


def _bar(
    scene: Scene,
    lane: str,
    read: dict[tuple[str, str], Measurement],
    judged: dict[tuple[str, str], Judgement],
    width: int,
) -> Row:
    one = read.get((lane, "rx_power_dbm"))
    judgement = judged.get((lane, "rx_power_dbm"))
    mark = scene.reading_mark(judgement) if judgement is not None else mark_of(None)
    room = max(10, width - 34)
    name = visible(lane.rpartition("#")[2], 8)
    value = amount(one.value, "", one.reading) if one is not None else "not read"
    full = 0
    if one is not None and one.reading is Reading.VALUE and isinstance(one.value, int | float):
        full = _cells(float(one.value), room)
    block, mark_at = ("#", "|") if scene.tier == "ascii" else ("█", "│")
    bar = f"{block * full}{' ' * (room - full)}"
    least = _least(judgement)
    at = _cells(least, room) if least is not None else None
    drawn: tuple[Cell, ...] = ((bar, mark.role),)
    if at is not None and at < room:
        drawn = ((bar[:at], mark.role), (mark_at, "title"), (bar[at + 1 :], mark.role))
    return ((f"  {name:<8} {value:>9} dBm ", "value"), *drawn, (" ", "plain"), mark.cell(scene.tier))


def _cells(dbm: float, room: int) -> int:
    """How far a bar reaches."""
    share = (dbm - WORST_DBM) / (BEST_DBM - WORST_DBM)
    return int(max(0.0, min(1.0, share)) * room)


def _least(judgement: Judgement | None) -> float | None:
    """The least that the limit lets pass, which is drawn into the bar."""
    for side in (judgement.limit or "").split(" and ") if judgement is not None else ():
        sign, _, number = side.partition(" ")
        if sign == ">=":
            try:
                return float(number)
            except ValueError:
                return None
    return None
