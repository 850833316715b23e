"""Alerts of visits: those near without a notice, recordings without consent or a reason, and strays.

A stray is what an officer noted at a door whose visit is another officer's by the time it arrives: a phone
without a network keeps it until it can send it. It is not kept with the visit, and people are told of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.alerts.events import raise_event
from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.assignments.service import open_for_camera
from fleet.audit.log import record
from fleet.cameras.commanding.answering import maybe_open, not_closed
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import CLOSED_MODES, LASTS, OPEN_MODES
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, still_heard
from fleet.core.actor import Actor, Role
from fleet.core.database import now as clock_now
from fleet.core.problems import ProblemError
from fleet.visits.asking import not_followed
from fleet.visits.consent import SaidAtDoor, overdue_reasons, told_reason
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit
from fleet.visits.notices import untold
from fleet.visits.rules.consent import ConsentFacts, ConsentKind, is_overdue, said_at
from fleet.visits.signed.events import unplaced
from fleet.web.alerting.service import Around
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import moment
from fleet.web.views.visits.visit import CONSENT_WORDS

_PLANNERS = frozenset({Role.SAFETY_TEAM, Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY})
NO_NOTICE = AlertKind(
    "visit.no-notice",
    "A visit is near without a notice",
    "{number} visits are near without a notice.",
    icon="clock-exclamation",
    roles=_PLANNERS,
)
NO_REASON = AlertKind(
    "visit.no-reason",
    "Nobody said why somebody was recorded without consent",
    "Of {number} recordings without consent nobody said why.",
    BAD,
    "alert-triangle",
    roles=_PLANNERS | {Role.DATA_PROTECTION_OFFICER},
)
UNPLACED = AlertKind(
    "visit.consent-unplaced",
    "A camera's word of consent belongs to no known visit",
    "{number} words of consent that cameras signed belong to no known visit.",
    icon="clock-exclamation",
    roles=_PLANNERS | {Role.DATA_PROTECTION_OFFICER},
)
NOT_CLOSED = AlertKind(
    "visit.sensors-open",
    "Consent was refused, and a camera's sensors may be open",
    "The sensors of {number} cameras may be open although consent was refused.",
    BAD,
    "alert-triangle",
    roles=_PLANNERS,
    urgent=True,
)
STRAY = AlertKind(
    "visit.said-elsewhere",
    "Consent was noted of a visit that is another officer's by now",
    "{number} times consent was noted of a visit that is another officer's by now.",
    icon="clock-exclamation",
    roles=frozenset({Role.SAFETY_TEAM, Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}),
    is_event=True,
)
_BY_BUTTON = "Call the officer: the camera is made private by its own button."
_LONGEST_MARK = 64
_LONGEST_WHY = 500
MOST_OF_ONE = 20
"""Of so many strays of one author that nobody has resolved people are told."""
_WITHOUT = "Somebody was recorded without consent"
_MOST = 200


def visits_source(around: Around, ahead: timedelta) -> AlertSource:
    """Return the source of the alerts of visits."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            near = tuple(
                AlertFinding(
                    NO_NOTICE,
                    each.id,
                    f"the visit at {moment(each.planned, now).text}",
                    f"The visit of {moment(each.planned, now).text} is near, and no notice of it is noted.",
                    "Send the notice and note it, or call the visit off.",
                    f"/visits/{each.id}",
                    aspect=each.planned.isoformat(),
                )
                for each in untold(session, now, ahead, _MOST)
            )
            silent = tuple(
                AlertFinding(
                    NO_REASON,
                    each.id,
                    f"the visit at {moment(each.visit.planned, now).text}",
                    f"{_WITHOUT} {moment(each.at, now).text}, and nobody said why.",
                    "Have the officer say why; it is written down on the page of the visit.",
                    f"/visits/{each.visit_id}#consent",
                )
                for each in overdue_reasons(session, now, _MOST)
            )
            found = unplaced(session, _MOST)[0]
            waiting = tuple(_unplaced(each, now) for each in found)
            asked = still_open(session)
            known = {row.camera_id for row, _ in asked}
            open_still = (
                *(_not_closed(*each, now) for each in asked),
                *(_not_followed(*each, now) for each in unasked_open(session) if each[1] not in known),
            )
        return (*near, *silent, *waiting, *open_still)

    return simple((NO_NOTICE, NO_REASON, UNPLACED, NOT_CLOSED, STRAY), find)


def still_open(session: Session) -> tuple[tuple[CameraCommand, bool], ...]:
    """Return what cameras were asked that was to close their sensors and may have left them open.

    With each whether the camera says that they are open; else, in a fault, nobody knows. By the last message
    of a camera that is heard now, and under the assignment of now.
    """
    moment, found = clock_now(session), []
    for name in maybe_open(session):
        camera, worn = session.get_one(CameraRow, name), open_for_camera(session, name)
        state = (camera.status or {}).get("state")
        if worn is None or state in CLOSED_MODES:
            continue
        if still_heard(Presence(camera.online, camera.session, camera.seen), now=moment):
            found.append((not_closed(session, name, worn.id), state in OPEN_MODES))
    return tuple((row, says_open) for row, says_open in found if row is not None)


def unasked_open(session: Session) -> tuple[tuple[ConsentEntry, str, bool], ...]:
    """Return what was to close a camera that nobody asked, its name, and whether it says that it is open.

    Of a camera that is not heard, or was not since, nothing is said; else, in a fault, nobody knows. Whoever
    was told to use its button has as long for that as a camera has for a command.
    """
    moment, found = clock_now(session), []
    for entry, name in not_followed(session):
        camera, since = session.get_one(CameraRow, name), entry.follows
        state = (camera.status or {}).get("state")
        if state in CLOSED_MODES or since is None or moment - since < LASTS:
            continue
        if camera.seen is None or camera.seen <= since:
            continue
        if still_heard(Presence(camera.online, camera.session, camera.seen), now=moment):
            found.append((entry, name, state in OPEN_MODES))
    return tuple(found)


def _not_followed(entry: ConsentEntry, camera: str, says_open: bool, now: datetime) -> AlertFinding:
    return AlertFinding(
        NOT_CLOSED,
        entry.id,
        f"camera {camera}",
        f"Consent was refused or withdrawn {moment(entry.at, now).text}, camera {camera} was not asked to "
        f"close its sensors, and {_open_words(says_open)}.",
        _BY_BUTTON,
        f"/cameras/{camera}",
    )


def _open_words(says_open: bool) -> str:
    return "it says that its sensors are open" if says_open else "whether its sensors are open is not known"


def _not_closed(row: CameraCommand, says_open: bool, now: datetime) -> AlertFinding:
    at = moment(row.issued, now).text
    return AlertFinding(
        NOT_CLOSED,
        row.id,
        f"camera {row.camera_id}",
        f"Consent was refused or withdrawn {at}, camera {row.camera_id} is not known to have done what "
        f"follows, and {_open_words(says_open)}.",
        _BY_BUTTON,
        f"/cameras/{row.camera_id}",
    )


def _unplaced(row: CameraConsent, now: datetime) -> AlertFinding:
    """Of one that lacks its visit; where it lacks its reason too, once its day is over, that is told."""
    at, facts = moment(row.at, now).text, ConsentFacts(ConsentKind(row.kind), row.at)
    if is_overdue(facts, now):
        return AlertFinding(
            NO_REASON,
            row.digest,
            f"camera {row.camera_id}",
            f"{_WITHOUT} {at}, nobody said why, and of which visit it was is not known.",
            "Say of which visit it is; then the reason is written down on the page of that visit.",
            "/visits/signed",
        )
    return AlertFinding(
        UNPLACED,
        row.digest,
        f"camera {row.camera_id}",
        f"What was said at a door {at} was signed by a camera, and of which visit it was is not known.",
        "Say of which visit it is.",
        "/visits/signed",
    )


class StrayOutcome(StrEnum):
    """What became of an entry whose visit is not its author's."""

    UNKNOWN = "unknown"
    KEPT = "kept"
    TOLD = "told"


def tell_of_stray(
    session: Session, random: Callable[[int], bytes], visit: str, said: SaidAtDoor, *, by: Actor
) -> StrayOutcome:
    """Tell people of what somebody noted of a visit that is not theirs, once for each entry.

    Where it raises the caller's transaction is given up: nothing is told, and the phone is to keep it.

    Args:
        session: a writing session.
        random: returns that many random bytes.
        visit: of which visit.
        said: what came from their phone, with its mark.
        by: who noted it.

    Returns:
        ``KEPT`` where the same entry was kept while the visit was theirs; ``UNKNOWN`` of no visit, and of
        what no phone sends.

    Raises:
        ProblemError: 429 very many of theirs are not resolved; 503 very many of all are not.
    """
    row = session.get(TenancyVisit, visit)
    has_mark = 0 < len(said.mark) <= _LONGEST_MARK and said.mark.isalnum()
    if row is None or not has_mark or said.kind not in set(ConsentKind):
        return StrayOutcome.UNKNOWN
    kept = select(ConsentEntry.id).where(ConsentEntry.mark == said.mark, ConsentEntry.visit_id == row.id)
    if session.scalars(kept).first() is not None:
        return StrayOutcome.KEPT
    subject, detail = f"{row.id} {said.mark}", {"kind": said.kind}
    lasting = (AlertRow.kind == STRAY.id, AlertRow.lasts.is_(True))
    if session.scalars(select(AlertRow.id).where(*lasting, AlertRow.subject == subject)).first() is not None:
        return StrayOutcome.TOLD
    theirs = select(func.count()).where(*lasting, AlertRow.aspect == by.id)
    if (session.scalar(theirs.where(AlertRow.state != AlertState.RESOLVED)) or 0) >= MOST_OF_ONE:
        raise ProblemError(429, "too_many_strays", f"Nobody has seen to {MOST_OF_ONE} of yours yet.")
    finding = _stray(session, row, said, subject, by)
    if raise_event(session, finding, random).kind != STRAY.id:  # counted as one more, without what it says
        raise ProblemError(503, "strays_full", "Nobody has seen to very many others yet.")
    record(session, by, "visits:consent:stray", row.id, detail=detail)
    return StrayOutcome.TOLD


def _stray(session: Session, row: TenancyVisit, said: SaidAtDoor, subject: str, by: Actor) -> AlertFinding:
    here = clock_now(session)
    at, planned = moment(said_at(said.at, here), here).text, moment(row.planned, here).text
    typed = "".join(filter(str.isprintable, " ".join(told_reason(said).split())))[:_LONGEST_WHY]
    why = f", because: {isolated(typed)}" if typed else ""
    return AlertFinding(
        STRAY,
        subject,
        f"the visit at {planned}",
        f"{isolated(by.name or by.label)} noted {at} what was said at a door: "
        f"“{CONSENT_WORDS[ConsentKind(said.kind)]}”{why}. The visit of {planned} is with "
        f"{isolated(row.officer.name)} by now, and this is not kept with it.",
        "Ask both of them; what is so is noted with the visit by whoever has it now.",
        f"/visits/{row.id}#consent",
        aspect=by.id,
    )
