"""Signed notes, checkpoints and proofs as files: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fleet.audit.chain import START, Entry, EntryVersion
from fleet.audit.checkpoints.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from fleet.audit.checkpoints.note import (
    NoteError,
    NoteKey,
    NoteSigner,
    encoded,
    key_of_certificate,
    parse_key,
    parse_note,
)
from fleet.audit.checkpoints.places import FolderPlace, checkpoints_in, copy_missing, newest_signed, signed_in
from fleet.audit.checkpoints.proof import ConsistencyProof, InclusionProof, parse_proof
from fleet.audit.merkle.proofs import ProofError
from fleet.audit.merkle.tree import EMPTY, Frontier, leaf_hash

SIGNER = NoteSigner(
    "example.org/audit", Ed25519PrivateKey.from_private_bytes(b"a key of a test, 32 bytes long..")
)
OTHER = NoteSigner(
    "example.org/audit", Ed25519PrivateKey.from_private_bytes(b"another key of a test, 32 bytes.")
)

# The note that the documentation of Go's golang.org/x/mod/sumdb/note checks, by its author's key.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
    "nAM=\n"
)


def entry(number: int) -> Entry:
    return Entry(
        number, number, "user:A", "x:y:z", "s", "", {}, START, "10.0.0.1", bytes(16), EntryVersion.SALTED
    )


def signed(size: int) -> tuple[Checkpoint, bytes]:
    tree = Frontier()
    for number in range(1, size + 1):
        tree.append(entry(number).leaf)
    checkpoint = Checkpoint(size, tree.root(), SIGNER.name)
    return checkpoint, sign_checkpoint(checkpoint, SIGNER).note


def test_a_note_of_another_implementation_is_read_and_checked() -> None:
    key, note = parse_key(GO_KEY), parse_note(GO_NOTE.encode())
    assert key.text == GO_KEY
    assert note.signed_by([key])
    assert not note.signed_by([SIGNER.key])
    other = parse_note(GO_NOTE.replace("don't", "do").encode())
    with pytest.raises(NoteError, match="does not fit"):
        other.signed_by([key])


def test_a_checkpoint_says_what_was_signed() -> None:  # proves F2
    checkpoint, note = signed(3)
    assert note.decode().startswith("example.org/audit\n3\n")
    read = parse_checkpoint(note)
    assert read.checkpoint == checkpoint
    assert read.signed_by([SIGNER.key])
    assert not read.signed_by([OTHER.key])
    assert parse_key(SIGNER.key.text) == SIGNER.key
    assert sign_checkpoint(checkpoint, SIGNER).note == note, "the same each time"


def test_lines_of_others_under_a_checkpoint_change_nothing() -> None:
    note = signed(3)[1].decode()
    witnessed = note + OTHER.sign(note.partition("\n\n")[0] + "\n").partition("\n\n")[2]
    assert parse_checkpoint(witnessed.encode()).signed_by([SIGNER.key])
    more = sign_checkpoint(Checkpoint(0, EMPTY, "a/b"), SIGNER).note.decode().split("\n")
    extended = SIGNER.sign("\n".join([*more[:3], "an extension", ""]))
    assert parse_checkpoint(extended.encode()).checkpoint.size == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a/b\n3\n",
        "a/b\n3\n\n",
        "a/b\n3\n\n— x AAAAAAA=\n",
        "a/b\n03\n{root}\n\n— x AAAAAAA=\n",
        "a/b\n-1\n{root}\n\n— x AAAAAAA=\n",
        "a/b\n٣\n{root}\n\n— x AAAAAAA=\n",
        "a/b\n3\nAAAA\n\n— x AAAAAAA=\n",
        "a/b\n3\n{root}\n\n- x AAAAAAA=\n",
        "a/b\n3\n{root}\n\n— x+y AAAAAAA=\n",
        "a/b\n3\n{root}\n\n— x AAAA\n",
        "a/b\n3\n{root}\n\n— x AAAAAAB=\n",
        "a/b\n3\n{root}\n\n— x AAAAAAA=",
        "a\x1b[2Kb\n3\n{root}\n\n— x AAAAAAA=\n",
        "a/b\n9999999999999999999\n{root}\n\n— x AAAAAAA=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_in_a_sentence(text: str) -> None:  # proves F6
    root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    with pytest.raises(NoteError, match=r"\.$"):
        parse_checkpoint(text.format(root=root).encode())
    good = f"a/b\n3\n{root}\n\n— x AAAAAAA=\n"
    assert parse_checkpoint(good.encode()).checkpoint.root == EMPTY


@pytest.mark.parametrize("data", [b"\xff\n\n\xff\n", b"a" * 70_000])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        parse_note(data)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AAAA", GO_KEY.replace("c74f20a3", "c74f20a4"), f"x y{GO_KEY}"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_key(text)
    with pytest.raises(NoteError):
        key_of_certificate(text.encode(), "a/b")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:  # proves F6
    for parse in (parse_note, parse_checkpoint, parse_proof):
        try:
            parse(data)
        except NoteError:
            continue


def test_a_proof_shows_an_entry_and_nothing_of_any_other() -> None:  # proves F2
    _, note = signed(3)
    leaves = [entry(number).leaf for number in (1, 2, 3)]
    tree = Frontier()
    tree.append(leaves[0])
    tree.append(leaves[1])
    proof = InclusionProof(2, (tree.root(),), entry(3).leaf_data, parse_checkpoint(note))
    read = parse_proof(proof.text())
    assert read == proof
    assert isinstance(read, InclusionProof)
    found = read.check()
    assert (found["number"], found["actor"], found["address"]) == (3, "user:A", "10.0.0.1")
    assert "previous" not in found
    for wrong in (
        InclusionProof(1, (tree.root(),), proof.leaf_data, proof.signed),
        InclusionProof(2, (tree.root(),), entry(2).leaf_data, proof.signed),
        InclusionProof(2, (tree.root(),), b"something", proof.signed),
        InclusionProof(3, (tree.root(),), proof.leaf_data, proof.signed),
    ):
        with pytest.raises(ProofError):
            wrong.check()


def test_a_leaf_that_is_no_entry_proves_nothing() -> None:
    data = b"anything"
    tree = Frontier()
    tree.append(leaf_hash(data))
    note = sign_checkpoint(Checkpoint(1, tree.root(), SIGNER.name), SIGNER)
    with pytest.raises(ProofError, match="no entry of an audit log"):
        InclusionProof(0, (), data, note).check()


def test_a_log_that_only_grew_is_shown_to_have() -> None:  # proves F2
    old, new = signed(2), signed(3)
    proof = ConsistencyProof(2, (entry(3).leaf,), parse_checkpoint(new[1]))
    read = parse_proof(proof.text())
    assert isinstance(read, ConsistencyProof)
    assert read == proof
    read.check(old[0])
    for wrong in (
        Checkpoint(2, bytes(32), SIGNER.name),
        Checkpoint(1, old[0].root, SIGNER.name),
        Checkpoint(2, old[0].root, "another/log"),
    ):
        with pytest.raises(ProofError):
            read.check(wrong)


@pytest.mark.parametrize(
    "head",
    [
        "old x",
        "old 1\nAAAA",
        "old 1" + "\nAAAA" * 65,
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA",
        "c2sp.org/tlog-proof@v1\nextra AA==\nindex 01",
        "c2sp.org/tlog-proof@v2\nextra AA==\nindex 1",
        "ä",
    ],
)
def test_what_is_no_proof_is_refused(head: str) -> None:  # proves F6
    with pytest.raises(NoteError, match=r"\.$"):
        parse_proof(f"{head}\n\n".encode() + signed(1)[1])
    with pytest.raises(NoteError):
        parse_proof(b"old 1")
    with pytest.raises(NoteError):
        parse_proof(b"old 1" * 300_000)


def test_a_folder_keeps_each_checkpoint_and_replaces_none(tmp_path: Path) -> None:
    first, second = FolderPlace(tmp_path / "first"), FolderPlace(tmp_path / "second")
    assert first.names() == ()
    for size in (1, 2):
        checkpoint, note = signed(size)
        first.put(checkpoint.name, note)
        first.put(checkpoint.name, b"other")
    forked = sign_checkpoint(Checkpoint(2, bytes(32), SIGNER.name), SIGNER)
    first.put(forked.checkpoint.name, forked.note)
    foreign = sign_checkpoint(Checkpoint(9, bytes(32), OTHER.name), OTHER)
    first.put(foreign.checkpoint.name, foreign.note)
    said = encoded(SIGNER.key.id + bytes(64))
    lying = f"{Checkpoint(8, bytes(32), SIGNER.name).text()}\n— {SIGNER.name} {said}\n"
    first.put("8.checkpoint", lying.encode())
    first.put("7.checkpoint", b"nonsense")
    (tmp_path / "first" / "notes.txt").write_text("not one of them")
    assert [each.checkpoint.size for each in checkpoints_in(first)] == [1, 2, 2, 8, 9]
    assert [each.checkpoint.size for each in signed_in(first, [SIGNER.key])] == [1, 2, 2]
    newest = newest_signed(first, [SIGNER.key])
    assert newest is not None
    assert newest.checkpoint.size == 2
    assert newest_signed(first, [NoteKey("nobody", bytes(32))]) is None
    copy_missing(first, second)
    copy_missing(first, second)
    assert second.names() == first.names()
    assert second.read(checkpoint.name) == note
