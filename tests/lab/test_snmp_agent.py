"""The SNMP agent under the net-snmp tools."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bringup.lab.snmp_agent import SnmpAgent
from bringup.lab.world import World
from tests.lab.small_world import READ, V3_AUTH, V3_PRIV, V3_USER, WRITE, forward, serving, small_world

RPDU2 = "1.3.6.1.4.1.318.1.1.26"
STATE = f"{RPDU2}.9.2.3.1.5"
COMMAND = f"{RPDU2}.9.2.4.1.5"
V3 = ("-v3", "-l", "authPriv", "-u", V3_USER, "-a", "SHA-256", "-A", V3_AUTH, "-x", "AES", "-X", V3_PRIV)


def v2c(community: str = READ) -> tuple[str, ...]:
    return ("-v2c", "-c", community)


async def run(tool: str, access: tuple[str, ...], port: int, *words: str) -> tuple[int, str]:
    """Exit code and all output of a net-snmp tool; OIDs and enumerations as numbers."""
    process = await asyncio.create_subprocess_exec(
        tool, *("-On", "-Oe", "-t", "2", "-r", "0"), *access, f"udp:127.0.0.1:{port}", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.mark.parametrize("access", [v2c(), V3], ids=["v2c", "v3"])
async def test_snmpget_reads_identity_and_outlets(world: World, access: tuple[str, ...]) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run(
            "snmpget", access, port, "1.3.6.1.2.1.1.5.0", f"{RPDU2}.2.1.9.1", f"{STATE}.1", f"{STATE}.5"
        )
    assert code == 0
    assert 'STRING: "pdu-1"' in text or "STRING: pdu-1" in text
    assert world.device("pdu-1").serial in text
    assert f".{STATE}.1 = INTEGER: 2" in text
    assert f".{STATE}.5 = INTEGER: 1" in text


async def test_a_v3_user_may_authenticate_with_sha_1(world: World) -> None:
    access = ("-v3", "-l", "authPriv", "-u", V3_USER, "-a", "SHA", "-A", V3_AUTH, "-x", "AES", "-X", V3_PRIV)
    async with serving(SnmpAgent(world, "pdu-1", auth="sha1")) as port:
        code, text = await run("snmpget", access, port, f"{STATE}.1")
    assert (code, "INTEGER: 2" in text) == (0, True)


@pytest.mark.parametrize("access", [v2c(), V3], ids=["v2c", "v3"])
async def test_snmpbulkwalk_sees_every_instance_once_and_in_order(
    world: World, access: tuple[str, ...]
) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpbulkwalk", access, port, "1.3.6.1")
        stepwise_code, stepwise = await run("snmpwalk", v2c(), port, f"{RPDU2}.9.2")
    lines = [line.split(" = ")[0] for line in text.splitlines() if "No more variables" not in line]
    oids = [tuple(int(part) for part in line[1:].split(".")) for line in lines]
    assert (code, stepwise_code) == (0, 0)
    assert oids == sorted(set(oids))
    assert len([line for line in lines if line.startswith(f".{STATE}.")]) == 8
    assert len(stepwise.splitlines()) == 8 * (6 + 5)


async def test_a_set_switches_the_outlet_in_the_world(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, _ = await run("snmpset", v2c(WRITE), port, f"{COMMAND}.5", "i", "1")
        assert (code, world.outlet_live("pdu-1", 5)) == (0, True)
        code, _ = await run("snmpset", V3, port, f"{COMMAND}.5", "i", "2")
        assert (code, world.outlet_live("pdu-1", 5)) == (0, False)
        _, text = await run("snmpget", v2c(), port, f"{STATE}.5")
    assert "INTEGER: 1" in text


async def test_a_reboot_switches_off_and_after_its_delay_on_again(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        await run("snmpset", v2c(WRITE), port, f"{COMMAND}.1", "i", "3")
        _, off = await run("snmpget", v2c(), port, f"{STATE}.1")
        forward(world, 60.0)
        _, on = await run("snmpget", v2c(), port, f"{STATE}.1")
    assert ("INTEGER: 1" in off, "INTEGER: 2" in on) == (True, True)


async def test_a_tripped_outlet_stays_off_whatever_it_is_told(world: World) -> None:
    with world.changing():
        world.outlet("pdu-1", 2).tripped = True
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, _ = await run("snmpset", v2c(WRITE), port, f"{COMMAND}.2", "i", "1")
        _, text = await run("snmpget", v2c(), port, f"{STATE}.2")
    assert (code, "INTEGER: 1" in text) == (0, True)


@pytest.mark.parametrize(
    ("oid", "kind", "value", "complaint"),
    [
        (f"{COMMAND}.1", "s", "1", "wrongType"),
        (f"{COMMAND}.1", "i", "9", "wrongValue"),
        (f"{COMMAND}.99", "i", "1", "notWritable"),
        (f"{STATE}.1", "i", "1", "notWritable"),
        ("1.3.6.1.2.1.1.5.0", "s", "mine", "notWritable"),
    ],
)
async def test_a_set_that_can_not_be_done_says_why(
    world: World, oid: str, kind: str, value: str, complaint: str
) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpset", v2c(WRITE), port, oid, kind, value)
    assert code != 0
    assert complaint in text
    assert world.outlet_live("pdu-1", 1)


async def test_a_set_of_two_changes_nothing_when_one_is_refused(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpset", v2c(WRITE), port, f"{COMMAND}.1", "i", "2", f"{STATE}.1", "i", "1")
    assert code != 0
    assert f".{STATE}.1" in text
    assert world.outlet_live("pdu-1", 1)


async def test_the_reading_community_may_not_write(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpset", v2c(READ), port, f"{COMMAND}.1", "i", "2")
    assert code != 0
    assert "noAccess" in text
    assert world.outlet_live("pdu-1", 1)


async def test_exceptions_tell_a_missing_object_from_a_missing_instance(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        _, text = await run("snmpget", v2c(), port, f"{STATE}.99", f"{RPDU2}.77.1.0", "1.3.6.1.2.1.1.5")
        _, end = await run("snmpgetnext", v2c(), port, "1.3.6.1.4.1.318.1.1.27")
    instance, unknown, bare = text.splitlines()
    assert "No Such Instance" in instance
    assert "No Such Object" in unknown
    assert "No Such Instance" in bare
    assert "No more variables" in end


async def test_a_wrong_community_is_met_with_silence(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpget", ("-v2c", "-c", "wrong", "-t", "0.3"), port, f"{STATE}.1")
    assert code != 0
    assert "Timeout" in text


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("-A", "not-the-key-1"), "Authentication failure"),
        (("-X", "not-the-key-1"), "Timeout|Decryption"),
        (("-u", "nobody"), "Unknown user name"),
        (("-l", "noAuthNoPriv"), "security level|authorizationError"),
    ],
)
async def test_wrong_v3_credentials_are_met_with_a_report(
    world: World, wrong: tuple[str, str], complaint: str
) -> None:
    access = list(V3)
    access[access.index(wrong[0]) + 1] = wrong[1]
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpget", (*access, "-t", "0.5"), port, f"{STATE}.1")
    assert code != 0
    assert any(each in text for each in complaint.split("|")), text


async def test_credentials_may_change_while_the_agent_runs(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        with world.changing():
            world.device("pdu-1").access.read_community = "changed"
        code, _ = await run("snmpget", ("-v2c", "-c", READ, "-t", "0.3"), port, f"{STATE}.1")
        changed, _ = await run("snmpget", v2c("changed"), port, f"{STATE}.1")
    assert (code != 0, changed) == (True, 0)


async def test_a_silent_device_answers_nothing(world: World) -> None:
    world.device("pdu-1").answers = "silent"
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpget", ("-v2c", "-c", READ, "-t", "0.3"), port, f"{STATE}.1")
    assert (code != 0, "Timeout" in text) == (True, True)


async def test_a_device_gone_mad_answers_values_of_the_wrong_type(world: World) -> None:
    world.device("pdu-1").answers = "garbage"
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        code, text = await run("snmpget", v2c(), port, f"{STATE}.1")
        world.device("pdu-1").answers = "ok"
        _, healed = await run("snmpget", v2c(), port, f"{STATE}.1")
    assert (code, "INTEGER" in text, "INTEGER: 2" in healed) == (0, False, True)


async def test_what_is_no_snmp_or_too_long_is_dropped_and_the_agent_goes_on(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for datagram in (
                b"",
                b"\x30",
                b"hello",
                b"\x30\x84\xff\xff\xff\xff",
                b"\x30\x82\x27\x10" + b"\x00" * 10_000,
            ):
                sock.sendto(datagram, ("127.0.0.1", port))
        code, _ = await run("snmpget", v2c(), port, f"{STATE}.1")
    assert code == 0


async def test_loads_follow_from_what_hangs_on_the_outlets(world: World) -> None:
    async with serving(SnmpAgent(world, "pdu-1")) as port:
        _, text = await run(
            "snmpget", v2c(), port, f"{RPDU2}.9.4.3.1.7.1", f"{RPDU2}.9.4.3.1.7.7", f"{RPDU2}.4.3.1.5.1"
        )
    fed, spare, whole = [int(line.split(": ")[1]) for line in text.splitlines()]
    assert fed == round(world.outlet_load_w("pdu-1", 1)) > 0
    assert spare == 0
    assert whole == round(sum(world.outlet_load_w("pdu-1", i) for i in range(1, 9)) / 10.0)


async def test_a_stopped_agent_starts_again_on_the_same_port(world: World) -> None:
    agent = SnmpAgent(world, "pdu-1")
    port = await agent.start("127.0.0.1", 0)
    await agent.stop()
    assert await agent.start("127.0.0.1", port) == port
    code, _ = await run("snmpget", v2c(), port, f"{STATE}.1")
    await agent.stop()
    assert code == 0
