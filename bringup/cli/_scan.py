"""`inventory scan`: asks many addresses, and writes down what answered as found, never as expected."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bringup.cabling.heard import Talker, cables_heard
from bringup.cabling.link import Link
from bringup.cli._scan_wires import Answer, Ports, ask_all, read_community
from bringup.cli.main import printable
from bringup.model.errors import InputError

MOST_ADDRESSES = 4096
MOST_NOTES = 200
AT_ONCE = 64
_ENTERPRISES = {
    "1.3.6.1.4.1.318.": ("pdu", "apc-pdu"),
    "1.3.6.1.4.1.1718.": ("pdu", "servertech-pdu"),
    "1.3.6.1.4.1.13742.": ("pdu", "raritan-pdu"),
    "1.3.6.1.4.1.21239.": ("pdu", "vertiv-pdu"),
    "1.3.6.1.4.1.30065.": ("switch", "eos"),
    "1.3.6.1.4.1.8072.": ("node", "linux"),
}
"""sysObjectID under a maker's number (IANA private enterprise numbers) -> role and platform. 8072 is
net-snmp's, which runs on hosts.
"""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to scan, and how."""

    addresses: tuple[str, ...]
    ports: Ports = Ports()
    community: str = "public"
    deadline_s: float = 3.0
    at_once: int = AT_ONCE
    cables: bool = True


class Found(msgspec.Struct, frozen=True):
    """One address that answered."""

    address: str
    answers: tuple[Answer, ...]


def addresses_of(words: Sequence[str]) -> tuple[str, ...]:
    """Single addresses of addresses, host names, networks (`10.0.0.0/28`) and spans (`10.0.0.1-10.0.0.9`).

    Raises:
        InputError: with every word that is none, or that there are too many.
    """
    found: dict[str, None] = {}
    problems: list[str] = []
    for word in words:
        try:
            found.update(dict.fromkeys(_expanded(word)))
        except ValueError as error:
            problems.append(f"{word!r}: {error}")
        if len(found) > MOST_ADDRESSES:
            problems.append(f"more than {MOST_ADDRESSES} addresses; scan a smaller network")
            break
    if problems or not found:
        raise InputError(
            "these are no addresses to scan" if problems else "which addresses?",
            "Give addresses, names, networks such as 10.0.0.0/26, or spans such as 10.0.0.1-10.0.0.9.",
            problems=tuple(problems),
        )
    return tuple(found)


def _expanded(word: str) -> list[str]:
    if "/" in word:
        network = ipaddress.ip_network(word, strict=False)
        if network.num_addresses > MOST_ADDRESSES:
            raise ValueError(f"more than {MOST_ADDRESSES} addresses")
        return [str(address) for address in network.hosts()]
    first, dash, last = word.partition("-")
    if dash and _is_address(first) and _is_address(last):
        begin, end = ipaddress.ip_address(first), ipaddress.ip_address(last)
        count = int(end) - int(begin) + 1
        if begin.version != end.version or not 0 < count <= MOST_ADDRESSES:
            raise ValueError("is no span that counts up, or one that is too long")
        return [str(begin + step) for step in range(count)]
    if _is_address(word):
        return [word]
    if re.fullmatch(r"(?!-)[A-Za-z0-9._-]{1,253}", word) and not re.fullmatch(r"[\d.]+", word):
        return [word]
    raise ValueError("is no address and no host name")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def scan(wanted: Wanted, out: Path) -> int:
    """Ask every address and write what answered; 3 where nothing did.

    Raises:
        InputError: `out` is there already, or the community can't be had.
    """
    from bringup.driver.registry import platform_names
    from bringup.input.new_file import write_inventory

    if out.exists() or out.is_symlink():
        raise InputError(f"{out} is there already", "A file of yours is never overwritten: name another.")
    community = read_community(wanted.community, Path.cwd())
    found = asyncio.run(_scan(wanted, community))
    asked = len(wanted.addresses)
    if not found:
        print(
            f"nothing answered at {asked} address{'es' * (asked > 1)}; nothing was written", file=sys.stderr
        )
        return 3
    write_inventory(out, text_of(found, wanted), {}, platforms=platform_names())
    print(
        f"{len(found)} of {asked} addresses answered; written, as found: {printable(str(out))}",
        file=sys.stderr,
    )
    return 0


async def _scan(wanted: Wanted, community: str) -> list[Found]:
    room = asyncio.Semaphore(wanted.at_once)

    async def one(address: str) -> Found:
        async with room:
            answers = await ask_all(
                address, wanted.ports, community, deadline_s=wanted.deadline_s, cables=wanted.cables
            )
        return Found(address, tuple(answers))

    found = await asyncio.gather(*(one(address) for address in wanted.addresses))
    return [each for each in found if each.answers]


def text_of(found: Sequence[Found], wanted: Wanted) -> str:
    """The inventory's text: what is guessed stands in fields, what was said in comments."""
    from bringup.input.new_file import inventory_text

    names: set[str] = set()
    tables: list[tuple[str, Mapping[str, Any], Sequence[str]]] = []
    talkers: list[Talker] = []
    for each in found:
        device = _device(each, wanted, names)
        names.add(device["name"])
        said = [
            f"found: {answer.service} on port {answer.port}: "
            + "; ".join(f"{key} {value!r}" for key, value in answer.said.items() if value)
            for answer in each.answers
        ]
        tables.append(("device", device, said))
        talkers.append(_talker(device["name"], each))
    heard = cables_heard(talkers)
    good = [link for link in heard.links if not any(end is None or _unfit(end.port) for end in link.ends)]
    tables += [("cable", _cable(link), ()) for link in good]
    comment = (
        f"FOUND by a scan of {len(wanted.addresses)} addresses, and expected by nobody: `run` refuses it.",
        "An inventory says what should be there. Compare each device with what was ordered, write what you",
        "expect (`expect = { serial = … }`), and take `found = true` out. Role and platform are guesses.",
        f"Cables: {len(good)} between these devices, by LLDP and by addresses learned. They are what is, not",
        "what should be: compare them with the plan (`bringup cabling solve`) before you take `found` out.",
        *(f"not a cable of these: {note}" for note in heard.notes[:MOST_NOTES]),
    )
    return inventory_text({}, tables, comment=comment)


def _talker(name: str, found: Found) -> Talker:
    snmp = next((answer for answer in found.answers if answer.service == "snmp"), None)
    if snmp is None:
        return Talker(device=name)
    return Talker(
        device=name, system_name=snmp.said.get("name", ""), ports=snmp.interfaces, attached=snmp.attached
    )


def _unfit(port: str) -> bool:
    from bringup.input.names import component_name_fault

    return component_name_fault(port) is not None


def _cable(link: Link) -> dict[str, Any]:
    assert link.a is not None and link.b is not None
    return {
        "a_device": link.a.device,
        "a_port": link.a.port,
        "b_device": link.b.device,
        "b_port": link.b.port,
        "found": True,
    }


def _device(found: Found, wanted: Wanted, names: set[str]) -> dict[str, Any]:
    services = {answer.service: answer for answer in found.answers}
    role, platform = _guess(services)
    device: dict[str, Any] = {
        "name": _name(found.address, services, names),
        "role": role,
        "platform": platform,
        "address": found.address,
        "found": True,
    }
    for service, answer in services.items():
        settings: dict[str, Any] = {"port": answer.port}
        if service == "ssh":
            settings["user"] = "admin"
        elif service == "snmp":
            settings["community"] = wanted.community
        device[service] = settings
    return device


def _guess(services: Mapping[str, Answer]) -> tuple[str, str]:
    """Role and platform by what was said; `human` where nothing is known by it."""
    if "redfish" in services:
        return "bmc", "redfish-bmc"
    if "eapi" in services:
        return "switch", "eos"
    said = services["snmp"].said if "snmp" in services else {}
    text = (
        f"{said.get('description', '')} {services['ssh'].said.get('banner', '') if 'ssh' in services else ''}"
    )
    if "sonic" in text.lower():
        return "switch", "sonic"
    object_id = f"{said.get('object_id', '').lstrip('.')}."
    for prefix, guess in _ENTERPRISES.items():
        if object_id.startswith(prefix):
            return guess if guess[1] != "linux" or "ssh" in services else ("switch", "snmp-switch")
    if "snmp" in services:
        return "switch", "snmp-switch"
    return ("node", "linux") if "openssh" in text.lower() else ("unknown", "human")


def _name(address: str, services: Mapping[str, Answer], taken: set[str]) -> str:
    """What the device calls itself, if that is a name and nobody else's; else by its address."""
    own = services["snmp"].said.get("name", "") if "snmp" in services else ""
    plain = f"found-{re.sub('[^A-Za-z0-9]+', '-', address)}"
    return own if _NAME.fullmatch(own) and own not in taken else plain
