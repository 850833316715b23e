"""The tree against RFC 6962's own recursive definition, written out here, and against published roots."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.audit.merkle.proofs import (
    ProofError,
    RangeHashes,
    check_consistency,
    consistency_ranges,
    inclusion_ranges,
    root_by_inclusion,
)
from fleet.audit.merkle.tree import EMPTY, Frontier, UnalignedError, leaf_hash

# The leaves and roots that the implementations of certificate transparency are tested with.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

sizes = st.integers(1, 70)


def split(count: int) -> int:
    """The largest power of two below a number, by trying."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(data: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(data) == 1:
        return []
    k = split(len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962, section 2.1.2."""
    if m == len(data):
        return [] if whole else [mth(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole=whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], whole=False), mth(data[:k])]


def data_of(size: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(size)]


def tree_of(data: list[bytes]) -> Frontier:
    tree = Frontier()
    for each in data:
        tree.append(leaf_hash(each))
    return tree


def test_roots_are_the_published_ones() -> None:  # proves F2
    tree = Frontier()
    assert tree.root() == EMPTY == mth([])
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf_hash(leaf))
        assert tree.root().hex() == root
    assert mth(LEAVES).hex() == ROOTS[-1], "the second opinion is of the same opinion"


@given(sizes)
def test_the_tree_is_that_of_the_definition(size: int) -> None:
    data = data_of(size)
    tree = tree_of(data)
    assert tree.root() == mth(data)
    again = Frontier.from_bytes(size, tree.to_bytes())
    for each in data_of(3):
        again.append(leaf_hash(each))
    assert again.root() == mth([*data, *data_of(3)])


@given(sizes, st.data())
def test_whole_trees_put_in_give_the_same_root(size: int, draw: st.DataObject) -> None:
    data, tree = data_of(size), Frontier()
    while tree.size < size:
        heights = [
            height
            for height in range(7)
            if not tree.size % (1 << height) and tree.size + (1 << height) <= size
        ]
        height = draw.draw(st.sampled_from(heights))
        tree.append_tree(height, mth(data[tree.size : tree.size + (1 << height)]))
    assert tree.root() == mth(data)


@given(sizes, st.data())
def test_inclusion_is_proved_as_defined_and_nothing_else_is(size: int, draw: st.DataObject) -> None:
    # proves F2
    data = data_of(size)
    index = draw.draw(st.integers(0, size - 1))
    made = hashes(data, inclusion_ranges(index, size))
    assert made == path(index, data)
    leaf, root = leaf_hash(data[index]), mth(data)
    assert root_by_inclusion(index, size, leaf, made) == root
    assert root_by_inclusion(index, size, leaf_hash(b"another"), made) != root
    for at in range(len(made)):
        other = [*made[:at], bytes(32), *made[at + 1 :]]
        assert root_by_inclusion(index, size, leaf, other) != root
    for wrong in (made[1:], [*made, bytes(32)]):
        if len(wrong) != len(made):
            with pytest.raises(ProofError, match="hashes where"):
                root_by_inclusion(index, size, leaf, wrong)


@given(sizes, st.data())
def test_consistency_is_proved_as_defined_and_nothing_else_is(new: int, draw: st.DataObject) -> None:
    # proves F2
    old = draw.draw(st.integers(1, new))
    data = data_of(new)
    made = hashes(data, consistency_ranges(old, new))
    assert made == subproof(old, data, whole=True)
    before, after = mth(data[:old]), mth(data)
    check_consistency(old, before, new, after, made)
    forged = mth([b"another", *data[1:old]])
    with pytest.raises(ProofError):
        check_consistency(old, forged, new, after, made)
    with pytest.raises(ProofError):
        check_consistency(old, before, new, mth([b"another", *data[1:]]), made)
    for at in range(len(made)):
        with pytest.raises(ProofError):
            check_consistency(old, before, new, after, [*made[:at], bytes(32), *made[at + 1 :]])
    with pytest.raises(ProofError, match="hashes where"):
        check_consistency(old, before, new, after, [*made, bytes(32)])


def test_the_empty_log_is_the_beginning_of_every_log() -> None:
    check_consistency(0, EMPTY, 3, mth(data_of(3)), [])
    with pytest.raises(ProofError, match="empty"):
        check_consistency(0, bytes(32), 3, mth(data_of(3)), [])
    with pytest.raises(ProofError, match="cannot begin"):
        consistency_ranges(4, 3)


def test_what_belongs_to_no_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="not the edge"):
        Frontier(3, [bytes(32)])
    with pytest.raises(ValueError, match="not the edge"):
        Frontier.from_bytes(1, bytes(31))
    with pytest.raises(UnalignedError):
        tree_of(data_of(1)).append_tree(1, bytes(32))
    with pytest.raises(UnalignedError):
        Frontier().append_tree(-1, bytes(32))
    with pytest.raises(ProofError, match="no entry 4"):
        inclusion_ranges(3, 3)
    with pytest.raises(ProofError, match="ends before"):
        hashes(data_of(1), inclusion_ranges(0, 2))


def hashes(data: list[bytes], ranges: list[tuple[int, int]]) -> list[bytes]:
    wanted = RangeHashes(ranges)
    for index, each in enumerate(data):
        wanted.add(index, leaf_hash(each))
    return wanted.hashes()
