"""Files of instruments attached to a cable's end: kept whole, and what is demanded of them due again."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bringup.engine.attaching import Attaching
from bringup.engine.clock import WorldClock
from bringup.engine.desk import Command, Sender
from bringup.engine.inbox import Inbox
from bringup.input import load_envelopes
from bringup.model import event as ev
from bringup.model.fold import fold_events
from bringup.model.inventory import Inventory
from bringup.model.mating import Mating, note_mating
from bringup.model.putting import PutState
from bringup.model.verdict import Reading
from bringup.model.watch import Live, Phase
from tests.engine.person import Person, events
from tests.engine.stand import Stand, device

A, B = "leaf-1/Ethernet0", "leaf-2/Ethernet0"
LINK = f"{A}<->{B}"
PASSES = b"Profile: IEC 61300-3-35\nResult: PASS\n"


@pytest.fixture
async def person(stand: Stand) -> Person:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1"), device("leaf-2")],
            "cable": [
                {"a_device": "leaf-1", "a_port": "Ethernet0", "b_device": "leaf-2", "b_port": "Ethernet0"}
            ],
        }
    )
    stand.limits = load_envelopes(("base",))
    session = await stand.open({"name": "fibre", "step": [{"check": "fibre.end_face"}]})
    await session.run()
    one = Person(stand, session)
    one.inbox = Inbox(
        stand.book,
        stand.desk,
        session._plan,
        run_id=stand.folder.run_id,
        people=one.people,
        attaching=Attaching(stand.book, WorldClock(1.0), stand.inventory),
    )
    return one


def file(folder: Path, data: bytes, name: str = "scope.txt") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


async def test_field_15_an_end_face_is_good_once_a_result_is_attached_to_both_ends(
    stand: Stand, person: Person, tmp_path: Path
) -> None:
    assert [(each["verdict"], each["reason"]) for each in events(stand, "StepEnded")] == [
        ("UNKNOWN", "no_data")
    ]
    for port in (A, "leaf-2:Ethernet0"):
        reply = await person.tell("attach", port=port, file=file(tmp_path, PASSES))
        assert reply.ok, reply.error
    assert reply.rows == ()
    await stand.session.run()
    state = await stand.state()
    assert state.verdict == "PASS"
    kept = state.attached[0]
    assert (kept.subject, kept.form, kept.result, kept.name, kept.by) == (
        A,
        "end_face",
        "pass",
        "scope.txt",
        "kim",
    )
    assert gzip.decompress(stand.folder.blob(kept.sha256).read_bytes()) == PASSES


async def test_what_can_not_be_read_is_kept_and_proves_nothing(
    stand: Stand, person: Person, tmp_path: Path
) -> None:
    assert (await person.tell("attach", port=A, file=file(tmp_path, b"\x89PNG\x00"), form="end_face")).ok
    assert (await person.tell("attach", port=B, file=file(tmp_path, b"\x89PNG\x00"))).ok
    state = await stand.state()
    assert [(each.form, each.outcome) for each in state.attached] == [
        ("end_face", "unparsable"),
        ("other", "unparsable"),
    ]
    assert state.verdict == "UNKNOWN"


@pytest.mark.parametrize(
    "arguments",
    [
        {"port": "leaf-1/Ethernet8"},
        {"port": A, "form": "x-ray"},
        {"port": A, "file": "scope.txt"},
        {"port": A, "file": "/nowhere/at/all"},
        {"port": A, "file": "/"},
        {"port": A, "file": "/dev/zero"},
        {"port": A, "file": "/dev/null"},
        {"port": A, "file": "\x00"},
        {"port": A, "file": "PIPE"},
        {"port": A, "file": "EMPTY"},
    ],
)
async def test_what_is_no_file_of_an_instrument_is_refused(
    stand: Stand, person: Person, tmp_path: Path, arguments: dict[str, str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    own = {"PIPE": str(tmp_path / "pipe"), "EMPTY": file(tmp_path, b"", "empty")}
    told = {"file": file(tmp_path, PASSES), **arguments}
    assert not (await person.tell("attach", **{**told, "file": own.get(told["file"], told["file"])})).ok
    assert not events(stand, "EvidenceAttached")


async def test_another_user_has_none_of_our_files_read(person: Person, tmp_path: Path) -> None:
    told = {"port": A, "file": file(tmp_path, PASSES)}
    stranger = Sender("lee", "socket", uid=os.getuid() + 1)
    assert not (await person.inbox.handle(Command("attach", told), stranger)).ok


def measured(quantity: str, value: bool) -> ev.Measured:
    step: dict[str, Any] = {"stage": "s", "step": "t", "subject": A, "attempt": 1}
    return ev.Measured(**step, quantity=quantity, unit="", value=value, reading=Reading.VALUE)


def watched(phase: Phase) -> ev.Watched:
    live = Live(subject=A, far_end=B, look=1, phase=phase, phase_s=0, held_s=0, hold_s=30, measured_s=0)
    return ev.Watched(subject=A, attempt=1, live=live)


def put(state: PutState) -> ev.CablePut:
    return ev.CablePut(label="C", scan="C", subject=A, far_end=B, state=state, by="kim")


@pytest.mark.parametrize(
    ("seen", "mating"),
    [
        ([measured("oper_up", False)], None),
        ([measured("oper_up", False), measured("oper_up", True)], None),
        ([measured("optic_present", False)], Mating(True, 0, True)),
        ([measured("optic_present", False), measured("optic_present", True)], Mating(False, 0, True)),
        ([watched(Phase.UNPLUGGED), watched(Phase.UNPLUGGED)], Mating(True, 0)),
        ([watched(Phase.UNPLUGGED), measured("optic_present", True)], Mating(True, 0)),
        ([watched(Phase.UNPLUGGED), watched(Phase.HANDS_OFF)], Mating(False, 0)),
        ([watched(Phase.UNPLUGGED), watched(Phase.GOOD), watched(Phase.UNPLUGGED)], Mating(True, 2)),
        ([watched(Phase.NO_LIGHT), watched(Phase.LOST), watched(Phase.READING)], None),
        ([put(PutState.WAITING), put(PutState.IN_PLACE)], Mating(False, 0)),
        ([put(PutState.TAKEN), put(PutState.WRONG_PORT)], None),
    ],
)
def test_a_plug_came_out_where_it_was_seen_out_and_not_where_a_link_went_down(
    seen: list[ev.Event], mating: Mating | None
) -> None:
    known: dict[str, Mating] = {}
    for seq, event in enumerate(seen):
        note_mating(known, event, seq)
    assert known.get(A) == mating
    stamped = [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(seen)]
    assert dict(fold_events(stamped).matings) == known  # type: ignore[arg-type]
