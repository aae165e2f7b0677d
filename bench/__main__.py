"""`make bench`: every bench in turn; prints its figures and writes bench.json (name -> value, unit, command)."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import answering, intake, pains, sending, simulations, ten_million, text, themes
from bench.figure import Figure

BENCHES: dict[str, tuple[Callable[[], Iterable[Figure]], ...]] = {
    "python -m bench.simulations": (
        simulations.interval_coverage,
        simulations.discoveries,
        simulations.false_improvements,
    ),
    "python -m bench.text": (text.figures,),
    "python -m bench.themes": (themes.figures,),
    "python -m bench.pains": (pains.figures,),
    "python -m bench.answering": (answering.figures,),
    "python -m bench.intake": (intake.figures,),
    "python -m bench.sending": (sending.figures,),
    "python -m bench.ten_million": (ten_million.figures,),
}


def main() -> None:
    found: dict[str, dict[str, object]] = {}
    for command, benches in BENCHES.items():
        for bench in benches:
            for figure in bench():
                print(figure, flush=True)
                found[figure.name] = {"value": figure.value, "unit": figure.unit, "command": command}
    Path("bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
