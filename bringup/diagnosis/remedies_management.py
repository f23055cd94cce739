"""Remedies at leak detectors. A crossed management cable has those of any crossed cable."""

from __future__ import annotations

from bringup.diagnosis.remedy import Remedy

MANAGEMENT_REMEDIES = (
    Remedy(
        "stop-and-find-leak",
        "bring no more power up; look for liquid at that place, and dry it before anything else",
        (
            "No new power and no new load: whoever declares the leak at the site does so now.",
            "Compare with a second detector and with pressure and flow of the coolant.",
            "Look at quick-disconnects, hoses and the tray below; isolate that branch's valves.",
            "Dry it, find the source. A detector that reads OK again clears nothing: a person does.",
        ),
        "network reference, section 7, row 31; field rule 3",
    ),
    Remedy(
        "reconnect-leak-detector",
        "seat the leak detector's plug and rope; until it reads OK nothing is powered on",
        (
            "Is it fitted at the place that the inventory names, and its plug seated?",
            "Does the BMC list it under another name? Then correct `expect.leak_detectors`.",
            "Still silent: another detector. An absent detector is not a dry one.",
        ),
        "network reference, section 4; field rule 1",
    ),
)
