"""Begins a new run: its folder first, then the runner, in the foreground or apart."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bringup.cli._prepare import Inputs, Request, new_job

if TYPE_CHECKING:
    from bringup.cli._webhook import Hook
    from bringup.journal.folder import RunFolder
    from bringup.journal.sign import Signer


def begin(request: Request, inputs: Inputs, folder: RunFolder | None = None) -> int:
    """Run it; returns the exit code. `folder` when it was made, and announced, before: a demo's lab lives
    there.

    Raises:
        InputError: a secret can't be had; no device was touched.
        JournalError: the record can't be kept.
    """
    from bringup.cli._apart import run_apart
    from bringup.cli._foreground import run_foreground
    from bringup.cli._prepare import wire
    from bringup.cli._show import make_show
    from bringup.engine.socket import own_folder, socket_folder
    from bringup.journal.folder import RunFolder

    # Whatever may be missing is missed before there is a folder.
    hook = asked_hook(request)
    signer = checkpoint_signer(request.key)
    own_folder(socket_folder())
    gid = sharing_group(request.share_group)
    wires = wire(inputs.inventory, inputs.inventory_path.parent)
    if folder is None:
        folder = RunFolder.create(request.runs)
        announce(request.form, folder)
    if gid is not None:
        open_to_group(folder, gid)
    if request.console:
        inputs = msgspec.structs.replace(inputs, approver=None)  # the person approves, one by one
    job, wiring = new_job(request, inputs, folder, wires)
    show = make_show(request.form, folder, inputs.inventory)
    if request.headless:
        return run_foreground(job, wiring, signer, show, hook=hook)
    if not request.console:
        return run_apart(job, wiring, signer, show, hook=hook)
    from bringup.cli._console import console_apart

    follow = partial(console_apart, key=request.approve_with, plain=request.plain)
    return run_apart(job, wiring, signer, show, follow=follow, hook=hook)


def asked_hook(request: Request) -> Hook | None:
    """The webhook of the request, checked.

    Raises:
        InputError: it is neither https nor on this machine.
    """
    if not request.webhook:
        return None
    from bringup.cli._webhook import checked_hook

    return checked_hook(request.webhook)


def sharing_group(name: str | None) -> int | None:
    """The number of the group that the run is shared with; its place for a socket is made.

    Raises:
        InputError: this machine has no such group, or this user is none of it.
    """
    from bringup.engine.peer import group_id
    from bringup.engine.socket import group_place

    if name is None:
        return None
    gid = group_id(name)
    group_place(gid)
    return gid


def open_to_group(folder: RunFolder, gid: int) -> None:
    """Let the group read the run, and nobody else: what is written from now on has its group by the folders'
    bit, and its rights by the mask.
    """
    os.umask(0o027)
    for place in (folder.path, *(each for each in folder.path.iterdir() if each.is_dir())):
        if place != folder.lab:  # its keys and secrets are nobody's but the owner's
            os.chown(place, -1, gid)
            place.chmod(0o2750)


def announce(form: str, folder: RunFolder) -> None:
    """The first line of standard output in text; under json and jsonl the data says it."""
    print(f"run: {folder.path}", file=sys.stdout if form == "text" else sys.stderr, flush=True)


def checkpoint_signer(key: Path | None) -> Signer:
    """One's own key, or the machine's, made and enrolled on first use."""
    from bringup.journal.agent import signer_for
    from bringup.journal.machine import machine_signer

    return signer_for(key) if key is not None else machine_signer()
