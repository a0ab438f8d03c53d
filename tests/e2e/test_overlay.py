"""A drop's code in a real OBS: counted down on air, the code alone while it sells, and nothing when it is closed."""

import base64
import io
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from console.desk.code_pictures import draw_code
from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import BareObs, RealObs
from tests.waiting import until_blocking

pytestmark = [pytest.mark.real, pytest.mark.slow]

COUNTDOWN_S = 10
LATE_S = 1.0  # a figure may be so late: a second on a busy machine, as the one before it
ALIKE = 40.0  # of 255: the mean difference of the same picture, scaled once by OBS and once here
NOTHING, CODE = "nothing", "the code alone"
SHOW = f"""
format = 1
name = "Code"
[obs]
url = "{{obs}}"
[shop]
listen = "127.0.0.1:0"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 5
countdown_s = {COUNTDOWN_S}
scene = "Close"
[drops.overlay]
scene = "Close"
"""


class Eye:
    """Reads what a scene of OBS shows of the drop's code: NOTHING, CODE, or the seconds below it."""

    def __init__(self, witness: BareObs, address: str, folder: Path) -> None:
        self._witness = witness
        self._empty = self._look()
        self._known: dict[str | int, Image.Image] = {}
        for left_s in (None, *range(COUNTDOWN_S + 1)):
            draw_code(address, folder / "known.png", left_s)
            with Image.open(folder / "known.png") as drawn:
                self._known[CODE if left_s is None else left_s] = drawn.convert("L")

    def _look(self) -> Image.Image:
        said = self._witness.call("GetSourceScreenshot", sourceName="Close", imageFormat="png")
        return Image.open(io.BytesIO(base64.b64decode(said["imageData"].partition(",")[2]))).convert("RGB")

    def read_steadily(self) -> str | int:
        """As `read`, past the frame that OBS draws without the picture while it loads the next one (seen with 29.0)."""
        seen = self.read()
        return self.read() if seen == NOTHING else seen

    def read(self) -> str | int:
        """What is seen now. Fails when it is like nothing known."""
        seen = self._look()
        box = ImageChops.difference(seen, self._empty).getbbox()
        if box is None:
            return NOTHING
        code = seen.convert("L").crop(box)
        far = {
            what: ImageStat.Stat(ImageChops.difference(code, known.resize(code.size))).mean[0]
            for what, known in self._known.items()
        }
        nearest = min(far, key=far.__getitem__)
        assert far[nearest] < ALIKE, far
        return nearest


@pytest.fixture(scope="module")
def obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


@pytest.fixture
def console(obs: RealObs, tmp_path: Path) -> Iterator[ConsoleProcess]:
    path = tmp_path / "show.toml"
    path.write_text(SHOW.format(obs=obs.url))
    secret = {"CUEDROP_SECRET_OBS": obs.password}
    with ConsoleProcess(tmp_path / "data", str(path), "--headless", environment=secret) as console:
        console.until_state(lambda s: s["obs"]["link"] == s["shop"]["link"] == "up")
        yield console


def test_the_code_counts_on_air_stays_while_it_sells_and_goes_with_the_sale(
    obs: RealObs, console: ConsoleProcess, tmp_path: Path
) -> None:
    with obs.client() as witness:
        console.done("scene.cut", scene="Close")
        eye = Eye(witness, f"{console.state()['shop']['public_url']}/d/cap-01", tmp_path)
        console.done("drop.arm", drop="cap-01")
        assert eye.read() == NOTHING
        console.done("drop.fire", drop="cap-01")
        until_blocking(lambda: eye.read() != NOTHING, within_s=LATE_S, what="the code on air")
        counted = watched(eye, opens_s=opens_s(console))
        assert counted == sorted(counted, reverse=True)
        assert len(set(counted)) >= COUNTDOWN_S - 2, counted
        assert console.state()["obs"]["program"] == "Close"
        console.done("sale.stop")
        until_blocking(lambda: eye.read() == NOTHING, within_s=5, what="the picture without the code")
        assert "Cuedrop cap-01" not in {each["inputName"] for each in witness.call("GetInputList")["inputs"]}


def opens_s(console: ConsoleProcess) -> float:
    """When the drop opens, seconds since 1970."""
    return datetime.fromisoformat(console.state()["drops"][0]["opens_at"]).astimezone(UTC).timestamp()


def watched(eye: Eye, *, opens_s: float) -> list[int]:
    """Every figure read until the code stands alone; each is the time that was left then, at most LATE_S late."""
    counted: list[int] = []
    while True:
        before_s = time.time()
        seen = eye.read_steadily()
        after_s = time.time()
        if seen == CODE:
            assert after_s > opens_s - 0.1, "the figures ended before the sale began"
            return counted
        assert isinstance(seen, int), seen
        earliest, latest = math.ceil(opens_s - after_s), math.ceil(opens_s - before_s + LATE_S)
        assert earliest <= seen <= latest, (seen, opens_s - before_s)
        counted.append(seen)
        time.sleep(0.1)
