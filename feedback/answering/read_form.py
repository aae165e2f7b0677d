"""A form as it was sent: texts, and files where none can be taken."""

from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType

from core.errors import Fault, Invalid

# Four times what fifty questions with twenty choices each can send. Millions of empty fields fit into the bytes that a
# long comment may have, and while they are read apart nobody else is served; of parts Litestar takes 1,000.
MOST_FIELDS = 5_000


async def read_form(request: Request[Any, Any, Any]) -> tuple[dict[str, list[str]], list[str]]:
    """The texts of the form by name, and the names under which it holds files. Raises Invalid for text that is none.

    Nor are more fields taken than any survey has.
    """
    is_one_line = request.content_type[0] == RequestEncodingType.URL_ENCODED
    if is_one_line and (await request.body()).count(b"&") >= MOST_FIELDS:
        raise Invalid(Fault("body", "Please send fewer fields."))
    try:
        form = await request.form()
    except (UnicodeDecodeError, LookupError) as fault:
        raise Invalid(Fault("body", "Please send text in UTF-8.")) from fault
    given = {name: [value for value in form.getall(name) if isinstance(value, str)] for name in form}
    files = [name for name in form if any(not isinstance(value, str) for value in form.getall(name))]
    return given, list(dict.fromkeys(files))
