"""This machine's own key: made on first use and enrolled among its allowed signers."""

from __future__ import annotations

import fcntl
import os
import platform
import pwd
import re
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from bringup.journal.disk import make_folder, sync_folder
from bringup.journal.error import JournalError
from bringup.journal.sign import CHECKPOINT, KeySigner, Signer

# The principal of checkpoint keys in every signers file, beside machine@HOST: a recipe needs no other name.
MACHINE = "machine"


def config_folder(environment: Mapping[str, str] | None = None) -> Path:
    """`$XDG_CONFIG_HOME/bringup`, else `~/.config/bringup`."""
    environment = os.environ if environment is None else environment
    base = environment.get("XDG_CONFIG_HOME", "")
    if base and Path(base).is_absolute():
        return Path(base) / "bringup"
    home = environment.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    return Path(home) / ".config" / "bringup"


def machine_signer(config: Path | None = None) -> KeySigner:
    """The machine's key, made and enrolled if this is its first use.

    Raises:
        JournalError: the key can't be made, read, or is readable by others.
    """
    config = config or config_folder()
    path = config / "machine_key"
    try:
        make_folder(config)
        if not path.exists():
            _make_once(path)
        if path.stat().st_mode & 0o077:
            raise JournalError(f"others can read {path}", f"chmod 600 {path}")
        signer = KeySigner.from_file(path, label="machine")
    except OSError as error:
        raise JournalError(f"this machine's key {path} can't be used: {error.strerror}") from error
    return signer


def _make_once(path: Path) -> None:
    """Make the key, unless somebody else who started at the same time just did."""
    fd = os.open(path.with_name(".machine_key.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        if not path.exists():
            _make(path)
    finally:
        os.close(fd)


def _make(path: Path) -> None:
    """Enrol first, then let the key appear: a crash between leaves a line too many, never a key that nobody
    knows.
    """
    identity = f"{MACHINE}@{re.sub(r'[^A-Za-z0-9.-]', '-', platform.node()) or 'host'}"
    signer = KeySigner(ed25519.Ed25519PrivateKey.generate(), identity=identity, label="machine")
    enrol(path.parent / "allowed_signers", signers_line(signer, CHECKPOINT))
    for target, data, mode in (
        (path.with_name(path.name + ".pub"), f"{signer.public_key} {identity}\n".encode(), 0o644),
        (path, signer.private_text(), 0o600),
    ):
        temporary = path.with_name(f".{target.name}.{os.getpid()}")
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def signers_line(signer: Signer, namespace: str) -> str:
    """One line of an allowed_signers file."""
    names = [signer.identity.split()[0].replace(",", "-")] if signer.identity.split() else []
    if namespace == CHECKPOINT and MACHINE not in names:
        names.append(MACHINE)
    return f'{",".join(names) or "unnamed"} namespaces="{namespace}" {signer.public_key} {signer.label}'


def enrol(path: Path, line: str) -> None:
    """Add a line to a signers file unless its key stands there for that namespace. Durable."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    with os.fdopen(fd, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        old = file.read()
        if line.encode() in old.splitlines():
            return
        file.write((b"" if not old or old.endswith(b"\n") else b"\n") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
