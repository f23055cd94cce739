"""Rules for accelerators: of a node, of one GPU or several of a node, and of a collective over them.

`XIDS` names the codes of the driver's log that go with a rule: the same cause, seen a second time.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.diagnosis.rule import Clue, Likely, Rule, is_, known, one_of

REFERENCE = "accelerators reference, section {}"
DIAGNOSIS = frozenset({"diag_failures", "diag_passed"})
LOG = frozenset({"xid_faults", "xid_app_errors"})
THROTTLE = frozenset({"hw_slowdown", "hw_thermal_slowdown", "hw_power_brake", "sw_thermal_slowdown"})
HEAT = frozenset({"gpu_temperature_c", "gpu_memory_temperature_c", "gpu_temperature_margin_c"})
RESULTS = frozenset({"wrong_results", "collective_exit_status"})
BANDWIDTH = frozenset({"busbw_gbyte_s", "busbw_spread"})
XIDS = MappingProxyType(
    {
        "gpu-not-listed": frozenset({79, 119, 120, 154, 45}),
        "gpu-memory-error": frozenset({45, 48, 62, 63, 64, 92, 94, 95, 140, 154, 160, 171, 172}),
        "gpu-row-remap": frozenset({48, 63, 64, 94, 95, 154, 160}),
        "nvlinks-not-up": frozenset({45, 74, *range(144, 151), 154}),
        "gpu-held-back": frozenset[int](),
    }
)

NODE_ACCELERATOR_RULES: tuple[Rule, ...] = (
    Rule(
        id="gpu-not-listed",
        when=(is_("count_bad", True), is_("fewer", True)),
        title="{device} lists {count} of {expected} GPUs: {missing} is gone",
        explains=frozenset({"gpu_count", "gpu_present"}),
        shows=("gpu_count", "gpu_present"),
        likely=(
            Likely(
                "the GPU has fallen off its bus",
                (Clue("the driver's log says so (Xid {codes})", (is_("fell_off", True),)),),
            ),
            Likely("its module or the baseboard is not seated"),
            Likely("it has no power, or the GPU is dead"),
        ),
        next_test="`lspci` beside the driver's list: is it on the bus at all?",
        remedy="replace-gpu-or-reseat",
        source=REFERENCE.format("3.2"),
    ),
    Rule(
        id="gpu-number-differs",
        when=(is_("count_bad", True),),
        title="{device} lists {count} GPUs where {expected} are expected",
        explains=frozenset({"gpu_count", "gpu_present"}),
        shows=("gpu_count",),
        likely=(Likely("the inventory has another number than was built in"),),
        next_test="count the modules in the machine",
        remedy="check-fitted-parts",
        source="field rule 22",
    ),
)

GPU_RULES: tuple[Rule, ...] = (
    Rule(
        id="gpu-memory-error",
        when=(is_("ecc_uncorrected_bad", True),),
        title="the memory of {gpus} has had {ecc_uncorrected} errors that could not be corrected",
        explains=frozenset({"ecc_uncorrected", "remap_pending", "remap_failure"}),
        shows=("ecc_uncorrected", "remap_pending", "remap_failure"),
        likely=(
            Likely(
                "a weak row: it is remapped at the next reset",
                (Clue("a row waits for it", (is_("remap_pending", True),)),),
                (Clue("its remapping has failed", (is_("remap_failure", True),)),),
            ),
            Likely(
                "the memory is defective",
                (Clue("its remapping has failed", (is_("remap_failure", True),)),),
            ),
        ),
        next_test="reset the GPU and run the diagnosis again",
        remedy="reset-gpu-and-retest",
        source=REFERENCE.format("3.1"),
    ),
    Rule(
        id="gpu-row-remap",
        when=(is_("remap_bad", True),),
        title="{gpus} has a memory row to be remapped",
        explains=frozenset({"remap_pending", "remap_failure"}),
        shows=("remap_pending", "remap_failure", "remapped_rows"),
        likely=(
            Likely("a reset is due, and remaps it", (Clue("a row waits", (is_("remap_pending", True),)),)),
            Likely(
                "no spare row is left there: the GPU goes back",
                (Clue("the remapping has failed", (is_("remap_failure", True),)),),
            ),
        ),
        next_test="reset the GPU and read the flags again",
        remedy="reset-gpu-and-retest",
        source=REFERENCE.format("3.1"),
    ),
    Rule(
        id="ecc-off",
        when=(is_("ecc_enabled_bad", True),),
        title="{gpus} does not correct errors of its memory",
        explains=frozenset({"ecc_enabled", "ecc_uncorrected"}),
        shows=("ecc_enabled",),
        likely=(Likely("it was switched off"),),
        next_test="read the mode that waits for a reboot",
        remedy="reset-gpu-memory-protection",
        source=REFERENCE.format("1.2"),
    ),
    Rule(
        id="nvlinks-not-up",
        when=(one_of("nvlink_bad", True),),
        title="{gpus}: {nvlink_count} NVLinks are up{links}",
        explains=frozenset({"nvlink_count", "nvlink_up", "nvlink_gbyte_s", "fabric_state", "fabric_status"}),
        shows=("nvlink_count", "nvlink_up", "nvlink_gbyte_s", "fabric_state"),
        likely=(
            Likely("they are still training, or the Fabric Manager does not run", (
                Clue("registration is {fabric_state}", (is_("fabric_bad", True),)),
            )),
            Likely("the GPU is not seated on its baseboard", (
                Clue("only one GPU of the node shows it", (is_("alone", True),)),
            )),
            Likely("an NVSwitch of the baseboard is defective", (), (
                Clue("only one GPU of the node shows it", (is_("alone", True),)),
            )),
        ),
        next_test="read the links' error counters and the driver's log; look again after a reboot",
        remedy="reseat-gpu-baseboard-nvlink",
        source=REFERENCE.format("3.1 and 5.3"),
    ),
    Rule(
        id="gpu-held-back",
        when=(is_("slowed_bad", True),),
        title="{gpus} is slowed down: {reasons}",
        explains=THROTTLE | HEAT,
        shows=(
            "hw_thermal_slowdown",
            "hw_power_brake",
            "hw_slowdown",
            "gpu_temperature_c",
            "gpu_temperature_margin_c",
        ),
        likely=(
            Likely("it lacks air: fan, blank, air guide", (
                Clue("it is at {gpu_temperature_c} °C", (known("gpu_temperature_c"),)),
            ), (Clue("an outside brake holds it", (is_("hw_power_brake", True),)),)),
            Likely("its supplies are overloaded or one is missing", (
                Clue("an outside brake holds it", (is_("hw_power_brake", True),)),
            )),
        ),
        next_test="compare temperatures with its neighbours under load; read the chassis' fans and supplies",
        remedy="check-gpu-cooling-and-power",
        source=REFERENCE.format("3.1"),
    ),
    Rule(
        id="gpu-not-the-expected",
        when=(is_("identity_bad", True),),
        title="{gpus} is not the one that the inventory expects",
        explains=frozenset({"gpu_serial", "gpu_model"}),
        shows=("gpu_serial", "gpu_model"),
        likely=(
            Likely("it was replaced and the inventory not amended"),
            Likely("two of them have changed places"),
        ),
        next_test="read the label of the module",
        remedy="check-gpu-identity",
        source="field rules 22 and 23",
    ),
)  # fmt: skip

LOG_RULES: tuple[Rule, ...] = (
    Rule(
        id="xid",
        when=(is_("xid_bad", True),),
        title="the driver's log of {device} holds Xid {codes}",
        explains=LOG,
        shows=("xid_faults", "xid_app_errors", "xid_codes"),
        likely=(Likely("what NVIDIA's catalogue says of the first of them"),),
        next_test="read the log around the first of them",
        remedy="follow-xid",
        source=REFERENCE.format("3.2"),
    ),
    Rule(
        id="diagnosis-failed",
        when=(is_("diag_bad", True),),
        title="the vendor's diagnosis of {device} did not pass clean",
        explains=DIAGNOSIS | {"diag_exit_status"},
        shows=("diag_failures", "diag_passed", "diag_exit_status"),
        likely=(Likely("what the warning of the failed test says"),),
        next_test="run the failed test alone, with its own words on",
        remedy="read-diagnosis",
        source=REFERENCE.format("2.1"),
    ),
)

DID_NOT_END = Rule(
    id="collective-did-not-end",
    when=(),
    title="a collective on {subject} did not come to its end",
    explains=frozenset(),
    shows=(),
    likely=(
        Likely("its launcher can't start on one of the hosts: SSH between them, another release"),
        Likely("libraries of the hosts differ, or do not fit the driver"),
        Likely("a part failed under it: the driver's log would say so"),
    ),
    next_test="run it by hand with NCCL_DEBUG=INFO; read the first complaint, not the last",
    remedy="check-collective-launch",
    source=REFERENCE.format("4.3"),
)

COLLECTIVE_RULES: tuple[Rule, ...] = (
    Rule(
        id="collective-computes-wrongly",
        when=(is_("wrong_bad", True),),
        title="a collective on {subject} gave {wrong} wrong values",
        explains=RESULTS | BANDWIDTH,
        shows=("wrong_results", "collective_exit_status"),
        likely=(
            Likely("a GPU computes wrongly", (Clue("the node fails by itself", (is_("one_node", True),)),)),
            Likely("data is damaged on the way: adapter, slot or NVLink"),
        ),
        next_test="run it on half of the GPUs, then on the other half",
        remedy="quarantine-and-localise",
        source=REFERENCE.format("4.4"),
    ),
    Rule(
        id="collective-under-its-floor",
        when=(is_("busbw_bad", True),),
        title="a collective on {subject} reaches {busbw} GB/s",
        explains=BANDWIDTH | {"collective_exit_status"},
        shows=("busbw_gbyte_s", "busbw_spread"),
        likely=(
            Likely(
                "one member holds all others back: a link, a slot, a GPU that is slowed down",
                (Clue("every node is fast by itself", (is_("one_node", False),)),),
            ),
            Likely(
                "adapters do not reach their GPUs directly (nvidia-peermem is not loaded)",
                (Clue("every node is fast by itself", (is_("one_node", False),)),),
            ),
            Likely(
                "NVLinks or the fabric of the node are not used",
                (Clue("it is one node alone", (is_("one_node", True),)),),
            ),
        ),
        next_test="pair every member with one that has passed; the slow pairs share one",
        remedy="find-slow-member",
        source=REFERENCE.format("4.4"),
    ),
    Rule(
        id="collective-short-of-ranks",
        when=(is_("ranks_bad", True),),
        title="a collective on {subject} ran with {ranks} ranks",
        explains=frozenset({"collective_ranks", "collective_hosts", "collective_exit_status"}),
        shows=("collective_ranks", "collective_hosts"),
        likely=(Likely("the launcher placed the ranks otherwise than asked"),),
        next_test="read the header of its output",
        remedy="capture-and-report-firmware",
        source=REFERENCE.format("4.3"),
    ),
)
