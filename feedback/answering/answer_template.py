"""The template of every answering page: themed, framed by nobody or by the pages that may, nothing inline."""

from typing import Any

from litestar import Request
from litestar.response import Template

from accounts.widget_keys import widget_origins
from feedback.answering.answer_screen import Shown, question_context
from feedback.answering.asking import AskingChannel
from surveys.texts import own_name
from surveys.theme import theme_of


async def answer_template(
    request: Request[Any, Any, Any],
    shown: Shown,
    name: str,
    context: dict[str, Any],
    status: int = 200,
    preview: bool = False,
) -> Template:
    """`feedback/answer_NAME.html`; `context` holds `address`, which makes the links, and `action`, where forms go."""
    asking = shown.asking
    origins = await widget_origins(asking.workspace) if asking.channel is AskingChannel.WIDGET else ()
    parent = request.query_params.get("from")
    context = {
        **question_context(shown),
        "own_name": own_name,
        "theme": await theme_of(asking.workspace),
        "parent": parent if parent in origins else None,
        "carried": (),
        "is_preview": preview,
        **context,
    }
    headers = {"Content-Security-Policy": _policy("'self'" if preview else " ".join(origins) or "'none'")}
    return Template(f"feedback/answer_{name}.html", context=context, status_code=status, headers=headers)


def _policy(ancestors: str) -> str:
    """Nothing from elsewhere, nothing inline; inside the pages of `ancestors` and no others."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )
