"""What helps:

The catalogue of remedies. An id is for machines and for `bringup explain`; the words for people.
"""

from __future__ import annotations

from types import MappingProxyType

import msgspec

SEVEN = "network reference, section 7, row {}"


class Remedy(msgspec.Struct, frozen=True):
    """`words` is the one line that a summary prints;

    `steps` are done in order; then the step is run again.
    """

    id: str
    words: str
    steps: tuple[str, ...]
    source: str


_ALL = (
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
    ),
    Remedy(
        "replace-optic",
        "replace the module",
        ("Try a known-good module of the same kind.", "Label the old one with its serial and lane."),
        SEVEN.format(32),
    ),
    Remedy(
        "fit-attenuator",
        "too much light: fit an attenuator or the module for this distance",
        ("Compare the kind of both modules with the length of the fibre.",),
        "network reference, section 6.1",
    ),
    Remedy(
        "enable-optical-monitoring",
        "switch optical monitoring on, or expect none of this module",
        ("Enable polling of modules on the device.", "Copper and flat-memory modules have no monitor."),
        SEVEN.format(33),
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
    ),
    Remedy(
        "set-same-speed",
        "set the same speed and lanes at both ends",
        ("Compare speed, lanes and breakout of both ends with the inventory.", "Save the configuration."),
        SEVEN.format(12),
    ),
    Remedy(
        "check-link-training",
        "set auto-negotiation and training alike at both ends",
        ("Copper: both on. Optics: both off.", "Then compare speed, lanes and the module's application."),
        SEVEN.format(11),
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
    ),
    Remedy(
        "switch-on-port",
        "switch the port on",
        ("See why it was shut before.", "Switch it on and save the configuration."),
        SEVEN.format(4),
    ),
    Remedy(
        "check-port-name-and-breakout",
        "compare the port's name and breakout with the inventory",
        ("List the ports of the device.", "Set the breakout of the plan, or correct the inventory."),
        SEVEN.format(12),
    ),
    Remedy(
        "check-breaker-and-outlet",
        "look at the breaker and the outlet; switch it on by the plan's order",
        (
            "Read the status object of the outlet, not the command object.",
            "A tripped breaker is reset once, by a person who knows why it tripped.",
            "See that the outlet's label names the device that the inventory feeds by it.",
        ),
        SEVEN.format(30),
    ),
    Remedy(
        "check-supply-and-cord",
        "seat the supply and its cord at both ends; then replace the supply",
        ("Is it fitted, and does it click?", "Seat the cord at both ends.", "Still nothing: another supply."),
        SEVEN.format(30),
    ),
    Remedy(
        "check-management-path",
        "follow the management path: power, cable, port, VLAN, address",
        (
            "Is the device powered?",
            "Is the lamp of its management port lit? Reseat the cable.",
            "Does the management switch learn its address, in the right VLAN?",
            "Is the service on, and the address in the inventory right and used once?",
        ),
        SEVEN.format(29),
    ),
    Remedy(
        "check-credentials",
        "check the user and what the inventory names as its secret",
        (
            "Each credential was tried once in this run, so that no account is locked.",
            "Log in by hand with the same user; correct the secret that the inventory points to.",
        ),
        SEVEN.format(29),
    ),
    Remedy(
        "verify-host-key",
        "compare the fingerprint on the device's own console; then `bringup trust DEVICE`",
        (
            "A changed key means a replaced or reinstalled device, a wrong address, or somebody in between.",
            "Compare on the console or the label, not over the network.",
            "Only when it is right: `bringup trust DEVICE -i INVENTORY`.",
        ),
        "contracts, section 3",
    ),
    Remedy(
        "check-device-identity",
        "read the label at that place; correct the cabling, or declare the replacement",
        (
            "Is it the device of the plan in the wrong place, or another device?",
            "A replaced part is declared with `replace`, never by editing the inventory.",
        ),
        "field rules 5, 22 and 23",
    ),
    Remedy(
        "check-device-load-or-reset",
        "look at the device's load and service on its console; restart the service, then the device",
        (
            "Log in on its console.",
            "SNMP version 2c: see that the community is right.",
            "Restart what hangs.",
        ),
        "contracts, section 1",
    ),
    Remedy(
        "capture-and-report-firmware",
        "keep the raw answer and report it with the device's software release",
        (
            "The raw answer is kept as evidence in this record.",
            "Note platform and release; see whether another release is expected.",
            "A new release needs a decoder that was tested against its output.",
        ),
        "network reference, section 9",
    ),
    Remedy(
        "check-platform-and-release",
        "see whether this platform and release tell this at all",
        (
            "Ask by hand.",
            "Just started: ask again in a minute.",
            "Else the inventory expects too much of it.",
        ),
        "contracts, section 1",
    ),
    Remedy(
        "install-expected-release", "bring it to the expected release", ("One unit first.",), "field rule 10"
    ),
    Remedy(
        "set-clock", "configure a time source that is reachable", ("Then wait until it has settled.",), ""
    ),
    Remedy(
        "check-airflow",
        "fit blanks, look at fans and airflow, let it settle",
        ("Compare with neighbours.", "Fans, blanks, direction of the air, heat sink type."),
        SEVEN.format(20),
    ),
    Remedy("check-fan-tray", "seat or replace the fan tray", ("Look for what blocks it.",), SEVEN.format(20)),
    Remedy(
        "reseat-card",
        "reseat the card and its riser; check the slot",
        ("Power off first.", "Compare width and speed with what card and slot can do."),
        SEVEN.format(23),
    ),
    Remedy(
        "replace-processor-or-memory",
        "take the machine out of use and replace what computes wrongly",
        ("Wrong arithmetic is never waived.", "Exchange memory modules first, then the processor."),
        "field rule 26",
    ),
    Remedy(
        "check-fitted-parts",
        "compare the fitted parts with the order",
        ("List what the firmware finds.",),
        "",
    ),
    Remedy("free-disk-space", "free some disk space", ("Old logs and images first.",), ""),
    Remedy(
        "look-at-console",
        "look at the console of the host",
        ("Firmware, boot loader, operating system.",),
        "",
    ),
    Remedy(
        "look-at-action",
        "read the state by hand before anything is tried again",
        ("What was changed, and what not, stands in the record.",),
        "field rules 5 to 9",
    ),
    Remedy(
        "put-right-and-answer-again", "put right what was asked about, then answer again", (), "field rule 17"
    ),
    Remedy(
        "answer-the-question",
        "answer it in the console, with `bringup tell RUN answer`, or in the answers file",
        (),
        "contracts, section 3",
    ),
    Remedy("state-a-limit", "state a limit with its source in an envelope", (), "contracts, section 2"),
    Remedy("retest", "run the step again: `bringup tell RUN retest`", (), "field rule 22"),
    Remedy("run-what-was-left-out", "run the step again without skipping it", (), "contracts, section 3"),
    Remedy("resume-the-run", "go on with `bringup resume RUN`", (), "contracts, section 7"),
    Remedy("report-program-fault", "report this as a fault of the program, with the record", (), ""),
    Remedy(
        "report-unexplained",
        "no rule explains this: read the raw values and the evidence, and report what it was",
        ("Nothing is guessed here.",),
        "field rule 20",
    ),
)
REMEDIES = MappingProxyType({remedy.id: remedy for remedy in _ALL})
