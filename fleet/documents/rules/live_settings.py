"""What is set now, and what cameras said, as plain values that facts are made of. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraHeard:
    """What is known of one camera in use.

    Attributes:
        camera: its id.
        window_s: seconds before a press that it last said it keeps; None where it has not said.
        follows: whether it said that it took on all that it is told now; None where it has not said.
    """

    camera: str
    window_s: float | None = None
    follows: bool | None = None


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """Where something is stored.

    Attributes:
        id: a stable word.
        what: what is stored there.
        where: the place in words; None where the fleet does not know it.
        source: which setting says so.
    """

    id: str
    what: str
    where: str | None
    source: str


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """All that facts are made of.

    Attributes:
        landlord_kind: the kind of landlord, in words.
        landlord: its name; empty where it is not set.
        contact: how it is reached; empty where it is not set.
        complaints: where one complains to it; empty where that is not set.
        bases: lawful bases that such a landlord can choose from.
        rights: what the person recorded can ask for.
        others: who else can ask for footage.
        window_s: seconds before a press that every camera is told to keep; None where none is told.
        sound: whether every camera is told to record sound; None where none is told.
        cameras: those in use.
        camera_limit: how many there may be.
        plain_months: how long recordings without an incident are kept.
        incident_months: how long those with one are.
        cctv_months: how long CCTV clips are that nobody says a purpose for.
        visit_months: how long what is known of a visit is kept.
        deletes: whether deletion is switched on.
        notice_hours: hours before a visit by which its written notice has to be sent.
        watchers: roles that may watch.
        exporters: roles that may take footage out for themselves.
        approvers: roles without which nothing is released to others.
        second_factor: who has to sign in with a second factor.
        review_share: share of recordings that is drawn to be reviewed, from 0 to 1.
        review_days: within how many days.
        trained: whether only trained officers are handed a camera, in words.
        references: whether slips with a reference are given out.
        places: where things are stored.
        processors: services elsewhere that the configuration names.
    """

    landlord_kind: str
    landlord: str
    contact: str
    complaints: str
    bases: tuple[str, ...]
    rights: tuple[str, ...]
    others: tuple[str, ...]
    window_s: int | None
    sound: bool | None
    cameras: tuple[CameraHeard, ...]
    camera_limit: int
    plain_months: int
    incident_months: int
    cctv_months: int
    visit_months: int
    deletes: bool
    notice_hours: int
    watchers: tuple[str, ...]
    exporters: tuple[str, ...]
    approvers: tuple[str, ...]
    second_factor: str
    review_share: float
    review_days: int
    trained: str
    references: bool
    places: tuple[StoredPlace, ...]
    processors: tuple[str, ...]
