"""Commands: each carries what it needs, and nothing besides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from protocol.footage.consent import ConsentSaid, SaidOfConsent, WhyNotAsked
from protocol.messages.commands import Command, CommandKind, ConsentCommand

_WHY = st.one_of(st.none(), st.sampled_from(WhyNotAsked))


@given(kind=st.sampled_from(CommandKind), said=st.one_of(st.none(), st.just(SaidOfConsent.GIVEN)))
def test_what_was_said_goes_with_its_own_kind_alone(kind: CommandKind, said: SaidOfConsent | None) -> None:
    consent = None if said is None else ConsentCommand(said=said)
    if (kind is CommandKind.CONSENT) == (consent is not None):
        assert _command(kind, consent).consent == consent
    else:
        with pytest.raises(ValidationError):
            _command(kind, consent)


@given(said=st.sampled_from(SaidOfConsent), why=_WHY)
def test_only_that_nobody_was_asked_has_a_reason(said: SaidOfConsent, why: WhyNotAsked | None) -> None:
    if (said is SaidOfConsent.NOT_ASKED) == (why is not None):
        assert ConsentCommand(said=said, why=why).to_said() == ConsentSaid(said, why or "")
    else:
        with pytest.raises(ValidationError):
            ConsentCommand(said=said, why=why)


@pytest.mark.parametrize("expires", [0, 5])
def test_a_command_that_never_counted_is_none(expires: int) -> None:
    with pytest.raises(ValidationError):
        Command(
            id="c", camera="cam-01", kind=CommandKind.START, issued_utc_us=5, expires_utc_us=expires, by="u"
        )


def _command(
    kind: CommandKind, consent: ConsentCommand | None, *, issued: int = 1, expires: int = 2
) -> Command:
    return Command(
        id="c",
        camera="cam-01",
        kind=kind,
        issued_utc_us=issued,
        expires_utc_us=expires,
        by="u-1",
        consent=consent,
    )
