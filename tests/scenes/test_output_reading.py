"""What OBS says of its outputs: events at once, rates from differences, junk survived."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenes.outputs.reading import EVENTS, HISTORY, Reading, after_answers, after_event, after_the_end
from scenes.outputs.state import OUTPUT_STATES
from scenes.outputs.watch import note_of
from scenes.state import OutputState

S = 1_000_000_000


def said(state: str) -> dict[str, Any]:
    return {"outputState": f"OBS_WEBSOCKET_OUTPUT_{state}"}


def running(**changes: Any) -> dict[str, Any]:
    return {"outputActive": True, "outputReconnecting": False, "outputDuration": 1000, **changes}


def test_an_event_tells_the_state_at_once() -> None:
    reading = Reading()
    states = []
    for number, state in enumerate(("STARTING", "STARTED", "RECONNECTING", "RECONNECTED", "STOPPING", "STOPPED")):
        reading = after_event(reading, "StreamStateChanged", said(state), at_ns=number * S)
        states.append(reading.outputs.stream.state.value)
    assert states == ["starting", "on", "reconnecting", "on", "stopping", "off"]
    assert reading.outputs.stream.since_mono_ns is None


def test_a_pause_is_told_and_ends_with_the_recording() -> None:
    reading = after_event(Reading(), "RecordStateChanged", said("STARTED"), at_ns=S)
    reading = after_event(reading, "RecordStateChanged", said("PAUSED"), at_ns=2 * S)
    assert (reading.outputs.record.state, reading.outputs.record.is_paused) == (OutputState.ON, True)
    assert not after_event(reading, "RecordStateChanged", said("RESUMED"), at_ns=3 * S).outputs.record.is_paused
    assert not after_event(reading, "RecordStateChanged", said("STOPPED"), at_ns=3 * S).outputs.record.is_paused


def test_the_bitrate_is_what_was_sent_in_the_last_second() -> None:
    reading = after_answers(Reading(), {"GetStreamStatus": running(outputBytes=1000)}, at_ns=1 * S)
    assert reading.outputs.stream.bitrate_kbps is None
    reading = after_answers(reading, {"GetStreamStatus": running(outputBytes=126_000)}, at_ns=2 * S)
    assert reading.outputs.stream.bitrate_kbps == 1000
    assert reading.outputs.history[-1].bitrate_kbps == 1000


def test_a_counter_that_began_anew_gives_no_rate() -> None:
    reading = after_answers(Reading(), {"GetStreamStatus": running(outputBytes=9000)}, at_ns=1 * S)
    reading = after_answers(reading, {"GetStreamStatus": running(outputBytes=10)}, at_ns=2 * S)
    assert reading.outputs.stream.bitrate_kbps is None


def test_a_start_that_the_status_does_not_know_yet_stays_a_start() -> None:
    reading = after_event(Reading(), "StreamStateChanged", said("STARTING"), at_ns=100 * S)
    off = {"GetStreamStatus": {"outputActive": False}}
    assert after_answers(reading, off, at_ns=101 * S).outputs.stream.state is OutputState.STARTING
    assert after_answers(reading, off, at_ns=130 * S).outputs.stream.state is OutputState.OFF


def test_answers_that_an_event_overtook_say_nothing_of_the_states() -> None:
    reading = after_event(Reading(), "RecordStateChanged", said("STARTED"), at_ns=S)
    late = after_answers(reading, {"GetRecordStatus": {"outputActive": False}}, at_ns=S, with_states=False)
    assert late.outputs.record.state is OutputState.ON
    fresh = after_answers(reading, {"GetRecordStatus": {"outputActive": False}}, at_ns=S)
    assert fresh.outputs.record.state is OutputState.OFF


def test_the_disk_lasts_as_long_as_the_recording_lately_took() -> None:
    reading = Reading()
    for second in range(11):  # 1 MiB a second, 600 MiB free
        answers = {
            "GetStats": {"availableDiskSpace": 600.0},
            "GetRecordStatus": running(outputBytes=second * 1024 * 1024),
        }
        reading = after_answers(reading, answers, at_ns=second * S + 1)
    assert reading.outputs.disk_left_min is not None
    assert abs(reading.outputs.disk_left_min - 10) < 0.01
    reading = after_event(reading, "RecordStateChanged", said("STOPPED"), at_ns=11 * S)
    assert after_answers(reading, {}, at_ns=12 * S, with_states=False).outputs.disk_left_min is None


def test_skipped_and_lagged_frames_are_counted_per_second() -> None:
    reading = after_answers(Reading(), {"GetStats": {"outputSkippedFrames": 5, "renderSkippedFrames": 7}}, at_ns=S)
    reading = after_answers(reading, {"GetStats": {"outputSkippedFrames": 8, "renderSkippedFrames": 9}}, at_ns=2 * S)
    last = reading.outputs.history[-1]
    assert (last.skipped, last.lagged) == (3, 2)
    assert (reading.outputs.skipped_frames, reading.outputs.lagged_frames) == (8, 9)


def test_five_minutes_are_kept() -> None:
    reading = Reading()
    for second in range(HISTORY + 20):
        reading = after_answers(reading, {}, at_ns=second * S)
    assert len(reading.outputs.history) == HISTORY
    assert reading.outputs.history[0].at_mono_ns == 20 * S


def test_a_paused_recording_keeps_its_time() -> None:
    reading = after_answers(Reading(), {"GetRecordStatus": running(outputDuration=5000)}, at_ns=10 * S)
    reading = after_answers(reading, {"GetRecordStatus": running(outputDuration=5000)}, at_ns=20 * S)
    assert reading.outputs.record.since_mono_ns == 15 * S


def test_what_was_measured_goes_with_the_line_and_the_states_stay() -> None:
    reading = after_answers(Reading(), {"GetStreamStatus": running(outputCongestion=0.5)}, at_ns=S)
    assert reading.outputs.stream.congestion == 0.5
    calm = after_the_end(reading).outputs
    assert (calm.stream.state, calm.stream.congestion) == (OutputState.ON, None)
    assert calm.history == reading.outputs.history


def test_other_canvases_are_named() -> None:
    assert note_of([]) == ""
    assert note_of([{"canvasName": "Vertical"}]) == (
        "OBS has another canvas (Vertical); it cannot be switched from outside this OBS."
    )
    assert "other canvases (A, B); they" in note_of([{"canvasName": "A"}, {"canvasName": "B"}])


JUNK = (
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)
STATUS = st.dictionaries(
    st.sampled_from("outputActive outputReconnecting outputPaused outputBytes outputDuration outputCongestion".split()),
    JUNK,
)


@given(
    st.lists(
        st.tuples(st.sampled_from([*EVENTS, "Other"]), st.sampled_from([*OUTPUT_STATES, "?", None, 7]))
        | st.dictionaries(
            st.sampled_from("GetStats GetStreamStatus GetRecordStatus GetVirtualCamStatus".split()), STATUS
        ),
        max_size=20,
    )
)
def test_no_junk_breaks_the_reading(steps: list[Any]) -> None:
    reading = Reading()
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            reading = after_event(reading, step[0], {"outputState": step[1]}, at_ns=number)
        else:
            reading = after_answers(reading, step, at_ns=number * S)
    assert len(reading.outputs.history) <= len(steps)
