"""The page of emotions: how each feels to this workspace."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from analysis.set_valences import list_emotions, set_valences
from core.errors import Fault, Invalid


@get("/emotions", include_in_schema=False)
async def emotions_page(member: NamedDependency[Member]) -> Template:
    return Template("analysis/emotions.html", context={"emotions": await list_emotions(member.workspace)})


@post("/emotions", opt={"role": Role.EDITOR}, include_in_schema=False)
async def save_emotions(
    request: Request[Any, Any, Any], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """A field for each emotion, by its name; an empty one goes back to what we ship."""
    form = await request.form()
    known = {view.emotion for view in await list_emotions(member.workspace)}
    wanted = {name: _valence(name, str(value)) for name, value in form.multi_items() if name in known}
    await set_valences(member.workspace, wanted, now)
    return Redirect(f"/w/{member.workspace_key}/emotions", status_code=303)


def _valence(emotion: str, words: str) -> float | None:
    try:
        return float(words.strip().replace(",", ".")) if words.strip() else None
    except ValueError as fault:
        raise Invalid(Fault(emotion, "write a number from -1 to 1")) from fault


STAFF = [emotions_page, save_emotions]
