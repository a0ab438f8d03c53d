"""The failover on a desk: what it looks at, what it announces, and that the hand wins (law 6)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest

from console.audio.state import Channel, Level, Levels
from console.cameras.state import Camera, CameraState
from console.cameras.state import Origin as Source
from console.core.journal import Origin
from console.core.links import Link
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.desk import failover
from console.desk.failover_core import GRACE_S, WELL_S
from console.desk.failover_state import Failover
from console.desk.watch import Watch
from scenes.state import InputLevel, Scene, Take, TakeState
from tests.desk.parts import SHOW, Stage
from tests.waiting import until

CAMERAS = """
[failover]
countdown_s = 3.0
silence_s = 8.0
[[cameras]]
name = "Wide"
scene = "Wide"
sound = "Host"
[[cameras]]
name = "Table"
scene = "Table"
sound = "Room mic"
"""
COUNTDOWN_S = 3.0
SILENCE_S = 8.0


class Counted(Observable[tuple[Camera, ...]]):
    """The tiles, and how often somebody looked at them."""

    reads = 0

    @property
    def value(self) -> tuple[Camera, ...]:
        self.reads += 1
        return super().value


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(failover, "LOOK_S", 0.01)
    stage = Stage(SHOW.replace("[audio]", f"{CAMERAS}[audio]"))
    stage.cameras.tiles = Counted((Camera("Wide", "Wide", Source.WORKER, CameraState.LIVE),))
    stage.desk.cameras = stage.cameras.tiles
    hear(stage, -20.0)
    yield stage
    stage.desk.close()


def see(stage: Stage, state: CameraState, *, origin: Source = Source.WORKER) -> None:
    stage.cameras.tiles.set((Camera("Wide", "Wide", origin, state),))


def hear(stage: Stage, host_dbfs: float) -> None:
    stage.audio.answers["levels"] = cast(Outcome, Levels((Level(peak_dbfs=host_dbfs), Level())))


def shown(stage: Stage) -> Failover:
    return stage.desk.failover.value


async def look(stage: Stage) -> None:
    """Return when the failover has looked at the cameras once more, from beginning to end."""
    tiles = stage.cameras.tiles
    assert isinstance(tiles, Counted)
    before = tiles.reads
    await until(lambda: tiles.reads > before + 1, what="a look")


async def watch(stage: Stage) -> None:
    """Turn it on, and let its grace pass."""
    assert (await stage.desk.run("failover.set", Origin.BUTTON, on=True)).is_done
    await look(stage)
    stage.clock.step(GRACE_S)


async def count(stage: Stage) -> None:
    """Turn it on and let the camera on air fail."""
    await watch(stage)
    see(stage, CameraState.LOST)
    await until(lambda: shown(stage).is_counting, what="the countdown")


async def test_it_is_off_until_the_director_turns_it_on(stage: Stage) -> None:
    see(stage, CameraState.LOST)
    stage.clock.step(60)
    assert shown(stage) == Failover()
    await watch(stage)
    assert shown(stage).is_on


async def test_a_lost_camera_is_announced_and_ends_in_safe(stage: Stage) -> None:
    await count(stage)
    assert shown(stage).why == 'Camera "Wide" is lost.'
    assert shown(stage).due_mono_ns == stage.clock.mono_ns() + COUNTDOWN_S * 1e9
    assert stage.called("safe") == []
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: shown(stage).has_taken, what="SAFE")
    assert len(stage.called("safe")) == 1
    kinds = [kind for kind, _, _ in stage.journal.entries if kind.startswith("failover.")]
    assert kinds == ["failover.on", "failover.counting", "failover.taking", "failover.taken"]


@pytest.mark.parametrize(
    ("state", "origin"),
    [
        (CameraState.STALLED, Source.WORKER),
        (CameraState.BLACK, Source.WORKER),
        (CameraState.LOST, Source.WORKER),
        (CameraState.BLACK, Source.OBS),
        (CameraState.LOST, Source.OBS),
    ],
)
async def test_these_are_faults(stage: Stage, state: CameraState, origin: Source) -> None:
    await watch(stage)
    see(stage, state, origin=origin)
    await until(lambda: shown(stage).is_counting, what="the countdown")


@pytest.mark.parametrize(
    ("state", "origin"),
    [
        (CameraState.FROZEN, Source.WORKER),
        (CameraState.CONNECTING, Source.WORKER),
        (CameraState.STALLED, Source.OBS),
        (CameraState.LIVE, Source.WORKER),
    ],
)
async def test_these_are_none(stage: Stage, state: CameraState, origin: Source) -> None:
    await watch(stage)
    see(stage, state, origin=origin)
    await look(stage)
    stage.clock.step(60)
    await look(stage)
    assert not shown(stage).is_counting


async def test_a_camera_that_is_not_on_air_may_fail(stage: Stage) -> None:
    await watch(stage)
    stage.cameras.tiles.set((Camera("Table", "Table", Source.WORKER, CameraState.LOST),))
    await look(stage)
    assert not shown(stage).is_counting


async def test_escape_holds_it_until_the_picture_was_well_again(stage: Stage) -> None:
    await count(stage)
    assert (await stage.desk.run("scene.cancel", Origin.KEY)).is_done
    assert shown(stage).is_held
    stage.clock.step(60)
    await look(stage)
    assert shown(stage).is_held
    see(stage, CameraState.LIVE)
    await look(stage)
    stage.clock.step(WELL_S)
    await until(lambda: not shown(stage).is_held, what="the watching")
    assert stage.called("safe") == []
    see(stage, CameraState.LOST)
    await until(lambda: shown(stage).is_counting, what="the next countdown")


async def test_a_take_by_hand_during_the_countdown_wins(stage: Stage) -> None:
    await count(stage)
    assert (await stage.desk.run("scene.cut", Origin.KEY, scene="Wide")).is_done
    assert not shown(stage).is_counting
    stage.clock.step(GRACE_S - 0.1)
    await look(stage)
    assert not shown(stage).is_counting
    stage.clock.step(0.2)
    await until(lambda: shown(stage).is_counting, what="a countdown for what the hand took")
    assert stage.called("safe") == []


@pytest.mark.parametrize("origin", [Origin.KEY, Origin.BUTTON, Origin.HOST, Origin.REMOTE])
async def test_every_hand_counts_and_automation_is_none(stage: Stage, origin: Origin) -> None:
    await count(stage)
    await stage.desk.run("scene.take", Origin.AUTOMATION)
    assert shown(stage).is_counting
    await stage.desk.run("scene.take", origin)
    assert not shown(stage).is_counting


async def test_a_take_by_hand_that_is_under_way_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    pressed, proved = asyncio.Event(), asyncio.Event()

    async def slow(*arguments: object, **named: object) -> Outcome:
        pressed.set()
        await proved.wait()
        return Outcome.done()

    monkeypatch.setattr(stage.obs, "cut", slow, raising=False)
    await watch(stage)
    press = asyncio.create_task(stage.desk.run("scene.cut", Origin.KEY))
    await pressed.wait()
    see(stage, CameraState.LOST)
    for _ in range(3):
        stage.clock.step(GRACE_S + 1)
        await look(stage)
        assert not shown(stage).is_counting
    proved.set()
    await press
    stage.clock.step(GRACE_S)
    await until(lambda: shown(stage).is_counting, what="the countdown")


async def test_somebody_elsewhere_is_a_person_too(stage: Stage) -> None:
    await count(stage)
    stage.switch(in_transition=True)
    await until(lambda: not shown(stage).is_counting, what="the end of the countdown")


async def test_a_locked_desk_takes_nothing_and_still_holds_the_failover(stage: Stage) -> None:
    await count(stage)
    await stage.desk.run("lock.set", Origin.KEY, on=True)
    assert (await stage.desk.run("scene.cut", Origin.KEY)).result is Result.REFUSED
    assert shown(stage).is_counting
    assert (await stage.desk.run("scene.cancel", Origin.KEY)).is_done
    assert shown(stage).is_held
    assert (await stage.desk.run("scene.cancel", Origin.KEY)).why == "The desk is locked."


class SlowSafe:
    """A SAFE that is tried until the test says so, as the link's is."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ends: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.presses: list[Origin] = []
        self.taken_back = 0
        monkeypatch.setattr(stage.obs, "safe", self.safe, raising=False)
        monkeypatch.setattr(stage.obs, "cancel_waiting", self.cancel, raising=False)

    async def safe(self, *, origin: Origin) -> Outcome:
        self.presses.append(origin)
        return await asyncio.shield(self.ends)

    def cancel(self, *, origin: Origin) -> Outcome:
        self.taken_back += 1
        self.ends.set_result(Outcome.refused("SAFE was taken back."))
        return Outcome.done()


async def test_safe_gives_way_to_the_take_of_a_hand(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = SlowSafe(stage, monkeypatch)
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: safe.presses, what="SAFE")
    assert (await stage.desk.run("scene.cut", Origin.KEY, scene="Table")).is_done
    assert safe.taken_back == 1
    assert (shown(stage).is_held, shown(stage).has_taken) == (False, False)
    assert stage.called("cut") == [(("Table",), {"expect": None})]


async def test_safe_of_a_hand_joins_that_of_the_failover(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = SlowSafe(stage, monkeypatch)
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: safe.presses, what="SAFE")
    press = asyncio.create_task(stage.desk.run("scene.safe", Origin.KEY))
    await until(lambda: len(safe.presses) == 2, what="SAFE by hand")
    safe.ends.set_result(Outcome.done())
    assert (await press).is_done
    assert safe.taken_back == 0
    assert not shown(stage).has_taken  # it is the person's now


async def test_safe_that_is_taken_back_stays_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = SlowSafe(stage, monkeypatch)
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: safe.presses, what="SAFE")
    stage.switch(take=Take("Safe", TakeState.WAITING, 0, is_safe=True))
    assert (await stage.desk.run("scene.cancel", Origin.KEY)).is_done
    await until(lambda: shown(stage).is_held, what="the hold")
    stage.clock.step(60)
    await look(stage)
    assert safe.presses == [Origin.AUTOMATION]


async def test_off_ends_what_it_has_begun(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = SlowSafe(stage, monkeypatch)
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: safe.presses, what="SAFE")
    assert (await stage.desk.run("failover.set", Origin.KEY, on=False)).is_done
    assert safe.taken_back == 1
    assert shown(stage) == replace(Failover(), since_mono_ns=shown(stage).since_mono_ns)


async def test_it_stays_in_safe_until_a_hand_takes_something(stage: Stage) -> None:
    watcher = Watch(stage.desk, stage.alarms)
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: shown(stage).has_taken, what="SAFE")
    stage.switch(program="Safe", claimed="Safe")
    see(stage, CameraState.LIVE)
    stage.clock.step(600)
    await look(stage)
    assert shown(stage).has_taken
    assert [alarm.kind for alarm in stage.alarms.present.value] == ["failover.taken"]
    await stage.desk.run("scene.cut", Origin.KEY, scene="Wide")
    assert not shown(stage).has_taken
    assert stage.alarms.present.value == ()
    assert stage.called("cut") == [(("Wide",), {"expect": None})]
    watcher.close()


async def test_safe_that_does_not_go_on_air_is_told(stage: Stage) -> None:
    watcher = Watch(stage.desk, stage.alarms)
    stage.obs.answers["safe"] = Outcome.refused("OBS has no scene Safe.")
    await count(stage)
    stage.clock.step(COUNTDOWN_S)
    await until(lambda: shown(stage).is_held, what="the end")
    what = {alarm.kind: alarm.what for alarm in stage.alarms.present.value}["failover.held"]
    assert what == 'The failover is held. Camera "Wide" is lost. SAFE was not taken: OBS has no scene Safe.'
    watcher.close()


async def test_without_obs_nothing_is_counted(stage: Stage) -> None:
    await count(stage)
    stage.switch(link=Link(why="OBS was closed."), program=None, claimed=None)
    await until(lambda: not shown(stage).is_counting, what="the end of the countdown")
    stage.clock.step(60)
    await look(stage)
    assert stage.called("safe") == []


@pytest.mark.parametrize(
    ("toml", "scenes", "words"),
    [
        (SHOW.replace('safe_scene = "Safe"', ""), ("Wide",), "Set safe_scene under [obs]"),
        (SHOW, ("Wide", "Table"), 'OBS has no scene "Safe"'),
    ],
)
async def test_without_a_safe_scene_it_cannot_be_turned_on(toml: str, scenes: tuple[str, ...], words: str) -> None:
    stage = Stage(toml)
    stage.switch(scenes=tuple(Scene(name) for name in scenes))
    outcome = await stage.desk.run("failover.set", Origin.KEY, on=True)
    assert outcome.result is Result.REFUSED
    assert words in f"{outcome.why} {outcome.fix}"


async def silence(stage: Stage) -> None:
    """Let the meters of what is on air be silent for as long as is allowed."""
    await watch(stage)
    hear(stage, -90.0)
    await look(stage)
    stage.clock.step(SILENCE_S)


async def test_a_channel_that_is_silent_though_it_is_open_is_a_fault(stage: Stage) -> None:
    await silence(stage)
    await until(lambda: shown(stage).is_counting, what="the countdown")
    assert shown(stage).why == 'Camera "Wide" has been silent for 8 s.'


async def test_a_channel_that_is_muted_may_be_silent(stage: Stage) -> None:
    sound = stage.audio.state.value
    stage.audio.state.set(replace(sound, channels=(Channel("Host", (1,), "Mic", is_muted=True), *sound.channels[1:])))
    await silence(stage)
    await look(stage)
    assert not shown(stage).is_counting


@pytest.mark.parametrize(
    ("changes", "is_fault"),
    [
        ({"levels": {"Room mic": InputLevel(-90.0, -90.0, -90.0)}}, True),
        ({"levels": {"Room mic": InputLevel(-120.0, -120.0, -20.0)}}, False),  # its fader is down: by hand
        ({"levels": {"Room mic": InputLevel(-90.0, -90.0, -90.0)}, "muted": {"Room mic"}}, False),
        ({"levels": {}}, False),  # OBS has no meter of it: nobody can tell
    ],
)
async def test_an_input_of_obs_is_heard_before_its_fader(stage: Stage, changes: dict[str, Any], is_fault: bool) -> None:
    stage.cameras.tiles.set((Camera("Table", "Table", Source.WORKER, CameraState.LIVE),))
    stage.switch(program="Table", claimed="Table", muted_inputs=frozenset(changes.get("muted", ())))
    stage.obs.answers["levels"] = cast(Outcome, changes["levels"])
    await watch(stage)
    await look(stage)
    stage.clock.step(SILENCE_S)
    await look(stage)
    assert shown(stage).is_counting is is_fault


async def test_what_obs_only_names_is_watched_and_what_it_names_wrongly_is_not(stage: Stage) -> None:
    stage.switch(program=None, claimed="Wide")  # a twin: nothing can prove it
    await count(stage)
    stage.switch(claimed="Table", take=Take("Table", TakeState.LOST, 0, on_air="Wide"))
    await look(stage)
    assert shown(stage).is_counting
