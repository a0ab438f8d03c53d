"""States of the pages: sources, looks, outputs and cameras as values, by the name of the state."""

import time
from typing import TYPE_CHECKING

from console.cameras.state import Camera as Tile
from console.cameras.state import CameraState, Offer, OfferKind, Stats, Trial
from console.cameras.state import Origin as Made
from console.core.outcome import Outcome
from console.desk.looks_state import Looks
from console.settings.show import Camera, Look, Show, Step
from scenes.outputs.state import Output, Outputs, Sample
from scenes.sources.look_run import LookRun, StepRun
from scenes.sources.looks import lines_of
from scenes.sources.state import Filter, Media, MediaState, SceneSources, Source
from scenes.sources.steps import line_of
from scenes.state import OutputState, Scene
from tests.widgets.counter_states import COUNTER_PAGE
from tests.widgets.figures_states import FIGURES_PAGE
from tests.widgets.host_states import HOST_PAGE
from tests.widgets.outbox_states import OUTBOX_PAGE
from tests.widgets.queue_states import QUEUE_PAGE
from tests.widgets.sound_states import SOUND_STATES

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning"
STEPS = (
    Step(do="show", source="Lower third", scene="Table"),
    Step(do="text", source="Headline", text="Linen cap, 19 €\nonly tonight"),
    Step(do="filter_on", source="Table camera", filter="Warm"),
    Step(do="restart", source="Sting"),
)


def media(name: str = "Trailer", state: MediaState = MediaState.PLAYING, *, left_s: float = 48.0) -> Media:
    """A clip of two minutes with so much left of it now."""
    at = time.monotonic_ns()
    return Media(name, state, 120_000, round(120_000 - left_s * 1000), at)


def source_rows() -> tuple[Source, ...]:
    """A scene with a bit of everything."""
    return (
        Source(9, "Lower third", "Table", "group"),
        Source(1, "Headline", "Lower third", "text_ft2_source_v2", depth=1, text="Linen cap, 19 €"),
        Source(2, "Logo", "Lower third", "image_source", depth=1, is_visible=False, file="/home/studio/logo-white.png"),
        Source(8, "Trailer", "Table", "ffmpeg_source", is_muted=False, media=media(left_s=48)),
        Source(7, "Sting", "Table", "ffmpeg_source", is_muted=True, media=media("Sting", MediaState.STOPPED)),
        Source(6, "Table camera", "Table", "v4l2_input", is_locked=True,
               filters=(Filter("Warm", "color_filter_v2"), Filter("Sharpen", "sharpness_filter_v2", False),
                        Filter("Key", "chroma_key_filter_v2"))),
        Source(5, "Mic", "Table", "pulse_input_capture", is_muted=False,
               filters=(Filter("Compressor", "compressor_filter"), Filter("Gate", "noise_gate_filter"))),
        Source(4, "Backdrop", "Table", "color_source_v3", is_locked=True),
    )  # fmt: skip


def two_looks() -> tuple[Look, ...]:
    return (
        Look(name="Price on table", scene="Table", transition="Fade", duration_ms=300, steps=STEPS),
        Look(name="Clean picture", steps=(Step(do="hide", source="Lower third", scene="Table"),)),
        Look(name="Trailer from the start", scene="Slides", steps=(Step(do="restart", source="Trailer"),)),
    )


def history(*, troubled: bool = False) -> tuple[Sample, ...]:
    """Five minutes of samples."""
    now = time.monotonic_ns()
    return tuple(
        Sample(now - (300 - n) * 1_000_000_000, 5800 + 90 * (n % 7) - (3900 if troubled and n > 240 else 0), 0.02,
               4.2 + 0.2 * (n % 5) + (22 if troubled and n > 250 else 0), int(troubled and n > 245 and n % 3 == 0) * 4,
               int(n % 97 == 11))
        for n in range(300)
    )  # fmt: skip


def _since(seconds: float) -> int:
    return time.monotonic_ns() - round(seconds * 1e9)


def running_outputs() -> Outputs:
    return Outputs(
        stream=Output(OutputState.ON, _since(754), 5800.0, 0.02, 12, 22_620),
        record=Output(OutputState.ON, _since(760), 9900.0, None, 0, 22_800),
        replay=Output(OutputState.ON, _since(600)), vcam=Output(), fps=30.0, render_ms=4.3, lagged_frames=3,
        skipped_frames=12, cpu_pct=17.0, disk_free_mb=182_000.0, disk_left_min=132.0, history=history(),
    )  # fmt: skip


def sources(desk: "FakeDesk") -> None:
    """What is on air, with media of which one plays."""
    desk.on_air(program="Table", claimed="Table", preview="Close")
    clips = (media(left_s=48),)
    desk.sources.set(SceneSources("Table", source_rows(), clips))


def sources_ending(desk: "FakeDesk") -> None:
    """Two clips run out: one on air, the other looked at."""
    clip = media(left_s=3.9)
    rows = tuple(Source(n, f"Clip {n}", "Close", "ffmpeg_source", media=media(f"Clip {n}", left_s=2.5 + 3 * n),
                        is_muted=bool(n % 2)) for n in range(4))  # fmt: skip
    desk.sources.set(SceneSources("Close", rows, (clip,)))


def sources_many(desk: "FakeDesk") -> None:
    """More than fits, with names that nobody thought of, groups, and a source with many filters."""
    filters = tuple(Filter(f"{n} {LONG}"[: 4 + 5 * n], "x", bool(n % 2)) for n in range(12))
    kinds = ("ffmpeg_source", "text_gdiplus_v2", "image_source", "group")
    rows = tuple(
        Source(n, f"{n} {LONG}"[: 6 + 2 * n], "Close", kinds[n % 4],
               depth=n % 3 == 2, is_visible=bool(n % 5), is_locked=n % 2 == 0, is_muted=(None, False, True)[n % 3],
               filters=filters if n == 1 else (), text=LONG if n % 4 == 1 else None, file=LONG if n % 4 == 2 else None,
               media=media(LONG, left_s=4000) if n % 4 == 0 else None)
        for n in range(60)
    )  # fmt: skip
    desk.sources.set(SceneSources("Close", rows, (media(LONG, left_s=8),)))


def looks(desk: "FakeDesk") -> None:
    run = LookRun("Price on table", Outcome.done(), tuple(StepRun(line, True) for line in lines_of(two_looks()[0])))
    desk.looks.set(Looks(two_looks(), last=run, can_undo=True, is_kept=True))


def looks_recording(desk: "FakeDesk") -> None:
    draft = Look(name="New look", scene="Table", transition="Fade", duration_ms=300, steps=STEPS[:3])
    desk.looks.set(Looks(two_looks(), recording=STEPS[:3], draft=draft))


def looks_recorded(desk: "FakeDesk") -> None:
    draft = Look(name="New look", scene="Table", transition="Fade", duration_ms=300, steps=STEPS)
    desk.looks.set(Looks(two_looks(), draft=draft))


def looks_failed(desk: "FakeDesk") -> None:
    ends = (
        StepRun(line_of(STEPS[0]), True),
        StepRun(line_of(STEPS[1]), False, "OBS has no input Headline."),
        StepRun(line_of(STEPS[2]), True),
        StepRun(line_of(STEPS[3]), None, "not tried"),
    )
    run = LookRun("Price on table", Outcome.failed("Text of Headline did not happen.", "Look at OBS."), ends)
    many = tuple(Look(name=f"{n} {LONG}"[: 8 + 7 * n], scene=LONG, steps=STEPS) for n in range(9))
    desk.looks.set(Looks((*two_looks(), *many), last=run, can_undo=True, is_kept=True))


def outputs(desk: "FakeDesk") -> None:
    desk.outputs.set(running_outputs())


def outputs_trouble(desk: "FakeDesk") -> None:
    desk.outputs.set(
        Outputs(
            stream=Output(OutputState.RECONNECTING, _since(754), 900.0, 0.61, 412, 22_620),
            record=Output(OutputState.ON, _since(8_000), 9900.0, None, 0, 22_800, is_paused=True),
            why_no_replay="The replay buffer is off in OBS: switch it on under Settings, Output.",
            why_no_vcam="This OBS has no virtual camera: v4l2loopback is missing.",
            note="This OBS has an extra canvas (Vertical): it can't be switched from outside.",
            fps=23.4, render_ms=28.1, lagged_frames=903, skipped_frames=412, cpu_pct=96.0, disk_free_mb=4_100.0,
            disk_left_min=8.0, history=history(troubled=True),
        )
    )  # fmt: skip


def many_scenes(desk: "FakeDesk") -> None:
    """A hundred and twenty scenes."""
    names = [f"{place} {number:02}" for place in ("Kitchen", "Café", "Straße", "Guest") for number in range(1, 31)]
    desk.on_air(scenes=tuple(Scene(name) for name in names), program="Café 07", claimed="Café 07", preview="Guest 12",
                take=None, safe_scene=names[0])  # fmt: skip


def kept_cameras() -> tuple[Camera, ...]:
    """Five cameras as a show file may hold them."""
    return (
        Camera(name="Wide", mrl="srt://192.0.2.10:9001", scene="Wide", relay_port=9710),
        Camera(
            name="Close", mrl="rtsp://192.0.2.11/live", scene="Close", secret="close-camera", options=(":rtsp-tcp",)
        ),
        Camera(name="Table", mrl="/dev/video2", scene="Table", source="Table camera"),
        Camera(name="Guest Ana", mrl="srt://:9004?mode=listener", scene="Guest Ana", may_open=True, sound="Guest Ana"),
        Camera(name="Street", mrl="rtmp://192.0.2.40/live/street", scene="Street", rotate=90, crop=(0.25, 0, 0.25, 0)),
    )


def tiles() -> tuple[Tile, ...]:
    """How those are: all that can be at once."""
    now = time.monotonic_ns()
    full = Stats(29.9, 30.0, 0, 5_820.0, 1280, 720, "H.264", "software")
    weak = Stats(18.7, 30.0, 412, 2_310.0, 1920, 1080, "H.264", "hardware", 3)
    said = "Table is a device that only one program can open: it is OBS's, its picture comes from OBS."
    return (
        Tile("Wide", "Wide", Made.WORKER, CameraState.LIVE, 29.9, since_mono_ns=now - 751_000_000_000, stats=full,
             delay_ms=182.0, relay="OBS takes it from 127.0.0.1:9710"),
        Tile("Close", "Close", Made.WORKER, CameraState.LIVE, 18.7, since_mono_ns=now - 62_000_000_000, stats=weak),
        Tile("Table", "Table", Made.OBS, CameraState.LIVE, 9.8, said, "Say yes if Cuedrop is to open it.",
             now - 751_000_000_000),
        Tile("Guest Ana", "Guest Ana", Made.WORKER, CameraState.FROZEN, 30.0, "Its picture does not change.",
             "Look at Guest Ana: it may be a calm picture.", now - 12_400_000_000, full),
        Tile("Street", "Street", Made.WORKER, CameraState.LOST, 0.0, "Nothing answers on 192.0.2.40.",
             "It is tried again by itself. Look whether the sender runs.", now - 41_000_000_000,
             Stats(reconnects=7)),
    )  # fmt: skip


def offers() -> tuple[Offer, ...]:
    """What may be found."""
    note = "only one program can open it: its picture comes from OBS"
    return (
        Offer(OfferKind.DEVICE, "Cam Link 4K", "/dev/video0", note=note),
        Offer(OfferKind.DEVICE, "HD Pro Webcam C920", "/dev/video4", note=note),
        Offer(OfferKind.OBS, "Phone Bo", "srt://192.0.2.77:9009?latency=200000", "Guest Bo", "Phone Bo"),
        Offer(OfferKind.OBS, "Slides", None, "Slides", "Slides capture", "OBS's: its picture comes from OBS"),
    )


def cameras(desk: "FakeDesk") -> None:
    """All cameras, each in another state."""
    desk.show.set(Show(name="Friday drop", cameras=kept_cameras()))
    desk.cameras.set(tiles())


def cameras_found(desk: "FakeDesk") -> None:
    """No camera yet, four found."""
    desk.show.set(Show(name="Friday drop"))
    desk.cameras.set(())
    desk.offers.set(offers())


def cameras_none(desk: "FakeDesk") -> None:
    desk.cameras.set(())


def cameras_many(desk: "FakeDesk") -> None:
    """As many as a show may have, with names that nobody thought of, and offers that are as long."""
    names = [f"{n} {LONG}"[: min(80, 6 + 5 * n)] for n in range(1, 17)]
    states = list(CameraState)
    now = time.monotonic_ns()
    desk.show.set(
        Show(name="Friday drop", cameras=tuple(
            Camera(name=name, mrl=f"srt://a-very-long-name-of-a-machine-{n}.studio.example:9001?latency=200000",
                   scene=LONG, source=LONG, sound=LONG, options=(":network-caching=200", ":avcodec-threads=1"),
                   relay_port=9700 + n) for n, name in enumerate(names)))
    )  # fmt: skip
    desk.cameras.set(
        tuple(
            Tile(name, LONG, Made.WORKER, states[n % len(states)], 30.0, f"{LONG}.", f"{LONG}, then {LONG}.",
                 now - 3_700_000_000_000, Stats(29.9, 30.0, 41_234, 12_345.6, 3840, 2160, "H.265", "software", 412),
                 9_999.0, f"OBS takes it from 127.0.0.1:{9700 + n}; {LONG}")
            for n, name in enumerate(names)
        )
    )  # fmt: skip
    desk.offers.set(tuple(Offer(OfferKind.DEVICE, f"{n} {LONG}", f"/dev/{LONG}", note=LONG) for n in range(12)))


def trying(desk: "FakeDesk", state: CameraState = CameraState.LIVE) -> None:
    """A camera is tried, and is in that state."""
    now = time.monotonic_ns() - 8_000_000_000
    live = Stats(29.9, 30.0, 0, 4_210.0, 1920, 1080, "H.264", "software")
    is_live = state is CameraState.LIVE
    tile = Tile("Test picture", None, Made.WORKER, state, 29.9 if is_live else 0.0,
                "" if is_live else "Nothing answers on 192.0.2.77:9009.",
                "" if is_live else "Look whether the sender runs, and at the address.", now,
                live if is_live else Stats())  # fmt: skip
    desk.trial.set(Trial(tile, "srt://192.0.2.77:9009"))


PAGE_STATES = {
    "sources": (1, sources), "sources_ending": (1, sources_ending), "sources_many": (1, sources_many),
    "looks": (2, looks), "looks_recording": (2, looks_recording), "looks_recorded": (2, looks_recorded),
    "looks_failed": (2, looks_failed), "outputs": (3, outputs), "outputs_trouble": (3, outputs_trouble),
    "cameras": (4, cameras), "cameras_found": (4, cameras_found), "cameras_none": (4, cameras_none),
    "cameras_many": (4, cameras_many), "many_scenes": (0, many_scenes), **SOUND_STATES, **OUTBOX_PAGE,
    **QUEUE_PAGE, **HOST_PAGE, **FIGURES_PAGE, **COUNTER_PAGE,
}  # fmt: skip
