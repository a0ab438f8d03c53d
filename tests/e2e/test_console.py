"""The console as a program: its arguments, its exit codes, its files, and the drop that survives a dead laptop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commerce.fake_shop import SECRET, FakeShop
from tests.rigs.console import ROOT, ConsoleProcess

pytestmark = pytest.mark.slow

SHOW = """
format = 1
name = "Van"
[obs]
url = "ws://127.0.0.1:1"
[shop]
kind = "events"
url = "{shop}"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 50
duration_s = 300
"""


DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def cuedrop(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    bare = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**bare, **environment},
    )


def test_without_a_display_it_says_so(tmp_path: Path) -> None:
    done = cuedrop("--practice", "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("There is no display here.")
    assert "Traceback" not in done.stderr


def test_a_wrong_show_file_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text('format = 1\nname = "Van"\ncolour = 3\n[[cues]]\nname = "Hello"\ndrop = "cap"\n')
    done = cuedrop("--headless", str(path), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert "colour" in done.stderr
    assert "line 3" in done.stderr
    assert '"cap"' in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_arguments_are_exit_code_2() -> None:
    assert cuedrop("--what").returncode == 2


def test_far_hosts_need_a_yes_when_nobody_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(SHOW.format(shop="https://shop.example"))
    done = cuedrop("--headless", str(path), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert "https://shop.example" in done.stderr
    assert "--trust" in done.stderr


def test_a_folder_where_nothing_can_be_kept_is_said_at_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = cuedrop("--headless", "--practice", "--data-dir", str(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert "--data-dir" in done.stderr


def test_a_second_console_on_the_same_folder_says_so_and_stops(tmp_path: Path) -> None:
    with ConsoleProcess(tmp_path / "data", "--practice", "--headless"):
        done = cuedrop("--headless", "--practice", "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith("Another console holds")


def test_practice_without_a_window_sells_and_keeps_a_journal(tmp_path: Path) -> None:
    with ConsoleProcess(tmp_path / "data", "--practice", "--headless") as console:
        console.until_state(lambda s: s["obs"]["link"] == s["audio"]["link"] == s["shop"]["link"] == "up", within_s=30)
        assert console.state()["obs"]["is_practice"]
        console.done("scene.cut", scene="Close")
        console.done("drop.arm", drop="cap-01")
        console.done("drop.fire", drop="cap-01")
        console.until_state(lambda s: s["sale"]["sold"] > 0, within_s=30)
        console.done("drop.price", drop="cap-01", price="17,50")
        console.done("drop.extend", drop="cap-01", seconds=60)
        sold = console.state()["sale"]["sold"]
        changed = console.until_state(lambda s: s["sale"]["sold"] > sold, within_s=30)["drops"][0]
        assert (changed["price_minor"], changed["wanted"], changed["lamp"]) == (1750, {}, "CONFIRMED")
        console.done("sale.stop")
        state = console.until_state(lambda s: s["drops"][0]["sold"] == s["sale"]["sold"] and not s["alarms"])
        assert console.end() == 0, console.log_path.read_text()
    assert not (tmp_path / "data" / "control.json").exists()
    (journal,) = (tmp_path / "data" / "journal").glob("*.jsonl")
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    kinds = {entry["kind"] for entry in entries}
    assert kinds >= {"run.started", "action", "take.proved", "drop.opened", "drop.changed", "order.received"}
    assert "run.ended" in kinds
    (report,) = (tmp_path / "data" / "reports").glob("*.html")
    assert "Linen cap" in report.read_text()
    assert "17.50" in report.read_text()
    assert state["alarms"] == []


def test_the_run_command_without_a_display_plays_the_practice_show_and_proves_it(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    done = subprocess.run(
        [sys.executable, "packaging/bootstrap.py", "run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**bare, "XDG_DATA_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "There is no display here" in done.stdout
    named = dict(line.split(": ", 1) for line in done.stdout.splitlines() if line.startswith(("Report: ", "Picture")))
    assert "the shop says" in done.stdout
    assert Path(named["Picture of the window"]).read_bytes().startswith(b"\x89PNG")
    assert "Linen cap" in Path(named["Report"]).read_text()
    assert "leaked" not in done.stderr  # the report is what the terminal ends with


def test_a_drop_fired_while_the_shop_is_down_survives_a_killed_console_and_arrives_once(tmp_path: Path) -> None:
    shop = FakeShop().start()
    port = shop.port
    path = tmp_path / "show.toml"
    path.write_text(SHOW.format(shop=shop.url))
    arguments = (str(path), "--headless")
    environment = {"CUEDROP_SECRET_SHOP": SECRET}
    console = ConsoleProcess(tmp_path / "data", *arguments, environment=environment)
    console.wait_for_control()
    console.until_state(lambda s: s["shop"]["link"] == "up")
    console.done("drop.arm", drop="cap-01")
    shop.stop()
    fired = console.client.post("/v1/actions/drop.fire", json={"drop": "cap-01"})
    assert (fired.status_code, fired.json()["outcome"]) == (202, "pending")
    console.kill()
    with ConsoleProcess(tmp_path / "data", *arguments, environment=environment) as again:
        waiting = again.until_state(lambda s: s["outbox"]["pending"] >= 1)["outbox"]["messages"]
        assert "Fire Linen cap" in [message["what"] for message in waiting if not message["answer"].startswith("200")]
        reborn = FakeShop(port=port)
        reborn.drops.update(shop.drops)
        reborn.start()
        again.until_state(lambda s: s["outbox"]["pending"] == 0 and s["drops"][0]["state"] == "open", within_s=30)
        again.done("outbox.export", form="json")
        (export,) = (tmp_path / "data" / "exports").iterdir()
        ends = {message["pressed"]: message["state"] for message in json.loads(export.read_text())["messages"]}
        assert ends == {"Arm Linen cap": "confirmed", "Fire Linen cap": "confirmed", "Open checkout": "confirmed"}
    opened = [id for id, type in reborn.types.items() if type == "drop.opened"]
    assert [(reborn.received[id], reborn.applied[id]) for id in opened] == [(1, 1)]
    assert [type for type in shop.types.values() if type == "drop.opened"] == []
    reborn.stop()
