"""Damage to what shells of switches and hosts say: what only these can get wrong."""

from __future__ import annotations

import pytest

from bringup.decode.registry import detect, find_format
from bringup.decode.result import Damaged, json_of
from tests.decode.corpus import Case, cases
from tests.decode.damage import check_cut, values
from tests.decode.flow_samples import BREAKOUT_MODES, OF_SHELL
from tests.decode.nic_samples import SAMPLES as NIC_SAMPLES
from tests.driver.linux import replies as linux
from tests.driver.sonic import replies as sonic

SAMPLES: dict[str, bytes] = {
    "sonic.version": sonic.VERSION,
    "sonic.syseeprom": sonic.SYSEEPROM,
    "sonic.interfaces-status": sonic.STATUS,
    "sonic.fec-status": sonic.FEC_STATUS,
    "sonic.fec-stats": sonic.FEC_STATS,
    "sonic.presence": sonic.PRESENCE,
    "sonic.transceiver-eeprom": sonic.EEPROM,
    "sonic.psustatus": sonic.PSUSTATUS,
    "sonic.fan": sonic.FAN,
    "sonic.temperature": sonic.TEMPERATURE,
    "sonic.dom-times": sonic.DOM_TIMES,
    "lldp.json0": sonic.NEIGHBORS,
    "lldp.json0-interfaces": sonic.LLDP_INTERFACES,
    "ethtool": linux.SETTINGS,
    "ethtool.driver": linux.DRIVER,
    "ethtool.module": linux.MODULE,
    "ethtool.statistics": linux.STATISTICS,
    "ethtool.fec": linux.FEC,
    "linux.ip-link": linux.IP_LINK,
    "linux.os-release": linux.OS_RELEASE,
    "linux.meminfo": linux.MEMINFO,
    "linux.timedatectl": linux.TIMEDATECTL,
    "linux.pcie-link": linux.PCIE,
    "linux.pcie-place": b"/sys/devices/pci0000:40/0000:40:01.1/0000:41:00.0\n",
    "linux.boot-id": sonic.BOOT_ID,
    "linux.uptime": b"353471.22 2711020.10\n",
    "linux.date": b"1737365411.250000000\n",
    "linux.uname": b"Linux 6.8.0-51-generic x86_64\n",
    "linux.hostname": b"node-01\n",
    "linux.nproc": b"224\n",
    "linux.dmi": b"AR-8000\n",
    **OF_SHELL,
    **NIC_SAMPLES,
    "sonic.breakout-modes": BREAKOUT_MODES,
}


@pytest.mark.parametrize("case", cases("sonic", "lldp", "ethtool"))
def test_a_cut_of_a_recorded_output_gives_no_value_that_the_whole_does_not(case: Case) -> None:
    made = detect(case.data)
    if made is None:
        assert case.outcome != "ok"
        return
    all_of_it = values(made.decode(case.data))
    step = max(1, len(case.data) // 400)
    for cut in sorted(
        {*range(0, len(case.data), step), *range(max(0, len(case.data) - 200), len(case.data))}
    ):
        check_cut(made, case.data, cut, all_of_it)


def test_invalid_utf8_is_shown_and_warned_of() -> None:
    decoded = find_format("sonic.version").decode(sonic.VERSION.replace(b"broadcom", b"broad\xffcom"))
    assert decoded.outcome == "ok"
    assert any("UTF-8" in warning for warning in decoded.warnings)


def test_windows_line_ends_change_nothing() -> None:
    made = find_format("sonic.interfaces-status")
    assert made.decode(sonic.STATUS.replace(b"\n", b"\r\n")).facts == made.decode(sonic.STATUS).facts


@pytest.mark.parametrize("empty", [b"[]", b"{}"])
def test_megabytes_of_empty_values_are_never_taken_apart(empty: bytes) -> None:
    with pytest.raises(Damaged, match="more than 500,000 values"):
        json_of(b"[" + (empty + b",") * 500_000 + empty + b"]")
