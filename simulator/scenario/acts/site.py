"""Carries out what happens to the fleet that the simulator started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.scenario.acts.table import act_alone
from simulator.scenario.steps.site import StartBroker, StartFleet, StopBroker, StopFleet

if TYPE_CHECKING:
    from simulator.scenario.context import ScenarioContext


@act_alone.register(StopFleet)
def _(step: StopFleet, context: ScenarioContext) -> None:
    service = context.own_fleet()
    if step.how == "kill":
        service.kill()
        context.recorder.happened("fleet", "the fleet and its broker were killed")
    else:
        service.stop()
        context.recorder.happened("fleet", "the fleet was stopped")


@act_alone.register(StartFleet)
def _(step: StartFleet, context: ScenarioContext) -> None:
    del step
    context.own_fleet().start(cancelled=context.stopping.is_set)
    context.recorder.over("fleet")


@act_alone.register(StopBroker)
def _(step: StopBroker, context: ScenarioContext) -> None:
    broker = context.own_fleet().broker()
    if step.how == "kill":
        broker.kill()
        context.recorder.happened("broker", "the broker was killed")
    else:
        broker.hang()
        context.recorder.happened("broker", "the broker hung")


@act_alone.register(StartBroker)
def _(step: StartBroker, context: ScenarioContext) -> None:
    del step
    context.own_fleet().broker().go_on()
    context.recorder.over("broker")
