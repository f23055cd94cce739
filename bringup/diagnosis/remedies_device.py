"""Remedies at power, devices, hosts, and in the run itself."""

from __future__ import annotations

from bringup.diagnosis.remedy import Remedy

SEVEN = "network reference, section 7, row {}"

DEVICE_REMEDIES = (
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
        remote=True,
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
        remote=True,
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
        remote=True,
    ),
    Remedy(
        "restart-sampling",
        "restart the process on the device that reads its hardware; what it shows is old",
        (
            "See by the device's own time stamps, or by two readings a minute apart, that nothing moves.",
            "Restart the process that samples (modules, counters) by the vendor's own command.",
            "See that its stamps and totals move again; then measure again.",
        ),
        "contracts, section 1; physics reference, section 5",
        remote=True,
    ),
    Remedy(
        "stop-clearing-counters",
        "find out who clears the counters, have it stopped, and measure again",
        (
            "This program never clears them: look for monitoring, a script or a colleague at work.",
            "Agree on a quiet time as long as the window.",
        ),
        "field rule 7",
        remote=True,
    ),
    Remedy(
        "install-expected-release",
        "bring it to the expected release",
        ("One unit first.",),
        "field rule 10",
        remote=True,
    ),
    Remedy(
        "set-clock",
        "configure a time source that is reachable",
        ("Then wait until it has settled.",),
        "",
        remote=True,
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
    Remedy("free-disk-space", "free some disk space", ("Old logs and images first.",), "", remote=True),
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
        remote=True,
    ),
    Remedy(
        "put-right-and-answer-again", "put right what was asked about, then answer again", (), "field rule 17"
    ),
    Remedy(
        "answer-the-question",
        "answer it in the console, with `bringup tell RUN answer`, or in the answers file",
        (),
        "contracts, section 3",
        remote=True,
    ),
    Remedy(
        "state-a-limit",
        "state a limit with its source in an envelope",
        (),
        "contracts, section 2",
        remote=True,
    ),
    Remedy("retest", "run the step again: `bringup tell RUN retest`", (), "field rule 22", remote=True),
    Remedy(
        "run-what-was-left-out",
        "run the step again without skipping it",
        (),
        "contracts, section 3",
        remote=True,
    ),
    Remedy("resume-the-run", "go on with `bringup resume RUN`", (), "contracts, section 7", remote=True),
    Remedy(
        "report-program-fault", "report this as a fault of the program, with the record", (), "", remote=True
    ),
    Remedy(
        "report-unexplained",
        "no rule explains this: read the raw values and the evidence, and report what it was",
        ("Nothing is guessed here.",),
        "field rule 20",
        remote=True,
    ),
)
