"""Evidence about fibre that a person has attached to the ends of a cable, where a playbook demands it.

Nothing is asked of a device. What was attached before the plug last came out speaks of another mating, and
what names fewer fibres than the medium has speaks of a part of it: neither is a result.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial

from pydantic import Field

from bringup.check.base import At
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData, Outdated, Unparsable
from bringup.model.event import EvidenceAttached
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import Measurement, measured
from bringup.model.media import is_copper, medium_lanes
from bringup.model.subject import ends

PARALLEL = ("DR", "SR", "PSM")
"""Media with one fibre a lane and direction; the others send all of their lanes through one."""
HOW = "`bringup tell RUN attach DEVICE/PORT FILE` takes what the instrument has exported."


class EvidenceArgs(Written):
    """`max_age_h`: how old it may be, by the instrument's own clock or when it was attached, whichever is
    older. `newer_than_mating`: it must be newer than the last time that the plug was seen to come out.
    """

    max_age_h: float | None = Field(default=None, gt=0)
    newer_than_mating: bool = True


async def evidence(at: At, *, form: str) -> AsyncIterator[Measurement]:
    """The newest of its form at each end. The first end that has none good enough ends it, with the reason,
    after what the other one has.
    """
    missing: NoData | Outdated | Unparsable | None = None
    for subject in at.subjects:
        for end in ends(subject):
            try:
                told = _told(at, end, form)
            except (NoData, Outdated, Unparsable) as error:
                missing = missing or error
            else:
                yield told
    if missing is not None:
        raise missing


def _newest(attached: Sequence[EvidenceAttached], form: str) -> EvidenceAttached | None:
    return max((each for each in attached if each.form == form), key=lambda each: each.seq, default=None)


def _told(at: At, end: str, form: str) -> Measurement:
    """What the newest file of that form says of an end.

    Raises:
        NoData: there is none, or it does not speak of the whole end.
        Outdated: it is too old.
        Unparsable: nothing of it can be read.
    """
    found, words = _newest(at.attached(end), form), form.replace("_", " ")
    if found is None:
        raise NoData(f"no {words} result is attached to {end}", HOW)
    if found.outcome == "unparsable":
        raise Unparsable(f"{found.name!a} of {end} can't be read: {found.told[:200]}", "Export it again.")
    if found.outcome != "ok":
        raise NoData(f"{found.name!a} of {end} holds no {words} result", "Export it again.")
    if at.args.newer_than_mating and at.unmated_since(end, found.seq):
        raise Outdated(f"the plug of {end} came out after its {words} result was attached", "Do it again.")
    if at.args.max_age_h is not None and _age_s(at, found) > at.args.max_age_h * 3600:
        raise Outdated(f"the {words} result of {end} is older than {at.args.max_age_h:g} h", "Do it again.")
    wanted = fibres_of(at.inventory, end)
    if form != "otdr" and wanted is not None and 0 < found.fibres < wanted:
        raise NoData(
            f"the {words} result of {end} tells of {found.fibres} of {wanted} fibres", "Do all of them."
        )
    if form == "end_face":
        return measured(end, "end_face", found.result)
    if found.loss_db is None:
        raise NoData(f"{found.name!a} of {end} tells no loss from end to end", "Measure the whole fibre.")
    return measured(end, "insertion_loss_db" if form == "loss" else "link_loss_db", found.loss_db)


def _age_s(at: At, found: EvidenceAttached) -> float:
    """Since it was taken, or attached where the instrument told no time, or one that is still to come."""
    taken = found.taken_unix_s
    known = taken if taken is not None and taken < found.attached_unix_s else found.attached_unix_s
    return at.wall_unix_s() - known


def fibres_of(inventory: Inventory, end: str) -> int | None:
    """How many fibres a cable's end has, by its medium; None where that is not known."""
    cable = next((each for each in inventory.cable if end in (each.a, each.b)), None)
    port = inventory.ports.get(end)
    medium = (port.optic if port is not None else None) or (cable.medium if cable is not None else "")
    lanes = medium_lanes(medium)
    if not medium or lanes is None or is_copper(medium):
        return None
    words = [word.lstrip("0123456789X") for word in medium.upper().split("-")]
    if any(word.startswith(PARALLEL) for word in words):
        return 2 * lanes
    return 4 if "2XFR" in medium.upper() or "2XLR" in medium.upper() else 2


def _spec(name: str, form: str, title: str, about: str, quantity: str) -> Spec:
    return Spec(
        name=name,
        kind="check",
        title=title,
        about=about,
        over="link",
        device_of="none",
        args=EvidenceArgs,
        requires=(Requires(quantity, per="end"),),
        run=partial(evidence, form=form),
    )


SPECS = (
    _spec(
        "fibre.end_face",
        "end_face",
        "End faces inspected",
        "A scope's result by IEC 61300-3-35 is attached to both ends of each cable, newer than its mating.",
        "end_face",
    ),
    _spec(
        "fibre.loss",
        "loss",
        "Loss measured",
        "Results of a loss test set are attached to both ends of each cable; the worst loss is judged.",
        "insertion_loss_db",
    ),
    _spec(
        "fibre.otdr",
        "otdr",
        "OTDR trace",
        "An OTDR's trace is attached to both ends of each cable; the loss from end to end is judged.",
        "link_loss_db",
    ),
)
