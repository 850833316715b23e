"""The keys of a fleet's configuration, so that a scenario's settings of one are looked at in time. Pure.

A copy, since the simulator knows a fleet by its network alone; a test holds it against the fleet's own. What
a key may be set to, the fleet says when it starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FLEET_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "site": ("zone",),
    "landlord": ("kind", "name", "contact", "complaints"),
    "server": (
        "address", "names", "dashboard_port", "cameras_port", "mqtt_port", "public_dashboard_port",
        "public_cameras_port", "public_mqtt_port", "other_names", "hsts_days", "log_level",
    ),
    "database": ("url",),
    "broker": ("program",),
    "cameras": ("limit", "code_minutes", "certificate_days", "offline_after_s", "window_s", "sound"),
    "people": (
        "session_hours", "idle_minutes", "setup_link_hours", "invitation_hours", "password_length",
        "sign_in_attempts", "second_factor",
    ),
    "training": ("required", "course", "soon_days"),
    "provider": (
        "issuer", "name", "client_id", "client_secret_file", "authority_file", "scopes", "name_claim",
        "roles_claim", "roles", "second_factor", "second_acr", "second_amr", "check_minutes",
    ),
    "footage": (
        "store", "endpoint", "region", "authority", "direct", "direct_authority", "direct_from_kib",
        "max_segment_mib", "reserve_mib", "camera_gib_per_day", "camera_gib",
    ),
    "regions": ("allowed", "machine", "database", "backups"),
    "vault": (
        "key_file", "sealed_minutes", "follow_hours", "pkcs11_module", "pkcs11_token", "pkcs11_key",
        "pkcs11_pin_file", "share_minutes",
    ),
    "authority": ("key_file", "pkcs11_key"),
    "alerts": ("keep_days", "disk_free_percent", "quiet_from", "quiet_until"),
    "audit": ("checkpoints", "second_place", "checkpoint_hours"),
    "mail": ("host", "port", "security", "user", "password_file", "sender", "authority_file"),
    "webhook": ("url", "secret_file", "private_addresses", "authority_file"),
    "review": (
        "share", "due_days", "hours_begin", "hours_end", "days", "many", "many_minutes", "again",
        "again_days",
    ),
    "visits": ("notice_hours", "keep_months", "reference_url"),
    "registers": ("request_months", "release_months"),
    "imports": (
        "cctv_months", "max_mib", "gib_per_day", "gib", "minutes", "megapixels", "seconds",
        "memory_mib",
    ),
}  # fmt: skip
