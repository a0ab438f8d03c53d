"""A desk of values: what the window shows in every state, without anything behind it."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np

from console.audio.state import Channel, Leak, Level, Levels, Loudness, Return, Sound
from console.cameras.state import FLOOR_DBFS, Camera, CameraState, Offer, Picture, Trial
from console.cameras.state import Origin as CameraOrigin
from console.commerce.figures import Figures, SourceSum
from console.commerce.reach import judged
from console.commerce.state import Checkout, Drop, DropState, Lamp, Order, Sale, Wanted
from console.core.alarms import Alarm, Rank
from console.core.clock import Clock, SystemClock
from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.actions import Actions
from console.desk.catalogue import ACTIONS
from console.desk.counter_state import CounterState
from console.desk.failover_state import Failover
from console.desk.host_state import HostPage
from console.desk.looks_state import Looks
from console.desk.starting_state import Starts
from console.desk.view import Notice, Tone
from console.settings.show import Cue, Show
from console.show.rundown import Rundown
from scenes.outputs.state import Output, Outputs
from scenes.sources.state import SceneSources
from scenes.state import InputLevel, OutputState, Scene, Switcher, Take, TakeState
from tests.widgets.camera_states import CAMERA_STATES, NAMES
from tests.widgets.drop_states import DROP_STATES
from tests.widgets.order_states import ORDER_STATES
from tests.widgets.outbox_states import OUTBOX_STATES
from tests.widgets.page_states import PAGE_STATES
from tests.widgets.switcher_states import SWITCHER_STATES

UP = Link(LinkState.UP)
CAMERAS = ("Wide", "Close", "Table", "Guest Ana", "Street")
WIDTH, HEIGHT = 640, 360


class FakeDesk:
    """Implements DeskView; `asked` holds every request, `answer` what is said to each."""

    def __init__(self, state: str = "open") -> None:
        self.clock: Clock = SystemClock()
        self.asked: list[tuple[str, Origin, dict[str, object]]] = []
        self.inputs: tuple[str, ...] = ("Mic", "Desktop Audio", "Music", "Guest call")
        self.answer = Outcome.done()
        self._pictures = {name: _Painted(index) for index, name in enumerate((*CAMERAS, "program", "preview"))}
        self.camera_levels: dict[str, float] = {}
        self.show = Observable(Show(name="Friday drop"))
        self.switcher = Observable(Switcher())
        self.sources = Observable(SceneSources())
        self.outputs = Observable(Outputs())
        self.looks = Observable(Looks())
        self.failover = Observable(Failover())
        self.starts = Observable(Starts())
        self.delay_marked_ns: Observable[int | None] = Observable(None)
        self.delay = SimpleNamespace(marked_ns=self.delay_marked_ns)
        self.cameras: Observable[tuple[Camera, ...]] = Observable(())
        self.offers: Observable[tuple[Offer, ...]] = Observable(())
        self.trial = Observable(Trial())
        self.sound = Observable(Sound())
        self.sale = Observable(Sale())
        self.counter = Observable(CounterState())
        self.rundown = Observable(Rundown())
        self.host = Observable(HostPage())
        self.alarms: Observable[tuple[Alarm, ...]] = Observable(())
        self.notice: Observable[Notice | None] = Observable(None)
        self.hot = Observable(False)
        self.hot_until_ns: Observable[int | None] = Observable(None)
        self.mics = SimpleNamespace(is_trying=False)
        self.guard = SimpleNamespace(why_not=lambda: None)
        self.camera_book = SimpleNamespace(can_undo=False)
        self.drop_book = SimpleNamespace(can_undo=True)
        self.sound_book = SimpleNamespace(can_undo=True)
        self.is_locked = Observable(False)
        self.actions: Actions = ACTIONS
        self.previous_program: str | None = "Wide"
        self.on_first_show: object = self.run
        self.on_trust: object = None
        self.be(state)

    # --- what views poll ---

    def picture(self, camera: str) -> Picture | None:
        state = next((c.state for c in self.cameras.value if c.name == camera), CameraState.LOST)
        if state in (CameraState.LOST, CameraState.CONNECTING):
            return None
        if camera not in self._pictures and camera in NAMES:
            self._pictures[camera] = _Painted(NAMES.index(camera))
        painted = self._pictures.get(camera)
        return painted.now(is_moving=state is CameraState.LIVE) if painted else None

    def bus_picture(self, bus: str) -> Picture | None:
        switcher = self.switcher.value
        scene = (switcher.program or switcher.claimed) if bus == "program" else switcher.preview
        if not switcher.link.is_up or scene not in self._pictures:
            return None
        return self._pictures[scene].now(is_moving=True)

    def trial_picture(self) -> Picture | None:
        return self._pictures["Street"].now(is_moving=True) if self.trial.value.camera else None

    def camera_level(self, camera: str) -> float:
        return self.camera_levels.get(camera, FLOOR_DBFS)

    def levels(self) -> Levels:
        at = time.monotonic()
        sound = self.sound.value
        if not sound.link.is_up:
            return Levels()
        return Levels(
            tuple(_level(at, index) for index in range(len(sound.channels))),
            tuple(_level(at, index + 7) for index in range(len(sound.returns))),
            (_level(at, 3), _level(at, 4)),
            Loudness(-15.2, -16.4, -17.6, 6.1, -9.8, -13.0, -2.3),
        )

    def obs_levels(self) -> Mapping[str, InputLevel]:
        if not self.switcher.value.link.is_up or not self.switcher.value.scenes:
            return {}
        at = time.monotonic()
        every = enumerate(self.inputs)
        return {name: InputLevel(_level(at, index + 3).peak_dbfs, -30.0, -18.0) for index, name in every}

    async def run(self, action_id: str, origin: Origin, /, **arguments: object) -> Outcome:
        action = self.actions.get(action_id)
        assert action is not None, f"the window asked for {action_id}, which is not declared"
        action.parse(dict(arguments))
        self.asked.append((action_id, origin, dict(arguments)))
        return self.answer

    @property
    def asked_ids(self) -> list[str]:
        return [action_id for action_id, _, _ in self.asked]

    # --- states ---

    def be(self, state: str) -> None:
        """Take on one of STATES, or of the outbox's or the orders'."""
        self.sources.set(SceneSources())
        self.outputs.set(Outputs())
        self.looks.set(Looks())
        self.failover.set(Failover())
        self.starts.set(Starts())
        self.delay_marked_ns.set(None)
        self.hot.set(False)
        self.hot_until_ns.set(None)
        self.show.set(Show(name="Friday drop"))
        self.camera_levels = {}
        self.offers.set(())
        self.host.set(HostPage())
        self.counter.set(CounterState())
        self.trial.set(Trial())
        (STATES.get(state) or _with_page((OUTBOX_STATES | ORDER_STATES)[state]))(self)

    def on_air(self, **changes: object) -> None:
        now = time.monotonic_ns()
        scenes = tuple(Scene(name) for name in (*CAMERAS, "Slides", "Safe"))
        full = Switcher(
            link=UP, version="29.0.2", studio_mode=True, program="Close", program_since_mono_ns=now - 41_000_000_000,
            claimed="Close", preview="Table", scenes=scenes, transitions=("Cut", "Fade", "Swipe"), transition="Fade",
            transition_ms=300, safe_scene="Safe", take=Take("Close", TakeState.ON_AIR, now - 41_000_000_000),
            stream=OutputState.ON, record=OutputState.ON, on_air_since_mono_ns=now - 754_000_000_000,
            muted_inputs=frozenset({"Music"}),
        )  # fmt: skip
        switcher = replace(full, **changes)  # type: ignore[arg-type]
        since = switcher.on_air_since_mono_ns
        self.outputs.set(
            replace(self.outputs.value, stream=Output(switcher.stream, since), record=Output(switcher.record, since))
        )
        self.switcher.set(switcher)

    def with_drop(self, state: DropState, **changes: object) -> None:
        now = self.clock.now()
        cap = Drop("cap-01", "Linen cap", 1900, "EUR", 50, 2, 300, state=state, stock_left=38, sold=12)
        cap = replace(cap, **changes)  # type: ignore[arg-type]
        others = (
            Drop("tote-01", "Canvas tote", 2400, "EUR", 30, 1, 600),
            Drop("mug-01", "Mug", 1250, "EUR", 80, 4, 300),
        )
        orders = tuple(
            Order(f"o{n}", "cap-01", 1, 1 + n % 2, 1900 * (1 + n % 2), "EUR", ("livestream", "counter")[n % 3 == 1],
                  "paid", now - timedelta(seconds=9 * n))
            for n in range(12)
        )  # fmt: skip
        minutes = tuple(int(3100 * (0.4 + 0.6 * abs(math.sin(n / 3)))) if n > 8 else 0 for n in range(30))
        sources = (SourceSum("livestream", 15200, 13300), SourceSum("counter", 7600, 7600))
        figures = Figures(
            orders=12, sold=12, authorised_minor=22800, paid_minor=20900, authorised_per_minute=minutes,
            paid_per_minute=tuple(int(minor * 0.9) for minor in minutes), by_source=sources,
        )  # fmt: skip
        self.sale.set(
            Sale(
                link=UP,
                url="http://127.0.0.1:8710",
                public_url="http://192.0.2.20:8710/d/cap-01",
                reach=judged("http://192.0.2.20:8710", ""),
                drops=(cap, *others),
                chosen="cap-01",
                checkout=Checkout.OPEN if state is DropState.OPEN else Checkout.CLOSED,
                orders=orders if state is not DropState.DRAFT else (),
                figures=figures,
            )
        )

    def with_cameras(self, *states: CameraState) -> None:
        now = time.monotonic_ns()
        every = (*states, *([CameraState.LIVE] * len(CAMERAS)))
        self.cameras.set(
            tuple(
                Camera(
                    name,
                    name,
                    CameraOrigin.WORKER,
                    state,
                    30.0 if state is CameraState.LIVE else 0.0,
                    "" if state is CameraState.LIVE else f"{name} sends nothing.",
                    "It is tried again every 2 s.",
                    now - 8_400_000_000,
                )
                for name, state in zip(CAMERAS, every, strict=False)
            )
        )

    def with_sound(self, link: Link = UP) -> None:
        self.sound.set(
            Sound(
                link=link,
                device="JACK Audio Connection Kit: system",
                channels=(
                    Channel("Host", (1,), "Mic"),
                    Channel("Guest Ana", (2,), gain_db=3.0),
                    Channel("Guest Bo", (3,)),
                    Channel("Music", (5, 6), "Music", is_muted=True),
                ),
                returns=(
                    Return("Ana", ("Guest Ana",), "cuedrop", Leak.CLEAN, "own voice -112 dB"),
                    Return("Bo", ("Guest Bo",), "elsewhere", Leak.LEAK, "own voice -31 dB after 240 ms"),
                ),
            )
        )

    def with_cues(self, current: int | None = 1) -> None:
        now = self.clock.now()
        cues = (
            Cue(name="Welcome and teaser", scene="Wide", duration_s=192),
            Cue(name="Unbox the cap", scene="Table", duration_s=120, drop="cap-01", note="Show the seam."),
            Cue(name="Guest Ana on materials", scene="Guest Ana", duration_s=240),
            Cue(name="Second drop: tote, 30 pieces", scene="Table", duration_s=300, drop="tote-01"),
            Cue(name="Questions", scene="Wide", duration_s=360),
            Cue(name="Goodbye", scene="Close"),
        )
        rundown = Rundown.of(cues)
        if current is not None:
            rundown = replace(
                rundown, current=current, standby=current + 1, started_at=now - timedelta(seconds=192 + 36 + 35),
                current_since=now - timedelta(seconds=36),
            )  # fmt: skip
        self.rundown.set(rundown)

    def alarm(self, *alarms: tuple[str, str, Rank]) -> None:
        now = self.clock.now()
        self.alarms.set(
            tuple(
                Alarm(str(n), "x.y", now - timedelta(seconds=8 + 63 * n), what, fix, rank)
                for n, (what, fix, rank) in enumerate(alarms)
            )
        )


BO = ("Bo hears himself, -31 dB after 240 ms.", "Mute Bo's speakers, or give him headphones.", Rank.GUEST)
STREET = ('Camera "Street" is lost.', "It is tried again every 2 s. It is not on air.", Rank.LINK)


def _open(desk: FakeDesk) -> None:
    desk.on_air()
    desk.with_cameras(*[CameraState.LIVE] * 4, CameraState.LOST)
    desk.with_sound()
    desk.with_drop(DropState.OPEN, closes_at=desk.clock.now() + timedelta(seconds=252), lamp=Lamp.CONFIRMED)
    desk.with_cues()
    desk.alarm(BO, STREET)


def _armed(desk: FakeDesk) -> None:
    _open(desk)
    desk.with_cameras()
    desk.alarm()
    desk.with_drop(DropState.ARMED, sold=0, stock_left=50, lamp=Lamp.CONFIRMED)
    now = time.monotonic_ns()
    desk.on_air(take=Take("Table", TakeState.WAITING, now), in_transition=True)
    desk.hot.set(True)


def _lost(desk: FakeDesk) -> None:
    _open(desk)
    down = Link(LinkState.DOWN, "OBS stopped answering 4 s ago.", "Start OBS; the console comes back by itself.")
    desk.on_air(link=down, program=None, take=Take("Table", TakeState.FAILED, 0, "OBS froze."))
    desk.with_cameras(
        CameraState.STALLED, CameraState.BLACK, CameraState.FROZEN, CameraState.CONNECTING, CameraState.LOST
    )
    desk.with_sound(Link(LinkState.DOWN, "The sound card was pulled out.", "Plug it in again."))
    desk.with_drop(
        DropState.ASKING, lamp=Lamp.LOST, why="The shop has not answered since the drop was fired.",
        fix="Wait: it is asked again every few seconds, or STOP SALE.",
    )  # fmt: skip
    desk.sale.set(replace(desk.sale.value, link=Link(LinkState.CONNECTING, "", ""), outbox_pending=2,
                          checkout=Checkout.UNKNOWN))  # fmt: skip
    desk.alarm(
        ("OBS stopped answering.", "Start OBS; the console comes back by itself.", Rank.ON_AIR),
        BO,
        ("The shop has not answered for 12 s.", "Check the network, or STOP SALE.", Rank.MONEY),
        ("The sound card is gone.", "Plug it in again; it comes back by itself.", Rank.LINK),
        STREET,
    )
    desk.notice.set(
        Notice("The take of Table failed: OBS froze.", "Look at the program before you take again.", Tone.BAD)
    )


def _safe(desk: FakeDesk) -> None:
    _armed(desk)
    desk.hot.set(False)
    now = time.monotonic_ns()
    desk.on_air(program="Safe", claimed="Safe", take=Take("Safe", TakeState.ON_AIR, now, is_safe=True))
    desk.with_drop(DropState.SOLD_OUT, stock_left=0, sold=50, closes_at=desk.clock.now() + timedelta(seconds=61))
    desk.is_locked.set(True)


def _claimed(desk: FakeDesk) -> None:
    _open(desk)
    take = Take("Table", TakeState.LOST, 0)
    desk.on_air(program=None, claimed="Table", preview="Close", take=take, is_practice=True)
    desk.with_drop(DropState.FIRING, lamp=Lamp.SENT)


def _empty(desk: FakeDesk) -> None:
    desk.switcher.set(Switcher(link=Link(LinkState.CONNECTING, "Nothing answers on 127.0.0.1:4455.", "Start OBS.")))


def _upright(desk: FakeDesk) -> None:
    _open(desk)
    desk.on_air(canvas=(1080, 1920))


def _practice(desk: FakeDesk) -> None:
    _open(desk)
    desk.on_air(is_practice=True, stream=OutputState.OFF, record=OutputState.OFF, studio_mode=False)
    desk.with_drop(DropState.DRAFT, sold=0, stock_left=None)
    desk.with_cues(None)
    desk.alarm()
    desk.notice.set(
        Notice("An OBS answers on this computer.", "Make your first own show from it.", offer="show.from_obs")
    )


def _crowded(desk: FakeDesk) -> None:
    """As much of everything as a show may have, with names that nobody thought of."""
    _open(desk)
    long = "The extraordinarily long name of a thing that somebody typed in at two in the morning"
    scenes = tuple(Scene(f"Scene {n} {long}"[: 12 + 9 * n]) for n in range(1, 10))
    desk.on_air(scenes=(*scenes, Scene("Safe")), program=scenes[8].name, claimed=scenes[8].name,
                preview=scenes[7].name, take=Take(scenes[8].name, TakeState.WAITING, 0), in_transition=True,
                transition=long[:30], transition_ms=20_000)  # fmt: skip
    now = time.monotonic_ns()
    desk.cameras.set(
        tuple(
            Camera(f"Camera {n}", scene.name, CameraOrigin.WORKER, CameraState.LIVE if n % 3 else CameraState.LOST,
                   30.0, "" if n % 3 else "It sends nothing.", "", now - 3_700_000_000_000)
            for n, scene in enumerate(scenes)
        )
    )  # fmt: skip
    channels = tuple(Channel(f"Channel {n} {long}"[: 8 + 5 * n], (n,), "Mic" if n == 1 else None) for n in range(1, 13))
    returns = tuple(
        Return(f"Guest {n} {long}"[: 8 + 6 * n], (channels[n].name,), "cuedrop", list(Leak)[n % len(Leak)],
               "own voice -31 dB after 240 ms") for n in range(6)
    )  # fmt: skip
    desk.sound.set(Sound(link=UP, device=long, channels=channels, returns=returns, xruns=1_234))
    drop = Drop("cap-01", long, 1_234_567, "EUR", 12_000, 12, 86_400, state=DropState.OPEN, stock_left=11_988,
                sold=12, closes_at=desk.clock.now() + timedelta(hours=2), lamp=Lamp.CONFIRMED)  # fmt: skip
    desk.sale.set(
        replace(desk.sale.value, drops=(drop, Drop("tote-01", long, 2400, "EUR", 30, 1, 600, state=DropState.OPEN)))
    )
    desk.alarm(*(
        (f"{long}, {n}.", f"What to do about {long}: nothing, it comes back by itself.", Rank(n % 5)) for n in range(12)
    ))  # fmt: skip
    desk.show.set(Show(name=long[:80]))
    desk.notice.set(Notice(long, long, Tone.BAD))


def _bare(desk: FakeDesk) -> None:
    """An OBS with one scene, and nothing else."""
    _open(desk)
    desk.on_air(scenes=(Scene("Scene"),), program="Scene", claimed="Scene", preview=None, safe_scene=None, take=None)
    desk.cameras.set(())
    desk.sound.set(Sound())
    desk.sale.set(Sale())
    desk.rundown.set(Rundown())
    desk.alarm()


def _stopping(desk: FakeDesk) -> None:
    _open(desk)
    desk.sale.set(
        replace(desk.sale.value, is_stopping=True, outbox_pending=3, checkout=Checkout.UNKNOWN,
                link=Link(LinkState.DOWN, "The shop does not answer.", "It is tried again by itself."))
    )  # fmt: skip


def _changing(desk: FakeDesk) -> None:
    """An open drop with all that can be changed on its way."""
    _open(desk)
    ends = desk.clock.now() + timedelta(seconds=252)
    desk.with_drop(
        DropState.OPEN, closes_at=ends, lamp=Lamp.WAITING, why="The shop answers 503, it is busy.",
        fix="It is tried again by itself.", wanted=Wanted(1500, 60, ends + timedelta(seconds=60)),
    )  # fmt: skip


def _refused(desk: FakeDesk) -> None:
    """The shop said no to a change."""
    _open(desk)
    desk.with_drop(
        DropState.SOLD_OUT, closes_at=desk.clock.now() + timedelta(seconds=252), lamp=Lamp.REFUSED, is_held=True,
        why="The shop refused it: 410, 12 are sold already: the stock cannot be 11. Linen cap has 50 pieces in all as "
        "before.", fix="Look at the drop and at the shop.",
    )  # fmt: skip


STATES: dict[str, Callable[[FakeDesk], None]] = {
    "open": _open, "armed": _armed, "lost": _lost, "safe": _safe, "claimed": _claimed, "empty": _empty,
    "upright": _upright, "practice": _practice, "crowded": _crowded, "bare": _bare, "stopping": _stopping,
    "changing": _changing, "change_refused": _refused,
}  # fmt: skip


def _with_page(fill: Callable[["FakeDesk"], None]) -> Callable[["FakeDesk"], None]:
    def take_on(desk: FakeDesk) -> None:
        _open(desk)
        fill(desk)

    return take_on


STATES.update({name: _with_page(fill) for name, (_, fill) in PAGE_STATES.items()})
STATES.update({name: _with_page(fill) for name, fill in SWITCHER_STATES.items()})
STATES.update({name: _with_page(fill) for name, fill in DROP_STATES.items()})
STATES.update({name: _with_page(fill) for name, fill in CAMERA_STATES.items()})


class _Painted:
    """A moving picture in one buffer: a slow gradient with a travelling disc, 30 a second."""

    def __init__(self, index: int) -> None:
        hue = index * 0.9
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
        self._base = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        for channel in range(3):
            wave = 90 + 60 * np.sin(hue + channel * 2.1 + x / WIDTH * 1.5) + 30 * y / HEIGHT
            self._base[..., channel] = wave.clip(20, 220).astype(np.uint8)
        self._frame = self._base.copy()
        self._shown = -1

    def now(self, *, is_moving: bool) -> Picture:
        sequence = int(time.monotonic() * 30) if is_moving else 1
        if sequence != self._shown:
            self._shown = sequence
            self._frame[:] = self._base
            left = int((math.sin(sequence / 25) * 0.35 + 0.5) * (WIDTH - 120))
            self._frame[120:240, left : left + 120, :3] = 225
        return Picture(sequence, WIDTH, HEIGHT, WIDTH * 4, self._frame.data.cast("B"))


def _level(at: float, index: int) -> Level:
    peak = -14 + 12 * math.sin(at * (1.3 + index * 0.21) + index) - index
    hold = min(-1.0, -4.0 - index * 3)
    return Level(peak, peak - 9, hold, index == 2, 14 if index == 2 else 0, min(0.4, hold + 0.7))
