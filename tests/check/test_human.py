"""Asks as the base envelope judges them: only a good answer is one, and nobody's silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bringup.input import load_envelopes
from bringup.journal.sign import KeySigner
from bringup.model.answer import Answers
from bringup.model.inventory import Inventory
from tests.check.trial import written
from tests.engine.stand import Stand, verdicts

CLEAN = {"choices": ["clean", "scratched", "yes"], "passes": ["clean"]}
WARM = {"quantity": "temperature_c"}
SCAN = {"on": {"device": "rack"}}
LONG = "x" * 10_000
ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202eyes"

Ask = tuple[str, dict[str, Any], str | None, str]
"""What is asked, with what, the answer (None: nobody answers), and how it must end."""

UNSIGNED: tuple[Ask, ...] = (
    ("confirm", {}, "yes", "PASS"),
    ("confirm", {}, "no", "FAIL"),
    ("confirm", {}, "", "FAIL"),
    ("confirm", {}, "yes and no", "FAIL"),
    ("confirm", {}, ESCAPES, "FAIL"),
    ("confirm", {}, LONG, "FAIL"),
    ("confirm", {}, None, "UNKNOWN no_data"),
    ("instruct", {}, "done", "PASS"),
    ("instruct", {}, "not done", "FAIL"),
    ("instruct", {}, None, "UNKNOWN no_data"),
    ("choose", CLEAN, "clean", "PASS"),
    ("choose", CLEAN, "scratched", "FAIL"),
    ("choose", CLEAN, "yes", "FAIL"),
    ("choose", CLEAN, "Clean", "FAIL"),
    ("choose", CLEAN, "neither", "FAIL"),
    ("choose", CLEAN, None, "UNKNOWN no_data"),
    ("scan", SCAN, "SN-1", "PASS"),
    ("scan", SCAN, "SN-2", "FAIL"),
    ("scan", SCAN, "", "FAIL"),
    ("scan", SCAN, "SN-1 SN-2", "FAIL"),
    ("scan", SCAN, ESCAPES, "FAIL"),
    ("scan", SCAN, None, "UNKNOWN no_data"),
    ("scan", {"on": {"device": "bare"}}, "SN-1", "UNKNOWN no_limit"),
    ("measure", WARM, "45.0", "PASS"),
    ("measure", WARM, "70", "MARGINAL"),
    ("measure", WARM, "70.1", "FAIL"),
    ("measure", WARM, "1e308", "FAIL"),
    ("measure", WARM, "-1e308", "FAIL"),
    ("measure", WARM, "1e309", "UNKNOWN unparsable"),
    ("measure", WARM, "-0", "MARGINAL"),
    ("measure", WARM, "warm", "UNKNOWN unparsable"),
    ("measure", WARM, "45 C", "UNKNOWN unparsable"),
    ("measure", WARM, "0x2d", "UNKNOWN unparsable"),
    ("measure", WARM, "", "UNKNOWN unparsable"),
    ("measure", WARM, None, "UNKNOWN no_data"),
    ("measure", {"quantity": "uptime_s"}, "3", "UNKNOWN no_limit"),
    ("attest", {}, "yes", "UNKNOWN no_data"),
    ("attest", {}, None, "UNKNOWN no_data"),
)
SIGNED: tuple[Ask, ...] = (
    ("attest", {"role": "buyer"}, "yes", "PASS"),
    ("attest", {"role": "buyer"}, "no", "FAIL"),
    ("attest", {"role": "buyer"}, "I do not", "FAIL"),
    ("attest", {"role": "buyer"}, None, "UNKNOWN no_data"),
)


@pytest.mark.parametrize("asks", [UNSIGNED, SIGNED], ids=["unsigned", "signed"])
async def test_every_answer_ends_as_it_must(asks: tuple[Ask, ...], tmp_path: Path) -> None:
    """Each ask is a stage of its own that needs no other."""
    stand = Stand(tmp_path)
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [written("rack", expect={"serial": "SN-1"}), written("bare")],
        }
    )
    stand.limits = load_envelopes(("base",))
    stand.approver = KeySigner.throwaway() if asks is SIGNED else None
    names = [f"stage-{number}" for number in range(len(asks))]
    stand.answers = Answers.model_validate(
        {
            "schema": "bringup.answers/1",
            "answer": [
                {"step": f"{name}/it", "value": answer, "by": "kim"}
                for name, (_, _, answer, _) in zip(names, asks, strict=True)
                if answer is not None
            ],
        }
    )
    state = await stand.run(*(stage(name, *one[:2]) for name, one in zip(names, asks, strict=True)))
    found = {key.partition("/")[0]: verdict for key, verdict in verdicts(state).items()}
    assert [(asks[number][:3], found[name]) for number, name in enumerate(names)] == [
        (one[:3], one[3]) for one in asks
    ]


def stage(name: str, ask: str, arguments: dict[str, Any]) -> dict[str, Any]:
    given = {"text": "?", **arguments}
    on = given.pop("on", {})
    return {"name": name, "needs": [], "step": [{"id": "it", "ask": ask, "on": on, "with": given}]}
