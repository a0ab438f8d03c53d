"""A worker's turns on a player that is told what to do: how it tries again, what it says, when it gives up."""

import itertools
import os
import time
from collections.abc import Callable

import pytest

from console.cameras import worker
from console.cameras.looks import FROZEN_S
from console.cameras.messages import Figures, Look, Password, Report, Resize, Rest, Stage, StreamStats
from console.cameras.mrl import Address, parse_mrl
from console.cameras.player import Phase
from console.cameras.wall import TICK_S
from console.cameras.worker import Watch
from console.workers.frames import FrameWriter, frames_size

MRL = "rtmp://ann@127.0.0.1:1935/live/cam"
MOVING = [bytes([90, 91, 92] * 700), bytes([130, 20, 70] * 700)]


class FakePort:
    """Takes what the worker says."""

    def __init__(self) -> None:
        self.said: list[object] = []

    def send(self, message: object) -> None:
        self.said.append(message)

    def reports(self) -> list[Report]:
        return [message for message in self.said if isinstance(message, Report)]


class FakePlayer:
    """Plays what the test says, at once."""

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self.phase = Phase.IDLE
        self.errors: list[str] = []
        self.opened: list[tuple[Address, tuple[str, ...]]] = []
        self.size = (640, 360)
        self.is_hidden = False
        self.can_let_go = True
        self.look: list[bytes] = MOVING
        self.came = 0

    def can_open(self, scheme: str) -> bool:
        return scheme != "rtsp"

    def open(self, address: Address, options: tuple[str, ...]) -> None:
        self.opened.append((address, options))
        self.phase, self.came = Phase.PLAYING, 0

    def close(self) -> bool:
        self.phase = Phase.IDLE
        return self.can_let_go

    def rest(self, *, is_hidden: bool) -> None:
        self.is_hidden = is_hidden

    def picture(self, mono_ns: int) -> None:
        self.came += 1
        self._writer.write(2, 2, bytes(16 * 8), mono_ns=mono_ns)

    @property
    def decoded(self) -> int:
        return 2 * self.came

    def samples(self) -> bytes:
        return self.look[self.came % len(self.look)]

    def grey(self) -> None:
        """No clock page is in sight."""

    def stats(self) -> StreamStats:
        return StreamStats(decoded=self.came, codec="H.264")


class Studio:
    """A worker with its player, on a clock of the test's own."""

    def __init__(self, mrl: str, now: list[float], *, has_password: bool) -> None:
        self.now = now
        memory = memoryview(bytearray(frames_size(64, 64)))
        self.port, self.player = FakePort(), FakePlayer(FrameWriter(memory))
        self.watch = Watch(
            self.port,  # type: ignore[arg-type]
            self.player,  # type: ignore[arg-type]
            memory,
            address=parse_mrl(mrl),
            options=(),
            has_password=has_password,
        )

    def pass_s(self, seconds: float, *, fps: float = 0.0) -> None:
        """Let time go by in turns of a tenth of a second, with so many pictures."""
        for _ in range(round(seconds * 10)):
            self.now[0] += 0.1
            for _ in range(round(fps / 10)):
                self.player.picture(round(self.now[0] * 1e9))
            self.watch.turn(self.now[0])

    def last(self) -> Report:
        return self.port.reports()[-1]


Build = Callable[..., Studio]


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Build:
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic_ns", lambda: round(now[0] * 1e9))

    def make(mrl: str = MRL, *, has_password: bool = False) -> Studio:
        return Studio(mrl, now, has_password=has_password)

    return make


def test_what_never_comes_is_tried_for_ever_with_growing_and_uneven_waits(build: Build) -> None:
    studio = build()
    tries: list[float] = []
    for _ in range(6_000):
        before = len(studio.player.opened)
        studio.pass_s(0.1)
        if len(studio.player.opened) > before:
            tries.append(studio.now[0])
            studio.player.phase = Phase.ERROR
    waits = [after - before for before, after in itertools.pairwise(tries)]
    assert len(tries) > 100
    assert waits[0] < 0.7
    assert max(waits) <= worker.LONGEST_WAIT_S * 1.2 + 0.3
    assert min(waits[10:]) >= worker.LONGEST_WAIT_S * 0.8 - 0.1
    assert len({round(wait, 1) for wait in waits[10:]}) > 3, "no jitter: all tiles of a studio would call at once"
    assert studio.last().stage is Stage.LOST


def test_it_plays_when_pictures_flow_and_not_before(build: Build) -> None:
    studio = build()
    studio.pass_s(0.2)
    studio.player.picture(round(studio.now[0] * 1e9))
    studio.pass_s(0.3)
    assert not studio.port.reports()[1:]
    studio.pass_s(0.1, fps=20)
    assert studio.last().stage is Stage.PLAYING


def test_a_peer_that_is_silent_is_called_again(build: Build) -> None:
    studio = build()
    studio.pass_s(5, fps=30)
    studio.pass_s(worker.USUAL_SILENT_S - 0.3)
    assert studio.last().stage is Stage.PLAYING
    studio.pass_s(0.6)
    assert studio.last().stage is Stage.LOST
    assert "No picture from rtmp://127.0.0.1:1935 any more" in studio.last().why
    studio.pass_s(0.6)
    assert len(studio.player.opened) == 2


def test_one_that_drops_out_again_and_again_is_called_less_and_less_often(build: Build) -> None:
    studio, lost_for = build(), []
    for _ in range(6):
        studio.pass_s(1.0, fps=30)
        studio.player.phase = Phase.ENDED
        began, count = studio.now[0], len(studio.player.opened)
        while len(studio.player.opened) == count:
            studio.pass_s(0.1)
        lost_for.append(studio.now[0] - began)
    assert lost_for[-1] > 5 * lost_for[0]
    studio.pass_s(worker.STEADY_S + 1, fps=30)
    studio.player.phase = Phase.ENDED
    count = len(studio.player.opened)
    studio.pass_s(0.7)
    assert len(studio.player.opened) == count + 1, "it had played steadily, so it is called again at once"


def test_a_player_that_does_not_let_go_ends_the_process_with_its_reason(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    studio = build()
    studio.player.can_let_go = False
    studio.pass_s(0.2)
    studio.player.phase = Phase.ERROR
    studio.pass_s(0.1)
    assert ended
    assert studio.last().why


def test_nothing_is_opened_before_the_password_has_come_and_no_word_shows_it(build: Build) -> None:
    studio = build(has_password=True)
    studio.pass_s(3)
    assert not studio.player.opened
    studio.watch.obey(Password("open/sesame"))
    studio.pass_s(0.1)
    assert studio.player.opened[0][0].mrl == "rtmp://ann:open%2Fsesame@127.0.0.1:1935/live/cam"
    studio.player.errors = ["cannot open rtmp://ann:open%2Fsesame@127.0.0.1:1935/live/cam"]
    studio.player.phase = Phase.ERROR
    studio.pass_s(0.1)
    assert "sesame" not in repr(studio.port.said)
    assert "sesame" not in repr(Password("open/sesame"))


def test_a_part_that_vlc_lacks_is_named_at_once_and_never_tried(build: Build) -> None:
    studio = build("rtsp://127.0.0.1/cam", has_password=True)
    studio.pass_s(0.1)
    assert "RTSP" in studio.last().why
    studio.watch.obey(Password("x"))
    studio.pass_s(10)
    assert not studio.player.opened


def test_a_refusal_is_said_before_patience_runs_out(build: Build) -> None:
    studio = build("srt://127.0.0.1:9001", has_password=True)
    studio.watch.obey(Password("wrong"))
    studio.pass_s(0.2)
    studio.player.errors = ["Schedule SRT connect (dest address: 127.0.0.1, port: 9001)."] * 6
    studio.pass_s(0.1)
    assert "password is wrong" in studio.last().why
    assert len(studio.player.opened) == 1
    studio.pass_s(1, fps=30)
    assert studio.last().stage is Stage.PLAYING


def test_looks_and_figures_are_told_of_a_hidden_tile_too(build: Build) -> None:
    studio = build()
    studio.watch.obey(Rest(is_hidden=True))
    assert studio.player.is_hidden
    studio.pass_s(2, fps=30)
    figures = [message.stats for message in studio.port.said if isinstance(message, Figures)]
    assert figures[-1].arriving_fps == 30.0
    studio.player.look = [bytes(2_000)]
    studio.pass_s(0.7, fps=30)
    assert studio.last().look is Look.BLACK
    studio.player.look = MOVING[:1]
    studio.pass_s(2.7, fps=30)
    assert studio.last().look is Look.FROZEN
    studio.player.look = MOVING
    studio.pass_s(1, fps=30)
    assert studio.last().look is Look.MOVING


def test_what_is_wrong_is_said_within_a_second(build: Build) -> None:
    at_most_s = round(1 - TICK_S, 1)  # until the wall looks
    studio = build()
    studio.pass_s(2, fps=30)
    studio.player.look = [bytes(2_000)]
    studio.pass_s(at_most_s, fps=30)
    assert studio.last().look is Look.BLACK
    studio.player.look = MOVING[:1]
    studio.pass_s(FROZEN_S + at_most_s, fps=30)
    assert studio.last().look is Look.FROZEN
    for phase in (Phase.ENDED, Phase.ERROR):
        studio.player.look = MOVING
        studio.pass_s(10, fps=30)
        assert studio.last() == Report(Stage.PLAYING)
        studio.player.phase = phase
        studio.pass_s(0.1)
        assert studio.last().stage is Stage.LOST


def test_a_stall_is_no_freeze(build: Build) -> None:
    studio = build()
    studio.pass_s(1, fps=30)
    studio.pass_s(2.7)
    assert studio.last().look is Look.MOVING
    studio.pass_s(0.2, fps=30)
    assert studio.last().look is Look.MOVING


def test_a_new_size_opens_nothing_anew(build: Build) -> None:
    studio = build()
    studio.pass_s(1, fps=30)
    studio.watch.obey(Resize(1280, 720))
    studio.pass_s(1, fps=30)
    assert studio.player.size == (1280, 720)
    assert len(studio.player.opened) == 1
