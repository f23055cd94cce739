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
        "mac_address": Quantity("", "hardware address of the management port, as six pairs with colons"),
        "os_version": Quantity("", "operating system or firmware release that is running"),
        "firmware_version": Quantity("", "firmware release of a component"),
        "clock_offset_s": Quantity("s", "the device's clock minus this machine's, mid-request"),
        "uptime_s": Quantity("s", "time since the device's last boot"),
        # power and environment
        "outlet_state": Quantity("", "state of a PDU outlet: on or off"),
        "power_state": Quantity("", "power state of a host: On, Off, PoweringOn, PoweringOff"),
        "feeds": Quantity("", "the device that an outlet was seen to feed in this run, or `not DEVICE`"),
        "power_w": Quantity("W", "electrical power drawn"),
        "supply_present": Quantity("", "whether a power supply is fitted"),
        "supply_ok": Quantity("", "whether a power supply delivers"),
        "supply_input_v": Quantity("V", "input voltage of a power supply"),
        "leak_state": Quantity("", "what a leak detector says: OK, Warning or Critical"),
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
        "speed_set_gbps": Quantity("Gb/s", "speed that a port without a link is set to"),
        "fec_set": Quantity("", "forward error correction that a port without a link is set to"),
        "flap_count": Quantity("", "link transitions inside the window"),
        "counters_cleared": Quantity(
            "", "whether somebody cleared the port's counters while they were watched"
        ),
        "pre_fec_ber": Quantity("", "bit error ratio before correction, over the window"),
        "pre_fec_ber_upper": Quantity("", "95 % upper bound of the bit error ratio before correction"),
        "pre_fec_ber_floor": Quantity(
            "", "the upper bound that the window would give without a single error"
        ),
        "uncorrectable_codewords": Quantity("", "codewords that FEC could not correct, over the window"),
        "neighbor": Quantity("", "the far end that LLDP names, as DEVICE/PORT"),
        # lossless traffic
        "pfc_on": Quantity("", "whether priority flow control is in force for any priority of a port"),
        "pfc_agrees": Quantity("", "whether it is in force for the same priorities at both ends of a link"),
        "pfc_watchdog": Quantity("", "whether a port's watchdog of priority flow control is on"),
        "pause_share": Quantity(
            "", "share of the window for which the far end may have held a priority of the port, at most"
        ),
        "pause_storms": Quantity("", "queues that a watchdog found held for too long, over the window"),
        "lossless_drops": Quantity(
            "", "packets of lossless classes that were dropped for want of room, over the window"
        ),
        "ecn_marked_packets": Quantity("", "packets that the port marked for congestion, over the window"),
        # links brought up under watch
        "link_up_s": Quantity("s", "from a port's opening to the first look that saw a link at both ends"),
        "link_up_share": Quantity("", "that time over what the modules' own advertised times allow"),
        "link_up_budget_s": Quantity(
            "s", "what the slower module advertises, with training and one retry of both"
        ),
        "first_light_s": Quantity("s", "from a port's opening to the first look that saw its lanes send"),
        "fec_lock_s": Quantity("s", "from a port's opening to the first look that saw coding at both ends"),
        "lldp_after_link_s": Quantity("s", "from the link to the first look that saw the far end named"),
        "stable_s": Quantity("s", "how long a link stayed up without a change, after it had come up"),
        "state_sequence": Quantity("", "the states of a link in the order in which they were seen"),
        # links made to lock anew, lock by lock (`PORT#lock-0` is the one that was found)
        "lock_ber": Quantity("", "bit error ratio before correction at the port, after one lock"),
        "lock_far_ber": Quantity("", "the same at the far end of its cable"),
        "link_came_up": Quantity("", "whether a link came up after each opening of its port"),
        "relock_up_s": Quantity("s", "from a port's opening to the first look that saw a link at both ends"),
        "relock_up_least_s": Quantity("s", "from a port's opening to the last look that saw no link"),
        "unasked_flaps": Quantity("", "how often a link went down by itself while it was tested"),
        "relock_ber_factor": Quantity(
            "", "by how much at least the port's bit error ratio changed from one lock to another"
        ),
        "relock_far_ber_factor": Quantity("", "the same at the far end of its cable"),
        # optics
        "optic_present": Quantity("", "whether a module is seen in the cage"),
        "optic_medium": Quantity("", "what the module says it is, such as 400GBASE-DR4"),
        "optic_serial": Quantity("", "serial number of the module"),
        "optic_part_number": Quantity("", "part number of the module"),
        "optic_firmware": Quantity("", "firmware release of the module"),
        "module_fault": Quantity("", "why a module is at fault, or `none`"),
        "data_path_state": Quantity("", "state of the data path of a module's lane: Activated carries data"),
        "snr_media_db": Quantity("dB", "signal-to-noise ratio of a module's lane towards the fibre"),
        "snr_host_db": Quantity("dB", "signal-to-noise ratio of a module's lane towards its host"),
        "module_state": Quantity("", "state machine of a module: LowPwr, PwrUp, Ready, PwrDn, Fault"),
        "lane_count": Quantity("", "media lanes that the module reports"),
        "rx_power_dbm": Quantity("dBm", "average optical power received on a lane"),
        "tx_power_dbm": Quantity("dBm", "average optical power sent on a lane"),
        "bias_ma": Quantity("mA", "laser bias current of a lane"),
        "same_module": Quantity("", "whether the module is the one that this run first read"),
        "rx_power_change_db": Quantity(
            "dB", "what a lane receives, less what it received when this run first read this module"
        ),
        "tx_power_change_db": Quantity(
            "dB", "what a lane sends, less what it sent when this run first read this module"
        ),
        "rx_power_spread_db": Quantity("dB", "highest minus lowest received lane of one port"),
        "supply_voltage_v": Quantity("V", "supply voltage of an optical module"),
        # optics accepted: by the module's own limits, and beside its like
        "thresholds_told": Quantity("", "quantities for which the module itself gives limits"),
        "rx_alarm_room_db": Quantity("dB", "received power to the nearer of the module's own alarms"),
        "tx_alarm_room_db": Quantity("dB", "sent power to the nearer of the module's own alarms"),
        "bias_alarm_room_ma": Quantity("mA", "laser bias to the nearer of the module's own alarms"),
        "temperature_alarm_room_c": Quantity("°C", "case temperature to the nearer of its own alarms"),
        "tx_power_spread_db": Quantity("dB", "highest minus lowest sent lane of one port"),
        "bias_off_median": Quantity("", "a lane's laser bias from the median of its port, as a share of it"),
        "module_temperature_c": Quantity("°C", "case temperature of a module, held against its like"),
        "path_loss_db": Quantity("dB", "largest loss from the far end's transmitter to here: a hint only"),
        "ends_alike": Quantity("", "whether both ends of a cable assembly tell one serial number"),
        "lane_locked": Quantity("", "whether a lane's receiver or ring resonator holds on to its signal"),
        "laser_source_ok": Quantity("", "whether a module's external laser source is well"),
        # light switched off and on, modules tested
        "safe_to_inspect": Quantity(
            "", "whether both ends of a cable are told to be dark, and are read to be: lanes held off"
        ),
        "rung_up": Quantity("", "whether a port had a link while its signal was given back at one place"),
        "rung_ber": Quantity("", "bit error ratio before correction of a signal given back at one place"),
        "rungs_tried": Quantity("", "places at which a port's signal was given back, in order"),
        "bad_segment": Quantity("", "the segment of a link behind the last good loopback: `none` is good"),
        "prbs_locked": Quantity("", "whether the checker of a lane found the test pattern all the while"),
        "prbs_ber_upper": Quantity("", "bit error ratio of a test pattern, or what none seen proves"),
        "prbs_far_locked": Quantity("", "the same as `prbs_locked` at the far end of its cable"),
        "prbs_far_ber_upper": Quantity("", "the same as `prbs_ber_upper` at the far end of its cable"),
        "tone_heard_at": Quantity("", "receivers that followed a transmitter switched off and on"),
        "tone_as_planned": Quantity("", "whether the far end by the cable list followed, and nobody else"),
        "tone_lane": Quantity("", "the receiving lane that followed one sending lane"),
        "tone_lanes_straight": Quantity("", "whether each lane was received on the lane of its number"),
        # fibre, by the files of instruments
        "end_face": Quantity("", "what a scope says of an end face: pass, or fail with the fibres"),
        "insertion_loss_db": Quantity("dB", "worst loss of a cable's fibres by source and meter"),
        "link_loss_db": Quantity("dB", "loss of a fibre from end to end, as an OTDR reckons it"),
        # NICs
        "pcie_width_lanes": Quantity("", "PCIe lanes in use"),
        "pcie_width_max_lanes": Quantity("", "PCIe lanes that the device could use"),
        "pcie_speed_gt_s": Quantity("GT/s", "PCIe transfer rate in use"),
        "pcie_speed_max_gt_s": Quantity("GT/s", "PCIe transfer rate that the device could use"),
        "nic_model": Quantity("", "model of a network adapter as its host names it"),
        "nic_firmware": Quantity("", "firmware release of a network adapter"),
        "nic_healthy": Quantity("", "whether all watches of an adapter's driver find it healthy"),
        "rdma_active": Quantity("", "whether an RDMA port is active"),
        "rdma_timeouts": Quantity("", "times that a transport waited in vain for an answer, over the window"),
        "rdma_failures": Quantity("", "requests of a transport that failed, over the window"),
        "rdma_drops": Quantity("", "packets of a transport dropped for want of a buffer, over the window"),
        "rdma_retransmits": Quantity("", "packets of a transport that were sent again, over the window"),
        "driver_name": Quantity("", "kernel driver of a network adapter"),
        # accelerators
        "gpu_count": Quantity("", "accelerators that the host lists"),
        "gpu_present": Quantity("", "whether the host lists the accelerator at all"),
        "gpu_serial": Quantity("", "serial number of an accelerator"),
        "gpu_model": Quantity("", "model of an accelerator as its driver names it"),
        "gpu_driver": Quantity("", "release of the accelerator's driver"),
        "gpu_vbios": Quantity("", "firmware release of an accelerator"),
        "ecc_enabled": Quantity("", "whether an accelerator corrects errors of its memory"),
        "ecc_uncorrected": Quantity(
            "", "memory errors that could not be corrected, since the driver was loaded"
        ),
        "ecc_corrected": Quantity("", "memory errors that were corrected, since the driver was loaded"),
        "ecc_uncorrected_lifetime": Quantity(
            "", "memory errors that could not be corrected, since the board was made"
        ),
        "remap_pending": Quantity("", "whether a memory row waits for a reset to be remapped"),
        "remap_failure": Quantity("", "whether the remapping of a memory row has failed"),
        "remapped_rows": Quantity("", "memory rows remapped after errors that could not be corrected"),
        "nvlink_count": Quantity("", "NVLinks of an accelerator that are up"),
        "nvlink_up": Quantity("", "whether an NVLink is up"),
        "nvlink_gbyte_s": Quantity("GB/s", "rate of one NVLink, one way"),
        "nvlink_errors": Quantity("", "errors that the counters of an NVLink hold"),
        "fabric_state": Quantity("", "how far an accelerator's registration with its NVLink fabric is"),
        "fabric_status": Quantity("", "how an accelerator's registration with its NVLink fabric ended"),
        "gpu_temperature_c": Quantity("°C", "temperature of an accelerator"),
        "gpu_memory_temperature_c": Quantity("°C", "temperature of an accelerator's memory"),
        "gpu_temperature_margin_c": Quantity("°C", "what is left before the driver slows the accelerator"),
        "gpu_power_w": Quantity("W", "electrical power that an accelerator draws"),
        "hw_slowdown": Quantity("", "whether hardware slows the accelerator down, for whatever reason"),
        "hw_thermal_slowdown": Quantity("", "whether hardware slows the accelerator down for its heat"),
        "hw_power_brake": Quantity("", "whether an outside power brake slows the accelerator down"),
        "sw_thermal_slowdown": Quantity("", "whether the driver slows the accelerator down for its heat"),
        "sw_power_cap": Quantity("", "whether the driver holds the accelerator at its power limit"),
        "xid_faults": Quantity("", "errors of the accelerator driver's log that tell of a fault"),
        "xid_app_errors": Quantity("", "errors of the accelerator driver's log that a program may cause"),
        "xid_codes": Quantity("", "what the accelerator driver's log holds: codes and where"),
        "kernel_log_lines": Quantity("", "lines of the kernel's log that were read"),
        "kernel_log_from_boot": Quantity("", "whether the kernel's log still begins with its first line"),
        "diag_failures": Quantity("", "tests of a diagnosis that did not pass clean"),
        "diag_passed": Quantity("", "whether every planned test of a diagnosis passed"),
        "diag_exit_status": Quantity("", "exit status of a diagnosis that names no failure"),
        # collectives
        "busbw_gbyte_s": Quantity("GB/s", "bus bandwidth of a collective at the planned size"),
        "busbw_spread": Quantity("", "largest less smallest bus bandwidth of the repeats, over their median"),
        "wrong_results": Quantity("", "values that a collective computed wrongly, over all sizes"),
        "collective_ranks": Quantity("", "ranks that took part in a collective"),
        "collective_hosts": Quantity("", "hosts that took part in a collective"),
        "collective_exit_status": Quantity("", "exit status of a collective's test"),
        "nccl_version": Quantity("", "release of the collectives' library"),
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


class Sampled(NamedTuple):
    """How often a device reads a quantity from its hardware at the slowest, and where that is from.

    A reading whose own age is more than twice this is stale (contracts, section 1). Only the age of a sample
    counts: how long a value has stood still says nothing of most quantities, a serial number least of all.
    """

    every_s: float
    source: str


_MONITORS = Sampled(60.0, "physics reference, section 5: switch databases sample optics each 10 to 60 s")
_TOTALS = Sampled(
    30.0, "network reference, section 6.3: settling is seen in 10 to 30 s; counters are read faster"
)
SAMPLED = MappingProxyType(
    {
        **dict.fromkeys(
            ("rx_power_dbm", "tx_power_dbm", "bias_ma", "temperature_c", "supply_voltage_v"), _MONITORS
        ),
        **dict.fromkeys(("uncorrectable_codewords", "pre_fec_ber_upper", "flap_count"), _TOTALS),
        "neighbor": Sampled(30.0, "network reference, section 6.3: LLDP transmits every 30 s"),
    }
)


def unit_of(quantity: str) -> str:
    """The unit of `quantity`.

    Raises:
        KeyError: it is not in the list; a quantity without a unit does not exist.
    """
    return QUANTITIES[quantity].unit
