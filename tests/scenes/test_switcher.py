"""The switcher's model: events folded, junk survived, only proofs believed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.reading.sync import items_of
from scenes.state import OutputState, Scene, Switcher
from scenes.switcher import FOLDED, Model, adopted, fold, offline, settle
from scenes.wire.levels import FLOOR_DBFS, levels_of
from scenes.wire.line import answers_of

SCENES = (Scene("A", inputs=frozenset({"a"})), Scene("B", inputs=frozenset({"b"})))
START = Model(Switcher(scenes=SCENES, program="A", claimed="A"), frozenset({"a"}), aired=("A", frozenset({"a"})))

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["sceneName", "inputName", "videoActive", "inputMuted", "studioModeEnabled", "outputState", "transitionDuration"]
)
events = st.tuples(
    st.sampled_from(sorted(FOLDED)) | st.text(max_size=8), st.dictionaries(keys | st.text(max_size=4), junk)
)


def folded(model: Model, *told: tuple[str, dict[str, Any]]) -> Model:
    for at_ns, (event, data) in enumerate(told, 1):
        model = settle(fold(model, event, data, at_ns=at_ns), at_ns=at_ns, is_final=False)
    return model


def active(name: str, on: bool) -> tuple[str, dict[str, Any]]:
    return "InputActiveStateChanged", {"inputName": name, "videoActive": on}


def test_a_cut_is_proved_when_the_old_picture_has_gone() -> None:
    going = folded(START, active("b", True), ("CurrentProgramSceneChanged", {"sceneName": "B"}))
    assert (going.shown.program, going.shown.claimed) == ("A", "B")
    assert folded(going, active("a", False)).shown.program == "B"


def test_while_a_transition_runs_what_was_proved_stays() -> None:
    running = folded(START, ("SceneTransitionStarted", {}), active("b", True), active("a", False))
    assert running.shown.program == "A"
    assert running.shown.in_transition


def test_a_claim_that_the_inputs_deny_is_not_believed_in_the_end() -> None:
    told = folded(START, ("CurrentProgramSceneChanged", {"sceneName": "B"}))
    done = settle(told, at_ns=9, is_final=True)
    assert (done.shown.program, done.shown.claimed) == ("A", "B")


def test_on_air_begins_with_the_first_output_and_ends_with_the_last() -> None:
    started = {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTED"}
    stopped = {"outputState": "OBS_WEBSOCKET_OUTPUT_STOPPED"}
    live = folded(START, ("StreamStateChanged", started), ("RecordStateChanged", started))
    assert live.shown.on_air_since_mono_ns == 1
    half = folded(live, ("StreamStateChanged", stopped))
    assert half.shown.on_air
    assert half.shown.on_air_since_mono_ns == 1
    assert folded(half, ("RecordStateChanged", stopped)).shown.on_air_since_mono_ns is None


def test_black_is_black_when_proved_and_when_only_another_empty_scene_could_be_it() -> None:
    black = Scene("Black")
    for scenes in ((*SCENES, black), (*SCENES, black, Scene("Empty"))):
        start = replace(START.showing(scenes=scenes), black_scene="Black")
        gone = folded(start, active("a", False), ("CurrentProgramSceneChanged", {"sceneName": "Black"}))
        assert (gone.shown.is_black, gone.previous) == (True, "A")
        back = folded(gone, active("a", True), ("CurrentProgramSceneChanged", {"sceneName": "A"}))
        assert (back.shown.is_black, back.shown.program) == (False, "A")


def test_outside_studio_mode_the_consoles_own_preview_outlives_a_reading_and_a_rename() -> None:
    known = (Scene("A", "1"), Scene("B", "2"))
    chosen = START.showing(preview="B", scenes=known)
    assert adopted(chosen, Model(Switcher(scenes=known))).shown.preview == "B"
    renamed = (Scene("A", "1"), Scene("Big", "2"))
    assert adopted(chosen, Model(Switcher(scenes=renamed))).shown.preview == "Big"
    assert adopted(chosen, Model(Switcher(scenes=known[:1]))).shown.preview is None
    assert adopted(chosen, Model(Switcher(scenes=known, studio_mode=True, preview="A"))).shown.preview == "A"
    assert offline(chosen).shown.preview == "B"


def test_studio_mode_has_a_preview_of_its_own() -> None:
    on = folded(START.showing(preview="B", t_bar=0.5), ("StudioModeStateChanged", {"studioModeEnabled": True}))
    assert (on.shown.preview, on.shown.t_bar) == (None, None)


def test_without_obs_nothing_is_proved_and_a_running_stream_is_not_forgotten() -> None:
    live = folded(START, ("StreamStateChanged", {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTED"}))
    away = offline(live).shown
    assert (away.program, away.claimed, away.stream) == (None, None, OutputState.ON)


@settings(max_examples=60, deadline=None)
@given(st.lists(events, max_size=12), st.booleans())
def test_no_event_breaks_the_model(told: list[tuple[str, dict[str, Any]]], is_final: bool) -> None:
    model = settle(folded(START, *told), at_ns=99, is_final=is_final)
    assert model.shown.program in {"A", "B", None}
    assert model.shown.scenes == SCENES


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.just("inputs") | st.text(max_size=3), junk))
def test_no_meter_message_breaks_the_meters(meters: dict[str, Any]) -> None:
    assert all(level.peak_dbfs >= FLOOR_DBFS for level in levels_of(meters).values())


def test_a_muted_input_is_at_the_floor_and_still_moves_before_its_fader() -> None:
    level = levels_of({"inputs": [{"inputName": "Mic", "inputLevelsMul": [[0.0, 0.0, 0.1], [0.0, 0.0, 0.5]]}]})["Mic"]
    assert (level.peak_dbfs, level.rms_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)
    assert abs(level.before_fader_dbfs - -6.02) < 0.01


def test_a_peak_that_is_unset_memory_is_no_level() -> None:
    levels = levels_of({"inputs": [{"inputName": "Mic", "inputLevelsMul": [[0.1, 5.6e28, float("nan")]]}]})
    assert levels["Mic"].peak_dbfs == FLOOR_DBFS
    assert levels["Mic"].before_fader_dbfs == FLOOR_DBFS
    assert levels["Mic"].rms_dbfs == -20


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["sceneItems", "results"]), junk))
def test_no_answer_breaks_its_reader(answer: dict[str, Any]) -> None:
    items_of(answer)
    assert len(answers_of(answer, ["A", "B"])) == 2


def _landing(*arrived: str, claimed: str = "Close", ended: bool = True) -> Model:
    """Wide was on air; a transition ran, these inputs became active, and nothing of Wide has left yet."""
    scenes = (
        Scene("Wide", inputs=frozenset({"wide", "mic"})),
        Scene("Close", inputs=frozenset({"close"})),
        Scene("Close twin", inputs=frozenset({"twin"})),
        Scene("Twin's twin", inputs=frozenset({"twin"})),
        Scene("Both", inputs=frozenset({"wide", "other"})),
        Scene("Other", inputs=frozenset({"other"})),
    )
    shown = Switcher(scenes=scenes, claimed="Wide", program="Wide", studio_mode=True)
    model = Model(shown, active=frozenset({"wide", "mic"}), aired=("Wide", frozenset({"wide", "mic"})))
    model = fold(model, "SceneTransitionStarted", {}, at_ns=1)
    for name in arrived:
        model = fold(model, "InputActiveStateChanged", {"inputName": name, "videoActive": True}, at_ns=2)
    model = fold(model, "CurrentProgramSceneChanged", {"sceneName": claimed}, at_ns=3)
    return fold(model, "SceneTransitionEnded", {}, at_ns=4) if ended else model.showing(in_transition=False)


def test_what_came_with_the_transition_is_proved_before_the_scene_before_has_left() -> None:
    assert settle(_landing("close"), at_ns=5, is_final=False).shown.program == "Close"


@pytest.mark.parametrize(
    ("why", "model"),
    [
        ("nothing arrived: OBS lost the take", _landing()),
        ("another scene arrived than OBS names", _landing("close", claimed="Other")),
        ("two scenes can have arrived", _landing("twin", claimed="Close twin")),
        ("a scene that holds what leaves as well as what came", _landing("other", claimed="Other")),
        ("no end was told: a T-bar that came back", _landing("close", ended=False)),
        ("an input of no scene arrived as well", _landing("close", "else")),
    ],
)
def test_an_arrival_that_could_be_something_else_proves_nothing(why: str, model: Model) -> None:
    assert settle(model, at_ns=5, is_final=False).shown.program == "Wide", why


def test_an_arrival_is_no_proof_for_good() -> None:
    arrived = settle(_landing("close"), at_ns=5, is_final=False)
    assert settle(arrived, at_ns=6, is_final=True).shown.program != "Close"
