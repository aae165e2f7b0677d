"""What is laid over the emotion curve or under it: personas, earlier periods, the lane of arousal."""

import json
from itertools import combinations, pairwise

import pytest
from msgspec.structs import replace

from analysis.charts import pdf, png, svg
from analysis.curve_chart import Layout, Theme, curve_spec, picture_of
from analysis.curve_overlays import LAYER, LOOKS
from analysis.curve_shapes import Ink, Path, Picture, Sign
from analysis.curve_theme import COLOURS
from analysis.curve_words import AROUSAL
from analysis.finding import subtitle_of
from analysis.overlay import Overlay
from analysis.report import JourneyReport
from core.errors import Invalid
from tests.analysis.curve_reports import JOURNEY, layers_of, overlay, words_of

OWNER = overlay(
    "Small business owner",
    ("website", 0.2, 12),
    ("quote", -0.1, 14),
    ("negotiation", 0.3, 20),  # a blind spot of the journey
    ("implementation", -0.6, 15),
    ("tips", 0.5, 4),  # too few to be shown
    ("case study", 0.4, 7),
    ("no such touchpoint", 0.9, 50),
)
EARLIER = overlay("1 Jan to 31 Mar 2026", ("website", 0.4, 40), ("implementation", 0.2, 41), ("tips", 0.3, 30))
BUYER = overlay("Buyer", ("quote", 0.3, 18))
ALL = (OWNER, EARLIER, BUYER)


def stirred(report: JourneyReport, **arousal: float) -> JourneyReport:
    points = (replace(point, arousal=arousal.get(point.key)) for point in report.touchpoints)
    return replace(report, touchpoints=tuple(points))


STIRRED = stirred(JOURNEY, website=0.25, implementation=0.8, negotiation=0.9)


def signs_of(picture: Picture, shown: Overlay) -> list[Sign]:
    return [sign for sign in picture.signs if sign.layer == LAYER and sign.figures["overlay"] == shown.name]


def lines_of(picture: Picture, ink: Ink) -> list[Path]:
    """Without the one in the key."""
    return [path for path in picture.paths if path.stroke.ink is ink and len(path.points) > 2]


def tips_of(picture: Picture) -> dict[str, dict[str, str]]:
    return {
        column.key: {label: words.replace("\xa0", " ") for label, words in column.tip.items()}
        for column in picture.columns
    }


@pytest.mark.parametrize("layout", list(Layout))
class TestOverlays:
    def test_a_figure_is_drawn_where_the_journey_has_one_and_enough_people_are_behind_both(
        self, layout: Layout
    ) -> None:
        signs = signs_of(picture_of(JOURNEY, layout, [OWNER]), OWNER)
        assert [sign.figures["key"] for sign in signs] == ["website", "quote", "implementation", "case study"]
        assert [sign.is_hollow for sign in signs] == [False, False, False, True]

    def test_the_line_joins_only_neighbours_in_the_journey(self, layout: Layout) -> None:
        """Website and quote stand together; the negotiation is blind, and the tips are hidden."""
        picture = picture_of(JOURNEY, layout, [OWNER])
        (line,) = lines_of(picture, Ink.OVERLAY_1)
        website, quote, *_ = signs_of(picture, OWNER)
        assert (line.points[0], line.points[-1]) == ((website.x, website.y), (quote.x, quote.y))
        assert lines_of(picture_of(JOURNEY, layout, [BUYER]), Ink.OVERLAY_1) == []

    def test_nothing_is_drawn_over_a_blind_spot(self, layout: Layout) -> None:
        picture = picture_of(JOURNEY, layout, ALL)
        hole = next(column.box for column in picture.columns if column.key == "negotiation")
        inks = {look.ink for look in LOOKS}
        places = [place for path in picture.paths if path.stroke.ink in inks for place in path.points]
        places += [(sign.x, sign.y) for sign in picture.signs if sign.ink in inks]
        places += [(rule.x, rule.y) for rule in picture.rules if rule.ink in inks]
        inside = [(x, y) for x, y in places if hole.left < x < hole.right and hole.top < y < hole.bottom]
        assert inside == []

    def test_whiskers_of_different_curves_never_stand_on_each_other(self, layout: Layout) -> None:
        picture = picture_of(JOURNEY, layout, ALL)
        for column in picture.columns:
            shown = [sign for sign in picture.signs if sign.figures.get("key") == column.key]
            along = sorted(sign.x if layout is Layout.WIDE else sign.y for sign in shown)
            assert all(later - sooner >= 9 for sooner, later in pairwise(along))

    def test_the_tooltip_lists_the_figures_of_each(self, layout: Layout) -> None:
        tips = tips_of(picture_of(JOURNEY, layout, ALL))
        assert tips["quote"]["Small business owner"] == "−0.10 (−0.30 to +0.10), 14 contacts"
        assert tips["quote"]["Buyer"] == "+0.30 (+0.10 to +0.50), 18 contacts"
        assert tips["tips"]["Small business owner"] == "not shown"
        assert tips["negotiation"]["Small business owner"] == "not shown"

    def test_a_reader_is_told_what_is_compared(self, layout: Layout) -> None:
        picture = picture_of(JOURNEY, layout, ALL)
        for shown in ALL:
            assert shown.name in words_of(picture)
            assert shown.name in picture.description
        spoken = next(row["spoken"] for row in layers_of(JOURNEY, layout, ALL)["columns"] if row["tip0"] == "Website")
        assert "1 Jan to 31 Mar 2026: +0.40 (+0.20 to +0.60), 40\xa0contacts" in spoken

    def test_the_main_curve_is_the_thickest_and_lies_over_the_others(self, layout: Layout) -> None:
        names = list(layers_of(JOURNEY, layout, ALL))
        assert max(names.index(f"line-{look.ink.value}") for look in LOOKS) < names.index("line")
        assert names.index(LAYER) < names.index("points")
        widths = {path.stroke.layer: path.stroke.width for path in picture_of(JOURNEY, layout, ALL).paths}
        assert max(widths, key=lambda layer: widths[layer]) == "line"

    def test_one_without_a_figure_to_show_says_so(self, layout: Layout) -> None:
        rare = overlay("Rare", ("website", 0.1, 3))
        picture = picture_of(JOURNEY, layout, [rare])
        assert signs_of(picture, rare) == []
        assert "Rare: no touchpoint has the 5 people it takes to show one." in words_of(picture)

    def test_a_name_that_is_a_label_of_the_tooltip_takes_nothing_away(self, layout: Layout) -> None:
        tips = tips_of(picture_of(JOURNEY, layout, [replace(BUYER, name="Phase")]))
        assert tips["quote"]["Phase"] == "Consideration"
        assert tips["quote"]["Phase (compared)"].endswith("18 contacts")

    @pytest.mark.parametrize("theme", list(Theme))
    def test_it_is_drawn_with_the_lane_in_every_format(self, layout: Layout, theme: Theme) -> None:
        spec = curve_spec(STIRRED, layout=layout, theme=theme, overlays=ALL)
        assert "NaN" not in json.dumps(spec)
        drawn = svg(spec)
        assert "Small business owner" in drawn
        assert pdf(drawn).startswith(b"%PDF")
        assert png(spec, scale=1).startswith(b"\x89PNG")


class TestWhatCanBeCompared:
    def test_more_than_three_are_refused_with_the_reason(self) -> None:
        four = [replace(BUYER, name=f"Buyer {i}") for i in range(4)]
        with pytest.raises(Invalid, match="overlays: at most 3 can be compared at once, these are 4"):
            curve_spec(JOURNEY, layout=Layout.WIDE, theme=Theme.LIGHT, overlays=four)

    @pytest.mark.parametrize(("name", "words"), [(" ", "needs a name"), ("buyer ", "is the name of another one too")])
    def test_each_needs_a_name_of_its_own(self, name: str, words: str) -> None:
        with pytest.raises(Invalid, match=rf"overlays\[1\].name: {words}"):
            picture_of(JOURNEY, Layout.PHONE, [BUYER, replace(BUYER, name=name)])

    def test_the_subtitle_names_them(self) -> None:
        names = [shown.name for shown in ALL]
        assert "Compared with Small business owner, 1 Jan to 31 Mar 2026 and Buyer." in subtitle_of(JOURNEY, names)
        assert "Compared" not in subtitle_of(JOURNEY)

    def test_an_empty_journey_has_nothing_to_lay_them_over(self) -> None:
        empty = replace(JOURNEY, touchpoints=())
        for layout in Layout:
            assert picture_of(empty, layout, ALL).signs == []

    def test_they_differ_by_sign_by_dashes_and_by_colour(self) -> None:
        assert len({look.shape for look in LOOKS}) == len({look.dash for look in LOOKS}) == 3
        assert all(look.dash for look in LOOKS)

    @pytest.mark.parametrize("theme", list(Theme))
    def test_their_colours_stand_out_from_the_ground_and_from_each_other_for_colour_blind_readers(
        self, theme: Theme
    ) -> None:
        colours = COLOURS[theme]
        for look in LOOKS:
            assert contrast(colours[look.ink], colours[Ink.CARD]) >= 4.5
        for sight in SIGHTS.values():
            for one, other in combinations(LOOKS, 2):
                assert distance(colours[one.ink], colours[other.ink], sight) >= 35


class TestLane:
    @pytest.mark.parametrize("layout", list(Layout))
    def test_there_is_none_where_nothing_is_known(self, layout: Layout) -> None:
        assert AROUSAL not in words_of(picture_of(JOURNEY, layout))
        assert picture_of(stirred(JOURNEY, negotiation=0.9), layout).height == picture_of(JOURNEY, layout).height

    @pytest.mark.parametrize("layout", list(Layout))
    def test_a_touchpoint_that_is_known_has_a_bar_and_a_tooltip(self, layout: Layout) -> None:
        picture = picture_of(STIRRED, layout)
        assert AROUSAL in words_of(picture)
        assert [words for words in ("0.25", "0.80", "0.90") if words in words_of(picture)] == ["0.25", "0.80"]
        assert {key: tip["Arousal"] for key, tip in tips_of(picture).items() if tip["Arousal"]} == {
            "website": "0.25 (0 calm, 1 stirred up)",
            "implementation": "0.80 (0 calm, 1 stirred up)",
        }
        assert "arousal, 0 calm to 1 stirred up" in picture.description

    def test_a_bar_is_as_long_as_its_arousal(self) -> None:
        bars = [area for area in picture_of(STIRRED, Layout.WIDE).areas if area.ink is Ink.SOFT]
        assert [round((bar.y2 - bar.y) / 30, 6) for bar in bars] == [0.25, 0.8]
        bars = [area for area in picture_of(STIRRED, Layout.PHONE).areas if area.ink is Ink.SOFT]
        assert [round((bar.x2 - bar.x) / 36, 6) for bar in bars] == [0.25, 0.8]

    def test_arousal_moves_no_point(self) -> None:
        places = [[(sign.x, sign.y) for sign in picture_of(r, Layout.WIDE).signs] for r in (JOURNEY, STIRRED)]
        top = picture_of(JOURNEY, Layout.WIDE).columns[0].box.top
        on_the_plot = [[place for place in found if place[1] < top + 400] for found in places]
        assert on_the_plot[0] == on_the_plot[1]


# How dichromats see linear red, green and blue (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
Matrix = tuple[tuple[float, ...], ...]


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def times(matrix: Matrix, vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""
    dark, light = sorted(times(TO_XYZ, linear(colour))[1] + 0.05 for colour in (one, other))
    return light / dark


def distance(one: str, other: str, sight: Matrix) -> float:
    """The CIE 1976 difference of two colours as this sight has them."""
    first, second = (lab(times(sight, linear(colour))) for colour in (one, other))
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5


def lab(seen: list[float]) -> tuple[float, float, float]:
    shares = [
        part / white for part, white in zip(times(TO_XYZ, [min(1.0, max(0.0, s)) for s in seen]), WHITE, strict=True)
    ]
    x, y, z = (share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116 for share in shares)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
