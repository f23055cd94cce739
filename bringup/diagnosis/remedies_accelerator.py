"""Remedies at accelerators and collectives."""

from __future__ import annotations

from bringup.diagnosis.remedy import Remedy

ACCELERATORS = "accelerators reference, section {}"

ACCELERATOR_REMEDIES = (
    Remedy(
        "replace-gpu-or-reseat",
        "power the node off fully and on again; then reseat the GPU or its baseboard; then replace it",
        (
            "The serial that is missing tells which one it is; its number in the tool has moved.",
            "A warm reboot does not bring a GPU back that fell off its bus: cut the power.",
            "Still missing: reseat the module or the baseboard's cables, power off.",
            "Then exchange it, declare it with `replace`, and run the whole stage again.",
        ),
        ACCELERATORS.format("3.2, XID 79"),
    ),
    Remedy(
        "reset-gpu-and-retest",
        "reset the GPU, run the whole stage again; the same error again: replace it",
        (
            "Stop what works on it; `nvidia-smi --gpu-reset`, or reboot the node.",
            "A row that waits to be remapped is remapped by that reset.",
            "Run health and burn-in again, not the failed step alone.",
            "The remapping has failed, or the error comes again: replace the GPU. It is never waived.",
        ),
        ACCELERATORS.format("3.1 and 3.2; field rule 26"),
    ),
    Remedy(
        "reseat-gpu-baseboard-nvlink",
        "reboot once, see the fabric's service; then reseat the GPU on its baseboard; look at the pins",
        (
            "Right after a boot links are down for a while: look again before anything is touched.",
            "Is the Fabric Manager running, in the driver's own release?",
            "Links of one GPU: reseat that GPU. Links of many to one switch: the baseboard.",
            "Look at the pins before plugging in again.",
        ),
        ACCELERATORS.format("1.2 and 5.3; field rule 24"),
    ),
    Remedy(
        "check-gpu-cooling-and-power",
        "look at fans, blanks and airflow, then at the supplies behind the power brake",
        (
            "Heat: compare with its neighbours; fans, blanks, air guides, dust, paste.",
            "Brake: a supply is missing or overloaded, or the PDU pulls the brake.",
            "Then run the burn-in again and read the clocks while it is warm.",
        ),
        ACCELERATORS.format("3.1, throttle and temperature"),
    ),
    Remedy(
        "reset-gpu-memory-protection",
        "switch error correction on and reboot",
        ("`nvidia-smi -e 1`, then reboot the node.",),
        ACCELERATORS.format("1.2"),
    ),
    Remedy(
        "check-gpu-identity",
        "read the serial at that place; a replaced GPU is declared with `replace`",
        ("Two exchanged: put them back, or amend the plan.", "Another model: it is not what was ordered."),
        "field rules 22 and 23",
    ),
    Remedy(
        "follow-xid",
        "look the code up in NVIDIA's XID catalogue and do what it says; the first one counts",
        (
            "Later ones are often the cascade of the first.",
            "A code of an application: run our test again on the same GPU; the second time it is the GPU.",
            "A code that no list explains holds the board back.",
        ),
        ACCELERATORS.format("3.2"),
    ),
    Remedy(
        "read-diagnosis",
        "read what the diagnosis says of each test, put that right, and run it again",
        (
            "Its warnings stand in the evidence, with the vendor's own severity.",
            "Settings (persistence mode, environment) are put right; hardware is reset, then replaced.",
        ),
        ACCELERATORS.format("2.1"),
    ),
    Remedy(
        "check-collective-launch",
        "run it by hand, on one node, then on two: first the launcher, then the libraries, then the parts",
        (
            "Is the launcher the same release on every node? Does SSH work between them without a question?",
            "Are driver, CUDA and NCCL the same on every node?",
            "NCCL_DEBUG=INFO: the first complaint counts; it may name an adapter or a GPU.",
            "Then the driver's log of the node that complained.",
        ),
        ACCELERATORS.format("4.3"),
    ),
    Remedy(
        "quarantine-and-localise",
        "take the node out of use; find the GPU that computes wrongly by runs on fewer of them",
        (
            "Wrong results are never waived.",
            "Halve the group until one GPU is left that is in every wrong run.",
            "Run the whole again without it: that proves it.",
            "Replace it; keep the failing record.",
        ),
        ACCELERATORS.format("4.4; field rule 26"),
    ),
    Remedy(
        "find-slow-member",
        "compare nodes in pairs against a good one, then look at the slow one's links, slots and clocks",
        (
            "Each node alone is right: pair every node with one that has passed.",
            "A pair that fails names two: change the partner.",
            "Of the slow one: PCIe width, rate of its adapters, GPUs that are slowed down.",
            "Do its adapters reach their GPUs directly (nvidia-peermem)?",
            "Run the whole again without it: that proves it.",
        ),
        ACCELERATORS.format("4.4"),
    ),
)
