"""A whole console as a process of its own, driven through its control API. Usable outside pytest."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
_SILENT = "OBS was not heard just now"


class ConsoleProcess:
    """`python -m console` with a control API on a free port, in a data folder of its own."""

    def __init__(
        self,
        data_dir: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        within_s: float = 30.0,
    ) -> None:
        self.data_dir = data_dir
        self._log = (data_dir.parent / f"{data_dir.name}.log").open("ab")
        self.log_path = Path(self._log.name)
        (data_dir / "control.json").unlink(missing_ok=True)  # of a console that was killed
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "console", "--control", "127.0.0.1:0", "--data-dir", str(data_dir)),
                *("--verbose", *arguments),
            ],
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, **(environment or {})},
        )
        self.started_s = time.monotonic()
        self._within_s = within_s
        self._client: httpx.Client | None = None

    def __enter__(self) -> Self:
        self.wait_for_control()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            sys.stderr.write(self.log_path.read_text(errors="replace")[-6000:])
        self.end()

    def wait_for_control(self) -> None:
        """Return when the control API answers."""
        path = self.data_dir / "control.json"
        self.until(path.exists, within_s=self._within_s, what="control.json")
        control = json.loads(path.read_text())
        self._client = httpx.Client(
            base_url=control["url"], headers={"Authorization": f"Bearer {control['token']}"}, timeout=30.0
        )
        self.url, self.token = control["url"], control["token"]

    @property
    def client(self) -> httpx.Client:
        """An HTTP client that bears the token."""
        assert self._client is not None
        return self._client

    def state(self) -> dict[str, Any]:
        """GET /v1/state."""
        answer = self.client.get("/v1/state")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def do(self, action: str, /, **arguments: object) -> dict[str, Any]:
        """POST one action; returns the outcome."""
        answer = self.client.post(f"/v1/actions/{action}", json=arguments)
        assert answer.status_code in (200, 202), answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    def done(self, action: str, /, **arguments: object) -> dict[str, Any]:
        """POST one action that must be done; returns the outcome.

        What was not sent because a busy machine's OBS was silent for a moment is pressed again, as a hand would.
        """
        outcome = self.do(action, **arguments)
        for _ in range(8):
            if outcome["outcome"] != "refused" or not outcome["why"].startswith(_SILENT):
                break
            time.sleep(0.3)  # the guard against double presses goes by
            outcome = self.do(action, **arguments)
        assert outcome["outcome"] == "done", outcome
        return outcome

    def until(
        self, condition: Callable[[], object], *, within_s: float = 40.0, what: str | Callable[[], object] = "the state"
    ) -> None:
        """Wait for a condition while the console lives."""
        deadline = time.monotonic() + within_s
        while not condition():
            if self.process.poll() is not None:
                log = self.log_path.read_text(errors="replace")[-4000:]
                raise AssertionError(f"the console ended with {self.process.returncode}:\n{log}")
            if time.monotonic() > deadline:
                shown = what() if callable(what) else what
                raise AssertionError(f"{shown} did not come within {within_s} s")
            time.sleep(0.02)

    def until_state(self, condition: Callable[[dict[str, Any]], object], *, within_s: float = 40.0) -> dict[str, Any]:
        """Wait until `condition(state)`; returns that state."""
        last: dict[str, Any] = {}

        def met() -> bool:
            last.update(self.state())
            return bool(condition(last))

        self.until(met, within_s=within_s, what=lambda: json.dumps(last, indent=1)[:3000])
        return last

    def kill(self) -> None:
        """SIGKILL, as when the laptop dies."""
        self.process.kill()
        self.process.wait()
        self._close()

    def end(self) -> int:
        """SIGTERM and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._close()
        return self.process.returncode

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._log.close()
