"""Surveys as files."""

from pathlib import Path

import click
import msgspec

from commands.journeys import text_of
from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.settings import Settings

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def survey() -> None:
    """Surveys as files."""


@survey.command("starters")
def starters_command() -> None:
    """List the surveys to start from: their keys, names and numbers of questions."""
    from surveys.branching import longest_way
    from surveys.starters import starters

    for one in starters():
        click.echo(f"{one.key}\t{one.name}\t{_questions(longest_way(one))} at most")


@survey.command("new")
@click.argument("starter")
@click.option("--key", help="The key of the new survey; without it, the starter's.")
@click.option("--name", help="Its name; without it, the starter's.")
def new_command(starter: str, key: str | None, name: str | None) -> None:
    """Print a survey made from STARTER as a file, to change and to publish."""
    from surveys.starters import starter as find_starter
    from surveys.survey_file import read_survey, write_survey

    found = find_starter(starter)
    changed = msgspec.structs.replace(found, key=key or found.key, name=name or found.name)
    text = write_survey(changed, "yaml")
    read_survey(text, "survey.yaml")  # refuses a key or a name that is none
    click.echo(text, nl=False)


@survey.command("check")
@FILE
def check_command(file: Path) -> None:
    """Say what is wrong with the survey in FILE (YAML or JSON), or that nothing is."""
    from surveys.branching import longest_way
    from surveys.survey_file import read_survey, survey_warnings
    from surveys.wording import languages_of

    found = read_survey(text_of(file), file.name)
    for warning in survey_warnings(found):
        click.echo(f"note: {warning}", err=True)
    click.echo(f"{found.key}: no faults; {_questions(longest_way(found))} at most; {', '.join(languages_of(found))}")


@survey.command("publish")
@FILE
@WORKSPACE
@click.pass_obj
def publish_command(found: Settings, file: Path, workspace: str) -> None:
    """Publish the survey in FILE (YAML or JSON): a new version, if it differs from the latest."""
    from surveys.publish import Change, publish_all
    from surveys.survey_file import read_survey, survey_warnings

    definition = read_survey(text_of(file), file.name)

    async def take() -> None:
        published = (await publish_all(await workspace_of(workspace), [definition], utc_now()))[definition.key]
        for warning in survey_warnings(definition):
            click.echo(f"note: {warning}", err=True)
        if published.change is Change.UNCHANGED:
            click.echo(f"{definition.key}: unchanged since version {published.number}")
        else:
            click.echo(f"{definition.key}: version {published.number} published")

    run(found, take)


@survey.command("export")
@click.argument("key")
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
@click.pass_obj
def export_command(found: Settings, key: str, workspace: str, as_json: bool) -> None:
    """Print the latest version of the survey KEY as a file that can be published again."""
    from surveys.survey_file import write_survey
    from surveys.surveys import load_survey

    async def give() -> None:
        version = await load_survey(await workspace_of(workspace), key)
        click.echo(write_survey(version.definition, "json" if as_json else "yaml"), nl=False)

    run(found, give)


def _questions(number: int) -> str:
    return f"{number} question{'' if number == 1 else 's'}"
