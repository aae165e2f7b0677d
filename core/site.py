"""What every request and job of one running Kept shares."""

from datetime import datetime

from jinja2 import Environment
from litestar.datastructures import State
from msgspec import Struct

from core.clock import Clock
from core.mail import Transport
from core.settings import Settings
from core.signing import LinkSigner


class Site(Struct, frozen=True):
    """One running Kept: its settings, its clock, the way mail leaves, the keys that sign its links."""

    settings: Settings
    clock: Clock
    transport: Transport
    templates: Environment
    invitation_links: LinkSigner
    visit_links: LinkSigner


def provide_site(state: State) -> Site:
    site: Site = state.site
    return site


def provide_now(state: State) -> datetime:
    return provide_site(state).clock()
