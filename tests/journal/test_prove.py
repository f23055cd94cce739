"""A proof of one event, checked by a second implementation that knows only RFC 6962 and ssh-keygen."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.cli.main import main
from bringup.journal.folder import RunFolder
from bringup.journal.prove import ContradictionError, UncoveredError, prove
from bringup.journal.verify.proof import check_proof
from bringup.journal.verify.sshsig import Signers
from bringup.model.errors import InputError
from tests.journal.records import Made, lines, make_now, note, start


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_now(tmp_path_factory.mktemp("prove"))


def stranger_accepts(proof: dict[str, Any], signers: Path, where: Path) -> bool:
    """What a stranger would write: the audit path by the recursive definition of RFC 6962 (section 2.1.1),
    and `ssh-keygen -Y verify`. Nothing of this program is used.
    """

    def climb(index: int, size: int, path: list[bytes]) -> bytes:
        if size == 1:
            assert not path
            return hashlib.sha256(b"\0" + proof["line"].encode()).digest()
        half = 1
        while half * 2 < size:
            half *= 2
        if index < half:
            left, right = climb(index, half, path[:-1]), path[-1]
        else:
            left, right = path[-1], climb(index - half, size - half, path[:-1])
        return hashlib.sha256(b"\1" + left + right).digest()

    try:
        origin, size, root, end = proof["checkpoint"].split("\n")
        if end or origin != f"bringup/{proof['run']}" or int(size) != proof["size"]:
            return False
        path = [base64.b64decode(node) for node in proof["path"]]
        if climb(proof["index"], int(size), path) != base64.b64decode(root):
            return False
    except (AssertionError, IndexError, ValueError):
        return False
    (where / "signature").write_text(proof["signature"])
    principal = signers.read_text().split()[0].split(",")[0]
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", principal]
    command += ["-n", proof["namespace"], "-s", str(where / "signature")]
    done = subprocess.run(
        command, input=proof["checkpoint"].encode(), capture_output=True, timeout=20, check=False
    )
    return done.returncode == 0


def test_a_stranger_accepts_the_proof_of_every_kind_of_event(made: Made, tmp_path: Path) -> None:
    stored = lines(made.folder)
    for seq in (0, 1, 2, len(stored) // 2, len(stored) - 2, len(stored) - 1):
        proof = json.loads(json.dumps(prove(made.folder, seq)))
        assert proof["line"].encode() == stored[seq]
        assert stranger_accepts(proof, made.signers, tmp_path), seq


def test_every_event_is_proven_under_every_checkpoint_that_covers_it(made: Made) -> None:
    known = Signers.load(made.signers)
    sizes = sorted(int(path.stem) for path in made.folder.checkpoints.glob("*.txt"))
    assert len(sizes) >= 3
    for size in sizes:
        for seq in range(size):
            assert check_proof(json.dumps(prove(made.folder, seq, size)).encode(), known).code == 0


def other(proof: dict[str, Any], field: str) -> dict[str, Any]:
    """The proof with one field changed a little."""
    value = proof[field]
    if isinstance(value, int):
        return {**proof, field: value + 1}
    if field == "path":
        return {**proof, field: [*value[1:], value[0]]}
    at = len(value) // 2
    swapped = "B" if value[at] != "B" else "C"
    return {**proof, field: value[:at] + swapped + value[at + 1 :]}


@pytest.mark.parametrize("field", ["line", "index", "size", "path", "checkpoint", "signature", "run"])
def test_what_was_altered_is_proven_to_nobody(made: Made, tmp_path: Path, field: str) -> None:
    proof = other(prove(made.folder, 5), field)
    assert check_proof(json.dumps(proof).encode(), Signers.load(made.signers)).code == 4
    assert not stranger_accepts(proof, made.signers, tmp_path)


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: [*path, path[0]], lambda path: []])
def test_a_path_of_the_wrong_length_proves_nothing(made: Made, change: Any) -> None:
    proof = prove(made.folder, 5)
    proof["path"] = change(proof["path"])
    assert check_proof(json.dumps(proof).encode(), Signers.load(made.signers)).code == 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"schema": "bringup.proof/1"}',
        b"\xff",
        b"null",
        b'{"schema": []}',
    ],
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    assert check_proof(data, Signers([])).code == 4


def test_the_wrong_types_are_refused(made: Made) -> None:
    proof = prove(made.folder, 5)
    for field in proof:
        for wrong in (None, True, -1, 1.5, [], {}, "", [1], ["AA=="], 2**70):
            assert check_proof(json.dumps({**proof, field: wrong}).encode(), Signers([])).code in (3, 4)
            if field not in ("signer", "namespace"):
                assert check_proof(json.dumps({**proof, field: wrong}).encode(), Signers([])).code == 4


async def test_an_event_after_the_last_checkpoint_is_not_proven_yet(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    with pytest.raises(UncoveredError):
        prove(folder, 0)
    await journal.checkpoint()
    covered = prove(folder, 0)["size"]
    await journal.append(note())
    with pytest.raises(UncoveredError):
        prove(folder, covered)
    await journal.close()


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> RunFolder:
    shutil.copytree(made.folder.path, tmp_path / "copy")
    return RunFolder(tmp_path / "copy")


def test_no_proof_is_made_of_a_record_that_contradicts_its_checkpoint(copy: RunFolder) -> None:
    segment = copy.segment(1)
    segment.write_bytes(segment.read_bytes().replace(b"note 3", b"note 4", 1))
    with pytest.raises(ContradictionError, match="not those that the checkpoint covers"):
        prove(copy, 2)
    assert main(["log", "prove", str(copy.path), "2"]) == 4


def test_no_proof_is_made_with_a_signature_that_is_none(copy: RunFolder) -> None:
    last = max(int(path.stem) for path in copy.checkpoints.glob("*.txt"))
    signature = copy.checkpoints / f"{last}.sig"
    signature.write_bytes(signature.read_bytes().replace(b"A", b"B", 3))
    with pytest.raises(ContradictionError):
        prove(copy, 2)


def test_an_event_that_is_not_there_is_bad_usage(made: Made) -> None:
    with pytest.raises(InputError, match="its events are 0 to"):
        prove(made.folder, 10_000)
    with pytest.raises(InputError, match="no signed checkpoint covers 7 events"):
        prove(made.folder, 0, 7)


def test_the_commands_write_and_check(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    out = tmp_path / "proof.json"
    assert main(["log", "prove", str(made.folder.path), "3", "--out", str(out)]) == 0
    assert main(["log", "prove", str(made.folder.path), "3", "--out", str(out)]) == 2
    capsys.readouterr()
    assert main(["log", "check-proof", str(out), "--signers", str(made.signers)]) == 0
    assert capsys.readouterr().out.encode() == lines(made.folder)[3] + b"\n"
    assert main(["log", "check-proof", str(out)]) == 3
    assert "unknown" in capsys.readouterr().err
    out.write_text(out.read_text().replace("somebody", "sombebody", 1))
    assert main(["log", "check-proof", str(out), "--signers", str(made.signers)]) == 4
    assert capsys.readouterr().out == ""


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_a_proof_is_proven(made: Made, data: st.DataObject) -> None:
    proof = prove(made.folder, 5)
    whole = json.dumps(proof, sort_keys=True).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))])
    changed = data.draw(st.sampled_from([whole[:at], whole[:at] + flipped + whole[at + 1 :]]))
    result = check_proof(changed, Signers.load(made.signers))
    if result.code != 4:
        # What is not covered by anything: the name of the signer and of the purpose, which nobody reads here.
        said = json.loads(changed)
        assert {key: said.get(key) for key in proof if key not in ("signer", "namespace")} == {
            key: value for key, value in proof.items() if key not in ("signer", "namespace")
        }
