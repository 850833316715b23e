"""How far a search for faces has come, as a document: kept, so that a search goes on after a restart. Pure.

{"version": 1, "parts": 12, "faces": [[[[at_ns, left, top, right, bottom], ...], sighted_ns, 7, 1], ...]}
"""

from __future__ import annotations

import json
from itertools import pairwise

from fleet.redaction.rules.followed import FollowedFace, ProposalSearch
from fleet.redaction.rules.json_reading import (
    Json,
    key_row,
    take_document,
    take_integer,
    take_key,
    take_list,
    take_members,
    take_row,
)
from fleet.redaction.rules.refusal import RedactionRefusalError

VERSION = 1


def write_search(search: ProposalSearch) -> bytes:
    """Return a search as a document."""
    faces: list[Json] = [
        [[key_row(key) for key in face.keys], face.sighted_ns, face.sightings, int(face.is_live)]
        for face in search.faces
    ]
    value: Json = {"version": VERSION, "parts": search.parts, "faces": faces}
    return json.dumps(value, separators=(",", ":")).encode()


def read_search(data: bytes) -> ProposalSearch:
    """Read a document.

    Raises:
        RedactionRefusalError: it is none.
    """
    found = take_document(data, VERSION)
    _, parts, faces = take_members(found, "version", "parts", "faces")
    return ProposalSearch(take_integer(parts), take_list(faces, _take_face))


def _take_face(value: Json) -> FollowedFace:
    keys, sighted, sightings, live = take_row(value, 4)
    rows = take_list(keys, take_key)
    if not rows or any(later.at_ns <= key.at_ns for key, later in pairwise(rows)):
        raise RedactionRefusalError(
            "The draft has a face whose key frames are not in the order of their times."
        )
    return FollowedFace(rows, take_integer(sighted), take_integer(sightings), take_integer(live) == 1)
