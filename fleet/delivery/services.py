"""What tells people of alerts, put together from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import Depends

from fleet.alerts.rules.kinds import Kinds
from fleet.core.app_key import AppKey
from fleet.core.config import FleetConfig
from fleet.core.services import Services
from fleet.delivery.mail import Mail, MailServer, send_mail
from fleet.delivery.models import Channel
from fleet.delivery.outbox import Outlets
from fleet.delivery.rules.timing import QuietHours
from fleet.delivery.rules.wording import TRIAL_SUBJECT, document_of, subject_of, text_of, trial_text
from fleet.delivery.sender import Parcel, Post, Sender
from fleet.delivery.webhook import Webhook, post_webhook


@dataclass(frozen=True, slots=True)
class DeliveryServices:
    """The service of delivery.

    Attributes:
        outlets: by what people are told, and when.
        sender: sends; its ``running`` is a worker.
        webhook: where messages for a program go; None for nowhere.
    """

    outlets: Outlets
    sender: Sender
    webhook: Webhook | None


DELIVERY: AppKey[DeliveryServices] = AppKey("delivery")

DeliveryDep = Annotated[DeliveryServices, Depends(DELIVERY)]


def compose_delivery(core: Services, kinds: Kinds) -> DeliveryServices:
    """Put together what the configuration asks for; where it asks for nothing, nothing goes out."""
    posts = _posts(core)
    outlets = Outlets(Channel.MAIL in posts, Channel.WEBHOOK in posts, quiet_hours(core.config))
    return DeliveryServices(outlets, Sender(core, kinds, outlets, posts), webhook_of(core))


def quiet_hours(config: FleetConfig) -> QuietHours:
    """Return when only urgent messages go."""
    alerts = config.alerts
    start, end = time.fromisoformat(alerts.quiet_from), time.fromisoformat(alerts.quiet_until)
    return QuietHours(start, end, config.site.time_zone)


def mail_server(core: Services) -> MailServer | None:
    """Return the mail server of the configuration; None where it has none."""
    mail = core.config.mail
    if not mail.host:
        return None
    return MailServer(
        host=mail.host,
        port=mail.port,
        starttls=mail.security == "starttls",
        user=mail.user,
        password_file=Path(mail.password_file) if mail.password_file else None,
        sender=mail.sender,
        authority_file=Path(mail.authority_file) if mail.authority_file else None,
        own_name=core.endpoints.mqtt_host,
    )


def webhook_of(core: Services) -> Webhook | None:
    """Return the webhook of the configuration; None where it has none."""
    hook = core.config.webhook
    if not hook.url:
        return None
    authority = Path(hook.authority_file) if hook.authority_file else None
    return Webhook(hook.url, Path(hook.secret_file), hook.private_addresses, authority)


def _posts(core: Services) -> Mapping[Channel, Post]:
    found: dict[Channel, Post] = {}
    server = mail_server(core)
    if server is not None:
        found[Channel.MAIL] = partial(_post_mail, core, server)
    hook = webhook_of(core)
    if hook is not None:
        found[Channel.WEBHOOK] = partial(_post_document, core, hook)
    return found


def _post_document(core: Services, hook: Webhook, parcel: Parcel) -> None:
    now, url = core.clock(), core.endpoints.dashboard_url
    post_webhook(hook, document_of(parcel.alerts, id_=parcel.id, at=now, url=url, more=parcel.more), now)


def _post_mail(core: Services, server: MailServer, parcel: Parcel) -> None:
    url = core.endpoints.dashboard_url
    subject = TRIAL_SUBJECT if parcel.is_test else subject_of(parcel.alerts, urgent=parcel.urgent)
    text = trial_text(url) if parcel.is_test else text_of(parcel.alerts, url=url, more=parcel.more)
    send_mail(server, Mail(parcel.id, parcel.to, subject, text, core.clock()))
