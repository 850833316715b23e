"""What is made of a second: hidden where it has to be, and everything else as it was."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.footage.errors import MediaError
from fleet.footage.media.filler import FRAME, silent_packet
from fleet.footage.media.fragment import read_part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making import decoded
from fleet.redaction.making.fill import BLACK, cut_out, hide
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.group_encoder import GroupEncoder
from fleet.redaction.making.nal_units import PICTURES, nal_units
from fleet.redaction.making.samples import payloads, shown_times
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import TimeSpan
from fleet.redaction.rules.plan import Fill, Muting, RedactionPlan
from protocol.footage.format.model import Track
from tests.support.media.recordings import BOOT_NS
from tests.support.tries import tries
from tests.unit.fleet.redaction.copies import (
    FACE,
    PICTURE,
    PLAN,
    SECOND,
    footage,
    movie,
    parts,
    redactor,
    shown,
    with_fill,
)

VIDEO, AUDIO = parts(Track.VIDEO), parts(Track.AUDIO)
RATE = 48_000
FPS = PICTURE.fps


def test_only_seconds_in_which_something_is_hidden_are_made_anew() -> None:  # proves F8
    assert [redactor().part(each) is None for each in VIDEO] == [True, False, True]
    assert [redactor().part(each) is None for each in AUDIO] == [True, False, True]
    spans = [(chunk.start_ns, chunk.start_ns + chunk.duration_ns) for chunk in footage()]
    assert [redactor().may_touch_picture(*span) for span in spans] == [False, True, False]
    assert redactor().may_touch_sound(*spans[1])
    nothing = redactor(RedactionPlan())
    assert [nothing.part(each) for each in (*VIDEO, *AUDIO)] == [None] * 6


def test_a_mask_outside_the_picture_changes_nothing() -> None:
    outside = Area(PICTURE.width + 10, 0, PICTURE.width + 20, 9)
    (mask,) = PLAN.masks
    plan = replace(PLAN, masks=(replace(mask, keys=tuple(replace(key, area=outside) for key in mask.keys)),))
    assert redactor(plan).part(VIDEO[1]) is None


def test_the_masked_part_is_black_and_the_rest_is_the_scene() -> None:  # proves F8
    made = redactor().part(VIDEO[1])
    assert made is not None
    before, after = shown(VIDEO[1]), shown(made)
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        start = SECOND + number * SECOND // FPS
        areas = PLAN.hidden_at(start, start + SECOND // FPS, PICTURE.width, PICTURE.height)
        assert bool(areas) == (3 <= number <= 6), "a picture is shown until the next one comes"
        for area in areas:
            for plane, black in zip(cut_out(new, area), BLACK, strict=True):
                assert np.abs(plane.astype(int) - black).max() < 30
        hide(old, areas, Fill.SOLID)
        assert np.abs(old.astype(int) - new).mean() < 4, "it is the scene, encoded anew"


def test_a_second_made_anew_decodes_alone_between_its_neighbours() -> None:  # proves F8
    made = redactor().part(VIDEO[1])
    assert made is not None
    part, original = read_part(made), read_part(VIDEO[1])
    assert shown_times(part) == shown_times(original)
    assert [sample.sync for sample in part.samples] == [True] + [False] * (FPS - 1)
    assert {unit[0] & 0x1F for each in payloads(part) for unit in nal_units(each, 4)} <= PICTURES
    assert (part.initialisation.width, part.initialisation.height) == (
        original.initialisation.width,
        original.initialisation.height,
    )
    joined, whole = shown(movie([VIDEO[0], made, VIDEO[2]])), shown(movie(VIDEO))
    assert len(joined) == len(whole) == 3 * FPS
    for number in (*range(FPS), *range(2 * FPS, 3 * FPS)):
        assert np.array_equal(joined[number], whole[number]), "its neighbours are what they were"


def heard(of: list[bytes]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Decode the sound of a movie, from the first sample on."""
    with av.open(io.BytesIO(movie(of)), "r") as container:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])


@settings(max_examples=tries(12))
@given(st.integers(0, 2_900_000_000), st.integers(1, 900_000_000))
def test_a_mute_is_exact_silence_and_every_other_frame_is_as_it_was(start: int, length: int) -> None:
    # proves F8
    plan = RedactionPlan(mutes=(Muting(1, TimeSpan(start, start + length), "a name"),))
    made = [redactor(plan).part(each) or each for each in AUDIO]
    samples = heard(made)
    first = read_part(AUDIO[0]).decode_time
    begin, end = ((BOOT_NS + at) * RATE // SECOND - first for at in (start, start + length + 1))
    assert not samples[max(begin, 0) : max(end, 0)].any()
    silent, changed = silent_packet(read_part(AUDIO[0]).initialisation), 0
    for old, new in zip(AUDIO, made, strict=True):
        for before, after in zip(payloads(read_part(old)), payloads(read_part(new)), strict=True):
            assert after in {before, silent}
            changed += after != before
    assert changed <= (length * RATE // SECOND) // FRAME + 4, "a frame more on each side, and what is cut"


def test_a_mute_reaches_over_into_the_second_beside_it() -> None:
    plan = RedactionPlan(mutes=(Muting(1, TimeSpan(SECOND, SECOND + 1), "a name"),))
    changed = [redactor(plan).part(each) is not None for each in AUDIO]
    assert changed == [True, True, False]
    spans = [(chunk.start_ns, chunk.start_ns + chunk.duration_ns) for chunk in footage()]
    assert [redactor(plan).may_touch_sound(*span) for span in spans] == changed


@pytest.mark.parametrize("fill", [Fill.PIXELS, Fill.BLUR])
def test_blur_and_pixels_change_the_area_and_nothing_else(fill: Fill) -> None:
    picture = np.random.default_rng(7).integers(0, 255, (PICTURE.height * 3 // 2, PICTURE.width), np.uint8)
    area = FACE.within(PICTURE.width, PICTURE.height)
    assert area is not None
    hidden = picture.copy()
    hide(hidden, [area], fill)
    luma, filled = (cut_out(each, area)[0].astype(float) for each in (picture, hidden))
    assert np.abs(np.diff(filled)).mean() < np.abs(np.diff(luma)).mean() / 2, "what is fine is gone"
    hide(picture, [area], Fill.SOLID)
    hide(hidden, [area], Fill.SOLID)
    assert np.array_equal(picture, hidden)
    assert redactor(with_fill(fill)).part(VIDEO[1]) is not None


@pytest.mark.parametrize(
    ("data", "was", "now", "sentence"),
    [
        (VIDEO[1], b"avc1\0\0", b"hvc1\0\0", "Only pictures as H.264"),
        (AUDIO[1], b"mp4a\0\0", b"Opus\0\0", "Only sound as AAC-LC"),
        (
            AUDIO[1],
            (RATE << 16).to_bytes(4, "big"),
            (32_000 << 16).to_bytes(4, "big"),
            "Only sound as AAC-LC",
        ),
        (VIDEO[1], b"avcC\x01", b"avcX\x01", "cannot be decoded"),
    ],
    ids=["another picture", "another sound", "another rate", "no description"],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    data: bytes, was: bytes, now: bytes, sentence: str
) -> None:  # proves F6
    assert was in data
    with pytest.raises((RedactionError, MediaError), match=sentence):
        redactor().part(now.join(data.rsplit(was, 1)))


def test_pictures_that_are_too_large_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:  # proves F6
    monkeypatch.setattr(decoded, "MOST_PIXELS_TOGETHER", 5 * PICTURE.width * PICTURE.height)
    with pytest.raises(RedactionError, match="10 pictures of 192 by 128 pixels are too much"):
        redactor().part(VIDEO[1])


@settings(max_examples=tries(25))
@given(st.data())
def test_a_damaged_second_is_refused_or_hidden_all_the_same(data: st.DataObject) -> None:  # proves F6
    part = read_part(VIDEO[1])
    payload = bytearray(part.payload)
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    damaged = write_part(part.initialisation.data, part.decode_time, part.samples, bytes(payload))
    try:
        made = redactor().part(damaged)
    except (RedactionError, MediaError):
        return
    assert made is not None
    assert redactor().findings(made, damaged) == []


def test_a_part_that_is_cut_off_is_refused() -> None:  # proves F6
    with pytest.raises(MediaError):
        redactor().part(VIDEO[1][:-10])


def test_a_second_without_pictures_is_not_made() -> None:
    # proves F6
    with pytest.raises(RedactionError, match="The second has no pictures"):
        GroupEncoder(90_000, rate=10, profile="high").finish(90_000)
