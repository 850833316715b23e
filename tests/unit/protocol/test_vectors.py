"""The golden vectors: committed, made again byte for byte, and judged as they expect."""

import base64
import json
from pathlib import Path

import pytest

from protocol.footage.ledger import read_ledger
from protocol.footage.recording import open_parts
from protocol.footage.sealing import PrivateKey
from protocol.footage.verify import verify_recording
from tests.support.vectors import FOLDER, Sealer, load_sealed, make_files

CASES = sorted((FOLDER / "cases").glob("*.json"))


def files_of(case: dict[str, object]) -> dict[str, bytes]:
    files = (
        json.loads((FOLDER / "cases" / f"{case['from']}.json").read_text())["files"] if "from" in case else {}
    )
    assert isinstance(case["files"], dict)
    return {
        name: base64.b64decode(text) for name, text in {**files, **case["files"]}.items() if text is not None
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_vector_is_judged_as_it_expects(path: Path) -> None:
    case = json.loads(path.read_text())
    report = verify_recording(files_of(case), authorities=[base64.b64decode(case["authority"])])
    assert report.verdict == case["expect"]
    assert bool(report.findings) == ("rule" in case)
    if report.findings:
        first = report.findings[0]
        assert (first.rule, first.file, first.record) == (case["rule"], case["file"], case["record"])


def test_the_vectors_are_made_again_byte_for_byte() -> None:
    sealed = load_sealed()
    made = make_files(Sealer(sealed))
    committed = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.json")}
    assert made == committed
    assert json.loads(made["sealed_keys.json"]) == sealed


def test_the_parts_of_a_vector_decrypt_to_what_is_written_beside_it() -> None:
    house = json.loads((FOLDER / "house.json").read_text())
    private = PrivateKey.from_bytes(bytes.fromhex(house["recipient_private"]))
    files = files_of(json.loads((FOLDER / "cases" / "intact.json").read_text()))
    opened = [
        {"seq": part.header.seq, "track": part.track, "codec": part.codec, "plaintext": part.data.hex()}
        for part in open_parts(files, private)
    ]
    assert opened == house["parts_of_intact"]
    assert private.key_id.hex() == house["recipient_key_id"]
    assert read_ledger(files["ledger.cbor"]).open.camera == house["camera"]


def test_each_case_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len(CASES) > 50
    for path in CASES:
        case = json.loads(path.read_text())
        assert case["case"] == path.stem
        assert case["what"].endswith(".")
