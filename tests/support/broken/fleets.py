"""Fleets that break a promise: each function breaks the fleet's own code in one way.

Everything is imported inside, so that a process loads what it breaks and no more.
"""
# ruff: noqa: ANN401, PLC0415 - whatever the product has there; see above

from __future__ import annotations

import shutil
from typing import Any

from tests.support.broken.breakage import instead


def signs_for_what_it_then_loses() -> None:
    from fleet.footage.store import names
    from fleet.footage.verifying.verification import Verification

    def make(hold: Any) -> Any:
        def holds_and_loses(self: Any, subject: Any, report: Any, **how: Any) -> None:
            hold(self, subject, report, **how)
            for each in self._store.list(names.recording_prefix(subject.place)):
                if "/segments/" in each.key:
                    self._store.remove(each.key)

        return holds_and_loses

    instead(Verification, "_hold", make)


def begins_anew_at_each_start() -> None:
    from fleet.footage import compose
    from fleet.footage.store import open_store

    def make(opened: Any) -> Any:
        def opened_empty(config: Any, state: Any) -> Any:
            shutil.rmtree(state / open_store.FOLDER / "objects" / "recordings", ignore_errors=True)
            return opened(config, state)

        return opened_empty

    instead(compose, "open_store", make)


def answers_revoked_cameras() -> None:
    from fleet.cameras import identity
    from fleet.cameras.models import CameraRow
    from fleet.pki.authority import camera_name

    def finds_all(services: Any, certificate: bytes) -> Any:
        with services.readers() as session:
            return session.get(CameraRow, camera_name(certificate))

    instead(identity, "find_camera", lambda _: finds_all)


def lets_in_one_camera_more() -> None:
    from fleet.cameras import service

    instead(service, "room_for_another", lambda _: lambda **_asked: True)


def knows_no_holds() -> None:
    from sqlalchemy import false

    from fleet.retention import lookup

    # Both what finds and what decides: either alone keeps what is held.
    instead(lookup, "is_held", lambda _: false)
    instead(lookup, "holds_on", lambda _: lambda *_asked: {})


def takes_all_that_comes_for_whole() -> None:
    from fleet.footage.verifying import verification
    from fleet.footage.verifying.opening import OpeningCheck

    instead(verification, "refusal_of", lambda _: lambda *_asked: None)
    instead(OpeningCheck, "run", lambda _: lambda *_asked: None)


def lets_every_camera_say_anything() -> None:
    from fleet.server import broker
    from protocol.messages.topics import ROOT

    instead(broker, "ACL", lambda acl: f"{acl}\npattern readwrite {ROOT}/#\n")


def forgets_to_say_how_to_complain() -> None:
    from fleet.requests import sending

    instead(sending, "how_to_complain", lambda _: lambda *_asked: "")
