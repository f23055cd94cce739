"""Keys that an ssh-agent holds: with a passphrase, or on a security key (draft-ietf-sshm-ssh-agent)."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from bringup.journal.error import JournalError
from bringup.journal.sign import KeySigner, Signer, armor, key_blob, text, to_be_signed
from bringup.model.errors import InputError

REQUEST_IDENTITIES, IDENTITIES_ANSWER = 11, 12
SIGN_REQUEST, SIGN_RESPONSE = 13, 14
RSA_SHA2_512 = 4
LARGEST_ANSWER_BYTES = 256 * 1024
# A person may have to touch a security key or to type a PIN.
DEADLINE_S = 120.0


def signer_for(path: Path, environment: Mapping[str, str] | None = None) -> Signer:
    """The key that a person names: a private key file, or (by its .pub) one that the agent holds.

    Raises:
        InputError: no such key, or it is locked and no agent has it.
    """
    environment = os.environ if environment is None else environment
    if path.exists() and not path.is_file():  # a pipe to which nobody writes would hold everything up
        raise InputError(f"the key {path} is no regular file", "name the file of a key, or its .pub")
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    if path.suffix != ".pub":
        try:
            return KeySigner.from_file(path)
        except InputError:
            # Locked, or only a handle of a security key: the agent may have it.
            if not public.is_file() or not environment.get("SSH_AUTH_SOCK"):
                raise
    return AgentSigner.from_public(public, environment.get("SSH_AUTH_SOCK", ""))


class AgentSigner:
    """Signs with a key in the agent at `address`; the private key never comes here."""

    label = "agent"

    def __init__(self, public_key: str, identity: str, address: str) -> None:
        self.public_key = public_key
        self.identity = identity
        self._address = address

    @classmethod
    def from_public(cls, path: Path, address: str) -> AgentSigner:
        """
        Raises:
            InputError: no public key there, no agent, or the agent does not hold that key.
        """
        try:
            words = path.read_text("utf-8", "replace").split(None, 2)
            wanted = base64.b64decode(words[1], validate=True)
        except (OSError, IndexError, ValueError) as error:
            raise InputError(f"{path} holds no public key", "name the key or its .pub") from error
        if not address:
            raise InputError(
                f"{path} is a public key and no agent runs", "start ssh-agent and ssh-add the key"
            )
        signer = cls(f"{words[0]} {words[1]}", words[2].strip() if len(words) > 2 else path.stem, address)
        if wanted not in signer.held():
            raise InputError(f"the agent does not hold {path}", f"ssh-add {path.with_suffix('')}")
        return signer

    def held(self) -> list[bytes]:
        """The public keys that the agent holds."""
        answer = _Answer(self._ask(bytes([REQUEST_IDENTITIES])), IDENTITIES_ANSWER)
        keys = []
        for _ in range(answer.number()):
            keys.append(answer.string())
            answer.string()
        return keys

    def sign(self, message: bytes, namespace: str) -> bytes:
        blob = key_blob(self.public_key)
        flags = RSA_SHA2_512 if self.public_key.startswith("ssh-rsa ") else 0
        request = bytes([SIGN_REQUEST]) + text(blob) + text(to_be_signed(message, namespace))
        answer = _Answer(self._ask(request + struct.pack(">I", flags)), SIGN_RESPONSE)
        return armor(blob, namespace, answer.string())

    def _ask(self, request: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
                agent.settimeout(DEADLINE_S)
                agent.connect(self._address)
                agent.sendall(text(request))
                size = int.from_bytes(_exactly(agent, 4), "big")
                if not 0 < size <= LARGEST_ANSWER_BYTES:
                    raise JournalError("the ssh-agent answered nonsense")
                return _exactly(agent, size)
        except OSError as error:
            raise JournalError(f"the ssh-agent at {self._address} does not answer: {error}") from error


class _Answer:
    """The fields of an agent's answer."""

    def __init__(self, data: bytes, expected: int) -> None:
        if data[:1] != bytes([expected]):
            raise JournalError("the ssh-agent refused", "is the key still loaded? `ssh-add -l`")
        self._data = data[1:]

    def number(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def string(self) -> bytes:
        return self._take(self.number())

    def _take(self, count: int) -> bytes:
        piece, self._data = self._data[:count], self._data[count:]
        if len(piece) != count:
            raise JournalError("the ssh-agent's answer is cut short")
        return piece


def _exactly(agent: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = agent.recv(count - len(data))
        if not piece:
            raise ConnectionResetError("it hung up")
        data += piece
    return data
