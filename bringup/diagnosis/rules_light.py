"""Rules for one cable, the middle of the ladder: light, lane by lane.

The first that holds on either end is the cause; `near` is the end it holds on. Figures and remedies follow
the failure modes of the network reference, section 7; the number stands in `source`.
"""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, at_least, is_

PRESENCE = frozenset({"port_present", "optic_present", "optic_medium", "optic_serial", "lane_count"})
LIGHT = frozenset({"rx_power_dbm", "tx_power_dbm", "bias_ma", "rx_power_spread_db"})
ERRORS = frozenset(
    {"pre_fec_ber", "pre_fec_ber_upper", "uncorrectable_codewords", "flap_count", "counters_cleared"}
)
LINK = frozenset({"oper_up", "speed_gbps", "fec_mode", "speed_set_gbps", "fec_set", "neighbor"})
MODULE = frozenset({"temperature_c", "supply_voltage_v"})
STATE = frozenset({"module_state", "module_fault", "data_path_state", "snr_media_db", "snr_host_db"})
FROM_PRESENCE = PRESENCE | MODULE | STATE | LIGHT | ERRORS | LINK
FROM_ADMIN = frozenset({"admin_up"}) | STATE | LIGHT | ERRORS | LINK
FROM_STATE = MODULE | STATE | LIGHT | ERRORS | LINK
FROM_LIGHT = LIGHT | ERRORS | LINK
FROM_CODING = ERRORS | LINK
SEVEN = "network reference, section 7, row {}"

FAR_SENDS = Clue("{far} sends on every lane ({far_tx_span})", (is_("far_tx_good", True),))
FAR_BOOTED_NOT = Clue("{far_device} says nothing of its port", (is_("far_tx_lanes", 0),))

LIGHT_RULES: tuple[Rule, ...] = (
    Rule(
        id="transmitter-dark",
        when=(is_("near_tx_all_dark", True),),
        title="{near} sends no light on any lane, though its module is there",
        explains=FROM_LIGHT,
        shows=("tx_power_dbm", "rx_power_dbm"),
        likely=(
            Likely(
                "the module is held in low power, or its transmitter is disabled",
                (Clue("no lane's laser is driven: its bias is 0 mA", (is_("near_undriven", True),)),),
            ),
            Likely(
                "the module has failed",
                (Clue("its lasers are driven and give no light", (is_("near_undriven", False),)),),
            ),
        ),
        next_test="read the module's state (low power, transmitter disable), then reset it",
        remedy="reset-or-replace-optic",
        source=SEVEN.format(18),
    ),
    Rule(
        id="transmitter-lane-dark",
        when=(at_least("near_tx_dark", 1),),
        title="{near} sends no light on {near_tx_dark_lanes}; its other lanes send",
        explains=FROM_LIGHT,
        shows=("tx_power_dbm", "rx_power_dbm"),
        likely=(
            Likely("that laser of the module has failed", (Clue("its own monitor reads no light", ()),)),
            Likely("that lane is disabled by configuration"),
        ),
        next_test="compare the bias current of that lane with its neighbours, then try a known-good module",
        remedy="replace-optic",
        source=SEVEN.format(32),
    ),
    Rule(
        id="transmitter-weak",
        when=(at_least("near_tx_low", 1),),
        title="{near} sends too little light on {near_tx_low_lanes}",
        explains=FROM_LIGHT,
        shows=("tx_power_dbm", "bias_ma", "rx_power_dbm"),
        likely=(Likely("the laser is at the end of its life"), Likely("the module is too warm")),
        next_test="compare its bias current with the port's median, then try a known-good module",
        remedy="replace-optic",
        source=SEVEN.format(32),
    ),
    Rule(
        id="dark-both-ways",
        when=(
            is_("near_rx_all_dark", True),
            is_("far_rx_all_dark", True),
            at_least("near_rx_dark_proven", 1),
            at_least("far_rx_dark_proven", 1),
        ),
        title="no light passes {link} either way, and both ends send",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm",),
        likely=(
            Likely("the fibre is not plugged in at one end, or leads elsewhere"),
            Likely(
                "wrong polarity or crossed pair",
                (Clue("both ends send ({near_tx_span}, {far_tx_span})", ()),),
            ),
        ),
        next_test="look at both plugs, then switch one transmitter off and see which receiver goes dark",
        remedy="check-plug-and-polarity",
        source=SEVEN.format(3),
    ),
    Rule(
        id="dark-one-way",
        when=(is_("near_rx_all_dark", True), at_least("near_rx_dark_proven", 1)),
        title="no light arrives at {near}, though {far} sends on every lane",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm",),
        likely=(
            Likely("one fibre is broken or one plug is not in", (FAR_SENDS,)),
            Likely("the receiver has failed"),
        ),
        next_test="switch {far} off and on and look for any change; then a known-good jumper",
        remedy="check-plug-and-polarity",
        source=SEVEN.format(4),
    ),
    Rule(
        id="lanes-dark-in-pattern",
        when=(
            is_("near_rx_dark_half", True),
            is_("far_rx_dark_half", True),
            at_least("near_rx_dark_proven", 1),
            at_least("far_rx_dark_proven", 1),
        ),
        title="half of the lanes of {link} are dark both ways ({near_rx_dark_lanes}), and both ends send",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm",),
        likely=(
            Likely(
                "a jumper or harness of the wrong kind, or one of two plugs is not in",
                (FAR_SENDS, Clue("{near_rx_dark} of {near_rx_lanes} lanes are dark at both ends", ())),
            ),
            Likely("a narrower cable in its place"),
            Likely("as many broken fibres", (), (Clue("they are one half, and the same both ways", ()),)),
        ),
        next_test="switch {far} off lane by lane, or as a whole, and map which lanes of {near} go dark",
        remedy="fit-right-harness",
        source=SEVEN.format(5),
    ),
    Rule(
        id="light-low",
        when=(at_least("near_rx_low", 1),),
        title="{near} receives too little light on {near_rx_low_lanes}, over {link}",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm", "pre_fec_ber_upper", "pre_fec_ber"),
        likely=(
            Likely(
                "a dirty or scratched end face",
                (
                    FAR_SENDS,
                    Clue(
                        "low on {near_rx_low} of {near_rx_lanes} lanes only",
                        (is_("near_rx_low_all", False),),
                    ),
                    Clue("the lanes lie {near_rx_spread_db} dB apart", (is_("rx_alike", False),)),
                    Clue("up to {loss_text} dB are lost on the way", (at_least("loss_db", 0.0),)),
                ),
            ),
            Likely(
                "a plug that is not fully in, or a tight bend",
                (Clue("all lanes are low alike", (is_("near_rx_low_all", True), is_("rx_alike", True))),),
            ),
            Likely(
                "the receiver's monitor is wrong",
                (),
                (Clue("its other lanes read well", (is_("near_rx_low_all", False),)),),
            ),
        ),
        next_test="take the fibre out and inspect both ends with a scope, {near} first",
        remedy="clean-both-ends",
        source=SEVEN.format(1),
    ),
    Rule(
        id="lane-dark",
        when=(at_least("near_rx_dark_proven", 1),),
        title="{near_rx_dark_lanes} of {near} is dark, though {far} sends on every lane",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm",),
        likely=(
            Likely(
                "that fibre of {link} is broken, or its end face blocked",
                (FAR_SENDS, Clue("its other lanes receive {near_rx_span}", ())),
            ),
            Likely(
                "a jumper or harness of the wrong kind",
                (Clue("more than one lane is dark", (at_least("near_rx_dark", 2),)),),
            ),
            Likely("that receiver lane has failed"),
        ),
        next_test="take the fibre out and inspect both end faces of that lane; then a known-good jumper",
        remedy="inspect-fibre-lane",
        source=SEVEN.format(4),
    ),
    Rule(
        id="lanes-uneven",
        when=(is_("near_rx_uneven", True),),
        title="the lanes of {near} lie {near_rx_spread_db} dB apart, over {link}",
        explains=FROM_LIGHT,
        shows=("rx_power_spread_db", "rx_power_dbm"),
        likely=(
            Likely("a dirty or scratched end face on {near_rx_weak_lanes}", (FAR_SENDS,)),
            Likely("a plug that is not fully in: a gradient over the lanes"),
        ),
        next_test="take the fibre out and inspect both ends with a scope, {near} first",
        remedy="clean-both-ends",
        source=SEVEN.format(1),
    ),
    Rule(
        id="light-high",
        when=(at_least("near_rx_high", 1),),
        title="{near} receives more light than it may",
        explains=FROM_LIGHT,
        shows=("rx_power_dbm",),
        likely=(Likely("a module for a longer reach sends into a short fibre"),),
        next_test="compare the two modules' kinds and the length of {link}",
        remedy="fit-attenuator",
        source="network reference, section 6.1",
    ),
    Rule(
        id="monitor-silent",
        when=(at_least("near_rx_unread", 1),),
        title="{near} tells no received power",
        explains=LIGHT,
        shows=("rx_power_dbm", "tx_power_dbm"),
        likely=(
            Likely("optical monitoring is off on {near_device}"),
            Likely("a copper or flat-memory module, which has no monitor"),
            Likely("the module did not answer in time"),
        ),
        next_test="read the module's memory on {near_device} by hand",
        remedy="enable-optical-monitoring",
        source=SEVEN.format(33),
    ),
)

UNPROVEN = Rule(
    id="far-end-not-proven",
    when=(at_least("near_rx_dark", 1),),
    title="{near} is dark, and nothing proves that {far} sends",
    explains=FROM_LIGHT,
    shows=("rx_power_dbm",),
    likely=(
        Likely("the far end is off, not booted, or its port is shut", (FAR_BOOTED_NOT,)),
        Likely("a fibre fault: not to be judged yet"),
    ),
    next_test="read the transmit power at {far}",
    remedy="prove-far-transmitter",
    source="field rule 2",
)
"""What is left of darkness when neither the ladder nor anything that keeps the far end waiting explains it.
"""
