"""A module's memory as tools print it: `ethtool -m IF hex on` and `raw on`, SONiC's `sfputil`."""

from __future__ import annotations

from bringup.lab.cmis_identity import PAGE
from bringup.lab.cmis_memory import ModuleMemory
from bringup.lab.shell import Reply
from bringup.lab.state import Port
from bringup.lab.world import World

IN_ROW = 16
USAGE = Reply("", "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n", 1)
NO_SUCH_PAGE = Reply("", "netlink error: Invalid argument\n", 75)
NO_MODULE = Reply("", "netlink error: Input/output error\n", 71)
ON = {"on": True, "off": False}


def ethtool_memory(world: World, port: Port, options: str) -> Reply:
    """`ethtool -m IF OPTIONS` where the options ask for bytes: one piece of 128 at most, which crosses no
    page's border.
    """
    words = options.split()
    if len(words) % 2:
        return USAGE
    asked = dict(zip(words[::2], words[1::2], strict=True))
    raw, numbers = ON.get(asked.pop("raw", "off")), _numbers(asked)
    if raw is None or ON.get(asked.get("hex", "off")) is None or numbers is None:
        return USAGE
    if port.optic is None:
        return NO_MODULE
    page, bank = numbers.get("page", 0), numbers.get("bank", 0)
    at = numbers.get("offset", PAGE if page else 0)
    count = numbers.get("length", PAGE)
    crosses = at < PAGE < at + count or at + count > 2 * PAGE
    if crosses or not count or numbers.get("i2c", 0x50) != 0x50:
        return NO_SUCH_PAGE
    held = ModuleMemory(world, port.subject).read(page, at, count, bank)
    if held is None:
        return NO_SUCH_PAGE
    return Reply("", data=held) if raw else Reply(_ethtool_rows(held, at))


def _numbers(asked: dict[str, str]) -> dict[str, int] | None:
    found = {}
    for name, word in asked.items():
        if name == "hex":
            continue
        if name not in ("page", "bank", "offset", "length", "i2c"):
            return None
        try:
            found[name] = int(word, 0)
        except ValueError:
            return None
        if not 0 <= found[name] <= 0xFF:
            return None
    return found


def _ethtool_rows(held: bytes, first: int) -> str:
    rows = [
        f"\n0x{first + at:04x}:\t\t" + "".join(f"{byte:02x} " for byte in held[at : at + IN_ROW])
        for at in range(0, len(held), IN_ROW)
    ]
    return "Offset\t\tValues\n------\t\t------" + "".join(rows) + "\n"


def sfputil_hexdump(world: World, port: Port, page: int) -> Reply:
    """`sfputil show eeprom-hexdump -p PORT -n PAGE`: lower memory, and one upper page."""
    if port.optic is None:
        return Reply(
            f"EEPROM hexdump for port {port.name} page {page:x}h\n{port.name}: SFP EEPROM not detected\n"
        )
    memory = ModuleMemory(world, port.subject)
    lower, upper = memory.read(0, 0, PAGE), memory.read(page, PAGE, PAGE)
    if lower is None or upper is None:
        return Reply("", "Error: Failed to read EEPROM!\n", 1)
    return Reply(
        f"EEPROM hexdump for port {port.name} page {page:x}h\n        Lower page 0h\n"
        + hexdump(lower, 0)
        + f"\n        Upper page {page:x}h\n"
        + hexdump(upper, PAGE)
        + "\n"
    )


def hexdump(held: bytes, first: int) -> str:
    """Rows of sixteen, in two halves, with what of it is text."""
    rows = []
    for at in range(0, len(held), IN_ROW):
        row = held[at : at + IN_ROW]
        halves = [row[:8].hex(" "), row[8:].hex(" ")]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"        {first + at:08x} {'  '.join(half for half in halves if half)} |{text}|\n")
    return "".join(rows)
