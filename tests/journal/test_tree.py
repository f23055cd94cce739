"""The tree against a second implementation, written here from the text of RFC 6962, section 2.1."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.journal.tree import (
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from bringup.journal.verify.merkle import Leaves

lists_of_lines = st.lists(st.binary(max_size=8), max_size=70)


def mth(lines: list[bytes]) -> bytes:
    """MTH of the RFC, word for word."""
    n = len(lines)
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return hashlib.sha256(b"\x01" + mth(lines[:k]) + mth(lines[k:])).digest()


def numbered(count: int) -> list[bytes]:
    return [f"line {number}".encode() for number in range(count)]


@given(lists_of_lines)
def test_the_growing_tree_has_the_root_of_the_rfc(lines: list[bytes]) -> None:
    tree = Tree()
    for line in lines:
        tree.add(line)
    assert tree.root() == mth(lines)
    assert tree.size == len(lines)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 511, 512, 513, 1000])
def test_the_verifiers_tree_has_the_root_of_the_rfc_at_every_size(count: int) -> None:
    lines = numbered(count)
    leaves = Leaves()
    for start in range(0, count, 100):
        leaves.add(lines[start : start + 100])
    for size in {0, 1, count // 3, count // 2, max(0, count - 1), count}:
        assert leaves.root(min(size, count)) == mth(lines[:size])
    with pytest.raises(ValueError, match=str(count + 1)):
        leaves.root(count + 1)
    leaves.close()


def test_the_empty_tree_and_one_leaf_have_the_known_roots() -> None:
    assert Tree().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    tree = Tree()
    tree.add(b"")
    assert tree.root().hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_a_proof_of_inclusion_holds_for_its_leaf_alone(lines: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    hashes = [leaf_hash(line) for line in lines]
    proof, root = inclusion_proof(hashes, index), mth(lines)
    assert check_inclusion(hashes[index], index, len(lines), proof, root)
    assert not check_inclusion(leaf_hash(b"another line"), index, len(lines), proof, root)
    assert not check_inclusion(hashes[index], index, len(lines), [*proof, root], root)
    assert not check_inclusion(hashes[index], len(lines), len(lines), proof, root)
    if proof:
        assert not check_inclusion(hashes[index], index, len(lines), proof[:-1], root)


def test_every_older_tree_is_proven_a_prefix_and_no_other_is() -> None:
    hashes = [leaf_hash(line) for line in numbered(23)]
    root = mth(numbered(23))
    for size in range(1, 24):
        proof = consistency_proof(hashes, size)
        old = mth(numbered(size))
        assert check_consistency(size, old, 23, root, proof)
        assert not check_consistency(size, leaf_hash(b"forged"), 23, root, proof)
        assert not check_consistency(size, old, 23, leaf_hash(b"forged"), proof)
        if size < 23:
            assert not check_consistency(size, old, 23, root, proof[:-1])


def test_proofs_outside_the_tree_are_refused() -> None:
    hashes = [leaf_hash(line) for line in numbered(3)]
    with pytest.raises(ValueError, match="3"):
        inclusion_proof(hashes, 3)
    with pytest.raises(ValueError, match="4"):
        consistency_proof(hashes, 4)
