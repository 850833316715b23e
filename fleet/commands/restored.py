"""What a restore ends: what somebody may have ended, used or withdrawn since the backup was made."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fleet.cameras.models import EnrolmentCodeRow
from fleet.core.database import now
from fleet.people.factors.models import FactorStep
from fleet.people.models import AccessLink, BreakGlass, SetupLink, UserSession
from fleet.releases.models import ReleaseLink

ENDED: Final = (
    "Everybody signs in anew. Invitations, links for a new password or to set the fleet up, enrolment codes "
    "and links of releases are over, for no backup knows which were used or ended since: give out others."
)
GOOD_AGAIN: Final = (
    "Accounts that were retired since, and tokens that were revoked since, are good again: retire and revoke "
    "them again. So are recovery codes that were used since: have whoever used one make others."
)


def end_what_may_be_over(session: Session) -> None:
    """End sessions, and what lets somebody in or have footage once, in the caller's transaction."""
    moment = now(session)
    session.execute(delete(UserSession))
    session.execute(delete(FactorStep))
    links = update(AccessLink).where(AccessLink.used.is_(None))
    session.execute(links.values(used=moment, withdrawn=True))
    glass = update(BreakGlass).where(BreakGlass.ended.is_(None), BreakGlass.ends > moment)
    session.execute(glass.values(ended=moment, ended_by="restore"))
    session.execute(update(SetupLink).where(SetupLink.expires > moment).values(expires=moment))
    session.execute(update(EnrolmentCodeRow).where(EnrolmentCodeRow.expires > moment).values(expires=moment))
    session.execute(update(ReleaseLink).where(ReleaseLink.ended.is_(None)).values(ended=moment))
