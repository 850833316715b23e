"""The fleet's API, as far as a simulator needs it.

Rules:

* The connection is checked against the fleet's own authority.
* What the fleet refuses becomes one sentence: its own.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

from simulator.errors import (
    CancelledError,
    FleetRefusalError,
    FleetUnreachableError,
)
from simulator.files import whole_file
from simulator.oracle.facts.at_fleet import LastingHold
from simulator.oracle.world import ListedRecording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

TIMEOUT_S = 30
EXPORT_TIMEOUT_S = 300
NOT_FOUND = 404
PAGE = 500


@dataclass(frozen=True, slots=True)
class CameraCount:
    """How many recordings a camera made by the fleet's count, and how many of them are missing."""

    made: int
    missing: int


class FleetApi:
    """A fleet's API with a bearer token. Thread-safe.

    Args:
        url: The dashboard's address.
        token: A bearer token.
        authority: The fleet's authority (PEM): what the connection is checked against.
        via: Carries the requests; None for the network.
    """

    def __init__(self, url: str, token: str, authority: str, via: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self.authority = ssl.PEM_cert_to_DER_cert(authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # As text: of DER, Python reads an error that somebody left in OpenSSL's queue as one of this call.
        context.load_verify_locations(cadata=authority)
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1",
            verify=context,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            trust_env=False,
            transport=via,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def enrolment_code(self) -> str:
        """Have a one-time code made."""
        return str(self.ask("POST", "/enrolment-codes", {})["code"])

    def officers(self) -> dict[str, str]:
        """Return the id of each officer, by name; not of those who are retired."""
        return {str(each["name"]): str(each["id"]) for each in self.ask("GET", "/officers")}

    def officer(self, name: str) -> str:
        """Return the id of the officer of that name, who is added when there is none."""
        return self.officers().get(name) or self.add_officer(name)

    def add_officer(self, name: str) -> str:
        """Add an officer and return the id."""
        return str(self.ask("POST", "/officers", {"name": name})["id"])

    def retire(self, officer: str) -> None:
        """Have an officer wear no camera any more."""
        self.ask("POST", f"/officers/{officer}/retire", {})

    def assign(self, camera: str, officer: str) -> str:
        """Hand a camera to an officer, and return what the fleet calls that."""
        return str(self.ask("POST", "/assignments", {"camera": camera, "officer": officer})["id"])

    def hand_out(self, camera: str, names: Iterable[str]) -> str | None:
        """Hand a camera to the first of these officers who wears none; one that is worn is left as it is.

        Returns:
            The assignment that this made; None where the camera was worn.
        """
        worn = self.ask("GET", "/assignments")
        if any(each["camera"] == camera for each in worn):
            return None
        busy = {str(each["officer"]) for each in worn}
        officer = next(known for name in names if (known := self.officer(name)) not in busy)
        return self.assign(camera, officer)

    def revoke(self, camera: str, purpose: str) -> None:
        """Have a camera refused from now on, and worn by nobody."""
        self.ask("POST", f"/cameras/{camera}/revoke", {"purpose": purpose})

    def take_back(self, camera: str) -> None:
        """Take a camera back from whoever wears it.

        Raises:
            FleetRefusalError: Nobody does, or the fleet refused.
        """
        worn = [known for known, worn_camera in self.assignments().items() if worn_camera == camera]
        if not worn:
            raise FleetRefusalError(f"Nobody wears {camera}.")
        self.ask("POST", f"/assignments/{worn[0]}/end", {})

    def assignments(self) -> dict[str, str]:
        """Return the camera of each assignment that is open."""
        return {str(each["id"]): str(each["camera"]) for each in self.ask("GET", "/assignments")}

    def accounts(self) -> dict[str, CameraCount]:
        """Return how many recordings each camera made, and how many of them are missing."""
        return {
            str(each["camera"]): CameraCount(int(each["made"]), int(each["missing_count"]))
            for each in self.ask("GET", "/recordings/accounts")
        }

    def cameras(self) -> dict[str, dict[str, Any]]:
        """Return every enrolled camera by its id."""
        return {str(each["id"]): each for each in self.ask("GET", "/cameras")}

    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        """Return what the fleet knows of a camera's recordings, or of all cameras', all of them."""
        of = "" if camera is None else f"camera={camera}&"
        found: list[ListedRecording] = []
        while True:
            page = self.ask("GET", f"/recordings?{of}skip={len(found)}&limit={PAGE}")
            found += [_listed(each) for each in page]
            if len(page) < PAGE:
                return tuple(found)

    def hold(self, recording: str, draft: Mapping[str, str]) -> str:
        """Place a hold on a recording, and return what the fleet calls it.

        Args:
            recording: Which.
            draft: Its ``kind``, ``owner``, ``reason`` and ``review``, the day on which somebody looks at it.
        """
        return str(self.ask("POST", f"/recordings/{recording}/holds", dict(draft))["id"])

    def holds(self, recording: str) -> tuple[LastingHold, ...]:
        """Return the holds that last on a recording, those of incidents left out."""
        return tuple(
            LastingHold(str(each["id"]), str(each["owner"]), str(each["reason"]))
            for each in self.ask("GET", f"/recordings/{recording}/holds")
            if each["recording"] == recording
        )

    def release(self, hold: str, reason: str) -> None:
        """End a hold."""
        self.ask("POST", f"/holds/{hold}/release", {"reason": reason})

    def judge(self, recording: str, *, incident: bool, category: str | None) -> None:
        """Say of a recording whether it shows an incident, and its category."""
        self.ask("POST", f"/recordings/{recording}/judge", {"category": category, "incident": incident})

    def alerts(self) -> tuple[str, ...]:
        """Return the sentence of every alert that there is or was, the newest first, so many at most."""
        return tuple(str(each["words"]) for each in self.ask("GET", f"/alerts?state=all&limit={PAGE}"))

    def deletion(self, recording: str) -> bytes:
        """Return the signed certificate of a recording's deletion, as anybody can take it from its page.

        Raises:
            FleetServiceError: There is none, or it could not be asked for.
        """
        return self._answer("GET", f"{self.url}/recordings/{recording}/certificate").content

    def report(self, recording: str) -> dict[str, Any]:
        """Return what the fleet's verifier said of a recording."""
        said: dict[str, Any] = self.ask("GET", f"/recordings/{recording}/report")
        return said

    def timeline(self, recording: str, purpose: str) -> dict[str, Any]:
        """Return what happened in a recording, as the fleet shows it beside the picture."""
        viewing = self.ask("POST", f"/recordings/{recording}/viewings", {"purpose": purpose})["viewing"]
        try:
            shown: dict[str, Any] = self.ask("GET", f"/viewings/{viewing}/timeline")
        finally:
            self.ask("DELETE", f"/viewings/{viewing}")
        return shown

    def consent_files(self, camera: str, first: int) -> tuple[bytes, bool]:
        """Return a ZIP of what a camera signed of consent from a number on, and whether there is more.

        Raises:
            FleetServiceError: It was refused, or the connection was lost.
        """
        answer = self._answer("POST", f"/cameras/{camera}/consents/files?first={first}")
        return answer.content, answer.headers.get("Lapel-Left", "0") != "0"

    def export(
        self, recording: str, purpose: str, to: Path, *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        """Write a recording's MP4 to a file, which is there once it is whole.

        Args:
            recording: Which.
            purpose: Why, for the fleet's audit log.
            to: Where it goes.
            cancelled: Asked again and again while it comes; once it says so, waiting ends.

        Raises:
            FleetServiceError: It was refused, or the connection was lost.
            CancelledError: Waiting was ended.
        """
        path = f"/recordings/{recording}/exports"
        try:
            with (
                self._http.stream(
                    "POST", path, json={"purpose": purpose}, timeout=EXPORT_TIMEOUT_S
                ) as answer,
                whole_file(to) as file,
            ):
                if not answer.is_success:
                    answer.read()
                    raise self._refused(answer)
                for piece in answer.iter_bytes():
                    file.write(piece)
                    if cancelled():
                        raise CancelledError("Stopped while a recording was being exported.")
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return what the JSON API answers; None where that is nothing.

        Raises:
            FleetServiceError: It refused, or the connection was lost.
        """
        answer = self._answer(method, path, body)
        return answer.json() if answer.content else None

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if not answer.is_success:
            raise self._refused(answer)
        return answer

    def _refused(self, answer: httpx.Response) -> FleetRefusalError:
        try:
            said = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            said = f"status {answer.status_code}"
        return FleetRefusalError(
            f"The fleet refused {answer.request.method} {answer.request.url.path}: {said}"
        )

    def _unreachable(self, error: httpx.HTTPError) -> FleetUnreachableError:
        return FleetUnreachableError(
            f"The fleet at {self.url} cannot be reached: {str(error) or type(error).__name__}."
        )


def _listed(said: Mapping[str, Any]) -> ListedRecording:
    """Read one entry of the fleet's list."""
    return ListedRecording(
        id=str(said["id"]),
        camera=str(said["camera"]),
        number=int(said["number"]),
        state=str(said["state"]),
        receipt=bool(said.get("receipt")),
        trigger=str(said.get("trigger") or ""),
        assignment=said.get("assignment"),
        prerecord_s=said.get("prerecord_s"),
        duration_s=said.get("duration_s"),
        marks=tuple(map(str, said.get("marks") or ())),
        incident=said.get("incident"),
    )
