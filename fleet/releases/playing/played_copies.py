"""The redacted copy of something as it is drafted now, played under somebody's viewing of it."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.recordings.models import Recording
from fleet.footage.watching.footage_player import FootagePlayer, PlayedFootage
from fleet.footage.watching.viewings import Viewings
from fleet.imagery.models import ImportRow
from fleet.imagery.opening import ImportOpener, OpenedImport
from fleet.imagery.seconds.asking import is_clip
from fleet.imagery.seconds.played import laid_out_seconds, played_seconds
from fleet.people.permissions import Permission, may
from fleet.redaction.rules.plan import ApprovedPlan
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.packages.copies import RedactedCopy
from fleet.releases.packages.plans import plan_of
from fleet.releases.packages.redacted import RedactedParts
from fleet.releases.redacting.drafts import approved_plan, copy_digest, get_redaction
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.steps import get_release
from fleet.releases.subjects import Released, name_of, released_one, spans_of


@dataclass(frozen=True, slots=True)
class PlayedCopy:
    """A copy that somebody plays: of what of which release, which one, to whom, and what plays it."""

    release: str
    of: Released
    digest: str
    actor: Actor
    copy: RedactedCopy
    player: FootagePlayer


@dataclass(frozen=True, slots=True)
class DraftedCopy:
    """A copy as it is drafted now: of what, with which plan and spans, and its digest."""

    of: Released
    approved: ApprovedPlan
    spans: list[ChosenSpan]
    digest: str


def drafted_copy(services: Services, release: str, name: str, actor: Actor) -> DraftedCopy:
    """Return the copy of a recording or an import as it is drafted now.

    Raises:
        ProblemError: 404 there is no such release or redaction; 409 a proposal is not decided.
    """
    if not may(actor.roles, Permission.SEE_RELEASES):
        raise ProblemError(404, "viewing_ended", "This viewing is of another recording.")
    with services.readers() as session:
        row = get_release(session, release)
        of = released_one(row, name)
        found = get_redaction(session, release, of)
        try:
            approved = approved_plan(found)
        except RedactionRefusalError as error:
            raise ProblemError(409, "undecided", str(error)) from error
        return DraftedCopy(of, approved, spans_of(row, of), copy_digest(row, found))


def played_copy(release: str, drafted: DraftedCopy, opened: PlayedFootage, actor: Actor) -> PlayedCopy:
    """Return the copy of opened footage as it is drafted now.

    Raises:
        ProblemError: 409 nothing lies wholly within what was chosen.
    """
    parts = RedactedParts(opened, drafted.approved, most_kept=0)
    copy = RedactedCopy(opened, plan_of(opened, drafted.spans), parts)
    if copy.is_empty:
        detail = f"Nothing of {name_of(drafted.of)} lies wholly within what was chosen."
        raise ProblemError(409, "nothing_chosen", detail)
    player = FootagePlayer(copy, goes_on=True)
    return PlayedCopy(release, drafted.of, drafted.digest, actor, copy, player)


def recording_for(viewings: Viewings, of: Recording, viewing: str, actor: Actor) -> PlayedFootage:
    """Return what somebody's viewing of a recording plays.

    Raises:
        ProblemError: 404 there is no such viewing of it.
    """
    found = viewings.get(viewing, actor)
    if found.player.arrived.summary.id != of.public_id:
        raise ProblemError(404, "viewing_ended", "This viewing is of another recording.")
    return found.player.recording


def seconds_for(
    services: Services, opener: ImportOpener, of: ImportRow, viewing: str, actor: Actor
) -> PlayedFootage:
    """Return the seconds of a clip under somebody's viewing of it.

    Raises:
        ProblemError: 404 there is no such viewing of it, or it is a photograph; 409 and 503 it is not cut.
    """
    opened = import_for(opener, of, viewing, actor)
    if not is_clip(of):
        raise ProblemError(404, "viewing_ended", f"{of.reference} is a photograph, and has no seconds.")
    with services.readers() as session:
        return played_seconds(opened, laid_out_seconds(session, of.id))


def import_for(opener: ImportOpener, of: ImportRow, viewing: str, actor: Actor) -> OpenedImport:
    """Open an import under somebody's viewing of it.

    Raises:
        ProblemError: 404 there is no such viewing of it.
    """
    opened = opener.opened_for(viewing, by=actor)
    if opened.row.id != of.id:
        raise ProblemError(404, "viewing_ended", "This viewing is of another import.")
    return opened
