"""What can be wrong where one plug or one cage carries several links: trunks and breakouts."""

from __future__ import annotations

import random

from bringup.lab import breakout
from bringup.lab.fault_kind import FaultKind, Memo, number, word
from bringup.lab.state import Cable
from bringup.lab.state_rack import Cage
from bringup.lab.world import World
from bringup.model.errors import InputError


def _trunks(world: World) -> list[str]:
    return sorted({cable.trunk for cable in world.cables if cable.trunk})


def _roll(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """At the far panel each link comes out some places further on."""
    links = _in_trunk(world, subject)
    places = int(number("crossed-trunk", value, 1, 1, max(1, len(links) - 1)))
    _turn(links, places)
    return {"places": places}


def _roll_back(world: World, subject: str, memo: Memo) -> None:
    _turn(_in_trunk(world, subject), -int(memo["places"]))


def _in_trunk(world: World, trunk: str) -> list[Cable]:
    return [cable for cable in world.cables if cable.trunk == trunk]


def _turn(links: list[Cable], places: int) -> None:
    ports = [cable.b.port for cable in links]
    for at, cable in enumerate(links):
        cable.b.port = ports[(at + places) % len(ports)]


def _cages(world: World) -> list[str]:
    return [f"{device.name}/{cage.name}" for device in world.devices for cage in device.cages]


def _cage(world: World, subject: str) -> Cage:
    device, _, name = subject.partition("/")
    return next(cage for cage in world.device(device).cages if cage.name == name)


def _share_otherwise(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    cage = _cage(world, subject)
    mode = word("wrong-breakout", value, "1x400G", tuple(breakout.MODES))
    if mode == cage.mode:
        raise InputError(f"{subject} is {mode} already", f"VALUE is one of {', '.join(breakout.MODES)}.")
    before = {"mode": cage.mode}
    breakout.set_mode(world.device(subject.split("/")[0]), cage, mode)
    return before


def _share_as_before(world: World, subject: str, memo: Memo) -> None:
    breakout.set_mode(world.device(subject.split("/")[0]), _cage(world, subject), str(memo["mode"]))


KINDS = (
    FaultKind(
        name="crossed-trunk",
        about="The links of a trunk come out in other places at its far end.",
        args={"value": "how many places further on (default 1)"},
        subject_kind="trunk",
        stage="links",
        step="neighbors",
        verdict="FAIL",
        remedy="move-cables-round",
        usual=_trunks,
        allowed=_trunks,
        apply=_roll,
        mend=_roll_back,
    ),
    FaultKind(
        name="wrong-breakout",
        about="A cage is shared out otherwise than planned: some of its ports are missing, others too fast.",
        args={"value": "1x400G (default), 2x200G or 4x100G"},
        subject_kind="cage",
        stage="switches",
        step="ports",
        verdict="FAIL",
        remedy="check-port-name-and-breakout",
        masks=True,
        usual=_cages,
        allowed=_cages,
        apply=_share_otherwise,
        mend=_share_as_before,
    ),
)
