"""Recordings compared with their camera's others when they are held: in any order, and never in the way."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fleet.core.actor import Role
from fleet.footage.recordings.chain_row import ChainRow
from protocol.footage.ledger.event_record import EventKind
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.recordings import Take, TestIdentity


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def filmed(identity: TestIdentity) -> list[Take]:
    """Three recordings of a camera, two of one boot."""
    takes = [Take(identity, number=1)]
    for seed in (None, 5):
        takes.append(_made(takes[-1]).another(seed=seed))
    _made(takes[-1])
    return takes


def _made(take: Take) -> Take:
    take.chunk()
    take.press(outside=len(take.chunks) - 1)
    take.live()
    take.close()
    return take


def send(fleet: Fleet, takes: Sequence[Take]) -> None:
    for take in takes:
        link = Link(fleet, take)
        link.everything()
        assert link.complete().status_code == 202
        assert link.wait_for_receipt().status_code == 200, take.number


def rows_of(fleet: Fleet) -> list[Any]:
    """What a program is told of all recordings."""
    shown = bearer(fleet, Role.SAFETY_TEAM, name=f"program {uuid4()}")
    return list(fleet.dashboard.get("/api/v1/recordings", headers=shown).json())


def told(fleet: Fleet) -> dict[int, list[str]]:
    """What is told of each recording and its neighbours, by its number."""
    return {row["number"]: [note["weight"] for note in row["chain"]] for row in rows_of(fleet)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_recordings_that_fit_say_nothing_in_whatever_order_they_arrive(
    fleet: Fleet, order: Sequence[int]
) -> None:
    takes = filmed(fleet.identity())
    send(fleet, [takes[at] for at in order])
    assert told(fleet) == {1: [], 2: [], 3: []}


def test_one_that_is_not_here_yet_is_said_and_blocks_no_receipt(fleet: Fleet) -> None:  # proves F8
    first, second, third = filmed(fleet.identity())
    send(fleet, [third, first])
    assert told(fleet) == {1: ["missing"], 3: ["missing"]}
    send(fleet, [second])
    assert told(fleet) == {1: [], 2: [], 3: []}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_contradiction_is_held_receipted_and_shown_on_both(fleet: Fleet, order: Sequence[int]) -> None:
    # proves F8
    identity = fleet.identity()
    first, *_ = filmed(identity)
    twin = Take(identity, seed=9, number=2, previous_open=first.open_digest)
    twin.run = first.run
    twin.chunk(size=90)
    twin.press()
    twin.close()
    pair = [first, twin]
    send(fleet, [pair[at] for at in order])
    assert told(fleet) == {1: ["disagreement"], 2: ["disagreement"]}
    rows = rows_of(fleet)
    assert {(row["state"], row["receipt"]) for row in rows} == {("held", True)}
    for row in rows:
        [note] = row["chain"]
        assert "the run was signed twice" in note["sentence"]
        shown = bearer(fleet, Role.SAFETY_TEAM, name=f"program {uuid4()}")
        page = fleet.dashboard.get(f"/recordings/{row['id']}", headers={**shown, "Accept": "text/html"}).text
        assert "hold different footage of the same moment: the camera's key or" in html.unescape(page)
        assert "signed twice" not in page, "the page has everyday words"


def test_a_number_that_the_card_never_confirmed_is_not_missing(fleet: Fleet) -> None:  # proves L3
    identity = fleet.identity()
    first = _made(Take(identity, number=1))
    attempt = Take(identity, number=2, seed=4, previous_open=first.open_digest)
    attempt.chunk()
    attempt.press()
    later = Take(identity, number=4, seed=5, previous_open=first.open_digest)
    later.chunk()
    later.press()
    later.event(EventKind.FAULT, what="so", unconfirmed=2, open=attempt.open_digest.hex())
    later.event(EventKind.FAULT, what="so", unconfirmed=4)
    later.close()
    send(fleet, [first, later])
    assert account(fleet) == (4, 2, 1, [3]), "of itself, or of one to come, a recording cannot say so"
    assert told(fleet) == {1: [], 4: []}
    attempt.close()
    send(fleet, [attempt])
    assert account(fleet) == (4, 3, 0, [3]), "what did arrive is counted as that"
    assert told(fleet) == {1: [], 2: [], 4: []}, "and contradicts nothing"


def account(fleet: Fleet) -> tuple[int, int, int, list[int]]:
    """What the one camera made, what of it is here, was never confirmed, and is missing."""
    shown = bearer(fleet, Role.SAFETY_TEAM, name=f"program {uuid4()}")
    [found] = fleet.dashboard.get("/api/v1/recordings/accounts", headers=shown).json()
    return found["made"], found["received"], found["unconfirmed"], found["missing"]


def test_what_was_held_before_recordings_were_compared_is_compared_after_the_start(
    fleet: Fleet, tmp_path: Path
) -> None:
    first, second, third = filmed(fleet.identity())
    send(fleet, [first, third])
    with fleet.services.sessions.begin() as session:
        session.query(ChainRow).delete()
    with running(tmp_path / "fleet") as again:
        verification = again.services.footage.verification
        for row in verification.not_compared():
            verification.compare(row)
        assert verification.not_compared() == []
        assert told(again) == {1: ["missing"], 3: ["missing"]}
        send(again, [second])
        assert told(again) == {1: [], 2: [], 3: []}
