"""What an inventory may not say of accelerators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.input import load_inventory
from bringup.model.errors import InputError

HEAD = 'schema = "bringup.inventory/1"\n'


def written(path: Path, *expects: str) -> Path:
    devices = "".join(
        f'[[device]]\nname = "node-{number}"\nrole = "node"\nplatform = "linux"\naddress = "192.0.2.1"\n'
        f'expect = {{ {expect} }}\nssh = {{ user = "admin" }}\n'
        for number, expect in enumerate(expects)
    )
    file = path / "rack.toml"
    file.write_text(HEAD + devices)
    return file


def problems(file: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load_inventory(file)
    return caught.value.problems


def test_as_many_serials_as_gpus_are_good(tmp_path: Path) -> None:
    loaded = load_inventory(written(tmp_path, 'gpus = 2, gpu_serials = ["1", "2"]', "gpus = 8"))
    assert loaded.devices["node-0"].expect.gpu_serials == ("1", "2")


@pytest.mark.parametrize("expect", ['gpus = 3, gpu_serials = ["1", "2"]', 'gpu_serials = ["1", "2"]'])
def test_serials_are_one_for_each_gpu(tmp_path: Path, expect: str) -> None:
    (problem,) = problems(written(tmp_path, expect))
    assert "2 serial numbers for" in problem
    assert "rack.toml:7:" in problem


def test_a_serial_stands_once_in_the_whole_inventory(tmp_path: Path) -> None:
    (problem,) = problems(
        written(tmp_path, 'gpus = 2, gpu_serials = ["1", "2"]', 'gpus = 2, gpu_serials = ["3", "1"]')
    )
    assert "'1' stands in line 7 already" in problem


@pytest.mark.parametrize("number", ["0", "-1", '"8"', "257"])
def test_a_number_of_gpus_is_one(tmp_path: Path, number: str) -> None:
    assert problems(written(tmp_path, f"gpus = {number}"))
