"""Junos `show system uptime` and `show system commit`, as XML or JSON.

A commit on trial says `commit confirmed` for good; `rollback pending` only while its timer runs. Its comment
is the log. Source: field names as public readers of both use them.
"""

from __future__ import annotations

from bringup.decode.json_field import Json
from bringup.decode.junos_tree import Node, tree_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, FactValue, Found, counter
from bringup.model.facts import Clock, Identity
from bringup.model.measurement import ABSENT, Read, value

PENDING = "rollback pending"


def _parse_uptime(data: bytes) -> Found:
    tree = tree_of(data)
    told = next(tree.every("system-uptime-information"), None)
    if told is None:
        raise Damaged("the reply has no system-uptime-information")
    now = _seconds(told.one("current-time", "date-time"))
    up = _seconds(told.one("uptime-information", "up-time"))
    if now.value is None and up.value is None:
        raise Damaged("neither the time nor the uptime is told in seconds")
    facts: dict[str, FactValue] = {"clock": Clock(unix_s=now), "identity": Identity(uptime_s=up)}
    return Found(facts=facts)


def _seconds(node: Node | None) -> Read:
    told = None if node is None else node.attributes.get("seconds")
    return ABSENT if told is None else value(float(counter(told)))


def _parse_commits(data: bytes) -> Found:
    tree = tree_of(data)
    if not any(True for _ in tree.every("commit-information")):
        raise Damaged("the reply has no commit-information")
    commits: list[object] = []
    for node in tree.every("commit-history"):
        number = node.told("sequence-number")
        if number is None or counter(number) != len(commits):
            raise Damaged("the commits are not numbered from 0 without a gap")
        commit: Json = {
            "number": counter(number),
            "user": node.told("user"),
            "log": node.told("log"),
            "confirmed": "commit confirmed" in (node.told("comment") or ""),
            "pending": (node.told("commit-confirmed") or "") == PENDING,
        }
        commits.append(commit)
    return Found(facts={"commits": commits})


UPTIME = Format(
    name="junos.uptime",
    title="Junos: show system uptime | display xml or json",
    sniff=lambda head: 90 if b"system-uptime-information" in head else 0,
    parse=_parse_uptime,
    facts={"clock": Clock, "identity": Identity},
)
COMMITS = Format(
    name="junos.commits",
    title="Junos: show system commit | display xml or json",
    sniff=lambda head: 90 if b"commit-information" in head and b"commit-history" in head else 0,
    parse=_parse_commits,
    facts={"commits": list[dict[str, object]]},
)
FORMATS = (UPTIME, COMMITS)
