"""Rules for a device that can't be read: what it did to us, told once for all that waited for it."""

from __future__ import annotations

from typing import NamedTuple

from bringup.diagnosis.rule import Clue, Likely, Rule, is_, known, one_of

NONE: frozenset[str] = frozenset()
SEVEN = "network reference, section 7, row {}"
CONTRACT = "contracts, section 1"


class Kind(NamedTuple):
    """Which kind of refusal a message of ours speaks of: the first of these with one of its words in it."""

    name: str
    words: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("identity-changed", ("has changed", "fingerprint", "certificate", "pinned")),
    Kind("identity-unknown", ("host key", "not trusted")),
    Kind(
        "credentials",
        (
            "refused user",
            "password",
            "credential",
            "key file",
            "user name",
            "authenticat",
            "unauthorized",
            "401",
            "403",
            "community",
            "usm",
        ),
    ),
    Kind("rights", ("permission", "ended with status", "not permitted", "privilege")),
    Kind("service", ("nothing listens", "refused the connection", "reset", "closed")),
)


def kind_of(message: str) -> str:
    """What a refusal was about, `other` when our words don't say."""
    text = message.lower()
    return next((kind.name for kind in KINDS if any(word in text for word in kind.words)), "other")


POWERLESS = Clue("every outlet that feeds it reads off", (is_("feeds_off", True),))
OTHERS = Clue("{others} other devices of its rack answer", (known("others"),))

DEVICE_RULES: tuple[Rule, ...] = (
    Rule(
        id="device-identity-changed",
        when=(is_("reason", "refused"), is_("kind", "identity-changed")),
        title="{device} shows another host key or certificate than the one on record",
        explains=NONE,
        shows=(),
        likely=(
            Likely("the device was replaced or reinstalled"),
            Likely("its address now leads to another device"),
            Likely("somebody stands in between"),
        ),
        next_test="compare the fingerprint on the device's own console with the two that are shown",
        remedy="verify-host-key",
        source="contracts, section 3",
    ),
    Rule(
        id="device-identity-unknown",
        when=(is_("reason", "refused"), is_("kind", "identity-unknown")),
        title="the host key of {device} is not on record",
        explains=NONE,
        shows=(),
        likely=(
            Likely("this machine meets the device for the first time"),
            Likely("somebody stands in between"),
        ),
        next_test="compare the fingerprint on the device's own console with the one that is shown",
        remedy="verify-host-key",
        source="contracts, section 3",
    ),
    Rule(
        id="credentials-refused",
        when=(is_("reason", "refused"), is_("kind", "credentials")),
        title="{device} refuses the credentials of the inventory",
        explains=NONE,
        shows=(),
        likely=(
            Likely("the secret that the inventory names is not the device's"),
            Likely("the account does not exist, is locked, or may not log in this way"),
        ),
        next_test="log in once by hand with the same user; each credential was tried only once",
        remedy="check-credentials",
        source=SEVEN.format(29),
    ),
    Rule(
        id="rights-missing",
        when=(is_("reason", "refused"), is_("kind", "rights")),
        title="the user on {device} may not do what was asked",
        explains=NONE,
        shows=(),
        likely=(Likely("the account lacks the right to run this command without a password"),),
        next_test="run the same command by hand as that user",
        remedy="check-credentials",
        source=CONTRACT,
    ),
    Rule(
        id="device-refuses",
        when=(is_("reason", "refused"),),
        title="{device} refuses the connection",
        explains=NONE,
        shows=(),
        likely=(
            Likely("its service is off, or listens on another port"),
            Likely("an access list does not admit this machine"),
            Likely("it has no power", (POWERLESS,), (OTHERS,)),
        ),
        next_test="reach the same address and port from the management network's own side",
        remedy="check-management-path",
        source=SEVEN.format(29),
    ),
    Rule(
        id="device-out-of-reach",
        when=(is_("reason", "unreachable"),),
        title="{device} can't be reached",
        explains=NONE,
        shows=(),
        likely=(
            Likely("its management cable, port or VLAN", (OTHERS,)),
            Likely("it has no power", (POWERLESS,)),
            Likely("its address in the inventory is wrong, or used twice"),
        ),
        next_test="look at the lamp of its management port; find its MAC address on the management switch",
        remedy="check-management-path",
        source=SEVEN.format(29),
    ),
    Rule(
        id="device-silent",
        when=(is_("reason", "timeout"),),
        title="{device} takes what it is sent and does not answer in time",
        explains=NONE,
        shows=(),
        likely=(
            Likely("it is overloaded, or the service that answers hangs"),
            Likely(
                "the SNMP community is not the device's: a version 2c agent then stays silent",
                (Clue("it is read over SNMP version 2c", (is_("snmp_2c", True),)),),
            ),
        ),
        next_test="log in on its console and look at load and at the service; ask the same by hand",
        remedy="check-device-load-or-reset",
        source=CONTRACT,
    ),
    Rule(
        id="answers-not-readable",
        when=(is_("reason", "unparsable"),),
        title="{device} answers, and the answer can't be read",
        explains=NONE,
        shows=(),
        likely=(
            Likely("its software prints this otherwise than the releases we know"),
            Likely("the answer was cut off or damaged on the way"),
            Likely("another kind of device answers at this address"),
        ),
        next_test="ask the same by hand and compare with the raw answer, kept as evidence",
        remedy="capture-and-report-firmware",
        source="network reference, section 9",
    ),
    Rule(
        id="nothing-to-tell",
        when=(is_("reason", "no_data"),),
        title="{device} says that it has nothing of what was asked",
        explains=NONE,
        shows=(),
        likely=(
            Likely("its platform or release has no such command or object"),
            Likely("it has just started and has not filled its tables"),
        ),
        next_test="ask the same by hand, once more in a minute",
        remedy="check-platform-and-release",
        source=CONTRACT,
    ),
    Rule(
        id="check-crashed",
        when=(one_of("reason", "crashed"),),
        title="a check failed by itself: {message}",
        explains=NONE,
        shows=(),
        likely=(Likely("a fault of this program"),),
        next_test="run the step again; keep the record",
        remedy="report-program-fault",
        source=CONTRACT,
    ),
)
