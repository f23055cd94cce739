"""The catalogue of remedies, by id."""

from __future__ import annotations

from types import MappingProxyType

from bringup.diagnosis.remedies_accelerator import ACCELERATOR_REMEDIES
from bringup.diagnosis.remedies_device import DEVICE_REMEDIES
from bringup.diagnosis.remedies_link import LINK_REMEDIES
from bringup.diagnosis.remedies_management import MANAGEMENT_REMEDIES
from bringup.diagnosis.rules_fibre import FIBRE_REMEDIES

REMEDIES = MappingProxyType(
    {
        remedy.id: remedy
        for remedy in (
            *LINK_REMEDIES,
            *FIBRE_REMEDIES,
            *DEVICE_REMEDIES,
            *MANAGEMENT_REMEDIES,
            *ACCELERATOR_REMEDIES,
        )
    }
)
ABOUT = """\
Made from the catalogue in `bringup/diagnosis/`; a test compares the two. `bringup explain ID` prints the same
words. After each remedy the step is run again: `bringup tell RUN retest STAGE/STEP`."""


def as_markdown() -> str:
    """The page `docs/remedies.md`."""
    parts = ["# Remedies", ABOUT]
    for remedy in sorted(REMEDIES.values(), key=lambda each: each.id):
        parts.append(f"## {remedy.id}")
        parts.append(f"{remedy.words[:1].upper()}{remedy.words[1:]}.")
        if remedy.steps:
            parts.append("\n".join(f"{place}. {step}" for place, step in enumerate(remedy.steps, 1)))
        if remedy.source:
            parts.append(f"From: {remedy.source}.")
    return "\n\n".join(parts) + "\n"
