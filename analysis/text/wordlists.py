"""Reading the word lists people edit: YAML files checked against a Struct, with phrases in a small notation.

A phrase is words separated by spaces; `a|b` stands for either word. Theme packs have two signs more: `word*` stands for
every word that begins so, `...` for up to three words of any kind.
"""

import re
from itertools import product
from math import prod
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

MAX_READ_CHARACTERS = 10_000  # longer comments are read up to here: five times what a survey accepts
_MAX_SPELLED_OUT = 500  # phrases one line may stand for; more is a slip of the pen
_WORD = r"[^\W_]+(?:'[^\W_]+)*"
_CHOICE = re.compile(rf"{_WORD}(?:\|{_WORD})*")
_PATTERN = re.compile(rf"{_WORD}\*?(?:\|{_WORD}\*?)*|\.\.\.")

File = TypeVar("File")


class WordListFault(ValueError):
    """A file of words that can't be used. The message names the file, the place in it, and what is wrong there."""


def read_word_list(path: Path, shape: type[File]) -> File:
    """Reads a YAML file into `shape`, a Struct; raises WordListFault where it does not fit."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(content, shape)
    except yaml.YAMLError as fault:
        raise WordListFault(f"{path.name}: not YAML: {' '.join(str(fault).split())}") from fault
    except msgspec.ValidationError as fault:
        raise WordListFault(f"{path.name}: {fault}") from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise WordListFault(f"{path.name}: can't be read: {fault}") from fault


def alternatives(phrase: str, *, is_pattern: bool = False) -> tuple[tuple[str, ...], ...]:
    """The words that may stand at each place of a phrase: "no|without refund" is ("no", "without"), ("refund",).

    The signs `word*` and `...` are allowed, and kept as they are, where the phrase is a pattern. Raises ValueError.
    """
    parts = phrase.lower().split()
    if not parts:
        raise ValueError("a phrase is empty")
    allowed = _PATTERN if is_pattern else _CHOICE
    for part in parts:
        if not allowed.fullmatch(part):
            raise ValueError(
                f"`{part}` in `{phrase}` is none of {'word, a|b, word*, ...' if is_pattern else 'word, a|b'}"
            )
    return tuple(tuple(part.split("|")) for part in parts)


def spell_out(phrase: str) -> tuple[tuple[str, ...], ...]:
    """Every sequence of words a phrase stands for; raises ValueError where it is no phrase or stands for too many."""
    choices = alternatives(phrase)
    if prod(map(len, choices)) > _MAX_SPELLED_OUT:
        raise ValueError(f"`{phrase}` stands for more than {_MAX_SPELLED_OUT} phrases; split it")
    return tuple(product(*choices))
