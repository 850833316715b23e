"""Putting the service together: from a configuration and a state folder to ``FleetServices``.

Order: state folder and its lock are the caller's; then authority, database, tables, then each domain's own
part.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fleet.alerts.services import AlertServices
from fleet.alerts.sources import while_here
from fleet.alerts.watch import AlertWatch
from fleet.assignments.wearers import AssignedWearers
from fleet.audit.checkpoints.bucket import open_places
from fleet.audit.checkpoints.making import CheckpointMaker
from fleet.audit.checkpoints.note import NoteSigner
from fleet.audit.checkpoints.schedule import CheckpointSchedule
from fleet.audit.refusing.refusals import Refusals
from fleet.audit.services import AuditServices
from fleet.audit.verification import LogVerification
from fleet.cameras.broker_link import BrokerLink
from fleet.cameras.numbering.numbers import CameraNumbers
from fleet.cameras.services import CameraServices
from fleet.core.config import FleetConfig
from fleet.core.database import Clock, open_database, utc_now
from fleet.core.files import make_private_folder
from fleet.core.live import Live
from fleet.core.services import Endpoints, Services, Worker
from fleet.delivery.health import delivery_source
from fleet.delivery.services import DeliveryServices, compose_delivery
from fleet.footage.compose import compose as compose_footage
from fleet.footage.receiving.announcing import Announcements
from fleet.footage.recordings.rows import dated_anew
from fleet.footage.recordings.run_clocks import StatusClocks
from fleet.footage.services import FootageServices
from fleet.health.ends import authority_end
from fleet.health.services import HealthServices
from fleet.imagery.services import ImportServices, compose_imports
from fleet.jobs.worker import Handler, JobWorker
from fleet.migrations import upgrade
from fleet.people.factors.seal import FactorSeal
from fleet.people.provided.watch import provider_watch
from fleet.people.provider.provider import open_provider
from fleet.people.services import PeopleServices
from fleet.people.trying.shared import attempts_of
from fleet.pki.authority import Authority, open_authority
from fleet.pki.certificates import key_id
from fleet.pki.hardware_secret import authority_secret
from fleet.processes.claims import Claims
from fleet.processes.connection import postgres_of
from fleet.processes.hints import HintLine
from fleet.processes.keys import ISSUING, check_keys
from fleet.recovery.copying import RecoveryCopying
from fleet.references.forgetting import VisitForgetting
from fleet.releases.forgetting import case_forgetting
from fleet.releases.services import ReleaseServices, compose_releases
from fleet.retention.deletion.again import DeletingAgain
from fleet.retention.deletion.services import compose as compose_deletion
from fleet.review.draw_key import open_key
from fleet.review.rules.draw import key_name
from fleet.review.services import ReviewServices, open_reviews
from fleet.rewrapping.imports import ImportRewrapping
from fleet.rewrapping.rewrapping import Rewrapping
from fleet.server.addresses import default_endpoints
from fleet.server.renewal import renew_at_start
from fleet.vault.open_vault import open_vault
from fleet.vault.services import VaultServices
from fleet.vault.vault import Vault
from fleet.visits.linker import VisitLinker
from fleet.web.alerting.compose import alert_sources
from fleet.web.alerting.logs import log_source
from protocol.messages.enrolment import RecipientKey


@dataclass(frozen=True, slots=True)
class FleetServices(Services):
    """Everything that the running service is made of: what all share, and each domain's own.

    Attributes:
        authority: the fleet's certificate authority.
        audit: of ``fleet.audit``.
        people: of ``fleet.people``.
        cameras: of ``fleet.cameras``.
        vault: holds the private sealing keys.
        vault_services: that, and what unseals it.
        footage: of ``fleet.footage``.
        alerts: of ``fleet.alerts``, with everything that looks for them.
        alerts_watch: looks while nobody looks at a page.
        jobs: does what is left to jobs.
        delivery: tells people who look at none.
        health: looks after what all of it stands on.
        reviews: of ``fleet.review``.
        releases: of ``fleet.releases``.
        imports: of ``fleet.imagery``.
        deleting_again: finds what is here again although it was deleted.
        linker: links recordings to visits.
        recovery: seals the vault's keys to the recovery key.
        lines: hear other processes; none where there can be none.
    """

    authority: Authority
    audit: AuditServices
    people: PeopleServices
    cameras: CameraServices
    vault: Vault
    vault_services: VaultServices
    footage: FootageServices
    alerts: AlertServices
    alerts_watch: AlertWatch
    jobs: JobWorker
    delivery: DeliveryServices
    health: HealthServices
    reviews: ReviewServices
    releases: ReleaseServices
    imports: ImportServices
    deleting_again: DeletingAgain
    recovery: RecoveryCopying
    linker: VisitLinker
    lines: tuple[HintLine, ...]

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Contexts that live as long as the service."""
        ours = (
            self.vault_services.following.running,
            self.alerts_watch.running,
            self.delivery.sender.running,
            self.jobs.running,
            self.releases.searcher.running,
            self.reviews.sorter.running,
            self.recovery.running,
            self.linker.running,
        )
        theirs = () if self.people.provider is None else (partial(provider_watch, self.people),)
        lines = tuple(each.running for each in self.lines)
        again = (self.deleting_again.running, self.imports.tidying.running, self.cameras.numbers.running)
        return (*lines, *self.footage.workers, *again, *ours, *theirs)


def build_services(
    config: FleetConfig,
    state: Path,
    *,
    reached: Endpoints | None = None,
    claims: Claims | None = None,
    clock: Clock = utc_now,
    random: Callable[[int], bytes] = os.urandom,
    seconds: Callable[[], float] = time.monotonic,
) -> FleetServices:
    """Open everything in the state folder and bring its tables up to date.

    Args:
        config: the configuration.
        state: the state folder.
        reached: where the fleet is reached; None for the configuration's own addresses.
        claims: who of several processes does what; None for a process that is alone.
        clock: wall time.
        random: returns that many random bytes.
        seconds: seconds that only go forward, for pauses.

    Raises:
        ConfigError: the database does not answer.
        StateError: the authority or a domain's own files cannot be used, or are another fleet's.
    """
    make_private_folder(state)
    secret = authority_secret(state / "pki", config.authority, config.vault)
    authority = open_authority(state / "pki", now=clock(), secret=secret)
    renew_at_start(authority, config, clock())
    core = _core(config, state, reached or default_endpoints(config), clock, random)
    return _domains(core, authority, claims, seconds)


def _domains(
    core: Services, authority: Authority, claims: Claims | None, seconds: Callable[[], float]
) -> FleetServices:
    """Put together each domain's own part, on what all of them share."""
    audit = _audit(core, authority)
    vault_services = open_vault(core, audit.refusals)
    vault = vault_services.vault
    people = _people(core, audit, seconds)
    _check_keys(core, authority, vault, people)
    broker = BrokerLink()
    alerts = _alerts(core, audit, vault, authority, broker)
    footage = compose_footage(core, authority, vault, claims=claims, seconds=seconds)
    rewrapping = Rewrapping(core, footage, vault, seconds=seconds)
    imports = compose_imports(core, authority, footage, vault, seconds=seconds)
    releases = compose_releases(core, authority, footage, imports, audit.refusals)
    others: dict[str, Handler] = {each.kind: each for each in (rewrapping, releases.making, imports.deleting)}
    forgetting = (imports.tidying, VisitForgetting(core), case_forgetting(core))
    rounds = (rewrapping.look, ImportRewrapping(core, vault), *forgetting)
    deletion = compose_deletion(core, authority, footage, others, rounds)
    return FleetServices(
        config=core.config,
        state=core.state,
        database=core.database,
        live=core.live,
        endpoints=core.endpoints,
        clock=core.clock,
        random=core.random,
        authority=authority,
        audit=audit,
        people=people,
        cameras=_cameras(core, authority, vault, broker),
        vault=vault,
        vault_services=vault_services,
        jobs=deletion.worker,
        deleting_again=deletion.again,
        alerts=alerts,
        alerts_watch=AlertWatch(alerts),
        delivery=compose_delivery(core, alerts.kinds),
        footage=footage,
        health=HealthServices.of(
            core, authority, vault, broker=broker, footage=footage, anonymous=people.anonymous
        ),
        reviews=open_reviews(core),
        releases=releases,
        imports=imports,
        recovery=RecoveryCopying(core, vault),
        linker=VisitLinker(core),
        lines=() if (url := postgres_of(core.config.database.url)) is None else (HintLine(url, core.live),),
    )


def _core(
    config: FleetConfig, state: Path, ends: Endpoints, clock: Clock, random: Callable[[int], bytes]
) -> Services:
    """Open the database, bring its tables up to date, and put together what every domain stands on."""
    live = Live()
    database = open_database(config.database.url, state, clock=clock, random=random, live=live)
    upgrade(database.engine)
    return Services(
        config=config, state=state, database=database, live=live, endpoints=ends, clock=clock, random=random
    )


def _alerts(
    core: Services, audit: AuditServices, vault: Vault, authority: Authority, broker: BrokerLink
) -> AlertServices:
    ends = authority_end(authority)
    sources = alert_sources(core, sealed=vault.sealed, keys=vault.known, authority=ends, broker=broker)
    log = while_here(log_source(audit), broker.is_here)
    return AlertServices.of(core, (*sources, delivery_source(), log))


def _check_keys(core: Services, authority: Authority, vault: Vault, people: PeopleServices) -> None:
    """Refuse other keys than the fleet's, where the database does not lie with them."""
    if postgres_of(core.config.database.url) is None:
        return
    digests = {
        "pki": hashlib.sha256(authority.der).hexdigest(),
        ISSUING: key_id(authority.issuing),
        "vault": vault.known()[0].key_id,
        "factors.key": people.seal.name(),
        "review.key": key_name(open_key(core.state, core.random)),
    }
    with core.sessions.begin() as session:
        earlier = {"vault": [each.key_id for each in vault.known()[1:]]}
        check_keys(session, digests, core.state, earlier=earlier)


def _people(core: Services, audit: AuditServices, seconds: Callable[[], float]) -> PeopleServices:
    attempts = attempts_of(core.database, "sign-in", core.config.people.sign_in_attempts)
    seal, provider = FactorSeal(core.state, core.random), open_provider(core.config.provider, seconds)
    return PeopleServices(core, attempts, seal, audit.refusals, provider)


def _cameras(core: Services, authority: Authority, vault: Vault, broker: BrokerLink) -> CameraServices:
    return CameraServices(
        core=core,
        authority=authority,
        recipients=lambda: tuple(map(RecipientKey.of, vault.recipients())),
        wearers=AssignedWearers(),
        numbers=CameraNumbers.settled(core, authority.folder),
        news=(Announcements(core),),
        statuses=(StatusClocks(core, dated_anew),),
        broker=broker,
    )


def _audit(core: Services, authority: Authority) -> AuditServices:
    """Give the audit log its key; the log is called after the authority, which is this fleet's alone."""
    name = f"lapel-fleet/{hashlib.sha256(authority.der).hexdigest()[:16]}/audit"
    signer = NoteSigner(name, authority.checkpoints_key())
    maker = CheckpointMaker(core, signer, open_places(core.config, core.state))
    refusals, verification = Refusals(core.sessions, core.clock), LogVerification(core, maker)
    schedule = CheckpointSchedule(
        core,
        maker,
        also=(refusals.flush, verification.run_daily),
        at_end=(verification.close, lambda: refusals.flush(everything=True)),
    )
    return AuditServices(refusals, schedule, verification)
