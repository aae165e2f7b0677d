"""Whether a survey has all the answers it wants."""

from collections.abc import Mapping

from surveys.definition import SurveyDefinition


def is_full(definition: SurveyDefinition, counts: Mapping[str, int]) -> bool:
    """Whether a quota that holds for everybody is reached; `counts` are the responses taken so far, by quota."""
    return any(counts.get(quota.key, 0) >= quota.limit for quota in definition.quotas if not quota.when)
