"""What happened to one's account, as pages tell it to its person and to nobody else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from fleet.core.actor import OPERATOR
from fleet.people.factors.rules import HowSure
from fleet.people.notices.models import AccountNotice
from fleet.people.notices.rules import NoticeKind
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, moment
from fleet.web.views.people.accounts import browser_words

SURE_WORDS: Mapping[HowSure, str] = MappingProxyType(
    {
        HowSure.MET: "I met them, and know them or saw their staff card",
        HowSure.CALLED: "I called them back on a number that was known before",
        HowSure.VOUCHED: "Somebody who knows them vouched for them to me in person",
        HowSure.SEEN: "I saw them on a video call, and know them",
    }
)
"""How an administrator made sure who asks, as they choose it."""

_WHAT: Mapping[NoticeKind, str] = MappingProxyType(
    {
        NoticeKind.PASSWORD: "Your password was changed",
        NoticeKind.PASSWORD_LINK: "A new password was chosen for you by a one-time link",
        NoticeKind.APP: "An authenticator app was set up for you",
        NoticeKind.APP_REMOVED: "Your authenticator app was removed",
        NoticeKind.CODES: "New recovery codes were made for you",
        NoticeKind.CODE_AGAIN: "A code of yours was typed that had been used already, and was refused",
        NoticeKind.BROWSER: "You were signed in with a browser that was not known as yours",
    }
)


@dataclass(frozen=True, slots=True)
class AccountNoticeView:
    """Something that happened to one's account.

    Attributes:
        id: of the row.
        said: what, when and from where, in sentences.
        times: how often by now.
        since: what was said of it; empty for nothing that is not said in each browser apart.
        last: when it happened last.
        may_say: whether its person can still say that it was not they.
    """

    id: str
    said: str
    times: int
    since: str
    last: Moment
    may_say: bool


def notice_views(rows: Iterable[AccountNotice], now: datetime) -> tuple[AccountNoticeView, ...]:
    """Show notices, in the order given."""
    return tuple(
        AccountNoticeView(
            each.id,
            notice_words(each, now),
            each.times,
            ""
            if each.disowned is None
            else f"You said {moment(each.disowned, now).text} that it was not you.",
            moment(each.last, now),
            each.disowned is None,
        )
        for each in rows
    )


def notice_words(row: AccountNotice, now: datetime) -> str:
    """Say what happened, when and from where."""
    return f"{_what(row)} {moment(row.last, now).text}{_where(row)}.{_often(row, now)}"


def _what(row: AccountNotice) -> str:
    kind = NoticeKind(row.kind)
    if kind is NoticeKind.RESET:
        who = "Somebody on the fleet's host" if row.by == OPERATOR.name else isolated(row.by)
        return f"{who} took your second factors away"
    if kind in {NoticeKind.PASSKEY, NoticeKind.PASSKEY_REMOVED}:
        done = "added" if kind is NoticeKind.PASSKEY else "removed"
        return f"The passkey “{isolated(row.name)}” was {done}"
    return _WHAT[kind]


def _where(row: AccountNotice) -> str:
    if row.how:
        sure = SURE_WORDS.get(HowSure(row.how)) if row.how in set(HowSure) else row.how
        return f", and says how they made sure that you asked: “{sure}”"
    called = browser_words(row.agent)
    browser = f" with {called.replace('A browser', 'a browser')}" if row.agent else ""
    return f"{browser}, from {row.address or 'an address that was not kept'}"


def _often(row: AccountNotice, now: datetime) -> str:
    if row.times == 1:
        return ""
    return f" That is the last of {row.times} times since {moment(row.first, now).text}."
