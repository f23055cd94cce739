"""Quantities that explain themselves: one bad value is one cause, whatever else is read.

`together` says what makes two bad subjects one cause: the `device` they are on, or the same `value`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from bringup.diagnosis.rules_fibre import FIBRE_SINGLES
from bringup.diagnosis.rules_optic import OPTIC_SINGLES
from bringup.diagnosis.rules_segment import SEGMENT_SINGLES
from bringup.diagnosis.words import Single

IDENTITY = Single(
    "{subject} is not the device that the inventory expects",
    (
        "the cables lead to another device than the plan says",
        "the device was replaced and the inventory not amended",
        "the inventory has a typing error",
    ),
    "read the label on the device at that place",
    "check-device-identity",
)
RELEASE = Single(
    "{subject}: {value} runs where another release is expected",
    ("the device was not brought to the expected release", "the inventory names the wrong release"),
    "compare with a device of the same kind that is right",
    "install-expected-release",
    "value",
)
WARM = Single(
    "{subject} is outside its temperature range",
    (
        "blanks are missing, or a fan is weak",
        "the inlet air is too warm",
        "the wrong heat sink for this cage",
    ),
    "compare with its neighbours; read the fans",
    "check-airflow",
)
FAN = Single(
    "a fan of {subject} does not turn as it should",
    ("the fan has failed or is blocked", "the fan tray is not seated"),
    "look at the fan tray",
    "check-fan-tray",
)
PCIE = Single(
    "{subject} runs on fewer or slower PCIe lanes than expected",
    ("the card or riser is not fully seated", "the slot has fewer lanes", "the link fell back after errors"),
    "compare with what card and slot can do; read for two minutes under load",
    "reseat-card",
    "subject",
)
ARITHMETIC = Single(
    "{subject} gave wrong results",
    ("processor, memory or their cooling and supply is defective",),
    "run it again; then with other memory modules",
    "replace-processor-or-memory",
)
HOST_SIZE = Single(
    "{subject} has another amount of it than expected",
    ("a part is missing, disabled or not seated", "the inventory expects the wrong amount"),
    "list the parts that the firmware finds",
    "check-fitted-parts",
)

SINGLES = MappingProxyType(
    {
        **OPTIC_SINGLES,
        **FIBRE_SINGLES,
        **SEGMENT_SINGLES,
        "serial": IDENTITY,
        "model": IDENTITY,
        "hostname": IDENTITY,
        "os_version": RELEASE,
        "firmware_version": RELEASE,
        "nic_firmware": RELEASE,
        "driver_name": RELEASE,
        "gpu_driver": RELEASE,
        "gpu_vbios": RELEASE,
        "kernel": RELEASE,
        "machine": HOST_SIZE,
        "clock_offset_s": Single(
            "the clock of {subject} is off by {value} s",
            ("no time source is configured or reachable", "the wrong time zone was set as UTC"),
            "read its time sources",
            "set-clock",
        ),
        "clock_synchronized": Single(
            "the clock of {subject} follows no time source",
            ("no time source is configured or reachable",),
            "read its time sources",
            "set-clock",
        ),
        "temperature_c": WARM,
        "sensor_temperature_c": WARM,
        "leak_state": Single(
            "leak detector {subject} says {value}",
            ("there is liquid or condensation at that place", "the detector or its rope is defective"),
            "look at that place; compare with a second detector and with the coolant's pressure and flow",
            "stop-and-find-leak",
            "subject",
        ),
        "fan_ok": FAN,
        "fan_speed_rpm": FAN,
        "supply_voltage_v": Single(
            "the supply voltage of the module in {subject} is out of range",
            ("the module or the cage is defective",),
            "try the module in another port",
            "replace-optic",
        ),
        "pcie_width_lanes": PCIE,
        "pcie_speed_gt_s": PCIE,
        "cpu_count": HOST_SIZE,
        "memory_gib": HOST_SIZE,
        "disk_count": HOST_SIZE,
        "nic_count": HOST_SIZE,
        "disk_free_gib": Single(
            "{subject} has too little free space",
            ("logs or old images fill it",),
            "list the largest folders",
            "free-disk-space",
        ),
        "memory_bandwidth_gbyte_s": Single(
            "memory of {subject} is slow",
            (
                "memory channels are not all populated",
                "another job was running",
                "a power limit holds it back",
            ),
            "stop other work and measure again",
            "check-fitted-parts",
        ),
        "memory_pattern_errors": ARITHMETIC,
        "burnin_errors": ARITHMETIC,
        "burnin_rounds": Single(
            "{subject} did too little work in its time",
            ("another job was running", "it throttles: heat or a power limit"),
            "stop other work and measure again",
            "check-airflow",
        ),
        "booted": Single(
            "{subject} has not booted",
            ("it is still booting", "it stopped in its firmware or boot loader"),
            "look at its console",
            "look-at-console",
        ),
        "outcome": Single(
            "an action on {subject} did not do what it should",
            ("the device took the command and did not follow it", "somebody or something undid it"),
            "read the state by hand",
            "look-at-action",
            "subject",
        ),
        "answer": Single(
            "a person answered {value} for {subject}",
            ("what was asked is not as it should be",),
            "look at the question and the answer in the record",
            "put-right-and-answer-again",
            "subject",
        ),
    }
)


class Why(NamedTuple):
    """Words for an UNKNOWN that no device error stands behind."""

    title: str
    likely: tuple[str, ...]
    next_test: str
    remedy: str


REASONS = MappingProxyType(
    {
        "no_limit": Why(
            "no limit says what is good enough for {quantity}",
            ("no envelope of this run has a limit for it that matches",),
            "`bringup envelope list` shows what there is",
            "state-a-limit",
        ),
        "stale": Why(
            "readings are older than twice their poll period: {quantity}",
            ("the device samples more slowly than it is asked", "its own poller hangs"),
            "read the device's own sample time twice",
            "check-device-load-or-reset",
        ),
        "unparsable": Why(
            "what was told for {quantity} is not of the kind needed",
            ("the software prints this otherwise than the releases we know",),
            "compare with the raw answer, kept as evidence",
            "capture-and-report-firmware",
        ),
        "far_end_not_lit": Why(
            "dark, and nothing proves that the far end sends",
            ("the far end is off, not booted, or its port is shut",),
            "read the transmit power at the far end",
            "prove-far-transmitter",
        ),
        "no_data": Why(
            "required and not told: {quantity}",
            ("the platform or release does not tell it", "the part is not there"),
            "read it by hand on the device",
            "check-platform-and-release",
        ),
        "superseded": Why(
            "what the verdict rested on has changed since",
            ("a part, port, cable, boot or configuration is another one now",),
            "run the step again",
            "retest",
        ),
        "skipped": Why(
            "skipped", ("somebody skipped it, or the run may only read",), "", "run-what-was-left-out"
        ),
        "aborted": Why(
            "not reached: the run was stopped", ("somebody stopped the run",), "", "resume-the-run"
        ),
        "blocked": Why("blocked by {cause}", ("what it needs is not good",), "", "resume-the-run"),
    }
)
NO_DETECTOR = Why(
    "leak detectors are not there, or silent: {quantity}",
    ("the detector is not plugged in", "the BMC calls it by another name", "the detector is defective"),
    "list the leak detectors that the BMC knows",
    "reconnect-leak-detector",
)
NO_ANSWER = Why(
    "nobody answered",
    ("the run is headless and its answers file has no answer for this question",),
    "",
    "answer-the-question",
)
