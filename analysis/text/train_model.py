"""Train a linear model from labelled comments, and measure it on comments it has not seen.

L-BFGS on a strictly convex loss, run to the end and rounded to three decimals: the same comments give the same weights,
bit for bit. Needs numpy and scipy; what scores comments does not need them.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from scipy import sparse
from scipy.optimize import minimize

from analysis.text.evidence import Leaning
from analysis.text.heard import hear
from analysis.text.judging import LinearJudge
from analysis.text.linear_model import STATES, Calibration, LinearModel, Weights
from analysis.text.sentiment import SentimentState

FOLDS = 5
LEAST_SEEN = 3  # comments that a term stands in before it is weighed
_PENALTY = 10.0  # of a term's squared weights
_PENALTY_OF_FIGURES = 1.0  # those of the lexicon are few, and every comment teaches them
# In log-odds: where nothing speaks for a feeling, none is assumed. A little of that head start is taken back when the
# model reads, which finds more complaints at a little less precision.
_TAUGHT_INTERCEPTS: Weights = (0.0, 0.7, 0.0)
_INTERCEPTS: Weights = (0.0, 0.4, 0.0)
_DECIMALS = 3
_MIXED_SHARE = 0.5  # a mixed comment teaches half as praise and half as pain, where it is taught at all


class Example(Struct, frozen=True):
    """A labelled comment; all of one `group` (a contact, say) stand on the same side of every fold."""

    text: str
    state: SentimentState
    leaning: Leaning = Leaning.OPEN
    group: int = 0


class CrossFit(Struct, frozen=True):
    """Macro-F1 out of fold over the states that occur, of the model and of what it is compared with."""

    f1_own: float
    f1_baseline: float
    n: int
    states: tuple[SentimentState, ...]


Evidence = Mapping[str, float]


def train_model(
    language: str, examples: Sequence[Example], version: str, shipped: LinearModel | None = None
) -> LinearModel:
    """From at least one example; `shipped` is the model whose view a workspace's own one starts from."""
    heard = [hear(example.text, language) for example in examples]
    found = [one.evidence(example.leaning, shipped) for one, example in zip(heard, examples, strict=True)]
    model = _fit(language, found, [example.state for example in examples], version)
    return replace(model, calibration=_calibrated(language, examples, shipped))


def cross_fitted(
    language: str,
    examples: Sequence[Example],
    baseline: Callable[[Example], SentimentState],
    shipped: LinearModel | None = None,
) -> CrossFit:
    """Every example is judged by a model that has seen nothing of its group."""
    judged = [state for state, _ in _out_of_fold(language, examples, shipped)]
    given = [example.state for example in examples]
    states = tuple(sorted(set(given)))
    return CrossFit(
        f1_own=macro_f1(given, judged, states),
        f1_baseline=macro_f1(given, [baseline(example) for example in examples], states),
        n=len(examples),
        states=states,
    )


def macro_f1(given: Sequence[str], judged: Sequence[str], classes: Iterable[str]) -> float:
    """The mean over `classes` of the harmonic mean of precision and recall; 0 for a class nobody was judged to be."""
    found = [_f1(given, judged, one) for one in classes]
    return sum(found) / len(found)


def _f1(given: Sequence[str], judged: Sequence[str], one: str) -> float:
    hits = sum(label == one == answer for label, answer in zip(given, judged, strict=True))
    called = sum(label == one for label in given) + sum(answer == one for answer in judged)
    return 2 * hits / called if called else 0.0


def _out_of_fold(
    language: str, examples: Sequence[Example], shipped: LinearModel | None
) -> list[tuple[SentimentState, float]]:
    """The state each example is judged to have, with its raw probability."""
    heard = [hear(example.text, language) for example in examples]
    found = [one.evidence(example.leaning, shipped) for one, example in zip(heard, examples, strict=True)]
    folds = [_fold(example) for example in examples]
    judged: list[tuple[SentimentState, float]] = [(SentimentState.NEUTRAL, 0.0)] * len(examples)
    for fold in range(FOLDS):
        seen = [place for place, one in enumerate(folds) if one != fold]
        if not seen or len(seen) == len(examples):
            continue
        model = _fit(language, [found[place] for place in seen], [examples[place].state for place in seen], "fold")
        judge = LinearJudge(model, shipped)
        for place in (place for place, one in enumerate(folds) if one == fold):
            whole, _ = judge.read(heard[place], examples[place].leaning)
            state = SentimentState.NEUTRAL if whole.state is SentimentState.NO_SIGNAL else whole.state
            judged[place] = (state, whole.probability or 0.0)
    return judged


def _fold(example: Example) -> int:
    """By group, or by the text where examples have none; the same on every machine."""
    key = str(example.group) if example.group else example.text
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % FOLDS


def _fit(language: str, found: Sequence[Evidence], states: Sequence[SentimentState], version: str) -> LinearModel:
    taught = list(_taught(found, states))
    seen = Counter(term for evidence, _, _ in taught for term in evidence)
    terms = sorted(term for term, n in seen.items() if n >= LEAST_SEEN)
    places = {term: place for place, term in enumerate(terms)}
    weights = _minimised(
        _matrix([evidence for evidence, _, _ in taught], places),
        np.array([STATES.index(state) for _, state, _ in taught]),
        np.array([share for _, _, share in taught]),
        np.array([_PENALTY_OF_FIGURES if _is_figure(term) else _PENALTY for term in terms]),
    )
    rounded: dict[str, Weights] = {}
    for term, row in zip(terms, weights, strict=True):
        one, two, three = (round(float(weight), _DECIMALS) + 0.0 for weight in row)
        if one or two or three:
            rounded[term] = (one, two, three)
    return LinearModel(
        language=language, version=version, n=len(found), intercepts=_INTERCEPTS, calibration={}, weights=rounded
    )


def _taught(
    found: Sequence[Evidence], states: Sequence[SentimentState]
) -> Iterable[tuple[Evidence, SentimentState, float]]:
    """What each example teaches, and how much. Whether a comment is mixed is told by its clauses, not by weights."""
    for evidence, state in zip(found, states, strict=True):
        if state in STATES:
            yield evidence, state, 1.0
        elif state is SentimentState.MIXED:
            yield evidence, SentimentState.NEGATIVE, _MIXED_SHARE
            yield evidence, SentimentState.POSITIVE, _MIXED_SHARE


def _is_figure(term: str) -> bool:
    return term.startswith("=") and len(term) > 1


def _matrix(found: Sequence[Evidence], places: Mapping[str, int]) -> Any:
    """Sparse, (examples, terms)."""
    ends, columns, amounts = [0], [], []
    for evidence in found:
        for term, amount in evidence.items():
            place = places.get(term)
            if place is not None and amount:
                columns.append(place)
                amounts.append(amount)
        ends.append(len(columns))
    return sparse.csr_matrix((amounts, columns, ends), shape=(len(found), len(places)))


def _minimised(matrix: Any, states: Any, shares: Any, penalties: Any) -> Any:
    """The weights (terms, states) with the least penalised log loss."""
    wanted = np.eye(len(STATES))[states]
    turned = matrix.T.tocsr()
    shape = (matrix.shape[1], len(STATES))
    start = np.array(_TAUGHT_INTERCEPTS)

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(shape)
        logits = matrix @ weights + start
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        total = powers.sum(axis=1, keepdims=True)
        fit = shares * (np.log(total[:, 0]) - (logits * wanted).sum(axis=1))
        slope = turned @ ((powers / total - wanted) * shares[:, None]) + penalties[:, None] * weights
        return float(fit.sum() + 0.5 * (penalties[:, None] * weights * weights).sum()), slope.ravel()

    options = {"maxiter": 5_000, "maxfun": 10_000, "maxcor": 20, "ftol": 0.0, "gtol": 1e-7}
    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(shape)


def _calibrated(
    language: str, examples: Sequence[Example], shipped: LinearModel | None
) -> dict[SentimentState, Calibration]:
    """From out-of-fold judgements, so that the model is not asked how sure it is of what it has learned by heart."""
    by_state: dict[SentimentState, list[tuple[float, bool]]] = {}
    for example, (state, probability) in zip(examples, _out_of_fold(language, examples, shipped), strict=True):
        by_state.setdefault(state, []).append((probability, state is example.state))
    return {state: _platt(pairs) for state, pairs in sorted(by_state.items())}


def _platt(pairs: Sequence[tuple[float, bool]]) -> Calibration:
    """Platt scaling (1999) with his smoothed targets."""
    raw = np.clip(np.array([probability for probability, _ in pairs]), 1e-6, 1 - 1e-6)
    odds = np.log(raw / (1 - raw))
    right = np.array([is_right for _, is_right in pairs])
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    targets = np.where(right, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))

    def loss(found: Any) -> tuple[float, Any]:
        shown = 1 / (1 + np.exp(-(found[0] * odds + found[1])))
        shown = np.clip(shown, 1e-12, 1 - 1e-12)
        error = shown - targets
        fit = -(targets * np.log(shown) + (1 - targets) * np.log(1 - shown)).sum()
        return float(fit), np.array([(error * odds).sum(), error.sum()])

    start = np.array([1.0, log((n_right + 1) / (n_wrong + 1))])
    bounds = [(0.0, None), (None, None)]  # what is held for surer is never shown as less sure
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"gtol": 1e-8, "ftol": 0.0})
    return Calibration(round(float(found.x[0]), _DECIMALS), round(float(found.x[1]), _DECIMALS))
