"""Draws the shapes of a chart with Altair. Importing this imports Altair.

Positions come in pixels from the layout, because labels that must never collide can't be left to a renderer; so no
layer has a scale of its own."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, TypeVar

import altair as alt

from analysis.curve_shapes import Area, Column, Ink, Path, Picture, Rule, Shape, Sign, Stroke, Text
from analysis.curve_theme import COLOURS, Theme
from analysis.lettering import FONT

HALO = 4  # pixels of ground around letters that may stand on a line

Row = dict[str, Any]
Colours = dict[Ink, str]
Member = TypeVar("Member")
Look = TypeVar("Look")


def drawn(picture: Picture, theme: Theme) -> dict[str, Any]:
    """The whole picture as a validated Vega-Lite specification."""
    colours = COLOURS[theme]
    layers = [
        *_areas("areas", picture.areas, colours),
        *_rules(picture.rules, colours),
        *_paths(picture.paths, colours),
        *_signs(picture.signs, colours),
        *_areas("evidence", picture.bars, colours),
        *_texts(picture.texts, colours),
        *_columns(picture.columns, colours),
    ]
    chart = alt.layer(*layers).properties(
        width=picture.width,
        height=picture.height,
        background=colours[Ink.CARD],
        padding=0,
        autosize=alt.AutoSizeParams(type="none"),
        description=picture.description,
    )
    spec: dict[str, Any] = chart.configure(font=FONT).configure_view(stroke=None).to_dict()
    return spec


def _layer(name: str, rows: Sequence[Row], **channels: Any) -> alt.Chart:
    """Marks at the pixels x and y of their rows."""
    x, y = (alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None))
    return alt.Chart(alt.InlineData(values=list(rows)), name=name).encode(x=x, y=y, **channels)


def _colour(field: str = "colour") -> alt.Color:
    return alt.Color(f"{field}:N", scale=None)


def _alike(members: Sequence[Member], look: Callable[[Member], Look]) -> dict[Look, list[Member]]:
    """The members of each look, in the order in which the looks come first: what is laid out first lies below."""
    found: dict[Look, list[Member]] = {}
    for member in members:
        found.setdefault(look(member), []).append(member)
    return found


def _areas(name: str, areas: Sequence[Area], colours: Colours) -> list[alt.Chart]:
    rows = [
        {"x": area.x, "y": area.y, "x2": area.x2, "y2": area.y2, "colour": colours[area.ink], "opacity": area.opacity}
        for area in areas
    ]
    layer = _layer(name, rows, x2="x2:Q", y2="y2:Q", color=_colour(), opacity=alt.Opacity("opacity:Q", scale=None))
    return [layer.mark_rect(aria=False)] if rows else []


def _rules(rules: Sequence[Rule], colours: Colours) -> list[alt.Chart]:
    rows = [
        {
            "x": rule.x,
            "y": rule.y,
            "x2": rule.x2,
            "y2": rule.y2,
            "colour": colours[rule.ink],
            "width": rule.width,
            "opacity": rule.opacity,
        }
        for rule in rules
    ]
    layer = _layer(
        "rules",
        rows,
        x2="x2:Q",
        y2="y2:Q",
        color=_colour(),
        strokeWidth=alt.StrokeWidth("width:Q", scale=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    return [layer.mark_rule(aria=False)] if rows else []


def _paths(paths: Sequence[Path], colours: Colours) -> list[alt.Chart]:
    """A layer for each look, which Vega-Lite can't take from the data; thin lines lie under thick ones."""
    thin_first = sorted(paths, key=lambda path: path.stroke.width)
    return [_lines(stroke, found, colours) for stroke, found in _alike(thin_first, lambda path: path.stroke).items()]


def _lines(stroke: Stroke, paths: Sequence[Path], colours: Colours) -> alt.Chart:
    rows = [
        {"x": x, "y": y, "piece": piece, "order": order}
        for piece, path in enumerate(paths)
        for order, (x, y) in enumerate(path.points)
    ]
    mark: Row = {"color": colours[stroke.ink], "strokeWidth": stroke.width, "strokeJoin": "round", "aria": False}
    # Round ends would fill the gaps between dashes.
    mark |= {"strokeDash": list(stroke.dash)} if stroke.dash else {"strokeCap": "round"}
    layer: alt.Chart = _layer(stroke.layer, rows, detail="piece:N", order="order:Q").mark_line(**mark)
    return layer


def _signs(signs: Sequence[Sign], colours: Colours) -> list[alt.Chart]:
    return [
        _layer(
            layer,
            [_sign_row(sign, colours) for sign in members],
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("stroke:N", scale=None),
        ).mark_point(opacity=1, strokeWidth=1.8, aria=False)
        for layer, members in _alike(signs, lambda sign: sign.layer).items()
    ]


def _sign_row(sign: Sign, colours: Colours) -> Row:
    """A full sign is parted from the lines by an outline of the ground, a hollow one is filled with it."""
    ink, ground = colours[sign.ink], colours[Ink.CARD]
    fill, stroke = (ground, ink) if sign.is_hollow else (ink, ground)
    # A triangle or a diamond of the same area looks smaller than a circle.
    size = sign.size if sign.shape is Shape.CIRCLE else sign.size * 1.25
    place = {"x": sign.x, "y": sign.y, "shape": sign.shape.value, "size": size, "fill": fill, "stroke": stroke}
    return place | sign.figures


def _texts(texts: Sequence[Text], colours: Colours) -> list[alt.Chart]:
    """A layer for each weight, slant and side, which Vega-Lite can't take from the data; halos under all of them."""

    def style(text: Text) -> tuple[str, bool, bool]:
        return (text.align, text.bold, text.italic)

    halos, letters = [], []
    for (align, bold, italic), group in groupby(sorted(texts, key=style), key=style):
        members = list(group)
        name = "-".join([align, "bold" if bold else "plain", *(["italic"] if italic else [])])
        mark: Row = {
            "align": align,
            "baseline": "middle",
            "fontWeight": "bold" if bold else "normal",
            "fontStyle": "italic" if italic else "normal",
            "aria": False,
        }
        outlined = [_text_row(text, colours) for text in members if text.has_halo]
        if outlined:
            ground = colours[Ink.CARD]
            halo = _text_layer(f"halo-{name}", outlined)
            halos.append(halo.mark_text(**mark, stroke=ground, strokeWidth=HALO, strokeJoin="round", opacity=0.85))
        letters.append(_text_layer(f"text-{name}", [_text_row(text, colours) for text in members]).mark_text(**mark))
    return [*halos, *letters]


def _text_layer(name: str, rows: Sequence[Row]) -> alt.Chart:
    return _layer(name, rows, text="text:N", size=alt.Size("size:Q", scale=None), color=_colour())


def _text_row(text: Text, colours: Colours) -> Row:
    return {"x": text.x, "y": text.y, "text": text.words, "size": text.size, "colour": colours[text.ink]}


def _columns(columns: Sequence[Column], colours: Colours) -> list[alt.Chart]:
    """An unseen area over each touchpoint that carries its tooltip and its words for a screen reader."""
    if not columns:
        return []
    rows = [
        {
            "x": column.box.left,
            "y": column.box.top,
            "x2": column.box.right,
            "y2": column.box.bottom,
            "spoken": _spoken(column.tip),
            **{f"tip{i}": words for i, words in enumerate(column.tip.values())},
        }
        for column in columns
    ]
    tips = [alt.Tooltip(f"tip{i}:N", title=label) for i, label in enumerate(columns[0].tip)]
    hover = alt.selection_point(name="hover", on="pointerover", clear="pointerout", empty=False)
    shade = alt.when(hover).then(alt.value(0.07)).otherwise(alt.value(0))
    layer = _layer("columns", rows, x2="x2:Q", y2="y2:Q", tooltip=tips, description="spoken:N", fillOpacity=shade)
    return [layer.mark_rect(fill=colours[Ink.INK], cursor="default").add_params(hover)]


def _spoken(tip: dict[str, str]) -> str:
    """A tooltip as one sentence: its title, then each figure with its label."""
    figures = [f"{label}: {words}" for label, words in tip.items() if words and label != "title"]
    return ", ".join([tip["title"], *figures])
