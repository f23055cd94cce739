"""What can be wrong between a device and those who manage it: identity, cable, credentials, software."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, no_value
from bringup.lab.keys import make_certificate, make_ssh_key
from bringup.lab.state import Answers
from bringup.lab.world import World


def _devices(world: World) -> list[str]:
    return [device.name for device in world.devices]


def _leaves(world: World) -> list[str]:
    return [device.name for device in world.devices if device.role == "leaf"]


def _with_password(world: World) -> list[str]:
    return [device.name for device in world.devices if device.access.password]


def _with_identity(world: World) -> list[str]:
    return [device.name for device in world.devices if device.access.ssh_host_key or device.access.tls_key]


def _ssh_leaves(world: World) -> list[str]:
    return [name for name in _leaves(world) if world.device(name).access.ssh_host_key]


def _other_serial(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    device = world.device(subject)
    before = {"serial": device.serial}
    device.serial = value or f"{device.serial[:2]}{dice.randrange(10**8):08d}"
    return before


def _old_serial(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).serial = memo["serial"]


def _cut(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("device-unreachable", value)
    world.device(subject).reachable = False
    return {}


def _join(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).reachable = True


def _answer_garbage(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("device-garbage", value)
    return _answer(world, subject, "garbage")


def _answer_nothing(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("device-hangs", value)
    return _answer(world, subject, "silent")


def _answer(world: World, subject: str, how: Answers) -> Memo:
    device = world.device(subject)
    before = {"answers": device.answers}
    device.answers = how
    return before


def _answer_again(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).answers = "ok"


def _other_password(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    access = world.device(subject).access
    before = {"password": access.password}
    access.password = value or f"set-by-hand-{dice.randrange(10**6):06d}"
    return before


def _old_password(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).access.password = memo["password"]


def _other_keys(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("changed-host-key", value)
    access = world.device(subject).access
    before = {"ssh": access.ssh_host_key, "key": access.tls_key, "certificate": access.tls_certificate}
    if access.ssh_host_key:
        access.ssh_host_key = make_ssh_key()
    if access.tls_key:
        access.tls_key, access.tls_certificate = make_certificate(subject)
    return before


def _old_keys(world: World, subject: str, memo: Memo) -> None:
    access = world.device(subject).access
    access.ssh_host_key, access.tls_key = memo["ssh"], memo["key"]
    access.tls_certificate = memo["certificate"]


KINDS = (
    FaultKind(
        name="wrong-serial",
        about="Another unit stands at this place: its serial is not the expected one.",
        args={"value": "the serial that it has"},
        subject_kind="device",
        stage="management",
        step="identity",
        verdict="FAIL",
        remedy="check-device-identity",
        masks=True,
        usual=_leaves,
        allowed=_devices,
        apply=_other_serial,
        mend=_old_serial,
    ),
    FaultKind(
        name="device-unreachable",
        about="The management cable is out: nothing at the device's address replies.",
        subject_kind="device",
        stage="management",
        step="reach",
        verdict="UNKNOWN",
        reason="unreachable",
        remedy="check-management-path",
        masks=True,
        usual=_leaves,
        allowed=_devices,
        apply=_cut,
        mend=_join,
    ),
    FaultKind(
        name="device-garbage",
        about="The device takes requests and answers with nonsense.",
        subject_kind="device",
        stage="management",
        step="reach",
        verdict="UNKNOWN",
        reason="unparsable",
        remedy="capture-and-report-firmware",
        masks=True,
        usual=_leaves,
        allowed=_devices,
        apply=_answer_garbage,
        mend=_answer_again,
    ),
    FaultKind(
        name="device-hangs",
        about="The device takes connections and never answers.",
        subject_kind="device",
        stage="management",
        step="reach",
        verdict="UNKNOWN",
        reason="timeout",
        remedy="check-device-load-or-reset",
        masks=True,
        usual=_leaves,
        allowed=_devices,
        apply=_answer_nothing,
        mend=_answer_again,
    ),
    FaultKind(
        name="wrong-password",
        about="Somebody has set another password on the device.",
        args={"value": "the password that it has"},
        subject_kind="device",
        stage="management",
        step="reach",
        verdict="UNKNOWN",
        reason="refused",
        remedy="check-credentials",
        masks=True,
        usual=_leaves,
        allowed=_with_password,
        apply=_other_password,
        mend=_old_password,
    ),
    FaultKind(
        name="changed-host-key",
        about="The device shows another host key (or certificate) than the one on record.",
        subject_kind="device",
        stage="management",
        step="reach",
        verdict="UNKNOWN",
        reason="refused",
        remedy="verify-host-key",
        masks=True,
        usual=_ssh_leaves,
        allowed=_with_identity,
        apply=_other_keys,
        mend=_old_keys,
    ),
)
