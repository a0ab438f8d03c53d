"""Sound cards for tests: a PulseAudio server of its own with null sinks, which ALSA's pulse plug-in shows as devices.

Nothing of the system's is touched: the server has its own folder, socket and ALSA configuration. A `Card` is an input
(the monitor of one null sink, into which `play` sends) and an output (another null sink, from which `heard` reads).
Functions, not timing: use blocks of 1,024. Blocking throughout. Needs Debian's pulseaudio and libasound2-plugins.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
BLOCK = 1_024
_ALSA = """
pcm.%(name)s {
    type asym
    playback.pcm { type pulse device %(name)s_out }
    capture.pcm { type pulse device %(name)s_in.monitor }
    hint { show on description "%(name)s" }
}
"""
_DEFAULT = """
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


def device(card: str) -> str:
    """What the show file calls a card."""
    return f"ALSA: {card}"


class Pulse:
    """A PulseAudio server with cards that can be plugged and pulled out."""

    def __init__(self, *cards: str) -> None:
        self._cards = cards
        self._folder = Path(tempfile.mkdtemp(prefix="cuedrop-pulse-"))
        self._modules: dict[str, list[str]] = {}
        self._listeners: dict[str, subprocess.Popen[bytes]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "PULSE_SERVER": f"unix:{self._folder}/native",
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        (self._folder / "pulse").mkdir(mode=0o700)
        settings = "".join(_ALSA % {"name": card} for card in self._cards)
        (self._folder / "asound.conf").write_text(f"</usr/share/alsa/alsa.conf>\n{_DEFAULT}{settings}")
        self._before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server with all its cards; returns when it answers."""
        self._process = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
                "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._folder}/native",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with contextlib.suppress(PermissionError):  # a server that comes late stalls everybody's sound
            os.setpriority(os.PRIO_PROCESS, self._process.pid, -15)
        give_up_s = time.monotonic() + 20
        while self._ask("info").returncode:
            if self._process.poll() is not None or time.monotonic() > give_up_s:
                raise RuntimeError("pulseaudio does not start")
            time.sleep(0.05)
        for card in self._cards:
            self.plug(card)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None
            self._modules.clear()
            for listener in self._listeners.values():
                _end(listener)
            self._listeners.clear()

    def plug(self, card: str, *, rate_hz: int = RATE_HZ, ports: int = 2) -> None:
        """Connect a card."""
        self._modules[card] = [
            self._tell(
                "load-module", "module-null-sink", f"sink_name={card}_{way}", f"rate={rate_hz}", f"channels={ports}",
                "norewinds=1",
            )
            for way in ("out", "in")
        ]  # fmt: skip
        # a null sink that nobody is in a hurry for sleeps up to 2 s
        self._listeners[card] = subprocess.Popen(
            ["pacat", "--record", f"--device={card}_out.monitor", "--latency-msec=10", *_RAW, os.devnull],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def pull(self, card: str) -> None:
        """Pull a card out."""
        for module in self._modules.pop(card):
            self._tell("unload-module", module)
        _end(self._listeners.pop(card))

    def make_default(self, card: str) -> None:
        """Make a card what programs get that ask for none."""
        self._tell("set-default-sink", f"{card}_out")
        self._tell("set-default-source", f"{card}_in.monitor")

    @contextlib.contextmanager
    def playing(self, card: str, *, hz: float = 1_000.0, level: float = 0.25) -> Iterator[None]:
        """A steady tone at a card's inputs, until the block ends."""
        path = self._folder / f"tone-{hz:g}.raw"
        tone = level * np.sin(2 * np.pi * hz * np.arange(60 * RATE_HZ) / RATE_HZ)
        path.write_bytes(np.repeat(tone.astype("<f4")[:, np.newaxis], 2, axis=1).tobytes())
        player = subprocess.Popen(
            ["pacat", "--playback", f"--device={card}_in", "--latency-msec=20", *_RAW, str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            _end(player)

    @contextlib.contextmanager
    def recording(self, card: str) -> Iterator["Kept"]:
        """Everything that comes out of a card from now on, until the block ends; read it afterwards."""
        path = self._folder / f"{card}-{time.monotonic_ns()}.raw"
        with path.open("wb") as file:
            recorder = subprocess.Popen(
                ["pacat", "--record", f"--device={card}_out.monitor", "--latency-msec=20", *_RAW],
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            try:
                yield Kept(path)
            finally:
                recorder.terminate()
                recorder.wait(10)

    def _tell(self, *words: str) -> str:
        done = self._ask(*words)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["pactl", *words], capture_output=True, text=True, timeout=10, check=False)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(10)


_RAW = ("--raw", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2")


class Kept:
    """What was recorded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sound(self) -> NDArray[np.float32]:
        """All of it until now, shape (frames, 2)."""
        raw = self._path.read_bytes()
        sound: NDArray[Any] = np.frombuffer(raw[: len(raw) // 8 * 8], "<f4").reshape(-1, 2)
        return sound.astype(np.float32)
