"""The second window on a second screen, in a process of its own: a platform has its screens from its start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCREENS = (("LEFT", 0, 1280, 720), ("RIGHT", 1280, 1920, 1080))


@pytest.mark.slow
def test_it_fills_the_other_screen_comes_back_there_and_fills_none_when_that_is_gone(tmp_path: Path) -> None:
    config = tmp_path / "screens.json"
    screens = [
        {"name": name, "x": x, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
        for name, x, width, height in SCREENS
    ]
    config.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}))
    done = subprocess.run(
        [sys.executable, "-m", "tests.widgets.two_screens", str(config)], capture_output=True, text=True, check=True
    )
    first, again, gone = json.loads(done.stdout.splitlines()[-1])
    assert first == again == ["RIGHT", [1280, 0, 1920, 1080], True]
    assert not gone[2]
    left, top, width, height = gone[1]
    assert left >= 0
    assert left + width <= 1280, "it lies on the screen that is left"
    assert top >= 0
    assert top + height <= 720
