"""The README's own commands, cut out of it and run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from bringup.driver.registry import platform_names
from tests.e2e.runs import Nursery, Rack, only_run

README = Path(__file__).resolve().parents[2] / "README.md"


def block_with(words: str, language: str = "sh") -> str:
    """The one fenced block that holds `words`."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if words in block]
    return found


def test_the_ssh_keygen_block_accepts_the_checkpoint_and_refuses_an_altered_one(
    nursery: Nursery, tmp_path: Path
) -> None:
    done = nursery.run(["run", "this-host", "--headless", "--only", "management", "--runs", str(tmp_path)])
    assert done.status == 0, done.output
    environment = {**os.environ, "RUN": str(only_run(tmp_path))}
    script = block_with("ssh-keygen -Y verify")
    checked = subprocess.run(
        ["bash", "-euc", script], env=environment, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert 'Good "bringup-checkpoint@v1" signature for machine' in checked.stdout
    assert "an altered checkpoint is refused" in checked.stdout


def test_the_first_switch_is_brought_up_from_the_lab(nursery: Nursery, rack: Rack, tmp_path: Path) -> None:
    """Host ends are dark: the node is off. So the two ports that lead to it are UNKNOWN, and nothing else."""
    words = ["run", "first-switch", "-i", str(rack.folder / "inventory.toml"), "--headless"]
    done = nursery.run([*words, "--runs", str(tmp_path / "runs")])
    assert done.status == 3, done.output
    assert "optics/levels  4 of 6" in done.output


def test_the_sample_inventory_is_a_good_one(nursery: Nursery, tmp_path: Path) -> None:
    path = tmp_path / "rack.toml"
    path.write_text(block_with("[[device]]", "toml"), encoding="utf-8")
    done = nursery.run(["inventory", "check", str(path)])
    assert done.status == 0, done.output
    planned = nursery.run(["run", "first-switch", "-i", str(path), "--dry-run"])
    assert planned.status == 0, planned.output


def test_every_platform_is_in_the_table() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"| `{name}`" in text for name in platform_names())
