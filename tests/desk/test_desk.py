import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import zxingcpp
from PIL import Image

from console.cameras.state import FLOOR_DBFS, CameraState
from console.cameras.state import Origin as Source
from console.commerce.state import DropState, Sale
from console.core.alarms import Rank
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome, Result
from console.desk.actions import Actions
from console.desk.catalogue import ACTIONS
from console.desk.overlays import Overlays, buyers_address, picture_name
from console.desk.watch import Watch
from console.remote.sound import sound_of
from scenes.state import InputLevel, Take, TakeState
from tests.desk.parts import SHOW, Stage
from tests.waiting import until


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_an_action_is_journalled_with_its_origin_and_its_outcome(stage: Stage) -> None:
    outcome = await stage.desk.run("scene.cut", Origin.KEY, scene="Table")
    assert outcome.is_done
    assert stage.called("cut") == [(("Table",), {"expect": None})]
    kind, origin, fields = stage.journal.entries[-1]
    assert (kind, origin, fields["action"], fields["result"]) == ("action", Origin.KEY, "scene.cut", "done")


async def test_an_unknown_action_is_refused(stage: Stage) -> None:
    assert (await stage.desk.run("scene.cutt", Origin.KEY)).result is Result.REFUSED


async def test_wrong_arguments_are_refused_with_the_name_of_each(stage: Stage) -> None:
    outcome = await stage.desk.run("channel.mute", Origin.REMOTE, channel="Host", on="maybe", loud=True)
    assert outcome.result is Result.REFUSED
    assert outcome.why.startswith("On must be")
    assert outcome.why.endswith('There is no "loud" here.')


async def test_a_locked_desk_does_only_what_makes_the_show_safe(stage: Stage) -> None:
    await stage.desk.run("lock.set", Origin.KEY, on=True)
    assert (await stage.desk.run("scene.cut", Origin.KEY)).result is Result.REFUSED
    assert (await stage.desk.run("scene.safe", Origin.KEY)).is_done
    assert (await stage.desk.run("sale.stop", Origin.BUTTON)).is_done
    assert (await stage.desk.run("scene.cut", Origin.REMOTE)).is_done
    assert (await stage.desk.run("lock.set", Origin.KEY, on=False)).is_done


async def test_an_action_that_cannot_run_says_why(stage: Stage) -> None:
    stage.switch(link=Link(why="OBS was closed."))
    outcome = await stage.desk.run("scene.cut", Origin.KEY)
    assert (outcome.result, outcome.why) == (Result.REFUSED, "OBS was closed.")
    assert stage.desk.notice.value is not None
    assert stage.desk.notice.value.what == "OBS was closed."


@pytest.mark.logs("action scene.cut")
async def test_a_bug_in_one_action_is_not_the_end_of_the_show(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*arguments: object, **named: object) -> Outcome:
        raise ZeroDivisionError

    monkeypatch.setattr(stage.obs, "cut", broken, raising=False)
    outcome = await stage.desk.run("scene.cut", Origin.KEY)
    assert outcome.result is Result.FAILED
    assert (await stage.desk.run("scene.auto", Origin.KEY)).is_done


async def test_a_channel_reads_muted_only_when_it_is_muted_in_obs_too(stage: Stage) -> None:
    sound = stage.audio.state.value
    stage.audio.state.set(replace(sound, channels=(replace(sound.channels[0], is_muted=True), sound.channels[1])))
    assert not stage.desk.sound.value.channels[0].is_muted
    stage.switch(muted_inputs=frozenset({"Mic"}))
    assert stage.desk.sound.value.channels[0].is_muted


async def test_a_channel_that_is_muted_in_one_place_alone_says_where_and_one_press_opens_both(stage: Stage) -> None:
    def told() -> tuple[object, ...]:
        host = sound_of(stage.desk)["channels"][0]  # type: ignore[index]
        return host["is_muted"], host["is_muted_here"], host["muted_only_in"]

    sound = stage.audio.state.value
    stage.switch(muted_inputs=frozenset({"Mic"}))
    assert told() == (False, False, "OBS")
    assert stage.desk.sound.value.channels[0].mute_words == "muted in OBS only"
    stage.audio.state.set(replace(sound, channels=(replace(sound.channels[0], is_muted=True), sound.channels[1])))
    assert told() == (True, True, None)
    stage.switch(muted_inputs=frozenset())
    assert told() == (False, True, "returns")
    assert stage.desk.sound.value.channels[0].is_to_be_opened
    stage.audio.state.set(replace(sound, channels=(replace(sound.channels[0], mutes_obs=False), sound.channels[1])))
    stage.switch(muted_inputs=frozenset({"Mic"}))
    assert told() == (False, False, "OBS")  # which its mute does not act on: a press of it is no way to open it
    assert not stage.desk.sound.value.channels[0].is_to_be_opened


async def test_whoever_talks_into_what_is_muted_in_obs_is_marked(stage: Stage) -> None:
    stage.desk.say_who_talks(frozenset({"Mic", "Guest call"}))
    told = sound_of(stage.desk)
    assert told["talking_inputs"] == ["Guest call", "Mic"]
    assert [one["is_talking_muted"] for one in told["channels"]] == [True, False]  # type: ignore[attr-defined]
    stage.desk.say_who_talks(frozenset())
    assert not stage.desk.sound.value.channels[0].is_talking_muted


async def test_a_refusal_leaves_the_banner_when_the_same_is_done(stage: Stage) -> None:
    stage.audio.answers["set_mute"] = Outcome.refused("There is no such channel.")
    await stage.desk.run("channel.mute", Origin.BUTTON, channel="Host", on=True)
    del stage.audio.answers["set_mute"]
    await stage.desk.run("channel.solo", Origin.BUTTON, channel="Host", on=True)
    assert stage.desk.notice.value is not None  # that is another matter
    await stage.desk.run("channel.mute", Origin.BUTTON, channel="Host", on=True)
    assert stage.desk.notice.value is None


async def test_nobody_says_plainly_muted_while_obs_cannot_be_asked(stage: Stage) -> None:
    sound = stage.audio.state.value
    both, here = (replace(channel, is_muted=True) for channel in sound.channels)
    stage.audio.state.set(replace(sound, channels=(both, here)))
    stage.switch(muted_inputs=frozenset({"Mic"}), link=Link(LinkState.DOWN, "OBS was closed."))
    assert [one.mute_words for one in stage.desk.sound.value.channels] == ["muted here, OBS ?", "muted"]
    told = [(one["is_muted"], one["is_muted_here"]) for one in sound_of(stage.desk)["channels"]]  # type: ignore[attr-defined]
    assert told == [(False, True), (True, True)]
    stage.audio.state.set(sound)
    assert stage.desk.sound.value.channels[0].mute_words == ""


async def test_mute_acts_on_obs_and_the_returns_and_names_the_one_that_failed(stage: Stage) -> None:
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS did not answer.", "Mute it in OBS.")
    outcome = await stage.desk.run("channel.mute", Origin.BUTTON, channel="Host", on=True)
    assert outcome.why == "Host is still heard in OBS: OBS did not answer."
    assert stage.called("set_mute") == [(("Host", True), {})]


async def test_a_cough_gives_back_what_was(stage: Stage) -> None:
    await stage.desk.run("cough.hold", Origin.KEY, on=True)
    await stage.desk.run("cough.hold", Origin.KEY, on=False)
    assert stage.called("set_mute") == [(("Host", True), {}), (("Host", False), {})]


async def test_backspace_brings_the_previous_program_to_preview(stage: Stage) -> None:
    assert (await stage.desk.run("preview.previous", Origin.KEY)).result is Result.REFUSED
    stage.switch(program="Table")
    await stage.desk.run("preview.previous", Origin.KEY)
    assert stage.called("preview") == [(("Wide",), {})]


async def test_the_previous_program_keeps_to_its_scene_when_that_has_another_name(stage: Stage) -> None:
    stage.switch(program="Table")
    scenes = stage.desk.switcher.value.scenes
    renamed = tuple(replace(scene, name="Far") if scene.name == "Wide" else scene for scene in scenes)
    stage.switch(scenes=renamed)
    both = tuple(replace(scene, name="Desk") if scene.name == "Table" else scene for scene in renamed)
    stage.switch(scenes=both, program="Desk")
    await stage.desk.run("preview.previous", Origin.KEY)
    assert stage.called("preview") == [(("Far",), {})]


async def test_a_page_that_follows_the_takes_fills_no_journal(stage: Stage) -> None:
    await stage.desk.run("sources.look_at", Origin.CONSOLE, scene="Table")
    assert stage.journal.of("action") == []
    await stage.desk.run("sources.look_at", Origin.BUTTON, scene="Table")
    assert len(stage.journal.of("action")) == 1


async def test_go_takes_the_scene_arms_the_drop_and_never_fires_it(stage: Stage) -> None:
    await stage.desk.run("cue.go", Origin.KEY)
    await stage.desk.run("cue.go", Origin.KEY)
    assert stage.called("take") == [(("Wide",), {}), (("Table",), {})]
    assert stage.called("arm") == [(("cap-01",), {})]
    assert stage.called("fire") == []
    assert (await stage.desk.run("cue.go", Origin.KEY)).why == "No cue stands by."


async def test_a_cue_whose_take_fails_still_stands_by(stage: Stage) -> None:
    stage.obs.answers["take"] = Outcome.refused("OBS was not heard.")
    assert not (await stage.desk.run("cue.go", Origin.KEY)).is_done
    assert stage.desk.rundown.value.standby == 0


async def test_return_is_a_word_that_python_keeps_for_itself(stage: Stage) -> None:
    assert (await stage.desk.run("return.test", Origin.REMOTE, **{"return": "Guest"})).is_done
    assert stage.called("test_return") == [(("Guest",), {})]


async def test_a_tile_that_obs_shows_is_heard_as_obs_hears_its_input(stage: Stage) -> None:
    stage.obs.answers["levels"] = cast(Outcome, {"Card": InputLevel(-120.0, -120.0, -18.0)})
    for source, level_dbfs in (("Card", -18.0), ("Scene without a meter", FLOOR_DBFS), (None, FLOOR_DBFS)):
        stage.cameras.answers["source"] = cast(Outcome, source)
        assert stage.desk.camera_level("Wide") == level_dbfs


async def test_an_obs_that_is_away_is_one_alarm_and_not_one_more_for_each_of_its_tiles(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    own = replace(stage.cameras.tiles.value[0], name="Own", origin=Source.WORKER, state=CameraState.LOST)
    stage.cameras.tiles.set((own, replace(own, name="By OBS", origin=Source.OBS)))
    assert {alarm.id for alarm in stage.alarms.present.value} == {"camera.Own", "camera.By OBS"}
    stage.switch(link=Link(LinkState.DOWN, "OBS does not answer.", "Start OBS."))
    assert {alarm.id for alarm in stage.alarms.present.value} == {"camera.Own", "obs"}
    watch.close()


async def test_a_camera_that_is_on_air_outranks_one_that_is_not(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    lost = replace(stage.cameras.tiles.value[0], state=CameraState.LOST)
    stage.cameras.tiles.set((lost, replace(lost, name="Street", scene="Street")))
    ranks = {alarm.id: alarm.rank for alarm in stage.alarms.present.value}
    assert ranks == {"camera.Wide": Rank.ON_AIR, "camera.Street": Rank.LINK}
    stage.cameras.tiles.set((replace(lost, state=CameraState.LIVE),))
    assert "camera.Wide" not in {alarm.id for alarm in stage.alarms.present.value}
    watch.close()


async def test_a_still_on_air_is_worth_a_note_and_no_more(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    tile = stage.cameras.tiles.value[0]
    for state, rank in ((CameraState.FROZEN, Rank.NOTE), (CameraState.BLACK, Rank.ON_AIR)):
        stage.cameras.tiles.set((replace(tile, state=state),))
        assert [alarm.rank for alarm in stage.alarms.present.value] == [rank]
    watch.close()


async def test_a_camera_that_was_removed_or_renamed_leaves_no_alarm_behind(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    lost = replace(stage.cameras.tiles.value[0], name="Street", state=CameraState.LOST)
    stage.cameras.tiles.set((lost,))
    stage.cameras.tiles.set((replace(lost, name="Alley"),))
    assert {alarm.id for alarm in stage.alarms.present.value} == {"camera.Alley"}
    stage.cameras.tiles.set(())
    assert stage.alarms.present.value == ()
    watch.close()


async def test_a_lost_take_is_an_alarm_until_the_next_one(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    stage.switch(take=Take("Table", TakeState.LOST, 0, "OBS says Table; on air is Wide."))
    assert stage.alarms.present.value[0].what == "OBS says Table; on air is Wide."
    stage.switch(take=Take("Table", TakeState.ON_AIR, 0))
    assert stage.alarms.present.value == ()
    watch.close()


async def test_a_stop_that_the_shop_does_not_confirm_is_an_alarm_until_it_does(stage: Stage) -> None:
    watch = Watch(stage.desk, stage.alarms)
    stage.commerce.state.set(replace(stage.commerce.state.value, is_stopping=True))
    await until(lambda: stage.alarms.present.value, what="the alarm")
    assert stage.alarms.present.value[0].kind == "sale.stopping"
    stage.commerce.state.set(replace(stage.commerce.state.value, is_stopping=False))
    assert stage.alarms.present.value == ()
    watch.close()


async def test_the_code_is_on_the_picture_exactly_while_the_drop_is_open(stage: Stage, tmp_path: Path) -> None:
    overlays = Overlays(stage.desk, stage.alarms, tmp_path)
    await until(lambda: stage.called("hide_overlay"), what="the first tidying")
    stage.sell(state=DropState.ARMED)
    await until(lambda: stage.called("place_overlay"), what="the empty place")
    stage.sell(state=DropState.FIRING)
    assert stage.called("show_overlay") == []
    stage.sell(state=DropState.OPEN)
    await until(lambda: stage.called("show_overlay"), what="the code")
    (scene, name, path), placed = stage.called("show_overlay")[0]
    assert (scene, name, placed["corner"]) == ("Table", "Cuedrop cap-01", "bottom-right")
    assert Path(path).read_bytes().startswith(b"\x89PNG")
    stage.sell(state=DropState.CLOSED)
    await until(lambda: len(stage.called("hide_overlay")) == 2, what="the end of the code")
    await overlays.close()


async def test_the_code_counts_down_in_the_rooms_time_and_goes_on_as_the_code_alone(
    stage: Stage, tmp_path: Path
) -> None:
    def figures() -> list[str]:
        return [Path(arguments[1]).stem for arguments, _ in stage.called("fill_overlay")]

    overlays = Overlays(stage.desk, stage.alarms, tmp_path)
    opens_at = stage.clock.now() + timedelta(seconds=12.05)
    stage.sell(state=DropState.COUNTDOWN, opens_at=opens_at, room_lead_s=10.0)  # 2.05 s in the room
    await until(lambda: stage.called("show_overlay"), what="the code with its clock")
    shown = Path(stage.called("show_overlay")[0][0][2])
    assert shown.stem == "cap-01.1"
    with Image.open(shown) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["http://buy/d/cap-01"]
        assert picture.height > picture.width
    stage.clock.step(0.1)
    await until(lambda: figures() == ["cap-01.0"], what="two seconds")
    stage.clock.step(2.0)
    await until(lambda: figures()[-1] == "cap-01", what="zero in the room, though the shop opens later")
    stage.sell(state=DropState.CLOSED)
    await until(lambda: stage.called("hide_overlay"), what="the end of the code")
    await overlays.close()


def test_the_picture_of_one_drops_countdown_is_never_that_of_another_drop() -> None:
    assert picture_name("cap", 61) != picture_name("cap-1", None)
    assert picture_name("cap", 61) != picture_name("cap", 60)


async def test_a_platform_that_may_punish_a_code_never_gets_one(tmp_path: Path) -> None:
    stage = Stage(SHOW.replace("[[drops]]", '[shop]\nkind = "manual"\n[[drops]]'))
    overlays = Overlays(stage.desk, stage.alarms, tmp_path)
    await until(lambda: stage.called("hide_overlay"), what="the first tidying")
    for state in (DropState.ARMED, DropState.FIRING, DropState.OPEN):
        stage.sell(state=state)
        await asyncio.sleep(0)
    assert stage.called("place_overlay") == stage.called("show_overlay") == []
    await overlays.close()


async def test_a_manual_platforms_code_leads_to_its_own_address() -> None:
    assert (
        buyers_address(Sale(kind="manual", public_url="https://shop.example/live"), "a") == "https://shop.example/live"
    )
    assert buyers_address(Sale(public_url="https://shop.example/"), "a") == "https://shop.example/d/a"


async def test_a_code_that_cannot_be_hidden_is_an_alarm_and_tried_again(stage: Stage, tmp_path: Path) -> None:
    stage.obs.answers["hide_overlay"] = Outcome.failed("OBS did not answer.")
    overlays = Overlays(stage.desk, stage.alarms, tmp_path)
    await until(lambda: stage.alarms.present.value, what="the alarm")
    stage.obs.answers.clear()
    await until(lambda: not stage.alarms.present.value, what="the next try")
    await overlays.close()


def test_every_action_has_words_and_every_held_action_a_reason() -> None:
    for action in ACTIONS:
        assert action.title, action.id
        assert action.help.endswith("."), action.id
        assert action.schema()["type"] == "object"


def test_the_contract_names_are_all_there() -> None:
    names = (
        "scene.preview scene.cut scene.auto scene.take scene.safe transition.set studio_mode.set drop.arm drop.disarm "
        "drop.fire drop.close drop.renew sale.stop checkout.open checkout.close channel.mute channel.solo return.test "
        "marker.add cue.go cue.standby stream.start stream.stop record.start record.stop"
    )
    assert {name for name in names.split() if ACTIONS.get(name) is None} == set()


def test_an_id_that_is_taken_fails_at_once() -> None:
    actions = Actions()

    async def do(desk: object) -> Outcome:
        return Outcome.done()

    actions.add("a.b", title="A")(do)
    with pytest.raises(ValueError, match=r"a\.b is declared twice"):
        actions.add("a.b", title="A")(do)
    with pytest.raises(ValueError, match=r"a\.b is declared twice"):
        Actions.of(actions, actions)


def test_wrong_arguments_are_a_user_error() -> None:
    action = ACTIONS.get("transition.set")
    assert action is not None
    with pytest.raises(UserError, match="Duration goes from 50"):
        action.parse({"name": "Fade", "duration_ms": 1})
