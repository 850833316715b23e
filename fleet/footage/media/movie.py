"""A recording as one MP4 file, written without decoding and without a temporary file (ISO/IEC 14496-12).

The parts are read twice: once for the tables, which come first in the file so that a player can start at
once, and once for the samples. So a movie of any length is sent as it is made, its length is known
beforehand, no plaintext rests anywhere, and the same recording gives the same bytes every time.

    plan = MovieBuilder()
    for track, part in parts: plan.add(track, part)
    header = plan.header(...)
    yield header, then the payload of each part in the same order

Rules:
- both tracks keep the camera's clock: one that begins later is preceded by an empty edit (§8.6.6);
- the movie begins with the first thing that was shown or heard.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import make, make_full
from fleet.footage.media.fragment import Part
from fleet.footage.media.tables import TrackTable

MOVIE_TIMESCALE = 90_000
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)  # §8.2.2.3
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_ENABLED_IN_MOVIE = 0x3
_UNDETERMINED = 0x55C4  # the language "und", packed in three times five bits
_FTYP = make("ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")
_LARGE_HEADER = 16
_HANDLERS = {"vide": ("vmhd", 1, bytes(8)), "soun": ("smhd", 0, bytes(4))}


@dataclass(frozen=True, slots=True)
class Description:
    """What the file says of itself.

    Attributes:
        title: for a player's title bar.
        comment: where it comes from.
        created: when the footage begins, UTC; None where nobody knows, which is 0 in the file.
    """

    title: str
    comment: str
    created: datetime | None


class MovieBuilder:
    """Gathers parts in the order in which their samples will lie in the file."""

    def __init__(self) -> None:
        self._tables: dict[str, TrackTable] = {}
        self._layout: list[tuple[str, int]] = []

    def add(self, part: Part) -> None:
        """Append a part to the track of its kind.

        Raises:
            MediaError: it does not go on from the parts before it.
        """
        kind = part.initialisation.handler
        if kind not in _HANDLERS:
            raise MediaError(f"A part holds {kind!r}, which is neither picture nor sound.")
        table = self._tables.setdefault(kind, TrackTable.beginning_with(part))
        table.add(part)
        self._layout.append((kind, len(part.payload)))

    def header(self, description: Description) -> bytes:
        """Return everything before the first sample: ``ftyp``, ``moov``, and the head of ``mdat``.

        Raises:
            MediaError: there are no parts, or a gap is too long for a file.
        """
        if not self._layout:
            raise MediaError("There is nothing to write.")
        length = len(self._movie(description, self._offsets(0)))  # offsets have a fixed width
        movie = self._movie(description, self._offsets(len(_FTYP) + length + _LARGE_HEADER))
        return _FTYP + movie + struct.pack(">I4sQ", 1, b"mdat", self.payload + _LARGE_HEADER)

    @property
    def payload(self) -> int:
        """Bytes of all samples."""
        return sum(size for _, size in self._layout)

    def _offsets(self, first: int) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {kind: [] for kind in self._tables}
        for kind, size in self._layout:
            places[kind].append(first)
            first += size
        return places

    def _movie(self, description: Description, offsets: Mapping[str, list[int]]) -> bytes:
        created = 0 if description.created is None else int((description.created - _EPOCH).total_seconds())
        delays = self._delays()
        tracks = [
            _Track(number, table, delays[kind], created)
            for number, (kind, table) in enumerate(self._tables.items(), start=1)
        ]
        length = max(track.end for track in tracks)
        return make(
            "moov",
            _movie_header(created, length, len(tracks) + 1),
            *(track.box(offsets[track.kind]) for track in tracks),
            _metadata(description),
        )

    def _delays(self) -> dict[str, Fraction]:
        """Return how much later than the movie each track begins to be shown, in seconds."""
        begins = {
            kind: Fraction(table.start + table.first_shown, table.timescale)
            for kind, table in self._tables.items()
        }
        first = min(begins.values())
        return {kind: begin - first for kind, begin in begins.items()}


@dataclass(frozen=True, slots=True)
class _Track:
    """One ``trak`` box to be."""

    number: int
    table: TrackTable
    delay: Fraction
    created: int

    @property
    def kind(self) -> str:
        return self.table.initialisation.handler

    @property
    def shown(self) -> int:
        """How long it is shown, in ticks of the movie."""
        length = self.table.duration - self.table.first_shown
        return round(Fraction(length, self.table.timescale) * MOVIE_TIMESCALE)

    @property
    def empty(self) -> int:
        """How long nothing is shown first, in ticks of the movie."""
        return round(self.delay * MOVIE_TIMESCALE)

    @property
    def end(self) -> int:
        return self.empty + self.shown

    def box(self, offsets: list[int]) -> bytes:
        return make("trak", self._header(), self._edits(), self._media(offsets))

    def _header(self) -> bytes:
        head = self.table.initialisation
        volume = 0x100 if head.handler == "soun" else 0
        times = struct.pack(">QQIIQ", self.created, self.created, self.number, 0, self.end)
        layout = struct.pack(">QHHHH", 0, 0, 0, volume, 0)
        size = struct.pack(">II", head.width, head.height)
        return make_full("tkhd", 1, _ENABLED_IN_MOVIE, times, layout, _MATRIX, size)

    def _edits(self) -> bytes:
        edits = [(self.shown, self.table.first_shown)]
        if self.empty:
            edits.insert(0, (self.empty, -1))
        rows = b"".join(struct.pack(">QqI", length, start, 0x10000) for length, start in edits)
        return make("edts", make_full("elst", 1, 0, struct.pack(">I", len(edits)), rows))

    def _media(self, offsets: list[int]) -> bytes:
        head, language = self.table.initialisation, struct.pack(">HH", _UNDETERMINED, 0)
        times = struct.pack(">QQIQ", self.created, self.created, head.timescale, self.table.duration)
        name = b"Lapel picture\0" if head.handler == "vide" else b"Lapel sound\0"
        handler = struct.pack(">I4s12x", 0, head.handler.encode("latin-1")) + name
        kind, flags, body = _HANDLERS[head.handler]
        here = make("dinf", make_full("dref", 0, 0, struct.pack(">I", 1), make_full("url ", 0, 1)))
        return make(
            "mdia",
            make_full("mdhd", 1, 0, times, language),
            make_full("hdlr", 0, 0, handler),
            make("minf", make_full(kind, 0, flags, body), here, self.table.sample_table(offsets)),
        )


def _movie_header(created: int, length: int, next_track: int) -> bytes:
    times = struct.pack(">QQIQ", created, created, MOVIE_TIMESCALE, length)
    rate = struct.pack(">IHHQ", 0x10000, 0x100, 0, 0)
    return make_full("mvhd", 1, 0, times, rate, _MATRIX, bytes(24), struct.pack(">I", next_track))


def _metadata(description: Description) -> bytes:
    """Return title and comment as players read them (``ilst``, from Apple's QuickTime file format)."""
    entries = {"\xa9nam": description.title, "\xa9cmt": description.comment, "\xa9too": "Lapel"}
    texts = [
        make(kind, make("data", struct.pack(">II", 1, 0), text.encode())) for kind, text in entries.items()
    ]
    handler = make_full("hdlr", 0, 0, struct.pack(">I4s4s9x", 0, b"mdir", b"appl"))
    return make("udta", make_full("meta", 0, 0, handler, make("ilst", *texts)))
