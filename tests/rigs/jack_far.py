"""The far side of the sound tests, a process of its own: `python -m tests.rigs.jack_far OUTPUTS INPUTS`.

Plays noise of a different seed on each output. Reads one JSON object a line: {"amplitudes": [...]} or
{"seconds": s, "path": file}; answers "ok" when it is done.
"""

import json
import os
import sys
import time

import numpy as np
import sounddevice as sd
from numpy.typing import NDArray

from tests.rigs.jack import BLOCK, DEVICE, RATE_HZ

Samples = NDArray[np.float32]


class Player:
    """The callback and what it plays and keeps."""

    def __init__(self, outputs: int, inputs: int) -> None:
        self.noise = np.random.default_rng(7).uniform(-1, 1, (1 << 17, outputs)).astype(np.float32)
        self.amplitudes = np.full(outputs, 0.1, dtype=np.float32)
        self.inputs = inputs
        self.at = 0
        self.kept = 0
        self.sent = np.zeros((0, outputs), dtype=np.float32)
        self.got = np.zeros((0, inputs), dtype=np.float32)

    def run(self, got: Samples, out: Samples, frames: int, when: object, status: object) -> None:
        out[:] = self.noise[self.at : self.at + frames] * self.amplitudes
        self.at = (self.at + frames) % len(self.noise)
        if self.kept + frames <= len(self.sent):
            self.sent[self.kept : self.kept + frames] = out
            self.got[self.kept : self.kept + frames] = got
            self.kept += frames

    def record(self, seconds: float, path: str) -> None:
        frames = round(seconds * RATE_HZ / BLOCK) * BLOCK
        got = np.zeros((frames, self.inputs), dtype=np.float32)
        sent = np.zeros((frames, self.noise.shape[1]), dtype=np.float32)
        self.kept, self.got, self.sent = 0, got, sent
        while self.kept < frames:
            time.sleep(0.01)
        np.savez(path, sent=sent, got=got)


def main() -> None:
    outputs, inputs = int(sys.argv[1]), int(sys.argv[2])
    player = Player(outputs, inputs)
    device = next(
        index
        for index, one in enumerate(sd.query_devices())
        if f"{sd.query_hostapis(one['hostapi'])['name']}: {one['name']}" == DEVICE
    )
    with sd.Stream(samplerate=RATE_HZ, blocksize=BLOCK, device=device, channels=(inputs, outputs), callback=player.run):
        print("ok", flush=True)
        for line in sys.stdin:
            question = json.loads(line)
            if "amplitudes" in question:
                player.amplitudes = np.array(question["amplitudes"], dtype=np.float32)
            else:
                player.record(question["seconds"], question["path"])
            print("ok", flush=True)
        os._exit(0)  # the tests are over: closing a stream of a dead server may hang for ever


if __name__ == "__main__":
    main()
