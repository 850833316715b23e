"""The vault: whether it is sealed, unsealing it, and sealing it by hand.

Where a key file or a hardware module opens it, nobody gives a secret to unseal it: then whoever does so has
to confirm that it is they (``fleet.people.confirming``). A passphrase or a share is asked for anyway, and is
carried through no page that asks for something else.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.cameras.service import list_cameras
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.own import by_hand
from fleet.people.permissions import may
from fleet.rewrapping.standing import key_standing, troubles
from fleet.vault.keybox import LONGEST_SECRET, OpenedBy
from fleet.vault.services import VaultDep, VaultServices
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.settings.vault import vault_view
from fleet.web.views.settings.vault_keys import CameraSeals, vault_keys_view

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.ALERTS))]
Holder = Annotated[Actor, Depends(require(Permission.VAULT))]
ConfirmedHolder = Annotated[Actor, Depends(require(Permission.VAULT, confirmed=True))]
Secret = Annotated[str, Form(max_length=LONGEST_SECRET)]


@router.get("/vault")
def vault_page(request: Request, services: ServicesDep, vault: VaultDep, actor: Viewer) -> Response:
    """Say whether the vault is sealed, and which keys it has."""
    return _page(request, services, vault, actor)


@router.post("/vault/unseal")
def unseal_form(
    request: Request, services: ServicesDep, vault: VaultDep, actor: Holder, secret: Secret = ""
) -> Response:
    """Unseal it by its passphrase, or give one share of what does."""
    try:
        by_hand(actor)
        if vault.vault.opener.by is OpenedBy.SHARES:
            vault.unsealing.by_share(actor, secret)
        else:
            vault.unsealing.by_passphrase(actor, secret)
    except ProblemError as problem:
        return _page(request, services, vault, actor, problem=problem)
    return RedirectResponse("/vault", 303)


@router.post("/vault/unseal/by-itself")
def unseal_by_itself_form(
    request: Request, services: ServicesDep, vault: VaultDep, actor: ConfirmedHolder
) -> Response:
    """Unseal by its key file or its hardware module what was sealed by hand, or had stopped trying."""
    try:
        by_hand(actor)
        vault.unsealing.by_itself(actor)
    except ProblemError as problem:
        return _page(request, services, vault, actor, problem=problem)
    return RedirectResponse("/vault", 303)


@router.post("/vault/seal")
def seal_form(request: Request, services: ServicesDep, vault: VaultDep, actor: Holder) -> Response:
    """Seal it by hand."""
    try:
        by_hand(actor)
        vault.vault.seal(actor)
    except ProblemError as problem:
        return _page(request, services, vault, actor, problem=problem)
    return RedirectResponse("/vault", 303)


def _page(
    request: Request,
    services: Services,
    vault: VaultServices,
    actor: Actor,
    *,
    problem: ProblemError | None = None,
) -> Response:
    sealed = vault.vault.sealed()
    with services.readers() as session:
        standing, troubled = key_standing(session), troubles(session)
        cameras = [CameraSeals.of(each.id, each.status) for each in list_cameras(session)]
    return pages(request).render(
        request,
        "vault/one.html",
        actor=actor,
        status=problem.status if problem else 200,
        fault=problem.detail if problem else "",
        vault=vault_view(
            sealed,
            vault.vault.opener,
            vault.unsealing.given(),
            services.clock(),
            may_be_several=services.database.engine.dialect.name == "postgresql",
        ),
        keys=vault_keys_view(
            vault.vault.known(), cameras, services.clock(), standing=standing, troubles=troubled
        ),
        may_seal=may(actor.roles, Permission.VAULT),
    )
