"""What a headless run prints: events as JSON lines, one JSON summary, plain lines, or a live view of the
stages.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from bringup.cli._reader import Folded

if TYPE_CHECKING:
    from bringup.cli._reader import Show
    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import Entry
    from bringup.model.inventory import Inventory


class JsonLines:
    """Every durable event as it stands in the journal."""

    def event(self, entry: Entry) -> None:
        sys.stdout.buffer.write(entry.line + b"\n")
        sys.stdout.buffer.flush()

    def end(self) -> None:
        pass

    def leave(self) -> None:
        pass


class JsonSummary(Folded):
    """One object at the end: verdict, stages, and every cause with what it stands for."""

    def end(self) -> None:
        from bringup.cli._history import with_history
        from bringup.diagnosis import diagnose
        from bringup.view.acceptance import acceptance
        from bringup.view.worklist import work_list

        state = self.fold.state
        causes = with_history(diagnose(state, self.inventory), self.folder, self.inventory, state)
        record = {
            "run": self.folder.run_id,
            "path": str(self.folder.path),
            "verdict": state.verdict,
            "exit_code": state.exit_code,
            "partial": state.partial,
            "simulated": state.run is not None and state.run.simulated,
            "inject": state.run.inject if state.run is not None else None,
            "stages": {name: state.stage_verdict(name) for name in state.stages},
            "steps": [
                {
                    "stage": key.stage,
                    "step": key.step,
                    "subject": key.subject,
                    "verdict": step.verdict,
                    "reason": step.reason,
                }
                for key, step in state.steps.items()
            ],
            "causes": causes,
            "acceptance": acceptance(state, self.inventory, causes).record(),
            "work": work_list(causes, self.inventory),
            "altered": state.altered,
        }
        sys.stdout.buffer.write(msgspec.json.encode(record, order="sorted") + b"\n")
        sys.stdout.buffer.flush()


def make_show(form: str, folder: RunFolder, inventory: Inventory) -> Show:
    """The printer for `--format`. A live view only where standard output is a terminal that can."""
    from bringup.cli._text import LiveText, PlainText, can_redraw

    if form == "jsonl":
        return JsonLines()
    if form == "json":
        return JsonSummary(folder, inventory)
    return LiveText(folder, inventory) if can_redraw() else PlainText(folder, inventory)
