"""What a release of an import says of itself: what is known of it, and never that a camera signed it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.releases.rules.import_cover import CLIP_NAME, PHOTOGRAPH_NAME, ImportCover, is_all
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from protocol.footage.format.model import Track

COVER = ImportCover(
    reference="REL-2027-0001",
    landlord="Northgate Homes",
    contact="1 Gate Street",
    whose="DC 12, The police",
    purpose="The door",
    basis="Legal obligation",
    condition="",
    withheld="Nothing",
    answers="REQ-2027-0001",
    made="2027-03-01T12:00:00Z",
    last_day="2027-03-31",
    imported="5e" * 8,
    import_reference="IMP-2027-0004",
    what="CCTV clip",
    source="Camera 4",
    received="2027-02-28T10:00:00Z",
    received_sha256="ab" * 32,
    received_bytes=1234,
    copy_sha256="cd" * 32,
    exhibit="ABC/1",
    file=CLIP_NAME,
    is_as_noted=True,
    spans=(ChosenSpan(0, None),),
)
MADE = replace(
    COVER,
    is_as_noted=False,
    spans=(ChosenSpan(1000, 4000),),
    given_ms={Track.VIDEO: 3000, Track.AUDIO: 3000},
    changed_ms={Track.VIDEO: 1000, Track.AUDIO: 0},
    withheld_ms={Track.VIDEO: 1500, Track.AUDIO: 1500},
)
STILL = replace(COVER, what="Photograph", file=PHOTOGRAPH_NAME, is_as_noted=False, masks=2)
_NEVER = ("untouched", "verified as", "exactly as", "authentic")


@pytest.mark.parametrize("cover", [COVER, MADE, STILL, replace(STILL, is_as_noted=True, masks=0)])
def test_it_says_what_is_known_and_never_that_it_is_verified(cover: ImportCover) -> None:
    # proves F8
    page, said = cover.page(), json.dumps(cover.said())
    for known in ("2027-02-28T10:00:00Z", "Camera 4", "ab" * 32, "not signed by a camera", "IMP-2027-0004"):
        assert known in page, known
        assert known in said, known
    assert page.startswith("RELEASED TO: DC 12, The police\n")
    for word in _NEVER:
        assert word not in page + said, word
    assert cover.said()["noted_sha256"] == ("cd" * 32 if cover.is_as_noted else None)


def test_how_it_was_made_is_said() -> None:
    assert "imported: digest as noted" in COVER.page()
    assert "Of the picture: all that there is" in COVER.page()
    assert COVER.said()["released"] == ["all of it"]
    assert "Of the picture: 3.0 s here, 1.0 s of it with something masked, 1.5 s withheld" in MADE.page()
    assert "Of the sound: 3.0 s here, 1.5 s withheld" in MADE.page()
    assert "encoded anew as a whole of the copy of the import, with something hidden in it" in MADE.page()
    assert MADE.said()["released"] == ["0:01 to 0:04, picture and sound"]
    quiet = replace(MADE, given_ms={}, changed_ms={}, withheld_ms={})
    assert "Of the sound: there is none" in quiet.page()
    assert "encoded anew as a whole of the copy of the import." in quiet.page()
    assert "with 2 masks over it" in STILL.page()
    assert "with 1 mask over it" in replace(STILL, masks=1).page()
    assert "Of the picture" not in STILL.page()


@given(
    st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.sampled_from(TrackChoice), st.integers(1, 3)
)
def test_only_one_span_of_everything_is_all_of_it(
    start: int, end: int | None, tracks: TrackChoice, times: int
) -> None:
    spans = [ChosenSpan(start, end, tracks)] * times
    expected = (start, end, tracks, times) == (0, None, TrackChoice.BOTH, 1)
    assert is_all(spans) == expected
    assert (replace(COVER, spans=spans).released() == ["all of it"]) == expected
