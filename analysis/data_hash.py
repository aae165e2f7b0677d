"""The hash that a report carries, so that two of the same figures are known to be the same."""

import hashlib
from typing import TypeVar

import msgspec

Shown = TypeVar("Shown", bound=msgspec.Struct)


def with_data_hash(shown: Shown, **without: object) -> Shown:
    """With its field `data_hash` set: equal figures have equal hashes, in every workspace and on every machine.

    It is taken of what is shown, for a hash of what is hidden would let the few answers behind it be guessed. Fields
    given in `without` count as having that value: ids that differ between databases.
    """
    blank = msgspec.structs.replace(shown, data_hash="", **without)
    digest = hashlib.sha256(msgspec.json.encode(blank, order="sorted")).hexdigest()
    return msgspec.structs.replace(shown, data_hash=digest)
