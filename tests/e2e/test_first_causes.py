"""Some thirty faults of fifteen kinds at once on the links of one rack: each link's first cause is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.blame_trial import KINDS, blamed, draw, healthy, playbook, table
from tests.e2e.runs import Nursery, Rack

PROFILE, SPEED = "hgx-h100", 100
FAULTY_LINKS = 22
"""Beside the eight of a host that is off; two are left sound."""
LEAST_SHARE = 0.98


def test_each_of_many_faulted_links_has_its_first_cause_its_remedy_and_both_its_ends_named(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    faults = draw(healthy(PROFILE), 0, FAULTY_LINKS)
    assert {each.kind for each in faults} >= set(KINDS)
    texts = [text for each in faults for text in each.texts]
    rack = make_rack(*texts, profile=PROFILE, speed=SPEED)
    book = tmp_path / "links.toml"
    book.write_text(playbook(PROFILE))
    words = rack.run_words("--format", "json", "--runs", str(tmp_path / "runs"))
    words[words.index(PROFILE)] = str(book)
    done = nursery.run(words)
    assert done.status == 1, done.output[-2000:]
    said = json.loads(done.output[done.output.index("{") :])
    blame = blamed(said, faults, healthy(PROFILE))
    assert len(blame.told) == FAULTY_LINKS + 8
    assert blame.share >= LEAST_SHARE, table(blame)
    assert not blame.called_good, table(blame)
    assert not blame.accused, table(blame)
    for cause in said["causes"]:
        for ladder in cause["ladders"]:
            assert ladder["stops_at"] in [rung["name"] for rung in ladder["rungs"]]
            assert ladder["next_test"]
