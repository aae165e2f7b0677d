"""A form as it was sent: texts, and files where none can be taken."""

from typing import Any

from litestar import Request

from core.errors import Fault, Invalid


async def read_form(request: Request[Any, Any, Any]) -> tuple[dict[str, list[str]], list[str]]:
    """The texts of the form by name, and the names under which it holds files. Raises Invalid for text that is none."""
    try:
        form = await request.form()
    except (UnicodeDecodeError, LookupError) as fault:
        raise Invalid(Fault("body", "Please send text in UTF-8.")) from fault
    given = {name: [value for value in form.getall(name) if isinstance(value, str)] for name in form}
    files = [name for name in form if any(not isinstance(value, str) for value in form.getall(name))]
    return given, list(dict.fromkeys(files))
