"""The sound device, through PortAudio: the only place that knows sounddevice.

Opening may block for seconds; after a server died, closing may block for ever: call it where that harms nobody,
and end the process rather than close. Ports count from 1 in words for people.
"""

import contextlib
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from console.audio.matrix import Samples
from console.core.errors import UserError

RunBlock = Callable[[Samples, Samples], None]
"""What is done with each block: sound in, out to be filled."""

_MOST_NAMED: Final = 12  # of the devices that are there, in the words about one that is not
NO_OUTPUT: Any = np.zeros((8_192, 0), dtype=np.float32)


class Device(Protocol):
    """An open device. `inputs` and `outputs` are the ports that it really gives."""

    name: str
    sample_rate_hz: int
    inputs: int
    outputs: int

    def start(self, run: RunBlock) -> None:
        """Call `run` for every block from now on, in a thread of the device's own."""
        ...

    @property
    def is_alive(self) -> bool:
        """False once the device has said that it is gone (a dead JACK server says nothing)."""
        ...


@dataclass(frozen=True, slots=True)
class _Port:
    """One direction of a device as PortAudio lists it."""

    index: int
    ports: int
    rate_hz: int
    host_api: str = ""


def open_device(
    name: str | None, *, sample_rate_hz: int, block_frames: int, inputs: int, outputs: int
) -> "PortAudioDevice":
    """The named device ("host API: name"; None: the system's default), ready to start.

    Takes at most `inputs` and `outputs` ports, fewer when the device has fewer; takes the device's own rate when it
    refuses `sample_rate_hz`. Raises UserError when it is not there, or will not open.
    """
    sd = _sounddevice()
    source, sink = _find(sd, name)
    has_in = min(inputs, source.ports) if source else 0
    has_out = min(outputs, sink.ports) if sink else 0
    title = name or _title(sd, (source or sink or _Port(0, 0, 0)).index)
    if not has_in and not has_out:
        raise UserError(f'The sound device "{title}" has no ports that the show uses.', fix="Choose another device.")
    rates = dict.fromkeys((sample_rate_hz, (source or sink or _Port(0, 0, sample_rate_hz)).rate_hz))
    trouble = ""
    for rate in rates:
        device = PortAudioDevice(sd, title, rate, block_frames)
        try:
            device.open(source if has_in else None, sink if has_out else None, has_in, has_out)
        except sd.PortAudioError as error:
            trouble = str(error.args[0]) if error.args else str(error)
            continue
        return device
    raise UserError(
        f'The sound device "{title}" does not open: {trouble}.',
        fix="See whether another program holds it, or set sample_rate_hz and block_frames as the device has them.",
    )


def refresh() -> None:
    """Have PortAudio look for devices anew. Only while no stream is open."""
    sd = _sounddevice()
    with contextlib.suppress(sd.PortAudioError):
        sd._terminate()
    with contextlib.suppress(sd.PortAudioError):
        sd._initialize()


def default_device() -> tuple[str, int]:
    """The default device as the show file names it, and how many inputs it has. Raises UserError when there is none."""
    sd = _sounddevice()
    source, _ = _find(sd, None)
    if source is None:
        raise UserError("The default sound device has no inputs.", fix="Choose one in the show file.")
    return _title(sd, source.index), source.ports


def _sounddevice() -> Any:
    try:
        import sounddevice
    except OSError as error:
        raise UserError(
            "PortAudio, which opens sound devices, is not on this machine.",
            fix="Install it (Debian: apt-get install libportaudio2), then start again.",
        ) from error
    return sounddevice


def _title(sd: Any, index: int) -> str:
    entry = sd.query_devices(index)
    return f"{sd.query_hostapis(entry['hostapi'])['name']}: {entry['name']}"


def _find(sd: Any, name: str | None) -> tuple[_Port | None, _Port | None]:
    """The device's two directions; some host APIs list them as two devices of one name."""
    listed = list(enumerate(sd.query_devices()))
    if name is None:
        wanted = [index for index in sd.default.device if index >= 0]
        if not wanted:
            raise UserError(
                "This machine has no sound device.", fix="Connect one, or start the sound server (JACK, PipeWire)."
            )
        sources = [entry for entry in listed if entry[0] == sd.default.device[0]]
        sinks = [entry for entry in listed if entry[0] == sd.default.device[1]]
    else:
        sources = sinks = [entry for entry in listed if _title(sd, entry[0]) == name]
        if not sources:
            raise _not_there(name, [_title(sd, index) for index, _ in listed])
    return _first(sd, sources, "max_input_channels"), _first(sd, sinks, "max_output_channels")


def _first(sd: Any, entries: list[tuple[int, Any]], ports: str) -> _Port | None:
    for index, entry in entries:
        if entry[ports]:
            host_api = sd.query_hostapis(entry["hostapi"])["name"]
            return _Port(index, entry[ports], round(entry["default_samplerate"]), host_api)
    return None


def _settings(sd: Any, host_api: str) -> Any:
    """What a host API must be told so that nothing of the device's own is changed; None: nothing."""
    if host_api == "Windows WASAPI":
        # shared with other programs, at their rate: Windows converts, else it refuses
        return sd.WasapiSettings(exclusive=False, auto_convert=True)
    if host_api == "Core Audio":
        # the rate that other programs have set stays
        return sd.CoreAudioSettings(change_device_parameters=False, fail_if_conversion_required=False)
    return None


def _not_there(name: str, present: list[str]) -> UserError:
    near = difflib.get_close_matches(name, present, 1)
    meant = f'Did you mean "{near[0]}"?' if near else "Connect it, or name another in the show file."
    listed = ", ".join(f'"{other}"' for other in present[:_MOST_NAMED])
    more = f" and {len(present) - _MOST_NAMED} more" if len(present) > _MOST_NAMED else ""
    fix = f"{meant} There is: {listed}{more}."
    if not present:
        fix = "There is no sound device at all. Connect it, or start its sound server; it comes back by itself."
    return UserError(f'The sound device "{name}" is not there.', fix=fix)


class PortAudioDevice:
    """A duplex stream (or one direction, where the device has only one)."""

    def __init__(self, sd: Any, name: str, sample_rate_hz: int, block_frames: int) -> None:
        self._sd = sd
        self._stream: Any = None
        self._run: RunBlock = lambda sound, out: None
        self._block_frames = block_frames
        self.name = name
        self.sample_rate_hz = sample_rate_hz
        self.inputs = 0
        self.outputs = 0

    def open(self, source: _Port | None, sink: _Port | None, inputs: int, outputs: int) -> None:
        """Open the stream, not yet running. Raises PortAudioError."""
        self.inputs, self.outputs = inputs, outputs
        common: dict[str, Any] = {
            "samplerate": self.sample_rate_hz,
            "blocksize": self._block_frames,
            "dtype": "float32",
            "latency": "low",
            # clipping and dither are ours to do, in float32, and counted
            "clip_off": True,
            "dither_off": True,
        }
        said = [_settings(self._sd, port.host_api) if port else None for port in (source, sink)]
        if source and sink:
            self._stream = self._sd.Stream(
                **common,
                device=(source.index, sink.index),
                channels=(inputs, outputs),
                extra_settings=tuple(said) if any(said) else None,
                callback=self._both,
            )
        elif source:
            self._stream = self._sd.InputStream(
                **common, device=source.index, channels=inputs, extra_settings=said[0], callback=self._in
            )
        elif sink:
            self._stream = self._sd.OutputStream(
                **common, device=sink.index, channels=outputs, extra_settings=said[1], callback=self._out
            )

    def start(self, run: RunBlock) -> None:
        """Call `run` for every block from now on. Raises UserError when the device refuses."""
        self._run = run
        try:
            self._stream.start()
        except self._sd.PortAudioError as error:
            raise UserError(
                f'The sound device "{self.name}" does not start: {error.args[0]}.', fix="It is tried again."
            ) from error

    @property
    def is_alive(self) -> bool:
        """False once PortAudio has said that the stream ended."""
        return bool(self._stream.active)

    def _both(self, sound: Samples, out: Samples, frames: int, time: object, status: object) -> None:
        self._run(sound, out)

    def _in(self, sound: Samples, frames: int, time: object, status: object) -> None:
        self._run(sound, NO_OUTPUT[:frames])

    def _out(self, out: Samples, frames: int, time: object, status: object) -> None:
        self._run(NO_OUTPUT[:frames], out)
