"""Who may read and write an SNMP agent."""

from __future__ import annotations

from typing import NamedTuple


class SnmpUser(NamedTuple):
    """A USM user: `auth` is sha1, sha256 or md5, `priv` aes128, None for neither. Keys are passphrases."""

    name: str
    auth: str | None = "sha256"
    auth_key: str = ""
    priv: str | None = "aes128"
    priv_key: str = ""
    may_write: bool = True


class SnmpAccess(NamedTuple):
    """Communities (empty: none) and users of one agent."""

    read_community: str = ""
    write_community: str = ""
    users: tuple[SnmpUser, ...] = ()
