"""The order in which choices are shown: by a recorded seed, so that it can be told afterwards."""

import random
from collections.abc import Sequence
from typing import TypeVar

from surveys.definition import Question

LARGEST_SEED = 2**31 - 1

Shown = TypeVar("Shown")


def shown_order(question: Question, items: Sequence[Shown], seed: int) -> tuple[Shown, ...]:
    """As listed, or shuffled where the question says so; the same seed gives the same order on every machine."""
    if not question.is_shuffled:
        return tuple(items)
    # The shuffle of Python's random and the seeding by text are kept the same from version to version.
    chance = random.Random(f"{seed}:{question.key}")  # noqa: S311 - not a secret
    return tuple(chance.sample(list(items), len(items)))
