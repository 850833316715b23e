"""Verifying the log while the service runs: on request and daily, against checkpoints outside the database.

What it came to is remembered by this process and not in the database, whose owner could write there what he
likes; so after a start nothing is known until the first one is through.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.making import CheckpointMaker
from fleet.audit.checkpoints.places import signed_in
from fleet.audit.log import check_entries
from fleet.audit.models import AuditEntry
from fleet.audit.rows import Stored, iter_stored
from fleet.core.database import reason
from fleet.core.errors import FleetError
from fleet.core.live import VERIFICATION
from fleet.core.services import Services

log = logging.getLogger(__name__)

DAILY = timedelta(hours=24)
_TELL_EVERY = 5000
_ASIDE_EVERY, _ASIDE_S = 10, 0.0001
"""After so many entries it steps aside for so long: whoever waits for the interpreter gets it within about a
millisecond, and not within the five after which Python takes it away. A page waits for it dozens of times."""


@dataclass(frozen=True, slots=True)
class VerificationState:
    """What is known of the log's verification.

    Attributes:
        since: since when this process remembers.
        running: whether one is under way.
        done: how many entries it has looked at.
        total: how many there were when it began.
        result: what the last one that was finished came to; None when none was.
        at: when that was.
        fault: why the last one could not be finished; empty when it was.
        fault_at: when that was.
    """

    since: datetime
    running: bool = False
    done: int = 0
    total: int = 0
    result: CheckResult | None = None
    at: datetime | None = None
    fault: str = ""
    fault_at: datetime | None = None

    @property
    def tried(self) -> datetime | None:
        """When the last one ended, however it did."""
        return max((each for each in (self.at, self.fault_at) if each is not None), default=None)


class _StoppedError(Exception):
    """The service stops."""


class LogVerification:
    """Verifies the log, one time after the other. Safe to use from several threads."""

    def __init__(self, services: Services, maker: CheckpointMaker) -> None:
        self._services = services
        self._maker = maker
        self._lock = threading.Lock()
        self._state = VerificationState(services.clock())
        self._stopping = threading.Event()

    def state(self) -> VerificationState:
        """Return what is known."""
        with self._lock:
            return self._state

    def start(self) -> bool:
        """Begin in a thread of its own; False when one is under way."""
        if not self._begin():
            return False
        threading.Thread(target=self._run, name="log verification", daemon=True).start()
        return True

    def run_daily(self) -> None:
        """Verify here and now if a day has passed since the last time."""
        last = self.state().tried
        if last is not None and timedelta(0) <= self._services.clock() - last < DAILY:
            return
        if self._begin():
            self._run()

    def close(self) -> None:
        """End what is under way, at its next entry."""
        self._stopping.set()

    def _begin(self) -> bool:
        with self._lock:
            if self._state.running or self._stopping.is_set():
                return False
            self._state = replace(self._state, running=True, done=0, total=0)
        self._tell()
        return True

    def _run(self) -> None:
        result, fault = None, ""
        try:
            result = self._check()
        except _StoppedError:
            fault = "The service was stopped."
        except (FleetError, OSError) as error:
            fault = str(error)
        except SQLAlchemyError as error:
            fault = f"The database failed: {reason(error)}."
        except Exception:
            log.exception("The audit log could not be verified.")
            fault = "Something went wrong; the service's log says what."
        with self._lock:
            now, state = self._services.clock(), replace(self._state, running=False)
            if result is not None:
                self._state = replace(state, result=result, at=now, fault="", fault_at=None)
            else:
                self._state = replace(state, fault=fault, fault_at=now)
        if result is not None and result.broken is not None:
            log.error("The audit log does not hold: %s", result.broken.reason)
        self._tell()

    def _check(self) -> CheckResult:
        # The checkpoints before the entries: one that is made meanwhile could be of more than is looked at.
        signed = signed_in(self._maker.places[0], [self._maker.signer.key])
        with self._services.readers() as session:
            total = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
            with self._lock:
                self._state = replace(self._state, total=total)
            return check_entries(self._counted(iter_stored(session)), [each.checkpoint for each in signed])

    def _counted(self, entries: Iterator[Stored]) -> Iterator[Stored]:
        for number, each in enumerate(entries, start=1):
            if self._stopping.is_set():
                raise _StoppedError
            if number % _ASIDE_EVERY == 0:
                time.sleep(_ASIDE_S)
            if number % _TELL_EVERY == 0:
                with self._lock:
                    self._state = replace(self._state, done=number)
                self._tell()
            yield each

    def _tell(self) -> None:
        self._services.live.publish(VERIFICATION, "")
