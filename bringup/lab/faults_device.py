"""What can be wrong inside a device: its software, its clock, its fans, its adapters' PCIe links."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, number, word
from bringup.lab.fault_places import adapter_of, leaves
from bringup.lab.world import World
from bringup.model.errors import InputError

SKEW_S = 95.0
WIDTHS = (1, 2, 4, 8, 16)


def _devices_with_release(world: World) -> list[str]:
    return [device.name for device in world.devices if device.os_version]


def _other_release(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """The release before the one that runs: its last number but one, counted down."""
    device = world.device(subject)
    before = {"os_version": device.os_version}
    release = value or _older(device.os_version)
    if release == device.os_version:
        raise InputError(f"{subject} runs {release} already", "Give another release as VALUE.")
    device.os_version = release
    return before


def _older(release: str) -> str:
    """`202411.3` -> `202405.3`, `4.32.2F` -> `4.31.2F`, `Ubuntu 22.04.5 LTS` -> `Ubuntu 21.04.5 LTS`."""
    head, dot, rest = release.partition(".")
    if len(head) == 6 and head.isdigit():  # a branch by year and month
        return f"{head[:4]}05.{rest}" if not head.endswith("05") else f"{int(head[:4]) - 1}11.{rest}"
    digits = "".join(each for each in head if each.isdigit())
    middle, _, tail = rest.partition(".")
    if middle.isdigit() and int(middle) > 0 and tail:
        return f"{head}{dot}{int(middle) - 1}.{tail}"
    older = str(max(0, int(digits or "1") - 1))
    return f"{head.replace(digits, older) if digits else 'old'}{dot}{rest}"


def _right_release(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).os_version = memo["os_version"]


def _with_fans(world: World) -> list[str]:
    """Devices whose fans a bring-up reads: switches by themselves, hosts by their BMC."""
    return [device.name for device in world.devices if device.fans]


def _leaves_with_fans(world: World) -> list[str]:
    return [name for name in leaves(world) if world.device(name).fans]


def _stop_fan(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    turning = [fan for fan in world.device(subject).fans if fan.turning]
    named = [fan for fan in turning if value is None or fan.name == value]
    if not named:
        names = ", ".join(fan.name for fan in turning) or "none"
        raise InputError(f"no fan {value!r} turns in {subject}", f"Fans that turn: {names}.")
    fan = dice.choice(named)
    fan.turning = False
    return {"fan": fan.name}


def _start_fan(world: World, subject: str, memo: Memo) -> None:
    for fan in world.device(subject).fans:
        if fan.name == memo["fan"]:
            fan.turning = True


def _adapters(world: World) -> list[str]:
    return [port.subject for device in world.devices for port in device.ports if port.adapter is not None]


def _narrow(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    adapter = adapter_of(world, subject)
    width = int(number("half-width-nic", value, adapter.width // 2, 1, adapter.max_width))
    if width not in WIDTHS or width >= adapter.width:
        less = ", ".join(str(each) for each in WIDTHS if each < adapter.width)
        raise InputError(f"{subject} can't fall back to x{width}", f"VALUE is one of {less}.")
    before = {"width": adapter.width}
    adapter.width = width
    return before


def _widen(world: World, subject: str, memo: Memo) -> None:
    adapter_of(world, subject).width = memo["width"]


def _with_clock(world: World) -> list[str]:
    """Devices whose clock a bring-up reads; a PDU's agent tells none."""
    return [device.name for device in world.devices if device.role in ("leaf", "node", "bmc")]


def _skew(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    device = world.device(subject)
    before = {"skew_s": device.clock_skew_s}
    device.clock_skew_s = number("clock-skew", value, SKEW_S, -1e8, 1e8)
    if device.clock_skew_s == before["skew_s"]:
        raise InputError(f"the clock of {subject} is off by that already", "Give other seconds as VALUE.")
    return before


def _set_clock(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).clock_skew_s = memo["skew_s"]


HANGS = ("counters", "monitors", "both")


def _hang(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    what = word("stale-samples", value, "counters", HANGS)
    if what != "monitors":
        world.hang_counters(subject)
    if what != "counters":
        world.hang_monitors(subject)
    return {}


def _go_on(world: World, subject: str, memo: Memo) -> None:
    for port in world.ports(subject):
        port.held_counters = port.held_module = None


KINDS = (
    FaultKind(
        name="wrong-firmware",
        about="A device runs another release than the one expected.",
        args={"value": "the release that runs (default: an older one)"},
        subject_kind="device",
        stage="management",
        step="firmware",
        verdict="FAIL",
        remedy="install-expected-release",
        masks=True,
        usual=leaves,
        allowed=_devices_with_release,
        apply=_other_release,
        mend=_right_release,
    ),
    FaultKind(
        name="fan-stopped",
        about="A fan stands still.",
        args={"value": "which fan (default: the seed picks one)"},
        subject_kind="device",
        stage="switches",
        step="environment",
        verdict="FAIL",
        remedy="check-fan-tray",
        masks=True,
        usual=_leaves_with_fans,
        allowed=_with_fans,
        apply=_stop_fan,
        mend=_start_fan,
    ),
    FaultKind(
        name="half-width-nic",
        about="A network adapter runs on half of its PCIe lanes.",
        args={"value": "lanes that it runs on (default: half)"},
        subject_kind="port",
        stage="nics",
        step="pcie",
        verdict="FAIL",
        remedy="reseat-card",
        usual=_adapters,
        allowed=_adapters,
        apply=_narrow,
        mend=_widen,
    ),
    FaultKind(
        name="clock-skew",
        about="A device's clock is off and follows no time source.",
        args={"value": f"seconds that it is ahead (default {SKEW_S:g})"},
        subject_kind="device",
        stage="clocks",
        step="clock",
        verdict="FAIL",
        remedy="set-clock",
        usual=leaves,
        allowed=_with_clock,
        apply=_skew,
        mend=_set_clock,
    ),
    FaultKind(
        name="stale-samples",
        about="The process that reads a switch's hardware hangs: it goes on showing what it read last.",
        args={"value": "counters (default), monitors (of the modules), or both"},
        subject_kind="device",
        stage="links",
        step="errors",
        verdict="UNKNOWN",
        reason="stale",
        remedy="restart-sampling",
        masks=True,
        usual=leaves,
        allowed=leaves,
        apply=_hang,
        mend=_go_on,
    ),
)
