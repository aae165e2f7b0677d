"""A workspace's own valences: what its contacts' ratings suggest, and setting them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.recount import lock_tallies, recounted
from analysis.report import ReportSettings
from analysis.scales import AROUSAL, VALENCES, calibrated_valence
from analysis.valences import load_valences
from core.database import fetch, transaction
from core.errors import Fault, Invalid


class EmotionView(Struct, frozen=True, kw_only=True):
    """One emotion: its valence in x as shipped and as the workspace has it, and what calibration suggests.

    `n_rated` counts the contacts who picked it and rated the same touchpoint with the anchor; there is no suggestion
    for fewer than k.
    """

    emotion: str
    shipped: float
    own: float | None
    arousal: float
    n_rated: int
    suggested: float | None

    @property
    def valence(self) -> float:
        return self.shipped if self.own is None else self.own


async def list_emotions(workspace: int) -> list[EmotionView]:
    """The most pleasant first, as shipped."""
    rated = {row["emotion"]: row for row in await fetch(_RATED, workspace)}
    own = {
        row["emotion"]: row["valence"]
        for row in await fetch("SELECT emotion, valence FROM emotion_valence WHERE workspace = $1", workspace)
    }
    k = ReportSettings().k
    return [
        EmotionView(
            emotion=emotion,
            shipped=shipped,
            own=own.get(emotion),
            arousal=AROUSAL[emotion],
            n_rated=rated[emotion]["n"] if emotion in rated and rated[emotion]["n"] >= k else 0,
            suggested=calibrated_valence(shipped, [float(x) for x in rated[emotion]["ratings"]])
            if emotion in rated and rated[emotion]["n"] >= k
            else None,
        )
        for emotion, shipped in VALENCES.items()
    ]


async def set_valences(workspace: int, wanted: Mapping[str, float | None], now: datetime) -> None:
    """Set each emotion given; None goes back to what we ship. All or, with a fault, nothing.

    What is stored of answers stays as it was given; every report from now on maps it with these.
    """
    faults = [Fault(emotion, "is no emotion that a picker offers") for emotion in wanted if emotion not in VALENCES]
    faults += [
        Fault(emotion, "write a number from -1 to 1")
        for emotion, valence in wanted.items()
        if valence is not None and not -1 <= valence <= 1
    ]
    if faults:
        raise Invalid(*faults)
    async with transaction():
        await lock_tallies()
        before = (await load_valences([workspace]))[workspace]
        changed = {e: v for e, v in wanted.items() if before[e] != (VALENCES[e] if v is None else v)}
        contacts = [row["contact"] for row in await fetch(_SEVERAL, workspace, list(changed))]
        async with recounted(contacts):
            await fetch(
                "DELETE FROM emotion_valence WHERE workspace = $1 AND emotion = ANY($2)", workspace, list(wanted)
            )
            records = [{"emotion": e, "valence": v} for e, v in wanted.items() if v is not None and v != VALENCES[e]]
            await fetch(_INSERT, workspace, msgspec.json.encode(records).decode(), now)


# The mean anchor of each contact who picked the emotion in the same responses: the unit is a contact.
_RATED = """
SELECT emotion, count(*) AS n, array_agg(x ORDER BY contact) AS ratings FROM (
    SELECT picked.emotion, r.contact, avg((anchor.value - 3) / 2.0) AS x
    FROM response r
    JOIN answer felt ON felt.response = r.id AND felt.instrument = 'emotion'
    JOIN answer anchor ON anchor.response = r.id AND anchor.instrument = 'anchor',
    unnest(felt.picks) AS picked(emotion)
    WHERE r.workspace = $1 GROUP BY picked.emotion, r.contact
) by_contact GROUP BY emotion
"""

# Whose corrections change: contacts with several answers, one of which holds a changed emotion.
_SEVERAL = """
SELECT r.contact FROM response r JOIN answer a ON a.response = r.id AND a.instrument = 'emotion'
WHERE r.workspace = $1 AND r.scored_at IS NOT NULL
GROUP BY r.contact HAVING count(*) > 1 AND bool_or(a.picks && $2::varchar[]) ORDER BY r.contact
"""

_INSERT = """
INSERT INTO emotion_valence (workspace, emotion, valence, set_at)
SELECT $1, emotion, valence, $3 FROM jsonb_to_recordset($2::jsonb) AS r(emotion text, valence float8)
"""
