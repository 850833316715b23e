"""The golden vectors: committed, made again byte for byte, and judged as they expect."""

from __future__ import annotations

import json

import pytest

from protocol.footage.format.errors import NoLedgerError
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.sealing.keys import PrivateKey
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.verify import verify_recording
from tests.support.vectors.base import NO_RECORDING, lack
from tests.support.vectors.vectors import FOLDER, Sealer, load_sealed, make_files, read_vector, vector_names

pytestmark = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"  # of what forged certificates hold
)


@pytest.mark.parametrize("name", vector_names())
def test_a_vector_is_judged_as_it_expects(name: str) -> None:
    vector = read_vector(name)
    if vector.expect == NO_RECORDING:
        with pytest.raises(NoLedgerError):
            verify_recording(vector.files)
        return
    report = verify_recording(vector.files, authorities=vector.authorities)
    assert report.verdict == vector.expect, report.sentence
    first = report.findings[0] if report.findings else None
    assert (None if first is None else (first.rule, first.file, first.record)) == vector.finding
    if first is None:
        gaps = [
            lack(gap.track, gap.start_ns, gap.duration_ns, gap.cause, overlap=gap.overlap)
            for gap in report.gaps
        ]
        assert sorted(map(str, gaps)) == sorted(map(str, vector.gaps))


def test_the_vectors_are_made_again_byte_for_byte() -> None:
    sealed = load_sealed()
    made = make_files(Sealer(sealed))
    committed = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.json")}
    assert made == committed
    assert json.loads(made["sealed_keys.json"]) == sealed


def test_the_parts_of_a_vector_decrypt_to_what_is_written_beside_it() -> None:
    identity = json.loads((FOLDER / "identity.json").read_text())
    private = PrivateKey.from_bytes(bytes.fromhex(identity["recipient_private"]))
    files = read_vector("intact").files
    opened = [
        {"seq": part.header.seq, "track": part.track, "codec": part.codec, "plaintext": part.data.hex()}
        for part in open_parts(files, private)
    ]
    assert opened == identity["parts_of_intact"]
    assert private.key_id.hex() == identity["recipient_key_id"]
    assert read_ledger(files["ledger.cbor"]).open.camera == identity["camera"]


def test_each_case_has_a_name_of_its_own_and_a_sentence() -> None:
    for name in vector_names():
        vector = read_vector(name)
        assert vector.name == name
        assert vector.what.endswith(".")
