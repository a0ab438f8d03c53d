"""The process of an interface, without a device: what it says when sound was missed."""

from typing import Any

import numpy as np
import pytest

from console.audio.bridge import _Bridge
from console.audio.lanes import Lane, Word
from console.audio.messages import Drift, InterfaceUp, Xruns
from console.audio.plan import Wing
from console.workers.port import Stopped, WorkerPort

WING = Wing("Call", "ALSA: call", inputs=1, first_input=5, outputs=1, first_output=6)


class Card:
    """A device whose blocks the test makes."""

    name, sample_rate_hz, inputs, outputs, is_alive = "card", 48_000, 1, 1, True

    def start(self, run: Any) -> None:
        self.run = run


class Port(WorkerPort):
    """Each time that the process waits there is a block, and the third time something was missed; then it ends."""

    def __init__(self, card: Card, lane: Lane) -> None:
        self.sent: list[Any] = []
        self._card, self._lane, self._turns = card, lane, 0

    def beat(self) -> None:
        pass

    def send(self, message: object) -> None:
        self.sent.append(message)

    def receive(self, wait_s: float) -> object:
        self._turns += 1
        sound = np.zeros((256, 1), dtype=np.float32)
        self._card.run(sound, sound.copy())
        if self._turns == 3:
            self._lane.words[Word.DROPS] += 2
        if self._turns == 5:
            raise Stopped
        return None


def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All that the process of an interface says in five blocks."""
    card, buffers = Card(), [memoryview(bytearray(Lane.size(ports=1))) for _ in range(2)]
    heard = Lane(buffers[0], ports=1)
    heard.words[Word.RATE_HZ], heard.words[Word.BLOCK_FRAMES] = 48_000, 256
    port = Port(card, heard)
    monkeypatch.setattr("console.audio.bridge.opened", lambda *args, **more: card)
    monkeypatch.setattr("console.audio.bridge.ask_for_real_time", lambda: None)
    monkeypatch.setattr("console.audio.bridge.freeze", lambda: None)
    with pytest.raises(Stopped):
        _Bridge(port, WING, buffers[0], buffers[1]).run()
    return port.sent


def test_how_its_clock_differs_is_said_once_as_long_as_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.audio.bridge.DRIFT_EVERY_S", 0.0)
    monkeypatch.setattr("console.audio.crossing.Crossing.drift", 18.2e-6)
    assert [message for message in said(monkeypatch) if isinstance(message, Drift)] == [Drift(18)]


def test_what_was_missed_is_said_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    first, missed, further_back = said(monkeypatch)
    assert isinstance(first, InterfaceUp)
    assert isinstance(missed, Xruns)
    assert missed.total == 2
    assert missed.cause
    assert missed.why
    assert further_back.delay_ms > first.delay_ms
