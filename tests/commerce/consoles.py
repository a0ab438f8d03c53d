"""Consoles' sales to be killed: each in a process of its own, forked from one that has the code in memory already.

So a campaign of a thousand kills spends its time on kills, not on imports. Linux.
"""

import multiprocessing
from pathlib import Path
from typing import Final

from tests.commerce import child
from tests.commerce.fake_shop import SECRET

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.commerce.child"])


class Child:
    """One of them. It tells what it does in lines, and waits for a line where its job says so."""

    def __init__(self, url: str, folder: Path, job: str, presses: int = 0) -> None:
        hears, self._tells = _FORKS.Pipe(duplex=False)
        self._hears, tells = _FORKS.Pipe(duplex=False)
        work = child.Job(url, folder, job, SECRET, presses)
        self._process = _FORKS.Process(target=child.begin, args=(hears, tells, work), daemon=True)
        self._process.start()
        hears.close()
        tells.close()

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.is_alive()

    def line(self) -> str:
        """The next line that it tells; "" once it has ended."""
        try:
            return str(self._hears.recv())
        except EOFError:
            return ""

    def tell(self) -> None:
        """Let it go on."""
        self._tells.send("go on")

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self._process.kill()
        self._process.join()
        self._hears.close()
        self._tells.close()
