"""What is said of the ways by which alerts go out: whether messages go, as far as was tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.config import FleetConfig
from fleet.delivery.choices import choices
from fleet.delivery.health import outages, words_of
from fleet.delivery.models import MessageState, OutMessage
from fleet.delivery.sender import KEPT
from fleet.health.reading import Condition, Reading

NAME = "Messages about alerts"
_LOOK = "Tell whoever runs the mail server, or the program that takes the webhook. Look at Alerts meanwhile."


def delivery_reading(
    session: Session, config: FleetConfig, now: datetime, words: Callable[[object], str]
) -> Reading:
    """Say how e-mail and the webhook are; ``words`` says a time as the page does."""
    if not config.mail.host and not config.webhook.url:
        said = "None go out: neither e-mail nor a webhook is configured."
        return Reading(NAME, Condition.WORSE, said, "Set mail.host or webhook.url, or look at Alerts daily.")
    if not config.webhook.url and not choices(session):
        said = "None go out: e-mail is configured, and nobody asked to be told."
        return Reading(
            NAME, Condition.WORSE, said, "Everybody asks for it by themselves: Alerts, “What you are told”."
        )
    by_mail = ["by e-mail, to those who asked and may see them"] if config.mail.host else []
    by_webhook = ["by a webhook"] if config.webhook.url else []
    said = f"They are to go out {', and '.join((*by_mail, *by_webhook))}."
    failed = outages(session, now)
    if failed:
        return Reading(NAME, Condition.BAD, " ".join((said, *map(words_of, failed))), _LOOK)
    went = session.scalar(select(func.max(OutMessage.finished)).where(OutMessage.state == MessageState.SENT))
    none = f"None was sent in the last {KEPT.days} days."  # what is older is forgotten
    last = none if went is None else f"The last one was taken {words(went)}."
    return Reading(NAME, Condition.GOOD, f"{said} {last}")
