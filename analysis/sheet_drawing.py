"""Draws the sheets of the charts beside the curve with Altair, layer by layer as the curve is. Importing this imports
Altair."""

from typing import Any

import altair as alt

from analysis.chart_sheet import Sheet
from analysis.curve_drawing import Colours, _areas, _columns, _layer, _paths, _rules, _texts
from analysis.curve_shapes import Ink
from analysis.curve_theme import COLOURS, Theme
from analysis.lettering import FONT


def drawn_sheet(sheet: Sheet, theme: Theme) -> dict[str, Any]:
    """The whole sheet as a validated Vega-Lite specification."""
    colours = COLOURS[theme]
    layers = [
        *_areas("areas", sheet.areas, colours),
        *_rules(sheet.rules, colours),
        *_paths(sheet.paths, colours),
        *_signs(sheet, colours),
        *_texts(sheet.texts, colours),
        *_columns(sheet.columns, colours),
    ]
    chart = alt.layer(*layers).properties(
        width=sheet.width,
        height=sheet.height,
        background=colours[Ink.CARD],
        padding=0,
        autosize=alt.AutoSizeParams(type="none"),
        description=sheet.description,
    )
    spec: dict[str, Any] = chart.configure(font=FONT).configure_view(stroke=None).to_dict()
    return spec


def _signs(sheet: Sheet, colours: Colours) -> list[alt.Chart]:
    """A full sign is parted from the lines by an outline of the ground, a hollow one is filled with it."""
    ground = colours[Ink.CARD]
    rows = [
        {
            "x": sign.x,
            "y": sign.y,
            "shape": sign.shape.value,
            "size": sign.size,
            "fill": ground if sign.is_hollow else colours[sign.ink],
            "stroke": colours[sign.ink] if sign.is_hollow else ground,
        }
        for sign in sheet.signs
    ]
    layer = _layer(
        "signs",
        rows,
        shape=alt.Shape("shape:N", scale=None),
        size=alt.Size("size:Q", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )
    return [layer.mark_point(opacity=1, strokeWidth=1.6, aria=False)] if rows else []
