"""What is decided of imports: how long they are kept, what is written down, what a file is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.imagery.rules.draft import ImportDraft, ImportDraftError, check_last_day, clean_import
from fleet.imagery.rules.formats import ImportFormat, format_of, picture_size
from fleet.imagery.rules.import_keeping import LOOK_DAYS, ImportFacts, import_keeping
from fleet.imagery.rules.kinds import ImportKind
from fleet.organisation.bases import Basis, LandlordKind
from fleet.retention.rules.calendar import plus_months
from fleet.retention.rules.keeping import HoldFacts, HoldKind

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOLD = HoldFacts(HoldKind.CLAIM, "Legal 1", "A claim", date(2027, 9, 1))
CLIP = ImportFacts(ImportKind.CCTV, received=NOW)
PHOTOGRAPH = ImportFacts(ImportKind.PHOTOGRAPH, received=NOW)
DRAFT = ImportDraft("cctv", "Camera 4 of the car park", "legitimate-interests", "Who damaged the door")

moments = st.integers(0, 3650 * 86_400).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_a_clip_is_kept_for_a_calendar_month_from_when_it_is_said_to_have_been_taken() -> None:
    # proves F3
    taken = datetime(2027, 1, 31, 12, tzinfo=UTC)
    received = datetime(2027, 2, 1, 12, tzinfo=UTC)
    kept = import_keeping(replace(CLIP, received=received, taken=taken), 1, ZONE)
    assert kept.until == date(2027, 2, 28)
    assert "said to have been taken" in kept.reason
    assert not kept.may_go(date(2027, 2, 28))
    assert kept.may_go(date(2027, 3, 1))


def test_a_clip_of_which_nobody_says_when_counts_from_its_receipt() -> None:
    for taken, words in ((None, "nobody says"), (NOW + timedelta(days=2), "after that")):
        kept = import_keeping(replace(CLIP, taken=taken), 2, ZONE)
        assert (kept.until, words in kept.reason, "2 months" in kept.reason) == (date(2027, 5, 1), True, True)


@given(received=moments, taken=st.none() | moments, until=st.none() | days, months=st.integers(1, 12))
def test_nothing_goes_before_its_time_or_within_a_week(
    received: datetime, taken: datetime | None, until: date | None, months: int
) -> None:
    # proves F3
    came = received.astimezone(ZONE).date()
    for kind in ImportKind:
        kept = import_keeping(ImportFacts(kind, received, taken, until), months, ZONE).until
        assert kept is not None
        assert kept >= came + timedelta(days=LOOK_DAYS)
        if until is not None:
            assert kept == max(until, came + timedelta(days=LOOK_DAYS))
        elif kind is ImportKind.CCTV:
            counts = min(came, came if taken is None else taken.astimezone(ZONE).date())
            assert kept == max(plus_months(counts, months), came + timedelta(days=LOOK_DAYS))


@given(received=moments, ended=st.none() | moments, until=st.none() | days)
def test_a_hold_wins_over_everything(received: datetime, ended: datetime | None, until: date | None) -> None:
    # proves F3
    for kind in ImportKind:
        facts = ImportFacts(kind, received, kept_until=until, ended=ended, ended_by="A", holds=(HOLD,))
        kept = import_keeping(facts, 1, ZONE)
        assert kept.until is None
        assert not kept.may_go(date(2099, 1, 1))


def test_what_somebody_decided_to_delete_goes_at_once() -> None:
    kept = import_keeping(replace(PHOTOGRAPH, ended=NOW, ended_by="Manager 1"), 1, ZONE)
    assert kept.may_go(NOW.date())
    assert kept.reason == "To be deleted, as Manager 1 decided on 1 March 2027."


def test_a_slip_can_be_put_right_once_a_hold_ended() -> None:
    kept = import_keeping(replace(PHOTOGRAPH, loosened=NOW + timedelta(days=30)), 1, ZONE)
    assert kept.until == date(2027, 4, 7)
    assert "A hold on it ended" in kept.reason
    kept = import_keeping(replace(PHOTOGRAPH, unlinked=NOW + timedelta(days=30)), 1, ZONE)
    assert kept.until == date(2027, 4, 7), "a hold of that incident holds it no more"
    assert "It was taken out of an incident" in kept.reason


def refusal(**change: object) -> str:
    """Which field is refused."""
    landlord = LandlordKind.HOUSING_ASSOCIATION
    with pytest.raises(ImportDraftError) as error:
        clean_import(replace(DRAFT, **change), landlord, NOW, ZONE)  # type: ignore[arg-type]  # fields of it
    return error.value.field


def test_what_is_needed_is_asked_for() -> None:
    # proves F6
    assert refusal(kind="song") == "kind"
    assert refusal(source="  ") == "source"
    assert refusal(source="x" * 201) == "source"
    assert refusal(purpose="") == "purpose"
    assert refusal(place="a\u202eb") == "place"
    assert refusal(basis="favour") == "basis"
    assert refusal(basis=Basis.PUBLIC_TASK) == "basis", "a housing association has no public task"
    assert refusal(taken=NOW + timedelta(minutes=1)) == "taken"
    assert refusal(taken=NOW) == "taken_says", "whoever says so is named"
    assert refusal(kept_until=date(2027, 2, 28)) == "kept_until"
    assert refusal(kept_until=date(2028, 3, 3)) == "kept_until"
    assert refusal(kind="photograph") == "kept_until", "a photograph is kept for its purpose"
    clean = clean_import(replace(DRAFT, source=" The  council "), LandlordKind.HOUSING_ASSOCIATION, NOW, ZONE)
    assert (clean.source, clean.kind, clean.taken_says) == ("The council", ImportKind.CCTV, "")


def test_a_photograph_inside_a_home_needs_notice_before_it() -> None:
    home = {"kind": "photograph", "kept_until": date(2027, 6, 1), "at_home": True}
    assert refusal(**home) == "noticed"
    assert refusal(**home, noticed=date(2027, 3, 2), notice="By letter") == "noticed"
    taken = {"taken": NOW - timedelta(days=3), "taken_says": "Officer 1"}
    assert refusal(**home, **taken, noticed=date(2027, 2, 27), notice="By letter") == "noticed"
    assert refusal(**home, noticed=date(2027, 2, 20)) == "notice"
    noticed = replace(DRAFT, **home, noticed=date(2027, 2, 20), notice="By letter to the tenant")  # type: ignore[arg-type]  # fields of it
    assert clean_import(noticed, LandlordKind.HOUSING_ASSOCIATION, NOW, ZONE).noticed == date(2027, 2, 20)
    outside = replace(noticed, at_home=False)
    assert clean_import(outside, LandlordKind.HOUSING_ASSOCIATION, NOW, ZONE).noticed is None


def test_a_last_day_is_within_a_year() -> None:
    for far in (0, 366):
        check_last_day(NOW.date() + timedelta(days=far), NOW.date())
    for far in (-1, 367):
        with pytest.raises(ImportDraftError, match="once a year"):
            check_last_day(NOW.date() + timedelta(days=far), NOW.date())


@given(st.binary(max_size=600))
def test_what_a_file_is_is_never_guessed(data: bytes) -> None:
    # proves F6
    found = format_of(data)
    if found is ImportFormat.MPEG_TS:
        assert data[0] == data[188] == data[376] == 0x47
    if found is not None and found.is_picture:
        size = picture_size(data, found)
        assert size is None or (size[0] > 0 and size[1] > 0)


@given(st.binary(max_size=200))
def test_the_head_of_a_picture_is_read_whatever_it_says(rest: bytes) -> None:
    for kind, begin in ((ImportFormat.JPEG, b"\xff\xd8\xff"), (ImportFormat.PNG, b"\x89PNG\r\n\x1a\n")):
        size = picture_size(begin + rest, kind)
        assert size is None or all(0 < each < 1 << 32 for each in size)


def test_pictures_in_a_container_of_clips_are_no_clips() -> None:
    assert format_of(b"\0\0\0\x18ftypheic" + bytes(8)) is None
    assert format_of(b"\0\0\0\x18ftypisom" + bytes(8)) is ImportFormat.MP4
