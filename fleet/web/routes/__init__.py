"""The pages' routes: each states who may call it, reads facts, makes a view, and renders it.

Rules:
- a form that changes something answers with a redirection, so that reloading repeats nothing; the
  exceptions are an enrolment code, a link and a token, which are shown once and exist nowhere to be fetched
  again;
- a refusal is shown where the person is, with the domain's own sentence and its status.
"""

from __future__ import annotations

from fastapi import APIRouter

from fleet.web import stream
from fleet.web.routes import (
    account,
    cameras,
    hand_out,
    incidents,
    lists,
    marking,
    nowhere,
    officers,
    own_account,
    recording,
    recordings,
    today,
    users,
)
from fleet.web.routes.alerts import forms as alert_forms
from fleet.web.routes.alerts import pages as alert_pages
from fleet.web.routes.alerts import told
from fleet.web.routes.audit import reading, taking
from fleet.web.routes.documents import drafts, published
from fleet.web.routes.holding import holds
from fleet.web.routes.imports import listed as imports
from fleet.web.routes.imports import one as one_import
from fleet.web.routes.keeping import deletion, retention
from fleet.web.routes.people import (
    break_glass,
    confirming,
    mine,
    notices,
    officer_link,
    provider,
    sessions,
    training,
)
from fleet.web.routes.references import approving, asking, slips
from fleet.web.routes.references import own as own_references
from fleet.web.routes.releases import collect, continuity, copies, redacting
from fleet.web.routes.releases import one as one_release
from fleet.web.routes.releases import register as releases
from fleet.web.routes.requests import find, letters, register, steps, templates
from fleet.web.routes.requests import one as one_request
from fleet.web.routes.review import looks as viewings
from fleet.web.routes.review import one as one_review
from fleet.web.routes.review import queue as reviews
from fleet.web.routes.second import factors, step
from fleet.web.routes.settings import groups, vault
from fleet.web.routes.settings import page as settings
from fleet.web.routes.visits import listed as visits
from fleet.web.routes.visits import mine as own_visits
from fleet.web.routes.visits import one as one_visit
from fleet.web.routes.visits import signed as signed_consents
from fleet.web.routes.visits import wording

ROUTERS: tuple[APIRouter, ...] = tuple(
    part.router
    for part in (
        reading,
        taking,
        today,
        account,
        own_account,
        sessions,
        notices,
        break_glass,
        own_visits,
        mine,
        officer_link,
        provider,
        confirming,
        step,
        factors,
        cameras,
        hand_out,
        officers,
        users,
        recordings,
        recording,
        lists,
        marking,
        incidents,
        retention,
        holds,
        deletion,
        told,
        alert_pages,
        alert_forms,
        settings,
        groups,
        vault,
        reviews,
        one_review,
        viewings,
        visits,
        signed_consents,
        one_visit,
        wording,
        register,
        one_request,
        find,
        steps,
        letters,
        templates,
        releases,
        one_release,
        continuity,
        redacting,
        copies,
        collect,
        imports,
        one_import,
        training,
        drafts,
        published,
        asking,
        slips,
        own_references,
        approving,
        stream,
        nowhere,  # the last, for it matches everything
    )
)
