"""512 GETs over TLS to 64 BMCs, beside a bare aiohttp loop: the same certificate pinned, two at once a host.

`redfish_gets ours|bare FOLDER` is one measurement, handshakes and login included; the BMCs are one aiohttp
server with 64 ports, in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.served import ready, served, until_closed
from benchmarks.table import alone
from benchmarks.watch import Stopwatch

HOSTS, GETS = 64, 512
EACH_AT_ONCE = 2
REACH = 1.3
ROUNDS = 5
ADDRESS = "127.0.0.1"
PATH = "/redfish/v1/Chassis/1/Thermal"
SENSORS = 40


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with served("redfish_gets", folder):
        ours, bare = interleaved(
            rounds,
            partial(worker, "redfish_gets", ["ours", str(folder)], folder),
            partial(worker, "redfish_gets", ["bare", str(folder)], folder),
        )
    return [
        Figure(
            what=f"{GETS} Redfish GETs over TLS to {HOSTS} hosts, wall",
            unit="s",
            ours=tuple(each["wall_s"] for each in ours),
            peer=tuple(each["wall_s"] for each in bare),
            peer_name="bare aiohttp loop",
            at_most=REACH,
        )
    ]


async def serve(folder: Path) -> None:
    from aiohttp import web

    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=bmc"]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    sensor = {"Name": "Inlet", "ReadingCelsius": 24.5, "Status": {"State": "Enabled", "Health": "OK"}}
    body = json.dumps({"@odata.id": PATH, "Temperatures": [sensor] * SENSORS}).encode()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    application = web.Application()
    application.add_routes([web.get("/{path:.*}", answer)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    for _ in range(HOSTS):
        await web.TCPSite(runner, ADDRESS, 0, ssl_context=context).start()
    ports = [address[1] for address in runner.addresses]
    (folder / "ports.json").write_text(json.dumps(ports))
    ready({"hosts": len(ports)})
    await until_closed()


def _digest(folder: Path) -> bytes:
    import hashlib

    return hashlib.sha256(ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())).digest()


async def ours(folder: Path) -> None:
    import bringup.transport.http  # noqa: F401 - what is imported before is not timed, as in the bare loop
    from bringup.model.inventory import Device
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    fingerprint = _digest(folder).hex()
    devices = [
        Device.model_validate(
            {
                "name": f"bmc-{number}",
                "role": "bmc",
                "platform": "redfish-bmc",
                "address": ADDRESS,
                "redfish": {"port": port, "fingerprint": fingerprint},
            }
        )
        for number, port in enumerate(json.loads((folder / "ports.json").read_text()))
    ]
    wiring = Wiring(resolve(devices, folder), folder)
    watch = Stopwatch()

    async def one(device: Device) -> None:
        http = await wiring.links(device).redfish()
        replies = await asyncio.gather(*(http.request("GET", PATH) for _ in range(GETS // HOSTS)))
        assert all(len(json.loads(reply.body)["Temperatures"]) == SENSORS for reply in replies)

    await asyncio.gather(*(one(device) for device in devices))
    print(watch.report())
    await wiring.close()


async def bare(folder: Path) -> None:
    import aiohttp

    ports = json.loads((folder / "ports.json").read_text())
    pin = aiohttp.Fingerprint(_digest(folder))
    watch = Stopwatch()
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=EACH_AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(port: int) -> None:
            async with session.get(f"https://{ADDRESS}:{port}{PATH}", ssl=pin) as reply:
                assert len(json.loads(await reply.read())["Temperatures"]) == SENSORS

        await asyncio.gather(*(one(port) for port in ports for _ in range(GETS // HOSTS)))
        print(watch.report())


BENCHMARK = Benchmark(
    name="redfish", title="Redfish over TLS to many hosts", needs=("openssl",), measure=measure
)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        asyncio.run({"serve": serve, "ours": ours, "bare": bare}[arguments[0]](Path(arguments[1])))
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
