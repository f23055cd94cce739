"""What large switches print of all their ports and modules, made by rule."""

from __future__ import annotations

PORTS = 64
"""Modules, with eight lanes each."""
TABLE = 512
"""Ports of a table that has a line for each."""
LANES = range(1, 9)


def texts() -> list[tuple[str, str, bytes]]:
    """(format, in words, text)."""
    return [
        ("sonic.transceiver-eeprom", f"SONiC module memories of {PORTS} ports", _sonic_modules()),
        ("nxos.text-interfaces-status", f"NX-OS interface status of {TABLE} ports", _nxos_status()),
        ("nxos.text-lldp", f"NX-OS LLDP neighbours of {TABLE} ports", _nxos_lldp()),
        ("nxos.text-transceiver", f"NX-OS transceiver details of {PORTS} ports", _nxos_modules()),
        ("junos.text-lldp", f"Junos LLDP neighbours of {TABLE} ports", _junos_lldp()),
        ("junos.text-environment", f"Junos environment with {TABLE} sensors", _junos_environment()),
        ("nvue.transceiver", "NVUE transceiver of a port", _nvue_module()),
        ("ethtool.module", "ethtool -m of a module", _ethtool_module()),
        ("mlxlink", "mlxlink of a port", _mlxlink()),
        ("lldp.text", f"lldpctl of {PORTS} neighbours", _lldpctl()),
    ]


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _sonic_modules() -> bytes:
    return _lines(*(line for at in range(PORTS) for line in _sonic_module(at)))


def _sonic_module(at: int) -> list[str]:
    top, under = " " * 8, " " * 16
    limits = ("HighAlarm", "HighWarning", "LowAlarm", "LowWarning")
    lanes = [
        *(f"{under}RX{lane}Power: -{1 + (8 * at + lane) % 997 / 1000:.3f}dBm" for lane in LANES),
        *(
            f"{under}TX{lane}{name}"
            for lane in LANES
            for name in (
                f"Bias: {60 + (8 * at + lane) % 991 / 100:.3f}mA",
                f"Power: -0.{200 + 8 * at + lane}dBm",
            )
        ),
    ]
    of_lanes = [("RxPower", "dBm"), ("TxBias", "mA"), ("TxPower", "dBm")]
    of_module = [("Temp", "C"), ("Vcc", "Volts")]
    return [
        f"Ethernet{8 * at}: SFP EEPROM detected",
        f"{top}Active Firmware: 2.4",
        *(f"{top}Active application selected code assigned to host lane {lane}: 1" for lane in LANES),
        f"{top}Application Advertisement: 800GAUI-8 - Host Assign (0x1) - 800GBASE-DR8 - Media Assign (0x1)",
        *(f"{top}{key}: {word}" for key, word in (("CMIS Rev", "5.0"), ("Connector", "MPO 1x16"))),
        *(
            f"{top}Vendor {key}: {word}"
            for key, word in (("Name", "EXAMPLE"), ("PN", "EX-DR8"), ("Rev", "A"))
        ),
        f"{top}Vendor SN: EX{at:06d}",
        f"{top}ChannelMonitorValues:",
        *lanes,
        f"{top}ChannelThresholdValues:",
        *(f"{under}{name}{end:<11}: 4.0000{unit}" for name, unit in of_lanes for end in limits),
        f"{top}ModuleMonitorValues:",
        f"{under}Temperature: {45 + at / 7:.4f}C",
        f"{under}Vcc: 3.2860Volts",
        f"{top}ModuleThresholdValues:",
        *(f"{under}{name}{end:<11}: 70.0000{unit}" for name, unit in of_module for end in limits),
        "",
    ]


def _nxos_status() -> bytes:
    rule = "-" * 80
    return _lines(
        rule,
        "Port          Name               Status    Vlan      Duplex  Speed   Type",
        rule,
        *(
            f"Eth1/{at:<8} to-the-spine       {'connected' if at % 3 else 'notconnec'} routed    full    400G"
            "    QSFP-DD-400G-DR4"
            for at in range(1, TABLE + 1)
        ),
    )


def _nxos_lldp() -> bytes:
    return _lines(
        "Capability codes:",
        "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "Device ID            Local Intf      Hold-time  Capability  Port ID",
        *(
            f"{f'spine-{at % 8}':<21}{f'Eth1/{at}':<16}120        BR          {f'Ethernet{8 * at}'}"
            for at in range(1, TABLE + 1)
        ),
        f"Total entries displayed: {TABLE}",
    )


def _nxos_modules() -> bytes:
    rule = f"  {'-' * 76}"
    head = [
        "           SFP Detail Diagnostics Information (internal calibration)",
        rule,
        "                Current              Alarms                  Warnings",
        "                Measurement     High        Low         High          Low",
        rule,
    ]
    ends = "        75.00 {0}     -5.00 {0}     70.00 {0}        0.00 {0}"

    def lane(at: int, number: int) -> list[str]:
        return [
            f"Lane Number:{number} Network Lane",
            *head,
            f"  Temperature   {40 + at / 7:.2f} C{ends.format('C')}",
            f"  Voltage        3.29 V{ends.format('V')}",
            f"  Current       {60 + (8 * at + number) % 997 / 99:.2f} mA{ends.format('mA')}",
            f"  Tx Power      -0.{10 + (8 * at + number) % 89} dBm{ends.format('dBm')}",
            f"  Rx Power      -1.{10 + (8 * at + number) % 83} dBm{ends.format('dBm')}",
            "  Transmit Fault Count = 0",
            rule,
        ]

    return _lines(
        *(
            line
            for at in range(1, PORTS + 1)
            for line in (
                f"Ethernet1/{at}",
                "    transceiver is present",
                "    type is QDD-800G-DR8",
                "    name is EXAMPLE",
                "    part number is EX-DR8",
                "    revision is A",
                f"    serial number is EX{at:06d}",
                "",
                *(row for number in LANES for row in lane(at, number)),
            )
        )
    )


def _junos_lldp() -> bytes:
    return _lines(
        "Local Interface    Parent Interface    Chassis Id                               Port info          "
        "System Name",
        *(
            f"{f'et-0/0/{at // 4}:{at % 4}':<19}{'-':<20}{f'02:00:00:00:{at // 256:02x}:{at % 256:02x}':<41}"
            f"{f'Ethernet{8 * at}':<19}spine-{at % 8}.example"
            for at in range(TABLE)
        ),
    )


def _junos_environment() -> bytes:
    return _lines(
        "Class Item                           Status     Measurement",
        "Power PSM 0                          OK         39 degrees C / 102 degrees F",
        *(
            f"{'Temp' if at == 0 else '':<6}{f'FPC 0 xcvr-0/0/{at}':<31}OK         {40 + at % 25} degrees C"
            f" / {104 + at % 25} degrees F"
            for at in range(TABLE)
        ),
    )


def _nvue_module() -> bytes:
    return _lines(
        "cable-type             : Optical module",
        "diagnostics-status     : Diagnostic Data Available",
        "status                 : plugged_enabled",
        "error-status           : N/A",
        "revision-compliance    : CMIS 5.0",
        "identifier             : OSFP",
        "vendor-rev             : A",
        "vendor-oui             : 02:00:00",
        "vendor-name            : EXAMPLE",
        "vendor-pn              : EX-DR8",
        "vendor-sn              : EX000001",
        "temperature            : 42.56 degrees C / 108.61 degrees F",
        "voltage                : 3.2888 V",
        *(
            line
            for lane in LANES
            for line in (
                f"ch-{lane}-rx-power          : 0.8{lane}25 mW / -0.{60 + lane} dBm",
                f"ch-{lane}-tx-power          : 0.8{lane}88 mW / -0.{40 + lane} dBm",
                f"ch-{lane}-tx-bias-current   : 6.{lane}50 mA",
            )
        ),
    )


def _ethtool_module() -> bytes:
    def row(name: str, told: str) -> str:
        return f"\t{name:<42}: {told}"

    power, warm = "0.5155 mW / -2.88 dBm", "40.01 degrees C / 104.02 degrees F"
    monitors = [
        ("Laser bias current", "6.762 mA"),
        ("Laser output power", power),
        ("Laser rx power", power),
        ("Module temperature", warm),
        ("Module voltage", "3.3365 V"),
    ]
    ends = [f"{side} {kind}" for kind in ("alarm", "warning") for side in ("high", "low")]
    return _lines(
        row("Identifier", "0x03 (SFP)"),
        *(row(f"Length ({kind})", "0m") for kind in ("SMF", "50um", "62.5um", "Copper", "OM3")),
        row("Transceiver type", "10G Ethernet: 10G Base-SR"),
        *(
            row(f"Vendor {key}", word)
            for key, word in (("name", "EXAMPLE"), ("PN", "EX-SR"), ("SN", "EX0001"))
        ),
        row("Optical diagnostics support", "Yes"),
        *(row(name, told) for name, told in monitors),
        row("Alarm/warning flags implemented", "Yes"),
        *(row(f"{name} {end}", "Off") for name, _ in monitors for end in ends),
        *(row(f"{name} {end} threshold", told) for name, told in monitors[:2] for end in ends),
        *(
            row(f"{name} {end} threshold", told)
            for name, told in (*monitors[3:], monitors[2])
            for end in ends
        ),
    )


def _mlxlink() -> bytes:
    def table(title: str, *rows: tuple[str, str]) -> list[str]:
        return [title, "-" * len(title), *(f"{key:<35}: {told}" for key, told in rows), ""]

    return _lines(
        *table(
            "Operational Info",
            *(("State", "Active"), ("Physical state", "LinkUp"), ("Speed", "400G"), ("Width", "4x")),
            *(("FEC", "Standard_RS-FEC - (544,514)"), ("Loopback Mode", "No Loopback")),
        ),
        *table("Troubleshooting Info", ("Status Opcode", "0"), ("Recommendation", "No issue was observed")),
        *table(
            "Module Info",
            *(("Temperature [C]", "54 [-5..75]"), ("Voltage [mV]", "3261.2 [2970..3630]")),
            ("Bias Current [mA]", "8.380,8.381,8.382,8.383 [2..15]"),
            ("Rx Power Current [dBm]", "1.886,1.989,2.281,1.976 [-10.41..6]"),
            ("Tx Power Current [dBm]", "1.562,1.427,1.559,1.761 [-8.508..5]"),
            *(("Identifier", "OSFP"), ("Vendor Name", "EXAMPLE"), ("Vendor Part Number", "EX-DR4")),
            *(("Vendor Serial Number", "EX0001"), ("FW Version", "1.2.3"), ("Rev", "A")),
        ),
        *table(
            "Physical Counters and BER Info",
            ("Time Since Last Clear [Min]", "12.5"),
            *(("Effective Physical Errors", "0"), ("Effective Physical BER", "15E-255")),
            *(("Raw Physical Errors Per Lane", "12,13,14,15"), ("Raw Physical BER", "1E-10")),
            *(("Link Down Counter", "1"), ("Link Error Recovery Counter", "0")),
        ),
    )


def _lldpctl() -> bytes:
    rule = "-" * 79
    return _lines(
        *(rule, "LLDP neighbors:", rule),
        *(
            line
            for at in range(PORTS)
            for line in (
                f"Interface:    swp{at}, via: LLDP, RID: {at}, Time: 0 day, 00:02:35",
                "  Chassis:",
                f"    ChassisID:    mac 02:00:00:00:00:{at:02x}",
                f"    SysName:      leaf-{at}",
                f"    MgmtIP:       192.0.2.{at}",
                "    Capability:   Bridge, on",
                "  Port:",
                f"    PortID:       ifname swp{at}",
                f"    PortDescr:    swp{at}",
                "    TTL:          120",
                rule,
            )
        ),
    )
