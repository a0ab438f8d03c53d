"""The process of one interface beside the main device: opens it, keeps it open, hands its sound over.

Like the engine it ends when its device vanished, or when the blocks stop, and a new one takes its place; nobody else
hears more of it than silence. See `crossing` for the work, `opening` for the patience.
"""

import os
import time
from typing import TYPE_CHECKING, Final

from console.audio.blame import Blame, Cause, Worsts, away
from console.audio.messages import Drift, EngineDown, InterfaceUp, Xruns
from console.audio.opening import OPENING_S, TICK_S, opened
from console.audio.plan import Wing
from console.audio.real_time import ask_for_real_time, freeze
from console.core.errors import UserError
from console.workers.port import WorkerPort

if TYPE_CHECKING:
    from console.audio.crossing import Crossing
    from console.audio.device import Device
    from console.audio.lanes import Lane
    from console.audio.matrix import Samples

HEARTBEAT_S: Final = 1.0
DRIFT_EVERY_S: Final = 10.0  # it is told so often; the first ones, of a loop that has not settled, are not


def heartbeat_s(wing: Wing) -> float:
    """How long it may be silent, in seconds; more when blocks themselves are longer."""
    return max(HEARTBEAT_S, 4 * wing.block_frames / wing.sample_rate_hz)


def main(port: WorkerPort, *, wing: Wing, heard_path: str, sent_path: str) -> None:
    """Hand an interface's sound over until told to stop; returns when the device vanished."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    if not wing.device.startswith("JACK"):
        # PortAudio becomes a client of a JACK server each time that it looks for devices: the main device's may be one
        os.environ["JACK_DEFAULT_SERVER"] = "none"
    heard, sent = port.shared(heard_path), port.shared(sent_path)
    _Bridge(port, wing, heard.buffer, sent.buffer).run()


class _Bridge:
    """The main thread's part."""

    def __init__(self, port: WorkerPort, wing: Wing, heard: memoryview, sent: memoryview) -> None:
        from console.audio.crossing import MARGIN_S
        from console.audio.lanes import Lane

        self._port = port
        self._wing = wing
        self._lanes = (Lane(heard, ports=wing.inputs), Lane(sent, ports=wing.outputs))
        self._margin_s = MARGIN_S
        self._said: object = None
        self._worsts = Worsts()
        self._before_ns = 0  # when the last block began

    def run(self) -> None:
        while not self._lanes[0].rate_hz:  # without an engine there is nobody to hand over to
            self._port.beat()
            self._wait(TICK_S)
        device = opened(
            self._port,
            lambda is_first: _open(self._wing, is_first=is_first),
            obey=self._wait,
            missed=lambda error: self._say(EngineDown(error.what, error.fix)),
        )
        self._crossing = self._make_crossing(device)
        freeze()
        try:
            device.start(self._block)
        except UserError as error:
            self._say(EngineDown(error.what, error.fix))
            return
        self._watch(device)

    def _wait(self, seconds: float) -> None:
        """Nothing but the end is ever asked of it. Raises Stopped."""
        self._port.receive(seconds)

    def _say(self, message: object) -> None:
        if message != self._said:
            self._said = message
            self._port.send(message)

    def _make_crossing(self, device: "Device") -> "Crossing":
        from console.audio.crossing import Crossing

        return Crossing(
            *self._lanes,
            sample_rate_hz=device.sample_rate_hz,
            block_frames=self._wing.block_frames,
            margin_s=self._margin_s,
        )

    def _block(self, sound: "Samples", out: "Samples") -> None:
        """One block, in the device's thread; a device with fewer ports than asked for has silence in the others."""
        started_ns, started_own_ns = time.monotonic_ns(), time.thread_time_ns()
        crossing = self._crossing
        if crossing.callbacks == 0:
            ask_for_real_time()
        crossing.run(sound, out, started_ns / 1e9)
        self._worsts.note(
            own_ns=time.thread_time_ns() - started_own_ns,
            busy_ns=time.monotonic_ns() - started_ns,
            between_ns=started_ns - self._before_ns if self._before_ns else 0,
        )
        self._before_ns = started_ns

    def _watch(self, device: "Device") -> None:
        """Beat as long as blocks come; returns when the device says that it is gone."""
        seen, since_s, drops = 0, time.monotonic(), _drops(self._lanes)
        told_s, ppm = since_s, None
        blame = Blame(1e9 * self._wing.block_frames / device.sample_rate_hz)
        while device.is_alive:
            self._wait(TICK_S)
            now_s, crossing = time.monotonic(), self._crossing
            blame.note(now_s, self._worsts.take(), away())
            if crossing.engine != self._engine():
                self._crossing = self._make_crossing(device)
                seen, told_s = 0, now_s  # a new loop has to settle first
            elif crossing.callbacks != seen:
                seen, since_s = crossing.callbacks, now_s
                self._port.beat()
                if self._said is None or drops != _drops(self._lanes):
                    drops = self._has_dropped(drops, blame.judge(now_s))
                    self._say(_up(self._wing, device, crossing))
                if now_s - told_s >= DRIFT_EVERY_S and ppm != round(crossing.drift * 1e6):
                    told_s, ppm = now_s, round(crossing.drift * 1e6)
                    self._port.send(Drift(ppm))
            elif seen == 0 and now_s - since_s < OPENING_S:
                self._port.beat()  # the first block may take a while to come
        self._say(
            EngineDown(f'The sound device "{device.name}" is gone.', "Connect it again; it comes back by itself.")
        )

    def _engine(self) -> tuple[int, int]:
        from console.audio.lanes import Word

        words = self._lanes[0].words
        return int(words[Word.RATE_HZ]), int(words[Word.BLOCK_FRAMES])

    def _has_dropped(self, before: int, judged: tuple[Cause, str]) -> int:
        """Say what was missed and why, and stand further back from now on; how often it was until now."""
        from console.audio.crossing import wider

        now = _drops(self._lanes)
        if now > before:
            self._margin_s = wider(self._margin_s)
            self._crossing.stand_back(self._margin_s)
            cause, why = judged
            self._port.send(Xruns(now, cause, "it or the main device lost time" if cause is Cause.DEVICE else why))
        return now


def _drops(lanes: "tuple[Lane, Lane]") -> int:
    from console.audio.lanes import Word

    return sum(int(lane.words[Word.DROPS]) for lane in lanes)


def _open(wing: Wing, *, is_first: bool) -> "Device":
    from console.audio import device as port_audio

    if not is_first:
        port_audio.refresh()
    return port_audio.open_device(
        wing.device,
        sample_rate_hz=wing.sample_rate_hz,
        block_frames=wing.block_frames,
        inputs=wing.inputs,
        outputs=wing.outputs,
    )


def _up(wing: Wing, device: "Device", crossing: "Crossing") -> InterfaceUp:
    """What to tell the console, with all that is less than the show asked for. Another rate is nothing less."""
    faults = [
        f"It has {has} {what} of the {asked} asked for: number {first + has} and up are silent."
        for what, has, asked, first in (
            ("inputs", device.inputs, wing.inputs, wing.first_input),
            ("outputs", device.outputs, wing.outputs, wing.first_output),
        )
        if has < asked
    ]
    fix = "Use fewer of its ports in the show file, or a device with more." if faults else ""
    delay_ms = round(crossing.delay_s() * 1e3, 1)
    return InterfaceUp(
        device.name, device.sample_rate_hz, device.inputs, device.outputs, delay_ms, " ".join(faults), fix
    )
