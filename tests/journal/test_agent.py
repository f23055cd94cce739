"""Signing with keys that a real ssh-agent holds."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from bringup.journal.agent import AgentSigner, signer_for
from bringup.journal.error import JournalError
from bringup.journal.sign import CHECKPOINT, KeySigner
from bringup.journal.verify.sshsig import BadSignatureError, check_signature
from bringup.model.errors import InputError

TEXT = b"bringup/x\n1\nqqqq\n"


@pytest.fixture
def agent(tmp_path: Path) -> Generator[dict[str, str], None, None]:
    """The environment of an agent of one's own."""
    address = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(address)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it says its address once it listens
        yield {**os.environ, "SSH_AUTH_SOCK": str(address)}
        process.send_signal(signal.SIGTERM)


def new_key(path: Path, *kind: str) -> Path:
    command = ["ssh-keygen", "-q", "-t", *kind, "-N", "", "-C", "some one", "-f", str(path)]
    subprocess.run(command, check=True, timeout=30)
    return path


def add(key: Path, environment: dict[str, str]) -> None:
    subprocess.run(["ssh-add", "-q", str(key)], env=environment, check=True, timeout=30)


@pytest.mark.parametrize("kind", [("ed25519",), ("rsa", "-b", "2048"), ("ecdsa", "-b", "384")], ids="-".join)
def test_a_key_in_the_agent_signs_like_one_in_a_file(
    tmp_path: Path, agent: dict[str, str], kind: Sequence[str]
) -> None:
    key = new_key(tmp_path / "key", *kind)
    add(key, agent)
    signer = signer_for(key.with_suffix(".pub"), agent)
    assert (signer.label, signer.identity) == ("agent", "some one")
    assert signer.public_key == KeySigner.from_file(key).public_key
    armored = signer.sign(TEXT, CHECKPOINT)
    check_signature(armored, TEXT, CHECKPOINT)
    with pytest.raises(BadSignatureError):
        check_signature(armored, TEXT + b"x", CHECKPOINT)


def test_a_locked_key_is_used_from_the_agent_by_its_own_name(tmp_path: Path, agent: dict[str, str]) -> None:
    key = new_key(tmp_path / "key", "ed25519")
    add(key, agent)
    lock = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "a long phrase", "-f", str(key)]
    subprocess.run(lock, check=True, timeout=30)
    assert signer_for(key, agent).label == "agent"
    with pytest.raises(InputError, match="passphrase"):
        signer_for(key, {})


def test_a_key_that_the_agent_has_not_is_refused_with_advice(tmp_path: Path, agent: dict[str, str]) -> None:
    key = new_key(tmp_path / "key", "ed25519")
    with pytest.raises(InputError, match="ssh-add"):
        signer_for(key.with_suffix(".pub"), agent)
    with pytest.raises(InputError, match="no agent"):
        signer_for(key.with_suffix(".pub"), {})
    (tmp_path / "x.pub").write_text("nonsense")
    with pytest.raises(InputError, match="no public key"):
        signer_for(tmp_path / "x.pub", agent)


def test_an_agent_that_forgot_the_key_or_is_gone_is_an_error_and_no_hang(
    tmp_path: Path, agent: dict[str, str]
) -> None:
    key = new_key(tmp_path / "key", "ed25519")
    add(key, agent)
    signer = signer_for(key.with_suffix(".pub"), agent)
    subprocess.run(["ssh-add", "-q", "-D"], env=agent, check=True, timeout=30)
    with pytest.raises(JournalError, match="refused"):
        signer.sign(TEXT, CHECKPOINT)
    gone = AgentSigner(signer.public_key, "x", str(tmp_path / "nowhere"))
    with pytest.raises(JournalError, match="does not answer"):
        gone.sign(TEXT, CHECKPOINT)
