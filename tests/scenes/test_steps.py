"""One change of a source: what is asked, how the answers are judged, the way back, the words. Pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.settings.show import Step
from scenes.sources.steps import (
    Answers,
    collapsed,
    content_key,
    is_media_there,
    judge_step,
    line_of,
    names_of,
    requests_of,
    said_of,
    thing_of,
    why_not,
)
from scenes.wire.line import ObsRefused

NAMES = st.text(min_size=1, max_size=20)
DOINGS = st.sampled_from(
    "show hide lock unlock filter_on filter_off text image play pause stop restart mute unmute".split()
)
STEPS = st.builds(
    Step, do=DOINGS, source=NAMES, scene=NAMES, filter=NAMES, text=st.text(max_size=200), file=st.text(max_size=50)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    "sceneItemEnabled sceneItemLocked filterEnabled inputMuted mediaState mediaCursor inputSettings".split()
)
REFUSALS = st.builds(ObsRefused, st.just("X"), st.sampled_from([203, 204, 300, 600, 604, 700]), st.text(max_size=10))
ANSWERS = st.lists(st.dictionaries(KEYS, JSON, max_size=4) | REFUSALS, max_size=5)

KINDS = {"text": "text_ft2_source_v2", "image": "image_source"}


class Source:
    """As OBS keeps one: what is set is what is read."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def answer(self, step: Step) -> Answers:
        """The answers to a step's requests, its change carried out."""
        return [self._answer(request) for request in requests_of(step, 0, kind=KINDS.get(step.do, ""))]

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        name, data = request["requestType"], request["requestData"]
        if name.startswith("Get"):
            return {**self.values, "inputSettings": dict(self.values.get("inputSettings", {}))}
        if name == "SetInputSettings":
            self.values["inputSettings"] = {**self.values.get("inputSettings", {}), **data["inputSettings"]}
        elif name == "TriggerMediaInputAction":
            ends = {"PLAY": "PLAYING", "RESTART": "PLAYING", "PAUSE": "PAUSED", "STOP": "STOPPED"}
            self.values["mediaState"] = f"OBS_MEDIA_STATE_{ends[data['mediaAction'].rpartition('_')[2]]}"
            self.values["mediaCursor"] = 0
        else:
            self.values.update({key: data[key] for key in self.values if key in data})
        return {}


def judged(step: Step, source: Source) -> Any:
    return judge_step(step, source.answer(step), kind=KINDS.get(step.do, ""))


def source_for(step: Step, is_on: bool) -> Source:
    values = {"sceneItemEnabled": is_on, "sceneItemLocked": is_on, "filterEnabled": is_on, "inputMuted": is_on}
    state = f"OBS_MEDIA_STATE_{'PLAYING' if is_on else 'PAUSED'}"
    settings = {"text": "old", "file": "old.png"} if is_on else {}
    return Source(**values, mediaState=state, mediaCursor=700, mediaDuration=9000, inputSettings=settings)


@given(STEPS, st.booleans())
def test_a_step_that_obs_carries_out_is_done_and_its_way_back_leads_back(step: Step, is_on: bool) -> None:
    source = source_for(step, is_on)
    before = dict(source.values)
    found = judged(step, source)
    assert found.is_done is True
    if found.back is None:
        return
    assert thing_of(found.back)[:3] == thing_of(step)[:3]
    assert judged(found.back, source).is_done is True
    kept = {key: value for key, value in source.values.items() if not key.startswith("media")}
    if not before["inputSettings"]:  # a default that was left out is written now
        kept["inputSettings"] = {key: value for key, value in kept["inputSettings"].items() if value}
    assert kept == {key: value for key, value in before.items() if not key.startswith("media")}
    assert source.values["mediaState"] == before["mediaState"]


@given(STEPS, st.booleans())
def test_a_step_that_changes_nothing_is_done_and_needs_no_way_back(step: Step, is_on: bool) -> None:
    source = source_for(step, is_on)
    judged(step, source)
    again = judged(step, source)
    assert (again.is_done, again.back) == (True, None)


@given(STEPS)
def test_a_step_that_obs_ignores_is_never_done_unless_it_was_so_before(step: Step) -> None:
    source = source_for(step, is_on=True)
    asked = requests_of(step, 0, kind=KINDS.get(step.do, ""))
    read = source._answer(asked[0] if len(asked) == 3 else asked[1])
    found = judge_step(step, [{}, read, {}, read][4 - len(asked) :], kind=KINDS.get(step.do, ""))
    if found.is_done is True:
        assert found.back is None or step.do in ("play", "restart")


@given(STEPS, ANSWERS)
def test_no_answer_of_obs_breaks_it_and_a_refusal_is_never_done(step: Step, answers: Any) -> None:
    found = judge_step(step, answers, kind=KINDS.get(step.do, ""))
    if any(isinstance(answer, ObsRefused) for answer in answers) or len(answers) < 3:
        assert found.is_done is False
        assert found.why.endswith(".")
        assert found.back is None


@given(STEPS)
def test_every_step_reads_changes_and_reads_again_with_variables_of_its_own(step: Step) -> None:
    first, second = requests_of(step, 1, kind="text_x"), requests_of(step, 2, kind="text_x")
    names = names_of(first)
    assert names[-3] == names[-1]
    assert names[-3].startswith("Get")
    assert not names[-2].startswith("Get")
    made = {name for request in first for name in request.get("outputVariables", {})}
    used = {name for request in first for name in request.get("inputVariables", {}).values()}
    others = {name for request in second for name in request.get("outputVariables", {})}
    assert made == used
    assert not made & others


@given(st.lists(STEPS, max_size=12))
def test_of_several_changes_of_one_thing_the_last_one_counts(steps: list[Step]) -> None:
    found: tuple[Step, ...] = ()
    for step in steps:
        found = collapsed(found, step)
    things = [thing_of(step) for step in found]
    assert len(set(things)) == len(things)
    last = {thing_of(step): step for step in steps}
    assert {thing_of(step): step for step in found} == last
    assert not steps or found[-1] == steps[-1]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Step(do="show", source="Logo", scene="Wide"), "Show Logo in Wide"),
        (Step(do="unlock", source="Logo", scene="Wide"), "Unlock Logo in Wide"),
        (Step(do="filter_on", source="Cam", filter="Blur"), "Filter Blur of Cam on"),
        (Step(do="filter_off", source="Cam", filter="Blur"), "Filter Blur of Cam off"),
        (Step(do="text", source="Title", text="Hello"), "Text of Title: Hello"),
        (Step(do="text", source="Title", text="One\nTwo"), "Text of Title: One / Two"),
        (Step(do="text", source="Title", text=""), "Text of Title: nothing"),
        (Step(do="image", source="Logo", file="/a/b/logo.png"), "Picture of Logo: logo.png"),
        (Step(do="image", source="Logo", file="C:\\a\\logo.png"), "Picture of Logo: logo.png"),
        (Step(do="image", source="Logo", file=""), "Picture of Logo: none"),
        (Step(do="restart", source="Clip"), "Play Clip from the start"),
        (Step(do="pause", source="Clip"), "Pause Clip"),
        (Step(do="mute", source="Mic"), "Mute Mic"),
    ],
)
def test_a_step_is_a_plain_line(step: Step, line: str) -> None:
    assert line_of(step) == line


@given(STEPS)
def test_every_step_has_words(step: Step) -> None:
    assert step.source in said_of(step)
    assert said_of(step).endswith(".")


def test_a_long_text_is_shortened_in_its_line() -> None:
    assert len(line_of(Step(do="text", source="T", text="x" * 500))) < 70


@pytest.mark.parametrize(
    ("kind", "key"),
    [("text_ft2_source_v2", "text"), ("text_gdiplus_v3", "text"), ("image_source", None), ("ffmpeg_source", None)],
)
def test_where_a_text_is_kept(kind: str, key: str | None) -> None:
    assert content_key(Step(do="text", source="x", text=""), kind) == key


@pytest.mark.parametrize(
    ("kind", "key"), [("image_source", "file"), ("ffmpeg_source", "local_file"), ("text_gdiplus_v2", None)]
)
def test_where_a_picture_is_kept(kind: str, key: str | None) -> None:
    assert content_key(Step(do="image", source="x", file=""), kind) == key


def test_only_texts_and_pictures_need_to_know_the_kind() -> None:
    assert why_not(Step(do="mute", source="Mic"), None) == ""
    assert why_not(Step(do="text", source="Mic", text=""), None) == "OBS has no input Mic."
    assert why_not(Step(do="text", source="Mic", text=""), "pulse_input_capture") == "Mic is no text."


@pytest.mark.parametrize("key", ["from_file", "read_from_file"])
def test_a_text_that_obs_reads_from_a_file_is_not_called_changed(key: str) -> None:
    step = Step(do="text", source="Title", text="Hello")
    found = judged(step, Source(inputSettings={key: True}))
    assert (found.is_done, found.why) == (False, "Title reads its words from a file; OBS shows those.")


def test_a_text_too_long_for_a_show_file_has_no_way_back() -> None:
    step = Step(do="text", source="Title", text="Hello")
    found = judged(step, Source(inputSettings={"text": "x" * 20_000}))
    assert (found.is_done, found.back) == (True, None)


def test_a_restart_is_proved_by_a_cursor_that_went_back() -> None:
    step = Step(do="restart", source="Clip")
    before = {"mediaState": "OBS_MEDIA_STATE_PLAYING", "mediaCursor": 5000, "mediaDuration": 9000}
    assert not is_media_there(step, {**before, "mediaCursor": 5100}, before=before)
    assert is_media_there(step, {**before, "mediaCursor": 100}, before=before)
    ended = {"mediaState": "OBS_MEDIA_STATE_ENDED", "mediaCursor": None}
    assert is_media_there(step, {**before, "mediaCursor": 100}, before=ended)
    assert not is_media_there(step, ended, before=ended)


def test_media_that_is_not_yet_there_is_open_and_nothing_to_play_is_a_failure() -> None:
    step = Step(do="pause", source="Clip")
    playing = {"mediaState": "OBS_MEDIA_STATE_PLAYING", "mediaCursor": 5, "mediaDuration": 9000}
    assert judge_step(step, [playing, {}, playing]).is_done is None
    nothing = {"mediaState": "OBS_MEDIA_STATE_NONE", "mediaCursor": None, "mediaDuration": None}
    found = judge_step(step, [nothing, {}, nothing])
    assert (found.is_done, found.why) == (False, "Clip has nothing to play.")
