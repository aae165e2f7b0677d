"""What every column of the pain-point list means, and how a spreadsheet shows it."""

from enum import StrEnum

from msgspec import Struct


class Shown(StrEnum):
    """How the figures of a column are read."""

    TEXT = "text"
    LONG_TEXT = "long text"  # sentences: wide, and on several lines
    COUNT = "count"
    SHARE = "share"  # 0 to 1, as percent
    X = "x"  # -1 to +1, and differences of such
    PROBABILITY = "probability"
    AMOUNT = "amount"  # of contacts, or of points of experience, a month
    DATE = "date"


class Column(Struct, frozen=True):
    """`meaning` goes where the column goes: into the sheet "Method", the JSON Schema and the docs."""

    shown: Shown
    meaning: str


# The fields of PainPoint, in their order; a test holds the two together.
COLUMNS = {
    "pain_id": Column(Shown.TEXT, "Journey, touchpoint and theme by their keys; stays the same for ever."),
    "title": Column(Shown.LONG_TEXT, "What it is called."),
    "status": Column(Shown.TEXT, "new, confirmed, in_action, solved_awaiting_proof, solved or dismissed."),
    "evidence_level": Column(
        Shown.TEXT, "solid, fair, weak, indicative or suppressed, by the number of answers; or hypothesis."
    ),
    "journey": Column(Shown.TEXT, "The key of the journey."),
    "stage": Column(Shown.TEXT, "The stage of the touchpoint."),
    "phase": Column(Shown.TEXT, "The phase of the touchpoint."),
    "step": Column(Shown.TEXT, "The step of the touchpoint."),
    "touchpoint": Column(Shown.TEXT, "Where it hurts."),
    "period": Column(Shown.TEXT, "Before, during or after."),
    "channel": Column(Shown.TEXT, "The channel of the touchpoint."),
    "customer_intent": Column(Shown.LONG_TEXT, "What the customer wants here."),
    "business_intent": Column(Shown.LONG_TEXT, "What the business wants here."),
    "persona": Column(Shown.TEXT, "Whose answers; of everybody where empty."),
    "segment": Column(Shown.TEXT, "Empty: a list is of everybody, or of a persona."),
    "theme": Column(Shown.TEXT, "What people write about; empty where the touchpoint itself is meant."),
    "theme_method": Column(Shown.TEXT, "How the theme was found: pack, own theme, label, verdict or workshop."),
    "n_responses": Column(Shown.COUNT, "Responses at the touchpoint."),
    "n_contacts": Column(Shown.COUNT, "Contacts who answered at the touchpoint."),
    "n_mentions": Column(Shown.COUNT, "Contacts who mention it."),
    "share": Column(Shown.SHARE, "Share of the contacts who answered that mention it."),
    "share_lo": Column(Shown.SHARE, "Lower bound of the share, 80 %."),
    "share_hi": Column(Shown.SHARE, "Upper bound of the share, 80 %."),
    "mean_x": Column(Shown.X, "Mean experience at the touchpoint, from -1 to +1."),
    "ci_lo": Column(Shown.X, "Lower bound of that mean, 95 %."),
    "ci_hi": Column(Shown.X, "Upper bound of that mean, 95 %."),
    "x_without": Column(Shown.X, "Mean experience of those who don't mention it."),
    "drop": Column(Shown.X, "How much lower those who mention it felt; never below 0."),
    "reach_month": Column(Shown.AMOUNT, "Contacts who come through the touchpoint a month."),
    "reach_source": Column(Shown.TEXT, "events: counted from events; unknown: never guessed."),
    "loss_month": Column(Shown.AMOUNT, "Reach times share times drop: points of experience a month."),
    "loss_lo": Column(Shown.AMOUNT, "Lower bound of the loss, 80 %; it ranks the list."),
    "loss_hi": Column(Shown.AMOUNT, "Upper bound of the loss, 80 %."),
    "rank": Column(Shown.COUNT, "By the lower bound of the loss; empty where reach or drop is unknown."),
    "p_top3": Column(Shown.PROBABILITY, "Probability that it is among the three largest losses."),
    "depth_rank": Column(Shown.COUNT, "The other order: by the drop; without a theme, by how far below the promise."),
    "promise_text": Column(Shown.LONG_TEXT, "What was promised at the touchpoint."),
    "promise_source": Column(Shown.TEXT, "Where it was promised."),
    "promise_level": Column(Shown.X, "The experience promised, from -1 to +1."),
    "expected_level": Column(Shown.X, "The experience that contacts expected, mean, from -1 to +1."),
    "gap": Column(Shown.X, "Experience minus promise."),
    "q_value": Column(Shown.PROBABILITY, "False discovery rate of calling the promise broken."),
    "verdict": Column(
        Shown.TEXT, "broken, kept, over_delivered, undetermined, indicative, blind or no_promise, of the touchpoint."
    ),
    "lens_sensitive": Column(Shown.TEXT, "Whether the official NPS would give another verdict."),
    "importance": Column(Shown.X, "How important contacts say the touchpoint is, mean, from -1 to +1."),
    "trend": Column(Shown.X, "Mean experience of the last four weeks minus that of the year before them."),
    "sentiment_mean": Column(
        Shown.X, "Mean polarity of the comments of those who mention it (without a theme: of all), -1 to +1."
    ),
    "sentiment_coverage": Column(Shown.SHARE, "Share of those contacts whose words say how they felt."),
    "response_rate": Column(Shown.SHARE, "Share of the invitations at the touchpoint that were answered."),
    "first_seen": Column(Shown.DATE, "The first day it was mentioned in these days."),
    "last_seen": Column(Shown.DATE, "The last day it was mentioned in these days."),
    "quote_1": Column(Shown.LONG_TEXT, "A quote, redacted: the most central one."),
    "quote_2": Column(Shown.LONG_TEXT, "A second quote, unlike the first."),
    "quote_3": Column(Shown.LONG_TEXT, "A third quote."),
    "counter_quote": Column(Shown.LONG_TEXT, "A quote of somebody who fared better."),
    "quotes_shown": Column(Shown.TEXT, "How many of the mentions are quoted."),
    "suppressed_reason": Column(Shown.LONG_TEXT, "Why figures are left out."),
    "owner": Column(Shown.TEXT, "Who looks after it."),
    "action": Column(Shown.LONG_TEXT, "The action of the log that is meant to end it."),
    "action_date": Column(Shown.DATE, "The day of that action."),
    "before_after": Column(Shown.LONG_TEXT, "What changed after it."),
    "report_id": Column(Shown.TEXT, "The report these figures belong to."),
    "data_hash": Column(Shown.TEXT, "Equal hashes mean equal figures."),
    "method_version": Column(Shown.TEXT, "The version of the method that gave these figures."),
}
