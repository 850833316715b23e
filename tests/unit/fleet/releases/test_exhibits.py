"""Exhibit numbers are given once and never again, and continuity entries say what can be so (F10)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.releases.rules.continuity import (
    COPY_WORDS,
    ENTERED_WORDS,
    KIND_WORDS,
    MOST_ENTRIES,
    SEEN_WORDS,
    ContinuityDraft,
    ContinuityError,
    ContinuityKind,
    CopyKind,
    clean_continuity,
)
from fleet.releases.rules.continuity_statement import (
    ContinuityStatement,
    StatedEntry,
    StatedExhibit,
    entry_words,
)
from fleet.releases.rules.draft import ReleaseDraftError
from fleet.releases.rules.exhibits import MOST_INITIALS, clean_initials, exhibit_number, initials_of

MADE = datetime(2027, 3, 1, 12, 0, 30, tzinfo=UTC)
NOW = MADE + timedelta(days=2)
SINCE = "it is with DC 12 Smith since"
WHOLE: dict[str, Any] = {
    "holder": "Jane Roe",
    "taker": "DC 12 Smith",
    "how": "In person",
    "seal": "A1",
    "words": "Yes",
}


@given(st.text(max_size=60))
def test_initials_of_any_name_are_none_or_can_be_used(name: str) -> None:
    # proves F10
    found = initials_of(name)
    assert re.fullmatch(rf"[A-Z]{{0,{MOST_INITIALS}}}", found)
    if found:
        assert clean_initials(found) == found


@given(st.text(max_size=20))
def test_initials_are_letters_from_a_to_z_however_they_are_typed(typed: str) -> None:
    # proves F10
    clean = ""
    with suppress(ReleaseDraftError):
        clean = clean_initials(typed)
    if not clean:
        return
    assert re.fullmatch(rf"[A-Z]{{1,{MOST_INITIALS}}}", clean)
    assert clean_initials(clean) == clean


@pytest.mark.parametrize(
    "typed", ["", " ", ".", "ABCDEF", "Ä", "AB1", "A/B", "\u0410\u0412", "ß", "=A", "A\x00"]
)
def test_initials_that_are_none_are_refused_in_one_sentence(typed: str) -> None:
    # proves F10
    with pytest.raises(ReleaseDraftError, match=r"^Type the initials of whoever produces it, .*\.$"):
        clean_initials(typed)


def test_an_exhibit_number_is_written_as_people_write_it() -> None:
    # proves F10
    assert exhibit_number(clean_initials(" a. b. c. "), 12) == "ABC/12"


# What can be entered


def entered(kind: str = "handed", **more: object) -> ContinuityDraft:
    plain = ContinuityDraft(kind, NOW, **WHOLE)
    return clean_continuity(replace(plain, **more), made=MADE, now=NOW, entries=3)  # type: ignore[arg-type]  # fields of a draft


def wrong(**more: object) -> tuple[str, str]:
    with pytest.raises(ContinuityError) as refused:
        entered(**more)  # type: ignore[arg-type]  # fields of a draft
    return refused.value.field, str(refused.value)


def test_every_kind_has_words_and_is_seen_or_entered_and_never_both() -> None:
    # proves F8
    assert set(KIND_WORDS) == set(ContinuityKind)
    assert not set(SEEN_WORDS) & set(ENTERED_WORDS)
    assert set(COPY_WORDS) == set(CopyKind)


@pytest.mark.parametrize("kind", [*SEEN_WORDS, "", "gone", "corrected"])
def test_nobody_enters_what_only_the_service_sees(kind: str) -> None:
    # proves F10
    assert wrong(kind=kind) == ("kind", "Choose what happened.")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("handed", "holder"),
        ("handed", "taker"),
        ("handed", "how"),
        ("returned", "taker"),
        ("stored", "holder"),
        ("stored", "how"),
        ("sealed", "seal"),
        ("unsealed", "seal"),
        ("copied", "holder"),
        ("destroyed", "how"),
        ("other", "words"),
    ],
)
def test_what_has_to_be_said_is_asked_for(kind: str, field: str) -> None:
    # proves F10
    place, said = wrong(kind=kind, **{field: " \n "})
    assert (place, said.startswith("Say "), said.endswith(" characters.")) == (field, True, True)


@pytest.mark.parametrize("field", ["holder", "taker", "how", "seal", "words"])
@pytest.mark.parametrize("text", ["a" * 501, "a\x00b", "a\u202eb", "a\u200bb"])
def test_texts_that_cannot_be_shown_or_are_too_long_are_refused(field: str, text: str) -> None:
    # proves F10
    assert wrong(kind="copied", **{field: text})[0] == field


@pytest.mark.parametrize(
    ("at", "fits"),
    [
        (MADE.replace(second=0), True),  # people do not type seconds
        (MADE.replace(second=0) - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + timedelta(microseconds=1), False),
        (None, False),
    ],
)
def test_nothing_happened_before_it_was_made_or_in_the_future(at: datetime | None, fits: bool) -> None:
    # proves F10
    if fits:
        assert entered(at=at).at == at
    else:
        said = "Say when it happened: from 2027-03-01 12:00 to 2027-03-03 12:00 UTC."
        assert wrong(at=at) == ("at", said)


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_a_correction_is_of_an_entry_that_there_is(number: int) -> None:
    # proves F10
    assert wrong(kind="corrected", corrects=number)[0] == "corrects"


def test_a_correction_says_what_is_right_and_of_what() -> None:
    # proves F10
    assert entered("corrected", corrects=3).corrects == 3
    assert wrong(kind="corrected", corrects=3, words="")[0] == "words"
    assert wrong(kind="handed", corrects=3)[0] == "kind"
    assert wrong(which_copy="third")[0] == "which_copy"


def drafts() -> st.SearchStrategy[ContinuityDraft]:
    text = st.text(max_size=40)
    kinds = st.sampled_from([*map(str, ContinuityKind), "x"])
    at = st.none() | st.datetimes(datetime(2027, 2, 28), datetime(2027, 3, 4), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
    copies = st.sampled_from(["", "master", "working", "x"])
    corrects = st.none() | st.integers(-1, 5)
    return st.builds(ContinuityDraft, kinds, at, text, text, text, text, copies, text, corrects)


@given(drafts())
def test_what_is_kept_of_an_entry_is_one_line_and_could_have_happened(draft: ContinuityDraft) -> None:
    # proves F10
    clean = None
    with suppress(ContinuityError):
        clean = clean_continuity(draft, made=MADE, now=NOW, entries=3)
    if clean is None:
        return
    assert clean.at is not None
    assert MADE - timedelta(minutes=1) < clean.at <= NOW
    assert clean.kind not in set(SEEN_WORDS)
    assert (clean.corrects is None) == (clean.kind != ContinuityKind.CORRECTED)
    printed = statement(
        StatedEntry(1, ContinuityKind(clean.kind), clean.at, is_seen=False, words=clean.words)
    )
    assert len(printed.text().splitlines()) == len(statement(entry(1)).text().splitlines())
    assert clean_continuity(clean, made=MADE, now=NOW, entries=3) == clean


# What is printed


def entry(number: int, **more: object) -> StatedEntry:
    plain = StatedEntry(number, ContinuityKind.HANDED, MADE, is_seen=False)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of an entry


def statement(
    *entries: StatedEntry, landlord: str = "Northgate Homes", digest: str = "5e"
) -> ContinuityStatement:
    exhibit = StatedExhibit("ABC/1", "recording 7 of cam-01", "0a", digest)
    return ContinuityStatement("REL-2027-0001", landlord, "Jane Roe", [exhibit], entries, NOW)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Handed to somebody."),
        (WHOLE, f"Handed to somebody; it was with Jane Roe; {SINCE}; In person; seal or digest A1; Yes."),
        ({"taker": "DC 12"}, "Handed to somebody; to DC 12."),
        ({"which_copy": "master"}, "Handed to somebody; master copy."),
        ({"words": "It rained."}, "Handed to somebody; It rained."),
        (
            {"kind": ContinuityKind.CORRECTED, "corrects": 2, "words": "It was DC 13"},
            "Correction of entry 2; It was DC 13.",
        ),
    ],
)  # fmt: skip
def test_an_entry_says_what_was_written_and_no_more(more: dict[str, object], said: str) -> None:
    # proves F8
    assert entry_words(entry(4, **more)) == said


def test_a_statement_has_exhibits_digests_and_entries_in_their_order() -> None:
    # proves F8, F10
    seen = entry(1, kind=ContinuityKind.APPROVED, is_seen=True)
    text = statement(seen, entry(2)).text()
    assert text.startswith("CONTINUITY OF RELEASE REL-2027-0001\nBy Northgate Homes\nReleased to: Jane Roe\n")
    assert "As it was written down by 2027-03-03 12:00:30 UTC." in text
    assert "- ABC/1: recording 7 of cam-01 (0a)\n  SHA-256 of its release.json" in text
    assert "\n1. 2027-03-01 12:00:30 UTC: Approved for release. (Written by the service.)\n2. " in text
    assert "Handed to somebody. (Entered by the landlord.)" in text
    assert "audit log alone" not in text
    bare = statement(landlord="", digest="").text()
    assert "\nBy " not in bare
    assert "SHA-256" not in bare


def test_a_statement_says_when_it_was_bounded() -> None:
    # proves F8
    entries = [entry(number) for number in range(1, MOST_ENTRIES + 1)]
    assert "audit log alone" not in statement(*entries[:-1]).text()
    said = f"There are {MOST_ENTRIES} entries; what was seen after them is in the audit log alone."
    assert said in statement(*entries).text()
