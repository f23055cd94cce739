"""A Junos command line: one session of it, with its two modes, its pipes and its complaints.

Like the real one it goes on behind a line that it does not know, and ends with status 0 whatever it said.
Sources: Junos CLI user guide; recorded sessions.
"""

from __future__ import annotations

import re

from bringup.lab.junos_config import JunosConfig, JunosRefusedError
from bringup.lab.junos_document import Element, to_json, to_xml
from bringup.lab.junos_text import JunosText
from bringup.lab.junos_tree import JunosTree
from bringup.lab.shell import Reply
from bringup.lab.state import Device
from bringup.lab.world import World

EXCLUSIVE = "warning: uncommitted changes will be discarded on exit\n"
ENTERING, EXITING = "Entering configuration mode\n", "Exiting configuration mode\n"
DISCARDED = "warning: Auto rollback: discarding uncommitted changes\n"
_SCREEN = re.compile(r"set cli screen-(length|width) (\d{1,5})")
_SPACE = re.compile(r"set cli complete-on-space (on|off)")
_ONE_PORT = re.compile(
    r"show interfaces (?P<diagnostics>diagnostics optics )?(?P<port>[a-z]{2}-[\d/:]+)( extensive)?"
)
_COMMANDS = re.compile(r'(?:[^;"]|"[^"]*")+')


class JunosShell:
    """One session. On a terminal a mistake is shown where it is."""

    def __init__(self, world: World, device: str, *, terminal: bool = False) -> None:
        self._world = world
        self._name = device
        self._terminal = terminal
        self._tree = JunosTree(world, device)
        self._text = JunosText(world, device)
        self._config = JunosConfig(world, device)
        self._mode = ""

    @property
    def prompt(self) -> str:
        sign = "# " if self._mode else "> "
        head = "[edit]\n" if self._mode and self._terminal else ""
        return f"{head}{self._device.access.user}@{self._device.hostname}{sign}"

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def leaves(self, command: str) -> bool:
        """Whether a line ends the session."""
        return command in ("exit", "quit") and not self._mode

    def run(self, command: str) -> Reply:
        """What is typed: commands with `;` between them, each run whatever came of the one before."""
        found = (part.strip() for part in _COMMANDS.findall(command))
        return Reply("".join(self._line(part) for part in found if part))

    def _line(self, typed: str) -> str:
        words, *pipes = (" ".join(part.split()) for part in _split_pipes(typed))
        try:
            said = self._configured(words, pipes) if self._mode else self._operated(words, pipes)
        except JunosRefusedError as refused:
            return self._complaint(words, str(refused))
        return _piped(said, pipes)

    def _complaint(self, words: str, why: str) -> str:
        if not self._terminal or not why.startswith("syntax error"):
            return f"error: {why}\n"
        at = len(self.prompt.splitlines()[-1]) + max(0, words.find(why.rpartition(" ")[2]))
        return f"{' ' * at}^\nsyntax error.\n"

    # operational mode

    def _operated(self, words: str, pipes: list[str]) -> str:
        if words in ("configure", "configure exclusive", "configure private", "edit"):
            mode = words.rpartition(" ")[2]
            if mode == "exclusive" and self._config.left_over:
                raise JunosRefusedError("configuration database modified")
            self._mode = mode
            self._config.enter(shared=mode in ("configure", "edit"))
            return (EXCLUSIVE if mode == "exclusive" else "") + ENTERING
        if (match := _SCREEN.fullmatch(words)) is not None:
            return f"Screen {match[1]} set to {match[2]}\n"
        if (match := _SPACE.fullmatch(words)) is not None:
            return f"{'En' if match[1] == 'on' else 'Dis'}abling complete-on-space\n"
        return "" if words in ("exit", "quit") else self._shown(words, pipes)

    def _shown(self, words: str, pipes: list[str]) -> str:
        words = re.sub(r"^sh(?:o|ow)? ", "show ", words)
        if words == "show system commit":
            _ = self._config.commits  # the first of them is there from the start
        form = next((pipe.removeprefix("display ") for pipe in pipes if pipe.startswith("display ")), "")
        if form not in ("", "xml", "json", "set"):
            raise JunosRefusedError(f"syntax error: {form}")
        found = self._one_port(words) or self._tree.answer(words)
        if form in ("xml", "json") and found is not None:
            return to_xml(*found) if form == "xml" else to_json(*found)
        text = self._text.answer(words)
        if text is None:
            raise JunosRefusedError(f"syntax error: {words.rpartition(' ')[2][:60]}")
        return text

    def _one_port(self, words: str) -> tuple[str, Element] | None:
        match = _ONE_PORT.fullmatch(words)
        if match is None:
            return None
        ports = [port for port in self._world.ports(self._name) if port.name == match["port"]]
        if not ports:
            raise JunosRefusedError(f"device {match['port']} not found")
        made = self._tree.optics(ports) if match["diagnostics"] else self._tree.interfaces(ports)
        return "interface-information", made

    # configuration mode

    def _configured(self, words: str, pipes: list[str]) -> str:
        verb = words.partition(" ")[0]
        if verb in ("set", "delete"):
            self._config.line(words)
            return ""
        if verb == "commit":
            said, leaves = self._config.commit(words)
            return said + (self._left() if leaves else "")
        if verb == "rollback":
            number = words.removeprefix("rollback").strip() or "0"
            if not number.isdigit():
                raise JunosRefusedError(f"syntax error: {number[:20]}")
            self._config.load(int(number))
            return "load complete\n"
        if words == "show" and "compare" in pipes:
            return self._config.compare()
        if verb == "run":
            return self._shown(words.removeprefix("run").strip(), pipes)
        if words in ("top", "up"):
            return ""
        if words in ("exit", "quit", "exit configuration-mode"):
            return self._left()
        raise JunosRefusedError(f"syntax error: {verb[:60]}")

    def _left(self) -> str:
        own, self._mode = self._mode in ("exclusive", "private"), ""
        return (DISCARDED if own and self._config.touched else "") + EXITING


def _split_pipes(typed: str) -> list[str]:
    """Around `|`, where it stands outside quotes."""
    parts, quoted = [""], False
    for letter in typed:
        quoted ^= letter == '"'
        if letter == "|" and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _piped(said: str, pipes: list[str]) -> str:
    for pipe in pipes:
        kind, _, wanted = pipe.partition(" ")
        wanted = wanted.strip('"')
        if kind in ("match", "except"):
            keep = kind == "match"
            lines = [line for line in said.splitlines() if (wanted in line) is keep]
            said = "".join(f"{line}\n" for line in lines)
        elif kind == "count":
            said = f"Count: {len(said.splitlines())} lines\n"
    return said
