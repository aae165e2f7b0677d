"""A survey file with a fault is refused with the place of the fault and how to mend it: one wrong file a kind."""

import pytest

from core.errors import Fault, Invalid
from surveys.survey_file import read_survey

# One of everything; each test of a fault changes one thing in it.
GOOD = """
kept: survey/1
key: after-call
name: After a call
title: "Your call about {{event.subject|something}}"
opens_at: 2026-03-01T09:00:00+01:00
closes_at: 2026-04-01T09:00:00+02:00
hidden: [store, agent]
quotas:
  - {key: all, limit: 1000}
  - {key: unhappy, limit: 200, when: [{answer: felt, at_most: 2}]}
questions:
  - key: felt
    instrument: anchor
    branches: [{go: easy, when: [{answer: felt, at_least: 3}, {attribute: hidden.store, is_answered: true}]}]
  - key: wrong
    instrument: choice
    text: What went wrong?
    choices: [{key: wait, text: I waited}, {key: tone, text: The tone}]
    has_other: true
    branches: [{go: why}]
  - {key: easy, instrument: ces, low: Hard, high: Easy}
  - {key: mood, instrument: emotion, emotions: [happy, trusting, relieved, confused, stressed, angry]}
  - {key: some, instrument: choices, text: Which?, choices: [{key: a, text: A}, {key: b, text: B}], at_most: 2}
  - {key: note, instrument: statement, text: Nearly done.}
  - {key: why, instrument: comment, hint: "You said {{answer.felt|nothing}}", max_characters: 500}
translations:
  de:
    title: "Ihr Anruf zu {{event.subject|etwas}}"
    questions:
      wrong: {text: Was lief falsch?, choices: {wait: Ich wartete, tone: Der Ton}}
      easy: {low: Schwer, high: Leicht}
      some: {text: Welche?, choices: {a: A, b: B}}
      note: {text: Fast fertig.}
      why: {hint: "Sie sagten {{answer.felt|nichts}}"}
"""


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(Invalid) as caught:
        read_survey(text, "survey.yaml")
    return caught.value.faults


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} must stand once in the good survey"
    return GOOD.replace(old, new)


def test_the_good_survey_has_no_fault() -> None:
    assert len(read_survey(GOOD, "survey.yaml").questions) == 7


WAYS = {
    "a loop": ("[{go: why}]", "[{go: felt}]", "questions[1].branches[0].go", "this is a loop; go onward, or to end"),
    "a loop to itself": ("[{go: why}]", "[{go: wrong}]", "questions[1].branches[0].go", "this is a loop"),
    "a branch to nowhere": ("[{go: why}]", "[{go: wyh}]", "questions[1].branches[0].go", "name a later one, or end"),
    "a question nobody reaches": (
        "[{go: easy, when: [{answer: felt, at_least: 3}, {attribute: hidden.store, is_answered: true}]}]",
        "[{go: easy}]",
        "questions[1]",
        "no way leads to this question; let a branch go to it, or take it out",
    ),
    "a question behind the end": ("[{go: why}]", "[{go: end}, {go: why}]", "questions[1].branches[1]", "always taken"),
    "a question called end": ("{key: note,", "{key: end,", "questions[5].key", "give this question another key"),
}
CONDITIONS = {
    "on a later question": ("answer: felt, at_least: 3", "answer: why, is_answered: true",
                            "questions[0].branches[0].when[0].answer", "is only asked later; name one"),
    "on no question": ("answer: felt, at_least: 3", "answer: fell, at_least: 3",
                       "questions[0].branches[0].when[0].answer", "is no question of this survey"),
    "on a value off the scale": ("answer: felt, at_least: 3", "answer: felt, one_of: [3, 6]",
                                 "questions[0].branches[0].when[0].one_of[1]", "write 1, 2, 3, 4, 5"),
    "on an unknown attribute": ("attribute: hidden.store", "attribute: contact.age",
                                "questions[0].branches[0].when[1].attribute", "write channel, language"),
    "on an unknown hidden field": ("attribute: hidden.store", "attribute: hidden.shop",
                                   "questions[0].branches[0].when[1].attribute", "add it to hidden"),
    "on both": ("attribute: hidden.store", "answer: felt, attribute: hidden.store",
                "questions[0].branches[0].when[1]", "exactly one of them"),
    "on neither": ("attribute: hidden.store, ", "", "questions[0].branches[0].when[1]", "exactly one of them"),
    "without a test": (", is_answered: true}", "}", "questions[0].branches[0].when[1]", "write one of: one_of"),
    "with two tests": ("at_least: 3", "at_least: 3, is_answered: true",
                       "questions[0].branches[0].when[0]", "write one of: one_of"),
    "of no value": ("at_least: 3", "one_of: []", "questions[0].branches[0].when[0].one_of", "at least one value"),
    "of a range that is none": ("at_least: 3", "at_least: 3, at_most: 2",
                                "questions[0].branches[0].when[0].at_most", "so it never holds"),
    "of a number beyond counting": ("at_least: 3", "at_least: .inf",
                                    "questions[0].branches[0].when[0].at_least", "write a number"),
    "of a text beyond storing": ("at_least: 3", 'one_of: ["\\0"]',
                                 "questions[0].branches[0].when[0].one_of[0]", "a point of the scale"),
    "of a range without a scale": ("[{go: why}]", "[{go: why, when: [{answer: wrong, at_least: 1}]}]",
                                   "questions[1].branches[0].when[0]", "write one_of instead"),
    "on a statement": ("max_characters: 500", "branches: [{go: end, when: [{answer: note, is_answered: true}]}]",
                       "questions[6].branches[0].when[0].answer", "is a statement, which nobody answers"),
    "of a quota off the scale": ("at_most: 2}]}", "one_of: [9]}]}", "quotas[1].when[0].one_of[0]", "write 1, 2"),
}  # fmt: skip
QUESTIONS = {
    "a key twice": ("{key: note,", "{key: easy,", "questions[5].key", "give this one another"),
    "a hidden field twice": ("[store, agent]", "[store, store]", "hidden[1]", "give this one another"),
    "a quota's key twice": ("{key: unhappy", "{key: all", "quotas[1].key", "give this one another"),
    "a choice's key twice": ("{key: tone, text", "{key: wait, text", "questions[1].choices[1].key", "another"),
    "a choice called other": ("{key: tone, text", "{key: other, text", "questions[1].choices", "other is taken"),
    "one choice": (", {key: tone, text: The tone}", "", "questions[1].choices", "name 2 to 20 choices, not 1"),
    "no words": ("instrument: statement, text: Nearly done.", "instrument: statement", "questions[5].text",
                 "write the question"),
    "blank words": ("text: Which?", "text: ' '", "questions[4].text", "the instrument's own words"),
    "more picks than choices": ("at_most: 2}\n", "at_most: 3}\n", "questions[4].at_most", "only 2 to choose from"),
    "picks of one choice": ("has_other: true", "at_most: 1", "questions[1].at_most", "take it out"),
    "five emotions": ("[happy, ", "[", "questions[3].emotions", "name 6 to 10 emotions, not 5"),
    "an emotion twice": ("[happy, ", "[angry, ", "questions[3].emotions", "each emotion once"),
    "an unknown emotion": ("[happy, ", "[hapy, ", "questions[3].emotions", "choose from happy"),
    "emotions elsewhere": ("low: Hard", "shows_pictures_only: true, low: Hard", "questions[2].shows_pictures_only",
                           "take it out"),
    "choices elsewhere": ("low: Hard", "has_other: true, low: Hard", "questions[2].has_other", "take it out"),
    "a look it hasn't": ("low: Hard", "look: stars, low: Hard", "questions[2].look", "write numbers"),
    "a shuffled scale": ("low: Hard", "is_shuffled: true, low: Hard", "questions[2].is_shuffled", "only choices"),
    "a length of a number": ("low: Hard", "max_characters: 9, low: Hard", "questions[2].max_characters", "take it"),
    "a comment too long": ("max_characters: 500", "max_characters: 2001", "questions[6].max_characters", "to 2000"),
    "a statement to answer": ("Nearly done.}", "Nearly done., required: true}", "questions[5].required", "take this"),
    "ends where points have words": ("instrument: anchor\n", "instrument: anchor\n    low: Bad\n", "questions[0].low",
                                     "its own words at every point"),
    "two comments": ("instrument: statement", "instrument: comment", "questions", "at most one question with"),
    "the address of a page": ("key: after-call", "key: new", "key", "give this survey another key"),
    "another's address": ("key: after-call", "key: preview", "key", "give this survey another key"),
    "a quota of nobody": ("limit: 1000", "limit: 0", "quotas[0].limit", "a whole number from 1 up"),
}  # fmt: skip
AROUND = {
    "closing before opening": ("closes_at: 2026-04", "closes_at: 2026-02", "closes_at", "not after opens_at"),
    "a moment without a zone": ("09:00:00+02:00", "09:00:00", "closes_at", "with its time zone"),
    "before all clocks": ("opens_at: 2026", "opens_at: 0001", "opens_at", "write one from 1900 to 2200"),
    "after all clocks": ("closes_at: 2026", "closes_at: 9999", "closes_at", "write one from 1900 to 2200"),
    "an unknown layout": ("hidden: [", "layout: pages\nhidden: [", "layout", "one of page, steps"),
    "a hidden field no link can carry": ("[store, ", "[my store, ", "hidden[0]", "such as utm_source"),
    "a pipe without words for none": ("event.subject|something", "event.subject", "title", "write them after a |"),
    "a pipe of a later question": ("subject|something", "x|}} {{answer.why|y", "title", "no question that is asked"),
    "a pipe of a statement": ("{{answer.felt|nothing}}", "{{answer.note|x}}", "questions[6].hint", "no question that"),
    "a pipe of nothing known": ("{{event.subject|something}}", "{{weather|fine}}", "title", "is not known"),
    "a brace alone": ("{{event.subject|something}}", "{{event.subject", "title", "is open or closed alone"),
    "a pipe in a translation": ("event.subject|etwas", "event.subject", "translations.de.title", "after a |"),
}
TRANSLATIONS = {
    "a title missing": ("    title: \"Ihr Anruf zu {{event.subject|etwas}}\"\n", "", "translations.de.title",
                        "translate"),
    "a question missing": ("      note: {text: Fast fertig.}\n", "", "translations.de.questions.note.text",
                           "translate 'Nearly done.'"),
    "a choice missing": (", tone: Der Ton", "", "translations.de.questions.wrong.choices.tone", "translate"),
    "a choice too many": ("tone: Der Ton", "tone: Der Ton, x: X", "translations.de.questions.wrong.choices.x", "mend"),
    "a question too many": ("      note: {text", "      nota: {}\n      note: {text",
                            "translations.de.questions.nota", "no question has this key"),
    "words the original hasn't": ("{low: Schwer,", "{text: Leicht?, low: Schwer,",
                                  "translations.de.questions.easy.text", "the original says nothing here"),
    "its own language": ("  de:\n", "  en:\n", "translations.en", "the survey's own language"),
    "no language": ("  de:\n", "  d:\n", "translations.d", "a language tag such as en"),
}  # fmt: skip
ALL = [
    pytest.param(*case, id=f"{kind}: {name}")
    for kind, cases in {
        "ways": WAYS,
        "conditions": CONDITIONS,
        "questions": QUESTIONS,
        "around": AROUND,
        "translations": TRANSLATIONS,
    }.items()
    for name, case in cases.items()
]


@pytest.mark.parametrize(("old", "new", "place", "remedy"), ALL)
def test_a_fault_is_named_with_its_place_and_its_remedy(old: str, new: str, place: str, remedy: str) -> None:
    found = faults_in(changed(old, new))
    assert [fault.field for fault in found if remedy in fault.message][:1] == [place], found


def test_a_survey_of_statements_alone_asks_nothing() -> None:
    text = "kept: survey/1\nkey: a\nname: A\nquestions: [{key: a, instrument: statement, text: A}]\n"
    assert faults_in(text) == (Fault("questions", "ask at least one question"),)
