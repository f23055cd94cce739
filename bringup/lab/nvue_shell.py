"""The command line of a Cumulus Linux switch: bash with `nv` beside it, as far as bring-up needs it.

Commands may be joined with `&&` and `;` and write to a file of the user's home. `nv` ends with 1 where it
refuses, and says why on its second output. Sources: NVUE reference; lldpcli(8), proc(5), ip-link(8).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

from bringup.lab.module_text import NO_MODULE, ethtool_memory
from bringup.lab.nvue_config import DEFAULT_CONFIRM_S, NvueConfig, NvueRefusedError, confirm_s_of
from bringup.lab.nvue_text import columns, condensed, fields_text, leaves, module_tree, stamp
from bringup.lab.nvue_tree import NvueTree
from bringup.lab.shell import NOT_FOUND, Reply, lldp_json0, lldp_json0_interfaces, not_found, proc_uptime
from bringup.lab.state import Device, Port
from bringup.lab.world import World

MISSING = "The requested item does not exist."
YES = ("-y", "--assume-yes", "--y")
REVISION_WORDS = ("--operational", "--applied", "--pending", "--startup")


class NvueShell:
    """Bash on one switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._tree = NvueTree(world, device)
        self._config = NvueConfig(world, device)
        self._fixed: dict[str, Callable[[], str]] = {
            "hostname": lambda: self._device.hostname + "\n",
            "uname -srm": lambda: f"Linux {self._device.kernel} {self._device.machine}\n",
            "date +%s.%N": lambda: f"{world.wall_unix_s(device):.9f}\n",
            "cat /proc/uptime": lambda: proc_uptime(world.uptime_s(device)),
            "cat /proc/sys/kernel/random/boot_id": lambda: self._device.boot_id + "\n",
            "lldpcli show neighbors -f json0": lambda: _json(lldp_json0(world, world.ports(device))),
            "lldpcli show interfaces -f json0": lambda: _json(
                lldp_json0_interfaces(world, world.ports(device))
            ),
            "ip -j -d link": self._links,
            "decode-syseeprom -j": self._eeprom,
        }

    @property
    def prompt(self) -> str:
        return f"{self._device.access.user}@{self._device.hostname}:mgmt:~$ "

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def run(self, command: str) -> Reply:
        """Commands with `&&` or `;` between them."""
        lexer = shlex.shlex(command, posix=True, punctuation_chars="&;|<>")
        lexer.whitespace_split = True
        lexer.commenters = ""
        try:
            words = list(lexer)
        except ValueError:
            return Reply("", "bash: line 1: unexpected EOF while looking for matching quote\n", 2)
        out = err = ""
        status, part, after = 0, [], ";"
        for word in [*words, ";"]:
            if word not in ("&&", ";"):
                part.append(word)
                continue
            if part and (after == ";" or status == 0):
                reply = self._written(part)
                out, err, status = out + reply.out, err + reply.err, reply.status
            part, after = [], word
        return Reply(out, err, status)

    def _written(self, words: list[str]) -> Reply:
        """One command, its output into a file where there is `> FILE`."""
        if ">" not in words:
            return self._one(words)
        at = words.index(">")
        reply = self._one(words[:at])
        if len(words) != at + 2 or reply.status:
            return reply if reply.status else Reply("", "bash: syntax error near unexpected token\n", 2)
        with self._world.changing():
            self._device.configuration.files[words[at + 1]] = reply.out
        return Reply("", reply.err)

    def _one(self, words: list[str]) -> Reply:
        bare = [word for at, word in enumerate(words) if not (at < 2 and word in ("sudo", "-n"))]
        line = " ".join(bare)
        if line in self._fixed:
            return Reply(self._fixed[line]())
        if bare[:1] == ["nv"]:
            try:
                return Reply(self._nv(bare[1:]))
            except NvueRefusedError as refused:
                return Reply("", f"Error: {refused}\n", 1)
        files = self._device.configuration.files
        if bare[:1] == ["cat"] and len(bare) == 2:
            if bare[1] in files:
                return Reply(files[bare[1]])
            return Reply("", f"cat: {bare[1]}: No such file or directory\n", 1)
        if bare[:2] == ["rm", "-f"]:
            with self._world.changing():
                for name in bare[2:]:
                    files.pop(name, None)
            return Reply("")
        if bare[:2] == ["ethtool", "-m"] and len(bare) > 3:
            port = next((each for each in self._world.ports(self._name) if each.name == bare[2]), None)
            return NO_MODULE if port is None else ethtool_memory(self._world, port, " ".join(bare[3:]))
        if bare[:1] == ["printf"] and len(bare) == 3:
            return Reply(bare[1].replace("\\n", "\n").replace("%s", bare[2]))
        return Reply("", not_found(line).err, NOT_FOUND)

    def _eeprom(self) -> str:
        device = self._device
        told = {
            "Product Name": device.model,
            "Serial Number": device.serial,
            "Manufacturer": device.vendor,
            "Base MAC Address": device.chassis_id,
        }
        return _json({"tlv": {name: {"value": each} for name, each in told.items()}})

    def _links(self) -> str:
        bundles = self._device.configuration.bundles
        bond_of = {member: name for name, members in bundles.items() for member in members}
        found: list[dict[str, object]] = [{"ifname": "lo"}]
        for name in bundles:
            about = {"info_kind": "bond", "info_data": {"mode": "802.3ad"}}
            found.append({"ifname": name, "linkinfo": about})
        for port in self._world.ports(self._name):
            row: dict[str, object] = {"ifname": port.name, "mtu": port.mtu, "address": port.mac}
            if port.name in bond_of:
                word = "UP" if port.up else "DOWN"
                data = {"state": "ACTIVE" if port.up else "BACKUP", "mii_status": word}
                row |= {"master": bond_of[port.name]}
                row |= {"linkinfo": {"info_slave_kind": "bond", "info_slave_data": data}}
            found.append(row)
        return json.dumps(found) + "\n"

    # nv

    def _nv(self, words: list[str]) -> str:
        verb = words[0] if words else ""
        if verb == "show":
            return self._show(words[1:])
        if verb in ("set", "unset"):
            attached = self._device.configuration.attached
            self._config.changes_of(words)
            number = attached or self._config.attach()
            self._config.stage(number, words)
            return "" if attached else f"created [rev_id: {number}]\n"
        if verb == "config":
            return self._configure(words[1:])
        raise NvueRefusedError(f"'{verb}' is not one of ['show', 'set', 'unset', 'action', 'config']")

    def _show(self, words: list[str]) -> str:
        path, as_json = _options(words)
        if path[:2] == ["platform", "transceiver"] and len(path) == 3 and not as_json:
            return module_tree(self._world, self._port(path[2]))
        if path[:1] == ["interface"] and path[2:] == ["transceiver"] and not as_json:
            return fields_text(condensed(self._world, self._port(path[1])))
        node = self._tree.at(path)
        if node is None:
            raise NvueRefusedError(MISSING)
        if as_json:
            return json.dumps(node, indent=2) + "\n"
        if path == ["interface"] and isinstance(node, dict):
            return columns(["Interface", "State", "Speed", "MTU", "Type"], _interface_rows(node))
        return columns(["", "operational"], leaves(node))

    def _port(self, name: str) -> Port:
        for port in self._world.ports(self._name):
            if port.name == name:
                return port
        raise NvueRefusedError(MISSING)

    def _configure(self, words: list[str]) -> str:
        verb, rest = (words[0] if words else ""), [word for word in words[1:] if word not in YES]
        known: dict[str, Callable[[list[str]], str]] = {
            "apply": lambda _: self._apply(words[1:]),
            "attach": self._attach,
            "delete": self._delete,
            "detach": self._detach,
            "diff": self._diff,
            "history": self._history,
            "revision": self._revisions,
            "save": lambda _: "saved [rev_id: applied]\n",
            "show": self._configured,
        }
        if verb not in known:
            raise NvueRefusedError(f"'{verb}' is not one of {list(known)}")
        return known[verb](rest)

    def _attach(self, rest: list[str]) -> str:
        if rest != ["applied"]:
            raise NvueRefusedError("Unknown revision")
        return f"attached [rev_id: {self._config.attach()}]\n"

    def _delete(self, rest: list[str]) -> str:
        number = rest[0] if rest else "pending"
        self._config.delete(number)
        return f"deleted [rev_id: {number}]\n"

    def _detach(self, _: list[str]) -> str:
        self._config.detach()
        return ""

    def _diff(self, _: list[str]) -> str:
        revision = self._config.revision("pending")
        return "".join("nv " + shlex.join(line) + "\n" for line in revision.changes)

    def _history(self, _: list[str]) -> str:
        rows = [
            [number, each.state, each.user, stamp(self._world.wall_of(self._name, each.at))]
            for number, each in self._config.revisions.items()
        ]
        return columns(["Rev", "State", "User", "Date"], rows)

    def _configured(self, rest: list[str]) -> str:
        path, as_json = _options(rest)
        if path or not as_json:
            raise NvueRefusedError("Give -o json")
        chosen = "pending" if "--pending" in rest else "applied"
        return _json(self._tree.configured(self._config.content(chosen)))

    def _revisions(self, words: list[str]) -> str:
        path, as_json = _options([word for word in words if word != "--applied"])
        if path:
            raise NvueRefusedError(f"'{path[0]}' is no option")
        names = ["applied"] if "--applied" in words else list(self._config.revisions)
        told = {name: self._config.told(name) for name in names}
        return (
            _json(told) if as_json else columns(["Rev", "State"], [[n, t["state"]] for n, t in told.items()])
        )

    def _apply(self, words: list[str]) -> str:
        if "--confirm-yes" in words or "--confirm-no" in words:
            keep = "--confirm-yes" in words
            number = self._config.confirm(keep)
            return f"{'applied_and_saved' if keep else 'reverted'} [rev_id: {number}]\n"
        if "--confirm-status" in words:
            told = self._config.told("applied")["state-controls"]
            return f"{told['confirm-status']} seconds remain\n" if told else "No confirm pending.\n"
        confirm_s: float | None = None
        rest = [word for word in words if word not in YES]
        if "--confirm" in rest:
            at = rest.index("--confirm")
            timed = len(rest) > at + 1 and rest[at + 1][:1].isdigit()
            confirm_s = confirm_s_of(rest[at + 1]) if timed else DEFAULT_CONFIRM_S
            del rest[at : at + 2 if timed else at + 1]
        chosen = rest[0] if rest else self._device.configuration.attached
        if chosen is None:
            raise NvueRefusedError("There is no pending configuration to apply")
        if not set(words) & set(YES):
            raise NvueRefusedError("Are you sure? [y/N] was not answered")
        self._config.apply(chosen, confirm_s)
        return f"{'applied' if confirm_s is not None else 'applied_and_saved'} [rev_id: {chosen}]\n"


def _options(words: list[str]) -> tuple[list[str], bool]:
    """(the path, whether JSON is asked for). Raises: NvueRefusedError."""
    path: list[str] = []
    as_json, rest = False, iter(words)
    for word in rest:
        if word in ("-o", "--output"):
            form = next(rest, "")
            if form not in ("json", "auto", "yaml"):
                raise NvueRefusedError(f"'{form}' is no format")
            as_json = form == "json"
        elif word in ("--rev", "--view", "-w"):
            next(rest, "")
        elif word.startswith("-"):
            if word not in REVISION_WORDS:
                raise NvueRefusedError(f"'{word}' is no option")
        else:
            path.append(word)
    return path, as_json


def _interface_rows(node: dict[str, object]) -> list[list[str]]:
    rows = []
    for name, entry in node.items():
        assert isinstance(entry, dict)
        link = entry["link"]
        state = next(iter(link["state"]))
        rows.append([name, state, str(link.get("speed", "")), str(link["mtu"]), str(entry["type"])])
    return rows


def _json(held: object) -> str:
    return json.dumps(held, indent=2) + "\n"
