"""Rules for one cable, lowest rungs of the ladder: is the port there, the module, is it switched on."""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, is_
from bringup.diagnosis.rules_light import FROM_ADMIN, FROM_PRESENCE, SEVEN

PRESENCE_RULES: tuple[Rule, ...] = (
    Rule(
        id="port-missing",
        when=(is_("near_port_present", False),),
        title="{near_device} does not list the port {near}",
        explains=frozenset({"admin_up"}) | FROM_PRESENCE,
        shows=("port_present",),
        likely=(
            Likely("the breakout or port profile makes other ports than the inventory names"),
            Likely("the line card or adapter was not found at boot"),
        ),
        next_test="list the ports of {near_device} and its breakout configuration",
        remedy="check-port-name-and-breakout",
        source=SEVEN.format(12),
    ),
    Rule(
        id="module-missing",
        when=(is_("near_optic_present", False),),
        title="{near} holds no optical module",
        explains=FROM_PRESENCE,
        shows=("optic_present",),
        likely=(
            Likely("no module was put in"),
            Likely("the module is not pushed in until it clicks"),
            Likely("the module or the cage is defective"),
        ),
        next_test="look at the cage: is a module in it, and does it click when pushed?",
        remedy="insert-optic",
        source=SEVEN.format(14),
    ),
    Rule(
        id="module-not-told",
        when=(is_("near_presence_unread", True),),
        title="{near_device} does not tell whether {near} holds a module",
        explains=FROM_PRESENCE,
        shows=("optic_present", "optic_medium"),
        likely=(
            Likely(
                "no module is fitted, or it is not pushed in until it clicks",
                (
                    Clue("no light arrives from it at {far}", (is_("far_rx_all_dark", True),)),
                    Clue("the port has no link", (is_("near_oper_up", False),)),
                ),
                (Clue("light arrives from it at {far}", (is_("far_rx_all_dark", False),)),),
            ),
            Likely("its driver tells no module's presence"),
        ),
        next_test="look at the cage: is a module in it, and does it click when pushed?",
        remedy="insert-optic",
        source=SEVEN.format(14),
    ),
    Rule(
        id="module-unreadable",
        when=(is_("near_medium_unread", True),),
        title="the module in {near} is seen but can't be read",
        explains=FROM_PRESENCE,
        shows=("optic_medium", "optic_serial"),
        likely=(
            Likely("the module is not fully seated"),
            Likely("its memory is damaged, or the management bus of the cage hangs"),
        ),
        next_test="reseat the module; then try it in another port",
        remedy="seat-optic",
        source=SEVEN.format(14),
    ),
    Rule(
        id="module-of-another-kind",
        when=(is_("near_optic_medium_bad", True),),
        title="{near} holds a {near_optic_medium}, not what was ordered for it",
        explains=FROM_PRESENCE,
        shows=("optic_medium",),
        likely=(
            Likely("a module of another kind was put in"),
            Likely("the module's memory is coded wrongly"),
        ),
        next_test="read the label of the module in {near}",
        remedy="fit-expected-optic",
        source=SEVEN.format(13),
    ),
    Rule(
        id="port-switched-off",
        when=(is_("near_admin_up", False),),
        title="{near} is switched off by configuration",
        explains=FROM_ADMIN,
        shows=("admin_up",),
        likely=(
            Likely("the port was shut in the configuration", (Clue("{near} is shut", ()),)),
            Likely("an earlier test left it shut"),
        ),
        next_test="switch {near} on and read the light at {far}",
        remedy="switch-on-port",
        source=SEVEN.format(4),
    ),
)
