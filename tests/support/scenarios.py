"""Small scenarios of one or more cameras with a synthetic scene, as text: a test names the steps it needs.

scenario("short", "wait_ring_full", "press", wait(1.5), "stop", "wait_held", recordings_each=1)
"""

from __future__ import annotations

import json
from typing import Any


def step(do: str, **keys: Any) -> str:  # noqa: ANN401 - whatever a step takes
    """One step as a table of TOML."""
    return _table("[[steps]]", {"do": do} | keys)


def wait(seconds: float) -> str:
    """Let time pass."""
    return step("wait", seconds=seconds)


def network(state: str, *cameras: str, **keys: Any) -> str:  # noqa: ANN401 - whatever the step takes
    """Change the network of cameras, or of all."""
    return step("network", state=state, **_of(cameras), **keys)


def on(do: str, *cameras: str) -> str:
    """A step with cameras of those names alone."""
    return step(do, **_of(cameras))


def scenario(
    name: str,
    *steps: str,
    title: str = "",
    window_s: int = 5,
    count: int = 1,
    time: str | None = None,
    seed: int | None = None,
    cameras: dict[str, Any] | None = None,
    fleet: dict[str, Any] | None = None,
    **promises: Any,  # noqa: ANN401 - whatever ``[promises]`` takes
) -> str:
    """A whole scenario.

    Args:
        name: What it is called.
        steps: Each a step's word, or what ``step`` made.
        title: What it shows.
        window_s: How much pre-record a camera keeps, in seconds.
        count: How many cameras.
        time: Whether time is real or virtual; None to say nothing of it.
        seed: What is drawn; None to say nothing of it.
        cameras: All that ``[cameras]`` says; None for small pictures of a synthetic scene.
        fleet: All that ``[fleet]`` says; None to say nothing of it.
        promises: What must hold at the end.
    """
    if cameras is None:
        cameras = {"count": count, "source": "synthetic", "width": 320, "height": 180, "window_s": window_s}
    head = f"name = {json.dumps(name)}\ntitle = {json.dumps(title or name)}\n"
    parts = [
        head if seed is None else f"{head}seed = {seed}\n",
        *([] if time is None else [_table("[run]", {"time": time})]),
        _table("[cameras]", cameras),
        *([] if fleet is None else [_table("[fleet]", fleet)]),
        *(each if each.startswith("[[") else step(each) for each in steps),
        _table("[promises]", promises),
    ]
    return "\n".join(parts)


def _of(cameras: tuple[str, ...]) -> dict[str, list[str]]:
    return {"cameras": list(cameras)} if cameras else {}


def _table(head: str, keys: dict[str, Any]) -> str:
    # A JSON text of a string, number, boolean or list of them is one of TOML too.
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in keys.items())]) + "\n"
