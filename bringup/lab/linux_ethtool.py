"""What `ethtool` prints for a port of a server: settings, driver, module, counters, error correction."""

from __future__ import annotations

from types import MappingProxyType

from bringup.lab.optic_kind import TEMPERATURE, Limits, OpticKind, kind_of
from bringup.lab.physics import milliwatt
from bringup.lab.sonic_optics import POWER_CLASS_W
from bringup.lab.state import Adapter, Optic, Port
from bringup.lab.world import World

CONNECTORS = MappingProxyType(
    {7: "LC", 12: "MPO Parallel Optic", 35: "No separable connector", 40: "MPO 1x16"}
)
TECHNOLOGIES = MappingProxyType({0: "850 nm VCSEL", 6: "1310 nm EML", 10: "Copper cable, unequalized"})
"""ethtool's words for codes of SFF-8024 and CMIS."""
FEC_WORDS = {"rs544": "RS", "rs528": "RS", "fc": "BaseR", "none": "Off"}


def settings(port: Port) -> str:
    """`ethtool IF`."""
    speed = f"{port.speed_gbps * 1000:.0f}Mb/s" if port.up else "Unknown!"
    duplex = "Full" if port.up else "Unknown! (255)"
    mode = f"{port.speed_gbps * 1000:.0f}baseDR{port.lane_count}/Full"
    return (
        f"Settings for {port.name}:\n"
        f"\tSupported ports: [ FIBRE ]\n\tSupported link modes:   {mode}\n"
        "\tSupported pause frame use: Symmetric\n\tSupports auto-negotiation: Yes\n"
        "\tSupported FEC modes: None\tRS\n"
        f"\tAdvertised link modes:  {mode}\n\tAdvertised pause frame use: Symmetric\n"
        f"\tAdvertised auto-negotiation: No\n\tAdvertised FEC modes: {FEC_WORDS[port.fec_mode]}\n"
        f"\tSpeed: {speed}\n\tLanes: {port.lane_count}\n\tDuplex: {duplex}\n\tAuto-negotiation: off\n"
        "\tPort: FIBRE\n\tPHYAD: 0\n\tTransceiver: internal\n"
        "\tSupports Wake-on: d\n\tWake-on: d\n"
        f"\tLink detected: {_detected(port)}\n"
    )


def _detected(port: Port) -> str:
    """mlx5 names an empty cage as the reason; other reasons it has are left out."""
    if port.up:
        return "yes"
    return "no" if port.optic is not None else "no (No cable)"


def driver_info(adapter: Adapter, kernel: str) -> str:
    """`ethtool -i IF`."""
    return (
        f"driver: {adapter.driver}\nversion: {kernel}\n"
        f"firmware-version: {adapter.firmware}\nexpansion-rom-version: \n"
        f"bus-info: {adapter.pcie_address}\n"
        "supports-statistics: yes\nsupports-test: yes\nsupports-eeprom-access: no\n"
        "supports-register-dump: no\nsupports-priv-flags: yes\n"
    )


def fec(world: World, port: Port, *, with_statistics: bool) -> str:
    """`ethtool [-I] --show-fec IF`: without autonegotiation what is configured is in use, link or no link."""
    word = FEC_WORDS[port.fec_mode]
    text = f"FEC parameters for {port.name}:\nSupported/Configured FEC encodings: {word}\n"
    text += f"Active FEC encoding: {word}\n"
    if with_statistics:
        counters = world.counters(port.subject)
        text += f"Statistics:\n  corrected_blocks: {counters.corrected_codewords}\n"
        text += f"  uncorrectable_blocks: {counters.uncorrectable_codewords}\n"
        text += f"  corrected_bits: {counters.corrected_bits}\n"
    return text


def statistics(world: World, port: Port) -> str:
    """`ethtool -S IF`, the counters of the physical layer that mlx5 has."""
    counters = world.counters(port.subject)
    rows = {
        "rx_bits_phy": counters.codewords * 5440,
        "rx_pcs_symbol_err_phy": counters.uncorrectable_codewords * 16,
        "rx_corrected_bits_phy": counters.corrected_bits,
        **{
            f"rx_err_lane_{lane}_phy": counters.corrected_bits // port.lane_count
            for lane in range(port.lane_count)
        },
        "rx_crc_errors_phy": 0,
        "link_down_events_phy": counters.transitions // 2,
        "module_unplug": 0,
    }
    return "NIC statistics:\n" + "".join(f"     {name}: {value}\n" for name, value in rows.items())


def module(world: World, port: Port) -> str:
    """`ethtool -m IF` of a CMIS module; empty without one."""
    optic = port.optic
    if optic is None:
        return ""
    celsius = world.optic_temperature_c(port.subject)
    rows = _identity(optic)
    state = "0x01 (ModuleLowPwr)" if optic.low_power else "0x03 (ModuleReady)"
    rows += [
        ("Module State", state),
        ("LowPwrAllowRequestHW", "Off"),
        ("LowPwrRequestSW", "On" if optic.low_power else "Off"),
        ("Module temperature", f"{celsius:.2f} degrees C / {celsius * 1.8 + 32:.2f} degrees F"),
        ("Module voltage", f"{optic.supply_voltage_v:.4f} V"),
    ]
    kind = kind_of(optic.medium)
    if kind.flat:
        return "".join(f"\t{name:<41} : {value}\n" for name, value in _identity(optic))
    lanes = world.lanes(port.subject)
    rows += [(f"Laser tx bias current (Channel {each.index})", f"{each.bias_ma:.3f} mA") for each in lanes]
    rows += [
        (f"Transmit avg optical power (Channel {each.index})", _power(each.tx_power_dbm)) for each in lanes
    ]
    rows += [
        (f"Rcvr signal avg optical power (Channel {each.index})", _power(each.rx_power_dbm)) for each in lanes
    ]
    return "".join(f"\t{name:<41} : {value}\n" for name, value in rows + _thresholds(kind))


def _identity(optic: Optic) -> list[tuple[str, str]]:
    kind = kind_of(optic.medium)
    speed = optic.medium.partition("BASE")[0].partition("-")[0]
    power_class = next((at for at, most in enumerate(POWER_CLASS_W, 1) if kind.power_w <= most), 8)
    cdr = "Yes" if kind.retimed else "No"
    rows = [
        ("Identifier", "0x1e (QSFP+ or later with CMIS)"),
        ("Power class", str(power_class)),
        ("Max power", f"{kind.power_w:.2f}W"),
        ("Connector", f"0x{kind.connector.code:02x} ({CONNECTORS[kind.connector.code]})"),
        ("Transceiver type", f"{speed} Ethernet: {optic.medium}"),
        ("Cable assembly length", f"{optic.length_m:.2f}m"),
    ]
    if not kind.flat:
        rows += [("Tx CDR bypass control", "No"), ("Rx CDR bypass control", "No")]
        rows += [("Tx CDR", cdr), ("Rx CDR", cdr)]
    rows.append(
        ("Transmitter technology", f"0x{kind.technology.code:02x} ({TECHNOLOGIES[kind.technology.code]})")
    )
    if not kind.flat:
        rows.append(("Laser wavelength", "850.000nm" if kind.assembly else "1310.000nm"))
    if not kind.assembly:
        rows.append(("Length (SMF)", "0.50km"))
    return [
        *rows,
        ("Vendor name", optic.vendor),
        ("Vendor OUI", "02:1a:b0"),
        ("Vendor PN", optic.part_number),
        ("Vendor rev", optic.revision),
        ("Vendor SN", optic.serial),
        ("Date code", "250311"),
        ("Revision compliance", "Rev. 5.0"),
        *(() if kind.flat else (("Active firmware version", optic.firmware),)),
    ]


def _power(dbm: float | None) -> str:
    if dbm is None:
        return "0.0000 mW / -inf dBm"
    return f"{milliwatt(dbm):.4f} mW / {dbm:.2f} dBm"


def _thresholds(kind: OpticKind) -> list[tuple[str, str]]:
    def power(name: str, limits: Limits) -> list[tuple[str, str]]:
        return [
            (f"{name} {which} threshold", f"{milliwatt(dbm):.4f} mW / {dbm:.2f} dBm")
            for which, dbm in _ordered(limits)
        ]

    return [
        *power("Laser output power", kind.tx),
        *(
            (f"Module temperature {which} threshold", f"{c:.2f} degrees C / {c * 1.8 + 32:.2f} degrees F")
            for which, c in _ordered(TEMPERATURE)
        ),
        *power("Laser rx power", kind.rx),
    ]


def _ordered(limits: Limits) -> list[tuple[str, float]]:
    """In ethtool's order."""
    return [
        ("high alarm", limits.high_alarm),
        ("low alarm", limits.low_alarm),
        ("high warning", limits.high_warning),
        ("low warning", limits.low_warning),
    ]
