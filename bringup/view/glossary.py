"""The closed lists of the contracts in words: verdicts, readings, reasons, standings, exit codes."""

from __future__ import annotations

from types import MappingProxyType

from bringup.model.verdict import (
    EXIT_ACCEPTED,
    EXIT_CONTRADICTION,
    EXIT_FAIL,
    EXIT_INTERRUPTED,
    EXIT_UNKNOWN,
    EXIT_USAGE,
    EXIT_WAIVED,
    Reading,
    Reason,
    Standing,
    Verdict,
)

VERDICTS = MappingProxyType(
    {
        Verdict.PASS: "Measured, and inside every limit that applies.",
        Verdict.MARGINAL: (
            "Inside the limit and near its edge or within the instrument's accuracy of it, or outside a "
            "limit of the site alone that the contract has not adopted. It is accepted."
        ),
        Verdict.WAIVED: "Not good, and accepted by a person with a signature, for one part and one value.",
        Verdict.UNKNOWN: "Not measured, or not to be judged; the reason says why. It blocks acceptance.",
        Verdict.FAIL: "Measured, and outside a limit; or dark where light must be.",
    }
)
READINGS = MappingProxyType(
    {
        Reading.VALUE: "The device told a value. Zero is a value.",
        Reading.DARK: (
            "The receiver was read and there is no light. With the far transmitter proven on it is FAIL, "
            "else UNKNOWN far_end_not_lit."
        ),
        Reading.NOT_AVAILABLE: "The device says that it has no value now. UNKNOWN no_data.",
        Reading.UNSUPPORTED: "The device says that it never has this value. UNKNOWN no_data.",
        Reading.ABSENT: "It was asked for and is not in the reply. UNKNOWN no_data.",
    }
)
REASONS = MappingProxyType(
    {
        Reason.UNREACHABLE: "No route, no name, or the connection timed out.",
        Reason.REFUSED: "The peer said no: reset, credentials, host key, certificate, or an SNMPv3 report.",
        Reason.TIMEOUT: "Sent, and no answer in time. A silent SNMP 2c agent is this: check its community.",
        Reason.UNPARSABLE: "An answer came that can't be read: cut off, garbage, wrong type, over-long.",
        Reason.NO_DATA: (
            "A clean answer without the value that is required, a question that nobody answered, or a window "
            "too short to prove the limit."
        ),
        Reason.NO_LIMIT: "It was measured, and no limit says what is good enough.",
        Reason.FAR_END_NOT_LIT: "Dark, and the far transmitter is not proven on: no fibre is to blame yet.",
        Reason.STALE: "The reading is older than twice its poll period.",
        Reason.BLOCKED: "Something that this subject needs is not good; the event behind it is named.",
        Reason.SUPERSEDED: "What the verdict rested on has changed since: a part, a port, a cable, a boot.",
        Reason.SKIPPED: "A person skipped it, or the run may only read.",
        Reason.ABORTED: "The run was stopped before it was reached.",
        Reason.CRASHED: "The check itself failed: a fault of this program.",
    }
)
STANDINGS = MappingProxyType(
    {
        Standing.CONTRACT: "Agreed between buyer and seller; it can fail a delivery.",
        Standing.STANDARD: "A published standard; it can fail a delivery.",
        Standing.VENDOR: (
            "The maker's own figure, such as a module's thresholds; it can fail a delivery, and does not "
            "overrule the standard for a part that complies with it."
        ),
        Standing.SITE: "The site's own bar; under a contract it gives MARGINAL unless that adopts it.",
    }
)
EXIT_CODES = MappingProxyType(
    {
        EXIT_ACCEPTED: (
            "Accepted: PASS or MARGINAL.",
            "Everything that was planned has a verdict that is good.",
        ),
        EXIT_FAIL: ("FAIL: something is outside a limit.", "Whether or not something else is UNKNOWN."),
        EXIT_USAGE: (
            "Bad usage or input; nothing was touched.",
            "Every problem of every file is told at once.",
        ),
        EXIT_UNKNOWN: (
            "UNKNOWN or incomplete.",
            "Something could not be judged or read, or the run is not at its end.",
        ),
        EXIT_CONTRADICTION: (
            "The record contradicts itself, or a checkpoint, a signature or a digest.",
            "`bringup log verify` says where.",
        ),
        EXIT_WAIVED: (
            "Accepted with waivers.",
            "What is not good was accepted by a person, with a signature.",
        ),
        EXIT_INTERRUPTED: ("Interrupted, and resumable.", "`bringup resume RUN` goes on with it."),
    }
)
