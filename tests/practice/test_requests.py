"""Every request with anything in it: an answer always, never an exception, and never a picture that fails."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.practice.collection import practice_studio
from console.practice.requests import REQUESTS, answer
from console.practice.wire import Fields, Refused, authentication, is_right
from tests.practice.paths import RESOURCES

NAMES = ("Wide", "Safe", "Wide camera", "Safe words", "Music", "Fade", "Cut", "color_source_v3", "jpg", "New", "")
FIELDS = (
    "sceneName newSceneName sourceName inputName newInputName inputKind inputSettings inputMuted sceneItemId "
    "imageFormat imageWidth imageHeight sceneItemEnabled sceneItemTransform transitionName transitionDuration position "
    "release studioModeEnabled inputVolumeDb inputVolumeMul overlay eventData"
).split()
INNER = ("color", "width", "height", "text", "font", "size", "file", "local_file", "positionX", "scaleX", "boundsType")
NUMBERS = st.integers(-5, 300) | st.floats(allow_nan=False, width=32)
SIMPLE = st.none() | st.booleans() | NUMBERS | st.sampled_from(NAMES) | st.text(max_size=5)
VALUES = SIMPLE | st.dictionaries(st.sampled_from(INNER), SIMPLE | st.dictionaries(st.sampled_from(INNER), SIMPLE))
DATA = st.none() | st.dictionaries(st.sampled_from(FIELDS), VALUES) | st.lists(SIMPLE, max_size=2)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(REQUESTS)), DATA), max_size=12))
def test_any_request_is_answered_and_the_studio_still_draws(asked: list[tuple[str, Any]]) -> None:
    studio = practice_studio(RESOURCES / "practice")
    for type, data in asked:
        with contextlib.suppress(Refused):
            answer(studio, type, data)
        studio.take_events()
    for scene in list(studio.scenes):
        size = {"imageWidth": 16, "imageHeight": 16}
        assert answer(studio, "GetSourceScreenshot", {"sourceName": scene, "imageFormat": "jpg", **size})


@given(st.text(), st.text(), st.text())
def test_the_right_password_is_proved_and_no_other(password: str, salt: str, challenge: str) -> None:
    keys = {"salt": salt, "challenge": challenge}
    assert is_right(authentication(password, **keys), password, **keys)
    assert not is_right(authentication(password + "x", **keys), password, **keys)


def test_the_proof_is_the_one_of_the_protocol() -> None:
    keys = {
        "salt": "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
        "challenge": "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
    }
    assert authentication("supersecretpassword", **keys) == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


@pytest.mark.parametrize("value", [True, "3", None, {}])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(Refused):
        Fields({"n": value}).number("n")
