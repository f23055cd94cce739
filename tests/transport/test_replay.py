"""A transcript recorded from real peers answers a second time as they did the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.model.errors import NoData, Refused, TimedOut, Unparsable
from bringup.transport.base import Exchange, Links, SnmpValue
from bringup.transport.replay import NotRecordedError, ReplayLinks, load_transcript, save_transcript
from tests.transport.gnmi_target import PASSWORD, USER, Target, serving
from tests.transport.peers import device, links, wiring
from tests.transport.snmp_agent import NO_SUCH_OBJECT, agent, integer, octets

PORT = "/interfaces/interface[name=Ethernet1/1]/state"
ROW = "1.3.6.1.4.1.9.1"


def rewritten(folder: Path, exchanges: tuple[Exchange, ...]) -> ReplayLinks:
    """Through a file, as a test would keep it."""
    save_transcript(folder / "leaf-1.jsonl", exchanges)
    loaded = load_transcript(folder / "leaf-1.jsonl")
    assert loaded == exchanges
    return ReplayLinks(loaded)


async def test_commands_replay_with_both_outputs_status_and_failures(tmp_path: Path) -> None:
    made = wiring(device(), tmp_path)
    real = made.links(device(), this_machine=True)
    commands = [r"printf 'a\377'; printf b >&2; exit 4", "date +%N", "date +%N"]
    shell = await real.shell()
    first = [await shell.run(command) for command in commands]
    with pytest.raises(TimedOut) as caught:
        await shell.run("sleep 20", deadline_s=0.2)
    replayed: Links = rewritten(tmp_path, real.transcript.take())
    again = await replayed.shell()
    assert replayed.has("ssh") and not replayed.has("snmp")
    assert [await again.run(command) for command in commands] == first
    assert await again.run("date +%N") == first[2]
    with pytest.raises(TimedOut) as raised:
        await again.run("sleep 20")
    assert raised.value.message == caught.value.message
    assert len(replayed.transcript.take()) == 5


async def test_snmp_replays_values_of_every_type(tmp_path: Path) -> None:
    row = [(f"{ROW}.1", integer(-1)), (f"{ROW}.2", octets(b"\xff")), (f"{ROW}.3", octets(b"leaf"))]
    row += [(f"{ROW}.4", NO_SUCH_OBJECT)]
    names = [name for name, _ in row]
    async with (
        agent(lambda request: request.reply(row)) as (port, _),
        links(device(snmp={"port": port}), tmp_path) as real,
    ):
        session = await real.snmp()
        found: dict[str, SnmpValue] = await session.get(names, deadline_s=2)
        with pytest.raises(Unparsable):
            await session.walk(ROW, deadline_s=2)
        replayed = rewritten(tmp_path, real.transcript.take())
    again = await replayed.snmp()
    assert await again.get(names) == found == {f"{ROW}.1": -1, f"{ROW}.2": b"\xff", f"{ROW}.3": b"leaf"}
    with pytest.raises(Unparsable):
        await again.walk(ROW)


async def test_gnmi_replays_get_once_and_stream(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    target = Target({PORT: {"oper-status": "UP"}})
    async with serving(target) as port:
        settings = {"port": port, "tls": False, "user": USER, "password": "file:password"}
        async with links(device(gnmi=settings), tmp_path) as real:
            session = await real.gnmi()
            got, told = await session.get([PORT]), await session.capabilities()
            streamed = []
            with pytest.raises(Unparsable):
                async for item in session.stream([PORT]):
                    streamed.append(item)  # noqa: PERF401 - it raises in the middle
            with pytest.raises(NoData):
                await session.get(["/nowhere"])
            exchanges = real.transcript.take()
    kept = tuple(exchange for exchange in exchanges if "stream" not in exchange.request)
    again = await rewritten(tmp_path, kept).gnmi()
    assert (await again.get([PORT]), await again.capabilities()) == (got, told)
    with pytest.raises(NoData):
        await again.get(["/nowhere"])
    ended = Exchange(transport="gnmi", request=exchanges[-2].request, reply=exchanges[-2].reply)
    seen = []
    with pytest.raises(Unparsable):
        async for item in (await ReplayLinks([ended]).gnmi()).stream([PORT]):
            seen.append(item)  # noqa: PERF401
    assert seen == streamed


async def test_http_replays_status_and_body(tmp_path: Path) -> None:
    replayed = rewritten(
        tmp_path,
        (
            Exchange(transport="redfish", request="GET /redfish/v1/", reply=b"{}", status=200),
            Exchange(transport="redfish", request='POST /x {"a":1}', reply=b"", status=204),
            Exchange(transport="eapi", request="GET /x", reply=b"", error="no", reason="refused"),
        ),
    )
    bmc = await replayed.redfish()
    assert (await bmc.request("GET", "/redfish/v1/")).body == b"{}"
    assert (await bmc.request("POST", "/x", json={"a": 1})).status == 204
    with pytest.raises(Refused, match="no"):
        await (await replayed.eapi()).request("GET", "/x")


async def test_what_was_not_recorded_is_no_failure_of_a_device() -> None:
    replayed = ReplayLinks([Exchange(transport="ssh", request="show version", reply=b"")])
    with pytest.raises(NotRecordedError, match="show clock") as caught:
        await (await replayed.shell()).run("show clock")
    assert "show version" in caught.value.advice
    with pytest.raises(NotRecordedError, match="nothing over this transport"):
        await (await replayed.snmp()).walk(ROW)
