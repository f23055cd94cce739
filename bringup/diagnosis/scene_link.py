"""A cable seen from one of its ends, as flat facts: what this end reads, what the far end reads, what lies
between.

Which far lane lights a near one depends on polarity, so lanes of the two ends are compared as sets and by
their sorted powers, never number by number.
"""

from __future__ import annotations

from statistics import median

from bringup.diagnosis.observed import Observed, Seen
from bringup.diagnosis.rule import Facts
from bringup.model.envelope import LIKE_PEERS
from bringup.model.inventory import Inventory
from bringup.model.measurement import Scalar
from bringup.model.media import is_copper
from bringup.model.subject import parse_subject
from bringup.model.verdict import Verdict
from bringup.statistics import RANDOM_NOISE_FLOOR_BER

LOW_AGAINST_MEDIAN_DB = 1.5
"""A lane this far under the median of its port is low whatever its limit says: one jumper's whole loss budget
(network reference, section 6.1, site bars)."""
LOSS_OF_CLEAN_LINK_DB = 2.5
"""Above what two clean mated pairs, a panel and the errors of two monitors that agree can come to."""
ALIKE_DB = 1.0
BOUNCED = (
    "relock_ber_factor",
    "relock_far_ber_factor",
    "unasked_flaps",
    "link_came_up",
    "link_up_s",
    "lldp_after_link_s",
)
LEAST_LANES_OF_A_PATTERN = 4
ACTIVATED = "Activated"
MOST_LOCKS = 22
"""More than any re-lock test makes."""


def link_facts(observed: Observed, inventory: Inventory, near: str, far: str | None) -> Facts:
    """Facts with the prefix `near_` and `far_`, and those of the path from `far` to `near`."""
    facts: dict[str, Scalar | None] = {"near": near, "far": far, "link": _name(inventory, near, far)}
    facts |= _end("near", observed, inventory, near)
    if far is not None:
        facts |= _end("far", observed, inventory, far)
        facts |= _path(observed, near, far)
        facts |= _compare(facts)
    facts["copper"] = _copper(inventory, near)
    facts["light_ok"] = _light_ok(facts, "near")
    facts["far_light_ok"] = _light_ok(facts, "far") if far is not None else None
    return facts


def _end(side: str, observed: Observed, inventory: Inventory, port: str) -> dict[str, Scalar | None]:
    device = parse_subject(port).device
    found: dict[str, Scalar | None] = {
        f"{side}_device": device,
        f"{side}_role": inventory.devices[device].role if device in inventory.devices else None,
    }
    for quantity in (
        "port_present",
        "optic_present",
        "optic_medium",
        "admin_up",
        "oper_up",
        "neighbor",
        "flap_count",
        "counters_cleared",
        "module_state",
        "module_fault",
    ):
        found[f"{side}_{quantity}"] = observed.value(port, quantity)
    for quantity in ("optic_medium", "flap_count", "uncorrectable_codewords"):
        found[f"{side}_{quantity}_bad"] = observed.get(port, quantity).failed
    for quantity in BOUNCED:
        seen = observed.get(port, quantity)
        found[f"{side}_{quantity}"], found[f"{side}_{quantity}_bad"] = seen.value, seen.failed
    found[f"{side}_up_slowly"] = any(
        observed.get(port, quantity).failed for quantity in ("link_up_s", "link_up_share")
    ) or any(
        observed.get(f"{port}#lock-{number}", "relock_up_least_s").failed for number in range(1, MOST_LOCKS)
    )
    idle = [
        lane
        for lane, seen in observed.lanes(port, "data_path_state")
        if seen.value is not None and seen.value != ACTIVATED
    ]
    found[f"{side}_idle_paths"] = len(idle)
    found[f"{side}_idle_path_lanes"] = _listed(idle)
    warm = [observed.get(port, quantity) for quantity in ("temperature_c", "module_temperature_c")]
    found[f"{side}_hot"] = any(seen.failed for seen in warm) if any(seen.known for seen in warm) else None
    present = observed.get(port, "optic_present")
    found[f"{side}_presence_unread"] = present.bad and not present.failed
    found[f"{side}_medium_unread"] = _unread(observed, port)
    fec = observed.get(port, "fec_mode")
    unread = fec.bad and not fec.failed
    found[f"{side}_fec_unread"] = unread and observed.value(port, "fec_set") is None
    found |= _settings(side, observed, inventory, port)
    return (
        found
        | _receiver(side, observed, port)
        | _sender(side, observed, port)
        | _errors(side, observed, port)
    )


def _unread(observed: Observed, port: str) -> bool:
    """A module is seen, and what it is can't be read."""
    seen = observed.get(port, "optic_medium")
    return observed.value(port, "optic_present") is True and seen.bad and not seen.failed


def _receiver(side: str, observed: Observed, port: str) -> dict[str, Scalar | None]:
    """`low` lanes are out of their limit; `weak` ones are near it, or far under their neighbours."""
    lanes = list(observed.lanes(port, "rx_power_dbm"))
    powers = {lane: power for lane, seen in lanes if (power := _number(seen.value)) is not None}
    typical = median(powers.values()) if powers else 0.0
    judged = {lane: seen for lane, seen in lanes if lane in powers}
    dark = [lane for lane, seen in lanes if seen.dark]
    low = [lane for lane, seen in judged.items() if _below(seen.failed, powers[lane])]
    weak = [
        lane
        for lane, seen in judged.items()
        if (seen.marginal and powers[lane] < 0) or typical - powers[lane] >= LOW_AGAINST_MEDIAN_DB
    ]
    return {
        f"{side}_rx_lanes": len(lanes),
        f"{side}_rx_dark": len(dark),
        f"{side}_rx_dark_proven": sum(seen.dark and seen.failed for _, seen in lanes),
        f"{side}_rx_dark_lanes": _listed(dark),
        f"{side}_rx_all_dark": len(dark) == len(lanes) if lanes else None,
        f"{side}_rx_dark_half": _half(dark, [lane for lane, _ in lanes]) if dark else None,
        f"{side}_rx_low": len(low),
        f"{side}_rx_low_lanes": _listed(low),
        f"{side}_rx_low_all": len(low) == len(lanes) if low else None,
        f"{side}_rx_weak": len({*low, *weak}),
        f"{side}_rx_weak_lanes": _listed(sorted({*low, *weak})),
        f"{side}_rx_high": sum(seen.failed and powers[lane] > 0 for lane, seen in judged.items()),
        f"{side}_rx_unread": sum(
            seen.bad and not (seen.failed or seen.dark or seen.unlimited) for _, seen in lanes
        ),
        f"{side}_rx_span": _span(list(powers.values())),
        f"{side}_rx_spread_db": round(max(powers.values()) - min(powers.values()), 2) if powers else None,
        f"{side}_rx_uneven": observed.get(port, "rx_power_spread_db").failed,
    }


def _half(dark: list[int], lanes: list[int]) -> bool:
    """Whether what is dark is one half of at least four lanes: the first, the last, or every second."""
    half = len(lanes) // 2
    halves = (lanes[:half], lanes[half:], lanes[::2], lanes[1::2])
    return len(lanes) >= LEAST_LANES_OF_A_PATTERN and len(lanes) % 2 == 0 and dark in halves


def _sender(side: str, observed: Observed, port: str) -> dict[str, Scalar | None]:
    lanes = list(observed.lanes(port, "tx_power_dbm"))
    powers = [power for _, seen in lanes if (power := _number(seen.value)) is not None]
    dark = [lane for lane, seen in lanes if seen.dark]
    low = [
        lane
        for lane, seen in lanes
        if seen.failed and (power := _number(seen.value)) is not None and power < 0
    ]
    told = len(powers) + len(dark)
    bias = [_number(seen.value) for _, seen in observed.lanes(port, "bias_ma")]
    return {
        f"{side}_tx_lanes": told,
        f"{side}_tx_dark": len(dark) if told else None,
        f"{side}_tx_dark_lanes": _listed(dark),
        f"{side}_tx_all_dark": len(dark) == told if told else None,
        f"{side}_tx_low": len(low) if told else None,
        f"{side}_tx_low_lanes": _listed(low),
        f"{side}_tx_on": not dark if told and told == len(lanes) else None,
        f"{side}_tx_good": not dark and not low if told and told == len(lanes) else None,
        f"{side}_tx_span": _span(powers),
        f"{side}_undriven": all(each == 0.0 for each in bias) if bias and None not in bias else None,
    }


def _errors(side: str, observed: Observed, port: str) -> dict[str, Scalar | None]:
    upper, own = observed.get(port, "pre_fec_ber_upper"), observed.get(port, "pre_fec_ber")
    ber = _number(upper.value if upper.value is not None else own.value)
    lost = _number(observed.value(port, "uncorrectable_codewords"))
    return {
        f"{side}_ber": ber,
        f"{side}_ber_bad": upper.failed or own.failed,
        f"{side}_ber_above_peers": upper.failed and not own.failed and _against_peers_only(upper),
        f"{side}_lost": lost,
        f"{side}_lost_not_noise": None
        if lost is None or ber is None
        else lost > 0 and ber < RANDOM_NOISE_FLOOR_BER,
    }


def _against_peers_only(seen: Seen) -> bool:
    """Whether it is bad in nothing but beside its peers."""
    failed = [each for each in seen.judgements if each.verdict is Verdict.FAIL]
    return all((each.limit or "").startswith(LIKE_PEERS) for each in failed)


def _path(observed: Observed, near: str, far: str) -> dict[str, Scalar | None]:
    """Loss from `far` to `near`: the powers of both ends, sorted, side by side."""
    sent = sorted(_powers(observed, far, "tx_power_dbm"))
    received = sorted(_powers(observed, near, "rx_power_dbm"))
    if not sent or len(sent) != len(received):
        return {"loss_db": None, "loss_text": None}
    loss = max(out - arrived for out, arrived in zip(sent, received, strict=True))
    return {"loss_db": loss, "loss_text": f"{loss:.1f}", "loss_high": loss >= LOSS_OF_CLEAN_LINK_DB}


def _settings(side: str, observed: Observed, inventory: Inventory, port: str) -> dict[str, Scalar | None]:
    """Speed and coding in use, else those that the port is set to; whether they are not those ordered."""
    stated = inventory.ports.get(port)
    ordered: dict[str, Scalar | None] = {
        "speed_gbps": stated.speed_gbps if stated is not None else None,
        "fec_mode": stated.fec if stated is not None else None,
    }
    found: dict[str, Scalar | None] = {}
    for quantity, is_set in (("speed_gbps", "speed_set_gbps"), ("fec_mode", "fec_set")):
        told, seen = observed.get(port, quantity), observed.value(port, is_set)
        found[f"{side}_{quantity}"] = told.value if told.value is not None else seen
        want = ordered[quantity]
        unlike = told.value is None and seen is not None and want is not None and seen != want
        found[f"{side}_{quantity}_bad"] = told.failed or unlike
    return found


def _compare(facts: Facts) -> dict[str, Scalar | None]:
    near_fec, far_fec = facts["near_fec_mode"], facts["far_fec_mode"]
    near_speed, far_speed = facts["near_speed_gbps"], facts["far_speed_gbps"]
    return {
        "fec_differs": None if near_fec is None or far_fec is None else near_fec != far_fec,
        "speed_differs": None if near_speed is None or far_speed is None else near_speed != far_speed,
        "rx_alike": _at_most(facts["near_rx_spread_db"], ALIKE_DB),
    }


def _light_ok(facts: Facts, side: str) -> bool | None:
    """Every lane of that end receives enough, as far as it was asked; None where no lane was."""
    if not facts[f"{side}_rx_lanes"]:
        return None
    lacking = facts[f"{side}_rx_dark"] or facts[f"{side}_rx_low"]
    return not lacking and facts[f"{side}_rx_span"] is not None


def _copper(inventory: Inventory, port: str) -> bool | None:
    """Whether its cable carries no light; None where the cable list says nothing of its kind."""
    cable = inventory.cables_at.get(port)
    return is_copper(cable.medium) if cable is not None and cable.medium else None


def _name(inventory: Inventory, near: str, far: str | None) -> str:
    cable = inventory.cables_at.get(near)
    if cable is not None:
        ends = f"{cable.a} to {cable.b}"
        return f"cable {cable.label} ({ends})" if cable.label else f"the cable {ends}"
    return f"the cable of {near}" if far is None else f"the cable {near} to {far}"


def _powers(observed: Observed, port: str, quantity: str) -> list[float]:
    lanes = observed.lanes(port, quantity)
    return [power for _, seen in lanes if (power := _number(seen.value)) is not None]


def _below(failed: bool, power: float) -> bool:
    """Out of limits on the low side: no receive limit has its upper bound under 0 dBm."""
    return failed and power < 0


def _number(value: Scalar | None) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _at_most(value: Scalar | None, most: float) -> bool | None:
    number = _number(value)
    return None if number is None else number <= most


def _span(powers: list[float]) -> str | None:
    if not powers:
        return None
    low, high = min(powers), max(powers)
    return f"{low:.1f} dBm" if round(low, 1) == round(high, 1) else f"{low:.1f} to {high:.1f} dBm"


def _listed(lanes: list[int]) -> str | None:
    if not lanes:
        return None
    return f"lane {lanes[0]}" if len(lanes) == 1 else "lanes " + ", ".join(str(lane) for lane in lanes)
