"""How devices are asked for, per host API: against a stand-in of sounddevice, since these platforms are not here.

That the stand-in takes nothing that sounddevice does not is tested too.
"""

import inspect
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from console.audio import device
from console.core.errors import UserError


@dataclass
class Asked:
    """What a stream was asked for."""

    kind: str
    words: dict[str, Any]


class Sounddevice:
    """PortAudio with two sound cards, on one host API."""

    class PortAudioError(Exception):
        """As sounddevice's."""

    def __init__(self, host_api: str, *, refuses_hz: int = 0) -> None:
        self.host_api = host_api
        self.asked: list[Asked] = []
        self.default = SimpleNamespace(device=[0, 1])
        self._refuses_hz = refuses_hz
        self.Stream = self._stream("both")
        self.InputStream = self._stream("in")
        self.OutputStream = self._stream("out")

    def query_devices(self, index: int | None = None) -> Any:
        listed = [
            {"name": name, "hostapi": 0, "max_input_channels": ins, "max_output_channels": outs,
             "default_samplerate": 44_100.0}
            for name, ins, outs in (("Microphone", 2, 0), ("Speakers", 0, 2), ("Card", 4, 4))
        ]  # fmt: skip
        return listed if index is None else listed[index]

    def query_hostapis(self, index: int) -> dict[str, str]:
        return {"name": self.host_api}

    def WasapiSettings(self, **words: Any) -> Any:
        return ("wasapi", words)

    def CoreAudioSettings(self, **words: Any) -> Any:
        return ("core audio", words)

    def _stream(self, kind: str) -> Any:
        def open_(**words: Any) -> Any:
            if words["samplerate"] == self._refuses_hz:
                raise self.PortAudioError("Invalid sample rate")
            self.asked.append(Asked(kind, words))
            return SimpleNamespace(active=True, start=lambda: None)

        return open_


def opened(monkeypatch: pytest.MonkeyPatch, sd: Sounddevice, name: str | None, **ports: int) -> device.PortAudioDevice:
    monkeypatch.setitem(sys.modules, "sounddevice", sd)
    asked = {"inputs": 2, "outputs": 2, **ports}
    return device.open_device(name, sample_rate_hz=48_000, block_frames=256, **asked)


SHARED = ("wasapi", {"exclusive": False, "auto_convert": True})
AS_IT_IS = ("core audio", {"change_device_parameters": False, "fail_if_conversion_required": False})


@pytest.mark.parametrize(
    ("host_api", "said"),
    [("Windows WASAPI", SHARED), ("Core Audio", AS_IT_IS), ("ALSA", None), ("JACK Audio Connection Kit", None)],
)
def test_a_host_api_is_told_to_share_and_to_change_nothing(
    monkeypatch: pytest.MonkeyPatch, host_api: str, said: object
) -> None:
    sd = Sounddevice(host_api)
    opened(monkeypatch, sd, f"{host_api}: Card")
    opened(monkeypatch, sd, f"{host_api}: Microphone", outputs=0)
    opened(monkeypatch, sd, f"{host_api}: Speakers", inputs=0)
    assert [one.kind for one in sd.asked] == ["both", "in", "out"]
    both = sd.asked[0].words["extra_settings"]
    assert both == ((said, said) if said else None)
    assert [one.words["extra_settings"] for one in sd.asked[1:]] == [said, said]


def test_the_default_may_be_two_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    sd = Sounddevice("Windows WASAPI")
    found = opened(monkeypatch, sd, None)
    assert sd.asked[0].words["device"] == (0, 1)
    assert (found.inputs, found.outputs) == (2, 2)


def test_a_device_that_refuses_the_rate_is_taken_at_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    sd = Sounddevice("Core Audio", refuses_hz=48_000)
    assert opened(monkeypatch, sd, "Core Audio: Card").sample_rate_hz == 44_100


def test_a_name_that_is_nearly_right_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as told:
        opened(monkeypatch, Sounddevice("Core Audio"), "Core Audio: Crad")
    assert told.value.fix.startswith('Did you mean "Core Audio: Card"? There is: "Core Audio: Microphone", ')


def test_the_devices_that_are_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sd = Sounddevice("ALSA")
    with pytest.raises(UserError) as told:
        opened(monkeypatch, sd, "JACK: nothing")
    listed = 'There is: "ALSA: Microphone", "ALSA: Speakers", "ALSA: Card".'
    assert told.value.fix == f"Connect it, or name another in the show file. {listed}"
    monkeypatch.setattr(sd, "query_devices", lambda index=None: [])
    with pytest.raises(UserError) as told:
        opened(monkeypatch, sd, "JACK: nothing")
    assert told.value.fix.startswith("There is no sound device at all.")


def test_sounddevice_itself_takes_these_words() -> None:
    sd = pytest.importorskip("sounddevice")
    for stream in (sd.Stream, sd.InputStream, sd.OutputStream):
        assert "extra_settings" in inspect.signature(stream).parameters
    for settings, words in ((sd.WasapiSettings, SHARED[1]), (sd.CoreAudioSettings, AS_IT_IS[1])):
        assert set(words) <= set(inspect.signature(settings).parameters)
