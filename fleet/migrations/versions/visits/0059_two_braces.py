"""The fields of notices stand in two braces, as those of letters do.

Revision ID: 0059
Revises: 0056

Texts that were written before are carried over, with every version of them; what was sent is left alone.
Going back, a brace that belongs to no field becomes a bracket, as the earlier form has no place for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None

_ONE = re.compile(r"\{([^{}]*)\}")
_TWO = re.compile(r"\{\{([a-z_]+)\}\}|[{}]")
_BRACKETS = {"{": "(", "}": ")"}
_TEXTS = sa.table("visit_texts", sa.column("id", sa.String), sa.column("text", sa.Text))


def upgrade() -> None:
    """Write each field in two braces."""
    _rewrite(lambda text: _ONE.sub(lambda found: f"{{{{{found[1].strip()}}}}}", text))


def downgrade() -> None:
    """Write each field in single braces."""
    _rewrite(
        lambda text: _TWO.sub(lambda found: f"{{{found[1]}}}" if found[1] else _BRACKETS[found[0]], text)
    )


def _rewrite(as_now: Callable[[str], str]) -> None:
    texts = op.get_bind()
    for row in texts.execute(sa.select(_TEXTS.c.id, _TEXTS.c.text)).all():
        if (text := as_now(row.text)) != row.text:
            texts.execute(sa.update(_TEXTS).where(_TEXTS.c.id == row.id).values(text=text))
