"""Entries of the audit log in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.audit.chain import Entry
from fleet.audit.refusing.refusals import COUNTED
from fleet.audit.search import Found, Unreadable
from fleet.web.views.audit.actions import action_words
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, moment

_ACTORS = {
    "fleet": "The fleet",
    "fleet:command line": "Somebody at the command line",
    "anonymous": "Somebody not signed in",
}
_KINDS = {"user": "", "token": "Program ", "camera": "Camera "}


@dataclass(frozen=True, slots=True)
class SubjectName:
    """What something is called, and the page that it has; empty for none."""

    name: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry, or what is in its place.

    Attributes:
        number: its number.
        when: when it was written; None where it cannot be read.
        text: who did what.
        link: the page of what it was done to; empty for none.
        purpose: why, in the actor's words.
        facts: what else is kept of it.
        address: where the request came from, in words.
        is_refusal: whether it was refused.
        is_damaged: whether the row is no entry.
    """

    number: int
    when: Moment | None
    text: str
    link: str = ""
    purpose: str = ""
    facts: str = ""
    address: str = ""
    is_refusal: bool = False
    is_damaged: bool = False


def entry_views(
    found: Sequence[Found], names: Mapping[str, SubjectName], now: datetime
) -> tuple[EntryView, ...]:
    """Show entries; ``names`` are those of what they are about, by id."""
    return tuple(
        _damaged(each) if isinstance(each, Unreadable) else _view(each, names, now) for each in found
    )


def actor_words(label: str) -> str:
    """Say who did something, as a sentence begins."""
    if label in _ACTORS:
        return _ACTORS[label]
    kind, _, name = label.partition(":")
    return f"{_KINDS[kind]}{isolated(name)}" if kind in _KINDS and name else label


def _view(entry: Entry, names: Mapping[str, SubjectName], now: datetime) -> EntryView:
    about = names.get(entry.subject, SubjectName(entry.subject))
    words = action_words(entry.action, isolated(about.name))
    if entry.action == COUNTED:
        words = _counted(entry, now)
    return EntryView(
        number=entry.number,
        when=moment(entry.utc, now, seconds=True),
        text=f"{actor_words(entry.actor)} {words}.",
        link=about.link,
        purpose=isolated(entry.purpose),
        facts="" if entry.action == COUNTED else _facts(entry),
        address=f"from {entry.address}" if entry.address else "",
        is_refusal=entry.is_refusal,
    )


def _counted(entry: Entry, now: datetime) -> str:
    detail = entry.detail
    who = actor_words(entry.subject).lower() if entry.subject in _ACTORS else actor_words(entry.subject)
    return (
        f"counted {detail.get('count', '?')} more refusals of {who} that have no entry of their own, so that "
        f"nobody fills the log: {detail.get('kinds', '?')}; from {detail.get('addresses', '?')}; between "
        f"{_when(detail.get('since'), now)} and {_when(detail.get('until'), now)}"
    )


def _when(text: str | int | None, now: datetime) -> str:
    """Say when, of what the detail of an entry has as a time."""
    try:
        return moment(datetime.fromisoformat(str(text)), now, seconds=True).text
    except ValueError:
        return "a time that cannot be read"


def _facts(entry: Entry) -> str:
    return ", ".join(
        f"{key}: {isolated(str(value)) or 'nothing'}" for key, value in sorted(entry.detail.items())
    )


def _damaged(row: Unreadable) -> EntryView:
    text = f"This entry cannot be read, for {row.reason}. Verifying the log says whether it holds."
    return EntryView(row.number, None, text, is_damaged=True)
