"""What ``make demo`` says once all is up. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.demo_stack import DemoStack


def welcome(stack: DemoStack, cameras: int) -> Iterator[str]:
    """Yield the lines that a person reads first: where everything is, and what to try."""
    yield ""
    yield f"  Dashboard  {stack.dashboard_url}"
    yield f"  Bench      {stack.bench_url}   ({cameras} virtual cameras)"
    if stack.setup_url is not None:
        yield f"  Set-up     {stack.setup_url}   (works once)"
    yield ""
    yield from (f"  {remark}" for remark in stack.remarks)
    if not stack.real_footage:
        yield "  The cameras see a made scene; set LAPEL_MEDIA to a folder with real footage to see that."
    yield "  Try this first:"
    yield from (f"  {number}. {line}" for number, line in enumerate(_first_steps(stack), 1))
    yield ""
    yield "  Ctrl-C stops everything."


def _first_steps(stack: DemoStack) -> tuple[str, ...]:
    enter = (
        "Open the set-up link and choose a name and a password."
        if stack.setup_url is not None
        else "Open the dashboard and sign in as you did before."
    )
    return (
        enter,
        "Your browser does not know the fleet's own authority: accept its certificate for this address.",
        "Open the bench and press the red button on a camera.",
        "Watch the dashboard: the recording is there in a moment, with what was kept from before the press.",
        "Hold Stop for three seconds, then play the recording in the dashboard.",
    )
