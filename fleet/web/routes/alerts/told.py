"""What somebody is told of alerts by e-mail: chosen, tried, and seen to go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.alerts.register import TOPIC as ALERT
from fleet.alerts.services import AlertsDep, AlertServices
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.delivery.choices import choice_of, choose
from fleet.delivery.models import Channel
from fleet.delivery.outbox import add_test, last_messages
from fleet.delivery.rules.choosing import LONGEST_ADDRESS, ToldChoice, ToldLevel
from fleet.delivery.services import DeliveryDep, DeliveryServices
from fleet.jobs.shared_clock import shared_now
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.web.faults import PageRoute
from fleet.web.routes.alerts.pages import Handler
from fleet.web.templating import pages
from fleet.web.views.alerts.told import LEVELS, kind_boxes, message_views, quiet_words

router = APIRouter(route_class=PageRoute)

Manager = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
_LISTED = 10
_MOST_KINDS = 200


@dataclass(frozen=True, slots=True)
class TypedChoice:
    """What somebody chose, as their browser sends it."""

    address: str
    level: str
    kinds: tuple[str, ...]


def typed_of(
    address: Annotated[str, Form(max_length=1000)] = "",
    level: Annotated[str, Form(max_length=20)] = "",
    kind: Annotated[list[str] | None, Form(max_length=_MOST_KINDS)] = None,
) -> TypedChoice:
    """Read the form."""
    return TypedChoice(address, level, tuple(kind or ()))


@router.get("/alerts/told")
def told_page(
    request: Request, services: ServicesDep, alerts: AlertsDep, delivery: DeliveryDep, actor: Handler
) -> Response:
    """Show what one is told, and whether it goes out."""
    return _page(request, services, alerts, delivery, actor)


@router.post("/alerts/told")
def choose_form(
    request: Request,
    services: ServicesDep,
    alerts: AlertsDep,
    delivery: DeliveryDep,
    actor: Handler,
    typed: Annotated[TypedChoice, Depends(typed_of)],
) -> Response:
    """Choose what one is told."""
    seen = [each.id for each in alerts.kinds.of(actor.roles)]
    without = set(seen) - set(typed.kinds)
    try:
        with services.sessions.begin() as session:
            choose(session, address=typed.address, level=typed.level, without=without, kinds=seen, by=actor)
    except ProblemError as problem:
        level = ToldLevel(typed.level) if typed.level in set(ToldLevel) else ToldLevel.NOTHING
        shown = ToldChoice(typed.address, level, frozenset(without))
        return _page(request, services, alerts, delivery, actor, shown=shown, problem=problem)
    return RedirectResponse("/alerts/told", 303)


@router.post("/alerts/told/test")
def test_form(
    request: Request, services: ServicesDep, alerts: AlertsDep, delivery: DeliveryDep, actor: Handler
) -> Response:
    """Have a mail sent to oneself that tells of nothing."""
    try:
        with services.sessions.begin() as session:
            _try(session, services, delivery, actor)
    except ProblemError as problem:
        return _page(request, services, alerts, delivery, actor, problem=problem)
    return RedirectResponse("/alerts/told#messages", 303)


@router.post("/alerts/told/webhook-test")
def webhook_test_form(
    request: Request, services: ServicesDep, alerts: AlertsDep, delivery: DeliveryDep, actor: Manager
) -> Response:
    """Have a message sent to the webhook that tells of nothing."""
    if delivery.webhook is None:
        problem = ProblemError(409, "no_webhook", "There is no webhook.")
        return _page(request, services, alerts, delivery, actor, problem=problem)
    with services.sessions.begin() as session:
        row = add_test(session, Channel.WEBHOOK, None, shared_now(session), services.random)
        announce(session, ALERT, row.id)
    return RedirectResponse("/alerts/told#webhook", 303)


def _try(session: Session, services: Services, delivery: DeliveryServices, actor: Actor) -> None:
    """Have a test go out.

    Raises:
        ProblemError: 409 no mail goes out; 422 they have no address.
    """
    if actor.kind is not ActorKind.USER or not choice_of(session, actor.id).address:
        raise ProblemError(422, "address_missing", "Keep an address first.")
    if not delivery.outlets.mail:
        raise ProblemError(409, "no_mail", "This service sends no e-mail.")
    row = add_test(session, Channel.MAIL, actor.id, shared_now(session), services.random)
    announce(session, ALERT, row.id)


def _page(
    request: Request,
    services: Services,
    alerts: AlertServices,
    delivery: DeliveryServices,
    actor: Actor,
    *,
    shown: ToldChoice | None = None,
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        choice = shown if shown is not None else choice_of(session, actor.id)
        mails = last_messages(session, Channel.MAIL, actor.id, _LISTED)
        hooks = last_messages(session, Channel.WEBHOOK, None, _LISTED)
    return pages(request).render(
        request,
        "alerts/told.html",
        actor=actor,
        status=problem.status if problem else 200,
        has_mail=delivery.outlets.mail,
        quiet=quiet_words(delivery.outlets.quiet),
        levels=[(str(level), words) for level, words in LEVELS.items()],
        choice=choice,
        boxes=kind_boxes(alerts.kinds.of(actor.roles), choice),
        mails=message_views(mails, now, goes=delivery.outlets.mail),
        hooks=message_views(hooks, now, goes=delivery.outlets.webhook),
        webhook=delivery.webhook.host if delivery.webhook is not None else "",
        may_manage=may(actor.roles, Permission.MANAGE_PEOPLE),
        longest=LONGEST_ADDRESS,
        is_user=actor.kind is ActorKind.USER,
        fault=problem.detail if problem else "",
    )
