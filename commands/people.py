"""Workspaces and the people in them: who signs in, and who is asked."""

import click

from accounts.membership import add_member, create_owned_workspace
from accounts.sign_in import make_link
from accounts.tables import Role
from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.errors import NotFound
from core.settings import Settings


@click.command()
@click.option("--workspace", required=True, help="The key of the workspace, such as acme.")
@click.option("--name", required=True, help="Its name on screen.")
@click.option("--owner", required=True, help="The e-mail address of its owner.")
@click.pass_obj
def setup(found: Settings, workspace: str, name: str, owner: str) -> None:
    """Make a workspace with its owner, and print a sign-in link."""

    from app import update_database

    async def make() -> None:
        await update_database()
        await create_owned_workspace(workspace, name, owner, utc_now())
        click.echo(await sign_in_link(found, owner))

    run(found, make)


@click.command("sign-in-link")
@click.argument("email")
@click.pass_obj
def sign_in_link_command(found: Settings, email: str) -> None:
    """Print a link that signs EMAIL in once."""

    async def make() -> None:
        click.echo(await sign_in_link(found, email))

    run(found, make)


@click.group()
def member() -> None:
    """The people of a workspace."""


@member.command("add")
@click.argument("email")
@WORKSPACE
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.pass_obj
def add_command(found: Settings, email: str, workspace: str, role: str) -> None:
    """Let EMAIL into a workspace, or give them another role there, and print a link that signs them in."""

    async def add() -> None:
        await add_member(await workspace_of(workspace), email, "", Role(role), utc_now())
        click.echo(await sign_in_link(found, email))

    run(found, add)


@click.group()
def contact() -> None:
    """The people who are asked."""


@contact.command("erase")
@click.argument("external_id")
@WORKSPACE
@click.confirmation_option(prompt="Everything about this contact goes for good, and out of every figure. Erase?")
@click.pass_obj
def erase_command(found: Settings, external_id: str, workspace: str) -> None:
    """Erase the contact EXTERNAL_ID with all events, mails and responses."""
    from analysis.remove_responses import erase_contact

    async def erase() -> None:
        removed = await erase_contact(await workspace_of(workspace), external_id)
        click.echo(f"erased, with {removed} responses")

    run(found, erase)


async def sign_in_link(found: Settings, email: str) -> str:
    """A new link for the user with `email`. Raises NotFound where there is none."""
    token = await make_link(email, utc_now())
    if token is None:
        raise NotFound(f"there is no user {email}; add one with: kept member add")
    return f"{found.base_url}/sign-in/{token}"
