"""What the console follows and changes beside takes, against the real OBS and the practice OBS alike."""

from pathlib import Path

from PIL import Image

from console.core.outcome import Result
from scenes.state import OutputState
from tests.scenes.conftest import AnyObs, Connect
from tests.scenes.test_contract import ORDER
from tests.waiting import until


async def test_a_scene_made_renamed_and_removed_is_followed(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)

    def names() -> set[str]:
        return {scene.name for scene in link.state.value.scenes}

    await obs.call("CreateScene", sceneName="Extra")
    await until(lambda: "Extra" in names())
    await obs.call("SetSceneName", sceneName="Extra", newSceneName="Other")
    await until(lambda: "Other" in names() and "Extra" not in names())
    await obs.call("RemoveScene", sceneName="Other")
    await until(lambda: "Other" not in names())
    assert link.state.value.program == "Wide"


async def test_a_scene_renamed_while_on_air_stays_proved_by_its_new_name(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    await obs.call("SetSceneName", sceneName="Wide", newSceneName="Very wide")
    await until(lambda: link.state.value.program == "Very wide")
    await obs.call("SetSceneName", sceneName="Very wide", newSceneName="Wide")
    await until(lambda: link.state.value.program == "Wide")


async def test_a_hidden_item_is_no_longer_expected(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    where = {"sceneName": "Table", "sceneItemId": 2}
    await obs.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    await until(lambda: next(s for s in link.state.value.scenes if s.name == "Table").inputs == {"Table picture"})
    assert (await link.cut("Table")).is_done
    assert link.state.value.program == "Table"
    await obs.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)


async def test_a_mute_is_proved_and_followed(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    assert (await link.set_input_mute("Mic", True)).is_done
    await until(lambda: link.state.value.muted_inputs == {"Mic"}, what="OBS's own word of it")
    assert (await obs.call("GetInputMute", inputName="Mic"))["inputMuted"] is True
    await obs.call("SetInputMute", inputName="Mic", inputMuted=False)
    await until(lambda: not link.state.value.muted_inputs)
    assert (await link.set_input_mute("Nothing", True)).result is Result.REFUSED


async def test_the_levels_of_what_is_on_program_are_there(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    await until(lambda: "Mic" in link.levels() and link.levels()["Mic"].peak_dbfs > -60)
    level = link.levels()["Mic"]
    assert level.peak_dbfs <= 0
    assert -120 <= level.rms_dbfs <= 0  # OBS smooths it: for a moment it may stand above the peak


async def test_the_recording_starts_and_ends(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    assert (await link.set_output("record", True)).is_done
    assert link.state.value.on_air
    assert link.state.value.on_air_since_mono_ns is not None
    assert (await link.set_output("record", False)).is_done
    assert link.state.value.record is OutputState.OFF


async def test_a_picture_of_a_scene_is_a_small_jpeg(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    picture = await link.screenshot("Close", 160, 90)
    assert picture[:2] == b"\xff\xd8"


async def test_an_overlay_comes_once_and_goes_without_a_trace(obs: AnyObs, connect: Connect, tmp_path: Path) -> None:
    path, other = tmp_path / "code.png", tmp_path / "other.png"
    for each in (path, other):
        Image.new("RGB", (40, 40), "white").save(each)
    link = await connect(obs.url, obs.password)
    before = await obs.call("GetSceneItemList", sceneName="Wide")
    for corner in ("top-left", "bottom-right"):
        shown = await link.show_overlay("Wide", "Code", str(path), size_px=100, corner=corner)
        assert shown.is_done, shown
    assert (await link.fill_overlay("Code", str(other))).is_done
    filled = await obs.call("GetInputSettings", inputName="Code")
    assert filled["inputSettings"]["file"] == str(other)
    width, height = link.state.value.canvas
    items = (await obs.call("GetSceneItemList", sceneName="Wide"))["sceneItems"]
    placed = [item for item in items if item["sourceName"] == "Code"]
    assert len(placed) == 1
    assert placed[0]["sceneItemTransform"]["positionX"] == width - 100 - round(height * 0.03)
    assert await obs.is_on_air("Code")
    assert link.state.value.program == "Wide"
    assert (await link.hide_overlay("Code")).is_done
    assert (await link.hide_overlay("Code")).is_done
    after = await obs.call("GetSceneItemList", sceneName="Wide")
    assert [i["sourceName"] for i in after["sceneItems"]] == [i["sourceName"] for i in before["sceneItems"]]


async def test_an_overlay_never_takes_over_an_input_of_the_same_name(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    shown = await link.show_overlay("Wide", "Mic", "/nowhere.png", size_px=100, corner="top-left")
    assert shown.result is Result.REFUSED
    assert (await link.hide_overlay("Mic")).result is Result.REFUSED


async def test_what_obs_holds_is_described(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    found = await link.describe()
    assert tuple(scene.name for scene in found.scenes) == ORDER
    mic = found.input("Mic")
    assert mic is not None
    assert (mic.kind, mic.has_audio) == ("ffmpeg_source", True)
    assert str(mic.settings["local_file"]).endswith("mic.wav")


async def test_a_wrong_password_is_told_and_healed_by_the_right_one(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, "wrong", is_up=False)
    await until(lambda: link.state.value.link.why == "OBS refuses the password.")
    assert "WebSocket Server Settings" in link.state.value.link.fix

    async def right() -> str | None:
        return obs.password

    link._password = right
    await until(lambda: link.state.value.link.is_up)
