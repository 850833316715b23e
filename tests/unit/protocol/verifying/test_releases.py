"""What a release shows: which of it is as the camera signed it, and nothing more than that."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.cbor import Reader, Value, encode
from protocol.footage.format.errors import FormatError, NoLedgerError, ReleaseError
from protocol.footage.format.model import Track
from protocol.footage.format.run_record import take_run
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import MOVIE_NAME, RELEASE_NAME, read_release, sign_release
from protocol.footage.released.released_part import ReleasedPart, Treatment
from protocol.footage.released.released_segment import (
    ReleasedChunk,
    iter_released_segment,
    released_name,
    segment_of,
    write_released_segment,
)
from protocol.footage.statement import Said
from protocol.footage.verifying.released.release_report import ReleaseReport
from protocol.footage.verifying.released.verify_release import verify_release
from protocol.footage.verifying.report import Verdict
from tests.support.media.recordings import SECOND_NS, Take, make_identity, record
from tests.support.media.releases import releases, signed

UNTOUCHED, CHANGED, GONE = Treatment
TREATMENTS = st.sampled_from(list(Treatment))
IDENTITY = make_identity()
Change = Callable[[ReleasedPart, ReleasedPart], ReleasedPart]


@pytest.fixture(scope="module")
def take() -> Take:
    """Chunk 0 before the recording, 1 to 3 before the press, 4 and 5 after it; three chunks a segment."""
    return record(IDENTITY)


def judged(files: dict[str, bytes]) -> ReleaseReport:
    return verify_release(files, authorities=[IDENTITY.authority])


def sums(found: ReleaseReport, track: Track) -> list[int]:
    return [found.sums[track][each] // SECOND_NS for each in Treatment]


def mixed(seq: int, track: Track) -> Treatment:
    """Of the picture the fourth second changed and the others untouched; of the sound the fifth withheld."""
    if track is Track.VIDEO:
        return CHANGED if seq == 4 else UNTOUCHED
    return GONE if seq == 5 else UNTOUCHED


def test_it_says_how_much_is_untouched_changed_and_withheld(take: Take) -> None:
    # proves F1
    found = judged(releases(take, mixed, recipient="Desk 1"))
    assert found.report.verdict is Verdict.INTACT
    assert (sums(found, Track.VIDEO), sums(found, Track.AUDIO)) == ([4, 1, 0], [4, 0, 1])
    assert found.report.sentence == (
        "A release of recording 7 of cam-01: picture: 4.0 s untouched, exactly as cam-01 signed it, "
        "1.0 s changed; sound: 4.0 s untouched, exactly as cam-01 signed it, 1.0 s withheld."
    )
    as_json = json.loads(json.dumps(found.to_json()))
    assert as_json["released_ns"]["video"] == {
        "untouched": 4 * SECOND_NS,
        "changed": SECOND_NS,
        "withheld": 0,
    }
    assert as_json["release"]["recipient"] == "Desk 1"


def test_without_an_authority_it_is_not_said_whose_it_is(take: Take) -> None:
    # proves F8
    found = verify_release(releases(take, mixed))
    assert found.report.verdict is Verdict.SIGNER_UNKNOWN
    assert "exactly as a camera signed it" in found.report.sentence
    assert "no authority was given" in found.report.sentence
    assert "as cam-01 signed it" not in found.report.sentence


def test_nothing_is_said_to_be_as_signed_of_what_was_changed_throughout(take: Take) -> None:
    # proves F8
    found = judged(releases(take, lambda _, track: CHANGED if track is Track.VIDEO else GONE))
    assert found.report.sentence == (
        "A release of recording 7 of cam-01: picture: 5.0 s changed, nothing of it as the camera signed it; "
        "sound: 5.0 s withheld, nothing of it as the camera signed it."
    )


def test_a_release_without_any_footage_says_so() -> None:
    empty = record(IDENTITY, outside=0, prerecord=0, live=0)
    assert judged(releases(empty, mixed)).report.sentence == (
        "A release of recording 7 of cam-01: nothing of it is here."
    )


@given(st.lists(st.tuples(TREATMENTS, TREATMENTS), min_size=6, max_size=6))
def test_each_part_is_counted_once_by_how_it_was_treated(choice: list[tuple[Treatment, Treatment]]) -> None:
    take = record(IDENTITY)
    found = judged(releases(take, lambda seq, track: choice[seq][track is Track.AUDIO]))
    assert found.report.ok
    for at, track in enumerate((Track.VIDEO, Track.AUDIO)):
        expected = [sum(each[at] is treatment for each in choice[1:]) for treatment in Treatment]
        assert sums(found, track) == expected


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    # proves F1
    files = releases(record(IDENTITY), mixed)
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    changed = bytearray(files[name])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    found = judged({**files, name: bytes(changed)})
    if name == RELEASE_NAME and found.release is not None:  # blanks between its members may be others
        assert found.release == read_release(files[RELEASE_NAME])
    else:
        assert found.report.verdict in (Verdict.ALTERED, Verdict.OTHER_AUTHORITY)


def other_content(part: ReleasedPart, _: ReleasedPart) -> ReleasedPart:
    return ReleasedPart(part.treatment, bytes(part.content)[:-1] + b"?", part.key)


def other_key(part: ReleasedPart, _: ReleasedPart) -> ReleasedPart:
    return ReleasedPart(part.treatment, part.content, random.Random(3).randbytes(32))


def another_second(_: ReleasedPart, following: ReleasedPart) -> ReleasedPart:
    return following


@pytest.mark.parametrize("forge", [other_content, other_key, another_second])
def test_what_a_fleet_signs_as_untouched_and_is_not_is_found(take: Take, forge: Change) -> None:
    """A fleet that lies signs its own files anew; it has no key of the camera."""
    # proves F1
    files = releases(take, lambda *_: UNTOUCHED)
    name = released_name(min(take.segments))
    found = judged(signed(take, {**files, name: rewritten(files[name], forge)}))
    assert found.report.verdict is Verdict.ALTERED
    assert "is not what the camera signed" in found.report.sentence
    assert name in found.report.sentence
    assert sums(found, Track.VIDEO)[0] < 5


def test_what_is_taken_out_or_put_in_is_found_though_signed_anew(take: Take) -> None:
    files = releases(take, mixed)
    names = sorted(released_name(name) for name in take.segments)
    without = {name: data for name, data in files.items() if name != names[-1]}
    assert judged(signed(take, without)).report.verdict is Verdict.ALTERED
    shorter = {**files, names[-1]: files[names[-1]][:-1]}
    assert judged(signed(take, shorter)).report.verdict is Verdict.ALTERED
    swapped = {**files, names[0]: files[names[1]], names[1]: files[names[0]]}
    assert judged(signed(take, swapped)).report.verdict is Verdict.ALTERED


def test_files_that_were_not_released_and_those_that_are_missing_are_named(take: Take) -> None:
    files = releases(take, mixed)
    more = judged({**files, "note.txt": b"look"})
    assert more.report.verdict is Verdict.STRAY_FILE
    assert more.report.sentence.startswith(
        "Stray file: note.txt: the fleet did not release this file. Apart from that: a release of recording 7"
    )
    less = judged({name: data for name, data in files.items() if name != MOVIE_NAME})
    assert less.report.verdict is Verdict.ALTERED
    assert f"the fleet released {MOVIE_NAME}, which is not here" in less.report.sentence
    other = judged({**files, MOVIE_NAME: b"another film"})
    assert "it is not the file that the fleet released" in other.report.sentence


def test_a_statement_of_another_recording_or_fleet_is_no_word_on_this_one(take: Take) -> None:
    files, other = releases(take, mixed), record(IDENTITY)
    other.recording = bytes(16)
    assert "it is of another recording" in judged(signed(other, files)).report.sentence
    stranger = record(make_identity(seed=2))
    stranger.recording = take.recording
    found = judged(signed(stranger, files))
    assert found.report.verdict is Verdict.OTHER_AUTHORITY
    assert "Apart from that: a release of recording 7 of cam-01: picture" in found.report.sentence
    by_camera = sign_release(
        {"camera": "cam-01", "recording": take.recording.hex()},
        (),
        ed25519_signer(IDENTITY.camera_key),
        (IDENTITY.camera_certificate, IDENTITY.authority),
    )
    found = judged({**files, RELEASE_NAME: by_camera.encode()})
    assert found.release is None
    assert found.report.verdict is Verdict.ALTERED


def test_without_its_ledger_or_its_statement_it_is_none(take: Take) -> None:
    files = releases(take, mixed)
    for name in (LEDGER_NAME, RELEASE_NAME):
        with pytest.raises(NoLedgerError, match=name):
            judged({other: data for other, data in files.items() if other != name})


@pytest.mark.parametrize(
    "said",
    [{}, {"camera": "cam-01", "recording": 7}, {"camera": 1, "recording": "ab"}],
)
def test_a_statement_that_lacks_what_a_reader_asks_for_is_never_signed(said: dict[str, Said]) -> None:
    with pytest.raises(ReleaseError, match="of which recording or import it is"):
        sign_release(said, (), ed25519_signer(IDENTITY.receipts_key), ())


@pytest.mark.parametrize("names", [("a", "a"), (RELEASE_NAME,)])
def test_a_statement_names_each_file_once_and_never_itself(names: tuple[str, ...]) -> None:
    files = tuple(SegmentDigest(name, 1, bytes(32)) for name in names)
    with pytest.raises(ReleaseError):
        sign_release(
            {"camera": "cam-01", "recording": "ab"}, files, ed25519_signer(IDENTITY.receipts_key), ()
        )


def test_names_tell_which_segment_was_released(take: Take) -> None:
    name = min(take.segments)
    assert segment_of(released_name(name)) == name
    assert segment_of(name) is None
    assert segment_of("note.rel") is None


@pytest.mark.parametrize(
    "part",
    [
        ReleasedPart(CHANGED),
        ReleasedPart(CHANGED, b"x", bytes(32)),
        ReleasedPart(GONE, b"x"),
        ReleasedPart(GONE, b"", bytes(32)),
        ReleasedPart(UNTOUCHED, b"x", bytes(32)),
        ReleasedPart(UNTOUCHED),
    ],
)
def test_a_part_has_what_its_treatment_asks_for_and_nothing_else(take: Take, part: ReleasedPart) -> None:
    data = releases(take, lambda *_: UNTOUCHED)[released_name(min(take.segments))]
    with pytest.raises(FormatError):
        list(iter_released_segment(rewritten(data, lambda *_: part)))


def test_what_is_written_is_read_back(take: Take) -> None:
    segment = bytes(take.segments[min(take.segments)])
    written = write_released_segment(segment, lambda header, _: ReleasedPart(CHANGED, b"%d" % header.seq))
    chunks = released_chunks(written)
    assert [bytes(each.parts[Track.VIDEO].content) for each in chunks] == [b"0", b"1", b"2"]
    assert all(not each.record.parts for each in chunks), "of a changed part nothing is compared"


def released_chunks(data: bytes) -> list[ReleasedChunk]:
    return [each for each in iter_released_segment(data) if isinstance(each, ReleasedChunk)]


def rewritten(data: bytes, change: Change) -> bytes:
    """Return a released segment whose parts were changed, the signed records as they were."""
    out, chunks = data[: take_run(Reader(data)).end], released_chunks(data)
    for at, chunk in enumerate(chunks):
        parts: list[Value] = []
        for track, part in chunk.parts.items():
            found = change(part, chunks[(at + 1) % len(chunks)].parts[track])
            parts.append([str(found.treatment), bytes(found.key), bytes(found.content)])
        out += encode(["released", chunk.record.header_bytes, chunk.record.signature, parts])
    return out
