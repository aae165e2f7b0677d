"""`python -m training`: trains the model of English anew and writes it where it ships; says how it measures.

The same comments and lexicons give the same file, bit for bit; `--check` compares instead of writing.
"""

import hashlib
import sys
from collections import Counter

import msgspec
from msgspec.structs import replace

from analysis.text.heard import ENGLISH, hear
from analysis.text.judging import LinearJudge
from analysis.text.linear_model import LinearModel, Measured
from analysis.text.reading import ENGLISH_MODEL
from analysis.text.sentiment import SentimentState
from analysis.text.train_model import Example, macro_f1, train_model
from training.read_comments import LABELS, is_held_out, read_comments

NAME = "kept-linear-1"


def main() -> int:
    comments = read_comments()
    model = trained(comments)
    content = encoded(model)
    print(f"{len(comments):,} comments: {dict(sorted(Counter(one.state.value for one in comments).items()))}")
    print(f"{model.version}: {len(model.weights):,} terms from {model.n:,} comments, {len(content):,} bytes")
    print(f"held out: {model.measured}")
    if "--check" in sys.argv:
        is_same = ENGLISH_MODEL.read_bytes() == content
        print(f"the model in the tree {'is the same' if is_same else 'differs: run `python -m training`'}")
        return 0 if is_same else 1
    ENGLISH_MODEL.parent.mkdir(exist_ok=True)
    ENGLISH_MODEL.write_bytes(content)
    return 0


def trained(comments: list[Example]) -> LinearModel:
    """From those that are not held out, measured on those that are; its version names its content."""
    model = train_model(ENGLISH, [one for one in comments if not is_held_out(one)], NAME)
    model = replace(model, measured=_measured(model, [one for one in comments if is_held_out(one)]))
    return replace(model, version=f"{NAME}-{hashlib.sha256(encoded(model)).hexdigest()[:8]}")


def _measured(model: LinearModel, held_out: list[Example]) -> Measured:
    judged = [judged_state(model, one) for one in held_out]
    return Measured(len(held_out), round(macro_f1([one.state for one in held_out], judged, LABELS), 3))


def encoded(model: LinearModel) -> bytes:
    """One term a line, in the order of the alphabet, so that a change of the model can be read."""
    return msgspec.json.format(msgspec.json.encode(model, order="sorted"), indent=0).replace(b"\n", b"") + b"\n"


def judged_state(model: LinearModel, example: Example) -> SentimentState:
    whole, _ = LinearJudge(model).read(hear(example.text, ENGLISH), example.leaning)
    return SentimentState.NEUTRAL if whole.state is SentimentState.NO_SIGNAL else whole.state


if __name__ == "__main__":
    sys.exit(main())
