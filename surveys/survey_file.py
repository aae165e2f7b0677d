"""A survey as a file, in YAML or JSON."""

from collections.abc import Iterator

from surveys.branching import longest_way
from surveys.definition import SurveyDefinition
from surveys.definition_faults import faults_of
from surveys.kept_files import Form, read_file, write_file
from surveys.translation_order import in_order

FORMAT = "survey/1"
MOST_QUESTIONS_ADVISED = 3


def read_survey(text: str, name: str) -> SurveyDefinition:
    """The survey in `text`; `name` is the file's.

    Raises Invalid with up to 25 faults, each with its place, such as `questions[2].branches[0].go`.
    """
    return read_file(text, name, FORMAT, SurveyDefinition, faults_of)


def write_survey(definition: SurveyDefinition, form: Form) -> str:
    """The file's text; reading it gives `definition` again, and writing that gives the same text."""
    return write_file(in_order(definition), FORMAT, form)


def survey_warnings(definition: SurveyDefinition) -> Iterator[str]:
    """What can be taken, but may not be what was meant."""
    asked = longest_way(definition)
    if asked > MOST_QUESTIONS_ADVISED:
        yield f"{asked} questions on one way through it; three or fewer get more answers"
