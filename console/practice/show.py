"""The practice show: what the window opens on the first time, and what the rehearsal plays. Pure."""

from pathlib import Path
from typing import Any, Final

from console.practice.collection import CLIPS
from console.settings.show import Show

VOICES: Final = {"Host": "voice-host.wav", "Guest": "voice-guest.wav", "Music": "music.wav"}

_CUES: Final[tuple[dict[str, Any], ...]] = (
    {"name": "Welcome", "scene": "Wide", "duration_s": 60, "note": "Who we are, what comes today."},
    {"name": "Unbox the cap", "scene": "Table", "duration_s": 120, "drop": "cap-01"},
    {"name": "Talk about linen", "scene": "Close", "duration_s": 90},
    {"name": "The three products", "scene": "Slides", "duration_s": 45, "note": "Prices on screen."},
    {"name": "The tote", "scene": "Wide", "duration_s": 120, "drop": "tote-01"},
    {"name": "The mug", "scene": "Close", "duration_s": 90, "drop": "mug-01"},
    {"name": "Questions", "scene": "Wide", "duration_s": 180},
    {"name": "Goodbye", "scene": "Safe", "duration_s": 20},
)


def practice_show(resources_dir: Path) -> Show:
    """The show of the practice studio; `resources_dir` holds its clips in `practice/`.

    Its OBS address is only a stand-in: whoever starts the practice OBS knows the real one.
    """
    cameras = [
        {"name": scene, "scene": scene, "mrl": (resources_dir / "practice" / f"{clip}.mp4").resolve().as_uri()}
        for scene, clip in CLIPS.items()
    ]
    del cameras[-1]["mrl"]  # one tile comes from OBS, as a capture card's would
    return Show.model_validate(
        {
            "name": "Practice",
            "obs": {"url": "ws://127.0.0.1:4455", "secret": "practice-obs", "safe_scene": "Safe"},
            "cameras": cameras,
            "audio": _sound(),
            "shop": {"kind": "embedded", "listen": "127.0.0.1:0"},
            "drops": _drops(),
            "cues": _CUES,
        }
    )


def _sound() -> dict[str, Any]:
    return {
        "device": "practice",
        "channels": (
            {"name": "Host", "inputs": (1,), "obs_input": "Host mic"},
            {"name": "Guest", "inputs": (2,), "obs_input": "Guest mic"},
            {"name": "Music", "inputs": (3,), "obs_input": "Music"},
            {"name": "Director", "inputs": (4,)},  # no clip: silent, as a talkback microphone mostly is
        ),
        "returns": (
            {"name": "Guest", "listener": ("Guest",), "outputs": (3, 4)},
            {"name": "Host", "listener": ("Host",), "outputs": (1, 2), "gains_db": {"Music": -12.0}},
        ),
        "talkback": "Director",
        "monitor": (5, 6),
        "meters": {"target_lufs": -23.0},  # the clips', after EBU R 128
    }


def _drops() -> tuple[dict[str, Any], ...]:
    overlay = {"scene": "Table", "size_px": 240, "corner": "bottom-right"}
    return (
        {
            "id": "cap-01",
            "title": "Linen cap",
            "price": "19.00 EUR",
            "stock": 48,
            "duration_s": 300,
            "overlay": overlay,
            "talking_points": (
                "Washed linen, made in Porto.",
                "One size, with a brass clasp.",
                "48 pieces, then never again.",
            ),
        },
        {
            "id": "tote-01",
            "title": "Canvas tote",
            "price": "24.00 EUR",
            "stock": 30,
            "duration_s": 300,
            "talking_points": ("Holds 15 kg.", "Folds into its own pocket."),
        },
        {
            "id": "mug-01",
            "title": "Enamel mug",
            "price": "14.00 EUR",
            "stock": 60,
            "duration_s": 180,
            "talking_points": ("Fit for a camp fire.", "Goes into the dishwasher, too."),
        },
    )
