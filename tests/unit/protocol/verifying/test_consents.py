"""Consent events judged by the verifier: whose each is, what is missing between them, what contradicts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from protocol.footage.consent import ConsentEvent, ConsentSaid, SaidOfConsent, parse_consent
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.chains.chain_finding import ChainKind, ChainWeight
from protocol.footage.verifying.consents.in_ledger import MOST
from protocol.footage.verifying.consents.verify_consents import ConsentReport, verify_consents
from protocol.footage.verifying.report import Verdict
from protocol.footage.verifying.verify import verify_recording
from protocol.verify import cli, status
from protocol.verify.consents import consents_in, judge_consents
from tests.support.media.recordings import Take, make_identity
from tests.support.tries import tries
from tests.support.vectors.consents import (
    WORDS,
    chain_of,
    event_of,
    name_of,
    recording_with_words,
    signed_event,
)

IDENTITY = make_identity()
TWIN = make_identity("cam-02")
OTHER_FLEET = make_identity(seed=2)
WHOLE = chain_of(IDENTITY, 4)


def judged(files: dict[str, bytes]) -> ConsentReport:
    return verify_consents(files, authorities=[IDENTITY.authority])


def kinds(report: ConsentReport) -> list[str]:
    return [each.kind for each in report.chain]


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def verify(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli.app, [str(each) for each in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "authority.der"
    path.write_bytes(IDENTITY.authority)
    return path


def test_a_camera_s_events_hold_and_fit_in_any_order() -> None:
    report = judged(dict(reversed(WHOLE.items())))
    assert {each.verdict for each in report.results} == {Verdict.INTACT}
    assert report.chain == ()
    assert report.sentence.startswith("4 consent events: 4 intact; those that hold fit each other")
    assert "nothing shows" in report.sentence


def test_an_event_is_said_with_who_when_what_and_to_which_recording() -> None:
    said = {name: each.sentence for name, each in zip(WHOLE, judged(WHOLE).results, strict=True)}
    assert "Consent event 1 of cam-01: consent was given, text en 2, at 2026-11-18" in said[name_of(1)]
    assert "which was synchronised, to within 1.5 ms by its own estimate" in said[name_of(1)]
    assert "no recording was under way; under assignment a1" in said[name_of(1)]
    assert "nobody was asked for consent, danger" in said[name_of(3)]
    assert "not synchronised: that time is only indicative" in said[name_of(3)]
    assert "nobody had the camera" in said[name_of(3)]
    assert f"recording {bytes(range(16, 32)).hex()} was under way" in said[name_of(4)]


# proves L2
@given(
    name=st.sampled_from(sorted(WHOLE)),
    at=st.integers(0, min(map(len, WHOLE.values())) - 1),
    flip=st.integers(1, 255),
)
def test_every_altered_byte_is_found(name: str, at: int, flip: int) -> None:
    data = bytearray(WHOLE[name])
    data[at] ^= flip
    report = judged({**WHOLE, name: bytes(data)})
    [altered] = [each for each in report.results if each.file == name]
    assert altered.verdict is Verdict.ALTERED
    assert altered.entry is None
    assert "Altered: " in altered.sentence


# proves L2
@settings(max_examples=tries(60))
@given(here=st.sets(st.integers(1, 12), min_size=1))
def test_what_is_missing_between_them_shows_and_nothing_else_does(here: set[int]) -> None:
    files = {name: data for name, data in chain_of(IDENTITY, 12).items() if int(name[:8]) in here}
    report = judged(files)
    holes = [(a, b) for a, b in zip(sorted(here), sorted(here)[1:], strict=False) if b > a + 1]
    missing = [each.numbers for each in report.chain if each.weight is ChainWeight.MISSING]
    assert missing == holes
    rest = {each.kind for each in report.chain if each.weight is not ChainWeight.MISSING}
    assert rest == ({ChainKind.EARLIER} if min(here) > 1 else set())


def test_a_hole_is_named_by_its_numbers() -> None:
    ends = {name: WHOLE[name] for name in (name_of(1), name_of(4))}
    [found] = judged(ends).chain
    assert found.sentence == "Between consent events 1 and 4 of cam-01, each of numbers 2 to 3 is not here."


# proves L1
def test_another_camera_s_word_and_another_fleet_s_is_nobody_s_of_these() -> None:
    forged = signed_event(TWIN, event_of(IDENTITY, 1))
    theirs = signed_event(OTHER_FLEET, event_of(OTHER_FLEET, 1))
    report = judged({"a.cbor": forged, "b.cbor": theirs, **WHOLE})
    assert [each.verdict for each in report.results[:2]] == [Verdict.ALTERED, Verdict.OTHER_AUTHORITY]
    assert "names 'cam-02'" in report.results[0].problem
    assert report.chain == ()  # of two fleets each may have a cam-01


def test_two_with_one_number_contradict_and_a_copy_does_not() -> None:
    other = signed_event(IDENTITY, replace(event_of(IDENTITY, 1), way="button"))
    twice = judged({"a.cbor": WHOLE[name_of(1)], "b.cbor": other})
    assert kinds(twice) == [ChainKind.NUMBER_TWICE]
    assert twice.chain[0].weight is ChainWeight.DISAGREEMENT
    copied = judged({"a.cbor": WHOLE[name_of(1)], "b.cbor": WHOLE[name_of(1)]})
    assert kinds(copied) == [ChainKind.COPY]
    assert copied.chain[0].weight is ChainWeight.REMARK


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (event_of(IDENTITY, 2, bytes(range(32))), ChainKind.OTHER_BEFORE),
        (event_of(IDENTITY, 2), ChainKind.FIRST_AGAIN),
        (event_of(IDENTITY, 0), ChainKind.BACKWARDS),
    ],
    ids=["names another", "names none", "number zero"],
)
def test_a_break_of_the_chain_contradicts(second: ConsentEvent, kind: ChainKind) -> None:
    report = judged({"a.cbor": WHOLE[name_of(1)], "b.cbor": signed_event(IDENTITY, second)})
    assert kind in kinds(report)
    assert report.chain[0].weight is ChainWeight.DISAGREEMENT


def test_one_that_names_a_later_one_or_itself_cannot_be() -> None:
    """Nobody can make a digest that holds itself; one may name a later event that lies here."""
    third = parse_consent(WHOLE[name_of(3)]).digest
    second = signed_event(IDENTITY, event_of(IDENTITY, 2, third))
    report = judged({**WHOLE, name_of(2): second})
    assert ChainKind.BACKWARDS in kinds(report)
    assert any("names event 3 as the one before it" in each.sentence for each in report.chain)


def test_the_ledger_s_own_words_of_consent_are_said_and_bounded() -> None:  # proves F8
    take = recording_with_words(Take(IDENTITY), *WORDS, *[ConsentSaid(SaidOfConsent.GIVEN)] * MOST)
    report = verify_recording(take.files, authorities=[IDENTITY.authority])
    assert report.verdict is Verdict.INTACT
    told = [each for each in report.notes if "Its ledger" in each]
    assert told[0] == "Its ledger says, at 3.0 s: consent was given, text en 2."
    assert told[1] == "Its ledger says, at 4.0 s: consent was withdrawn, text en 2."
    assert told[2] == "Its ledger says, at 5.0 s: nobody was asked for consent, danger."
    assert len(told) == MOST + 1
    assert told[-1] == "Its ledger tells of consent 4 more times."


def test_a_ledger_s_kind_alone_is_said_and_a_bookmark_is_no_consent() -> None:
    take = Take(IDENTITY)
    take.chunk()
    take.press()
    take.live()
    take.event(EventKind.CONSENT_REFUSED, consent="something else")
    take.event(EventKind.BOOKMARK)
    take.event(EventKind.BOOKMARK, consent="nobody's word")
    take.live()
    take.close()
    report = verify_recording(take.files, authorities=[IDENTITY.authority])
    assert [each.split(": ")[1] for each in report.notes if "Its ledger" in each] == ["consent was refused."]


def test_the_command_judges_one_several_and_a_folder(tmp_path: Path, authority: Path) -> None:
    folder = write(tmp_path / "consent", WHOLE)
    pinned = ("--authority", authority)
    code, out, err = verify(folder, *pinned)
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("4 consent events: 4 intact; ")
    assert verify(tmp_path, *pinned)[1] == out
    code, out, _ = verify(folder / name_of(1), folder / name_of(4), *pinned)
    assert code == status.NOT_HERE
    assert "  - Not here: Between consent events 1 and 4" in out
    code, out, _ = verify(folder / name_of(2), *pinned)
    assert code == 0
    assert "follows number 1, not among those here" in out


def test_without_an_authority_it_is_not_said_whose_they_are(tmp_path: Path) -> None:  # proves F8
    code, out, _ = verify(write(tmp_path / "consent", WHOLE))
    assert code == status.SIGNER_UNKNOWN
    assert "As its camera signed it" not in out
    assert "not whose they are" in out


def test_what_is_called_as_one_is_judged_as_one(tmp_path: Path, authority: Path) -> None:
    folder = write(tmp_path / "consent", {name_of(1): b"\0" + WHOLE[name_of(1)][1:]})
    code, out, _ = verify(folder, "--authority", authority)
    assert code == status.ALTERED
    assert "it is not exactly one consent event" in out
    assert "none holds" in out
    longer = write(tmp_path / "longer", {name_of(1): WHOLE[name_of(1)] + bytes(1_000_000)})
    assert verify(longer)[0] == status.ALTERED


def test_a_stray_file_and_one_that_cannot_be_read_are_named(tmp_path: Path, authority: Path) -> None:
    folder = write(tmp_path / "consent", {**WHOLE, "x\x1b[2K": b""})
    code, out, _ = verify(folder, "--authority", authority)
    assert code == status.STRAY_FILE
    assert "x\\x1b[2K lies in their folder and is no consent event." in out
    (folder / "x\x1b[2K").unlink()
    (folder / name_of(5)).mkdir()
    code, out, _ = verify(folder, "--authority", authority)
    assert code == status.UNUSABLE
    assert f"{folder / name_of(5)} cannot be read" in out


def test_events_beside_recordings_are_judged_with_them(tmp_path: Path, authority: Path) -> None:
    take = recording_with_words(Take(IDENTITY), WORDS[3])
    write(tmp_path / "card/recordings/00000007", take.files)
    event = replace(event_of(IDENTITY, 1), recording=take.recording, said=WORDS[3])
    folder = write(tmp_path / "card/consent", {name_of(1): signed_event(IDENTITY, event)})
    code, out, _ = verify(tmp_path / "card", "--authority", authority)
    assert code == 0
    assert "1 recording: 1 intact" in out
    assert "  That recording is among those given: recording 7 of cam-01." in out
    (folder / name_of(1)).write_bytes(b"x")
    code, out, _ = verify(tmp_path / "card", "--authority", authority, "--json")
    found = json.loads(out)
    assert code == found["status"] == status.ALTERED
    assert found["recordings"][0]["status"] == 0
    assert found["consent"]["status"] == status.ALTERED


def test_an_event_in_a_recording_s_folder_is_a_stray_file_there(tmp_path: Path, authority: Path) -> None:
    take = recording_with_words(Take(IDENTITY), WORDS[3])
    folder = write(tmp_path / "00000007", {**take.files, name_of(1): WHOLE[name_of(1)]})
    assert consents_in(tmp_path) == ()
    assert verify(folder, "--authority", authority)[0] == status.STRAY_FILE


def test_a_path_of_nothing_is_said_to_be_no_recording(tmp_path: Path) -> None:
    code, _, err = verify(tmp_path / "nowhere")
    assert code == status.UNUSABLE
    assert "does not exist" in err
    (tmp_path / "note.txt").write_text("x")
    assert verify(tmp_path / "note.txt")[0] == status.UNUSABLE


def test_links_are_not_followed_to_events(tmp_path: Path) -> None:
    write(tmp_path / "real/consent", WHOLE)
    (tmp_path / "given").mkdir()
    (tmp_path / "given/elsewhere").symlink_to(tmp_path / "real")
    assert consents_in(tmp_path / "given") == ()
    assert consents_in(tmp_path / "real") == (tmp_path / "real/consent",)


def test_of_nothing_nothing_is_said_to_hold() -> None:
    told = judge_consents([], [])
    assert told.report.sentence == "0 consent events: ; none holds."
