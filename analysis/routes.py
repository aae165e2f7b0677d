"""Every route of this room: the staff's pages, and the API."""

from analysis import (
    action_pages,
    api,
    driver_pages,
    emotion_pages,
    file_pages,
    funnel_pages,
    guess_pages,
    merge_pages,
    pages,
    response_pages,
    segment_pages,
    touchpoint_pages,
)

STAFF = [
    *pages.STAFF,
    *segment_pages.STAFF,
    *driver_pages.STAFF,
    *funnel_pages.STAFF,
    *action_pages.STAFF,
    *guess_pages.STAFF,
    *touchpoint_pages.STAFF,
    *response_pages.STAFF,
    *emotion_pages.STAFF,
    *merge_pages.STAFF,
    *file_pages.STAFF,
]
API = [
    *api.API,
    *driver_pages.API,
    *funnel_pages.API,
    *action_pages.API,
    *touchpoint_pages.API,
    *file_pages.API,
    *merge_pages.API,
]
