"""Real speech from espeak-ng: a dozen people, five languages, none alike. Kept in out/voices, made once.

A person says random sentences of their language, with the pauses that commas and full stops make. Mono, float32.
"""

import hashlib
import io
import math
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

Sound = NDArray[np.float32]

KEPT: Final = Path(__file__).resolve().parents[2] / "out" / "voices"
LEVEL_DBFS: Final = -23.0
"""RMS of everybody's speech, pauses counted."""

WORDS: Final = {
    "en": "we you this cap linen summer colour really look camera show price today only left soft wear please "
    "wonderful everybody why because morning pocket stitch seventeen ship order basket thanks listen again moment love",
    "de": "wir ihr diese mütze leinen sommer farbe wirklich schaut kamera heute nur noch weich tragen bitte frage "
    "wunderbar alle weil morgen tasche naht siebzehn versand bestellen korb danke hört nochmal moment gerne zusammen",
    "fr": "nous vous cette casquette lin été couleur vraiment regardez aujourd'hui seulement reste douce porter "
    "merveilleux tout monde pourquoi parce matin poche couture livraison commande panier merci encore moment ensemble",
    "es": "nosotros ustedes esta gorra lino verano color verdad miren cámara hoy solo quedan suave llevar pregunta "
    "maravilloso todos porque mañana bolsillo costura diecisiete envío pedido cesta gracias otra momento juntos",
    "pl": "my wy ta czapka lniana lato kolor naprawdę patrzcie kamera dzisiaj tylko zostało miękka nosić proszę "
    "cudownie wszyscy dlaczego ponieważ rano kieszeń szew wysyłka zamówienie koszyk dziękuję znowu chwila razem",
}


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody speaks: espeak-ng's voice, its pitch (0-99) and words a minute."""

    voice: str
    pitch: int
    speed: int


PEOPLE: Final = (
    Person("en-us+m3", 38, 165),
    Person("en-gb+f2", 62, 180),
    Person("de+m7", 30, 155),
    Person("fr-fr+f4", 55, 170),
    Person("es+m1", 47, 190),
    Person("pl+f5", 70, 160),
    Person("en-gb-scotland+m5", 52, 175),
    Person("de+f3", 66, 185),
    Person("fr-be+m2", 41, 150),
    Person("es-419+f1", 58, 165),
    Person("pl+m6", 34, 175),
    Person("en-us+f5", 74, 195),
)


def speech(person: int, *, seconds: float, rate_hz: int, seed: int = 0) -> Sound:
    """So much of one person's speech, from its beginning: shape (frames,), RMS LEVEL_DBFS, no sample at full scale."""
    sound = _said(PEOPLE[person % len(PEOPLE)], _KEPT_S * math.ceil((seconds + 1) / _KEPT_S), seed)
    needed = math.ceil((seconds + 0.1) * _NATIVE_HZ)
    resampled = resample_poly(sound[:needed], rate_hz, _NATIVE_HZ).astype(np.float32)[: round(seconds * rate_hz)]
    level = 10 ** (LEVEL_DBFS / 20) / float(np.sqrt(np.mean(resampled**2)))
    return np.asarray(np.clip(resampled * level, -0.99, 0.99), dtype=np.float32)


_NATIVE_HZ: Final = 22_050
_KEPT_S: Final = 130


def _said(person: Person, seconds: int, seed: int) -> Sound:
    """At least so many seconds at espeak-ng's own rate."""
    key = hashlib.sha256(repr((person, seconds, seed, WORDS)).encode()).hexdigest()[:16]
    kept = KEPT / f"{key}.npy"
    if kept.exists():
        return np.asarray(np.load(kept) / 32768, dtype=np.float32)
    chance = random.Random(key)
    words = WORDS[person.voice[:2]].split()
    pieces: list[Sound] = []
    while sum(map(len, pieces)) < seconds * _NATIVE_HZ:
        pieces.append(_synthesised(person, " ".join(_sentence(chance, words) for _ in range(12))))
    sound = np.concatenate(pieces)
    KEPT.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"{key}.{random.random()}.npy")  # two test processes may make the same one
    np.save(part, np.round(sound * 32767).astype(np.int16))
    part.rename(kept)
    return _said(person, seconds, seed)


def _sentence(chance: random.Random, words: list[str]) -> str:
    """A few words, sometimes with a comma, with a full stop."""
    said = chance.sample(words, chance.randint(4, 11))
    if len(said) > 6:
        said[3] += ","
    return " ".join(said).capitalize() + "."


def _synthesised(person: Person, text: str) -> Sound:
    command = ["espeak-ng", "-v", person.voice, "-p", str(person.pitch), "-s", str(person.speed), "--stdout"]
    wave = subprocess.run(command, input=text.encode(), check=True, capture_output=True).stdout
    sound, rate_hz = soundfile.read(io.BytesIO(wave), dtype="float32")
    assert rate_hz == _NATIVE_HZ, f"espeak-ng speaks at {rate_hz} Hz"
    return np.asarray(sound, dtype=np.float32)
