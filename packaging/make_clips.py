"""Makes the practice studio's clips and sounds: `python packaging/make_clips.py` from the checkout. Needs ffmpeg.

Writes resources/practice: the pictures of console.practice.pictures as seamless loops with sound, and the sounds
alone as mono WAV. Everything is drawn or computed here, so nothing in it belongs to anybody else.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from console.practice.pictures import PERIOD_S, SCENES, draw  # noqa: E402 - the checkout's own, not an installed one

OUT: Final = ROOT / "resources" / "practice"
SIZE: Final = (640, 360)
FPS: Final = 25
RATE_HZ: Final = 48_000
SOUND_S: Final = 10.0

Samples = NDArray[np.float64]

VOWELS: Final = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (440, 1020, 2240))


def noise(count: int, rng: np.random.Generator) -> Samples:
    """White noise, standard deviation 1."""
    return rng.normal(0.0, 1.0, count)


def resonate(signal: Samples, centre_hz: float, width_hz: float) -> Samples:
    """`signal` around one formant: a Gaussian band in the frequency domain, so that loops stay seamless."""
    spectrum = np.fft.rfft(signal)
    hz = np.fft.rfftfreq(len(signal), 1 / RATE_HZ)
    band = np.exp(-(((hz - centre_hz) / width_hz) ** 2))
    return np.asarray(np.fft.irfft(spectrum * band, len(signal)), dtype=np.float64)


def syllable(pitch_hz: float, vowel: tuple[int, int, int], length_s: float, rng: np.random.Generator) -> Samples:
    """One voiced syllable: a falling pulse train through three formants, with a hiss before it."""
    count = int(length_s * RATE_HZ)
    t = np.arange(count) / RATE_HZ
    pitch = pitch_hz * (1.06 - 0.12 * t / length_s) * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * t))
    phase = np.cumsum(pitch) / RATE_HZ
    source = 1.0 - 2.0 * (phase % 1.0) + 0.03 * noise(count, rng)
    voice = sum(
        resonate(source, hz, width) * gain
        for hz, width, gain in zip(vowel, (110, 150, 210), (1.0, 0.55, 0.28), strict=True)
    )
    attack = np.minimum(1.0, t / 0.035) * np.minimum(1.0, (length_s - t) / 0.06)
    hiss = resonate(noise(count, rng), 4800, 1700) * np.exp(-t / 0.022) * 0.5
    return np.asarray(voice * attack + hiss, dtype=np.float64)


def speech(seconds: float, *, pitch_hz: float, talks: tuple[tuple[float, float], ...], seed: int) -> Samples:
    """A speaking-like signal: syllables of changing length and melody within the given stretches of time."""
    rng = np.random.default_rng(seed)
    out = 0.0006 * noise(int(seconds * RATE_HZ), rng)
    for begin, end in talks:
        at = begin
        while at < end - 0.3:
            length = rng.uniform(0.11, 0.24)
            melody = pitch_hz * rng.uniform(0.88, 1.18) * (1.08 - 0.14 * (at - begin) / (end - begin))
            sound = syllable(melody, VOWELS[rng.integers(len(VOWELS))], length, rng)
            start = int(at * RATE_HZ)
            out[start : start + len(sound)] += sound * rng.uniform(0.7, 1.0)
            at += length + (0.28 if rng.random() < 0.16 else rng.uniform(0.0, 0.05))
    return out


def music(seconds: float) -> Samples:
    """A loop of four soft chords with a bass: every note ends before the loop does."""
    chords = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (130.81, 164.81, 196.0), (196.0, 246.94, 293.66))
    out = np.zeros(int(seconds * RATE_HZ))
    beat_s = seconds / 16
    for beat in range(16):
        chord = chords[beat // 4]
        for note, hz in enumerate((chord[0] / 2, *chord, chord[beat % 3] * 2)):
            t = np.arange(int(beat_s * RATE_HZ)) / RATE_HZ
            shape = np.minimum(1, t / 0.008) * np.exp(-t / (0.45 if note else 0.7)) * np.minimum(1, (beat_s - t) / 0.03)
            start = int(beat * beat_s * RATE_HZ)
            tone = np.sin(2 * np.pi * hz * t) + 0.25 * np.sin(4 * np.pi * hz * t)
            out[start : start + len(t)] += tone * shape * (0.9 if note == 0 else 0.4)
    return out


def room(seconds: float, seed: int) -> Samples:
    """A quiet room: low noise, a hum."""
    count = int(seconds * RATE_HZ)
    hum = np.sin(2 * np.pi * 100 * np.arange(count) / RATE_HZ)
    return resonate(noise(count, np.random.default_rng(seed)), 200, 350) + 0.05 * hum


def levelled(signal: Samples, peak_dbfs: float) -> Samples:
    """`signal` with that sample peak."""
    return np.asarray(signal / np.max(np.abs(signal)) * 10 ** (peak_dbfs / 20), dtype=np.float64)


def write_wav(path: Path, signal: Samples) -> None:
    """Mono, 48 kHz, 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((signal * 32767).round().astype("<i2").tobytes())


def sounds(seconds: float) -> dict[str, Samples]:
    """The sounds by the name of their channel; host and guest take turns and overlap once."""
    host_talks, guest_talks = ((0.1, 3.6), (5.2, 8.4)), ((3.2, 5.4), (8.2, seconds - 0.2))
    return {
        "voice-host": levelled(speech(seconds, pitch_hz=196, talks=host_talks, seed=1), -12),
        "voice-guest": levelled(speech(seconds, pitch_hz=118, talks=guest_talks, seed=2), -14),
        "music": levelled(music(seconds), -20),
    }


def make_clip(scene: str, sound: Samples, folder: Path) -> Path:
    """One clip: a period of the scene's pictures with `sound`, H.264 baseline and AAC."""
    write_wav(folder / f"{scene}.wav", sound)
    path = OUT / f"{scene}.mp4"
    width, height = SIZE
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(FPS), "-i", "-"]
    video = ["-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-crf", "25", "-preset", "veryslow"]
    # A keyframe each second: a tile that starts in the middle shows a picture at once.
    output = ["-g", str(FPS), "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart", "-shortest"]
    command = ["ffmpeg", "-y", "-v", "error", *source, "-i", str(folder / f"{scene}.wav"), *video, *output, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        if ffmpeg.stdin is None:
            raise RuntimeError("ffmpeg has no way in")
        for frame in range(round(PERIOD_S * FPS)):
            ffmpeg.stdin.write(draw(scene, frame / FPS, width, height).tobytes())
    if ffmpeg.returncode:
        raise SystemExit(f"ffmpeg could not make {path}")
    return path


def main() -> None:
    """Make everything anew and say how large it is."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, sound in sounds(SOUND_S).items():
        write_wav(OUT / f"{name}.wav", sound)
    looped = sounds(PERIOD_S)
    clip_sound = {
        "wide": looped["voice-host"] * 0.6 + looped["music"] * 0.6,
        "close": looped["voice-host"],
        "table": levelled(room(PERIOD_S, 3), -44),
        "slides": looped["music"],
    }
    with tempfile.TemporaryDirectory() as folder:
        for scene in SCENES:
            make_clip(scene, clip_sound[scene], Path(folder))
    for path in sorted(OUT.iterdir()):
        print(f"{path.name:18} {path.stat().st_size / 1024:7.0f} KiB")


if __name__ == "__main__":
    main()
