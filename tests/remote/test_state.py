"""What the state tells of the switcher beyond the contract's first names."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from console.audio.state import Channel, Leak, Level, Levels, Loudness, Return
from console.commerce.figures import Curve, DropFigures, Figures, SourceSum
from console.commerce.state import DropState
from console.core.clock import rfc3339
from console.core.latency import Latency
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.desk.counter_state import CounterState
from console.desk.failover_state import Failover
from console.desk.looks_state import Looks
from console.desk.starting_state import Announced, Starts
from console.remote.state import state_of
from console.settings.show import Look
from scenes.outputs.state import Output, Outputs
from scenes.sources.look_run import LookRun, StepRun
from scenes.sources.state import Filter, Media, MediaState, SceneSources, Source
from scenes.state import Backup, OutputState, Scene, Take, TakeState
from tests.desk.parts import SHOW, Stage


def state(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(state_of(stage.desk)))  # as it travels
    return found


def test_a_waiting_take_says_when_it_goes_out() -> None:
    stage = Stage()
    due_ns = stage.clock.mono_ns() + 700_000_000
    stage.switch(take=Take("Close", TakeState.WAITING, 1, "A transition is running.", due_mono_ns=due_ns))
    assert state(stage)["obs"]["take"] == {
        "scene": "Close",
        "state": "waiting",
        "why": "A transition is running.",
        "fix": "",
        "on_air": None,
        "is_safe": False,
        "due": "2026-01-02T12:00:00.700Z",
    }


def test_a_countdown_says_when_it_opens_here_and_at_the_shop_and_a_start_when_it_fires() -> None:
    stage = Stage()
    opens_at = stage.clock.now() + timedelta(seconds=72)
    stage.sell(state=DropState.COUNTDOWN, opens_at=opens_at, room_lead_s=12.0)
    due_ns = stage.clock.mono_ns() + 8_000_000_000
    stage.desk.starts.set(Starts((Announced("mug-01", "Mug", 1, due_ns),)))
    said = state(stage)
    cap = said["drops"][0]
    times = (cap["state"], cap["opens_at"], cap["room_opens_at"])
    assert times == ("countdown", "2026-01-02T12:01:12.000Z", "2026-01-02T12:01:00.000Z")
    assert said["starts"] == [{"drop": "mug-01", "due": "2026-01-02T12:00:08.000Z"}]
    assert said["sale"]["stream_delay"] == {"seconds": 0.0, "is_measured": False}


def test_a_lost_take_says_what_is_on_air_and_what_to_do() -> None:
    stage = Stage()
    stage.switch(take=Take("Table", TakeState.LOST, 1, "OBS says Table.", fix="R takes Table.", on_air="Close"))
    take = state(stage)["obs"]["take"]
    assert (take["state"], take["on_air"], take["fix"], take["due"]) == ("lost", "Close", "R takes Table.", None)


def test_one_obs_has_no_backup_and_two_say_which_one_leads() -> None:
    stage = Stage()
    assert state(stage)["obs"]["backup"] is None
    backup = Backup(
        link=Link(LinkState.UP), program="Wide", claimed="Wide", differences=("On air: Main Table, Backup Wide",)
    )
    stage.switch(backup=backup)
    shown = state(stage)["obs"]["backup"]
    assert (shown["obs"], shown["leads"], shown["link"], shown["program"]) == ("backup", False, "up", "Wide")
    assert shown["differences"] == ["On air: Main Table, Backup Wide"]
    stage.switch(backup=Backup(leads=True, take=Take("Close", TakeState.FAILED, 1, "OBS was closed.")))
    shown = state(stage)["obs"]["backup"]
    assert (shown["obs"], shown["leads"], shown["take"]["state"]) == ("main", True, "failed")


def test_black_t_bar_and_overrides_are_told() -> None:
    stage = Stage()
    stage.switch(is_black=True, t_bar=0.4, scenes=(Scene("Wide", override="Fade", override_ms=700), Scene("Table")))
    obs = state(stage)["obs"]
    assert (obs["is_black"], obs["t_bar"]) == (True, 0.4)
    assert obs["overrides"] == {"Wide": {"transition": "Fade", "duration_ms": 700}}


def test_sources_come_with_their_filters_and_the_time_that_media_have_left() -> None:
    stage = Stage()
    media = Media("Clip", MediaState.PLAYING, duration_ms=10_000, cursor_ms=4_000, at_mono_ns=stage.clock.mono_ns())
    row = Source(1, "Clip", "Table", "ffmpeg_source", filters=(Filter("Key", "chroma_key_filter_v2"),), media=media)
    stage.desk.sources.set(SceneSources("Table", (row,), (media,)))
    stage.clock.step(1.5)
    sources = state(stage)["sources"]
    assert sources["scene"] == "Table"
    assert sources["rows"][0]["filters"] == [{"name": "Key", "kind": "chroma_key_filter_v2", "is_enabled": True}]
    assert sources["rows"][0]["media"]["left_s"] == 4.5
    assert sources["on_air"][0]["source"] == "Clip"


def test_outputs_are_told_with_their_since_and_the_missing_ones_as_none() -> None:
    stage = Stage()
    began_ns = stage.clock.mono_ns()
    stage.clock.step(2)
    stage.desk.outputs.set(
        Outputs(stream=Output(OutputState.RECONNECTING, since_mono_ns=began_ns), why_no_vcam="None is installed.")
    )
    outputs = state(stage)["outputs"]
    assert (outputs["stream"]["state"], outputs["stream"]["since"]) == ("reconnecting", "2026-01-02T12:00:00.000Z")
    assert (outputs["record"]["state"], outputs["record"]["since"]) == ("off", None)
    assert (outputs["vcam"], outputs["why_no_vcam"]) == (None, "None is installed.")


def test_the_sound_is_told_with_strips_returns_and_loudness_and_null_for_what_was_not_measured() -> None:
    stage = Stage()
    host = Channel("Host", (1,), "Mic", delay_ms=120.0, is_inverted=True, mutes_returns=False)
    guest = Channel("Guest", (2,))
    leaking = Return("Guest", ("Guest",), "cuedrop", Leak.LEAK, leak_db=-31.24, leak_delay_ms=240.0)
    levels = Levels((Level(peak_dbfs=-12.34, clips=2),), (), (Level(),) * 2, Loudness(integrated_lufs=-16.04))
    stage.audio.answers["levels"] = cast(Any, levels)
    stage.audio.state.set(replace(stage.audio.state.value, channels=(host, guest), returns=(leaking,)))
    audio = state(stage)["audio"]
    told = audio["channels"][0]
    assert (told["delay_ms"], told["polarity"], told["mute_acts_on"]) == (120.0, True, "OBS only")
    assert (told["peak_dbfs"], told["clips"], audio["channels"][1]["peak_dbfs"]) == (-12.3, 2, -120.0)
    told = audio["returns"][0]
    assert (told["leak_db"], told["floor_db"], told["locked_out"]) == (-31.2, None, ["Guest"])
    assert (audio["programme"]["integrated_lufs"], audio["programme"]["short_term_lufs"]) == (-16.0, None)
    assert audio["meters"] == {
        "ballistics": "digital", "target_lufs": -16.0, "max_true_peak_dbtp": -1.0, "amber_from_dbfs": -20.0,
        "red_from_dbfs": -9.0, "ppm2_marks": "bbc", "vu_zero_dbfs": -18.0,
    }  # fmt: skip
    assert audio["recording"]["is_running"] is False


def test_looks_and_failover_are_told() -> None:
    stage = Stage()
    run = LookRun("Price", Outcome.failed("One step failed."), (StepRun("Show Banner", False, "There is none."),))
    stage.desk.looks.set(Looks((Look(name="Price"),), last=run))
    stage.desk.failover.set(Failover(is_on=True, why="Wide is black.", due_mono_ns=stage.clock.mono_ns() + 3 * 10**9))
    told = state(stage)
    assert told["looks"]["names"] == ["Price"]
    assert told["looks"]["last"] == {
        "look": "Price",
        "outcome": "failed",
        "why": "One step failed.",
        "steps": [{"line": "Show Banner", "is_done": False, "why": "There is none."}],
    }
    assert told["failover"]["why"] == "Wide is black."
    assert told["failover"]["due"] == "2026-01-02T12:00:03.000Z"


def test_a_drop_says_what_it_needs_before_it_is_fired() -> None:
    stage = Stage()
    (drop, *_) = state(stage)["drops"]
    stream = drop["checks"][-1]
    assert (stream["what"], stream["sign"], stream["fix"]) == ("stream", "not ready", "Start it under OUTPUTS.")
    stage.desk.outputs.set(Outputs(stream=Output(OutputState.ON)))
    assert state(stage)["drops"][0]["checks"][-1]["sign"] == "ready"


def test_the_queue_says_what_comes_next_what_is_highlighted_and_what_is_said_about_it() -> None:
    stage = Stage(SHOW.replace("stock = 50", 'stock = 50\ntalking_points = ["Woven in Ghent."]'))
    stage.sell(state=DropState.DRAFT)
    stage.commerce.state.set(replace(stage.commerce.state.value, highlighted=("cap-01",), chosen=None))
    told = state(stage)
    (drop,) = told["drops"]
    assert (told["next_drop"], drop["is_highlighted"], drop["talking_points"]) == ("cap-01", True, ["Woven in Ghent."])


def test_the_figures_of_the_show_and_of_each_drop_are_told() -> None:
    stage = Stage()
    figures = Figures(
        orders=3, sold=2, held=1, authorised_minor=5700, paid_minor=1900, authorised_per_minute=(0, 5700),
        paid_per_minute=(0, 1900), by_source=(SourceSum("live", 5700, 1900),), from_opening=Latency(14.26, 61.0),
    )  # fmt: skip
    opened_at = stage.clock.now()
    of_drop = DropFigures("cap-01", 1, opened_at, figures, Curve(opened_at, 4.2, ((0, 1), (2, 1))))
    sale = stage.desk.sale.value
    stage.desk.sale.set(replace(sale, figures=figures, drop_figures=(of_drop,)))
    told = state(stage)
    assert told["sale"]["revenue_minor"] == 5700
    whole, (drop, *_) = told["sale"]["figures"], told["drops"]
    assert (whole["sold"], whole["held"], whole["authorised_minor"], whole["paid_minor"]) == (2, 1, 5700, 1900)
    assert whole["by_source"] == [{"source": "live", "authorised_minor": 5700, "paid_minor": 1900}]
    assert (whole["opening_to_order"], whole["view_to_order"]) == ({"p50_s": 14.3, "p90_s": 61.0}, None)
    assert drop["figures"]["over_time"] == {"from": rfc3339(opened_at), "step_s": 4.2, "sold": [0, 2], "held": [1, 1]}
    assert drop["figures"]["opened_at"] == rfc3339(opened_at)
    assert drop["figures"]["paid_minor_per_minute"] == [0, 1900]


def test_the_counter_is_told_without_its_pin() -> None:
    stage = Stage()
    stage.desk.counter.set(CounterState("http://192.168.1.5:8710/counter", "246810", True, True, 5, 2, 3))
    assert state(stage)["counter"] == {
        "is_open": True,
        "url": "http://192.168.1.5:8710/counter",
        "stock": 5,
        "sold": 2,
        "left": 3,
    }
    assert "246810" not in json.dumps(state(stage))
