"""Every byte of a recording is covered: change any one, and the verifier says which record of which file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from protocol.footage.verifying.report import Verdict
from protocol.footage.verifying.verify import verify_recording
from tests.harness.alterations.memo import remembering
from tests.harness.alterations.trial import IDENTITY, Alteration, Trial, small

FILES = small()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography warns of serial numbers below one, which flips make
        yield


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FILES))
def test_every_changed_byte_is_found_in_its_record(name: str) -> None:
    trial = Trial(FILES)
    assert trial.judge(Alteration(name, 0, 0)).verdict is Verdict.INTACT
    with remembering(FILES.values()):
        for at in range(len(FILES[name])):
            alteration = Alteration(name, at, 1 << at % 8)
            report = trial.judge(alteration)
            assert trial.problem(alteration, report) is None
            assert len(report.findings) == 1, (alteration, report.findings)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FILES))
def test_a_byte_less_or_more_is_found(name: str) -> None:
    data = FILES[name]
    for at in range(0, len(data), 29):
        for changed in (data[:at] + data[at + 1 :], data[:at] + b"\0" + data[at:], data[:at]):
            report = verify_recording({**FILES, name: changed}, authorities=[IDENTITY.authority])
            assert report.verdict is Verdict.ALTERED, (name, at)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_less_is_found(name: str) -> None:
    rest = {each: data for each, data in FILES.items() if each != name}
    if name == "ledger.cbor":
        return  # then it is no recording at all
    verdict = verify_recording(rest, authorities=[IDENTITY.authority]).verdict
    assert verdict is (Verdict.INTACT if name == "receipt.cbor" else Verdict.ALTERED)


@pytest.mark.parametrize("name", ["notes.txt", "ledger.cbor.bak", f"{'0' * 32}-00000001.seg"])
def test_a_file_more_is_named_as_that_and_not_as_an_alteration(name: str) -> None:  # proves F8
    report = verify_recording({**FILES, name: FILES["ledger.cbor"]}, authorities=[IDENTITY.authority])
    assert (report.verdict, report.ok) == (Verdict.STRAY_FILE, False)
    assert report.sentence.startswith(f"Stray file: {name}: this ")
    assert "Without it: intact: " in report.sentence
    assert "ltered" not in report.sentence


def test_a_segment_in_another_place_is_found() -> None:
    first, second = sorted(name for name in FILES if name.endswith(".seg"))
    folders = (
        {**FILES, first: FILES[second], second: FILES[first]},
        {**FILES, second.replace("00000001", "00000002"): FILES[second]},
    )
    for files in folders:
        assert verify_recording(files, authorities=[IDENTITY.authority]).verdict is Verdict.ALTERED
