"""What is done about a request, each on its day. Pure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.oracle.asked import ScenarioTable

Words = Annotated[str, Field(min_length=1, max_length=2000)]
VisitName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,19}$")]
VisitNames = Annotated[tuple[VisitName, ...], Field(strict=False, min_length=1)]
PilotBasis = Literal[
    "consent",
    "contract",
    "legal-obligation",
    "vital-interests",
    "public-task",
    "recognised-legitimate-interests",
    "legitimate-interests",
]


class PilotStep(ScenarioTable):
    """A step about a request.

    Attributes:
        do: Its word.
        on: The day on which it is done.
        refused: Whether the fleet must refuse it; it is then a fault if it does not.
        says: What the refusal must say, whichever case; it goes with ``refused``.
    """

    do: str
    on: date
    refused: bool = False
    says: str | None = Field(default=None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _says_goes_with_refused(self) -> PilotStep:
        if self.says is not None and not self.refused:
            raise ValueError("says is what a refusal must say; it goes with refused = true")
        return self


class SendLetter(PilotStep):
    """Send a letter, and do the step that it stands for.

    Attributes:
        letter: Which.
        words: What is written in it.
        method: How it goes.
        outcome: Of an answer: ``granted`` or ``partly``; of a complaint: ``upheld``, ``partly-upheld`` or
            ``not-upheld``.
        exemption: Of a refusal: why.
        basis: Of an answer to others, or of portability: the lawful basis.
        condition: Of an answer to others: under which condition.
    """

    do: Literal["letter"]
    letter: Literal[
        "received", "identity", "authority", "fee", "clarification", "extension", "answer", "refusal",
        "complaint-received", "complaint-outcome", "restriction-ends", "others-answer", "others-refusal",
    ]  # fmt: skip
    words: str = Field(default="", max_length=2000)
    method: str = Field(default="By post", min_length=1, max_length=100)
    outcome: Literal["granted", "partly", "upheld", "partly-upheld", "not-upheld"] | None = None
    exemption: str | None = None
    basis: PilotBasis | None = None
    condition: str | None = None

    @model_validator(mode="after")
    def _has_words(self) -> SendLetter:
        if not self.words and self.letter != "received":
            raise ValueError("this letter needs words: what is written in it")
        return self

    @model_validator(mode="after")
    def _has_its_outcome(self) -> SendLetter:
        of_complaint = self.letter == "complaint-outcome"
        if of_complaint and not self.refused and self.outcome is None:
            raise ValueError("this letter needs outcome: upheld, partly-upheld or not-upheld")
        if self.outcome is not None and of_complaint != self.outcome.endswith("upheld"):
            raise ValueError(
                "upheld, partly-upheld and not-upheld are outcomes of a complaint, and no others are"
            )
        return self


class NoteShown(PilotStep):
    """Note that identity or authority was shown, or a fee paid."""

    do: Literal["shown"]
    what: Literal["identity", "authority", "fee"]
    how: Words = "Shown, and no copy kept"


class Clarified(PilotStep):
    """Note that a question was answered."""

    do: Literal["clarified"]


class SearchFor(PilotStep):
    """Write down a search: where, how, and why that is enough."""

    do: Literal["search"]
    where: Words = "All recordings of the visits that the request is about"
    how: Words = "By tenancy, day and officer"
    enough: Words = "Nobody else visited there in that time"


class LinkFootage(PilotStep):
    """Link the recordings of visits to the request, which holds them."""

    do: Literal["link"]
    visits: VisitNames


class NoteWrong(PilotStep):
    """Write beside the recordings of visits what the person says is wrong with them."""

    do: Literal["note"]
    visits: VisitNames
    words: Words


class RestrictFootage(PilotStep):
    """Restrict what is linked: kept, and neither watched nor taken out."""

    do: Literal["restrict"]


class WatchFootage(PilotStep):
    """Watch the recordings of visits, which a restriction refuses."""

    do: Literal["watch"]
    visits: VisitNames


class EraseFootage(PilotStep):
    """Have the recordings of visits deleted upon the request."""

    do: Literal["erase"]
    visits: VisitNames


class ReleaseFootage(PilotStep):
    """Give out the recordings of visits: drafted by one person, approved by a second, handed over.

    Attributes:
        visits: Whose recordings.
        recipient: Who receives them.
        organisation: For which organisation; empty for none.
        purpose: What for.
        basis: The lawful basis.
        condition: The condition of a disclosure; empty for none.
        withheld: What is withheld, and why.
        days: For how many days it can be handed over.
        receipt: How it is shown that it was received.
    """

    do: Literal["release"]
    visits: VisitNames
    recipient: Words
    organisation: str = Field(default="", max_length=200)
    purpose: Words
    basis: PilotBasis
    condition: str = Field(default="", max_length=40)
    withheld: Words
    days: int = Field(default=30, ge=1, le=90)
    receipt: Words = "Signed on paper"


class CloseRequest(PilotStep):
    """Close the request.

    Attributes:
        unanswered: Whether it is closed without an answer.
        why: Why it is; it goes with ``unanswered``.
    """

    do: Literal["close"]
    unanswered: bool = False
    why: str = Field(default="", max_length=500)


AnyRequestStep = Annotated[
    SendLetter
    | NoteShown
    | Clarified
    | SearchFor
    | LinkFootage
    | NoteWrong
    | RestrictFootage
    | WatchFootage
    | EraseFootage
    | ReleaseFootage
    | CloseRequest,
    Field(discriminator="do"),
]
"""Any step about a request."""
