"""Structs as plain data that files hold: fields in their order, and what says no more than its default left out."""

from datetime import time, timedelta
from enum import StrEnum

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields


def written_struct(struct: Struct) -> dict[str, object]:
    """Dicts, lists, texts, numbers, days and moments, as `plain_text` writes them."""
    given = [(field, getattr(struct, field.name)) for field in fields(struct)]
    return {field.name: _written(value) for field, value in given if not _is_default(field, value)}


def _is_default(field: FieldInfo, value: object) -> bool:
    if field.default_factory is not NODEFAULT:
        return bool(value == field.default_factory())
    return field.default is not NODEFAULT and bool(value == field.default)


def _written(value: object) -> object:
    match value:
        case Struct():
            return written_struct(value)
        case tuple():
            return [_written(part) for part in value]
        case dict():
            return {name: _written(part) for name, part in value.items()}
        case StrEnum():
            return value.value
        case timedelta():
            return iso_duration(value)
        case time():
            return value.isoformat()
    return value


def iso_duration(duration: timedelta) -> str:
    """Days, hours, minutes and seconds as people write them: P14D, PT2H, P1DT12H."""
    hours, seconds = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    days = f"{duration.days}D" if duration.days else ""
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{days}T{time}" if time else f"P{days}" if days else "PT0S"
