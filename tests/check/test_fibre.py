"""What is demanded of fibre: results of instruments at both ends of a cable, newer than its mating."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bringup.check.fibre import fibres_of
from bringup.engine.attaching import read_as
from bringup.input import load_envelopes
from bringup.model.envelope import Limit
from bringup.model.event import EvidenceAttached
from bringup.model.inventory import Inventory
from bringup.model.mating import Mating
from bringup.model.state import RunState
from bringup.model.verdict import Standing
from tests.check.trial import NOON, StillClock, device_name, written
from tests.decode.fibre_samples import EVENTS, sor
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, verdicts

FIBRES = 8
NEWER, OLDER = 200, 50
"""Events: what is attached is event 100."""


def faces(*bad: int, count: int = FIBRES, date: str = "") -> bytes:
    rows = [
        f"{number},{'FAIL' if number in bad else 'PASS'},IEC 61300-3-35,{date}\n"
        for number in range(1, count + 1)
    ]
    return ("Fiber,Result,Standard,Date\n" + "".join(rows)).encode()


def losses(*values: float) -> bytes:
    rows = [f"{number},1310,{each}\n" for number, each in enumerate(values, 1)]
    return ("Fibre,Wavelength,Loss (dB)\n" + "".join(rows)).encode()


WHOLE = b"Profile: IEC 61300-3-35\nResult: PASS\n"
GOOD_LOSS = losses(*[0.4] * FIBRES)
NOTHING = b"Profile: IEC 61300-3-35\nOperator: kim\n"
DAY = 86_400.0
OLD_DATE = "2026-12-01T00:00:00Z"  # six weeks before NOON

Cases = tuple[tuple[str, str, str, dict[str, Any]], ...]
"""Name, check, how it must end, and what is other than good: files (`a`, `b`), matings, arguments."""
END, LOSS, OTDR = "fibre.end_face", "fibre.loss", "fibre.otdr"
CASES: Cases = (
    ("good at both ends", END, "PASS", {}),
    ("the connector as a whole", END, "PASS", {"a": WHOLE}),
    ("one fibre bad at the far end", END, "FAIL", {"b": faces(7)}),
    ("bad here and nothing there", END, "FAIL", {"a": faces(1), "b": None}),
    ("nothing at all", END, "UNKNOWN no_data", {"a": None, "b": None}),
    ("nothing at the far end", END, "UNKNOWN no_data", {"b": None}),
    ("half of the fibres", END, "UNKNOWN no_data", {"b": faces(count=4)}),
    ("a file that says nothing", END, "UNKNOWN no_data", {"b": NOTHING}),
    ("a picture", END, "UNKNOWN unparsable", {"a": b"\x89PNG\r\n\x1a\n\x00\x00"}),
    ("judged by no standard", END, "UNKNOWN unparsable", {"a": faces().replace(b"61300", b"61299")}),
    ("plugged out before it", END, "PASS", {"matings": {"a": OLDER}}),
    ("plugged out after it", END, "UNKNOWN stale", {"matings": {"b": NEWER}}),
    ("plugged out and it may be", END, "PASS",
     {"matings": {"b": NEWER}, "with": {"newer_than_mating": False}}),
    ("young enough", END, "PASS", {"with": {"max_age_h": 24}}),
    ("too old by its instrument", END, "UNKNOWN stale",
     {"a": faces(date=OLD_DATE), "with": {"max_age_h": 24}}),
    ("attached long ago", END, "UNKNOWN stale", {"attached": NOON - 2 * DAY, "with": {"max_age_h": 24}}),
    ("a clock that runs ahead", END, "UNKNOWN stale",
     {"a": faces(date="2099-01-01T00:00:00Z"), "attached": NOON - 2 * DAY, "with": {"max_age_h": 24}}),
    ("a later file counts", END, "FAIL", {"then": faces(2)}),
    ("mended and looked at again", END, "PASS", {"a": faces(2), "then": faces()}),
    ("loss within its limit", LOSS, "PASS", {"a": GOOD_LOSS, "b": GOOD_LOSS}),
    ("one fibre loses too much", LOSS, "FAIL", {"a": GOOD_LOSS, "b": losses(*[0.4] * 7, 1.6)}),
    ("loss of one end", LOSS, "UNKNOWN no_data", {"a": GOOD_LOSS, "b": None}),
    ("loss of some fibres", LOSS, "UNKNOWN no_data", {"a": GOOD_LOSS, "b": losses(0.4, 0.4)}),
    ("less than nothing is lost", LOSS, "UNKNOWN unparsable", {"a": GOOD_LOSS, "b": losses(*[-0.4] * 8)}),
    ("a trace within its limit", OTDR, "PASS", {"a": sor(), "b": sor(loss=380)}),
    ("a trace that loses too much", OTDR, "FAIL", {"a": sor(), "b": sor(loss=1_900)}),
    ("a trace without an end", OTDR, "UNKNOWN no_data", {"a": sor(), "b": sor(events=EVENTS[:2])}),
    ("a damaged trace", OTDR, "UNKNOWN unparsable", {"a": sor(), "b": sor(checksum=7)}),
    ("no trace", OTDR, "UNKNOWN no_data", {"a": None, "b": None}),
)  # fmt: skip
FORMS = {END: "end_face", LOSS: "loss", OTDR: "otdr"}
LIMITS = tuple(
    Limit(measure=measure, max=1.5, source="the site's budget", standing=Standing.SITE)
    for measure in ("insertion_loss_db", "link_loss_db")
)


def port(name: str, side: str) -> str:
    return f"{device_name(name)}-{side}/eth0"


def attached(name: str, does: str, over: dict[str, Any]) -> list[EvidenceAttached]:
    good = faces()
    files = [("a", over.get("a", good)), ("b", over.get("b", good)), ("a", over.get("then"))]
    return [
        msgspec.structs.replace(
            read_as(FORMS[does], data),
            subject=port(name, side),
            seq=100 + number,
            attached_unix_s=over.get("attached", NOON),
        )
        for number, (side, data) in enumerate(files)
        if data is not None
    ]


async def test_every_file_that_is_demanded_ends_as_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = Stand(tmp_path)
    names = [name for name, *_ in CASES]
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [written(f"{device_name(name)}-{side}") for name in names for side in "ab"],
            "cable": [
                {
                    "a_device": f"{device_name(name)}-a",
                    "a_port": "eth0",
                    "b_device": f"{device_name(name)}-b",
                    "b_port": "eth0",
                    "medium": "400GBASE-DR4",
                }
                for name in names
            ],
        }
    )
    stand.limits = (*load_envelopes(("base",)), *LIMITS)
    state = RunState(
        attached=tuple(each for name, does, _, over in CASES for each in attached(name, does, over)),
        matings={
            port(name, side): Mating(out_seq=seq)
            for name, _, _, over in CASES
            for side, seq in over.get("matings", {}).items()
        },
    )
    monkeypatch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
    stages = [
        {
            "name": f"s{number}",
            "needs": [],
            "step": [
                {"check": does, "on": {"device": f"{device_name(name)}-a"}, "with": over.get("with", {})}
            ],
        }
        for number, (name, does, _, over) in enumerate(CASES)
    ]
    session = await stand.open(*stages, state=state)
    await session.run()
    ended = verdicts(await stand.state())
    found = {names[int(row.partition("/")[0][1:])]: verdict for row, verdict in ended.items()}
    assert found == {name: expected for name, _, expected, _ in CASES}


@pytest.mark.parametrize(
    ("medium", "fibres"),
    [
        ("400GBASE-DR4", 8),
        ("800G-DR8-LPO", 16),
        ("400GBASE-FR4", 2),
        ("800G-2xFR4", 4),
        ("400G-DAC", None),
        ("", None),
    ],
)
def test_how_many_fibres_an_end_has_follows_from_its_medium(medium: str, fibres: int | None) -> None:
    ends = {"a_device": "a", "a_port": "1", "b_device": "b", "b_port": "1"}
    planned = Inventory.model_validate(
        {"schema": "bringup.inventory/1", "cable": [{**ends, "medium": medium}]}
    )
    assert fibres_of(planned, "a/1") == fibres
