"""What the page of settings asks, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fleet.cameras.broker_link import BrokerLink
from fleet.connections.admissions import Admissions, open_files
from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.direct.direct import DirectUploads
from fleet.footage.services import FootageServices
from fleet.health.authority import authority_reading
from fleet.health.backups import backup_reading
from fleet.health.connections import connections_reading
from fleet.health.delivery import delivery_reading
from fleet.health.ends import key_ends
from fleet.health.probes import StoreProbe, read_certificates, read_database, read_disk, read_vault
from fleet.health.reading import KeyEnd, Reading
from fleet.health.recovery import recovery_reading
from fleet.health.rules import broker_elsewhere, broker_reading, direct_reading
from fleet.people.trying.anonymous import AnonymousBudget
from fleet.pki.authority import Authority
from fleet.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class HealthServices:
    """Looks after what the service stands on.

    Attributes:
        core: what every domain shares.
        broker: how the connection to the broker is.
        store: asks the footage store.
        direct: has cameras put segments straight into it.
        vault: holds the private keys.
        ends: returns the fleet's own keys and certificates.
        authority: the fleet's.
        admissions: let connections in.
        anonymous: gives turns to who is not signed in.
    """

    core: Services
    broker: BrokerLink
    store: StoreProbe
    direct: DirectUploads
    vault: Vault
    ends: Callable[[], tuple[KeyEnd, ...]]
    authority: Authority
    admissions: Admissions
    anonymous: AnonymousBudget

    @classmethod
    def of(
        cls,
        core: Services,
        authority: Authority,
        vault: Vault,
        *,
        broker: BrokerLink,
        footage: FootageServices,
        anonymous: AnonymousBudget,
    ) -> HealthServices:
        """Put it together."""
        where = core.config.footage.store or f"The folder {core.state / 'footage'}"
        ends = partial(key_ends, authority, vault)
        probe = StoreProbe(footage.store, where)
        doors = Admissions.of(open_files())
        return cls(core, broker, probe, footage.direct, vault, ends, authority, doors, anonymous)

    def readings(self, words: Callable[[object], str]) -> tuple[Reading, ...]:
        """Ask everything; ``words`` says a time as the page does."""
        state = self.broker.state
        since = words(state.connected or state.lost)
        with self.core.readers() as session:
            certificates = read_certificates(session, self.core.clock())
            keys = [each.key_id for each in self.vault.known()]
            recovery = recovery_reading(session, self.core.clock(), words, keys)
            backup = backup_reading(session, self.core.clock(), words)
            delivery = delivery_reading(session, self.core.config, self.core.clock(), words)
        link = broker_reading(state.connected, state.lost, state.why, since)
        return (
            broker_elsewhere() if state.elsewhere else link,
            read_database(self.core.database.engine),
            self.store.read(),
            *([direct_reading(self.direct.why_not)] if self.core.config.footage.direct else ()),
            read_vault(self.vault),
            recovery,
            backup,
            delivery,
            authority_reading(
                is_alone=not self.authority.has_issuing,
                has_root_key=self.authority.has_root_key,
                issuing_ends=self.authority.issuing.not_valid_after_utc,
                now=self.core.clock(),
                words=words,
            ),
            *(read_disk(name, folder) for name, folder in self._disks()),
            certificates,
            self._connections(),
        )

    def _connections(self) -> Reading:
        streams = self.admissions.streams.ended
        return connections_reading(self.admissions.ended(), streams, self.anonymous.refused)

    def _disks(self) -> tuple[tuple[str, Path], ...]:
        return (("Disk of the state folder", self.core.state),)


HEALTH: AppKey[HealthServices] = AppKey("health")
