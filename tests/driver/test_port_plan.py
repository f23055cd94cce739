"""What a change of a port says on each platform, which ports drop with it, and what can't be said."""

from __future__ import annotations

import pytest

from bringup.decode.sonic_breakout import BREAKOUT_MODES
from bringup.driver import eos_trial, junos_trial, nvue_trial, nxos_trial, sonic_trial
from bringup.driver.capability import PlansPorts
from bringup.driver.platform.eos import EosDriver
from bringup.driver.platform.junos import JunosDriver
from bringup.driver.platform.nvue import NvueDriver
from bringup.driver.platform.nxos import NxosDriver
from bringup.driver.platform.sonic import SonicDriver
from bringup.driver.port_lines import wanted
from bringup.driver.port_plan import plan_of, plan_of_sonic
from bringup.driver.trial import check_lines
from bringup.model.errors import InputError, NoData, Unparsable
from bringup.model.facts import Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from tests.decode.flow_samples import BREAKOUT_MODES as GRID
from tests.driver.canned import CannedLinks, device
from tests.driver.sonic.replies import healthy

TRIALS = {
    "eos": eos_trial,
    "junos": junos_trial,
    "nvue": nvue_trial,
    "nxos": nxos_trial,
    "sonic": sonic_trial,
}
NAMES = {
    "sonic": ("Ethernet0", "Ethernet8"),
    "eos": ("Ethernet1/1", "Ethernet2/1"),
    "nvue": ("swp1", "swp2"),
    "nxos": ("Ethernet1/1", "Ethernet1/2"),
    "junos": ("et-0/0/1", "et-0/0/2"),
}
MODES: dict[str, object] = {"Ethernet0": "1x400", "Ethernet8": "1x400"}


def told(*names: str, gbps: float | None = 400.0, fec: str = "rs544") -> tuple[Port, ...]:
    speed = value(gbps) if gbps else NOT_AVAILABLE
    return tuple(Port(name=name, speed_gbps=speed, fec_mode=value(fec)) for name in names)


def lines(platform: str, what: str, to: str) -> tuple[str, ...]:
    first = NAMES[platform][0]
    if platform == "sonic":
        return plan_of_sonic(first, what, to, told(*NAMES["sonic"]), MODES).lines
    return plan_of(platform, first, what, to, told(*NAMES[platform])).lines


@pytest.mark.parametrize(
    ("platform", "what", "to", "expected"),
    [
        ("sonic", "speed", "200", ["config interface speed Ethernet0 200000"]),
        ("sonic", "fec", "rs544", ["config interface fec Ethernet0 rs"]),
        ("sonic", "breakout", "4x100", ["config interface breakout Ethernet0 4x100G -y"]),
        ("eos", "speed", "200-4", ["interface Ethernet1/1", "speed 200g-4"]),
        ("eos", "fec", "rs544", ["interface Ethernet1/1", "error-correction encoding reed-solomon"]),
        ("eos", "fec", "auto", ["interface Ethernet1/1", "default error-correction encoding"]),
        ("eos", "breakout", "2x200-4",
         ["interface Ethernet1/1", "speed 200g-4", "interface Ethernet1/5", "speed 200g-4"]),
        ("nvue", "speed", "200", ["set interface swp1 link speed 200G"]),
        ("nvue", "fec", "fc", ["set interface swp1 link fec baser"]),
        ("nvue", "breakout", "4x100", ["set interface swp1 link breakout 4x"]),
        ("nxos", "speed", "100", ["interface Ethernet1/1", "speed 100000"]),
        ("nxos", "fec", "none", ["interface Ethernet1/1", "fec off"]),
        ("nxos", "breakout", "4x100", ["interface breakout module 1 port 1 map 100g-4x"]),
        ("junos", "speed", "100", ["set chassis fpc 0 pic 0 port 1 speed 100g"]),
        ("junos", "fec", "rs544", ["set interfaces et-0/0/1 gigether-options fec fec119"]),
        ("junos", "breakout", "4x100",
         ["set chassis fpc 0 pic 0 port 1 number-of-sub-ports 4",
          "set chassis fpc 0 pic 0 port 1 speed 100g"]),
    ],
)  # fmt: skip
def test_a_change_is_said_in_the_platforms_own_words(
    platform: str, what: str, to: str, expected: list[str]
) -> None:
    assert list(lines(platform, what, to)) == expected


@pytest.mark.parametrize("platform", sorted(NAMES))
def test_field_09_no_line_forces_anything_and_all_may_be_applied_on_trial(platform: str) -> None:
    for what, to in (("speed", "200-4"), ("fec", "rs544"), ("breakout", "4x100-1"), ("breakout", "2x200-2")):
        said = lines(platform, what, to)
        assert check_lines(said, TRIALS[platform]._REFUSED) == said
        assert not any(word in ("-f", "force", "forced") for line in said for word in line.split())


@pytest.mark.parametrize(
    ("platform", "what", "to"),
    [
        ("eos", "speed", "400"),  # over how many lanes?
        ("eos", "breakout", "4x100"),
        ("eos", "fec", "none"),
        ("junos", "fec", "auto"),
        ("nxos", "breakout", "1x400"),  # which map is to be undone is not told
        ("sonic", "speed", "fast"),
        ("sonic", "breakout", "4x100G -f"),
        ("sonic", "breakout", "0x100"),
        ("sonic", "fec", "rs; reboot"),
        ("sonic", "colour", "red"),
    ],
)
def test_what_a_platform_cant_be_told_is_refused_before_anything_is_sent(
    platform: str, what: str, to: str
) -> None:
    with pytest.raises(InputError):
        lines(platform, what, to)


def test_a_cage_is_found_by_the_names_that_its_ways_have() -> None:
    for platform, port, names in (
        ("nvue", "swp1s2", ("swp1s0", "swp1s1", "swp1s2", "swp1s3", "swp10", "swp2")),
        ("junos", "et-0/0/1:2", ("et-0/0/1:0", "et-0/0/1:1", "et-0/0/1:2", "et-0/0/1:3", "et-0/0/10")),
        ("nxos", "Ethernet1/1/3", (*(f"Ethernet1/1/{way}" for way in (1, 2, 3, 4)), "Ethernet1/11")),
    ):
        plan = plan_of(platform, port, "breakout", "2x200", told(*names, gbps=100.0))
        assert plan.cage == names[:4]
        assert (plan.now, plan.reached) == (value("4x100"), value(False))


def test_ways_become_one_port_again() -> None:
    ways = ("swp1s0", "swp1s1")
    said = plan_of("nvue", "swp1", "breakout", "1x400", told(*ways, "swp2", gbps=200.0))
    assert said.lines == (
        "unset interface swp1s0",
        "unset interface swp1s1",
        "unset interface swp1 link breakout",
    )
    split = tuple(f"Ethernet1/1/{way}" for way in (1, 2, 3, 4))
    said = plan_of("nxos", split[0], "breakout", "1x400", told(*split, gbps=100.0))
    assert said.lines == ("no interface breakout module 1 port 1 map 100g-4x",)


def test_sonic_s_cage_ends_where_the_next_one_begins() -> None:
    ports = told("Ethernet0", "Ethernet2", "Ethernet4", "Ethernet6", "Ethernet8", gbps=100.0)
    plan = plan_of_sonic("Ethernet4", "breakout", "1x400", ports, {**MODES, "Ethernet0": "4x100"})
    assert plan.cage == ("Ethernet0", "Ethernet2", "Ethernet4", "Ethernet6")
    assert plan.lines == ("config interface breakout Ethernet0 1x400G -y",)
    with pytest.raises(NoData):
        plan_of_sonic("Ethernet0", "breakout", "4x100", ports, {"Ethernet8": "1x400"})


def test_what_is_so_already_is_known_only_where_the_device_tells() -> None:
    (port,) = told("swp1")
    for what, to, reached in (
        ("speed", "400", value(True)),
        ("speed", "200", value(False)),
        ("speed", "400-4", NOT_AVAILABLE),
        ("fec", "rs544", value(True)),
        ("fec", "rs528", value(False)),
        ("fec", "auto", NOT_AVAILABLE),
        ("breakout", "1x400", value(True)),
        ("breakout", "4x100", value(False)),
    ):
        assert plan_of("nvue", "swp1", what, to, (port,)).reached == reached, (what, to)
    dark = Port(name="swp1", speed_gbps=NOT_AVAILABLE, fec_mode=ABSENT)
    for what, to in (("speed", "400"), ("fec", "rs544"), ("breakout", "1x400")):
        assert plan_of("nvue", "swp1", what, to, (dark,)).reached == NOT_AVAILABLE


@pytest.mark.parametrize("made", [EosDriver, JunosDriver, NvueDriver, NxosDriver, SonicDriver])
async def test_a_port_that_is_none_is_never_asked_about(made: type) -> None:
    links = CannedLinks({})
    driver = made(device("sonic"), links)
    assert isinstance(driver, PlansPorts)
    for port in ("", "eth0; reboot", "$(x)", "Ethernet1/1\nshutdown"):
        with pytest.raises(InputError):
            await driver.port_plan(port, "speed", "400")
    assert links.canned.asked == []


async def test_sonic_reads_its_breakouts_and_refuses_a_cut_table() -> None:
    command = "show interfaces breakout current-mode"
    plan = await SonicDriver(device("sonic"), CannedLinks({**healthy(), command: GRID})).port_plan(
        "Ethernet8", "breakout", "4x100"
    )
    assert (plan.now, plan.reached) == (value("4x100"), value(True))
    for cut in (GRID[:-2], GRID[: GRID.rindex(b"| Ethernet8") + 20], GRID[:90], b"\n"):
        with pytest.raises((Unparsable, NoData)):
            links = CannedLinks({**healthy(), command: cut})
            await SonicDriver(device("sonic"), links).port_plan("Ethernet8", "breakout", "4x100")


def test_modes_of_mixed_ways_are_kept_as_they_are() -> None:
    mixed = GRID.replace(b"1x400G[200G]            ", b"1x100G(2)+2x50G(2)      ")
    modes = BREAKOUT_MODES.decode(mixed).facts["modes"]
    assert modes == {"Ethernet0": "1x100G(2)+2x50G(2)", "Ethernet8": "4x100"}


def test_the_words_for_a_speed_and_a_breakout_are_taken_apart() -> None:
    assert (wanted("x", "speed", "400-8").gbps, wanted("x", "speed", "400-8").lanes) == (400.0, 8)
    made = wanted("x", "breakout", "8x100-1")
    assert (made.ways, made.gbps, made.lanes) == (8, 100.0, 1)
