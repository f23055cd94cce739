"""The simulated technician: answers to the questions of a profile's playbook, and a key that says what it is.

The answers are those of somebody for whom all is well; nothing is repaired by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import tomli_w

from bringup.lab.inventory import write_private
from bringup.lab.keys import make_ssh_key, ssh_public

LABEL = "simulated"
"""The comment of the key and the name of whoever answers: a real inventory refuses it (contracts 7)."""

WALK_AND_SIGN = (("sign-off/walk", "yes"), ("sign-off/attest", "yes"))
ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    dict.fromkeys(
        ("mini", "hgx-h100", "first-light", "fabric-800g", "nvl72-fabric", "oci-optical"), WALK_AND_SIGN
    )
)
"""Profile -> the questions of its playbook and what is said to them."""


def write_technician(folder: Path, profile: str) -> None:
    """Write answers.toml and approve-key (with approve-key.pub) under `folder`."""
    answers = [{"step": step, "value": value, "by": LABEL} for step, value in ANSWERS.get(profile, ())]
    text = tomli_w.dumps({"schema": "bringup.answers/1", "answer": answers})
    (folder / "answers.toml").write_text(text, encoding="utf-8")
    key = make_ssh_key(LABEL)
    write_private(folder / "approve-key", key)
    (folder / "approve-key.pub").write_text(ssh_public(key, LABEL) + "\n", encoding="utf-8")
