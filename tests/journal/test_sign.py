"""Signatures as stock ssh-keygen sees them, and ssh-keygen's as our verifier sees them."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bringup.journal.error import JournalError
from bringup.journal.machine import config_folder, machine_signer
from bringup.journal.sign import APPROVE, CHECKPOINT, KeySigner, fingerprint
from bringup.journal.verify.sshsig import BadSignatureError, Signers, SignersError, check_signature
from bringup.model.errors import InputError
from tests.journal.records import make_now

TEXT = b"bringup/20260101-000000-test\n3\nqqqq\n"


def keygen(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ssh-keygen", *arguments], input=given, capture_output=True, timeout=30, check=False
    )


def new_key(folder: Path, kind: Sequence[str]) -> Path:
    path = folder / "key"
    done = keygen("-q", "-t", *kind, "-N", "", "-C", "tester", "-f", str(path))
    assert done.returncode == 0, done.stderr
    return path


KINDS = [
    ("ed25519",),
    ("rsa", "-b", "2048"),
    ("ecdsa", "-b", "256"),
    ("ecdsa", "-b", "384"),
    ("ecdsa", "-b", "521"),
]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_stock_ssh_keygen_accepts_our_signatures_and_refuses_an_altered_text(
    tmp_path: Path, kind: Sequence[str]
) -> None:
    signer = KeySigner.from_file(new_key(tmp_path, kind))
    signature, signers = tmp_path / "sig", tmp_path / "signers"
    signature.write_bytes(signer.sign(TEXT, CHECKPOINT))
    signers.write_text(f"tester {signer.public_key}\n")
    check = ("-Y", "verify", "-f", str(signers), "-I", "tester", "-s", str(signature))
    assert keygen(*check, "-n", CHECKPOINT, given=TEXT).returncode == 0
    assert keygen(*check, "-n", CHECKPOINT, given=TEXT.replace(b"3", b"4")).returncode != 0
    assert keygen(*check, "-n", APPROVE, given=TEXT).returncode != 0


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_our_verifier_accepts_ssh_keygens_signatures_and_refuses_an_altered_text(
    tmp_path: Path, kind: Sequence[str]
) -> None:
    key = new_key(tmp_path, kind)
    done = keygen("-q", "-Y", "sign", "-n", CHECKPOINT, "-f", str(key), given=TEXT)
    assert done.returncode == 0, done.stderr
    signed = check_signature(done.stdout, TEXT, CHECKPOINT)
    shown = keygen("-l", "-f", str(key)).stdout.decode()
    assert signed.fingerprint in shown
    for armored, text, purpose in (
        (done.stdout, TEXT + b"x", CHECKPOINT),
        (done.stdout, TEXT, APPROVE),
        (done.stdout[:-60], TEXT, CHECKPOINT),
        (b"", TEXT, CHECKPOINT),
    ):
        with pytest.raises(BadSignatureError):
            check_signature(armored, text, purpose)


def test_every_single_byte_of_a_signature_counts(tmp_path: Path) -> None:
    signature = KeySigner.throwaway().sign(TEXT, CHECKPOINT)
    body = signature.index(b"\n") + 1
    for at in range(body, signature.index(b"\n-----END")):
        if signature[at : at + 1] == b"\n":
            continue
        altered = signature[:at] + (b"A" if signature[at : at + 1] != b"A" else b"B") + signature[at + 1 :]
        with pytest.raises(BadSignatureError):
            signed = check_signature(altered, TEXT, CHECKPOINT)
            # The last character may carry bits that base64 ignores: then nothing was altered.
            assert at >= signature.index(b"\n-----END") - 4, signed
            raise BadSignatureError("the same bytes")


def test_the_checkpoints_of_a_run_verify_with_stock_tools_and_the_runs_own_list(tmp_path: Path) -> None:
    run = make_now(tmp_path).folder
    texts = sorted(run.checkpoints.glob("*.txt"))
    assert len(texts) == 3
    for text in texts:
        known = ("-Y", "verify", "-f", str(run.signers), "-I", "machine", "-n", CHECKPOINT)
        given = text.read_bytes()
        check = (*known, "-s", str(text.with_suffix(".sig")))
        assert keygen(*check, given=given).returncode == 0
        assert keygen(*check, given=given.replace(b"\n", b"\n1", 1)).returncode != 0


def test_the_machines_key_is_made_once_private_and_enrolled(tmp_path: Path) -> None:
    config = tmp_path / "deep" / "bringup"
    first, second = machine_signer(config), machine_signer(config)
    assert first.public_key == second.public_key
    assert first.label == "machine"
    assert stat.S_IMODE((config / "machine_key").stat().st_mode) == 0o600
    rows = (config / "allowed_signers").read_text().splitlines()
    assert len(rows) == 1
    assert first.public_key in rows[0]
    assert f'namespaces="{CHECKPOINT}"' in rows[0]
    signed = check_signature(first.sign(TEXT, CHECKPOINT), TEXT, CHECKPOINT)
    known = Signers.load(config / "allowed_signers")
    assert "machine" in (known.name(signed, CHECKPOINT) or "")
    assert known.name(signed, APPROVE) is None


def test_a_machine_key_that_others_can_read_is_refused_with_advice(tmp_path: Path) -> None:
    machine_signer(tmp_path)
    (tmp_path / "machine_key").chmod(0o644)
    with pytest.raises(JournalError, match="chmod 600"):
        machine_signer(tmp_path)


def test_many_who_start_at_once_make_one_machine_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bringup.journal.machine import machine_signer;"
        "print(machine_signer(Path(sys.argv[1])).public_key)"
    )
    import sys

    command = [sys.executable, "-c", code, str(tmp_path)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    keys = {child.communicate(timeout=60)[0] for child in children}
    assert len(keys) == 1
    assert len((tmp_path / "allowed_signers").read_text().splitlines()) == 1


def test_the_configuration_folder_follows_xdg(tmp_path: Path) -> None:
    assert config_folder({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == Path("/c/bringup")
    assert config_folder({"HOME": "/h"}) == Path("/h/.config/bringup")
    assert config_folder({"XDG_CONFIG_HOME": "relative", "HOME": "/h"}) == Path("/h/.config/bringup")


def test_a_key_with_a_passphrase_and_a_file_that_is_no_key_are_the_persons_to_mend(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    assert keygen("-q", "-t", "ed25519", "-N", "secret phrase", "-f", str(locked)).returncode == 0
    with pytest.raises(InputError, match="ssh-add"):
        KeySigner.from_file(locked)
    (tmp_path / "no-key").write_text("hello")
    with pytest.raises(InputError, match="no private key"):
        KeySigner.from_file(tmp_path / "no-key")
    with pytest.raises(InputError, match="can't be read"):
        KeySigner.from_file(tmp_path / "missing")


def test_a_simulated_key_says_so_wherever_it_is_loaded_from(tmp_path: Path) -> None:
    made = KeySigner.throwaway()
    assert made.label == "simulated"
    (tmp_path / "k").write_bytes(made.private_text())
    (tmp_path / "k.pub").write_text(f"{made.public_key} simulated technician\n")
    loaded = KeySigner.from_file(tmp_path / "k")
    assert loaded.label == "simulated"
    assert fingerprint(loaded.public_key) == fingerprint(made.public_key)


def test_a_list_of_signers_obeys_purposes_times_and_authorities(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    key = KeySigner.throwaway()
    signed = check_signature(key.sign(TEXT, CHECKPOINT), TEXT, CHECKPOINT)
    path = tmp_path / "signers"

    def name(options: str, when: str = "2026-06-01") -> str | None:
        path.write_text(f'# a comment\n\n"some one" {options} {key.public_key} comment here\n')
        return Signers.load(path).name(signed, CHECKPOINT, datetime.fromisoformat(when).replace(tzinfo=UTC))

    assert name("") == "some one"
    assert name('namespaces="bringup-*"') == "some one"
    assert name('namespaces="file,git"') is None
    assert name('valid-before="20260101Z"') is None
    assert name('valid-after="20260101Z",valid-before="20270101Z"') == "some one"
    assert name('valid-after="202607010000Z"') is None
    assert name("cert-authority") is None


@pytest.mark.parametrize(
    "row",
    [
        "alone",
        "me ssh-ed25519 ???",
        "me no-such-option ssh-ed25519 AAAA",
        'me valid-after="soon" ssh-ed25519 AAAA',
    ],
)
def test_a_broken_list_of_signers_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "signers"
    path.write_text(f"# first\n{row}\n")
    with pytest.raises(SignersError, match=":2:"):
        Signers.load(path)


def test_the_private_key_is_written_nowhere_else(tmp_path: Path) -> None:
    made = make_now(tmp_path)
    secret = made.signer.private_text().splitlines()[3]
    for place, _, names in os.walk(made.folder.path):
        for name in names:
            assert secret not in (Path(place) / name).read_bytes()


def test_a_key_or_a_list_of_signers_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="holds no private key"):
        KeySigner.from_file(Path("/dev/zero"))
    with pytest.raises(SignersError, match="is larger than"):
        Signers.load(Path("/dev/zero"))
