"""SSH against OpenSSH's own server, and against peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import asyncssh
import pytest

from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable, Unreachable
from bringup.model.inventory import Device
from bringup.transport.failure import CredentialRefused
from tests.transport.peers import Sshd, device, free_port, links, listener, make_key, reset

SECRET = "correct horse battery staple"


def by_key(sshd: Sshd, **more: object) -> Device:
    return device(ssh={"user": "root", "port": sshd.port, "key": str(sshd.folder / "user"), **more})


def by_password(port: int, folder: Path, **more: object) -> Device:
    (folder / "password").write_text(SECRET + "\n")
    return device(ssh={"user": "root", "port": port, "password": "file:password", **more})


async def test_a_command_brings_both_outputs_and_its_status(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        shell = await peer.shell()
        result = await shell.run("printf out; printf err >&2; exit 3")
        assert (result.stdout, result.stderr, result.exit_status) == (b"out", b"err", 3)
        assert result.command == "printf out; printf err >&2; exit 3"
        (kept,) = peer.transcript.take()
        assert (kept.transport, kept.reply, kept.stderr, kept.status) == ("ssh", b"out", b"err", 3)
        assert kept.error is None


async def test_one_connection_serves_all_commands(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        shells = await asyncio.gather(peer.shell(), peer.shell())
        assert shells[0] is shells[1]
        printed = await asyncio.gather(*(shells[0].run("echo $SSH_CONNECTION") for _ in range(8)))
        assert len({result.stdout for result in printed}) == 1


async def test_a_command_that_reads_its_input_finds_it_empty(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        assert (await (await peer.shell()).run("cat; echo end", deadline_s=5)).stdout == b"end\n"


async def test_output_that_is_no_utf8_comes_as_it_is(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        result = await (await peer.shell()).run(r"printf '\377\000\033[31m'")
        assert result.stdout == b"\xff\x00\x1b[31m"


async def test_a_command_ended_by_a_signal_has_status_minus_one(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        assert (await (await peer.shell()).run("kill -9 $$")).exit_status == -1


async def test_an_unknown_host_key_is_refused_and_names_trust(openssh: Sshd, tmp_path: Path) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=tmp_path / "none") as peer:
        with pytest.raises(Refused) as caught:
            await peer.shell()
    fingerprint = asyncssh.import_public_key(openssh.host_key).get_fingerprint()
    assert fingerprint in caught.value.message
    assert "bringup trust leaf-1" in caught.value.advice


async def test_a_changed_host_key_is_refused_with_both_fingerprints(openssh: Sshd, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    known = openssh.known_hosts("changed", key=other)
    async with links(by_key(openssh), openssh.folder, known_hosts=known) as peer:
        with pytest.raises(Refused, match="CHANGED") as caught:
            await peer.shell()
    for key in (other, openssh.host_key):
        assert asyncssh.import_public_key(key).get_fingerprint() in caught.value.message


async def test_the_key_of_another_port_at_the_same_address_is_not_taken(
    openssh: Sshd, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"127.0.0.1 {openssh.host_key}\n")
    async with links(by_key(openssh), openssh.folder, known_hosts=known) as peer:
        with pytest.raises(Refused, match="not known"):
            await peer.shell()


@pytest.mark.parametrize("form", ["key", "fingerprint"])
async def test_a_host_key_in_the_inventory_stands_for_itself(
    openssh: Sshd, tmp_path: Path, form: str
) -> None:
    key = openssh.host_key
    text = key if form == "key" else asyncssh.import_public_key(key).get_fingerprint()
    peer_device = by_key(openssh, host_key=text)
    async with links(peer_device, openssh.folder, known_hosts=tmp_path / "none") as peer:
        assert (await (await peer.shell()).run("echo yes")).stdout == b"yes\n"


async def test_a_wrong_host_key_in_the_inventory_outweighs_known_hosts(openssh: Sshd, tmp_path: Path) -> None:
    peer_device = by_key(openssh, host_key=make_key(tmp_path / "other"))
    async with links(peer_device, openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        with pytest.raises(Refused, match="CHANGED"):
            await peer.shell()


async def test_a_wrong_password_reaches_the_server_once_a_run(
    openssh: Sshd, caplog: pytest.LogCaptureFixture
) -> None:
    tried_before = openssh.log_text().count("Failed password")
    peer_device = by_password(openssh.port, openssh.folder)
    async with links(peer_device, openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        both = await asyncio.gather(peer.shell(), peer.shell(), return_exceptions=True)
        with pytest.raises(CredentialRefused, match="not tried again") as caught:
            await peer.shell()
        assert all(isinstance(error, CredentialRefused) for error in both)
        seen = f"{both}{caught.value!r}{peer.transcript.take()}{caplog.text}{peer!r}"
    assert SECRET not in seen
    assert openssh.log_text().count("Failed password") == tried_before + 1


async def test_a_key_that_the_server_does_not_know_is_refused(openssh: Sshd, tmp_path: Path) -> None:
    make_key(tmp_path / "stranger")
    peer_device = device(ssh={"user": "root", "port": openssh.port, "key": str(tmp_path / "stranger")})
    async with links(peer_device, tmp_path, known_hosts=openssh.known_hosts()) as peer:
        with pytest.raises(CredentialRefused, match="refused user root with the key"):
            await peer.shell()


async def test_a_closed_port_is_refused(openssh: Sshd) -> None:
    peer_device = device(ssh={"user": "root", "port": free_port(), "key": str(openssh.folder / "user")})
    async with links(peer_device, openssh.folder) as peer:
        with pytest.raises(Refused, match="nothing listens"):
            await peer.shell()


async def test_a_name_without_an_address_is_unreachable(tmp_path: Path) -> None:
    nowhere = by_password(22, tmp_path).model_copy(update={"address": "leaf-1.invalid"})
    async with links(nowhere, tmp_path, known_hosts=tmp_path / "none") as peer:
        with pytest.raises(Unreachable):
            await peer.shell()


async def test_a_full_listen_queue_is_unreachable_within_the_deadline(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        peer_device = by_password(server.getsockname()[1], tmp_path)
        started = time.monotonic()
        async with links(
            peer_device, tmp_path, known_hosts=tmp_path / "none", connect_deadline_s=0.3
        ) as peer:
            with pytest.raises(Unreachable, match=r"within 0\.3 s"):
                await peer.shell()
        assert time.monotonic() - started < 3


async def test_a_listener_that_never_speaks_is_a_timeout(tmp_path: Path) -> None:
    released = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()

    async with listener(hold) as port:
        peer_device = by_password(port, tmp_path)
        async with links(peer_device, tmp_path, known_hosts=tmp_path / "none", login_deadline_s=0.3) as peer:
            with pytest.raises(TimedOut, match="never spoke SSH"):
                await peer.shell()
        released.set()


@pytest.mark.parametrize("garbage", [b"\x00\xff\x1b[31m" * 4000, b"HTTP/1.1 400 Bad Request\r\n" * 3000])
async def test_a_peer_that_speaks_something_else_is_unparsable(tmp_path: Path, garbage: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        with contextlib.suppress(ConnectionError):
            await reader.read()

    async with listener(talk) as port:
        peer_device = by_password(port, tmp_path)
        async with links(peer_device, tmp_path, known_hosts=tmp_path / "none", login_deadline_s=5) as peer:
            with pytest.raises(Unparsable):
                await peer.shell()


@pytest.mark.parametrize("politely", [True, False])
async def test_a_connection_closed_in_the_handshake_is_refused(tmp_path: Path, politely: bool) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if not politely:
            reset(writer)

    async with listener(hang_up) as port:
        peer_device = by_password(port, tmp_path)
        async with links(peer_device, tmp_path, known_hosts=tmp_path / "none", login_deadline_s=5) as peer:
            with pytest.raises(Refused):
                await peer.shell()


async def test_endless_output_is_cut_off_and_the_next_command_works(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        shell = await peer.shell()
        tracemalloc.start()
        try:
            with pytest.raises(Unparsable, match="longer than 16,777,216 bytes"):
                await shell.run("yes", deadline_s=60)
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak_bytes < 64 * 1024 * 1024
        (kept,) = peer.transcript.take()
        assert kept.error is not None and len(kept.reply) <= 64 * 1024
        assert (await shell.run("echo still here")).stdout == b"still here\n"


async def test_a_command_without_end_is_a_timeout_and_the_next_one_works(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        shell = await peer.shell()
        with pytest.raises(TimedOut, match="did not end"):
            await shell.run("echo part; exec sleep 60", deadline_s=0.5)
        assert (await shell.run("echo still here")).stdout == b"still here\n"


async def test_a_connection_lost_between_commands_is_made_anew(openssh: Sshd) -> None:
    async with links(by_key(openssh), openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        shell = await peer.shell()
        with pytest.raises(DeviceError) as caught:
            await shell.run("kill -9 $PPID; sleep 60", deadline_s=10)
        assert isinstance(caught.value, Refused | Unparsable)
        assert (await shell.run("echo back")).stdout == b"back\n"


async def _half_a_reply(process: asyncssh.SSHServerProcess[bytes]) -> None:
    process.stdout.write(b"half a rep")
    await process.stdout.drain()
    connection = process.get_extra_info("connection")
    sock = connection.get_extra_info("socket")
    if process.command == "close":
        sock.shutdown(socket.SHUT_WR)
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.abort()


@pytest.mark.parametrize(
    ("command", "what"), [("reset", "reset the connection"), ("close", "closed the connection")]
)
async def test_a_reply_cut_in_the_middle_is_unparsable_and_says_how(
    tmp_path: Path, command: str, what: str
) -> None:
    class Anyone(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return False

    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(
        Anyone, "127.0.0.1", 0, server_host_keys=[key], process_factory=_half_a_reply, encoding=None
    )
    host_key = key.export_public_key().decode()
    peer_device = by_password(server.get_port(), tmp_path, host_key=host_key)
    async with server, links(peer_device, tmp_path) as peer:
        shell = await peer.shell()
        with pytest.raises(DeviceError, match=what) as caught:
            await shell.run(command, deadline_s=5)
        assert isinstance(caught.value, Unparsable) or command == "reset"
        (kept,) = peer.transcript.take()
        assert kept.error == caught.value.message


async def test_the_right_password_goes_in_by_either_method(tmp_path: Path) -> None:
    class Passwords(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return plain

        def validate_password(self, username: str, password: str) -> bool:
            return password == SECRET

        def kbdint_auth_supported(self) -> bool:
            return not plain

        def get_kbdint_challenge(
            self, username: str, lang: str, submethods: str
        ) -> tuple[str, str, str, list[tuple[str, bool]]]:
            return "", "", "", [("Password: ", False)]

        def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
            return list(responses) == [SECRET]

    async def hello(process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(b"hello")
        process.exit(0)

    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(
        Passwords, "127.0.0.1", 0, server_host_keys=[key], process_factory=hello, encoding=None
    )
    peer_device = by_password(server.get_port(), tmp_path, host_key=key.export_public_key().decode())
    async with server:
        for plain in (True, False):  # noqa: B007 - the server reads it
            async with links(peer_device, tmp_path) as peer:
                assert (await (await peer.shell()).run("anything")).stdout == b"hello"


async def test_a_jump_host_carries_the_connection(openssh: Sshd) -> None:
    through = by_key(openssh, jump=f"root@127.0.0.1:{openssh.port}")
    async with links(through, openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        printed = (await (await peer.shell()).run("echo yes")).stdout
    assert printed == b"yes\n"


async def test_a_device_without_ssh_says_so(tmp_path: Path) -> None:
    async with links(device(), tmp_path) as peer:
        assert not peer.has("ssh")
        with pytest.raises(NoData, match=r"no \[device.ssh\]"):
            await peer.shell()


async def test_old_gear_is_reached_only_where_the_inventory_says_legacy(tmp_path: Path) -> None:
    class Anyone(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return False

    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    server = await asyncssh.create_server(
        Anyone,
        "127.0.0.1",
        0,
        server_host_keys=[key],
        kex_algs=["diffie-hellman-group1-sha1"],
        encryption_algs=["3des-cbc"],
        mac_algs=["hmac-sha1"],
        process_factory=lambda process: process.exit(0),
        encoding=None,
    )
    host_key = key.export_public_key().decode()
    async with server:
        for legacy in (False, True):
            old = by_password(server.get_port(), tmp_path, host_key=host_key, legacy=legacy)
            async with links(old, tmp_path) as peer:
                if legacy:
                    assert (await (await peer.shell()).run("anything")).exit_status == 0
                    continue
                with pytest.raises(Refused) as caught:
                    await peer.shell()
                assert "legacy = true" in str(caught.value)
