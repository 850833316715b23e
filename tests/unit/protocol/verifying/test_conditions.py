"""What the camera signed about picture or sound of no use, in verdicts, text and JSON (C12)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import (
    ConditionKind,
    ConditionSpan,
    as_one,
    condition_detail,
    condition_now,
    condition_of,
    condition_phrase,
)
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.report import Report, Verdict
from protocol.footage.verifying.results.condition_result import conditions_within
from protocol.footage.verifying.verify import verify_recording
from protocol.verify.cli import app
from tests.support.media.recordings import BOOT_NS, SECOND_NS, Take, make_identity

IDENTITY = make_identity()
PRERECORD, LIVE = 46, 4


def pressed() -> Take:
    take = Take(IDENTITY)
    for _ in range(PRERECORD):
        take.chunk()
    take.press(asked_s=PRERECORD)
    return take


def recorded(*spans: ConditionSpan) -> Take:
    """A recording of 50 s that tells of these."""
    take = pressed()
    for span in spans:
        take.event(EventKind.FAULT, **condition_detail(span, "in words"))
    for _ in range(LIVE):
        take.live()
    take.close()
    return take


def judged(*spans: ConditionSpan) -> Report:
    return verify_recording(recorded(*spans).files, authorities=[IDENTITY.authority])


def span(condition: str, start_s: float, end_s: float | None, track: Track = Track.VIDEO) -> ConditionSpan:
    """Of seconds after the first picture."""
    end = None if end_s is None else BOOT_NS + round(end_s * SECOND_NS)
    return ConditionSpan(track, condition, BOOT_NS + round(start_s * SECOND_NS), end)


def test_a_recording_whose_picture_was_black_is_not_plainly_intact() -> None:
    # proves C12
    report = judged(span("black", 3, None), span("black", 3, 45))
    assert report.verdict is Verdict.INTACT, "every byte is as signed"
    assert report.sentence.startswith("Intact, but with 42.0 s of black picture: 50.0 s in 50 chunks")
    (told,) = report.conditions
    assert (told.duration_ns, told.over, told.before_ns) == (42 * SECOND_NS, True, 0)
    assert report.to_json()["conditions"] == [
        {
            "track": "video",
            "condition": "black",
            "start_ns": told.start_ns,
            "duration_ns": 42 * SECOND_NS,
            "before_ns": 0,
            "over": True,
        }
    ]


def test_what_was_so_before_the_footage_and_lasts_is_told_as_far_as_it_goes() -> None:
    # proves C12
    report = judged(span("silent", -20, None, Track.AUDIO))
    (told,) = report.conditions
    assert (told.start_ns, told.end_ns) == (report.first_ns, report.end_ns)
    assert told.sentence == "50.0 s of silence to the end of the footage, and 20.0 s of it before that"


def test_several_are_told_with_their_sums() -> None:
    report = judged(
        span("black", 0, 5), span("black", 10, 12.5), span("hum", 20, 30, Track.AUDIO), span("slow", 40, 44)
    )
    assert (
        "but with 7.5 s of black picture, 10.0 s of mains hum and 4.0 s of too few pictures: "
        in report.sentence
    )


def test_the_command_line_says_it_in_text_and_json_and_of_several(tmp_path: Path) -> None:
    # proves C12
    for name, spans in (("1", [span("black", 3, 45)]), ("2", [])):
        (tmp_path / name).mkdir()
        for file, content in recorded(*spans).files.items():
            (tmp_path / name / file).write_bytes(content)
    authority = tmp_path / "authority.der"
    authority.write_bytes(IDENTITY.authority)
    run = CliRunner().invoke(app, [str(tmp_path / "1"), "--authority", str(authority)])
    assert "Intact, but with 42.0 s of black picture" in run.stdout
    assert "at 3.0 s: 42.0 s of black picture" in run.stdout
    assert run.exit_code == 0, "nothing was altered, and nothing says that it was"
    as_json = CliRunner().invoke(app, [str(tmp_path / "1"), "--authority", str(authority), "--json"])
    assert json.loads(as_json.stdout)["conditions"][0]["condition"] == "black"
    several = CliRunner().invoke(app, [str(tmp_path), "--authority", str(authority)])
    assert "in 1 of them picture or sound was not as it should be" in several.stdout


DETAIL = condition_detail(ConditionSpan(Track.VIDEO, "black", 5, 9), "x")


@pytest.mark.parametrize(
    "change",
    [
        {"track": "smell"},
        {"track": 1},
        {"condition": ""},
        {"condition": "x" * 33},
        {"condition": 3},
        {"start_ns": -1},
        {"start_ns": "5"},
        {"end_ns": 4},
        {"end_ns": "9"},
    ],
)
def test_a_fault_with_another_detail_is_a_fault_and_no_condition(change: dict[str, str | int]) -> None:
    assert condition_of("fault", {**DETAIL, **change}) is None
    take = pressed()
    take.event(EventKind.FAULT, **{**DETAIL, **change})
    take.live()
    take.close()
    report = verify_recording(take.files, authorities=[IDENTITY.authority])
    assert (report.verdict, report.conditions) == (Verdict.INTACT, ())


def test_only_a_fault_tells_of_a_condition() -> None:
    assert condition_of("fault", DETAIL) == ConditionSpan(Track.VIDEO, "black", 5, 9)
    assert condition_of("bookmark", DETAIL) is None
    assert condition_of("fault", {"what": "The card is full."}) is None


def test_a_condition_of_a_later_camera_is_told_in_its_own_word() -> None:
    report = judged(span("blurred", 1, 5))
    assert "but with 4.0 s of blurred picture" in report.sentence
    assert condition_now(Track.AUDIO, "far away") == "The sound is not as it should be: far away."


def test_a_sentence_stays_short_whatever_a_camera_signs() -> None:
    report = judged(*(span(f"word {number}", number, number + 1) for number in range(20)))
    assert len(report.conditions) == 20
    assert ", 1.0 s of word 3 picture and 16 more: " in report.sentence


def test_every_condition_has_its_words() -> None:
    for kind in ConditionKind:
        for track in Track:
            assert condition_phrase(track, kind)
            assert condition_now(track, kind).endswith(".")


spans = st.builds(
    ConditionSpan,
    st.sampled_from(Track),
    st.sampled_from(["black", "silent"]),
    st.integers(0, 50),
    st.none() | st.integers(50, 99),
)


@given(st.lists(spans), st.integers(0, 60), st.integers(0, 60))
def test_what_is_told_lies_in_the_footage(found: list[ConditionSpan], first_ns: int, more_ns: int) -> None:
    told = conditions_within(found, first_ns, first_ns + more_ns)
    assert len(told) <= len({each.key for each in found})
    for each in told:
        assert first_ns <= each.start_ns < each.end_ns <= first_ns + more_ns
        assert each.before_ns == 0 or each.start_ns == first_ns
    assert [each.start_ns for each in told] == sorted(each.start_ns for each in told)


@given(st.lists(spans))
def test_the_end_that_was_told_counts(found: list[ConditionSpan]) -> None:
    for each in as_one(found):
        ends = [one.end_ns for one in found if one.key == each.key and one.end_ns is not None]
        assert each.end_ns == (ends[0] if ends else None)


def test_without_footage_nothing_is_told() -> None:
    assert conditions_within([ConditionSpan(Track.VIDEO, "black", BOOT_NS)], None, None) == ()
