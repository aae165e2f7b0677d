"""What comments are held for, once what people say of them is heard: the only place where labels outweigh scores.

Each name is a subquery to join with. A person's label wins over the score of the whole comment, and over that of its
clause where it has only one; themes people took away are gone, those they added are there, merged themes count as what
they were merged into, dismissed ones and those of packs that are off not at all.
"""

from analysis.text.sentiment import POLARITY_OF_LABEL
from analysis.text.theme_book import DEFAULT_PACKS, OWN

_POLARITY = " ".join(f"WHEN '{state}' THEN {polarity}" for state, polarity in POLARITY_OF_LABEL.items())

# Columns: answer, language, state, polarity, probability, analyser, is_labelled. A label that disagrees with the score
# has the polarity of its kind, one that agrees leaves the score's.
HELD_SCORES = f"""(
SELECT s.answer, s.language, coalesce(l.state, s.state) AS state, s.analyser, l.state IS NOT NULL AS is_labelled,
       CASE WHEN l.state IS NULL OR l.state = s.state THEN s.polarity ELSE CASE l.state {_POLARITY} END END AS polarity,
       CASE WHEN l.state IS NULL THEN s.probability END AS probability
FROM comment_score s LEFT JOIN sentiment_label l ON l.answer = s.answer
)"""

_COUNTS_AS = "coalesce(e.merged_into, m.theme)"


def _is_on(choice: str, theme: str) -> str:
    """Whether the pack of a theme is switched on; `choice` is what the workspace chose of it, if it did."""
    pack, default = f"split_part({theme}, '.', 1)", ", ".join(f"'{pack}'" for pack in sorted({*DEFAULT_PACKS, OWN}))
    return f"coalesce({choice}.is_active, {pack} IN ({default}))"


# Columns: answer, theme, state, start, stop (null where a person added the theme). `state` is that of the clause.
# "Not about it" is heard of a theme as it was found, and of the one it counts as since a merge.
HELD_MENTIONS = f"""(
SELECT m.answer, {_COUNTS_AS} AS theme, m.state, m.start, m.stop
FROM (
    SELECT t.answer, t.theme, t.start, t.stop, CASE WHEN l.state IS NOT NULL AND NOT EXISTS (
        SELECT FROM comment_clause further WHERE further.answer = t.answer AND further.number = 1
    ) THEN l.state ELSE coalesce(c.state, s.state) END AS state
    FROM comment_theme t JOIN comment_score s ON s.answer = t.answer
    LEFT JOIN comment_clause c ON c.answer = t.answer AND c.number = t.clause
    LEFT JOIN sentiment_label l ON l.answer = t.answer
    UNION ALL
    SELECT n.answer, n.theme, NULL, NULL, coalesce(l.state, s.state)
    FROM theme_label n JOIN comment_score s ON s.answer = n.answer LEFT JOIN sentiment_label l ON l.answer = n.answer
    WHERE n.is_present AND NOT EXISTS (SELECT FROM comment_theme t WHERE t.answer = n.answer AND t.theme = n.theme)
) m
JOIN answer a ON a.id = m.answer JOIN response r ON r.id = a.response
LEFT JOIN theme_edit e ON e.workspace = r.workspace AND e.theme = m.theme
LEFT JOIN pack_choice found ON found.workspace = r.workspace AND found.pack = split_part(m.theme, '.', 1)
LEFT JOIN pack_choice counted ON counted.workspace = r.workspace AND counted.pack = split_part({_COUNTS_AS}, '.', 1)
WHERE e.state IS DISTINCT FROM 'dismissed' AND {_is_on("found", "m.theme")} AND {_is_on("counted", _COUNTS_AS)}
    AND NOT EXISTS (
        SELECT FROM theme_label n
        WHERE n.answer = m.answer AND NOT n.is_present AND n.theme IN (m.theme, {_COUNTS_AS})
    )
)"""
