"""Addresses and salts of audit entries, checkpoints, and guards against gaps and replacing.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLE = "audit_entries"
_REFUSAL = sa.text(r"action LIKE '%\:refuse'")
_NEWEST_FIRST = ("actor", "action", "subject", "address", "utc")

_SQLITE_GUARD = """
CREATE TRIGGER audit_entries_no_{verb} BEFORE {VERB} ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
"""
_SQLITE_NEXT = """
CREATE TRIGGER audit_entries_next_only BEFORE INSERT ON audit_entries
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END
"""
_POSTGRES_NEXT_FUNCTION = """
CREATE FUNCTION audit_entries_next() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit_entries) THEN
    RAISE EXCEPTION 'the audit log only grows';
  END IF;
  RETURN NEW;
END $$
"""
_POSTGRES_NEXT = """
CREATE TRIGGER audit_entries_next_only BEFORE INSERT ON audit_entries
FOR EACH ROW EXECUTE FUNCTION audit_entries_next()
"""
_POSTGRES_GUARD = """
CREATE TRIGGER audit_entries_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()
"""


def upgrade() -> None:
    """Give every entry a salt; what was written keeps its digest, and has no address."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    _lift_guard()
    op.add_column(_TABLE, sa.Column("address", sa.String(64), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("version", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column(_TABLE, sa.Column("salt", sa.LargeBinary(16)))
    # Of both databases these are bytes of the system's own source of randomness.
    salt = "uuid_send(gen_random_uuid())" if is_postgres else "randomblob(16)"
    op.execute(f"UPDATE audit_entries SET salt = {salt}")  # noqa: S608 - one of two words above
    with op.batch_alter_table(_TABLE) as batch:
        batch.alter_column("salt", existing_type=sa.LargeBinary(16), nullable=False)
        batch.alter_column("address", existing_type=sa.String(64), server_default=None)
        batch.alter_column("version", existing_type=sa.SmallInteger(), server_default=None)
    for column in ("actor", "action", "subject"):
        op.drop_index(f"ix_audit_entries_{column}", _TABLE)
    for column in _NEWEST_FIRST:
        op.create_index(f"ix_audit_entries_{column}_number", _TABLE, [column, "number"])
    op.create_index(
        "ix_audit_entries_refusals", _TABLE, ["number"], sqlite_where=_REFUSAL, postgresql_where=_REFUSAL
    )
    _guard()
    if is_postgres:
        op.execute(_POSTGRES_NEXT_FUNCTION)
        op.execute(_POSTGRES_NEXT)
    else:
        op.execute(_SQLITE_NEXT)
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoints"),
    )


def downgrade() -> None:
    """Drop them; entries of the second version cannot be checked by the chain any more."""
    op.drop_table("audit_checkpoints")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entries_next_only ON audit_entries")
        op.execute("DROP FUNCTION audit_entries_next()")
    else:
        op.execute("DROP TRIGGER audit_entries_next_only")
    _lift_guard()
    op.drop_index("ix_audit_entries_refusals", _TABLE)
    for column in _NEWEST_FIRST:
        op.drop_index(f"ix_audit_entries_{column}_number", _TABLE)
    for column in ("salt", "version", "address"):
        op.drop_column(_TABLE, column)
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_audit_entries_{column}", _TABLE, [column])
    _guard()


def _lift_guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entries_only_grows ON audit_entries")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_entries_no_{verb}")


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_GUARD)
        return
    for verb in ("update", "delete"):
        op.execute(_SQLITE_GUARD.format(verb=verb, VERB=verb.upper()))
