"""The page that says how comments are read: by which layer, since when, and how well."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.text.load_models import LanguageReading, load_models
from analysis.text.reading import shipped_model
from analysis.text.train_own_models import LEAST_LABELS, LEAST_OF_EACH, NEW_LABELS
from analysis.text_words import STATE_WORDS, language_words


@get("/reading", include_in_schema=False)
async def reading_page(member: NamedDependency[Member]) -> Template:
    context = {
        "shipped": shipped_model().measured,
        "languages": await load_models(member.workspace),
        "least": LEAST_LABELS,
        "of_each": LEAST_OF_EACH,
        "again": NEW_LABELS,
        "state_words": STATE_WORDS,
        "language_words": language_words,
    }
    return Template("analysis/models.html", context=context)


@get("/reading", opt={"scope": Scope.READ})
async def get_reading(caller: NamedDependency[ApiCaller]) -> list[LanguageReading]:
    """By language what reads comments, how many, and how own models measured: macro-F1 out of fold, with n."""
    return await load_models(caller.workspace)


STAFF = [reading_page]
API = [get_reading]
