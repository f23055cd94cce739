"""Rules for a link that was made to lock anew several times: what one lock alone does not show."""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, is_
from bringup.diagnosis.rules_light import FROM_CODING, SEVEN

RELOCK = frozenset(
    {
        "outcome",
        "relock_ber_factor",
        "relock_far_ber_factor",
        "lock_ber",
        "lock_far_ber",
        "link_came_up",
        "relock_up_least_s",
        "link_up_s",
        "link_up_share",
        "lldp_after_link_s",
        "stable_s",
        "unasked_flaps",
    }
)
FROM_RELOCK = FROM_CODING | RELOCK
GOOD_LIGHT = Clue("light is good on every lane", (is_("light_ok", True),))
RELOCK_RULES: tuple[Rule, ...] = (
    Rule(
        id="link-does-not-come-back",
        when=(is_("near_link_came_up_bad", True),),
        title="{link} did not come up again after {near} was shut and opened",
        explains=FROM_RELOCK,
        shows=("link_came_up", "lock_ber", "lock_far_ber"),
        likely=(
            Likely("auto-negotiation or link training is set differently at the two ends"),
            Likely("a module that does not start its data path again without a reset"),
        ),
        next_test="read the state machines of both modules, then reset one after the other",
        remedy="check-link-training",
        source=SEVEN.format(11),
    ),
    Rule(
        id="comes-and-goes-under-test",
        when=(is_("near_unasked_flaps_bad", True),),
        title="{link} went down by itself {near_unasked_flaps} times while it was tested",
        explains=FROM_RELOCK,
        shows=("unasked_flaps",),
        likely=(
            Likely("an intermittent contact: a plug or module that is not latched", (GOOD_LIGHT,)),
            Likely("the far end restarts its port or itself"),
        ),
        next_test="hands off; watch both ends over a longer window, then touch one plug after the other",
        remedy="reseat-and-measure-again",
        source="network reference, section 6.2",
    ),
    Rule(
        id="far-receiver-adapts-unlike",
        when=(is_("near_relock_far_ber_factor_bad", True),),
        title="the receiver at {far} adapts otherwise at one lock than at another:"
        " its errors change by a factor of {near_relock_far_ber_factor}",
        explains=FROM_RELOCK,
        shows=("relock_far_ber_factor", "lock_far_ber"),
        likely=(
            Likely(
                "it adapts to the transient of the transmitter at {near}: a silent bad re-lock", (GOOD_LIGHT,)
            ),
            Likely("signal settings of {far} that are at the edge of what works"),
        ),
        next_test="run the re-lock test again with more bounces: the value changes at random",
        remedy="relock-and-guard",
        source=SEVEN.format(16),
    ),
    Rule(
        id="receiver-adapts-unlike",
        when=(is_("near_relock_ber_factor_bad", True),),
        title="the receiver at {near} adapts otherwise at one lock than at another:"
        " its errors change by a factor of {near_relock_ber_factor}",
        explains=FROM_RELOCK,
        shows=("relock_ber_factor", "lock_ber"),
        likely=(
            Likely("it adapts to a transient when its port is opened: a silent bad re-lock", (GOOD_LIGHT,)),
            Likely("signal settings of {near} that are at the edge of what works"),
        ),
        next_test="run the re-lock test again with more bounces: the value changes at random",
        remedy="relock-and-guard",
        source=SEVEN.format(16),
    ),
    Rule(
        id="more-errors-than-peers",
        when=(is_("near_ber_above_peers", True),),
        title="{near} corrects far more errors than its peers (BER {near_ber})",
        explains=FROM_RELOCK,
        shows=("pre_fec_ber_upper", "pre_fec_ber"),
        likely=(
            Likely("its receiver adapted badly when the link came up: a silent bad re-lock", (GOOD_LIGHT,)),
            Likely("signal settings of {near} that are not those of its peers"),
            Likely("a dirty end face that the power readings don't show"),
        ),
        next_test="run the re-lock test on {near} and {far}: another value means that it adapted badly",
        remedy="relock-and-guard",
        source=SEVEN.format(16),
    ),
    Rule(
        id="comes-up-slowly",
        when=(is_("near_up_slowly", True),),
        title="{link} takes too long to come up after {near} is opened",
        explains=frozenset({"relock_up_least_s", "link_up_s", "link_up_share"}),
        shows=("link_up_s", "link_up_share", "relock_up_least_s"),
        likely=(
            Likely(
                "link training needs several tries: settings of the two ends, or the length of a copper cable"
            ),
            Likely("the module starts slower than it says"),
        ),
        next_test="compare with a like link of the same module and firmware",
        remedy="check-link-training",
        source="network reference, section 6.3",
    ),
    Rule(
        id="named-too-late",
        when=(is_("near_lldp_after_link_s_bad", True),),
        title="{far} names itself at {near} only {near_lldp_after_link_s} s after the link is up",
        explains=frozenset({"lldp_after_link_s"}),
        shows=("lldp_after_link_s",),
        likely=(
            Likely("the LLDP agent of {far} sends seldom, or starts late"),
            Likely("an old neighbour is held until its time is over"),
        ),
        next_test="look for LLDP frames on {far_device} while the port is opened",
        remedy="check-lldp",
        source=SEVEN.format(26),
    ),
)
