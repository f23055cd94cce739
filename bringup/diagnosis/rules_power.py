"""Rules for one place where a supply hangs on an outlet, and for a host that its BMC reports as off."""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, is_, one_of

SUPPLY = frozenset({"supply_ok", "supply_present", "supply_input_v", "supply_output_w"})
OUTLET = frozenset({"outlet_state", "outcome", "power_w"})
HOST = frozenset({"power_state", "booted", "outcome"})
SEVEN = "network reference, section 7, row {}"

FEED_RULES: tuple[Rule, ...] = (
    Rule(
        id="outlet-without-power",
        when=(is_("outlet_bad", True),),
        title="outlet {outlet} is {outlet_state}; it feeds {fed}",
        explains=OUTLET | SUPPLY,
        shows=("outlet_state", "supply_ok", "supply_input_v"),
        likely=(
            Likely(
                "the outlet was switched off or never switched on",
                (Clue("the PDU itself reports it {outlet_state}", ()),),
            ),
            Likely(
                "its breaker has tripped",
                (Clue("{fed} has lost its input", (is_("supply_ok", False),)),),
                (Clue("{fed} still delivers", (is_("supply_ok", True),)),),
            ),
            Likely(
                "the inventory binds {fed} to the wrong outlet",
                (Clue("{fed} still delivers", (is_("supply_ok", True),)),),
            ),
        ),
        next_test="look at the breaker and the lamp of {outlet}; read its status object, not its command",
        remedy="check-breaker-and-outlet",
        source=SEVEN.format(30),
    ),
    Rule(
        id="outlet-did-not-switch",
        when=(is_("outlet_outcome_bad", True),),
        title="outlet {outlet} did not follow its command; it feeds {fed}",
        explains=OUTLET | SUPPLY,
        shows=("outcome", "outlet_state"),
        likely=(
            Likely("its breaker has tripped"),
            Likely("the PDU holds it: a delay, a lock or an overload rule"),
        ),
        next_test="look at the breaker and the lamp of {outlet}; read its status object, not its command",
        remedy="check-breaker-and-outlet",
        source=SEVEN.format(30),
    ),
    Rule(
        id="supply-missing",
        when=(is_("supply_present", False),),
        title="{supply} is not fitted",
        explains=SUPPLY,
        shows=("supply_present",),
        likely=(Likely("the bay is empty"), Likely("the supply is not pushed in")),
        next_test="look at the bay of {supply}",
        remedy="check-supply-and-cord",
        source=SEVEN.format(30),
    ),
    Rule(
        id="supply-without-output",
        when=(one_of("supply_ok", False),),
        title="{supply} delivers nothing",
        explains=SUPPLY,
        shows=("supply_ok", "supply_input_v"),
        likely=(
            Likely(
                "its cord is out or half in",
                (
                    Clue("outlet {outlet} is on", (is_("outlet_state", "on"),)),
                    Clue("it reports no input", (is_("no_input", True),)),
                ),
            ),
            Likely(
                "the supply has failed",
                (Clue("it has input voltage", (is_("no_input", False),)),),
                (Clue("it reports no input", (is_("no_input", True),)),),
            ),
            Likely(
                "the outlet's breaker has tripped",
                (),
                (Clue("outlet {outlet} is on", (is_("outlet_state", "on"),)),),
            ),
        ),
        next_test="look at the lamp of {supply}; seat its cord at both ends",
        remedy="check-supply-and-cord",
        source=SEVEN.format(30),
    ),
)

HOST_RULES: tuple[Rule, ...] = (
    Rule(
        id="host-off",
        when=(is_("power_bad", True),),
        title="{device} is powered {power_state}",
        explains=HOST,
        shows=("power_state", "outcome"),
        likely=(
            Likely("it was not switched on, or was switched off", (Clue("its BMC answers and says so", ()),)),
            Likely("it refused to start: supply, lid, leak or temperature"),
        ),
        next_test="read the event log of its BMC, then switch {device} on",
        remedy="power-far-end",
        source="field rule 2",
    ),
    Rule(
        id="host-does-not-come-on",
        when=(is_("outcome_bad", True),),
        title="{device} was switched on by its BMC and did not come on",
        explains=HOST,
        shows=("outcome", "power_state"),
        likely=(
            Likely("it refused to start, or went off again: supply, lid, leak or temperature"),
            Likely("the BMC took the command and did not follow it"),
        ),
        next_test="read the event log of its BMC; look at the lamps of {device}",
        remedy="power-far-end",
        source="field rule 2",
    ),
)
