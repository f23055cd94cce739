"""Old gear by paramiko, and serial lines behind a console server; OpenSSH's sshd plays both."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import asyncssh
import pytest

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.model.inventory import Device
from bringup.transport.failure import CredentialRefused, Peer
from bringup.transport.host_keys import fetch_host_keys
from tests.transport.peers import Sshd, device, links, listener, make_key, reset, sshd, tool

SECRET = "battery horse staple correct"
OLD = (
    "KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1",
    "Ciphers 3des-cbc,aes128-cbc",
    "MACs hmac-sha1",
    "HostKeyAlgorithms ssh-rsa",
    "PubkeyAcceptedAlgorithms ssh-rsa,rsa-sha2-512,ssh-ed25519",
)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sshd, None, None]:
    """An sshd as of twenty years ago."""
    folder = tmp_path_factory.mktemp("old")
    for name in ("rsa", "user_rsa"):
        command = [tool("ssh-keygen"), "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", folder / name]
        subprocess.run(command, check=True)
    with sshd(folder, (*OLD, f"HostKey {folder / 'rsa'}")) as started:
        with (folder / "authorized_keys").open("a") as file:
            file.write((folder / "user_rsa.pub").read_text())
        yield started


def rsa(of: Sshd) -> str:
    return " ".join((of.folder / "rsa.pub").read_text().split()[:2])


def by_key(of: Sshd, name: str = "user", **more: object) -> Device:
    settings = {"user": "root", "port": of.port, "key": str(of.folder / name), "legacy": True}
    return device(ssh={**settings, **more})


async def test_an_old_sshd_lets_in_only_who_says_legacy(old: Sshd) -> None:
    known = old.known_hosts(key=rsa(old))
    for name in ("user", "user_rsa"):
        async with links(by_key(old, name), old.folder, known_hosts=known) as peer:
            result = await (await peer.shell()).run("printf out; printf err >&2; exit 3")
            assert (result.stdout, result.stderr, result.exit_status) == (b"out", b"err", 3)
            (kept,) = peer.transcript.take()
            assert (kept.transport, kept.reply, kept.stderr, kept.status) == ("ssh", b"out", b"err", 3)
    async with links(by_key(old, legacy=False), old.folder, known_hosts=known) as peer:
        with pytest.raises(Refused, match="no algorithm in common") as caught:
            await peer.shell()
        assert "legacy = true" in caught.value.advice


def test_paramiko_is_imported_by_legacy_devices_alone() -> None:
    code = (
        "import sys, bringup.transport.links, bringup.transport.ssh, bringup.transport.ssh_login;"
        "sys.exit('paramiko' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


async def test_trust_is_shown_the_keys_of_old_gear(old: Sshd) -> None:
    peer = Peer(device="leaf-1", address="127.0.0.1", port=old.port, service="ssh")
    limits = {"connect_deadline_s": 5.0, "handshake_deadline_s": 5.0}
    (key,) = await fetch_host_keys(peer, legacy=True, **limits)
    assert key == asyncssh.import_public_key(rsa(old))
    with pytest.raises(DeviceError):
        await fetch_host_keys(peer, **limits)


async def test_commands_go_one_after_the_other_over_one_connection(old: Sshd) -> None:
    async with links(by_key(old), old.folder, known_hosts=old.known_hosts(key=rsa(old))) as peer:
        shell = await peer.shell()
        printed = await asyncio.gather(*(shell.run("echo $SSH_CONNECTION; cat") for _ in range(4)))
        assert len({result.stdout for result in printed}) == 1
        assert (await shell.run("kill -9 $$")).exit_status == -1
        big = await shell.run("head -c 3000000 /dev/zero")
        assert len(big.stdout) == 3_000_000


@pytest.mark.parametrize("kind", ["unknown", "changed", "revoked", "pinned", "wrong pin"])
async def test_host_keys_are_as_strict_as_elsewhere(old: Sshd, tmp_path: Path, kind: str) -> None:
    known, more = tmp_path / "none", {}
    other = make_key(tmp_path / "other")
    fingerprint = asyncssh.import_public_key(rsa(old)).get_fingerprint()
    if kind == "changed":
        stale = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        known = old.known_hosts("changed", stale.export_public_key().decode().strip())
    elif kind == "revoked":
        known.write_text(f"@revoked * {rsa(old)}\n[127.0.0.1]:{old.port} {rsa(old)}\n")
    elif kind == "pinned":
        more = {"host_key": fingerprint}
    elif kind == "wrong pin":
        more = {"host_key": asyncssh.import_public_key(other).get_fingerprint()}
    tried = old.log_text().count("Accepted") + old.log_text().count("Failed")
    async with links(by_key(old, **more), old.folder, known_hosts=known) as peer:
        if kind == "pinned":
            assert (await (await peer.shell()).run("echo in")).stdout == b"in\n"
            return
        with pytest.raises(Refused) as caught:
            await peer.shell()
    words = {"unknown": "not known", "changed": "CHANGED", "revoked": "REVOKED", "wrong pin": "CHANGED"}
    assert words[kind] in caught.value.message
    assert kind == "revoked" or fingerprint in caught.value.message
    assert old.log_text().count("Accepted") + old.log_text().count("Failed") == tried


async def test_a_wrong_password_reaches_old_gear_once_a_run(
    old: Sshd, caplog: pytest.LogCaptureFixture
) -> None:
    (old.folder / "password").write_text(SECRET)
    tried = old.log_text().count("Failed password")
    wrong = device(ssh={"user": "root", "port": old.port, "password": "file:password", "legacy": True})
    async with links(wrong, old.folder, known_hosts=old.known_hosts(key=rsa(old))) as peer:
        with pytest.raises(CredentialRefused, match="refused user root with the password"):
            await peer.shell()
        with pytest.raises(CredentialRefused, match="not tried again") as caught:
            await peer.shell()
        seen = f"{caught.value!r}{peer.transcript.take()}{caplog.text}"
    assert SECRET not in seen
    assert old.log_text().count("Failed password") == tried + 1


@pytest.mark.parametrize("plain", [True, False])
async def test_the_right_password_goes_in_by_either_method(tmp_path: Path, plain: bool) -> None:
    asked: list[str] = []

    class Passwords(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return plain

        def validate_password(self, username: str, password: str) -> bool:
            asked.append(password)
            return password == SECRET

        def kbdint_auth_supported(self) -> bool:
            return not plain

        def get_kbdint_challenge(
            self, username: str, lang: str, submethods: str
        ) -> tuple[str, str, str, list[tuple[str, bool]]]:
            return "", "", "", [("Password: ", False)]

        def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
            asked.extend(responses)
            return list(responses) == [SECRET]

    def hello(process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(b"hello")
        process.exit(0)

    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    server = await asyncssh.create_server(
        Passwords,
        "127.0.0.1",
        0,
        server_host_keys=[key],
        kex_algs=["diffie-hellman-group14-sha1"],
        encryption_algs=["3des-cbc"],
        process_factory=hello,
        encoding=None,
    )
    (tmp_path / "password").write_text(SECRET)
    settings = {"user": "root", "port": server.get_port(), "password": "file:password", "legacy": True}
    async with server:
        right = device(ssh={**settings, "host_key": key.export_public_key().decode()})
        async with links(right, tmp_path) as peer:
            assert (await (await peer.shell()).run("anything")).stdout == b"hello"
    assert asked == [SECRET]


async def test_endless_output_of_old_gear_is_cut_off_and_the_next_command_works(old: Sshd) -> None:
    async with links(by_key(old), old.folder, known_hosts=old.known_hosts(key=rsa(old))) as peer:
        shell = await peer.shell()
        with pytest.raises(Unparsable, match="longer than 16,777,216 bytes"):
            await shell.run("yes", deadline_s=60)
        (kept,) = peer.transcript.take()
        assert len(kept.reply) <= 64 * 1024
        assert (await shell.run("echo still here")).stdout == b"still here\n"


async def test_a_command_without_end_on_old_gear_is_a_timeout_and_the_next_one_works(old: Sshd) -> None:
    async with links(by_key(old), old.folder, known_hosts=old.known_hosts(key=rsa(old))) as peer:
        shell = await peer.shell()
        with pytest.raises(TimedOut, match="did not end"):
            await shell.run("echo part; exec sleep 60", deadline_s=0.5)
        assert (await shell.run("echo still here")).stdout == b"still here\n"
        with pytest.raises(DeviceError):
            await shell.run("kill -9 $PPID; sleep 60", deadline_s=10)
        assert (await shell.run("echo back")).stdout == b"back\n"


async def test_a_cancelled_command_leaves_no_thread_behind(old: Sshd) -> None:
    async with links(by_key(old), old.folder, known_hosts=old.known_hosts(key=rsa(old))) as peer:
        shell = await peer.shell()
        task = asyncio.create_task(shell.run("echo begun; exec sleep 60", deadline_s=60))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await asyncio.shield(task)
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 3
        assert (await shell.run("echo still here")).stdout == b"still here\n"
    for thread in threading.enumerate():
        if thread.name.startswith("ssh-leaf-1"):
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"\x00\xff" * 4_000_000, Unparsable),
        (b"HTTP/1.1 400 Bad Request\r\n" * 200, Unparsable),
        (b"", Refused),
        (b"SSH-2.0-old\r\n" + b"\x7f" * 3_000_000, Unparsable),
        (None, TimedOut),
    ],
    ids=["garbage", "http", "closed", "endless keys", "silent"],
)
async def test_what_is_no_ssh_is_told_as_that(
    tmp_path: Path, answer: bytes | None, kind: type[DeviceError]
) -> None:
    released = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await released.wait()
            return
        with contextlib.suppress(ConnectionError):
            writer.write(answer)
            await writer.drain()
            if not answer:
                reset(writer)
                return
            await reader.read()

    (tmp_path / "password").write_text(SECRET)
    async with listener(talk) as port:
        wrong = device(ssh={"user": "root", "port": port, "password": "file:password", "legacy": True})
        limit_s = 0.4 if answer is None else 5
        async with links(wrong, tmp_path, known_hosts=tmp_path / "none", login_deadline_s=limit_s) as peer:
            with pytest.raises(kind):
                await peer.shell()
        released.set()


SERIAL = """#!/bin/bash
echo
echo "** you are on the line of sw1 ** #"
read -r knock
attempts=0
while true; do
  printf 'sw1 login: '; read -r user || exit
  [ -z "$user" ] && continue
  stty -echo; printf 'Password: '; read -r password; stty echo; echo
  echo "$user" >> {folder}/logins
  [ "$user:$password" = "{user}:{password}" ] && break
  echo 'Login incorrect'
done
export PS1='sw1# ' PS2='' HISTFILE=
bash --norc --noprofile -i
echo left >> {folder}/left
"""


@contextlib.contextmanager
def serial(folder: Path, script: str = SERIAL) -> Generator[Sshd, None, None]:
    """A console server: whoever logs in stands before a serial line, with a terminal and a real shell."""
    line = folder / "line.sh"
    line.write_text(
        script.replace("{folder}", str(folder)).replace("{user}", "ops").replace("{password}", SECRET)
    )
    line.chmod(0o755)
    (folder / "secret").write_text(SECRET)
    (folder / "wrong").write_text("wr0ng-and-long")
    with sshd(folder, (f"ForceCommand {line}",)) as started:
        yield started


def on_console(of: Sshd, **more: object) -> Device:
    return by_key(
        of,
        console=True,
        console_user="ops",
        console_prompt="# $",
        **{"console_password": "file:secret", **more},
    )


async def test_commands_on_a_serial_line_end_where_the_prompt_stands_again(tmp_path: Path) -> None:
    with serial(tmp_path) as line:
        async with links(on_console(line), tmp_path, known_hosts=line.known_hosts()) as peer:
            shell = await peer.shell()
            for command, printed in (
                ("echo one; echo two", b"one\ntwo\n"),
                ("printf 'sw1# is no prompt\\n'", b"sw1# is no prompt\n"),
                ("seq 3000 | tail -1", b"3000\n"),
            ):
                result = await shell.run(command, deadline_s=10)
                assert (result.stdout, result.exit_status) == (printed, 0)
            kept = peer.transcript.take()
            assert SECRET not in str(kept)
        # The line is logged out: a shell left open there is open to whoever comes next.
        assert (tmp_path / "left").read_text() == "left\n"
    assert (tmp_path / "logins").read_text() == "ops\n"


async def test_a_wrong_password_on_the_line_is_typed_once(tmp_path: Path) -> None:
    with serial(tmp_path) as line:
        wrong = on_console(line, console_password="file:wrong")
        async with links(wrong, tmp_path, known_hosts=line.known_hosts()) as peer:
            shell = await peer.shell()
            with pytest.raises(CredentialRefused, match="console refused user ops"):
                await shell.run("echo in", deadline_s=15)
            with pytest.raises(CredentialRefused, match="not tried again") as caught:
                await shell.run("echo in", deadline_s=15)
            assert "wr0ng" not in f"{caught.value!r}{peer.transcript.take()}"
    assert (tmp_path / "logins").read_text() == "ops\n"


async def test_endless_output_and_silence_on_a_line_are_bounded(tmp_path: Path) -> None:
    with serial(tmp_path) as line:
        async with links(on_console(line), tmp_path, known_hosts=line.known_hosts()) as peer:
            shell = await peer.shell()
            with pytest.raises(Unparsable, match="longer than"):
                await shell.run("yes", deadline_s=60)
            with pytest.raises(TimedOut):
                await shell.run("sleep 60", deadline_s=4)
            assert (await shell.run("echo again", deadline_s=10)).stdout == b"again\n"
            with pytest.raises(Refused, match="control characters"):
                await shell.run("echo a\nreboot")


async def test_a_line_without_a_prompt_is_a_timeout(tmp_path: Path) -> None:
    with serial(tmp_path, "#!/bin/bash\nexec sleep 60\n") as line:
        async with links(on_console(line), tmp_path, known_hosts=line.known_hosts()) as peer:
            began = time.monotonic()
            with pytest.raises(TimedOut):
                await (await peer.shell()).run("echo in", deadline_s=3)
            assert time.monotonic() - began < 8


async def test_a_line_that_asks_what_the_inventory_does_not_say_is_refused(tmp_path: Path) -> None:
    with serial(tmp_path) as line:
        nobody = by_key(line, console=True, console_prompt="# $")
        async with links(nobody, tmp_path, known_hosts=line.known_hosts()) as peer:
            with pytest.raises(Refused, match="asks for a user"):
                await (await peer.shell()).run("echo in", deadline_s=15)
