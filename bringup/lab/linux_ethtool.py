"""What `ethtool` prints for a port of a server: settings, driver, module, counters, error correction."""

from __future__ import annotations

from bringup.lab.physics import milliwatt
from bringup.lab.state import Adapter, Optic, Port
from bringup.lab.world import World

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
    lanes = world.lanes(port.subject)
    rows += [(f"Laser tx bias current (Channel {each.index})", f"{each.bias_ma:.3f} mA") for each in lanes]
    rows += [
        (f"Transmit avg optical power (Channel {each.index})", _power(each.tx_power_dbm)) for each in lanes
    ]
    rows += [
        (f"Rcvr signal avg optical power (Channel {each.index})", _power(each.rx_power_dbm)) for each in lanes
    ]
    return "".join(f"\t{name:<41} : {value}\n" for name, value in rows + _thresholds())


def _identity(optic: Optic) -> list[tuple[str, str]]:
    return [
        ("Identifier", "0x1e (QSFP+ or later with CMIS)"),
        ("Power class", "5"),
        ("Max power", "10.00W"),
        ("Connector", "0x0c (MPO Parallel Optic)"),
        ("Transceiver type", f"{optic.medium.partition('BASE')[0]} Ethernet: {optic.medium}"),
        ("Cable assembly length", "0.00m"),
        ("Tx CDR bypass control", "No"),
        ("Rx CDR bypass control", "No"),
        ("Tx CDR", "Yes"),
        ("Rx CDR", "Yes"),
        ("Transmitter technology", "0x06 (1310 nm EML)"),
        ("Laser wavelength", "1310.000nm"),
        ("Length (SMF)", "0.50km"),
        ("Vendor name", optic.vendor),
        ("Vendor OUI", "02:1a:b0"),
        ("Vendor PN", optic.part_number),
        ("Vendor rev", optic.revision),
        ("Vendor SN", optic.serial),
        ("Date code", "250311"),
        ("Revision compliance", "Rev. 5.0"),
        ("Active firmware version", optic.firmware),
    ]


def _power(dbm: float | None) -> str:
    if dbm is None:
        return "0.0000 mW / -inf dBm"
    return f"{milliwatt(dbm):.4f} mW / {dbm:.2f} dBm"


def _thresholds() -> list[tuple[str, str]]:
    def row(name: str, dbm: float) -> tuple[str, str]:
        return name, f"{milliwatt(dbm):.4f} mW / {dbm:.2f} dBm"

    return [
        row("Laser output power high alarm threshold", 6.0),
        row("Laser output power low alarm threshold", -5.9),
        row("Laser output power high warning threshold", 4.0),
        row("Laser output power low warning threshold", -2.9),
        ("Module temperature high alarm threshold", "75.00 degrees C / 167.00 degrees F"),
        ("Module temperature low alarm threshold", "-5.00 degrees C / 23.00 degrees F"),
        ("Module temperature high warning threshold", "70.00 degrees C / 158.00 degrees F"),
        ("Module temperature low warning threshold", "0.00 degrees C / 32.00 degrees F"),
        row("Laser rx power high alarm threshold", 5.0),
        row("Laser rx power low alarm threshold", -8.9),
        row("Laser rx power high warning threshold", 4.0),
        row("Laser rx power low warning threshold", -5.9),
    ]
