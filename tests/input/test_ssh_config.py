"""An ssh_config fills in what an inventory leaves out, and never overrules it; OpenSSH reads it the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bringup.input import load_inventory
from bringup.input.ssh_config import SshConfig, UnusableConfigError
from bringup.model.errors import InputError
from bringup.model.inventory import Ssh

CONFIG = """
# people keep such files
Include more/*.conf
Host *.r07 !leaf-9.r07
    HostName %h.example.net
    User=admin
Host leaf-1.r07
    Port 2222
    User too-late
    IdentityFile {folder}/id_leaf
    ProxyJump door
Host door
    HostName 192.0.2.7
    User guest
    IdentityFile {folder}/nowhere
    IdentityFile "{folder}/id_door"
    ProxyJump none
Match host 192.0.2.9
    Port 2299
Match all
    User everyone
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.conf").write_text("Host nine\n  HostName 192.0.2.9\n")
    for name in ("id_leaf", "id_door"):
        (tmp_path / name).write_text("key")
    (tmp_path / "config").write_text(CONFIG.format(folder=tmp_path))
    return tmp_path


def inventory(folder: Path, ssh: str, address: str = "leaf-1.r07") -> Path:
    path = folder / "inventory.toml"
    lines = ('schema = "bringup.inventory/1"', "[[device]]", 'name = "leaf-1"', 'role = "leaf"')
    path.write_text("\n".join((*lines, 'platform = "sonic"', f'address = "{address}"', "[device.ssh]", ssh)))
    return path


def ssh_of(folder: Path, ssh: str, address: str = "leaf-1.r07") -> Ssh:
    found = load_inventory(inventory(folder, ssh, address)).devices["leaf-1"].ssh
    assert found is not None
    return found


def test_what_the_inventory_leaves_out_comes_from_the_file(folder: Path) -> None:
    found = ssh_of(folder, 'config = "config"')
    assert (found.address, found.port, found.user) == ("leaf-1.r07.example.net", 2222, "admin")
    assert found.key == f"{folder}/id_leaf"
    assert (found.jump, found.jump_key) == ("guest@192.0.2.7:22", f"{folder}/id_door")


def test_what_the_inventory_says_wins(folder: Path) -> None:
    (folder / "secret").write_text("s3cret-of-leaf")
    written = 'config = "config"\nuser = "me"\nport = 22\njump = "other"\npassword = "file:secret"'
    found = ssh_of(folder, written)
    assert (found.user, found.port, found.jump, found.key, found.jump_key) == ("me", 22, "other", None, None)


def test_a_name_that_the_file_does_not_know_needs_its_user_in_the_inventory(folder: Path) -> None:
    text = (folder / "config").read_text().replace("Match all\n    User everyone\n", "")
    (folder / "config").write_text(text)
    with pytest.raises(InputError) as caught:
        ssh_of(folder, 'config = "config"', "leaf-9.r07")
    assert "user: is missing" in caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('Match exec "true"\n  Port 1\n', "Match exec is not read here"),
        ("Include loop\n", "includes itself"),
        ("Host 'a\n", "quotes are not closed"),
        (None, "can't be read"),
    ],
)
def test_a_file_that_cant_be_used_is_told_at_its_line_of_the_inventory(
    folder: Path, text: str | None, says: str
) -> None:
    if text is not None:
        (folder / "loop").write_text(text)
    with pytest.raises(InputError) as caught:
        ssh_of(folder, 'user = "root"\nconfig = "loop"')
    (problem,) = caught.value.problems
    assert says in problem and "inventory.toml:9: device[leaf-1].ssh.config" in problem


def test_jump_hosts_in_a_circle_end(folder: Path) -> None:
    (folder / "circle").write_text("Host a\n ProxyJump b\nHost b\n ProxyJump a\n")
    with pytest.raises(UnusableConfigError, match="circle"):
        SshConfig(folder / "circle").jumps("a")


@pytest.mark.parametrize("name", ["leaf-1.r07", "leaf-9.r07", "door", "nine", "elsewhere"])
def test_openssh_reads_the_file_the_same(folder: Path, name: str) -> None:
    ssh = shutil.which("ssh")
    if ssh is None:
        pytest.skip("ssh is not installed")
    text = (folder / "config").read_text().replace("more/", f"{folder}/more/")
    (folder / "config").write_text(text)
    done = subprocess.run(
        [ssh, "-G", "-F", folder / "config", name], capture_output=True, text=True, check=True
    )
    theirs = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    ours = SshConfig(folder / "config").of(name)
    assert (ours.address or name, ours.port or 22) == (theirs["hostname"], int(theirs["port"]))
    assert ours.user == theirs["user"]
    assert (ours.jump or "none") == theirs.get("proxyjump", "none")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('jump = "root@"', "is no jump host"),
        ('jump = "a,,b"', "is no jump host"),
        ('jump = "door;reboot now"', "is no jump host"),
        ('console_prompt = "["', "is no regular expression"),
        ('console_password = "hunter2"', "a secret stands here as it is"),
    ],
)
def test_what_cant_be_meant_is_told_before_a_device_is_touched(folder: Path, written: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        ssh_of(folder, f'user = "root"\n{written}')
    (problem,) = caught.value.problems
    assert says in problem and "hunter2" not in problem


@pytest.mark.parametrize("jump", ["door", "ops@door:2222", "ops@[2001:db8::1]:22,door", "192.0.2.1"])
def test_jump_hosts_are_taken_as_ssh_writes_them(folder: Path, jump: str) -> None:
    assert ssh_of(folder, f'user = "root"\njump = "{jump}"').jump == jump


def test_a_next_password_belongs_to_redfish_alone(folder: Path) -> None:
    path = inventory(folder, 'user = "root"')
    text = path.read_text() + '\n[device.eapi]\nuser = "a"\nnext_password = "env:NEXT"\n'
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_inventory(path)
    assert "next_password: is no key" in caught.value.problems[0]
    path.write_text(text.replace("eapi", "redfish"))
    found = load_inventory(path).devices["leaf-1"].redfish
    assert found is not None and found.next_password == "env:NEXT"
