"""No recording of the corpus is left out in silence: a test reads each, or it stands here with the reason."""

from __future__ import annotations

import json
from pathlib import Path

from tests.decode import test_corpus_network, test_corpus_platform, test_corpus_shell, test_corpus_tools
from tests.decode.corpus import cases
from tests.decode.corpus_map_gpu import cases as accelerator_cases
from tests.decode.corpus_map_tools import CONFIGURATION

BESIDE = frozenset({"expected.json", "SOURCE.md"})
NO_FORMAT = frozenset({"gpu/amd_smi_json", "gpu/nccom_test", "gpu/neuron", "gpu/rocm_smi_json", "gpu/rvs"})
"""Accelerators of other makers, which no platform reads yet: of the network families there is none."""

BY_NAME = frozenset({"gpu/ib_flap_syslog/1dev_6flap_syslog"})
"""Read in a test of its own, in test_corpus_platform."""


def test_every_file_of_the_corpus_is_read_by_a_test(corpus: Path) -> None:
    parameters = [
        *test_corpus_network.ours(),
        *test_corpus_platform.ours(),
        *test_corpus_shell.ours(),
        *test_corpus_tools.ours(),
        *cases("module-eeprom"),
    ]
    read = {parameter.values[0].name for parameter in parameters}  # type: ignore[attr-defined]
    read |= {f"gpu/{parameter.values[0].name}" for parameter in accelerator_cases()}  # type: ignore[attr-defined]
    listed = {
        f"{expected.parent.relative_to(corpus).as_posix()}/{name}"
        for expected in corpus.rglob("expected.json")
        for name in json.loads(expected.read_text())["files"]
    }
    left = {name for name in listed - read if name.rsplit("/", 1)[0] not in NO_FORMAT}
    assert {name for name in left if not name.endswith(f"/{CONFIGURATION}")} == BY_NAME
    assert len(listed) > 150


def test_every_file_that_lies_in_the_corpus_is_listed_there(corpus: Path) -> None:
    for expected in corpus.rglob("expected.json"):
        listed = json.loads(expected.read_text())["files"].keys()
        assert {path.name for path in expected.parent.iterdir()} - BESIDE == set(listed), expected
