"""Officers' phones in virtual time: what is said there goes to the fleet's own page, which asks the camera.

Rules:

* Whoever has the camera by the hand-out list says it, signed in as themselves, on a visit of their own.
* A phone has a network and a right clock, and sends at once. What becomes of it is the fleet's word: the
  entry, and the outcome of the command that it gave.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx

from simulator.cameras.spec import recording_id
from simulator.errors import FleetRefusalError, RefusalError
from simulator.oracle.door.entries import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol.footage.consent import ConsentSaid
    from simulator.cameras.camera import VirtualCamera
    from simulator.driven.people.signed_in import SignedInPerson
    from simulator.driven.time import DrivenTime
    from simulator.fleet.api import FleetApi

UNDER_WAY: Final = frozenset({"issued", "sent"})
LONGEST_S: Final = 90.0
"""A command counts for a minute; after this its outcome is known, be it that it is not."""
LOOK_S: Final = 0.2
MINUTES: Final = 480


@dataclass(slots=True)
class OfficersPhones:
    """The phones of all officers of a run.

    Attributes:
        url: The dashboard's address.
        answers: Answers a request to it.
        sign_in: Signs somebody in, by name, roles and the officer that they are.
        api: Its API, as a program asks it.
        time: The one clock.
    """

    url: str
    answers: Callable[[httpx.Request], httpx.Response]
    sign_in: Callable[[str, tuple[str, ...], str], SignedInPerson]
    api: FleetApi
    time: DrivenTime
    _visits: dict[str, str] = field(default_factory=dict)
    _said: int = 0

    def say(
        self, camera: VirtualCamera, said: ConsentSaid, until: Callable[[Callable[[], bool], float], bool]
    ) -> dict[str, Any]:
        """Say something at a door, and return what became of it, as a camera answers.

        Args:
            camera: Whose officer says it.
            said: What.
            until: Lets time pass until something holds, or so many seconds are over.

        Raises:
            RefusalError: Nobody has the camera.
            FleetServiceError: The fleet did not take it.
        """
        visit = self._send(self._officer(camera), said)
        entry = max(self.api.ask("GET", f"/visits/{visit}/consent"), key=lambda each: int(each["number"]))
        known: dict[str, Any] = {"entry": f"{visit}/{entry['id']}"}
        if entry["command_id"] is None:
            return known | {"ok": False, "error": f"No camera was asked: {entry['not_asked']}."}
        found: dict[str, Any] = {}

        def over() -> bool:
            found.update(self._command(camera, entry["command_id"]))
            return found["outcome"] not in UNDER_WAY

        until(over, LONGEST_S)
        return known | _answer(found, camera)

    def _officer(self, camera: VirtualCamera) -> str:
        worn = self.api.ask("GET", "/assignments")
        officer = next((str(each["officer"]) for each in worn if each["camera"] == camera.place.camera), None)
        if officer is None:
            raise RefusalError(f"nobody has {camera.name}, and so nobody's phone asks it")
        return officer

    def _send(self, officer: str, said: ConsentSaid) -> str:
        """Send it from the officer's page, and return the visit that it is kept with."""
        visit = self._visits.get(officer) or self._plan(officer)
        self._said += 1
        now, mark = self.time.utc().isoformat(), f"phone{self._said}"
        fields = {"kind": str(said.kind), "why": said.why, "wording": said.wording, "at": now, "sent": now}
        reason = {"reason": "Said on a phone of the simulator"} if said.kind in WITH_REASON else {}
        signed = self.sign_in(f"Phone {officer}", ("officer",), officer)
        request = httpx.Request(
            "POST",
            f"{self.url}/mine/visits/{visit}",
            data={**fields, **reason, "mark": mark, "shown": now},
            headers={"cookie": signed.cookie, "x-csrf-token": signed.csrf},
        )
        answer = self.answers(request)
        if answer.is_error:
            raise FleetRefusalError(f"The fleet did not take what was said on a phone: {answer.text[:200]}")
        return visit

    def _plan(self, officer: str) -> str:
        planned = self.time.utc() + timedelta(minutes=1)
        draft = {
            "tenancy": "SIM-1",
            "place": "1 Simulator Street",
            "purpose": "A visit of a scenario",
            "planned": planned.isoformat(),
            "minutes": MINUTES,
            "officer": officer,
        }
        self._visits[officer] = str(self.api.ask("POST", "/visits", draft)["id"])
        return self._visits[officer]

    def _command(self, camera: VirtualCamera, command: str) -> dict[str, Any]:
        asked = self.api.ask("GET", f"/cameras/{camera.place.camera}/commands")
        return dict(next(each for each in asked if each["id"] == command))


WITH_REASON: Final = frozenset({"overridden", "not asked"})
"""What the fleet wants a reason for."""


def _answer(command: dict[str, Any], camera: VirtualCamera) -> dict[str, Any]:
    outcome, said = str(command["outcome"]), str(command["sentence"] or "")
    if outcome in UNDER_WAY or outcome == "unanswered":
        return {"ok": False, "error": NO_ANSWER}
    done = outcome == "done"
    state = camera.ask("status") if camera.powered else {}
    number = state.get("recording")
    return {
        "ok": done,
        "sentence" if done else "error": said or f'The fleet says "{outcome}" of what its camera was asked.',
        "consent": command["event"],
        "state": state.get("state"),
        "number": number,
        "recording": None if number is None else recording_id(camera.spec.recording(number)) or None,
    }
