"""What is known of whether the audit log holds, in sentences that are true whenever they are read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.making import Made
from fleet.audit.verification import VerificationState
from fleet.web.views.moments import count, moment


@dataclass(frozen=True, slots=True)
class LogStateView:
    """What is known.

    Attributes:
        tone: good, warn, bad or quiet.
        symbol: the icon.
        text: the verification, in a sentence or two.
        checkpoint: the newest checkpoint, in a sentence.
        trouble: why no checkpoint could be made; empty when it could.
        running: whether a verification is under way.
    """

    tone: str
    symbol: str
    text: str
    checkpoint: str
    trouble: str
    running: bool


def log_state(
    state: VerificationState, last: Made | None, trouble: str, where: str, newest: int, now: datetime
) -> LogStateView:
    """Say what is known of the log.

    Args:
        state: of the verification.
        last: the newest checkpoint that this process made or found.
        trouble: why none can be made.
        where: where they are kept.
        newest: the number of the newest entry.
        now: the time.
    """
    tone, symbol, text = _verified(state, newest, now)
    if state.running:
        done = f"{state.done} of {count(state.total, 'entry', 'entries')}" if state.total else "it begins"
        text = f"Verifying now: {done}. {text}"
    return LogStateView(tone, symbol, text, _checkpoint(last, where, now), trouble, state.running)


def _verified(state: VerificationState, newest: int, now: datetime) -> tuple[str, str, str]:
    tone, symbol, text = _result(state, newest, now)
    if state.fault and state.fault_at is not None:
        at = moment(state.fault_at, now, seconds=True).text
        fault = f"The verification of {at} could not be finished. {state.fault}"
        text = f"{text} {fault}" if state.result is not None else fault
        tone, symbol = (tone, symbol) if tone == "bad" else ("warn", "alert-triangle")
    return tone, symbol, text


def _result(state: VerificationState, newest: int, now: datetime) -> tuple[str, str, str]:
    if state.result is None or state.at is None:
        since = moment(state.since, now).text
        return (
            "quiet",
            "info-circle",
            f"The process that answers has not verified it since it was started ({since}).",
        )
    at = moment(state.at, now, seconds=True).text
    if state.result.broken is not None:
        return "bad", "alert-triangle", f"The log did not hold at {at}. {state.result.broken.reason}"
    return "good", "shield-check", _held(state.result, at, newest)


def _held(result: CheckResult, at: str, newest: int) -> str:
    if not result.entries:
        return f"Verified at {at}: the log was empty."
    text = f"Verified up to entry {result.entries} at {at}."
    if result.seen == result.entries:
        text += " All of that is shown by a checkpoint outside the database"
    elif result.seen:
        text += (
            f" The first {result.seen} are shown by a checkpoint outside the database, the others by their "
            "chain alone"
        )
    else:
        text += " No checkpoint shows any of that: it rests on the chain alone"
    added = newest - result.entries
    if added > 0:
        text += f"; {count(added, 'entry was', 'entries were')} added since"
    return f"{text}."


def _checkpoint(last: Made | None, where: str, now: datetime) -> str:
    if last is None:
        return "The process that answers has made no checkpoint since it was started."
    size = last.signed.checkpoint.size
    made = moment(last.at, now).text
    held = count(size, "entry", "entries")
    newest = f"The newest checkpoint that the process that answers knows of is of {held}"
    return f"{newest}, made {made}, and kept in {where}."


def copy_argument(dialect: str) -> str:
    """Return how the command that verifies a copy of the database is told where that is.

    >>> copy_argument("sqlite"), copy_argument("postgresql")
    ('fleet.sqlite3', 'postgresql+psycopg://USER@HOST/DATABASE')
    """
    return "fleet.sqlite3" if dialect == "sqlite" else "postgresql+psycopg://USER@HOST/DATABASE"
