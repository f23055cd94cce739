"""Rules for one cable, upper rungs of the ladder: coding, errors, protocol; and the whole ladder in order.

Crossed cables are found over all cables together: `bringup.diagnosis.cabling`.
"""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, at_least, is_, known
from bringup.diagnosis.rules_light import ERRORS, FAR_SENDS, FROM_CODING, LIGHT_RULES, SEVEN
from bringup.diagnosis.rules_presence import PRESENCE_RULES
from bringup.diagnosis.rules_relock import RELOCK_RULES
from bringup.diagnosis.rules_state import STATE_RULES

CODING_RULES: tuple[Rule, ...] = (
    Rule(
        id="speed-differs",
        when=(is_("speed_differs", True),),
        title="speeds differ: {near_speed_gbps} Gb/s at {near}, {far_speed_gbps} Gb/s at {far}",
        explains=FROM_CODING,
        shows=("speed_gbps", "oper_up"),
        likely=(Likely("one end is configured with another speed or lane count"),),
        next_test="read speed, lanes and breakout at both ends",
        remedy="set-same-speed",
        source=SEVEN.format(12),
        blames=is_("near_speed_gbps_bad", True),
    ),
    Rule(
        id="speed-not-as-ordered",
        when=(is_("near_speed_gbps_bad", True),),
        title="{near} runs at {near_speed_gbps} Gb/s, not the speed expected",
        explains=FROM_CODING,
        shows=("speed_gbps",),
        likely=(Likely("both ends are configured alike, but not as ordered"), Likely("the link fell back")),
        next_test="read speed, lanes and breakout at both ends",
        remedy="set-same-speed",
        source=SEVEN.format(15),
    ),
    Rule(
        id="fec-differs",
        when=(is_("fec_differs", True),),
        title="error correction differs: {near_fec_mode} at {near}, {far_fec_mode} at {far}",
        explains=FROM_CODING,
        shows=("fec_mode", "oper_up"),
        likely=(
            Likely(
                "one end is configured with another FEC",
                (
                    Clue("light arrives on every lane", (is_("light_ok", True),)),
                    Clue("the link is down", (is_("near_oper_up", False),)),
                ),
            ),
        ),
        next_test="read the configured and the working FEC at both ends",
        remedy="set-same-fec",
        source=SEVEN.format(10),
        blames=is_("near_fec_mode_bad", True),
    ),
    Rule(
        id="fec-not-as-ordered",
        when=(is_("near_fec_mode_bad", True),),
        title="{near} runs with FEC {near_fec_mode}, not the one expected",
        explains=FROM_CODING,
        shows=("fec_mode",),
        likely=(Likely("both ends are configured with another FEC than the inventory states"),),
        next_test="compare the FEC of the inventory with what the medium needs",
        remedy="set-same-fec",
        source=SEVEN.format(10),
    ),
    Rule(
        id="fec-not-told-and-no-link",
        when=(is_("near_fec_unread", True), is_("near_oper_up", False), is_("far_light_ok", True)),
        title="{near} has good light, no link, and does not tell its error correction",
        explains=FROM_CODING,
        shows=("oper_up", "fec_mode"),
        likely=(
            Likely(
                "the two ends are configured with different FEC",
                (
                    Clue("{far} is set to {far_fec_mode}", (known("far_fec_mode"),)),
                    Clue("light is good on every lane both ways", (is_("light_ok", True),)),
                ),
            ),
            Likely("speed, lanes or auto-negotiation differ"),
        ),
        next_test="read the configured FEC at {near}; the working one it tells only while the link is up",
        remedy="set-same-fec",
        source=SEVEN.format(10),
    ),
    Rule(
        id="fec-not-told-over-copper",
        when=(is_("near_fec_unread", True), is_("near_oper_up", False), is_("copper", True)),
        title="{near} has no link over copper, and does not tell its error correction",
        explains=FROM_CODING,
        shows=("oper_up", "fec_mode"),
        likely=(
            Likely(
                "the two ends are configured with different FEC",
                (
                    Clue("{far} is set to {far_fec_mode}", (known("far_fec_mode"),)),
                    Clue("both modules are seen", (is_("near_optic_present", True),)),
                ),
            ),
            Likely("auto-negotiation and link training are not on at both ends, as copper needs them"),
            Likely("the cable is too long for the port, bent or damaged"),
        ),
        next_test="read the configured FEC at {near}; the working one it tells only while the link is up",
        remedy="set-same-fec",
        source="network reference, section 7, rows 10, 11 and 22",
    ),
    Rule(
        id="lossy-path",
        when=(is_("near_ber_bad", True), is_("loss_high", True)),
        title="errors at {near}, and {loss_text} dB are lost on {link}",
        explains=FROM_CODING,
        shows=("pre_fec_ber_upper", "pre_fec_ber", "uncorrectable_codewords", "rx_power_dbm"),
        likely=(
            Likely("a dirty or scratched end face", (FAR_SENDS, Clue("the loss is {loss_text} dB", ()))),
            Likely("a tight bend or a panel too many"),
        ),
        next_test="take the fibre out and inspect both ends with a scope, {near} first",
        remedy="clean-both-ends",
        source=SEVEN.format(1),
    ),
    Rule(
        id="weak-lanes",
        when=(is_("near_ber_bad", True), at_least("near_rx_weak", 1)),
        title="errors at {near}, and weak light on {near_rx_weak_lanes}, over {link}",
        explains=FROM_CODING,
        shows=("pre_fec_ber_upper", "pre_fec_ber", "uncorrectable_codewords", "rx_power_dbm"),
        likely=(
            Likely(
                "a dirty or scratched end face",
                (FAR_SENDS, Clue("the lanes lie {near_rx_spread_db} dB apart", (is_("rx_alike", False),))),
            ),
            Likely("a plug that is not fully in, or a tight bend"),
        ),
        next_test="take the fibre out and inspect both ends with a scope, {near} first",
        remedy="clean-both-ends",
        source=SEVEN.format(1),
    ),
    Rule(
        id="link-comes-and-goes",
        when=(is_("near_flap_count_bad", True),),
        title="{link}: {near} changed its state {near_flap_count} times during the window",
        explains=FROM_CODING,
        shows=("flap_count", "oper_up", "uncorrectable_codewords"),
        likely=(
            Likely(
                "an intermittent contact: a plug or module that is not latched",
                (Clue("light is good on every lane while it is up", (is_("light_ok", True),)),),
            ),
            Likely("the far end restarts its port or itself"),
            Likely(
                "the receiver is at its limit", (Clue("its BER is {near_ber}", (is_("near_ber_bad", True),)),)
            ),
        ),
        next_test="hands off; watch both ends over a longer window, then touch one plug after the other",
        remedy="reseat-and-measure-again",
        source="network reference, section 6.2",
    ),
    Rule(
        id="bursts",
        when=(is_("near_uncorrectable_codewords_bad", True), is_("near_lost_not_noise", True)),
        title="{near} lost {near_lost} codewords at a BER of {near_ber}: that is not random noise",
        explains=FROM_CODING,
        shows=("uncorrectable_codewords", "pre_fec_ber_upper", "pre_fec_ber"),
        likely=(
            Likely("an intermittent contact, or somebody touched the cable during the window"),
            Likely(
                "the link trained again during the window",
                (Clue("its link changed state in the window", (is_("near_flap_count_bad", True),)),),
            ),
            Likely("a counter that lies"),
        ),
        next_test="hands off; measure again over a longer window, and watch the flap count",
        remedy="reseat-and-measure-again",
        source="physics reference, section 2",
    ),
    *RELOCK_RULES,
    Rule(
        id="errors-in-good-light",
        when=(is_("near_ber_bad", True),),
        title="{near} corrects too many errors (BER {near_ber})",
        explains=FROM_CODING,
        shows=("pre_fec_ber_upper", "pre_fec_ber", "uncorrectable_codewords"),
        likely=(
            Likely(
                "signal quality: settings of the host side, or the module",
                (Clue("light is good on every lane", (is_("light_ok", True),)),),
            ),
            Likely("the receiver adapted badly when the link came up"),
            Likely("a dirty end face that the power readings don't show"),
        ),
        next_test="toggle the port at {far} once and measure again: another value means bad adaptation",
        remedy="check-signal-quality",
        source=SEVEN.format(17),
    ),
    Rule(
        id="codewords-lost",
        when=(is_("near_uncorrectable_codewords_bad", True),),
        title="{near} lost {near_lost} codewords in the window",
        explains=FROM_CODING,
        shows=("uncorrectable_codewords", "pre_fec_ber_upper", "pre_fec_ber"),
        likely=(Likely("signal quality"), Likely("an intermittent contact")),
        next_test="hands off; measure again over a longer window",
        remedy="check-signal-quality",
        source=SEVEN.format(17),
    ),
    Rule(
        id="counters-cleared",
        when=(is_("near_counters_cleared", True),),
        title="the counters of {near} were cleared while they were watched: nothing was measured",
        explains=ERRORS,
        shows=("uncorrectable_codewords", "pre_fec_ber_upper"),
        likely=(
            Likely("another program or person clears them: monitoring, a script, another bring-up"),
            Likely("the process that counts restarts again and again"),
        ),
        next_test="see who is logged in on {near_device}, and what runs there on a timer",
        remedy="stop-clearing-counters",
        source="field rule 7",
    ),
    Rule(
        id="light-but-no-link",
        when=(is_("near_oper_up", False), is_("light_ok", True)),
        title="{near} receives good light, and has no link",
        explains=FROM_CODING,
        shows=("oper_up",),
        likely=(
            Likely("auto-negotiation or link training is set differently at the two ends"),
            Likely("the speed or lane count differs"),
            Likely("the module's application is not the one configured"),
        ),
        next_test="compare auto-negotiation, speed and lanes at both ends",
        remedy="check-link-training",
        source=SEVEN.format(11),
    ),
    Rule(
        id="copper-without-link",
        when=(is_("near_oper_up", False), is_("copper", True)),
        title="{near} has no link over copper, with the same settings at both ends as far as they tell them",
        explains=FROM_CODING,
        shows=("oper_up",),
        likely=(
            Likely("auto-negotiation and link training are not on at both ends, as copper needs them"),
            Likely("the cable is too long for the port, bent or damaged"),
            Likely("the speed or lane count differs"),
        ),
        next_test="compare auto-negotiation and training at both ends; then a known-good cable",
        remedy="check-link-training",
        source="network reference, section 7, rows 11 and 22",
    ),
    Rule(
        id="neighbour-silent",
        when=(is_("near_oper_up", True), is_("near_neighbor", "none")),
        title="{near} is up and hears no LLDP neighbour",
        explains=frozenset({"neighbor"}),
        shows=("neighbor",),
        likely=(
            Likely("the far end runs no LLDP agent, or its adapter swallows the frames"),
            Likely("it is too early: frames come each 30 s"),
        ),
        next_test="wait 35 s, then look for LLDP frames on {far_device}",
        remedy="check-lldp",
        source=SEVEN.format(26),
    ),
)
LINK_RULES: tuple[Rule, ...] = (*PRESENCE_RULES, *STATE_RULES, *LIGHT_RULES, *CODING_RULES)
"""In the order of the ladder: the first cause is told, what it explains is not told again."""
