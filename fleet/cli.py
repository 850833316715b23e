"""The command ``lapel-fleet``. A user's error is one sentence on standard error and a non-zero status."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from fleet.cameras.service import create_code, take_out_of_service
from fleet.commands.audit import app as audit_app
from fleet.commands.authority import app as authority_app
from fleet.commands.backup import backup, restore_backup
from fleet.commands.database import app as database_app
from fleet.commands.move import move
from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.recovery import app as recovery_app
from fleet.commands.sentences import sentences
from fleet.commands.vault import app as vault_app
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, load_config
from fleet.people.accounts.links import new_password_link
from fleet.people.accounts.second import reset_factors
from fleet.people.accounts.users import list_users
from fleet.people.break_glass.lookup import list_given
from fleet.people.break_glass.service import end, end_all, give
from fleet.people.factors.rules import HowSure
from fleet.people.limits.break_glass import MOST_HOURS
from fleet.people.officers import add_officer, list_officers
from fleet.people.sign_in import create_setup_link
from fleet.people.tokens import create_token
from fleet.retention.deletion.command import preview_lines
from fleet.server.logs import log_to_standard_error
from protocol.process.hardening import harden

app = typer.Typer(
    name="lapel-fleet",
    help="The fleet service of Lapel.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show the values of variables
)
token_app = typer.Typer(help="Tokens for programs.", no_args_is_help=True)
camera_app = typer.Typer(help="Cameras.", no_args_is_help=True)
user_app = typer.Typer(help="People who can sign in.", no_args_is_help=True)
glass_app = typer.Typer(
    help="Administrator rights for some hours, when nobody can sign in.", no_args_is_help=True
)
officer_app = typer.Typer(help="Officers who wear cameras.", no_args_is_help=True)
deletion_app = typer.Typer(help="What is deleted once its time is over.", no_args_is_help=True)
vault_app.add_typer(recovery_app)
app.add_typer(token_app, name="token")
app.add_typer(camera_app, name="camera")
app.add_typer(user_app, name="user")
app.add_typer(glass_app, name="break-glass")
app.add_typer(officer_app, name="officer")
app.add_typer(deletion_app, name="deletion")
app.add_typer(database_app, name="db")
app.add_typer(audit_app, name="audit")
app.command("move")(move)
app.add_typer(vault_app, name="vault")
app.add_typer(authority_app, name="authority")

_LONGEST_REASON = 500

PortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port; 0 for any free one.", show_default=False)
]


@app.command()
def serve(
    state: StateOption,
    config: ConfigOption = None,
    dashboard_port: PortOption = None,
    cameras_port: PortOption = None,
    mqtt_port: PortOption = None,
    *,
    any_port: Annotated[
        bool, typer.Option("--any-port", help="Take another port when one is not free.")
    ] = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write the addresses here as JSON once all is up.", show_default=False)
    ] = None,
) -> None:
    """Run the service until Ctrl-C."""
    # Imported here: no other command needs the pages and the listeners, a fifth of its time.
    from fleet.server.serve import ServeOptions  # noqa: PLC0415 - see above
    from fleet.server.serve import serve as run_service  # noqa: PLC0415 - see above

    with sentences():
        chosen = _with_ports(
            load_config(config, state),
            dashboard_port=dashboard_port,
            cameras_port=cameras_port,
            mqtt_port=mqtt_port,
        )
        log_to_standard_error(chosen.server.log_level)
        for warning in harden():
            typer.echo(f"Warning: {warning}", err=True)
        run_service(ServeOptions(chosen, state, any_port, ready_file, typer.echo, sys.stdout.isatty()))


app.command("backup")(backup)
app.command("restore")(restore_backup)


@app.command("check-config")
def check_config(state: StateOption, config: ConfigOption = None) -> None:
    """Say whether each key of the configuration is one, with a value that it may have."""
    with sentences():
        load_config(config, state)
        typer.echo("Each key of the configuration is one, with a value that it may have.")


@app.command("setup-link")
def setup_link(state: StateOption, config: ConfigOption = None) -> None:
    """Print a new one-time link that sets up the first user."""
    with opened(state, config) as services, services.sessions.begin() as session:
        typer.echo(create_setup_link(session, services, by=OPERATOR))


@app.command("enrolment-code")
def enrolment_code(
    state: StateOption,
    config: ConfigOption = None,
    minutes: Annotated[
        int | None, typer.Option(min=1, max=10_080, help="How long it is good for.", show_default=False)
    ] = None,
) -> None:
    """Print a one-time code that enrols one camera."""
    with opened(state, config) as services, services.sessions.begin() as session:
        code, _expires = create_code(session, services.cameras, by=OPERATOR, minutes=minutes)
        typer.echo(code)


@camera_app.command("revoke")
def camera_revoke(
    state: StateOption,
    camera: Annotated[str, typer.Argument(help="Which, such as cam-01.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why; the audit log has it.")],
    config: ConfigOption = None,
) -> None:
    """Take a camera out of service: from now on it is refused, and nobody wears it."""
    if not 1 <= len(reason.strip()) <= _LONGEST_REASON:
        raise typer.BadParameter(f"A reason has 1 to {_LONGEST_REASON} characters.", param_hint="--reason")
    with opened(state, config) as services, services.sessions.begin() as session:
        wearers = services.cameras.wearers
        take_out_of_service(session, wearers, camera=camera, by=OPERATOR, purpose=reason)
        typer.echo(f"{camera} is out of service.")


@token_app.command("create")
def token_create(
    state: StateOption,
    name: Annotated[str, typer.Option(help="What the token is called in the audit log.")],
    config: ConfigOption = None,
    role: Annotated[list[Role] | None, typer.Option(help="Role; may be given several times.")] = None,
) -> None:
    """Print a new token; it is shown this once. Without --role it may administer and play."""
    with opened(state, config) as services, services.sessions.begin() as session:
        roles = frozenset(role or (Role.ADMINISTRATOR, Role.CCTV_MANAGER))
        typer.echo(create_token(session, services, name=name, roles=roles, by=OPERATOR))


@user_app.command("list")
def user_list(state: StateOption, config: ConfigOption = None) -> None:
    """Print id, name and roles of everybody who has an account."""
    with opened(state, config) as services, services.readers() as session:
        for user in list_users(session):
            out = "  (cannot sign in)" if user.is_out else ""
            typer.echo(f"{user.id}  {user.name}: {', '.join(sorted(user.roles))}{out}")


@user_app.command("password-link")
def user_password_link(
    state: StateOption,
    user: Annotated[str, typer.Option(help="Id of the user; see: lapel-fleet user list.")],
    config: ConfigOption = None,
) -> None:
    """Print a one-time link by which a user chooses a new password: for when nobody can sign in any more."""
    with opened(state, config) as services, services.sessions.begin() as session:
        typer.echo(new_password_link(session, services, user=user, by=OPERATOR))


@user_app.command("second-reset")
def user_second_reset(
    state: StateOption,
    user: Annotated[str, typer.Option(help="Id of the user; see: lapel-fleet user list.")],
    sure: Annotated[HowSure, typer.Option(help="How you made sure that it is they who ask.")],
    config: ConfigOption = None,
) -> None:
    """Take away the second factor of a user who has lost it: for when nobody can sign in any more."""
    with opened(state, config) as services, services.sessions.begin() as session:
        had = reset_factors(session, services, user=user, sure=sure, by=OPERATOR)
        typer.echo("It is taken away." if had.any else "They had none.")


@glass_app.command("give")
def break_glass_give(
    state: StateOption,
    name: Annotated[str, typer.Option(help="Name of the user.")],
    reason: Annotated[str, typer.Option(help="Why; everybody who is signed in is told.")],
    config: ConfigOption = None,
    hours: Annotated[int, typer.Option(min=1, max=MOST_HOURS, help="For how long.")] = 1,
    *,
    new: Annotated[bool, typer.Option("--new", help="Make a user of that name.")] = False,
) -> None:
    """Print a link that lets somebody in once, with administrator rights that end by themselves."""
    with opened(state, config) as services:
        with services.sessions.begin() as session:
            given = give(session, services, name=name, new=new, reason=reason, hours=hours, by=OPERATOR)
        typer.echo(given.url)
        until, ends = f"{given.link_until:%H:%M}", f"{given.ends:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"Good once until {until} UTC; {given.name}'s rights end {ends}.", err=True)


@glass_app.command("list")
def break_glass_list(state: StateOption, config: ConfigOption = None) -> None:
    """Print the latest, the newest first."""
    with opened(state, config) as services, services.readers() as session:
        for each in list_given(session):
            lasts = "lasts" if each.span.lasts(services.clock()) else "over"
            times = f"{each.begun:%Y-%m-%d %H:%M} to {each.span.over:%Y-%m-%d %H:%M} UTC"
            typer.echo(f"{each.id}  {lasts}  {each.user.name}, {times}: {each.reason}")


@glass_app.command("end")
def break_glass_end(
    state: StateOption,
    config: ConfigOption = None,
    which: Annotated[
        str | None, typer.Option("--id", help="Which; all that last when left out.", show_default=False)
    ] = None,
) -> None:
    """End it, and sign out whom it let in."""
    with opened(state, config) as services, services.sessions.begin() as session:
        if which is not None:
            end(session, which=which, by=OPERATOR)
        typer.echo("It is over." if which is not None else f"Ended: {end_all(session, by=OPERATOR)}.")


@officer_app.command("add")
def officer_add(
    state: StateOption,
    name: Annotated[str, typer.Option(help="What the officer is called.")],
    config: ConfigOption = None,
) -> None:
    """Add an officer and print the id."""
    with opened(state, config) as services, services.sessions.begin() as session:
        typer.echo(add_officer(session, services.random, name=name, by=OPERATOR).id)


@officer_app.command("list")
def officer_list(state: StateOption, config: ConfigOption = None) -> None:
    """Print id and name of every officer."""
    with opened(state, config) as services, services.readers() as session:
        for officer in list_officers(session):
            typer.echo(f"{officer.id}  {officer.name}")


@deletion_app.command("preview")
def deletion_preview(
    state: StateOption,
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(min=0, max=3660, help="How many days ahead.")] = 14,
) -> None:
    """Print what would be deleted in the next days and why; nothing is deleted."""
    with opened(state, config) as services, services.readers() as session:
        for line in preview_lines(session, services, days):
            typer.echo(line)


def main() -> None:
    """Run the command line; nobody else reads what it makes."""
    os.umask(0o077)
    app()


def _with_ports(config: FleetConfig, **ports: int | None) -> FleetConfig:
    given = {key: port for key, port in ports.items() if port is not None}
    return config.model_copy(update={"server": config.server.model_copy(update=given)})


if __name__ == "__main__":
    main()
