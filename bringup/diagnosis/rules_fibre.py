"""What instruments say of fibre, and what of it nobody has attached; told end by end."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from bringup.diagnosis.remedy import Remedy
from bringup.diagnosis.words import Single

LOSS = Single(
    "the fibre at {subject} loses too much: {value}",
    ("a dirty or scratched end face", "a tight bend, or a plug that is not fully in", "a panel too many"),
    "an OTDR's trace shows where on the way it is lost",
    "clean-both-ends",
    "subject",
)
FIBRE_SINGLES = MappingProxyType(
    {
        "end_face": Single(
            "the scope finds the end face at {subject} not fit to be mated",
            ("dirt that a plug or a cap has left", "a scratch or a chip, which no cleaning takes away"),
            "clean it, dry and then wet, and look again; what stays is damage",
            "clean-both-ends",
            "subject",
        ),
        "insertion_loss_db": LOSS,
        "link_loss_db": LOSS,
    }
)
CHECKS = frozenset({"fibre.end_face", "fibre.loss", "fibre.otdr"})


class Missing(NamedTuple):
    """As `Why` of `rules_single`: words for an UNKNOWN that no device error stands behind."""

    title: str
    likely: tuple[str, ...]
    next_test: str
    remedy: str


NO_EVIDENCE = Missing(
    "results of instruments are not attached, too old, or can't be read",
    ("nobody has attached them yet", "the plug came out since, and what was attached is of another mating"),
    "",
    "attach-fibre-evidence",
)
FIBRE_REMEDIES = (
    Remedy(
        "attach-fibre-evidence",
        "inspect or measure the fibre, and attach what the instrument has exported to both ends of the cable",
        (
            "Switch the transmitters at both ends off, and see that they are off, before a scope comes near.",
            "Take the plug out, inspect, clean only what is dirty, inspect again; measure loss where wanted.",
            "Export all fibres: a table with PASS or FAIL by IEC 61300-3-35, losses in dB, or a .sor file.",
            "`bringup tell RUN attach DEVICE/PORT FILE` for each end, before the plug goes in again.",
        ),
        "field rules 13 and 15",
    ),
)
