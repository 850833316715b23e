"""Where things are stored and who works on them, as a configuration says it."""

from __future__ import annotations

from fleet.core.config import AuditSection, DatabaseSection, FleetConfig, FootageSection
from fleet.core.sections.alerting import MailSection, WebhookSection
from fleet.core.sections.provider import ProviderSection
from fleet.core.sections.regions import RegionsSection
from fleet.documents.live import processors_of, stored_places
from fleet.health.region_models import RegionTold

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
        assert {each.where for each in stored_places(config, {})} == {
            "on a machine of the fleet, region not known",
            None,
        }


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
    places = {each.id: each.where for each in stored_places(AWAY, {})}
    assert places == {
        "footage": "in the bucket footage at store.example, region not known",
        "database": "at db.example, region not known",
        "second_checkpoints": "in the bucket copies at store.example, region not known",
        "backups": None,
    }
    assert SECRET not in str((said, places))


def test_a_region_is_what_the_store_said_or_what_is_set_and_else_not_known() -> None:
    # proves F10, F8
    set_ = RegionsSection(machine="uk", database="eu-west-1", backups="eu-west-3")
    footage = AWAY.footage.model_copy(update={"region": "eu-west-2"})
    config = AWAY.model_copy(update={"regions": set_, "footage": footage})
    told = RegionTold(place="footage", address="", told="EU-WEST-2", at=None)
    places = {each.id: each for each in stored_places(config, {"footage": told})}
    assert places["footage"].where == "in the bucket footage at store.example, region EU-WEST-2"
    assert places["footage"].source == "footage.store and footage.region"
    assert places["database"].where == "at db.example, region eu-west-1"
    assert places["second_checkpoints"].where == "in the bucket copies at store.example, region eu-west-2"
    assert places["backups"].where == "region eu-west-3"
    near = FleetConfig(regions=set_)
    assert [each.where for each in stored_places(near, {})][:2] == [
        "on a machine of the fleet, region uk"
    ] * 2
