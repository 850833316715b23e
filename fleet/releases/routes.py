"""The HTTP API of releases (F5, F10)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from fleet.core.actor import Actor
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.releases.bodies import (
    ContinuityOfApi,
    LinkOfApi,
    NewContinuity,
    NewLink,
    NewRelease,
    ReceiptOfApi,
    ReleaseOfApi,
    WhyEnded,
)
from fleet.releases.drafting import approve_release, change_release, draft_release, end_release, make_again
from fleet.releases.exhibits.continuity import enter_continuity, entries_of
from fleet.releases.exhibits.receipts import note_receipt
from fleet.releases.finding import ReleaseFilter, find_releases, folders_of, import_folders_of
from fleet.releases.forgetting import keep_release_longer
from fleet.releases.links import end_links, issue_link
from fleet.releases.packages.handing import ReleasePackage, take_for_medium
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.services import ReleasesDep
from fleet.releases.steps import get_release
from fleet.requests.bodies import KeptUntil
from fleet.retention.deletion.services import WorkerDep

router = APIRouter(prefix="/api/v1", tags=["releases"])

SEES = [Depends(require(Permission.SEE_RELEASES))]
Drafter = Annotated[Actor, Depends(require(Permission.RELEASE))]
Giver = Annotated[Actor, Depends(require(Permission.RELEASE, confirmed=True))]
Approver = Annotated[Actor, Depends(require(Permission.APPROVE_RELEASES))]
Seer = Annotated[Actor, Depends(require(Permission.SEE_RELEASES))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Word = Annotated[str, Query(max_length=100)]


@router.get("/releases", dependencies=SEES)
def get_releases(
    session: SessionDep,
    state: Word = "all",
    q: Word = "",
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[ReleaseOfApi]:
    """List releases, the newest first; ``state`` is one of the words that the page has."""
    found, _ = find_releases(session, ReleaseFilter(state, q), skip=skip, limit=limit)
    return [ReleaseOfApi.of(each) for each in found]


@router.get("/releases/{release}", dependencies=SEES)
def get_one_release(release: str, session: SessionDep) -> ReleaseOfApi:
    """Return a release, with what is made of it."""
    row = get_release(session, release)
    return ReleaseOfApi.of(row, folders_of(session, row.id), import_folders_of(session, row.id))


@router.post("/releases", status_code=201)
def post_release(
    body: NewRelease, session: SessionDep, services: ServicesDep, actor: Drafter
) -> ReleaseOfApi:
    """Draft a release."""
    return ReleaseOfApi.of(draft_release(session, services, body.draft, by=actor))


@router.put("/releases/{release}")
def put_release(
    release: str, body: NewRelease, session: SessionDep, services: ServicesDep, actor: Drafter
) -> ReleaseOfApi:
    """Write a draft down anew."""
    return ReleaseOfApi.of(change_release(session, services, body.draft, release=release, by=actor))


@router.post("/releases/{release}/approve")
def post_approve(release: str, session: SessionDep, worker: WorkerDep, actor: Approver) -> ReleaseOfApi:
    """Approve a release as a second person."""
    row = approve_release(session, release=release, by=actor)
    worker.wake()
    return ReleaseOfApi.of(row)


@router.post("/releases/{release}/decline")
def post_decline(release: str, body: WhyEnded, session: SessionDep, actor: Approver) -> ReleaseOfApi:
    """Decline a release."""
    return ReleaseOfApi.of(end_release(session, ReleaseStep.DECLINE, release=release, why=body.why, by=actor))


@router.post("/releases/{release}/withdraw")
def post_withdraw(release: str, body: WhyEnded, session: SessionDep, actor: Drafter) -> ReleaseOfApi:
    """Withdraw a draft, or what could not be made."""
    return ReleaseOfApi.of(
        end_release(session, ReleaseStep.WITHDRAW, release=release, why=body.why, by=actor)
    )


@router.post("/releases/{release}/revoke")
def post_revoke(release: str, body: WhyEnded, session: SessionDep, actor: Seer) -> ReleaseOfApi:
    """Revoke a release: nothing of it is handed over any more."""
    return ReleaseOfApi.of(end_release(session, ReleaseStep.REVOKE, release=release, why=body.why, by=actor))


@router.post("/releases/{release}/retry")
def post_retry(release: str, session: SessionDep, worker: WorkerDep, actor: Drafter) -> ReleaseOfApi:
    """Have a release made that could not be made."""
    row = make_again(session, release=release, by=actor)
    worker.wake()
    return ReleaseOfApi.of(row)


@router.post("/releases/{release}/link", status_code=201)
def post_link(
    release: str, body: NewLink, session: SessionDep, services: ServicesDep, actor: Giver
) -> LinkOfApi:
    """Give out a link and its code; they are shown once."""
    issued = issue_link(session, services, release=release, days=body.days, times=body.times, by=actor)
    return LinkOfApi(url=issued.url, code=issued.code)


@router.post("/releases/{release}/link/end")
def post_link_end(release: str, session: SessionDep, actor: Drafter) -> ReleaseOfApi:
    """End the link that was given out."""
    end_links(session, release=release, by=actor)
    return ReleaseOfApi.of(get_release(session, release))


@router.post("/releases/{release}/package")
def post_package(release: str, services: ServicesDep, releases: ReleasesDep, actor: Giver) -> Response:
    """Send the package, to be put on a medium."""
    return package_answer(take_for_medium(services, releases.packages, release=release, by=actor))


@router.post("/releases/{release}/receipt")
def post_receipt(
    release: str, body: ReceiptOfApi, session: SessionDep, services: ServicesDep, actor: Drafter
) -> ReleaseOfApi:
    """Write down the receipt of whoever received a release."""
    zone = services.config.site.time_zone
    row = note_receipt(session, release=release, on=body.on, receipt=body.receipt, zone=zone, by=actor)
    return ReleaseOfApi.of(row)


@router.post("/releases/{release}/keep")
def post_keep_release(
    release: str, body: KeptUntil, session: SessionDep, services: ServicesDep, actor: Retainer
) -> ReleaseOfApi:
    """Have a release kept longer than its period."""
    zone = services.config.site.time_zone
    row = keep_release_longer(session, release=release, until=body.until, why=body.why, zone=zone, by=actor)
    return ReleaseOfApi.of(row)


@router.get("/releases/{release}/continuity", dependencies=SEES)
def get_continuity(release: str, session: SessionDep) -> list[ContinuityOfApi]:
    """Return what happened to a release, in the order in which it was written down."""
    return ContinuityOfApi.of(entries_of(session, get_release(session, release).id))


@router.post("/releases/{release}/continuity", status_code=201)
def post_continuity(
    release: str, body: NewContinuity, session: SessionDep, actor: Drafter
) -> list[ContinuityOfApi]:
    """Write down what happened where the service could not see it; nothing of it can be changed later."""
    enter_continuity(session, body.draft, release=release, by=actor)
    return ContinuityOfApi.of(entries_of(session, release))


def package_answer(package: ReleasePackage) -> Response:
    """Return the answer that sends a package."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(package.length),
        "Content-Disposition": f'attachment; filename="{package.name}"',
    }
    return StreamingResponse(package.blocks, media_type="application/zip", headers=headers)
