"""Journeys as files."""

from pathlib import Path

import click

from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.errors import SetupFault
from core.settings import Settings


@click.group()
def journey() -> None:
    """Journeys as files."""


@journey.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WORKSPACE
@click.pass_obj
def import_command(found: Settings, file: Path, workspace: str) -> None:
    """Create or update a journey, its surveys and triggers from FILE (YAML or JSON)."""
    from surveys.import_journey import import_journey
    from surveys.journey_file import read_journey, warnings_of

    parsed = read_journey(text_of(file), file.name)

    async def take() -> None:
        imported = await import_journey(await workspace_of(workspace), parsed, utc_now())
        for warning in warnings_of(parsed):
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{parsed.key}: {imported.summary()}")

    run(found, take)


@journey.command("export")
@click.argument("key")
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
@click.pass_obj
def export_command(found: Settings, key: str, workspace: str, as_json: bool) -> None:
    """Print the journey KEY as a file that imports again."""
    from surveys.export_journey import export_journey
    from surveys.journey_file import write_journey

    async def give() -> None:
        exported = await export_journey(await workspace_of(workspace), key)
        click.echo(write_journey(exported, "json" if as_json else "yaml"), nl=False)

    run(found, give)


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SetupFault(f"can't read {file}: {fault}") from fault
