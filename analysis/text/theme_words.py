"""What the pages of themes say: what a pack is about, what a tone means, what a merge or a dismissal will do."""

from collections.abc import Mapping, Sequence

from analysis.report import ReportSettings
from analysis.text.sentiment import SentimentState
from analysis.text.theme_book import BookPack, BookTheme, ThemeBook, ThemeState
from analysis.text.theme_table import Impact
from analysis.text.themes import Tone
from core.templating import listed, signed

FEW = ReportSettings().k  # contacts; fewer are not counted out
ABOUT = {
    "general": "What every business hears: waiting, prices, answers, people, things that don't work.",
    "software": "Bugs, speed, integrations, training, migration, releases, projects and quotes.",
    "crm": "Onboarding, account managers, projects, licences, data.",
    "ecommerce": "Parcels, returns, stock, checkout, packaging.",
    "travel": "Delays, cancellations, connections, bookings, baggage, seats, crew.",
    "restaurants": "Food, service at the table, rooms, noise, breakfast.",
    "telecom": "Coverage, outages, speed, contracts, engineers.",
    "banking": "Fees, cards, transfers, claims, the app.",
    "health_care": "Appointments, waiting rooms, being listened to, results.",
    "home_services": "Turning up on time, quotes, tidiness, workmanship.",
}
TONES = {
    Tone.PAIN: "always a pain",
    Tone.EITHER: "pain or praise, as its clause says",
    Tone.PRAISE: "always praise",
}
STATES = {
    SentimentState.POSITIVE: "positive",
    SentimentState.NEUTRAL: "neutral",
    SentimentState.NEGATIVE: "negative",
    SentimentState.MIXED: "mixed",
    SentimentState.NO_SIGNAL: "without a feeling",
    SentimentState.NOT_SCORED: "in a language that is not scored",
}
TONE_TAGS = {Tone.PAIN: "pain", Tone.EITHER: "pain or praise", Tone.PRAISE: "praise"}


def about(pack: BookPack) -> str:
    """One line: what the pack is for, or the first of its themes."""
    if pack.id in ABOUT:
        return ABOUT[pack.id]
    titles = [theme.title for theme in pack.themes]
    return listed(titles[:3]) + (f", and {len(titles) - 3} more" if len(titles) > 3 else "")


def contacts_words(n: int) -> str:
    """How many spoke of it; a few are not counted out."""
    if n == 0:
        return "nobody"
    return f"fewer than {FEW}" if n < FEW else f"{n:,}"


def who(n: int) -> str:
    """The same in a sentence."""
    return contacts_words(n) + ("" if n == 0 else " contacts")


def of_merging(book: ThemeBook, theme: BookTheme, into: BookTheme, mentions: Mapping[str, int]) -> tuple[str, ...]:
    """What merging a theme into another will do."""
    along = book.merged_into(theme.key)
    lines = len(theme.phrases) + sum(len(other.phrases) for other in along)
    sentences = [
        f"Whoever speaks of “{theme.title}” counts as speaking of “{into.title}” from now on, and for all comments "
        f"there are: {who(mentions.get(theme.key, 0))} in the last 90 days, beside {who(mentions.get(into.key, 0))} "
        "who speak of that already.",
        f"{_lines(lines)} {'is' if lines == 1 else 'are'} looked for on behalf of “{into.title}”.",
    ]
    if theme.tone is not into.tone:
        sentences.append(f"It counts as “{into.title}” does: {TONES[into.tone]}.")
    if along:
        sentences.append(f"What was merged into it goes along: {listed(_quoted(along))}.")
    return (*sentences, "Nothing is lost: “Take out again” undoes it.")


def of_dismissing(book: ThemeBook, theme: BookTheme, mentions: Mapping[str, int]) -> tuple[str, ...]:
    """What dismissing a theme will do."""
    along = book.merged_into(theme.key)
    sentences = [
        f"“{theme.title}” leaves every table and the pain-point list at once, for past comments too: "
        f"{who(mentions.get(theme.key, 0))} spoke of it in the last 90 days.",
        "Comments are not searched for it any more. The comments themselves stay.",
    ]
    if along:
        sentences.append(f"What was merged into it is dismissed as well: {listed(_quoted(along))}.")
    return (*sentences, "“Use again” undoes it.")


def states_in_words(states: Mapping[SentimentState, int | None]) -> str:
    """How those who speak of a theme sound, the most frequent first."""
    known = sorted(((-n, state) for state, n in states.items() if n), key=lambda pair: pair[0])
    words = [f"{-n:,} {STATES[state]}" for n, state in known]
    if None in states.values():
        words.append("others too few to show" if words else "too few to show")
    return ", ".join(words)


def impact_in_words(impact: Impact | None) -> str:
    """How those who speak of it felt beside the others, with the interval where enough of both were heard."""
    if impact is None:
        return "too few to compare"
    beside = f"{impact.n_with:,} who rated, {impact.n_without:,} others"
    if impact.interval is None:
        return f"{signed(impact.difference)}, indicative only; {beside}"
    return f"{signed(impact.difference)} ({signed(impact.interval.lo)} to {signed(impact.interval.hi)}); {beside}"


def state_words(book: ThemeBook, theme: BookTheme) -> str:
    """Where a theme stands when it is not in use; nothing when it is."""
    if theme.state is ThemeState.DISMISSED:
        return "dismissed"
    if theme.state is ThemeState.MERGED:
        target = book.themes.get(theme.merged_into or "")
        return f"merged into “{target.title}”" if target else "merged"
    return ""


def _lines(n: int) -> str:
    return "Its line" if n == 1 else f"Its {n} lines"


def _quoted(themes: Sequence[BookTheme]) -> list[str]:
    return [f"“{theme.title}”" for theme in themes]
