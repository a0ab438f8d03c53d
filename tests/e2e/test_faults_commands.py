"""Bad input and faults at the whole console: its commands, its files, and its end. Each says what to do now."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.test_console import cuedrop
from tests.e2e.test_faults_kept import HEAD, entries, start
from tests.rigs.console import ROOT, ConsoleProcess
from tests.waiting import until_blocking

pytestmark = pytest.mark.slow


# --- the end ---


def test_ctrl_c_ends_cleanly_and_leaves_no_process(tmp_path: Path) -> None:
    console = ConsoleProcess(tmp_path / "data", "--practice", "--headless")
    console.wait_for_control()
    console.until_state(
        lambda s: (
            s["obs"]["link"] == s["audio"]["link"] == s["shop"]["link"] == "up"
            and not s["alarms"]
            and all(camera["state"] == "live" for camera in s["cameras"])
        ),
        within_s=30,
    )
    family = psutil.Process(console.process.pid).children(recursive=True)
    assert len(family) >= 3, "the practice studio, the sound and the shop at least"
    console.process.send_signal(signal.SIGINT)
    assert console.process.wait(20) == 0, console.log_path.read_text()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, alive
    console.end()
    said = console.log_path.read_text()
    assert "Traceback" not in said, said
    assert entries(console)[-1]["kind"] == "run.ended"


def test_ctrl_c_while_everything_still_starts_ends_cleanly_too(tmp_path: Path) -> None:
    console = ConsoleProcess(tmp_path / "data", "--practice", "--headless")
    console.wait_for_control()
    console.process.send_signal(signal.SIGINT)
    code = console.process.wait(30)
    console.end()
    said = console.log_path.read_text()
    assert "Traceback" not in said, said
    assert code in (0, 1), said
    until_blocking(lambda: not with_words(str(tmp_path)), within_s=15, what="the end of every process")


def with_words(words: str) -> list[psutil.Process]:
    """The processes whose command line holds `words`."""
    return [p for p in psutil.process_iter(["cmdline"]) if words in " ".join(p.info["cmdline"] or [])]


# --- the commands ---


def test_a_taken_control_port_is_said_and_ends_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = cuedrop("--headless", "--practice", "--control", listen, "--data-dir", str(tmp_path / "data"))
    assert done.returncode in (1, 2)
    assert f"cannot listen on {listen}" in done.stderr
    assert "--control" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [(), ("check",)])
def test_a_show_file_that_is_not_there_is_said(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "nowhere" / "show.toml"
    done = cuedrop(*command, str(path), *([] if command else ["--headless"]), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 2, "and what to do now"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"\x00\xff\xfe" * 100, b"format = 99\nname = 'x'\n"])
def test_a_file_that_is_no_show_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "show.toml"
    path.write_bytes(content)
    done = cuedrop("check", str(path), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_every_error_of_a_show_file_is_told_at_once_with_lines_and_near_misses(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(
        'format = 1\nname = "Van"\ncolour = 3\n[audio]\nsample_rate_hz = "fast"\n'
        '[[cameras]]\nname = "Wide"\n[[cameras]]\nname = "Wide"\n'
        '[[audio.channels]]\nname = "Host"\ninputs = [1]\n'
        '[[audio.returns]]\nname = "Guest"\nlistener = ["Hots"]\noutputs = [1]\n'
        '[[drops]]\nid = "cap-01"\ntitle = "Cap"\nprice = "19 euros"\nstock = 1\n'
        '[[cues]]\nname = "Go"\ndrop = "cap-02"\n'
    )
    done = cuedrop("check", str(path), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    told = ("colour", "line 3", "sample_rate_hz", "line 5", "Wide", "line 9", "Hots", '"Host"', "19 euros", "cap-02")
    for word in told:
        assert word in done.stderr, f"{word} is not in:\n{done.stderr}"
    assert "Traceback" not in done.stderr


def test_check_of_a_good_show_is_fine_and_of_one_that_is_not_ready_says_what(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(HEAD + '[shop]\nkind = "manual"\n')
    data_dir = ("--data-dir", str(tmp_path / "data"))
    poor = cuedrop("check", str(path), "--for", "1", *data_dir)
    assert poor.returncode == 1
    assert "NOT READY  OBS" in poor.stdout
    assert "Start OBS" in poor.stderr
    good = cuedrop("check", str(path), "--practice", *data_dir)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "NOT READY" not in good.stdout
    assert "ready      Shop" in good.stdout


def test_the_report_of_a_torn_journal_holds_all_but_the_torn_line(tmp_path: Path) -> None:
    with start(tmp_path, HEAD + '[shop]\nkind = "manual"\n') as console:
        console.done("marker.add", text="kept-marker")
        console.until(lambda: "kept-marker" in text_of(console), what="the marker on disk")
        console.kill()
    journal = next((tmp_path / "data" / "journal").glob("*.jsonl"))
    with journal.open("ab") as file:
        file.write(b'{"seq": 99999, "kind": "marker", "te')
    done = cuedrop("report", str(journal))
    assert done.returncode == 0, done.stderr
    assert "kept-marker" in Path(done.stdout.strip()).read_text()
    told = cuedrop("report", str(journal), "--tables").stdout.split()
    assert [Path(path).suffix for path in told] == [".html", ".json", *[".csv"] * 9]
    assert all(Path(path).is_file() for path in told)
    journal.write_bytes(os.urandom(5_000))
    done = cuedrop("report", str(journal))
    assert "Traceback" not in done.stderr
    done = cuedrop("report", str(tmp_path / "none.jsonl"))
    assert done.returncode == 2
    assert "There is no journal" in done.stderr


def text_of(console: ConsoleProcess) -> str:
    return "".join(path.read_text() for path in (console.data_dir / "journal").glob("*.jsonl"))


def test_a_secret_without_a_keyring_names_the_way_out(tmp_path: Path) -> None:
    for arguments in (("set", "obs"), ("forget", "obs")):
        done = subprocess.run(
            [sys.executable, "-m", "console", "secret", *arguments],
            check=False,
            cwd=ROOT,
            input="hunter2\n",
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        )
        assert done.returncode != 0
        assert "CUEDROP_SECRET_OBS" in done.stderr, done.stderr
        assert "hunter2" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
