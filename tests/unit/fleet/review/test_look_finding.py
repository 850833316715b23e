"""Pages of viewings: in order, and each once, in whichever states they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from fleet.audit.log import record
from fleet.core.actor import OPERATOR
from fleet.review.look_finding import LookFilter, find_looks
from fleet.review.models import ViewingReview
from fleet.review.rules.asking import WAITING, LookState
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import fleet_services

MANY = 60


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    """A fleet with viewings of every state, many of them as odd as others."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    draw = Random(5)
    with fleet_services(folder) as found:
        with found.sessions.begin() as session:
            for _ in range(MANY):
                entry = record(session, OPERATOR, "footage:recording:view", "r", "a test")
                look = ViewingReview(
                    number=entry.number,
                    at=found.clock(),
                    who=draw.choice(("user:a", "user:b")),
                    recording="r",
                    is_copy=False,
                    weight=draw.randrange(4),
                    kinds=draw.choice((" hours ", " hours copy ")),
                    odd=[],
                    state=draw.choice(list(LookState)),
                )
                session.add(look)
        yield found


@pytest.mark.parametrize(
    "wanted",
    [
        LookFilter(),
        LookFilter(LookState.ODD),
        LookFilter(LookState.ODD, kind="copy"),
        LookFilter(LookState.ODD, who="user:a"),
        LookFilter(LookState.EXPLAINED),
    ],
)
def test_pages_have_each_viewing_once_and_in_order(services: FleetServices, wanted: LookFilter) -> None:
    with services.readers() as session:
        everything = session.scalars(select(ViewingReview)).all()
        among = set(LookState) if not wanted.state else {wanted.state}
        among |= set(WAITING) if wanted.state == LookState.ODD else set()
        fits = [
            each
            for each in everything
            if (
                not wanted.state
                or each.state in (WAITING if wanted.state == LookState.ODD else (wanted.state,))
            )
            and f" {wanted.kind} ".strip() in each.kinds
            and (not wanted.who or each.who == wanted.who)
        ]
        first = wanted.state == LookState.ODD
        fits.sort(key=lambda each: (each.weight if first else 0, each.number), reverse=True)
        assert len(fits) > 1
        found: list[int] = []
        for skip in range(0, len(fits) + 7, 7):
            page, total = find_looks(session, wanted, skip=skip, limit=7)
            assert total == len(fits)
            found += [each.number for each in page]
    assert found == [each.number for each in fits]
