"""Cumulus by REST alone, over HTTPS with the certificate pinned, against the lab's own server."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.driver.platform.nvue import NvueDriver
from bringup.lab.keys import certificate_fingerprint
from bringup.lab.nvue_server import NvueServer
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.model.inventory import Device
from bringup.model.measurement import NOT_AVAILABLE, value
from tests.lab.small_world import PASSWORD, USER, serving
from tests.lab.vendor_world import NVUE, PORTS, vendor_world
from tests.transport.peers import links


async def test_a_switch_is_read_as_the_world_has_it_and_nonsense_is_nothing(tmp_path: Path) -> None:
    world = vendor_world()
    truth = world.device(NVUE)
    with world.changing():
        world.supply(NVUE, "PSU2").cord = False
        world.cables[0].a.in_db[0] += 4.0
    (tmp_path / "password").write_text(PASSWORD + "\n")
    async with serving(NvueServer(world, NVUE)) as port:
        rest = {
            "port": port, "tls": True, "user": USER, "password": "file:password",
            "fingerprint": certificate_fingerprint(truth.access.tls_certificate),
        }  # fmt: skip
        device = Device.model_validate(
            {"name": NVUE, "role": "leaf", "platform": "nvue", "address": "127.0.0.1", "nvue": rest}
        )
        async with links(device, tmp_path) as opened:
            switch = NvueDriver(device, opened)
            identity, environment = await switch.identity(), await switch.environment()
            ports, counters = await switch.ports(), await switch.fec_counters()
            with pytest.raises(NoData, match="ssh"):
                await switch.neighbors()
            truth.answers = "garbage"
            with pytest.raises((Unparsable, Refused)):
                await switch.ports()
    assert (identity.serial, identity.os_version) == (value(truth.serial), value(truth.os_version))
    assert [supply.ok.value for supply in environment.supplies] == [True, False]
    assert [port.oper_up.value for port in ports] == [True, True, False]
    assert counters[0].pre_fec_ber.value == pytest.approx(
        world.pre_fec_ber(f"{NVUE}/{PORTS[NVUE][0]}"), rel=0.5
    )
    assert counters[2].pre_fec_ber == NOT_AVAILABLE
