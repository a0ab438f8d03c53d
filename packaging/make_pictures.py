"""Take the README's pictures of the window again: `.venv/bin/python packaging/make_pictures.py`.

Needs Xvfb, xdotool and ImageMagick, as the tests do. It plays the practice show on a screen of its own and writes to
resources/pictures: window.png and window-720.png (a drop sells while the table with its code is on air),
switching.png (a take that OBS lost), pages.png (sources, looks and outputs, below each other), previews.png (one camera
large with frame guides), cameras.png (the list of cameras, and the form with its test picture), sound.png (matrix,
loudness and guests, below each other) and selling.png (queue, host's page and figures, below each other).
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.rigs.console import ConsoleProcess  # noqa: E402 - the checkout's own
from tests.rigs.screen import Screen  # noqa: E402

LARGE, SMALL = "1920x1080", "1280x720"
LEFT_COLUMN: Final = "1264x638+0+0"  # of LARGE: everything above the pages
PAGE: Final = "548x232+2+445"  # of SMALL: the lower left pane
SOUND_PAGE: Final = "1264x380+0+644"  # of LARGE: the same off air, where nothing is said above it
LARGE_PAGE: Final = "1264x404+0+622"  # of LARGE: the pages
FIRST_CAMERA: Final = 200, 694  # of LARGE, in its list
SECTIONS: Final = tuple((63, 715 + place * 48) for place in (2, 3, 4))  # of LARGE: matrix, loudness, guests
MOST_BYTES: Final = 400_000

Play = Callable[[ConsoleProcess, Screen, Path], list[Path]]


def window(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The practice show at its best moment: the drop open, the table on air, orders coming in."""
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
    return [screen.picture(folder / "window.png")]


def switching(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """A take that OBS lost, with both ways out."""
    wait_s(3)  # for OBS's first pictures
    console.do("record.start")
    console.do("practice.misbehave", how="lose_takes")
    console.do("scene.preview", scene="Table")
    console.until_state(lambda s: s["obs"]["preview"] == "Table")
    screen.key("space")
    console.until_state(lambda s: s["obs"]["take"] and s["obs"]["take"]["state"] == "lost")
    wait_s(0.5)
    return [screen.picture(folder / "switching.png")]


def pages(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The sources of a scene, two looks of which one has run, and the outputs at work."""
    console.do("stream.start")
    console.do("record.start")
    for name, text in (("Cap on screen", "Linen cap · 19.00 EUR"), ("Tote on screen", "Canvas tote · 24.00 EUR")):
        console.do("look.record", on=True)
        console.do("source.show", scene="Titles", source="Lower third", on=False)
        console.do("source.show", scene="Titles", source="Lower third", on=True)
        console.do("text.set", source="Title", text=text)
        console.do("look.record", on=False)
        console.do("look.save", name=name, scene="Titles", transition="Fade", duration_ms=500)
    screen.key("shift+1")
    console.until_state(lambda s: s["looks"]["last"] and s["obs"]["program"] == "Titles")
    console.until_state(lambda s: s["outputs"]["stream"]["bitrate_kbps"])
    wait_s(20)  # of plot
    console.do("scene.preview", scene="Titles")
    return [page(screen, folder, key) for key in ("F2", "F3", "F4")]


def previews(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The camera on preview alone, with the guides for upright selling."""
    console.do("record.start")
    console.do("scene.preview", scene="Close")
    console.do("multiview.guides", guides=["9:16", "thirds"])
    console.do("notice.dismiss")
    screen.point(5, 5)
    screen.key("z")
    wait_s(4)
    return [screen.picture(folder / "previews.png")]


def cameras(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The list with a camera that sends over the network, and its form with the test picture."""
    clip = ROOT / "resources" / "practice" / "close.mp4"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy"]
    with subprocess.Popen([*command, "-f", "mpegts", "udp://127.0.0.1:9001?pkt_size=1316"]) as sender:
        console.do("camera.add", name="Hall", mrl="udp://@127.0.0.1:9001", scene="Close")
        console.do("camera.move", camera="Hall", to=1)
        console.do("notice.dismiss")
        screen.key("F5")
        console.until_state(is_all_there, within_s=20)
        screen.click(*FIRST_CAMERA)
        wait_s(4)
        shots = [screen.picture(folder / "list.png")]
        for key in ("F5", "e", "Return"):
            screen.key(key)
            wait_s(1)
        wait_s(5)
        shots.append(screen.picture(folder / "form.png"))
        sender.kill()
    return shots


def sound(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The page of the sound while people speak: matrix, loudness and guests."""
    console.do("notice.dismiss")
    screen.key("F6")
    wait_s(30)  # of loudness
    shots = []
    for place in SECTIONS:
        screen.click(*place)
        wait_s(1)
        shots.append(screen.picture(folder / f"{place[1]}.png"))
    return shots


def selling(console: ConsoleProcess, screen: Screen, folder: Path) -> list[Path]:
    """The pages of a sale while buyers buy: the queue, the host's page, the figures."""
    console.do("host.open")
    console.do("drop.highlight", drop="cap-01", on=True)
    console.do("drop.arm", drop="cap-01")
    console.do("drop.fire", drop="cap-01")
    console.until_state(lambda s: s["sale"]["sold"] >= 12, within_s=90)
    console.do("notice.dismiss")
    return [page(screen, folder, key) for key in ("F8", "F9", "F10")]


def page(screen: Screen, folder: Path, key: str) -> Path:
    """A picture of the page of that key."""
    screen.key(key)
    wait_s(1)
    return screen.picture(folder / f"{key}.png")


def wait_s(seconds: float) -> None:
    """Let what is shown follow what is so."""
    time.sleep(seconds)


def is_clean(console: ConsoleProcess, name: str) -> bool:
    """Test a return; False while its listener is silent, as people are between two sentences."""
    console.do("return.test", **{"return": name})
    return any(each["name"] == name and each["leak"] == "clean" for each in console.state()["audio"]["returns"])


def take(path: Path, size: str, play: Play, part: str) -> None:
    """Write one picture of the window at that size, or of parts of it, with a palette, so that it stays small."""
    with tempfile.TemporaryDirectory() as name, Screen(size) as screen:
        folder = Path(name)
        with ConsoleProcess(folder / "data", "--practice", environment=screen.environment) as console:
            screen.focus("Practice")
            console.until_state(is_all_there, within_s=40)
            shots = play(console, screen, folder)
        crop = ["-crop", part, "+repage"] if part else []
        palette = ["-append", "-strip", "-dither", "FloydSteinberg", "-colors", "256", f"png8:{path}"]
        subprocess.run(["convert", *map(str, shots), *crop, *palette], check=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")
    print(f"{path}: {path.stat().st_size} bytes")


def is_all_there(state: dict[str, Any]) -> bool:
    """OBS, sound, shop and every camera work."""
    links = {state[name]["link"] for name in ("obs", "audio", "shop")}
    return links == {"up"} and all(camera["state"] == "live" for camera in state["cameras"])


def main() -> None:
    """Take every picture."""
    folder = ROOT / "resources" / "pictures"
    folder.mkdir(exist_ok=True)
    take(folder / "window.png", LARGE, window, "")
    take(folder / "window-720.png", SMALL, window, "")
    take(folder / "switching.png", LARGE, switching, LEFT_COLUMN)
    take(folder / "pages.png", SMALL, pages, PAGE)
    take(folder / "previews.png", LARGE, previews, LEFT_COLUMN)
    take(folder / "cameras.png", LARGE, cameras, LARGE_PAGE)
    take(folder / "sound.png", LARGE, sound, SOUND_PAGE)
    take(folder / "selling.png", LARGE, selling, SOUND_PAGE)


if __name__ == "__main__":
    main()
