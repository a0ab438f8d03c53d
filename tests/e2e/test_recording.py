"""The safety recording of a whole console, which is killed in mid-recording."""

import subprocess
from pathlib import Path

import pytest
import soundfile

from tests.rigs.console import ConsoleProcess


@pytest.mark.slow
def test_a_killed_console_leaves_files_that_open_and_lack_a_moment_at_most(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "recordings"
    with ConsoleProcess(tmp_path / "data", "--practice", "--headless") as console:
        sound = console.until_state(lambda state: state["audio"]["link"] == "up")["audio"]
        begun = console.do("soundrecord.start")
        assert begun["outcome"] == "done", begun
        console.until(lambda: min(lengths(folder).values(), default=0.0) > 1.5, what="the recording to grow")
        before = lengths(folder)
        console.kill()
    after = lengths(folder)
    assert len(after) == len(before) == len(sound["channels"]) + len(sound["returns"]) + 1  # and the programme
    assert all(after[name] >= before[name] for name in after)  # what they had told is there
    for path in folder.rglob("*.flac"):
        heard, _ = soundfile.read(path)
        assert len(heard) == soundfile.info(path).frames
        decoded = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], check=False, capture_output=True
        )
        assert (decoded.returncode, decoded.stderr) == (0, b"")


def lengths(folder: Path) -> dict[str, float]:
    """What every file says of its length, in seconds."""
    try:
        return {path.name: soundfile.info(path).duration for path in folder.rglob("*.flac")}
    except soundfile.LibsndfileError:  # its head is being written
        return {}
