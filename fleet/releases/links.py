"""Links by which releases are fetched: given out once, with a code, and good for little (F10).

Rules:
- link and code are shown once, to whoever gives them out, and kept as digests; one that is given out ends the
  one before;
- attempts are counted by address and by link before anything is looked at, and wrong codes of a link for
  good (``rules.codes``); each attempt is in the audit log, those of links that are none as counted refusals;
- a stranger learns nothing: a link that was never given out is answered as one that is over;
- a fetch counts once its first byte is on its way, and not before: a sealed vault uses nothing up.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.audit.refusing.refusals import Refusals
from fleet.core.actor import ANONYMOUS, Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.problems import FOOTAGE_ERRORS
from fleet.people.attempts import AttemptCount, too_many
from fleet.people.secrets import digest, new_id, new_secret
from fleet.releases.exhibits.continuity import saw
from fleet.releases.models import FootageRelease, ReleaseLink
from fleet.releases.packages.handing import Packages, ReleasePackage, handed_over
from fleet.releases.rules.codes import MOST_FETCHES, LinkFacts, LinkState, clean_code, link_state, new_code
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.draft import ReleaseMethod
from fleet.releases.rules.states import ReleaseState, ReleaseStep, is_expired
from fleet.releases.steps import facts_of_release, refuse_unshown_request, step_on, tell

MOST_DAYS: Final = 30
_OVER: Final = "This link is not good, or not good any more. Ask whoever gave it to you for another one."
_WRONG: Final = "That code is not right. Type it as it was told to you."
_NOT_NOW: Final = "The package cannot be made just now. Try again later; the code stays good."
_UNAVAILABLE: Final = 500


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link as it is shown once: its address, and the code for it."""

    url: str
    code: str


def issue_link(
    session: Session, services: Services, *, release: str, days: int, times: int, by: Actor
) -> IssuedLink:
    """Give out a link and its code; those before are ended.

    Args:
        session: the caller's.
        services: clock, randomness, and where the fleet is reached.
        release: which.
        days: for how many days it is good, and no longer than the release is.
        times: how often it may be fetched.
        by: who gives it out.

    Raises:
        ProblemError: 403 they may not; 404 there is no such release; 409 it is not made, is revoked or past
            its last day, goes on a medium, or answers a request of which who asks was not shown; 422 too many
            days or times.
    """
    row = step_on(session, release, ReleaseStep.HAND_OVER, by)
    refuse_unshown_request(session, row)
    if row.method != ReleaseMethod.LINK:
        raise ProblemError(409, "on_medium", "This release was approved to go on a medium, not by a link.")
    if not (1 <= days <= MOST_DAYS and 1 <= times <= MOST_FETCHES):
        detail = f"A link is good for 1 to {MOST_DAYS} days and 1 to {MOST_FETCHES} downloads."
        raise ProblemError(422, "link_unusable", detail)
    moment = now(session)
    _end_links(session, row)
    secret, code = new_secret(services.random), new_code(services.random)
    session.add(
        ReleaseLink(
            id=new_id(services.random),
            release_id=row.id,
            secret=digest(secret),
            code=_code_digest(secret, code),
            made=moment,
            made_by=by.name or by.label,
            expires=min(row.ends, moment + timedelta(days=days)),
            allowed=times,
            fetched=0,
            wrong=0,
        )
    )
    saw(session, row, ContinuityKind.LINK_GIVEN, by, taker=row.whose)
    bounds = {"days": days, "times": times}
    tell(session, row, by, "releases:link:issue", "Gave out a link and a code.", detail=bounds)
    return IssuedLink(f"{services.endpoints.dashboard_url}/collect/{secret}", code)


def end_links(session: Session, *, release: str, by: Actor) -> None:
    """End the link that was given out.

    Raises:
        ProblemError: 403 they may not; 404 there is no such release; 409 its state does not let it, or there
            is no link that is good.
    """
    row = step_on(session, release, ReleaseStep.HAND_OVER, by)
    if not _end_links(session, row):
        raise ProblemError(409, "no_link", "There is no link to be ended.")
    tell(session, row, by, "releases:link:end", "Ended the link.")


def facts_of_link(row: ReleaseLink) -> LinkFacts:
    """Return what the rules look at."""
    return LinkFacts(row.made, row.expires, row.ended, row.fetched, row.allowed, row.wrong)


class Collecting:
    """Lets whoever has a link and its code fetch the package. Safe to use from several threads."""

    def __init__(
        self, services: Services, packages: Packages, attempts: AttemptCount, refusals: Refusals
    ) -> None:
        self._services = services
        self._packages = packages
        self._attempts = attempts
        self._refusals = refusals

    def collect(self, secret: str, code: str, *, address: str) -> ReleasePackage:
        """Return the package.

        Args:
            secret: what the link names.
            code: as typed.
            address: where the request came from.

        Raises:
            ProblemError: 403 the code is wrong; 410 the link is none, or over; 429 too many attempts; 503 it
                cannot be made now.
        """
        by = ANONYMOUS.at(address)
        began = self._services.clock()
        keys = [f"link {digest(secret).hex()}", *([f"address {address}"] if address else [])]
        wait = self._attempts.begin(keys, began)
        if wait is not None:
            self._refusals.write(by, "releases:link:refuse", "", detail={"code": "too_many_attempts"})
            raise too_many(wait)
        release, purpose = self._admit(secret, code, by)
        try:
            package = self._packages.open(release, by=by, purpose=purpose)
        except FOOTAGE_ERRORS as error:
            self._attempts.give_back(keys, began)
            raise _not_now() from error
        except ProblemError as problem:
            self._attempts.give_back(keys, began)
            if problem.status >= _UNAVAILABLE:
                raise _not_now() from problem
            raise ProblemError(410, "link_over", _OVER) from problem  # why is nothing for strangers
        try:
            self._counted(secret, by)
        except BaseException:
            package.close()
            raise
        self._attempts.give_back(keys, began)
        return package

    def open(self, secret: str, *, address: str) -> None:
        """Write down that the page of a link was opened, once and while it is good; of others nothing."""
        with self._services.readers() as session:  # whoever has no new link takes no writer's turn
            found = session.scalars(select(ReleaseLink).where(ReleaseLink.secret == digest(secret))).first()
            if found is None or found.opened is not None or found.ended is not None:
                return
        by = ANONYMOUS.at(address)
        with self._services.sessions.begin() as session:
            link, row = _link(session, secret)
            if link is None or row is None or link.opened is not None or _why_over(session, link, row):
                return
            link.opened = now(session)
            saw(session, row, ContinuityKind.LINK_OPENED, by)
            tell(session, row, by, "releases:link:open", "Opened the page of the link.")

    def _admit(self, secret: str, code: str, by: Actor) -> tuple[str, str]:
        """Return the release that a link and its code are for, and the purpose of opening it."""
        with self._services.sessions.begin() as session:
            link, row = _link(session, secret)
            why = "unknown" if link is None or row is None else _why_over(session, link, row)
            if link is None or row is None or why:
                subject = "" if row is None else row.id
                self._refusals.add(session, by, "releases:link:refuse", subject, detail={"code": why})
            elif hmac.compare_digest(link.code, _code_digest(secret, code)):
                return row.id, f"Release {row.reference}, fetched by its link and code"
            else:
                session.execute(
                    update(ReleaseLink).where(ReleaseLink.id == link.id).values(wrong=ReleaseLink.wrong + 1)
                )
                record(
                    session,
                    by,
                    "releases:link:wrong-code",
                    row.id,
                    detail={"reference": row.reference, "wrong": link.wrong + 1},
                )
        if why:
            raise ProblemError(410, "link_over", _OVER)
        raise ProblemError(403, "code_wrong", _WRONG)

    def _counted(self, secret: str, by: Actor) -> None:
        with self._services.sessions.begin() as session:
            link, row = _link(session, secret)
            if link is None or row is None or _why_over(session, link, row):
                raise ProblemError(410, "link_over", _OVER)
            link.fetched += 1
            words = f"Download by the link begun, {link.fetched} of at most {link.allowed}."
            handed_over(
                session,
                row,
                by=by,
                action="releases:link:fetch",
                words=words,
                kind=ContinuityKind.LINK_FETCHED,
            )


def _link(session: Session, secret: str) -> tuple[ReleaseLink | None, FootageRelease | None]:
    """Return a link and its release, both locked; None of a link that was never given out."""
    query = select(ReleaseLink).where(ReleaseLink.secret == digest(secret)).with_for_update()
    link = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if link is None:
        return None, None
    lock = {"of": FootageRelease}
    return link, session.get(FootageRelease, link.release_id, with_for_update=lock, populate_existing=True)


def _why_over(session: Session, link: ReleaseLink, row: FootageRelease) -> str:
    """Return why nothing is fetched by a link, a word for the log; empty where something is."""
    moment = now(session)
    state = link_state(facts_of_link(link), moment)
    if state is not LinkState.GOOD:
        return str(state)
    if row.state != ReleaseState.MADE:
        return row.state
    return "expired" if is_expired(facts_of_release(row), moment) else ""


def _end_links(session: Session, row: FootageRelease) -> bool:
    moment, is_any = now(session), False
    query = select(ReleaseLink).where(ReleaseLink.release_id == row.id, ReleaseLink.ended.is_(None))
    for each in session.scalars(query.with_for_update()):
        is_any = is_any or link_state(facts_of_link(each), moment) is LinkState.GOOD
        each.ended = moment
    return is_any


def _not_now() -> ProblemError:
    return ProblemError(503, "not_now", _NOT_NOW, headers={"Retry-After": "600"})


def _code_digest(secret: str, code: str) -> bytes:
    return digest(f"{secret} {clean_code(code)}")
