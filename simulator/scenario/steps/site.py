"""What happens to the fleet that the simulator started. Pure."""

from __future__ import annotations

from typing import Literal

from simulator.scenario.steps.base import ScenarioStep


class StopFleet(ScenarioStep):
    """Stop the fleet that the simulator started, with its broker: cleanly, or by kill -9."""

    do: Literal["stop_fleet"]
    how: Literal["clean", "kill"] = "clean"


class StartFleet(ScenarioStep):
    """Start that fleet again, on what it kept."""

    do: Literal["start_fleet"]


class StopBroker(ScenarioStep):
    """Stop the broker alone: it hangs (SIGSTOP) until started, or is killed and comes back by itself."""

    do: Literal["stop_broker"]
    how: Literal["hang", "kill"] = "hang"


class StartBroker(ScenarioStep):
    """Have a broker that hangs go on (SIGCONT)."""

    do: Literal["start_broker"]
