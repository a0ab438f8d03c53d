"""A camera that is tried before it is kept: nothing is opened twice, and what is kept plays on."""

from pathlib import Path

import pytest

from console.cameras.state import CameraState, Origin, Trial
from tests.cameras.test_screens import FakeObs
from tests.cameras.test_wall import Rig, camera, clip, obs, rig
from tests.rigs import streams

__all__ = ["clip", "obs", "rig"]

pytestmark = [pytest.mark.real, pytest.mark.slow]


def state(rig: Rig) -> CameraState | None:
    tried = rig.wall.trial.value.camera
    return tried.state if tried else None


def sequence(rig: Rig) -> int:
    picture = rig.wall.trial_picture()
    return picture.sequence if picture else 0


async def test_a_tried_camera_is_seen_and_kept_without_opening_it_anew(rig: Rig, clip: Path) -> None:
    tried = camera(str(clip), "Test picture")
    rig.wall.try_out(tried)
    await rig.until(lambda: state(rig) is CameraState.LIVE)
    assert rig.wall.trial.value.mrl == str(clip)
    assert rig.wall.tiles.value == ()
    seen = sequence(rig)
    await rig.until(lambda: sequence(rig) > seen)
    rig.open(camera(str(clip), "Wide"))
    assert rig.pid()
    assert rig.sequence() >= seen  # the same worker goes on
    await rig.until(lambda: sequence(rig) > seen + 5)
    assert rig.wall.trial_picture() is rig.wall.picture("Wide")
    rig.wall.try_out(None)
    assert rig.wall.trial.value == Trial()
    assert rig.wall.trial_picture() is None
    await rig.until(lambda: rig.sequence() > seen + 10)
    assert not rig.journal.of("worker.died")


async def test_a_trial_that_is_ended_leaves_no_worker_and_says_why_it_fails(rig: Rig, tmp_path: Path) -> None:
    rig.wall.try_out(camera(str(tmp_path / "gone.mp4"), "Test picture"))
    await rig.until(lambda: state(rig) is CameraState.LOST)
    tried = rig.wall.trial.value.camera
    assert tried
    assert tried.why
    assert tried.fix
    rig.wall.try_out(None)  # the rig sees that no process is left


async def test_what_a_tile_plays_is_not_opened_a_second_time(rig: Rig) -> None:
    with streams.udp() as sender:  # a second program would take the pictures from the first
        rig.open(camera(sender.mrl))
        await rig.state(CameraState.LIVE)
        rig.wall.set_visible([])
        rig.wall.try_out(camera(sender.mrl, "Test picture", options=[":network-caching=300"]))
        await rig.until(lambda: state(rig) is CameraState.LIVE)
        seen = sequence(rig)
        await rig.until(lambda: sequence(rig) > seen + 5)  # though nobody sees the tile itself
        assert rig.wall.trial_picture() is rig.wall.picture("Wide")
        rig.wall.try_out(None)
        assert rig.tile().state is CameraState.LIVE


async def test_a_device_is_tried_through_obs_until_the_director_says_yes(rig: Rig, obs: FakeObs) -> None:
    rig.wall.try_out(camera("v4l2:///dev/video97", "Webcam", scene="Wide"))
    await rig.until(lambda: state(rig) is CameraState.LIVE)
    tried = rig.wall.trial.value.camera
    assert tried
    assert tried.origin is Origin.OBS
    assert "only one program" in tried.why
    rig.wall.try_out(camera("v4l2:///dev/video97", "Webcam", may_open=True))
    await rig.until(lambda: state(rig) is CameraState.LOST)
    asked = len(obs.asked)
    await rig.until(lambda: rig.wall.trial.value.camera is not None)
    assert len(obs.asked) == asked


async def test_a_renamed_camera_and_one_that_moved_to_another_scene_play_on(rig: Rig, clip: Path) -> None:
    rig.open(camera(str(clip), scene="Wide"))
    await rig.state(CameraState.LIVE)
    pid, seen = rig.pid(), rig.sequence()
    rig.open(camera(str(clip), "Total", scene="Table"))
    assert rig.pid("Total") == pid
    assert rig.sequence("Total") >= seen
    assert rig.tile("Total").scene == "Table"
