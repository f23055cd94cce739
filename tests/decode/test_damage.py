"""Damage never gives an empty success, a value that the whole would not give, a crash or a hang."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import Format, all_formats, decode_detected, detect, find_format
from bringup.decode.result import Damaged, json_of
from bringup.model.facts import Decoded
from tests.decode.corpus import Case, cases
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
NOT_DETECTED = frozenset({"linux.hostname", "linux.nproc", "linux.dmi"})
"""A bare word or number could be anything."""
OURS = [made for made in all_formats() if made.name.startswith(("sonic.", "lldp.", "ethtool", "linux."))]


def values(decoded: Decoded) -> dict[str, object]:
    """Every value that was found, by its path."""
    found: dict[str, object] = {}

    def walk(node: object, path: str) -> None:
        if isinstance(node, dict):
            if "reading" in node and "value" in node:
                if node["reading"] == "value":
                    found[path] = node["value"]
                return
            for key, part in node.items():
                walk(part, f"{path}/{key}")
        elif isinstance(node, list | tuple):
            for at, part in enumerate(node):
                walk(part, f"{path}[{at}]")
        elif node is not None:
            found[path] = node

    walk(msgspec.to_builtins(decoded.facts), "")
    return found


def figures(decoded: Decoded) -> list[object]:
    """The numbers and yes-or-no answers among the values: what can be judged. Any text could be a name."""
    return [told for told in values(decoded).values() if not isinstance(told, str)]


def check_cut(made: Format, whole: bytes, cut: int, all_of_it: dict[str, object]) -> None:
    decoded = made.decode(whole[:cut])
    if decoded.outcome != "ok":
        assert decoded.facts == {}
        assert decoded.warnings
        return
    found = values(decoded)
    assert found, f"an empty success after {cut} of {len(whole)} bytes"
    new = {path: told for path, told in found.items() if all_of_it.get(path) != told}
    assert new == {}, f"after {cut} of {len(whole)} bytes"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_read_whole(name: str) -> None:
    decoded = find_format(name).decode(SAMPLES[name])
    assert decoded.outcome == "ok", decoded.warnings
    assert decoded.format == name


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_detected(name: str) -> None:
    made = detect(SAMPLES[name])
    assert (made.name if made else None) == (None if name in NOT_DETECTED else name)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_cut_anywhere_gives_no_value_that_the_whole_does_not(name: str) -> None:
    made, whole = find_format(name), SAMPLES[name]
    all_of_it = values(made.decode(whole))
    for cut in range(len(whole)):
        check_cut(made, whole, cut, all_of_it)


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


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_wrong_byte_gives_no_more_values_than_the_whole(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    whole = SAMPLES[name]
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    made = find_format(name)
    decoded = made.decode(wrong)
    if decoded.outcome == "ok":
        assert len(figures(decoded)) <= len(figures(made.decode(whole)))
    else:
        assert decoded.facts == {}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_output_that_came_twice_gives_no_new_values(name: str) -> None:
    made, whole = find_format(name), SAMPLES[name]
    decoded = made.decode(whole + whole)
    if decoded.outcome == "ok":
        assert values(decoded) == values(made.decode(whole))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=2000))
def test_random_bytes_are_never_ok(data: bytes) -> None:
    assert decode_detected(data).outcome in ("unparsable", "no_data")
    for made in OURS:
        decoded = made.decode(data)
        assert decoded.outcome in ("unparsable", "no_data") or made.name in NOT_DETECTED


HOSTILE = {
    "zeros": b"\0" * 300_000,
    "blanks": b" " * 300_000 + b"x",
    "dashes": b"-" * 300_000 + b"\n",
    "short-dashes": b"-- " * 100_000 + b"\n",
    "tabs": b"\t" * 300_000 + b"\n",
    "colons": b"a: " * 100_000 + b"\n",
    "digits": b"9" * 300_000 + b"\n",
    "commas": b"1,111," * 50_000 + b"\n",
    "brackets": b"[" * 300_000,
    "braces": b'{"lldp":' * 50_000,
    "quotes": b'"' * 300_000,
    "lines": b"\n" * 300_000 + b"x\n",
    "many-columns": (b"-- " * 20_000 + b"\n") * 5,
    "invalid": b"\xff\xfe" * 150_000 + b"\n",
    "escapes": b"\x1b[2J\x1b]0;x\x07" * 20_000 + b"\n",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_input_takes_no_time_to_speak_of(kind: str) -> None:
    began = time.process_time()
    for made in OURS:
        lines = SAMPLES.get(made.name, b"").splitlines(keepends=True)
        heads = (b"", lines[0]) if len(lines) > 1 else (b"",)
        for head in heads:
            assert made.decode(head + HOSTILE[kind]).outcome in ("unparsable", "no_data")
    assert time.process_time() - began < 20.0


@pytest.mark.parametrize("made", OURS, ids=lambda made: made.name)
def test_an_error_text_is_no_success(made: Format) -> None:
    for text in (
        "Error: something is wrong\n",
        "Traceback (most recent call last):\n  File \"x\", line 1, in <module>\nKeyError: 'PORT'\n",
        "bash: line 1: show: command not found\n",
        "-bash: /usr/bin/show: Permission denied\n",
        "cat: /proc/uptime: No such file or directory\n",
        "Usage: show [OPTIONS] COMMAND [ARGS]...\n",
        "sudo: a password is required\n",
    ):
        assert made.decode(text.encode()).outcome in ("unparsable", "no_data"), text


@pytest.mark.parametrize("made", OURS, ids=lambda made: made.name)
def test_nothing_at_all_is_no_data(made: Format) -> None:
    for data in (b"", b"\n", b"  \r\n\t"):
        assert made.decode(data).outcome == "no_data"


@pytest.mark.parametrize("made", OURS, ids=lambda made: made.name)
def test_more_than_the_cap_is_unparsable(made: Format) -> None:
    assert made.decode(b"x" * (16 * 1024 * 1024 + 1)).outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_error_after_a_whole_output_is_seen(name: str) -> None:
    if name == "ethtool.statistics":  # its lines are indented, so that the error is no counter
        assert find_format(name).decode(SAMPLES[name] + b"Error: redis is gone\n").outcome == "unparsable"
        return
    assert find_format(name).decode(SAMPLES[name] + b"Error: redis is gone\n").outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_facts_have_the_types_that_the_format_declares(name: str) -> None:
    made = find_format(name)
    decoded = made.decode(SAMPLES[name])
    assert set(decoded.facts) == set(made.facts)
    for key, kind in made.facts.items():
        msgspec.convert(msgspec.to_builtins(decoded.facts[key]), kind)
    assert made.schema()["title"] == name


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
