"""What the desk's alerts are found from: cameras, recordings, and what has not arrived.

Looked at are all cameras; the newest recordings, those that were verified last, those that are not settled,
and those that have an alert: so many of each at most, and how many are left out is found as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.sources import AlertLook, AlertSource
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.lookup import RecordingClaim, find
from fleet.footage.recordings.models import ARRIVING, GONE, Recording, RecordingState, made_at
from fleet.footage.store.names import is_recording_id, parse_fallback
from fleet.web import recorded, sources
from fleet.web.facts import CameraFacts, DayFacts, RecordingFacts
from fleet.web.views.desk import kinds
from fleet.web.views.desk.attention import noticed
from fleet.web.views.desk.found import MissingNumbers, all_not_arrived, left_out
from fleet.web.views.desk.grouping import Alike, Noticed

_OF_RECORDINGS = frozenset(kind.id for kind in kinds.OF_RECORDINGS)
_KINDS = (*kinds.OF_CAMERAS, *kinds.OF_RECORDINGS, kinds.LEFT_OUT)
_UNSETTLED = (*ARRIVING, RecordingState.FAILED)
_SAID_WHILE_HEARD = (kinds.CAPTURES_NOTHING, kinds.NOT_TAKEN_ON, kinds.BATTERY, kinds.STORAGE, kinds.CLOCK)


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What the desk looks at.

    Attributes:
        cameras: those in service.
        recordings: the newest, and those that are not settled.
        missing: of every camera that there ever was, what has not arrived (L3).
        unsettled: how many recordings there are that are not settled.
    """

    cameras: tuple[CameraFacts, ...]
    recordings: tuple[RecordingFacts, ...]
    missing: tuple[MissingNumbers, ...]
    unsettled: int

    @property
    def besides(self) -> tuple[AlertFinding, ...]:
        """What is found besides what Today says of cameras in service and of these recordings."""
        gone = all_not_arrived([each for each in self.missing if each.is_gone])
        return (*gone, *beyond(self.unsettled, self.recordings))


def read(session: Session) -> DeskFacts:
    """Read what Today is made from."""
    recordings = recorded.newest(session)
    counts = accounts(session)
    cameras = sources.with_missing(sources.cameras(session, recordings), counts)
    missing = [MissingNumbers(each.camera, each.missing, _more(each), is_gone=False) for each in cameras]
    known = {each.camera for each in cameras}
    missing += [
        MissingNumbers(camera, each.missing, each.missing_count - len(each.missing), is_gone=True)
        for camera, each in counts.items()
        if camera not in known
    ]
    missing = [each for each in missing if each.numbers or each.more]
    return DeskFacts(cameras, recordings, tuple(missing), _unsettled(session))


def of_time(session: Session, start: datetime, end: datetime) -> DayFacts:
    """Return how many recordings of a time the fleet knows of, and how far they have come."""
    opened = Recording.opening.is_not(None)
    at_odds = func.sum(case((recorded.AT_ODDS, 1), else_=0))
    query = select(Recording.state, opened, func.count(), at_odds).where(
        made_at >= start, made_at < end, Recording.state.not_in(GONE)
    )
    in_state: Counter[str] = Counter()
    safe = contradicted = 0
    for state, is_opened, count, odd in session.execute(query.group_by(Recording.state, opened)):
        in_state[state] += count
        if state == RecordingState.HELD:
            contradicted += odd
            safe += count - odd if is_opened else 0
    unopened = in_state[RecordingState.HELD] - safe - contradicted
    return DayFacts(
        known=in_state.total(),
        held=safe,
        contradicted=contradicted,
        refused=in_state[RecordingState.FAILED],
        coming=unopened + sum(in_state[state] for state in ARRIVING),
        ended=in_state[RecordingState.STOPPED],
    )


def beyond(unsettled: int, looked_at: Iterable[RecordingFacts]) -> tuple[AlertFinding, ...]:
    """Say how many recordings are not settled and not looked at, if there are any."""
    number = unsettled - sum(each.summary.state in _UNSETTLED for each in looked_at)
    return (left_out(number),) if number > 0 else ()


def desk_source(around: Callable[[], AbstractContextManager[None]]) -> AlertSource:
    """Return the source of the desk's alerts; ``around`` has times said in the site's zone."""

    def look(look: AlertLook) -> Looked:
        with around():
            return _look(look)

    return AlertSource(_KINDS, look)


def findings_of(found: Iterable[Noticed]) -> tuple[AlertFinding, ...]:
    """Return what Today noticed as findings; several of one alert are one."""
    once: dict[Key, AlertFinding] = {}
    for each in found:
        kind = kinds.DESK[Alike(each.alike)]
        need = each.need
        finding = AlertFinding(
            kind,
            each.subject,
            each.name,
            need.text,
            need.step,
            need.link,
            tone=need.tone,
            aspect=each.aspect,
            detail=each.detail,
        )
        before = once.get(finding.key)
        once[finding.key] = finding if before is None else _joined(before, finding)
    return tuple(once.values())


def unknown_of(cameras: Iterable[CameraFacts]) -> frozenset[Key]:
    """Return of which alerts nobody can tell whether they are true: what a camera does not say now."""
    found: set[Key] = set()
    for facts in cameras:
        silent = set(_SAID_WHILE_HEARD) if not facts.online else set()
        silent |= {
            kind
            for kind, said in (
                (kinds.CAPTURES_NOTHING, facts.conditions),
                (kinds.BATTERY, facts.battery),
                (kinds.STORAGE, facts.storage_used),
                (kinds.CLOCK, facts.clock_synchronised),
            )
            if said is None
        }
        found |= {(kind.id, facts.camera) for kind in silent}
    return frozenset(found)


def _look(look: AlertLook) -> Looked:
    session, facts = look.session, read(look.session)
    known = {each.summary.id for each in facts.recordings}
    more = (*_verified_last(session, known), *_with_alerts(look, known))
    recordings = (*facts.recordings, *{each.summary.id: each for each in more}.values())
    looked_at = {each.summary.id for each in recordings}
    seen = [each for each in noticed(facts.cameras, recordings, look.now) if each.alike != Alike.NOT_ARRIVED]
    found = [*findings_of(seen), *all_not_arrived(facts.missing), *beyond(facts.unsettled, recordings)]
    unknown = set(unknown_of(facts.cameras))
    unknown |= {
        key
        for key, is_settled in look.lasting.items()
        if is_settled and key[0] in _OF_RECORDINGS and key[1] not in looked_at
    }
    return Looked(frozenset(kind.id for kind in _KINDS), tuple(found), frozenset(unknown))


def _more(facts: CameraFacts) -> int:
    return facts.missing_count - len(facts.missing)


def _joined(one: AlertFinding, other: AlertFinding) -> AlertFinding:
    """Join two findings of one alert: each has its sentence and its step, and the graver gives its tone."""
    tone = "bad" if "bad" in (one.tone, other.tone) else one.tone
    words = one.words if other.words in one.words else f"{one.words} {other.words}"
    step = one.step if other.step in one.step else f"{one.step} {other.step}"
    aspect = "\n".join(dict.fromkeys(f"{one.aspect}\n{other.aspect}".split("\n")))
    return AlertFinding(
        one.kind,
        one.subject,
        one.name,
        words,
        step,
        one.link,
        tone=tone,
        aspect=aspect,
        detail=one.detail,
    )


def _verified_last(session: Session, known: set[str]) -> Sequence[RecordingFacts]:
    """Return the recordings that were verified last: one that came late is none of the newest."""
    query = select(Recording).where(Recording.verified.is_not(None))
    rows = session.scalars(query.order_by(Recording.verified.desc()).limit(recorded.NEWEST))
    return recorded.several(session, [row for row in rows if row.public_id not in known])


def _with_alerts(look: AlertLook, known: set[str]) -> Sequence[RecordingFacts]:
    """Return the recordings that have an alert which nobody has resolved: there are so many at most."""
    wanted = {
        key[1]
        for key, is_settled in look.lasting.items()
        if not is_settled and key[0] in _OF_RECORDINGS and key[1] not in known
    }
    named = [each for each in wanted if is_recording_id(each)]
    rows = list(look.session.scalars(select(Recording).where(Recording.recording.in_(named))))
    for each in wanted - set(named):
        place = parse_fallback(each)
        row = find(look.session, RecordingClaim(*place)) if place is not None else None
        rows += [row] if row is not None and row.public_id == each else []
    return recorded.several(look.session, rows)


def _unsettled(session: Session) -> int:
    query = select(func.count()).select_from(Recording).where(Recording.state.in_(_UNSETTLED))
    return session.scalar(query) or 0
