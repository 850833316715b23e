"""What every fleet works out as it starts, worked out once in the process that forks them (``fork_server``).

Templates, tables and the files that pages load are the same for all. What guesses are made dear with (argon2
for passwords, scrypt for the vault's key file) is made cheap: no forked fleet has anybody to keep out, and
the cost stands in each hash and box. Tests of what that cost does to others ask for it whole, by
``WHOLE_COST``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy.orm import configure_mappers

from fleet.people import passwords
from fleet.server import app
from fleet.web import assets, templating
from tests.support.programs.quick_start import lock_at_whole_cost, made_tables, start_quickly

WHOLE_COST = "LAPEL_TESTS_WHOLE_COST"
CHEAP_HASHES = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Dear:
    """What passwords are made dear with, as the product has it."""

    hasher: PasswordHasher

    def put_back(self, environment: Mapping[str, str]) -> None:
        """Make a program that asks for it as dear as the product is."""
        if environment.get(WHOLE_COST):
            passwords._hasher = self.hasher
            lock_at_whole_cost()


def prepare() -> Dear:
    """Work out what all fleets share, and make guesses cheap; return what they were made dear with."""
    dear = Dear(passwords._hasher)
    configure_mappers()
    app._dashboard_routes()
    app._cameras_routes()
    for path in assets.STATIC.rglob("*"):
        if path.is_file():
            assets.compressed(path)
    environment = templating._pages()._environment
    for name in environment.list_templates():
        environment.get_template(name)
    passwords._hasher = CHEAP_HASHES
    start_quickly()
    made_tables()
    return dear
