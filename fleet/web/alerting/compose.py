"""All that looks for alerts of what pages know; ``fleet.server.compose`` adds what other domains have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from fleet.alerts.sources import AlertSource, only_events, while_here
from fleet.cameras.broker_link import BrokerLink
from fleet.core.services import Services
from fleet.health.reading import AuthorityEnd
from fleet.people.notices.alert import NOT_ME
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.vault.sealed import Sealed
from fleet.web.alerting.backups import backup_source
from fleet.web.alerting.break_glass import break_glass_source
from fleet.web.alerting.desk import desk_source
from fleet.web.alerting.documents import document_source
from fleet.web.alerting.floods import flood_source
from fleet.web.alerting.recovery import recovery_source
from fleet.web.alerting.requests import request_source
from fleet.web.alerting.reviews import review_source
from fleet.web.alerting.service import Around, deletion_source, holds_source, service_source
from fleet.web.alerting.training import training_source
from fleet.web.alerting.vault_keys import vault_keys_source
from fleet.web.alerting.visits import visits_source
from fleet.web.zone import in_zone


def alert_sources(
    core: Services,
    *,
    sealed: Callable[[], Sealed | None],
    keys: Callable[[], tuple[VaultKeyInfo, ...]],
    authority: AuthorityEnd,
    broker: BrokerLink,
) -> tuple[AlertSource, ...]:
    """Return the sources.

    Args:
        core: what all share.
        sealed: why the vault can open nothing now; None where it can.
        keys: what is known of the vault's keys, the one that counts first.
        authority: when the fleet's authority ends, or what issues in its name.
        broker: whether this process is the one of several that has it, and speaks for the service itself; and
            which cameras say more than is read of them.
    """
    zone = core.config.site.time_zone
    around: Around = lambda: in_zone(zone)  # noqa: E731 - a name for its type
    service = service_source(
        around,
        sealed=sealed,
        sealed_for=timedelta(minutes=core.config.vault.sealed_minutes),
        authority=authority,
        folder=core.state,
        least_percent=core.config.alerts.disk_free_percent,
    )
    return (
        desk_source(around),
        while_here(service, broker.is_here),
        while_here(flood_source(around, broker.floods.now), broker.is_here),
        holds_source(around),
        deletion_source(around),
        break_glass_source(around),
        only_events(NOT_ME),
        review_source(around),
        visits_source(around, core.config.visits.ahead),
        request_source(around),
        document_source(around, core),
        training_source(around, core.config),
        recovery_source(around),
        backup_source(around),
        vault_keys_source(around, keys=keys, follow=timedelta(hours=core.config.vault.follow_hours)),
    )
