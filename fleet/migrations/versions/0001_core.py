"""Cameras, people, assignments and the audit log.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("ended IS NULL")

_SQLITE_GUARD = """
CREATE TRIGGER audit_entries_no_{verb} BEFORE {VERB} ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
"""
_POSTGRES_FUNCTION = """
CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$
"""
_POSTGRES_GUARD = """
CREATE TRIGGER audit_entries_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()
"""


def upgrade() -> None:
    """Make the tables."""
    _make_people()
    _make_cameras()
    _make_assignments()
    _make_audit()


def downgrade() -> None:
    """Drop them in the reverse order."""
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_refuse()")
    for table in (
        "assignments",
        "enrolment_codes",
        "camera_certificates",
        "cameras",
        "api_tokens",
        "setup_links",
        "user_sessions",
        "users",
        "officers",
    ):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "officers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_officers"),
        sa.UniqueConstraint("name", name="uq_officers_name"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("seen", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_sessions"),
        sa.UniqueConstraint("digest", name="uq_user_sessions_digest"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_sessions_user_id_users", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])
    op.create_table(
        "setup_links",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("used", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_setup_links"),
        sa.UniqueConstraint("digest", name="uq_setup_links_digest"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("revoked", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("name", name="uq_api_tokens_name"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )


def _make_cameras() -> None:
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("enrolled", _TIME, nullable=False),
        sa.Column("certificate_expires", _TIME, nullable=False),
        sa.Column("revoked", _TIME),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("seen", _TIME),
        sa.Column("status", sa.JSON()),
        sa.Column("desired_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
        sa.UniqueConstraint("number", name="uq_cameras_number"),
    )
    op.create_table(
        "camera_certificates",
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("issued", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_camera_certificates"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_camera_certificates_camera_id_cameras"
        ),
    )
    op.create_index("ix_camera_certificates_camera_id", "camera_certificates", ["camera_id"])
    op.create_table(
        "enrolment_codes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("used", _TIME),
        sa.Column("camera_id", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment_codes"),
        sa.UniqueConstraint("digest", name="uq_enrolment_codes_digest"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_enrolment_codes_camera_id_cameras"),
    )


def _make_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("ended", _TIME),
        sa.Column("started_by", sa.String(200), nullable=False),
        sa.Column("ended_by", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_assignments_camera_id_cameras"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_assignments_officer_id_officers"),
        sa.CheckConstraint("ended IS NULL OR ended >= started", name="ck_assignments_ends_after_start"),
    )
    op.create_index("ix_assignments_camera_id", "assignments", ["camera_id"])
    op.create_index("ix_assignments_officer_id", "assignments", ["officer_id"])
    for column in ("camera", "officer"):
        op.create_index(
            f"uq_assignments_open_{column}",
            "assignments",
            [f"{column}_id"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )


def _make_audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("utc", _TIME, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entries"),
    )
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_audit_entries_{column}", "audit_entries", [column])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_GUARD)
        return
    for verb in ("update", "delete"):
        op.execute(_SQLITE_GUARD.format(verb=verb, VERB=verb.upper()))
