"""A camera's worker process: keeps one address playing for ever, and says how that goes.

Runs in a process of its own: a stream that crashes or hangs libVLC costs this process alone. The pictures go through
shared memory, the words through the port.
"""

import codecs
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from console.cameras.counting import Counting
from console.cameras.delay import DelayWatch
from console.cameras.heap import give_back, keep_small
from console.cameras.looks import Looks
from console.cameras.messages import Delay, Figures, Password, Report, Resize, Rest, Stage
from console.cameras.mrl import Address, Kind, media_options, parse_mrl, with_password
from console.cameras.player import Phase, Player
from console.cameras.reasons import TEXT, no_part, reason, refusal
from console.cameras.sound import SOUND_BYTES, SoundMeter
from console.workers.frames import FrameReader, FrameWriter
from console.workers.port import WorkerPort
from console.workers.shared import SharedFile

TURN_S = 0.1
LOOK_EVERY_S = 0.5
# playing without a new picture: the address is opened anew. What comes in pieces of seconds may be late for some.
SILENT_S = {"http": 8.0, "https": 8.0, "hls": 8.0, "hlss": 8.0}
USUAL_SILENT_S = 3.0
FLOWS_S = 0.7  # the first picture comes at once, the second when libVLC's clock runs: only then it plays
STEADY_S = 3.0  # played for so long: when it is lost again, the first try comes soon
FIRST_WAIT_S = 0.3
FAREWELL_S = 0.5  # less than the supervisor's grace
LONGEST_WAIT_S = 4.0
# until the first picture; what answers at all within it plays
PATIENCE_S = {"file": 5.0, "http": 10.0, "https": 10.0, "hls": 10.0, "hlss": 10.0, "rtmp": 12.0, "rtsp": 12.0}
USUAL_PATIENCE_S = 8.0


def main(
    port: WorkerPort,
    *,
    path: str,
    mrl: str,
    options: tuple[str, ...],
    size: tuple[int, int],
    has_password: bool = False,
) -> None:
    """Play `mrl` into the shared memory at `path`, at most `size` large, until told to stop.

    With `has_password` nothing is opened before the password has come through the port: it is in no argument.
    """
    port.beat()
    _silence_libraries()
    keep_small()
    shared = SharedFile.open(path)
    pictures, sound = shared.buffer[:-SOUND_BYTES], SoundMeter(shared.buffer[-SOUND_BYTES:])
    player = Player(FrameWriter(pictures), pictures, sound.hear)
    player.size = size
    port.beat()
    watch = Watch(port, player, pictures, address=parse_mrl(mrl), options=options, has_password=has_password)
    try:
        watch.run()
    finally:  # a sender of one caller that is not told keeps the line for seconds (SRT: 5), and everybody else out
        player.close(patience_s=FAREWELL_S)


def _silence_libraries() -> None:
    """Send what C libraries print (libsrt, codecs) nowhere; Python's own errors still reach the terminal."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def is_text(path: Path) -> bool:
    """True for a file of text. libVLC would take it for a playlist and reach the hosts that it names."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return False  # libVLC says why
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return True
    try:
        return b"\0" not in codecs.getincrementaldecoder("utf-8")().decode(head).encode()
    except UnicodeDecodeError:
        return False


class Watch:
    """The worker's turn: opens, looks, gives up, tries again."""

    def __init__(
        self,
        port: WorkerPort,
        player: Player,
        memory: memoryview,
        *,
        address: Address,
        options: tuple[str, ...],
        has_password: bool,
    ) -> None:
        self._port = port
        self._player = player
        self._writer = FrameWriter(memory)  # only to `touch`: the pictures are the player's
        self._frames = FrameReader(memory)
        self._address = address  # without the password: fit to be shown
        self._options = media_options(self._address, options)
        self._password: Password | None = None
        self._has_password = has_password
        self._counting = Counting()
        self._delay = DelayWatch()
        self._told_delay_ms: float | None = None
        self._looks = Looks()
        self._looked_s = 0.0
        self._looked_at = 0  # the player's count of pictures then
        self._told: Report | None = None
        self._report = Report(Stage.OPENING)
        self._opened_s = 0.0
        self._opened_at = 0  # the sequence number then
        self._first_s: float | None = None  # when the first picture since then was seen
        self._decoded = 0  # since it was opened
        self._can_open = player.can_open(address.scheme)
        self._retry_at_s: float | None = 0.0 if self._can_open and not has_password else None
        self._wait_s = FIRST_WAIT_S
        if not self._can_open:
            missing = no_part(address.scheme)
            self._report = Report(Stage.LOST, why=missing.why, fix=missing.fix)

    def run(self) -> None:
        """Take turns until the port says stop (by exception) or libVLC hangs (by the process's end)."""
        while True:
            self.turn(time.monotonic())
            self._port.beat()
            self.obey(self._port.receive(TURN_S))

    def turn(self, now_s: float) -> None:
        """Do what is due at `now_s`, and say what is new."""
        self._go_on(now_s)
        self._tell_delay(now_s)
        if self._report != self._told:
            self._told = self._report
            self._port.send(self._report)

    def _go_on(self, now_s: float) -> None:
        if self._player.phase is Phase.IDLE:
            if self._retry_at_s is not None and now_s >= self._retry_at_s:
                self._open(now_s)
            return
        is_new = self._frames.sequence > self._opened_at
        self._note_repeats()
        if is_new:
            self._first_s = self._first_s or now_s
            is_flowing = self._frames.sequence > self._opened_at + 1 or now_s - self._first_s > FLOWS_S
            if is_flowing and self._report.stage is not Stage.PLAYING:
                self._report = Report(Stage.PLAYING)
        if self._player.phase in (Phase.ENDED, Phase.ERROR):
            self._give_up(now_s, had_picture=is_new, has_ended=True)
        elif now_s - self._last_sign_s() > (self._silent_s() if is_new else self._patience_s()):
            self._give_up(now_s, had_picture=is_new, has_ended=False)
        elif is_new:
            self._watch(now_s)
        elif self._report.stage is Stage.OPENING:
            self._tell_refusal()

    def _tell_refusal(self) -> None:
        """Say at once when the other side says no; libVLC goes on knocking until patience runs out."""
        refused = refusal(self._address, list(self._player.errors), has_password=self._has_password)
        if refused:
            self._report = Report(Stage.LOST, why=refused.why, fix=refused.fix)

    def _watch(self, now_s: float) -> None:
        """Look at a stream that plays, and count."""
        stream = self._player.stats()
        if now_s - self._looked_s >= LOOK_EVERY_S and stream.decoded != self._looked_at:
            self._looked_at = stream.decoded  # of pictures that come: a stall is no freeze
            self._look(now_s)
        stats = self._counting.at(now_s, stream, self._decoded)
        if stats is not None:
            self._port.send(Figures(stats))

    def _tell_delay(self, now_s: float) -> None:
        """Say how old the picture is, while the clock page is seen in it."""
        delay_ms = self._delay.look(self._player.grey, now_s)
        if delay_ms != self._told_delay_ms:
            self._told_delay_ms = delay_ms
            self._port.send(Delay(delay_ms))

    def _note_repeats(self) -> None:
        """A source that sends one and the same picture is alive: it decodes, though nothing new is published.

        One that decodes and never publishes is not: its patience must run out.
        """
        decoded = self._player.decoded
        if decoded != self._decoded:
            self._decoded = decoded
            if self._frames.sequence > self._opened_at:
                self._writer.touch(time.monotonic_ns())

    def _patience_s(self) -> float:
        return PATIENCE_S.get(self._address.scheme, USUAL_PATIENCE_S)

    def _silent_s(self) -> float:
        return SILENT_S.get(self._address.scheme, USUAL_SILENT_S)

    def _last_sign_s(self) -> float:
        return max(self._opened_s, self._frames.mono_ns / 1e9)

    def _open(self, now_s: float) -> None:
        if self._address.kind is Kind.FILE and is_text(self._address.path):
            self._report = Report(Stage.LOST, why=TEXT.why, fix=TEXT.fix)
            self._retry_at_s = now_s + LONGEST_WAIT_S
            return
        self._opened_s, self._opened_at, self._first_s = now_s, self._frames.sequence, None
        self._decoded = 0
        self._counting.restart()
        address, more = with_password(self._address, self._password.value if self._password else "")
        self._player.open(address, (*self._options, *more))

    def _give_up(self, now_s: float, *, had_picture: bool, has_ended: bool) -> None:
        """Close, say why, and plan the next try. A file that has ended is simply begun anew."""
        found = reason(
            self._address,
            list(self._player.errors),
            had_picture=had_picture,
            has_ended=has_ended,
            has_password=self._has_password,
        )
        if not self._player.close():
            self._port.send(Report(Stage.LOST, why=found.why, fix=found.fix))
            os._exit(3)
        give_back()
        if had_picture and has_ended and self._address.kind is Kind.FILE:
            self._retry_at_s = now_s
            return
        self._report = Report(Stage.LOST, why=found.why, fix=found.fix)
        if self._first_s is not None and now_s - self._first_s > STEADY_S:
            self._wait_s = FIRST_WAIT_S
        self._retry_at_s = now_s + self._wait_s * random.uniform(0.8, 1.2)
        self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)

    def _look(self, now_s: float) -> None:
        self._looked_s = now_s
        samples = self._player.samples()  # of a hidden tile too
        if samples:
            self._report = replace(self._report, look=self._looks.see(samples, now_s))

    def obey(self, message: object) -> None:
        """Do what the console says; anything else is nothing."""
        if isinstance(message, Password):
            self._password = message
            self._retry_at_s = 0.0 if self._can_open else None
        elif isinstance(message, Resize):
            self._player.size = (message.width, message.height)  # from the next picture on
        elif isinstance(message, Rest):
            self._player.rest(is_hidden=message.is_hidden)
