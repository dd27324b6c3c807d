"""The review desk's commands: ``review`` serves it, ``users`` says who may work there."""

from typing import Annotated

import typer

from app.cli.options import settings_with
from smallprint.defaults import DESK_HOST, DESK_PORT

desk = typer.Typer()
users = typer.Typer(help="Say who may work at the review desk.", no_args_is_help=True)
desk.add_typer(users, name="users")


@desk.command()
def review(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = DESK_HOST,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = DESK_PORT,
    https: Annotated[
        bool, typer.Option("--https", help="Browsers come through a proxy that speaks HTTPS; cookies for HTTPS alone.")
    ] = False,
) -> None:
    """Serve the review desk: people read drafts beside their source and decide.

    For example:
    $ smallprint review
    $ smallprint review --host 0.0.0.0 --port 8080
    """
    from app.review.serve import serve

    serve(settings_with(), host=host, port=port, https=https)


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="As every decision shows it.")],
    role: Annotated[str, typer.Option("--role", help="read-only, reviewer, lead or admin.")] = "reviewer",
    address: Annotated[
        str, typer.Option("--address", help="Where the desk is reached.")
    ] = f"http://{DESK_HOST}:{DESK_PORT}",
) -> None:
    """Let somebody work at the desk, and print the link by which they choose a password.

    For example:
    $ smallprint users add "Ada Quill" --role lead
    """
    from app.cli.users import add

    add(settings_with(), name, role, address)


@users.command("disable")
def disable_user(name: Annotated[str, typer.Argument(help="Their name.")]) -> None:
    """End somebody's sessions and their right to sign in; their decisions stay.

    For example:
    $ smallprint users disable "Ada Quill"
    """
    from app.cli.users import disable

    disable(settings_with(), name)


@users.command("list")
def list_users() -> None:
    """Show everybody with role and state."""
    from app.cli.users import show

    show(settings_with())
