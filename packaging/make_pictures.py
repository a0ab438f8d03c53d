"""Take the README's pictures of the window again: `.venv/bin/python packaging/make_pictures.py`.

Needs Xvfb, xdotool and ImageMagick, as the tests do. It plays the practice show on a screen of its own until a drop
sells while the table with its code is on air, and writes resources/pictures/window.png and window-720.png.
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.rigs.console import ConsoleProcess  # noqa: E402 - the checkout's own
from tests.rigs.screen import Screen  # noqa: E402

PICTURES: Final = {"window.png": "1920x1080", "window-720.png": "1280x720"}
MOST_BYTES: Final = 400_000


def play(console: ConsoleProcess) -> None:
    """Bring the practice show to its best moment: the drop open, the table on air, orders coming in."""
    console.until_state(
        lambda s: (
            s["obs"]["link"] == s["audio"]["link"] == s["shop"]["link"] == "up"
            and all(camera["state"] == "live" for camera in s["cameras"])
        ),
        within_s=40,
    )
    console.do("record.start")
    console.do("cue.go")
    console.do("drop.arm", drop="cap-01")
    console.do("cue.go")
    console.until_state(lambda s: s["obs"]["program"] == "Table")
    console.do("drop.fire", drop="cap-01")
    console.do("scene.preview", scene="Close")
    for each in console.state()["audio"]["returns"]:
        console.until(partial(is_clean, console, each["name"]), within_s=30, what="a clean return")
    console.until_state(lambda s: s["sale"]["sold"] >= 8, within_s=60)
    console.do("notice.dismiss")
    console.until_state(lambda s: not s["alarms"])


def is_clean(console: ConsoleProcess, name: str) -> bool:
    """Test a return; False while its listener is silent, as people are between two sentences."""
    console.do("return.test", **{"return": name})
    return any(each["name"] == name and each["leak"] == "clean" for each in console.state()["audio"]["returns"])


def take(path: Path, size: str) -> None:
    """Write one picture of the window at that size, with a palette, so that it stays small."""
    with tempfile.TemporaryDirectory() as folder, Screen(size) as screen:
        with ConsoleProcess(Path(folder) / "data", "--practice", environment=screen.environment) as console:
            screen.focus("Practice")
            play(console)
            whole = screen.picture(Path(folder) / "whole.png")
        subprocess.run(
            ["convert", str(whole), "-strip", "-dither", "FloydSteinberg", "-colors", "256", f"png8:{path}"], check=True
        )
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")


def main() -> None:
    """Take every picture."""
    folder = ROOT / "resources" / "pictures"
    folder.mkdir(exist_ok=True)
    for name, size in PICTURES.items():
        take(folder / name, size)
        print(f"{folder / name}: {(folder / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
