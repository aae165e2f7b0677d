"""Workspaces and the people in them: who signs in, and who is asked."""

from pathlib import Path

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
    """Erase the contact EXTERNAL_ID with all events, mails and responses; their address is never written to again."""
    from analysis.remove_responses import erase_contact

    async def erase() -> None:
        removed = await erase_contact(await workspace_of(workspace), external_id, utc_now())
        click.echo(f"erased, with {removed} responses")

    run(found, erase)


@contact.command("merge")
@click.argument("external_id")
@click.argument("into")
@WORKSPACE
@click.confirmation_option(prompt="This can't be undone. Merge?")
@click.pass_obj
def merge_command(found: Settings, external_id: str, into: str, workspace: str) -> None:
    """Merge the contact EXTERNAL_ID into INTO: everything of the first is the second's, and both ids mean it."""
    from analysis.merge_contacts import merge_contacts

    async def merge() -> None:
        await merge_contacts(await workspace_of(workspace), external_id, into, utc_now())
        click.echo(f"{external_id} is {into} from now on")

    run(found, merge)


@contact.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WORKSPACE
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--skip-faulty", is_flag=True, help="Take the other rows where some have faults.")
@click.option("--consent-source", default="", help="Where consent was given, if no column says so.")
@click.pass_obj
def import_command(
    found: Settings, file: Path, workspace: str, dry_run: bool, skip_faulty: bool, consent_source: str
) -> None:
    """Keep the contacts in FILE (CSV or XLSX). One that was stopped goes on where it was when it is called again."""
    from commands.import_file import import_file

    async def take() -> None:
        await import_file(
            await workspace_of(workspace), file, dry_run=dry_run, skip_faulty=skip_faulty, source=consent_source
        )

    run(found, take)


async def sign_in_link(found: Settings, email: str) -> str:
    """A new link for the user with `email`. Raises NotFound where there is none."""
    token = await make_link(email, utc_now())
    if token is None:
        raise NotFound(f"there is no user {email}; add one with: kept member add")
    return f"{found.base_url}/sign-in/{token}"
