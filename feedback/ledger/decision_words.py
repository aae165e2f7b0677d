"""A decision of the ledger in plain words, with the figures that the rule saw."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

from feedback.deciding.reasons import Reason
from feedback.deciding.send_window import zone_named

# The reason alone, as lists show it.
REASON_WORDS: Mapping[str, str] = {
    Reason.DUE: "asked",
    Reason.SEND_WINDOW: "outside the sending window",
    Reason.QUIET_DAY: "a quiet day",
    Reason.NO_TRIGGER: "no survey listens to this event",
    Reason.CONDITIONS: "a condition of the trigger was not met",
    Reason.UNSUBSCRIBED: "has opted out",
    Reason.SUPPRESSED: "the address is suppressed",
    Reason.NO_CONSENT: "has not agreed to be asked",
    Reason.NO_ADDRESS: "no e-mail address known",
    Reason.NO_PAGE: "no page was open to show it in",
    Reason.TOO_LATE: "the survey had expired when the event arrived",
    Reason.ASKED_HERE_RECENTLY: "asked at this touchpoint recently",
    Reason.SURVEY_COOL_DOWN: "got this survey recently",
    Reason.GROUP_COOL_DOWN: "asked at a related touchpoint recently",
    Reason.COOL_DOWN: "asked somewhere else recently",
    Reason.CONTACT_BUDGET: "asked as often as the budget allows",
    Reason.ACCOUNT_BUDGET: "their company was asked as often as its budget allows",
    Reason.NOT_SAMPLED: "not in the share that the trigger asks",
    Reason.NOT_DRAWN: "not drawn in the lottery",
    Reason.ASKED_IN_PAGE: "the page shows one survey after an event",
}

_BUDGET = "had {asked:invitation} in {days:day}, and the budget is {limit}"
# A draw lies somewhere on a line of which each touchpoint has a part as long as its chance: not the first such part.
_CHANCE = "the chance was {probability:chance}, the draw {draw:chance}"
_SHARE = "the trigger asks {share:percent} of the events, the draw was {draw:chance}"
_APART = "and {days:day} must lie between two"
# Of each reason its sentences, the one with most figures first: said is the first whose facts are all there, and where
# none is, the reason alone. After a colon stands how a fact, which is text, is written.
SENTENCES: Mapping[str, Sequence[str]] = {
    Reason.DUE: (f"{_CHANCE} fell into this touchpoint’s part", _SHARE),
    Reason.CONDITIONS: (
        "the condition {attribute} {wanted:condition} was not met; it was {seen}",
        "the condition {attribute} {wanted:condition} was not met; it was not given",
    ),
    Reason.SUPPRESSED: ("the address {as:suppressed}",),
    Reason.NO_CONSENT: ("{consent:consent}",),
    Reason.TOO_LATE: (
        "the survey expires on {expired_at:moment}, and could leave on {opens_at:moment} at the earliest",
        "the survey expired on {expired_at:moment}",
    ),
    Reason.ASKED_HERE_RECENTLY: (f"asked here about what happened on {{asked_about:moment}}, {_APART}",),
    Reason.SURVEY_COOL_DOWN: (f"this survey went to them on {{asked_at:moment}}, {_APART}",),
    Reason.GROUP_COOL_DOWN: (f"asked at a touchpoint of “{{group}}” on {{asked_at:moment}}, {_APART}",),
    Reason.COOL_DOWN: ("asked on {asked_at:moment}, and {days:day} must lie between any two invitations",),
    Reason.CONTACT_BUDGET: (_BUDGET,),
    Reason.ACCOUNT_BUDGET: (f"their company {_BUDGET}",),
    Reason.NOT_SAMPLED: (_SHARE,),
    Reason.NOT_DRAWN: (
        f"{_CHANCE} fell outside this touchpoint’s part",
        "{contacts:contact} share their company’s budget: the chance was {account_share:chance}, "
        "the draw {account_draw:chance}",
    ),
}
_STARTS: Mapping[str, str] = {
    Reason.CONDITIONS: "Refused",
    Reason.NOT_SAMPLED: "Not drawn",
    Reason.NOT_DRAWN: "Not drawn",
}
_SUPPRESSED = {
    "unsubscribed": "has opted out",
    "bounced": "bounced for good",
    "complained": "complained about a mail",
    "erased": "was erased on request",
    "by_hand": "was suppressed by hand",
}
_CONSENT = {
    "withdrawn": "took back their consent",
    "unknown": "has not agreed to be asked, and the policy asks for that",
}
_WANTED = {"one_of": "one of {}", "at_least": "at least {}", "at_most": "at most {}"}


def decision_words(
    outcome: str,
    reason: str,
    facts: Mapping[str, str],
    *,
    deferred_until: datetime | None = None,
    time_zone: str = "",
) -> str:
    """One sentence, times by the clock of `time_zone` where it is known. Facts that are missing or odd are left out."""
    why = reason_words(reason, facts, time_zone)
    if outcome == "asked":
        return "Asked" if why == REASON_WORDS[Reason.DUE] else f"Asked: {why}"
    if outcome == "deferred":
        until = f" to {moment_words(deferred_until, time_zone)}" if deferred_until else ""
        return f"Deferred{until}: {why}"
    start = "Not used" if outcome == "not_used" else _STARTS.get(reason, "Not asked")
    return f"{start}: {why}"


def reason_words(reason: str, facts: Mapping[str, str], time_zone: str = "") -> str:
    """The reason with its figures, as the end of a sentence."""
    words = _Words(time_zone)
    said = (words.said(sentence, facts) for sentence in SENTENCES.get(reason, ()))
    return next(filter(None, said), None) or short_words(reason)


def short_words(reason: str) -> str:
    """The reason alone; one that is not known any more in its own name."""
    return REASON_WORDS.get(reason, reason.replace("_", " "))


def free_from(reason: str, facts: Mapping[str, str]) -> datetime | None:
    """When this reason stops standing against asking, where it is one that passes and its figures tell."""
    since = next((facts[name] for name in ("asked_at", "asked_about", "period") if name in facts), None)
    if since is None or reason not in _PASSING:
        return None
    try:
        return _aware(datetime.fromisoformat(since)) + timedelta(days=int(facts["days"]))
    except (KeyError, ValueError, OverflowError):
        return None


def moment_words(moment: datetime, time_zone: str = "") -> str:
    """Such as "Tue 3 March 09:00 (their time)"; by UTC where their zone is not known."""
    return _Words(time_zone).moment(moment)


_PASSING = (
    Reason.ASKED_HERE_RECENTLY,
    Reason.SURVEY_COOL_DOWN,
    Reason.GROUP_COOL_DOWN,
    Reason.COOL_DOWN,
    Reason.CONTACT_BUDGET,
    Reason.ACCOUNT_BUDGET,
)


class _Words(Formatter):
    """Writes facts into a sentence."""

    def __init__(self, time_zone: str) -> None:
        self._zone = zone_named(time_zone)

    def said(self, sentence: str, facts: Mapping[str, str]) -> str | None:
        """None where a fact is missing or not what it should be."""
        try:
            return self.vformat(sentence, (), facts)
        except (KeyError, ValueError, OverflowError, TypeError, AttributeError):
            return None

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "moment":
                return self.moment(datetime.fromisoformat(value))
            case "day" | "invitation" | "contact":
                return f"{int(value):,} {format_spec}{'' if int(value) == 1 else 's'}"
            case "chance":
                return chance_words(float(value))
            case "percent":
                return f"{float(value) * 100:.3g} %"
            case "condition":
                return _condition(value)
            case "suppressed":
                return _SUPPRESSED[value]
            case "consent":
                return _CONSENT[value]
        return str(value)

    def moment(self, value: datetime) -> str:
        local = _aware(value).astimezone(self._zone or UTC)
        return f"{local:%a %-d %B %H:%M} ({'their time' if self._zone else 'UTC'})"


def chance_words(chance: float) -> str:
    """A probability to two digits, or to the first that is not 0: none that could happen is written as 0."""
    return f"{chance:.2f}" if chance == 0 or chance >= 0.005 else f"{chance:.1g}"


def _condition(wanted: str) -> str:
    """From the condition as a journey file writes it, in JSON."""
    said = json.loads(wanted)
    if "is_answered" in said:
        return "known" if said["is_answered"] else "not known"
    return " and ".join(_WANTED[name].format(_listed(value)) for name, value in said.items())


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
