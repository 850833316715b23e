"""Checkpoints in an S3-compatible store, which may be somebody else's and refuse to delete (object lock)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from fleet.audit.checkpoints.note import LONGEST
from fleet.audit.checkpoints.places import SUFFIX, CheckpointPlace, FolderPlace, PlaceError
from fleet.core.config import FleetConfig
from fleet.core.errors import FleetConfigError
from fleet.core.sections.store_trust import certificate_fault, store_client

if TYPE_CHECKING:
    from obstore.store import S3Config  # obstore has this type only while types are checked

FOLDER = "checkpoints"
_SCHEME = "s3://"
_ANSWER_WITHIN = timedelta(seconds=10)


class BucketPlace:
    """Below a prefix of a bucket. Credentials come from the provider's usual environment or machine role."""

    def __init__(self, objects: S3Store, where: str) -> None:
        self.where = where
        self._objects = objects

    def names(self) -> Sequence[str]:
        """Return the names of the checkpoints that are there, in order.

        Raises:
            PlaceError: the store did not answer, or refused.
        """
        try:
            batches = list(obstore.list(self._objects))
        except (BaseError, OSError) as error:
            raise self._failed("read", error) from error
        names = (each["path"] for batch in batches for each in batch)
        return sorted(name for name in names if name.endswith(SUFFIX) and "/" not in name)

    def read(self, name: str) -> bytes:
        """Return an object.

        Raises:
            PlaceError: the store did not answer, or refused.
        """
        try:
            return obstore.get(self._objects, name).bytes().to_bytes()[: LONGEST + 1]
        except (BaseError, OSError) as error:
            raise self._failed("read", error) from error

    def put(self, name: str, data: bytes) -> None:
        """Make an object unless it is there.

        Raises:
            PlaceError: the store did not answer, or refused.
        """
        try:
            obstore.put(self._objects, name, data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except (BaseError, OSError) as error:
            raise self._failed("written", error) from error

    def _failed(self, verb: str, error: Exception) -> PlaceError:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        what = certificate_fault(error) or first.split(": <", maxsplit=1)[0].rstrip(". ")
        return PlaceError(f"The store of checkpoints {self.where} cannot be {verb}: {what}.")


def open_places(config: FleetConfig, state: Path) -> tuple[CheckpointPlace, ...]:
    """Return the places of the configuration, the first one first; none is asked anything yet.

    Raises:
        FleetConfigError: one of them is not usable.
    """
    first = _open(config, "audit.checkpoints", config.audit.checkpoints or str(state / FOLDER))
    if not config.audit.second_place:
        return (first,)
    return first, _open(config, "audit.second_place", config.audit.second_place)


def _open(config: FleetConfig, key: str, value: str) -> CheckpointPlace:
    if not value.startswith(_SCHEME):
        folder = Path(value)
        if not folder.is_absolute() and key != "audit.checkpoints":
            raise FleetConfigError(f"{key} = {value!r} cannot be used: write the whole path of a folder.")
        return FolderPlace(folder)
    address = urlsplit(value)
    if not address.netloc or address.query or address.username:
        # The value is not repeated: somebody may have written a password into it.
        raise FleetConfigError(f"{key} is neither a folder nor s3://bucket or s3://bucket/prefix.")
    endpoint = config.footage.endpoint
    settings: S3Config = {"conditional_put": "etag"}
    if endpoint:
        settings["endpoint"] = endpoint
        settings["virtual_hosted_style_request"] = False
    if config.footage.region:
        settings["region"] = config.footage.region
    try:
        objects = S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            config=settings,
            client_options=store_client(endpoint, config.footage.authority),
            retry_config={"max_retries": 3, "retry_timeout": _ANSWER_WITHIN},
        )
    except (BaseError, ValueError) as error:
        raise FleetConfigError(f"{key} cannot be used as the address of a store.") from error
    return BucketPlace(objects, value)
