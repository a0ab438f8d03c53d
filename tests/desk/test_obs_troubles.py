"""What the desk says of OBS beside its link, while there is time to act."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from console.core.alarms import Rank
from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.desk.obs_troubles import LATELY, troubles
from console.desk.watch import Watch
from scenes.outputs.state import Output, Outputs, Sample
from scenes.sources.state import Media, MediaState, SceneSources
from scenes.state import Backup, OutputState, Switcher, Take, TakeState
from tests.desk.parts import Stage
from tests.waiting import until

UP = Link(LinkState.UP)
OBS = Switcher(link=UP)
CLIP = Media("Clip", MediaState.PLAYING, duration_ms=60_000, cursor_ms=51_000, at_mono_ns=0)
ON = Output(OutputState.ON)


def kinds(
    switcher: Switcher = OBS, sources: SceneSources | None = None, outputs: Outputs | None = None, now_s: float = 0.0
) -> list[str]:
    found = troubles(switcher, sources or SceneSources(), outputs or Outputs(), round(now_s * 1e9))
    return [trouble.kind for trouble in found]


def lately(**each: float) -> tuple[Sample, ...]:
    return tuple(Sample(second, **each) for second in range(LATELY))  # type: ignore[arg-type]


def test_nothing_is_wrong_with_an_obs_that_is_well() -> None:
    assert kinds(outputs=Outputs(stream=ON, record=ON, fps=30.0, history=lately(congestion=0.1))) == []


@pytest.mark.parametrize(
    ("media", "is_warned"),
    [
        (CLIP, True),
        (replace(CLIP, cursor_ms=40_000), False),
        (replace(CLIP, state=MediaState.PAUSED), False),
        (replace(CLIP, is_looping=True), False),
        (replace(CLIP, duration_ms=None), False),
        (replace(CLIP, duration_ms=8_000, cursor_ms=0), False),  # a jingle
    ],
)
def test_a_clip_on_air_is_warned_of_before_it_runs_out(media: Media, is_warned: bool) -> None:
    assert kinds(sources=SceneSources(on_air=(media,))) == (["media.ending"] if is_warned else [])


def test_a_clip_runs_on_without_another_word_from_obs() -> None:
    sources = SceneSources(on_air=(replace(CLIP, cursor_ms=40_000),))
    assert kinds(sources=sources, now_s=9.0) == []
    assert kinds(sources=sources, now_s=10.5) == ["media.ending"]


def test_a_disk_that_is_nearly_full_matters_while_it_is_recorded_to() -> None:
    assert kinds(outputs=Outputs(record=ON, disk_left_min=9.4)) == ["disk.nearly_full"]
    assert kinds(outputs=Outputs(record=ON, disk_left_min=45.0)) == []
    assert kinds(outputs=Outputs(disk_left_min=9.4)) == []


def test_a_line_that_stays_too_slow_is_told_and_a_hiccup_is_not() -> None:
    slow = Outputs(stream=ON, fps=30.0, history=lately(congestion=0.9))
    assert kinds(outputs=slow) == ["stream.congested"]
    assert kinds(outputs=replace(slow, stream=Output())) == []
    hiccup = (*lately()[:-1], Sample(LATELY, congestion=1.0, skipped=2))
    assert kinds(outputs=replace(slow, history=hiccup)) == []
    assert kinds(outputs=replace(slow, history=lately(skipped=3))) == ["stream.congested"]
    lost = replace(slow, stream=Output(OutputState.RECONNECTING))
    assert kinds(outputs=lost) == ["stream.reconnecting"]


def test_an_obs_that_cannot_draw_fast_enough_is_told() -> None:
    slow = Outputs(fps=30.0, render_ms=14.0, history=lately(lagged=5))  # late in bursts: on average 14 of 33 ms
    (trouble,) = troubles(OBS, SceneSources(), slow, 0)
    assert (trouble.kind, trouble.what) == ("obs.lagging", "OBS cannot draw fast enough: 25 frames late in 5 s.")


def test_two_obs_that_are_not_alike_are_told_with_the_worst_difference() -> None:
    backup = Backup(UP, differences=("On air: Main Wide, Backup Table", "Preview: Main Close, Backup Wide"))
    (trouble,) = troubles(replace(OBS, backup=backup), SceneSources(), Outputs(), 0)
    assert trouble.what == "The two OBS are not alike. On air: Main Wide, Backup Table (and 1 more)."


def test_a_second_obs_that_is_away_or_leads_is_told() -> None:
    away = Link(LinkState.DOWN, "Nothing answers.", "Start it.")
    assert kinds(replace(OBS, backup=Backup(away))) == ["backup.down"]
    assert kinds(replace(OBS, backup=Backup(Link()))) == []  # nobody has tried to connect yet
    assert kinds(replace(OBS, backup=Backup(UP, leads=True))) == ["backup.leads"]
    (first, _) = troubles(replace(OBS, backup=Backup(away, leads=True)), SceneSources(), Outputs(), 0)
    assert first.what == "The main OBS is away: Nothing answers."


def test_what_was_known_of_an_obs_that_is_away_is_old() -> None:
    gone = replace(OBS, link=Link(LinkState.DOWN, "OBS was closed."))
    assert kinds(gone, SceneSources(on_air=(CLIP,)), Outputs(record=ON, disk_left_min=1.0)) == []


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr("console.desk.watch.LOOK_S", 0.01)
    stage = Stage()
    watch = Watch(stage.desk, stage.alarms)
    yield stage
    watch.close()
    stage.desk.close()


def alarms(stage: Stage) -> list[str]:
    return [alarm.id for alarm in stage.alarms.present.value]


async def test_a_trouble_is_an_alarm_for_as_long_as_it_lasts(stage: Stage) -> None:
    stage.obs.sources.set(SceneSources(on_air=(replace(CLIP, at_mono_ns=stage.clock.mono_ns()),)))
    await until(lambda: alarms(stage) == ["media.Clip"], what="the alarm")
    assert stage.alarms.present.value[0].rank is Rank.ON_AIR
    stage.obs.sources.set(SceneSources())
    await until(lambda: not alarms(stage), what="its end")


async def test_a_lost_take_offers_its_way_out_until_it_is_put_right(stage: Stage) -> None:
    stage.switch(take=Take("Table", TakeState.LOST, 0, "OBS names Table, but Wide is on air."))
    stage.obs.answers["cut"] = Outcome.failed("OBS names Table, but Wide is on air.", "Take Table again.")
    await stage.desk.run("scene.cut", Origin.KEY, scene="Table")
    notice = stage.desk.notice.value
    assert notice is not None
    assert notice.offer == "take.put_right"
    assert "Shift+R" in notice.fix
    stage.switch(take=Take("Table", TakeState.ON_AIR, 1))
    assert stage.desk.notice.value is None


async def test_a_way_out_that_fails_is_told_over_the_offer(stage: Stage) -> None:
    stage.switch(take=Take("Table", TakeState.LOST, 0, "OBS names Table, but Wide is on air."))
    stage.obs.answers["put_right"] = Outcome.failed("OBS went away.")
    await stage.desk.run("take.put_right", Origin.KEY)
    assert stage.desk.notice.value is not None
    assert stage.desk.notice.value.what == "OBS went away."


async def test_microphones_that_are_not_confirmed_as_muted_are_an_alarm(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.mics.PENDING_S", 0.01)
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS did not answer.")
    await stage.desk.run("safe.mics_off", Origin.KEY)
    stage.clock.step(1.5)
    await until(lambda: alarms(stage) == ["mics"], what="the alarm")
    assert "Mic" in stage.alarms.present.value[0].what
    stage.obs.answers.pop("set_input_mute")
    await until(lambda: not alarms(stage), what="its end")
