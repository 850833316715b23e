"""The vault's keys in words: since when cameras seal to which, and which cameras have not followed. Pure.

What a camera seals to is what it last said of itself; one that says nothing of it is not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fleet.rewrapping.standing import KeyStanding
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.web.views.moments import count, moment


@dataclass(frozen=True, slots=True)
class CameraSeals:
    """What a camera last said of whom it seals to.

    Attributes:
        camera: its id.
        keys: the ids of the keys, in hex; None where it has not said, or its version does not.
    """

    camera: str
    keys: tuple[str, ...] | None

    @classmethod
    def of(cls, camera: str, status: Mapping[str, Any] | None) -> CameraSeals:
        """Read it out of a camera's last status."""
        keys = None if status is None else status.get("sealed_to")
        return cls(camera, None if keys is None else tuple(map(str, keys)))


@dataclass(frozen=True, slots=True)
class VaultKeyLine:
    """One key: the first letters of its id, and a sentence about it."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class VaultKeysView:
    """What the page says.

    Attributes:
        keys: the one that counts, then the newest.
        cameras: sentences about cameras, where there is more than one key; empty where there is one.
        recordings: sentences about recordings that are to be opened by the newest key.
    """

    keys: tuple[VaultKeyLine, ...]
    cameras: tuple[str, ...]
    recordings: tuple[str, ...] = ()


def vault_keys_view(
    keys: Sequence[VaultKeyInfo],
    cameras: Iterable[CameraSeals],
    now: datetime,
    *,
    standing: KeyStanding | None = None,
    troubles: Sequence[tuple[str, str]] = (),
) -> VaultKeysView:
    """Say it.

    Args:
        keys: of the vault; the one that counts first.
        cameras: those that are in service.
        now: the time of the page.
        standing: how the recordings stand to the keys, by the last look.
        troubles: recordings that could not be rewrapped when that was last tried, and why.
    """
    if len(keys) == 1:
        return VaultKeysView((VaultKeyLine(keys[0].key_id[:16], _sentence(keys[0], now)),), ())
    lines = [
        VaultKeyLine(each.key_id[:16], f"{_sentence(each, now)}{_opens(each, standing)}") for each in keys
    ]
    return VaultKeysView(tuple(lines), _cameras(keys, list(cameras)), _recordings(standing, troubles))


def _opens(key: VaultKeyInfo, standing: KeyStanding | None) -> str:
    if standing is None:
        return ""
    return f" It opens {count(standing.opens.get(key.key_id, 0), 'recording')} of those that were looked at."


def _recordings(standing: KeyStanding | None, troubles: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    left = 0 if standing is None else standing.unknown
    more = f"{count(left, 'recording')} came or grew since the last look, or had none yet."
    return ((more,) if left else ()) + tuple(
        f"Recording {name} stays under an earlier key for now: {why}" for name, why in troubles
    )


def _sentence(key: VaultKeyInfo, now: datetime) -> str:
    if key.counts:
        made = "" if key.made is None else f" It was made {moment(key.made, now).text}."
        return f"Cameras are told to seal to it.{made}"
    other = "" if key.replaced is None else f"; another was made {moment(key.replaced, now).text}"
    return f"Cameras were told to seal to it{other}. It is kept: it opens what was sealed to it."


def _cameras(keys: Sequence[VaultKeyInfo], cameras: list[CameraSeals]) -> tuple[str, ...]:
    current, earlier = keys[0].key_id, {each.key_id for each in keys[1:]}
    if not cameras:
        return ("There is no camera in service.",)
    silent = [each.camera for each in cameras if not each.keys]
    behind = [each.camera for each in cameras if earlier.intersection(each.keys or ())]
    strange = [each.camera for each in cameras if set(each.keys or ()) - earlier - {current}]
    if not (silent or behind or strange):
        return ("Every camera in service last said that it seals to the newest key alone.",)
    said = (
        (behind, "Sealed to an earlier key, as last said: {}. A camera asks for the new one as it connects."),
        (strange, "Sealed to a key that is not in this vault, as last said: {}. Enrol each of them anew."),
        (silent, "What they seal to is not known, for they have not said it: {}."),
    )
    return tuple(sentence.format(", ".join(those)) for those, sentence in said if those)
