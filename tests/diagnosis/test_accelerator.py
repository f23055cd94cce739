"""Accelerators and collectives: from readings to one cause each, with the remedy that fits."""

from __future__ import annotations

import pytest

from bringup.decode.nccl_text import NCCL_TEXT
from bringup.diagnosis.by_accelerator import FAILED_RUN
from bringup.diagnosis.remedies import REMEDIES
from bringup.diagnosis.rule import Rule
from bringup.diagnosis.rules_accelerator import (
    COLLECTIVE_RULES,
    DID_NOT_END,
    GPU_RULES,
    LOG_RULES,
    NODE_ACCELERATOR_RULES,
    XIDS,
)
from bringup.input import find_file, load_envelopes, load_inventory
from bringup.model.envelope import Limit
from bringup.model.intent import Intent
from bringup.model.measurement import NOT_AVAILABLE, Read, Scalar
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Verdict
from tests.diagnosis.record import Record
from tests.driver.linux import gpu_replies as replies

NODE, GPU = "node-03", "node-03/gpu-4"
RULES = (*NODE_ACCELERATOR_RULES, *GPU_RULES, *LOG_RULES, *COLLECTIVE_RULES, DID_NOT_END)


class Rack(Record):
    """A record of the HGX rack, judged by its own envelope and inventory; collectives by their floors."""

    def __init__(self) -> None:
        super().__init__()
        self.inventory = load_inventory(find_file("inventory", "hgx-h100"))
        self._own = Intent(self.inventory)
        self._general = load_envelopes(["hgx-h100"])

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        ranks = self._own.ranks(subject) if quantity == "busbw_gbyte_s" else None
        own = self._own.limits(subject).get(quantity)
        general = (
            limit
            for limit in self._general
            if limit.measure == quantity and limit.when.ranks in (None, ranks) and not limit.same_across
        )
        return (*((own,) if own is not None else ()), *general)

    def told(self, step: str, subject: str, **values: Read | Scalar) -> int:
        stage = "collectives" if "reduce" in step else "accelerators"
        return self.step(stage, step, subject, [(subject, name, each) for name, each in values.items()])

    def count(self, number: int, *gone: int) -> int:
        there = [(gpu, "gpu_present", at not in gone) for at, gpu in enumerate(self.gpus)]
        return self.step("accelerators", "count", NODE, [(NODE, "gpu_count", number), *there])

    def log(self, codes: str, faults: int = 1) -> int:
        return self.told("xid", NODE, xid_faults=faults, xid_app_errors=0, xid_codes=codes)

    def diagnosis(self, bad: str | None = GPU) -> int:
        told = [(NODE, "diag_failures", 1), (NODE, "diag_passed", False)]
        part = [(bad, "diag_failures", 1), (bad, "diag_passed", False)] if bad is not None else []
        return self.step("accelerators", "burn_in", NODE, [*told, *part])

    @property
    def gpus(self) -> tuple[str, ...]:
        return self._own.gpus(self.inventory.devices[NODE])


def test_what_is_sound_has_no_cause() -> None:
    record = Rack()
    record.count(8)
    record.told("ecc", GPU, ecc_enabled=True, ecc_uncorrected=0)
    record.told("node_all_reduce", NODE, wrong_results=0, busbw_gbyte_s=476.0, collective_ranks=8)
    assert record.state.verdict is Verdict.PASS
    assert record.causes == ()


def test_a_gpu_that_is_gone_is_named_by_its_serial_and_takes_its_log_along() -> None:
    record = Rack()
    ended = record.count(7, 4)
    record.log("79 at 0000:9d:00")
    for gpu in record.gpus:
        record.blocked("accelerators", "ecc", gpu, ended, NODE)
    cause = record.only_cause
    assert cause.remedy == "replace-gpu-or-reseat"
    assert "node-03/gpu-4 (serial 1650523000034)" in cause.title
    assert "lists 7 of 8" in cause.title
    assert len(cause.blocked) == 8
    assert any("log says so" in why for why in cause.likely[0].reasons_for)


def test_a_gpu_too_many_is_no_missing_one() -> None:
    record = Rack()
    record.count(9)
    assert record.only_cause.remedy == "check-fitted-parts"


@pytest.mark.parametrize(
    "codes", ["48 at 0000:9d:00", "48 at 0000:9d:00, 63 at 0000:9d:00", "95 at 0000:9d:00"]
)
def test_a_memory_error_is_one_cause_with_its_log_and_its_diagnosis(codes: str) -> None:
    record = Rack()
    record.told("ecc", GPU, ecc_enabled=True, ecc_uncorrected=2)
    record.told("remap", GPU, remap_pending=True, remap_failure=False)
    record.diagnosis()
    record.log(codes)
    cause = record.only_cause
    assert cause.remedy == "reset-gpu-and-retest"
    assert cause.subjects == (GPU,)
    assert len(cause.explains) == 4


def test_a_log_with_a_code_of_another_kind_is_a_cause_of_its_own() -> None:
    record = Rack()
    record.told("ecc", GPU, ecc_enabled=True, ecc_uncorrected=2)
    record.log("48 at 0000:9d:00, 79 at 0000:1b:00", faults=2)
    assert [cause.remedy for cause in record.causes] == ["reset-gpu-and-retest", "follow-xid"]


def test_a_row_that_waits_for_a_reset_is_told_without_an_error() -> None:
    record = Rack()
    record.told("remap", GPU, remap_pending=True, remap_failure=False)
    assert "memory row" in record.only_cause.title
    assert record.only_cause.remedy == "reset-gpu-and-retest"


def test_memory_without_correction_is_switched_on_again() -> None:
    record = Rack()
    record.told("ecc", GPU, ecc_enabled=False, ecc_uncorrected=0)
    assert record.only_cause.remedy == "reset-gpu-memory-protection"


def test_links_that_are_down_are_named() -> None:
    record = Rack()
    down = [(f"{GPU}#nvlink-{link}", "nvlink_up", link not in (3, 17)) for link in range(18)]
    record.step("accelerators", "nvlink", GPU, [(GPU, "nvlink_count", 16), *down])
    record.diagnosis()
    record.log("74 at 0000:9d:00")
    cause = record.only_cause
    assert cause.remedy == "reseat-gpu-baseboard-nvlink"
    assert "16 NVLinks are up, down: 3, 17" in cause.title
    assert "seated" in cause.likely[0].words


def test_links_down_on_every_gpu_of_a_node_are_one_cause_and_not_one_gpus() -> None:
    record = Rack()
    for gpu in record.gpus:
        record.told("nvlink", gpu, nvlink_count=0, fabric_state="In Progress")
    cause = record.only_cause
    assert len(cause.subjects) == 8
    assert "Fabric Manager" in cause.likely[0].words


def test_a_braked_gpu_is_a_matter_of_power_and_a_hot_one_of_air() -> None:
    record = Rack()
    record.told("throttle", GPU, hw_slowdown=True, hw_power_brake=True, hw_thermal_slowdown=False)
    assert record.only_cause.remedy == "check-gpu-cooling-and-power"
    assert "supplies" in record.only_cause.likely[0].words
    record = Rack()
    record.told("throttle", GPU, hw_slowdown=True, hw_power_brake=False, hw_thermal_slowdown=True)
    record.told("temperature", GPU, gpu_temperature_c=97.0)
    assert "lacks air" in record.only_cause.likely[0].words
    assert len(record.only_cause.explains) == 2


def test_another_serial_is_a_matter_of_identity() -> None:
    record = Rack()
    record.told("identity", GPU, gpu_serial="1650523099999", gpu_model="NVIDIA H100 80GB HBM3")
    assert record.only_cause.remedy == "check-gpu-identity"


def test_another_driver_is_a_release() -> None:
    record = Rack()
    record.told("identity", GPU, gpu_driver="535.1")
    assert record.only_cause.remedy == "install-expected-release"


def test_a_narrow_slot_is_reseated() -> None:
    record = Rack()
    record.told("pcie", GPU, pcie_width_lanes=8, pcie_speed_gt_s=32.0)
    assert record.only_cause.remedy == "reseat-card"


def test_a_log_and_a_diagnosis_by_themselves_are_causes_of_their_own() -> None:
    record = Rack()
    record.log("119 at 0000:9d:00")
    assert record.only_cause.remedy == "follow-xid"
    assert "Xid 119 at 0000:9d:00" in record.only_cause.title
    record = Rack()
    record.diagnosis(None)
    assert record.only_cause.remedy == "read-diagnosis"


def test_a_code_that_no_list_explains_is_followed_up_and_not_passed() -> None:
    record = Rack()
    record.told("xid", NODE, xid_faults=NOT_AVAILABLE, xid_app_errors=0, xid_codes="167 at 0000:9d:00")
    assert record.only_cause.remedy == "follow-xid"
    assert record.state.verdict is Verdict.UNKNOWN


def test_wrong_values_outweigh_slowness() -> None:
    record = Rack()
    ended = record.told(
        "node_all_reduce", NODE, wrong_results=12, busbw_gbyte_s=100.0, collective_exit_status=1
    )
    record.blocked("collectives", "all_reduce", "hgx-1", ended, NODE)
    cause = record.only_cause
    assert cause.remedy == "quarantine-and-localise"
    assert len(cause.blocked) == 1


def test_a_slow_ring_of_nodes_that_are_fast_alone_has_a_slow_member() -> None:
    record = Rack()
    record.told("node_all_reduce", NODE, wrong_results=0, busbw_gbyte_s=476.0)
    record.told("all_reduce", "hgx-1", wrong_results=0, busbw_gbyte_s=119.0, collective_ranks=32)
    cause = record.only_cause
    assert cause.remedy == "find-slow-member"
    assert "119 GB/s" in cause.title
    assert any("fast by itself" in why for why in cause.likely[0].reasons_for)


def test_a_collective_of_too_few_ranks_is_told_as_that() -> None:
    record = Rack()
    record.told("all_reduce", "hgx-1", wrong_results=0, collective_ranks=8, collective_hosts=1)
    assert "ran with 8 ranks" in record.only_cause.title


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_speaks_of_quantities_that_exist_and_names_a_remedy_that_exists(rule: Rule) -> None:

    assert rule.explains <= set(QUANTITIES)
    assert set(rule.shows) <= set(QUANTITIES)
    assert rule.remedy in REMEDIES
    assert rule.source


@pytest.mark.parametrize("words", FAILED_RUN)
def test_a_run_that_did_not_end_is_told_as_that_and_not_as_an_unknown_form(words: str) -> None:
    record = Rack()
    message = f"{NODE}: the reply to `all_reduce_perf` can't be read as nccl.text: {words}: 'x'"
    record.broken("collectives", "node_all_reduce", NODE, "unparsable", message, NODE)
    cause = record.only_cause
    assert cause.remedy == "check-collective-launch"
    assert message in cause.messages[0]


def test_the_words_of_a_failed_run_are_those_of_the_decoder() -> None:
    failed = replies.NCCL + b"x: Test CUDA failure common.cu:1 'y'\n"
    footer_only = b"".join(line for line in replies.NCCL.splitlines(True) if b"float" not in line)
    for data, words in zip((failed, replies.nccl(footer=False), footer_only), FAILED_RUN, strict=True):
        assert words in NCCL_TEXT.decode(data).warnings[0]


def test_every_code_that_goes_with_a_cause_goes_with_a_rule() -> None:
    assert set(XIDS) <= {rule.id for rule in RULES}
