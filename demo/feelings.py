"""How the demo's people feel and what they answer, dealt from the weights of script.yaml."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from surveys.definition import Question, SurveyDefinition
from surveys.instruments import SCALES, Instrument

CHANCE = 1.5  # how far chance, in points of the scale, blurs what comes before a turn and what after it
OF_THE_PROMISE = (Instrument.EXPECTATION, Instrument.KEPT, Instrument.DISCONFIRMATION)


class Feelings:
    """Deals answers for one touchpoint. Scores come from a shuffled deck, so their shares are those of the script."""

    def __init__(
        self,
        touchpoint: Mapping[str, Any],
        script: Mapping[str, Any],
        comments: Mapping[int, list[str]],
        dice: random.Random,
    ) -> None:
        self._script = script
        self._dice = dice
        # A die of its own, so that to ask of the promise, too, changes nothing else that anybody answers.
        self._promise_dice = random.Random(script["seed"])
        self._comment_rate: float = touchpoint["comment_rate"]
        self._instrument = Instrument(touchpoint.get("instrument", Instrument.ANCHOR))
        self._ended = touchpoint.get("ended")
        self._comments = {felt: self._in_order(texts) for felt, texts in comments.items()}
        passing = round(touchpoint["per_day"] * script["days"])
        answering = round(passing * touchpoint["answer_rate"])
        self._answering = _shuffled([True] * answering + [False] * (passing - answering), dice)
        self._scores = (
            _shuffled(_deck(touchpoint["scores"], answering, SCALES[self._instrument].low), dice) if answering else []
        )
        self._before_turn = round(len(self._scores) * touchpoint.get("better_from", 0))
        # What ends with the turn ends a little before it: the days of answers are chance, that of the action is not.
        self._last_of_ended = len(self._scores) - round(0.9 * self._before_turn)
        if "better_from" in touchpoint:
            self._scores = _turned(self._scores, self._before_turn, random.Random(script["seed"]))

    def will_answer(self) -> bool:
        return bool(self._answering) and self._answering.pop() and bool(self._scores)

    def fill_in(self, survey: SurveyDefinition) -> dict[str, list[str]]:
        """The form of one person, as a browser would post it."""
        score = self._scores.pop()
        felt = self._script["felt_given_ces"][score] if self._instrument is Instrument.CES else score
        form = {}
        for question in survey.questions:
            if values := self._answer(question, score, felt):
                form[question.key] = values
        return form

    def _answer(self, question: Question, score: int, felt: int) -> list[str]:
        if question.instrument is self._instrument:
            return [str(score)]
        if question.instrument is Instrument.COMMENT:
            return self._comment(felt)
        if question.instrument in OF_THE_PROMISE:
            return self._scored(question, felt, self._promise_dice)
        if self._dice.random() > self._script["optional_rate"]:
            return []
        if question.instrument is Instrument.EMOTION:
            return self._picks(felt)
        return self._scored(question, felt, self._dice)

    def _scored(self, question: Question, felt: int, dice: random.Random) -> list[str]:
        weights = self._script["given_felt"][question.instrument.value][felt]
        return [str(dice.choices(SCALES[question.instrument].points, weights)[0])]

    def _comment(self, felt: int) -> list[str]:
        """Nobody repeats what another wrote: where the texts run out, nothing is written."""
        texts = self._comments.get(felt, [])
        if len(self._scores) < self._last_of_ended:
            texts = [text for text in texts if not self._is_ended(text)]
        if not texts or self._dice.random() >= self._comment_rate:
            return []
        self._comments[felt].remove(texts[-1])
        return [texts[-1]]

    def _in_order(self, texts: Sequence[str]) -> list[str]:
        """The last is the first to be written; what will be over at the turn is said before all else."""
        return sorted(_shuffled(texts, self._dice), key=self._is_ended)

    def _is_ended(self, text: str) -> bool:
        return self._ended is not None and re.search(self._ended, text, re.IGNORECASE) is not None

    def _picks(self, felt: int) -> list[str]:
        weights = dict(self._script["given_felt"]["emotions"][felt])
        picks: list[str] = []
        for _ in range(self._dice.choices((1, 2, 3), self._script["emotion_picks"])[0]):
            pick = self._dice.choices(list(weights), list(weights.values()))[0]
            picks.append(pick)
            weights[pick] = 0
        return picks


def _deck(weights: Sequence[float], size: int, lowest: int) -> list[int]:
    """`size` scores in the proportions of `weights`, by largest remainder; the first weight is of `lowest`."""
    exact = [size * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda at: exact[at] - counts[at], reverse=True)
    for at in by_remainder[: size - sum(counts)]:
        counts[at] += 1
    return [lowest + at for at, count in enumerate(counts) for _ in range(count)]


def _shuffled(cards: Sequence[Any], dice: random.Random) -> list[Any]:
    deck = list(cards)
    dice.shuffle(deck)
    return deck


def _turned(scores: Sequence[int], turn: int, dice: random.Random) -> list[int]:
    """The same scores with most of the low ones among the first to be dealt, which are the last of the list."""
    ranked = sorted(scores, key=lambda score: score + dice.gauss(0, CHANCE))
    return _shuffled(ranked[turn:], dice) + _shuffled(ranked[:turn], dice)
