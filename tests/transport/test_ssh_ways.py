"""Ways in: jump hosts, ssh-agent, certificates of users and hosts; against OpenSSH's own programs."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import asyncssh
import pytest

from bringup.input import load_inventory
from bringup.model.errors import Refused, TimedOut, Unreachable
from bringup.model.inventory import Device
from bringup.transport.failure import CredentialRefused
from tests.transport.peers import Sshd, device, free_port, links, listener, make_key, sshd, tool


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sshd, None, None]:
    """A jump host, with a host key and a user's key of its own."""
    with sshd(tmp_path_factory.mktemp("door")) as started:
        yield started


def behind(door: Sshd, target: Sshd, **more: object) -> Device:
    """`target` as seen through `door`."""
    return device(
        ssh={
            "user": "root",
            "port": target.port,
            "key": str(target.folder / "user"),
            "jump": f"root@127.0.0.1:{door.port}",
            "jump_key": str(door.folder / "user"),
            **more,
        }
    )


def known(folder: Path, *lines: str) -> Path:
    path = folder / "known_hosts"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def line(of: Sshd, key: str | None = None) -> str:
    return f"[127.0.0.1]:{of.port} {key or of.host_key}"


def fingerprint(key: str) -> str:
    return asyncssh.import_public_key(key).get_fingerprint()


async def says(peer_device: Device, folder: Path, trusted: Path, command: str = "echo in") -> bytes:
    async with links(peer_device, folder, known_hosts=trusted) as peer:
        return (await (await peer.shell()).run(command)).stdout


async def test_a_jump_host_has_a_key_of_its_own(openssh: Sshd, door: Sshd, tmp_path: Path) -> None:
    trusted = known(tmp_path, line(door), line(openssh))
    printed = await says(behind(door, openssh), tmp_path, trusted, "echo $SSH_CONNECTION")
    assert printed.split()[3] == str(openssh.port).encode()


@pytest.mark.parametrize("legacy", [False, True])
async def test_two_jump_hosts_are_gone_through_in_their_order(
    openssh: Sshd, door: Sshd, tmp_path: Path, legacy: bool
) -> None:
    with sshd(tmp_path) as second:
        (second.folder / "authorized_keys").write_text((door.folder / "user.pub").read_text())
        hops = f"root@127.0.0.1:{door.port},root@127.0.0.1:{second.port}"
        trusted = known(tmp_path, line(door), line(second), line(openssh))
        assert await says(behind(door, openssh, jump=hops, legacy=legacy), tmp_path, trusted) == b"in\n"
        # OpenSSH says "Accepted" for each who came through.
        assert second.log_text().count("Accepted publickey") == 1


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_changed_host_key_of_the_jump_host_is_refused_with_both_fingerprints(
    openssh: Sshd, door: Sshd, tmp_path: Path, legacy: bool
) -> None:
    other = make_key(tmp_path / "other")
    trusted = known(tmp_path, line(door, other), line(openssh))
    before = openssh.log_text()
    with pytest.raises(Refused, match=r"jump host at .* CHANGED") as caught:
        await says(behind(door, openssh, legacy=legacy), tmp_path, trusted)
    assert fingerprint(other) in caught.value.message and fingerprint(door.host_key) in caught.value.message
    assert openssh.log_text() == before


async def test_an_unknown_jump_host_is_refused(openssh: Sshd, door: Sshd, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"jump host at .* not known") as caught:
        await says(behind(door, openssh), tmp_path, known(tmp_path, line(openssh)))
    assert "bringup trust leaf-1" in caught.value.advice


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_changed_host_key_behind_the_jump_host_is_refused(
    openssh: Sshd, door: Sshd, tmp_path: Path, legacy: bool
) -> None:
    other = make_key(tmp_path / "other")
    with pytest.raises(Refused, match=r"ssh at .* CHANGED"):
        await says(
            behind(door, openssh, legacy=legacy), tmp_path, known(tmp_path, line(door), line(openssh, other))
        )


async def test_the_jump_hosts_entry_is_not_taken_for_the_device(
    openssh: Sshd, door: Sshd, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"ssh at .* not known"):
        await says(behind(door, openssh), tmp_path, known(tmp_path, line(door)))


async def test_a_jump_host_that_knows_no_such_key_is_told_as_that(
    openssh: Sshd, door: Sshd, tmp_path: Path
) -> None:
    make_key(tmp_path / "stranger")
    wrong = behind(door, openssh, jump_key=str(tmp_path / "stranger"))
    with pytest.raises(CredentialRefused, match="jump host"):
        await says(wrong, tmp_path, known(tmp_path, line(door), line(openssh)))


async def test_the_devices_password_never_goes_to_the_jump_host(
    openssh: Sshd, door: Sshd, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("not for the door")
    tried = door.log_text().count("Failed password")
    without = device(
        ssh={
            "user": "root",
            "port": openssh.port,
            "password": "file:password",
            "jump": f"nobody@127.0.0.1:{door.port}",
        }
    )
    with pytest.raises(CredentialRefused, match="jump host"):
        await says(without, tmp_path, known(tmp_path, line(door), line(openssh)))
    assert door.log_text().count("Failed password") == tried


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_device_that_does_not_listen_behind_the_jump_host_is_refused(
    openssh: Sshd, door: Sshd, tmp_path: Path, legacy: bool
) -> None:
    port = free_port()
    nobody = behind(door, openssh, port=port, legacy=legacy)
    with pytest.raises(Refused):
        await says(nobody, tmp_path, known(tmp_path, line(door), f"[127.0.0.1]:{port} {openssh.host_key}"))


async def test_a_silent_jump_host_is_a_timeout(openssh: Sshd, door: Sshd, tmp_path: Path) -> None:
    import asyncio

    released = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()

    async with listener(hold) as port:
        silent = behind(door, openssh, jump=f"root@127.0.0.1:{port}")
        async with links(silent, tmp_path, known_hosts=tmp_path / "none", login_deadline_s=0.3) as peer:
            with pytest.raises(TimedOut, match="jump host"):
                await peer.shell()
        released.set()


async def test_a_jump_host_without_an_address_is_unreachable(
    openssh: Sshd, door: Sshd, tmp_path: Path
) -> None:
    with pytest.raises(Unreachable, match="jump host"):
        await says(behind(door, openssh, jump="root@door.invalid"), tmp_path, tmp_path / "none")


@contextlib.contextmanager
def agent(folder: Path, *keys: Path) -> Generator[str, None, None]:
    """OpenSSH's own agent with these keys; its socket."""
    sock = folder / "agent.sock"
    command = [tool("ssh-agent"), "-D", "-a", str(sock)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        try:
            while not sock.exists():
                assert started.poll() is None
            environment = {**os.environ, "SSH_AUTH_SOCK": str(sock)}
            subprocess.run([tool("ssh-add"), "-q", *map(str, keys)], check=True, env=environment)
            yield str(sock)
        finally:
            started.terminate()


@pytest.mark.parametrize("legacy", [False, True])
async def test_keys_of_the_agent_are_used_where_the_inventory_names_none(
    openssh: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, legacy: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    by_agent = device(ssh={"user": "root", "port": openssh.port, "legacy": legacy})
    trusted = known(tmp_path, line(openssh))
    with agent(tmp_path, openssh.folder / "user") as sock:
        monkeypatch.setenv("SSH_AUTH_SOCK", sock)
        assert await says(by_agent, tmp_path, trusted) == b"in\n"
    monkeypatch.delenv("SSH_AUTH_SOCK")
    with pytest.raises(CredentialRefused):
        await says(by_agent, tmp_path, trusted)


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_public_key_in_the_inventory_picks_the_agents_private_one(
    openssh: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, legacy: bool
) -> None:
    make_key(tmp_path / "other")
    trusted = known(tmp_path, line(openssh))
    with agent(tmp_path, tmp_path / "other", openssh.folder / "user") as sock:
        monkeypatch.setenv("SSH_AUTH_SOCK", sock)
        for name, gets_in in ((openssh.folder / "user.pub", True), (tmp_path / "other.pub", False)):
            picked = device(ssh={"user": "root", "port": openssh.port, "key": str(name), "legacy": legacy})
            if gets_in:
                assert await says(picked, tmp_path, trusted) == b"in\n"
                continue
            with pytest.raises(CredentialRefused):
                await says(picked, tmp_path, trusted)


def sign(authority: Path, public: Path, *options: str) -> None:
    """`ssh-keygen -s`: writes the certificate beside the public key."""
    subprocess.run(
        [tool("ssh-keygen"), "-q", "-s", str(authority), "-I", "tested", *options, str(public)], check=True
    )


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sshd, None, None]:
    """An sshd that takes users by certificate only. Its `folder` has the authority."""
    folder = tmp_path_factory.mktemp("certified")
    make_key(folder / "authority")
    with sshd(folder, (f"TrustedUserCAKeys {folder / 'authority.pub'}",)) as started:
        (folder / "authorized_keys").write_text("")
        yield started


@pytest.mark.parametrize(
    ("options", "gets_in", "said"),
    [
        (("-n", "root", "-V", "+1h"), True, ""),
        (("-n", "root", "-V", "20200101:20200102"), False, "which has expired"),
        (("-n", "root", "-V", "20900101:20900102"), False, "not valid yet"),
        (("-n", "somebody", "-V", "+1h"), False, "and its certificate"),
    ],
    ids=["good", "expired", "early", "principal"],
)
async def test_a_users_certificate_is_taken_only_in_time_and_for_its_principal(
    certified: Sshd, tmp_path: Path, options: tuple[str, ...], gets_in: bool, said: str
) -> None:
    make_key(tmp_path / "me")
    sign(certified.folder / "authority", tmp_path / "me.pub", *options)
    settings = {"user": "root", "port": certified.port, "key": str(tmp_path / "me")}
    mine, trusted = device(ssh=settings), known(tmp_path, line(certified))
    if gets_in:
        assert await says(mine, tmp_path, trusted) == b"in\n"
        assert await says(device(ssh={**settings, "legacy": True}), tmp_path, trusted) == b"in\n"
        return
    with pytest.raises(CredentialRefused, match="refused user root") as caught:
        await says(mine, tmp_path, trusted)
    assert said in caught.value.message


async def test_a_certificate_of_another_authority_is_refused(certified: Sshd, tmp_path: Path) -> None:
    make_key(tmp_path / "me")
    make_key(tmp_path / "nobody")
    sign(tmp_path / "nobody", tmp_path / "me.pub", "-n", "root")
    (tmp_path / "me-cert.pub").rename(tmp_path / "elsewhere")
    mine = device(
        ssh={
            "user": "root",
            "port": certified.port,
            "key": str(tmp_path / "me"),
            "certificate": str(tmp_path / "elsewhere"),
        }
    )
    with pytest.raises(CredentialRefused):
        await says(mine, tmp_path, known(tmp_path, line(certified)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-n", "127.0.0.1", "-V", "+1h"), None),
        (("-n", "127.0.0.1", "-V", "20200101:20200102"), "EXPIRED"),
        (("-n", "leaf-7.example", "-V", "+1h"), "other names"),
    ],
    ids=["good", "expired", "principal"],
)
async def test_a_host_certificate_stands_for_its_authority_in_time_and_for_its_name(
    tmp_path: Path, options: tuple[str, ...], said: str | None
) -> None:
    authority = make_key(tmp_path / "authority")
    # The certificate has to lie there when the server starts: its key is made before.
    make_key(tmp_path / "signed")
    sign(tmp_path / "authority", tmp_path / "signed.pub", "-h", *options)
    lines = (f"HostKey {tmp_path / 'signed'}", f"HostCertificate {tmp_path / 'signed-cert.pub'}")
    with sshd(tmp_path, lines) as started:
        mine = device(ssh={"user": "root", "port": started.port, "key": str(tmp_path / "user")})
        trusted = known(tmp_path, f"@cert-authority [127.0.0.1]:* {authority}")
        if said is None:
            assert await says(mine, tmp_path, trusted) == b"in\n"
            stranger = known(tmp_path, f"@cert-authority * {make_key(tmp_path / 'other')}")
            with pytest.raises(Refused, match="not a trusted authority") as caught:
                await says(mine, tmp_path, stranger)
            assert fingerprint(authority) in caught.value.message
            revoked = known(tmp_path, f"@cert-authority * {authority}", f"@revoked * {authority}")
            with pytest.raises(Refused, match="REVOKED"):
                await says(mine, tmp_path, revoked)
            return
        with pytest.raises(Refused, match=said):
            await says(mine, tmp_path, trusted)


async def test_an_ssh_config_leads_through_its_jump_host_to_the_device(
    openssh: Sshd, door: Sshd, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        f"Host door\n HostName 127.0.0.1\n Port {door.port}\n User root\n IdentityFile {door.folder}/user\n"
        f"Host leaf-*\n HostName 127.0.0.1\n Port {openssh.port}\n User root\n"
        f" IdentityFile {openssh.folder}/user\n ProxyJump door\n"
    )
    lines = ('schema = "bringup.inventory/1"', "[[device]]", 'name = "leaf-1"', 'role = "leaf"')
    lines += ('platform = "sonic"', 'address = "leaf-1"', "[device.ssh]", 'config = "config"')
    (tmp_path / "inventory.toml").write_text("\n".join(lines))
    written = load_inventory(tmp_path / "inventory.toml").devices["leaf-1"]
    came_before = door.log_text().count("Accepted publickey")
    assert await says(written, tmp_path, known(tmp_path, line(door), line(openssh))) == b"in\n"
    assert door.log_text().count("Accepted publickey") == came_before + 1
