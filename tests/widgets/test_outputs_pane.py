"""The OUTPUTS page: true states, what is held, what is left, and the last minutes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.core.journal import Origin
from scenes.outputs.state import Output, Outputs, Sample
from scenes.state import OutputState
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import history, running_outputs
from tests.widgets.shown import Shown
from widgets import theme
from widgets.controls import Face
from widgets.output_cell import OutputCell
from widgets.outputs_pane import OutputsPane, disk_colour, disk_words, figures_of, trouble_of
from widgets.pages import OUTPUTS
from widgets.plot import mbps_words, scale_top


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk) -> OutputsPane:
    desk.be("outputs")
    shown.window.pages.show_page(OUTPUTS)
    shown.settle()
    return shown.window.pages.outputs


def cell(pane: OutputsPane, which: str) -> OutputCell:
    return next(each for each in pane.cells if each.which == which)


def test_each_output_says_its_state_in_a_word(pane: OutputsPane, desk: FakeDesk) -> None:
    assert [each.said.lamp for each in pane.cells] == ["ON AIR", "REC", "READY", "OFF"]
    words = {}
    for state in OutputState:
        desk.outputs.set(replace(running_outputs(), stream=Output(state)))
        words[state] = cell(pane, "stream").said.lamp
    assert words == {
        OutputState.OFF: "OFF", OutputState.STARTING: "STARTING", OutputState.ON: "ON AIR",
        OutputState.RECONNECTING: "RECONNECTING", OutputState.STOPPING: "STOPPING",
    }  # fmt: skip


def test_only_what_runs_is_red_or_green(pane: OutputsPane, desk: FakeDesk) -> None:
    faces = []
    for state in (OutputState.STARTING, OutputState.ON, OutputState.STOPPING, OutputState.OFF):
        desk.outputs.set(replace(running_outputs(), stream=Output(state), vcam=Output(state)))
        faces.append((cell(pane, "stream").said.face, cell(pane, "vcam").said.face))
    assert faces == [
        (Face.AMBER_LINE, Face.AMBER_LINE), (Face.RED, Face.GREEN), (Face.AMBER_LINE, Face.AMBER_LINE),
        (Face.OFF, Face.OFF),
    ]  # fmt: skip


def test_figures_stand_beside_the_state(pane: OutputsPane) -> None:
    stream = cell(pane, "stream").said
    assert stream.first.startswith("00:12:3")
    assert stream.first.endswith(" · 5.8 Mbit/s")
    assert stream.second == "congestion 2% · 12 skipped"
    assert cell(pane, "record").said.second == "disk: 2 h 12 min left"


def test_starting_and_stopping_are_held(shown: Shown, pane: OutputsPane, desk: FakeDesk) -> None:
    for which, wanted in (("vcam", "vcam.start"), ("stream", "stream.stop")):
        desk.asked.clear()
        switch = cell(pane, which).switch
        QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert desk.asked == []
        QTest.mousePress(switch, Qt.MouseButton.LeftButton)
        shown.until(lambda: bool(desk.asked))
        QTest.mouseRelease(switch, Qt.MouseButton.LeftButton)
        assert desk.asked == [(wanted, Origin.BUTTON, {})]


def test_a_replay_is_saved_and_a_recording_paused_and_gone_on_with(pane: OutputsPane, desk: FakeDesk) -> None:
    QTest.mouseClick(pane.save, Qt.MouseButton.LeftButton)
    QTest.mouseClick(pane.pause, Qt.MouseButton.LeftButton)
    desk.outputs.set(replace(running_outputs(), record=Output(OutputState.ON, is_paused=True)))
    assert pane.pause.title == "GO ON"
    assert cell(pane, "record").said.lamp == "PAUSED"
    QTest.mouseClick(pane.pause, Qt.MouseButton.LeftButton)
    assert desk.asked == [
        ("replay.save", Origin.BUTTON, {}),
        ("record.pause", Origin.BUTTON, {"on": True}),
        ("record.pause", Origin.BUTTON, {"on": False}),
    ]


def test_what_this_obs_does_not_have_says_why(pane: OutputsPane, desk: FakeDesk) -> None:
    desk.be("outputs_trouble")
    assert cell(pane, "replay").said.lamp == "NOT HERE"
    assert "switch it on" in cell(pane, "replay").said.first
    assert "v4l2loopback" in cell(pane, "vcam").toolTip()


def test_a_limit_that_the_director_should_know_is_shown(pane: OutputsPane, desk: FakeDesk) -> None:
    assert not pane.note.isVisible()
    desk.be("outputs_trouble")
    assert pane.note.isVisible()
    assert "extra canvas" in pane.note.text


def test_the_worst_trouble_is_named_beside_the_tabs(pane: OutputsPane, desk: FakeDesk) -> None:
    running = running_outputs()
    assert pane.status[0] == ()
    told = []
    for outputs in (
        replace(running, disk_left_min=29.0),
        replace(running, disk_left_min=9.0),
        replace(running, stream=replace(running.stream, congestion=0.4)),
        replace(running, stream=replace(running.stream, state=OutputState.RECONNECTING)),
    ):
        desk.outputs.set(outputs)
        told.append((" ".join(pane.status[0]), pane.mark[0]))
    assert told == [
        ("■ disk: 29 min left", "■"), ("▲ disk: 9 min left", "▲"), ("■ stream congested", "■"),
        ("■ stream reconnecting", "■"),
    ]  # fmt: skip
    assert trouble_of(running) is None


def test_the_disk_is_told_in_minutes_else_as_room(pane: OutputsPane) -> None:
    assert disk_words(Outputs(disk_free_mb=182_000.0)) == "disk: 178 GB free"
    assert disk_words(Outputs(disk_free_mb=182_000.0, disk_left_min=59.9)) == "disk: 59 min left"
    assert disk_words(Outputs()) == ""
    assert [disk_colour(left) for left in (None, 30.0, 29.9, 10.0, 9.9)] == [
        theme.SOFT, theme.SOFT, theme.AMBER_SOFT, theme.AMBER_SOFT, theme.RED_SOFT,
    ]  # fmt: skip


def test_figures_of_obs_are_marked_while_it_goes_wrong() -> None:
    well = [words for words, _ in figures_of(running_outputs())]
    assert well == ["30 fps", "render 4.3 ms", "lagged 3", "skipped 12", "OBS 17 % CPU"]
    bad = replace(running_outputs(), history=history(troubled=True), cpu_pct=91.0)
    marked = {words for words, colour in figures_of(bad) if colour == theme.AMBER_SOFT}
    assert marked == {"▲ skipped 12", "▲ OBS 91 % CPU"}
    assert figures_of(Outputs()) == ()  # OBS is away: no figures, no zeros


def test_the_plot_says_its_last_five_minutes_in_words(pane: OutputsPane, desk: FakeDesk) -> None:
    now = desk.clock.mono_ns()
    desk.outputs.set(replace(running_outputs(), history=(Sample(now, 5800, 0.0, 4.0, 2, 1), Sample(now, 5800))))
    assert pane.plot.accessibleDescription().startswith("3 frames")


def test_a_sample_a_second_is_all_that_paints_the_plot(pane: OutputsPane, desk: FakeDesk, shown: Shown) -> None:
    before = pane.plot.grab().toImage()
    outputs = desk.outputs.value
    desk.outputs.set(replace(outputs, history=(*outputs.history[1:], replace(outputs.history[-1], bitrate_kbps=0.0))))
    shown.settle()
    assert pane.plot.grab().toImage() != before


@given(st.floats(min_value=0, max_value=5e8), st.sampled_from([10.0, 1000.0]))
def test_a_scale_ends_at_a_round_number_just_above_what_it_shows(most: float, least: float) -> None:
    top = scale_top(most, least=least)
    assert top >= max(most, least)
    assert top == least or top <= most * 2.5 + 1e-6
    assert f"{top:e}"[0] in "125"


def test_a_bitrate_in_words() -> None:
    assert [mbps_words(kbps) for kbps in (0, 950, 5800, 12_400)] == ["0.0", "0.9", "5.8", "12"]
