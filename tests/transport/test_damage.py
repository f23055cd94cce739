"""Whatever bytes come, these readers give what is there, or say that it is none: no other error, no hang."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.result import Damaged
from bringup.driver.redfish_event import read_event
from bringup.driver.redfish_task import monitor_of
from bringup.input.ssh_config import SshConfig, UnusableConfigError
from bringup.model.errors import Unparsable
from bringup.transport.base import HttpReply
from bringup.transport.failure import Peer
from bringup.transport.http_events import read_events
from bringup.transport.redfish_account import links_in, named_account, user_of
from bringup.transport.snmp_ber import INFORM, TRAP, DamagedError
from bringup.transport.snmp_message import Keys, UserEnvelope, localized_keys, read_secured

PEER = Peer(device="bmc-01", address="192.0.2.1", port=443, service="redfish")
WORDS = st.sampled_from(
    [
        *(
            b"data:",
            b"data: {",
            b"\r",
            b"\n",
            b"\r\n",
            b"\n\n",
            b": x",
            b"id: 1",
            b"event",
            b"\xff\x00",
            b"}",
        ),
        b'{"Events":[{"MessageId":"a.1.PasswordChangeRequired","MessageArgs":["/redfish/v1/a"]}]}',
    ]
)
LINES = (
    *(
        "Host *",
        "Host a !b",
        "HostName %h.x",
        "Port 70000",
        "Port 22",
        "Include *",
        "ProxyJump a,b",
        "User x",
    ),
    *("IdentityFile %d/x", "Match all", "Match host a", "Match exec x", "'", '"', "#", "=", "Host", "\x00"),
)
CONFIG = st.lists(st.sampled_from(LINES), max_size=12)


@given(st.lists(st.one_of(WORDS, st.binary(max_size=40)), max_size=30))
@settings(max_examples=150, deadline=None)
def test_a_stream_of_events_in_any_pieces_says_the_same(pieces: list[bytes]) -> None:
    async def events(chunks: list[bytes]) -> list[bytes]:
        async def feed() -> AsyncIterator[bytes]:
            for chunk in chunks:
                yield chunk

        found: list[bytes] = []
        with contextlib.suppress(Unparsable):
            async for data in read_events(PEER, feed(), silence_s=5):
                read_event(data)
                found.append(data)
        return found

    async def both() -> None:
        whole = b"".join(pieces)
        assert await events(pieces) == await events([whole]) == await events([bytes((one,)) for one in whole])

    asyncio.run(both())


@given(st.one_of(st.binary(max_size=200), st.lists(WORDS, max_size=6).map(b"".join)))
@settings(max_examples=200, deadline=None)
def test_what_a_bmc_says_of_accounts_and_tasks_never_leads_elsewhere(body: bytes) -> None:
    reply = HttpReply(status=202, headers={}, body=body)
    named = named_account(reply)
    assert named is None or named.startswith("/redfish/")
    assert all(path.startswith("/redfish/") for path in links_in(reply, "Events"))
    assert user_of(reply) is None or isinstance(user_of(reply), str)
    with contextlib.suppress(Damaged):
        assert str(monitor_of(reply)).startswith(("/redfish/", "/taskmon/"))


def _inform() -> tuple[bytes, Keys]:
    from bringup.transport.snmp_ber import integer, tlv

    keys = localized_keys(b"\x80\x00\x00\x00\x05abc", "sha256", "auth-secret", "aes256", "priv-secret")
    envelope = UserEnvelope("ops")
    envelope.engine_id, envelope.boots, envelope.time_s = b"\x80\x00\x00\x00\x05abc", 1, 7
    envelope.unlock(keys)
    pdu = tlv(INFORM, integer(1) + integer(0) + integer(0) + tlv(0x30, b""))
    return envelope.seal(pdu, 1), keys


SEALED, KEYS = _inform()


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255), st.integers(0, len(SEALED)))
@settings(max_examples=300, deadline=None)
def test_a_sealed_message_that_was_touched_is_damaged(at: int, flip: int, cut: int) -> None:
    assert read_secured(SEALED).pdu(KEYS, TRAP, INFORM).kind == INFORM
    touched = bytearray(SEALED)
    touched[at] ^= flip
    for damaged in (bytes(touched), SEALED[:cut] if cut < len(SEALED) else SEALED + b"\x00"):
        try:
            message = read_secured(damaged)
            protected = message.flags & KEYS.flags == KEYS.flags
            message.pdu(KEYS, TRAP, INFORM)
        except DamagedError:
            continue
        # What lacks the protection asked for is read, and never believed.
        assert not protected


@given(CONFIG, st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_an_ssh_config_of_any_kind_is_read_or_told(lines: list[str], raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "config"
        path.write_bytes("\n".join(lines).encode() + b"\n" + raw)
        with contextlib.suppress(UnusableConfigError):
            config = SshConfig(path)
            said = config.of("a")
            assert said.port is None or 0 < said.port < 65536
            config.jumps("a,b")
