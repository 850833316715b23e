"""A second implementation, written from the page alone, agrees with ours on vectors and on new footage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protocol.footage.sealing.opening import open_parts
from tests.harness.alterations.trial import Trial, small
from tests.support.media.recordings import make_identity, record
from tests.support.second import opener as second_opener
from tests.support.second.reader import SecondReader
from tests.support.vectors.vectors import FOLDER, read_vector, vector_names

READER = SecondReader((Path(__file__).parents[4] / "docs" / "footage-format.cddl").read_text())
VALID = [name for name in vector_names() if read_vector(name).finding is None]

pytestmark = [
    # Of what forged certificates hold.
    pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning"),
    pytest.mark.slow,
]


@pytest.mark.parametrize("name", vector_names())
def test_it_comes_to_the_verdict_of_every_vector(name: str) -> None:
    vector = read_vector(name)
    assert READER.verdict(vector.files, vector.authority) == vector.expect


@pytest.mark.parametrize("name", VALID)
def test_it_finds_the_gaps_of_every_vector(name: str) -> None:
    vector = read_vector(name)
    if vector.expect != "not a recording":
        found = READER.read(vector.files, vector.authority).gaps
        assert sorted(map(str, found)) == sorted(map(str, vector.gaps))


def test_it_shares_no_code_with_ours() -> None:
    for module in ("records", "reader", "gaps", "opener"):
        text = (Path(__file__).parents[3] / "support" / "second" / f"{module}.py").read_text()
        assert "import protocol" not in text
        assert "from protocol" not in text


def test_it_decrypts_what_the_vectors_say() -> None:
    identity = json.loads((FOLDER / "identity.json").read_text())
    vector = read_vector("intact")
    recording = READER.read(vector.files, vector.authority)
    opened = second_opener.parts(recording, bytes.fromhex(identity["recipient_private"]))
    names = ("seq", "track", "codec", "plaintext")
    rows = [dict(zip(names, (*part[:3], part[3].hex()), strict=True)) for part in opened]
    assert rows == identity["parts_of_intact"]


@pytest.mark.parametrize("name", VALID)
def test_it_decrypts_a_vector_as_ours_does(name: str) -> None:
    vector = read_vector(name)
    if vector.expect == "not a recording":
        return
    private = make_identity().private
    ours = [
        (each.header.seq, each.track, each.codec, each.data) for each in open_parts(vector.files, private)
    ]
    recording = READER.read(vector.files, vector.authority)
    assert list(second_opener.parts(recording, private.to_bytes())) == ours


def test_it_reads_a_new_recording() -> None:
    identity = make_identity("cam-77", seed=11)
    take = record(identity, outside=2, prerecord=4, live=3, per_segment=4, receipt=True, seed=9)
    recording = READER.read(take.files, identity.authority)
    opened = list(second_opener.parts(recording, identity.private.to_bytes()))
    assert [(seq, track) for seq, track, *_ in opened] == [
        (seq, track) for seq in range(2, 9) for track in ("video", "audio")
    ]
    assert all(data.startswith(f"plain {track} at ".encode()) for _, track, _, data in opened)


@pytest.mark.slow
def test_it_finds_alterations_too() -> None:
    trial = Trial(small())
    authority = make_identity().authority
    assert READER.verdict(trial.files, authority) == "intact"
    for alteration in list(trial.every([1]))[::83]:
        assert READER.verdict(alteration.of(trial.files), authority) == "altered", alteration
