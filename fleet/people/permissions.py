"""What each role may do: the design's table of people, as data. Pure.

Every route names one ``Permission``; a role that is not listed beside it is refused (F5). A user with several
roles may do what any of them may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from fleet.core.actor import Role


class Permission(StrEnum):
    """One thing that somebody may be allowed to do."""

    SIGNED_IN = "signed in"
    OWN = "see your own camera and recordings, and say something of them"
    SEE_CAMERAS = "see cameras, officers, assignments and uploads"
    HAND_OUT = "check cameras out and in"
    SEE_RECORDINGS = "see the list of recordings and what is known of each"
    CLASSIFY = "classify recordings and mark incidents"
    PLAY = "play footage, with a purpose"
    EXPORT = "export footage, with a purpose"
    RETAIN = "place and end holds, and change how long recordings are kept"
    SEE_IMPORTS = "see the list of imports and what is said of each"
    IMPORT = "import CCTV clips and photographs"
    REQUESTS = "see and handle requests of people, police and courts"
    SEE_RELEASES = "see the register of releases"
    RELEASE = "draft releases of footage and hand them over"
    APPROVE_RELEASES = "approve releases of footage"
    LETTERS = "edit the templates of letters"
    REVIEW = "review recordings"
    REVIEW_VIEWINGS = "review who looked at footage"
    STOP_WAITING = "say of a recording that no more of it will come"
    SEE_VISITS = "see visits, their notices and what was said of being recorded"
    PLAN_VISITS = "plan visits, note their notices and link recordings to them"
    WRITE_TEXTS = "write the landlord's texts for tenants"
    APPROVE_TEXTS = "approve what is given to the person recorded, and switch references on"
    SEE_DOCUMENTS = "see the landlord's documents and what differs from them"
    TRAINING = "note the training of officers"
    PUBLISH = "write and publish the landlord's documents"
    ALERTS = "see, take and resolve alerts"
    SEE_AUDIT = "see the audit log"
    VAULT = "unseal and seal the vault"
    ENROL = "enrol and revoke cameras"
    MANAGE_PEOPLE = "manage users, tokens and settings"


_EVERYBODY = frozenset(Role)
_OVERSEERS = frozenset({Role.SAFETY_TEAM, Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

GRANTS: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.SIGNED_IN: _EVERYBODY,
        Permission.OWN: frozenset({Role.OFFICER, Role.SAFETY_TEAM}),
        Permission.SEE_CAMERAS: _OVERSEERS | _ADMINISTRATOR,
        Permission.HAND_OUT: _OVERSEERS | _ADMINISTRATOR,
        Permission.SEE_RECORDINGS: _OVERSEERS | _ADMINISTRATOR | {Role.DATA_PROTECTION_OFFICER},
        Permission.CLASSIFY: _OVERSEERS,
        Permission.PLAY: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}),
        Permission.EXPORT: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}),
        Permission.RETAIN: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}),
        Permission.SEE_IMPORTS: _OVERSEERS | {Role.DATA_PROTECTION_OFFICER},
        Permission.IMPORT: _OVERSEERS,
        Permission.REQUESTS: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}
        ),
        Permission.SEE_RELEASES: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}
        ),
        Permission.RELEASE: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}),
        Permission.APPROVE_RELEASES: frozenset({Role.DATA_PROTECTION_OFFICER}),
        Permission.LETTERS: frozenset({Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}),
        Permission.REVIEW: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}),
        Permission.REVIEW_VIEWINGS: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}
        ),
        Permission.STOP_WAITING: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}),
        Permission.SEE_VISITS: _OVERSEERS | {Role.DATA_PROTECTION_OFFICER},
        Permission.PLAN_VISITS: _OVERSEERS,
        Permission.WRITE_TEXTS: frozenset(
            {Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}
        ),
        Permission.APPROVE_TEXTS: frozenset({Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}),
        Permission.SEE_DOCUMENTS: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}
        ),
        Permission.TRAINING: frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.ADMINISTRATOR}),
        Permission.PUBLISH: frozenset({Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}),
        Permission.ALERTS: _OVERSEERS | _ADMINISTRATOR | {Role.DATA_PROTECTION_OFFICER},
        Permission.SEE_AUDIT: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}
        ),
        Permission.VAULT: frozenset(
            {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}
        ),
        Permission.ENROL: _ADMINISTRATOR,
        Permission.MANAGE_PEOPLE: _ADMINISTRATOR,
    }
)


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Say whether somebody with these roles has the permission."""
    return not GRANTS[permission].isdisjoint(roles)
