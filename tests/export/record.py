"""A small record with every kind of verdict in it, written by the real journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.journal.write import Journal
from bringup.model.event import (
    Judged,
    Measured,
    PlanFixed,
    RunStarted,
    StageStarted,
    StepEnded,
    StepStarted,
    Waived,
)
from bringup.model.measurement import Scalar
from bringup.model.verdict import Reading, Verdict

SOURCE = "IEEE 802.3 clause 124"
HOSTILE = '=HYPERLINK("http://x")\x1b[2J\x00\ud800,\n\'<&>]]>\ufffe'
PLANNED = (
    ("optics", "levels", "leaf-1/Ethernet0"),
    ("optics", "levels", "leaf-1/Ethernet8"),
    ("optics", "levels", "leaf-1/Ethernet16"),
    ("optics", "identity", "leaf-1"),
    ("links", "errors", "leaf-1/Ethernet0<->node-01/eth0"),
)


def write_record(base: Path, *, hostile: str = "a text") -> RunFolder:
    return asyncio.run(_write(base, hostile))


async def _write(base: Path, hostile: str) -> RunFolder:
    folder = RunFolder.create(base / "runs")
    journal = await Journal.create(folder, signer=machine_signer(base / "config"))
    digest = folder.write_run_json({"run": folder.run_id})
    await journal.append(
        RunStarted(
            run=folder.run_id,
            path=str(folder.path),
            playbook="mini",
            inventory="inventory.toml",
            rack="r07",
            program="bringup 0",
            host="here",
            user="somebody",
            run_json=digest,
        )
    )
    await journal.append(PlanFixed(files={}, planned=PLANNED))
    await journal.append(StageStarted(stage="optics", title="Optics"))
    await _step(journal, 0, Verdict.PASS, -2.5, Verdict.PASS)
    await _step(journal, 1, Verdict.FAIL, -7.25, Verdict.FAIL, message=hostile)
    await _step(journal, 2, Verdict.FAIL, -9.0, Verdict.FAIL)
    await journal.append(
        Waived(stage="optics", step="levels", subject=PLANNED[2][2], by="kim", why="spare", worst=-9.0)
    )
    stage, step, subject = PLANNED[3]
    place = {"stage": stage, "step": step, "subject": subject, "attempt": 1}
    await journal.append(StepStarted(**place, does="management.identity"))  # type: ignore[arg-type]
    text = Reading.VALUE
    await journal.offer(Measured(**place, quantity="serial", unit="", value=hostile, reading=text))  # type: ignore[arg-type]
    await journal.append(
        StepEnded(**place, verdict=Verdict.UNKNOWN, reason="timeout", message="no answer")  # type: ignore[arg-type]
    )
    await journal.close()
    return folder


async def _step(
    journal: Journal,
    row: int,
    verdict: Verdict,
    value: Scalar,
    judged: Verdict,
    *,
    message: str | None = None,
) -> None:
    stage, step, subject = PLANNED[row]
    lane = f"{subject}#lane-1"
    await journal.append(StepStarted(stage=stage, step=step, subject=subject, attempt=1, does="optic.levels"))
    await journal.offer(
        Measured(
            stage=stage,
            step=step,
            subject=lane,
            attempt=1,
            quantity="rx_power_dbm",
            unit="dBm",
            value=value,
            reading=Reading.VALUE,
        )
    )
    for limit, source, found in ((">= -5.9", SOURCE, judged), ("<= 4", SOURCE, Verdict.PASS)):
        await journal.offer(
            Judged(
                stage=stage,
                step=step,
                subject=lane,
                attempt=1,
                quantity="rx_power_dbm",
                unit="dBm",
                value=value,
                reading=Reading.VALUE,
                limit=limit,
                source=source,
                standing="standard",
                verdict=found,
            )
        )
    await journal.append(
        StepEnded(stage=stage, step=step, subject=subject, attempt=1, verdict=verdict, message=message)
    )
