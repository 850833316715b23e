"""What releases decide, whatever they are given."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.releases.packages.zipped import ZipLayout, ZippedFile
from fleet.releases.rules.codes import (
    ALPHABET,
    MOST_WRONG,
    LinkFacts,
    LinkState,
    clean_code,
    link_state,
    new_code,
)
from fleet.releases.rules.cover import folder_name
from fleet.releases.rules.draft import (
    LONGEST_DAYS,
    MOST_SPANS,
    Choices,
    ChosenFootage,
    ReleaseDraft,
    ReleaseDraftError,
    ReleaseMethod,
    clean_release,
)
from fleet.releases.rules.plan import SLACK_NS, ChosenSpan, PlannedPart, TrackChoice, plan_release
from fleet.releases.rules.states import ReleaseActor, ReleaseFacts, ReleaseState, ReleaseStep, why_not
from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TODAY = date(2027, 3, 1)
CHOICES = Choices(["consent", "recognised"], {"crime": None, "emergency": "recognised"})
SPANS = st.builds(
    ChosenSpan,
    st.integers(0, 20_000),
    st.none() | st.integers(0, 20_000),
    st.sampled_from(TrackChoice),
)
PARTS = st.lists(
    st.tuples(st.sampled_from(Track), st.integers(0, 20_000), st.integers(1, 2000)), max_size=12
).map(
    lambda found: [
        PlannedPart(seq, track, start * 1_000_000, (start + length) * 1_000_000)
        for seq, (track, start, length) in enumerate(found)
    ]
)
TRACKS = {TrackChoice.BOTH: set(Track), TrackChoice.PICTURE: {Track.VIDEO}, TrackChoice.SOUND: {Track.AUDIO}}


@given(PARTS, st.lists(SPANS, max_size=4))
def test_nothing_goes_out_that_no_span_holds(parts: list[PlannedPart], chosen: list[ChosenSpan]) -> None:
    # proves F10
    plan = plan_release(parts, chosen)
    for part in parts:
        out = plan.treatment(part.seq, part.track) is Treatment.UNTOUCHED
        holders = [
            each
            for each in chosen
            if part.track in TRACKS[each.tracks]
            and each.from_ms * 1_000_000 - SLACK_NS <= part.start_ns
            and (each.to_ms is None or part.end_ns <= each.to_ms * 1_000_000 + SLACK_NS)
        ]
        assert out == bool(holders)
    assert plan.treatment(10**9, Track.VIDEO) is Treatment.WITHHELD


@given(PARTS, st.lists(SPANS, max_size=4), SPANS)
def test_another_span_takes_nothing_back(
    parts: list[PlannedPart], chosen: list[ChosenSpan], more: ChosenSpan
) -> None:
    # proves F10
    before, after = plan_release(parts, chosen), plan_release(parts, [*chosen, more])
    for key, treatment in before.treatments.items():
        assert treatment is Treatment.WITHHELD or after.treatments[key] is Treatment.UNTOUCHED
    for plan in (before, after):
        assert sum(plan.sums_ns.values()) == sum(each.end_ns - each.start_ns for each in parts)


@given(
    st.sampled_from(ReleaseState),
    st.frozensets(st.sampled_from("abc"), min_size=1),
    st.sampled_from("abcd"),
    st.booleans(),
    st.booleans(),
    st.integers(-2, 2),
)
def test_nobody_approves_their_own_release(
    state: ReleaseState,
    authors: frozenset[str],
    who: str,
    is_person: bool,
    broke: bool,
    hours: int,
) -> None:
    # proves F5, F10
    facts = ReleaseFacts(state, authors, NOW + timedelta(hours=hours))
    actor = ReleaseActor(who, is_person=is_person, by_break_glass=broke)
    may = why_not(ReleaseStep.APPROVE, facts, actor, NOW) is None
    fits = state is ReleaseState.DRAFT and hours > 0
    assert may == (fits and is_person and not broke and who not in authors)
    if why_not(ReleaseStep.HAND_OVER, facts, actor, NOW) is None:
        assert (state, is_person) == (ReleaseState.MADE, True)
        assert hours > 0


@given(
    st.integers(0, 12),
    st.integers(0, 6),
    st.integers(1, 5),
    st.booleans(),
    st.integers(-2, 2),
    st.integers(-9, 9),
)
def test_a_link_is_good_for_no_more_than_was_allowed(
    wrong: int, fetched: int, allowed: int, ended: bool, hours: int, ahead: int
) -> None:
    # proves F10
    made, expires = NOW + timedelta(minutes=ahead), NOW + timedelta(hours=hours)
    facts = LinkFacts(made, expires, NOW if ended else None, fetched, allowed, wrong)
    good = link_state(facts, NOW) is LinkState.GOOD
    assert good == (not ended and fetched < allowed and wrong < MOST_WRONG and hours > 0 and ahead <= 5)


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from(["", "aa", "bb"])), unique=True))
def test_no_two_recordings_of_a_package_share_a_folder(recordings: list[tuple[int, str]]) -> None:
    # proves F10
    names = {folder_name("cam-01", number, apart) for number, apart in recordings}
    assert len(names) == len(recordings)


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_back_as_it_is_told(random: bytes) -> None:
    # proves F10
    code = new_code(lambda _count: random)
    assert set(code) <= {*ALPHABET, "-"}
    assert clean_code(code) == clean_code(f"  {code.lower().replace('-', ' ')} ") == code.replace("-", "")
    assert len(ALPHABET) == 32  # so that no character comes oftener than another


DRAFT = ReleaseDraft(
    recipient="  A.  Hill ",
    organisation="",
    purpose="Access",
    basis="consent",
    condition="",
    withheld="Nothing",
    method=ReleaseMethod.LINK,
    expires=TODAY,
    footage=(ChosenFootage("r", ChosenSpan(0, None)),),
)


def test_a_draft_is_made_clean() -> None:
    # proves F6
    assert clean_release(DRAFT, CHOICES, TODAY).recipient == "A. Hill"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("basis", {"basis": ""}),
        ("basis", {"basis": "whim"}),
        ("condition", {"condition": "none"}),
        ("condition", {"condition": "emergency"}),
        ("expires", {"expires": TODAY - timedelta(days=1)}),
        ("expires", {"expires": TODAY + timedelta(days=LONGEST_DAYS + 1)}),
        ("recipient", {"recipient": "  "}),
        ("recipient", {"recipient": "x" * 201}),
        ("organisation", {"organisation": "a\x00b"}),
        ("purpose", {"purpose": ""}),
        ("withheld", {"withheld": " \n "}),
        ("footage", {"footage": ()}),
        ("footage", {"footage": DRAFT.footage * (MOST_SPANS + 1)}),
        ("footage", {"footage": (ChosenFootage("r", ChosenSpan(5, 5)),)}),
        ("footage", {"footage": (ChosenFootage("r", ChosenSpan(-1, 5)),)}),
        ("footage", {"footage": (ChosenFootage("r", ChosenSpan(0, 10**9)),)}),
    ],
)
def test_a_draft_that_cannot_be_says_which_field(field: str, wrong: dict[str, object]) -> None:
    # proves F6
    with pytest.raises(ReleaseDraftError) as refused:
        clean_release(replace(DRAFT, **wrong), CHOICES, TODAY)  # type: ignore[arg-type]  # a wrong field
    assert refused.value.field == field


@given(st.dictionaries(st.from_regex(r"[a-zé]{1,9}(/[a-z.]{1,9})?", fullmatch=True), st.binary(max_size=99)))
def test_an_archive_is_read_back_and_has_the_length_that_was_said(files: dict[str, bytes]) -> None:
    # proves F8
    layout = ZipLayout([ZippedFile(name, len(data), zlib.crc32(data)) for name, data in files.items()])
    whole = b"".join(layout.head(n) + data for n, data in enumerate(files.values())) + layout.tail
    assert len(whole) == layout.length
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert read.testzip() is None
        assert {each: read.read(each) for each in read.namelist()} == files


def test_an_archive_beyond_four_gigabytes_is_read_back(tmp_path: Path) -> None:
    # proves F8
    large = 5 * 2**30
    files = [ZippedFile("large", large, 0), ZippedFile("small", 3, zlib.crc32(b"end"))]
    layout = ZipLayout(files)
    with (tmp_path / "large.zip").open("wb") as out:
        out.write(layout.head(0))
        out.seek(large, io.SEEK_CUR)  # a hole: nothing of it is written
        out.write(layout.head(1) + b"end" + layout.tail)
        assert out.tell() == layout.length
    with zipfile.ZipFile(tmp_path / "large.zip") as read:
        assert read.getinfo("large").file_size == large
        assert read.read("small") == b"end"
