"""Which rung of a link's ladder a rule's cause stands on, what is read on each, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bringup.model.measurement import Scalar

RUNGS = (
    "power",
    "presence",
    "state machine",
    "light",
    "lane",
    "FEC",
    "BER",
    "protocol",
    "cabling",
    "configuration",
)
STOPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("outlet-without-power", "outlet-did-not-switch", "supply-missing"), ("power",)),
        **dict.fromkeys(("supply-without-output", "host-off", "host-does-not-come-on"), ("power",)),
        "port-missing": ("presence",),
        "module-missing": ("presence",),
        "module-not-told": ("presence",),
        "module-unreadable": ("presence",),
        "module-of-another-kind": ("presence",),
        "port-switched-off": ("state machine",),
        "module-at-fault-and-hot": ("state machine",),
        "module-at-fault": ("state machine",),
        "module-not-ready": ("state machine",),
        "data-path-not-activated": ("state machine",),
        "transmitter-dark": ("state machine", "light"),
        "transmitter-lane-dark": ("lane",),
        "transmitter-weak": ("lane",),
        "dark-both-ways": ("light",),
        "dark-one-way": ("light",),
        "light-low": ("light", "lane"),
        "lane-dark": ("lane",),
        "lanes-uneven": ("lane",),
        "light-high": ("light", "lane"),
        **{
            f"value-of-{name}": ("lane",)
            for name in (
                "rx_alarm_room_db",
                "tx_alarm_room_db",
                "bias_alarm_room_ma",
                "bias_off_median",
                "tx_power_spread_db",
                "lane_locked",
            )
        },
        "value-of-laser_source_ok": ("light",),
        **{
            f"value-of-{name}": ("state machine",)
            for name in (
                "temperature_c",
                "module_temperature_c",
                "temperature_alarm_room_c",
                "supply_voltage_v",
            )
        },
        "monitor-silent": ("light", "lane"),
        "far-end-not-proven": ("light", "lane"),
        "fec-differs": ("FEC",),
        "fec-not-as-ordered": ("FEC",),
        "fec-not-told-and-no-link": ("FEC",),
        "lossy-path": ("lane",),
        "weak-lanes": ("lane",),
        "link-comes-and-goes": ("BER", "protocol"),
        "bursts": ("BER",),
        "errors-in-good-light": ("BER",),
        "codewords-lost": ("BER",),
        "counters-cleared": ("BER",),
        "more-errors-than-peers": ("BER",),
        "far-receiver-adapts-unlike": ("BER",),
        "receiver-adapts-unlike": ("BER",),
        "link-does-not-come-back": ("protocol",),
        "comes-and-goes-under-test": ("protocol",),
        "comes-up-slowly": ("protocol",),
        "named-too-late": ("protocol",),
        "light-but-no-link": ("protocol",),
        "neighbour-silent": ("protocol",),
        "neighbour-too-old": ("protocol",),
        "cables-swapped": ("cabling",),
        "ends-of-two-assemblies": ("cabling",),
        "unlike-cables-swapped": ("cabling",),
        "lanes-dark-in-pattern": ("lane",),
        "fec-not-told-over-copper": ("FEC",),
        "copper-without-link": ("protocol",),
        "cable-not-of-the-plan": ("cabling",),
        "speed-differs": ("configuration",),
        "speed-not-as-ordered": ("configuration",),
        "cage-broken-out-otherwise": ("configuration",),
    }
)
"""On which rung a rule's cause stands; of several the first that is bad."""
DEVICE = ("power_state", "outcome", "booted", "reachable")
QUANTITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "presence": ("port_present", "optic_present", "optic_medium"),
        "state machine": (
            "admin_up",
            "module_state",
            "module_fault",
            "temperature_c",
            "module_temperature_c",
        ),
        "FEC": ("fec_mode", "fec_set"),
        "BER": (
            "pre_fec_ber_upper",
            "pre_fec_ber",
            "uncorrectable_codewords",
            "flap_count",
            "counters_cleared",
        ),
        "protocol": ("link_came_up", "unasked_flaps", "link_up_s", "lldp_after_link_s"),
        "cabling": ("ends_alike",),
        "configuration": ("speed_gbps", "speed_set_gbps"),
    }
)
OF_LANES: Mapping[str, str] = MappingProxyType(
    {
        "rx_alarm_room_db": "light {} dB from the module's alarm",
        "tx_alarm_room_db": "sent light {} dB from the module's alarm",
        "bias_alarm_room_ma": "bias {} mA from the module's alarm",
        "bias_off_median": "bias {} of the median off",
        "lane_locked": "lock: {}",
    }
)
"""What else is told of a lane, said where it is not good."""
LIGHT = ("tx_power_dbm", "rx_power_dbm")
SAID: Mapping[tuple[str, Scalar], str] = MappingProxyType(
    {
        ("port_present", False): "no such port",
        ("port_present", True): "",
        ("optic_present", False): "no module",
        ("optic_present", True): "a module",
        ("outcome", "done"): "",
        ("outcome", "not_done"): "did not come on",
        ("admin_up", True): "switched on",
        ("admin_up", False): "switched off",
        ("booted", True): "booted",
        ("booted", False): "not booted",
        ("reachable", True): "answers",
        ("reachable", False): "does not answer",
        ("module_fault", "none"): "",
        ("ends_alike", True): "ends of one assembly",
        ("ends_alike", False): "the end of another assembly than its far end",
        ("link_came_up", True): "comes up",
        ("link_came_up", False): "does not come up",
        ("counters_cleared", True): "counters cleared",
    }
)
UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "port_present": "whether the port is there",
        "optic_present": "whether a module is there",
        "optic_medium": "the module's kind",
        "admin_up": "whether it is switched on",
        "module_state": "its state",
        "fec_mode": "FEC",
        "pre_fec_ber": "BER",
        "pre_fec_ber_upper": "BER",
        "uncorrectable_codewords": "lost codewords",
        "flap_count": "changes of state",
        "temperature_c": "temperature",
        "module_temperature_c": "temperature",
        "speed_gbps": "speed",
        "neighbor": "its neighbour",
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "power_state": "powered {}",
        "outcome": "coming on: {}",
        "module_state": "at {}",
        "module_fault": "fault: {}",
        "temperature_c": "{:.0f} °C",
        "module_temperature_c": "{:.0f} °C",
        "pre_fec_ber_upper": "BER at most {:.1e}",
        "pre_fec_ber": "BER {:.1e}",
        "uncorrectable_codewords": "{} codewords lost",
        "flap_count": "{} changes of state",
        "unasked_flaps": "{} changes of state under test",
        "link_up_s": "up after {:.1f} s",
        "lldp_after_link_s": "named after {:.1f} s",
        "speed_gbps": "{:g} Gb/s",
        "speed_set_gbps": "set to {:g} Gb/s",
        "fec_set": "set to {}",
    }
)
