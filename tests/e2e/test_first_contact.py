"""A BMC as it comes from its factory, through a whole run: rotated once, whatever happens, and never told."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bringup.lab.rack import LabRack
from bringup.lab.state import Access, Jack

FACTORY, NEW = "calvin-from-the-label", "a-longer-one-of-ours"
PLAYBOOK = """
schema = "bringup.playbook/1"
name = "first"
version = "1"
envelope = ["base"]
[[stage]]
name = "first-contact"
title = "First contact"
[[stage.step]]
id = "rotate_password"
action = "first-contact.rotate_password"
on = { role = "bmc" }
until = "20s"
[[stage.step]]
id = "label"
check = "first-contact.label"
on = { role = "bmc" }
[[stage.step]]
id = "reach"
check = "management.reach"
on = { role = "bmc" }
"""


class FromTheFactory:
    """A rack whose BMC is new, with the words of an unattended run against it."""

    def __init__(self, folder: Path, rack: LabRack) -> None:
        self.folder = folder
        self.rack = rack
        self.command_lines: list[bytes] = []
        (folder / "first.toml").write_text(PLAYBOOK)

    @property
    def access(self) -> Access:
        return self.rack.world.device("bmc-01").access

    async def bringup(self, *words: str) -> tuple[int, str]:
        """Exit status and all that was printed; `kill_at_change` looks at who is running."""
        environment = {
            **os.environ,
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_RUNTIME_DIR": str(self.folder),
        }
        lab = self.rack.folder
        unattended = ["--headless", "--approve-with", str(lab / "approve-key")]
        started = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bringup", *words, *unattended),
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.pid = started.pid
        output, _ = await started.communicate()
        assert started.returncode is not None
        return started.returncode, output.decode()

    async def run(self) -> tuple[int, str]:
        return await self.bringup("run", "first.toml", "-i", str(self.rack.inventory))

    @property
    def folder_of_run(self) -> Path:
        (found,) = (self.folder / "runs").iterdir()
        return found

    def events(self) -> list[dict[str, Any]]:
        files = sorted((self.folder_of_run / "journal").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def verdicts(self) -> dict[str, str]:
        return {event["step"]: event["verdict"] for event in self.events() if event["kind"] == "StepEnded"}

    def told_nothing(self, *printed: str) -> bool:
        """Neither password stands in what was printed, in the record, or in a list of processes."""
        whole = "".join(printed).encode() + b"".join(self.command_lines)
        for file in self.folder_of_run.rglob("*"):
            if file.is_file():
                raw = file.read_bytes()
                whole += gzip.decompress(raw) if file.suffix == ".gz" else raw
        return not any(secret.encode() in whole for secret in (FACTORY, NEW))


@asynccontextmanager
async def from_the_factory(folder: Path) -> AsyncGenerator[FromTheFactory, None]:
    rack = LabRack(folder / "lab", profile="mini", speed=200)
    bmc = rack.world.device("bmc-01")
    bmc.access.password, bmc.access.next_password = FACTORY, NEW
    bmc.access.password_change_required = True
    bmc.jack = Jack(name="eth0", mac="02:1a:b0:a1:00:77")
    await rack.start()
    try:
        yield FromTheFactory(folder, rack)
    finally:
        await rack.stop()


async def test_field_05_a_factory_password_is_rotated_once_and_told_nowhere(tmp_path: Path) -> None:
    async with from_the_factory(tmp_path) as new:
        rack = new.rack

        def look() -> None:
            new.command_lines.append(Path(f"/proc/{new.pid}/cmdline").read_bytes())

        rack.world.on_change(look)
        status, printed = await new.run()
        assert status == 0, printed
        assert new.access.password == NEW and new.access.password_changes == 1
        assert new.verdicts() == {"rotate_password": "PASS", "label": "PASS", "reach": "PASS"}
        (intent,) = (event for event in new.events() if event["kind"] == "ActionIntended")
        assert intent["before"] == {"user": new.access.user, "takes": "password", "change_required": True}
        assert intent["identity"]["pinned_certificate"] and intent["undo"] == "put the old password back"
        assert new.command_lines and new.told_nothing(printed)


async def test_the_shipped_playbook_brings_new_bmcs_in(tmp_path: Path) -> None:
    async with from_the_factory(tmp_path) as new:
        status, printed = await new.bringup("run", "first-contact", "-i", str(new.rack.inventory))
        assert status == 0, printed
        assert set(new.verdicts()) == {"rotate_password", "label", "identity", "firmware"}
        # Again with the same inventory: the old password is refused, the new one taken, nothing changed.
        status, printed = await new.bringup(
            "run", "first-contact", "-i", str(new.rack.inventory), "--runs", "again"
        )
        assert status == 0, printed
        assert new.access.password_changes == 1


async def test_a_run_killed_right_after_the_change_does_not_change_it_again(tmp_path: Path) -> None:
    async with from_the_factory(tmp_path) as new:

        def kill() -> None:
            if new.access.password_changes == 1 and new.pid:
                os.kill(new.pid, signal.SIGKILL)
                new.pid = 0

        new.rack.world.on_change(kill)
        status, first = await new.run()
        assert status == -signal.SIGKILL
        assert not any(event["kind"] == "ActionDone" for event in new.events())
        status, second = await new.bringup("resume", str(new.folder_of_run))
        assert status == 0, second
        assert (new.access.password, new.access.password_changes) == (NEW, 1)
        (done,) = (event for event in new.events() if event["kind"] == "ActionDone")
        assert done["inferred"] is True or done["changed"] is False
        assert new.told_nothing(first, second)


async def test_without_the_step_every_other_one_says_what_is_missing(tmp_path: Path) -> None:
    async with from_the_factory(tmp_path) as new:
        text = PLAYBOOK.split("[[stage.step]]")
        (tmp_path / "first.toml").write_text("[[stage.step]]".join([text[0], *text[2:]]))
        status, printed = await new.run()
        assert status == 3
        ended = [event for event in new.events() if event["kind"] == "StepEnded"]
        assert [event["reason"] for event in ended] == ["refused", "blocked"]
        assert "PasswordChangeRequired" in printed and "first-contact.rotate_password" in printed
        assert new.access.password_changes == 0 and new.told_nothing(printed)


async def test_another_bmc_behind_the_address_keeps_its_password(tmp_path: Path) -> None:
    async with from_the_factory(tmp_path) as new:
        new.rack.world.device("bmc-01").serial = "SOMEBODY-ELSES"
        status, printed = await new.run()
        assert status != 0 and new.access.password == FACTORY
        # It was changed, found to be another's, and changed back.
        assert new.access.password_changes == 2, printed
        assert new.verdicts()["rotate_password"] in ("FAIL", "UNKNOWN")
        assert new.told_nothing(printed)


@pytest.mark.parametrize("wrong", ["other-than-both"])
async def test_neither_password_fits(tmp_path: Path, wrong: str) -> None:
    async with from_the_factory(tmp_path) as new:
        new.access.password = wrong
        status, printed = await new.run()
        assert status == 3 and "refused user" in printed
        assert new.access.password_changes == 0 and new.told_nothing(printed)
