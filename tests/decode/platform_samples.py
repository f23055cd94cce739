"""One reply of each format of InfiniBand's tools, NVUE, NX-OS and Junos, in the shapes of recorded ones."""

from __future__ import annotations

import json

from tests.decode.corpus import Case
from tests.decode.flow_samples import OF_PLATFORMS


def encoded(held: object) -> bytes:
    return json.dumps(held, indent=1).encode() + b"\n"


MLXLINK = b"""
Operational Info
----------------
State                              : Active
Physical state                     : LinkUp
Speed                              : 400G
Width                              : 4x
FEC                                : Standard_RS-FEC - (544,514)
Loopback Mode                      : No Loopback
Auto Negotiation                   : ON

Troubleshooting Info
--------------------
Status Opcode                      : 0
Group Opcode                       : N/A
Recommendation                     : No issue was observed

Tool Information
----------------
Firmware Version                   : 28.43.1014

Module Info
-----------
Temperature [C]                    : 51 [-10..80]
Voltage [mV]                       : 3290.5 [2970..3630]
Bias Current [mA]                  : 7.500,7.500,7.500,7.500 [2..15]
Rx Power Current [dBm]             : 1.100,1.200,-40.000,1.400 [-10.41..6]
Tx Power Current [dBm]             : 1.500,1.600,1.700,1.800 [-8.508..5]
Identifier                         : OSFP
Vendor Name                        : ACME
Vendor Part Number                 : AC-400-DR4
Vendor Serial Number               : AC4400001
FW Version                         : 1.2.3
Active Set Media Compliance Code   : 400GBASE-DR4

Physical Counters and BER Info
------------------------------
Time Since Last Clear [Min]        : 20.5
Effective Physical Errors          : 2
Effective Physical BER             : 15E-255
Raw Physical Errors Per Lane       : 10,20,30,40
Link Down Counter                  : 3
Link Error Recovery Counter        : 0
Raw Physical BER                   : 3E-9
"""
MLXLINK_TABLES = {
    "Operational Info": {"State": "Active", "Speed": "IB-NDR", "Width": "4x", "FEC": "No FEC"},
    "Module Info": {
        "Identifier": "OSFP",
        "Vendor Name": "ACME",
        "Vendor Serial Number": "AC4400002",
        "Temperature [C]": "52 [-10..80]",
        "Rx Power Current [dBm]": "1.100,1.200 [-10..6]",
        "Tx Power Current [dBm]": "1.500,1.600 [-8..5]",
    },
    "Physical Counters and BER Info": {
        "Raw Physical BER": "15E-255",
        "Raw Physical Errors Per Lane": {"values": ["0", "7"]},
        "Link Down Counter": "1",
    },
}
MLXLINK_JSON = encoded({"status": {"code": 0, "message": "success"}, "result": {"output": MLXLINK_TABLES}})
NETDISCOVER = b"""\
CA     5  1 0x00a0b0c0d0e0f001 4x NDR - SW     3 21 0x00a0b0c0d0e0f100 ( 'node-01 mlx5_0' - 'leaf-1' )
SW     3 21 0x00a0b0c0d0e0f100 4x NDR - CA     5  1 0x00a0b0c0d0e0f001 ( 'leaf-1' - 'node-01 mlx5_0' )
SW     3 22 0x00a0b0c0d0e0f100 4x SDR                                    'leaf-1'
SW     3 23 0x00a0b0c0d0e0f100 4x ???                                    'leaf-1'
"""
LINKINFO = b"""\
CA: node-01 mlx5_0:
      0x00a0b0c0d0e0f001      5    1[  ] ==( 4X    106.25 Gbps Active/  LinkUp)==>    3   21[  ] "leaf-1" ( )
Switch: 0x00a0b0c0d0e0f100 leaf-1:
           3   21[  ] ==( 2X    106.25 Gbps Active/  LinkUp)==>    5    1[  ] "node-01 mlx5_0" ( Could be 4X )
           3   22[  ] ==(                Down/ Polling)==>             [  ] "" ( )
"""
PERFQUERY = b"""\
# Port extended counters: Lid 3 port 21 (CapMask: 0x5300 CapMask2: 0x0000002)
PortSelect:......................21
CounterSelect:...................0x0000
PortXmitData:....................1787916
SymbolErrorCounter:..............4
LinkDownedCounter:...............2
PortXmitWait:....................41864
QP1Dropped:......................0
"""
SWITCH_INFO = b"""\
=================================================
Quantum Mellanox Technologies
=================================================
part number        | AC-9790
serial number      | AC1943X00498
product name       | Example NDR Unmanaged
revision           | A2
ports              | 64
PSID               | AC_0000000001
GUID               | 0x00a0b0c0d0e0f100
firmware version   | 31.2012.1024
-------------------------------------------------
uptime (d-h:m:s)   | 1d-02:03:04
-------------------------------------------------
PSU0 status        | OK
     P/N           | AC-PSF
     S/N           | ACP0
     DC power      | OK
     fan status    | OK
     power (W)     | 272
-------------------------------------------------
temperature (C)    | 45
max temp (C)       | 57
-------------------------------------------------
fan status         | OK
fan#1 (rpm)        | 8493
-------------------------------------------------
"""
DIAGNET = b"""\
START_NODES
NodeDesc,NumPorts,NodeType,NodeGUID
"leaf-1",64,2,0x00a0b0c0d0e0f100
"node-01 mlx5_0",1,1,0x00a0b0c0d0e0f001
END_NODES
START_LINKS
NodeGuid1,PortNum1,NodeGuid2,PortNum2
0x00a0b0c0d0e0f100,21,0x00a0b0c0d0e0f001,1
END_LINKS
START_PM_INFO
NodeGUID,PortGUID,PortNumber,LinkDownedCounterExt,SymbolErrorCounterExt
0x00a0b0c0d0e0f100,0x00a0b0c0d0e0f100,21,2,4
END_PM_INFO
START_CABLE_INFO
NodeGuid,PortNum,Vendor,PN,SN,Rev,FWVersion,Temperature
0x00a0b0c0d0e0f100,21,ACME,AC-400,AC1,A,1.0,42C
END_CABLE_INFO
"""
CARRIER_LOG = b"""\
Nov 21 06:18:01 node-01 systemd-networkd[5398]: ib0: lost carrier
Nov 21 06:18:01 node-01 systemd[1]: Finished something.
Nov 21 06:18:09 node-01 systemd-networkd[5398]: ib0: Gained carrier
"""
NVUE_TRANSCEIVER = b"""\
cable-type             : Optical module
cable-length           : 3m
diagnostics-status     : Diagnostic Data Available
status                 : plugged_enabled
error-status           : N/A
vendor-date-code       : 250215__
identifier             : QSFP-DD
pmd-type               : ETH_400GBASE_DR4
vendor-rev             : B2
vendor-oui             : 00:02:c9
vendor-name            : ACME
vendor-pn              : AC-400-DR4
vendor-sn              : AC4400003
temperature            : 42.56 degrees C / 108.61 degrees F
voltage                : 3.2888 V
ch-1-rx-power          : 0.8625 mW / -0.64 dBm
ch-1-tx-power          : 0.8988 mW / -0.46 dBm
ch-1-tx-bias-current   : 6.750 mA
ch-2-rx-power          : 0.0000 mW / -inf dBm
ch-2-tx-power          : 0.9154 mW / -0.38 dBm
ch-2-tx-bias-current   : 6.750 mA
"""
NVUE_INTERFACES_TOLD = {
    "swp1": {
        "type": "swp",
        "link": {
            "admin-status": "up", "oper-status": "up", "speed": "400G", "fec": "rs", "mtu": 9216,
            "lanes": "4", "mac-address": "02:00:00:00:00:01", "stats": {"carrier-transitions": 4},
        },
    },
    "swp2": {"type": "swp", "link": {"state": {"down": {}}, "speed": "400G", "mtu": 9216}},
    "lo": {"type": "loopback", "link": {"state": {"up": {}}, "mtu": 65536}},
}  # fmt: skip
NVUE_INTERFACES = encoded(NVUE_INTERFACES_TOLD)
NVUE_PHY = encoded(
    {
        "time-since-last-clear-min": "324",
        "phy-received-bits": "15561574400000000",
        "effective-errors": "0",
        "phy-raw-errors-lane0": "7",
        "raw-ber": "1E-7",
        "effective-ber": "15E-255",
        "rs-num-corr-err-bin0": "757956054591",
        "rs-num-corr-err-bin1": "598244758",
    }
)
NVUE_SYSTEM = encoded({"hostname": "leaf-3", "build": "Cumulus Linux 5.11.0", "uptime": "1 day, 2:03:04"})
NVUE_PLATFORM = encoded(
    {
        "product-name": "AC5400", "manufacturer": "ACME", "serial-number": "AC0077",
        "part-number": "920-9N42F", "system-mac": "02:00:00:00:00:00",
    }
)  # fmt: skip
NVUE_PSU = encoded(
    {
        "PSU1": {"state": "ok", "capacity": "1100", "power": "302.5"},
        "PSU2": {"state": "absent", "capacity": "N/A"},
    }
)
NVUE_FAN = encoded({"FAN1/1": {"state": "ok", "current-speed": "6000", "max-speed": "9000"}})
NVUE_TEMPERATURE = encoded(
    {"Ambient-Fan-Side": {"state": "ok", "current": "25.5", "max": "80.0", "crit": "85.0"}}
)
NVUE_REVISIONS = encoded(
    {"applied": {"state": "applied"}, "22": {"state": "confirm"}, "23": {"state": "pending"}}
)
NXOS_VERSION = encoded(
    {
        "header_str": "Cisco Nexus Operating System (NX-OS) Software", "kickstart_ver_str": "10.3(4a)",
        "nxos_ver_str": "10.3(4a)", "bios_ver_str": "05.47", "chassis_id": "Nexus9000 C9364D-GX2A Chassis",
        "proc_board_id": "FDO1", "host_name": "leaf-4", "kern_uptm_days": 1, "kern_uptm_hrs": 2,
        "kern_uptm_mins": 3, "kern_uptm_secs": 4,
    }
)  # fmt: skip
NXOS_PORT = {
    "interface": "Ethernet1/1", "state": "up", "admin_state": "up", "eth_hw_addr": "0200.5e00.0001",
    "eth_mtu": "9216", "eth_speed": "400 Gb/s", "eth_oper_fec_state": "rs-fec", "eth_reset_cntr": "3",
}  # fmt: skip
NXOS_INTERFACES_TOLD = {
    "TABLE_interface": {
        "ROW_interface": [
            NXOS_PORT,
            NXOS_PORT | {"interface": "Ethernet1/2", "state": "down", "eth_speed": "auto-speed"},
        ]
    }
}
NXOS_INTERFACES = encoded(NXOS_INTERFACES_TOLD)
NXOS_LLDP = encoded(
    {
        "TABLE_nbor_detail": {
            "ROW_nbor_detail": {
                "chassis_type": "4", "chassis_id": "0200.5e00.0002", "port_id": "Ethernet5/1",
                "l_port_id": "Eth1/1", "port_desc": "null", "sys_name": "spine-1", "ttl": "92",
            }
        }
    }
)  # fmt: skip
NXOS_ENVIRONMENT = encoded(
    {
        "fandetails": {"TABLE_faninfo": {"ROW_faninfo": [{"fanname": "Fan1(sys_fan1)", "fanstatus": "Ok"}]}},
        "TABLE_tempinfo": {
            "ROW_tempinfo": {
                "tempmod": "1",
                "sensor": "CPU",
                "majthres": "90",
                "minthres": "80",
                "curtemp": "42",
            }
        },
        "powersup": {
            "TABLE_psinfo": {
                "ROW_psinfo": [
                    {"psnum": "1", "psmodel": "AC-PAC", "ps_status": "Ok", "actual_out": "350 W"},
                    {"psnum": "2", "psmodel": "-----", "ps_status": "Absent", "actual_out": "0 W"},
                ]
            }
        },
    }
)
NXOS_LANE = {
    "lane_number": "1", "temperature": "42.25", "temp_alrm_hi": "75.00", "temp_alrm_lo": "-5.00",
    "temp_warn_hi": "70.00", "temp_warn_lo": "0.00", "voltage": "3.28", "current": "6.49", "tx_pwr": "1.78",
    "rx_pwr": "-1.50", "rx_pwr_alrm_hi": "2.99", "rx_pwr_alrm_lo": "-9.90", "rx_pwr_warn_hi": "1.99",
    "rx_pwr_warn_lo": "-5.90",
}  # fmt: skip
NXOS_MODULE = {
    "interface": "Ethernet1/1", "sfp": "present", "type": "400Gbase-DR4", "name": "ACME",
    "partnum": "AC-400-DR4", "rev": "--", "serialnum": "AC4400004  ", "nom_bitrate": "425000",
}  # fmt: skip
NXOS_TRANSCEIVER = encoded(
    {
        "TABLE_interface": {
            "ROW_interface": [
                NXOS_MODULE
                | {
                    "TABLE_lane": {
                        "ROW_lane": [NXOS_LANE, NXOS_LANE | {"lane_number": "2", "rx_pwr": "-40.00"}]
                    }
                },
                {"interface": "Ethernet1/2", "sfp": "not present"},
            ]
        }
    }
)
NXOS_TEXT_TRANSCEIVER = b"""\
Ethernet1/1
    transceiver is present
    type is 400Gbase-DR4
    name is ACME
    part number is AC-400-DR4
    revision is A
    serial number is AC4400004
    nominal bitrate is 425000 MBit/sec
    cisco id is --
    number of lanes 1

           SFP Detail Diagnostics Information (internal calibration)
  ----------------------------------------------------------------------------
                Current              Alarms                  Warnings
                Measurement     High        Low         High          Low
  ----------------------------------------------------------------------------
  Temperature   42.25 C        75.00 C     -5.00 C     70.00 C        0.00 C
  Voltage        3.28 V         3.63 V      2.97 V      3.46 V        3.13 V
  Current        6.49 mA       11.80 mA     4.00 mA    10.80 mA       5.00 mA
  Tx Power       1.78 dBm       2.69 dBm   -5.30 dBm    1.90 dBm     -4.30 dBm
  Rx Power      -9.95 dBm --    2.99 dBm   -9.90 dBm    1.99 dBm     -5.90 dBm
  Transmit Fault Count = 0
  ----------------------------------------------------------------------------
  Note: ++  high-alarm; +  high-warning; --  low-alarm; -  low-warning

Ethernet1/2
    transceiver is not present
"""
NXOS_TEXT_STATUS = b"""\
--------------------------------------------------------------------------------
Port          Name               Status    Vlan      Duplex  Speed   Type
--------------------------------------------------------------------------------
Eth1/1        to the spine       connected routed    full    400G    400Gbase-DR4
Eth1/2        --                 xcvrAbsen 1         full    auto    --
Eth1/3        --                 linkFlapE 1         full    auto    400Gbase-DR4
"""
NXOS_TEXT_LLDP = b"""\
Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
Device ID            Local Intf      Hold-time  Capability  Port ID
spine-1              Eth1/1          120        BR          Ethernet5/1
a-name-that-is-longer-than-it-may-be
                     Eth1/2          120                    ens1f0
Total entries displayed: 2
"""
NXOS_TEXT_LLDP_DETAIL = b"""\
Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
Device ID            Local Intf      Hold-time  Capability  Port ID

Chassis id: 0200.5e00.0002
Port id: Ethernet5/1
Local Port id: Eth1/1
Port Description: null
System Name: spine-1
System Description: a system
that needs a second line
Time remaining: 92 seconds
System Capabilities: B, R

Total entries displayed: 1
"""
NXOS_CLOCK = b"21:04:05.250 UTC Sat Nov 21 2026\nTime source is NTP\n"
JUNOS_VERSION = b"""\
Hostname: leaf-5
Model: qfx5240-64od
Junos: 23.4X100-D40.7-EVO
Linux Kernel: 5.2.60
JUNOS-EVO OS 64-bit [junos-evo-install-23.4X100-D40.7-EVO]
"""
JUNOS_TEXT_LLDP = b"""\
Local Interface    Parent Interface    Chassis Id          Port info          System Name
et-0/0/0:0         -                   02:00:5e:00:00:02   Ethernet5/1        spine-1
et-0/0/1:0         ae0                 02:00:5e:00:00:03   a text longer than its column spine-2
"""
JUNOS_ENVIRONMENT = b"""\
Class Item                           Status     Measurement
Power PSM 0                          OK         39 degrees C / 102 degrees F
      PSM 1                          Absent
Temp  FPC 0 xcvr-0/0/0               OK         50 degrees C / 122 degrees F
      Routing Engine 0 CPU Temperature OK       75 degrees C / 167 degrees F
Fan   Fan Tray 0 Fan 1               OK         12000 RPM
      Fan Tray 0 Fan 2               Failed
"""
JUNOS_HARDWARE = b"""\
Hardware inventory:
Item             Version  Part number  Serial number     Description
Chassis                                AC40023030        QFX5240-64OD
PSM 0                                  6U6L1             AC AFO 3000W PSU
FPC 0                     BUILTIN      BUILTIN           QFX5240-64OD
  PIC 0                   BUILTIN      BUILTIN           3X800G-OSFP
    Xcvr 0       REV 01   740-174932   1G1TK1            OSFP-800G-DR8
    Xcvr 1       XXXX     NON-JNPR     AC8J44            UNKNOWN
Fan Tray 0                                               QFX5240 Fan Tray
"""
JUNOS_OPTICS = b"""\
<rpc-reply xmlns:junos="http://xml.juniper.net/junos/23.4/junos">
<interface-information xmlns="http://xml.juniper.net/junos/23.4/junos-interface">
<physical-interface>
<name>et-0/0/0</name>
<optics-diagnostics>
<module-temperature junos:celsius="50.5">50 degrees C / 122 degrees F</module-temperature>
<module-voltage>3.2760</module-voltage>
<laser-rx-power-high-alarm-threshold-dbm>2.50</laser-rx-power-high-alarm-threshold-dbm>
<laser-rx-power-low-alarm-threshold-dbm>-9.90</laser-rx-power-low-alarm-threshold-dbm>
<optics-diagnostics-lane-values>
<lane-index>0</lane-index>
<laser-bias-current>33.490</laser-bias-current>
<laser-output-power>1.2980</laser-output-power>
<laser-output-power-dbm>1.13</laser-output-power-dbm>
<laser-rx-optical-power>0.7070</laser-rx-optical-power>
<laser-rx-optical-power-dbm>-1.51</laser-rx-optical-power-dbm>
<laser-rx-power-low-alarm>off</laser-rx-power-low-alarm>
</optics-diagnostics-lane-values>
<optics-diagnostics-lane-values>
<lane-index>1</lane-index>
<laser-bias-current>33.490</laser-bias-current>
<laser-output-power-dbm>1.20</laser-output-power-dbm>
<laser-rx-optical-power>0.000</laser-rx-optical-power>
<laser-rx-optical-power-dbm>- Inf</laser-rx-optical-power-dbm>
<laser-rx-power-low-alarm>on</laser-rx-power-low-alarm>
</optics-diagnostics-lane-values>
</optics-diagnostics>
</physical-interface>
</interface-information>
</rpc-reply>
"""


def leaf(text: str) -> list[dict[str, str]]:
    return [{"data": text}]


JUNOS_PORT = {
    "name": leaf("et-0/0/0"), "admin-status": leaf("up"), "oper-status": leaf("up"), "speed": leaf("400Gbps"),
    "mtu": leaf("9192"), "current-physical-address": leaf("02:00:5e:00:00:05"),
    "ethernet-fec-mode": [{"enabled_fec_mode": leaf("FEC119")}],
    "ethernet-fec-statistics": [{"fec_ccw_count": leaf("120"), "fec_nccw_count": leaf("0"),
                                 "pre-fec-ber": leaf("2.5e-09")}],
    "output-error-list": [{"carrier-transitions": leaf("5")}],
    "logical-interface": [{"address-family": [{"ae-bundle-name": leaf("ae0.0")}]}],
}  # fmt: skip
JUNOS_INTERFACES_TOLD = {
    "interface-information": [
        {
            "physical-interface": [
                JUNOS_PORT,
                JUNOS_PORT | {"name": leaf("et-0/0/1"), "oper-status": leaf("down")},
            ]
        }
    ]
}
JUNOS_INTERFACES = encoded(JUNOS_INTERFACES_TOLD)
JUNOS_LLDP = encoded(
    {
        "lldp-neighbors-information": [
            {
                "lldp-neighbor-information": [
                    {
                        "lldp-local-port-id": leaf("et-0/0/0"), "lldp-ttl": leaf("120"),
                        "lldp-age": leaf("7"),
                        "lldp-remote-chassis-id": leaf("02:00:5e:00:00:02"),
                        "lldp-remote-port-id-subtype": leaf("Interface name"),
                        "lldp-remote-port-id": leaf("Ethernet5/1"),
                        "lldp-remote-system-name": leaf("spine-1"),
                    }
                ]
            }
        ]
    }
)  # fmt: skip
JUNOS_UPTIME = b"""\
<rpc-reply xmlns:junos="http://xml.juniper.net/junos/23.4/junos">
<system-uptime-information>
<current-time><date-time junos:seconds="1795294800">2026-11-21 21:00:00 UTC</date-time></current-time>
<uptime-information><up-time junos:seconds="86400">1 day</up-time></uptime-information>
</system-uptime-information>
</rpc-reply>
"""
JUNOS_COMMITS = b"""\
<rpc-reply>
<commit-information>
<commit-history><sequence-number>0</sequence-number><user>admin</user><log>bringup-1</log>
<comment>commit confirmed, rollback in 5mins</comment>
<commit-confirmed>rollback pending</commit-confirmed></commit-history>
<commit-history><sequence-number>1</sequence-number><user>admin</user></commit-history>
</commit-information>
</rpc-reply>
"""
NXOS_CHANNELS = encoded(
    {
        "TABLE_channel": {
            "ROW_channel": {
                "group": "10", "port-channel": "Po10", "status": "U", "type": "Eth", "prtcl": "LACP",
                "TABLE_member": {
                    "ROW_member": [
                        {"port": "Eth1/1", "port-status": "P"}, {"port": "Eth1/2", "port-status": "D"}
                    ]
                },
            }
        }
    }
)  # fmt: skip
JUNOS_LACP = b"""\
<rpc-reply>
<lacp-interface-information-list><lacp-interface-information>
<lag-lacp-header><aggregate-name>ae0</aggregate-name></lag-lacp-header>
<lag-lacp-state><name>et-0/0/0</name><lacp-role>Actor</lacp-role></lag-lacp-state>
<lag-lacp-protocol><name>et-0/0/0</name><lacp-mux-state>Collecting distributing</lacp-mux-state>
</lag-lacp-protocol>
</lacp-interface-information></lacp-interface-information-list>
</rpc-reply>
"""
RDMA_LINK = encoded(
    [
        {"ifindex": 0, "ifname": "rdmap0s6", "port": 1, "state": "ACTIVE", "physical_state": "LINK_UP"},
        {
            "ifindex": 1, "ifname": "mlx5_0", "port": 1, "state": "DOWN", "physical_state": "DISABLED",
            "netdev": "ens1f0np0",
        },
    ]
)  # fmt: skip
RDMA_STATISTIC = encoded(
    [{"ifindex": 0, "ifname": "rdmap0s6", "port": 1, "rx_drops": 0, "retrans_timeout_events": 3}]
)
SAMPLES: dict[str, bytes] = {
    "mlxlink": MLXLINK,
    "ib.netdiscover-ports": NETDISCOVER,
    "ib.linkinfo": LINKINFO,
    "ib.perfquery": PERFQUERY,
    "ib.switch-info": SWITCH_INFO,
    "ib.diagnet-csv": DIAGNET,
    "ib.carrier-log": CARRIER_LOG,
    "rdma.link": RDMA_LINK,
    "rdma.statistic": RDMA_STATISTIC,
    "nvue.transceiver": NVUE_TRANSCEIVER,
    "nvue.interfaces": NVUE_INTERFACES,
    "nvue.phy-detail": NVUE_PHY,
    "nvue.system": NVUE_SYSTEM,
    "nvue.platform": NVUE_PLATFORM,
    "nvue.psu": NVUE_PSU,
    "nvue.fan": NVUE_FAN,
    "nvue.temperature": NVUE_TEMPERATURE,
    "nvue.revisions": NVUE_REVISIONS,
    "nxos.version": NXOS_VERSION,
    "nxos.interfaces": NXOS_INTERFACES,
    "nxos.lldp-detail": NXOS_LLDP,
    "nxos.environment": NXOS_ENVIRONMENT,
    "nxos.transceiver": NXOS_TRANSCEIVER,
    "nxos.text-transceiver": NXOS_TEXT_TRANSCEIVER,
    "nxos.text-interfaces-status": NXOS_TEXT_STATUS,
    "nxos.text-lldp": NXOS_TEXT_LLDP,
    "nxos.text-lldp-detail": NXOS_TEXT_LLDP_DETAIL,
    "nxos.text-clock": NXOS_CLOCK,
    "junos.text-version": JUNOS_VERSION,
    "junos.text-lldp": JUNOS_TEXT_LLDP,
    "junos.text-environment": JUNOS_ENVIRONMENT,
    "junos.text-hardware": JUNOS_HARDWARE,
    "junos.optics": JUNOS_OPTICS,
    "junos.interfaces": JUNOS_INTERFACES,
    "junos.lldp": JUNOS_LLDP,
    "junos.uptime": JUNOS_UPTIME,
    "junos.commits": JUNOS_COMMITS,
    "junos.lacp": JUNOS_LACP,
    "nxos.port-channels": NXOS_CHANNELS,
    **OF_PLATFORMS,
}
JSON = [*sorted(name for name, sample in SAMPLES.items() if sample.lstrip()[:1] in b"{["), "mlxlink"]


def json_of(name: str) -> bytes:
    """The sample in JSON of a format that has both forms."""
    return MLXLINK_JSON if name == "mlxlink" else SAMPLES[name]


def recorded(parameters: list[object]) -> list[Case]:
    cases = [getattr(parameter, "values", (None,))[0] for parameter in parameters]
    return [case for case in cases if case is not None]
