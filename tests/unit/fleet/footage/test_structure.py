"""What the fleet looks at in a part that it has opened, and which parts it chooses."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.capture.sound_track import _LAST_FRAMES_NS
from device.encode.packets import AAC_FRAME, to_ns
from device.settings import AUDIO_RATE
from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import boxes, make, make_full
from fleet.footage.media.codec import check_samples, codec_of, is_codec
from fleet.footage.media.fragment import Initialisation, Part, read_part
from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.verifying.structure import (
    SHORTER_NS,
    SOME,
    TOLERANCE_NS,
    PartLength,
    check_part,
    check_speed,
    choose,
)
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.units import NS_PER_S
from tests.support.media.parts import cut, encoded, footage_part
from tests.support.media.recordings import BOOT_NS
from tests.support.tries import tries


def ref(track: Track, *, start_ns: int = BOOT_NS, duration_ns: int = NS_PER_S, codec: str = "") -> ChunkRef:
    part = PartRef(track, codec or encoded(track).codec, 0, 1)
    return ChunkRef("x.seg", 1, start_ns, duration_ns, 0, (part,))


def data(track: Track, *, start_ns: int = BOOT_NS, duration_ns: int = NS_PER_S) -> bytes:
    return footage_part(track, start_ns=start_ns, duration_ns=duration_ns).data


@pytest.mark.parametrize("track", list(Track))
def test_a_part_that_is_what_its_header_says_passes(track: Track) -> None:
    seen = check_part(data(track), ref(track), track)
    assert seen.claimed_ns == NS_PER_S
    assert abs(seen.found_ns - NS_PER_S) < TOLERANCE_NS


@given(
    start=st.integers(-3 * NS_PER_S, 3 * NS_PER_S),
    length=st.integers(NS_PER_S // 4, 3 * NS_PER_S),
)
@settings(max_examples=tries(60), deadline=None)
def test_times_pass_exactly_where_they_are_the_header_s(start: int, length: int) -> None:
    part = data(Track.VIDEO, start_ns=BOOT_NS + start, duration_ns=length)
    begins, ends = start >= -TOLERANCE_NS, start + length <= NS_PER_S + TOLERANCE_NS
    fits = begins and ends and length >= NS_PER_S - SHORTER_NS
    slack = min(
        abs(start + TOLERANCE_NS),
        abs(start + length - NS_PER_S - TOLERANCE_NS),
        abs(length - NS_PER_S + SHORTER_NS),
    )
    if slack < NS_PER_S // 1000:
        return  # a tick more or less
    if fits:
        check_part(part, ref(Track.VIDEO), Track.VIDEO)
    else:
        with pytest.raises(MediaError):
            check_part(part, ref(Track.VIDEO), Track.VIDEO)


def test_what_the_camera_stated_to_be_missing_may_be_missing() -> None:
    half = data(Track.VIDEO, duration_ns=NS_PER_S // 2)
    gap = Gap(Track.VIDEO, BOOT_NS + NS_PER_S // 2, NS_PER_S // 2, GapCause.STALLED)
    with pytest.raises(MediaError, match=r"lasts 0\.50 s where the chunk's header says 1\.00 s"):
        check_part(half, ref(Track.VIDEO), Track.VIDEO)
    assert check_part(half, replace(ref(Track.VIDEO), gaps=(gap,)), Track.VIDEO).claimed_ns == NS_PER_S // 2
    check_part(half, ref(Track.VIDEO), Track.VIDEO, [gap])  # by an event of the ledger
    with pytest.raises(MediaError):
        check_part(half, ref(Track.VIDEO), Track.VIDEO, [replace(gap, track=Track.AUDIO)])


def test_chunks_shorter_than_the_tolerance_cannot_play_faster_together() -> None:  # proves F8
    check_speed([])
    check_speed([PartLength(60, 100), PartLength(60, 100)])
    check_speed([PartLength(100, 100), PartLength(30, 100), PartLength(30, 100), PartLength(100, 100)])
    with pytest.raises(MediaError, match=r"last 0\.03 s where their chunks' headers say 0\.27 s"):
        check_speed([PartLength(NS_PER_S // 100, NS_PER_S * 9 // 100)] * 3)


def test_the_sound_of_a_capture_may_end_as_early_as_cameras_let_it() -> None:  # proves F7
    missing = _LAST_FRAMES_NS + to_ns(AAC_FRAME, AUDIO_RATE)
    assert missing < SHORTER_NS
    for chunk_ns in (NS_PER_S, _LAST_FRAMES_NS + 3 * to_ns(AAC_FRAME, AUDIO_RATE)):
        sound = data(Track.AUDIO, duration_ns=chunk_ns - missing)
        check_speed([check_part(sound, ref(Track.AUDIO, duration_ns=chunk_ns), Track.AUDIO)])


def test_of_few_parts_all_are_chosen_and_of_many_the_ends_and_some() -> None:
    assert choose(0, b"") == ()
    assert choose(1, b"") == (0,)
    assert choose(SOME + 2, b"x") == tuple(range(SOME + 2))
    chosen = choose(1000, b"one")
    assert (chosen[0], chosen[-1], len(chosen)) == (0, 999, SOME + 2)
    assert choose(1000, b"one") == chosen != choose(1000, b"two")


@given(count=st.integers(0, 200), seed=st.binary(max_size=8), some=st.integers(0, 10))
def test_a_choice_is_in_order_within_and_never_twice(count: int, seed: bytes, some: int) -> None:
    chosen = choose(count, seed, some=some)
    assert list(chosen) == sorted(set(chosen))
    assert all(0 <= at < count for at in chosen)
    assert len(chosen) == min(count, some + 2)


def test_the_codec_is_read_from_the_sample_description() -> None:
    for track in Track:
        head = encoded(track).part.initialisation
        assert codec_of(head) == encoded(track).codec
        assert is_codec(head, encoded(track).codec)
    picture = encoded(Track.VIDEO).part.initialisation
    for other in ("avc1.64001F", "avc3.42C00A", "hvc1.1.6.L93.B0", "mp4a.40.2", ""):
        assert not is_codec(picture, other)


def described(entry: bytes) -> Initialisation:
    return replace(encoded(Track.AUDIO).part.initialisation, sample_entry=entry)


def test_of_a_codec_that_is_not_known_the_entry_s_name_counts() -> None:
    head = described(make("Opus", bytes(28)))
    assert codec_of(head) == "Opus"
    assert is_codec(head, "Opus")
    assert not is_codec(head, "mp4a.40.2")


def esds(*content: int) -> bytes:
    return make("mp4a", bytes(28), make_full("esds", 0, 0, bytes(content)))


@pytest.mark.parametrize(
    ("entry", "codec"),
    [
        (esds(3, 22, 0, 1, 0, 4, 17, 0x40, *bytes(12), 5, 2, 0x11, 0x90), "mp4a.40.2"),
        (esds(3, 24, 0, 1, 0xE0, 0, 0, 1, 9, 0, 0, 4, 13, 0x6B, *bytes(12)), "mp4a.6B"),
        (esds(3, 0x80, 22, 0, 1, 0, 4, 17, 0x40, *bytes(12), 5, 2, 0x2B, 0x90), "mp4a.40.5"),
    ],
)
def test_descriptors_of_sound_are_read_in_every_form(entry: bytes, codec: str) -> None:
    assert codec_of(described(entry)) == codec


@given(entry=st.binary(max_size=80))
def test_a_description_of_noise_is_refused_and_nothing_worse(entry: bytes) -> None:
    for kind in (b"mp4a", b"avc1"):
        box = struct.pack(">I", 8 + len(entry)) + kind + entry
        with pytest.raises(MediaError):
            codec_of(described(box))
    with pytest.raises(MediaError, match="empty"):
        codec_of(described(b""))


@given(noise=st.binary(max_size=200))
def test_a_descriptor_of_noise_is_refused_or_read(noise: bytes) -> None:
    try:
        found = codec_of(described(esds(*noise)))
    except MediaError:
        return
    assert found.startswith("mp4a.")


def test_samples_are_cut_as_their_codec_cuts_them() -> None:
    good = encoded(Track.VIDEO).part
    check_samples(good)
    for payload in (bytes(len(good.payload)), b"\xff" * len(good.payload)):
        with pytest.raises(MediaError, match="not cut into the units"):
            check_samples(replace(good, payload=payload))
    first = replace(good.samples[0], sync=False)
    with pytest.raises(MediaError, match="cannot be decoded alone"):
        check_samples(replace(good, samples=(first, *good.samples[1:])))
    with pytest.raises(MediaError, match="without any bytes"):
        check_samples(replace(good, samples=(replace(good.samples[0], size=0),)))


def test_a_first_picture_that_needs_others_is_refused() -> None:
    good = encoded(Track.VIDEO).part
    second = good.samples[0].size
    later = replace(
        good,
        samples=(replace(good.samples[1], sync=True),),
        payload=good.payload[second : second + good.samples[1].size],
    )
    with pytest.raises(MediaError, match="cannot be decoded alone"):
        check_samples(later)


def shown_late(part: Part) -> bytes:
    """The part with its pictures shown two seconds after they are decoded."""
    head = make_full("tfhd", 0, 0x20000, struct.pack(">I", 1))
    time = make_full("tfdt", 1, 0, struct.pack(">Q", BOOT_NS * 90_000 // NS_PER_S))
    rows = b"".join(
        struct.pack(">IIIi", 9000, each.size, 0x02000000 if each.sync else 0x01010000, 180_000)
        for each in part.samples
    )

    def moof(offset: int) -> bytes:
        run = make_full("trun", 1, 0x1 | 0xF00, struct.pack(">Ii", len(part.samples), offset), rows)
        return make("moof", make_full("mfhd", 0, 0, struct.pack(">I", 1)), make("traf", head, time, run))

    return part.initialisation.data + moof(len(moof(0)) + 8) + make("mdat", part.payload)


def test_when_a_picture_is_shown_counts_and_not_only_when_it_is_decoded() -> None:  # proves F8
    late = shown_late(encoded(Track.VIDEO).part)
    assert read_part(late).ticks == 90_000
    with pytest.raises(MediaError, match=r"to 503\.00 s where the chunk's header says 500\.00 s to 501\.00"):
        check_part(late, ref(Track.VIDEO), Track.VIDEO)


def within(data: bytes, path: str, extra: bytes) -> bytes:
    """A part with one more box at the end of another, and all lengths put right."""
    grown = bytearray(data)
    ends, start, end = [], 0, len(data)
    for kind in path.split("/"):
        box = next(each for each in boxes(data, start, end) if each.kind == kind)
        ends.append(box)
        start, end = box.body, box.end
    grown[end:end] = extra
    for box in ends:
        struct.pack_into(">I", grown, box.start, box.end - box.start + len(extra))
    return bytes(grown)


def test_a_part_with_an_edit_list_is_refused_since_it_plays_at_other_times() -> None:  # proves F8
    edit = make("edts", make_full("elst", 0, 0, struct.pack(">IIiHH", 1, 125, 0, 8, 0)))
    with pytest.raises(MediaError, match="has an edit list"):
        check_part(within(data(Track.VIDEO), "moov/trak", edit), ref(Track.VIDEO), Track.VIDEO)
    check_part(within(data(Track.VIDEO), "moov/trak", make("free")), ref(Track.VIDEO), Track.VIDEO)


def test_a_decoder_is_set_up_as_the_description_says() -> None:  # proves F8
    good = encoded(Track.VIDEO).part
    entry = good.initialisation.sample_entry
    at = entry.index(b"avcC") + 4
    first_set = at + 8  # behind six bytes of the record, and two of the set's length
    forged = {
        "another profile": (first_set + 1, 0x64),
        "no such set": (first_set, 0x65),
        "no set at all": (at + 5, 0xE0),
    }
    for place, byte in forged.values():
        other = bytearray(entry)
        other[place] = byte
        head = replace(good.initialisation, sample_entry=bytes(other))
        assert is_codec(head, encoded(Track.VIDEO).codec), "by its name it is what it should be"
        with pytest.raises(MediaError):
            check_samples(replace(good, initialisation=head))


def test_a_track_in_the_place_of_another_is_refused() -> None:
    one = encoded(Track.AUDIO).part
    sound = one.initialisation.data + cut(one, start_ns=BOOT_NS, duration_ns=NS_PER_S)
    with pytest.raises(MediaError, match="holds 'soun' where the chunk's header says video"):
        check_part(sound, ref(Track.VIDEO), Track.VIDEO)
