"""`bringup tell`: the words, before anything is sent."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bringup.cli.tell import as_subject, named, own_key, signed
from bringup.engine.desk import Reply
from bringup.journal.folder import find
from bringup.journal.sign import APPROVE, fingerprint
from bringup.journal.verify.sshsig import check_signature
from bringup.model.errors import InputError
from tests.cli.rack import Desk, Said


@pytest.mark.parametrize(
    ("verb", "words", "expected"),
    [
        ("answer", ("a/q@run", "-2.5"), {"question": "a/q@run", "value": "-2.5"}),
        ("skip", ("a/q",), {"step": "a/q"}),
        ("note", ("two words",), {"text": "two words"}),
        ("pause", (), {}),
    ],
)
def test_words_have_names(verb: str, words: tuple[str, ...], expected: dict[str, str]) -> None:
    assert named(verb, words) == expected


@pytest.mark.parametrize(
    ("verb", "words"), [("answer", ("a/q",)), ("note", ("two", "words")), ("pause", ("now",)), ("skip", ())]
)
def test_too_many_or_too_few_words_are_refused(verb: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="takes"):
        named(verb, words)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("leaf-1:Ethernet0", "leaf-1/Ethernet0"),
        ("leaf-3:et-0/0/2:1", "leaf-3/et-0/0/2:1"),
        ("leaf-3/et-0/0/2:1", "leaf-3/et-0/0/2:1"),
        ("leaf-1", "leaf-1"),
        ("", ""),
    ],
)
def test_a_port_is_named_as_bringup_watch_names_it(text: str, subject: str) -> None:
    assert as_subject(text) == subject


@pytest.fixture
def run(desk: Desk) -> Path:
    """A run whose runner is gone."""
    path = desk.runs / "20260101-000000-aaaa"
    (path / "journal").mkdir(parents=True)
    return path


def tell(desk: Desk, run: Path, *words: Any) -> Said:
    return desk.do("tell", str(run), *map(str, words))


@pytest.mark.parametrize(
    "words", [["head"], ["rm"], ["answer", "a"], ["pause", "--wat"], ["answer", "q", "yes", "--key", "/none"]]
)
def test_what_can_not_be_sent_is_exit_2(desk: Desk, run: Path, words: list[str]) -> None:
    assert tell(desk, run, *words).code == 2


def test_a_run_without_a_runner_says_how_to_go_on(desk: Desk, run: Path) -> None:
    said = tell(desk, run, "pause")
    assert said.code == 2 and "resume" in said.err


@pytest.mark.parametrize(
    "runner", [b"", b"[]", b"{", b'{"socket": 7}', b'{"socket": "/nowhere/s.sock"}', b'{"socket": "/etc"}']
)
def test_a_runner_that_is_not_there_any_more_says_how_to_go_on(desk: Desk, run: Path, runner: bytes) -> None:
    (run / "runner.json").write_bytes(runner)
    said = tell(desk, run, "answer", "a/q@run", "-2.5")
    assert said.code == 2 and "resume" in said.err and "Traceback" not in said.err


def test_no_such_run_is_exit_2(desk: Desk) -> None:
    assert desk.do("tell", "20991231", "pause", "--runs", str(desk.runs)).code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["replace", "OLD"],
        ["replace", "OLD", "NEW", "--evidence", "/nowhere"],
        ["note", "text", "--dry-run"],
        ["watch", "leaf-1/Ethernet0", "--for", "an hour"],
        ["put-back", "now"],
    ],
)
def test_what_makes_no_command_of_the_repair_loop_is_exit_2(desk: Desk, run: Path, words: list[str]) -> None:
    said = tell(desk, run, *words)
    assert said.code == 2 and "Traceback" not in said.err


# --- keys ---------------------------------------------------------------------------------------------------


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real ssh-agent of one's own."""
    address = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(address)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it says its address once it listens
        monkeypatch.setenv("SSH_AUTH_SOCK", str(address))
        yield
        process.terminate()


def held_key(folder: Path, comment: str) -> Path:
    """The public half of a key that only the agent holds."""
    key = folder / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(key)]
    subprocess.run(command, check=True, timeout=30)
    subprocess.run(["ssh-add", "-q", str(key)], check=True, timeout=30)
    key.unlink()
    return key.with_suffix(".pub")


def test_an_answer_is_signed_with_a_key_that_only_the_agent_holds(
    tmp_path: Path, run: Path, agent: None
) -> None:
    public = held_key(tmp_path, "kim")
    signer = own_key(public, find(run.parent, str(run)))
    head = Reply(ok=True, size=7, root="x")
    said = signed("20260101-000000-aaaa", "replace", {"old": "A", "new": "B"}, "dark", signer, head)
    assert "question replace A by B" in said["signed_text"]
    signature = check_signature(said["signature"].encode(), said["signed_text"].encode(), APPROVE)
    assert signature.fingerprint == fingerprint(public.read_text())


def test_a_demos_key_signs_nothing_real_through_an_agent_either(
    tmp_path: Path, run: Path, agent: None
) -> None:
    with pytest.raises(InputError, match="demo's key"):
        own_key(held_key(tmp_path, "simulated"), find(run.parent, str(run)))
