"""`cuedrop clock`: the clock page without a console."""

import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "console", "clock"]
OFFSCREEN = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.slow
def test_the_clock_page_can_be_shown_by_itself_and_ends_when_asked_to() -> None:
    done = subprocess.run(
        [*COMMAND, "--for", "0.2"], env=OFFSCREEN, check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_screen_the_clock_page_says_so() -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    bare.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(COMMAND, env=bare, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Start it where there is a screen." in done.stderr
