"""What the routes of reviews share, and opening it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.review.draw_key import Draw, commit, is_committed, open_key
from fleet.review.sorter import ReviewSorter


@dataclass(frozen=True, slots=True)
class ReviewServices:
    """The services of reviews.

    Attributes:
        draw: by what recordings are drawn.
        sorter: has the rules look at recordings.
    """

    draw: Draw
    sorter: ReviewSorter


def open_reviews(services: Services) -> ReviewServices:
    """Open the key by which recordings are drawn, and say in the audit log that it counts from now on.

    Raises:
        StateError: its file cannot be used.
    """
    draw = Draw(open_key(services.state, services.random), services.config.review.share)
    with services.readers() as session:
        said = is_committed(session, draw)
    if not said:
        with services.sessions.begin() as session:
            commit(session, draw)
    return ReviewServices(draw, ReviewSorter(services, draw))


REVIEWS: AppKey[ReviewServices] = AppKey("reviews")

ReviewsDep = Annotated[ReviewServices, Depends(REVIEWS)]
