"""The HTTP API of what people say of recordings, for programs that say it (F8)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.footage.recordings.lookup import get
from fleet.incidents.judging import SaidOfRecording, judge
from fleet.people.access import Permission, require

router = APIRouter(prefix="/api/v1", tags=["recordings"])

Classifier = Annotated[Actor, Depends(require(Permission.CLASSIFY))]


class NewJudgement(RequestBody):
    """What a recording is said to be, in place of what was said before; null where nobody says.

    Both are given always, so that none is taken back by being left out.
    """

    category: str | None = Field(max_length=40)
    incident: bool | None = Field(strict=True)


class JudgementOfApi(BaseModel):
    """What is said of a recording now."""

    recording: str
    category: str | None
    incident: bool | None


@router.post("/recordings/{recording}/judge")
def post_judgement(
    recording: str, body: NewJudgement, session: SessionDep, actor: Classifier
) -> JudgementOfApi:
    """Say what a recording is: its category, and whether it shows an incident."""
    said = SaidOfRecording(body.category, body.incident)
    judge(session, recording=recording, said=said, by=actor)
    name = get(session, recording).public_id
    return JudgementOfApi(recording=name, category=said.category, incident=said.incident)
