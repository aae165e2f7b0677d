"""The staff's short links of a touchpoint: making one, its QR code as a picture, closing it and opening it again."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from core.site import Site
from surveys.links import LinkView, close_link, load_link, open_link, reopen_link
from surveys.qr_code import qr_png, qr_svg


class LinkForm(Struct, frozen=True):
    """The key of the survey that the link asks."""

    survey: str = ""


@post(
    "/journeys/{journey:str}/touchpoints/{touchpoint:str}/links",
    opt={"role": Role.EDITOR},
    include_in_schema=False,
)
async def make_link(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    data: URLEncodedBody[LinkForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any]:
    return _back(member, await open_link(member.workspace, journey, touchpoint, data.survey, now))


@post("/links/{link:int}/close", opt={"role": Role.EDITOR}, include_in_schema=False)
async def end_link(
    link: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    return _back(member, await close_link(member.workspace, link, now))


@post("/links/{link:int}/reopen", opt={"role": Role.EDITOR}, include_in_schema=False)
async def resume_link(link: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    return _back(member, await reopen_link(member.workspace, link))


@get("/links/{link:int}/qr.svg", include_in_schema=False)
async def link_svg(link: FromPath[int], member: NamedDependency[Member], site: NamedDependency[Site]) -> Response[str]:
    found = await load_link(member.workspace, link)
    return Response(qr_svg(link_address(site, found)), media_type="image/svg+xml")


@get("/links/{link:int}/qr.png", include_in_schema=False)
async def link_png(
    link: FromPath[int], member: NamedDependency[Member], site: NamedDependency[Site]
) -> Response[bytes]:
    found = await load_link(member.workspace, link)
    return Response(qr_png(link_address(site, found)), media_type="image/png")


def link_address(site: Site, link: LinkView) -> str:
    """The whole address, as it is printed."""
    return f"{site.settings.base_url}/s/{link.code}"


def _back(member: Member, link: LinkView) -> Redirect:
    """To the links on the touchpoint's page."""
    page = f"/w/{member.workspace_key}/journeys/{link.journey_key}/touchpoints/{link.touchpoint_key}"
    return Redirect(f"{page}#links", status_code=303)


STAFF = [make_link, end_link, resume_link, link_svg, link_png]
