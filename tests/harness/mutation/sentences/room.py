"""The sentences' room: which files decide what the dashboard says."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]

FOLDERS = (
    "fleet/web/views",
    "fleet/web/alerting",
    "fleet/web/templates",
    "fleet/health",
    "fleet/alerts/rules",
    "fleet/incidents/rules",
    "fleet/retention/rules",
    "fleet/review/rules",
    "fleet/delivery/rules",
)
"""All that is in them."""

FILES = (
    *(
        f"fleet/web/{name}.py"
        for name in (
            "facts",
            "faults",
            "forms",
            "judged",
            "kept",
            "let_in",
            "own",
            "recorded",
            "reviewed",
            "zone",
        )
    ),
    "fleet/alerts/events.py",
    "fleet/assignments/rules.py",
    "fleet/assignments/undo.py",
    "fleet/audit/export_check.py",
    "fleet/audit/judging.py",
    "fleet/cameras/rules.py",
    "fleet/core/problems.py",
    "fleet/delivery/health.py",
    "fleet/footage/problems.py",
    "fleet/footage/receiving/wholeness.py",
    "fleet/footage/recordings/extent.py",
    "fleet/footage/recordings/untrusted.py",
    "fleet/footage/recordings/wearer.py",
    "fleet/footage/timeline/arrived.py",
    "fleet/footage/timeline/holes.py",
    "fleet/people/accounts/rules.py",
    "fleet/people/limits/break_glass.py",
    "fleet/review/looks.py",
    "fleet/vault/sealed.py",
)

_NONE = ("node_modules", "vendor", "__pycache__")


def is_in_room(file: str | Path) -> bool:
    """Whether a file decides what is said."""
    path = Path(file)
    if not path.is_relative_to(ROOT) or set(_NONE) & set(path.parts):
        return False
    name = path.relative_to(ROOT).as_posix()
    return name in FILES or any(name.startswith(f"{folder}/") for folder in FOLDERS)
