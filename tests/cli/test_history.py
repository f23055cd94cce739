"""What this site has met before stands beside each cause, as counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.cli import _history
from bringup.cli._history import with_history
from bringup.cli._reader import read_state
from bringup.diagnosis import diagnose
from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.journal.write import Journal
from bringup.model.event import Judged, PlanFixed, RunStarted, StepEnded, StepStarted, Superseded
from bringup.model.fold import fold_events
from bringup.model.inventory import Device, Inventory
from bringup.model.state import RunState
from bringup.model.verdict import Reading, Verdict
from bringup.view.summary import plain, summary_rows

STAGE, STEP, SUBJECT = "management", "firmware", "leaf-1"


def inventory(site: str = "ams") -> Inventory:
    device = Device(name="leaf-1", role="leaf", platform="sonic", address="x")
    return Inventory(schema="bringup.inventory/1", site=site, device=(device,))


async def make(
    runs: Path, name: str, *verdicts: Verdict, site: str = "ams", simulated: bool = False
) -> RunFolder:
    """A run whose one step ended so, attempt by attempt."""
    made = RunFolder.create(runs)
    made.path.rename(runs / name)
    folder = RunFolder(runs / name)
    digest = folder.write_run_json({"run": name})
    kept = folder.keep_plan("inventory.json", inventory(site).model_dump_json(by_alias=True).encode())
    journal = await Journal.create(folder, signer=machine_signer(runs.parent / "config"))
    await journal.append(
        RunStarted(
            run=name,
            path="",
            playbook="mini",
            inventory="",
            program="",
            host="",
            user="",
            run_json=digest,
            simulated=simulated,
        )
    )
    await journal.append(PlanFixed(files={"inventory.json": kept}, planned=((STAGE, STEP, SUBJECT),)))
    for attempt, verdict in enumerate(verdicts, 1):
        place = {"stage": STAGE, "step": STEP, "subject": SUBJECT}
        if attempt > 1:
            await journal.append(Superseded(**place, why="a retest was asked for", retest=True))
        of_step = {**place, "attempt": attempt}
        await journal.append(StepStarted(**of_step, does="management.firmware"))  # type: ignore[arg-type]
        await journal.offer(
            Judged(
                **of_step,
                quantity="os_version",
                unit="",
                value="1",
                reading=Reading.VALUE,
                limit="= 2",  # type: ignore[arg-type]
                source="inventory",
                standing="contract",
                verdict=verdict,
            )
        )
        await journal.append(StepEnded(**of_step, verdict=verdict))  # type: ignore[arg-type]
    await journal.close()
    return folder


def shown(folder: RunFolder, site: str = "ams") -> str:
    """The summary, as it is printed."""
    state = read_state(folder)
    causes = with_history(diagnose(state, inventory(site)), folder, inventory(site), state)
    return "\n".join(plain(row) for row in summary_rows(state, causes, width=200))


async def test_field_20_a_cause_says_how_often_this_site_met_it_and_what_became_of_it(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    await make(runs, "20260101-000000-aaaa", Verdict.FAIL, Verdict.PASS)
    await make(runs, "20260102-000000-aaaa", Verdict.FAIL, Verdict.FAIL)
    await make(runs, "20260103-000000-aaaa", Verdict.PASS)
    now = await make(runs, "20260104-000000-aaaa", Verdict.FAIL)
    await make(runs, "20260105-000000-aaaa", Verdict.FAIL)  # begun later: no history of this one
    assert "met 2 times in 2 of 3 earlier runs of this site; 1 passed at a retest" in shown(now)


async def test_field_20_other_sites_and_simulations_are_no_history(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    await make(runs, "20260101-000000-aaaa", Verdict.FAIL, site="lon")
    await make(runs, "20260102-000000-aaaa", Verdict.FAIL, simulated=True)
    now = await make(runs, "20260103-000000-aaaa", Verdict.FAIL)
    assert "earlier run" not in shown(now)
    await make(runs, "20260102-120000-aaaa", Verdict.PASS)
    assert "not met in 1 earlier run of this site" in shown(now)


async def test_field_20_no_percentage_is_invented(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    await make(runs, "20260101-000000-aaaa", Verdict.FAIL)
    now = await make(runs, "20260102-000000-aaaa", Verdict.FAIL)
    assert "met once in 1 of 1 earlier run of this site" in shown(now)
    assert "%" not in shown(now)


async def test_a_damaged_record_beside_it_is_passed_over(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for number, spoil in enumerate((b"nonsense\n", b"", b'{"seq": 0}\n')):
        damaged = await make(runs, f"2026010{number + 1}-000000-aaaa", Verdict.FAIL)
        damaged.segment(1).write_bytes(spoil)
    (await make(runs, "20260104-000000-aaaa", Verdict.FAIL)).plan.joinpath("inventory.json").write_text("{")
    now = await make(runs, "20260105-000000-aaaa", Verdict.FAIL)
    assert "FAIL" in shown(now)


async def test_a_great_many_runs_cost_no_more_than_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_history, "MOST_RUNS", 2)
    runs = tmp_path / "runs"
    for number in range(4):
        await make(runs, f"2026010{number + 1}-000000-aaaa", Verdict.FAIL)
    now = await make(runs, "20260109-000000-aaaa", Verdict.FAIL)
    assert "in 2 of 2 earlier runs" in shown(now)
    monkeypatch.setattr(_history, "BUDGET_S", -1.0)
    assert "earlier run" not in shown(now)


def test_a_run_without_causes_has_no_history(tmp_path: Path) -> None:
    assert with_history((), RunFolder(tmp_path / "x"), inventory(), RunState.empty()) == ()
    assert with_history((), RunFolder(tmp_path / "x"), inventory(), fold_events([])) == ()
