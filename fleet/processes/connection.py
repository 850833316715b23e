"""A connection to PostgreSQL that one thing has for itself, for as long as it lives.

What a session of the database holds, such as its advisory locks and what it listens for, ends with its
connection. So a process that dies lets go at once, and one whose machine is gone within half a minute: both
ends look after a silent connection.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

_IDLE_S, _AGAIN_S, _TIMES = 10, 5, 3
_UNANSWERED_MS = 20_000

Connection = psycopg.Connection[tuple[object, ...]]


def postgres_of(url: str) -> URL | None:
    """Return the address of a PostgreSQL database; None for another, and for what is no address."""
    try:
        parsed = make_url(url) if url else None
    except SQLAlchemyError:
        return None
    return parsed if parsed is not None and parsed.drivername == "postgresql+psycopg" else None


def own_connection(url: URL) -> Connection:
    """Open a connection in which each statement is a transaction.

    Raises:
        psycopg.Error: the database does not answer.
    """
    words, named = url.get_dialect()().create_connect_args(url)
    kept: dict[str, Any] = {
        "keepalives_idle": _IDLE_S,
        "keepalives_interval": _AGAIN_S,
        "keepalives_count": _TIMES,
        "tcp_user_timeout": _UNANSWERED_MS,
        **named,
    }
    connection: Connection = psycopg.connect(*words, autocommit=True, **kept)
    connection.execute(
        "SELECT set_config('tcp_keepalives_idle', %s, false),"
        " set_config('tcp_keepalives_interval', %s, false),"
        " set_config('tcp_keepalives_count', %s, false)",
        (str(_IDLE_S), str(_AGAIN_S), str(_TIMES)),
    )
    return connection
