"""What the tests of the conversation share."""

import pytest

from core.site import Site
from tests.factories import Hands, Letterbox
from tests.feedback.answering import Desk
from tests.people import People


@pytest.fixture
def desk(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> Desk:
    return Desk(people, site, letterbox, hands)
