"""Every quantity that can be measured, with its unit: the one list (DESIGN section 5)."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Quantity(NamedTuple):
    """`unit` as printed ("" for text and counts); `about` says in words what it is."""

    unit: str
    about: str


QUANTITIES = MappingProxyType(
    {
        # identity and management
        "reachable": Quantity("", "whether the device answered over its own protocol"),
        "hostname": Quantity("", "the name that the device gives itself"),
        "model": Quantity("", "model as the device reports it"),
        "serial": Quantity("", "serial number as the device reports it"),
        "os_version": Quantity("", "operating system or firmware release that is running"),
        "firmware_version": Quantity("", "firmware release of a component"),
        "clock_offset_s": Quantity("s", "the device's clock minus this machine's, mid-request"),
        "uptime_s": Quantity("s", "time since the device's last boot"),
        # power and environment
        "outlet_state": Quantity("", "state of a PDU outlet: on or off"),
        "power_state": Quantity("", "power state of a host: On, Off, PoweringOn, PoweringOff"),
        "power_w": Quantity("W", "electrical power drawn"),
        "supply_present": Quantity("", "whether a power supply is fitted"),
        "supply_ok": Quantity("", "whether a power supply delivers"),
        "supply_input_v": Quantity("V", "input voltage of a power supply"),
        "fan_ok": Quantity("", "whether a fan turns as it should"),
        "fan_speed_rpm": Quantity("rpm", "speed of a fan"),
        "temperature_c": Quantity("°C", "case temperature of an optical module"),
        "sensor_temperature_c": Quantity("°C", "temperature of a sensor"),
        # hosts
        "booted": Quantity("", "whether the operating system answers"),
        "boot_id": Quantity("", "identity of the present boot"),
        # ports and links
        "port_present": Quantity("", "whether the device lists the port at all"),
        "admin_up": Quantity("", "whether the port is switched on by configuration"),
        "oper_up": Quantity("", "whether the port has a working link"),
        "speed_gbps": Quantity("Gb/s", "speed at which the port runs"),
        "fec_mode": Quantity("", "forward error correction in use: rs544, rs528, fc, none"),
        "flap_count": Quantity("", "link transitions inside the window"),
        "pre_fec_ber": Quantity("", "bit error ratio before correction, over the window"),
        "pre_fec_ber_upper": Quantity("", "95 % upper bound of the bit error ratio before correction"),
        "pre_fec_ber_floor": Quantity(
            "", "the upper bound that the window would give without a single error"
        ),
        "uncorrectable_codewords": Quantity("", "codewords that FEC could not correct, over the window"),
        "neighbor": Quantity("", "the far end that LLDP names, as DEVICE/PORT"),
        # optics
        "optic_present": Quantity("", "whether a module is seen in the cage"),
        "optic_medium": Quantity("", "what the module says it is, such as 400GBASE-DR4"),
        "optic_serial": Quantity("", "serial number of the module"),
        "lane_count": Quantity("", "media lanes that the module reports"),
        "rx_power_dbm": Quantity("dBm", "average optical power received on a lane"),
        "tx_power_dbm": Quantity("dBm", "average optical power sent on a lane"),
        "bias_ma": Quantity("mA", "laser bias current of a lane"),
        "rx_power_spread_db": Quantity("dB", "highest minus lowest received lane of one port"),
        "supply_voltage_v": Quantity("V", "supply voltage of an optical module"),
        # NICs
        "pcie_width_lanes": Quantity("", "PCIe lanes in use"),
        "pcie_width_max_lanes": Quantity("", "PCIe lanes that the device could use"),
        "pcie_speed_gt_s": Quantity("GT/s", "PCIe transfer rate in use"),
        "pcie_speed_max_gt_s": Quantity("GT/s", "PCIe transfer rate that the device could use"),
        "nic_firmware": Quantity("", "firmware release of a network adapter"),
        "driver_name": Quantity("", "kernel driver of a network adapter"),
        # this host
        "cpu_count": Quantity("", "logical processors"),
        "memory_gib": Quantity("GiB", "memory that the operating system sees"),
        "memory_bandwidth_gbyte_s": Quantity("GB/s", "copy bandwidth of main memory"),
        "memory_pattern_blocks": Quantity("", "blocks of 4 KiB that were written and read back"),
        "memory_pattern_errors": Quantity("", "blocks of 4 KiB that came back other than written"),
        "burnin_errors": Quantity("", "results that differ from the expected arithmetic"),
        "burnin_rounds": Quantity("", "rounds of verified arithmetic that were done"),
        "disk_free_gib": Quantity("GiB", "free space of a file system"),
        "disk_count": Quantity("", "block devices that are disks"),
        "nic_count": Quantity("", "network interfaces besides loopback"),
        "kernel": Quantity("", "kernel release"),
        "machine": Quantity("", "processor architecture"),
        "clock_synchronized": Quantity("", "whether the kernel's clock is disciplined by a time source"),
        # people
        "answer": Quantity("", "what a person answered"),
        "outcome": Quantity("", "how an action ended: done, not_done or unknown"),
    }
)


def unit_of(quantity: str) -> str:
    """The unit of `quantity`.

    Raises:
        KeyError: it is not in the list; a quantity without a unit does not exist.
    """
    return QUANTITIES[quantity].unit
