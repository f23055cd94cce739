"""One eAPI request's commands, run in order in a session of their own: modes, privilege, errors (EOS)."""

from __future__ import annotations

import re
from typing import Any

from bringup.lab.eos_config import EosConfig, NoSuchLineError
from bringup.lab.render_eos import EosShow, Json
from bringup.lab.world import World

INVALID_COMMAND = 1002
UNCONVERTED = 1003


class CommandFailedError(Exception):
    """A command that EOS refuses: `code` and `label` of its JSON-RPC error, `details` for the data."""

    def __init__(self, code: int, label: str, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.label = label
        self.details = details


class EosSession:
    """Starts in unprivileged exec mode and ends with the request, as eAPI's do."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device
        self._show = EosShow(world, device)
        self._config = EosConfig(world, device)
        self._privileged = False
        self._mode = "exec"
        self._port: str | None = None

    def run(self, command: str, text: bool) -> Json:
        """The result of one command, as JSON or as `{"output": text}`.

        Raises:
            CommandFailedError: EOS has no such command here, or no such form of it.
        """
        words = re.sub(r"\s+", " ", command.strip())
        if words.endswith("| json"):
            words, text = words.removesuffix("| json").strip(), False
        if words.startswith("show "):
            return self._shown(words, text)
        try:
            done = self._privileged and self._config.command(words)
        except NoSuchLineError as refused:
            raise CommandFailedError(INVALID_COMMAND, "invalid command", str(refused)) from None
        if not done:
            self._change(words)
        return {"output": ""} if text else {}

    def _shown(self, words: str, text: bool) -> Json:
        if words == "show configuration sessions" and not text:
            return self._config.sessions()
        if words == "show port-channel" and not text:
            return self._config.bundles()
        output = self._show.text(words)
        found = self._show.answer(words)
        if found is None and output is None:
            raise _invalid(words, 1)
        if found is None and not text:
            raise CommandFailedError(
                UNCONVERTED, "unconverted command", "Command cannot be used over the API at this time."
            )
        if found is not None and not text:
            return found
        if output is None:
            raise CommandFailedError(
                UNCONVERTED, "unconverted command", "Command has no text form on this system"
            )
        return {"output": output}

    def _change(self, words: str) -> None:
        if words == "enable":
            self._privileged = True
        elif words in ("configure", "configure terminal"):
            if not self._privileged:
                raise CommandFailedError(
                    INVALID_COMMAND,
                    "invalid command",
                    "Invalid input (privileged mode required) (at token 0: 'configure')",
                )
            self._mode, self._port = "config", None
        elif words == "end" or (words == "exit" and self._mode == "config"):
            self._mode, self._port = "exec", None
        elif words == "exit" and self._mode == "interface":
            self._mode, self._port = "config", None
        elif words.startswith("interface ") and self._mode != "exec":
            self._enter(words.removeprefix("interface "))
        elif words in ("shutdown", "no shutdown") and self._mode == "interface":
            self._world.set_admin(f"{self._device}/{self._port}", up=words == "no shutdown")
        elif words not in ("write memory", "copy running-config startup-config") or not self._privileged:
            raise _invalid(words, 0)

    def _enter(self, name: str) -> None:
        if name not in {port.name for port in self._world.ports(self._device)}:
            raise CommandFailedError(
                INVALID_COMMAND, "invalid command", f"Interface does not exist (at token 1: '{name}')"
            )
        self._mode, self._port = "interface", name


def run_all(session: EosSession, commands: list[str], text: bool) -> tuple[list[Json], dict[str, Any] | None]:
    """(results, JSON-RPC error or None). The first refused command ends it; what ran before has run."""
    results: list[Json] = []
    for number, command in enumerate(commands, 1):
        try:
            results.append(session.run(command, text))
        except CommandFailedError as failed:
            message = f"CLI command {number} of {len(commands)} '{command}' failed: {failed.label}"
            data = [*results, {"errors": [failed.details]}]
            return results, {"code": failed.code, "message": message, "data": data}
    return results, None


def _invalid(words: str, token: int) -> CommandFailedError:
    parts = words.split(" ")
    place = min(token, len(parts) - 1)
    return CommandFailedError(
        INVALID_COMMAND, "invalid command", f"Invalid input (at token {place}: '{parts[place]}')"
    )
