"""What works on this machine: terminal, keys, tools, extras, places; and what to install."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import click
import msgspec

from bringup.cli._options import inventory_option
from bringup.cli.main import printable
from bringup.view.examination import Examination, Finding

TOOLS = (
    ("ssh-keygen", "openssh-client", "verifies signatures without this program"),
    ("ethtool", "ethtool", "reads NICs and modules of this host"),
    ("lldpcli", "lldpd", "reads LLDP neighbours of this host"),
    ("ip", "iproute2", "reads network interfaces of this host"),
)
LIBRARIES = (
    ("asyncssh", "SSH"),
    ("pysnmp", "the simulated rack's PDU"),
    ("grpc", "gNMI"),
    ("aiohttp", "Redfish, eAPI"),
)


@click.command(name="doctor")
@click.option("--runs", type=click.Path(path_type=Path), default=Path("runs"), help="Where runs are kept.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@inventory_option
def doctor(runs: Path, form: str, inventory: str | None) -> int:
    """Look at this machine, and with -i whether the devices' services take a connection.

    It logs in nowhere and needs no secret. Exit code 3 when something needed is missing.

    \b
    Examples:
      bringup doctor
      bringup doctor -i rack.toml --format json
    """
    findings = [*here(runs), *(reachability(inventory) if inventory is not None else [])]
    if form == "json":
        click.echo(json.dumps([msgspec.to_builtins(finding) for finding in findings]))
    else:
        for finding in findings:
            mark = {True: "ok     ", False: "MISSING", None: "absent "}[finding.good]
            click.echo(printable(f"{mark}  {finding.what}: {finding.says}"))
            if finding.advice and finding.good is not True:
                click.echo(printable(f"         {finding.advice}"))
    return 3 if any(finding.good is False for finding in findings) else 0


def here(runs: Path) -> list[Finding]:
    """What this machine has, in the order in which it is told."""
    return [python(), terminal(), *tools(), *libraries(), place(runs), config(), signing_key(), agent()]


def examine(runs: Path) -> Examination:
    """The same for the console: what is missing first, then what is absent."""
    order = {False: 0, None: 1, True: 2}
    return Examination(tuple(sorted(here(runs), key=lambda each: order[each.good])))


def python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), version, "Python 3.11 to 3.14 is needed.")


def terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", None, "standard output is no terminal: plain lines are printed")
    size = os.get_terminal_size(sys.stdout.fileno())
    roomy = size.columns >= 80 and size.lines >= 24
    return Finding(
        "terminal", True if roomy else None, f"{size.columns}x{size.lines}", "80x24 or more is comfortable."
    )


def tools() -> list[Finding]:
    return [
        Finding(name, True if path else None, path or f"not installed ({use})", f"Debian package: {package}.")
        for name, package, use in TOOLS
        for path in [shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")]
    ]


def libraries() -> list[Finding]:
    """Found, not imported: importing all of them takes longer than the rest of this command."""
    from importlib.util import find_spec

    found = []
    for name, use in LIBRARIES:
        try:
            there = find_spec(name) is not None
        except ModuleNotFoundError:
            there = False
        found.append(
            Finding(name, there, f"{use}{'' if there else ': not installed'}", "Install bringup again.")
        )
    return found


def place(runs: Path) -> Finding:
    """Whether a run could be kept there: room, and locks that work."""
    from bringup.journal.lease import refuse_without_locks
    from bringup.model.errors import BringupError

    nearest = next(folder for folder in (runs.resolve(), *runs.resolve().parents) if folder.is_dir())
    free_gib = shutil.disk_usage(nearest).free / 2**30
    if not os.access(nearest, os.W_OK):
        return Finding("runs", False, f"{nearest} can't be written", "Name another place: --runs DIR.")
    try:
        refuse_without_locks(nearest)
    except BringupError as error:
        return Finding("runs", False, error.message, error.advice)
    except OSError as error:
        words = f"{nearest} can't be written: {error.strerror}"
        return Finding("runs", False, words, "Name another place: --runs DIR.")
    return Finding("runs", free_gib > 0.1, f"{nearest}: {free_gib:.1f} GiB free", "Free some space.")


def config() -> Finding:
    from bringup.journal.machine import config_folder

    folder = config_folder()
    hosts = folder / "known_hosts"
    count = len(hosts.read_text(errors="replace").splitlines()) if hosts.is_file() else 0
    return Finding(
        "known hosts", True if count else None, f"{count} in {hosts}", "`bringup trust DEVICE -i INV`."
    )


def signing_key() -> Finding:
    from bringup.journal.machine import config_folder
    from bringup.journal.sign import KeySigner, fingerprint
    from bringup.model.errors import BringupError

    path = config_folder() / "machine_key"
    if not path.exists():
        return Finding("machine key", None, f"{path} will be made by the first run")
    try:
        return Finding("machine key", True, fingerprint(KeySigner.from_file(path).public_key))
    except (OSError, BringupError) as error:
        return Finding(
            "machine key", False, f"{path}: {error}", "Restore it, or remove it: a new one is made."
        )


def agent() -> Finding:
    there = Path(os.environ.get("SSH_AUTH_SOCK", "")).is_socket()
    return Finding(
        "ssh agent", True if there else None, "reachable" if there else "none: keys come from files"
    )


def reachability(name: str) -> list[Finding]:
    """What takes a connection, and what not; SNMP has none to take.

    Raises:
        InputError: the inventory can't be read.
    """
    from bringup.cli._reach import try_all
    from bringup.driver.registry import platform_names
    from bringup.input import find_file, load_inventory

    inventory = load_inventory(find_file("inventory", name), platforms=platform_names())
    return [
        Finding(
            f"{tried.device} {tried.service}",
            tried.error is None,
            f"takes connections at port {tried.port}" if tried.error is None else tried.error.message,
            tried.error.advice if tried.error is not None else "",
        )
        for tried in try_all(inventory)
    ]
