"""Reading what is set now, and what cameras said, for the facts of documents. Only reads.

Of addresses the host alone is taken: somebody may have written a password into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.cameras.service import list_cameras
from fleet.cameras.settings import settings_told
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.services import Services
from fleet.documents.rules.facts import Fact, facts_of
from fleet.documents.rules.live_settings import CameraHeard, LiveSettings, StoredPlace
from fleet.health.region_asking import told_regions
from fleet.health.region_models import RegionTold
from fleet.health.regions import places_of
from fleet.people.permissions import GRANTS, Permission
from fleet.references.approvals import is_on as references_on
from fleet.requests.rules.bases import BASES, LandlordKind, bases_of
from fleet.requests.rules.kinds import KINDS, OTHERS, RIGHTS, RequestKind
from fleet.retention.policy import history_of
from fleet.retention.rules.periods import current
from fleet.retention.rules.switching import is_on as deletion_on
from fleet.retention.switch import switches_of

_KINDS = {"housing-association": "housing association", "council": "council, or its arm's-length body"}
_ROLES = {
    Role.SAFETY_TEAM: "safety team",
    Role.CCTV_MANAGER: "CCTV manager",
    Role.HEAD_OF_SAFETY: "head of safety",
    Role.DATA_PROTECTION_OFFICER: "data protection officer",
    Role.ADMINISTRATOR: "administrator",
    Role.OFFICER: "officer",
}
_SECOND = {
    "privileged": "whoever may watch or take footage out, read the audit log, enrol cameras or manage users",
    "everyone": "everyone who has an account here",
    "off": "nobody has to",
}
_HERE = "on a machine of the fleet"
_LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})
"""Hosts that are this machine; a socket of a database has none."""


def live_facts(session: Session, core: Services) -> tuple[Fact, ...]:
    """Return every fact as it is now."""
    return facts_of(live_settings(session, core))


def live_settings(session: Session, core: Services) -> LiveSettings:
    """Return what is set now."""
    config = core.config
    told, periods = settings_told(config.cameras), current(history_of(session))
    return LiveSettings(
        landlord_kind=_KINDS[config.landlord.kind],
        landlord=config.landlord.name,
        contact=config.landlord.contact,
        complaints=config.landlord.complaints,
        bases=tuple(BASES[each] for each in bases_of(LandlordKind(config.landlord.kind))),
        rights=_titles(RIGHTS),
        others=_titles(OTHERS),
        window_s=None if told.window_s is None else round(told.window_s),
        sound=told.audio,
        cameras=cameras_heard(session),
        camera_limit=config.cameras.limit,
        plain_months=periods.plain,
        incident_months=periods.incident,
        cctv_months=config.imports.cctv_months,
        visit_months=config.visits.keep_months,
        deletes=deletion_on(switches_of(session)),
        notice_hours=config.visits.notice_hours,
        watchers=_roles(Permission.PLAY),
        exporters=_roles(Permission.EXPORT),
        approvers=_roles(Permission.APPROVE_RELEASES),
        second_factor=_SECOND[config.people.second_factor],
        review_share=config.review.share,
        review_days=config.review.due_days,
        trained=_trained(config),
        references=references_on(session),
        places=stored_places(config, told_regions(session, config)),
        processors=processors_of(config),
    )


def cameras_heard(session: Session) -> tuple[CameraHeard, ...]:
    """Return what each camera in use said of its window, and of whether it follows what it is told."""
    return tuple(
        CameraHeard(each.id, window_s=_window_of(each.status), follows=_follows(each))
        for each in list_cameras(session)
        if each.revoked is None
    )


def stored_places(config: FleetConfig, told: Mapping[str, RegionTold]) -> tuple[StoredPlace, ...]:
    """Return where things are stored, each with its region; where on a machine is nobody's business."""
    regions = {
        each.id: (f"region {each.region(told[each.id].told if each.id in told else None)}", each.key)
        for each in places_of(config)
    }
    here, here_key = regions["machine"]
    footage, footage_key = here, here_key
    if config.footage.store:
        footage, footage_key = regions.get("footage", (here, here_key))
    is_away = _is_elsewhere(config.database.url)
    database, database_key = regions["database"] if is_away else (here, here_key)
    store = _bucket(config.footage.store, config.footage.endpoint) if config.footage.store else _HERE
    tables = f"at {_host(config.database.url)}" if is_away else _HERE
    places = [
        StoredPlace(
            "footage", "Footage, sealed, is stored", f"{store}, {footage}", f"footage.store and {footage_key}"
        ),
        StoredPlace(
            "database",
            "What is known of recordings and people is stored",
            f"{tables}, {database}",
            f"database.url and {database_key}",
        ),
    ]
    for id_, key, value in (
        ("checkpoints", "audit.checkpoints", config.audit.checkpoints),
        ("second_checkpoints", "audit.second_place", config.audit.second_place),
    ):
        if id_ in regions:
            where = f"{_bucket(value, config.footage.endpoint)}, {regions[id_][0]}"
            places.append(StoredPlace(id_, f"Digests of the audit log are stored ({key})", where, key))
    backups = config.regions.backups
    kept = f"region {backups}" if backups else None
    places.append(StoredPlace("backups", "Backups are stored", kept, "regions.backups"))
    return tuple(places)


def processors_of(config: FleetConfig) -> tuple[str, ...]:
    """Return the services elsewhere that the configuration names, each with its host."""
    found = []
    if config.footage.store:
        found.append(f"store of footage {_bucket(config.footage.store, config.footage.endpoint)}")
    if _is_elsewhere(config.database.url):
        found.append(f"database at {_host(config.database.url)}")
    if config.audit.second_place.startswith("s3://"):
        found.append(
            f"second place of checkpoints {_bucket(config.audit.second_place, config.footage.endpoint)}"
        )
    if config.mail.host and config.mail.host not in _LOCAL:
        found.append(f"mail server {config.mail.host}")
    if _is_elsewhere(config.webhook.url):
        found.append(f"program that is told of alerts at {_host(config.webhook.url)}")
    if _is_elsewhere(config.provider.issuer):
        found.append(f"provider of identities at {_host(config.provider.issuer)}")
    return tuple(found)


def _bucket(address: str, endpoint: str) -> str:
    host = f" at {_host(endpoint)}" if endpoint else ""
    return f"in the bucket {urlsplit(address).hostname or ''}{host}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return "an address that cannot be read"


def _is_elsewhere(address: str) -> bool:
    return bool(address) and _host(address) not in _LOCAL


def _trained(config: FleetConfig) -> str:
    if not config.training.required:
        return "any, with or without a training that is noted"
    course = f" of “{config.training.course}”" if config.training.course else ""
    return f"those alone of whom a valid training{course} is noted"


def _roles(permission: Permission) -> tuple[str, ...]:
    return tuple(word for role, word in _ROLES.items() if role in GRANTS[permission])


def _titles(kinds: frozenset[RequestKind]) -> tuple[str, ...]:
    return tuple(words.title for kind, words in KINDS.items() if kind in kinds)


def _window_of(status: dict[str, Any] | None) -> float | None:
    value = None if status is None else status.get("window_s")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _follows(row: CameraRow) -> bool | None:
    """Return whether a camera took all on that it is told now; None where it has not said so of that."""
    report = row.reported or {}
    if report.get("version") != row.desired_version:
        return None
    return not report.get("refused")
