"""Power groups and pairs in an inventory: good ones load, and each mistake is named."""

from __future__ import annotations

import pytest

from bringup.input import load_inventory
from tests.input.examples import CABLES, INVENTORY, PLATFORMS, Write, problems_of

GROUP = (
    '\n[[power_group]]\nname = "A"\nkind = "breaker"\noutlets = ["pdu-1/outlet-1", "pdu-1"]\nmax_w = 3000\n'
)


def test_a_power_group_and_a_pair_load(write: Write) -> None:
    write("cables.csv", CABLES)
    pair = ('role = "leaf"\n', 'role = "leaf"\npair = "spines"\n')
    other = ('role = "node"\n', 'role = "node"\npair = "spines"\n')
    inventory = load_inventory(write("rack.toml", INVENTORY + GROUP, pair, other), platforms=PLATFORMS)
    (group,) = inventory.power_group
    assert (group.kind, group.max_w) == ("breaker", 3000)
    assert {device.pair for device in inventory.device} == {None, "spines"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"pdu-1/outlet-1"', '"pdu-2/outlet-1"'), "no PDU is called 'pdu-2'; did you mean 'pdu-1'?"),
        (('"pdu-1/outlet-1"', '"pdu-1/3"'), "no PDU is called 'pdu-1/3'"),
        (('kind = "breaker"', 'kind = "fuse"'), "power_group"),
        (("max_w = 3000", "max_w = 0"), "power_group"),
        (('role = "leaf"\n', 'role = "leaf"\npair = "spines"\n'), "'spines' has no other device"),
    ],
)
def test_a_wrong_group_or_pair_is_named(write: Write, change: tuple[str, str], said: str) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY + GROUP, change)
    assert any(said in problem for problem in problems_of(lambda: load_inventory(path)))


def test_two_groups_of_one_name_are_one_too_many(write: Write) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY + GROUP + GROUP)
    assert any("another power group" in each for each in problems_of(lambda: load_inventory(path)))
