"""The run: the rack at the left, what is happening now and what was found last at the right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import MappingProxyType

from bringup.model.event import ActionDone, ActionFailed, Answered, Asked, Judged, Known, StepEnded, Unknown
from bringup.model.inventory import Device
from bringup.model.progress import StepState
from bringup.model.verdict import Verdict
from bringup.view.fit import beside, count, fit, middle, rule
from bringup.view.frame import Footer, Size
from bringup.view.mark import RUNNING, STALE, UNKNOWN, Cell, Row, Tier, mark_of
from bringup.view.scene import Look, Scene
from bringup.view.text import amount, visible

RACK_CELLS, WIDE_RACK_CELLS = 19, 30
WIDE = 120
SOURCES_FROM = 160
WITH_SOURCES = SOURCES_FROM - WIDE_RACK_CELLS - 1
"""What is left beside the rack and the line next to it, on a terminal that wide."""
RUNNING_SHOWN = 4
VALUE_CELLS = 20
LEAST_SUBJECT = 16
YES_NO = MappingProxyType({"= True": "= yes", "= False": "= no"})
"""As the reading beside it is written."""
BAR = {"unicode": ("█", "░"), "cp437": ("█", "░"), "ascii": ("#", ".")}


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    if size.width < 80:
        return [*_now(scene, size.width), *_evidence(scene, size.width, size.height)][: size.height]
    rack = WIDE_RACK_CELLS if size.width >= WIDE else RACK_CELLS
    room = size.width - rack - 1
    right = list(_now(scene, room))
    right += _evidence(scene, room, size.height - len(right))
    return beside(rack_rows(scene, rack, size.height), right, rack, size.width, size.height, scene.tier)


def footer(scene: Scene) -> Footer:
    state = scene.state
    waiting = len(state.asks)
    if waiting:
        many = "1 question is" if waiting == 1 else f"{waiting} questions are"
        can = "shows it" if scene.watching or scene.lost else "answers"
        failed = f"; f shows {count(len(scene.causes), 'cause')} of failure" if scene.causes else ""
        next_ = f"{many} waiting: Space {can}{failed}: {visible(state.asks[0].text, 60)}"
    elif scene.live.startswith("READING"):
        next_ = "The record is being read: what stands here is not yet all of it."
    elif state.closed is not None:
        next_ = "f shows what failed, J the record, H the list of runs; Q leaves."
    elif state.coverage.complete:
        next_ = f"Every stage has its verdict: {state.verdict.value}. `:` close ends the run; f shows causes."
    elif any(step.verdict is Verdict.FAIL for step in state.steps.values()):
        next_ = "Something failed: f shows the causes, what likely did it, and what to do."
    else:
        next_ = "Nothing to do now: the run goes on by itself."
    keys = [
        ("Space", "ask"),
        ("f", "failures"),
        ("A", "work"),
        ("w", "watch"),
        ("m", "matrix"),
        ("J", "journal"),
    ]
    return Footer(_doing(scene), next_, [*keys, ("s", "sign"), ("h", "handover"), ("Q", "leave")])


def _doing(scene: Scene) -> str:
    """What is under way. A step that waits for a person is not being read."""
    state = scene.state
    if scene.live.startswith("READING"):
        return "reading the record"
    if state.closed is not None:
        return f"the run is closed: {state.closed.verdict.value}"
    running = len(being_read(scene))
    blocked = sum(step.reason == "blocked" for step in state.steps.values())
    idle = "waiting for a person" if state.asks else "nothing is being read"
    told = f"{running} reading{'s' if running > 1 else ''} under way" if running else idle
    return f"{told}; {blocked} blocked by what failed" if blocked else told


def being_read(scene: Scene) -> list[StepState]:
    asked = {(each.stage, each.step, each.subject) for each in scene.state.asks}
    return [
        step
        for step in scene.state.steps.values()
        if step.running and (step.key.stage, step.key.step, step.key.subject) not in asked
    ]


def rack_rows(scene: Scene, width: int, height: int) -> list[Row]:
    """Every device by its place, the highest unit first; what does not fit is counted."""
    devices = sorted(scene.inventory.device, key=_place)
    rows: list[Row] = [rule(width, scene.tier, "RACK")]
    worth = [device for device in devices if scene.device_mark(device.name)[0].word not in ("PASS", "WAIT")]
    shown = (
        devices
        if len(devices) < height - 1
        else sorted(
            [*worth, *(device for device in devices if device not in worth)][: height - 2], key=_place
        )
    )
    rows += [_device(scene, device, width) for device in shown]
    if len(shown) < len(devices):
        rows.append(((f" {len(devices) - len(shown)} more", "dim"),))
    return rows


def _place(device: Device) -> tuple[str, int, str]:
    return (device.rack or "", -(device.unit if device.unit is not None else -1), device.name)


def _device(scene: Scene, device: Device, width: int) -> Row:
    mark, failed = scene.device_mark(device.name)
    unit = f"U{device.unit:<3}" if device.unit is not None else "    "
    count = f" {failed}" if failed else ""
    room = width - len(unit) - 5 - len(count)
    name = middle(visible(device.name), room, scene.tier)
    return ((f" {unit}", "dim"), (f"{name:<{room}} ", "plain"), (mark.glyph(scene.tier) + count, mark.role))


def _now(scene: Scene, width: int) -> Iterator[Row]:
    state, tier = scene.state, scene.tier
    yield rule(width, tier, "NOW")
    covered = state.coverage
    stage = state.stages.get(scene.stage)
    title = visible(stage.title or stage.name) if stage is not None else ended_or_empty(scene)
    yield ((f" {title}", "title"), (f"   {covered.ended} of {covered.planned} verdicts", "dim"))
    share = covered.ended / covered.planned if covered.planned else 0.0
    room = max(10, min(40, width - 10))
    full, empty = BAR[tier]
    done = int(share * room)
    yield ((f" {full * done}{empty * (room - done)}", "running"), (f" {share:>4.0%}", "plain"))
    running = being_read(scene)
    mark = STALE if scene.lost else RUNNING
    for step in running[:RUNNING_SHOWN]:
        words = f" {step.key.step}"
        subject = middle(visible(step.key.subject), max(8, width - len(words) - 8), tier)
        yield (
            (" ", "plain"),
            (mark.glyph(tier), mark.role),
            (f" {subject}", "plain"),
            (words, "dim"),
        )
    if len(running) > RUNNING_SHOWN:
        yield ((f"   and {len(running) - RUNNING_SHOWN} more", "dim"),)


def ended_or_empty(scene: Scene) -> str:
    """What it means that no stage is under way."""
    return "every stage has ended" if scene.state.stages else "no plan was read yet"


def _evidence(scene: Scene, width: int, height: int) -> list[Row]:
    counts = scene.state.counts
    tally = "".join(
        f"  {mark_of(each).glyph(scene.tier)} {counts[each]}"
        for each in reversed(Verdict)
        if counts.get(each)
    )
    head = rule(width - len(tally) - 1, scene.tier, "EVIDENCE, newest first")
    rows: list[Row] = [(*head, (f"{tally} ", "plain"))]
    for event in reversed(scene.recent):
        if len(rows) >= height:
            break
        row = event_row(scene, event, width)
        if row is not None:
            rows.append(fit(row, width, scene.tier))
    if len(rows) == 1:
        rows.append(((" nothing was read yet", "dim"),))
    return rows


def event_row(scene: Scene, event: Known | Unknown, width: int) -> Row | None:
    """One line of what was found, done or asked; None for what a person need not see here."""
    time = event.at[11:19] if len(event.at) >= 19 else ""
    lead: Cell = (f" {time} ", "dim")
    match event:
        case Judged() if event.limit is not None or not event.verdict.good:
            mark = scene.reading_mark(event)
            source = f"  {visible(event.source or '', 60)}" if width >= WITH_SOURCES else ""
            glyph: Cell = (mark.glyph(scene.tier), mark.role)
            return (lead, glyph, *_reading(event, width - 11, scene.tier), (source, "dim"))
        case StepEnded() if not event.verdict.good:
            mark = mark_of(event.verdict, event.reason)
            words = visible(event.message or event.reason or "", 200)
            return (
                lead,
                (mark.glyph(scene.tier), mark.role),
                (f" {middle(visible(event.subject), max(30, width - 60), scene.tier)}", "plain"),
                (f" {event.step} {event.reason or event.verdict.value}  {words}", mark.role),
            )
        case ActionDone():
            return (
                lead,
                (RUNNING.glyph(scene.tier), "running"),
                (f" {event.action} {visible(event.subject)}", "plain"),
            )
        case ActionFailed():
            return (
                lead,
                (UNKNOWN.glyph(scene.tier), "unknown"),
                (f" {event.action} {visible(event.message, 200)}", "plain"),
            )
        case Asked():
            return (lead, ("?", "ask"), (f" {visible(event.text, 200)}", "plain"))
        case Answered():
            return (lead, ("?", "dim"), (f" {visible(event.by)}: {visible(event.value, 60)}", "plain"))
    return None


def _reading(event: Judged, width: int, tier: Tier) -> tuple[Cell, ...]:
    """Subject, reading, limit. Where they don't all fit, the limit of what is good goes as a whole, then the
    subject is cut in its middle; a number never is.
    """
    value = middle(visible(amount(event.value, event.unit, event.reading)), VALUE_CELLS, tier)
    words = f" {_without_unit(event)} {value}"
    subject = visible(event.subject)
    told = YES_NO.get(event.limit or "", event.limit)
    limit = f"  {visible(told, 40)}" if told else ""
    if not event.verdict.good and 1 + LEAST_SUBJECT + len(words) + len(limit) > width:
        limit = f"  {visible(_missed(event), 40)}"
    if event.verdict.good and 1 + len(subject) + len(words) + len(limit) > width:
        limit = ""
    room = width - 1 - len(words) - len(limit)
    if room < LEAST_SUBJECT:
        room, limit = width - 1 - len(words), ""
    return (f" {middle(subject, max(4, room), tier)}", "plain"), (words, "value"), (limit, "dim")


def _missed(event: Judged) -> str:
    """Of a limit with two sides the one that was missed."""
    sides = (event.limit or "").split(" and ")
    if isinstance(event.value, int | float) and not isinstance(event.value, bool):
        for side in sides:
            sign, _, number = side.partition(" ")
            with suppress(ValueError):
                if (sign == ">=" and event.value < float(number)) or (
                    sign == "<=" and event.value > float(number)
                ):
                    return side
    return event.limit or ""


def _without_unit(event: Judged) -> str:
    """The quantity's name: the unit stands behind the number."""
    name, _, unit = event.quantity.rpartition("_")
    return name if name and event.unit and unit.lower() == event.unit.lower() else event.quantity
