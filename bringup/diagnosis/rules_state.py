"""Rules for one cable, the rung of the state machines: the module's, and that of the data path through it.

CMIS: a module must be at Ready before any lane sends, and each lane's data path at Activated before it
carries data (network reference, sections 5 and 7).
"""

from __future__ import annotations

from bringup.diagnosis.rule import Clue, Likely, Rule, at_least, is_, one_of
from bringup.diagnosis.rules_light import FROM_STATE, SEVEN

WARM = Clue("it is too warm", (is_("near_hot", True),))
NOT_WARM = Clue("its temperature is within its rating", (is_("near_hot", False),))
DARK = Clue("none of its lanes sends", (is_("near_tx_all_dark", True),))
STATE_RULES: tuple[Rule, ...] = (
    Rule(
        id="module-at-fault-and-hot",
        when=(is_("near_module_state", "Fault"), is_("near_hot", True)),
        title="the module in {near} has shut itself down, and is too warm",
        explains=FROM_STATE,
        shows=("module_state", "module_fault", "temperature_c"),
        likely=(
            Likely("blanks beside it are missing, a fan is weak, or its heat sink does not suit the cage"),
            Likely("the module makes more heat than it should"),
        ),
        next_test="compare with its neighbours' temperatures and the fans; let it cool and reset it",
        remedy="check-module-cooling",
        source=SEVEN.format(20),
    ),
    Rule(
        id="module-at-fault",
        when=(is_("near_module_state", "Fault"),),
        title="the module in {near} is at Fault ({near_module_fault})",
        explains=FROM_STATE,
        shows=("module_state", "module_fault"),
        likely=(
            Likely("the module has failed", (NOT_WARM,)),
            Likely("it was too warm", (WARM,), (NOT_WARM,)),
        ),
        next_test="reset the module once; then try it in another port",
        remedy="replace-optic",
        source=SEVEN.format(20),
    ),
    Rule(
        id="module-not-ready",
        when=(one_of("near_module_state", "LowPwr", "PwrUp", "PwrDn"),),
        title="the module in {near} stays at {near_module_state}: it never comes to Ready",
        explains=FROM_STATE,
        shows=("module_state", "data_path_state", "tx_power_dbm", "rx_power_dbm"),
        likely=(
            Likely("it is held in low power, by a pin or by software", (DARK,)),
            Likely("its power class is more than the port grants"),
            Likely("the module has failed"),
        ),
        next_test="read who asks for low power, a pin or software; its power class beside the port's rating",
        remedy="reset-or-replace-optic",
        source=SEVEN.format("18 and 19"),
    ),
    Rule(
        id="data-path-not-activated",
        when=(is_("near_module_state", "Ready"), at_least("near_idle_paths", 1)),
        title="the module in {near} is at Ready, the data path of {near_idle_path_lanes} is not activated",
        explains=FROM_STATE,
        shows=("data_path_state", "speed_gbps"),
        likely=(
            Likely("speed, lanes or breakout of the port are none of the applications of the module"),
            Likely("the transmitter is disabled, or the configuration of its lanes was refused", (DARK,)),
        ),
        next_test="compare the applications that the module advertises with the one that is selected",
        remedy="set-advertised-application",
        source=SEVEN.format(9),
    ),
)
