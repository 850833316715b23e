"""``lapel-simulator``: virtual cameras, in a scenario or on a bench.

Exit status: 0 when every promise held, 1 when one was broken or could not be judged, 2 when what was asked
for cannot be used, 3 when the simulator or what it runs on failed, 130 and 143 when it was interrupted. A
user's error is one sentence on standard error, never a traceback.
"""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from device.process.logs import log_safely
from device.process.usage import SafeGroup
from simulator import author_commands
from simulator.author_commands import SetOption
from simulator.conform.cli import conform
from simulator.errors import ScenarioError
from simulator.fleet.options import AuthorityOption, FleetOption, ReuseOption, TokenOption, other_fleet
from simulator.interrupt import end_when_settled
from simulator.keeping import alone_in, kept_in
from simulator.load.cli import load
from simulator.opening.cli import make_key, open_footage
from simulator.replay.cli import replay
from simulator.report.options import HtmlOption, JsonOption, JunitOption, RedactOption
from simulator.scenario.load import load_with_text
from simulator.sentences import have_nothing_to_say, sentences
from simulator.storm.cli import storm
from simulator.trial.plan import FPS, LONGEST_S, SHORTEST_S

if TYPE_CHECKING:
    from simulator.fleet.site import OtherFleet

LOOK_S = 1.0

app = typer.Typer(
    cls=SafeGroup,
    name="lapel-simulator",
    help="Virtual cameras that run the real device code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

SeedOption = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**32 - 1, help="Decides where in its scene each camera begins.", show_default=False
    ),
]
RunSeedOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=2**32 - 1,
        help="Decides where in its scene each camera begins, and all that is drawn.",
        show_default="the scenario's own",
    ),
]

KeepOption = Annotated[
    Path | None,
    typer.Option(
        help="Keep everything in this new folder: sealed copies, exports, logs. Else it goes.",
        show_default=False,
    ),
]
SshOption = Annotated[
    Path | None,
    typer.Option(help="A configuration of ssh, for cameras that have a driver.", show_default="your own"),
]
CamerasOption = Annotated[int, typer.Option(min=1, max=100, help="How many virtual cameras.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="The bench's port, if it is free.")]


@app.command()
def run(
    scenario: Annotated[
        str, typer.Argument(help="A TOML file, or a name that 'lapel-simulator scenarios' lists.")
    ],
    *,
    json_file: JsonOption = None,
    keep: KeepOption = None,
    fleet: FleetOption = None,
    token_env: TokenOption = None,
    authority: AuthorityOption = None,
    seed: RunSeedOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
    reuse: ReuseOption = None,
    ssh_config: SshOption = None,
    redacted: RedactOption = False,
    settings: SetOption = None,
) -> None:
    """Run a scenario, check every promise, and say what held.

    Exit status:
    0 what was asked for was judged, and held;
    1 a promise was broken, or one that was asked for could not be judged;
    2 the scenario or an option cannot be used;
    3 the simulator, or what it runs on, failed;
    130 interrupted.
    """
    # Imported here: these load the codecs, and help and errors need to be quick.
    from simulator.report.files import ReportFiles  # noqa: PLC0415 - see above
    from simulator.report.tell import refuse  # noqa: PLC0415 - see above
    from simulator.scenario.language.unfit import refuse_unfit, refuse_without_fleet  # noqa: PLC0415 - see above
    from simulator.scenario.perform import draft_of, perform  # noqa: PLC0415 - see above

    files = ReportFiles(json_file, junit, html, redacted)
    with sentences(), ExitStack() as stack:
        try:
            loaded = load_with_text(scenario, author_commands.given(settings))
            other = other_fleet(fleet, token_env, authority, reuse)
            if other is None:
                refuse_without_fleet(loaded.scenario)
            else:
                refuse_unfit(loaded.scenario)
                if reuse is not None:
                    stack.enter_context(alone_in(reuse))
            folder = stack.enter_context(kept_in(keep))
        except ScenarioError as error:
            refuse(scenario, error, files)
            raise
        secrets = () if other is None else (other.token, other.url)
        files = replace(files, folders=(str(folder),), secrets=secrets)
        draft = draft_of(loaded, seed, other, kept=keep is not None)
        complain = partial(typer.echo, err=True)
        status = perform(
            loaded, draft, folder, other, files, say=typer.echo, complain=complain, ssh_config=ssh_config
        )
    raise typer.Exit(status)


@app.command("try")
def try_source(
    source: Annotated[
        str,
        typer.Argument(help="A file, a camera's number, an address, or - to read one from standard input."),
    ],
    seconds: Annotated[int, typer.Option(min=SHORTEST_S, max=LONGEST_S, help="How long to film.")] = 10,
    json_file: JsonOption = None,
    keep: KeepOption = None,
    sound: Annotated[
        str | None,
        typer.Option(help="Another file, address or microphone, or none.", show_default="the source's own"),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="WIDTHxHEIGHT of the picture.", show_default="the source's own")
    ] = None,
    fps: Annotated[int, typer.Option(min=1, max=60, help="Pictures a second at most.")] = FPS,
    *,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Burn time and camera into the picture.")
    ] = False,
) -> None:
    """Film any file, device or address with the real camera, and say what becomes of it."""
    from simulator.trial.command import TrialCommand  # noqa: PLC0415 - loads the codecs

    with sentences():
        command = TrialCommand(source, seconds, sound, size, fps, overlay, json_file, keep)
        status = command.run(typer.echo)
    raise typer.Exit(status)


@app.command()
def bench(
    state: Annotated[Path, typer.Option(help="State folder, used again next time.")] = Path("var/bench"),
    cameras: CamerasOption = 15,
    port: PortOption = 8500,
    fleet: FleetOption = None,
    token_env: TokenOption = None,
    authority: AuthorityOption = None,
    seed: SeedOption = None,
) -> None:
    """Put up a wall of virtual cameras with a page to handle them, until Ctrl-C."""
    with sentences():
        _run_demo_stack(state, cameras, port, other_fleet(fleet, token_env, authority), seed)


@app.command()
def demo(
    state: Annotated[Path, typer.Option(help="State folder, used again next time.")] = Path("var/demo"),
    cameras: CamerasOption = 15,
    port: PortOption = 8500,
    seed: SeedOption = None,
) -> None:
    """Put up a fleet and a bench of virtual cameras, and say what to try first."""
    with sentences():
        _run_demo_stack(state, cameras, port, None, seed)


for command in (author_commands.scenarios, author_commands.check, author_commands.schema):
    app.command()(command)


app.command("open")(open_footage)
app.command("conform")(conform)
app.command("storm")(storm)
app.command("replay")(replay)
app.command("load")(load)
app.command("key")(make_key)


def main() -> None:
    """Run the command line."""
    log_safely(logging.WARNING, "%(message)s")
    end_when_settled()
    try:
        app()
    finally:
        have_nothing_to_say()


def _run_demo_stack(state: Path, cameras: int, port: int, fleet: OtherFleet | None, seed: int | None) -> None:
    # Imported here: these load the codecs, and help and errors need to be quick.
    from simulator.demo import welcome  # noqa: PLC0415 - see above
    from simulator.demo_stack import DemoPlan, open_demo_stack  # noqa: PLC0415 - see above
    from simulator.interrupt import interruptible  # noqa: PLC0415 - see above
    from simulator.progress import TerminalProgress  # noqa: PLC0415 - see above
    from simulator.sources.choose import SourceKind  # noqa: PLC0415 - see above

    plan = DemoPlan(state.resolve(), cameras, fleet, port, seed or 1, SourceKind.AUTO, os.environ)
    with interruptible() as stopping, ExitStack() as stack:
        with TerminalProgress() as progress:
            up = stack.enter_context(open_demo_stack(plan, progress, stopping))
        for line in welcome(up, cameras):
            typer.echo(line)
        while not stopping.wait(LOOK_S):
            pass  # a signal that another thread got is handled when this one wakes
        typer.echo("\n  Stopping.")


if __name__ == "__main__":
    main()
