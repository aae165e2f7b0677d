"""Where the page of a pain point is found, for whoever meets it elsewhere."""

from urllib.parse import quote, urlencode

from msgspec import Struct

from analysis.pains.pain_list import PainList


class Address(Struct, frozen=True):
    """Of one workspace: `base_url` is the address people reach Kept at, without a slash at its end."""

    base_url: str
    workspace: str  # its key

    def of_list(self, pains: PainList) -> str:
        """The list over the same days."""
        return f"{self._root}?{urlencode([('journey', pains.journey), *_days(pains)])}"

    def of_pain(self, pain_id: str, pains: PainList) -> str:
        """The pain point over the same days, so that the page shows the figures that were taken away."""
        return f"{self._root}/{quote(pain_id)}?{urlencode(_days(pains))}"

    @property
    def _root(self) -> str:
        return f"{self.base_url}/w/{self.workspace}/pain-points"


def _days(pains: PainList) -> list[tuple[str, str]]:
    return [("since", str(pains.since)), ("until", str(pains.until))]
