"""What a small SONiC switch answers: the shapes of its commands with values of our own."""

# ruff: noqa: E501 (tables are as wide as a switch prints them)

from __future__ import annotations

from tests.driver.canned import Canned

VERSION = b"""
SONiC Software Version: SONiC.202411.2-7f3c1d9e0
SONiC OS Version: 12
Distribution: Debian 12.8
Kernel: 6.1.0-29-2-amd64
Build commit: 7f3c1d9e0
Build date: Tue Jan 14 09:12:44 UTC 2025
Built by: builder@build-7

Platform: x86_64-acme_q32-r0
HwSKU: Acme-Q32-C128
ASIC: broadcom
ASIC Count: 1
Serial Number: AQ3207LEAF01
Model Number: AQ32-400
Hardware Revision: B2
Uptime: 09:30:11 up 4 days,  2:11,  1 user,  load average: 0.61, 0.70, 0.74
Date: Mon 20 Jan 2025 09:30:11

Docker images:
REPOSITORY      TAG                 IMAGE ID       SIZE
docker-lldp     202411.2-7f3c1d9e0  3f1e0c2b9a11   341MB
docker-lldp     latest              3f1e0c2b9a11   341MB
"""
SYSEEPROM = b"""TlvInfo Header:
   Id String:    TlvInfo
   Version:      1
   Total Length: 110
TLV Name             Code      Len  Value
-------------------  ------  -----  -----------------
Product Name         0x21        8  AQ32-400
Part Number          0x22       13  AQ32-400-F-R0
Serial Number        0x23       12  AQ3207LEAF01
Base MAC Address     0x24        6  02:00:5E:10:00:01
Label Revision       0x27        2  B2
Manufacturer         0x2B        4  ACME
CRC-32               0xFE        4  0x1B2C3D4E

(checksum valid)
"""
STATUS = b"""\
  Interface            Lanes    Speed    MTU    FEC         Alias    Vlan    Oper    Admin             Type    Asym PFC
-----------  ---------------  -------  -----  -----  ------------  ------  ------  -------  ---------------  ----------
  Ethernet0      33,34,35,36     400G   9100     rs  fourHundred1  routed      up       up  QSFP-DD Double         off
  Ethernet8      41,42,43,44     400G   9100     rs  fourHundred2  routed    down       up  QSFP-DD Double         off
 Ethernet16      49,50,51,52     100G   9100     rs  fourHundred3  routed    down     down              N/A         off
"""
FEC_STATUS = b"""\
  Interface    FEC Oper    FEC Admin
-----------  ----------  -----------
  Ethernet0          rs           rs
  Ethernet8         N/A           rs
 Ethernet16          rs           rs
"""
FEC_STATS = b"""\
     IFACE    STATE    FEC_CORR    FEC_UNCORR    FEC_SYMBOL_ERR    FEC_PRE_BER    FEC_POST_BER
----------  -------  ----------  ------------  ----------------  -------------  --------------
 Ethernet0        U   9,214,003             0         9,301,877       2.31e-08        0.00e+00
 Ethernet8        D           0             0                 0            N/A             N/A
Ethernet16        X         N/A           N/A               N/A            N/A             N/A
"""
PRESENCE = b"""Port        Presence
----------  -----------
Ethernet0   Present
Ethernet8   Present
Ethernet16  Not present
"""
_MODULE = """{port}: SFP EEPROM detected
        Active Firmware: 2.7
        Active application selected code assigned to host lane 1: 1
        Application Advertisement: 400GAUI-4-S C2M (Annex 120G) - Host Assign (0x1) - 400GBASE-DR4 (Cl 124) - \
Media Assign (0x1)
                                   100GAUI-1-S C2M (Annex 120G) - Host Assign (0xf) - 100GBASE-DR (Cl 140) - \
Media Assign (0xf)
        CMIS Rev: 5.2
        Connector: MPO 1x12
        Host Lane Count: 4
        Identifier: QSFP-DD Double Density 8X Pluggable Transceiver
        Length Cable Assembly(m): 0.0
        Media Lane Count: 4
        Vendor Name: ACME Optics
        Vendor OUI: 02-00-5e
        Vendor PN: AO-400-DR4
        Vendor Rev: 1A
        Vendor SN: {serial}
        ChannelMonitorValues:
                RX1Power: 0.8dBm
                RX2Power: {second}
                RX3Power: -1.25dBm
                RX4Power: N/A
                TX1Bias: 61.2mA
                TX1Power: 1.1dBm
                TX2Bias: 60.9mA
                TX2Power: 1.0dBm
                TX3Bias: 0.0mA
                TX3Power: -infdBm
                TX4Bias: 61.0mA
                TX4Power: 0.9dBm
        ChannelThresholdValues:
                RxPowerHighAlarm  : 6.0dBm
                RxPowerHighWarning: 5.0dBm
                RxPowerLowAlarm   : -8.9dBm
                RxPowerLowWarning : -6.9dBm
        ModuleMonitorValues:
                Temperature: 47.5C
                Vcc: 3.29Volts
        ModuleThresholdValues:
                TempHighAlarm  : 75.0C
                TempHighWarning: 70.0C
                TempLowAlarm   : -5.0C
                TempLowWarning : 0.0C

"""
EEPROM = (
    _MODULE.format(port="Ethernet0", serial="AO2501001", second="-infdBm")
    + "Ethernet8: SFP EEPROM Not detected\n\nEthernet16: SFP EEPROM Not detected\n"
).encode()
NEIGHBORS = b"""{"lldp": [{"interface": [
 {"name": "Ethernet0", "via": "LLDP", "rid": "1", "age": "1 day, 02:03:04",
  "chassis": [{"id": [{"type": "mac", "value": "02:00:5e:20:00:01"}], "name": [{"value": "node-01"}]}],
  "port": [{"id": [{"type": "ifname", "value": "enp65s0np0"}], "descr": [{"value": "to leaf-1"}]}]}
]}]}
"""
PSUSTATUS = b"""[
    {"index": "1", "name": "PSU 1", "presence": "true", "status": "OK", "led_status": "green",
     "model": "AP-1500", "serial": "P1001", "revision": "A", "voltage": "12.05", "current": "21.00", "power": "253.00"},
    {"index": "2", "name": "PSU 2", "presence": "true", "status": "NOT OK", "led_status": "red",
     "model": "AP-1500", "serial": "P1002", "revision": "A", "voltage": "0.00", "current": "0.00", "power": "0.00"},
    {"index": "3", "name": "PSU 3", "presence": "false", "status": "NOT PRESENT", "led_status": "N/A",
     "model": "N/A", "serial": "N/A", "revision": "N/A", "voltage": "N/A", "current": "N/A", "power": "N/A"}
]
"""
FAN = b"""  Drawer    LED    FAN     Speed    Direction     Presence    Status          Timestamp
--------  -----  -----  --------  -----------  -----------  --------  -----------------
drawer 1  green  fan 1  12000RPM      exhaust      Present        OK  20250120 09:30:01
drawer 2    red  fan 2      0RPM      exhaust      Present    Not OK  20250120 09:30:01
drawer 3    N/A  fan 3       N/A          N/A  Not Present       N/A  20250120 09:30:01
drawer 4  green  fan 4       60%      exhaust      Present        OK  20250120 09:30:01
"""
TEMPERATURE = b"""\
  Sensor    Temperature    High TH    Low TH    Crit High TH    Crit Low TH    Warning          Timestamp
--------  -------------  ---------  --------  --------------  -------------  ---------  -----------------
CPU Core           52.5      100.0       N/A           105.0            N/A      False  20250120 09:30:01
  Intake            N/A        N/A       N/A             N/A            N/A      False  20250120 09:30:01
"""
BOOT_ID = b"0f8e1d3a-5b6c-4d7e-8f90-a1b2c3d4e5f6\n"


def healthy() -> dict[str, Canned]:
    """All replies of one switch."""
    return {
        "hostname": b"leaf-1\n",
        "show version": VERSION,
        "show platform syseeprom": SYSEEPROM,
        "cat /proc/uptime": b"353471.22 2711020.10\n",
        "cat /proc/sys/kernel/random/boot_id": BOOT_ID,
        "date +%s.%N": b"1737365411.250000000\n",
        "show platform psustatus --json": PSUSTATUS,
        "show platform fan": FAN,
        "show platform temperature": TEMPERATURE,
        "show interfaces status": STATUS,
        "show interfaces fec status": FEC_STATUS,
        "show interfaces counters fec-stats": FEC_STATS,
        "show interfaces transceiver presence": PRESENCE,
        "show interfaces transceiver eeprom -d": EEPROM,
        "docker exec lldp lldpctl -f json0": NEIGHBORS,
        "sudo config interface shutdown Ethernet0": b"",
        "sudo config interface startup Ethernet0": b"",
    }


LLDP_INTERFACES = b"""{
  "lldp": [
    {
      "interface": [
        {
          "name": "Ethernet0",
          "status": [
            {
              "value": "RX and TX"
            }
          ],
          "port": [
            {
              "id": [
                {
                  "type": "local",
                  "value": "etp1"
                }
              ],
              "descr": [
                {
                  "value": "Ethernet0"
                }
              ]
            }
          ],
          "ttl": [
            {
              "ttl": "120"
            }
          ]
        }
      ]
    }
  ]
}

"""
DOM_TIMES = b"""{
  "TRANSCEIVER_DOM_SENSOR|Ethernet0": {
    "expireat": 1737365700.1,
    "ttl": -0.001,
    "type": "hash",
    "value": {
      "last_update_time": "Mon Jan 20 09:29:31 2025",
      "temperature": "44.5",
      "rx1power": "-1.02"
    }
  },
  "TRANSCEIVER_DOM_SENSOR|Ethernet8": {
    "type": "hash",
    "value": {
      "temperature": "41.0"
    }
  }
}
"""
