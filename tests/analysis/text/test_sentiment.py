"""What a comment says: its six states, negation and its scope, contrast, emoji, and bounded work."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.text.analyser import SERVICE_LEXICON, OpinionLexicon, ServiceAnalyzer, ServiceLexicon
from analysis.text.evidence import Leaning
from analysis.text.heard import english_analyser
from analysis.text.reading import CommentReading, Layer, ReadingRules, read_comment
from analysis.text.sentiment import NEUTRAL_BELOW, SentimentState
from analysis.text.wordlists import WordListFault, read_word_list, spell_out


def english(text: str) -> CommentReading:
    """By the lexicon alone, layer (a)."""
    rules = ReadingRules((), layer=Layer.LEXICON)
    return read_comment(text, locale="en", offered=["en"], leaning=Leaning.OPEN, rules=rules)


@pytest.mark.parametrize(
    "text",
    [
        "This isn't good",
        "This isn’t good at all",
        "it isnt good",
        "not the best",
        "Could be better",
        "It would be great if it had a dark mode",
        "It used to be good",
        "not good or helpful",
        "The app keeps crashing",
        "Still waiting for my refund",
        "forty minutes on hold",
        "no refund",
        "I had to call three times",
        "It doesn't work",
        "I wouldn't recommend it",
        "far from perfect",
        "The training was too short",
        "😡",
        ":-(",
    ],
)
def test_a_complaint_is_negative(text: str) -> None:
    assert english(text).state is SentimentState.NEGATIVE


@pytest.mark.parametrize(
    "text",
    [
        "Couldn't be happier",
        "I couldn’t be happier with the support",
        "no problems",
        "Never had any problem",
        "not bad",
        "Nothing but praise",
        "I would not hesitate to recommend them",
        "Not only fast but also friendly",
        "easy to use and not expensive",
        "user-friendly",
        "👍",
        "❤️",
        ":-)",
    ],
)
def test_praise_is_positive(text: str) -> None:
    assert english(text).state is SentimentState.POSITIVE


def test_the_variation_selector_of_an_emoji_changes_nothing() -> None:
    assert english("\u2764") == english("\u2764\ufe0f")
    assert english("👍") == english("👍🏽")


@pytest.mark.parametrize(
    "text", ["", "   ", "The table is brown", "It took more than four hours", "n/a", "\x00\x00", "..."]
)
def test_nothing_known_in_a_comment_is_no_signal_and_has_no_polarity(text: str) -> None:
    scored = english(text)
    assert scored.state is SentimentState.NO_SIGNAL
    assert scored.polarity is None


def test_a_faint_feeling_is_neutral_and_keeps_its_polarity() -> None:
    scored = english("The office is modest")
    assert scored.state is SentimentState.NEUTRAL
    assert scored.polarity is not None
    assert 0 < scored.polarity < NEUTRAL_BELOW


def test_another_language_is_not_scored_and_never_neutral() -> None:
    scored = english("Die App ist super, aber der Support war eine Katastrophe")
    assert scored.state is SentimentState.NOT_SCORED
    assert scored.polarity is None
    assert scored.language == "de"


def test_praise_and_pain_together_are_mixed_and_lean_to_what_follows_the_contrast() -> None:
    pain_last = english("Great staff, but the app crashed")
    praise_last = english("The app crashed, but great staff")
    assert pain_last.state is praise_last.state is SentimentState.MIXED
    assert pain_last.polarity is not None
    assert praise_last.polarity is not None
    assert pain_last.polarity < praise_last.polarity


def test_a_negation_ends_with_its_clause() -> None:
    assert english("No, it was great").state is SentimentState.POSITIVE


def test_emphasis_strengthens() -> None:
    plain, very, shouted = (english(text).polarity for text in ("It was nice", "It was very nice", "It was nice!"))
    assert plain is not None
    assert very is not None
    assert shouted is not None
    assert 0 < plain < very
    assert plain < shouted


def test_tags_and_addresses_are_not_read() -> None:
    assert english("<b class='bad'>The table is brown</b> https://bad.example/awful").state is SentimentState.NO_SIGNAL


def test_a_score_carries_the_analyser_and_the_versions_of_its_lexicons() -> None:
    assert english("good").analyser == english_analyser().version
    assert f"service-{read_word_list(SERVICE_LEXICON, ServiceLexicon).version}" in english("good").analyser


def test_the_states_can_be_had_without_loading_the_text_stack() -> None:
    imported = "import sys, analysis.text.sentiment, analysis.text.themes"
    program = f"{imported}; assert not {{'textblob', 'nltk', 'py3langid'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_lexicon_is_kepts_own_and_large_enough_to_matter() -> None:
    lexicon = read_word_list(SERVICE_LEXICON, ServiceLexicon)
    phrases = {words for group in lexicon.groups for phrase in group.say for words in spell_out(phrase)}
    assert len(phrases) >= 150
    assert {
        ("keeps", "crashing"),
        ("still", "waiting"),
        ("on", "hold"),
        ("no", "refund"),
        ("had", "to", "call"),
    } <= phrases


def test_a_phrase_with_two_meanings_is_refused_by_its_place() -> None:
    lexicon = ServiceLexicon(
        language="en",
        version=1,
        muted=(),
        modifiers={},
        negators=("so so",),
        wishes=("so so",),
        emoji={},
        emoticons={},
        groups=(),
    )
    with pytest.raises(WordListFault, match=r"wishes\[0\].*so so"):
        ServiceAnalyzer(lexicon, OpinionLexicon(language="en", version=1, groups=()))


def test_a_lexicon_file_with_a_fault_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("language: en\nversion: 1\ngroups: [{name: a, polarity: -3, say: [bad]}]\n", encoding="utf-8")
    with pytest.raises(WordListFault, match=r"mine\.yaml: .*\$\.groups\[0\]\.polarity"):
        read_word_list(path, ServiceLexicon)
