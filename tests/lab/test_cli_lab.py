"""`bringup lab …`: what a person at a terminal does with a lab."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.lab.faults import fault_kinds


def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bringup", "lab", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def _own_sockets(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("x")))


@pytest.fixture
def folder(tmp_path: Path, _own_sockets: None) -> Iterator[Path]:
    """A lab that stands while the test runs, started as a person starts it."""
    place = tmp_path / "lab"
    command = [
        sys.executable,
        "-m",
        "bringup",
        "lab",
        "up",
        "--dir",
        str(place),
        "--speed",
        "100",
        "--format",
        "json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["profile"] == "mini"
            yield place
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_person_breaks_and_mends_a_lab_that_stands(folder: Path) -> None:
    added = lab("fault", "add", "psu-out@leaf-1/psu-1")
    assert (added.returncode, added.stdout) == (0, "added: psu-out@leaf-1/psu-1\n")
    assert "fault psu-out@leaf-1/psu-1" in lab("status", "--dir", str(folder)).stdout
    assert lab("fault", "clear", "psu-out").stdout == "cleared: psu-out@leaf-1/psu-1\n"
    lab("fault", "add", "dark-lane@leaf-1/Ethernet8#lane-2")
    assert lab("repair").stdout == "mended: dark-lane@leaf-1/Ethernet8#lane-2\n"
    told = json.loads(lab("list", "--format", "json").stdout)
    assert {"mini", "hgx-h100"} <= set(told["profiles"])
    assert [each["folder"] for each in told["labs"]] == [str(folder)]
    nothing = lab("repair")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "nothing to mend\n")
    wrong = lab("fault", "add", "sabotage")
    assert wrong.returncode == 2
    assert "no fault is called 'sabotage'" in wrong.stderr


def test_the_list_of_faults_is_data_for_scripts() -> None:
    told = json.loads(lab("faults", "--format", "json").stdout)
    assert {each["name"] for each in told} == set(fault_kinds())
    keys = {"name", "args", "subject_kind", "stage", "step", "verdict", "reason", "remedy", "masks"}
    assert all(keys <= set(each) for each in told)


def test_the_list_of_faults_is_words_for_people() -> None:
    text = lab("faults").stdout
    for kind in fault_kinds().values():
        assert kind.about in text
        assert f"[{kind.remedy}]" in text


@pytest.mark.parametrize(
    "arguments", [("repair",), ("status",), ("fault", "add", "psu-out"), ("fault", "clear", "psu-out")]
)
def test_without_a_lab_there_is_nothing_to_talk_to(arguments: tuple[str, ...]) -> None:
    told = lab(*arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert "no lab stands" in told.stderr


@pytest.mark.parametrize(
    "arguments", [("--speed", "0"), ("--speed", "2000"), ("--profile", "maxi"), ("--fault", "sabotage")]
)
def test_a_lab_that_can_not_be_is_bad_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    told = lab("up", "--dir", str(tmp_path / "lab"), *arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert "Traceback" not in told.stderr
