"""Giving numbers to cameras, by the higher of what the database knows and what the mark says (L1).

Where the mark cannot be read or written nobody is enrolled, and all else goes on. Where it is missing, it is
made of what the database knows, for nobody can tell whether it was ever there. Where it is lower, it is
raised; where it is higher, an enrolment was cut off or the database is older than it, and the database is
told, so that other processes know it that have marks of their own. Each of these follows the numbers that the
others give.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.models import CameraNumberFloor, CameraRow
from fleet.cameras.numbering.mark import NumberMark
from fleet.core.actor import FLEET
from fleet.core.database import Turn, announce, now, reason, take_turn
from fleet.core.errors import StateError
from fleet.core.live import RESYNC
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.core.tasks import beside

log = logging.getLogger(__name__)

TOPIC: Final = "number"
"""The topic of a number that was given; the subject is the number."""


class CameraNumbers:
    """Numbers of cameras, given once each. Safe to use from several threads."""

    def __init__(self, core: Services, mark: NumberMark) -> None:
        """Prepare it; nothing is read."""
        self._core, self._mark = core, mark

    @classmethod
    def settled(cls, core: Services, folder: Path) -> CameraNumbers:
        """Return them with the mark in the authority's folder, and have both agree, as a service starts."""
        numbers = cls(core, NumberMark(folder))
        numbers.settle()
        return numbers

    def check(self) -> None:
        """See that a number could be given.

        Raises:
            ProblemError: 503 the mark cannot be read.
        """
        try:
            self._mark.read()
        except StateError as error:
            raise _unknown(error) from error

    def take(self, session: Session) -> int:
        """Return a number that no camera ever had, inside a transaction that has the turn of enrolments.

        Raises:
            ProblemError: 503 the mark cannot be read or written, or no number is left.
        """
        try:
            number = self._mark.take(highest_known(session))
        except StateError as error:
            raise _unknown(error) from error
        except OSError as error:
            raise _unwritten(error) from error
        announce(session, TOPIC, str(number))
        return number

    def settle(self) -> None:
        """Have the mark say no less than the database, and the database know what the mark says.

        What cannot be done is logged; it is tried again with the next number.
        """
        try:
            with self._core.readers() as session:
                known = highest_known(session)
            before = self._mark.read()
            if before is None or before < known:
                self._mark.raise_to(known)
                if known:  # a fleet that begins has nothing to tell of
                    log.info("The highest number of a camera is noted beside the authority: %d.", known)
            elif before > known:
                self._tell(before)
        except StateError as error:
            log.error("%s", error)  # noqa: TRY400 - the sentence says all
        except OSError as error:
            log.warning("The highest number of a camera is not noted beside the authority: %s.", error)
        except SQLAlchemyError as error:
            log.warning("What numbers cameras were given is not compared: %s.", reason(error))

    def _tell(self, mark: int) -> None:
        with self._core.sessions.begin() as session:
            take_turn(session, Turn.ENROLMENT)
            known = highest_known(session)
            if mark <= known:
                return  # another process told it meanwhile
            session.add(CameraNumberFloor(number=mark, since=now(session)))
            detail: dict[str, str | int] = {"known": known, "noted": mark}
            record(session, FLEET, "cameras:number:raise", str(mark), detail=detail)
            announce(session, TOPIC, str(mark))
        log.warning(
            "A camera was to have number %d, as is noted beside the authority, and the database knows of "
            "numbers up to %d: it is older than that, or an enrolment was cut off. The next camera is %d.",
            mark,
            known,
            mark + 1,
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the numbers that other processes give, for the length of the block."""
        async with beside(self._follow()):
            yield

    async def _follow(self) -> None:
        """Settle with each number that is given, and once hints may have been lost."""
        async with self._core.live.subscribe() as hints:
            async for hint in hints:
                if hint is RESYNC or hint.topic == TOPIC:
                    await run_in_threadpool(self.settle)


def highest_known(session: Session) -> int:
    """Return the highest number that the database knows to be given, or not to be given any more; 0: none."""
    given = (select(func.max(CameraRow.number)), select(func.max(CameraNumberFloor.number)))
    return max(session.scalar(each) or 0 for each in given)


def _unknown(error: StateError) -> ProblemError:
    log.error("%s", error)
    detail = (
        "The fleet cannot tell which numbers its cameras were given, so it enrols none; its log says why."
    )
    return ProblemError(503, "numbers_unknown", detail)


def _unwritten(error: OSError) -> ProblemError:
    log.error("The number of a camera cannot be noted beside the authority: %s.", error)
    detail = f"The fleet cannot note the number of another camera, so it enrols none: {error.strerror}."
    return ProblemError(503, "numbers_unwritten", detail, headers={"Retry-After": "30"})
