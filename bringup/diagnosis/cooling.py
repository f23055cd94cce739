"""Warm modules: one that is hot among cool neighbours is its own cause, many on one device are its air.

A fan that stands still on the same device accounts for all of them (network reference, section 7, row 20).
"""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding, Observed
from bringup.diagnosis.rules_single import FAN, WARM
from bringup.diagnosis.words import Single
from bringup.model.cause import Suspect
from bringup.model.subject import parse_subject

TEMPERATURE = frozenset({"temperature_c", "module_temperature_c", "temperature_alarm_room_c"})
FANS = frozenset({"fan_ok", "fan_speed_rpm"})
TOGETHER = 3
"""Hot modules on one device that can hardly be so many bad modules."""
HOT_MODULE = Single(
    "the module in {subject} is too warm ({value} °C), its neighbours are not",
    (
        "blanks beside it are missing, or its heat sink does not suit the cage",
        "the module draws or makes more heat than it should",
    ),
    "compare with its neighbours after 15 minutes; put the module into another cage",
    "check-module-cooling",
    "subject",
)


def cooling(board: Board, observed: Observed) -> None:
    """Findings about fans and about the temperature of modules, device by device."""
    for device in dict.fromkeys(_device(one) for one in board.open.values()):
        here = [one for one in board.open.values() if _device(one) == device]
        hot = [one for one in here if _hot(one)]
        fans = [one for one in here if one.bad and one.quantities <= FANS and _failed(one)]
        if fans:
            board.claim(_fan_case(device, fans), [*fans, *hot])
        elif len(hot) >= TOGETHER and 2 * len(hot) > _modules_read(observed, hot):
            board.claim(_case(WARM, device, tuple(one.key.subject for one in hot), "temperature_c"), hot)
        else:
            for one in hot:
                degrees = observed.get(one.key.subject, "temperature_c").value
                value = degrees or observed.get(one.key.subject, "module_temperature_c").value
                case = _case(HOT_MODULE, one.key.subject, (one.key.subject,), "temperature_c", value)
                board.claim(case, [one])


def _fan_case(device: str, findings: list[Finding]) -> Case:
    """Told with the fans' own names, where the device tells them."""
    parts = dict.fromkeys(
        each.subject for one in findings for each in one.bad if parse_subject(each.subject).component
    )
    subjects = tuple(parts) or (device,)
    case = _case(FAN, device, subjects, "fan_ok")
    if parts:
        case.title = f"{', '.join(parts)}: not turning as it should"
    return case


def _case(words: Single, named: str, subjects: tuple[str, ...], quantity: str, value: object = None) -> Case:
    return Case(
        rule=f"value-of-{quantity}",
        title=words.title.format(subject=named, value=f"{value:g}" if isinstance(value, float) else value),
        subjects=subjects,
        remedy=words.remedy,
        likely=tuple(Suspect(each) for each in words.likely),
        next_test=words.next_test,
        shows=(quantity,),
        source="network reference, section 7, row 20",
    )


def _device(finding: Finding) -> str:
    try:
        return parse_subject(finding.key.subject).device
    except ValueError:  # a link
        return finding.key.subject


def _hot(finding: Finding) -> bool:
    return (
        bool(finding.bad)
        and finding.quantities <= TEMPERATURE
        and _failed(finding)
        and "<->" not in finding.key.subject
    )


def _failed(finding: Finding) -> bool:
    return str(finding.verdict) == "FAIL"


def _modules_read(observed: Observed, hot: list[Finding]) -> int:
    device = parse_subject(hot[0].key.subject).device
    return sum(1 for _ in observed.on(device, "temperature_c"))
