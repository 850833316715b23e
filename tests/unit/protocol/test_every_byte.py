"""Every byte of a recording is covered: change any one, and the verifier says which record of which file."""

import warnings
from collections.abc import Iterator
from itertools import pairwise

import pytest

from protocol.footage.model import Track
from protocol.footage.report import Verdict
from protocol.footage.verify import verify_recording
from tests.support.forging import records
from tests.support.recordings import Take, make_house, record

HOUSE = make_house()


def small() -> Take:
    """Two segments, a chunk outside, both ends signed, a receipt; as few bytes as that takes."""
    return record(
        outside=1, prerecord=2, live=0, per_segment=2, receipt=True, tracks=frozenset({Track.VIDEO}), size=8
    )


FILES = small().files


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography warns of serial numbers below one, which flips make
        yield


def bounds(data: bytes) -> list[tuple[int, int]]:
    ends = [0]
    for each in records(data):
        ends.append(ends[-1] + len(each))
    return list(pairwise(ends))


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_changed_byte_is_found_in_its_record(name: str) -> None:
    assert verify_recording(FILES, authorities=[HOUSE.authority]).verdict is Verdict.INTACT
    data = FILES[name]
    for start, end in bounds(data):
        for at in range(start, end):
            changed = bytearray(data)
            changed[at] ^= 1 << at % 8
            report = verify_recording({**FILES, name: changed}, authorities=[HOUSE.authority])
            assert report.verdict is Verdict.ALTERED, (name, at)
            [finding] = report.findings
            assert finding.file == name, (name, at)
            assert finding.offset is not None
            assert start <= finding.offset <= end, (name, at, finding)
            assert f"{name}, byte {finding.offset}" in report.sentence


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_byte_less_or_more_is_found(name: str) -> None:
    data = FILES[name]
    for at in range(0, len(data), 29):
        for changed in (data[:at] + data[at + 1 :], data[:at] + b"\0" + data[at:], data[:at]):
            report = verify_recording({**FILES, name: changed}, authorities=[HOUSE.authority])
            assert report.verdict is Verdict.ALTERED, (name, at)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_less_is_found(name: str) -> None:
    rest = {each: data for each, data in FILES.items() if each != name}
    if name == "ledger.cbor":
        return  # then it is no recording at all
    verdict = verify_recording(rest, authorities=[HOUSE.authority]).verdict
    assert verdict is (Verdict.INTACT if name == "receipt.cbor" else Verdict.ALTERED)


def test_a_file_more_or_renamed_is_found() -> None:
    first, second = sorted(name for name in FILES if name.endswith(".seg"))
    stories = (
        {**FILES, "notes.txt": b""},
        {**FILES, "ledger.cbor.bak": FILES["ledger.cbor"]},
        {**FILES, first: FILES[second], second: FILES[first]},
        {**FILES, second.replace("00000001", "00000002"): FILES[second]},
    )
    for files in stories:
        assert verify_recording(files, authorities=[HOUSE.authority]).verdict is Verdict.ALTERED
