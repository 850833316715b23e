"""What was made and does not hide is found, by whatever way something of the original is left in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest

import fleet.redaction.redactor as seam
from fleet.footage.media.boxes import boxes, make
from fleet.footage.media.fragment import Part, read_part
from fleet.redaction.checking.movie_check import movie_findings
from fleet.redaction.errors import NotHiddenError
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.initialisation import bare_initialisation
from fleet.redaction.making.samples import payloads
from fleet.redaction.rules.mask import TimeSpan
from fleet.redaction.rules.plan import RedactionPlan
from protocol.footage.format.model import Track
from tests.unit.fleet.redaction.copies import MUTE, PLAN, footage, movie, parts, redactor

VIDEO, AUDIO = parts(Track.VIDEO)[1], parts(Track.AUDIO)[1]


def made_of(data: bytes, plan: RedactionPlan = PLAN) -> bytes:
    """Return what is made of a second by some plan."""
    made = redactor(plan).part(data)
    assert made is not None
    return made


def rebuilt(data: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Return a part with other samples."""
    part = read_part(data)
    changed = change(list(payloads(part)))
    samples = [replace(each, size=len(new)) for each, new in zip(part.samples, changed, strict=True)]
    return write_part(part.initialisation.data, part.decode_time, samples, b"".join(changed))


def moved(data: bytes, ticks: int) -> bytes:
    """Return a part with no texts, at another time."""
    part = read_part(data)
    head = bare_initialisation(part.initialisation.data)
    return write_part(head, part.decode_time + ticks, part.samples, part.payload)


def with_box(data: bytes, parent: str, extra: bytes) -> bytes:
    """Return a part with one more box, at its end or at the end of its ``moov``."""
    if not parent:
        return data + extra
    out = b""
    for box in boxes(data):
        if box.kind == parent:
            out += make(parent, data[box.body : box.end], extra)
        else:
            out += data[box.start : box.end]
    return out


def sei(unit: bytes) -> bytes:
    return len(unit).to_bytes(4, "big") + unit


def with_more_in_mdat(data: bytes) -> bytes:
    mdat = next(box for box in boxes(data) if box.kind == "mdat")
    return data[: mdat.start] + make("mdat", data[mdat.body : mdat.end], b"thumbnail")


(MASK,) = PLAN.masks
SMALLER = replace(
    PLAN,
    masks=(
        replace(
            MASK,
            keys=tuple(replace(key, area=replace(key.area, left=key.area.left + 8)) for key in MASK.keys),
        ),
    ),
)
LATER = replace(
    PLAN, masks=(replace(MASK, keys=(replace(MASK.keys[1], at_ns=1_450_000_000), *MASK.keys[1:])),)
)
SHORTER = RedactionPlan(mutes=(replace(MUTE, span=TimeSpan(1_300_000_000, 1_500_000_000)),))
LEFT_IN = [
    (
        "a box of another kind",
        lambda: with_box(made_of(VIDEO), "", make("uuid", b"x")),
        VIDEO,
        "cannot be read",
    ),
    ("half of it", lambda: made_of(VIDEO)[:-99], VIDEO, "cannot be read"),
    ("the original", lambda: moved(VIDEO, 0), VIDEO, "pictures of the original"),
    (
        "a mask that is too small",
        lambda: made_of(VIDEO, SMALLER),
        VIDEO,
        "shows something else than the fill",
    ),
    ("a mask that begins late", lambda: made_of(VIDEO, LATER), VIDEO, "picture 4 shows something else"),
    (
        "one picture of it",
        lambda: rebuilt(made_of(VIDEO), lambda all_of: [*all_of[:-1], list(payloads(read_part(VIDEO)))[-1]]),
        VIDEO,
        "1 pictures of the original",
    ),
    (
        "a message",
        lambda: rebuilt(
            made_of(VIDEO), lambda all_of: [sei(b"\x06\x05\x04text\x80") + all_of[0], *all_of[1:]]
        ),
        VIDEO,
        "messages between its pictures",
    ),
    (
        "no first picture",
        lambda: rebuilt(made_of(VIDEO), lambda all_of: [all_of[1], *all_of[1:]]),
        VIDEO,
        "refers to pictures before it",
    ),
    (
        "what is no picture",
        lambda: rebuilt(made_of(VIDEO), lambda all_of: [all_of[0][:-1], *all_of[1:]]),
        VIDEO,
        "not cut into the units",
    ),
    ("a box of texts", lambda: with_box(made_of(VIDEO), "moov", make("udta", b"x")), VIDEO, "a box 'udta'"),
    ("a box behind it", lambda: with_box(made_of(VIDEO), "", make("free", b"x")), VIDEO, "a box 'free'"),
    ("bytes that are no sample", lambda: with_more_in_mdat(made_of(VIDEO)), VIDEO, "none of its samples"),
    ("another time", lambda: moved(made_of(VIDEO), 9000), VIDEO, "not at the times"),
    ("another track", lambda: made_of(AUDIO), VIDEO, "another kind of track"),
    (
        "the same scene all black",
        lambda: rebuilt(made_of(VIDEO), lambda all_of: [all_of[0]] * len(all_of)),
        VIDEO,
        "refers|cannot be decoded|another scene|something else",
    ),
    ("the original sound", lambda: moved(AUDIO, 0), AUDIO, "something of the muted span is left|set up"),
    ("a mute that is too short", lambda: made_of(AUDIO, SHORTER), AUDIO, "muted span is left"),
    (
        "sound that was changed",
        lambda: rebuilt(made_of(AUDIO), lambda all_of: [*all_of[:-1], all_of[0]]),
        AUDIO,
        "not muted and not the original's",
    ),
]


@pytest.mark.parametrize(
    ("make_it", "data", "sentence"), [each[1:] for each in LEFT_IN], ids=[each[0] for each in LEFT_IN]
)
def test_what_is_left_in_a_made_part_is_found(
    make_it: Callable[[], bytes], data: bytes, sentence: str
) -> None:  # proves F8
    said = " ".join(each for each in redactor().findings(make_it(), data))
    assert any(each in said for each in sentence.split("|")), said


@pytest.mark.parametrize("data", [VIDEO, AUDIO], ids=["picture", "sound"])
def test_in_what_is_made_nothing_is_found(data: bytes) -> None:
    assert redactor().findings(made_of(data), data) == []


def test_what_does_not_pass_is_given_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:  # proves F8
    smaller = made_of(VIDEO, SMALLER)
    monkeypatch.setattr(seam, "with_hidden", lambda *_: smaller)
    with pytest.raises(NotHiddenError, match=r"given to nobody\. Its picture 4 shows .* 1 more of the kind"):
        redactor().part(VIDEO)


def copy_of() -> tuple[bytes, list[Part]]:
    """Return the film of a copy, and its parts."""
    made = [redactor().part(part.data) or part.data for chunk in footage() for part in chunk.parts]
    return movie(made), [read_part(each) for each in made]


MOVIE, PARTS = copy_of()


def found_in(data: bytes) -> list[str]:
    return list(movie_findings(io.BytesIO(data), PARTS))


def test_a_movie_of_the_parts_of_a_copy_holds_nothing_else() -> None:
    assert found_in(MOVIE) == []


def movie_with(path: list[str], change: Callable[[bytes], bytes], data: bytes = MOVIE) -> bytes:
    """Return a film in which a box's contents are changed; lengths above it follow."""
    out = b""
    for box in boxes(data):
        body = data[box.body : box.end]
        if box.kind == path[0]:
            # A full box of texts begins with a version and flags.
            lead = body[:4] if box.kind == "meta" else b""
            body = lead + movie_with(path[1:], change, body[len(lead) :]) if len(path) > 1 else change(body)
            path = path if len(path) > 1 else [""]
            out += make(box.kind, body)
        else:
            out += data[box.start : box.end]
    return out


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda: movie([part.data for chunk in footage() for part in chunk.parts]), "other samples"),
        (lambda: MOVIE[:-1] + b"\0", "other samples"),
        (lambda: MOVIE[:-100], "other samples"),
        (lambda: MOVIE + b"thumbnail", "belong to none"),
        (lambda: movie_with(["moov"], lambda body: body + make("uuid", b"x")), "a box 'uuid'"),
        (
            lambda: movie_with(
                ["moov", "udta", "meta", "ilst"],
                lambda body: body + make("covr", make("data", bytes(3), b"\x0d", bytes(4), b"jpeg")),
            ),
            "a box 'covr'",
        ),
        (
            lambda: movie_with(
                ["moov", "trak", "edts", "elst"],
                lambda body: body[:16] + (900).to_bytes(8, "big") + body[24:],
            ),
            "an edit list",
        ),
        (lambda: b"RIFF" + MOVIE, "cannot be read"),
        (lambda: b"", "cannot be read"),
    ],
    ids=["original", "last byte", "cut off", "more", "box", "cover", "edit list", "another file", "nothing"],
)
def test_what_else_a_movie_holds_is_found(data: Callable[[], bytes], sentence: str) -> None:  # proves F8
    assert sentence in " ".join(each for each in found_in(data()))
