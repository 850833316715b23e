"""What the page of settings says of messages about alerts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import FleetConfig
from fleet.delivery.choices import choose
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.health.delivery import delivery_reading
from fleet.health.reading import Condition, Reading
from fleet.people.models import User
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock

MAIL = {"host": "mail.test", "sender": "lapel@landlord.test"}
WEBHOOK = {"url": "https://hook.test/lapel", "secret_file": "secret"}


def reading(services: FleetServices, clock: TestClock, **config: object) -> Reading:
    """Read as configured so."""
    with services.readers() as session:
        chosen = FleetConfig.model_validate(config)
        return delivery_reading(session, chosen, clock(), lambda at: f"{at:%H:%M}")


def ask_to_be_told(services: FleetServices, clock: TestClock) -> None:
    """Have somebody there who asked for e-mail."""
    with services.sessions.begin() as session:
        session.add(
            User(
                id="u-1", name="Desk 1", password="", roles=[Role.SAFETY_TEAM], created=clock(), retired=None
            )
        )
        session.flush()
        somebody = Actor(ActorKind.USER, "u-1", "Desk 1", frozenset({Role.SAFETY_TEAM}))
        choose(session, address="desk@landlord.test", level="all", without=(), kinds=(), by=somebody)


def sent(services: FleetServices, clock: TestClock, state: MessageState, *, tries: int = 0) -> None:
    """Have a message there of which that became."""
    with services.sessions.begin() as session:
        session.add(
            OutMessage(
                id=services.random(16).hex(),
                channel=Channel.MAIL,
                user_id="u-1",
                urgent=False,
                is_test=False,
                alerts=["a"],
                more=0,
                created=clock(),
                due=clock(),
                leased=None,
                tries=tries,
                state=state,
                finished=None if state is MessageState.WAITING else clock(),
                error="It is full.",
            )
        )


# proves F8
def test_where_nothing_goes_out_that_is_said(services: FleetServices, clock: TestClock) -> None:
    none = reading(services, clock)
    assert (none.condition, none.said) == (
        Condition.WORSE,
        "None go out: neither e-mail nor a webhook is configured.",
    )
    nobody = reading(services, clock, mail=MAIL)
    assert nobody.said == "None go out: e-mail is configured, and nobody asked to be told."
    assert nobody.condition is Condition.WORSE
    hook = reading(services, clock, webhook=WEBHOOK)
    assert (hook.condition, hook.said) == (
        Condition.GOOD,
        "They are to go out by a webhook. None was sent in the last 30 days.",
    )


# proves F8
def test_it_is_good_only_while_messages_go(services: FleetServices, clock: TestClock) -> None:
    ask_to_be_told(services, clock)
    by_mail = "They are to go out by e-mail, to those who asked and may see them"
    assert reading(services, clock, mail=MAIL).said == f"{by_mail}. None was sent in the last 30 days."
    sent(services, clock, MessageState.SENT)
    good = reading(services, clock, mail=MAIL, webhook=WEBHOOK)
    assert good.said == (f"{by_mail}, and by a webhook. The last one was taken {clock():%H:%M}.")
    clock.now += timedelta(minutes=1)
    sent(services, clock, MessageState.WAITING, tries=2)
    bad = reading(services, clock, mail=MAIL)
    assert bad.condition is Condition.BAD
    assert bad.said.endswith("Not all went out by e-mail: 1 message waits. It is full.")
    assert bad.step
    with services.sessions.begin() as session:  # as a month later: "yet" would be false
        session.execute(delete(OutMessage))
    assert reading(services, clock, mail=MAIL).said.endswith("None was sent in the last 30 days.")


@pytest.mark.parametrize("state", [MessageState.FAILED])
def test_what_was_given_up_is_told_for_a_day(
    services: FleetServices, clock: TestClock, state: MessageState
) -> None:
    ask_to_be_told(services, clock)
    sent(services, clock, state)
    assert reading(services, clock, mail=MAIL).condition is Condition.BAD
    clock.now += timedelta(days=1, minutes=1)
    assert reading(services, clock, mail=MAIL).condition is Condition.GOOD
