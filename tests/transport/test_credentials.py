"""Secrets: where they come from, and where they never appear."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bringup.journal.redact import Redactor
from bringup.model.errors import InputError
from bringup.model.inventory import Device
from bringup.transport.credentials import resolve
from tests.transport.peers import device

SECRET = "s3cr3t-of-the-rack"


def with_password(reference: str, name: str = "leaf-1") -> Device:
    return device(ssh={"user": "admin", "password": reference}).model_copy(update={"name": name})


def test_the_three_kinds_of_reference_give_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACK_PASSWORD", SECRET)
    (tmp_path / "password").write_text(SECRET + "\n")
    for reference in ("env:RACK_PASSWORD", "file:password", "cmd:cat password"):
        secrets = resolve([with_password(reference)], tmp_path)
        assert secrets.value(reference) == SECRET


def test_only_the_last_line_end_is_not_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b" two words \n\r\n")
    secrets = resolve([with_password("file:password")], tmp_path)
    assert secrets.value("file:password") == " two words \n"


def test_a_reference_that_many_devices_share_is_resolved_once(tmp_path: Path) -> None:
    reference = "cmd:echo x >> count; echo secret"
    devices = [with_password(reference, f"leaf-{number}") for number in range(3)]
    secrets = resolve(devices, tmp_path)
    assert (tmp_path / "count").read_text() == "x\n"
    assert secrets.named() == {"leaf-0.ssh.password": "secret"}


def test_the_community_public_needs_no_reference(tmp_path: Path) -> None:
    secrets = resolve([device(snmp={"community": "public"})], tmp_path)
    assert secrets.value("public") == "public"
    assert secrets.named() == {}


def test_all_that_is_missing_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    wrong = ["env:NOT_SET", "file:none", "file:empty", "file:binary", "cmd:exit 4", "cmd:true", SECRET]
    devices = [with_password(reference, f"leaf-{number}") for number, reference in enumerate(wrong)]
    devices.append(device(ssh={"user": "admin", "key": "no-key"}))
    with pytest.raises(InputError) as caught:
        resolve(devices, tmp_path)
    problems = caught.value.problems
    assert len(problems) == len(devices)
    assert problems[0].startswith("leaf-0.ssh.password: the environment variable NOT_SET is not set")
    assert "status 4" in problems[4]
    assert problems[-1].startswith("leaf-1.ssh.key: ")
    assert SECRET not in f"{caught.value!r}{problems}"


def test_no_error_shows_a_command_or_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve([with_password(f"cmd:echo {SECRET}; exit 1")], tmp_path)
    assert SECRET not in f"{caught.value!r}{caught.value}{caught.value.problems}"


def test_resolved_secrets_have_no_readable_form_and_feed_the_redactor(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(SECRET)
    secrets = resolve([with_password("file:password")], tmp_path)
    assert SECRET not in f"{secrets!r}{secrets}"
    with pytest.raises(TypeError):
        pickle.dumps(secrets)
    assert Redactor(secrets.named()).text(f"<{SECRET}>") == "<[redacted:leaf-1.ssh.password]>"


def test_a_command_that_prints_for_ever_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="printed more than 65536 bytes"):
        resolve([with_password("cmd:yes")], tmp_path)
