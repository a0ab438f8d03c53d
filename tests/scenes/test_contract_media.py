"""OBS's own behaviour towards media, the real OBS and the practice OBS alike, seen by an independent client."""

import pytest

from tests.rigs.collection import CLIP_MS
from tests.scenes.any_obs import AnyObs
from tests.scenes.titles import TITLES


async def status(obs: AnyObs) -> tuple[str, int | None, int | None]:
    found = await obs.call("GetMediaInputStatus", inputName="Clip")
    return found["mediaState"].removeprefix("OBS_MEDIA_STATE_"), found["mediaDuration"], found["mediaCursor"]


async def act(obs: AnyObs, action: str) -> None:
    await obs.call(
        "TriggerMediaInputAction", inputName="Clip", mediaAction=f"OBS_WEBSOCKET_MEDIA_INPUT_ACTION_{action}"
    )


async def until_state(obs: AnyObs, wanted: str) -> None:
    async def now() -> bool:
        return (await status(obs))[0] == wanted

    await obs.until(now, what=wanted)


async def test_a_clip_starts_when_it_goes_on_air_and_ends_when_it_leaves(obs: AnyObs) -> None:
    await obs.call("SetCurrentProgramScene", **TITLES)
    assert await obs.event_of("MediaInputPlaybackStarted", inputName="Clip")
    state, duration, cursor = await status(obs)
    assert (state, duration) == ("PLAYING", CLIP_MS)
    assert cursor is not None
    assert 0 <= cursor < CLIP_MS
    await obs.call("SetCurrentProgramScene", sceneName="Wide")
    assert await obs.event_of("MediaInputPlaybackEnded", inputName="Clip")
    assert await status(obs) == ("ENDED", None, None)


@pytest.mark.slow
async def test_a_clip_runs_to_its_end_by_itself(titles: AnyObs) -> None:
    await until_state(titles, "PLAYING")  # a clip that is still being opened is not sought
    await titles.call("SetMediaInputCursor", inputName="Clip", mediaCursor=CLIP_MS - 600)
    assert await titles.event_of("MediaInputPlaybackEnded", inputName="Clip")
    assert await status(titles) == ("ENDED", None, None)
    assert (await titles.ask("SetMediaInputCursor", inputName="Clip", mediaCursor=5))[0] == 604
    await act(titles, "PLAY")
    assert await titles.event_of("MediaInputPlaybackStarted", inputName="Clip")
    await until_state(titles, "PLAYING")


async def test_a_clip_is_paused_sought_and_goes_on(titles: AnyObs) -> None:
    await act(titles, "PAUSE")
    told = await titles.event_of("MediaInputActionTriggered", inputName="Clip")
    assert str(told["mediaAction"]).endswith("_PAUSE")
    await until_state(titles, "PAUSED")
    stands = (await status(titles))[2] or 0
    there = 1500 if stands < 1200 else 500  # elsewhere than it stands
    await titles.call("SetMediaInputCursor", inputName="Clip", mediaCursor=there)

    async def is_there() -> bool:
        state, _, cursor = await status(titles)
        return state == "PAUSED" and cursor is not None and there - 50 <= cursor <= there + 100

    await titles.until(is_there, what="the place")
    await act(titles, "PLAY")
    assert await titles.event_of("MediaInputPlaybackStarted", inputName="Clip")

    async def goes_on() -> bool:
        state, _, cursor = await status(titles)
        return state == "PLAYING" and cursor is not None and cursor > there + 150

    await titles.until(goes_on, what="going on")


async def test_a_stopped_clip_starts_over(titles: AnyObs) -> None:
    await titles.call("SetMediaInputCursor", inputName="Clip", mediaCursor=2000)
    await act(titles, "STOP")
    # OBS says "stopped" before its media thread has stopped; a start in between ends as "ended" while the clip plays
    assert await titles.event_of("MediaInputPlaybackEnded", inputName="Clip")

    async def is_off() -> bool:
        state, duration, cursor = await status(titles)
        return state in ("STOPPED", "ENDED") and duration is None and cursor is None

    await titles.until(is_off, what="the stop")
    await act(titles, "RESTART")
    await titles.event_of("MediaInputPlaybackStarted", inputName="Clip")
    await until_state(titles, "PLAYING")
    assert ((await status(titles))[2] or 0) < 1500


async def test_a_looping_clip_never_ends(titles: AnyObs) -> None:
    await titles.call("SetInputSettings", inputName="Clip", inputSettings={"looping": True})
    await until_state(titles, "PLAYING")
    await titles.call("SetMediaInputCursor", inputName="Clip", mediaCursor=CLIP_MS - 300)

    async def is_round() -> bool:
        state, _, cursor = await status(titles)
        return state == "PLAYING" and cursor is not None and cursor < CLIP_MS - 1000

    await titles.until(is_round, what="the next round")
    assert not [data for name, data in titles.witness.events if name == "MediaInputPlaybackEnded"]


async def test_media_actions_on_a_text_do_nothing(titles: AnyObs) -> None:
    await titles.call("TriggerMediaInputAction", inputName="Title", mediaAction="OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY")
    found = await titles.call("GetMediaInputStatus", inputName="Title")
    assert found == {"mediaState": "OBS_MEDIA_STATE_NONE", "mediaDuration": None, "mediaCursor": None}
