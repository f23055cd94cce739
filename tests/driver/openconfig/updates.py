"""What a small OpenConfig target streams, in JSON_IETF: the shapes of the models with values of our own."""

from __future__ import annotations

IF = "/interfaces/interface[name=Ethernet1/1]"
DOWN = "/interfaces/interface[name=Ethernet2/1]"
CO = "/components/component[name=xcvr-1]"
LLDP = "/lldp/interfaces/interface[name=Ethernet1/1]"
ETH = "openconfig-if-ethernet"


def channel(index: int, received: object, sent: object, bias: object) -> tuple[str, object]:
    """One channel as a subtree."""
    return (
        f"{CO}/transceiver/physical-channels/channel[index={index}]/state",
        {
            "index": index,
            "input-power": {"instant": received, "avg": "-9.99"},
            "output-power": {"instant": sent},
            "laser-bias-current": {"instant": bias},
        },
    )


UPDATES: list[tuple[str, object]] = [
    (f"{IF}/state/name", "Ethernet1/1"),
    (f"{IF}/state/admin-status", "UP"),
    (f"{IF}/state/oper-status", "UP"),
    (f"{IF}/state/mtu", 9214),
    (f"{IF}/state/last-change", "1750000000000000000"),
    (f"{IF}/state/counters", {"carrier-transitions": "7", "in-octets": "18446744073709551615"}),
    (f"{IF}/state/openconfig-platform-transceiver:transceiver", "xcvr-1"),
    (f"{IF}/{ETH}:ethernet/state/port-speed", f"{ETH}:SPEED_400GB"),
    (f"{IF}/{ETH}:ethernet/state/fec-mode", f"{ETH}:FEC_RS544_2X_INTERLEAVE"),
    (f"{IF}/{ETH}:ethernet/state/mac-address", "02:00:5e:00:00:01"),
    (
        f"{IF}/{ETH}:ethernet/state/counters",
        {"fec-corrected-blocks": "5000", "fec-uncorrectable-blocks": "0", "in-symbol-error": "5100"},
    ),
    (f"{IF}/{ETH}:ethernet/state/pre-fec-ber", {"instant": "0.000000002500000000", "max": "0.1"}),
    (f"{DOWN}/state/admin-status", "UP"),
    (f"{DOWN}/state/oper-status", "NOT_PRESENT"),
    (f"{DOWN}/{ETH}:ethernet/state/port-speed", f"{ETH}:SPEED_UNKNOWN"),
    (f"{CO}/state/type", "openconfig-platform-types:TRANSCEIVER"),
    (f"{CO}/state/serial-no", "AO777"),
    (f"{CO}/state/temperature/instant", "51.5"),
    (f"{CO}/openconfig-platform-transceiver:transceiver/state/present", "PRESENT"),
    (
        f"{CO}/openconfig-platform-transceiver:transceiver/state/ethernet-pmd",
        "openconfig-transport-types:ETH_400GBASE_DR4",
    ),
    channel(0, "-1.50", "1.25", "62.5"),
    channel(1, "-inf", -30.0, 0),
    channel(2, "-40.00", "-28.25", "N/A"),
    channel(3, "-28.25", "NaN", "61.0"),
    ("/components/component[name=Fan1]/state/type", "openconfig-platform-types:FAN"),
    (f"{LLDP}/neighbors/neighbor[id=1]/state/system-name", "leaf-1"),
    (f"{LLDP}/neighbors/neighbor[id=1]/state/port-id", "Ethernet8"),
    (f"{LLDP}/neighbors/neighbor[id=1]/state/chassis-id", "02:00:5e:00:00:02"),
    (f"{LLDP}/neighbors/neighbor[id=1]/state/last-update", "12"),
    (f"{LLDP}/neighbors/neighbor[id=2]/state/system-name", "leaf-9"),
    ("/lldp/interfaces/interface[name=Ethernet2/1]/state/enabled", True),
]
