"""The pictures of the answering page: one for each emotion, all unlike, lawful under its policy and light."""

import gzip
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jinja2 import UndefinedError

from core.templating import template_environment
from surveys.instruments import DEFAULT_EMOTIONS, EMOTIONS, SCALES, Instrument

# What a picture may say: no style, colour, id or script, which the page's policy or its style sheet forbid.
ATTRIBUTES = {"viewBox", "aria-hidden", "focusable", "d", "class"}
MAX_PICTURE_BYTES = 350
MAX_GZIP_BYTES_OF_TEN = 900
FACE_LEVELS = SCALES[Instrument.ANCHOR].points


@pytest.fixture(scope="module")
def macros() -> Any:
    return template_environment().get_template("feedback/pictures.html").module


@pytest.fixture(scope="module")
def pictures(macros: Any) -> dict[str, str]:
    """Every picture's markup by what it shows."""
    drawn = {emotion: macros.emotion(emotion) for emotion in EMOTIONS}
    drawn |= {f"face {level}": macros.face(level) for level in FACE_LEVELS}
    drawn |= {"star": macros.star(), "thumb up": macros.thumb(True), "thumb down": macros.thumb(False)}
    return {name: str(markup).strip() for name, markup in drawn.items()}


def test_every_emotion_face_star_and_thumb_has_a_picture_of_its_own(pictures: dict[str, str]) -> None:
    assert len(pictures) == len(EMOTIONS) + len(FACE_LEVELS) + 3
    assert len(set(pictures.values())) == len(pictures)


def test_a_picture_is_one_square_that_screen_readers_skip_and_the_tab_key_passes(pictures: dict[str, str]) -> None:
    for name, markup in pictures.items():
        root = ET.fromstring(markup)
        assert root.tag == "svg", name
        assert root.attrib == {"viewBox": "0 0 40 40", "aria-hidden": "true", "focusable": "false"}, name


def test_a_picture_is_paths_alone_and_leaves_colour_and_style_to_the_style_sheet(pictures: dict[str, str]) -> None:
    for name, markup in pictures.items():
        elements = list(ET.fromstring(markup).iter())
        assert {element.tag for element in elements} == {"svg", "path"}, name
        assert {key for element in elements for key in element.attrib} <= ATTRIBUTES, name
        assert {element.get("class", "dot") for element in elements} == {"dot"}, name


def test_a_picture_weighs_little_and_the_ten_usual_emotions_compress_to_less(pictures: dict[str, str]) -> None:
    assert {name: len(markup) for name, markup in pictures.items() if len(markup) > MAX_PICTURE_BYTES} == {}
    ten = "".join(pictures[emotion] for emotion in DEFAULT_EMOTIONS)
    assert len(gzip.compress(ten.encode(), 6)) < MAX_GZIP_BYTES_OF_TEN


def test_an_emotion_that_no_picker_offers_is_refused(macros: Any) -> None:
    with pytest.raises(UndefinedError):
        macros.emotion("bored")
