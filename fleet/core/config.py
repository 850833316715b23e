"""The fleet's configuration: one TOML file, validated at start, every key with a default.

Rules:
- an unknown key, a wrong type or a value out of range stops the start with one sentence that names the key,
  the value and what is allowed;
- every key is documented in ``docs/configuration-fleet.md`` with unit and default (a test compares the two);
- nothing here reads the environment; secrets are named by file, never written into this file.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from fleet.core.errors import FleetConfigError
from fleet.core.sections.alerting import AlertsSection, MailSection, WebhookSection
from fleet.core.sections.authority import AuthoritySection
from fleet.core.sections.cameras import CamerasSection
from fleet.core.sections.imports import ImportsSection
from fleet.core.sections.landlord import LandlordSection
from fleet.core.sections.provider import ProviderSection
from fleet.core.sections.regions import RegionsSection
from fleet.core.sections.registers import RegistersSection
from fleet.core.sections.section import Section
from fleet.core.sections.server import ServerSection
from fleet.core.sections.training import TrainingSection
from fleet.core.sections.vault import VaultSection
from fleet.core.sections.visits import VisitsSection

SecondFactorPolicy = Literal["privileged", "everyone", "off"]
"""Who has to have a second factor (``fleet.people.factors.rules``)."""


TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
WeekDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class DatabaseSection(Section):
    """Where the tables are."""

    url: str = Field(
        "",
        description="SQLAlchemy URL of a PostgreSQL database (postgresql+psycopg://…); empty for SQLite in "
        "the state folder.",
    )


class BrokerSection(Section):
    """The MQTT broker."""

    program: str = Field("mosquitto", description="The mosquitto program, by name or path.")


class PeopleSection(Section):
    """Sign-in of the people who use the dashboard."""

    session_hours: int = Field(12, ge=1, le=168, description="Longest time signed in, in hours.")
    idle_minutes: int = Field(
        30, ge=5, le=1440, description="Signed out after this long without being at work, in minutes."
    )
    setup_link_hours: int = Field(
        24, ge=1, le=168, description="How long the one-time set-up link is good for, in hours."
    )
    invitation_hours: int = Field(
        72,
        ge=1,
        le=336,
        description="How long an invitation, or a link for a new password, is good for, in hours.",
    )
    password_length: int = Field(12, ge=8, le=64, description="Shortest password accepted, in characters.")
    sign_in_attempts: int = Field(
        10,
        ge=3,
        le=100,
        description="Failed sign-ins per name, and per address, in 15 minutes before a wait; a browser "
        "that its person signed in with before is counted by itself.",
    )
    second_factor: SecondFactorPolicy = Field(
        "privileged",
        description="Who has to sign in with a passkey or an authenticator app as well: privileged (whoever "
        "may watch or export footage, read the audit log, enrol cameras or manage users), everyone, or off.",
    )


class FootageSection(Section):
    """Where sealed footage is kept."""

    store: str = Field(
        "",
        description="URL of an S3-compatible store (s3://bucket/prefix); empty for STATE/footage.",
    )
    endpoint: str = Field(
        "", description="Endpoint of the S3-compatible store; empty for the provider's own."
    )
    region: str = Field("", description="Region of the S3-compatible store.")
    authority: str = Field(
        "",
        description="PEM file with the certificates of who vouches for that store, for the fleet's own way "
        "there; empty for who this machine trusts alone.",
    )
    direct: bool = Field(
        False,
        description="Whether cameras put segments straight into an S3-compatible store, by addresses that "
        "the fleet signs. Only where the store has shown at start that it holds what is signed.",
    )
    direct_authority: str = Field(
        "",
        description="PEM file with the certificates of who vouches for that store, which cameras are told "
        "with footage.direct; empty for those of footage.authority.",
    )
    direct_from_kib: int = Field(
        4096, ge=1, le=1_048_576, description="Shorter segments go through the fleet all the same, in KiB."
    )
    max_segment_mib: int = Field(
        64, ge=8, le=1024, description="Largest segment that a camera may upload, in MiB."
    )
    reserve_mib: int = Field(
        1024,
        ge=64,
        le=1_048_576,
        description="Room on the disk of the state folder that no upload takes, in MiB: people sign in, "
        "look, and take cameras out of service while it is full.",
    )
    camera_gib_per_day: int = Field(
        128, ge=1, le=1_048_576, description="What one camera may send in 24 hours, in GiB."
    )
    camera_gib: int = Field(
        8192, ge=1, le=1_048_576, description="What is held of one camera at most, in GiB."
    )


class AuditSection(Section):
    """Checkpoints of the audit log."""

    checkpoints: str = Field(
        "",
        description="Where checkpoints of the audit log are kept: a folder, or s3://bucket/prefix (by "
        "footage.endpoint and footage.region); empty for STATE/checkpoints.",
    )
    second_place: str = Field(
        "",
        description="A second place for them, in the same words: best one that whoever runs this machine "
        "cannot write over; empty for none.",
    )
    checkpoint_hours: int = Field(
        24, ge=1, le=168, description="Longest time between two checkpoints of a log that grows, in hours."
    )


class ReviewSection(Section):
    """What is reviewed by the head of safety and the CCTV manager, and by when."""

    share: float = Field(
        0.1,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the recordings without another reason that is drawn at random to be reviewed, "
        "from 0 (none) to 1 (all).",
    )
    due_days: int = Field(14, ge=1, le=366, description="How long a review may take, in days.")
    hours_begin: TimeOfDay = Field(
        "07:00", description="When working hours begin, by the site's clocks: a viewing outside them is odd."
    )
    hours_end: TimeOfDay = Field(
        "19:00",
        description="When they end. Before their beginning for hours over midnight, which belong to the day "
        "that they begin on; the same for all day.",
    )
    days: tuple[WeekDay, ...] = Field(
        ("mon", "tue", "wed", "thu", "fri"),
        strict=False,
        description="Days of the week with working hours: mon, tue, wed, thu, fri, sat, sun.",
    )
    many: int = Field(
        10, ge=2, le=10_000, description="So many viewings by one person in a short time are odd."
    )
    many_minutes: int = Field(60, ge=1, le=1440, description="How long that short time is, in minutes.")
    again: int = Field(
        4, ge=2, le=10_000, description="So many viewings of one recording by one person are odd."
    )
    again_days: int = Field(7, ge=1, le=366, description="Within so many days.")


class SiteSection(Section):
    """The place that the cameras and the dashboard serve."""

    zone: str = Field(
        "Europe/London",
        description="Time zone of all pages, searches and prints, as an IANA name; files and the JSON API "
        "keep UTC.",
    )

    @field_validator("zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        """Refuse what is no time zone, with the name that was probably meant."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            near = get_close_matches(name.lower(), _zones(), n=1)
            meant = f'; did you mean "{_zones()[near[0]]}"?' if near else ', as in "Europe/London"'
            raise PydanticCustomError(
                "zone_unknown", "It is not the IANA name of a time zone{meant}", {"meant": meant}
            ) from error
        return name

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone)


class FleetConfig(Section):
    """The whole configuration."""

    site: SiteSection = SiteSection()
    landlord: LandlordSection = LandlordSection()
    server: ServerSection = ServerSection()
    database: DatabaseSection = DatabaseSection()
    broker: BrokerSection = BrokerSection()
    cameras: CamerasSection = CamerasSection()
    people: PeopleSection = PeopleSection()
    training: TrainingSection = TrainingSection()
    provider: ProviderSection = ProviderSection()
    footage: FootageSection = FootageSection()
    regions: RegionsSection = RegionsSection()
    vault: VaultSection = VaultSection()
    authority: AuthoritySection = AuthoritySection()
    alerts: AlertsSection = AlertsSection()
    audit: AuditSection = AuditSection()
    mail: MailSection = MailSection()
    webhook: WebhookSection = WebhookSection()
    review: ReviewSection = ReviewSection()
    visits: VisitsSection = VisitsSection()
    registers: RegistersSection = RegistersSection()
    imports: ImportsSection = ImportsSection()


def _zones() -> dict[str, str]:
    """Return the time zones that this machine knows, by their names in small letters."""
    return {name.lower(): name for name in sorted(available_timezones())}


def load_config(path: Path | None, state: Path) -> FleetConfig:
    """Read the configuration from ``path``, or from ``fleet.toml`` in the state folder if there is one.

    Raises:
        FleetConfigError: the file cannot be read, is not TOML, or holds a value that is not allowed.
    """
    chosen = path if path is not None else state / "fleet.toml"
    if path is None and not chosen.exists():
        return FleetConfig()
    try:
        table = tomllib.loads(chosen.read_text(encoding="utf-8"))
    except OSError as error:
        raise FleetConfigError(f"The configuration {chosen} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FleetConfigError(f"The configuration {chosen} is not TOML: {error}.") from error
    return parse_config(table, str(chosen))


def parse_config(table: dict[str, Any], name: str) -> FleetConfig:
    """Validate a table read from the file ``name``.

    Raises:
        FleetConfigError: a key is unknown or its value is not allowed; the message names it.
    """
    try:
        return FleetConfig.model_validate(table)
    except ValidationError as error:
        raise FleetConfigError(f"{name}: {_sentence(error)}") from error


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{key} is not a key of the configuration; docs/configuration-fleet.md lists them."
    what = first["msg"][:1].lower() + first["msg"][1:]
    return f"{key} = {first['input']!r} cannot be used: {what}."
