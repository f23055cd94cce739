"""What a small Linux server answers: the shapes of its commands with values of our own."""

# ruff: noqa: E501, W291 (lines are as long as the tools print them)

from __future__ import annotations

from tests.driver.canned import Canned, failed

PORT = "enp65s0np0"
IP_LINK = b"""[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"qdisc":"noqueue","operstate":"UNKNOWN","linkmode":"DEFAULT","group":"default","txqlen":1000,"link_type":"loopback","address":"00:00:00:00:00:00","broadcast":"00:00:00:00:00:00"},{"ifindex":2,"ifname":"enp65s0np0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":9000,"qdisc":"mq","operstate":"UP","linkmode":"DEFAULT","group":"default","txqlen":1000,"link_type":"ether","address":"02:00:5e:20:00:01","broadcast":"ff:ff:ff:ff:ff:ff"},{"ifindex":3,"ifname":"dummy0","flags":["BROADCAST","NOARP","UP","NO-CARRIER"],"mtu":1500,"qdisc":"noqueue","operstate":"DOWN","link_type":"ether","address":"02:00:5e:20:00:02","broadcast":"ff:ff:ff:ff:ff:ff"}]
"""
SETTINGS = b"""Settings for enp65s0np0:
\tSupported ports: [ FIBRE ]
\tSupported link modes:   400000baseDR4/Full
\t                        200000baseDR4/Full
\tSupported pause frame use: Symmetric
\tSupports auto-negotiation: Yes
\tSupported FEC modes: None\t RS
\tAdvertised link modes:  400000baseDR4/Full
\tAdvertised pause frame use: No
\tAdvertised auto-negotiation: No
\tAdvertised FEC modes: RS
\tSpeed: 400000Mb/s
\tLanes: 4
\tDuplex: Full
\tAuto-negotiation: off
\tPort: FIBRE
\tPHYAD: 0
\tTransceiver: internal
\tSupports Wake-on: d
\tWake-on: d
        Current message level: 0x00000004 (4)
                               link
\tLink detected: yes
"""
DRIVER = b"""driver: mlx5_core
version: 6.8.0-51-generic
firmware-version: 28.43.1014 (MT_0000000838)
expansion-rom-version: 
bus-info: 0000:41:00.0
supports-statistics: yes
supports-test: yes
supports-eeprom-access: no
supports-register-dump: no
supports-priv-flags: yes
"""
STATISTICS = b"""NIC statistics:
     rx_packets: 120233
     rx_corrected_bits_phy: 88123
     rx_symbol_err_phy: 0
     link_down_events_phy: 2
"""
FEC = b"""FEC parameters for enp65s0np0:
Supported/Configured FEC encodings: Auto RS
Active FEC encoding: RS
Statistics:
  corrected_blocks: 81234
  uncorrectable_blocks: 0
"""
MODULE = b"""\tIdentifier                                : 0x1e (QSFP+ or later with CMIS)
\tPower class                               : 6
\tConnector                                 : 0x0c (MPO Parallel Optic)
\tVendor name                               : ACME Optics
\tVendor OUI                                : 02:00:5e
\tVendor PN                                 : AO-400-DR4
\tVendor rev                                : 1A
\tVendor SN                                 : AO2501002
\tModule temperature                        : 44.50 degrees C / 112.10 degrees F
\tModule voltage                            : 3.2910 V
\tLaser tx bias current (Channel 1)         : 60.100 mA
\tLaser tx bias current (Channel 2)         : 60.400 mA
\tTransmit avg optical power (Channel 1)    : 1.2589 mW / 1.00 dBm
\tTransmit avg optical power (Channel 2)    : 1.3183 mW / 1.20 dBm
\tRcvr signal avg optical power(Channel 1)  : 0.7943 mW / -1.00 dBm
\tRcvr signal avg optical power(Channel 2)  : 0.0000 mW / -inf dBm
\tModule temperature high alarm threshold   : 75.00 degrees C / 167.00 degrees F
\tModule temperature low alarm threshold    : -5.00 degrees C / 23.00 degrees F
\tModule temperature high warning threshold : 70.00 degrees C / 158.00 degrees F
\tModule temperature low warning threshold  : 0.00 degrees C / 32.00 degrees F
"""
PCIE = b"16\n16\n32.0 GT/s PCIe\n32.0 GT/s PCIe\n"
OS_RELEASE = (
    b'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n'
)
MEMINFO = b"MemTotal:       1056768000 kB\nMemFree:        1000000000 kB\nHugePages_Total:       0\n"
TIMEDATECTL = (
    b"Timezone=Etc/UTC\nLocalRTC=no\nNTP=yes\nNTPSynchronized=yes\nTimeUSec=Mon 2025-01-20 09:30:11 UTC\n"
)
NEIGHBORS = b"""{"lldp": [{"interface": [
 {"name": "enp65s0np0", "via": "LLDP", "age": "0 day, 00:01:05",
  "chassis": [{"name": [{"value": "leaf-1"}]}], "port": [{"id": [{"type": "ifname", "value": "Ethernet0"}]}]}
]}]}
"""
_SYSFS = f"/sys/class/net/{PORT}/device"


def healthy() -> dict[str, Canned]:
    """All replies of one server."""
    unsupported = failed("x", 1, "netlink error: Operation not supported\n")
    return {
        "hostname": b"node-01\n",
        "cat /etc/os-release": OS_RELEASE,
        "uname -srm": b"Linux 6.8.0-51-generic x86_64\n",
        "cat /sys/class/dmi/id/product_name": b"AR-8000\n",
        "cat /sys/class/dmi/id/product_serial": b"AR8N0001\n",
        "cat /sys/class/dmi/id/sys_vendor": b"ACME\n",
        "cat /sys/class/dmi/id/bios_version": b"2.4a\n",
        "cat /proc/sys/kernel/random/boot_id": b"0f8e1d3a-5b6c-4d7e-8f90-a1b2c3d4e5f6\n",
        "cat /proc/uptime": b"353.22 2711.10\n",
        "date +%s.%N": b"1737365411.250000000\n",
        "timedatectl show": TIMEDATECTL,
        "nproc": b"224\n",
        "cat /proc/meminfo": MEMINFO,
        "ip -j link": IP_LINK,
        f"ethtool {PORT}": SETTINGS,
        f"ethtool -i {PORT}": DRIVER,
        f"ethtool -m {PORT}": MODULE,
        f"ethtool -S {PORT}": STATISTICS,
        f"ethtool -I --show-fec {PORT}": FEC,
        "ethtool dummy0": b"Settings for dummy0:\n\tLink detected: no\n",
        "ethtool -m dummy0": unsupported,
        "ethtool -S dummy0": failed("x", 94, "no stats available\n"),
        "ethtool -I --show-fec dummy0": unsupported,
        f"readlink -f {_SYSFS}": b"/sys/devices/pci0000:40/0000:40:01.1/0000:41:00.0\n",
        "readlink -f /sys/class/net/dummy0/device": b"/sys/devices/virtual/net/dummy0/device\n",
        f"cat {_SYSFS}/current_link_width {_SYSFS}/max_link_width {_SYSFS}/current_link_speed"
        f" {_SYSFS}/max_link_speed": PCIE,
        "lldpcli show neighbors -f json0": NEIGHBORS,
        f"sudo ip link set {PORT} up": b"",
        f"sudo ip link set {PORT} down": b"",
    }
