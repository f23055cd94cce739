"""Remedies at cables, modules and ports."""

from __future__ import annotations

from bringup.diagnosis.remedy import Remedy

SEVEN = "network reference, section 7, row {}"

LINK_REMEDIES = (
    Remedy(
        "clean-both-ends",
        "take the fibre out, inspect both ends, clean what is dirty, plug in until it clicks",
        (
            "Switch the transmitters at both ends off, and see that they are off, before a scope comes near.",
            "Take the fibre out; inspect both end faces and modules with a video scope, never with the eye.",
            "Clean only what is dirty, with the tool for that connector (APC or UPC): one click, dry.",
            "Inspect again; what is still dirty is cleaned wet, then dry.",
            "Plug in until it clicks; hands off; read the power again.",
            "Still low: a known-good jumper. Still low: another module.",
        ),
        "field rules 12 to 14; " + SEVEN.format(1),
    ),
    Remedy(
        "inspect-fibre-lane",
        "follow the dark lane: inspect that fibre at both ends, then try a known-good jumper",
        (
            "See that the far end sends on that lane: its transmit power is read, not assumed.",
            "Take the fibre out and inspect the end faces of that lane at both ends; clean if dirty.",
            "Still dark: a known-good jumper or trunk of the same kind and polarity.",
            "Still dark: the receiving module, last.",
        ),
        "field rule 12; " + SEVEN.format(4),
    ),
    Remedy(
        "fit-right-harness",
        "compare the jumper with the plan: fibres, breakout, both of its plugs; then fit the right one",
        (
            "Read the label and count the fibres of the jumper; see that each of its plugs is in and clicks.",
            "Switch the far transmitter off lane by lane and map which receiver goes dark.",
            "Fit the jumper or breakout assembly of the plan.",
        ),
        SEVEN.format(5),
    ),
    Remedy(
        "check-plug-and-polarity",
        "look at the plugs at both ends and at the polarity of the trunk",
        (
            "See that each plug is in the port of the plan and clicks.",
            "Duplex: exchange the two fibres at one end. MPO: the trunk's type (A or B), key and gender.",
            "Switch one transmitter off: the receiver that goes dark is the other end of that fibre.",
        ),
        SEVEN.format(3),
    ),
    Remedy(
        "power-far-end",
        "get the host at the far end powered on and booted",
        (
            "Read the event log of its BMC: why is it off?",
            "Look at its supplies, lid, leak and temperature alarms.",
            "Switch it on by its BMC and see that it stays on; its ports have light when it has booted.",
        ),
        "field rule 2",
        remote=True,
    ),
    Remedy(
        "prove-far-transmitter",
        "read the far end's transmit power before touching any fibre",
        (
            "Is the far device on, booted, and its port switched on?",
            "Read its transmit power on every lane.",
            "Only when it sends and the near end is dark is the fibre to blame.",
        ),
        "field rule 2",
    ),
    Remedy(
        "insert-optic",
        "put in the module that the inventory names, until it clicks",
        (
            "Look at the cage: empty, or a module that is not pushed in?",
            "Put the module in, wait until it is ready, then the fibre.",
            "Still not seen: the module in another port, another module in this port.",
        ),
        "field rule 13; " + SEVEN.format(14),
    ),
    Remedy(
        "seat-optic",
        "take the module out and push it in until it clicks",
        (
            "Fibre out, then the module; look at its contacts.",
            "Module in until it clicks, wait until it is ready, then the fibre.",
            "Still not readable: try it in another port, then replace it.",
        ),
        "field rules 12 and 13; " + SEVEN.format(14),
    ),
    Remedy(
        "fit-expected-optic",
        "fit the module that the inventory names",
        ("Read the label of the module.", "Exchange it, or correct the inventory if that is what is wrong."),
        SEVEN.format(13),
    ),
    Remedy(
        "reset-or-replace-optic",
        "take the module out of low power and enable its transmitter; else reset it, else replace it",
        ("Read low power and transmit disable.", "Clear them; reset the module.", "Still dark: replace it."),
        SEVEN.format(18),
        remote=True,
    ),
    Remedy(
        "set-advertised-application",
        "set speed, lanes and breakout to an application that the module advertises, and apply them again",
        (
            "Read the module's list of applications, and which one is selected for each lane.",
            "Set the port's speed, lanes and breakout to one of them; save the configuration.",
            "Still refused: another module, whose list has what the port needs.",
        ),
        SEVEN.format(9),
        remote=True,
    ),
    Remedy(
        "replace-optic",
        "replace the module",
        ("Try a known-good module of the same kind.", "Label the old one with its serial and lane."),
        SEVEN.format(32),
    ),
    Remedy(
        "replace-laser-source",
        "replace the external laser source, not the module that it feeds",
        (
            "Transmitters off at both ends, proven by reading, before the laser source comes out.",
            "Fit a known-good laser source of the same kind; see that all its lanes are on.",
            "Still not well: the module that it feeds.",
        ),
        "field rule 13; " + SEVEN.format(32),
    ),
    Remedy(
        "fit-attenuator",
        "too much light: fit an attenuator or the module for this distance",
        ("Compare the kind of both modules with the length of the fibre.",),
        "network reference, section 6.1",
    ),
    Remedy(
        "check-module-cooling",
        "see that air reaches this one module: blanks beside it, heat sink type, cage; then another module",
        (
            "Compare with its neighbours: they are cool, so inlet and fans are not to blame.",
            "Fit the blanks beside it; see that the heat sink suits the cage (riding or integrated).",
            "Still hot after 15 minutes: the module in another cage; it stays hot there: replace it.",
        ),
        SEVEN.format(20),
    ),
    Remedy(
        "enable-optical-monitoring",
        "switch optical monitoring on, or expect none of this module",
        ("Enable polling of modules on the device.", "Copper and flat-memory modules have no monitor."),
        SEVEN.format(33),
        remote=True,
    ),
    Remedy(
        "swap-cables-back",
        "exchange the two plugs at the nearer end, one at a time",
        (
            "At the end that is nearer: unplug the first, see that its link drops.",
            "Unplug the second, see that its link drops.",
            "Plug each into the port of the plan; wait for neighbours that are newer than the move.",
        ),
        "field rule 21; " + SEVEN.format(6),
    ),
    Remedy(
        "move-cables-round",
        "put the plugs of the ring into the ports of the plan, one move at a time",
        (
            "At the end that is nearer: unplug the first, see that its link drops, and lay it aside.",
            "Plug the one that belongs into the free port; go on round the ring; the first comes last.",
            "After each move wait for a neighbour that is newer than it before the next is told.",
        ),
        "field rule 21; " + SEVEN.format(7),
    ),
    Remedy(
        "trace-cable",
        "trace the cable by its label and plug it where the plan says",
        ("Read the label at both ends.", "Switch the port off and see which other port loses its link."),
        SEVEN.format(8),
    ),
    Remedy(
        "set-same-fec",
        "set the same error correction at both ends",
        (
            "100 Gb/s lanes with PAM4 need RS(544,514); optics have no automatic choice.",
            "Save the configuration.",
        ),
        SEVEN.format(10),
        remote=True,
    ),
    Remedy(
        "set-same-speed",
        "set the same speed and lanes at both ends",
        ("Compare speed, lanes and breakout of both ends with the inventory.", "Save the configuration."),
        SEVEN.format(12),
        remote=True,
    ),
    Remedy(
        "check-link-training",
        "set auto-negotiation and training alike at both ends",
        ("Copper: both on. Optics: both off.", "Then compare speed, lanes and the module's application."),
        SEVEN.format(11),
        remote=True,
    ),
    Remedy(
        "check-signal-quality",
        "toggle the far end once; then load the right signal settings, or move or replace the module",
        (
            "Switch the far port off and on and measure again: another value means a bad adaptation.",
            "Load the vendor's settings for this port and module.",
            "Try the module in a port with a short trace; then replace it.",
        ),
        SEVEN.format(17),
        remote=True,
    ),
    Remedy(
        "relock-and-guard",
        "toggle the far port until the receiver has adapted well, and look at its errors after each flap",
        (
            "Switch the far port off and on, and measure again: stop at a value like that of its peers.",
            "Load the vendor's settings and firmware for port and module, then run the re-lock test again.",
            "Keep a watch on the error ratio after each flap of this link: the light will not show it.",
            "Comes back: replace the module whose receiver it is.",
        ),
        SEVEN.format(16),
        remote=True,
    ),
    Remedy(
        "reseat-and-measure-again",
        "hands off, measure over a longer window; if it comes back, reseat both ends",
        (
            "Nobody touches the cable during the window.",
            "Bursts again: reseat, inspect, then replace the jumper.",
        ),
        "physics reference, section 2; " + SEVEN.format(16),
    ),
    Remedy(
        "check-lldp",
        "start an LLDP agent at the far end, or stop its adapter from swallowing the frames",
        ("Wait 35 s after link-up.", "Disable the adapter's own LLDP or DCBX agent, or run one on the host."),
        SEVEN.format(26),
        remote=True,
    ),
    Remedy(
        "switch-on-port",
        "switch the port on",
        ("See why it was shut before.", "Switch it on and save the configuration."),
        SEVEN.format(4),
        remote=True,
    ),
    Remedy(
        "check-port-name-and-breakout",
        "compare the port's name and breakout with the inventory",
        ("List the ports of the device.", "Set the breakout of the plan, or correct the inventory."),
        SEVEN.format(12),
        remote=True,
    ),
)
