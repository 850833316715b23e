"""Every sentence that pages say of cameras, hand-outs and officers, where it is true and where it is not.

The register is ``fleet.web.views.claims.Claim``, with the badges of cameras and recordings and the lines
for several alike. Each has a state in which it is said, and the states in which it would be false: there it
is not said, whatever page is made. A sentence without such a case fails, and so does one that a view or a
template says past the register.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.assignments.undo import ChangeKind, HandOver
from fleet.footage.recordings.summary import ChainNote, RecordingSummary
from fleet.footage.timeline.conditions import ConditionSum
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web import templating
from fleet.web.facts import AssignmentFacts, CameraFacts, DayFacts, OfficerFacts, RecordingFacts, Silence
from fleet.web.views import state, tile
from fleet.web.views.claims import Claim
from fleet.web.views.desk import attention, best, camera, changed, coverage, handout, officers, sealing, today
from fleet.web.views.desk.grouping import Alike
from fleet.web.views.tile import tile as make_tile

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
UNHEARD = Silence.NOT_HEARD
UNTIL = NOW + timedelta(seconds=83)
OUT = CameraFacts(
    camera="cam-01",
    enrolled=NOW - timedelta(days=9),
    online=True,
    last_seen=NOW - timedelta(seconds=7),
    known_until=UNTIL,
    state="ready",
    officer="Officer 1",
    officer_id="o1",
    since=NOW - timedelta(hours=2),
    assignment="a1",
    held_s=180.0,
    window_s=180.0,
    battery=82,
    storage_used=6,
    waiting=0,
    made=7,
    clock_synchronised=True,
    conditions=(),
    taken_on=True,
)
IN = replace(OUT, officer=None, officer_id=None, since=None, assignment=None, state="standby")
SAFE = RecordingFacts(
    RecordingSummary(
        id="ab" * 16,
        camera="cam-01",
        number=7,
        officer_name="Officer 1",
        state="held",
        announced=NOW - timedelta(minutes=29),
        pressed=NOW - timedelta(minutes=30),
        clock_synchronised=True,
        verdict="intact",
        ended="closed",
        receipt=True,
        opening="opened",
        wearer_basis="signed",
    )
)
BLACK = (ConditionSum("video", "black", 42.0),)
BACK = HandOver("a1", ChangeKind.TAKEN_BACK, "cam-01", "o1", "Officer 1", NOW - timedelta(seconds=9))


@dataclass(frozen=True)
class World:
    """A state of things: what pages are made from."""

    cameras: tuple[CameraFacts, ...] = ()
    recordings: tuple[RecordingFacts, ...] = ()
    officers: tuple[OfficerFacts, ...] = ()
    changes: tuple[HandOver, ...] = ()
    had: tuple[AssignmentFacts, ...] = ()
    done: str = ""
    sealed: Sealed | None = None


def out(**change: Any) -> World:  # noqa: ANN401 - any field
    """A camera with an officer."""
    return World((replace(OUT, **change),))


def free(**change: Any) -> World:  # noqa: ANN401 - any field
    """A camera that nobody has."""
    return World((replace(IN, **change),))


def made(**change: Any) -> World:  # noqa: ANN401 - any field
    """A recording."""
    return World((), (replace(SAFE, summary=replace(SAFE.summary, **change)),))


def late(**change: Any) -> World:  # noqa: ANN401 - any field
    """A recording that is not all here two hours after the press, and what its camera says of it."""
    of_camera = {name: change.pop(name) for name in ("under_way", "silence") if name in change}
    facts = made(state="uploading", pressed=NOW - timedelta(hours=2), **change).recordings[0]
    return World((), (replace(facts, **of_camera),))


def said(world: World) -> set[str]:
    """Everything that any page says in a state."""
    found: list[object] = [
        today.today(world.cameras, world.recordings, DayFacts(), NOW, vault_sealed=world.sealed),
        handout.hand_out(world.cameras, world.officers, world.changes, None, NOW),
        officers.people(world.officers, "", NOW),
        changed.done_words(world.cameras, world.done),
        camera.had_it(world.had, NOW),
    ]
    for each in world.cameras:
        found += [make_tile(each, NOW), camera.about(each, NOW)]
        if each.assignment is not None:
            found.append(handout.take_back(world.cameras, each.assignment))
    return {text for one in found for text in _texts(one)}


_LATER = frozenset({"lapsed", "unheard"})
"""What is said once a message is too old is shown from then on, and not before."""


def _texts(thing: object) -> Iterable[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple | list):
        for each in thing:
            yield from _texts(each)
    elif isinstance(thing, handout.HandOut) and thing.out:
        yield from _texts(replace(thing, none_out="", out=()))  # the template says it only where none is out
        yield from _texts(thing.out)
    elif is_dataclass(thing):
        for part in fields(thing):
            if part.name not in _LATER:
                yield from _texts(getattr(thing, part.name))


GAPS = {
    "officer": r"Officer \d+",
    "camera": r"cam-\d+",
    "who": r"Officer \d+",
    "recording": r"[Rr]ecording \d+ of cam-\d+",
    "recordings": r"(?:Recordings? [\d, andmore]+|\d+ recordings?)",
    "held": r"[\d:]+",
    "window": r"[\d:]+",
    "known": ".*",
    **dict.fromkeys(("number", "percent", "share", "out"), r"\d+"),
}
"""What fills the gaps of sentences, where that tells one sentence from another."""
PARTS = {
    *(Claim.HANDED_OUT, Claim.SOME_RECORD, Claim.SOME_READY, Claim.SOME_UNHEARD, Claim.READY_TO_GO),
    Claim.ONE_OF_TWO_OF,
    *(Claim.WITH_NOW, Claim.WITH_NOBODY_NOW, Claim.RECORDING_IS),
    *(
        Claim.HOLDS,
        Claim.HOLDS_LAST,
        Claim.NOT_SAFE_YET,
        Claim.BEST_CHARGE,
        Claim.BEST_ROOM,
        Claim.BEST_VERIFIED,
    ),
}
"""Sentences that stand within others."""


def is_said(template: str, world: World) -> bool:
    """Whether a sentence, whatever fills its gaps, is said in a state."""
    pieces = re.split(r"(\{[a-z_]+\})", template)
    pattern = re.compile(
        "".join(GAPS.get(each[1:-1], ".+?") if each.startswith("{") else re.escape(each) for each in pieces),
        re.DOTALL,
    )
    if template == Claim.SOME_RECORD:
        return any(re.search(r"handed out, \d+ recording[,.]", text) for text in said(world))
    look = pattern.search if template in PARTS else pattern.fullmatch
    return any(look(text) for text in said(world))


@dataclass(frozen=True)
class Case:
    """A sentence's states: one in which it is true and said, and those in which it would be false."""

    true: World
    false: tuple[World, ...] = field(default=())


MAKING = replace(OUT, state="recording", recording=7, recording_of="Officer 1", recording_since=NOW)


def making(**change: Any) -> World:  # noqa: ANN401 - any field
    """Officer 1's camera, in their recording of which the fleet knows."""
    begun = replace(SAFE.summary, state="uploading", ended=None, receipt=False)
    return World((replace(MAKING, **change),), (replace(SAFE, summary=begun),))


def made_by(**change: Any) -> World:  # noqa: ANN401 - any field
    """The same camera, and another recording of that number."""
    world = making()
    summary = replace(world.recordings[0].summary, **change)
    dated = summary.moment if summary.is_dated else None
    camera_now = replace(
        MAKING, recording_of=summary.officer_name, recording_since=dated, recording_heard=summary.announced
    )
    return World((camera_now,), (replace(SAFE, summary=summary),))


GONE = {"online": False, "known_until": None}
TWO = {"doubled_since": NOW, "doubled_last": NOW}
"""Two devices use one identity at once."""
LOST, AWAY = out(**GONE), free(**GONE)
KEY_FILE_AWAY = Sealed(VaultOpener(), NOW, why="It is away.")
WAITS = World(sealed=Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW))
BY_HAND = World(sealed=Sealed(VaultOpener(), NOW, by_hand="Somebody"))
SILENT = replace(OUT, **GONE)  # type: ignore[arg-type] # fields as they are named
CLAIMS: dict[Claim, Case] = {
    # Coverage
    Claim.NO_CAMERAS: Case(World(), (out(), free())),
    Claim.ALL_IN: Case(free(), (out(), LOST, World())),
    Claim.ALL_COVERED: Case(
        out(),
        (
            LOST,
            free(),
            World(),
            *(out(state=each) for each in ("docked", "locked", "off", "fault", "standby", "dancing", None)),
            out(state="private"),
            out(held_s=0.0),
            out(held_s=None),
            out(battery=0),
            out(storage_used=100),
            out(state="recording", recording=7, recording_of="Officer 6"),
            out(trouble=("The sensor gives no picture.",)),
            out(taken_on=False),
            out(doubled_since=NOW, doubled_last=NOW),
            World((OUT, replace(SILENT, camera="cam-02", officer="Officer 2"))),
        ),
    ),
    Claim.NOT_COVERED: Case(out(state="docked"), (out(), LOST, out(state="recording"), free(state="off"))),
    Claim.MAY_NOT_BE_COVERED: Case(
        out(state="fault"), (out(), LOST, out(state="docked"), free(state="fault"))
    ),
    Claim.COVER_NOT_KNOWN: Case(LOST, (out(), AWAY)),
    Claim.FROM_NOTHING: Case(
        out(state="private"),
        (
            *(out(), out(state="recording"), free(state="private"), out(state="docked"), LOST),
            out(held_s=None),
        ),
    ),
    Claim.BEFORE_NOT_KNOWN: Case(
        out(held_s=None), (out(), out(held_s=0.0), out(state="private", held_s=None), free(held_s=None), LOST)
    ),
    Claim.IS_RECORDING: Case(
        making(),
        (
            *(out(), making(**GONE), making(state="ready"), making(doubled_since=NOW, doubled_last=NOW)),
            making(officer="Officer 3"),
            making(officer=None, assignment=None),
            making(recording=8),
            out(state="recording", recording=7),
            made_by(officer_name=None),
            made_by(officer_name="Officer 6"),
        ),
    ),
    Claim.CAMERA_RECORDS: Case(
        making(officer="Officer 3"),
        (out(), making(), making(officer="Officer 3", **GONE), LOST, out(state="recording", **TWO)),
    ),
    Claim.ONE_OF_TWO_RECORDS: Case(
        out(state="recording", **TWO),
        (out(state="recording"), out(**TWO), out(state="recording", **TWO, **GONE)),
    ),
    Claim.WITH_NOW: Case(
        out(state="recording"), (making(), free(state="recording"), out(state="recording", **GONE))
    ),
    Claim.WITH_NOBODY_NOW: Case(free(state="recording"), (out(state="recording"), making(), free())),
    Claim.RECORDING_IS: Case(
        making(officer="Officer 3"), (making(), out(state="recording"), made_by(officer_name=None))
    ),
    Claim.SINCE: Case(
        making(),
        (made_by(clock_synchronised=False), made_by(clock_synchronised=None), out(state="recording")),
    ),
    Claim.FIRST_HEARD: Case(made_by(clock_synchronised=False), (making(), out(state="recording"))),
    Claim.HANDED_OUT: Case(out(), (World(),)),
    Claim.SOME_RECORD: Case(out(state="recording"), (out(), out(state="recording", **GONE))),
    Claim.SOME_READY: Case(out(), (LOST, out(state="docked"), out(state="recording"))),
    Claim.SOME_UNHEARD: Case(LOST, (out(), free())),
    # Tiles, cameras, one camera
    Claim.HAS_IT: Case(out(), (free(), AWAY)),
    Claim.NOBODY_HAS_IT: Case(free(), (out(), LOST)),
    Claim.NEVER_HEARD: Case(out(last_seen=None, **GONE), (out(), LOST)),
    Claim.RING_FULL: Case(
        out(held_s=178.1),
        (LOST, out(held_s=177.9), out(held_s=None), out(window_s=None), out(state="recording"), free()),
    ),
    Claim.RING_HOLDS: Case(out(held_s=100.0), (out(), out(held_s=None), out(held_s=100.0, **GONE))),
    Claim.RING_NOT_KNOWN: Case(out(held_s=None), (out(), out(held_s=100.0))),
    Claim.CHARGE: Case(out(), (out(battery=None, storage_used=None), LOST)),
    Claim.STORAGE_USED: Case(out(), (out(storage_used=None), LOST)),
    Claim.RECORDS_NUMBER: Case(
        out(state="recording", recording=7),
        (
            *(out(recording=7), out(state="recording"), out(state="recording", recording=7, **GONE)),
            making(officer="Officer 3"),
        ),
    ),
    Claim.RECORDS_FOR: Case(
        making(officer="Officer 3"), (making(), out(state="recording", recording=7), making(state="ready"))
    ),
    Claim.SENDS: Case(out(uploading=7), (out(), out(uploading=7, **GONE))),
    Claim.SENT_SHARE: Case(
        out(uploading=7, uploading_share=40), (out(uploading=7), out(uploading=7, uploading_share=40, **GONE))
    ),
    Claim.SENT_LEFT: Case(
        out(uploading=7, bytes_left=9),
        (
            out(uploading=7),
            out(bytes_left=9),
            out(uploading=7, bytes_left=0),
            out(uploading=7, bytes_left=9, **GONE),
        ),
    ),
    Claim.TO_SEND: Case(
        out(waiting=2),
        (out(waiting=0), out(waiting=None), out(waiting=2, bytes_left=0), out(waiting=2, **GONE)),
    ),
    Claim.NO_RECEIPT: Case(
        out(waiting=2, bytes_left=0),
        (
            out(waiting=2),
            out(waiting=0, bytes_left=0),
            out(waiting=2, bytes_left=9),
            out(waiting=2, bytes_left=0, **GONE),
        ),
    ),
    Claim.SAID_LAST: Case(out(trouble=("No picture.",), **GONE), (out(trouble=("No picture.",)), LOST)),
    Claim.ONE_OF_TWO: Case(out(**TWO), (out(), out(**TWO, **GONE), out(trouble=("No picture.",)))),
    Claim.ONE_OF_TWO_OF: Case(
        out(storage_used=90, **TWO), (out(storage_used=90), out(**TWO), out(storage_used=90, **TWO, **GONE))
    ),
    Claim.AS_ONE_SAID: Case(out(**TWO), (out(), LOST, out(last_seen=None, **GONE))),
    Claim.HAND_OUT_NOT_SAID: Case(
        out(taken_on=False), (out(), out(taken_on=None), free(taken_on=False), out(taken_on=False, **GONE))
    ),
    Claim.TAKE_BACK_NOT_SAID: Case(
        free(taken_on=False), (free(), out(taken_on=False), free(taken_on=False, **GONE))
    ),
    Claim.NOT_KNOWN: Case(out(made=None), (out(firmware="1"),)),
    Claim.NOTHING_WRONG: Case(out(), (out(conditions=None), out(conditions=BLACK))),
    Claim.CLOCK_SET: Case(out(), (out(clock_synchronised=False), out(clock_synchronised=None))),
    Claim.CLOCK_NOT_SET: Case(out(clock_synchronised=False), (out(), out(clock_synchronised=None))),
    Claim.IDENTITY_DOUBLED: Case(out(doubled_since=NOW, doubled_last=NOW), (out(),)),
    Claim.AS_SAID_LAST: Case(LOST, (out(), out(last_seen=None, **GONE))),
    Claim.SETTINGS_REFUSED: Case(out(refused=("No.",)), (out(),)),
    # What needs somebody
    Claim.LOW_BATTERY: Case(out(battery=20), (out(battery=21), out(battery=None), out(battery=20, **GONE))),
    Claim.FULL_STORAGE: Case(
        out(storage_used=80), (out(storage_used=79), out(storage_used=None), out(storage_used=80, **GONE))
    ),
    Claim.CERTIFICATE_ENDS: Case(
        out(certificate_ends=NOW + timedelta(days=6)),
        (
            *(out(certificate_ends=NOW + timedelta(days=8)), out(), out(revoked=NOW, certificate_ends=NOW)),
            out(certificate_ends=NOW),
        ),
    ),
    Claim.CERTIFICATE_ENDED: Case(
        out(certificate_ends=NOW), (out(certificate_ends=NOW + timedelta(hours=1)), out())
    ),
    Claim.CAMERA_CLOCK: Case(
        out(clock_synchronised=False),
        (out(), out(clock_synchronised=None), out(clock_synchronised=False, **GONE)),
    ),
    Claim.DOUBLED_NOW: Case(
        out(doubled_since=NOW, doubled_last=NOW),
        (out(), out(doubled_since=NOW, doubled_last=NOW - timedelta(hours=1))),
    ),
    Claim.DOUBLED: Case(
        out(doubled_since=NOW, doubled_last=NOW - timedelta(hours=1)),
        (out(), out(doubled_since=NOW, doubled_last=NOW - timedelta(days=8))),
    ),
    Claim.TROUBLE: Case(out(trouble=("No picture.",)), (World(),)),
    Claim.CAPTURES_NOTHING: Case(
        out(conditions=BLACK, trouble=("The picture is black.",)),
        (out(), out(conditions=None), out(conditions=BLACK, **GONE)),
    ),
    Claim.LAST_TROUBLE: Case(out(trouble=("No picture.",), **GONE), (out(trouble=("No picture.",)), LOST)),
    Claim.NOT_TAKEN_ON: Case(out(refused=("No.",)), (out(), out(refused=("No.",), **GONE))),
    Claim.NOT_ARRIVED: Case(out(missing=(4,), missing_count=1), (out(), LOST)),
    Claim.NEVER_CONNECTED: Case(out(last_seen=None, **GONE), (out(), LOST, free(last_seen=None, **GONE))),
    Claim.LAST_MESSAGE: Case(LOST, (out(), AWAY, out(last_seen=None, **GONE))),
    Claim.VAULT_SEALED: Case(
        World(sealed=KEY_FILE_AWAY), (World(), made(), made(opening=None), WAITS, BY_HAND)
    ),
    Claim.VAULT_WAITS: Case(WAITS, (World(), World(sealed=KEY_FILE_AWAY), BY_HAND)),
    Claim.VAULT_SEALED_BY_HAND: Case(BY_HAND, (World(), World(sealed=KEY_FILE_AWAY), WAITS)),
    Claim.REFUSED: Case(made(state="failed"), (made(), made(state="uploading"))),
    Claim.CONTRADICTED: Case(
        made(chain=(ChainNote("disagreement", "They overlap."),)),
        (made(), made(chain=(ChainNote("missing", "One is not held here."),))),
    ),
    Claim.ALTERED: Case(made(verdict="altered"), (made(), made(verdict=None))),
    Claim.OF_NO_USE: Case(
        made(conditions=BLACK),
        (made(), made(conditions=None), made(conditions=BLACK, state="failed", verdict="altered")),
    ),
    Claim.CUT_SHORT: Case(
        made(told_closed=True, ended="cut off", receipt=True),
        (
            made(told_closed=True, ended="closed", receipt=True),
            made(told_closed=False, ended="cut off", receipt=True),
            made(told_closed=True, ended="cut off", receipt=False),
        ),
    ),
    Claim.LATE_LACKING: Case(
        made(state="uploading", pressed=NOW - timedelta(hours=2), sentence="Its end is not here."),
        (
            made(state="uploading", pressed=NOW - timedelta(hours=2), sentence=None),
            made(state="uploading", sentence="Its end is not here."),
            made(sentence="Its end is not here."),
        ),
    ),
    Claim.LATE: Case(
        made(state="uploading", pressed=NOW - timedelta(hours=2)),
        (made(), made(state="uploading"), made(pressed=NOW - timedelta(hours=2))),
    ),
    Claim.STILL_MAKES: Case(
        late(under_way=True, ended=None),
        (late(under_way=False, ended=None), late(under_way=True), late(ended=None)),
    ),
    Claim.SENDS_NO_MORE: Case(
        late(silence=Silence.OUT_OF_SERVICE),
        (late(), late(silence=Silence.DOUBLED), late(under_way=False, silence=Silence.OUT_OF_SERVICE)),
    ),
    Claim.MADE_BY_NOBODY: Case(
        made(officer_name=None, wearer_basis="nobody"),
        (made(), made(officer_name=None, wearer_basis="unknown")),
    ),
    Claim.WEARER_NOT_KNOWN: Case(
        made(officer_name=None, wearer_basis="unknown", wearer_doubt="clock not set"),
        (made(), made(officer_name=None, wearer_basis="unknown", wearer_doubt="not signed yet")),
    ),
    Claim.WEARER_DISPUTED: Case(made(wearer_doubt="list has nobody"), (made(),)),
    # Hand-out
    Claim.READY_TO_GO: Case(
        free(),
        (
            out(),
            AWAY,
            free(last_seen=None, **GONE),
            *(free(state=each) for each in ("recording", "fault", "off", "locked", None)),
            free(trouble=("No picture.",)),
            free(taken_on=False),
            free(waiting=None),
            free(waiting=1),
            free(missing_count=1),
            free(arriving=1),
            free(battery=20),
            free(storage_used=80),
        ),
    ),
    Claim.FREE_NOT_HEARD: Case(AWAY, (free(),)),
    Claim.FREE_NEVER_HEARD: Case(free(last_seen=None, **GONE), (free(), AWAY)),
    Claim.FREE_DOUBLED: Case(free(**TWO), (free(), AWAY, out(**TWO))),
    Claim.BACK_DOUBLED: Case(out(**TWO), (out(), LOST, free(**TWO))),
    Claim.FREE_LOCKED: Case(free(state="locked"), (free(), free(state="locked", **GONE))),
    Claim.FREE_RECORDS: Case(free(state="recording"), (free(), free(state="recording", **GONE))),
    Claim.FREE_FAULT: Case(free(state="fault"), (free(), free(state="fault", **GONE))),
    Claim.FREE_OFF: Case(free(state="off"), (free(),)),
    Claim.FREE_SAYS_NOTHING: Case(free(state=None), (free(), free(state=None, **GONE))),
    Claim.FREE_LOW: Case(free(battery=20), (free(), free(battery=None), free(battery=20, **GONE))),
    Claim.FREE_FULL: Case(free(storage_used=80), (free(), free(storage_used=80, **GONE))),
    Claim.HOLDS: Case(
        free(waiting=1),
        (free(), free(waiting=None), free(waiting=0, arriving=1), free(waiting=1, missing_count=2)),
    ),
    Claim.NOT_SAFE_YET: Case(free(waiting=0, arriving=1), (free(), free(waiting=1, arriving=1))),
    Claim.HOLDS_NOT_KNOWN: Case(free(waiting=None), (free(), free(waiting=1))),
    Claim.HOLDS_LAST: Case(out(waiting=1, **GONE), (out(waiting=1), LOST)),
    Claim.BACK_NOT_HEARD: Case(LOST, (out(),)),
    Claim.BACK_RECORDS: Case(making(), (out(), making(**GONE), out(state="recording"))),
    Claim.RECORDS_ON: Case(out(state="recording"), (out(), making(), out(state="recording", **GONE))),
    Claim.BEST: Case(free(), (AWAY, out(), free(taken_on=False), free(battery=1), free(state="fault"))),
    Claim.BEST_CHARGE: Case(free(), (free(battery=None), AWAY)),
    Claim.BEST_ROOM: Case(free(), (free(storage_used=None), AWAY)),
    Claim.BEST_VERIFIED: Case(
        free(verified=NOW - timedelta(days=1)),
        (free(), free(verified=NOW - timedelta(days=15)), free(verified=NOW + timedelta(days=1))),
    ),
    Claim.IS_WITH: Case(World((OUT,), done="cam-01"), (World((IN,), done="cam-01"), World(done="cam-01"))),
    Claim.IS_BACK: Case(World((IN,), done="cam-01"), (World((OUT,), done="cam-01"), World(done="cam-01"))),
    Claim.OFFICER_HAS: Case(
        World(officers=(OfficerFacts("o1", "Officer 1", camera="cam-01"),)),
        (World(officers=(OfficerFacts("o1", "Officer 1"),)),),
    ),
    Claim.OFFICER_HAS_NONE: Case(
        World(officers=(OfficerFacts("o1", "Officer 1"),)),
        (
            World(officers=(OfficerFacts("o1", "Officer 1", camera="cam-01"),)),
            World(officers=(OfficerFacts("o1", "Officer 1", retired=NOW),)),
        ),
    ),
    Claim.OFFICER_RETIRED: Case(
        World(officers=(OfficerFacts("o1", "Officer 1", retired=NOW),)),
        (World(officers=(OfficerFacts("o1", "Officer 1"),)),),
    ),
    Claim.NONE_OUT: Case(free(), (out(), LOST)),
    Claim.CHANGED_OUT: Case(
        World(changes=(replace(BACK, kind=ChangeKind.HANDED_OUT),)), (World(changes=(BACK,)), World())
    ),
    Claim.CHANGED_BACK: Case(
        World(changes=(BACK,)), (World(changes=(replace(BACK, kind=ChangeKind.HANDED_OUT),)), World())
    ),
    Claim.UNDO_UNTIL: Case(World(changes=(BACK,)), (World(),)),
}
LATER = {Claim.LAPSED, Claim.HAD_UNTIL_NOW}
"""What a page shows by itself: ``test_today_and_hand_out`` proves the first, the other is below."""


def test_every_sentence_has_a_state_in_which_it_would_be_false() -> None:
    # proves F8
    assert set(Claim) - set(CLAIMS) - LATER == set()
    assert [claim for claim, case in CLAIMS.items() if not case.false and claim not in LATER] == []


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim not in LATER])
def test_a_sentence_is_said_where_it_is_true_and_not_where_it_would_be_false(claim: Claim) -> None:
    # proves F8
    case = CLAIMS[claim]
    assert is_said(claim.value, case.true)
    assert [world for world in case.false if is_said(claim.value, world)] == []


ALIKE: dict[Alike, Mapping[str, Any]] = {
    Alike.TROUBLE: {"trouble": ("No picture.",)},
    Alike.CAPTURES_NOTHING: {"conditions": BLACK, "trouble": ("The picture is black.",)},
    Alike.DOUBLED_NOW: {"doubled_since": NOW, "doubled_last": NOW},
    Alike.DOUBLED: {"doubled_since": NOW, "doubled_last": NOW - timedelta(hours=1)},
    Alike.NOT_TAKEN_ON: {"refused": ("No.",)},
    Alike.LOW_BATTERY: {"battery": 3},
    Alike.FULL_STORAGE: {"storage_used": 90},
    Alike.CERTIFICATE_ENDS: {"certificate_ends": NOW + timedelta(days=1)},
    Alike.CERTIFICATE_ENDED: {"certificate_ends": NOW},
    Alike.CAMERA_CLOCK: {"clock_synchronised": False},
    Alike.LAST_TROUBLE: {"trouble": ("No picture.",), **GONE},
    Alike.NOT_HEARD: GONE,
    Alike.NOT_ARRIVED: {"missing": (1,), "missing_count": 1},
    Alike.REFUSED: {"state": "failed"},
    Alike.ALTERED: {"verdict": "altered"},
    Alike.CUT_SHORT: {"told_closed": True, "ended": "cut off", "receipt": True},
    Alike.CONTRADICTED: {"chain": (ChainNote("disagreement", "They overlap."),)},
    Alike.OF_NO_USE: {"conditions": BLACK},
    Alike.LATE: {"state": "uploading", "pressed": NOW - timedelta(hours=2)},
    Alike.MADE_BY_NOBODY: {"officer_name": None, "wearer_basis": "nobody"},
    Alike.WEARER_NOT_KNOWN: {"officer_name": None, "wearer_basis": "unknown"},
    Alike.WEARER_DISPUTED: {"wearer_doubt": "list has nobody"},
}
DETAILS = dict.fromkeys((Alike.CAPTURES_NOTHING, Alike.OF_NO_USE), "black picture")
OF_RECORDINGS = {each for each in Alike if "recordings" in each.value and each is not Alike.NOT_ARRIVED}


@pytest.mark.parametrize("alike", list(Alike))
def test_a_line_for_several_is_said_of_as_many_as_there_are(alike: Alike) -> None:
    # proves F8
    change = ALIKE[alike]
    if alike in OF_RECORDINGS:
        both = World((), (*made(**change).recordings, *made(number=8, id="cd" * 16, **change).recordings))
        alone = made(**change)
    else:
        both = World((*out(**change).cameras, *out(camera="cam-02", officer="Officer 2", **change).cameras))
        alone = out(**change)
    template = alike.value.replace("{number}", "2").replace("{detail}", DETAILS.get(alike, "No picture."))
    assert is_said(template, both)
    assert not is_said(alike.value, alone)
    assert not is_said(template, World((OUT,), (SAFE,)))


CAMERA_BADGES: dict[str, tuple[World, tuple[World, ...]]] = {
    "Recording": (out(state="recording"), (out(), out(state="recording", **GONE))),
    "Ready": (out(), (LOST, out(state="docked"))),
    "Standby": (free(), (AWAY, out())),
    "Private": (out(state="private"), (out(), out(state="private", **GONE))),
    "Docked": (out(state="docked"), (out(), out(state="docked", **GONE))),
    "Locked": (out(state="locked"), (out(), out(state="locked", **GONE))),
    "Fault": (out(state="fault"), (out(), out(state="fault", **GONE))),
    "Off": (out(state="off", **GONE), (out(), LOST)),
    "Offline": (LOST, (out(), out(last_seen=None, **GONE))),
    "Not seen yet": (out(last_seen=None, **GONE), (out(), LOST)),
    "Out of service": (out(revoked=NOW), (out(), LOST)),
    "Unknown": (out(state="dancing"), (out(), LOST)),
    "Two devices or more": (out(**TWO), (out(), out(**TWO, **GONE), out(last_seen=None, **TWO, **GONE))),
}


def test_every_badge_of_a_camera_has_its_states() -> None:
    badges = (
        *state.CAMERA.values(),
        state.OFFLINE,
        state.NEVER_SEEN,
        state.REVOKED,
        state.DOUBLED,
        state.UNKNOWN,
        state.UNSAID,
    )
    assert {each.word for each in badges} == set(CAMERA_BADGES)


@pytest.mark.parametrize("word", CAMERA_BADGES)
def test_a_badge_of_a_camera_is_shown_where_it_is_true_and_not_where_it_would_be_false(word: str) -> None:
    # proves F8
    true, false = CAMERA_BADGES[word]
    assert {each.word for each in _badges(true)} == {word}
    assert [world for world in false if word in {each.word for each in _badges(world)}] == []


def _badges(world: World) -> list[state.Badge]:
    return [make_tile(each, NOW).badge for each in world.cameras]


def recording(**change: Any) -> RecordingFacts:  # noqa: ANN401 - any field
    """A recording that arrives, and what its camera says of it."""
    said = {
        name: change.pop(name)
        for name in ("under_way", "silence", "sending", "to_send", "bytes_left")
        if name in change
    }
    summary = replace(
        SAFE.summary, verdict=None, **{"state": "announced", "opening": None, "receipt": False, **change}
    )
    return RecordingFacts(summary, **said)


def arriving(**change: Any) -> RecordingFacts:  # noqa: ANN401 - any field
    """A recording of which some is here, and what its camera says of it."""
    return recording(**{"under_way": False, "state": "uploading", "received_bytes": 9, **change})


AT_ODDS = (ChainNote("missing", "One is not held here."), ChainNote("disagreement", "They overlap."))
RECORDING_BADGES: dict[str, tuple[RecordingFacts, tuple[RecordingFacts, ...]]] = {
    "making": (
        recording(ended=None, under_way=True),
        (recording(ended=None), recording(ended=None, under_way=False), recording(under_way=True)),
    ),
    "unheard": (
        recording(),
        (
            recording(under_way=False),
            SAFE,
            *(recording(silence=each) for each in Silence if each is not UNHEARD),
        ),
    ),
    "deleting": (recording(state="deleting"), (recording(state="deleted"), recording(), SAFE)),
    "deleted": (recording(state="deleted"), (recording(state="deleting"), recording(), SAFE)),
    "gone": (recording(silence=Silence.OUT_OF_SERVICE), (recording(), arriving(sending=True))),
    "doubled": (recording(silence=Silence.DOUBLED), (recording(), arriving(sending=True))),
    "unsaid": (recording(silence=Silence.SAYS_NOTHING), (recording(), arriving())),
    "waiting": (recording(under_way=False), (arriving(), arriving(to_send=1))),
    "uploading": (
        arriving(sending=True),
        (
            recording(under_way=False, to_send=1),
            arriving(under_way=None),
            arriving(to_send=0),
            arriving(to_send=None),
            arriving(to_send=1, bytes_left=0),
        ),
    ),
    "lacking": (
        arriving(to_send=1, bytes_left=0),
        (arriving(to_send=1), arriving(sending=True, bytes_left=0), recording(under_way=False)),
    ),
    "verifying": (
        recording(state="verifying"),
        (recording(), SAFE, recording(state="verifying", sentence="It waits until the key file is there.")),
    ),
    "waits": (
        recording(state="verifying", sentence="It waits until the key file is there."),
        (recording(state="verifying"), SAFE, recording(state="held", sentence="Intact.")),
    ),
    "contradicted": (
        recording(state="held", opening="opened", chain=AT_ODDS),
        (SAFE, recording(state="held", chain=AT_ODDS[:1]), recording(state="failed", chain=AT_ODDS)),
    ),
    "not compared": (
        recording(state="held", opening="opened", chain=AT_ODDS[:1]),
        (
            SAFE,
            recording(state="held", opening="opened", chain=AT_ODDS),
            recording(state="verifying", chain=AT_ODDS),
        ),
    ),
    "unopened": (recording(state="held"), (SAFE, recording(state="verifying"))),
    "signed": (recording(state="failed", receipt=True), (SAFE, recording(state="failed"))),
    "of no use": (
        recording(state="held", opening="opened", conditions=BLACK),
        (SAFE, recording(state="held", conditions=BLACK), recording(state="failed", conditions=BLACK)),
    ),
    "held": (SAFE, (recording(state="held"), recording(state="verifying"), recording(state="failed"))),
    "failed": (recording(state="failed"), (SAFE, recording())),
    "stopped": (
        recording(state="stopped", received_bytes=9),
        (SAFE, recording(state="uploading", received_bytes=9), recording(state="failed")),
    ),
}


def test_every_badge_of_a_recording_has_its_states() -> None:
    assert set(RECORDING_BADGES) == set(state.RECORDING)


@pytest.mark.parametrize("kind", RECORDING_BADGES)
def test_a_badge_of_a_recording_is_shown_where_it_is_true_and_not_where_it_would_be_false(kind: str) -> None:
    # proves F8
    true, false = RECORDING_BADGES[kind]
    assert state.recording_badge(true) is state.RECORDING[kind]
    assert [facts for facts in false if state.recording_badge(facts) is state.RECORDING[kind]] == []


@pytest.mark.parametrize("verdict", [str(each) for each in state.VERDICT])
def test_the_badge_of_what_is_safe_is_no_calmer_than_the_verdict(verdict: str) -> None:
    # proves F8: a recording without an end, or with more missing than a little, is not plainly green
    facts = replace(SAFE, summary=replace(SAFE.summary, verdict=verdict))
    found = state.verdict_badge(facts.summary)
    assert found is not None
    assert CALM.index(state.recording_badge(facts).tone) >= CALM.index(found.tone)


CALM = ("good", "quiet", "busy", "live", "warn", "bad")


@pytest.mark.parametrize("change", [{}, {"opening": "opened"}, {"opening": "opened", "conditions": BLACK}])
@pytest.mark.parametrize(("notes", "tone"), [(AT_ODDS[:1], "warn"), (AT_ODDS[1:], "bad"), (AT_ODDS, "bad")])
def test_no_badge_is_calmer_than_what_the_page_says_of_the_camera_s_recordings_together(
    change: dict[str, Any], notes: tuple[ChainNote, ...], tone: str
) -> None:
    # proves F8: nobody who reads the list alone takes for safe what the page itself calls a contradiction
    badge = state.recording_badge(recording(state="held", chain=notes, **change))
    assert CALM.index(badge.tone) >= CALM.index(tone)


def test_who_had_it_until_now() -> None:
    (still,) = camera.had_it([AssignmentFacts("cam-01", "Officer 1", NOW, None)], NOW)
    (ended,) = camera.had_it([AssignmentFacts("cam-01", "Officer 1", NOW, NOW)], NOW)
    assert (still.end, ended.end is None) == (None, False)
    page = (TEMPLATES / "camera.html").read_text()
    assert "{% if each.end %}to {{ time(each.end) }}{% else %}{{ until_now }}{% endif %}" in page


PRESENT = [
    Claim.ALL_COVERED,
    Claim.NOT_COVERED,
    Claim.MAY_NOT_BE_COVERED,
    Claim.IS_RECORDING,
    Claim.CAMERA_RECORDS,
    Claim.RECORDS_FOR,
    Claim.RECORDS_ON,
    Claim.FROM_NOTHING,
    Claim.SOME_RECORD,
    Claim.SOME_READY,
    Claim.RING_FULL,
    Claim.RECORDS_NUMBER,
    Claim.SENDS,
    Claim.TO_SEND,
    Claim.NO_RECEIPT,
    Claim.READY_TO_GO,
    Claim.BEST,
    Claim.BACK_RECORDS,
    Claim.FREE_RECORDS,
    Claim.CAMERA_CLOCK,
    Claim.LOW_BATTERY,
]
CAMERAS = st.builds(
    replace,
    st.sampled_from([OUT, IN]),
    state=st.sampled_from([*state.CAMERA, "dancing", None]),
    recording=st.none() | st.integers(0, 9),
    held_s=st.none() | st.floats(0, 200),
    window_s=st.none() | st.just(180.0),
    battery=st.none() | st.integers(0, 100),
    storage_used=st.none() | st.integers(0, 100),
    waiting=st.none() | st.integers(0, 9),
    uploading=st.none() | st.integers(0, 9),
    bytes_left=st.none() | st.integers(0, 10**9),
    clock_synchronised=st.none() | st.booleans(),
    taken_on=st.none() | st.booleans(),
    missing_count=st.integers(0, 3),
    trouble=st.sampled_from([(), ("No picture.",)]),
)


@given(CAMERAS)
def test_of_a_camera_that_is_not_heard_nothing_is_said_of_the_present(facts: CameraFacts) -> None:
    # proves F8: whatever it said before it fell silent
    lost = World((replace(facts, **GONE),))  # type: ignore[arg-type] # fields as they are named
    assert [claim for claim in PRESENT if is_said(claim.value, lost)] == []


OF_ONE_CAMERA = [
    *(set(PRESENT) - {Claim.NOT_COVERED, Claim.MAY_NOT_BE_COVERED, Claim.SOME_RECORD}),
    *(Claim.CHARGE, Claim.STORAGE_USED, Claim.FULL_STORAGE, Claim.TROUBLE, Claim.SENT_LEFT),
    *(Claim.RING_HOLDS, Claim.HAND_OUT_NOT_SAID, Claim.TAKE_BACK_NOT_SAID),
]


@given(CAMERAS)
def test_of_a_camera_of_which_two_devices_exist_neither_s_word_is_the_camera_s(facts: CameraFacts) -> None:
    # proves F8: whatever one of them says, no tile, list, page of a camera or hand-out says it
    two = World((replace(facts, **TWO),))  # type: ignore[arg-type] # fields as they are named
    assert [claim for claim in OF_ONE_CAMERA if is_said(claim.value, two)] == []
    assert "Two devices or more" in {badge.word for badge in _badges(two)}


@given(CAMERAS)
def test_what_speaks_of_the_present_says_until_when(facts: CameraFacts) -> None:
    # proves F8: so that the page can take it back without a new message
    page = handout.hand_out([facts], (), (), None, NOW)
    shown = make_tile(facts, NOW)
    assert shown.until == "2026-11-22T10:01:23.000Z"
    assert {*(each.until for each in page.free), *(each.until for each in page.out)} == {shown.until}
    strip = coverage.strip([facts], (), NOW)
    assert {strip.until, *(each.until for each in strip.recording)} == {shown.until}


TEMPLATES = Path(templating.__file__).parent / "templates"
VIEWS = (attention, best, camera, coverage, handout, today, tile, officers, sealing)
STEPS = re.compile(
    r"^(Take|Until then|Connect|Dock|Enrol|Leave|Keep|Find|Put|Do not|Tell|Order and lengths|Whether|Better|"
    r": type a part| Dock it| out of service on its page|Recordings? |it does not verify)"
)
"""What to do about it, and what is not known: not a claim about a camera."""


def test_views_say_nothing_past_the_register() -> None:
    found = []
    for module in VIEWS:
        tree = ast.parse(Path(str(module.__file__)).read_text())
        documents = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        found += [
            (module.__name__, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents
            if re.search(r"[a-z]+ [a-z]+", node.value) and not STEPS.match(node.value)
        ]
    assert [each for each in found if each[1] not in LABELS] == []


LABELS = {
    " of at most ",
    "Certificate until",
    "Out of service",
    "Picture and sound",
    "Recordings made",
    "Not safe here yet",
    "more officer",
    "the press",
    "it was first heard of",
    "it was begun",
}
"""Headings of a figure, and pieces of sentences that are in the register."""

PAGES = (
    "today",
    "cameras",
    "camera",
    "hand_out",
    "officers",
    "officer",
    "parts/tile",
    "parts/strip",
    "parts/needs",
)


IN_THE_PRESENT = re.compile(
    r"\b(is (recording|ready|covered|heard|connected|full|back|with)|ready to go|records now|"
    r"nobody has (it|a camera)|never heard|still records|not covered|everyone)\b",
    re.IGNORECASE,
)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_says_nothing_of_the_present_by_itself(name: str) -> None:
    text = re.sub(r"<[^>]*>", "\n", JINJA.sub(" ", (TEMPLATES / f"{name}.html").read_text()))
    assert [line.strip() for line in text.splitlines() if IN_THE_PRESENT.search(line)] == []
