"""From the words of a command to a job: everything is read and validated before a device is touched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bringup.model.errors import InputError

if TYPE_CHECKING:
    from bringup.engine.runner import Job
    from bringup.journal.folder import RunFolder
    from bringup.journal.sign import Signer
    from bringup.model.answer import Answers
    from bringup.model.catalogue import Catalogue
    from bringup.model.envelope import Limit
    from bringup.model.inventory import Device, Inventory
    from bringup.model.plan import Plan
    from bringup.model.playbook import Playbook
    from bringup.model.state import RunState
    from bringup.transport.base import Links
    from bringup.transport.links import Wiring
    from bringup.transport.snmp_trap import TrapListener

    Wires = tuple[Callable[[Device], Links], Wiring]

INJECTIONS = ("bitflip", "nan", "slow")
SIMULATED = "simulated"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What `run`, `demo` and `resume` have in common, as the person said it."""

    playbook: str
    inventory: str | None = None
    rack: str | None = None
    runs: Path = Path("runs")
    headless: bool = True
    form: str = "text"
    answers: Path | None = None
    approve_with: Path | None = None
    key: Path | None = None
    only: tuple[str, ...] = ()
    read_only: bool = False
    share: bool = False
    share_group: str | None = None
    speed: float | None = None
    console: bool = False
    plain: bool = False
    webhook: str | None = None


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that people wrote, read and validated."""

    playbook: Playbook
    inventory: Inventory
    inventory_path: Path
    limits: tuple[Limit, ...]
    plan: Plan
    catalogue: Catalogue
    answers: Answers
    approver: Signer | None
    speed: float
    inject: str | None
    written: dict[str, Path] = {}


def read_inputs(request: Request, environment: Mapping[str, str] | None = None) -> Inputs:
    """Read every file that the request names.

    Raises:
        InputError: anything is wrong with any of them.
    """
    from bringup.check.catalogue import load_catalogue
    from bringup.driver.registry import platform_names
    from bringup.input import find_file, load_envelopes, load_inventory, load_playbook
    from bringup.input.inventory import refuse_found
    from bringup.plan import make_plan

    catalogue = load_catalogue()
    playbook_path = find_file("playbook", request.playbook)
    playbook = load_playbook(playbook_path, catalogue=catalogue)
    inventory_path = find_file("inventory", request.inventory or request.playbook)
    inventory = load_inventory(inventory_path, platforms=platform_names())
    refuse_found(inventory, inventory_path)
    limits = load_envelopes(playbook.envelope, relative_to=playbook_path.parent)
    plan = make_plan(playbook, inventory, limits, catalogue, only=request.only, rack=request.rack)
    return Inputs(
        playbook=playbook,
        inventory=inventory,
        inventory_path=inventory_path,
        limits=limits,
        plan=plan,
        catalogue=catalogue,
        answers=read_answers(request.answers, playbook, () if request.only or request.rack else plan.planned),
        approver=read_approver(request.approve_with, inventory),
        speed=lab_speed(request.speed, inventory),
        inject=injection(inventory, os.environ if environment is None else environment),
        written=files_written(playbook_path, playbook.envelope, inventory_path),
    )


def read_answers(
    path: Path | None, playbook: Playbook, planned: Collection[tuple[str, str, str]] = ()
) -> Answers:
    """The answers file, checked against the playbook's steps, and the plan where that is whole; or none."""
    from bringup.input import load_answers
    from bringup.model.answer import Answers

    return Answers() if path is None else load_answers(path, playbook=playbook, planned=planned)


def read_approver(path: Path | None, inventory: Inventory) -> Signer | None:
    """The key that approves. The demo's throwaway key is good for a lab only."""
    from bringup.journal.agent import signer_for

    if path is None:
        return None
    signer = signer_for(path)
    if SIMULATED in signer.identity.split() and inventory.lab is None:
        raise InputError(
            f"{path} is a demo's key, labelled {SIMULATED!r}: it approves nothing on real devices",
            "Use your own SSH key.",
        )
    return signer


def lab_speed(asked: float | None, inventory: Inventory) -> float:
    """How fast the world runs: as the lab's inventory says; a real one has no other speed than 1."""
    if inventory.lab is None:
        if asked not in (None, 1.0):
            raise InputError("--speed is for simulated racks: this inventory is no lab's", "Leave it out.")
        return 1.0
    if asked is not None and asked != inventory.lab.speed:
        raise InputError(
            f"this lab runs at speed {inventory.lab.speed:g}, not {asked:g}", "Say it to `lab up --speed`."
        )
    return inventory.lab.speed


def injection(inventory: Inventory, environment: Mapping[str, str]) -> str | None:
    """The burn-in agent's test hook; only for this machine itself and for labs."""
    asked = environment.get("BRINGUP_INJECT")
    if not asked:
        return None
    if asked not in INJECTIONS:
        raise InputError(f"BRINGUP_INJECT={asked} is none of {', '.join(INJECTIONS)}")
    if inventory.lab is None and not inventory.this_host:
        raise InputError("BRINGUP_INJECT is for tests: this inventory is of real devices", "Unset it.")
    return asked


def new_job(request: Request, inputs: Inputs, folder: RunFolder, wires: Wires) -> tuple[Job, Wiring]:
    """The job of a new run: its plan is kept in the folder."""
    said: dict[str, Any] = {
        "run": folder.path.name,
        "path": str(folder.path),
        "playbook": inputs.playbook.name,
        "inventory": str(inputs.inventory_path.resolve()),
        "rack": request.rack,
        "simulated": inputs.inventory.lab is not None,
        "speed": inputs.speed,
        "only": list(request.only),
        "read_only": request.read_only,
        "inject": inputs.inject,
        "share": request.share,
        "share_group": request.share_group,
        "accept": inputs.playbook.accept,
    }
    digest = folder.write_run_json(said)
    return _job(request, inputs, folder, (said, digest), keep_plan(inputs, folder), wires)


def kept_job(
    request: Request,
    inputs: Inputs,
    folder: RunFolder,
    state: RunState,
    retest: tuple[tuple[str, str, str], ...],
) -> tuple[Job, Wiring]:
    """The job of a run that goes on. What its record does not say yet, because it was killed at its very
    beginning, is said now, from run.json and plan/.
    """
    raw = folder.run_json.read_bytes()
    begun = (msgspec.json.decode(raw), hashlib.sha256(raw).hexdigest())
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.plan.iterdir())
    }
    wires = wire(inputs.inventory, inputs.inventory_path.parent)
    job, wiring = _job(request, inputs, folder, begun, dict(state.plan_files) or files, wires)
    return msgspec.structs.replace(job, state=state, retest=retest), wiring


def _job(
    request: Request,
    inputs: Inputs,
    folder: RunFolder,
    begun: tuple[dict[str, Any], str],
    files: dict[str, str],
    wires: Wires,
) -> tuple[Job, Wiring]:
    from bringup.engine.runner import Job, started_event

    said, digest = begun
    links, wiring = wires
    job = Job(
        folder=folder,
        plan=inputs.plan,
        inventory=inputs.inventory,
        catalogue=inputs.catalogue,
        links=links,
        started=started_event(said, digest),
        plan_files=files,
        contract=inputs.playbook.contract,
        headless=request.headless,
        read_only=bool(said["read_only"]),
        answers=inputs.answers,
        approver=inputs.approver,
        simulated=inputs.inventory.lab is not None,
        speed=inputs.speed,
        traps=trap_listener(inputs.inventory, wiring),
        demo=folder.lab.is_dir(),
    )
    return job, wiring


def wire(inventory: Inventory, folder: Path) -> Wires:
    """The way to every device: secrets resolved now, connections opened when needed."""
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    wiring = Wiring(resolve(inventory.device, folder), folder)
    return partial(_links, wiring, inventory.this_host), wiring


def trap_listener(inventory: Inventory, wiring: Wiring) -> TrapListener | None:
    """Where the inventory says that traps are received; it listens once the run has begun."""
    if inventory.traps is None:
        return None
    from bringup.transport.snmp_trap import TrapListener

    address, _, port = inventory.traps.rpartition(":")
    return TrapListener(inventory.device, wiring.secrets, address=address.strip("[]"), port=int(port))


def _links(wiring: Wiring, this_machine: bool, device: Device) -> Links:
    return wiring.links(device, this_machine=this_machine)


PLAYBOOK, INVENTORY, LIMITS = "playbook.json", "inventory.json", "limits.json"


def keep_plan(inputs: Inputs, folder: RunFolder) -> dict[str, str]:
    """Keep under plan/, digest by name, what was validated, which a resumed run uses whatever became of the
    files, and the files themselves as they were written (`written.…`).
    """
    texts = {
        **{name: path.read_bytes() for name, path in inputs.written.items()},
        PLAYBOOK: inputs.playbook.model_dump_json(by_alias=True, indent=1).encode(),
        INVENTORY: inputs.inventory.model_dump_json(by_alias=True, indent=1).encode(),
        LIMITS: b"[%s]" % b",\n".join(_json(limit) for limit in inputs.limits),
    }
    return {name: folder.keep_plan(name, text) for name, text in texts.items()}


def _json(limit: Limit) -> bytes:
    return limit.model_dump_json(exclude_none=True).encode()


def files_written(playbook: Path, envelopes: Sequence[str], inventory: Path) -> dict[str, Path]:
    """The files that people wrote, by the names that their copies get beside what they were read as."""
    from bringup.input import find_file, inventory_files

    kinds = [("playbook", playbook), *(("inventory", path) for path in inventory_files(inventory))]
    kinds += [("envelope", find_file("envelope", name, playbook.parent)) for name in envelopes]
    found: dict[str, Path] = {}
    for kind, path in kinds:
        name, number = f"written.{kind}.{path.name}", 2
        while name in found:  # two folders may each have a `cables.csv`
            name, number = f"written.{kind}.{number}.{path.name}", number + 1
        found[name] = path
    return found


def kept_inputs(folder: RunFolder, request: Request) -> Inputs:
    """The inputs of a run that was begun before, from its own plan/.

    Raises:
        InputError: they are not there, or no longer what they were.
    """
    from pydantic import TypeAdapter, ValidationError

    from bringup.check.catalogue import load_catalogue
    from bringup.model.envelope import Limit
    from bringup.model.inventory import Inventory
    from bringup.model.playbook import Playbook
    from bringup.plan import make_plan

    try:
        playbook = Playbook.model_validate_json((folder.plan / PLAYBOOK).read_bytes())
        inventory = Inventory.model_validate_json((folder.plan / INVENTORY).read_bytes())
        limits = TypeAdapter(tuple[Limit, ...]).validate_json((folder.plan / LIMITS).read_bytes())
        said = msgspec.json.decode(folder.run_json.read_bytes())
    except (OSError, ValidationError, msgspec.DecodeError) as error:
        raise InputError(
            f"the plan kept in {folder.path} can't be read: {error}", "`bringup log verify` says more."
        ) from error
    catalogue = load_catalogue()
    only = tuple(said.get("only", ()))
    return Inputs(
        playbook=playbook,
        inventory=inventory,
        inventory_path=Path(said["inventory"]),
        limits=limits,
        plan=make_plan(playbook, inventory, limits, catalogue, only=only, rack=said.get("rack")),
        catalogue=catalogue,
        answers=read_answers(request.answers, playbook),
        approver=read_approver(request.approve_with, inventory),
        speed=lab_speed(None, inventory),
        inject=None,
    )
