"""Scales of meters: marks where an engineer looks for them, colours by the settings, figures that fit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from console.audio.state import Level
from console.settings.sound import Meters
from widgets import theme
from widgets.levels_section import SCALES, scale_name
from widgets.meter_scales import STEPS_PER_DB, pixels_of, scale_of
from widgets.meters import Meter, MeterScale, level_words

EVERY = {name: Meters.model_validate(fields) for name, fields in SCALES.items()}


@pytest.mark.parametrize(
    ("name", "dbfs", "figure"),
    [
        ("digital peak", 0.0, "0"), ("digital peak", -20.0, "-20"), ("as OBS", -9.0, "-9"),
        ("PPM I · DIN", -9.0, "0"), ("PPM I · DIN", -4.0, "+5"), ("PPM I · DIN", -59.0, "-50"),
        ("PPM II · BBC", -18.0, "4"), ("PPM II · BBC", -10.0, "6"), ("PPM II · BBC", -30.0, "1"),
        ("PPM II · EBU", -18.0, "TEST"), ("PPM II · EBU", -6.0, "+12"), ("PPM II · EBU", -30.0, "-12"),
        ("VU", -18.0, "0"), ("VU", -15.0, "+3"), ("VU", -38.0, "-20"),
    ],
)  # fmt: skip
def test_a_line_up_tone_stands_at_its_mark(name: str, dbfs: float, figure: str) -> None:
    marks = {mark.figure: mark.dbfs for mark in scale_of(EVERY[name]).marks}
    assert marks[figure] == dbfs


@pytest.mark.parametrize("name", SCALES)
def test_marks_rise_on_the_scale_and_red_is_above_what_is_permitted(name: str) -> None:
    scale = scale_of(EVERY[name])
    places = [scale.share(mark.dbfs) for mark in scale.marks]
    assert all(low < high for low, high in pairwise(places))
    assert (places[0] >= 0.0, places[-1] <= 1.0) == (True, True)
    assert scale.bands[-1][1] == theme.RED
    assert scale_name(EVERY[name]) == name


def test_a_needle_of_a_vu_stands_where_it_does_on_the_instrument() -> None:
    scale = scale_of(Meters(ballistics="vu"))
    assert [round(scale.share(-18.0 + vu), 2) for vu in (3, 0, -3, -20)] == [1.0, 0.71, 0.5, 0.07]


def test_thresholds_and_the_zero_of_vu_are_the_shows() -> None:
    digital = scale_of(Meters(amber_from_dbfs=-24.0, red_from_dbfs=-6.0))
    assert [begin for begin, _ in digital.bands] == [-60.0, -24.0, -6.0]
    american = scale_of(Meters(ballistics="vu", vu_zero_dbfs=-20.0))
    assert next(mark.dbfs for mark in american.marks if mark.figure == "0") == american.bands[-1][0] == -20.0


@given(st.sampled_from(list(SCALES)), st.floats(-140, 40), st.integers(1, 700))
def test_every_level_lies_on_the_bar_and_the_table_agrees(name: str, dbfs: float, width: int) -> None:
    scale = scale_of(EVERY[name])
    assert 0.0 <= scale.share(dbfs) <= 1.0
    table = pixels_of(scale, width)
    step = min(len(table) - 1, max(0, int(-STEPS_PER_DB * dbfs)))
    assert abs(table[step] - scale.share(min(0.0, max(-120.0, dbfs))) * width) <= 1 + width * 0.012


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("width", [90, 160, 240, 480])
def test_figures_stand_apart_and_the_most_wanted_are_there(application: QApplication, name: str, width: int) -> None:
    scale = MeterScale(scale_of(EVERY[name]))
    scale.resize(width, 16)
    with theme.scaled(0.8):
        shown = scale.figures()
    assert {mark.figure for mark in scale.scale.marks if mark.rank == 0} <= {mark.figure for mark, _ in shown}
    rects = sorted((rect for _, rect in shown), key=lambda rect: rect.left())
    assert all(left.right() < right.left() for left, right in pairwise(rects))
    assert all(scale.rect().contains(rect) for rect in rects)


def test_a_bar_is_red_where_its_own_scale_is(application: QApplication) -> None:
    meter = Meter()
    meter.resize(614, 20)
    meter.grab()  # it hears of its size
    seen = []
    for name in ("digital peak", "PPM I · DIN"):
        meter.use_scale(scale_of(EVERY[name]))
        meter.show_level(Level(-1.0, -120.0, -120.0))
        picture = meter.grab().toImage()
        x = int(scale_of(EVERY[name]).share(-9.5) * (meter.width() - 14))
        seen.append(picture.pixelColor(x, 2).name())
    assert seen == [theme.AMBER.name(), theme.GREEN.name()]


def test_a_level_near_nothing_has_no_sign() -> None:
    assert [level_words(dbfs, digits=digits) for dbfs, digits in ((-0.04, 1), (-0.4, 0), (-120.0, 1), (-12.34, 1))] == [
        "0.0", "0", "-∞", "-12.3",
    ]  # fmt: skip
