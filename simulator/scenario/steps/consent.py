"""What is said at a door of being recorded, on the camera or on the officer's phone. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from protocol.footage.consent import ConsentSaid, SaidOfConsent
from simulator.scenario.steps.base import RefusableStep

WORDING: Final = re.compile(r"[a-z]{2,3} [1-9][0-9]{0,9}")
"""How a text is named: its language, and its version in that language."""


def _wording(text: str) -> str:
    if WORDING.fullmatch(text) is None:
        raise ValueError(
            f'a text is named by its language and its version, such as "en 2", and not "{text[:20]}"'
        )
    return text


class SayConsent(RefusableStep):
    """Say what was said at the door: the camera does what follows from it, and signs it.

    Attributes:
        kind: What was said: ``refused`` and ``withdrawn`` close the sensors, ``overridden`` records all the
            same, ``asked for`` records where the camera is ready; ``given`` and ``not asked`` change nothing.
        why: Why nobody was asked.
        wording: Which version of the landlord's text was said to them, such as ``en 2``.
        on: What it is said on: the camera itself, or the phone of its officer, whose page asks the camera.
    """

    do: Literal["consent"]
    kind: Literal["given", "refused", "withdrawn", "not asked", "overridden", "asked for"]
    why: Literal["nobody there", "danger", "no common language", "not able to answer"] | None = None
    wording: (
        Annotated[str, AfterValidator(_wording), Field(json_schema_extra={"pattern": f"^{WORDING.pattern}$"})]
        | None
    ) = None

    on: Literal["camera", "phone"] = "camera"

    @model_validator(mode="after")
    def _why_goes_with_not_asked(self) -> SayConsent:
        if self.kind == "not asked" and self.why is None:
            raise ValueError('kind = "not asked" needs why: why nobody was asked')
        if self.kind != "not asked" and self.why is not None:
            raise ValueError('why goes with kind = "not asked" and with no other')
        return self

    @property
    def said(self) -> ConsentSaid:
        """What was said, as a camera takes it."""
        return ConsentSaid(SaidOfConsent(self.kind), self.why or "", self.wording or "")
