"""Whether several recordings of a camera fit each other, and that nothing is found where nothing is."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.ledger.unconfirmed import Unconfirmed
from protocol.footage.verifying.chains.chain import (
    ChainFinding,
    ChainKind,
    ChainWeight,
    RecordingLink,
    check_chains,
)
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import Take, make_identity

IDENTITY = make_identity()


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def link(number: int, previous: int | None, **changes: object) -> RecordingLink:
    """A recording of a boot of its own, that names another by its number."""
    usual = RecordingLink(
        authority="a",
        camera="cam-01",
        number=number,
        recording=f"id {number}",
        run=f"run {number}",
        press_ns=number,
        open_digest=digest(str(number)),
        previous_open=None if previous is None else digest(str(previous)),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # the fields of a link


def chunks(*names: str) -> bytes:
    return b"".join(map(digest, names))


def kinds(*links: RecordingLink) -> list[tuple[ChainKind, tuple[int, ...]]]:
    return [(each.kind, each.numbers) for each in check_chains(links)]


C = digest("c")
FIRST, SECOND, THIRD = link(1, None), link(2, 1), link(3, 2)


def test_recordings_that_name_each_other_fit() -> None:
    assert kinds(FIRST, SECOND, THIRD) == []
    assert kinds(THIRD, FIRST, SECOND) == []
    assert check_chains([]) == ()


def test_what_comes_before_the_first_that_is_here_is_remarked_and_nothing_more() -> None:
    [finding] = check_chains([SECOND, THIRD])
    assert (finding.kind, finding.weight) == (ChainKind.EARLIER, ChainWeight.REMARK)
    assert finding.sentence == "Recording 2 of cam-01 follows one that is not among those here."
    assert kinds(link(4, None)) == [(ChainKind.SKIPPED, (4,))]


def test_a_recording_that_was_taken_out_is_missed() -> None:  # proves F8
    [finding] = check_chains([FIRST, THIRD])
    assert (finding.kind, finding.weight, finding.numbers) == (
        ChainKind.NOT_HERE,
        ChainWeight.MISSING,
        (1, 3),
    )
    assert finding.sentence == (
        "Recording 3 of cam-01 follows one that is not here: between it and recording 1 at least one is "
        "missing, of number 2."
    )


def test_numbers_that_the_camera_skipped_itself_are_not_missed() -> None:
    [finding] = check_chains([FIRST, link(4, 1)])
    assert (finding.kind, finding.weight) == (ChainKind.SKIPPED, ChainWeight.REMARK)
    assert "of numbers 2 to 3 it never acknowledged a recording" in finding.sentence


@pytest.mark.parametrize("before", [1, 7, None])
def test_one_that_the_card_never_confirmed_is_passed_over_as_the_next_says(before: int | None) -> None:
    attempt, other = link(2, before), link(2, before, open_digest=digest("put in later"))
    after = link(3, before, unconfirmed=(Unconfirmed(2, attempt.open_digest),))
    here = [FIRST] if before == 1 else []
    beginning = (ChainKind.SKIPPED, ChainKind.EARLIER)
    [finding] = [each for each in check_chains([*here, attempt, after]) if each.kind not in beginning]
    assert (finding.kind, finding.weight, finding.numbers) == (
        ChainKind.UNCONFIRMED,
        ChainWeight.REMARK,
        (2, 3),
    )
    assert "the card did not confirm that recording, so it was never acknowledged" in finding.sentence
    worst, *_ = check_chains([*here, other, after])
    assert worst.weight is ChainWeight.DISAGREEMENT, "it is not the one that the camera meant"


@pytest.mark.parametrize(
    ("links", "kind", "numbers"),
    [
        ([FIRST, link(2, 9)], ChainKind.OTHER_BEFORE, (1, 2)),
        ([FIRST, SECOND, link(3, 1)], ChainKind.PASSED_OVER, (1, 2, 3)),
        ([FIRST, link(2, None)], ChainKind.FIRST_AGAIN, (1, 2)),
        ([FIRST, link(2, 3), link(3, 2)], ChainKind.BACKWARDS, (2, 3)),
        (
            [FIRST, replace(FIRST, recording="id x", open_digest=digest("x"))],
            ChainKind.NUMBER_TWICE,
            (1, 1),
        ),
        ([FIRST, replace(SECOND, recording="id 1")], ChainKind.ID_TWICE, (1, 2)),
        (
            [replace(FIRST, run="r", press_ns=5), replace(SECOND, run="r", press_ns=4)],
            ChainKind.TIME,
            (1, 2),
        ),
        ([replace(FIRST, run="r"), SECOND, replace(THIRD, run="r")], ChainKind.RUN_AGAIN, (1, 2, 3)),
        (
            [
                FIRST,
                link(1, None, camera="cam-02", open_digest=digest("c")),
                link(2, None, previous_open=C),
            ],
            ChainKind.OTHER_CAMERA,
            (2,),
        ),
    ],
)
def test_what_cannot_be_of_one_camera_is_a_contradiction(
    links: Sequence[RecordingLink], kind: ChainKind, numbers: tuple[int, ...]
) -> None:
    found = {(each.kind, each.numbers): each for each in check_chains(links)}
    assert (kind, numbers) in found
    assert found[kind, numbers].weight is ChainWeight.DISAGREEMENT
    assert found[kind, numbers].sentence.startswith("Recording ")
    assert found[kind, numbers].sentence.endswith(".")


def test_chunks_that_recordings_of_a_run_share_must_be_the_same() -> None:
    one = replace(FIRST, run="r", first_seq=10, chunks=chunks("a", "b", "c"))
    same = replace(SECOND, run="r", first_seq=11, chunks=chunks("b", "c", "d"))
    other = replace(SECOND, run="r", first_seq=11, chunks=chunks("b", "x", "y"))
    apart = replace(SECOND, run="r", first_seq=13, chunks=chunks("x"))
    elsewhere = replace(SECOND, first_seq=11, chunks=chunks("x"))
    unknown = replace(SECOND, run="r")
    for second in (same, apart, elsewhere, unknown):
        assert kinds(one, second) == []
    [finding] = check_chains([one, other])
    assert (finding.kind, finding.numbers) == (ChainKind.RUN_TWICE, (1, 2))
    assert (
        "hold different footage of the same moment, number 12 of one run: the run was signed twice"
        in finding.sentence
    )


def test_a_camera_of_the_same_name_in_another_fleet_is_another() -> None:
    assert kinds(FIRST, replace(FIRST, authority="b", open_digest=digest("b"), recording="id b")) == []


def test_a_copy_is_no_contradiction_and_two_ledgers_of_one_recording_are() -> None:
    whole = replace(FIRST, records=chunks("open", "keys", "close"))
    assert kinds(whole, whole) == [(ChainKind.COPY, (1,))]
    [cut] = check_chains([replace(whole, records=chunks("open")), whole])
    assert (cut.kind, cut.weight) == (ChainKind.LEDGER_TWICE, ChainWeight.DISAGREEMENT)
    assert "lacks the last 2 records of its ledger: it was copied before the end, or somebody" in cut.sentence
    [forked] = check_chains([replace(whole, records=chunks("open", "other")), whole])
    assert "two ledgers that contradict each other" in forked.sentence


def test_the_worst_comes_first() -> None:
    found = check_chains([link(2, 1), link(3, 9), link(5, 8), link(7, 5)])
    assert [each.weight for each in found] == sorted(each.weight for each in found)
    assert {each.weight for each in found} == set(ChainWeight)


def test_a_finding_is_json() -> None:
    [finding] = check_chains([FIRST, THIRD])
    assert finding.to_json() == {
        "kind": "not here",
        "weight": "missing",
        "camera": "cam-01",
        "numbers": [1, 3],
        "recordings": ["id 1", "id 3"],
        "sentence": finding.sentence,
    }


def camera_s(takes: Sequence[Take]) -> list[RecordingLink]:
    reports = [verify_recording(take.files, authorities=[IDENTITY.authority]) for take in takes]
    assert all(report.link is not None for report in reports), reports
    return [report.link for report in reports if report.link is not None]


def filmed() -> list[Take]:
    """Three recordings: the second's pre-record reaches into the first, the third is of another boot."""
    first = Take(IDENTITY, number=1)
    for _ in range(3):
        first.chunk()
    first.press(outside=1)
    first.live()
    first.close()
    second = first.another()
    second.chunk()
    second.press(outside=2)
    second.live()
    second.close()
    third = second.another(seed=8)
    third.chunk()
    third.press()
    third.close()
    return [first, second, third]


def test_what_a_camera_records_fits() -> None:
    links = camera_s(filmed())
    assert check_chains(links) == ()
    assert [len(each.chunks) // 32 for each in links] == [4, 5, 1]
    assert [each.first_seq for each in links] == [0, 1, 0]


def test_a_run_that_was_signed_twice_is_found_in_the_recordings_themselves() -> None:  # proves F8
    first, second, _ = filmed()
    twin = Take(IDENTITY, seed=9, number=2, previous_open=first.open_digest)
    twin.run = second.run
    for _ in range(3):
        twin.chunk(size=60)
    twin.press()
    twin.close()
    found = check_chains(camera_s([first, twin]))
    assert ChainKind.RUN_TWICE in {each.kind for each in found}


def test_of_an_altered_recording_there_is_no_link() -> None:
    files = filmed()[0].files
    broken = {name: data[:-1] + b"\0" for name, data in files.items()}
    assert verify_recording(broken, authorities=[IDENTITY.authority]).link is None
    assert verify_recording(files).link is not None


numbers = st.integers(0, 5)
digests = st.sampled_from([digest(str(each)) for each in range(6)])


@st.composite
def any_links(draw: st.DrawFn) -> list[RecordingLink]:
    """Whatever holders of keys could sign: each names one made before it, or one that is not here."""
    made: list[RecordingLink] = []
    for _ in range(draw(st.integers(0, 8))):
        before = st.sampled_from(made).map(lambda each: each.open_digest) if made else st.none()
        fields = RecordingLink(
            authority=draw(st.sampled_from(["a", "b"])),
            camera=draw(st.sampled_from(["cam-01", "cam-02"])),
            number=draw(numbers),
            recording=str(draw(numbers)),
            run=draw(st.sampled_from(["r", "s"])),
            press_ns=draw(numbers),
            open_digest=b"",
            previous_open=draw(st.none() | before | digests),
        )
        chunks, records = (draw(st.lists(digests, max_size=4).map(b"".join)) for _ in range(2))
        made.append(
            replace(
                fields,
                open_digest=digest(str(fields)),
                first_seq=draw(numbers),
                chunks=chunks,
                records=records,
            )
        )
    return made


@given(any_links(), st.randoms(use_true_random=False))
def test_whatever_comes_is_judged_alike_in_any_order_and_named(
    links: list[RecordingLink], draw: random.Random
) -> None:  # proves F6
    found = check_chains(links)
    for each in found:
        assert each.sentence.startswith("Recording ")
        assert set(each.recordings) <= {link.recording for link in links}
        assert each.to_json()
    shuffled = [*links]
    draw.shuffle(shuffled)
    assert worst(check_chains(shuffled)) == worst(found)


def worst(found: Sequence[ChainFinding]) -> ChainWeight | None:
    return min((each.weight for each in found), default=None)


@given(st.integers(2, 12), st.data())
def test_a_chain_with_any_taken_out_is_missed_between_and_contradicts_nothing(
    count: int, data: st.DataObject
) -> None:  # proves F8
    links = [link(number, number - 1 or None) for number in range(1, count + 1)]
    gone = data.draw(st.sets(st.integers(1, count), max_size=count - 1))
    left = [each for each in links if each.number not in gone]
    found = check_chains(left)
    assert all(each.weight is not ChainWeight.DISAGREEMENT for each in found)
    between = [number for number in gone if left[0].number < number < left[-1].number]
    assert any(each.kind is ChainKind.NOT_HERE for each in found) == bool(between)
