"""How the fleet says no: RFC 9457 ``application/problem+json``, with a code and a sentence."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field, StringConstraints

from protocol.messages.base import LongText, Message, ShortText

MEDIA_TYPE: Final = "application/problem+json"
"""What the fleet calls the body of a refusal."""


class Problem(Message):
    """One refusal.

    Attributes:
        type: Always ``about:blank``: ``code`` says more than a URL would.
        title: The HTTP status in words.
        status: The HTTP status.
        code: What was wrong, for programs, such as ``enrolment_code_expired``.
        detail: What was wrong and what to do, in one sentence for people.
        expected_offset: For ``ledger_hole``: where the next ledger piece must begin.
    """

    model_config = ConfigDict(
        extra="ignore"
    )  # RFC 9457 §3.2: a reader ignores extensions that it does not know

    type: ShortText = "about:blank"
    title: ShortText
    status: Annotated[int, Field(strict=True, ge=400, le=599)]
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
    detail: LongText
    expected_offset: Annotated[int, Field(strict=True, ge=0)] | None = None
