"""Pictures made of two fields, taken at different times, to whole ones: FFmpeg's bwdif.

Rules:

- A source is looked at picture by picture: the filter is put in with the first interlaced one, and leaves
  those alone that say they are progressive (``device.sources.demux.fields``).
- A picture that is one field alone is whole already, of pixels twice as high.
- One picture in is one picture out, with its own time; the filter needs to see the next one first.
- A picture that the filter cannot take is an error, never passed on.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import av
from av.filter import Graph

from device.sources.base import SourceError
from device.sources.demux.fields import Fields
from device.sources.demux.picture import pixel_aspect
from device.sources.demux.reading.troubles import why
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from av.video.frame import VideoFrame as Picture

    from device.sources.demux.decoding import Decoded

_TICK: Final = Fraction(1, 1_000_000)
_TICK_NS: Final = NS_PER_S // 1_000_000


class _Shape(NamedTuple):
    """What a filter was made for."""

    width: int
    height: int
    layout: str
    fields: Fields


class Deinterlacer:
    """Makes whole pictures of one source's pictures.

    Args:
        source: For sentences.
    """

    def __init__(self, source: str) -> None:
        self._name = source
        self._graph: Graph | None = None
        self._shape: _Shape | None = None
        self._waiting: Decoded | None = None

    def push(self, decoded: Decoded) -> list[Decoded]:
        """Take a picture, in the order of their times, and give out what is whole.

        Raises:
            SourceError: The filter does not take it.
        """
        picture = cast("Picture", decoded.frame)
        if decoded.alone:
            return [*self.flush(), replace(decoded, aspect=pixel_aspect(decoded.aspect) / 2)]
        shape = _Shape(picture.width, picture.height, picture.format.name, decoded.fields)
        before: list[Decoded] = []
        if self._graph is not None and shape != self._shape:
            before = self.flush()
        if self._graph is None and not picture.interlaced_frame and decoded.fields is Fields.AS_STATED:
            return [*before, decoded]
        try:
            if self._graph is None:
                self._graph, self._shape = _graph(picture, decoded.fields), shape
            return [*before, *self._through(self._graph, decoded)]
        except (av.FFmpegError, ValueError) as error:
            raise SourceError(
                f"{self._name} is interlaced and cannot be made whole ({why(error)}): "
                "set the camera to progressive pictures."
            ) from error

    def flush(self) -> list[Decoded]:
        """What the filter still holds; it begins anew after that."""
        graph, self._graph = self._graph, None
        if graph is None:
            return []
        graph.push(None)
        return self._pulled(graph)

    def _through(self, graph: Graph, decoded: Decoded) -> list[Decoded]:
        self._waiting = decoded
        picture = cast("Picture", decoded.frame)
        picture.pts, picture.time_base = decoded.begin_ns // _TICK_NS, _TICK
        graph.push(picture)
        return self._pulled(graph)

    def _pulled(self, graph: Graph) -> list[Decoded]:
        whole = []
        while self._waiting is not None:
            try:
                picture = cast("Any", graph.pull())
            except (av.BlockingIOError, av.EOFError):
                break
            begin = round(picture.pts * picture.time_base * NS_PER_S)
            whole.append(replace(self._waiting, frame=picture, begin_ns=begin))
        return whole


def _graph(picture: Picture, fields: Fields) -> Graph:
    graph = Graph()
    graph.threads = 1
    source = graph.add(
        "buffer",
        video_size=f"{picture.width}x{picture.height}",
        pix_fmt=picture.format.name,
        time_base=f"{_TICK.numerator}/{_TICK.denominator}",
        colorspace=str(int(picture.colorspace)),
        range=str(int(picture.color_range)),
    )
    which = "interlaced" if fields is Fields.AS_STATED else "all"
    whole = graph.add("bwdif", mode="send_frame", parity=fields.value, deint=which)
    graph.link_nodes(source, whole, graph.add("buffersink")).configure()
    return graph
