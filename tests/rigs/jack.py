"""A sound card for tests: jackd with its dummy driver, and a far side that sends known signals and keeps what returns.

`Jack` is a context manager; `Far` is a second process with a stream of its own, plugged to the engine's ports by
`Jack.plug`. Blocking throughout. Needs Debian's jackd2 and libportaudio2. One server name only: jackd can hold but
eight names, ever; so one such rig at a time on a machine.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

SERVER = "cuedrop"
DEVICE = "JACK Audio Connection Kit: system"
RATE_HZ, BLOCK, PORTS = 48_000, 256, 10
ENVIRONMENT = {
    "JACK_NO_AUDIO_RESERVATION": "1",
    "JACK_NO_START_SERVER": "1",
    "JACK_DEFAULT_SERVER": SERVER,
}


class Jack:
    """A JACK server of so many inputs and outputs; `start` and `stop` may be called again and again."""

    def __init__(self, *, ports: int = PORTS, block: int = BLOCK) -> None:
        self._card = ("-p", str(block), "-C", str(ports), "-P", str(ports))
        self._process: subprocess.Popen[bytes] | None = None
        self._alone = FileLock(Path(tempfile.gettempdir()) / "cuedrop-jack.lock")  # one server name, one server

    def __enter__(self) -> Self:
        self._alone.acquire(timeout=180)
        os.environ.update(ENVIRONMENT)
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        for name in ENVIRONMENT:
            os.environ.pop(name, None)
        self._alone.release()

    def start(self, rate_hz: int = RATE_HZ) -> None:
        """Start the server, in real time where the machine permits; returns when it answers."""
        for real_time in (("-R", "-P", "20"), ("-r",)):
            for stale in Path("/dev/shm").glob("jack*"):  # registries of servers that were killed block the next
                shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
            self._process = subprocess.Popen(
                ["jackd", "-n", SERVER, *real_time, "-d", "dummy", "-r", str(rate_hz), *self._card],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            waiting = subprocess.run(["jack_wait", "-s", SERVER, "-w", "-t", "5"], capture_output=True, check=False)
            if waiting.returncode == 0 and self._process.poll() is None:
                return
            self.stop()
        raise RuntimeError("jackd does not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server, by SIGKILL as when it crashes."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def ports(self) -> list[str]:
        """Every port, as "client:port"."""
        return _tool("jack_lsp", "-s", SERVER).split()

    def clients(self) -> set[str]:
        """Every client but the card itself."""
        return {port.split(":")[0] for port in self.ports()} - {"system"}

    def plug(self, engine: str, far: "Far") -> None:
        """Connect the far side to the engine's ports one to one, and both to nothing else."""
        for client in (engine, far.client):
            self._unplug(client)
        listed = self.ports()
        for source, sink in ((far.client, engine), (engine, far.client)):
            outs = [port for port in listed if port.startswith(f"{source}:out_")]
            ins = [port for port in listed if port.startswith(f"{sink}:in_")]
            for one, other in zip(outs, ins, strict=False):
                _tool("jack_connect", "-s", SERVER, one, other)

    def wire(self, source: str, sink: str, *, on: bool = True) -> None:
        """Connect two ports, beside what is connected to them, or part them; what meets at a port is added."""
        _tool("jack_connect" if on else "jack_disconnect", "-s", SERVER, source, sink)

    def _unplug(self, client: str) -> None:
        port = ""
        for line in _tool("jack_lsp", "-s", SERVER, "-c").splitlines():
            if not line.startswith(" "):
                port = line.strip()
            elif port.startswith(f"{client}:"):
                _tool("jack_disconnect", "-s", SERVER, port, line.strip())


def _tool(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    return done.stdout


@dataclass(frozen=True, slots=True)
class Heard:
    """What the far side sent and what came back, shape (frames, ports) each, aligned by the card's clock alone."""

    sent: NDArray[np.float32]
    got: NDArray[np.float32]

    def gains(self) -> NDArray[np.float64]:
        """How much of each sent port is in each received one: linear, shape (sent, got), by least squares.

        The round trip is found by correlation. Blocks that the busy machine lost are left out: only stretches count
        of which the known signals explain all but a thousandth; raises AssertionError when those are under 0.5 s.
        """
        delay = self.delay_frames()
        sent, got = self.sent[: len(self.sent) - delay].astype(np.float64), self.got[delay:].astype(np.float64)
        stretch, kept = 4 * BLOCK, []
        for start in range(0, len(sent) - stretch, stretch):
            part = slice(start, start + stretch)
            fit = _fit(sent[part], got[part])
            left = got[part] - sent[part] @ fit
            if np.sum(left**2) < 1e-6 * np.sum(got[part] ** 2):
                kept.append(part)
        assert len(kept) * stretch > RATE_HZ // 2, f"only {len(kept)} undisturbed stretches"
        chosen = np.concatenate([np.arange(part.start, part.stop) for part in kept])
        return _fit(sent[chosen], got[chosen])

    def delay_frames(self) -> int:
        """How long what is sent takes to come back."""
        size = 1 << 16
        middle = len(self.sent) // 4
        sent = self.sent[middle : middle + size // 2].sum(axis=1)
        got = self.got[middle : middle + size].sum(axis=1)
        spectrum = np.conj(np.fft.rfft(sent, 2 * size)) * np.fft.rfft(got, 2 * size)
        return int(np.argmax(np.abs(np.fft.irfft(spectrum)[: size // 2])))


def _fit(sent: NDArray[np.float64], got: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.lstsq(sent.T @ sent, sent.T @ got, rcond=None)[0], dtype=np.float64)


class Far:
    """A process that plays a different noise on each of its outputs and can keep what its inputs get.

    `client` is what it is called among the card's.
    """

    def __init__(self, jack: Jack, *, outputs: int, inputs: int) -> None:
        before = jack.clients()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rigs.jack_far", str(outputs), str(inputs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        (self.client,) = jack.clients() - before

    def record(self, seconds: float) -> Heard:
        """Keep what is sent and received for so long."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "heard.npz"
            self._ask({"seconds": seconds, "path": str(path)})
            with np.load(path) as heard:
                return Heard(heard["sent"], heard["got"])

    def send(self, amplitudes: list[float]) -> None:
        """Set how loud each output is, full scale 1.0."""
        self._ask({"amplitudes": amplitudes})

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate(timeout=10)

    def _ask(self, question: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> None:
        assert self._process.stdout
        answer = self._process.stdout.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"the far side says {answer!r}")


@contextlib.contextmanager
def far_side(jack: Jack, engine: str, *, outputs: int, inputs: int) -> Iterator[Far]:
    """A far side that is plugged to the engine."""
    far = Far(jack, outputs=outputs, inputs=inputs)
    try:
        jack.plug(engine, far)
        time.sleep(0.1)  # the card's graph changes at its next cycles
        yield far
    finally:
        far.close()
