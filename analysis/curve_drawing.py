"""Draws the shapes of an emotion curve with Altair. Importing this imports Altair.

Positions come in pixels from the layout, because labels that must never collide can't be left to a renderer; so no
layer has a scale of its own. The data of the points carry the figures as well."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt

from analysis.curve_shapes import Area, Column, Ink, Marker, Path, Picture, Rule, Text
from analysis.curve_theme import COLOURS, Theme
from analysis.curve_wide import INKS
from analysis.lettering import FONT
from analysis.report import JourneyReport, TouchpointFigure, Verdict

SHAPES = {
    Verdict.BROKEN: "triangle-down",
    Verdict.KEPT: "circle",
    Verdict.OVER_DELIVERED: "triangle-up",
    Verdict.UNDETERMINED: "diamond",
    Verdict.INDICATIVE: "circle",
    Verdict.NO_PROMISE: "square",
}
HALO = 4  # pixels of ground around letters and markers that may stand on a line

Row = dict[str, Any]
Colours = dict[Ink, str]


def drawn(picture: Picture, report: JourneyReport, theme: Theme) -> dict[str, Any]:
    """The whole picture as a validated Vega-Lite specification."""
    colours = COLOURS[theme]
    layers = [
        *_areas("areas", picture.areas, colours),
        *_rules(picture.rules, colours),
        *_paths(picture.paths, colours),
        *_markers(picture.markers, report, colours),
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
    """The experience line: one layer for its solid pieces, one for the dashed."""
    layers = []
    for name, is_dashed in (("line", False), ("joins", True)):
        rows = [
            {"x": x, "y": y, "piece": piece, "order": order}
            for piece, path in enumerate(paths)
            if path.is_dashed is is_dashed
            for order, (x, y) in enumerate(path.points)
        ]
        layer = _layer(name, rows, detail="piece:N", order="order:Q").mark_line(
            color=colours[Ink.INK], strokeWidth=2.5, strokeCap="round", strokeJoin="round", aria=False
        )
        if is_dashed:
            layer = layer.mark_line(color=colours[Ink.INK], strokeWidth=2, strokeDash=[5, 5], aria=False)
        if rows:
            layers.append(layer)
    return layers


def _markers(markers: Sequence[Marker], report: JourneyReport, colours: Colours) -> list[alt.Chart]:
    figures = {touchpoint.key: touchpoint for touchpoint in report.touchpoints}
    points = [_marker_row(marker, colours) | _figures(figures[marker.key]) for marker in markers if marker.key]
    signs = [_marker_row(marker, colours) for marker in markers if not marker.key]
    return [
        _layer(
            name,
            rows,
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("stroke:N", scale=None),
        ).mark_point(opacity=1, strokeWidth=2, aria=False)
        for name, rows in (("points", points), ("signs", signs))
        if rows
    ]


def _marker_row(marker: Marker, colours: Colours) -> Row:
    """A full marker is parted from the line by an outline of the ground, a hollow one is filled with it."""
    ink, ground = colours[INKS.get(marker.verdict, Ink.SOFT)], colours[Ink.CARD]
    fill, stroke = (ground, ink) if marker.is_hollow else (ink, ground)
    # A triangle or a diamond of the same area looks smaller than a circle.
    size = marker.size if SHAPES[marker.verdict] == "circle" else marker.size * 1.25
    return {"x": marker.x, "y": marker.y, "shape": SHAPES[marker.verdict], "size": size, "fill": fill, "stroke": stroke}


def _figures(touchpoint: TouchpointFigure) -> Row:
    interval, promise = touchpoint.interval, touchpoint.promise
    return {
        "key": touchpoint.key,
        "touchpoint": touchpoint.name,
        "mean": touchpoint.mean,
        "lo": interval.lo if interval else None,
        "hi": interval.hi if interval else None,
        "n": touchpoint.n_contacts,
        "promised": promise.level if promise else None,
        "verdict": touchpoint.verdict.value,
    }


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
            "spoken": ", ".join(words for words in column.tip.values() if words),
            **{f"tip{i}": words for i, words in enumerate(column.tip.values())},
        }
        for column in columns
    ]
    tips = [alt.Tooltip(f"tip{i}:N", title=label) for i, label in enumerate(columns[0].tip)]
    hover = alt.selection_point(name="hover", on="pointerover", clear="pointerout", empty=False)
    shade = alt.when(hover).then(alt.value(0.07)).otherwise(alt.value(0))
    layer = _layer("columns", rows, x2="x2:Q", y2="y2:Q", tooltip=tips, description="spoken:N", fillOpacity=shade)
    return [layer.mark_rect(fill=colours[Ink.INK], cursor="default").add_params(hover)]
