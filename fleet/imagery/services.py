"""What imports are made of, put together once, and what their routes share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.services import FootageServices
from fleet.imagery.deletion.import_deleting import ImportDeleting
from fleet.imagery.import_allowance import ImportAllowance
from fleet.imagery.import_keepings import held_import_bytes
from fleet.imagery.opening import ImportOpener
from fleet.imagery.receiving import ImportReceiving
from fleet.imagery.seconds.cutting import ImportCutting
from fleet.imagery.tidying import ImportTidying
from fleet.pki.authority import Authority
from fleet.vault.vault import Vault
from protocol.units import GIB


@dataclass(frozen=True, slots=True)
class ImportServices:
    """The services of imports.

    Attributes:
        receiving: receives files.
        opener: opens imports.
        deleting: deletes them, as a job.
        tidying: asks for that, and looks for what should not be here.
        cutting: cuts clips into seconds, as a job of whoever releases them.
    """

    receiving: ImportReceiving
    opener: ImportOpener
    deleting: ImportDeleting
    tidying: ImportTidying
    cutting: ImportCutting


def compose_imports(
    core: Services,
    authority: Authority,
    footage: FootageServices,
    vault: Vault,
    *,
    seconds: Callable[[], float] = time.monotonic,
) -> ImportServices:
    """Put imports together."""

    def held() -> int:
        with core.readers() as session:
            return held_import_bytes(session)

    config = core.config.imports
    day = DailyAllowance(core.database, "import", config.gib_per_day * GIB, seconds)
    allowance = ImportAllowance(day, in_all=config.gib * GIB, held=held, clock=seconds)
    opener = ImportOpener(core, footage.store, vault)
    return ImportServices(
        ImportReceiving(core, footage, vault, allowance),
        opener,
        ImportDeleting(core, authority, footage),
        ImportTidying(core, authority, footage),
        ImportCutting(core, footage, opener),
    )


IMPORTS: AppKey[ImportServices] = AppKey("imports")

ImportsDep = Annotated[ImportServices, Depends(IMPORTS)]
