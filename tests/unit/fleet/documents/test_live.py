"""Where things are stored and who works on them, as a configuration says it."""

from __future__ import annotations

from fleet.core.config import AuditSection, DatabaseSection, FleetConfig, FootageSection
from fleet.core.sections.alerting import MailSection, WebhookSection
from fleet.core.sections.provider import ProviderSection
from fleet.documents.live import processors_of, stored_places

SECRET = "hunter2"
AWAY = FleetConfig(
    footage=FootageSection(store="s3://footage/lapel", endpoint=f"https://key:{SECRET}@store.example"),
    database=DatabaseSection(url=f"postgresql+psycopg://lapel:{SECRET}@db.example/lapel"),
    audit=AuditSection(second_place="s3://copies"),
    mail=MailSection(host="mail.example", sender="lapel@n.example"),
    webhook=WebhookSection(url="https://hooks.example/lapel", secret_file="/a"),
    provider=ProviderSection(issuer="https://login.example/t", client_id="lapel", client_secret_file="/b"),
)


def test_what_is_on_the_fleets_own_machine_is_no_other_service() -> None:
    # proves F10, F8
    near = FleetConfig(
        database=DatabaseSection(url="postgresql+psycopg:///lapel"),
        mail=MailSection(host="localhost", sender="a@b"),
    )
    for config in (FleetConfig(), near):
        assert processors_of(config) == ()
        assert {each.where for each in stored_places(config)} == {"on a machine of the fleet"}


def test_each_service_elsewhere_is_named_by_its_host_without_its_password() -> None:
    # proves F10
    said = processors_of(AWAY)
    assert said == (
        "store of footage in the bucket footage at store.example",
        "database at db.example",
        "second place of checkpoints in the bucket copies at store.example",
        "mail server mail.example",
        "program that is told of alerts at hooks.example",
        "provider of identities at login.example",
    )
    places = {each.id: each.where for each in stored_places(AWAY)}
    assert places == {
        "footage": "in the bucket footage at store.example",
        "database": "at db.example",
        "second_checkpoints": "in the bucket copies at store.example",
    }
    assert SECRET not in str((said, places))
