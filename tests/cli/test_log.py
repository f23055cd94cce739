"""`bringup log` as a person and a script call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.journal.records import Made, lines, make_now, note, start


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_now(tmp_path_factory.mktemp("log"))


def bringup(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bringup", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_jsonl_is_the_stored_lines_byte_for_byte(made: Made, tmp_path: Path) -> None:
    stored = b"".join(line + b"\n" for line in lines(made.folder)).decode()
    path = str(made.folder.path)
    assert bringup("log", "show", path, "--format", "jsonl").stdout == stored
    assert bringup("log", "show", path, "--format", "jsonl", "--follow").stdout == stored
    assert bringup("log", "export", path, "--to", "jsonl", "--out", "-").stdout == stored
    out = tmp_path / "out.jsonl"
    assert bringup("log", "export", path, "--to", "jsonl", "--out", str(out)).returncode == 0
    assert out.read_text() == stored
    assert bringup("log", "export", path, "--to", "jsonl", "--out", str(out)).returncode == 2
    assert out.read_text() == stored


def test_json_is_one_list(made: Made) -> None:
    done = bringup("log", "show", str(made.folder.path), "--format", "json")
    assert [event["seq"] for event in json.loads(done.stdout)] == list(range(len(lines(made.folder))))


def test_text_has_a_line_an_event_and_a_run_is_found_by_prefix(made: Made) -> None:
    runs = str(made.folder.path.parent)
    done = bringup("log", "show", made.folder.path.name[:17], "--runs", runs)
    assert done.returncode == 0
    rows = done.stdout.splitlines()
    assert len(rows) == len(lines(made.folder))
    assert "RunStarted" in rows[0]
    assert "note 0" in rows[2]


def test_verify_has_the_exit_codes_of_the_contract(made: Made, tmp_path: Path) -> None:
    path, config = str(made.folder.path), {"XDG_CONFIG_HOME": str(tmp_path)}
    known = bringup("log", "verify", path, "--signers", str(made.signers))
    assert (known.returncode, "intact" in known.stdout) == (0, True)
    assert bringup("log", "verify", path, environment=config).returncode == 3
    (tmp_path / "bringup").mkdir()
    (tmp_path / "bringup" / "allowed_signers").write_bytes(made.signers.read_bytes())
    assert bringup("log", "verify", path, environment=config).returncode == 0
    said = json.loads(bringup("log", "verify", path, "--format", "json", environment=config).stdout)
    assert (said["code"], said["events"], said["findings"]) == (0, len(lines(made.folder)), [])


def test_a_contradiction_is_exit_4_and_named_for_machines(made: Made, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("bringup/other\n1\n" + "A" * 43 + "=\n")
    arguments = ("log", "verify", str(made.folder.path), "--signers", str(made.signers))
    done = bringup(*arguments, "--checkpoint", str(kept), "--format", "json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["findings"][0]["id"] == "origin"


def test_bad_usage_is_exit_2(made: Made, tmp_path: Path) -> None:
    broken = tmp_path / "signers"
    broken.write_text("nonsense\n")
    path = str(made.folder.path)
    for arguments in (
        ("verify", "no-such-run"),
        ("verify", path, "--signers", str(tmp_path / "missing")),
        ("verify", path, "--signers", str(broken)),
        ("verify", path, "--checkpoint", str(tmp_path / "missing")),
        ("show", "no-such-run"),
        ("export", path, "--to", "pdf", "--out", "-"),
    ):
        done = bringup("log", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert "Traceback" not in done.stderr


async def test_device_text_can_not_drive_the_terminal_and_zero_is_shown(tmp_path: Path) -> None:
    from bringup.model.event import Measured
    from bringup.model.verdict import Reading

    folder, journal, _ = await start(tmp_path)
    await journal.append(note("\x1b[2J\x07 bell \u202e and \x9b31m"))
    await journal.append(
        Measured(
            stage="links",
            step="errors",
            subject="leaf-1/Ethernet0",
            attempt=2,
            quantity="errors",
            unit="",
            value=0,
            reading=Reading.VALUE,
        )
    )
    await journal.close()
    out = bringup("log", "show", str(folder.path)).stdout
    assert not set("\x1b\x07\u202e\x9b") & set(out)
    assert "\\x1b[2J" in out
    assert "value=0" in out
    assert "(attempt 2)" in out


def test_log_verify_loads_no_protocol_library(made: Made) -> None:
    code = (
        "import sys\n"
        "from bringup.cli.main import main\n"
        "main(['log', 'verify', sys.argv[1], '--signers', sys.argv[2]])\n"
        "print([name for name in ('asyncssh', 'paramiko', 'grpc', 'aiohttp', 'pysnmp', 'gufo', 'textual',"
        " 'pydantic', 'numpy', 'rich') if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(made.folder.path), str(made.signers)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr.strip() == "[]"
