"""Every route of this room: those open to customers and programs outside, the staff's pages, and the API."""

from litestar.types import ControllerRouterHandler

from feedback.answering import answer_pages, click_pages, link_pages, preview_pages, widget_api
from feedback.contacts import contact_api, contact_import_pages, contact_pages, suppression_pages
from feedback.deciding import policy_pages, trigger_pages
from feedback.delivery import hook_api, messenger_pages, sender_pages
from feedback.intake import event_api, heard_pages
from feedback.ledger import decision_api, pages, why_pages

PUBLIC: list[ControllerRouterHandler] = [
    *answer_pages.PUBLIC,
    *click_pages.PUBLIC,
    *widget_api.PUBLIC,
    *link_pages.PUBLIC,
    *hook_api.PUBLIC,
]
STAFF = [
    *pages.STAFF,
    *preview_pages.STAFF,
    *trigger_pages.STAFF,
    *heard_pages.STAFF,
    *contact_pages.STAFF,
    *contact_import_pages.STAFF,
    *why_pages.STAFF,
    *suppression_pages.STAFF,
    *policy_pages.STAFF,
    *sender_pages.STAFF,
    *messenger_pages.STAFF,
]
API = [
    *event_api.API,
    *contact_api.API,
    *decision_api.API,
    *suppression_pages.API,
]
