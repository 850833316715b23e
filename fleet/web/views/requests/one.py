"""The page of one request. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fleet.footage.recordings.models import GONE, Recording
from fleet.footage.restricting.models import Restriction
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import KIND_WORDS, NOT_VERIFIED, ImportKind, ImportState
from fleet.letters.models import Letter
from fleet.requests.cases import outcome_words
from fleet.requests.letters import LETTERS
from fleet.requests.models import RequestCase, RequestStep
from fleet.requests.rules.bases import BASES, Basis
from fleet.requests.rules.clock import WHO_ASKS, WaitKind
from fleet.requests.rules.draft import CHANNELS
from fleet.requests.rules.exemptions import exemption_of
from fleet.requests.rules.kinds import KINDS, RequestKind
from fleet.retention.rules.calendar import day_words
from fleet.web.views.moments import Moment, moment
from fleet.web.views.requests.due import due_badge
from fleet.web.views.state import Badge

WAIT_WORDS = {
    WaitKind.IDENTITY: "Who asks was to be shown",
    WaitKind.AUTHORITY: "That they may act for the person was to be shown",
    WaitKind.FEE: "A fee was asked for",
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in the list."""

    id: str
    reference: str
    title: str
    name: str
    owner: str
    received: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class WaitView:
    """What was asked for before the clock starts.

    Attributes:
        words: what, a sentence.
        open: its kind while it has not come.
        may_waive: whether somebody may say that nobody doubts it any longer.
    """

    words: str
    open: str
    may_waive: bool = False

    @property
    def asks(self) -> str:
        """What is written beside the day."""
        if self.may_waive:
            return "What was shown, without a copy; or why nobody doubts it any longer"
        return "What was shown; keep no copy"


@dataclass(frozen=True, slots=True)
class RequestStepView:
    """What somebody did."""

    at: Moment
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class LinkedView:
    """What a request is about.

    Attributes:
        id: the recording's or the import's, for forms.
        field: what forms call that: ``recording`` or ``imported``.
        page: the address of its page.
        name: what it is called.
        state: what becomes of it, a sentence.
        is_here: whether anything of it is.
        is_restricted: whether this request restricts it.
        unverified: that no camera of ours signed it, for an import; empty for a recording.
    """

    id: str
    field: str
    page: str
    name: str
    state: str
    is_here: bool
    is_restricted: bool
    unverified: str = ""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that was sent."""

    id: str
    title: str
    words: str


def request_row(case: RequestCase, today: date) -> RequestRow:
    """Return a request in the list."""
    return RequestRow(
        case.id,
        case.reference,
        KINDS[RequestKind(case.kind)].title,
        case.organisation or case.name,
        case.owner,
        day_words(case.received),
        due_badge(case, today),
    )


def facts_of(case: RequestCase) -> tuple[tuple[str, str], ...]:
    """Return what is written down of a request, each with its label; what is empty is left out."""
    exemption = exemption_of(RequestKind(case.kind), case.exemption or "")
    rows = (
        ("Who asks", case.name),
        ("For whom", case.acts_for),
        ("Organisation", case.organisation),
        ("Rank or office", case.rank),
        ("Their reference", case.theirs),
        ("Signed on", day_words(case.signed) if case.signed else ""),
        ("Why it is necessary", case.necessity),
        ("Where the answer goes", case.contact),
        ("Received", f"{day_words(case.received)}, {CHANNELS[case.channel].lower()}"),
        ("Who answers for it", case.owner),
        ("What is asked for", case.what),
        ("Outcome", outcome_words(case)),
        ("Refused because", "" if exemption is None else exemption.words),
        ("Lawful basis", BASES[Basis(case.basis)] if case.basis else ""),
        ("Closed without an answer because", case.closed_why or ""),
    )
    return tuple(each for each in rows if each[1])


def wait_views(case: RequestCase) -> tuple[WaitView, ...]:
    """Return what was asked for before the clock starts, and the questions."""
    found = []
    for each in case.waits:
        words = f"{WAIT_WORDS[WaitKind(each.kind)]}, asked for on {day_words(each.asked)}"
        if each.met is None:
            found.append(WaitView(f"{words}; it has not come.", each.kind, may_waive=each.kind in WHO_ASKS))
        elif each.waived:
            since = f"nobody doubts it any longer since {day_words(each.met)}"
            found.append(WaitView(f"{words}; {since}: {each.how}", ""))
        else:
            found.append(WaitView(f"{words}; it came on {day_words(each.met)}: {each.how}", ""))
    for pause in case.pauses:
        words = f"Clarification was asked for on {day_words(pause.asked)}"
        if pause.answered is None:
            found.append(WaitView(f"{words}; it has not come.", "clarification"))
        else:
            found.append(WaitView(f"{words}; it came on {day_words(pause.answered)}.", ""))
    return tuple(found)


def step_views(steps: Sequence[RequestStep], now: datetime) -> tuple[RequestStepView, ...]:
    """Return what was done, the newest first."""
    return tuple(RequestStepView(moment(each.at, now), each.by, each.words) for each in reversed(steps))


def linked_views(
    rows: Sequence[Recording],
    restricted: Mapping[int, Sequence[Restriction]],
    now: datetime,
    *,
    is_open: bool,
) -> tuple[LinkedView, ...]:
    """Return the recordings of a request, which holds them while it is open."""
    return tuple(_linked(row, restricted.get(row.id, ()), now, is_open=is_open) for row in rows)


def linked_imports(
    rows: Sequence[ImportRow],
    restricted: Mapping[str, Sequence[Restriction]],
    now: datetime,
    *,
    is_open: bool,
) -> tuple[LinkedView, ...]:
    """Return the imports of a request, which holds them while it is open."""
    return tuple(_linked_import(row, restricted.get(row.id, ()), now, is_open=is_open) for row in rows)


def _linked(
    row: Recording, restrictions: Sequence[Restriction], now: datetime, *, is_open: bool
) -> LinkedView:
    is_here, name = row.state not in GONE, f"Recording {row.number} of {row.camera_id}"
    return LinkedView(
        row.public_id,
        "recording",
        f"/recordings/{row.public_id}",
        name,
        _state(restrictions, now, is_here=is_here, is_open=is_open, used="watched"),
        is_here,
        bool(restrictions),
    )


def _linked_import(
    row: ImportRow, restrictions: Sequence[Restriction], now: datetime, *, is_open: bool
) -> LinkedView:
    is_here = row.state == ImportState.HELD
    return LinkedView(
        row.id,
        "imported",
        f"/imports/{row.id}",
        f"{row.reference}: {KIND_WORDS[ImportKind(row.kind)]}",
        _state(restrictions, now, is_here=is_here, is_open=is_open, used="looked at"),
        is_here,
        bool(restrictions),
        NOT_VERIFIED,
    )


def _state(
    restrictions: Sequence[Restriction], now: datetime, *, is_here: bool, is_open: bool, used: str
) -> str:
    if not is_here:
        return "Deleted, or being deleted."
    if not restrictions:
        if is_open:
            return "Kept as long as this request is open, or longer."
        return "This request holds it no longer."
    through = [each.claim_until for each in restrictions]
    if all(until is not None and until > now for until in through):
        last = min(until for until in through if until is not None)
        return f"Restricted, and let through for a legal claim until {moment(last, now).text}."
    return f"Restricted: kept, and neither {used} nor taken out."


def letter_rows(letters: Sequence[Letter]) -> tuple[LetterRow, ...]:
    """Return the letters that were sent, the oldest first."""
    return tuple(
        LetterRow(
            each.id,
            LETTERS[each.kind].title if each.kind in LETTERS else each.kind,
            f"{day_words(each.dated)}, {each.method}, by {each.kept_by}",
        )
        for each in letters
    )
