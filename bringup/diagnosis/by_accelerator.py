"""Accelerators and collectives: one cause for what one part does, however many steps have seen it.

What a node's log and the vendor's diagnosis say goes to the cause that explains it; by themselves they are
causes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding, Observed
from bringup.diagnosis.rule import Facts, Rule, first_match
from bringup.diagnosis.rules_accelerator import (
    COLLECTIVE_RULES,
    DIAGNOSIS,
    DID_NOT_END,
    GPU_RULES,
    HEAT,
    LOG,
    LOG_RULES,
    NODE_ACCELERATOR_RULES,
    XIDS,
)
from bringup.model.intent import Intent, gpu_index
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import Scalar
from bringup.model.subject import ends, parse_subject

COLLECTIVES = "collectives."
FAILED_RUN = ("the run failed", "the run was cut off", "no row")
"""Words of the decoder for a run that has shown nothing (`bringup.decode.nccl_text`)."""
_CODE = re.compile(r"([0-9]{1,4}) at ")
_REASONS = {
    "hw_power_brake": "an outside brake holds it",
    "hw_thermal_slowdown": "heat",
    "sw_thermal_slowdown": "heat, says the driver",
    "hw_slowdown": "the hardware says so",
}


def by_accelerator(board: Board, observed: Observed, inventory: Inventory) -> None:
    """Every node with accelerators, then every collective."""
    for device in inventory.device:
        if device.expect.gpus:
            _node(board, observed, inventory, device)
    for subject in dict.fromkeys(
        one.key.subject for one in board.open.values() if one.does.startswith(COLLECTIVES)
    ):
        facts = _collective_facts(observed, inventory, subject)
        _claim(board, COLLECTIVE_RULES, facts, (subject,), _open_on(board, (subject,)))


def failed_runs(board: Board) -> None:
    """Collectives that did not come to their end: the run has failed, its form is not unknown."""
    for finding in [one for one in board.open.values() if one.does.startswith(COLLECTIVES)]:
        if finding.message is None or not any(words in finding.message for words in FAILED_RUN):
            continue
        subject = finding.key.subject
        board.claim(Case.of(DID_NOT_END, {"subject": subject}, (subject,)), [finding])


def _node(board: Board, observed: Observed, inventory: Inventory, device: Device) -> None:
    gpus = Intent(inventory).gpus(device)
    found: list[tuple[str, Case]] = []
    facts = _node_facts(observed, device, gpus)
    case = _claim(board, NODE_ACCELERATOR_RULES, facts, (device.name,), _open_on(board, (device.name,)))
    if case is not None:
        found.append((case.rule, case))
    for rule in GPU_RULES:
        matched = [gpu for gpu in gpus if first_match((rule,), (_gpu_facts(observed, gpu),))]
        if matched:
            told = _gpu_facts(observed, matched[0])
            named: Facts = {"gpus": ", ".join(matched), "alone": len(matched) == 1}
            case = _claim(board, (rule,), {**told, **named}, tuple(matched), _open_on(board, matched))
            if case is not None:
                found.append((rule.id, case))
    codes = codes_of(observed.value(device.name, "xid_codes"))
    for rule_id, case in found:
        _take_along(board, device.name, case, codes <= XIDS.get(rule_id, frozenset()))
    for rule in LOG_RULES:
        _claim(board, (rule,), facts, (device.name,), _open_on(board, (device.name,)))


def _take_along(board: Board, device: str, case: Case, log_too: bool) -> None:
    """The node's diagnosis, and its log where every code in it goes with the cause."""
    wanted = DIAGNOSIS | {"diag_exit_status"} | (LOG if log_too else frozenset())
    board.claim(case, [one for one in _open_on(board, (device,)) if _only(one, wanted)])


def _claim(
    board: Board, rules: Iterable[Rule], facts: Facts, subjects: tuple[str, ...], about: list[Finding]
) -> Case | None:
    """The first rule's case with those of `about` that it explains; None where it has none."""
    matched = first_match(rules, (facts,))
    if matched is None:
        return None
    case = Case.of(*matched, subjects)
    return case if board.claim(case, [one for one in about if _only(one, matched[0].explains)]) else None


def _only(finding: Finding, explains: frozenset[str]) -> bool:
    return bool(finding.bad) and finding.quantities <= explains


def _open_on(board: Board, subjects: Iterable[str]) -> list[Finding]:
    wanted = set(subjects)
    return [one for one in board.open.values() if one.key.subject in wanted]


def codes_of(told: Scalar | None) -> frozenset[int]:
    """The Xid codes in what a check reports of a log (`79 at 0000:1b:00, …`)."""
    return frozenset(int(code) for code in _CODE.findall(told)) if isinstance(told, str) else frozenset()


def _node_facts(observed: Observed, device: Device, gpus: tuple[str, ...]) -> Facts:
    name, count = device.name, observed.value(device.name, "gpu_count")
    gone = [gpu for gpu in gpus if observed.value(gpu, "gpu_present") is False]
    told = observed.value(name, "xid_codes")
    fewer = isinstance(count, int | float) and device.expect.gpus is not None and count < device.expect.gpus
    quantities = (*sorted(DIAGNOSIS), "diag_exit_status")
    return {
        "device": name,
        "count": count,
        "expected": device.expect.gpus,
        "count_bad": observed.get(name, "gpu_count").failed or bool(gone),
        "fewer": fewer or bool(gone),
        "missing": _missing(device, gone),
        "codes": told if told != "none" else None,
        "fell_off": 79 in codes_of(told) or None,
        "xid_bad": any(observed.get(name, quantity).bad for quantity in sorted(LOG)),
        "diag_bad": any(observed.get(one, each).bad for one in (name, *gpus) for each in quantities),
    }


def _missing(device: Device, gone: list[str]) -> str:
    """Which are gone, by number and serial where the inventory states serials."""
    named = []
    for gpu in gone:
        index, serials = gpu_index(gpu), device.expect.gpu_serials
        known = index is not None and index < len(serials)
        named.append(f"{gpu} (serial {serials[index]})" if known and index is not None else gpu)
    return ", ".join(named) or "one"


def _gpu_facts(observed: Observed, gpu: str) -> Facts:
    values = {
        name: observed.value(gpu, name)
        for name in (
            "ecc_uncorrected",
            "remap_pending",
            "remap_failure",
            "nvlink_count",
            "fabric_state",
            "hw_power_brake",
            "gpu_temperature_c",
        )
    }
    down = [link for link in range(64) if observed.value(f"{gpu}#nvlink-{link}", "nvlink_up") is False]
    slow = [link for link in range(64) if observed.get(f"{gpu}#nvlink-{link}", "nvlink_gbyte_s").failed]
    slowed = [name for name in _REASONS if observed.get(gpu, name).failed]
    fabric = any(observed.get(gpu, name).failed for name in ("fabric_state", "fabric_status"))
    links = f", down: {_listed(down)}" if down else f", slow: {_listed(slow)}" if slow else ""
    return {
        **values,
        "ecc_uncorrected_bad": observed.get(gpu, "ecc_uncorrected").failed,
        "ecc_enabled_bad": observed.get(gpu, "ecc_enabled").failed,
        "remap_bad": any(observed.get(gpu, name).failed for name in ("remap_pending", "remap_failure")),
        "nvlink_bad": observed.get(gpu, "nvlink_count").failed or bool(down) or bool(slow) or fabric,
        "fabric_bad": fabric,
        "links": links,
        "slowed_bad": bool(slowed) or any(observed.get(gpu, name).failed for name in sorted(HEAT)),
        "reasons": "; ".join(_REASONS[name] for name in slowed[:2]) or "too hot",
        "identity_bad": any(observed.get(gpu, name).failed for name in ("gpu_serial", "gpu_model")),
    }


def _listed(links: list[int]) -> str:
    return ", ".join(str(link) for link in links[:8]) + (" …" if len(links) > 8 else "")


def _collective_facts(observed: Observed, inventory: Inventory, subject: str) -> Facts:
    wrong, speed = observed.get(subject, "wrong_results"), observed.get(subject, "busbw_gbyte_s")
    return {
        "subject": subject,
        "wrong": wrong.value,
        "wrong_bad": wrong.failed,
        "busbw": speed.value,
        "busbw_bad": speed.failed or observed.get(subject, "busbw_spread").failed,
        "ranks": observed.value(subject, "collective_ranks"),
        "ranks_bad": any(
            observed.get(subject, name).failed for name in ("collective_ranks", "collective_hosts")
        ),
        "one_node": parse_subject(ends(subject)[0]).device in inventory.devices,
    }
