"""A runner apart: leaving, or killing, what watches it never stops a bring-up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.here import ATTEST, CONFIRM, QUESTION, REACH, Here, alive, verdicts
from tests.e2e.runs import Nursery, until


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path) -> Here:
    return Here(nursery, tmp_path, REACH, CONFIRM)


def test_it_waits_for_an_answer_and_the_follower_ends_with_the_verdict(here: Here) -> None:
    follower, output = here.start()
    here.wait_for("Asked")
    assert here.tell("answer", QUESTION, "yes").status == 0
    assert here.nursery.wait(follower) == 0
    text = output.read_text()
    assert text.startswith(f"run: {here.path}\n")
    assert f"bringup tell {here.path.name} close" in text
    assert alive(here.runner)
    assert here.tell("close").status == 0
    here.wait_for_runner()
    assert here.events()[-1]["kind"] == "RunClosed"
    assert here.do("log", "verify", str(here.path)).status == 0
    assert here.tell("note", "too late").status == 2


def test_ctrl_c_in_the_follower_leaves_the_run_and_says_so(here: Here) -> None:
    follower, output = here.start("--no-console")
    here.wait_for("Asked")
    until(lambda: "ASK" in output.read_text())
    os.kill(follower, signal.SIGINT)
    assert here.nursery.wait(follower) == 3
    assert "left: the run goes on" in output.read_text()
    assert here.tell("answer", QUESTION, "yes").status == 0
    here.wait_for("StepEnded", 2)
    here.tell("close")
    here.wait_for_runner()
    assert verdicts(here.events()) == {"management.reach": "PASS", "look": "PASS"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_the_end_of_the_follower_is_not_the_end_of_the_run(here: Here, number: signal.Signals) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    os.kill(follower, number)
    assert here.nursery.wait(follower) == -number
    assert here.tell("answer", QUESTION, "yes").status == 0
    here.wait_for("StepEnded", 2)
    here.tell("close")
    here.wait_for_runner()
    assert here.events()[-1]["verdict"] == "PASS"


def test_the_whole_terminal_may_go(here: Here) -> None:
    """A closed window sends the hang-up to every process of its session: the runner has one of its own."""
    follower, _ = here.start()
    here.wait_for("Asked")
    runner = here.runner
    assert os.getsid(runner) == runner != os.getsid(follower)
    os.killpg(os.getpgid(follower), signal.SIGHUP)
    here.nursery.wait(follower)
    os.kill(runner, signal.SIGHUP)
    assert here.tell("note", "still here").status == 0
    here.tell("abort")
    here.wait_for_runner()


def test_jsonl_is_data_only_and_begins_with_the_path(here: Here) -> None:
    follower, output = here.start("--format", "jsonl")
    here.wait_for("Asked")
    here.tell("answer", QUESTION, "no")
    assert here.nursery.wait(follower) == 1
    # The nursery joins both streams: what is no event went to standard error.
    lines = [line for line in output.read_text().splitlines() if line.startswith("{")]
    first = json.loads(lines[0])
    assert (first["kind"], first["path"]) == ("RunStarted", str(here.path))
    here.tell("close")
    here.wait_for_runner()


def test_a_killed_runner_is_noticed_and_resumed(here: Here) -> None:
    follower, output = here.start()
    here.wait_for("Asked")
    os.kill(here.runner, signal.SIGKILL)
    assert here.nursery.wait(follower) == 3
    assert f"bringup resume {here.path.name}" in output.read_text()
    follower, output = here.nursery.start(["resume", here.path.name, "--runs", str(here.runs)])
    here.wait_for("Asked", 2)
    assert here.tell("answer", QUESTION, "yes").status == 0
    assert here.nursery.wait(follower) == 0
    here.tell("close")
    here.wait_for_runner()
    assert here.do("log", "verify", str(here.path)).status == 0


def test_a_retest_is_followed_to_its_end(here: Here) -> None:
    """`resume --retest` of a closed run: the old verdicts are all there, and must not pass for the new."""
    here.run("--headless")
    words = ["resume", here.path.name, "--retest", "work/look", "--runs", str(here.runs)]
    follower, _ = here.nursery.start(words)
    here.wait_for("Asked", 2)
    assert here.tell("answer", QUESTION, "yes").status == 0
    assert here.nursery.wait(follower) == 0
    here.tell("close")
    here.wait_for_runner()
    assert here.do("list").output.split()[-1] == "PASS"


def test_a_retest_at_the_desk_runs_again_while_the_runner_stays(here: Here) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    here.tell("answer", QUESTION, "no")
    assert here.nursery.wait(follower) == 1
    assert here.tell("retest", "work/look").status == 0
    here.wait_for("Asked", 2)
    here.tell("answer", QUESTION, "yes")
    here.wait_for("StepEnded", 3)
    here.tell("close")
    here.wait_for_runner()
    assert here.events()[-1]["verdict"] == "PASS"
    assert here.do("log", "verify", str(here.path)).status == 0


def test_a_second_runner_is_refused_and_the_holder_named(here: Here) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    for more in ([], ["--headless"]):
        done = here.do("resume", here.path.name, *more)
        assert done.status == 3
        assert f"pid {here.runner}" in done.output
    assert here.tell("abort").status == 0
    here.nursery.wait(follower)
    here.wait_for_runner()


def test_a_takeover_knows_what_was_done_up_to_the_last_moment(here: Here) -> None:
    """The frozen runner's last verdicts are in the record: they are not earned again."""
    follower, _ = here.start()
    here.wait_for("Asked")
    frozen = here.runner
    os.kill(frozen, signal.SIGSTOP)
    words = ["resume", here.path.name, "--take-over", "--runs", str(here.runs)]
    second, _ = here.nursery.start(words)
    here.wait_for("Asked", 2)
    os.kill(frozen, signal.SIGCONT)
    until(lambda: not alive(frozen))
    assert here.tell("answer", QUESTION, "yes").status == 0
    assert here.nursery.wait(second) == 0
    here.nursery.wait(follower)
    here.tell("close")
    here.wait_for_runner()
    started = [(event["step"], event["attempt"]) for event in here.events() if event["kind"] == "StepStarted"]
    assert started == [("management.reach", 1), ("look", 1), ("look", 2)]
    assert here.do("log", "verify", str(here.path)).status == 0


def test_one_signs_with_ones_own_key_and_not_with_a_demos(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, ATTEST)
    for name, comment in (("mine", "kim@laptop"), ("demo", "simulated technician")):
        key = str(tmp_path / name)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", key], check=True)
    follower, _ = here.start()
    here.wait_for("Asked")
    question = "work/sign@run"
    assert here.tell("answer", question, "yes").status == 2
    refused = here.tell("answer", question, "yes", "--key", str(tmp_path / "demo"))
    assert refused.status == 2 and "simulated" in refused.output
    assert here.tell("answer", question, "yes", "--key", str(tmp_path / "inventory.toml")).status == 2
    assert here.tell("answer", question, "yes", "--key", str(tmp_path / "mine")).status == 0
    assert here.nursery.wait(follower) == 0
    here.tell("close")
    here.wait_for_runner()
    (signed,) = [event for event in here.events() if event["kind"] == "Signed"]
    assert signed["simulated"] is False
    assert here.nursery.run(["log", "verify", str(here.path)]).status == 3  # nobody has vouched for that key
    signers = tmp_path / "signers"
    machine = Path(nursery.environment["XDG_CONFIG_HOME"], "bringup", "allowed_signers").read_text()
    signers.write_text(f"{machine}kim@laptop {(tmp_path / 'mine.pub').read_text()}")
    assert here.nursery.run(["log", "verify", str(here.path), "--signers", str(signers)]).status == 0


def test_a_runner_that_can_not_begin_says_why_and_is_no_run(
    here: Here, nursery: Nursery, tmp_path: Path
) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open" / "bringup").mkdir(mode=0o755)
    short = Path(f"/tmp/b-{os.getpid()}")
    short.symlink_to(tmp_path / "open")
    try:
        done = here.run(env={"XDG_RUNTIME_DIR": str(short)})
    finally:
        short.unlink()
    assert done.status == 2 and "yours alone" in done.output
    assert not here.runs.exists()


def test_the_runners_log_holds_no_secret(tmp_path: Path) -> None:
    from bringup.cli._apart import RedactedLog
    from bringup.journal.redact import Redactor

    path = tmp_path / "runner.log"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    log = RedactedLog(fd, Redactor({"env:LEAF_PASSWORD": "correct horse"}))
    print("ValueError: login with 'correct horse' failed; é \udc80", file=log)
    os.close(fd)
    text = path.read_text()
    assert "correct horse" not in text and "redacted:env:LEAF_PASSWORD" in text


@pytest.mark.parametrize("say", ["twice", "to nobody"])
def test_a_runner_speaks_to_its_parent_once(say: str) -> None:
    """Later that descriptor's number may be the journal's."""
    from bringup.cli._apart import FAILED, READY, Parent

    ours, theirs = os.pipe()
    parent = Parent(theirs)
    if say == "to nobody":
        os.close(ours)
        parent.say(READY)
        return
    parent.say(READY)
    reused = os.open(os.devnull, os.O_WRONLY)
    parent.say(FAILED, "this must go nowhere")
    os.close(reused)
    assert os.read(ours, 100) == READY
    os.close(ours)
