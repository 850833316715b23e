"""What each action of the audit log is called: what somebody did, and what was not let be done. Pure.

Rule: every action that the fleet's code records has words here (a test compares the two); one that has
none, as in a log of a later version, is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SUBJECT = "{}"
"""Where the words name what it was done to."""

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "assignments:assignment:end": "took a camera back",
        "assignments:assignment:resume": "undid that a camera was taken back",
        "assignments:assignment:start": "handed a camera out",
        "audit:counted:refuse": "counted refusals that have no entry of their own, of {}",
        "audit:log:export": "asked for entries of the audit log as a file",
        "audit:log:read": "looked at the audit log",
        "audit:log:verify": "asked for the audit log to be verified",
        "backup:archive:make": "made backup {}",
        "backup:archive:restore": "made this fleet of a backup of fleet {}",
        "cameras:camera:enrol": "was enrolled as {}",
        "cameras:camera:refuse": "was refused as camera {}",
        "cameras:camera:revoke": "took camera {} out of service",
        "cameras:camera:site": "said at which site camera {} is kept",
        "cameras:certificate:renew": "was issued its next certificate",
        "cameras:code:create": "made a code that enrols a camera",
        "cameras:enrolment:refuse": "was not let enrol a camera",
        "cameras:enrolment:repeat": "was given the answer to its enrolment once more",
        "cameras:number:raise": "noted that numbers of cameras up to {} are given",
        "cameras:upload:refuse": "was refused what it sent, as camera {}",
        "cameras:identity:doubled": "noticed two devices with the identity of {}",
        "fleet:authority:hardware": "encrypted the authority's keys under a hardware module",
        "fleet:authority:key-file": "encrypted the authority's keys under another key file",
        "fleet:authority:new-key": "gave the issuing authority a new key",
        "fleet:authority:rejoin": "had the authority issue by itself again",
        "fleet:authority:renew": "gave the issuing authority its next certificate",
        "fleet:authority:split": "made a root of the authority, with an issuing authority below it",
        "fleet:authority:take-root": "took the root's key away",
        "fleet:keys:forget": "had the keys of the next process count as the fleet's",
        "documents:document:publish": "published the {}",
        "documents:words:write": "wrote the landlord's words in the {}",
        "footage:recording:export": "was let export the footage of recording {}",
        "delivery:choice:change": "changed what they are told of alerts",
        "footage:recording:check": "began to open a few parts of recording {}, to see that it opens",
        "footage:recording:refuse": "was not let see the footage of recording {}",
        "footage:recording:rewrap": "began to have recording {} opened by the vault's newest key",
        "footage:recording:stop-waiting": "said that no more will come of recording {}",
        "footage:recording:view": "was let watch recording {}",
        "imagery:import:delete": "began to delete import {}",
        "imagery:import:delete-again": "found import {} here again although it was deleted",
        "imagery:import:deleted": "deleted import {}",
        "imagery:import:describe": "described import {}",
        "imagery:import:destroy-keys": "destroyed the key of import {}",
        "imagery:import:discard": "discarded import {}, whose file never came",
        "imagery:import:end": "decided that import {} is deleted",
        "imagery:import:export": "was let take import {} out",
        "imagery:import:keep": "changed until when import {} is kept",
        "imagery:import:link": "said where import {} belongs",
        "imagery:import:note": "wrote a note about import {}",
        "imagery:import:receive": "sent the file of import {}",
        "imagery:import:refuse": "was not let open import {}",
        "imagery:import:rewrap": "opened the key of import {}, to seal it to the vault's newest key",
        "imagery:import:view": "was let look at import {}",
        "incidents:incident:add-recording": "put recording {} into an incident",
        "incidents:incident:change": "changed incident {}",
        "incidents:incident:open": "opened incident {}",
        "incidents:incident:remove-recording": "took recording {} out of an incident",
        "incidents:recording:judge": "said something of recording {}",
        "incidents:recording:note": "wrote a note to recording {}",
        "incidents:recording:own-words": "said in their own words what happened in recording {}",
        "incidents:recording:undo-judge": "took back what was said of recording {}",
        "incidents:recordings:csv": "asked for the list of recordings as a table",
        "incidents:view:remove": "removed a view of the list of recordings",
        "incidents:view:save": "kept a view of the list of recordings",
        "letters:letter:keep": "kept a letter as it was sent",
        "letters:template:edit": "edited the template of letters {}",
        "organisation:site:add": "added site {}",
        "organisation:site:bring-back": "brought site {} back",
        "organisation:site:rename": "renamed site {}",
        "organisation:site:retire": "retired site {}",
        "organisation:team:add": "added team {}",
        "organisation:team:bring-back": "brought team {} back",
        "organisation:team:rename": "renamed team {}",
        "organisation:team:retire": "retired team {}",
        "people:break-glass:end": "ended the emergency access of {}",
        "people:break-glass:give": "gave emergency access to {}",
        "people:break-glass:use": "used emergency access",
        "people:confirmation:refuse": "was asked to confirm that it is they, and did not",
        "people:invitation:create": "invited somebody",
        "people:invitation:withdraw": "withdrew an invitation",
        "people:training:note": "noted a training of an officer",
        "people:training:withdraw": "took a training of an officer back",
        "people:officer:add": "added officer {}",
        "people:officer:bring-back": "brought officer {} back",
        "people:officer:rename": "renamed officer {}",
        "people:officer:retire": "retired officer {}",
        "people:officer:team": "said which team officer {} is in",
        "people:password-link:create": "made a link for a new password of {}",
        "people:password:change": "changed their password",
        "people:link:refuse": "came with a link that is not good",
        "people:password:refuse": "typed a wrong old password",
        "people:password:renew": "chose a new password by a link",
        "people:request:refuse": "was not let do what they asked for",
        "people:second:app": "set up an authenticator app",
        "people:second:app-remove": "removed their authenticator app",
        "people:second:codes": "made new recovery codes",
        "people:second:passkey": "added a passkey",
        "people:second:passkey-remove": "removed a passkey",
        "people:second:reset": "took the second factor of {} away",
        "people:session:confirm": "confirmed that it is they",
        "people:session:end": "signed out",
        "people:session:end-all": "ended the sessions of {}",
        "people:session:end-one": "ended one session of {}",
        "people:session:refuse": "was not let in as {}",
        "people:session:start": "signed in",
        "people:setup-link:create": "made the link that sets the fleet up",
        "people:token:create": "made a token for a program",
        "people:token:revoke": "revoked the token of a program",
        "people:user:bring-back": "brought user {} back",
        "people:user:create": "made the account of {}",
        "people:user:officer": "said which officer {} is",
        "people:user:retire": "retired user {}",
        "people:user:roles": "changed what {} may do",
        "recovery:copy:make": "sealed key {} of the vault to the recovery key",
        "recovery:key:give": "gave the fleet recovery key {}",
        "recovery:key:try": "found that recovery key {} works",
        "recovery:sample:make": "made a sample to try recovery key {} on",
        "references:reference:make": "made a reference of visit {} for the person recorded",
        "references:reference:revoke": "revoked a reference of visit {}",
        "references:text:approve": "approved the text {} of references",
        "references:text:withdraw": "took back the approval of references in {}",
        "visits:consent:note": "wrote down what was said at visit {}",
        "visits:consent:delete": "deleted what nobody linked of consent: camera {}",
        "visits:consent:link": "said that a camera's word of consent is of visit {}",
        "visits:consent:sign": "handed over what was said at a door: camera {}",
        "visits:consent:reason": "said why somebody was recorded without consent at visit {}",
        "visits:notice:send": "noted that the notice of visit {} was sent",
        "visits:recording:link": "said of which visit recording {} is",
        "visits:text:write": "wrote the text {} for tenants",
        "visits:visit:keep": "kept visit {} for longer than its time",
        "visits:visit:keep-end": "kept visit {} no longer than its time",
        "visits:visit:delete": "deleted what was kept of visit {}",
        "visits:visit:cancel": "called visit {} off",
        "visits:visit:change": "wrote visit {} anew",
        "visits:visit:plan": "planned visit {}",
        "releases:continuity:enter": "wrote down what happened to release {}",
        "releases:link:end": "ended the link of release {}",
        "releases:link:fetch": "began to download release {} by its link and code",
        "releases:link:issue": "gave out a link for release {}",
        "releases:link:open": "opened the page of a link of release {} for the first time",
        "releases:link:refuse": "was not let fetch by a link",
        "releases:link:wrong-code": "gave a wrong code for release {}",
        "releases:recording:hand-over": "was let have footage of recording {} upon a release",
        "releases:recording:make": "began to make a release of recording {}",
        "releases:recording:search": "began to search recording {} for faces upon a release",
        "releases:redaction:begin": "began to hide something in release {}",
        "releases:redaction:change": "changed what is hidden in release {}",
        "releases:redaction:propose": "proposed faces to be hidden in release {}",
        "releases:redaction:remove": "hid nothing any more in a recording of release {}",
        "releases:redaction:search": "asked for faces to be searched for in release {}",
        "releases:register:csv": "asked for the register of releases as a table",
        "releases:release:approve": "approved release {}",
        "releases:release:change": "changed the draft of release {}",
        "releases:release:decline": "declined release {}",
        "releases:release:delete": "deleted what was kept of release {}",
        "releases:release:download": "began to download release {} to be put on a medium",
        "releases:release:draft": "drafted release {}",
        "releases:release:fail": "could not make release {}",
        "releases:release:keep": "had release {} kept longer",
        "releases:release:make": "made release {}",
        "releases:release:receipt": "wrote down the receipt of release {}",
        "releases:release:retry": "asked for release {} to be made again",
        "releases:release:revoke": "revoked release {}",
        "releases:release:withdraw": "withdrew release {}",
        "requests:import:erase": "had import {} deleted upon a request",
        "requests:import:let-through": "let restricted import {} through for a legal claim",
        "requests:import:lift": "ended a restriction of import {}",
        "requests:import:restrict": "restricted import {} upon a request",
        "requests:recording:erase": "had recording {} deleted upon a request",
        "requests:recording:let-through": "let restricted recording {} through for a legal claim",
        "requests:recording:lift": "ended a restriction of recording {}",
        "requests:recording:restrict": "restricted recording {} upon a request",
        "requests:register:csv": "asked for the register of requests as a table",
        "requests:request:change": "changed what request {} says",
        "requests:request:clarified": "said that a question about request {} was answered",
        "requests:request:close": "closed request {}",
        "requests:request:delete": "deleted what was kept of request {}",
        "requests:request:erase": "decided what request {} has deleted",
        "requests:request:let-through": "let footage of request {} through for a legal claim",
        "requests:request:link": "linked a recording to request {}",
        "requests:request:link-import": "linked an import to request {}",
        "requests:request:met": "said that what request {} waited for has come",
        "requests:request:note": "noted beside footage what request {} says of it",
        "requests:request:keep": "had request {} kept longer",
        "requests:request:open": "wrote request {} down",
        "requests:request:release": "had footage released upon request {}",
        "requests:request:reopen": "opened request {} again",
        "requests:request:restrict": "restricted the footage of request {}",
        "requests:request:search": "wrote down a search for request {}",
        "requests:request:send": "sent a letter about request {}",
        "requests:request:unlink": "took a recording out of request {}",
        "requests:request:unlink-import": "took an import out of request {}",
        "retention:deletion:switch-off": "switched deletion off",
        "retention:deletion:switch-on": "switched deletion on",
        "retention:hold:release": "ended a hold on {}",
        "retention:import:hold": "held import {}",
        "retention:incident:hold": "held the recordings of incident {}",
        "retention:periods:change": "changed how long recordings are kept",
        "retention:periods:undo": "went back to the periods of before",
        "retention:recording:delete": "began to delete recording {}",
        "retention:recording:delete-again": "began again to delete recording {}, which a backup brought back",
        "retention:recording:deleted": "deleted recording {} and left a certificate",
        "retention:recording:destroy-keys": "destroyed the keys of recording {}",
        "retention:recording:hold": "held recording {}",
        "review:draw:begin": "began to draw recordings for review by key {}",
        "review:recording:ask": "asked for a review of recording {}",
        "review:recording:close": "closed the review of recording {}",
        "review:recording:find": "wrote what the review of recording {} found",
        "review:recording:sign": "signed the review of recording {}",
        "review:recording:take-back": "took back a signature of the review of recording {}",
        "review:viewing:ask": "asked about viewing {}",
        "review:viewing:explain": "wrote how viewing {} is explained",
        "review:viewings:csv": "asked for the list of viewings as a table",
        "review:recordings:csv": "asked for the list of reviews as a table",
        "vault:key:refuse": "was not let unseal the vault",
        "vault:key:retire": "was let retire an earlier key of the vault",
        "vault:key:rotate": "had a new key made for the vault",
        "vault:key:seal": "sealed the vault by hand",
        "vault:key:unseal": "was let unseal the vault",
        "vault:opening:change": "changed what opens the vault",
        "vault:share:give": "gave one of the shares that unseal the vault",
    }
)

AREAS: Mapping[str, str] = MappingProxyType(
    {
        "footage": "Footage",
        "people": "People and signing in",
        "cameras": "Cameras",
        "assignments": "Handing out",
        "incidents": "Incidents and notes",
        "references": "References for the person recorded",
        "visits": "Visits",
        "releases": "Releases of footage",
        "requests": "Requests of people",
        "imagery": "Imports",
        "letters": "Letters",
        "documents": "Documents of the landlord",
        "retention": "How long recordings are kept",
        "review": "Reviews",
        "delivery": "Messages about alerts",
        "recovery": "The recovery key",
        "vault": "The vault",
        "backup": "Backups",
        "organisation": "Sites and teams",
        "fleet": "The fleet's own keys",
        "audit": "The audit log",
    }
)
"""What the first word of an action is called."""


def action_words(action: str, subject: str) -> str:
    """Say what was done, to what."""
    words = ACTIONS.get(action)
    if words is None:
        return f"did “{action}” to {subject}" if subject else f"did “{action}”"
    return words.replace(SUBJECT, subject or "somebody unnamed")


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be chosen as an action: for each area its name, and values with words."""
    found = []
    for area, name in AREAS.items():
        named = ((each, _choice(words)) for each, words in ACTIONS.items() if each.startswith(f"{area}:"))
        own = sorted(named, key=lambda each: each[1])
        if own:
            found.append((name, [(area, "all of these"), *own]))
    return found


def choice_words(value: str) -> str:
    """Return what a choice of an action is called; empty for none."""
    named = ((each, f"{area}: {words}") for area, own in choices() for each, words in own)
    return next((words for each, words in named if each == value), "")


def chosen_actions(value: str) -> tuple[str, ...]:
    """Return the actions that a choice stands for; none for one that there is not."""
    if value in ACTIONS:
        return (value,)
    return tuple(action for action in ACTIONS if value in AREAS and action.startswith(f"{value}:"))


def _choice(words: str) -> str:
    return " ".join(words.replace(SUBJECT, "…").split())
