"""What a release of an import shows: that its files are those that were signed for, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from protocol.footage.format.errors import NoLedgerError, ReleaseError
from protocol.footage.released.release import RELEASE_NAME, read_release
from protocol.footage.released.released_part import Treatment
from protocol.footage.statement import Said
from protocol.footage.verifying.released.import_report import AS_NOTED, MADE_ANEW, ImportReport
from protocol.footage.verifying.released.verify_import import verify_import
from protocol.footage.verifying.report import Verdict
from protocol.verify import status
from protocol.verify.cli import app
from tests.support.media.recordings import make_identity, record
from tests.support.media.releases import releases
from tests.support.vectors.imported import FILES, digests, signed_import

IDENTITY = make_identity()


def signed(files: Mapping[str, bytes] = FILES, **said: Said) -> dict[str, bytes]:
    return signed_import(IDENTITY, files, **said)


def judged(files: Mapping[str, bytes], *authorities: bytes) -> ImportReport:
    return verify_import(
        files[RELEASE_NAME], digests(files), authorities=authorities or (IDENTITY.authority,)
    )


def test_the_copy_that_was_noted_is_counted_as_that_and_never_as_untouched_seconds() -> None:
    # proves F8
    found = judged(signed())
    assert (found.verdict, found.is_as_noted, status.of_import(found)) == (AS_NOTED, True, status.IMPORTED)
    assert found.sentence == (
        "A release of import IMP-2027-0001. Imported: digest as noted: the file is the one whose digest the "
        "fleet noted at its import. No camera signed it, and nothing shows how it was before it came."
    )
    as_json = json.loads(json.dumps(found.to_json()))
    assert (as_json["digest_as_noted"], as_json["release"]["released_to"]) == (True, "DC 12")
    assert "released_ns" not in as_json
    for word in ("untouched", "as the camera", "intact"):
        assert word not in json.dumps(as_json).lower()


def test_what_was_made_anew_is_the_fleets_word() -> None:
    found = judged(signed(noted_sha256=None))
    assert (found.verdict, found.is_as_noted, status.of_import(found)) == (MADE_ANEW, False, status.IMPORTED)
    assert "what it shows is the fleet's word" in found.sentence


def test_a_statement_that_contradicts_itself_is_altered() -> None:
    for noted in ("ab" * 32, "", 5):
        assert judged(signed(noted_sha256=noted)).fault is Verdict.ALTERED
    assert judged(signed(file=RELEASE_NAME)).fault is Verdict.ALTERED
    assert judged(signed(file="README.txt")).fault is Verdict.ALTERED


def test_whose_it_is_is_said_only_where_it_is_known() -> None:
    files = signed()
    unknown = verify_import(files[RELEASE_NAME], digests(files))
    assert (unknown.fault, status.of_import(unknown)) == (Verdict.SIGNER_UNKNOWN, 4)
    other = judged(files, make_identity(seed=2).authority)
    assert (other.fault, status.of_import(other)) == (Verdict.OTHER_AUTHORITY, 5)
    assert other.sentence.startswith("Another authority: a release of import IMP-2027-0001.")
    stray = judged({**files, "note.txt": b"A note"})
    assert (stray.fault, status.of_import(stray)) == (Verdict.STRAY_FILE, 6)
    assert stray.verdict == "imported, stray file"


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    # proves F8
    files = signed()
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    changed = bytearray(files[name])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    found = judged({**files, name: bytes(changed)})
    if name == RELEASE_NAME and found.release is not None:  # blanks between its members may be others
        assert found.release == read_release(files[RELEASE_NAME])
    else:
        assert not found.holds


@pytest.mark.parametrize(
    "said",
    [{"import": "gone"}, {"import": ""}, {"import": 5}, {"camera": "cam-01"}, {"recording": "5e" * 16}],
)
def test_what_says_not_of_what_it_is_is_no_statement(said: dict[str, Said]) -> None:
    with pytest.raises(ReleaseError, match="which recording or import"):
        signed(FILES, **said)


def test_a_recordings_release_without_its_ledger_is_not_taken_for_an_import(tmp_path: Path) -> None:
    # proves F8
    files = releases(record(IDENTITY), lambda _, __: Treatment.UNTOUCHED)
    with pytest.raises(NoLedgerError):
        judged({RELEASE_NAME: files[RELEASE_NAME]})
    (tmp_path / RELEASE_NAME).write_bytes(files[RELEASE_NAME])
    found = CliRunner().invoke(app, [str(tmp_path)])
    assert found.exit_code == 2


def test_beside_a_recording_it_is_counted_as_an_import(tmp_path: Path) -> None:
    authority = tmp_path / "authority.der"
    authority.write_bytes(IDENTITY.authority)
    both = {"one": releases(record(IDENTITY), lambda _, __: Treatment.UNTOUCHED), "two": signed()}
    for folder, files in both.items():
        (tmp_path / folder).mkdir()
        for name, content in files.items():
            (tmp_path / folder / name).write_bytes(content)
    found = CliRunner().invoke(app, [str(tmp_path), "--authority", str(authority)])
    assert found.exit_code == status.IMPORTED, found.output
    first = found.output.splitlines()[0]
    assert first.startswith("1 recording and 1 import: 1 released, 1 imported: digest as noted")
    one = CliRunner().invoke(app, [str(tmp_path / "two"), "--authority", str(authority), "--json"])
    assert (one.exit_code, json.loads(one.output)["verdict"]) == (status.IMPORTED, AS_NOTED)
