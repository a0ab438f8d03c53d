"""A real Chromium at a phone's size, driven through chromedriver's plain W3C WebDriver HTTP API."""

import base64
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PHONE = (390, 844)
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
).split()
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # W3C WebDriver, section 12.1


class Browser:
    """One browser window. Selectors are CSS; everything waits at most `within_s`."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._session = f"/session/{session}"

    def open(self, url: str) -> None:
        """Load a page."""
        self._post("url", {"url": url})

    def reload(self) -> None:
        """Load the same page again, with its session storage."""
        self._post("refresh", {})

    def run(self, script: str) -> Any:
        """What `return ...` in the page gives."""
        return self._post("execute/sync", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        """Press an element as a finger would, which scrolls to it first: it must be visible and not covered."""
        self.run(f"document.querySelector({selector!r})?.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        found = self._post("element", {"using": "css selector", "value": selector})
        self._post(f"element/{found[ELEMENT]}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Type into a field, letter by letter, as its limits allow."""
        found = self._post("element", {"using": "css selector", "value": selector})
        self._post(f"element/{found[ELEMENT]}/value", {"text": text})

    def touch(self, selector: str, is_down: bool) -> None:
        """Lay a finger on the middle of an element, or lift it; it stays there from one call to the next."""
        x, y = self.run(
            f"const r = document.querySelector({selector!r}).getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]"
        )
        points = [{"x": x, "y": y}] if is_down else []
        self.protocol("Input.dispatchTouchEvent", type="touchStart" if is_down else "touchEnd", touchPoints=points)

    def text(self, selector: str) -> str:
        """The visible text of an element, no-break spaces as plain ones; empty when it is not shown."""
        said: str = self.run(
            f"const e = document.querySelector({selector!r});return e && e.getClientRects().length ? e.innerText : ''"
        )
        return said.replace("\u00a0", " ")

    def wait_text(self, selector: str, wanted: str, *, within_s: float = 30.0) -> str:
        """The element's text once it holds `wanted`; fails naming what it held instead."""
        deadline = time.monotonic() + within_s
        while wanted not in (said := self.text(selector)):
            assert time.monotonic() < deadline, f"{selector} says {said!r}, not {wanted!r}"
            time.sleep(0.05)
        return said

    def protocol(self, command: str, **parameters: Any) -> Any:
        """Run one command of the Chrome DevTools Protocol (the line's speed, dark mode)."""
        return self._post("goog/cdp/execute", {"cmd": command, "params": parameters})

    def picture(self, path: Path) -> None:
        """Write what the window shows as PNG."""
        answer = self._client.get(f"{self._session}/screenshot")
        path.write_bytes(base64.b64decode(answer.raise_for_status().json()["value"]))

    def complaints(self) -> list[str]:
        """What the page's console says at level SEVERE since the last call (CSP violations, errors)."""
        said = self._post("se/log", {"type": "browser"})
        return [entry["message"] for entry in said if entry["level"] == "SEVERE"]

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        answer = self._client.post(f"{self._session}/{command}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


@contextmanager
def browser(folder: Path, *, size: tuple[int, int] = PHONE) -> Iterator[Browser]:
    """A browser with a profile of its own below `folder`; it and its children have ended when the block ends."""
    log = folder / "chromedriver.log"
    with log.open("wb") as said:
        driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=said, stderr=said, start_new_session=True)
    try:
        port = _port(driver, log)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            options = {
                "args": [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"],
                "mobileEmulation": {
                    "deviceMetrics": {"width": size[0], "height": size[1], "pixelRatio": 2, "touch": True}
                },
            }
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL"},
            }
            answer = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
            assert answer.status_code == 200, answer.text
            session = answer.json()["value"]["sessionId"]
            try:
                yield Browser(client, session)
            finally:
                client.delete(f"/session/{session}")
    finally:
        os.killpg(driver.pid, signal.SIGTERM)
        driver.wait(10)


def _port(driver: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + 20
    while True:
        match = re.search(r"started successfully on port (\d+)", log.read_text("utf-8", "replace"))
        if match:
            return int(match[1])
        assert driver.poll() is None, log.read_text("utf-8", "replace")
        assert time.monotonic() < deadline, "chromedriver did not start"
        time.sleep(0.05)
