"""A command line whose refusals repeat no address with what could open it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from protocol.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer import Context


class SafeGroup(TyperGroup):
    """The group of a program's commands; a refusal quotes what was typed without its secrets."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Typer's own click is private
        """Read the arguments."""
        with _quoting_safely():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - as above
        """Run the command that was asked for."""
        with _quoting_safely():
            return super().invoke(ctx)


@contextmanager
def _quoting_safely() -> Iterator[None]:
    """A refusal is said in an exception's ``message``; the classes of such exceptions have no public name."""
    try:
        yield
    except Exception as error:
        said = getattr(error, "message", None)
        if isinstance(said, str):
            setattr(error, "message", without_secrets(said))  # noqa: B010 - of no class that could be named
        raise
