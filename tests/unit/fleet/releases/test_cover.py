"""The page that lies beside a release: what it says of how much there is (F8)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from fleet.releases.rules.cover import ReleaseCover
from protocol.footage.format.model import Track


def page(**amounts: dict[Track, int]) -> str:
    plain: dict[str, Any] = {each.name: "" for each in fields(ReleaseCover)}
    nothing: dict[Track, int] = {}
    sums = {"untouched_ms": nothing, "withheld_ms": nothing, "changed_ms": nothing, **amounts}
    return ReleaseCover(**{**plain, "number": 7, "spans": (), **sums}).page()


def test_a_part_of_a_second_is_never_said_to_be_none() -> None:
    # proves F8
    said = page(untouched_ms={Track.VIDEO: 40}, withheld_ms={Track.VIDEO: 1}, changed_ms={Track.VIDEO: 49})
    assert (
        "Of the picture: 0.040 s here as the camera made them, 0.049 s made anew with something masked in "
        "them, 0.001 s withheld\n"
    ) in said
    assert "Of the sound: there is none in the recording\n" in said


def test_what_there_is_none_of_is_said_as_none() -> None:
    # proves F8
    said = page(untouched_ms={Track.AUDIO: 61_500})
    assert "Of the sound: 61.5 s here as the camera made them, 0.0 s withheld\n" in said
