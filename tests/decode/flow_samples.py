"""One reply of each format about lossless traffic, in the shapes of recorded or documented ones."""

from __future__ import annotations

import json


def _encoded(held: object) -> bytes:
    return json.dumps(held, indent=1).encode() + b"\n"


_PFC_RULER = b"---------  ------  ------  ------  ------  ------  ------  ------  ------\n"
SONIC_PAUSES = (
    b"  Port Rx    PFC0    PFC1    PFC2    PFC3    PFC4    PFC5    PFC6    PFC7\n"
    + _PFC_RULER
    + b"Ethernet0       0       0       0   1,403     404       0       0       0\n"
    b"Ethernet8     N/A     N/A     N/A     N/A     N/A     N/A     N/A     N/A\n\n"
    b"  Port Tx    PFC0    PFC1    PFC2    PFC3    PFC4    PFC5    PFC6    PFC7\n"
    + _PFC_RULER
    + b"Ethernet0       0       0       0      12      13       0       0       0\n"
    b"Ethernet8       0       0       0       0       0       0       0       0\n"
)
SONIC_ENABLED = b"""
Interface    Lossless priorities
-----------  ---------------------
Ethernet0    3,4
Ethernet8    N/A

"""
SONIC_WATCHDOG = b"""\
Changed polling interval to 200ms
     PORT    ACTION    DETECTION TIME    RESTORATION TIME
---------  --------  ----------------  ------------------
Ethernet0      drop               200                 400
"""
SONIC_STORMS = b"""\
      QUEUE       STATUS    STORM DETECTED/RESTORED    TX OK/DROP    RX OK/DROP    TX LAST OK/DROP
-----------  -----------  -------------------------  ------------  ------------  -----------------
Ethernet0:3      stormed                        3/2         100/7         100/0                1/7
Ethernet0:4  operational                        1/1         100/0         100/0                0/0
"""
SONIC_DROPS = b"""\
Ingress PG dropped packets:
     Port    PG0    PG1    PG2    PG3    PG4    PG5    PG6    PG7
---------  -----  -----  -----  -----  -----  -----  -----  -----
Ethernet0    800      0      0      5      6      0      0    N/A
Ethernet8      0      0      0      0      0      0      0      0

"""
SONIC_MARKS = b"""\
     Port    TxQ    WredDrp/pkts    WredDrp/bytes    EcnMarked/pkts    EcnMarked/bytes
---------  -----  --------------  ---------------  ----------------  -----------------
Ethernet0    UC0               0                0                 2                200
Ethernet0    UC3               0                0             1,000            100,000

     Port    TxQ    WredDrp/pkts    WredDrp/bytes    EcnMarked/pkts    EcnMarked/bytes
---------  -----  --------------  ---------------  ----------------  -----------------
Ethernet8    UC0               0                0               N/A                N/A

"""
EOS_PAUSES = b"""\
Port            RxPfc           TxPfc
Et1/1           1403            25
Et2/1           0               0
"""
_LOSSLESS = {"priority-flow-control priority 3 no-drop": None}
EOS_ENABLED: dict[str, object] = {
    "cmds": {
        "interface Ethernet1/1": {"cmds": {"priority-flow-control on": None, **_LOSSLESS}, "comments": []},
        "interface Ethernet2/1": {"cmds": _LOSSLESS, "comments": []},
    }
}
EOS_STORMS: dict[str, object] = {
    "interfaces": {
        "Ethernet1/1": {"txQueues": {"3": {"stuckCount": 2, "recoveryCount": 1}, "4": {"stuckCount": 1}}}
    }
}
NXOS_PFC = _encoded(
    {
        "TABLE_module": {
            "ROW_module": {
                "module": "1",
                "TABLE_pfc_interface": {
                    "ROW_pfc_interface": [
                        {"if_name_str": "Ethernet1/1", "admin": "On", "oper": "On  (8)",
                         "rx-stats": "1403", "tx-stats": "25"},
                        {"if_name_str": "Ethernet1/2", "admin": "Auto", "oper": "Off",
                         "rx-stats": "0", "tx-stats": "0"},
                    ]
                },
            }
        }
    }
)  # fmt: skip
JUNOS_PFC = b"Physical interface: et-0/0/0, Enabled, Physical link is Up\n" + b"".join(
    b"    Priority :  %d            %15d  %15d\n" % (at, 1403 if at == 3 else 0, 25 if at == 3 else 0)
    for at in range(8)
)
JUNOS_PFC += b"Physical interface: lo0, Enabled, Physical link is Up\n"
NVUE_PAUSES = _encoded(
    {
        str(at): {"rx-pause-frames": 1403 if at == 3 else 0, "tx-pause-frames": 0, "rx-pause-duration": 9}
        for at in range(8)
    }
)
NVUE_ROCE = _encoded(
    {
        "rx-stats": {
            "rx-pfc-stats": {"pause-duration": 9, "pause-packets": 1403},
            "rx-roce-stats": {"no-buffer-discard": 5, "buffer-usage": "0 Bytes", "roce-packets": 7},
        },
        "tx-stats": {
            "tx-ecn-stats": {"ecn-marked-packets": 1002},
            "tx-roce-stats": {"unicast-no-buffer-discard": 6, "roce-packets": 7},
        },
    }
)
NVUE_STATUS = _encoded(
    {
        "congestion-control": {"congestion-mode": "ECN"},
        "pfc": {"pfc-priority": "3", "rx-enabled": "yes", "tx-enabled": "yes"},
    }
)
DCB = (
    b'{"pfc_cap":8,"macsec_bypass":false,"delay":0,'
    b'"prio_pfc":[false,false,false,true,false,false,false,false]}\n'
)
BREAKOUT_MODES = b"""\
+-------------+-------------------------+
| Interface   | Current Breakout Mode   |
+=============+=========================+
| Ethernet0   | 1x400G[200G]            |
+-------------+-------------------------+
| Ethernet8   | 4x100G                  |
+-------------+-------------------------+
"""
SONIC_MODULE_STATUS = _encoded(
    {
        "TRANSCEIVER_STATUS|Ethernet0": {
            "type": "hash",
            "value": {
                "module_state": "ModuleReady",
                "module_fault_cause": "No Fault detected",
                "DP1State": "DataPathActivated",
                "DP2State": "DataPathInitialized",
                "config_state_hostlane1": "ConfigSuccess",
                "config_state_hostlane2": "ConfigSuccess",
                "txdisable": "0",
            },
        },
        "TRANSCEIVER_STATUS|Ethernet8": {
            "type": "hash",
            "value": {"module_state": "ModuleLowPwr", "module_fault_cause": "N/A"},
        },
    }
)
SONIC_MODULE_VDM = _encoded(
    {
        "TRANSCEIVER_VDM_REAL_VALUE|Ethernet0": {
            "type": "hash",
            "value": {
                "esnr_media_input1": "23.1171875",
                "prefec_ber_curr_media_input1": "1.33e-09",
                "esnr_host_input1": "22.5",
                "prefec_ber_curr_media_input2": "0",
                "laser_temperature_media1": "38",
            },
        },
        "TRANSCEIVER_VDM_HALARM_THRESHOLD|Ethernet0": {"type": "hash", "value": {"esnr_media_input1": "40"}},
    }
)
ETHTOOL_HEX = (
    b"Offset\t\tValues\n------\t\t------\n"
    b"0x0080:\t\t44 44 44 44 ff ff 00 00 00 00 00 00 00 00 00 00\n"
    b"0x0090:\t\t00 00 00 00 00 00 00 00 00 00 27 10 27 10 27 10\n"
)
OF_SHELL = {
    "sonic.module-status": SONIC_MODULE_STATUS,
    "sonic.module-vdm": SONIC_MODULE_VDM,
    "ethtool.module-hex": ETHTOOL_HEX,
    "sonic.pfc-counters": SONIC_PAUSES,
    "sonic.pfc-priority": SONIC_ENABLED,
    "sonic.pfcwd-config": SONIC_WATCHDOG,
    "sonic.pfcwd-stats": SONIC_STORMS,
    "sonic.pg-drops": SONIC_DROPS,
    "sonic.wred-counters": SONIC_MARKS,
    "linux.dcb-pfc": DCB,
}
OF_PLATFORMS = {
    "nxos.pfc": NXOS_PFC,
    "junos.text-pfc": JUNOS_PFC,
    "nvue.pfc-stats": NVUE_PAUSES,
    "nvue.roce-counters": NVUE_ROCE,
    "nvue.roce-status": NVUE_STATUS,
}
OF_EOS = {
    "eos.text-pfc-counters": EOS_PAUSES,
    "eos.pfc-configured": _encoded(EOS_ENABLED),
    "eos.pfc-watchdog": _encoded(EOS_STORMS),
}
